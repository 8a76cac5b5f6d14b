#!/usr/bin/env bash
# Installs the Debian 12 packages that Landfall needs; quick and silent when all are there.
#   scripts/install.sh build          to compile and run the program
#   scripts/install.sh build test     and to run scripts/test.sh
# Needs root or sudo only when something is missing. Sourced, it defines install_packages and keep_ccache_writable and
# does nothing.

build_packages=(
    ca-certificates ccache cmake curl g++ git libargon2-dev libboost-dev libbrotli-dev libcurl4-openssl-dev
    libdeflate-dev libexpected-dev libfmt-dev libgdal-dev libicu-dev libmd4c-dev libmd4c-html0-dev libpq-dev
    libseccomp-dev libsimdjson-dev libspdlog-dev libsqlite3-dev libssl-dev libtomlplusplus-dev libturbojpeg0-dev
    libwebp-dev mold ninja-build pkg-config python3-venv zlib1g-dev
)
test_packages=(
    caddy chromium-headless-shell clang-19 clang-format-19 clang-tidy-19 gdal-bin jq libclang-rt-19-dev libgmock-dev libgtest-dev
    nginx-light pgbouncer postgresql-15 postgresql-15-postgis-3 shellcheck systemd util-linux
)

missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
    done
}

# Runs apt-get as root, without questions.
apt_get() {
    local run=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@")
    if [ "$(id -u)" = 0 ]; then
        "${run[@]}"
    elif command -v sudo >/dev/null; then
        sudo "${run[@]}"
    else
        echo "Packages are missing and neither root nor sudo is at hand. Run this as root first: scripts/install.sh build test" >&2
        return 1
    fi
}

# install_packages build|test…
install_packages() {
    local group wanted=() missing=()
    for group in "$@"; do
        case $group in
            build) wanted+=("${build_packages[@]}") ;;
            test) wanted+=("${test_packages[@]}") ;;
            *) echo "Packages are for 'build' or 'test', not '$group'." >&2; return 2 ;;
        esac
    done
    command -v dpkg-query >/dev/null || { echo "This needs Debian 12 or one of its relatives." >&2; return 1; }
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "Installing ${#missing[@]} packages: ${missing[*]}"
    apt_get update </dev/null && apt_get install --yes --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}

# ccache stops the build where it can't write, as in the home of another user; then its folder is ours.
keep_ccache_writable() {
    [ -z "${CCACHE_DIR:-}" ] || return 0
    local usual=${XDG_CACHE_HOME:-${HOME:-}/.cache}/ccache
    if ! mkdir -p "$usual" 2>/dev/null || [ ! -w "$usual" ]; then
        export CCACHE_DIR=$PWD/build/ccache
    fi
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    set -euo pipefail
    [ $# -gt 0 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 2; }
    install_packages "$@"
fi

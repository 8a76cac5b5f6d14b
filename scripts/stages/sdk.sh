# shellcheck shell=bash
# Stage `sdk`: the client libraries, built, packed, and tested from what was packed. Sourced by scripts/test.sh.

stage_sdk() {
    sdk_python
    sdk_typescript
}

sdk_typescript() {
    source scripts/web.sh
    PATH=$(node_path)
    export PATH
    npm_install sdk/typescript
    npm --prefix sdk/typescript run --silent format
    npm --prefix sdk/typescript run --silent build
    mkdir -p build/sdk
    (cd sdk/typescript && npm pack --silent --pack-destination ../../build/sdk)
    run_pytest build/release tests/sdk/test_typescript.py --engine sqlite
}

# Builds source distribution and wheel, and installs the wheel beside what its tests need; not again while nothing of it changes.
build_python_sdk() {
    local folder=build/sdk/python python=build/sdk/python/venv/bin/python state
    state=$({ cat docs/openapi.json tests/sdk/python/requirements.txt && find sdk/python -type f -print0 | sort -z | xargs -0 cat; } | sha256sum)
    [ "$(cat "$folder/state" 2>/dev/null)" != "$state" ] || return 0
    rm -rf "$folder"
    python3 -m venv "$folder/venv"
    "$python" -m pip install --quiet --disable-pip-version-check --retries 5 -r tests/sdk/python/requirements.txt
    "$python" -m build --outdir "$folder/dist" sdk/python
    "$python" -m pip install --quiet --disable-pip-version-check --retries 5 "landfall-sdk[all] @ file://$(readlink -f "$folder"/dist/*.whl)"
    printf '%s\n' "$state" > "$folder/state"
}

sdk_python() {
    build_python_sdk
    PYTHONDONTWRITEBYTECODE=1 LANDFALL_BINARY=$PWD/build/release/landfall LANDFALL_SDK_DIST=$PWD/build/sdk/python/dist \
        build/sdk/python/venv/bin/python -m pytest -ra -p no:cacheprovider --color=no -n "$(nproc)" --dist loadgroup tests/sdk/python
}

# shellcheck shell=bash
# Stage `sdk`: the client libraries, built, packed, and tested from what was packed. Sourced by scripts/test.sh.

stage_sdk() {
    sdk_typescript
}

# npm with Node from the environment of the tests; an interrupted download is tried again.
npm_here() { PATH=$PWD/build/venv/bin:$PATH npm --no-audit --no-fund --fetch-retries=5 "$@"; }

sdk_typescript() {
    python_environment
    npm_here --prefix sdk/typescript ci
    npm_here --prefix sdk/typescript run format
    npm_here --prefix sdk/typescript run build
    mkdir -p build/sdk
    (cd sdk/typescript && PATH=../../build/venv/bin:$PATH npm pack --pack-destination ../../build/sdk)
    run_pytest build/release tests/sdk/test_typescript.py --engine sqlite
}

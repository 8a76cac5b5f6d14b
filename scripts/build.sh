#!/usr/bin/env bash
# Builds the program as build/release/landfall, without its tests; with the web console, unless LANDFALL_WEB=OFF.
# The tests use the same folder: whichever comes second compiles nothing again.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/install.sh

install_packages build
keep_ccache_writable
# Without the console the program works and says so on `/`.
if [ "${LANDFALL_WEB:-ON}" = ON ] && ! scripts/web.sh; then
    echo "The web console could not be built, so the program comes without it." >&2
fi
if [ ! -f build/release/build.ninja ]; then
    # Warnings stop the build with the compiler that the project is written for, here as in scripts/test.sh.
    werror=OFF
    [ "$(g++ -dumpversion)" != 12 ] || werror=ON
    cmake --preset release -DLANDFALL_TESTS=OFF -DLANDFALL_WERROR=$werror -DLANDFALL_WEB="${LANDFALL_WEB:-ON}"
fi
ninja -C build/release landfall

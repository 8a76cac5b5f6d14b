#!/usr/bin/env bash
# Keeps docs/openapi.json what the program says of itself.
#   scripts/openapi.sh            writes it anew
#   scripts/openapi.sh --check    fails, showing the difference, when it is out of date
# LANDFALL_BINARY names another program than build/release/landfall.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${LANDFALL_BINARY:-build/release/landfall}

[ -x "$program" ] || { echo "$program is missing; build it with scripts/build.sh." >&2; exit 1; }
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
"$program" openapi > "$fresh"

if [ "${1:-}" != --check ]; then
    install -m 644 "$fresh" docs/openapi.json
elif ! diff -u docs/openapi.json "$fresh" | cut -c 1-300 | head -60; then
    echo "docs/openapi.json is out of date; run scripts/openapi.sh and commit it." >&2
    exit 1
fi

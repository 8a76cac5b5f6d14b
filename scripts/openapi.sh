#!/usr/bin/env bash
# Keeps docs/openapi.json what the program says of itself, and docs/reference/operations.md what follows from it.
#   scripts/openapi.sh            writes them anew
#   scripts/openapi.sh --check    fails, showing the difference, when one is out of date
# LANDFALL_BINARY names another program than build/release/landfall.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${LANDFALL_BINARY:-build/release/landfall}

[ -x "$program" ] || { echo "$program is missing; build it with scripts/build.sh." >&2; exit 1; }
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$program" openapi > "$fresh/openapi.json"
python3 scripts/operations_reference.py < "$fresh/openapi.json" > "$fresh/operations.md"

if [ "${1:-}" != --check ]; then
    install -m 644 "$fresh/openapi.json" docs/openapi.json
    install -m 644 "$fresh/operations.md" docs/reference/operations.md
    exit
fi
for file in openapi.json reference/operations.md; do
    if ! diff -u "docs/$file" "$fresh/${file##*/}" | cut -c 1-300 | head -60; then
        echo "docs/$file is out of date; run scripts/openapi.sh and commit it." >&2
        exit 1
    fi
done

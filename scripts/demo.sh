#!/usr/bin/env bash
# From a fresh clone on Debian 12 to a satellite scene on a map: installs, builds, starts a server on a folder of its
# own, uploads a Landsat scene through the public API, shows what became of it, and keeps serving until Ctrl-C.
#   scripts/demo.sh [--once] [--listen ADDRESS:PORT] [--data FOLDER]
#     --once      stop the server and exit after the tour
#     --listen    where to serve; else 127.0.0.1:8080, or the next free port
#     --data      where the server keeps everything; else build/demo/data, used again by the next run
set -euo pipefail
start_folder=$PWD
cd "$(dirname "$0")/.."
source scripts/terminal.sh
source scripts/install.sh

once='' listen='' data=build/demo/data
while [ $# -gt 0 ]; do
    case $1 in
        --once) once=yes ;;
        --listen) [ -n "${2:-}" ] || die "--listen takes ADDRESS:PORT."; listen=$2 && shift ;;
        --data) [ -n "${2:-}" ] || die "--data takes a folder."; data=$(cd "$start_folder" && realpath -m -- "$2") && shift ;;
        -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0" && exit ;;
        *) die "Unknown argument '$1'; scripts/demo.sh --help lists them." ;;
    esac
    shift
done

program=$PWD/build/release/landfall
folder=$PWD/build/demo
log=$folder/server.log
scene=$folder/L7_ETMs.tif
server=''

stop_server() {
    [ -n "$server" ] || return 0
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=''
}
trap stop_server EXIT
trap 'echo; exit 130' INT
trap 'exit 143' TERM

# The first member NAME of a JSON text that is a text, or a list of texts: its first; nothing if there is none.
json_text() {
    local member="\"$2\"[[:space:]]*:[[:space:]]*\[?[[:space:]]*\"([^\"]*)\""
    if [[ $1 =~ $member ]]; then printf '%s' "${BASH_REMATCH[1]}"; fi
}

# The same of an answer that must have it.
text_of() {
    local text
    text=$(json_text "$1" "$2")
    [ -n "$text" ] || die "An answer has no text '$2', which the tour needs: ${1:0:500}"
    printf '%s' "$text"
}

# The first number or list member NAME of an answer that must have it, without brackets and blanks.
numbers_of() {
    local member="\"$2\"[[:space:]]*:[[:space:]]*\[?([-+0-9.eE,[:space:]]+)"
    [[ $1 =~ $member ]] || die "An answer has no numbers '$2', which the tour needs: ${1:0:500}"
    printf '%s' "${BASH_REMATCH[1]//[[:space:]]/}"
}

shorten() { awk -v levels="$1" -f scripts/outline.awk | sed 's/^/  /'; }

# The scene comes from a Debian package that is unpacked, not installed.
fetch_scene() {
    [ ! -f "$scene" ] || return 0
    local cache=$folder/package
    rm -rf "$cache" && mkdir -p "$cache"
    # apt's own user may not be allowed into this folder; root downloads itself then, without a warning.
    local download=(apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=3 download r-cran-stars)
    if ! (cd "$cache" && "${download[@]}" 2>/dev/null); then
        apt_get update
        (cd "$cache" && "${download[@]}") || die "The package r-cran-stars, which holds the scene, can't be downloaded."
    fi
    dpkg-deb -x "$cache"/r-cran-stars_*.deb "$cache"
    cp "$cache/usr/lib/R/site-library/stars/tif/L7_ETMs.tif" "$scene.part"
    mv "$scene.part" "$scene"
    rm -rf "$cache"
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

choose_address() {
    [ -z "$listen" ] || return 0
    local port=8080
    while port_is_taken "$port"; do port=$((port + 1)); done
    listen=127.0.0.1:$port
}

# Ids of the first organization and its project, and a key. The key is told once, when it is made: keep it by the data.
open_account() {
    local account=$data/demo-account.json made
    mkdir -p "$data"
    if [ ! -s "$account" ]; then
        made=$("$program" init --data "$data" --organization Demo --project Olinda --json)
        [ -n "$(json_text "$made" api_key)" ] ||
            die "The organization Demo in $data has a key that only its maker knows; choose another --data."
        (umask 077 && printf '%s\n' "$made" > "$account")
    fi
    made=$(< "$account")
    project=$(text_of "$made" project_id)
    LANDFALL_TOKEN=$(text_of "$made" api_key)
    export LANDFALL_TOKEN
    email=$(text_of "$made" stac_user)
    password=$(text_of "$made" stac_password)
    # What stands in a link, everybody has who sees it.
    made=$("$program" key create --data "$data" --organization "$(text_of "$made" organization_id)" --name map --scope items:read --json)
    map_key=$(text_of "$made" key)
}

start_server() {
    : > "$log"
    "$program" serve --data "$data" --listen "$listen" >> "$log" 2>&1 &
    server=$!
    local deadline=$((SECONDS + 30)) ready='landfall [^ ]+ listening on (https?://[^[:space:]]+)'
    until [[ $(< "$log") =~ $ready ]]; do
        if ! kill -0 "$server" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
            tail -20 "$log" >&2
            die "The server did not start; its log is $log."
        fi
        sleep 0.05
    done
    export LANDFALL_URL=${BASH_REMATCH[1]}
}

call() { "$program" op "$@"; }

show_item() {
    heading "The item (items.get)"
    call items.get "{\"item_id\":\"$item\"}" | shorten 2
    heading "The same as STAC (items.get_stac, shortened)"
    call items.get_stac "{\"item_id\":\"$item\"}" | shorten 2
}

show_search() {
    local box
    box=$(numbers_of "$tiles" bounds)
    heading "Search finds it (items.search, bbox $box)"
    call items.search "{\"project_id\":\"$project\",\"bbox\":[$box],\"sortby\":[{\"field\":\"created_at\",\"direction\":\"desc\"}],\"limit\":1}" |
        shorten 1
}

# The tile that holds the scene's centre, one level closer than the one that holds all of it.
show_tile() {
    local centre address path=$folder/tile.png
    centre=$(numbers_of "$tiles" center)
    address=$(awk -v centre="$centre" 'BEGIN {
        split(centre, c, ","); z = c[3] + 1; pi = atan2(0, -1); lat = c[2] * pi / 180
        printf "%d/%d/%d", z, (c[1] + 180) / 360 * 2 ^ z, (1 - log(sin(lat) / cos(lat) + 1 / cos(lat)) / pi) / 2 * 2 ^ z
    }')
    heading "A map tile"
    curl -fsS -H "Authorization: Bearer $LANDFALL_TOKEN" -o "$path" \
        "$LANDFALL_URL/api/v1/items/$item/tiles/$address.png" || die "The tile $address could not be drawn."
    fact address "GET /api/v1/items/$item/tiles/$address.png"
    fact picture "$path ($(stat -c %s "$path") bytes)"
}

show_download() {
    local descriptor url sent came
    heading "A signed download, without credentials"
    descriptor=$(call items.asset.download "{\"item_id\":\"$item\",\"asset_id\":\"data\"}")
    url=$(text_of "$descriptor" url)
    sent=$(sha256sum < "$scene")
    came=$(curl -fsS "$url" | sha256sum) || die "The download failed: $url"
    fact "uploaded" "sha256 ${sent%% *}"
    fact "downloaded" "sha256 ${came%% *}"
    [ "$sent" = "$came" ] || die "The bytes differ: this is a bug."
    good "  Byte for byte the same."
}

heading "Building"
scripts/build.sh
mkdir -p "$folder"
fetch_scene

choose_address
open_account
start_server
heading "Landfall serves at $LANDFALL_URL"

heading "Uploading a Landsat 7 scene of Olinda, Brazil (349 x 352 pixels, 6 bands)"
uploaded=$("$program" upload "$scene" --project "$project")
[[ $uploaded =~ (it_[0-9A-Za-z]+) ]] || die "The upload made no item: $uploaded"
item=${BASH_REMATCH[1]}
fact item "$item"
tiles=$(call items.tile.tilejson "{\"item_id\":\"$item\"}")

show_item
show_search
show_tile
show_download

heading "Yours to try"
fact console "$LANDFALL_URL/app/projects/$project"
fact "sign in as" "$email"
fact password "$password"
fact project "$project"
fact "API key" "$LANDFALL_TOKEN"
fact data "$(realpath "$data")"
fact "map layer" "$(json_text "$tiles" tiles)&key=$map_key"
printf '\n  export LANDFALL_URL=%s LANDFALL_TOKEN=%s\n  %s upload YOUR.tif --project %s\n' \
    "$LANDFALL_URL" "$LANDFALL_TOKEN" "${program#"$PWD"/}" "$project"

if [ -n "$once" ]; then
    stop_server
    good $'\n'"Done; the server has stopped."
else
    trap 'echo; stop_server; good "Stopped."; exit 0' INT
    good $'\n'"Serving until Ctrl-C."
    wait "$server" || die "The server ended by itself; its log is $log."
fi

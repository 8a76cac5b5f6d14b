# shellcheck shell=bash
# What the comparisons share: a work folder that goes with the script, Landfall and its peers as servers, wrk, and rows
# of a Markdown table. Sourced from the repository's root.

work=$(mktemp -d)
landfall=$PWD/build/release/landfall
engine=sqlite # or postgres
seconds=5
servers=()
end_servers() {
    [ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    # MapServer is no child of this script and ends with its next request.
    [ ${#servers[@]} -eq 0 ] || kill -KILL "${servers[@]}" 2>/dev/null || true
    [ ! -d "$work/cluster" ] || tests/support/postgres.sh stop "$work/cluster"
    rm -rf "$work"
}
trap end_servers EXIT

need() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || { echo "$program is missing; the script's first lines name the packages." >&2; exit 2; }
    done
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)'"$1"')'; }
ratio() { python3 -c "print(f'{$1 / $2:.2f}')"; }
median() { grep . | sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
header() { printf '| what | Landfall | peer | ratio or note |\n|---|---|---|---|\n'; }
row() { printf '| %s | %s | %s | %s |\n' "$@"; }
# compare WHAT OURS THEIRS NOTE: a row of the medians of two arrays, by their names.
compare() {
    local -n of_ours=$2 of_theirs=$3
    local our_median their_median
    our_median=$(printf '%s\n' "${of_ours[@]}" | median) their_median=$(printf '%s\n' "${of_theirs[@]}" | median)
    row "$1" "$our_median" "$their_median" "$(ratio "$our_median" "$their_median"), $4"
}

# Waits until an address answers at all.
await() {
    local tries=0
    until curl -s -o /dev/null "$1"; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { echo "$1 does not answer" >&2; exit 1; }
        sleep 0.1
    done
}

# start_nginx SERVER_BLOCK_LINES: nginx with two workers at $nginx_url.
start_nginx() {
    local port
    port=$(free_port)
    nginx_url=http://127.0.0.1:$port
    mkdir -p "$work/nginx/files" "$work/nginx/body"
    cat > "$work/nginx.conf" <<CONF
daemon off; worker_processes 2; pid $work/nginx.pid; error_log $work/nginx.log; user root;
events { worker_connections 1024; }
http { access_log off; client_max_body_size 0; client_body_temp_path $work/nginx/body; fastcgi_temp_path $work/nginx/fastcgi;
  sendfile on; keepalive_requests 1000000;
  server { listen 127.0.0.1:$port; $1 } }
CONF
    nginx -c "$work/nginx.conf" &
    servers+=($!)
    await "$nginx_url/"
}

# A PostgreSQL of its own that commits durably, as SQLite does; prints its address.
start_postgres() {
    chmod 711 "$work"
    local address
    address=$(tests/support/postgres.sh start "$work/cluster")
    psql -qX "$address" -c 'ALTER SYSTEM SET fsync = on' -c 'SELECT pg_reload_conf()' > /dev/null
    echo "$address"
}

# Landfall without limits on $engine at $url, its first project $project and key $key; $server is its process.
start_landfall() {
    local line
    [ "$engine" = sqlite ] || { LANDFALL_DATABASE=$(start_postgres) && export LANDFALL_DATABASE; }
    "$landfall" init --data "$work/data" --json > "$work/account.json"
    key=$(field '["api_key"]' < "$work/account.json")
    project=$(field '["project_id"]' < "$work/account.json")
    mkfifo "$work/ready"
    LANDFALL_LIMITS_OPERATIONS_PER_MINUTE=0 LANDFALL_LIMITS_TILES_PER_MINUTE=0 LANDFALL_LIMITS_DOWNLOADS_PER_ASSET_PER_HOUR=0 \
        LANDFALL_LIMITS_EGRESS_BYTES_PER_DAY=0 "$landfall" serve --data "$work/data" --listen 127.0.0.1:0 --log-level warning > "$work/ready" 2> "$work/landfall.log" &
    server=$!
    servers+=("$server")
    read -r line < "$work/ready"
    url=${line##* }
}

op() { curl -sf -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d "$2" "$url/v1/op/$1"; }
# upload FILE: the id of the item that it becomes, once its jobs are done.
upload() {
    local item
    item=$(LANDFALL_URL=$url LANDFALL_TOKEN=$key "$landfall" upload "$1" --project "$project" --json | field '["item_ids"][0]')
    until [[ $(op items.list_assets "{\"item_id\":\"$item\"}") == *'"thumbnail"'* ]]; do sleep 0.2; done
    echo "$item"
}
requests_per_second() { wrk -t1 -c"${connections:-32}" -d"${seconds}s" "$@" | awk '/Requests\/sec/ {print $2}'; }
latency_p50() { wrk -t1 -c"${connections:-1}" -d"${seconds}s" --latency "$@" | awk '$1 == "50%" {print $2}'; }

# make_scene FILE: 8192² pixels of 3 uint8 bands in UTM 33N at 10 m, waves and noise, as a COG.
make_scene() {
    gdal_create -q -of GTiff -ot Byte -outsize 8192 8192 -bands 3 -burn 90 -burn 120 -burn 60 -a_srs EPSG:32633 -a_ullr 400000 5081920 481920 5000000 "$work/plain.tif"
    /usr/bin/python3 - "$work/plain.tif" <<'PY'
import sys
from osgeo import gdal
import numpy
dataset = gdal.Open(sys.argv[1], gdal.GA_Update)
rng = numpy.random.default_rng(1)
y, x = numpy.mgrid[0:8192, 0:8192].astype("float32")
for band in (1, 2, 3):
    field = 110 + 60 * numpy.sin(x / (70 + 11 * band)) * numpy.cos(y / (90 + 7 * band)) + rng.normal(0, 6, x.shape)
    dataset.GetRasterBand(band).WriteArray(field.clip(0, 255).astype("uint8"))
PY
    gdal_translate -q -of COG -co COMPRESS=DEFLATE -co PREDICTOR=2 "$work/plain.tif" "$1"
}

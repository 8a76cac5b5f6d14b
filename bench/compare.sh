#!/usr/bin/env bash
# Measures build/release/landfall beside nginx on this machine and prints a Markdown table of ratios.
#   bench/compare.sh [--items N] [--bytes N]
# Peers run in the same run, in turn; figures of other runs are not comparable. Needs wrk, nginx-light, curl and
# Debian packages (apt-get install wrk nginx-light curl gdal-bin python3-gdal python3-numpy).
set -euo pipefail
cd "$(dirname "$0")/.."

items=100000 bytes=$((1 << 30)) seconds=5
while [ $# -gt 0 ]; do
    case $1 in
        --items) items=$2 && shift ;;
        --bytes) bytes=$2 && shift ;;
        *) sed -n '2,5s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
    shift
done

work=$(mktemp -d)
landfall=$PWD/build/release/landfall
server='' nginx=''
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$nginx" ] || kill "$nginx" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)'"$1"')'; }
ratio() { python3 -c "print(f'{$1 / $2:.2f}')"; }
median() { sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
row() { printf '| %s | %s | %s | %s |\n' "$@"; }

start_nginx() {
    nginx_port=$(free_port)
    mkdir -p "$work/nginx/files" "$work/nginx/body"
    cat > "$work/nginx.conf" <<CONF
daemon off; worker_processes 2; pid $work/nginx.pid; error_log $work/nginx.log; user root;
events { worker_connections 1024; }
http { access_log off; client_max_body_size 0; client_body_temp_path $work/nginx/body; sendfile on; keepalive_requests 1000000;
  server { listen 127.0.0.1:$nginx_port;
    location = /ok { default_type application/json; return 200 '{"status":"ok"}'; }
    location / { root $work/nginx/files; dav_methods PUT; } } }
CONF
    nginx -c "$work/nginx.conf" &
    nginx=$!
}

start_landfall() {
    "$landfall" init --data "$work/data" --json > "$work/account.json"
    key=$(field '["api_key"]' < "$work/account.json")
    project=$(field '["project_id"]' < "$work/account.json")
    mkfifo "$work/ready"
    LANDFALL_LIMITS_OPERATIONS_PER_MINUTE=0 LANDFALL_LIMITS_TILES_PER_MINUTE=0 LANDFALL_LIMITS_DOWNLOADS_PER_ASSET_PER_HOUR=0 \
        LANDFALL_LIMITS_EGRESS_BYTES_PER_DAY=0 "$landfall" serve --data "$work/data" --listen 127.0.0.1:0 --log-level warning > "$work/ready" 2> "$work/landfall.log" &
    server=$!
    read -r line < "$work/ready"
    url=${line##* }
}

op() { curl -sf -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -d "$2" "$url/v1/op/$1"; }
requests_per_second() { wrk -t1 -c"${connections:-32}" -d"${seconds}s" "$@" | awk '/Requests\/sec/ {print $2}'; }
latency_p50() { wrk -t1 -c"${connections:-1}" -d"${seconds}s" --latency "$@" | awk '$1 == "50%" {print $2}'; }

measure_start() {
    local times=()
    for _ in 1 2 3 4 5; do
        times+=("$(python3 - "$landfall" "$work/start" <<'PY'
import subprocess, sys, time
begin = time.perf_counter()
process = subprocess.Popen([sys.argv[1], "serve", "--data", sys.argv[2], "--listen", "127.0.0.1:0", "--log-level", "off"], stdout=subprocess.PIPE)
process.stdout.readline()
print(f"{(time.perf_counter() - begin) * 1000:.0f}")
process.terminate()
process.wait()
PY
        )")
    done
    row "start to ready, ms" "$(printf '%s\n' "${times[@]}" | median)" "–" "goal ≤ 150"
}

measure_idle_memory() {
    local total=0 pid
    for pid in $server $(pgrep -P "$server"); do
        total=$((total + $(awk '/^Pss:/ {print $2}' "/proc/$pid/smaps_rollup")))
    done
    row "idle memory, MB PSS over all processes" "$((total / 1024))" "–" "goal ≤ 60"
}

measure_put() {
    head -c "$bytes" /dev/zero | openssl enc -aes-128-ctr -nosalt -K 0 -iv 0 > "$work/blob"
    local ours=() theirs=() upload signed
    for round in 1 2 3; do
        theirs+=("$(curl -s -o /dev/null -w '%{speed_upload}' -T "$work/blob" "http://127.0.0.1:$nginx_port/blob$round")")
        upload=$(op uploads.initiate "{\"project_id\":\"$project\"}" | field '["id"]')
        signed=$(op uploads.signed_url "{\"upload_id\":\"$upload\",\"file_name\":\"blob\"}" | field '["upload_url"]')
        ours+=("$(curl -s -o /dev/null -w '%{speed_upload}' -H 'Content-Type: application/octet-stream' -T "$work/blob" "$signed")")
        op uploads.fail "{\"upload_id\":\"$upload\",\"error_message\":\"measured\"}" > /dev/null
    done
    local a b md5
    a=$(printf '%s\n' "${ours[@]}" | median) b=$(printf '%s\n' "${theirs[@]}" | median)
    md5=$(openssl speed -bytes 1048576 -seconds 2 md5 2>/dev/null | awk '/^md5/ {sub("k", "", $NF); print $NF * 1000}')
    row "PUT with MD5, SHA-256 and fsync, MB/s, against nginx dav (no digest, no fsync)" "$(ratio "$a" 1e6)" "$(ratio "$b" 1e6)" "$(ratio "$a" "$b")"
    row "the same against one core's MD5" "$(ratio "$a" 1e6)" "$(ratio "$md5" 1e6)" "$(ratio "$a" "$md5")"
}

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
    gdal_translate -q -of COG -co COMPRESS=DEFLATE -co PREDICTOR=2 "$work/plain.tif" "$work/scene.tif"
}

measure_download_and_tiles() {
    make_scene
    local item descriptor
    item=$(LANDFALL_URL=$url LANDFALL_TOKEN=$key "$landfall" upload "$work/scene.tif" --project "$project" --json | field '["item_ids"][0]')
    descriptor=$(op items.asset.download "{\"item_id\":\"$item\",\"asset_id\":\"data\"}" | field '["url"]')
    cp "$work/scene.tif" "$work/nginx/files/scene.tif"
    cat > "$work/range.lua" <<'LUA'
request = function()
  local first = math.random(0, 1000) * 65536
  return wrk.format("GET", nil, {["Range"] = "bytes=" .. first .. "-" .. (first + 65535)})
end
LUA
    local a b
    b=$(requests_per_second -s "$work/range.lua" "http://127.0.0.1:$nginx_port/scene.tif")
    a=$(requests_per_second -s "$work/range.lua" "$descriptor")
    row "ranged GET of 64 KiB by signed URL, requests/s" "$a" "$b" "$(ratio "$a" "$b")"
    for format in png webp jpg; do
        cat > "$work/tile.lua" <<LUA
request = function()
  return wrk.format("GET", "/api/v1/items/$item/tiles/15/" .. math.random(17650, 17710) .. "/" .. math.random(11690, 11750) .. ".$format?quality=" .. math.random(70, 90), {["X-API-Key"] = "$key"})
end
LUA
        row "tiles/s, UTM COG, 256 px, $format, mostly not cached" "$(connections=4 requests_per_second -s "$work/tile.lua" "$url")" "–" "p50 $(connections=1 latency_p50 -s "$work/tile.lua" "$url")"
    done
}

measure_json() {
    local a b
    b=$(requests_per_second "http://127.0.0.1:$nginx_port/ok")
    a=$(requests_per_second "$url/healthz")
    row "GET /healthz against nginx return 200, requests/s" "$a" "$b" "$(ratio "$a" "$b")"
    cat > "$work/create.lua" <<LUA
wrk.method = "POST"
wrk.headers["X-API-Key"] = "$key"
wrk.headers["Content-Type"] = "application/json"
function init() math.randomseed(os.time()) end
request = function()
  local west, south = math.random() * 357 - 179, math.random() * 159 - 80
  return wrk.format(nil, "/v1/op/items.create", nil, string.format('{"project_id":"$project","type":"satellite_capture","name":"scene","bbox":[%f,%f,%f,%f],"datetime":"20%02d-%02d-%02dT10:00:00Z","cloud_cover":%f,"properties":{"platform":"sat-%d"}}',
    west, south, west + 1, south + 1, math.random(10, 25), math.random(1, 12), math.random(1, 28), math.random() * 100, math.random(1, 4)))
end
LUA
    row "items.create, one a transaction, 128 connections, per second" "$(connections=128 requests_per_second -s "$work/create.lua" "$url")" "–" "goal ≥ 20 000"
    while [ "$(op items.search "{\"project_id\":\"$project\",\"limit\":1}" | field '["numberMatched"]')" -lt "$items" ]; do
        connections=128 requests_per_second -s "$work/create.lua" "$url" > /dev/null
    done
    local item
    item=$(op items.list "{\"project_id\":\"$project\",\"limit\":1}" | field '["items"][0]["id"]')
    printf 'wrk.method="POST"; wrk.headers["X-API-Key"]="%s"; wrk.headers["Content-Type"]="application/json"; wrk.body=[[{"item_id":"%s"}]]' "$key" "$item" > "$work/get.lua"
    row "items.get, requests/s" "$(requests_per_second -s "$work/get.lua" "$url/v1/op/items.get")" "–" "p50 $(latency_p50 -s "$work/get.lua" "$url/v1/op/items.get")"
    local limit
    for limit in 10 100; do
        cat > "$work/search.lua" <<LUA
wrk.method = "POST"
wrk.headers["X-API-Key"] = "$key"
wrk.headers["Content-Type"] = "application/json"
request = function()
  local west, south = math.random(-170, 160), math.random(-70, 60)
  return wrk.format(nil, nil, nil, string.format('{"project_id":"$project","limit":$limit,"bbox":[%d,%d,%d,%d],"datetime":"2015-01-01T00:00:00Z/2020-01-01T00:00:00Z"}', west, south, west + 10, south + 10))
end
LUA
        row "items.search limit $limit over at least $items items, 10° boxes, 5 years, requests/s" "$(requests_per_second -s "$work/search.lua" "$url/v1/op/items.search")" "–" "p50 $(latency_p50 -s "$work/search.lua" "$url/v1/op/items.search")"
    done
}

start_nginx
start_landfall
printf '| what | landfall | peer | ratio or note |\n|---|---|---|---|\n'
measure_idle_memory
measure_start
measure_put
measure_json
measure_download_and_tiles

#!/usr/bin/env bash
# Measures build/release/landfall beside nginx and the disk of this machine and prints a Markdown table of ratios.
#   bench/compare.sh [--engine sqlite|postgres] [--items N] [--bytes N]
# Peers run in the same run, in turn; figures of other runs are not comparable. bench/tiles.sh measures tiles. Needs
# Debian packages (apt-get install wrk nginx-light curl gdal-bin python3-gdal python3-numpy; postgresql and
# postgresql-15-postgis-3 for --engine postgres).
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/harness.sh
need wrk nginx curl

items=100000 bytes=$((1 << 30))
while [ $# -gt 0 ]; do
    case $1 in
        --engine) [[ "${2:-}" =~ ^(sqlite|postgres)$ ]] && engine=$2 && shift ;;
        --items) items=$2 && shift ;;
        --bytes) bytes=$2 && shift ;;
        *) sed -n '2,6s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
    shift
done

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

# Megabytes a second: of a PUT by curl, of the disk when it must have everything, of one core's MD5.
put_rate() { curl -s -o /dev/null -w '%{speed_upload}' -H 'Content-Type: application/octet-stream' -T "$work/blob" "$1" | awk '{print $1 / 1e6}'; }
disk_rate() { LC_ALL=C dd if="$work/blob" of="$work/disk" bs=1M conv=fsync 2>&1 | awk '/copied/ {print $1 / $(NF - 3) / 1e6}'; rm -f "$work/disk"; }
md5_rate() { openssl speed -bytes 1048576 -seconds 2 md5 2>/dev/null | awk '/^md5/ {sub("k", "", $NF); print $NF / 1e3}'; }

measure_put() {
    head -c "$bytes" /dev/zero | openssl enc -aes-128-ctr -nosalt -K "$(printf '%032d' 0)" -iv "$(printf '%032d' 0)" > "$work/blob"
    local ours=() nginx=() disk=() md5=() floor=() upload signed
    for _ in 1 2 3 4 5; do
        nginx+=("$(put_rate "$nginx_url/blob")")
        rm -f "$work/nginx/files/blob"
        disk+=("$(disk_rate)")
        md5+=("$(md5_rate)")
        floor+=("$(printf '%s\n' "${disk[-1]}" "${md5[-1]}" | sort -g | head -1)")
        upload=$(op uploads.initiate "{\"project_id\":\"$project\"}" | field '["id"]')
        signed=$(op uploads.signed_url "{\"upload_id\":\"$upload\",\"file_name\":\"blob\"}" | field '["upload_url"]')
        ours+=("$(put_rate "$signed")")
        op uploads.fail "{\"upload_id\":\"$upload\",\"error_message\":\"measured\"}" > /dev/null
    done
    local what="PUT of $((bytes >> 20)) MiB with MD5, SHA-256 and fsync, MB/s, against"
    compare "$what nginx dav with neither" ours nginx "for comparison"
    compare "$what MD5 alone" ours md5 "for comparison"
    compare "$what dd with fsync" ours disk "for comparison"
    compare "$what the slower of those two" ours floor "goal ≥ 0.85"
}

measure_download() {
    make_scene "$work/scene.tif"
    cp "$work/scene.tif" "$work/nginx/files/scene.tif"
    local descriptor a=() b=() whole=() theirs=()
    descriptor=$(op items.asset.download "{\"item_id\":\"$(upload "$work/scene.tif")\",\"asset_id\":\"data\"}" | field '["url"]')
    cat > "$work/range.lua" <<'LUA'
request = function()
  local first = math.random(0, 1000) * 65536
  return wrk.format("GET", nil, {["Range"] = "bytes=" .. first .. "-" .. (first + 65535)})
end
LUA
    for _ in 1 2 3; do
        b+=("$(requests_per_second -s "$work/range.lua" "$nginx_url/scene.tif")")
        a+=("$(requests_per_second -s "$work/range.lua" "$descriptor")")
        theirs+=("$(connections=4 requests_per_second "$nginx_url/scene.tif")")
        whole+=("$(connections=4 requests_per_second "$descriptor")")
    done
    compare "ranged GET of 64 KiB by signed URL, requests/s, against nginx without signatures" a b "goal ≥ 0.9"
    compare "whole GET of $(($(stat -c %s "$work/scene.tif") >> 20)) MiB by signed URL, requests/s, against the same" whole theirs "goal ≥ 0.9"
}

measure_json() {
    local a=() b=()
    for _ in 1 2 3; do
        b+=("$(requests_per_second "$nginx_url/ok")")
        a+=("$(requests_per_second "$url/healthz")")
    done
    compare "GET /healthz against nginx return 200, requests/s" a b "goal ≥ 0.8"
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

header
row "engine" "$engine" "–" "–"
start_nginx "location = /ok { default_type application/json; return 200 '{\"status\":\"ok\"}'; } location / { root $work/nginx/files; dav_methods PUT; }"
start_landfall
measure_idle_memory
measure_start
measure_put
measure_download
measure_json

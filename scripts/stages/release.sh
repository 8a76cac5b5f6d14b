# shellcheck shell=bash
# Stages on the release build: build, openapi, unit, sqlite, postgres, hostile, crash. Sourced by scripts/test.sh.

stage_build() {
    cmake --preset release -DLANDFALL_TESTS=ON -DLANDFALL_WERROR=ON
    ninja -C build/release
}

stage_openapi() { scripts/openapi.sh --check; }

# Starts a PostgreSQL of its own for the unit tests and exports its address; it ends with the stage.
with_postgres() {
    local folder
    folder=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder's name is wanted as it is now
    trap "tests/support/postgres.sh stop $folder/cluster; rm -rf $folder" EXIT
    chmod 755 "$folder"
    LANDFALL_TEST_POSTGRES=$(tests/support/postgres.sh start "$folder/cluster")
    export LANDFALL_TEST_POSTGRES
}

# Some unit tests read real imagery, which lies beside the checkout where there is any; without it they are skipped.
with_imagery() {
    [ -n "${LANDFALL_TEST_DATA:-}" ] || [ ! -d ../shared/data ] || export LANDFALL_TEST_DATA=$PWD/../shared/data
}

stage_unit() {
    with_postgres
    with_imagery
    ctest --test-dir build/release --output-on-failure -j2
}

# A Python of its own under build/venv, made again when the requirements change.
python_environment() {
    local wanted=tests/requirements.txt venv=build/venv
    if ! cmp -s "$wanted" "$venv/installed.txt"; then
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 5 -r "$wanted"
        cp "$wanted" "$venv/installed.txt"
    fi
}

# pytest with the program of the given build: run_pytest PROGRAM ARGUMENTS…
run_pytest() {
    local program=$1
    shift
    python_environment
    PYTHONDONTWRITEBYTECODE=1 LANDFALL_BINARY=$program \
        build/venv/bin/python -m pytest -ra -p no:cacheprovider --color=no "$@"
}

stage_sqlite() { run_pytest "$PWD/build/release/landfall" tests/contract tests/e2e --engine sqlite; }
stage_postgres() { run_pytest "$PWD/build/release/landfall" tests/contract tests/e2e --engine postgres; }
stage_hostile() { run_pytest "$PWD/build/release/landfall" tests/hostile --engine sqlite; }
stage_crash() { run_pytest "$PWD/build/release/landfall" tests/crash --rounds "$([ -n "$full" ] && echo 500 || echo 20)"; }

# shellcheck shell=bash
# Stages on the release build: build, openapi, sqlite, postgres, console, hostile, crash, races. Sourced by scripts/test.sh.

# The program with its console, and the one that plays its next version; unit tests are built where they run.
stage_build() {
    scripts/web.sh --check
    cmake --preset release -DLANDFALL_TESTS=ON -DLANDFALL_WERROR=ON
    ninja -C build/release landfall landfall_next
}

stage_openapi() { scripts/openapi.sh --check; }

# What a stage leaves to be done when it ends, the last first: at_end COMMAND.
at_end() {
    ends="$1; ${ends:-}"
    # shellcheck disable=SC2064 # what it is now
    trap "$ends" EXIT
}

# Starts a PostgreSQL of its own for the unit tests and exports its address; it ends with the stage.
with_postgres() {
    local folder
    folder=$(mktemp -d)
    at_end "tests/support/postgres.sh stop $folder/cluster; rm -rf $folder"
    chmod 755 "$folder"
    LANDFALL_TEST_POSTGRES=$(tests/support/postgres.sh start "$folder/cluster")
    export LANDFALL_TEST_POSTGRES
}

# Some unit tests read real imagery, which lies beside the checkout where there is any; without it they are skipped.
with_imagery() {
    [ -n "${LANDFALL_TEST_DATA:-}" ] || [ ! -d ../shared/data ] || export LANDFALL_TEST_DATA=$PWD/../shared/data
}

# run_unit_tests BUILD; the log holds what each executable says, whose last line is its count of tests.
run_unit_tests() {
    with_postgres
    with_s3
    with_imagery
    ctest --test-dir "$1" --verbose -j"$(nproc)"
}

run_release_unit_tests() {
    cmake --preset release -DLANDFALL_TESTS=ON -DLANDFALL_WERROR=ON
    ninja -C build/release
    run_unit_tests build/release
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

# pytest with the program of the given build, on as many workers as there are processors: run_pytest BUILD ARGUMENTS…
run_pytest() {
    local program=$PWD/$1/landfall
    shift
    python_environment
    PYTHONDONTWRITEBYTECODE=1 LANDFALL_BINARY=$program build/venv/bin/python -m pytest -ra -p no:cacheprovider --color=no \
        -n "${workers:-$(nproc)}" --dist loadgroup "$@"
}

# Stories about the catalog and about several processes on it. What other stories tell of a server, of a file or of a
# client's library does not depend on the database below it.
engine_stories=(tests/e2e/test_{backup,cli,database,operating,several_processes,shared_bytes}.py)

# What is told of schemas, of pictures and of generated clients before any database is asked.
apart_from_the_catalog=(tests/contract/test_{formulas,generated_client,looks,pixels,published,registry,statistics,vector_tiles}.py)

stage_sqlite() { run_pytest build/release tests/contract tests/stac tests/e2e --engine sqlite; }
stage_postgres() {
    local stories=("${engine_stories[@]}" "${apart_from_the_catalog[@]/#/--ignore=}")
    [ -z "$full" ] || stories=(tests/e2e)
    with_postgres
    run_pytest build/release tests/contract tests/stac "${stories[@]}" --engine postgres
}
stage_console() { run_pytest build/release tests/console --engine sqlite; }
stage_hostile() { run_pytest build/release tests/hostile --engine sqlite; }
# Most of a round is waiting, for a server to start and for processes to end. Files in parts are claimed by leases, which
# end in another way where several servers share a database: on PostgreSQL too.
stage_crash() {
    local rounds workers=$(($(nproc) * 2))
    rounds=$([ -n "$full" ] && echo 500 || echo 20)
    run_pytest build/release tests/crash --rounds "$rounds"
    with_postgres
    run_pytest build/release tests/crash/test_{parts,stac}_kill9.py --rounds "$rounds" --engine postgres
}
# With --full only: the long run of what `sqlite` and `postgres` have in short.
stage_races() {
    with_postgres
    LANDFALL_TEST_STEPS=20000 run_pytest build/release tests/e2e/test_shared_bytes.py --engine both -s
}

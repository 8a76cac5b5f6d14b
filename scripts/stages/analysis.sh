# shellcheck shell=bash
# Stages that look for what tests alone do not see: sanitizers, thread annotations and clang-tidy. Sourced by scripts/test.sh.

# The second tree of a plain run has all unit tests, under AddressSanitizer and UndefinedBehaviorSanitizer, and the
# program for the contract. clang builds it, since it also checks what is annotated of threads and locks, and without
# optimizing, since compiling takes longer than running.
export UBSAN_OPTIONS=print_stacktrace=1
stage_unit() {
    cmake --preset asan -DLANDFALL_TESTS=ON
    ninja -C build/asan
    run_unit_tests build/asan
    [ -z "$full" ] || run_release_unit_tests
}

# A third of the contract, another one with each commit.
stage_asan() {
    local share=()
    [ -n "$full" ] || share=(--share "$((0x$(git_here rev-parse --short=7 HEAD 2>/dev/null || echo 0) % 3))/3")
    run_pytest build/asan tests/contract --engine sqlite "${share[@]}"
}

# ThreadSanitizer wants a predictable address space, where the system lets us ask for it.
without_randomization() {
    if setarch "$(uname -m)" -R true 2>/dev/null; then
        setarch "$(uname -m)" -R "$@"
    else
        "$@"
    fi
}

# Test executables with the tests in them that use threads; with --full all of their tests run.
concurrent_tests=(
    'storage_test=*' 'database_test=*' 'jobs_test=*' 'http_test=*'
    'catalog_test=JobTest*:UploadTest*:UsageTest*:TenancyTest*'
    'domain_test=Journal*:Outbox*:Versions*:ChangeWatcher*:VersionedCache*:TileCache*:TileSource*:Uploads.*:Ingest.*'
    'admission_test=*' 'operations_test=Dispatch.*'
)

# Only with --full: one sanitizer tree is built in a plain run.
stage_tsan() {
    local entry
    cmake --preset tsan -DLANDFALL_TESTS=ON
    ninja -C build/tsan "${concurrent_tests[@]%%=*}"
    export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
    with_postgres
    for entry in "${concurrent_tests[@]}"; do
        without_randomization "build/tsan/tests/${entry%%=*}" --gtest_brief=1 --gtest_filter="$([ -n "$full" ] && echo '*' || echo "${entry#*=}")"
    done
}

# The commit to compare with: where the branch left main, or else the one before.
last_agreed() {
    local base
    base=$(git_here merge-base origin/main HEAD 2>/dev/null || true)
    [ -n "$base" ] && [ "$base" != "$(git_here rev-parse HEAD)" ] || base=$(git_here rev-parse --verify --quiet HEAD~1 || true)
    printf '%s' "$base"
}

# Sources to lint: those that changed themselves or in their header; all with --full, and where no earlier commit is
# known, as in a shallow clone.
lint_files() {
    local base changed
    base=$(last_agreed)
    if [ -n "$full" ] || [ -z "$base" ]; then
        git_here ls-files -- 'src/*.cpp'
        return
    fi
    changed=$(git_here diff --name-only --diff-filter=d "$base" -- 'src/*.[ch]pp')
    # shellcheck disable=SC2001 # one substitution for all lines
    sed 's/\.hpp$/.cpp/' <<< "$changed" | sort -u | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

stage_tidy() {
    need_tracked_sources
    local files=()
    mapfile -t files < <(lint_files)
    [ ${#files[@]} -gt 0 ] || { echo "No source differs from the commit before."; return; }
    scripts/stages/lint.py build/release ${full:+--analyzer} "${files[@]}"
}

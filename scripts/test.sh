#!/usr/bin/env bash
# Installs what the tests need and runs all of them, one stage after another; stops at the first that fails.
#   scripts/test.sh [--full] [--record] [--only STAGE]...
#     --full    what takes long, too: lints every file, with the analyzer; every story on PostgreSQL; the whole contract under
#               sanitizers, and the thread sanitizer; unit tests of the optimized program as well; crashes the server 500
#               times, not 20; and 20 000 calls that race for shared files, on each database
#     --record  keeps how long each stage took, cold and on two quiet processors, for later runs to compare with
#     --only    runs just this stage, and what it needs; may be repeated
# What a stage prints is in build/logs/STAGE.log. Needs no terminal.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/terminal.sh
source scripts/install.sh
source scripts/stages/sources.sh
source scripts/stages/release.sh
source scripts/stages/stores.sh
source scripts/stages/sdk.sh
source scripts/stages/analysis.sh

# In the order in which they run; each is a function stage_NAME in scripts/stages/.
stages=(install format house build openapi tidy versitygw sqlite postgres sdk console hostile crash races unit asan tsan)
full='' record='' only=()
while [ $# -gt 0 ]; do
    case $1 in
        --full) full=yes ;;
        --record) record=yes ;;
        --only)
            [[ " ${stages[*]} " == *" ${2:-} "* ]] || die "--only takes one of: ${stages[*]}"
            only+=("$2") && shift
            ;;
        -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0" && echo "Stages: ${stages[*]}" && exit ;;
        *) die "Unknown argument '$1'; scripts/test.sh --help lists them." ;;
    esac
    shift
done
# A plain run builds one tree with a sanitizer, not two.
chosen() {
    [ ${#only[@]} -gt 0 ] || [[ $1 != tsan && $1 != races ]] || [ -n "$full" ] || return 1
    [ ${#only[@]} -eq 0 ] || [ "$1" = install ] || [[ " ${only[*]} " == *" $1 "* ]]
}
[ -z "$record" ] || [ -z "$full${only[*]}" ] || die "--record is about a whole run without --full and --only."
# Some stages run what the stage `build` makes.
for stage in "${only[@]}"; do
    case $stage in
        openapi | sqlite | postgres | sdk | console | hostile | crash | races | tidy) only+=(build) ;;
        asan) only+=(unit) ;;
    esac
    case $stage in
        sqlite | postgres | unit | asan) only+=(versitygw) ;;
    esac
done
export full

logs=build/logs
mkdir -p "$logs"
keep_ccache_writable
seconds_file=scripts/stages/seconds.txt
table=() measured=() summaries=() failed=''

# The last lines with which test runners sum up: ctest's, pytest's and GoogleTest's.
summary_lines() {
    grep -hE '^[0-9]+% tests passed|^=+ .*(passed|failed|error|skipped).* in [0-9.]+s.*=+$|^([0-9]+: )?\[  (PASSED|FAILED)  \] [0-9]+ tests?' "$1" || true
}

run_stage() {
    local name=$1 log=$logs/$1.log started=$SECONDS code line
    printf '%s%-12s%s ' "$bold" "$name" "$plain"
    # A subshell of its own, so that the stage stops at its first failing command and cleans up behind itself.
    set +e
    (set -e; "stage_$name") > "$log" 2>&1 < /dev/null
    code=$?
    set -e
    local seconds=$((SECONDS - started))
    if [ "$code" = 0 ]; then
        printf '%s%s%s  %4d s\n' "$green" ok "$plain" "$seconds"
    else
        printf '%s%s%s  %4d s\n' "$red" FAILED "$plain" "$seconds"
        failed=$name
    fi
    measured+=("$name $seconds")
    table+=("$(printf '%-12s %-6s %5d s' "$name" "$([ "$code" = 0 ] && echo ok || echo FAILED)" "$seconds")")
    while IFS= read -r line; do summaries+=("$line"); done < <(summary_lines "$log")
}

# What a failing stage said: the lines that name a failure, then the end of its log.
show_failure() {
    local log=$logs/$failed.log
    heading "$failed failed; the end of $log:"
    grep -nE '(^FAILED |^ERROR |\*\*\*Failed|\[  FAILED  \]|error:|ERROR: (Address|Leak|Undefined)|runtime error|WARNING: ThreadSanitizer)' "$log" |
        tail -40 || true
    echo ...
    tail -80 "$log"
}

# Stages that took a fifth and ten seconds longer than recorded, of a whole run; a warning, as machines differ.
slower_stages() {
    [ -z "$full${only[*]}" ] || return 0
    printf '%s\n' "${measured[@]}" | awk 'NR == FNR { if (!/^#/) was[$1] = $2; next }
        $1 in was && $2 > was[$1] * 1.2 && $2 > was[$1] + 10 { printf "warning: %s took %d s, recorded are %d s\n", $1, $2, was[$1] }' "$seconds_file" -
}

record_seconds() {
    { sed -n '/^#/p' "$seconds_file" && printf '%s\n' "${measured[@]}"; } > "$seconds_file.new" && mv "$seconds_file.new" "$seconds_file"
}

report() {
    [ -z "$failed" ] || show_failure
    heading "Stages ($SECONDS s)"
    printf '  %s\n' "${table[@]}"
    slower_stages
    [ -z "$record" ] || [ -n "$failed" ] || record_seconds
    echo
    [ ${#summaries[@]} -eq 0 ] || printf '%s\n' "${summaries[@]}"
    [ -z "$failed" ] || { bad "$failed failed"; exit 1; }
}

trap 'exit 130' INT TERM
for stage in "${stages[@]}"; do
    [ -n "$failed" ] || ! chosen "$stage" || run_stage "$stage"
done
report

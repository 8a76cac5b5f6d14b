# shellcheck shell=bash
# Stages that read the sources only: format and house rules. Sourced by scripts/test.sh.

# git, also in a checkout that belongs to someone else, as continuous integration has it.
git_here() { git -c safe.directory="$PWD" "$@"; }

# The rules are about tracked files; without any they would all hold.
need_tracked_sources() {
    [ -n "$(git_here ls-files -- CMakeLists.txt 2>/dev/null)" ] ||
        die "git tracks no sources here, and this stage reads what git tracks. Run it in a clone, not in an exported archive."
}

cpp_files() { git_here ls-files -- 'src/*.[ch]pp' 'tests/*.[ch]pp' 'bench/*.[ch]pp'; }

stage_install() { install_packages build test; }

stage_format() {
    need_tracked_sources
    cpp_files | xargs -r clang-format-19 --dry-run -Werror
    git_here ls-files -- '*.sh' .ci/run | xargs -r shellcheck -x
}

# Each rule prints what breaks it; the stage fails if any did.
broken=0
rule() {
    local name=$1 found status=0
    shift
    found=$("$@") || status=$?
    # 1 is how grep says that it found nothing.
    [ "$status" -le 1 ] || found="the rule itself failed with status $status $found"
    [ -n "$found" ] || return 0
    printf '%s:\n%s\n' "$name" "$found"
    broken=1
}

long_files() { git_here ls-files -- 'src/*.[ch]pp' 'tests/*.[ch]pp' | xargs -r wc -l | awk '$2 != "total" && $1 > 500'; }
unclear_names() { git_here ls-files -- src tests | grep -E '/(utils?|common|helpers?|manager|base|misc)(\.[ch]pp|/)'; }
unfinished_marks() { git_here grep -nE '\b(TODO|FIXME|XXX|HACK)\b|not implemented' -- src tests bench docs; }
machine_paths() { git_here grep -nE '(^|[^[:alnum:]_.])/(ho''me|wo''rk)/' -- . ':!docs/openapi.json'; }
large_files() { git_here ls-files -z -- ':!docs/openapi.json' | xargs -0 -r du -k | awk '$1 > 512'; }
# Patterns of `git grep`: who may include what. Third-party headers stay out of our headers as well.
gdal_elsewhere() { git_here grep -nE '#include <(gdal|ogr|cpl)' -- src ':!src/raster'; }
sql_elsewhere() { git_here grep -nE '#include <(sqlite3|libpq)' -- src ':!src/database' ':!src/catalog/search/sqlite_functions.cpp'; }
boost_elsewhere() { git_here grep -nE '#include <boost/' -- src ':!src/http'; }
# Every write goes through the transactor; the database module itself and tests of it are below it.
other_writers() { git_here grep -nE '(\.|->)write(_for)?\((\[|work)' -- 'src/*.cpp' 'src/*.hpp' ':!src/database' ':!src/catalog/transaction.*' ':!src/operations/registry/registry.hpp'; }
# The analysis of locks sees those of ours only; the standard library's are nothing to it.
unwatched_locks() { git_here grep -nE 'std::(timed_|recursive_|shared_)*mutex|std::(lock_guard|unique_lock|scoped_lock|shared_lock|condition_variable)' -- src ':!src/core/mutex.*'; }
# Folders of a module that include each other, over whatever way: the folder itself counts as one of them.
folder_circles() {
    local module
    # shellcheck disable=SC2069 # what tsort complains of is wanted, the order is not
    for module in $(git_here ls-files -- src | cut -d/ -f2 | sort -u); do
        git_here grep -hoE "^#include \"$module/[a-z0-9_/]+\\.hpp" -- "src/$module" >/dev/null || continue
        git_here grep -oE "^#include \"$module/[a-z0-9_/]+\\.hpp" -- "src/$module" |
            sed -E 's#^src/(.*)/[^/:]+:.include "(.*)/[^/]+$#\2 \1#' | awk '$1 != $2' | sort -u | tsort 2>&1 >/dev/null
    done
}
# Two of one name in a module's namespace: the linker takes the members of one for the other's, and says nothing.
doubled_types() {
    local module
    for module in $(git_here ls-files -- src | cut -d/ -f2 | sort -u); do
        git_here grep -hoE '^(struct|class) [A-Z][A-Za-z]+( final)?( : [^;]*)? \{' -- "src/$module/*.hpp" |
            awk -v module="$module" '{ if (seen[$2]++ == 1) print module ": " $2 }'
    done
}
unguarded_headers() { git_here ls-files -- 'src/*.hpp' | while read -r file; do grep -q '^#pragma once' "$file" || echo "$file"; done; }
# GoogleTest keeps underscores for itself.
test_names() { git_here grep -nE '^(TYPED_)?TEST(_F|_P)?\(\w+, *([a-z]|\w*_)' -- 'tests/*.cpp'; }
trailing_blanks() { git_here grep -nIE '[[:blank:]]+$' -- . ':!*.md' ':!tests/data' ':!*.txt'; }

stage_house() {
    need_tracked_sources
    rule "Files past 500 lines" long_files
    rule "Names that say nothing" unclear_names
    rule "Unfinished marks" unfinished_marks
    rule "Paths of one machine" machine_paths
    rule "Tracked files past 512 KiB" large_files
    rule "GDAL outside src/raster" gdal_elsewhere
    rule "Database clients outside src/database" sql_elsewhere
    rule "Boost outside src/http" boost_elsewhere
    rule "Writes beside the transactor" other_writers
    rule "Locks beside core/mutex.hpp" unwatched_locks
    rule "Folders that include each other" folder_circles
    rule "Types of one name in a module" doubled_types
    rule "Headers without #pragma once" unguarded_headers
    rule "Names of tests that are not CamelCase" test_names
    rule "Trailing blanks" trailing_blanks
    return "$broken"
}

# shellcheck shell=bash
# What the scripts say, and how: colours on a terminal unless NO_COLOR is set, plain lines otherwise. Sourced.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' blue=$'\e[34m' plain=$'\e[0m'
else
    bold='' dim='' red='' green='' blue='' plain=''
fi

# A step begins.
heading() { printf '\n%s%s%s\n' "$bold$blue" "$*" "$plain"; }

# A label and its value, in columns.
fact() { printf '  %s%-14s%s %s\n' "$dim" "$1" "$plain" "$2"; }

good() { printf '%s%s%s\n' "$green" "$*" "$plain"; }
bad() { printf '%s%s%s\n' "$red" "$*" "$plain" >&2; }

# Ends the script with a sentence that says what to do.
die() {
    bad "$*"
    exit 1
}

#!/bin/sh
# Shows what csan finds in the report service, and checks that it did.
#
#   demo.sh OBJ     OBJ: the build tree. Ends with 0 when every run ended as it should.
set -u
obj=$1
dir=examples/report_service
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
wrong=0

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

headline() {
    printf '\n%s── %s%s\n' "$bold" "$1" "$plain"
}

# line FILE TEXT: the number of the one line of FILE that holds TEXT.
line() {
    grep -nF "$2" "$dir/$1" | head -n 1 | cut -d: -f1
}

# judge STATUS EXPECTED PATTERN: what `show` has run ended as it should, and said this line.
judge() {
    printf '   (status %d)\n' "$1"
    if [ "$1" -ne "$2" ]; then
        printf '   WRONG: status %d was expected\n' "$2"
        wrong=$((wrong + 1))
    fi
    if ! grep -qE "$3" "$log/out"; then
        printf '   WRONG: no line like %s\n' "$3"
        wrong=$((wrong + 1))
    fi
}

# show STATUS PATTERN COMMAND...: runs a command and shows all that it writes.
show() {
    expected=$1 pattern=$2
    shift 2
    printf '   $ %s\n' "$*"
    env "$@" >"$log/out" 2>&1 <"$log/in"
    status=$?
    sed 's/^/   /' "$log/out"
    judge "$status" "$expected" "$pattern"
}

# suite STATUS PATTERN [NAME=VALUE]: runs the Check suite and shows what Check itself says. csan's
# own report, the same and whatever else it has, is on stderr.
suite() {
    expected=$1 pattern=$2
    shift 2
    printf '   $ %s%s 2>report\n' "${1:+$1 }" "$suite"
    env "$@" "$suite" >"$log/out" 2>"$log/report" </dev/null
    status=$?
    sed 's/^/   /' "$log/out"
    judge "$status" "$expected" "$pattern"
}

# A leak under Check: the failing test, at the leak's own line.
fails_at() {
    printf '^%s/%s:%s:F:answers:%s:0: .*csan\\[leak\\]' "$dir" "$1" "$2" "$3"
}

printf 'row 7\nrefresh 7\nsum 1 3\n' >"$log/in"
suite=$obj/examples/test_service

headline "The suite of $dir, linked with -lcsan and otherwise as it was: green"
suite 0 '^100%: Checks: 7, Failures: 0, Errors: 0$'

headline "1  A request that is not understood: its text is forgotten on the error path"
suite 1 "$(fails_at request.c "$(line request.c 'request->text = strdup')" \
    bad_request_is_answered)" PLANT=error-path

headline "2  A cache that overwrites: the old row is lost, and all that hangs on it"
suite 1 "$(fails_at row.c "$(line row.c 'struct row *row = malloc')" \
    refresh_replaces_the_cached_row)" PLANT=overwrite

headline "3  A worker thread that stops early: its last row is lost"
suite 1 "$(fails_at row.c "$(line row.c 'struct row *row = malloc')" \
    sum_is_added_up_by_workers)" PLANT=worker

headline "The service itself, never linked with csan, under the csan command: nothing to say"
show 0 '^sum 1 3: 1116$' "$obj/bin/csan" "$obj/examples/service"

headline "4  The same, shutting down without closing the pool's connections"
show 86 "^$dir/pool.c:$(line pool.c 'calloc(1, sizeof *connection)'):[0-9]+: error: csan\[leak\]" \
    PLANT=shutdown "$obj/bin/csan" "$obj/examples/service"

if [ "$wrong" -ne 0 ]; then
    printf '\ndemo: %d of the above is not as it should be\n' "$wrong"
    exit 1
fi
printf '\ndemo: four planted defects, four reports, all as they should be\n'

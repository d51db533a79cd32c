#!/bin/sh
# Shows what csan finds in the report service, and checks that it did.
#
#   demo.sh OBJ [all]     OBJ: the build tree. One defect of each family, or all twelve.
#
# Each defect is planted by PLANT=NAME (report_service/plant.h); its mending is what runs without.
# Ends with 0 when every run ended as it should.
set -u
obj=$1
which=${2:-}
dir=examples/report_service
suite=$obj/examples/test_service
service=$obj/examples/service
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
right=0 wrong=0 number=0

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') dim=$(printf '\033[2m') plain=$(printf '\033[0m')
fi

headline() {
    printf '\n%s── %s%s\n' "$bold" "$1" "$plain"
}

defect() { # a numbered headline
    number=$((number + 1))
    headline "$number  $1"
}

# line FILE TEXT: the number of the first line of FILE that holds TEXT.
line() {
    grep -nF "$2" "$dir/$1" | head -n 1 | cut -d: -f1
}

judge() { # RESULT COMPLAINT
    if [ "$1" -eq 0 ]; then
        right=$((right + 1))
    else
        printf '   WRONG: %s\n' "$2"
        wrong=$((wrong + 1))
    fi
}

# show STATUS PATTERN COMMAND...: the command has ended with STATUS; shows what it wrote, which has
# a line like PATTERN.
show() {
    status=$1 expected=$2 pattern=$3
    sed 's/^/   /' "$log/out"
    printf '   %s(status %d)%s\n' "$dim" "$status" "$plain"
    [ "$status" -eq "$expected" ]
    judge $? "status $expected was expected"
    grep -qE "$pattern" "$log/out"
    judge $? "no line like $pattern"
}

# suite STATUS PATTERN [NAME=VALUE...]: runs the Check suite and shows what Check itself says. csan's
# own report, the same and whatever else it has, is on stderr.
suite() {
    expected=$1 pattern=$2
    shift 2
    printf '   $ %s%s 2>report\n' "${*:+$* }" "$suite"
    env "$@" "$suite" >"$log/out" 2>"$log/report" </dev/null
    show $? "$expected" "$pattern"
}

# service STATUS PATTERN [NAME=VALUE...]: runs the service, which was not linked with csan, under the
# command.
service() {
    expected=$1 pattern=$2
    shift 2
    printf '   $ %scsan %s\n' "${*:+$* }" "$service"
    env "$@" "$obj/bin/csan" "$service" >"$log/out" 2>&1 <"$log/in"
    show $? "$expected" "$pattern"
}

# fix FILE -LINE +LINE: the mending, whose lines are those of the source.
fix() {
    printf '   %sfix%s %s\n' "$bold" "$plain" "$dir/$1"
    file=$1
    shift
    for change in "$@"; do
        printf '       %s\n' "$change"
        [ -n "$(line "$file" "${change#[-+] }")" ]
        judge $? "$file has no such line"
    done
}

# A finding under Check: the failing test, at the finding's own line.
fails_at() { # FILE LINE TEST KIND [CASE]
    printf '^%s/%s:%s:F:%s:%s:0: .*csan\\[%s\\]' "$dir" "$1" "$2" "${5:-answers}" "$3" "$4"
}

leak_on_an_error_path() {
    defect 'A leak: a request that is not understood leaves its text behind'
    suite 1 "$(fails_at request.c "$(line request.c 'request->text = strdup')" \
        bad_request_is_answered leak)" PLANT=error-path
    fix request.c '- free(request); /* and not its text */' '+ request_free(request);'
}

leak_in_the_cache() {
    defect 'A leak: a cache that overwrites loses the old row, and all that hangs on it'
    suite 1 "$(fails_at row.c "$(line row.c 'struct row *row = malloc')" \
        refresh_replaces_the_cached_row leak)" PLANT=overwrite
    fix cache.c '+ row_free(entry->row);'
}

leak_in_a_worker() {
    defect 'A leak: a worker thread that stops early loses its last row'
    suite 1 "$(fails_at row.c "$(line row.c 'struct row *row = malloc')" \
        sum_is_added_up_by_workers leak)" PLANT=worker
    fix service.c '- break; /* done, and the last row forgotten */' '+ row_free(row);'
}

leak_at_the_end() {
    defect 'A leak: the service ends without closing its connections'
    service 86 "^$dir/pool.c:$(line pool.c 'calloc(1, sizeof *connection)'):[0-9]+: error: csan\[leak\]" \
        PLANT=shutdown
    fix pool.c '+ disconnect(connection);'
}

exhausted_pool() {
    defect 'A pool run dry: connections lent on an error path and never given back'
    suite 1 "$(fails_at pool.c "$(line pool.c 'pthread_cond_timedwait(&pool->given_back')" \
        clients_are_served_after_unknown_rows blocked)" PLANT=pool
    fix service.c '- return "no such row"; /* and the connection stays lent */' \
        '+ pool_give(service->pool, connection);'
}

deadlock() {
    defect 'A deadlock: who waits for its workers holds the lock that they want'
    # The thread that waits last comes first: the one that joins, or a worker.
    service 86 "^$dir/(service|stats).c:[0-9]+:[0-9]+: error: csan\[deadlock\]" PLANT=deadlock
    fix service.c '- stats_hold(service->stats);' '- stats_let_go(service->stats);'
}

slow_lock() {
    defect 'A slow lock: one mutex around a map that hardly ever changes; every reader queues'
    suite 1 "$(fails_at cache.c '[0-9]+' clients_share_a_cached_row wait)" \
        PLANT=slow-lock CSAN_MAX_WAIT_P99=20ms
    fix cache.c '- pthread_mutex_lock(&cache->one_lock);' '+ pthread_rwlock_rdlock(&cache->lock);'
}

both_orders() {
    defect 'Two locks in both orders: a deadlock that this run was spared'
    suite 1 "$(fails_at service.c '[0-9]+' sum_is_added_up_by_workers lock-order)" PLANT=lock-order
    fix stats.c '- hold_missing_first(stats);' '+ stats_hold(stats);'
}

appended() {
    defect 'A cache hands out its own rows, and the caller appends its sum to them'
    suite 1 "$(fails_at report.c "$(line report.c 'csan_share(report->totals.at)')" \
        report_lists_rows_and_their_sum mutation reports)" PLANT=append CK_RUN_CASE=reports
    fix service.c '+ lines = totals_copy(&rows);' '+ totals_free(&lines);'
}

escaped() {
    defect 'A response buffer is remembered when its request is over'
    suite 1 "$(fails_at buffer.c "$(line buffer.c 'csan_lend(')" report_follows_a_longer_one \
        escape buffers)" PLANT=escape CK_RUN_CASE=buffers
    fix service.c '- service->last_report = text;' \
        '+ service->last_report = text ? strdup(text) : NULL;'
}

huge() {
    defect 'One long answer, and the pool keeps its huge buffer for ever'
    suite 1 "$(fails_at buffer.c "$(line buffer.c 'csan_give_back(')" report_may_be_long \
        pool buffers)" PLANT=huge CK_RUN_CASE=buffers
    fix buffer.c '+ buffer.room <= ROOM_MAX'
}

left_over() {
    defect 'A buffer goes from one client to the next with what the first was answered'
    suite 1 "$(fails_at buffer.c "$(line buffer.c 'csan_lend(')" report_follows_a_longer_one \
        pool buffers)" PLANT=leftovers CK_RUN_CASE=buffers
    fix buffer.c '+ clear(&buffer);'
}

printf 'row 7\nrefresh 7\nsum 1 3\n' >"$log/in"

headline 'Nothing planted: the suite, linked with -lcsan and otherwise as it was, is green'
suite 0 '^100%: Checks: 13, Failures: 0, Errors: 0$' CSAN_MAX_WAIT_P99=20ms

headline 'and so is the service, not linked with csan, under the csan command'
service 0 '^sum 1 3: 1116$'

leak_on_an_error_path
if [ "$which" = all ]; then
    leak_in_the_cache
    leak_in_a_worker
    leak_at_the_end
fi
exhausted_pool
deadlock
slow_lock
if [ "$which" = all ]; then
    both_orders
    appended
    escaped
    huge
    left_over
fi

printf '\n%d planted defects, %d readable reports%s\n' "$number" "$number" \
    "$([ "$which" = all ] || echo '; all twelve: make demo-all')"
printf 'demo: %d passed, %d failed\n' "$right" "$wrong"
[ "$wrong" -eq 0 ]

# Cached-reference sharing: a share and its release by mode, threads and bytes; memory; the census; a
# whole service (examples/), annotated and not, watched and not.
# Sourced by run.sh.
# shellcheck shell=bash disable=SC2154 # variables of run.sh and lib.sh

sharing_modes=(off cheap stress)
sharing_census=(cached few mixed listed all)

sharing_build() {
    local file how sources=()
    local -A flag=([bare]=-DCSAN_DISABLE [annotated]="")
    build_csan share_pair -Iinclude
    for file in examples/report_service/*.c; do [[ $file == */test_* ]] || sources+=("$file"); done
    for how in "${!flag[@]}"; do
        # shellcheck disable=SC2086 # no flag is no word
        gcc -O2 -g -std=gnu11 -D_GNU_SOURCE -pthread -Iinclude ${flag[$how]} \
            "${sources[@]}" -o "$work/service-$how" \
            -L"$obj/lib" -lcsan -Wl,-rpath,"$obj/lib" || exit 1
        # shellcheck disable=SC2086
        gcc -O2 -g -std=gnu11 -D_GNU_SOURCE -pthread -Iinclude ${flag[$how]} \
            "${sources[@]}" -o "$work/service-plain-$how" || exit 1
    done
    # Half of them publish a report, share, release and evict it, and borrow a buffer of a pool; so
    # many that start and end are a hundredth.
    awk 'BEGIN {
        for (i = 1; i <= 64000; i++) {
            print "report", i % 50 + 1, i % 50 + 12
            print "row", i % 90 + 1
            if (i % 20 == 0) print "refresh", i % 90 + 1
        }
    }' >"$work/sharing-requests"
}

sharing_service() { # HOW: ms of processor time for all requests
    local TIMEFORMAT='%U %S'
    { time CSAN_MAX_LEAK=off "$work/service-$1" <"$work/sharing-requests" >/dev/null; } 2>&1 |
        awk '{ print ($1 + $2) * 1000 }' | tee -a "$work/sharing-service-$1"
}

sharing_services() { # all of them one after the other, and how they compare
    local how
    local -A ms
    for how in plain-bare plain-annotated bare annotated; do ms[$how]=$(sharing_service "$how"); done
    awk "BEGIN { printf \"%.3f\\n\", ${ms[annotated]} / ${ms[bare]} }" >>"$work/sharing-service-ratio"
}

sharing_run() { # NAME MODE ARGUMENTS…
    local name=$1 mode=$2
    shift 2
    CSAN_SHARE=$mode "$work/share_pair-linked" "$@" >>"$work/sharing-$name" 2>"$work/sharing-report"
}

sharing_round() {
    local mode threads bytes how what
    for mode in "${sharing_modes[@]}"; do
        for threads in 0 1 2; do sharing_run "pair-$mode-$threads" "$mode" pair "$threads" 64; done
        sharing_run "one-$mode" "$mode" one 2 64
    done
    for threads in 0 1 2; do
        sharing_run "pair-precise-$threads" precise pair "$threads" 64 100000
    done
    sharing_run one-precise precise one 2 64 100000
    sharing_run guarded precise pair 1 1048576 20000
    for bytes in 512 4096 65536 1048576; do sharing_run "bytes-$bytes" stress pair 1 "$bytes"; done
    sharing_services
    sharing_run live cheap live 1000000
    for what in "${sharing_census[@]}"; do
        for how in cheap off; do
            CSAN_EXITCODE=0 sharing_run "census-$what-$how" $how census 512 1000000 "$what"
        done
        CSAN_MAX_ESCAPES=100000000 CSAN_MAX_LEAK=off sharing_run "census-$what-alone" cheap census 512 1000000 "$what"
    done
}

sharing_row() { # TEXT [-COLUMN] NAME…
    local text=$1 name column=1
    shift
    [[ $1 != -* ]] || { column=${1#-}; shift; }
    printf '| %s |' "$text"
    for name in "$@"; do
        printf ' %s |' "$(sort -n -k "$column" "$work/sharing-$name" |
            awk -v c="$column" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }')"
    done
    echo
}

sharing_table() {
    local modes=(off cheap stress precise)
    local pairs=("${modes[@]/#/pair-}") census=("${sharing_census[@]/#/census-}")
    echo '| ns of processor time a share and its release, 64 B | off | cheap | stress | precise |'
    echo '|---|---:|---:|---:|---:|'
    sharing_row 'one thread' "${pairs[@]/%/-1}"
    sharing_row 'one thread, when there has been a second' "${pairs[@]/%/-0}"
    sharing_row 'two threads, a buffer each' "${pairs[@]/%/-2}"
    sharing_row 'two threads, one buffer' "${modes[@]/#/one-}"
    echo
    echo '| bytes of the buffer | 512 | 4096 | 65536 | 1048576 |'
    echo '|---|---:|---:|---:|---:|'
    sharing_row 'ns a share and its release, both with a checksum' bytes-512 bytes-4096 bytes-65536 bytes-1048576
    echo
    echo '| ms of a check, 512 MiB of heap, 1,000,000 buffers | still cached | freed, 1,000 pointed to | the same, published in no order | evicted, all pointed to, as is meant | the same, not meant |'
    echo '|---|---:|---:|---:|---:|---:|'
    sharing_row 'the census alone (max_leak=off), nothing to report, time passed' -2 "${census[@]/%/-alone}"
    sharing_row 'the same, processor time' "${census[@]/%/-alone}"
    sharing_row 'with the search for leaks and the report, time passed' -2 "${census[@]/%/-cheap}"
    sharing_row 'the search for leaks alone (share=off), time passed' -2 "${census[@]/%/-off}"
    echo
    echo '| ms of processor time of the example service, 131,200 requests | not annotated | annotated |'
    echo '|---|---:|---:|'
    sharing_row 'without csan' service-plain-bare service-plain-annotated
    sharing_row 'with csan' service-bare service-annotated
    sharing_row 'with csan, annotated : not, median of the rounds |' service-ratio
    echo
    echo '| | |'
    echo '|---|---:|'
    sharing_row 'bytes of memory for a live share, of 1,000,000' live
    sharing_row 'ns a share and its release of 1 MiB, precise' guarded
}

sharing_words() {
    printf '## Caches and pools\n\n'
    sharing_table
    echo
}

# Cached-reference sharing: a share and its release by mode, threads and bytes; memory; the census; a
# whole service (examples/), annotated and not, both watched.
# Sourced by run.sh.
# shellcheck shell=bash disable=SC2154 # variables of run.sh and lib.sh

sharing_modes=(off cheap stress)

sharing_build() {
    local dir=examples/report_service how
    local -A flag=([bare]=-DCSAN_DISABLE [annotated]="")
    build_csan share_pair -Iinclude
    for how in "${!flag[@]}"; do
        # shellcheck disable=SC2086,SC2046 # no flag is no word; names without blanks
        gcc -O2 -g -std=gnu11 -D_GNU_SOURCE -pthread -Iinclude ${flag[$how]} \
            $(ls $dir/*.c | grep -v test_) -o "$work/service-$how" \
            -L"$obj/lib" -lcsan -Wl,-rpath,"$obj/lib" || exit 1
    done
    for i in {1..8000}; do
        echo "report $((i % 50 + 1)) $((i % 50 + 12))"
        echo "row $((i % 90 + 1))"
        ((i % 20)) || echo "refresh $((i % 90 + 1))"
    done >"$work/sharing-requests"
}

sharing_service() { # HOW: ms of processor time for all requests
    local TIMEFORMAT=%U
    { time CSAN_MAX_LEAK=off "$work/service-$1" <"$work/sharing-requests" >/dev/null; } 2>&1 |
        awk '{ print $1 * 1000 }' >>"$work/sharing-service-$1"
}

sharing_run() { # NAME MODE ARGUMENTS…
    local name=$1 mode=$2
    shift 2
    CSAN_SHARE=$mode "$work/share_pair-linked" "$@" >>"$work/sharing-$name"
}

sharing_round() {
    local mode threads bytes how
    for mode in "${sharing_modes[@]}"; do
        for threads in 1 2; do sharing_run "pair-$mode-$threads" "$mode" pair "$threads" 64; done
    done
    for threads in 1 2; do
        sharing_run "pair-precise-$threads" precise pair "$threads" 64 100000
    done
    sharing_run "guarded" precise pair 1 1048576 20000
    for bytes in 512 4096 65536 1048576; do sharing_run "bytes-$bytes" stress pair 1 "$bytes"; done
    for how in bare annotated; do sharing_service $how; done
    sharing_run live cheap live 1000000
    sharing_run census cheap census 64 10000
}

sharing_row() { # TEXT NAME…
    local text=$1 name
    shift
    printf '| %s |' "$text"
    for name in "$@"; do printf ' %s |' "$(sort -n "$work/sharing-$name" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')"; done
    echo
}

sharing_table() {
    echo '| sharing | off | cheap | stress | precise |'
    echo '|---|---|---|---|---|'
    sharing_row 'ns a share and its release, 64 B, one thread' pair-off-1 pair-cheap-1 pair-stress-1 pair-precise-1
    sharing_row 'the same, two threads, a buffer each' pair-off-2 pair-cheap-2 pair-stress-2 pair-precise-2
    echo
    echo '| bytes of the buffer | 512 | 4096 | 65536 | 1048576 |'
    echo '|---|---|---|---|---|'
    sharing_row 'ns a share and its release, both with a checksum' bytes-512 bytes-4096 bytes-65536 bytes-1048576
    echo
    echo '| ms of processor time of the example service, 16,400 requests, with csan | not annotated | annotated |'
    echo '|---|---|---|'
    sharing_row 'share=cheap' service-bare service-annotated
    echo
    echo '| | |'
    echo '|---|---|'
    sharing_row 'bytes of memory for a live share, of 1,000,000' live
    sharing_row 'ns a share and its release of 1 MiB, precise' guarded
    sharing_row 'ms of a check with a census over 64 MiB of heap and 10,000 evicted buffers' census
}

sharing_words() {
    printf '## Caches and pools\n\n'
    sharing_table
    echo
}

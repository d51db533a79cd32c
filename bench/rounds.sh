# Rounds of growth over a large heap; checks while threads allocate.
# Sourced by run.sh.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of run.sh and lib.sh

rounds_checks=1000 rounds_processes=${ROUNDS_PROCESSES:-10} # 10,000 in all, five minutes

rounds_build() {
    build_csan rounds -Iinclude
}

rounds_run() { # NAME KEYS ARGUMENTS…
    local name=$1 keys=$2
    shift 2
    run linked "$work/rounds-linked" "$@" >"$work/lines"
    keep "rounds-$name" linked "$keys"
}

rounds_round() {
    local live i
    extra=(CSAN_MAX_LEAK=off CSAN_LOG_PATH=/dev/null CSAN_EXITCODE=0)
    for live in 10000 100000 1000000; do
        rounds_run "$live" 'round_ms verdict_ms found' growth "$live" 20
    done
    extra=(CSAN_MAX_THREADS=off CSAN_LOG_PATH=/dev/null CSAN_EXITCODE=0)
    for ((i = 0; round == 1 && i < rounds_processes; i++)); do
        rounds_run checks 'check_ms false' checks 10 "$rounds_checks"
    done
    extra=()
}

rounds_row() { # TEXT NAME…
    local text=$1 name
    shift
    printf '| %s |' "$text"
    for name in "$@"; do printf ' %s |' "$(median "$work/rounds-$name.linked" | sed 's/\.000$//')"; done
    echo
}

rounds_table() {
    echo '| live blocks | 10,000 | 100,000 | 1,000,000 |'
    echo '|---|---:|---:|---:|'
    rounds_row 'ms a csan_round' {10000,100000,1000000}-round_ms
    rounds_row 'ms of the verdict on 20 rounds, with the report' {10000,100000,1000000}-verdict_ms
    rounds_row 'findings (one is true)' {10000,100000,1000000}-found
    echo
    echo "| 10 threads that allocate, $((rounds_checks * rounds_processes)) checks | |"
    echo '|---|---:|'
    rounds_row 'ms a check' checks-check_ms
    printf '| checks with a false leak | %s |\n' "$(awk '{n += $1 == "none" ? 1000 : $1} END {print n + 0}' "$work/rounds-checks-false.linked")"
}

rounds_words() {
    printf '## Rounds and checks\n\n'
    rounds_table
    echo
}

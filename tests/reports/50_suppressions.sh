# Each report's suppression line, fed back as it stands there: of every kind that can be accepted.
# shellcheck shell=bash disable=SC2154 # variables of run.sh

rules_of() { # REPORT: a line each
    sed -n 's/.*a suppression line  //; T; s/ *\[fingerprint .*//; p' <<<"$1" | sort -u
}

fed_back() { # CASE KINDS
    local src rules env=() line said status
    wanted "$1: its suppression lines accept it" || return 0
    src=$(ls "$top/tests/cases/$1".c*)
    while IFS= read -r line; do env+=("${line#// env: }"); done < <(grep '^// env: ' "$src")
    ${CC:-cc} -g -O0 -std=gnu11 -D_GNU_SOURCE "$src" -o "$T/case" -I"$top/include" \
        -L"$O/lib" -lcsan -Wl,-rpath,"$O/lib" -pthread || exit 1
    said=$(env "${env[@]}" "$T/case" 2>&1 >/dev/null </dev/null)
    status=$?
    rules_of "$said" >"$T/rules"
    is "$1: status" 86 "$status"
    is "$1: kinds" "$2" "$(cut -d: -f1 "$T/rules" | sort -u | paste -sd' ')"
    said=$(env "${env[@]}" CSAN_SUPPRESSIONS="$T/rules" "$T/case" 2>&1 >/dev/null </dev/null)
    status=$?
    is "$1: its suppression lines accept it" "0: " "$status: $said"
}

fed_back dropped_by_a_global_fails leak
fed_back growth_of_one_node_a_round_fails growth
fed_back double_free_fails bad-free
fed_back thread_that_still_runs_fails thread
fed_back blocked_above_max_blocked_fails blocked
fed_back lock_order_abba_by_threads_fails lock-order
fed_back lock_misuse_unlock_by_another_thread_fails lock-misuse
fed_back wait_above_max_wait_fails wait
fed_back hold_above_max_hold_fails hold

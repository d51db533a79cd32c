# shellcheck shell=bash disable=SC2154
# Fingerprints last: over address layouts, optimization, lines above, and another checkout, for each kind.

named() { # SOURCE FLAGS…: the kinds and fingerprints that its program finds
    local environment
    rm -rf "$T/named"
    ${CC:-cc} -g "${@:2}" "$1" -I"$top/include" -I"$top/tests/cases" -L"$O/lib" -lcsan -Wl,-rpath,"$O/lib" -pthread -o "$T/again" 2>/dev/null ||
        echo "cannot be compiled"
    environment=$(sed -n 's|^// env: ||p' "$1")
    # shellcheck disable=SC2086
    env $environment CSAN_OUT="$T/named" ${layout:-} "$T/again" >/dev/null 2>&1
    cat "$T"/named/*.jsonl 2>/dev/null | python3 -c 'import json, sys
print(*sorted({l["kind"] + ":" + l["fingerprint"] for l in map(json.loads, sys.stdin) if l["type"] == "finding"}))'
}
mkdir -p "$T/checkout/b/src"
for pair in leak:leak_from_malloc growth:growth_of_one_node_a_round bad-free:double_free thread:thread_that_still_runs \
    blocked:blocked_above_max_blocked deadlock:deadlock_of_two_threads lock-order:lock_order_shows_both_stacks_of_both_orders \
    lock-misuse:lock_misuse_unlock_by_another_thread wait:wait_above_max_wait hold:hold_above_max_hold escape:escape_into_a_global \
    unreleased:share_never_released mutation:share_written_to pool:pool_given_back_twice; do
    kind=${pair%%:*} case=$top/tests/cases/${pair#*:}_fails.c
    wanted "names last: $kind" || continue
    moved=$T/checkout/b/src/${pair#*:}_fails.c
    { printf '/* moved */\n\n\n\nint nobody(void);\nint nobody(void)\n{\n    return 1;\n}\n'; cat "$case"; } >"$moved"
    first=$(named "$case" -O0)
    like "names last: $kind: there is one" "*$kind:????????*" "$first"
    is "names last: $kind: with -O2" "$first" "$(named "$case" -O2)"
    is "names last: $kind: lines above, another checkout" "$first" "$(named "$moved" -O0)"
    is "names last: $kind: another address layout" "$first" "$(layout="setarch -R" named "$case" -O0)"
done

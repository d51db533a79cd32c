#!/usr/bin/env bash
# Runs unit suites (Check programs, given as arguments); closes with `unit: N passed, M failed`.
set -u
export CK_DEFAULT_TIMEOUT=${CK_DEFAULT_TIMEOUT:-60} # Check's 4 s are little on a machine that has much to do
passed=0 failed=0
for suite in "$@"; do
    out=$(timeout 300 "$suite" 2>&1)
    status=$?
    # Check's closing line: 97%: Checks: 40, Failures: 1, Errors: 0
    read -r checks bad < <(awk '/^[0-9]+%: Checks: /{gsub(",","");c+=$3;b+=$5+$7}END{print c+0,b+0}' <<<"$out")
    if ((status != 0 || checks == 0)); then
        echo "--- ${suite##*/}: status $status"
        echo "$out" | tail -n 30
        ((bad == 0)) && bad=1
    else
        echo "  ok      ${suite##*/} ($checks)"
    fi
    passed=$((passed + (checks > bad ? checks - bad : 0)))
    failed=$((failed + bad))
done
echo "unit: $passed passed, $failed failed"
((failed == 0 && passed > 0))

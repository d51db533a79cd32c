#!/usr/bin/env bash
# Every suite, one after the other; the last line is the sum: N passed, M failed.
set -u
cd "$(dirname "$0")/.." || exit 1
O=${O:-obj}
export O
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0 failed=0

suite() { # name, command…: its closing line is `name: N passed, M failed`
    local name=$1 start=$SECONDS
    shift
    echo "== $name"
    "$@" 2>&1 | tee "$log/$name"
    local status=${PIPESTATUS[0]} line p=0 f=0
    line=$(grep -E "^$name: [0-9]+ passed, [0-9]+ failed" "$log/$name" | tail -n 1)
    if [[ -n $line ]]; then
        read -r _ p _ f _ <<<"${line//,/}"
    fi
    # A suite that ended badly and counted nothing wrong has not told everything.
    if ((status != 0 && f == 0)) || ((p + f == 0)); then
        echo "$name: ended with status $status"
        f=$((f + 1))
    fi
    passed=$((passed + p)) failed=$((failed + f))
    echo "   ($((SECONDS - start)) s)"
}

suite layers tests/layers.sh
shopt -s extglob
suite unit tests/unit/run.sh "$O"/unit/test_!(*.d)
suite unwind_real tests/unwind_real/run.sh
suite tools tests/tools/run.sh
suite reports tests/reports/run.sh
suite cases tests/cases/run.sh
suite blocking tests/blocking/run.sh
suite check tests/check/run.sh
suite demo examples/demo.sh "$O" all
suite real tests/real/run.sh
suite install tests/install/run.sh
suite medicine tests/medicine/run.sh --short

echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))

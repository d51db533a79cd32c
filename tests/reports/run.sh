#!/usr/bin/env bash
# Records and what is made of them: O=obj tests/reports/run.sh [WORD]: only checks whose name holds WORD.
# Last line: reports: N passed, M failed.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=$(realpath "${O:-obj}")
only=${1:-}
here=$PWD/tests/reports
top=$PWD
T=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$T"; rm -rf "$T"' EXIT
unset CSAN_OPTIONS CSAN_PATH CSAN_OUT CSAN_FORMAT LD_PRELOAD NO_COLOR FORCE_COLOR DEBUGINFOD_URLS
export LC_ALL=C
passed=0 failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); printf 'FAIL %s\n' "$1"; shift; printf '     %s\n' "$@"; }

wanted() { [[ $1 == *"$only"* ]]; }

is() { # NAME EXPECTED ACTUAL
    wanted "$1" || return 0
    if [[ $2 == "$3" ]]; then ok; else bad "$1" "expected: $2" "actual:   $3"; fi
}

like() { # NAME GLOB ACTUAL
    wanted "$1" || return 0
    # shellcheck disable=SC2053
    if [[ $3 == $2 ]]; then ok; else bad "$1" "expected: $2" "actual:   $3"; fi
}

yes() { # NAME COMMAND…: its status is 0
    local name=$1 said
    wanted "$name" || return 0
    shift
    if said=$("$@" 2>&1); then ok; else bad "$name" "$(tail -n 12 <<<"$said")"; fi
}

# run STATUS COMMAND…: $said is its stderr; a status other than that fails the check it is part of
run() {
    local expected=$1 status
    shift
    said=$("$@" 2>&1 >"$T/stdout" </dev/null)
    status=$?
    [[ $status == "$expected" ]] || bad "status of $*" "expected: $expected" "actual:   $status" "$said"
}

records() { find "$1" -name '*.jsonl' | sort; }
schema() { yes "$1" "$here/check_jsonl.py" "${@:2}"; }
get() { python3 -c 'import json, sys
lines = [json.loads(l) for l in open(sys.argv[1])]
print(eval(sys.argv[2]))' "$@"; }

build() { # OUT SOURCE [FLAGS…]
    ${CC:-cc} -g -O1 "$2" "${@:3}" -o "$1" -I"$top/include" -L"$O/lib" -lcsan -Wl,-rpath,"$O/lib" -pthread || exit 1
}

build "$T/shop" "$here/shop.c"

for part in "$here"/[0-9]*.sh; do
    # shellcheck source=/dev/null
    . "$part"
done

echo "reports: $passed passed, $failed failed"
((failed == 0 && passed > 0))

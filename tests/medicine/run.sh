#!/usr/bin/env bash
# csan under other tools: O=obj tests/medicine/run.sh [--short] [PART…]; `make all` first.
# Parts: asan ubsan tsan memcheck cppcheck tidy clang fuzz memory. --short: what make test has time for.
# Last line: medicine: N passed, M failed. What this machine has no tool for is skipped, and said so.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=$(realpath -m "${O:-obj}")
unset MAKEFLAGS MFLAGS MAKELEVEL CSAN_OPTIONS LD_PRELOAD DEBUGINFOD_URLS
export O LC_ALL=C
short=
[[ ${1:-} == --short ]] && short=yes && shift
only=" $* "
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
passed=0 failed=0

skip() { printf '  skipped: %s\n' "$1"; }
has() { command -v "$1" >/dev/null 2>&1; }

wanted() { # PART PROBE…
    local part=$1
    shift
    [[ $only == "  " || $only == *" $part "* ]] || return 1
    "$@" >/dev/null 2>&1 || { skip "$part: this machine lacks what it needs"; return 1; }
}

links() { # COMPILER SANITIZERS
    echo 'int LLVMFuzzerTestOneInput(const char *p, long n) { return p && n; }' >"$T/probe.c"
    [[ $2 == fuzzer ]] || echo 'int main(void) { return 0; }' >"$T/probe.c"
    "$1" -fsanitize="$2" "$T/probe.c" -o "$T/probe"
}

build() { make --no-print-directory -j2 O="$O" "$@"; }

try() { # NAME COMMAND…: its output is shown where it fails
    local name=$1 status
    shift
    "$@" >"$T/out" 2>&1
    status=$?
    if ((status == 0)); then
        passed=$((passed + 1))
        echo "  ok      $name"
    else
        failed=$((failed + 1))
        echo "--- $name: status $status"
        tail -n 40 "$T/out"
    fi
    return $status
}

suites() { # SANITIZER: each of its unit suites
    local suite
    try "$1 build" build "$1-built" || return
    for suite in $(build -s "$1-suites"); do
        try "$1 test_$suite" timeout 300 "$O/$1/unit/test_$suite"
    done
}

# ------------------------------------------------------------------ sanitizers

export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1
# Check's own child is left by a signal handler that allocates.
export TSAN_OPTIONS=report_signal_unsafe=0
wanted asan links gcc address,undefined && suites asan
wanted ubsan links gcc undefined && suites ubsan
wanted tsan links gcc thread && suites tsan

# ------------------------------------------------------------------ memcheck

memcheck() {
    valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite "$@"
}

symbolizer() { # asks for every function of a small program
    local program=$T/places bias=0
    cc -g -O1 tests/tools/places.c -shared -fPIC -o "$program" || return 1
    {
        echo "M 1 0 $bias ffffffff - $program"
        nm "$program" | sed -n 's/^0*\([0-9a-f]*\) [Tt] .*/A 1 \1/p'
        echo .
    } >"$T/questions"
    memcheck "$O/bin/csan" symbolize <"$T/questions" >"$T/answers" || return 1
    grep -q "places.c" "$T/answers" || { cat "$T/answers"; return 1; }
}

memcheck_suites=(nearest text)
[[ $short ]] || memcheck_suites+=(options suppress fingerprint report_text)
if wanted memcheck has valgrind; then
    try "memcheck csan symbolize" symbolizer
    try "memcheck csan doctor" memcheck "$O/bin/csan" doctor /bin/true
    try "memcheck build" build "${memcheck_suites[@]/#/$O/unit/test_}" &&
        for suite in "${memcheck_suites[@]}"; do
            CK_FORK=no try "memcheck test_$suite" memcheck "$O/unit/test_$suite"
        done
fi

# ------------------------------------------------------------------ without running it

cppcheck_all() {
    cppcheck --quiet --enable=warning,portability,performance --inline-suppr --std=c11 \
        --library=posix -Iruntime -Iinclude -I. -DCSAN_VERSION='"0"' \
        --template='{file}:{line}: {id}: {message}' runtime tools test_integration >"$T/said" 2>&1
    tests/medicine/unaccepted.sh <"$T/said"
}

clang_all() {
    local warnings="-Wall -Wextra -Werror -Wshadow -Wconversion -Wmissing-prototypes"
    # shellcheck disable=SC2086 # words
    printf '%s\0' runtime/*/*.c runtime/*.c tools/*.c test_integration/*.c test_integration/*/*.c |
        xargs -0 -n 1 -P 2 clang -std=gnu11 $warnings -O1 -D_GNU_SOURCE -DCSAN_VERSION='"0"' \
            -Iruntime -Iinclude -I. -fvisibility=hidden -o /dev/null -c
}

wanted cppcheck has cppcheck && try cppcheck cppcheck_all
wanted tidy has clang-tidy && try clang-tidy build -k ${short:+ANALYZE=no} tidy
wanted clang has clang && try "clang, all warnings" clang_all

# ------------------------------------------------------------------ fuzzers' seeds, short memory

wanted fuzz links clang fuzzer && try "fuzzers build" build fuzz-built &&
    try "fuzzers, over their seeds" tests/fuzz/run.sh
wanted memory true && try "each mapping fails once" tests/medicine/memory.sh ${short:+--short}

echo "medicine: $passed passed, $failed failed"
((failed == 0 && passed > 0))

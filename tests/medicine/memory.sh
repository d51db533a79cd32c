#!/usr/bin/env bash
# Builds csan so that its Nth mapping fails, for each N up to 60 (16), more than it makes, and runs
# a program that leaks and one that does not: csan does its work, or ends with 87 and a
# sentence; never a crash, a hang, or a leak that is passed over in silence.
#   O=obj tests/medicine/memory.sh [--short]
set -u
cd "$(dirname "$0")/../.." || exit 1
O=$(realpath -m "${O:-obj}")
most=60
[[ ${1:-} == --short ]] && most=16
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
mkdir -p "$T/bin" "$T/lib"
cp "$O/bin/csan" "$T/bin/" && cc -O1 -g -pthread tests/medicine/victim.c -o "$T/victim" || exit 1
objects=$(find "$O/runtime" "$O/test_integration" -name '*.o' ! -name '*_static.o' ! -name csan_start.o \
    ! -name os_linux.o ! -name check_nofork.o)

# shellcheck disable=SC2086 # words
build() { # N
    cc -std=gnu11 -D_GNU_SOURCE -Iruntime -fPIC -O1 -g -fvisibility=hidden -fno-stack-protector \
        -DCSAN_FAIL_NTH="$1" -c runtime/base/os_linux.c -o "$T/os_linux.o" &&
        cc -shared -o "$T/lib/libcsan.so.0" $objects "$T/os_linux.o" -Wl,-soname,libcsan.so.0 \
            -Wl,--version-script="$O/exports.map" -Wl,-z,initfirst -Wl,-z,now -Wl,-z,nodelete
}

failed=0
check() { # N ARGUMENT STATUS: of a run whose Nth mapping has failed
    local status
    timeout 60 "$T/bin/csan" "$T/victim" "$2" >"$T/out" 2>"$T/err"
    status=$?
    if ((status == 87)); then
        grep -q '^csan: ' "$T/err" && return
    elif ((status == $3)); then
        [[ $2 == leak || ! -s $T/err ]] && grep -q "^done" "$T/out" && return
    fi
    failed=$((failed + 1))
    echo "mapping $1 failed, $2: status $status"
    head -n 8 "$T/err"
}

for ((n = 1; n <= most; n++)); do
    build "$n" || exit 1
    check "$n" keep 0
    check "$n" leak 86
done
echo "$((n - 1)) mappings failed one by one, $failed runs ended badly"
((failed == 0))

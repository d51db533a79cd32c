#!/usr/bin/env bash
# uthash's own test programs (package uthash-dev), built against include/uthash_csan and csan: the
# same output and status as without, and no finding.
#
#   tests/cases/uthash_examples.sh LIB DIR    LIB: of libcsan.so   DIR: scratch
#
# Left out: test92, which writes to entries that it has looked up; what does not build or end without
# csan. Leaks are their own: they leave their entries to the end.
set -u
lib=$1 dir=$2 examples=/usr/share/doc/uthash-dev/examples
here=$(cd "$(dirname "$0")/../.." && pwd)
[[ -d $examples ]] || { echo "uthash-dev's examples are not installed"; exit 0; }
cd "$dir" && cp "$examples"/*.dat . 2>/dev/null
ran=0 failed=0
for source in "$examples"/test*.c; do
    name=$(basename "$source" .c)
    [[ $name != test92 ]] || continue
    gcc -O1 -w -I"$examples" "$source" -o plain 2>/dev/null || continue
    timeout 20 ./plain <"/dev/null" >plain.out 2>/dev/null
    status=$?
    ((status < 124)) || continue
    if ! gcc -O1 -w "-I$here/include/uthash_csan" -I"$examples" "$source" -o watched "-L$lib" -lcsan \
        "-Wl,-rpath,$lib"; then
        echo "$name does not build" && failed=$((failed + 1)) && continue
    fi
    CSAN_MAX_LEAK=off timeout 20 ./watched <"/dev/null" >watched.out 2>watched.err
    [[ $? == "$status" ]] && cmp -s plain.out watched.out && { ran=$((ran + 1)); continue; }
    echo "$name differs:" && grep -m3 'csan' watched.err
    failed=$((failed + 1))
done
echo "$ran the same, $failed not"
((failed == 0 && ran > 0))

#!/usr/bin/env bash
# Runs each fuzzer: O=obj tests/fuzz/run.sh [SECONDS]; 0: over its seeds, once.
# What is found new goes to $O/fuzz/found/NAME, a crash to $O/fuzz/crashes.
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-obj}
seconds=${1:-0}
passed=0 failed=0
mkdir -p "$O/fuzz/crashes"
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    seeds=tests/fuzz/corpus/${name#fuzz_}
    found=$O/fuzz/found/${name#fuzz_}
    mkdir -p "$found"
    how=(-artifact_prefix="$O/fuzz/crashes/$name-" -timeout=20 -rss_limit_mb=4096 -print_final_stats=0
         -close_fd_mask=3)
    if ((seconds > 0)); then
        how+=(-max_total_time="$seconds" "$found" "$seeds")
    else
        how+=(-runs=0 "$seeds")
    fi
    if out=$("$O/fuzz/$name" "${how[@]}" 2>&1); then
        passed=$((passed + 1))
        echo "  ok      $name ($(find "$seeds" -type f | wc -l) seeds)"
    else
        failed=$((failed + 1))
        echo "--- $name"
        tail -n 40 <<<"$out"
    fi
done
echo "fuzz: $passed passed, $failed failed"
((failed == 0 && passed > 0))

#!/usr/bin/env bash
# clang-tidy over one source file: tests/medicine/tidy.sh [--quick] FILE. --quick: without the
# analyzer. What accepted.txt has is not said.
set -u
cd "$(dirname "$0")/../.." || exit 1
checks=()
[[ $1 == --quick ]] && shift && checks=(--checks=-clang-analyzer-*)
static=()
[[ $1 == *_static.c ]] && static=(-DCSAN_STATIC)
clang-tidy --quiet "${checks[@]}" "$1" -- -std=gnu11 -D_GNU_SOURCE -Iruntime -Iinclude -I. \
    -DCSAN_VERSION='"0"' "${static[@]}" 2>/dev/null |
    sed -n 's|^'"$PWD"'/||; s|^\([^ :]*:[0-9]*\):[0-9]*: error: \(.*\) \[\([^],]*\).*|\1: \3: \2|p' |
    tests/medicine/unaccepted.sh

#!/usr/bin/env bash
# Blocking calls: every one that libc exports is classified, and every one that is watched is, and
# leaves its caller as it would without csan (rows.c).
set -u
cd "$(dirname "$0")/../.." || exit 1
export LC_ALL=C
O=${O:-obj}
here=tests/blocking
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "blocking: $*"
}

# ---- the list

libc=$(ldd "$O/bin/csan" | awk '$1 == "libc.so.6" {print $3}')
nm -D --defined-only "$libc" | awk '{sub(/@.*/, "", $NF); print $NF}' | sort -u >"$work/names"
grep -v '^#' $here/patterns.txt >"$work/patterns"
# The name, and what it is called without its decoration.
sed -E 'h; s/^_+//; s/_chk$//; s/_time64$//; s/64$//; s/2$//; G; s/\n/ /' "$work/names" |
    awk 'NR == FNR {p[++n] = "^(" $0 ")$"; next}
         {for (i = 1; i <= n; i++) if ($1 ~ p[i] || $2 ~ p[i]) {print $2; next}}' \
        "$work/patterns" - | sort -u >"$work/may_block"
grep -v '^#' $here/classified.txt | cut -f1 | sort -u >"$work/classified"
sed -n 's/^HOOK([^,]*, \([a-zA-Z0-9_]*\),.*/\1/p' runtime/hook/hooks.inc | sort -u >"$work/hooks"

[[ -s $work/may_block ]] || bad "no function of $libc may block?"
while read -r name; do
    bad "$name of $libc may block and is not in $here/classified.txt"
done < <(comm -23 "$work/may_block" "$work/classified")
while IFS=$'\t' read -r name what; do
    case $what in
    watched) if grep -qx "$name" "$work/hooks"; then ok; else bad "$name is said to be watched, and no hook"; fi ;;
    "hooked, not watched: "?*) if grep -qx "$name" "$work/hooks"; then ok; else bad "$name is said to be a hook, and is none"; fi ;;
    "not watched: "?*) if grep -qx "$name" "$work/hooks"; then bad "$name is a hook, and said not to be watched"; else ok; fi ;;
    *) bad "$name: '$what' is no class" ;;
    esac
done < <(grep -v '^#' $here/classified.txt)

# ---- the rows, without csan and with all of its objects

build() { # program, what else
    local to=$1
    shift
    "${CC:-cc}" -std=gnu11 -O1 -g -D_GNU_SOURCE -Wall -Iruntime -Iinclude $here/rows.c "$@" -o "$to" -pthread -ldl
}

play() { # program, what it is
    local out
    if out=$(timeout 120 "$1" 2>&1) && [[ $out =~ ^rows:\ ([0-9]+)$ ]]; then
        passed=$((passed + BASH_REMATCH[1]))
    else
        bad "$2: $out"
    fi
}

if build "$work/plain" -DPLAIN; then play "$work/plain" "rows without csan"; else bad "rows.c does not compile"; fi
objects=("$O"/runtime/{base,record,report,detect,session,hook}/*.o "$O"/test_integration/*.o)
if build "$work/watched" "${objects[@]}"; then play "$work/watched" "rows with csan"; else bad "rows.c does not link"; fi

echo "blocking: $passed passed, $failed failed"
((failed == 0))

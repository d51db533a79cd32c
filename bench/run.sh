#!/usr/bin/env bash
# What csan costs, beside what others cost, measured in one run: prints the tables.
#
#   bench/run.sh [-O OBJ] [-r ROUNDS] [-n] [-w] [PART…]
#
#   PART: memory, locks, programs, sharing, report, rounds
#
#   -O  the build tree (default: $O, or obj)       -n  no instruction counts (they need valgrind, a minute)
#   -r  rounds (default: 5)                 -w  write docs/performance.md and its chart
#
# Every figure is the median of the rounds; in a round the tools take turns at each measure, so that
# a machine which is busy for a while is busy for all. Plain is the same program with no tool.
# shellcheck disable=SC2034 # for the parts
set -u
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
obj=${O:-obj} rounds=5 count=1 write=0
usage() {
    sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}
while getopts O:r:nw letter; do
    case $letter in
    O) obj=$OPTARG ;;
    r) rounds=$OPTARG ;;
    n) count=0 ;;
    w) write=1 ;;
    *) usage ;;
    esac
done
shift $((OPTIND - 1))
parts=("$@")
((${#parts[@]})) || parts=(memory locks programs sharing report rounds)
for part in "${parts[@]}"; do [[ " memory locks programs sharing report rounds " == *" $part "* ]] || usage; done
((write == 0 || ${#parts[@]} == 6)) || { echo "bench: -w writes all parts" >&2; exit 2; }
cd "$root" || exit 1
obj=$(realpath "$obj")
[[ -e $obj/lib/libcsan.so && -x $obj/bin/csan ]] || { echo "bench: run make first" >&2; exit 1; }

for variable in $(compgen -e); do
    case $variable in CSAN_* | LSAN_* | TSAN_* | LD_PRELOAD | MALLOC_*) unset "$variable" ;; esac
done
work=$(mktemp -d "${TMPDIR:-/tmp}/csan-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
for file in lib memory locks programs sharing report rounds; do
    # shellcheck source=/dev/null
    source "bench/$file.sh"
done
gcc -O2 -o "$work/launch" bench/launch.c || exit 1

for part in "${parts[@]}"; do "${part}_build"; done
for ((round = 1; round <= rounds; round++)); do
    [[ ! -t 2 ]] || printf '\rround %d of %d' "$round" "$rounds" >&2
    for part in "${parts[@]}"; do "${part}_round"; done
done
[[ ! -t 2 ]] || printf '\r' >&2

machine() {
    echo "$(nproc) processors, $(gcc --version | head -n 1), $(ldd --version | head -n 1 | sed 's/ldd //'), Linux $(uname -r | cut -d- -f1)"
}

page() {
    cat <<END
# What csan costs

Printed by \`make bench\`; \`bench/run.sh -w\` writes this page and its chart. Medians of $rounds rounds in
which the tools took turns.

![What csan adds, beside other tools](performance.svg)

END
    for part in "${parts[@]}"; do "${part}_words"; done
    echo "Measured on: $(machine)."
    echo "Load average at the end: $(cut -d' ' -f1 /proc/loadavg). (Much above 1, other programs ran meanwhile: compare only within a row.)"
}

if [[ $write == 1 ]]; then
    page | tee docs/performance.md
    bench/chart.sh <docs/performance.md >docs/performance.svg
else
    for part in "${parts[@]}"; do "${part}_table"; [[ $part != memory ]] || { echo; others_table; echo; goals_table; }; echo; done
    machine
fi

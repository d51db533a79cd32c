#!/usr/bin/env bash
# What csan costs, beside what others cost, measured in one run: prints one table.
#
#   bench/run.sh [-O OBJ] [-r ROUNDS] [-n] [-w]
#
#   -O  the build tree (default: $O, or obj)       -n  no instruction counts (they need valgrind, a minute)
#   -r  rounds (default: 5)                 -w  write docs/performance.md too
#
# Every figure is the median of the rounds; in a round the tools take turns at each measure, so that
# a machine which is busy for a while is busy for all. Plain is the same program with no tool.
set -u
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
obj=${O:-obj} rounds=5 count=1 write=0
while getopts O:r:nw letter; do
    case $letter in
    O) obj=$OPTARG ;;
    r) rounds=$OPTARG ;;
    n) count=0 ;;
    w) write=1 ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    esac
done
cd "$root" || exit 1
obj=$(realpath "$obj")
[[ -e $obj/lib/libcsan.so && -x $obj/bin/csan ]] || { echo "bench: run make first" >&2; exit 1; }

for variable in $(compgen -e); do
    case $variable in CSAN_* | LSAN_* | LD_PRELOAD | MALLOC_*) unset "$variable" ;; esac
done
work=$(mktemp -d "${TMPDIR:-/tmp}/csan-bench.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
heaptrack=$(find /usr/lib -name libheaptrack_preload.so 2>/dev/null | head -n 1)

# ---------------------------------------------------------------- the programs, once for each tool

tools=(plain linked csan)
programs=(pair live grow empty frames)
gcc -O2 -o "$work/launch" bench/launch.c || exit 1

build() { # tool compiler flags…
    local tool=$1 cc=$2 name
    shift 2
    for name in "${programs[@]}"; do
        "$cc" -std=gnu11 -O2 -g -fomit-frame-pointer -pthread bench/"$name".c -o "$work/$name-$tool" "$@" 2>"$work/why" || return 1
    done
    "$cc" -std=gnu11 -O2 -g -fno-omit-frame-pointer -pthread bench/pair.c -o "$work/pairfp-$tool" "$@" &&
        "$cc" -std=gnu11 -O2 -g -fno-omit-frame-pointer -pthread bench/frames.c -o "$work/framesfp-$tool" "$@"
}

build plain gcc || { cat "$work/why" >&2; exit 1; }
build linked gcc -L"$obj/lib" -lcsan -Wl,-rpath,"$obj/lib" || { cat "$work/why" >&2; exit 1; }
for name in "${programs[@]}" pairfp framesfp; do ln "$work/$name-plain" "$work/$name-csan"; done
if build lsan gcc -fsanitize=leak; then tools+=(lsan); else echo "bench: no LeakSanitizer of gcc here" >&2; fi
if command -v clang >/dev/null && build clsan clang -fsanitize=leak; then
    tools+=(clsan)
else
    echo "bench: no LeakSanitizer of clang here" >&2
fi
if [[ -n $heaptrack ]]; then
    for name in "${programs[@]}" pairfp framesfp; do ln "$work/$name-plain" "$work/$name-heaptrack"; done
    tools+=(heaptrack)
else
    echo "bench: no heaptrack here" >&2
fi

title() {
    case $1 in
    plain) echo plain ;;
    linked) echo "-lcsan" ;;
    csan) echo "csan PROG" ;;
    lsan) echo "LSan gcc" ;;
    clsan) echo "LSan clang" ;;
    heaptrack) echo heaptrack ;;
    esac
}

run() { # tool program arguments… → the lines that launch prints
    local tool=$1 program=$work/$2-$1
    shift 2
    case $tool in
    csan) "$work/launch" "$obj/bin/csan" "$program" "$@" ;;
    heaptrack) "$work/launch" env LD_PRELOAD="$heaptrack" DUMP_HEAPTRACK_OUTPUT="$work/heap" "$program" "$@" ;;
    *) timeout 120 "$work/launch" "$program" "$@" ;;
    esac 2>/dev/null
    rm -f "$work/heap"
}

# ---------------------------------------------------------------- rounds

# measure NAME KEY PROGRAM ARGUMENTS…: one run of each tool, its KEY into $work/NAME.TOOL
measure() {
    local name=$1 keys=$2 tool key value
    shift 2
    for tool in "${tools[@]}"; do
        run "$tool" "$@" >"$work/lines"
        for key in $keys; do
            value=$(awk -v key="$key" '$1 == key {print $2}' "$work/lines")
            echo "${value:-none}" >>"$work/$name-$key.$tool"
        done
    done
}

for ((round = 1; round <= rounds; round++)); do
    [[ ! -t 2 ]] || printf '\rround %d of %d' "$round" "$rounds" >&2
    for threads in 1 4; do
        for frames in 5 12 25; do
            measure "pair-$frames-$threads" pair_ns pair "$frames" "$threads" 600000
            measure "pairfp-$frames-$threads" pair_ns pairfp "$frames" "$threads" 600000
        done
    done
    measure live "build_ns block_bytes after_main_us" live 1000000
    measure lost after_main_us live 1000000 1
    measure grow realloc_ns grow 2000
    for _ in 1 2 3 4 5; do measure empty total_us empty; done
done
[[ ! -t 2 ]] || printf '\r' >&2

# ---------------------------------------------------------------- tables

median() { # file → value or "-"
    if [[ ! -s $1 ]] || grep -q none "$1"; then
        echo -
    else
        sort -n "$1" | awk '{v[NR] = $1} END {printf "%.3f\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
    fi
}

# row TEXT NAME-KEY SCALE HOW: HOW is added (what a tool adds to plain) or whole; the last column is
# -lcsan's over the faster LeakSanitizer's.
row() {
    local text=$1 name=$2 scale=$3 how=$4 tool
    {
        for tool in "${tools[@]}"; do echo "$tool $(median "$work/$name.$tool")"; done
    } | awk -v text="$text" -v scale="$scale" -v how="$how" '
        { order[NR] = $1; value[$1] = $2 }
        function shown(v, plus) { return v == "-" ? "-" : sprintf(v < 10 && v > -10 ? plus ".1f" : plus ".0f", v) }
        END {
            line = "| " text
            for (i = 1; i <= NR; i++) {
                t = order[i]; v = value[t]
                if (v != "-") {
                    v = v / scale
                    if (how == "added" && t != "plain") v -= value["plain"] / scale
                }
                cost[t] = v
                line = line " | " shown(v, how == "added" && t != "plain" ? "%+" : "%")
            }
            best = cost["lsan"]
            if (best == "" || best == "-" || (cost["clsan"] != "" && cost["clsan"] != "-" && cost["clsan"] + 0 < best + 0)) best = cost["clsan"]
            ratio = "-"
            if (best != "" && best != "-" && best > 0.5 && cost["linked"] != "-") ratio = sprintf("%.2f", cost["linked"] / best)
            print line " | " ratio " |"
        }'
}

reaches() { # tool program way → yes or no: does the report's stack reach main
    local text
    text=$(run_report "$@")
    if grep -Eq '(at|in) main\b' <<<"$text"; then echo yes; else echo no; fi
}

run_report() { # tool program way
    local program=$work/$2-$1 frames=$((12 - $3 * 6)) # what fits a report
    case $1 in
    csan) CSAN_COLOR=never "$obj/bin/csan" "$program" "$frames" "$3" 2>&1 ;;
    *) CSAN_COLOR=never "$program" "$frames" "$3" 2>&1 ;;
    esac
}

stacks() { # text program way
    local line="| $1" tool
    for tool in "${tools[@]}"; do
        case $tool in
        plain) line+=" | -" ;;
        heaptrack) line+=" | (libunwind)" ;;
        *) line+=" | $(reaches "$tool" "$2" "$3")" ;;
        esac
    done
    echo "$line | |"
}

# Instructions a pair: what callgrind counts for twice the pairs less what it counts for once.
instructions() { # tool frames → number or "-"
    local a b program=$work/pair-$1
    case $1 in
    csan) echo -; return ;; # the same code as -lcsan
    heaptrack) echo -; return ;; # sees valgrind and stays out
    esac
    one() {
        valgrind --tool=none true >/dev/null 2>&1 || return 1
        # LeakSanitizer's own check can hang under valgrind; it is no part of a pair.
        LSAN_OPTIONS=detect_leaks=0 timeout 120 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$2" 1 "$1" 3>/dev/null 2>&1 |
            awk '/Collected/ {print $NF}'
    }
    a=$(one 30000 "$2") b=$(one 60000 "$2")
    if [[ -n $a && -n $b && $b -gt $a ]]; then
        awk -v a="$a" -v b="$b" 'BEGIN {printf "%.1f", (b - a) / 30000}'
    else
        echo -
    fi
}

table() {
    local line='|' rule='|---' tool frames
    for tool in "${tools[@]}"; do line+=" | $(title "$tool")" rule+='|---:'; done
    echo "${line/|/| } | -lcsan : LSan |"
    echo "$rule|---:|"
    for frames in 5 12 25; do
        row "ns of processor time a malloc+free pair, $frames frames, 1 thread" "pair-$frames-1-pair_ns" 1 added
    done
    for frames in 5 12 25; do
        row "the same, built with frame pointers, $frames frames" "pairfp-$frames-1-pair_ns" 1 added
    done
    for frames in 5 12 25; do
        row "the same, 4 threads, $frames frames" "pair-$frames-4-pair_ns" 1 added
    done
    row "the same, 4 threads, with frame pointers, 12 frames" "pairfp-12-4-pair_ns" 1 added
    if [[ $count == 1 ]] && command -v valgrind >/dev/null; then
        for frames in 5 12 25; do
            for tool in "${tools[@]}"; do instructions "$tool" "$frames" >"$work/ir-$frames.$tool"; sed -i 's/^-$/none/' "$work/ir-$frames.$tool"; done
            row "instructions a pair (callgrind), $frames frames" "ir-$frames" 1 added
        done
    fi
    row "ns a block, building 1,000,000 live ones" live-build_ns 1 added
    row "bytes of memory a live block of 64" live-block_bytes 1 added
    row "ns a realloc of a growing buffer" grow-realloc_ns 1 added
    row "ms from main's end to the process's, 1,000,000 live blocks" live-after_main_us 1000 added
    row "the same with 100 lost ones, reported" lost-after_main_us 1000 added
    row "ms of a whole empty process" empty-total_us 1000 added
    stacks "stack reaches main: 12 frames" frames 0
    stacks "the same, built with frame pointers" framesfp 0
    stacks "the same, through call backs of qsort" frames 1
}

machine() {
    echo "$(nproc) processors, $(gcc --version | head -n 1), $(ldd --version | head -n 1 | sed 's/ldd //'), Linux $(uname -r | cut -d- -f1)"
}

words() {
    cat <<END
# What csan costs

Printed by \`make bench\` (\`bench/run.sh -w\` writes this page). Column "plain" is the program without any
tool; the other columns are what the tool adds to it. The last column is csan's addition over that of
the faster LeakSanitizer here: below 1, csan is the cheaper one. Medians of $rounds rounds in which the
tools took turns.

END
    table
    cat <<END

Measured on: $(machine). \`csan PROG\` contains the runner, a process of its own.

How to read it:

- LeakSanitizer's stacks end at the first function that was built without a frame pointer; csan's are
  complete in every build (the last three rows). Where LeakSanitizer looks cheap without frame
  pointers, it took two frames.
- A pair is one malloc of 16 to 255 bytes and one free, from sixteen call sites, with 10,000 blocks
  alive in each thread (bench/pair.c). Memory is what becomes resident, malloc's own included
  (bench/live.c).
- The check at the end is what follows main: stop, mark, and, where something is lost, the report with
  its helper (bench/launch.c measures it from outside).
END
}

if [[ $write == 1 ]]; then
    words | tee docs/performance.md
else
    table
    machine
fi

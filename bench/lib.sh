# What the parts of the benchmark share: programs built once for each tool, run in turn, medians,
# rows. Sourced by run.sh, which sets obj, work, rounds. A part sets `tools`; "plain" is no tool.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of run.sh, and for the parts

heaptrack=$(find /usr/lib -name libheaptrack_preload.so 2>/dev/null | head -n 1)
lsan=$(gcc -print-file-name=liblsan.so)
[[ $lsan == /* ]] || lsan=
compile=(-std=gnu11 -D_GNU_SOURCE -O2 -g -pthread)
extra=() # variables for the next runs

lacks() {
    echo "bench: no $1 here" >&2
}

# build_as SUFFIX NAME COMPILER FLAGS…: bench/NAME.c into $work/NAME-SUFFIX
build_as() {
    local suffix=$1 name=$2 cc=$3
    shift 3
    "$cc" "${compile[@]}" bench/"$name".c -o "$work/$name-$suffix" "$@" 2>"$work/why"
}

# For the tools that are linked, or come in underneath, there is one way to build.
build_csan() { # PROGRAM FLAGS…
    local name=$1
    shift
    if ! build_as plain "$name" gcc "$@" ||
        ! build_as linked "$name" gcc "$@" -L"$obj/lib" -lcsan -Wl,-rpath,"$obj/lib"; then
        cat "$work/why" >&2
        exit 1
    fi
    ln -f "$work/$name-plain" "$work/$name-csan"
    ln -f "$work/$name-plain" "$work/$name-heaptrack"
}

title() {
    case $1 in
    plain) echo plain ;;
    linked) echo "-lcsan" ;;
    csan) echo "csan PROG" ;;
    lsan | preload) echo "LSan gcc" ;;
    clsan) echo "LSan clang" ;;
    tsan) echo "TSan gcc" ;;
    heaptrack) echo heaptrack ;;
    esac
}

# run TOOL COMMAND…: runs it once; what it told, and what launch measured, to standard output. What
# the tool said is in $work/said.
run() {
    local tool=$1 under=()
    shift
    case $tool in
    csan) under=("$obj/bin/csan") ;;
    heaptrack) under=(env LD_PRELOAD="$heaptrack" DUMP_HEAPTRACK_OUTPUT="$work/heap") ;;
    preload) under=(env LD_PRELOAD="$lsan") ;;
    esac
    timeout 300 env "${extra[@]}" "$work/launch" "${under[@]}" "$@" 2>"$work/said"
    local status=$?
    rm -f "$work/heap"
    return $status
}

# keep NAME TOOL KEYS: of what run wrote to $work/lines
keep() {
    local name=$1 tool=$2 key value
    for key in $3; do
        value=$(awk -v key="$key" '$1 == key {print $2}' "$work/lines")
        echo "${value:-none}" >>"$work/$name-$key.$tool"
    done
}

# measure NAME KEYS PROGRAM ARGUMENTS…: one run of each tool, its KEYS into $work/NAME-KEY.TOOL
measure() {
    local name=$1 keys=$2 program=$3 tool
    shift 3
    for tool in "${tools[@]}"; do
        run "$tool" "$work/$program-$tool" "$@" >"$work/lines"
        keep "$name" "$tool" "$keys"
    done
}

median() { # file → value or "-"
    if [[ ! -s $1 ]] || grep -q none "$1"; then
        echo -
    else
        sort -n "$1" | awk '{v[NR] = $1} END {printf "%.3f\n", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
    fi
}

# head_of LAST…: the table's first two lines; LAST are the columns behind the tools'
head_of() {
    local line='|' rule='|---' tool last
    for tool in "${tools[@]}"; do line+=" | $(title "$tool")" rule+='|---:'; done
    for last in "$@"; do line+=" | $last" rule+='|---:'; done
    echo "${line/|/| } |"
    echo "$rule|"
}

# row TEXT NAME-KEY SCALE HOW RATIO…: HOW is added (what a tool adds to plain) or whole. A RATIO is
# A:B[,B…], of tool A's figure over the smallest of the others'.
row() {
    local text=$1 name=$2 scale=$3 how=$4 tool
    shift 4
    {
        for tool in "${tools[@]}"; do echo "$tool $(median "$work/$name.$tool")"; done
    } | awk -v text="$text" -v scale="$scale" -v how="$how" -v ratios="$*" '
        { order[NR] = $1; value[$1] = $2 }
        function shown(v, plus) { return v == "-" ? "-" : sprintf(v < 10 && v > -10 ? plus ".1f" : plus ".0f", v) }
        function ratio(of,    side, others, n, i, best) {
            split(of, side, ":")
            n = split(side[2], others, ",")
            best = "-"
            for (i = 1; i <= n; i++)
                if (others[i] in cost && cost[others[i]] != "-" && (best == "-" || cost[others[i]] < best)) best = cost[others[i]]
            return best == "-" || cost[side[1]] == "-" || best <= 0.5 ? "-" : sprintf("%.2f", cost[side[1]] / best)
        }
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
            n = split(ratios, wanted, " ")
            for (i = 1; i <= n; i++) line = line " | " ratio(wanted[i])
            print line " |"
        }'
}

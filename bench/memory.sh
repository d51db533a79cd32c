# malloc and free, and the leak check at the end. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of run.sh and lib.sh

memory_programs=(pair cross live grow empty frames)

memory_build() {
    local name fp=(-fno-omit-frame-pointer) nofp=(-fomit-frame-pointer)
    memory_tools=(plain linked csan)
    for name in "${memory_programs[@]}"; do build_csan "$name" "${nofp[@]}"; done
    if memory_build_as lsan gcc; then memory_tools+=(lsan); else lacks "LeakSanitizer of gcc"; fi
    if command -v clang >/dev/null && memory_build_as clsan clang; then memory_tools+=(clsan); else lacks "LeakSanitizer of clang"; fi
    if [[ -n $heaptrack ]]; then memory_tools+=(heaptrack); else lacks heaptrack; fi
    # The same two, built with frame pointers.
    for name in pair frames; do
        for tool in "${memory_tools[@]}"; do
            case $tool in
            plain | csan | heaptrack) gcc "${compile[@]}" "${fp[@]}" bench/$name.c -o "$work/${name}fp-$tool" ;;
            linked) gcc "${compile[@]}" "${fp[@]}" bench/$name.c -o "$work/${name}fp-$tool" -L"$obj/lib" -lcsan -Wl,-rpath,"$obj/lib" ;;
            lsan) gcc "${compile[@]}" "${fp[@]}" bench/$name.c -o "$work/${name}fp-$tool" -fsanitize=leak ;;
            clsan) clang "${compile[@]}" "${fp[@]}" bench/$name.c -o "$work/${name}fp-$tool" -fsanitize=leak ;;
            esac
        done
    done
}

memory_build_as() { # TOOL COMPILER
    local name
    for name in "${memory_programs[@]}"; do
        build_as "$1" "$name" "$2" -fomit-frame-pointer -fsanitize=leak || return 1
    done
}

memory_round() {
    local threads frames
    tools=("${memory_tools[@]}")
    for threads in 1 4; do
        for frames in 5 12 25; do
            measure "pair-$frames-$threads" pair_ns pair "$frames" "$threads" 600000
            measure "pairfp-$frames-$threads" pair_ns pairfp "$frames" "$threads" 600000
        done
    done
    measure cross cross_ns cross 300000
    measure live "build_ns block_bytes after_main_us" live 1000000
    measure live2 "build_ns block_bytes after_main_us" live 2000000
    measure live5 after_main_us live 5000000
    measure lost after_main_us live 1000000 1
    measure grow realloc_ns grow 2000
    for _ in 1 2 3 4 5; do
        measure empty "total_us cpu_us" empty
        measure line cpu_us empty line
    done
    others_round
}

# Tools that cost so much more that they get a table of their own, and fewer pairs.
others_command() { # TOOL → the words before the program; false: it is not here
    local library
    case $1 in
    memcheck | massif)
        command -v valgrind >/dev/null || return 1
        echo "valgrind --tool=$1 -q --log-file=/dev/null"
        [[ $1 == memcheck ]] || echo "--massif-out-file=/dev/null"
        ;;
    jemalloc)
        library=$(find /usr/lib -name 'libjemalloc.so.2' 2>/dev/null | head -n 1)
        [[ -n $library ]] || return 1
        echo "env LD_PRELOAD=$library MALLOC_CONF=prof:true,prof_active:true,lg_prof_sample:$2"
        ;;
    gperftools)
        library=$(find /usr/lib -name 'libtcmalloc.so.4' 2>/dev/null | head -n 1)
        [[ -n $library ]] || return 1
        echo "env LD_PRELOAD=$library HEAPPROFILE=$work/heap HEAP_PROFILE_ALLOCATION_INTERVAL=0"
        ;;
    *) return 1 ;;
    esac
}

others=(memcheck massif jemalloc:0 jemalloc:19 gperftools)

others_round() {
    local name under
    for name in plain linked "${others[@]}"; do
        under=()
        case $name in
        plain | linked) set -- "$work/pair-$name" ;;
        *)
            mapfile -t under < <(others_command "${name%:*}" "${name#*:}" | tr ' ' '\n')
            ((${#under[@]})) || continue
            set -- "${under[@]}" "$work/pair-plain"
            ;;
        esac
        timeout 120 "$work/launch" "$@" 12 1 100000 >"$work/lines" 2>/dev/null || continue
        keep others "$name" pair_ns
        rm -f "$work"/heap.*
    done
}

others_row() { # TEXT NAME STACKS
    local plain ours its
    [[ -e $work/others-pair_ns.$2 ]] || return
    plain=$(median "$work/others-pair_ns.plain") ours=$(median "$work/others-pair_ns.linked")
    its=$(median "$work/others-pair_ns.$2")
    awk -v text="$1" -v stacks="$3" -v plain="$plain" -v ours="$ours" -v its="$its" 'BEGIN {
        ratio = its > plain && ours > plain ? sprintf("%.2f", (ours - plain) / (its - plain)) : "-"
        printf "| %s | %+.0f | %s | %s |\n", text, its - plain, ratio, stacks }'
}

others_table() {
    echo '| ns of processor time added to a pair, 12 frames, no frame pointers | added | -lcsan : it | stacks |'
    echo '|---|---:|---:|---|'
    others_row "csan (-lcsan)" linked "complete"
    others_row "Valgrind memcheck" memcheck "12 frames at most"
    others_row "Valgrind massif" massif "30 frames at most"
    others_row "jemalloc, prof, every block" jemalloc:0 "by unwind tables"
    others_row "jemalloc, prof, one block in 512 KiB" jemalloc:19 "by unwind tables, of a sample"
    others_row "gperftools, HEAPPROFILE" gperftools "by libunwind"
}

reaches() { # tool program way → yes or no: does the report's stack reach main
    local program=$work/$2-$1 frames=$((12 - $3 * 6)) text # what fits a report
    case $1 in
    csan) text=$(CSAN_COLOR=never "$obj/bin/csan" "$program" "$frames" "$3" 2>&1) ;;
    *) text=$(CSAN_COLOR=never "$program" "$frames" "$3" 2>&1) ;;
    esac
    if grep -Eq '(at|in) main\b' <<<"$text"; then echo yes; else echo no; fi
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

callgrind() { # tool pairs frames → instructions
    # LeakSanitizer's own check can hang under valgrind; it is no part of a pair.
    LSAN_OPTIONS=detect_leaks=0 timeout 120 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$work/pair-$1" "$3" 1 "$2" 3>/dev/null 2>&1 | awk '/Collected/ {print $NF}'
}

# Instructions a pair: what callgrind counts for twice the pairs less what it counts for once.
instructions() { # tool frames → number or "none"
    local a b
    case $1 in
    csan | heaptrack) echo none; return ;; # the same code as -lcsan; sees valgrind and stays out
    esac
    a=$(callgrind "$1" 30000 "$2") b=$(callgrind "$1" 60000 "$2")
    if [[ -n $a && -n $b && $b -gt $a ]]; then
        awk -v a="$a" -v b="$b" 'BEGIN {printf "%.1f", (b - a) / 30000}'
    else
        echo none
    fi
}

memory_table() {
    local frames tool
    local by=linked:lsan,clsan
    tools=("${memory_tools[@]}")
    head_of "-lcsan : LSan"
    for frames in 5 12 25; do
        row "ns of processor time a malloc+free pair, $frames frames, 1 thread" "pair-$frames-1-pair_ns" 1 added $by
    done
    for frames in 5 12 25; do
        row "the same, built with frame pointers, $frames frames" "pairfp-$frames-1-pair_ns" 1 added $by
    done
    for frames in 5 12 25; do
        row "the same, 4 threads, $frames frames" "pair-$frames-4-pair_ns" 1 added $by
    done
    row "the same, 4 threads, with frame pointers, 12 frames" "pairfp-12-4-pair_ns" 1 added $by
    row "ns of processor time a block that another thread frees, 12 frames" cross-cross_ns 1 added $by
    if [[ $count == 1 ]] && command -v valgrind >/dev/null; then
        for frames in 5 12 25; do
            for tool in "${tools[@]}"; do instructions "$tool" "$frames" >"$work/ir-$frames.$tool"; done
            row "instructions a pair (callgrind), $frames frames" "ir-$frames" 1 added $by
        done
    fi
    row "ns a block, building 1,000,000 live ones" live-build_ns 1 added $by
    row "bytes of memory a live block of 64" live-block_bytes 1 added $by
    row "ns a block, building 2,000,000 live ones" live2-build_ns 1 added $by
    row "ns a realloc of a growing buffer" grow-realloc_ns 1 added $by
    row "ms from main's end to the process's, 1,000,000 live blocks" live-after_main_us 1000 added $by
    row "the same, 2,000,000 live blocks" live2-after_main_us 1000 added $by
    row "the same, 5,000,000 live blocks" live5-after_main_us 1000 added $by
    row "the same, 1,000,000, with 100 lost ones, reported" lost-after_main_us 1000 added $by
    row "ms of a whole empty process" empty-total_us 1000 added $by
    row "ms of processor time of an empty process" empty-cpu_us 1000 added $by
    row "the same, of one that prints a line: its first block" line-cpu_us 1000 added $by
    stacks "stack reaches main: 12 frames" frames 0
    stacks "the same, built with frame pointers" framesfp 0
    stacks "the same, through call backs of qsort" frames 1
}

# What was aimed at, by gcc's LeakSanitizer: csan's addition (-lcsan) over the larger of its additions.
goal() { # TEXT AIM NAME-KEY NAME-KEY-OF-LSAN…
    local text=$1 aim=$2 ours=$3 name
    shift 3
    for name in "$@"; do
        echo "$(median "$work/$name.plain") $(median "$work/$name.lsan")"
    done | awk -v text="$text" -v aim="$aim" -v plain="$(median "$work/$ours.plain")" \
        -v ours="$(median "$work/$ours.linked")" '
        $1 != "-" && $2 != "-" && $2 - $1 > most { most = $2 - $1 }
        END { if (most > 0 && ours != "-") {
            ratio = (ours - plain) / most
            printf "| %s | %.2f | %s | %s |\n", text, ratio, aim, ratio <= aim ? "yes" : "no" } }'
}

goals_table() {
    local frames
    echo '| -lcsan : LSan gcc | here | aim | reached |'
    echo '|---|---:|---:|---|'
    for frames in 5 12 25; do
        goal "a pair, built with frame pointers, $frames frames" 1.0 "pairfp-$frames-1-pair_ns" "pairfp-$frames-1-pair_ns"
    done
    for frames in 5 12 25; do
        goal "a pair, complete stacks without frame pointers, $frames frames, over the larger of LSan's two" 1.0 \
            "pair-$frames-1-pair_ns" "pair-$frames-1-pair_ns" "pairfp-$frames-1-pair_ns"
    done
    goal "a pair, 4 threads, frame pointers, 12 frames" 1.0 pairfp-12-4-pair_ns pairfp-12-4-pair_ns
    goal "building 1,000,000 live blocks" 1.0 live-build_ns live-build_ns
    goal "the check at 1,000,000 live blocks" 0.5 live-after_main_us live-after_main_us
    goal "the check at 5,000,000 live blocks" 0.5 live5-after_main_us live5-after_main_us
    goal "an empty process, processor time" 0.2 empty-cpu_us empty-cpu_us
}

memory_words() {
    cat <<END
## Memory

Column "plain" is the program without any tool; the other columns are what the tool adds to it. The
last column is csan's addition over that of the faster LeakSanitizer here: below 1, csan is the cheaper
one.

END
    memory_table
    cat <<END

END
    others_table
    echo
    goals_table
    cat <<END

- What is left to pay for a pair: with few frames the account of a block (its size and stack, written behind it
  and compared when it is freed, so that an overflow is found), and of that the
  second cache line that a free touches; with several threads two atomic operations on the bitmap of
  live blocks besides. What was tried and stayed: comparing the words of the last such stack four at a
  time, inlining the account into the hooks, putting what is recognised late first (818 instructions a
  pair at 12 frames became 581). Not done: vector gathers (they need AVX2, and as many loads), a
  bitmap for each thread (a block that another thread frees would need a message).
- An empty process: what is added is loading and relocating the library, the first touch of its tables
  and the list of modules. Nothing is cleared that is zero, nothing read that is empty, and where there
  was never a block no mapping is read and nothing marked. The first block costs its stack (the rules
  of a dozen frames are read), its page of the bitmap, and a check with a mark at the end.
- LeakSanitizer's stacks end at the first function that was built without a frame pointer; csan's are
  complete in every build (the last three rows). Where LeakSanitizer looks cheap without frame
  pointers, it took two frames.
- A pair is one malloc of 16 to 255 bytes and one free, from sixteen call sites, with 10,000 blocks
  alive in each thread (bench/pair.c). Memory is what becomes resident, malloc's own included
  (bench/live.c).
- The check at the end is what follows main: stop, mark, and, where something is lost, the report with
  its helper (bench/launch.c measures it from outside).
- \`csan PROG\` contains the runner, a process of its own.
- The tools of the second table are those that are installed; jemalloc's and gperftools' times contain
  an allocator of their own.

END
}

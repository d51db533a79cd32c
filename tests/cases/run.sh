#!/usr/bin/env bash
# Runs the cases: each NAME.c or NAME.cc beside this file is one small program that shows one fact.
#
#   tests/cases/run.sh [-O OBJ] [-j JOBS] [-t SECONDS] [-k] [-p] [NAME…]
#
#   -O  the build tree (default: $O, or obj)     -k  keep the scratch folder
#   -j  jobs at once (default: 2)         -p  plain: no csan, only what the programs do by themselves
#   -t  seconds a program may run (120)   NAME  a case, or a glob of cases; default: all
#
# A case is built by gcc and by clang (g++ and clang++ for .cc), each with -O0 and with -O2
# -fomit-frame-pointer, and runs linked with -lcsan and, not linked, under `csan`. It is gcc that
# links clang's object, too: clang takes three times as long (tests/install links with it). A name
# that ends in _fails means status 86 and a "csan: FAIL" line; one that ends in _passes means status
# 0 and nothing at all on stderr.
# Comments of the form `// word: rest` at the start of a line say the rest:
#
#   expect-status: N     the status, where the name does not tell it
#   expect: REGEX        some line of stderr matches it; the case no longer needs an empty stderr
#   expect-not: REGEX    no line of stderr matches it; same
#   leak: MARK AMOUNT    a leak finding at the line with the comment /* MARK */; AMOUNT as in
#                        "32 B in 1 block". No other findings than those told of may be there
#   findings: N          so many findings instead
#   stdout: REGEX        some line of stdout matches it       stdout-not: REGEX  none does
#   stderr: any          stderr may hold anything
#   flags: …             for compiler and linker              libs: …  after the object file
#   plugin: FILE         plugins/FILE is built as $DIR/plugin.so; more than one: plugin2.so …
#   then: COMMAND        after the build, with $BIN
#   env: NAME=VALUE      one a line, may use $DIR
#   args: …              may use $DIR
#   run: COMMAND         instead of `$PROG $ARGS`; $PROG runs the program, $BIN is its path,
#                        $CSAN the command, $DIR an empty folder of the run's own
#   mode: link,preload   or static: -static, gcc -O2 alone
#   only: CONFIG reason  gcc-O0, gcc-O2, clang-O0 or clang-O2 alone, several with commas
#   as: root             needs root; skipped, said so, where we are not
#   skip: reason         is not run, said so
#   plain: no            means nothing without csan: left out with -p
#
# {{line:MARK}} is the line of the comment /* MARK */, {{at:MARK}} is FILE:LINE:COL of it.
set -u
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root" || exit 1

# ---------------------------------------------------------------- one case, in all its forms

trim() { # → trimmed
    trimmed=${1#"${1%%[![:space:]]*}"}
    trimmed=${trimmed%"${trimmed##*[![:space:]]}"}
}

line_of() { # → line
    line=$(grep -nF "/* $1 */" "$src" | head -n 1)
    line=${line%%:*}
    [[ -n $line ]] || { line=0; bad_directives+=" no_mark:$1"; }
}

filled() { # placeholders → filled
    filled=$1
    while [[ $filled =~ \{\{(line|at):([A-Za-z0-9_ ]+)\}\} ]]; do
        local whole=${BASH_REMATCH[0]} how=${BASH_REMATCH[1]}
        line_of "${BASH_REMATCH[2]}"
        if [[ $how == at ]]; then
            line="${src//./\\.}:$line:[0-9]+"
        fi
        filled=${filled//"$whole"/$line}
    done
}

escaped() { # a text as a regular expression → escaped
    escaped=$(sed 's/[][\.*^$+?(){}|/]/\\&/g' <<<"$1")
}

read_directives() {
    status='' flags='' libs='' args='' mode=link,preload only='' run='' findings='' as='' stderr='' without='' skip=''
    expects=() expect_nots=() stdouts=() stdout_nots=() envs=() plugins=() thens=() bad_directives=''
    local nleaks=0 word rest
    while IFS= read -r rest; do
        [[ $rest == //* ]] || continue
        if [[ ! $rest =~ ^//\ ([a-z-]+):(.*)$ ]]; then
            bad_directives+=" $rest"
            continue
        fi
        word=${BASH_REMATCH[1]}
        trim "${BASH_REMATCH[2]}"
        rest=$trimmed
        case $word in
        expect-status) status=$rest ;;
        expect) filled "$rest"; expects+=("$filled") ;;
        expect-not) filled "$rest"; expect_nots+=("$filled") ;;
        leak)
            filled "{{at:${rest%% *}}}"
            escaped "${rest#* }"
            expects+=("^$filled: error: csan\\[leak\\]: $escaped never freed > max_leak=")
            nleaks=$((nleaks + 1)) ;;
        findings) findings=$rest ;;
        stdout) filled "$rest"; stdouts+=("$filled") ;;
        stdout-not) filled "$rest"; stdout_nots+=("$filled") ;;
        stderr) stderr=$rest ;;
        flags) flags=$rest ;;
        libs) libs=$rest ;;
        plugin) plugins+=("$rest") ;;
        then) thens+=("$rest") ;;
        env) envs+=("$rest") ;;
        args) args=$rest ;;
        run) run=$rest ;;
        mode) mode=$rest ;;
        only) only=${rest%% *} ;;
        as) as=$rest ;;
        skip) skip=$rest ;;
        plain) without=$rest ;;
        *) bad_directives+=" $word" ;;
        esac
    done <"$src"
    [[ -n $findings || $nleaks == 0 ]] || findings=$nleaks
    case $name in
    *_fails) : "${status:=86}" ;;
    *_passes) : "${status:=0}" ;;
    *) [[ -n $status ]] || bad_directives+=" name_tells_no_status" ;;
    esac
    if [[ $status == 86 ]]; then
        expects+=("^csan: FAIL: [1-9][0-9]* findings? \\(.*\\) in ")
    elif [[ $status == 0 && -z $stderr && ${#expects[@]} == 0 && ${#expect_nots[@]} == 0 ]]; then
        stderr=empty
    fi
}

say_failure() { # what
    {
        echo "FAILED $name ($config, $form): $1"
        [[ ! -s $log ]] || sed 's/^/    $ /' "$log"
        [[ ! -f $dir/out ]] || { echo "    stdout:"; head -c 4000 "$dir/out" | head -n 40 | sed 's/^/    | /'; }
        [[ ! -f $dir/err ]] || { echo "    stderr:"; head -c 8000 "$dir/err" | head -n 60 | sed 's/^/    | /'; }
        echo
    } >>"$report"
}

verify() { # the status it ended with
    local regex wrong='' n
    [[ $1 == "$status" ]] || wrong+="; status $1 instead of $status"
    for regex in ${stdouts[@]+"${stdouts[@]}"}; do
        grep -aEq -e "$regex" "$dir/out" || wrong+="; stdout without $regex"
    done
    for regex in ${stdout_nots[@]+"${stdout_nots[@]}"}; do
        ! grep -aEq -e "$regex" "$dir/out" || wrong+="; stdout with $regex"
    done
    if [[ $plain == 0 ]]; then
        for regex in ${expects[@]+"${expects[@]}"}; do
            grep -aEq -e "$regex" "$dir/err" || wrong+="; stderr without $regex"
        done
        for regex in ${expect_nots[@]+"${expect_nots[@]}"}; do
            ! grep -aEq -e "$regex" "$dir/err" || wrong+="; stderr with $regex"
        done
        if [[ -n $findings ]]; then
            n=$(grep -aEc ': error: csan\[' "$dir/err")
            [[ $n == "$findings" ]] || wrong+="; $n findings instead of $findings"
        fi
        [[ $stderr != empty || ! -s $dir/err ]] || wrong+="; stderr is not empty"
    fi
    [[ -z $wrong ]] || say_failure "${wrong#; }"
}

build() { # the object, once a configuration
    local n='' p
    for p in ${plugins[@]+"${plugins[@]}"}; do
        local -a make=("$cc" "${opt[@]}" -fPIC -shared -Iinclude -o "$base/plugin$n.so" "tests/cases/plugins/$p")
        echo "${make[*]}" >>"$log"
        "${make[@]}" >>"$base/build" 2>&1 || return 1
        n=$((${n:-1} + 1))
    done
    # shellcheck disable=SC2206 # flags are words
    local -a make=("$cc" "${opt[@]}" "$std" -Wall -Werror -Wno-unknown-warning-option -D_GNU_SOURCE -Iinclude $flags -c "$src" -o "$base/case.o")
    echo "${make[*]}" >>"$log"
    "${make[@]}" >>"$base/build" 2>&1
}

close_the_rest() { # no descriptor of ours is the program's
    local fd
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        [[ $fd -le 2 ]] || eval "exec $fd>&-"
    done
}

link_and_run() {
    local -a make
    BIN=$dir/$name DIR=$dir PROG=$dir/$name CSAN=$root/$obj/bin/csan LIB=$root/$obj/lib ARGS=''
    # shellcheck disable=SC2206 # flags are words
    make=("$ld" $flags "$base/case.o" -o "$BIN" $libs)
    case $form in
    link) make+=("-L$LIB" -lcsan "-Wl,-rpath,$LIB") ;;
    static) make+=(-static "-L$LIB" -lcsan) ;;
    preload) PROG="$CSAN $BIN" ;;
    esac
    echo "${make[*]}" >>"$log"
    "${make[@]}" >"$dir/build" 2>&1 || { cp "$dir/build" "$dir/err"; say_failure "it does not link"; return; }
    local p
    for p in "$base"/plugin*.so; do [[ ! -e $p ]] || cp "$p" "$dir/"; done
    export BIN DIR PROG CSAN LIB ARGS
    for p in ${thens[@]+"${thens[@]}"}; do
        bash -c "$p" >"$dir/build" 2>&1 || { cp "$dir/build" "$dir/err"; say_failure "then: $p"; return; }
    done
    eval "ARGS=\"$args\""
    local -a setting=()
    [[ $form != static ]] || setting=("CSAN_PATH=$CSAN") # there is no library to find it beside
    for p in ${envs[@]+"${envs[@]}"}; do
        eval "setting+=(\"$p\")"
    done
    local command=${run:-"exec \$PROG \$ARGS"} got
    echo "PROG='$PROG' BIN='$BIN' DIR='$DIR' ARGS='$ARGS' ${setting[*]} bash -c '$command'" >>"$log"
    (close_the_rest; exec env ${setting[@]+"${setting[@]}"} timeout -k 5 "$seconds" bash -c "$command" \
        <"/dev/null" >"$dir/out" 2>"$dir/err")
    got=$?
    verify "$got"
}

run_case() { # name
    name=$1 src=tests/cases/$1.c
    [[ -f $src ]] || src=tests/cases/$1.cc
    report=$work/results/$name.bad
    read_directives
    config=- form=- dir=$work/none log=$work/none
    if [[ -n $bad_directives ]]; then
        say_failure "directives not understood:$bad_directives"
    fi
    [[ $as != root || $(id -u) == 0 ]] || skip="needs root"
    if [[ -n $skip ]]; then
        echo "skipped $name: $skip" >"$work/results/$name.skipped"
        return
    fi
    if [[ $plain == 1 ]]; then
        [[ $status != 87 && $run != *CSAN* && $without != no ]] || return 0
        [[ $status != 86 ]] || status=0
    fi
    for config in gcc-O0 gcc-O2 clang-O0 clang-O2; do
        [[ -z $only || ,$only, == *,$config,* ]] || continue
        case $config in
        *-O0) opt=(-O0 -g) ;;
        *) opt=(-O2 -g -fomit-frame-pointer) ;;
        esac
        case $src-$config in
        *.cc-gcc*) cc=g++ std=-std=gnu++17 ;;
        *.cc-clang*) cc=clang++ std=-std=gnu++17 ;;
        *.c-gcc*) cc=gcc std=-std=gnu11 ;;
        *) cc=clang std=-std=gnu11 ;;
        esac
        ld=$cc
        [[ $flags == *-fsanitize=* ]] || ld=${ld/#clang++/g++} ld=${ld/#clang/gcc}
        base=$work/$name/$config dir=$base form=build log=$base/log
        mkdir -p "$base"
        if ! build; then
            cp "$base/build" "$base/err"
            say_failure "it does not compile"
            continue
        fi
        for form in ${mode//,/ }; do
            [[ $plain == 0 || $form == link ]] || continue
            [[ $form != static || $config == gcc-O2 ]] || continue
            [[ $plain == 0 ]] || form=plain
            dir=$base/$form log=$base/$form.log
            mkdir -p "$dir"
            cp "$base/log" "$log"
            link_and_run
        done
    done
    [[ $keep == 1 ]] || rm -rf "${work:?}/$name"
}

# ---------------------------------------------------------------- all of them

if [[ ${1:-} == --one ]]; then
    # shellcheck disable=SC1090 # written below
    source "$2"
    # bash itself tells there of programs that a signal has ended
    run_case "$3" 2>"$work/results/$3.err"
    : >"$work/results/$3.done"
    exit 0
fi

obj=${O:-obj} jobs=2 keep=0 plain=0 seconds=120
while getopts O:j:t:kp letter; do
    case $letter in
    O) obj=$OPTARG ;;
    j) jobs=$OPTARG ;;
    t) seconds=$OPTARG ;;
    k) keep=1 ;;
    p) plain=1 ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    esac
done
shift $((OPTIND - 1))

if [[ $plain == 0 && ! (-x $obj/bin/csan && -e $obj/lib/libcsan.so) ]]; then
    echo "cases: $obj/bin/csan and $obj/lib/libcsan.so are not there; run make first" >&2
    exit 1
fi
[[ $obj != /* ]] || obj=$(realpath --relative-to="$root" "$obj")

names=()
if [[ $# == 0 ]]; then set -- '*'; fi
for pattern in "$@"; do
    found=0
    for file in "$here"/$pattern.c "$here"/$pattern.cc; do
        [[ -f $file ]] || continue
        found=1
        file=${file##*/}
        names+=("${file%.*}")
    done
    [[ $found == 1 ]] || { echo "cases: no case is named $pattern" >&2; exit 2; }
done

work=$(mktemp -d "${TMPDIR:-/tmp}/csan-cases.XXXXXX") || exit 1
mkdir "$work/results"
cat >"$work/settings" <<END
obj=$obj keep=$keep plain=$plain seconds=$seconds work=$work
END
for variable in $(compgen -e); do
    case $variable in CSAN_* | LSAN_* | ASAN_* | LD_PRELOAD | LD_AUDIT | NO_COLOR | FORCE_COLOR | MALLOC_* | DEBUGINFOD_URLS) unset "$variable" ;; esac
done
ulimit -c 0
printf '%s\n' "${names[@]}" | xargs -P "$jobs" -n 1 "${BASH_SOURCE[0]}" --one "$work/settings"

failed=0 skipped=0
for name in "${names[@]}"; do
    if [[ -f $work/results/$name.skipped ]]; then
        skipped=$((skipped + 1))
        cat "$work/results/$name.skipped"
    fi
    [[ -e $work/results/$name.done ]] || {
        echo "FAILED $name: the runner of the cases stopped in it:"
        cat "$work/results/$name.err"
    } >>"$work/results/$name.bad"
    if [[ -s $work/results/$name.bad ]]; then
        failed=$((failed + 1))
        cat "$work/results/$name.bad"
    fi
done
if [[ $keep == 1 ]]; then echo "kept: $work"; else rm -rf "$work"; fi
closing="cases: $((${#names[@]} - failed - skipped)) passed, $failed failed"
[[ $skipped == 0 ]] || closing+=", $skipped skipped"
echo "$closing"
[[ $failed == 0 ]]

#!/usr/bin/env bash
# Runs csan over real programs of the system doing real work: programs/NAME.sh, one each.
#
#   tests/real/run.sh [-O OBJ] [-k] [-n] [-t SECONDS] [NAME…]
#
#   -O  the build tree (default: $O, or obj)          -k  keep the scratch folder
#   -n  do not install what is missing         -t  seconds a program's work may take (600)
#
# Each file of programs/ defines
#   needs      the commands that it uses; where one cannot be had the program is skipped, loudly
#   prepare    makes the input, once, unwatched, in an empty folder
#   work       the work itself; $RUN stands before each command that is to be watched
# and the work is done twice in a fresh copy of that folder: as it is, and with RUN=csan. Standard
# output, standard error, exit status and the files made must be the same to the byte; csan's own
# words go to files of its own. True leaks of a program are listed in expected/NAME.supp, each with
# the reason why it is true; csan has to find nothing else.
set -u
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

obj=${O:-obj} keep=0 install=1 seconds=600
while getopts O:knt: letter; do
    case $letter in
    O) obj=$OPTARG ;;
    k) keep=1 ;;
    n) install=0 ;;
    t) seconds=$OPTARG ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[[ $obj == /* ]] || obj=$root/$obj
if [[ ! -x $obj/bin/csan ]]; then
    echo "real: $obj/bin/csan is not there; run make first" >&2
    exit 1
fi

for variable in $(compgen -e); do
    case $variable in CSAN_* | LSAN_* | ASAN_* | LD_PRELOAD | LD_AUDIT | MALLOC_* | DEBUGINFOD_URLS | MAKEFLAGS | MFLAGS | MAKELEVEL | GIT_* | PYTHON*) unset "$variable" ;; esac
done
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
ulimit -c 0

names=("$@")
if [[ $# == 0 ]]; then
    names=()
    for file in "$here"/programs/*.sh; do
        file=${file##*/}
        names+=("${file%.sh}")
    done
fi

missing_of() { # name → the commands of its needs that are not there
    # shellcheck disable=SC1090 # one of programs/
    (needs='' && source "$here/programs/$1.sh" && for command in $needs; do
        command -v "$command" >/dev/null || printf '%s ' "$command"
    done)
}

install_packages() { # what packages.txt names, by whichever tool there is
    local -a packages as_root=()
    mapfile -t packages < <(grep -v '^#' "$here/packages.txt")
    [[ $(id -u) == 0 ]] || as_root=(sudo -n)
    if command -v apt-get >/dev/null; then
        "${as_root[@]}" apt-get install -y --no-install-recommends "${packages[@]}" ||
            { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends "${packages[@]}"; }
    else
        echo "real: no apt-get here; install by hand: ${packages[*]}" >&2
        return 1
    fi
}

if [[ $install == 1 ]]; then
    for name in "${names[@]}"; do
        [[ -n $(missing_of "$name") ]] || continue
        echo "real: installing what is missing"
        install_packages >/tmp/csan-real-install.$$ 2>&1 || tail -n 5 /tmp/csan-real-install.$$ >&2
        rm -f /tmp/csan-real-install.$$
        break
    done
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/csan-real.XXXXXX") || exit 1
passed=0 failed=0 skipped=()

in_a_shell() { # function out err: runs it in $scratch/work
    # shellcheck disable=SC2016 # the inner bash expands it
    timeout -k 10 "$seconds" bash -c '
        set -u
        source "$0"
        cd "$1" || exit 99
        "$2"' "$here/programs/$name.sh" "$scratch/work" "$1" </dev/null >"$2" 2>"$3"
}

one_run() { # which: does the work in a fresh copy of the input
    local to=$scratch/$name/$1
    rm -rf "$scratch/work"
    cp -a "$scratch/$name/input" "$scratch/work"
    mkdir -p "$to"
    in_a_shell work "$to/out" "$to/err"
    echo $? >"$to/status"
    (cd "$scratch/work" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum) >"$to/files"
}

compare() { # → wrong
    local what
    wrong=''
    for what in status out err files; do
        cmp -s "$scratch/$name/plain/$what" "$scratch/$name/csan/$what" || wrong+=" $what"
    done
    wrong=${wrong:+"not as without csan:$wrong"}
    if compgen -G "$scratch/$name/log*" >/dev/null; then
        if grep -hq -e 'error: csan\[' -e '^csan: ' "$scratch/$name"/log*; then
            wrong+="${wrong:+; }csan has something to say"
        fi
    fi
}

explain() {
    local what
    echo "FAILED $name: $wrong"
    for what in status out err files; do
        cmp -s "$scratch/$name/plain/$what" "$scratch/$name/csan/$what" ||
            diff -a "$scratch/$name/plain/$what" "$scratch/$name/csan/$what" | cut -c1-200 | head -n 15 | sed "s/^/    $what: /"
    done
    compgen -G "$scratch/$name/log*" >/dev/null && cat "$scratch/$name"/log* | head -n 120 | sed 's/^/    | /'
}

for name in "${names[@]}"; do
    if [[ ! -f $here/programs/$name.sh ]]; then
        echo "real: there is no programs/$name.sh" >&2
        exit 2
    fi
    missing=$(missing_of "$name")
    if [[ -n $missing ]]; then
        echo "SKIPPED $name: not on this machine, and not to be installed: $missing"
        skipped+=("$name")
        continue
    fi
    rm -rf "$scratch/work"
    mkdir -p "$scratch/work" "$scratch/$name"
    export RUN=
    if ! in_a_shell prepare "$scratch/$name/out" "$scratch/$name/err"; then
        echo "FAILED $name: its input could not be made"
        sed 's/^/    | /' "$scratch/$name/err"
        failed=$((failed + 1))
        continue
    fi
    mv "$scratch/work" "$scratch/$name/input"
    export RUN=
    one_run plain
    took=$SECONDS
    setting=(CSAN_LOG_PATH="$scratch/$name/log")
    if [[ -f $here/expected/$name.supp ]]; then
        setting+=(CSAN_SUPPRESSIONS="$here/expected/$name.supp")
    fi
    export "${setting[@]}"
    RUN=$obj/bin/csan
    one_run csan
    unset CSAN_LOG_PATH CSAN_SUPPRESSIONS
    took=$((SECONDS - took))
    compare
    if [[ -n $wrong ]]; then
        explain
        failed=$((failed + 1))
    else
        echo "ok $name (status $(<"$scratch/$name/csan/status"), $(wc -c <"$scratch/$name/csan/out") bytes of output, $took s)"
        passed=$((passed + 1))
    fi
done

if [[ $keep == 1 ]]; then echo "kept: $scratch"; else rm -rf "$scratch"; fi
if [[ ${#skipped[@]} != 0 ]]; then
    echo "real: SKIPPED, not tested here: ${skipped[*]}"
fi
echo "real: $passed passed, $failed failed"
[[ $failed == 0 && $passed != 0 ]]

#!/bin/bash
# The csan command by itself: the runner (with a stand-in for the library that only shakes hands),
# symbolize on what compilers and linkers make, doctor. Last line: tools: N passed, M failed.
#   O=obj tests/tools/run.sh [WORD]     only the checks whose name holds WORD
# shellcheck disable=SC2016 # what stands in single quotes is for other shells
set -u
cd "$(dirname "$0")/../.." || exit 1
O=${O:-obj}
only=${1:-}
here=$PWD/tests/tools
command=$(realpath "$O/bin/csan") || exit 1
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
unset CSAN_OPTIONS CSAN_PATH LD_PRELOAD NO_COLOR FORCE_COLOR DEBUGINFOD_URLS
passed=0 failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); printf 'FAIL %s\n' "$1"; shift; printf '     %s\n' "$@"; }

wanted() { [[ $1 == *"$only"* ]]; }

# is NAME EXPECTED ACTUAL
is() {
    wanted "$1" || return 0
    if [ "$2" = "$3" ]; then ok; else bad "$1" "expected: $2" "actual:   $3"; fi
}

# like NAME GLOB ACTUAL
like() {
    wanted "$1" || return 0
    # shellcheck disable=SC2053
    if [[ $3 == $2 ]]; then ok; else bad "$1" "expected: $2" "actual:   $3"; fi
}

# status NAME STATUS GLOB-OF-STDERR COMMAND...
status() {
    local name=$1 expected=$2 glob=$3 said actual
    shift 3
    said=$("$@" 2>&1 >"$T/stdout" </dev/null)
    actual=$?
    wanted "$name" || return 0
    # shellcheck disable=SC2053
    if [ "$actual" = "$expected" ] && [[ $said == $glob ]]; then ok; else
        bad "$name" "expected: $expected, $glob" "actual:   $actual, $said"
    fi
}

has() { command -v "$1" >/dev/null; }

mkdir -p "$T/bin" "$T/lib" "$T/alone/bin" "$T/wrong/bin" "$T/wrong/lib"
cp "$command" "$T/bin/csan"
cp "$command" "$T/alone/bin/csan"
csan=$T/bin/csan
cc -Iruntime -fPIC -shared -Wl,-soname,libcsan.so.0 "$here/fake_runtime.c" -o "$T/lib/libcsan.so.0" || exit 1
cc -D_GNU_SOURCE "$here/child.c" -o "$T/child" || exit 1

# ------------------------------------------------------------------ words
status "help goes to stdout" 0 "" "$csan" --help
like "help lists the verbs" "*csan doctor*csan symbolize*" "$(cat "$T/stdout")"
status "no argument is no success" 87 "" "$csan"
status "help of a verb" 0 "" "$csan" help run
like "help of run lists the options" "*--max-leak=VALUE*" "$(cat "$T/stdout")"
status "help after a verb" 0 "" "$csan" doctor --help
status "help of no verb" 87 "csan: there is no verb frobnicate; *" "$csan" help frobnicate
status "version" 0 "" "$csan" --version
like "version is one line" "csan [0-9]*" "$(cat "$T/stdout")"

# ------------------------------------------------------------------ options
status "unknown option names the nearest" 87 "csan: --max-leek is no option; did you mean --max-leak?*" \
    "$csan" --max-leek=3 "$T/child"
status "unknown short option" 87 "csan: -q is no option;*" "$csan" -q "$T/child"
status "option without its value" 87 "csan: --max-leak needs a value*" "$csan" --max-leak
status "malformed value" 87 "csan: CSAN_MAX_LEAK=3Q*" "$csan" --max-leak=3Q "$T/child"
status "malformed value in the environment" 87 "csan: CSAN_VERBOSITY=many*" \
    env CSAN_VERBOSITY=many "$csan" "$T/child"
status "options reach the program" 0 "" "$csan" --max-leak=4KiB --log-path "$T/x y" -- env
like "an option is a variable" "*CSAN_MAX_LEAK=4KiB*" "$(grep CSAN_MAX "$T/stdout")"
like "a value may be a word of its own" "*CSAN_LOG_PATH=$T/x y*" "$(grep CSAN_LOG "$T/stdout")"
status "an option wins over the environment" 0 "" env CSAN_MAX_LEAK=1 "$csan" --max-leak=2 env
is "an option wins over the environment" "CSAN_MAX_LEAK=2" "$(grep CSAN_MAX "$T/stdout")"
status "the program's own options are its own" 0 "" "$csan" "$T/child" --max-leak=x -- -v
is "the program's own options are its own" "[$T/child][--max-leak=x][--][-v] $T/lib/libcsan.so.0" \
    "$(cat "$T/stdout")"
status "which program?" 87 "csan: which program?*" "$csan" --max-leak=1

# ------------------------------------------------------------------ what cannot be watched
status "not in PATH" 87 "csan: cannot run nosuchprogram: there is no such program in PATH; \`csan help\` lists the verbs" \
    "$csan" nosuchprogram
status "no such file" 87 "csan: cannot run ./nosuch: No such file or directory" "$csan" ./nosuch
status "a folder" 87 "csan: cannot run $T: it is a folder" "$csan" "$T"
cp "$T/child" "$T/plain" && chmod -x "$T/plain"
status "not executable" 87 "*plain: it is not executable*" "$csan" "$T/plain"
(cd "$T" && status "in this folder, not in PATH" 87 "*did you mean ./child?" "$csan" child; exit $failed) ||
    failed=$((failed + 1))
if cc -static "$here/child.c" -D_GNU_SOURCE -o "$T/static" 2>/dev/null; then
    status "static" 87 "csan: $T/static is statically linked*" "$csan" "$T/static" exit 0
    is "static is never run" "" "$(cat "$T/stdout")"
    cc -static-pie -D_GNU_SOURCE "$here/child.c" -o "$T/static-pie" 2>/dev/null &&
        status "static-pie" 87 "*is statically linked*" "$csan" "$T/static-pie" exit 0
fi
cp "$T/child" "$T/suid" && chmod u+s "$T/suid"
status "set-uid" 87 "*suid is set-uid*" "$csan" "$T/suid" exit 0
cp "$T/child" "$T/sgid" && chmod g+s "$T/sgid"
status "set-gid" 87 "*sgid is set-gid*" "$csan" "$T/sgid" exit 0
if has setcap && cp "$T/child" "$T/caps" && setcap cap_net_raw+ep "$T/caps" 2>/dev/null; then
    status "file capabilities" 87 "*caps has file capabilities*" "$csan" "$T/caps" exit 0
fi
cp "$T/child" "$T/arm" && printf '\267\0' | dd of="$T/arm" bs=1 seek=18 conv=notrunc 2>/dev/null
status "another machine" 87 "*arm is for 64-bit ARM, but csan was built for*" "$csan" "$T/arm"
cc -D_GNU_SOURCE "$here/child.c" -Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1 -o "$T/musl"
status "another libc" 87 "*musl is for another libc*" "$csan" "$T/musl"
cc -D_GNU_SOURCE "$here/child.c" -Wl,--dynamic-linker=/nosuch/ld-linux-x86-64.so.2 -o "$T/noloader"
status "its dynamic linker is missing" 87 "*dynamic linker /nosuch/ld-linux-x86-64.so.2 is missing" \
    "$csan" "$T/noloader"
status "a library" 87 "*is a library or object file, not a program" "$csan" "$T/lib/libcsan.so.0"
printf 'void *malloc(unsigned long n) { static char b[65536]; static unsigned long u; void *p = b + u;
u += (n + 15) & ~15ul; return p; }\nint main(void) { return 0; }\n' >"$T/own.c"
cc -w -fno-builtin "$T/own.c" -o "$T/own" && status "a malloc of its own" 87 \
    "*own has a malloc of its own inside*" "$csan" "$T/own"
echo 'int main(void) { return 0; }' >"$T/zero.c"
for cc in gcc clang; do
    has $cc && $cc -fsanitize=address "$T/zero.c" -o "$T/asan" 2>/dev/null &&
        status "AddressSanitizer of $cc" 87 "*asan is built with AddressSanitizer*" "$csan" "$T/asan"
    has $cc && $cc -fsanitize=undefined "$T/zero.c" -o "$T/ubsan" 2>/dev/null &&
        status "UndefinedBehaviorSanitizer of $cc is no hindrance" 0 "" "$csan" "$T/ubsan"
done
printf '#!/nosuch/interpreter\n' >"$T/lost" && chmod +x "$T/lost"
status "a script without its interpreter" 87 "*/nosuch/interpreter: No such file*lost asks for it*" \
    "$csan" "$T/lost"
printf '#!%s\n' "$T/loop" >"$T/loop" && chmod +x "$T/loop"
status "scripts in a ring" 87 "*is no program" "$csan" "$T/loop"
head -c 3000 "$T/child" >"$T/cut" && chmod +x "$T/cut"
like "an ELF file cut short is no success" "csan: *" "$("$csan" "$T/cut" 2>&1 && echo green)"
status "no library" 87 "csan: there is no libcsan.so.0 beside*" "$T/alone/bin/csan" "$T/child"
status "the library by CSAN_PATH" 0 "" env CSAN_PATH="$T/lib" "$T/alone/bin/csan" "$T/child"
status "the library by CSAN_PATH of the command" 0 "" env CSAN_PATH="$T/bin/csan" "$T/alone/bin/csan" "$T/child"
mkdir -p "$T/a b/bin" "$T/a b/lib" && cp "$csan" "$T/a b/bin" && cp "$T/lib/libcsan.so.0" "$T/a b/lib"
status "a path that LD_PRELOAD cannot hold" 87 "*LD_PRELOAD cannot hold the path*" \
    "$T/a b/bin/csan" "$T/child"
cp "$csan" "$T/wrong/bin" && cp "$T/child" "$T/wrong/lib/libcsan.so.0"
status "a library that is none" 87 "*is not csan's library*" "$T/wrong/bin/csan" "$T/child"

# ------------------------------------------------------------------ the program's own end
for n in 0 1 3 86 127 255; do
    status "exit status $n stays" $n "" "$csan" "$T/child" exit $n
done
for s in 6 9 11 15; do
    wanted "killed by $s" && {
        python=$("$csan" "$T/child" die $s 2>/dev/null >/dev/null; echo $?)
        is "killed by $s" $((128 + s)) "$python"
    }
done
cat >"$T/how.c" <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) { int s; (void)argc; if (fork() == 0) { execvp(argv[1], argv + 1); _exit(1); }
wait(&s); printf("%d %d %d\n", WIFSIGNALED(s), WIFSIGNALED(s) ? WTERMSIG(s) : WEXITSTATUS(s), WIFSIGNALED(s) && WCOREDUMP(s)); return 0; }
C
cc "$T/how.c" -o "$T/how"
is "a parent sees the signal" "1 11 0" "$("$T/how" "$csan" "$T/child" die 11 2>/dev/null)"
is "input and output are the program's" "abc" "$(echo abc | "$csan" cat)"
is "argv[0] is as it was given" "[child]" "$(PATH=$T:$PATH "$csan" child | cut -d' ' -f1)"
is "what was preloaded stays, behind" "$T/lib/libcsan.so.0:libm.so.6" \
    "$(LD_PRELOAD=libm.so.6 "$csan" "$T/child" | cut -d' ' -f2)"
is "csan under csan preloads once" "$T/lib/libcsan.so.0" "$("$csan" "$csan" "$T/child" | cut -d' ' -f2)"
is "descriptors and signals are inherited as they are" "$("$T/child" inherit </dev/null 2>&1)" \
    "$("$csan" "$T/child" inherit </dev/null 2>&1)"
is "closed descriptors stay closed" "$("$T/child" inherit <&- 2>&-)" "$("$csan" "$T/child" inherit <&- 2>&-)"
is "ignored signals stay ignored" "$(trap '' HUP INT CHLD USR1; "$T/child" inherit </dev/null)" \
    "$(trap '' HUP INT CHLD USR1; "$csan" "$T/child" inherit </dev/null)"
is "an ignored SIGCHLD loses no status" 3 "$(trap '' CHLD; "$csan" "$T/child" exit 3; echo $?)"
is "closed stderr" 87 "$("$csan" "$T/nosuch" 2>&-; echo $?)"

# A signal sent to the runner alone reaches the program, once it is ready for it.
for s in TERM HUP USR1 USR2 INT QUIT; do
    wanted "SIG$s is passed on" || continue
    mkfifo "$T/fifo.$s"
    # Not through a shell, which would have INT and QUIT ignored in the background.
    "$T/how" env --default-signal=HUP,INT,QUIT,TERM "$csan" "$T/child" signal "$(kill -l $s)" >"$T/fifo.$s" 2>&1 &
    {
        read -r _ runner
        kill -$s "$runner"
        read -r line
        read -r ended
    } <"$T/fifo.$s"
    wait
    is "SIG$s is passed on" "caught $(kill -l $s), 0 5 0" "$line, $ended"
done

# ------------------------------------------------------------------ scripts
printf '#!/bin/sh\necho $1; exit 4\n' >"$T/script" && chmod +x "$T/script"
status "a script" 4 "" "$csan" "$T/script" hello
is "a script gets its arguments" hello "$(cat "$T/stdout")"
printf 'echo $1; exit 5\n' >"$T/bare" && chmod +x "$T/bare"
status "a script without #!" 5 "" "$csan" "$T/bare" hello
is "a script without #! gets its arguments" hello "$(cat "$T/stdout")"
printf '#!/usr/bin/env -S sh -e\nexit 6\n' >"$T/byenv" && chmod +x "$T/byenv"
status "a script by env stays watched" 6 "" "$csan" "$T/byenv"
printf '#! %s\n' "$T/script" >"$T/second" && chmod +x "$T/second"
status "a script run by a script" 4 "" "$csan" "$T/second" x

# ------------------------------------------------------------------ the hand-shake
status "never came up" 87 "csan: csan did not come up inside child:*" env FAKE_STATE=none "$csan" "$T/child"
status "never came up, and failed" 87 "csan: csan did not come up*" \
    env FAKE_STATE=none "$csan" "$T/child" exit 3
status "could not check, and said so itself" 87 "" env FAKE_STATE=none "$csan" "$T/child" exit 87
status "no verdict" 87 "csan: child ended without a verdict*" env FAKE_STATE=armed "$csan" "$T/child"
status "no verdict, and failed" 3 "csan: child ended without a verdict*" \
    env FAKE_STATE=armed "$csan" "$T/child" exit 3
status "a raw exit" 87 "*it left by a system call of its own" "$csan" "$T/child" raw 0
status "killed before a verdict" 137 "csan: child ended without a verdict of csan's: Killed" \
    "$T/bin/csan" "$T/child" die 9
status "exec with the environment stays watched" 0 "" "$csan" "$T/child" execenv "$T/child"
status "exec without an environment" 87 "*replaced by $T/child, with an environment that had no LD_PRELOAD" \
    "$csan" "$T/child" exec "$T/child"
status "exec without an environment, and failed" 3 "*replaced by $T/child,*" \
    "$csan" "$T/child" exec "$T/child" exit 3
[ -x "$T/static" ] && status "exec of a static program" 87 "*replaced by $T/static, which is statically linked" \
    "$csan" "$T/child" execenv "$T/static"
cc -D_GNU_SOURCE "$here/child.c" -shared -fPIC -o "$T/libgone.so"
cc -D_GNU_SOURCE "$T/zero.c" -Wl,--no-as-needed "$T/libgone.so" -o "$T/needs" && rm "$T/libgone.so"
status "a library of the program is missing" 87 "*libgone.so*did not come up inside needs*" "$csan" "$T/needs"

# ------------------------------------------------------------------ symbolize: what compilers make
# where FILE WORD: the line that carries the word.
where() { grep -n "$2" "$1" | head -1 | cut -d: -f1; }
# ask FILE NAME: the answer for the address that FILE prints under that name.
ask() { "$csan" symbolize "$1" "$("$1" | awk -v n="$2" '$1 == n { print $2 }')" 2>&1; }
# raw FILE NAME: the same by the protocol, columns left out, one line.
raw() {
    printf 'M 1 0 0 0 - %s\nA 1 %s\n.\n' "$1" "$("$1" | awk -v n="$2" '$1 == n { print $2 }')" |
        "$csan" symbolize 2>&1 | sed 's/^\(F . [0-9]*\) [0-9]*/\1/' | tr '\n\t' '|!'
}
functions() { ask "$1" "$2" | awk '{ print $1 }' | paste -sd' '; }

src=$here/places.c
inner=$(where "$src" LINE-INNER) outer=$(where "$src" LINE-OUTER)
with=$(where "$src" LINE-WITH) plain=$(where "$src" LINE-PLAIN)
check_places() { # NAME FILE
    like "$1: a function" "plain_function $src:$plain:*" "$(ask "$2" plain)"
    like "$1: inlined ones first" \
        "inner $src:$inner:*(inlined)*outer $src:$outer:*(inlined)*with_inlined $src:$with:*" \
        "$(ask "$2" inlined)"
}
for cc in gcc clang; do
    has $cc || continue
    for flags in "-O0 -gdwarf-4" "-O0 -gdwarf-5" "-O2 -gdwarf-4" "-O2 -gdwarf-5" "-O2 -g -gz" \
        "-O2 -g -gsplit-dwarf" "-O2 -g -no-pie" "-O2 -g1"; do
        # shellcheck disable=SC2086
        (cd "$T" && $cc $flags "$src" -o places 2>/dev/null) || continue
        [ "$flags" = "-O2 -g1" ] && [ $cc = gcc ] && continue # gcc's -g1 knows no inlining
        check_places "$cc $flags" "$T/places"
    done
done
sed 's/^ *return print_caller("inl/\treturn print_caller("inl/' "$src" >"$T/tab.c"
gcc -O2 -g "$T/tab.c" -o "$T/tab"
is "the protocol's answer, tabs shown as !" \
    "F 1 $inner inner!$T/tab.c!$T/tab!!return print_caller(\"inlined\") + 1; /* LINE-INNER */|F 1 $outer outer!$T/tab.c!$T/tab!    return inner() + 1; /* LINE-OUTER */|F 0 $with with_inlined!$T/tab.c!$T/tab!    return outer() + n; /* LINE-WITH */|;|" \
    "$(raw "$T/tab" inlined)"
gcc -O2 -g "$src" -o "$T/places"
(cd "$T" && mkdir -p obj && gcc -O2 -g -c "obj/../../..$src" -o obj/p.o 2>/dev/null && gcc obj/p.o -o dots) &&
    like "a path without its dots" "plain_function $src:$plain:*" "$(ask "$T/dots" plain)"
cp "$src" "$T/gone.c" && gcc -O2 -g "$T/gone.c" -o "$T/gone" && rm "$T/gone.c"
is "no source file" "F 0 $plain plain_function!$T/gone.c!$T/gone!|;|" "$(raw "$T/gone" plain)"
rm -f "$T/places.dwo" "$T"/*.dwo

# Names without debug information, with less and less.
gcc -O2 "$src" -o "$T/nodebug"
like "symbols alone" "plain_function $T/nodebug+0x*" "$(ask "$T/nodebug" plain)"
is "symbols alone, by the protocol" "F 0 0 plain_function!!$T/nodebug!|;|" "$(raw "$T/nodebug" plain)"
gcc -O2 -rdynamic -s "$src" -o "$T/exported"
like "exported symbols alone" "plain_function $T/exported+0x*" "$(ask "$T/exported" plain)"
gcc -O2 -s "$src" -o "$T/stripped"
like "nothing at all" "?? $T/stripped+0x*" "$(ask "$T/stripped" plain)"
is "nothing at all, by the protocol" ";|" "$(raw "$T/stripped" plain)"

# Separate debug files.
separate() { # NAME-OF-DEBUG-FILE [FLAG]
    # shellcheck disable=SC2086
    gcc -O2 -g ${2:-} "$src" -o "$T/split" && mkdir -p "$(dirname "$1")" && objcopy --only-keep-debug "$T/split" "$1" &&
        objcopy --strip-all --add-gnu-debuglink="$1" "$T/split"
}
separate "$T/split.debug" && check_places "debug link beside it" "$T/split"
rm "$T/split.debug"
separate "$T/.debug/split.debug" && check_places "debug link in .debug" "$T/split"
echo garbage >"$T/.debug/split.debug"
like "a debug file that is not its own" "?? $T/split+0x*" "$(ask "$T/split" plain)"
rm "$T/.debug/split.debug"
separate "$T/split.debug" -Wl,--build-id=none && check_places "debug link by checksum" "$T/split"
printf x >>"$T/split.debug"
like "a debug file of another checksum" "?? $T/split+0x*" "$(ask "$T/split" plain)"
rm "$T/split.debug"
build_id() { readelf -n "$1" 2>/dev/null | awk '/Build ID/ { print $3 }'; }
if [ -w /usr/lib/debug ] || { [ ! -e /usr/lib/debug ] && [ -w /usr/lib ]; }; then
    gcc -O2 -g "$src" -o "$T/byid" \
        "-Wl,--build-id=0x$(head -c 20 /dev/urandom | od -An -tx1 | tr -d ' \n')"
    id=$(build_id "$T/byid")
    folder=/usr/lib/debug/.build-id/${id:0:2}
    made=$(dirname "$folder")
    [ -d "$folder" ] && made=
    mkdir -p "$folder" && objcopy --only-keep-debug "$T/byid" "$folder/${id:2}.debug" && strip "$T/byid"
    check_places "debug file by build-id" "$T/byid"
    rm -f "$folder/${id:2}.debug"
    [ -n "$made" ] && rmdir --ignore-fail-on-non-empty -p "$folder" 2>/dev/null
fi
# debuginfod: asked when it is set, its library not even loaded when it is not.
if ldconfig -p | grep -q libdebuginfod.so.1; then
    gcc -O2 -g "$src" -Wl,--build-id=0x00112233445566778899aabbccddeeff00112233 -o "$T/far"
    served=$T/server/buildid/00112233445566778899aabbccddeeff00112233
    mkdir -p "$served" && objcopy --only-keep-debug "$T/far" "$served/debuginfo" && strip "$T/far"
    export DEBUGINFOD_URLS=file://$T/server DEBUGINFOD_CACHE_PATH=$T/cache
    check_places "debuginfod" "$T/far"
    rm -rf "$T/cache"
    export DEBUGINFOD_URLS=
    like "debuginfod set to nothing" "?? $T/far+0x*" "$(ask "$T/far" plain)"
    unset DEBUGINFOD_URLS
    like "debuginfod not set" "?? $T/far+0x*" "$(ask "$T/far" plain)"
    is "debuginfod not set, not loaded" 0 \
        "$(LD_DEBUG=files "$csan" symbolize "$T/far" 1 2>&1 | grep -c libdebuginfod)"
fi
if has dwz && gcc -O2 -g "$src" -o "$T/dwz1" && gcc -O2 -g "$src" -DTWO -o "$T/dwz2" &&
    (cd "$T" && dwz -m dwz.common -r dwz1 dwz2 2>/dev/null); then
    check_places "dwz with a common file" "$T/dwz1"
fi

# C++.
if has g++; then
    for cc in "g++ -O0" "g++ -O2" "clang++ -O0" "clang++ -O2"; do
        has "${cc% *}" || continue
        $cc -g "$here/places.cc" -o "$T/cpp" || continue
        is "$cc member" "app::Cache::insert" "$(functions "$T/cpp" member)"
        is "$cc operator()" "app::Cache::operator()" "$(functions "$T/cpp" operator)"
        is "$cc template" "app::(anonymous namespace)::hidden<int>" \
            "$(ask "$T/cpp" template | sed "s| $here.*||" | tail -1)"
        # clang numbers its lambdas ($_0), gcc's names tell their parameters.
        like "$cc lambda" "app::lambda(int)::[{\$]*::operator()" "$(functions "$T/cpp" lambda)"
        is "$cc local class" "app::local(int)::Local::go" "$(functions "$T/cpp" local)"
        strip --strip-debug "$T/cpp"
        is "$cc member, symbols alone" "app::Cache::insert" "$(functions "$T/cpp" member)"
    done
fi

# ------------------------------------------------------------------ symbolize: variables
src=$here/variables.c
# variable FILE SYMBOL PLUS STEPS: names and types, `name>type`, the variable's file:line behind it.
variable() {
    local at
    at=$(nm "$1" | awk -v n="$2" '$3 ~ "^(.*[.])?" n "([.].*)?$" { print $1; exit }')
    printf 'M 1 0 0 0 - %s\nD 1 %x%s\n.\n' "$1" $((16#$at + $3)) "${4:+ $4}" | "$csan" symbolize 2>&1 |
        awk -F'\t' '/^F/ { split($1, f, " "); printf "%s>%s:%s %s ", f[5], $2, f[3], $4 }'
}
check_variables() { # NAME FILE
    local at="$src:$(where "$src" LINE-CACHE)"
    is "$1: a field of an element" "the_cache.entries[2].row>$at struct row " "$(variable "$2" the_cache 48)"
    is "$1: its padding" "the_cache+4>$at  " "$(variable "$2" the_cache 4)"
    is "$1: the member of a union that is a pointer" "the_cache.either.many>$at struct row * " \
        "$(variable "$2" the_cache 144)"
    is "$1: two dimensions" "the_cache.grid[1][2]>$at  " "$(variable "$2" the_cache 172)"
    is "$1: along pointers" \
        "the_cache.entries[2].row>$at struct row ->right>:0 struct row ->names[4]>:0 char " \
        "$(variable "$2" the_cache 48 '8 30 0')"
    is "$1: an array behind a pointer" \
        "the_cache.either.many>$at struct row * [5]>:0 struct row " "$(variable "$2" the_cache 144 28)"
    is "$1: a static one of a function" "of_main>$src:$(where "$src" LINE-OF-MAIN) struct row " \
        "$(variable "$2" of_main 0)"
    is "$1: nothing is there" "" "$(variable "$2" main 0)"
    is "$1: a thread-local" "thread_rows[1] struct row ->left struct row" \
        "$(printf 'M 1 0 0 0 - %s\nT 1 8 0\n.\n' "$2" | "$csan" symbolize |
            awk -F'\t' '/^F/ { split($1, f, " "); print f[5], $4 }' | paste -sd' ')"
}
for c in gcc clang; do
    for v in 4 5; do
        $c -g -gdwarf-$v "$src" -o "$T/variables" && check_variables "variables, $c, DWARF $v" "$T/variables"
    done
done
gcc "$src" -o "$T/variables" && is "without DWARF the symbol table names variables" "the_cache+48>:0  " \
    "$(variable "$T/variables" the_cache 48 8)"
is "too many steps are not understood" ";" \
    "$({ printf 'M 1 0 0 0 - %s\nD 1 0' "$T/variables"; printf ' 1%.0s' {1..99}; printf '\n.\n'; } |
        "$csan" symbolize 2>/dev/null)"

# ------------------------------------------------------------------ symbolize: bad input
status "garbage is answered, and said" 0 "csan: symbolize: not understood: \"frob\"*" \
    bash -c "printf 'frob\nA\nA x y\nM 1\nA 7 1\n\n.\nA 1 1\n' | '$csan' symbolize"
is "garbage is answered, and said" ";;;;;;" "$(tr -d '\n' <"$T/stdout")"
head -c 200000 /dev/urandom >"$T/noise"
"$csan" symbolize <"$T/noise" >"$T/stdout" 2>"$T/stderr"
is "noise" 0 $?
is "noise is not said line by line" true "$([ "$(wc -l <"$T/stderr")" -lt 20 ] && echo true)"
is "no end mark" ";" "$(printf 'A 1 1' | "$csan" symbolize 2>/dev/null)"
is "nothing asked" "" "$("$csan" symbolize </dev/null)"
id=$(build_id "$T/places")
address=$("$T/places" | awk '$1 == "plain" { print $2 }')
like "the right build-id" "F 0 * plain_function*" \
    "$(printf 'M 1 0 0 0 %s %s\nA 1 %s\n.\n' "$id" "$T/places" "$address" | "$csan" symbolize 2>&1)"
like "the file was replaced" "csan: symbolize: no names from $T/places: it was replaced*" \
    "$(printf 'M 1 0 0 0 abcd %s\nA 1 %s\n.\n' "$T/places" "$address" | "$csan" symbolize 2>&1 >"$T/stdout")"
is "the file was replaced" ";" "$(cat "$T/stdout")"
like "the file is gone" "csan: symbolize: no names from /nosuch: No such file*" \
    "$(printf 'M 1 0 0 0 - /nosuch\nA 1 1\nA 1 2\n.\n' | "$csan" symbolize 2>&1 >"$T/stdout")"
is "the file is gone" ";;" "$(tr -d '\n' <"$T/stdout")"
is "answers in the order asked" "plain_function ; with_inlined ; plain_function ;" \
    "$({
        echo "M 2 0 0 0 - $T/places"
        echo "M 1 0 0 0 - $T/places"
        "$T/places" | awk '{ a[$1] = $2 } END { print "A 1 " a["plain"]; print "A 2 " a["inlined"]; print "A 1 " a["plain"] }'
        echo .
    } | "$csan" symbolize | awk '/^;/ { print } /^F 0/ { print $5 }' | cut -f1 | paste -sd' ')"
mkfifo "$T/pipe"
like "a module that is a pipe" "*not a regular file*" \
    "$(printf 'M 1 0 0 0 - %s\nA 1 1\n.\n' "$T/pipe" | timeout 10 "$csan" symbolize 2>&1)"
crashes=0
size=$(stat -c %s "$T/places")
for i in $(seq 1 40); do
    head -c $((size * i / 41)) "$T/places" >"$T/damaged"
    "$csan" symbolize "$T/damaged" "$address" >/dev/null 2>&1
    [ $? -le 87 ] || crashes=$((crashes + 1))
done
is "files cut short" 0 $crashes
crashes=0
for i in $(seq 1 40); do
    cp "$T/places" "$T/damaged"
    dd if=/dev/urandom of="$T/damaged" bs=64 count=1 seek=$((size * i / 41 / 64)) conv=notrunc 2>/dev/null
    printf 'M 1 0 0 0 - %s\nA 1 %s\n.\n' "$T/damaged" "$address" |
        timeout 20 "$csan" symbolize >/dev/null 2>&1 || crashes=$((crashes + 1))
done
is "damaged files" 0 $crashes
# Symbol tables that lie: names and sizes beyond everything, tables that are their own strings.
lie() { # HOW: of $T/nodebug, into $T/liar
    python3 - "$1" "$T/nodebug" "$T/liar" <<'PY'
import struct, sys
how, f = sys.argv[1], bytearray(open(sys.argv[2], "rb").read())
table, entry, count = struct.unpack_from("<Q", f, 40)[0], *struct.unpack_from("<HH", f, 58)
at = [table + i * entry for i in range(count)]
sym = next(a for a in at if struct.unpack_from("<I", f, a + 4)[0] == 2)
start, size = struct.unpack_from("<QQ", f, sym + 24)
for s in range(start, start + size, 24):
    if how == "names": struct.pack_into("<I", f, s, 0xfffffff0)
    if how == "sizes": struct.pack_into("<Q", f, s + 16, 2**64 - 1)
    if how == "values": struct.pack_into("<Q", f, s + 8, 2**64 - 16)
    if how == "one place": struct.pack_into("<QQ", f, s + 8, 0x1000, 2**40)
    if how == "kinds": f[s + 4] = 0xff
if how == "own strings": struct.pack_into("<I", f, sym + 40, at.index(sym))
if how == "no strings": struct.pack_into("<I", f, sym + 40, 0xffff)
if how == "no entry size": struct.pack_into("<Q", f, sym + 56, 0)
if how == "odd entry size": struct.pack_into("<Q", f, sym + 56, 7)
if how == "beyond the end": struct.pack_into("<Q", f, sym + 32, 2**62)
if how == "elsewhere": struct.pack_into("<Q", f, sym + 24, 2**63)
if how == "no sections": struct.pack_into("<HH", f, 60, 0xffff, 0xfffe)
open(sys.argv[3], "wb").write(f)
PY
}
for how in names sizes values "one place" kinds "own strings" "no strings" "no entry size" "odd entry size" "beyond the end" elsewhere "no sections"; do
    lie "$how"
    said=$(printf 'M 1 0 0 0 - %s\nA 1 %s\n.\n' "$T/liar" "$address" | timeout 20 "$csan" symbolize 2>/dev/null)
    is "a symbol table that lies: $how" "0 1" "$? $(grep -c '^;' <<<"$said")"
done
status "no address" 87 "csan: symbolize: which addresses of*" "$csan" symbolize "$T/places"
status "not an address" 87 "csan: symbolize: main is no address*" "$csan" symbolize "$T/places" main
status "no ELF file" 87 "csan: symbolize: /etc/passwd: *" "$csan" symbolize /etc/passwd 1

# ------------------------------------------------------------------ gdb
lib=$(realpath "$O/lib")
if has gdb && gdb -nx -batch -ex 'python import gdb' 2>&1 | grep -q .; then
    echo "  skipped: this gdb has no Python"
elif has gdb; then
    cc -g -O1 "$here/gdb.c" -o "$T/gdb" -Iinclude -L"$lib" -lcsan -Wl,-rpath,"$lib" -pthread || exit 1
    debug() { # COMMAND…: what gdb says of a program (or of it and its core file, in $core) after them
        local words=() word
        for word; do words+=(-ex "$word"); done
        (cd "$here" && LC_ALL=C gdb -nx -batch -ex 'set breakpoint pending on' -ex 'set style enabled off' \
            -ex 'source ../../packaging/csan-gdb.py' "${words[@]}" "$T/gdb" ${core:+"$core"} 2>&1)
    }
    core='' said=$(debug 'break here' run 'echo KEPT\n' 'csan where kept+5' 'echo LARGE\n' 'csan where large+70000' \
        'echo GONE\n' 'csan where gone+3' 'echo NONE\n' 'csan where &kept' 'echo LOCKS\n' 'csan locks' \
        'echo WRONG\n' 'csan where' 'csan where nosuch' 'echo END\n' "gcore $T/core")
    part() { sed -n "/^$1\$/,/^[A-Z]*\$/p" <<<"$said"; }
    like "gdb: a pointer into a live block" "*is byte 5 of a live block of 100 bytes at 0x*, allocated by malloc
  #0  row_new *gdb.c:15
  #1  table_new *gdb.c:20 (inlined into main)*" "$(part KEPT)"
    like "gdb: a large block" "*is byte 70000 of a live block of 1048576 bytes at 0x*
  #0  row_new *gdb.c:15
  #1  main *gdb.c:*" "$(part LARGE)"
    like "gdb: a freed block" "*is byte 3 of a freed block of 72 bytes at 0x*, freed by thread * in
  #0  row_free *gdb.c:*
  it had been allocated in
  #0  row_new *gdb.c:15*" "$(part GONE)"
    like "gdb: no block" "*is in no block that csan knows*" "$(part NONE)"
    locks="LOCKS
thread 1 (LWP *
  holds mutex 0x* first, taken in
    #0  main *gdb.c:*
thread * (LWP *
  waits in pthread_mutex_lock for mutex 0x* first, for * s
    #0  work *gdb.c:*
*    held by thread 1 (LWP *)
  holds mutex 0x* \"the second\", taken in
    #0  work *gdb.c:*"
    like "gdb: locks" "$locks" "$(part LOCKS)"
    like "gdb: no pointer, no symbol" "*csan where PTR: which pointer?*No symbol \"nosuch\"*" "$(part WRONG)"
    # Nothing of the process is touched: it ends as without gdb.
    like "gdb: the process goes on as it would have" "*7 B in 1 block never freed*exited with code 0126*" \
        "$(debug 'break here' run 'csan where kept' 'csan locks' 'set var $kept_then = kept' continue)"
    core=$T/core
    said=$(debug 'echo GONE\n' 'csan where gone+3' 'echo KEPT\n' 'csan where kept+5' 'echo LOCKS\n' 'csan locks' 'echo END\n')
    like "gdb: a core file's blocks" "*100 bytes*#0  row_new *gdb.c:15*" "$(part KEPT)"
    like "gdb: a core file's freed blocks" "*72 bytes*#0  row_free *#0  row_new *" "$(part GONE)"
    like "gdb: a core file's locks" "${locks/, for \* s/}" "$(part LOCKS)"
    core=
    like "gdb: no process" "*csan: no process and no core file*" "$(debug 'csan locks')"
    like "gdb: a process without csan" "*csan: libcsan is not in this process*" "$(LC_ALL=C gdb -nx -batch \
        -ex 'source packaging/csan-gdb.py' -ex 'break main' -ex run -ex 'csan locks' "$T/child" 2>&1)"
    like "gdb: a breakpoint on csan_on_report" "*csan_on_report (report=*)*kind = 0x* \"leak\"*\"7 B in 1 block never freed\"*" \
        "$(debug 'break csan_on_report' run 'bt 1' 'print *report')"
else
    echo "  skipped: gdb is not installed"
fi

# ------------------------------------------------------------------ doctor
status "doctor of a good program" 0 "" "$csan" doctor "$T/places"
like "doctor sees debug information" "*ok  debug info   in the program itself*csan can check it" "$(cat "$T/stdout")"
status "doctor of a stripped one" 0 "" "$csan" doctor "$T/stripped"
like "doctor says how to get names" "*--  debug info   none*compile with -g*--  symbols * none*" "$(cat "$T/stdout")"
status "doctor of a set-uid one" 87 "" "$csan" doctor "$T/suid"
like "doctor says why not" "*no  way in       *is set-uid*csan cannot check it*" "$(cat "$T/stdout")"
status "doctor of a program whose library is missing" 87 "" "$csan" doctor "$T/needs"
like "doctor names the library" "*no  libraries    $T/libgone.so is not found*" "$(cat "$T/stdout")"
status "doctor of a script" 0 "" "$csan" doctor "$T/script"
status "doctor of nothing" 87 "csan: cannot run nosuch: *" "$csan" doctor nosuch
status "doctor without csan's library" 87 "" "$T/alone/bin/csan" doctor "$T/places"
like "doctor without csan's library" "*no  library      there is no libcsan.so.0*" "$(cat "$T/stdout")"
status "doctor and a bad option" 87 "" env CSAN_MAX_LEEK=1 "$csan" doctor "$T/places"
like "doctor and a bad option" "*no  options      CSAN_MAX_LEEK*" "$(cat "$T/stdout")"
printf 'void _ck_assert_failed(void) {} void tcase_name(void) {} int main(void) { return 0; }\n' >"$T/ck.c"
cc "$T/ck.c" -o "$T/ck" && "$csan" doctor "$T/ck" >"$T/stdout"
like "doctor finds Check" "*ok  Check *" "$(cat "$T/stdout")"
is "no colours in a file" 0 "$("$csan" doctor "$T/places" | grep -c "$(printf '\033')")"
is "colours where they are forced" true \
    "$(FORCE_COLOR=1 "$csan" doctor "$T/places" | grep -q "$(printf '\033')" && echo true)"
is "NO_COLOR wins" 0 "$(NO_COLOR=1 FORCE_COLOR=1 "$csan" doctor "$T/places" | grep -c "$(printf '\033')")"

echo "tools: $passed passed, $failed failed"
[ $failed -eq 0 ]

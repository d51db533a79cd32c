#!/usr/bin/env bash
# Installs csan, and uses it as its users do: by pkg-config, by CMake, by the command, by hand.
#   O=obj tests/install/run.sh [WORD]     only the checks whose name holds WORD
# Last line: install: N passed, M failed. What this machine has no tool for is skipped, and said so.
set -u
cd "$(dirname "$0")/../.." || exit 1
here=tests/install
O=${O:-obj}
O=$(mkdir -p "$O" && realpath "$O") || exit 1
only=${1:-}
unset CSAN_OPTIONS CSAN_PATH LD_PRELOAD LD_LIBRARY_PATH PKG_CONFIG_PATH NO_COLOR FORCE_COLOR CK_FORK
unset DEBUGINFOD_URLS MAKEFLAGS MFLAGS MAKELEVEL PREFIX LIBDIR BINDIR INCLUDEDIR DATADIR MANDIR DESTDIR
export LC_ALL=C
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT
passed=0 failed=0

# ---------------------------------------------------------------- assertions

ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$1"
    shift
    printf '%s\n' "$@" | head -n 20 | sed 's/^/     /'
}
skip() { printf '  skipped: %s\n' "$1"; }
wanted() { [[ $1 == *"$only"* ]]; }
has() { command -v "$1" >/dev/null 2>&1; }

is() { # NAME EXPECTED ACTUAL
    wanted "$1" || return 0
    if [[ $2 == "$3" ]]; then ok; else bad "$1" "expected: $2" "actual:   $3"; fi
}

like() { # NAME GLOB ACTUAL
    wanted "$1" || return 0
    # shellcheck disable=SC2053 # a glob
    if [[ $3 == $2 ]]; then ok; else bad "$1" "expected: $2" "actual:   $3"; fi
}

good() { # NAME COMMAND…: succeeds and says nothing
    local name=$1 said status
    shift
    said=$("$@" 2>&1)
    status=$?
    wanted "$name" || return 0
    if [[ $status == 0 && -z $said ]]; then ok; else bad "$name" "status $status" "$said"; fi
}

ends() { # NAME STATUS COMMAND…: with this status → $said, what it wrote
    local name=$1 expected=$2 status
    shift 2
    said=$("$@" 2>&1 </dev/null)
    status=$?
    wanted "$name" || return 0
    if [[ $status == "$expected" ]]; then ok; else bad "$name" "status $status, not $expected" "$said"; fi
}

# ---------------------------------------------------------------- installing

places() { # a PREFIX's share of the command line
    printf '%s\n' "O=$O" "PREFIX=$1" "LDCONFIG=$T/ldconfig"
}

put() { # install|uninstall PREFIX [VARIABLE=VALUE…]
    local what=$1 prefix=$2
    shift 2
    readarray -t words < <(places "$prefix")
    make -s "${words[@]}" "$@" "$what" 2>&1
}

tree() { # a folder: what is in it, with modes and where links point to
    (cd "$1" && find . ! -type d -printf '%P %m %l\n' | LC_ALL=C sort)
}

cat >"$T/ldconfig" <<'END'
#!/bin/sh
echo "$# arguments" >>"${0%/*}/ldconfig.calls"
END
chmod +x "$T/ldconfig"
calls() { if [[ -e $T/ldconfig.calls ]]; then wc -l <"$T/ldconfig.calls"; else echo 0; fi; }

P=$T/an.odd+place_of-its~own
make -s O="$O" all man completions >"$T/build" 2>&1 || { cat "$T/build"; exit 1; }

good "install into a staging folder" put install /usr/local DESTDIR="$T/stage"
is "ldconfig is not run for a staging folder" 0 "$(calls)"
good "install into a prefix" put install "$P"
if [[ $(id -u) == 0 ]]; then
    is "ldconfig is run by root, once" 1 "$(calls)"
else
    is "ldconfig is not run by a user" 0 "$(calls)"
fi

version=$(sed -n 's/^VERSION := //p' Makefile)
expected="bin/csan 755
include/csan.h 644
lib/cmake/csan/csanConfig.cmake 644
lib/cmake/csan/csanConfigVersion.cmake 644
lib/csan_start.o 644
lib/libcsan.a 644
lib/libcsan.so 644
lib/libcsan.so.0 777 libcsan.so.$version
lib/libcsan.so.$version 755
lib/libcsan_check.a 644
lib/libcsan_static.a 644
lib/pkgconfig/csan-check.pc 644
lib/pkgconfig/csan.pc 644
share/bash-completion/completions/csan 644
share/csan/csan-gdb.py 644
share/fish/vendor_completions.d/csan.fish 644
share/man/man1/csan.1 644
share/man/man3/csan.3 644
share/man/man5/csan-suppressions.5 644
share/man/man7/csan.7 644
share/zsh/site-functions/_csan 644"
later='^include/(csan_share\.h|csan/)|^share/man/man3/csan_'
auto_load=share/gdb/auto-load
is "what is installed" "$expected" "$(tree "$P" | sed 's/ *$//' | grep -Ev "$later|^$auto_load")"
is "what gdb loads by itself" "$auto_load$P/lib/libcsan.so.$version-gdb.py 777 $P/share/csan/csan-gdb.py" \
    "$(tree "$P" | grep "^$auto_load")"
is "a staging folder holds the same" "$(tree "$P" | sed "s|$P|/usr/local|g")" "$(tree "$T/stage/usr/local")"
is "nothing is put beside the prefix" "usr usr/local" \
    "$(cd "$T/stage" && echo * */*)"

tree "$P" >"$T/before"
good "install twice" put install "$P"
is "a second install changes nothing" "$(<"$T/before")" "$(tree "$P")"
good "uninstall from a staging folder" put uninstall /usr/local DESTDIR="$T/stage"
is "uninstall leaves nothing" "" "$(tree "$T/stage")"
is "uninstall leaves no folder of csan's own" "" "$(find "$T/stage" -mindepth 1 -name '*csan*')"
mkdir -p "$T/stage/usr/local/lib/cmake/csan"
: >"$T/stage/usr/local/lib/libfoo.so" && : >"$T/stage/usr/local/lib/cmake/csan/mine"
put install /usr/local DESTDIR="$T/stage" && put uninstall /usr/local DESTDIR="$T/stage"
is "uninstall leaves what is not csan's" "usr/local/lib/cmake/csan/mine usr/local/lib/libfoo.so" \
    "$(tree "$T/stage" | cut -d' ' -f1 | xargs)"
good "uninstall of what is not there" put uninstall /usr/local DESTDIR="$T/stage"

ends "a relative prefix is refused" 2 put install relative DESTDIR="$T/none"
like "a relative prefix is refused in a sentence" "*csan: cannot install to \"relative\"*absolute*" "$said"
ends "a prefix with a blank is refused" 2 put install "/opt/a b" DESTDIR="$T/none"
like "a prefix with a blank is refused in a sentence" "*csan: cannot install to \"/opt/a b\"*blank*" "$said"
is "a refused install puts nothing" "" "$(ls "$T/none" 2>/dev/null)"
good "a staging folder may have a blank" put install /usr DESTDIR="$T/a b"
is "a staging folder with a blank holds the same" "$(tree "$P" | sed "s|$P|/usr|g")" "$(tree "$T/a b/usr")"

if has ldconfig; then
    cp -a "$P/lib" "$T/a-lib"
    good "ldconfig has no complaint about the folder" ldconfig -n "$T/a-lib"
fi

# ---------------------------------------------------------------- pkg-config

export PKG_CONFIG_PATH=$P/lib/pkgconfig
flags=$(pkg-config --cflags --libs csan)
libs=$(pkg-config --libs csan)
is "pkg-config --modversion" "$version" "$(pkg-config --modversion csan)"
like "pkg-config --cflags --libs" "-I$P/include *-L$P/lib *-Wl,-rpath,$P/lib *-lcsan*" "$flags"
is "pkg-config --variable=bindir" "$P/bin" "$(pkg-config --variable=bindir csan)"
good "pkg-config --validate csan" pkg-config --validate csan
good "pkg-config --validate csan-check" pkg-config --validate csan-check

# ---------------------------------------------------------------- linked

leaks() { # NAME PROGRAM…: it ends with 86 and says where
    ends "$1" 86 env -i "${@:2}"
    like "$1: the report names the line" "*leak.c*:${line}:*csan\\[leak\\]: 101 B in 1 block never freed*" "$said"
}

line=$(grep -n 'malloc(101)' $here/leak.c | cut -d: -f1)

build() { # COMMAND…: → $T/prog; false and nothing said, where the linker cannot do it
    rm -f "$T/prog"
    "$@" -o "$T/prog" >"$T/said" 2>&1
}

# The way of the README: one command, and 86 at run, without PATH, from any folder.
# shellcheck disable=SC2086 # words
build cc -g $here/leak.c $flags || bad "cc \$(pkg-config csan)" "$(<"$T/said")"
leaks "cc \$(pkg-config csan)" "$T/prog"
leaks "cc \$(pkg-config csan), in another folder" -C / "$T/prog"
# shellcheck disable=SC2086
build cc $here/clean.c $flags
good "a clean program is silent" "$T/prog"
# Without pkg-config: by the installation's own folders.
build cc -g $here/leak.c "-I$P/include" "-L$P/lib" -lcsan
leaks "plain -lcsan" LD_LIBRARY_PATH="$P/lib" "$T/prog"

# Every linker, every way to link, both places of -lcsan. A way that this linker does not know even
# without csan (the twin is linked first) is left out.
ways=(
    ""
    "-Wl,--as-needed"
    "-Wl,--gc-sections -ffunction-sections -fdata-sections"
    "-Wl,--as-needed -Wl,--gc-sections -Wl,-O1"
    "-flto -O2 -Wl,--as-needed -Wl,--gc-sections"
    "-pie -fPIE -Wl,--as-needed"
    "-no-pie -fno-pie -Wl,--as-needed"
    "-Wl,-z,now -Wl,-z,relro -Wl,--as-needed -s"
)
static_ways=(
    "-static"
    "-static -no-pie -fno-pie -Wl,--gc-sections -Wl,--as-needed"
    "-static -flto -O2"
    "-static-pie -fPIE"
)
linkers=()
for linker in bfd gold lld mold; do
    if has "ld.$linker"; then linkers+=("$linker"); else skip "ld.$linker is not installed"; fi
done

link_ways() { # COMPILER LINKER SOURCE LIBS WAY: both places of the library
    local compiler=$1 linker=$2 source=$3 what=$4 way=$5
    local name="$compiler, $linker${way:+, $way}"
    wanted "$name" || return 0
    # shellcheck disable=SC2086
    build "$compiler" -fuse-ld=$linker -g $way "$here/clean.c" || { skip "$name: it cannot do that"; return; }
    # shellcheck disable=SC2086
    if build "$compiler" -fuse-ld=$linker -g $way "$source" $what; then
        ends "$name, -lcsan last" 86 "$T/prog"
    else
        bad "$name, -lcsan last" "$(<"$T/said")"
    fi
    # shellcheck disable=SC2086
    if build "$compiler" -fuse-ld=$linker -g $what $way "$source"; then
        ends "$name, -lcsan first" 86 "$T/prog"
    else
        bad "$name, -lcsan first" "$(<"$T/said")"
    fi
}

for linker in "${linkers[@]}"; do
    for way in "${ways[@]}"; do link_ways gcc "$linker" $here/leak.c "$libs" "$way"; done
done
# A C++ program may call nothing of csan's by itself, but through its own library alone.
for compiler in g++ clang clang++; do
    has "$compiler" || { skip "$compiler is not installed"; continue; }
    case $compiler in *++) source=$here/leak.cc ;; *) source=$here/leak.c ;; esac
    for linker in "${linkers[@]}"; do
        link_ways "$compiler" "$linker" "$source" "$libs" "-O2 -Wl,--as-needed -Wl,--gc-sections"
    done
    link_ways "$compiler" bfd "$source" "$libs" "-O0 -Wl,--as-needed -no-pie"
    if [[ $compiler == clang* && " ${linkers[*]} " == *" lld "* ]]; then
        link_ways "$compiler" lld "$source" "$libs" "-flto -O2 -Wl,--as-needed"
    fi
done

# Linked into a shared library alone, libcsan comes behind libc: that is said, and no verdict given.
# shellcheck disable=SC2086
cc -shared -fPIC $here/leak.c -Dmain=unused -o "$T/libuser.so" $libs
build cc $here/clean.c -Wl,--no-as-needed "-L$T" "-Wl,-rpath,$T" -luser
ends "linked into a shared library alone" 87 "$T/prog"
like "linked into a shared library alone, a sentence" "csan: *link -lcsan first*" "$said"

# ---------------------------------------------------------------- static

# mold reads no symbol assignments in linker scripts, and libcsan.a is made of them: it has to say
# so, and never to make a program that nobody watches.
static_libs=$(pkg-config --static --libs csan)
for linker in "${linkers[@]}"; do
    for way in "${static_ways[@]}"; do
        if [[ $linker == mold ]]; then
            # shellcheck disable=SC2086
            build gcc -fuse-ld=mold $way $here/leak.c $static_libs
            is "gcc, mold, $way: refused" "1 yes" "$? $(grep -q libcsan.a "$T/said" && echo yes)"
            continue
        fi
        case $way in
        # glibc cannot start a static PIE that has an rpath: without csan neither.
        -static-pie*) link_ways gcc "$linker" $here/leak.c "-L$P/lib -lcsan" "$way" ;;
        *) link_ways gcc "$linker" $here/leak.c "$static_libs" "$way" ;;
        esac
    done
done
if has g++; then link_ways g++ bfd $here/leak.cc "$static_libs" "-static"; fi
if has clang; then link_ways clang bfd $here/leak.c "$static_libs" "-static"; fi
# shellcheck disable=SC2086
if build cc -g -static $here/leak.c $static_libs; then
    leaks "a static program's report" "PATH=$P/bin" "$T/prog"
    like "a static program is static" "*statically linked*" "$(file -b "$T/prog" 2>/dev/null || echo statically linked)"
    # shellcheck disable=SC2086
    build cc -static $here/clean.c $static_libs
    good "a clean static program is silent" "$T/prog"
fi

# ---------------------------------------------------------------- the command

csan=$P/bin/csan
build cc -g $here/leak.c
good "the program alone" "$T/prog"
leaks "an unlinked program under csan" "$csan" "$T/prog"
build cc $here/clean.c
good "a clean program under csan" "$csan" "$T/prog"
is "csan version" "csan $version" "$("$csan" --version)"
ends "csan doctor" 0 "$csan" doctor "$T/prog"
like "csan doctor: the library is the installed one" "*ok  library *$P/lib/libcsan.so*" "$said"
like "csan doctor: the helper is the installed one" "*ok  helper *$P/*bin/csan*" "$said"
ln -s "$csan" "$T/link-to-csan"
build cc -g $here/leak.c
leaks "csan through a symbolic link" "$T/link-to-csan" "$T/prog"

# Other libdirs that distributions have.
for libdir in lib64 lib/x86_64-linux-gnu; do
    other=$T/other-${libdir##*/}
    good "install with LIBDIR=$libdir" put install "$other" LIBDIR="$other/$libdir"
    is "LIBDIR=$libdir: nothing in lib alone" "" "$(find "$other/lib" -maxdepth 1 -type f 2>/dev/null)"
    leaks "LIBDIR=$libdir: the command finds the library, and that the command" "$other/bin/csan" "$T/prog"
    # shellcheck disable=SC2046
    build cc -g $here/leak.c $(PKG_CONFIG_PATH=$other/$libdir/pkgconfig pkg-config --libs csan)
    leaks "LIBDIR=$libdir: linked" "$T/prog"
    build cc -g $here/leak.c
    good "uninstall with LIBDIR=$libdir" put uninstall "$other" LIBDIR="$other/$libdir"
    is "LIBDIR=$libdir: uninstall leaves nothing" "" "$(tree "$other")"
done

# ---------------------------------------------------------------- Check

if pkg-config --exists check; then
    check_line=$(grep -n 'malloc(202)' $here/suite.c | cut -d: -f1)
    for linker in "${linkers[@]}"; do
        # shellcheck disable=SC2046
        build cc -fuse-ld="$linker" -g -Wl,--as-needed $here/suite.c \
            $(pkg-config --cflags --libs csan-check) || { bad "csan-check, $linker" "$(<"$T/said")"; continue; }
        for fork in yes no; do
            ends "csan-check, $linker, CK_FORK=$fork" 1 env CK_FORK=$fork "$T/prog"
            like "csan-check, $linker, CK_FORK=$fork: the test that leaks" \
                "*50%: Checks: 2, Failures: 1, Errors: 0*suite.c:$check_line:F:heap:leaks:0: csan\\[leak\\]: 202 B in 1 block*" "$said"
        done
    done
    # shellcheck disable=SC2046
    build cc -g $here/suite.c $(pkg-config --libs csan check)
    ends "csan alone, CK_FORK=yes" 1 "$T/prog"
    like "csan alone, CK_FORK=yes: the test that leaks" "*suite.c:$check_line:F:heap:leaks:0: csan\\[leak\\]*" "$said"
else
    skip "Check is not installed"
fi

# ---------------------------------------------------------------- csan.h

# Nothing is left of an annotation: the same instructions as of a source that has none.
instructions() { # COMMAND…: the compiler's, without -c
    "$@" -c -o "$T/code.o" && objdump -dr --no-show-raw-insn "$T/code.o" | sed 1,3d
}
for compiler in gcc clang g++ clang++; do
    has "$compiler" || continue
    case $compiler in *++) source=$here/annotated.cc ;; *) source=$here/annotated.c ;; esac
    for level in -O1 -O2 -O3 -Os; do
        is "$compiler $level -DCSAN_DISABLE: the code of a source without annotations" \
            "$(instructions "$compiler" $level -DPLAIN "$source")" \
            "$(instructions "$compiler" $level "-I$P/include" -DCSAN_DISABLE "$source")"
    done
    for disabled in "" -DCSAN_DISABLE; do
        # shellcheck disable=SC2086 # a word, or none
        good "$compiler $disabled: csan.h has no warnings" "$compiler" -Wall -Wextra -Wpedantic \
            -Wshadow -Wconversion -Werror -O2 $disabled "-I$P/include" -c "$source" -o "$T/code.o"
    done
    for way in -pie -no-pie -static; do
        build "$compiler" "-I$P/include" $way "$source" || bad "annotated, $compiler $way" "$(<"$T/said")"
        good "$compiler $way: annotated code runs without the library" "$T/prog"
    done
    # shellcheck disable=SC2086
    build "$compiler" -g $flags "$source" || bad "annotated, $compiler, csan" "$(<"$T/said")"
    ends "$compiler: annotated code is heard by the library" 86 "$T/prog"
    like "$compiler: annotated code is heard by the library, each call" "*csan: FAIL: 1 finding (1 leak) in prog" "$said"
done
for compiler in gcc clang g++ clang++; do
    has "$compiler" || continue
    case $compiler in *++) source=$here/shared.cc ;; *) source=$here/shared.c ;; esac
    for level in -O1 -O2 -O3 -Os; do
        is "$compiler $level -DCSAN_DISABLE: csan_share.h leaves the code of a source without it" \
            "$(instructions "$compiler" $level -DPLAIN "$source")" \
            "$(instructions "$compiler" $level "-I$P/include" -DCSAN_DISABLE "$source")"
    done
    for disabled in "" -DCSAN_DISABLE; do
        # shellcheck disable=SC2086 # a word, or none
        good "$compiler $disabled: csan_share.h has no warnings" "$compiler" -Wall -Wextra -Wpedantic \
            -Wshadow -Wconversion -Werror -O2 $disabled "-I$P/include" -c "$source" -o "$T/code.o"
    done
    # At -O0 an inline function stays a function, and calls nothing.
    is "$compiler -O0 -DCSAN_DISABLE: csan_share.h calls nothing of csan's" "" \
        "$("$compiler" -O0 "-I$P/include" -DCSAN_DISABLE -c "$source" -o "$T/code.o" && nm -u "$T/code.o" | grep csan)"
    for way in "-O0 -pie" "-O2 -no-pie" "-O2 -static"; do
        # shellcheck disable=SC2086 # words
        build "$compiler" "-I$P/include" $way "$source" || bad "shared, $compiler $way" "$(<"$T/said")"
        good "$compiler $way: shared code runs without the library" "$T/prog"
    done
    echo 'int shared(void); int main(void) { return shared(); }' >"$T/caller.${source##*.}"
    "$compiler" -fPIC -shared "-I$P/include" -Dmain=shared "$source" -o "$T/libshared.so"
    build "$compiler" "$T/caller.${source##*.}" "$T/libshared.so" "-Wl,-rpath,$T" ||
        bad "shared, $compiler, a library" "$(<"$T/said")"
    good "$compiler: a shared library with shared code runs without the library" "$T/prog"
    # shellcheck disable=SC2086
    build "$compiler" -g $flags "$source" || bad "shared, $compiler, csan" "$(<"$T/said")"
    ends "$compiler: shared code is heard by the library" 86 "$T/prog"
    like "$compiler: shared code is heard by the library, each call" "*csan: FAIL: 2 findings (2 pool) in prog" "$said"
done
build cc "-I$P/include" -g $here/annotated.c
ends "annotated code is heard under csan" 86 "$csan" "$T/prog"
for disabled in "" -DCSAN_DISABLE; do
    # shellcheck disable=SC2086
    build cc "-I$P/include" -DEVALUATED $disabled $here/annotated.c
    ends "arguments are evaluated once ${disabled:-without the library}" 11 "$T/prog"
done

# ---------------------------------------------------------------- what the library shows and needs

hooks=$(sed -n 's/^[A-Z][A-Z]*([^,]*, \([a-zA-Z0-9_]*\),.*/\1/p' runtime/hook/hooks.inc | sort)
shown=$(nm -D --defined-only "$P/lib/libcsan.so.0" | awk '{print $NF}' | sort)
is "exported: the hooks and csan_*" "$hooks" "$(grep -v '^csan_[a-z]\|@\|^GLIBCXX\|^CXXABI' <<<"$shown")"
is "exported: operators new and delete, where libstdc++ is linked too" 20 "$(grep -c '^_Z[nd][wal][a-zA-Z0-9_]*@[GC]' <<<"$shown")"
while read -r function; do
    is "exported: $function" "$function" "$(grep -x "$function" <<<"$shown")"
    is "csan.3 has $function" yes "$(grep -q "\b$function\b" docs/man/csan.3 && echo yes)"
    is "man $function is csan.3" csan.3 "$(readlink "$P/share/man/man3/$function.3")"
done < <(sed -n 's/^\(CSAN_UNREAD \)*static inline .*[ *]\(csan_[a-z][a-z_]*\)(.*/\2/p' include/csan*.h | sort -u)
is "the library needs libc alone" "[libc.so.6]" \
    "$(readelf -d "$P/lib/libcsan.so.0" | awk '/NEEDED/ && $NF !~ /^\[ld-linux/ {print $NF}' | xargs)"
is "the library's name" "[libcsan.so.0]" "$(readelf -d "$P/lib/libcsan.so.0" | awk '/SONAME/ {print $NF}')"
is "the library has no path of the build" "" "$(readelf -d "$P/lib/libcsan.so.0" | grep -E 'RPATH|RUNPATH|TEXTREL')"

# ---------------------------------------------------------------- CMake

if has cmake; then
    unset PKG_CONFIG_PATH # only Check is to be found that way
    cmake_build() { # FOLDER PREFIX [ARGUMENT…]
        cmake -S $here/cmake -B "$1" -DCMAKE_PREFIX_PATH="$2" "${@:3}" >"$T/said" 2>&1 &&
            cmake --build "$1" >>"$T/said" 2>&1
    }
    cmake_says() { # the end of what it said, when it failed
        cmake_build "$@" || { tail -n 20 "$T/said"; return 1; }
    }
    good "CMake: build" cmake_says "$T/cmake" "$P"
    leaks "CMake: csan::csan" "$T/cmake/leak"
    leaks "CMake: csan::csan, C++" "$T/cmake/leak_cc"
    leaks "CMake: csan::csan behind a library" "$T/cmake/leak_behind"
    leaks "CMake: csan::csan, -static" "PATH=$P/bin" "$T/cmake/leak_static"
    if pkg-config --exists check; then
        ends "CMake: csan::check, CK_FORK=no" 1 env CK_FORK=no "$T/cmake/suite"
        like "CMake: csan::check, CK_FORK=no: the test that leaks" "*suite.c:$check_line:F:heap:leaks:0:*" "$said"
    fi
    # The tree may be moved; the version is looked at.
    cp -a "$P" "$T/moved"
    good "CMake: build with a moved tree" cmake_says "$T/cmake-moved" "$T/moved"
    leaks "CMake: a moved tree" "$T/cmake-moved/leak"
    like "CMake: a moved tree's own library" "*$T/moved/lib/libcsan.so.0*" "$(ldd "$T/cmake-moved/leak")"
    cmake_build "$T/cmake-old" "$P" -DWANTED="${version%.*}"
    is "CMake: an older version is answered" 0 $?
    cmake_build "$T/cmake-new" "$P" -DWANTED="${version%%.*}.999"
    is "CMake: a newer version is not" 1 $?
    like "CMake: a newer version is not, and why" "*version: $version*" "$(tr -s ' \n' ' ' <"$T/said")"
    cmake_build "$T/cmake-odd" "$P" -DPART=nonsense
    is "CMake: an unknown component is refused" 1 $?
    like "CMake: an unknown component is refused in a sentence" "*csan has no component nonsense*" "$(tr -s ' \n' ' ' <"$T/said")"
else
    skip "CMake is not installed"
fi

# ---------------------------------------------------------------- manual pages

rows() { # of the option table: name and preset
    {
        for type in SIZE DURATION NUMBER SWITCH CHOICE CHOICES STRING; do
            case $type in
            SIZE | DURATION) echo "#define OPTION_$type(name, preset, words, ...) @row name preset" ;;
            NUMBER) echo "#define OPTION_$type(name, preset, words, lo, hi, ...) @row name preset" ;;
            SWITCH) echo "#define OPTION_$type(name, preset, ...) @row name preset" ;;
            *) echo "#define OPTION_$type(name, preset, what, ...) @row name preset" ;;
            esac
        done
        echo '#include "base/options.inc"'
    } | cc -E -P -Iruntime -x c - | sed -n 's/^ *@row //p' | tr -d '"'
}
page() { # PAGE: as plain text
    MANWIDTH=4000 man -l "$P/share/man/man${1##*.}/$1" 2>/dev/null | col -bx
}
warnings() { { man --warnings -l "$1" >/dev/null; } 2>&1; }
if has man && has col; then
    page7=$(page csan.7 | sed -n '/^OPTIONS/,/^EXIT STATUS/p') page1=$(page csan.1) # kinds have options' names
    is "the option table was read" yes "$([[ $(rows | wc -l) -ge 9 ]] && echo yes)"
    while read -r name preset; do
        argument=--${name//_/-}=VALUE
        default=${preset:+; default $preset}
        is "csan.7 has $name" 1 "$(grep -cE "^ +$name( +|$)" <<<"$page7")"
        is "csan.1 has $argument" 1 "$(grep -cE "^ +$argument( +|$)" <<<"$page1")"
        is "csan.7 has the default of $name" yes \
            "$(grep -A1 -E "^ +$name( +|$)" <<<"$page7" | grep -qE "\([^()]*$default\)" && echo yes)"
    done < <(rows)
    for page in "$P"/share/man/man*/csan*.[1-8]; do
        good "man --warnings ${page##*/}" warnings "$page"
    done
    is "man finds the command's page" yes "$(MANPATH=$P/share/man man -w csan 2>/dev/null | grep -q "csan\.1" && echo yes)"
    is "man finds a function's page" yes "$(MANPATH=$P/share/man man -w 3 csan_mark 2>/dev/null | grep -q "csan.*\.3" && echo yes)"
else
    skip "man is not installed"
fi
if has mandoc; then
    for page in docs/man/*.[1-8]; do good "mandoc ${page##*/}" mandoc -Tlint -W warning "$page"; done
fi
is "no page has a place left to fill" "" "$(grep -rlE '@[A-Z]+@' "$P/share/man" "$P/lib/pkgconfig" "$P/lib/cmake")"

# ---------------------------------------------------------------- shells

verbs=$("$P/bin/csan" help | awk '/^  csan / { print $2 == "[run]" ? "run" : $2 }')
for verb in $verbs; do
    ends "csan $verb --help" 0 "$P/bin/csan" "$verb" --help
    like "csan $verb --help tells its use" "usage: csan *$verb*" "$said"
    is "csan.1 has the verb $verb" yes "$(grep -qE "^ +$verb( [a-z]+)?($| +[A-Z])" <<<"${page1:-}" && echo yes)"
done
options=$(rows | sed 's/ .*//; s/_/-/g; s/^/--/' | sort | paste -sd' ')

bash_completes() { # WORD…: what bash offers for the last one, sorted
    # shellcheck disable=SC2016 # for the other shell
    env -i PATH="$PATH" bash --norc -c 'source "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _csan; printf "%s\n" "${COMPREPLY[@]}"' - \
        "$P/share/bash-completion/completions/csan" csan "$@" | sort | paste -sd' '
}
is "bash: options are those of the table" "$(tr ' ' '\n' <<<"--help --version $options" | sort | paste -sd' ')" \
    "$(bash_completes -- | tr -d '=' | tr ' ' '\n' | sort | paste -sd' ')"
for verb in $verbs; do
    is "bash: the verb $verb" yes "$([[ " $(bash_completes "$verb") " == *" $verb "* ]] && echo yes)"
done
is "bash: a choice" "cheap" "$(bash_completes --share = ch)"
is "bash: a switch" "off on" "$(bash_completes --deadlock = "")"
is "bash: a format of csan report" "sarif summary" "$(bash_completes report --format s)"
is "bash: a kind" "lock-misuse lock-order" "$(bash_completes explain lock)"
is "bash: a file of csan ci" "$P/lib/libcsan.so" "$(bash_completes ci --junit "$P/lib/libcsan.s" | sed 's/ .*//')"
is "bash: a folder" "$P/lib" "$(bash_completes --out = "$P/li")"
is "bash: a program" "$P/bin/csan" "$(bash_completes --max-leak = 4 "$P/bin/cs")"
is "bash: the program's own arguments" "$P/include/csan.h" "$(bash_completes --max-leak=4 "$P/bin/csan" "$P/include/csan.")"

if has gdb; then
    cc -g $here/clean.c -o "$T/clean" -L"$P/lib" -lcsan -Wl,-rpath,"$P/lib" &&
        like "gdb loads csan's commands by itself" "*no thread holds a lock or waits for one*" \
            "$(gdb -nx -batch -ex "add-auto-load-scripts-directory $P/share/gdb/auto-load" \
                -ex "add-auto-load-safe-path $P" -ex 'break main' -ex run -ex 'csan locks' "$T/clean" 2>&1)"
fi
if has fish; then
    fish_completes() {
        HOME=$T fish --no-config -c "source '$P/share/fish/vendor_completions.d/csan.fish'; complete -C 'csan $1'" |
            cut -f1 | sort | paste -sd' '
    }
    is "fish: options are those of the table" "$options" "$(fish_completes -- | tr ' ' '\n' | grep -v -e '--help' | paste -sd' ')"
    is "fish: a verb" "diff doctor" "$(fish_completes d | tr ' ' '\n' | grep -x 'diff\|doctor' | paste -sd' ')"
    is "fish: a choice" "--share=cheap" "$(fish_completes --share=ch)"
    is "fish: a format of csan report" "sarif summary" "$(fish_completes 'report --format s')"
    is "fish: a kind" "lock-misuse lock-order" "$(fish_completes 'explain lock')"
else
    skip "fish is not installed"
fi
if has zsh; then
    cat >"$T/zsh.zsh" <<'END'
zmodload zsh/zpty
zpty shell zsh -f -i
ask() { zpty -w shell "$1"; zpty -r shell answer "*$2*"; }
ask "PS1=; fpath=($1/share/zsh/site-functions \$fpath); autoload -U compinit; compinit -u -D; print re''ady" ready
ask "zstyle ':completion:*' verbose no; unsetopt list_beep; print re''ady" ready
shift
for word; do
    zpty -w -n shell "csan $word"$'\t'
    zpty -w -n shell $'\x01print -r -- "[" \x05"]"\n'
    zpty -r shell answer "*\[ csan*\]*"
    print -r -- "$answer"
done
zpty -d shell
END
    said=$(HOME=$T TERM=dumb timeout 60 zsh -f "$T/zsh.zsh" "$P" docto --share=pre 'report --format juni' 'explain mutat' 'ci --juni' 2>&1 | tr -d '\r')
    for completed in "csan doctor" "csan --share=precise" "csan report --format junit" "csan explain mutation" "csan ci --junit"; do
        like "zsh: $completed" "*\[ $completed\]*" "$said"
    done
else
    skip "zsh is not installed"
fi

good "uninstall" put uninstall "$P"
is "uninstall from the prefix leaves nothing" "" "$(tree "$P")"

echo "install: $passed passed, $failed failed"
((failed == 0 && passed > 0))

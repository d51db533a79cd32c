#!/bin/sh
# Builds small Check suites and asserts what csan makes Check say, line by line.
#
#   run.sh OBJ     OBJ: the build tree, with libcsan, the command and libcsan_check.a in it
#
# suite_both.c runs in all the ways there are (linked, under csan; forked, not forked): the lines
# are the same in all of them. suite_fork.c holds what needs a process of its own.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
obj=$(cd "$1" && pwd)
src=tests/check
out=$obj/check
cc=${CC:-cc}
passed=0
failed=0
mkdir -p "$out"

check_flags=$(pkg-config --cflags check 2>/dev/null)
check_libs=$(pkg-config --libs check 2>/dev/null || echo -lcheck -lsubunit -lm -lrt)
csan_libs="-L$obj/lib -lcsan -Wl,-rpath,$obj/lib"
nofork_libs="-L$obj/lib -lcsan_check -Wl,--wrap=tcase_create -Wl,--wrap=_ck_assert_failed"

# --- assertions

ok() { # NAME RESULT
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "check: FAILED: $1"
    fi
}

says() { # NAME FILE LINE: FILE has exactly this line
    grep -qxF -- "$3" "$2"
    result=$?
    ok "$1: no line \`$3\`" $result
    [ $result -eq 0 ] || sed 's/^/    | /' "$2" | head -n "${SHOW:-12}"
}

says_not() { # NAME FILE REGEX
    ! grep -qE -- "$3" "$2"
    ok "$1: a line like \`$3\`" $?
}

is() { # NAME VALUE EXPECTED
    [ "$2" = "$3" ]
    ok "$1: \`$2\`, not \`$3\`" $?
}

line() { # FILE TEXT: the number of the first line that holds TEXT
    grep -nF -- "$2" "$src/$1" | head -n 1 | cut -d: -f1
}

build() { # NAME SOURCES FLAGS...
    name=$1 sources=$2
    shift 2
    # shellcheck disable=SC2086 # lists of words
    $cc -g -O0 -pthread -D_GNU_SOURCE $check_flags -o "$out/$name" $sources "$@" ||
        ok "$name: build" 1
}

run() { # NAME COMMAND...: → $out/NAME.out, .err, $status
    name=$1
    shift
    env "$@" >"$out/$name.out" 2>"$out/$name.err" </dev/null
    status=$?
}

at_101=$(line leaky.c 'malloc(101)')
at_202=$(line leaky.c 'malloc(202)')
at_303=$(line leaky.c 'malloc(303)')
at_505=$(line suite_both.c 'malloc(505)')
at_707=$(line suite_both.c 'malloc(707)')

leak() { # LINE TCASE TEST ROUND BYTES: Check's line for one lost block of leaky.c
    echo "$src/leaky.c:$1:F:$2:$3:$4: csan[leak]: $5 B in 1 block never freed > max_leak=0"
}

pass() { # SOURCE TCASE TEST ROUND: Check's line for a test that passed
    echo "$src/$1:$(line "$1" "START_TEST($3)"):P:$2:$3:$4: Passed"
}

# --- the same verdicts, however the tests are run

same_verdicts() { # NAME
    o=$out/$1.out
    is "$1: status" "$status" 1
    says "$1" "$o" '52%: Checks: 17, Failures: 8, Errors: 0'
    says "$1" "$o" "$(pass suite_both.c plain clean 0)"
    says "$1" "$o" "$(leak "$at_101" plain leaks_in_its_code 0 101)"
    says "$1" "$o" "$(leak "$at_202" plain leaks_twice 0 202)"
    says "$1" "$o" '# csan[leak]: 101 B in 1 block never freed > max_leak=0'
    says "$1" "$o" "$src/suite_both.c:$at_505:F:plain:leaks_in_its_own_lines:0: csan[leak]: 505 B in 1 block never freed > max_leak=0"
    says "$1" "$o" "$(leak "$at_303" plain leaks_in_a_thread 0 303)"
    says "$1" "$o" "$(pass suite_both.c plain leaves_memory_in_a_global 0)"
    says "$1" "$o" "$(pass suite_both.c plain overwrites_what_an_earlier_test_left 0)"
    says "$1" "$o" "$src/suite_both.c:$(line suite_both.c 'ck_assert_int_eq(1, 2)'):F:plain:fails_by_itself:0: Assertion '1 == 2' failed: 1 == 1, 2 == 2"
    says "$1" "$o" "$(pass suite_both.c plain leaks_in_the_second_round 1)"
    says "$1" "$o" "$(leak "$at_101" plain leaks_in_the_second_round 2 101)"
    says "$1" "$o" "$(pass suite_both.c plain leaks_in_the_second_round 3)"
    says "$1" "$o" "$(pass suite_both.c released uses_what_setup_made 0)"
    says "$1" "$o" "$src/suite_both.c:$at_707:F:lost:uses_what_setup_made:0: csan[leak]: 707 B in 1 block never freed > max_leak=0"
    says "$1" "$o" "$(pass suite_both.c unchecked clean 0)"
    is "$1: lines of the message begin with # " \
        "$(grep -vcE '^(#|Running|[0-9]+%| *second|tests/check/.*:[PFS]:)' "$o")" 0
}

same_as() { # NAME OTHER: what Check wrote is the same, line for line
    diff -u "$out/$2.out" "$out/$1.out"
    ok "$1: says other things than $2" $?
}

for level in -O0 -O2; do
    objects=
    for part in suite_both leaky suite_fork; do
        # shellcheck disable=SC2086
        $cc -g $level -pthread -D_GNU_SOURCE $check_flags -c $src/$part.c -o "$out/$part$level.o" ||
            exit 1
    done
done

both="$out/suite_both-O0.o $out/leaky-O0.o"
forks="$out/suite_fork-O0.o $out/leaky-O0.o"

# --- not linked, under the command

link both_plain "$both" "$check_libs"
run forked CK_FORK=yes "$csan" "$out/both_plain"
same_verdicts forked

# --- linked, by every linker that is there, csan before Check and behind it

for linker in bfd gold lld mold; do
    link_with="-fuse-ld=$linker"
    # shellcheck disable=SC2086
    echo 'int main(void) { return 0; }' | $cc $link_with -xc - -o "$out/empty" 2>/dev/null ||
        continue
    link both_linked "$both" "$link_with $csan_libs $check_libs"
    run "$linker" CK_FORK=yes "$out/both_linked"
    same_as "$linker" forked
    link both_linked "$both" "$link_with -Wl,--as-needed,--gc-sections -s $check_libs $csan_libs"
    run "${linker}_stripped" CK_FORK=yes "$out/both_linked"
    is "${linker}_stripped: failures" "$(grep -c 'csan\[leak\]: 101 B' "$out/${linker}_stripped.out")" 3
    link both_glue "$both" "$link_with $nofork_libs $csan_libs $check_libs"
    run "${linker}_unforked" CK_FORK=no "$out/both_glue"
    same_as "${linker}_unforked" forked
    run "${linker}_glue_forked" CK_FORK=yes "$out/both_glue"
    same_as "${linker}_glue_forked" forked
done

#!/bin/sh
# Builds small Check suites and asserts what csan makes Check say, line by line.
#
#   O=OBJ run.sh     OBJ: the build tree, with libcsan, its archives and the command (default: obj)
#
# suite_both.c is run in every way there is (linked by each linker, under the command; forked, not
# forked): the verdicts are the same in all of them. suite_fork.c holds tests that end their own
# process or start others. SHOW=1 prints what was said where a line is missing.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
obj=$(cd "${O:-obj}" && pwd) || exit 1
src=tests/check
out=$obj/check
csan=$obj/bin/csan
cc=${CC:-cc}
passed=0
failed=0
mkdir -p "$out"

check_flags=$(pkg-config --cflags check 2>/dev/null)
check_libs=$(pkg-config --libs check 2>/dev/null || echo -lcheck -lsubunit -lm -lrt)
csan_libs="-L$obj/lib -lcsan -Wl,-rpath,$obj/lib"
nofork_libs="-L$obj/lib -lcsan_check -Wl,--wrap=tcase_create -Wl,--wrap=_ck_assert_failed"

# --- assertions

ok() { # WHAT RESULT
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "check: FAILED: $1"
    fi
}

says() { # FILE LINE: the file has exactly this line
    grep -qxF -- "$2" "$out/$1"
    result=$?
    ok "$1 has no line: $2" $result
    [ $result -eq 0 ] || [ -z "${SHOW:-}" ] || sed 's/^/    | /' "$out/$1"
}

says_not() { # FILE REGEX
    ! grep -E -- "$2" "$out/$1"
    ok "$1 has a line like: $2" $?
}

is() { # WHAT VALUE EXPECTED
    [ "$2" = "$3" ]
    ok "$1: $2, not $3" $?
}

# --- building and running

link() { # NAME FLAGS...: a program of these objects and libraries
    target=$out/$1
    shift
    # shellcheck disable=SC2068 # lists of words
    $cc -g -pthread -o "$target" $@ || ok "$target: link" 1
}

run() { # NAME [VARIABLE=VALUE...] COMMAND...: → NAME.out, NAME.err, $status
    name=$1
    shift
    env "$@" >"$out/$name.out" 2>"$out/$name.err" </dev/null
    status=$?
}

line() { # FILE TEXT: the number of the first line that holds TEXT
    grep -nF -- "$2" "$src/$1" | head -n 1 | cut -d: -f1
}

for part in suite_both suite_fork suite_clean leaky; do
    # shellcheck disable=SC2086
    $cc -g -O0 -pthread -D_GNU_SOURCE $check_flags -c $src/$part.c -o "$out/$part.o" || exit 1
done
both="$out/suite_both.o $out/leaky.o"
forks="$out/suite_fork.o $out/leaky.o"

# --- what Check says of a test

never="in 1 block never freed > max_leak=0"
at_101=$src/leaky.c:$(line leaky.c 'malloc(101)')
at_202=$src/leaky.c:$(line leaky.c 'malloc(202)')
at_303=$src/leaky.c:$(line leaky.c 'malloc(303)')
at_505=$src/suite_both.c:$(line suite_both.c 'malloc(505)')
at_707=$src/suite_both.c:$(line suite_both.c 'malloc(707)')

at() { # SOURCE TEST: where the test begins
    echo "$src/$1:$(line "$1" "START_TEST($2)")"
}

verdicts() { # NAME: of suite_both, however it was run
    is "$1: status" "$status" 1
    is "$1: findings" "$(grep -c 'csan\[leak\]' "$out/$1.out")" 7
    says "$1.out" '56%: Checks: 16, Failures: 7, Errors: 0'
    says "$1.out" "$(at suite_both.c clean):P:plain:clean:0: Passed"
    says "$1.out" "$at_101:F:plain:leaks_in_its_code:0: csan[leak]: 101 B $never"
    says "$1.out" "$at_202:F:plain:leaks_twice:0: csan[leak]: 202 B $never"
    says "$1.out" "# csan[leak]: 101 B $never"
    says "$1.out" "$at_505:F:plain:leaks_in_its_own_lines:0: csan[leak]: 505 B $never"
    says "$1.out" "$at_303:F:plain:leaks_in_a_thread:0: csan[leak]: 303 B $never"
    says "$1.out" "$(at suite_both.c leaves_memory_in_a_global):P:plain:leaves_memory_in_a_global:0: Passed"
    says "$1.out" "$(at suite_both.c overwrites_what_an_earlier_test_left):P:plain:overwrites_what_an_earlier_test_left:0: Passed"
    says "$1.out" "$src/suite_both.c:$(line suite_both.c 'ck_assert_int_eq(1, 2)'):F:plain:fails_by_itself:0: Assertion '1 == 2' failed: 1 == 1, 2 == 2"
    says "$1.out" "$(at suite_both.c leaks_in_the_second_round):P:plain:leaks_in_the_second_round:1: Passed"
    says "$1.out" "$at_101:F:plain:leaks_in_the_second_round:2: csan[leak]: 101 B $never"
    says "$1.out" "$(at suite_both.c leaks_in_the_second_round):P:plain:leaks_in_the_second_round:3: Passed"
    says "$1.out" "$src/suite_both.c:$(line suite_both.c 'nonnull(of_setup)'):P:released:uses_what_setup_made:0: Passed"
    says "$1.out" "$at_707:F:lost:uses_what_setup_made:0: csan[leak]: 707 B $never"
    says "$1.out" "$(at suite_both.c clean):P:unchecked:clean:0: Passed"
    says "$1.out" "$(at suite_both.c frees_what_unchecked_setup_made):P:unchecked:frees_what_unchecked_setup_made:0: Passed"
}

verdicts_as() { # NAME OTHER: Check's own lines are the same in both
    grep -v '^# ' "$out/$1.out" >"$out/$1.verdicts"
    grep -v '^# ' "$out/$2.out" >"$out/$2.verdicts"
    diff "$out/$2.verdicts" "$out/$1.verdicts"
    ok "$1: other verdicts than $2" $?
}

# --- symbols are read out of any file without harm

# shellcheck disable=SC2086
$cc -g -pthread -D_GNU_SOURCE -Iruntime -Iinclude -I. $check_flags -o "$out/test_elf" \
    $src/test_elf.c "$obj/lib/libcsan_unit.a" $check_libs -ldl
run elf "$out/test_elf"
is "test_elf: status" "$status" 0
says elf.out '100%: Checks: 205, Failures: 0, Errors: 0'

# --- a clean suite says nothing, in any of Check's formats

link clean "$out/suite_clean.o" "$csan_libs" "$check_libs"
link clean_glue "$out/suite_clean.o" "$nofork_libs" "$csan_libs" "$check_libs"
for mode in yes no; do
    for format in silent normal verbose subunit; do
        for program in clean clean_glue; do
            run clean CK_FORK=$mode SUITE_PRINTS=$format "$out/$program"
            is "$program, CK_FORK=$mode, $format: status" "$status" 0
            is "$program, CK_FORK=$mode, $format: stderr" "$(cat "$out/clean.err")" ""
        done
    done
done

# --- not linked, under the command

link both_plain "$both" "$check_libs"
run forked CK_FORK=yes "$csan" "$out/both_plain"
verdicts forked
is "lines of a message that do not begin with #" "$(grep -vcE \
    '^(# |Running suite|[0-9]+%: | second$|[^ ]+:[0-9]+:[PF]:)' "$out/forked.out")" 0
is "reports that name their test" "$(grep -c '(test leaks_twice)$' "$out/forked.err")" 2
run both_plain CK_FORK=yes "$out/both_plain"
is "without csan, failures" "$(grep -c ':F:' "$out/both_plain.out")" 1

# Symbols that were made local are found; in a stripped program there are none, and the process
# tells by its status.
link both_local "$both" -Wl,--exclude-libs,ALL "$check_libs"
run localized CK_FORK=yes "$csan" "$out/both_local"
verdicts_as localized forked
strip -o "$out/both_stripped" "$out/both_plain"
run stripped CK_FORK=yes "$csan" "$out/both_stripped"
says stripped.out "$(at suite_both.c leaks_in_its_code):E:plain:leaks_in_its_code:0: (after this point) Early exit with return value 86"

# Tests that share one process, and no glue: the process tells, and the stack has the test's name.
run no_glue CK_FORK=no "$csan" "$out/both_plain"
is "no glue: reports" "$(grep -cE 'leaky.c:.*csan\[leak\]: 101 B in 1 block .*\(test leaks_[a-z_]*\)$' \
    "$out/no_glue.err")" 3

# --- linked, by every linker that is there, csan before Check and behind it

for linker in bfd gold lld mold; do
    # shellcheck disable=SC2086
    echo 'int main(void) { return 0; }' | $cc -fuse-ld=$linker -xc - -o "$out/empty" 2>/dev/null ||
        continue
    link both_linked -fuse-ld=$linker "$csan_libs" "$both" "$check_libs"
    run "$linker" CK_FORK=yes "$out/both_linked"
    verdicts_as "$linker" forked
    link both_linked -fuse-ld=$linker -Wl,--as-needed -Wl,--gc-sections "$both" "$check_libs" \
        "$csan_libs"
    strip "$out/both_linked"
    run "${linker}_stripped" CK_FORK=yes "$out/both_linked"
    is "$linker, stripped: failures" "$(grep -c ':F:' "$out/${linker}_stripped.out")" 7
    link both_glue -fuse-ld=$linker "$both" "$nofork_libs" "$csan_libs" "$check_libs"
    run "${linker}_unforked" CK_FORK=no "$out/both_glue"
    is "$linker, CK_FORK=no: status" "$status" 1
    verdicts_as "${linker}_unforked" forked
    run "${linker}_glue_forked" CK_FORK=yes "$out/both_glue"
    verdicts_as "${linker}_glue_forked" forked
done

# --- share=precise: at the store, forked or not, whether or not the test would go on

# shellcheck disable=SC2086
$cc -g -O0 -D_GNU_SOURCE $check_flags -Iinclude -c $src/suite_shared.c -o "$out/suite_shared.o" || exit 1
link shared "$out/suite_shared.o" "$nofork_libs" "$csan_libs" "$check_libs"
stored="$src/suite_shared.c:$(line suite_shared.c '/* stored */')"
used="$src/suite_shared.c:$(line suite_shared.c '/* used */')"
for mode in yes no; do
    for on_mutation in stop continue; do
        run "shared_$mode$on_mutation" CK_FORK=$mode CSAN_SHARE=precise CSAN_ON_MUTATION=$on_mutation \
            "$out/shared"
        is "share=precise, CK_FORK=$mode, $on_mutation: status" "$status" 1
        says "shared_$mode$on_mutation.out" '50%: Checks: 4, Failures: 2, Errors: 0'
        says "shared_$mode$on_mutation.out" "$stored:F:shared:stores:0: csan[mutation]: a buffer of 64 B of cache \"rows\" was written to through a share > max_escapes=0"
        says "shared_$mode$on_mutation.out" "$used:F:shared:uses_what_it_has_released:0: csan[escape]: a share of a buffer of 64 B of cache \"rows\" was used after its release > max_escapes=0"
    done
done

# --- tests that end their own process, or start others

link forks "$forks" "$csan_libs" "$check_libs"
formats() { # NAME: where that run's files go
    echo "SUITE_XML=$out/$1.xml SUITE_TAP=$out/$1.tap SUITE_LOG=$out/$1.log"
}
# shellcheck disable=SC2046
run forks $(formats forks) "$out/forks"
is "forks: status" "$status" 1
says forks.out '21%: Checks: 14, Failures: 10, Errors: 1'
says forks.out "$at_101:F:exits:leaks_and_exits_0:0: csan[leak]: 101 B $never"
says forks.out "$(at suite_fork.c leaks_and_exits_3):E:exits:leaks_and_exits_3:0: (after this point) Early exit with return value 3"
says forks.out "$at_101:F:exits:leaks_and_exits_3_as_expected:0: csan[leak]: 101 B $never"
says forks.out "$at_101:F:exits:leaks_and_exits_1:0: csan[leak]: 101 B $never"
says forks.out "$at_101:F:exits:leaks_and_exits_86:0: csan[leak]: 101 B $never"
says forks.out "$at_101:F:exits:leaks_and_ends_at_once:0: csan[leak]: 101 B $never"
says forks.out "$(at suite_fork.c leaks_and_aborts):F:exits:leaks_and_aborts:0: Early exit with return value 86"
says forks.out "$at_202:F:families:child_leaks_and_nobody_asks:0: csan[leak]: 202 B $never"
says forks.out "$at_202:F:families:grandchild_leaks:0: csan[leak]: 202 B $never"
says forks.out "$at_202:F:families:check_fork_leaks:0: csan[leak]: 202 B $never"
says_not forks.out ':(exits_3|aborts|child_is_clean):'

says forks.log "$at_101:F:exits:leaks_and_exits_0:0: csan[leak]: 101 B $never"
says forks.log "$(at suite_fork.c exits_3):P:exits:exits_3:0: Passed"
says forks.tap "not ok 1 - $src/leaky.c:exits:leaks_and_exits_0: csan[leak]: 101 B $never"
says forks.tap "ok 4 - $src/suite_fork.c:exits:exits_3: Passed"
is "lines of TAP that are none" "$(grep -vcE '^(ok|not ok) [0-9]+ - |^# |^1\.\.14$' \
    "$out/forks.tap")" 0
says forks.xml "      <path>$src</path>"
says forks.xml "      <fn>${at_101#"$src"/}</fn>"
is "XML is not well-formed" "$(python3 -c '
import sys, xml.dom.minidom as m
tests = m.parse(sys.argv[1]).getElementsByTagName("test")
texts = [t.getElementsByTagName("message")[0].firstChild.data for t in tests]
print(len(tests), max(len(t.encode()) for t in texts) < 3072, texts[0].split("\n")[0])
' "$out/forks.xml")" "14 True csan[leak]: 101 B $never"

# The runner's own status is green, the family's is not; and with children=off it does not count.
run ignored SUITE_IGNORES=1 "$out/forks"
is "a runner that ignores its tests: status" "$status" 86
run childless SUITE_IGNORES=1 CSAN_CHILDREN=off "$out/forks"
is "children=off: status" "$status" 0
says_not childless.out ':families:(child_leaks_and_nobody_asks|grandchild_leaks):'

# A message longer than the room that the user gives to Check would end the test's process.
run short CK_MAX_MSG_SIZE=300 "$out/forks"
says short.out "$at_101:F:exits:leaks_and_exits_0:0: csan[leak]: 101 B $never"
says_not short.out 'Message string too long'

# --- assertions over csan_stats, and the same without the library and compiled out

asserts() { # NAME LIBRARIES FLAGS...
    name=$1
    libraries=$2
    shift 2
    # shellcheck disable=SC2086
    $cc -g -O0 -pthread -Wall -Wextra -Werror -Iinclude "$@" $check_flags -c $src/suite_assert.c \
        -o "$out/$name.o" || exit 1
    link "$name" "$out/$name.o" "$libraries" "$check_libs"
}

asserts assert "$csan_libs"
asserts assert_glue "$nofork_libs $csan_libs"
asserts assert_alone ""
asserts assert_disabled "$csan_libs" -DCSAN_DISABLE
at_line() { # MARK
    echo "$src/suite_assert.c:$(line suite_assert.c "/* $1 */")"
}
for mode in yes no; do
    for program in assert assert_glue; do
        run assert CK_FORK=$mode "$out/$program"
        says assert.out '25%: Checks: 4, Failures: 3, Errors: 0'
        says assert.out "$(at_line allocations):F:stats:too_many:0: 2 allocations since mark, more than 1"
        says assert.out "$(at_line bytes):F:stats:too_much:0: 300 bytes allocated since mark, more than 299"
        says assert.out "$(at_line peak):F:stats:too_much_at_once:0: 200 bytes at once since mark, more than 199"
    done
    for program in assert_alone assert_disabled; do
        run assert CK_FORK=$mode "$out/$program"
        says assert.out '100%: Checks: 4, Failures: 0, Errors: 0'
    done
done

# --- the runs of a test in one process are rounds; a forked test has one process for each

# shellcheck disable=SC2086
$cc -g -O0 -pthread $check_flags -c $src/suite_rounds.c -o "$out/suite_rounds.o" || exit 1
link rounds "$out/suite_rounds.o" "$nofork_libs" "$csan_libs" "$check_libs"
run rounds CK_FORK=no "$out/rounds"
is "rounds: status" "$status" 1
is "rounds: findings" "$(grep -c 'error: csan\[' "$out/rounds.err")" 3
is "rounds: tests that fail" "$(grep -c ':F:' "$out/rounds.out")" 2
one_more() { # MARK COLUMN BYTES ROUNDS TEST
    at="$src/suite_rounds.c:$(line suite_rounds.c "/* $1 */")"
    said="csan[growth]: $3 B in 1 block more each round, over $4 rounds, still reachable > max_growth=0"
    says rounds.err "$at:$2: error: $said (test $5)"
    [ "$1" = forgotten ] || says rounds.out "$at:F:loops:$5:$4: $said"
}
one_more kept 20 48 19 keeps_one_more_each_time
one_more 'of two' 23 112 10 is_added_twice
one_more forgotten 23 128 19 gives_it_to_a_fixture_that_forgets_it # at the end of the process
says rounds.err '    after round 2: 96 B in 2 blocks; 11: 528 B in 11 blocks; 20: 960 B in 20 blocks'
says rounds.err 'csan: FAIL: 1 finding (1 growth) in rounds'
run rounds CK_FORK=no SUITE_IS_BOUNDED=1 "$out/rounds"
is "rounds, bounded: status" "$status" 0
is "rounds, bounded: stderr" "$(cat "$out/rounds.err")" ""
run rounds CK_FORK=yes "$out/rounds"
is "rounds, forked: status" "$status" 0

# --- fixtures, and tests that ask between: the verdicts are the same however they are run

# shellcheck disable=SC2086
$cc -g -O0 -pthread -Iinclude $check_flags -c $src/suite_fixtures.c -o "$out/suite_fixtures.o" || exit 1
link fixtures "$out/suite_fixtures.o" "$out/leaky.o" "$nofork_libs" "$csan_libs" "$check_libs"
fixture() { # NAME STATUS PASSED-TESTS: → NAME.out, NAME.err
    run "$1" CK_FORK=$mode "$out/fixtures" "$1"
    is "fixtures, $1, CK_FORK=$mode: status" "$status" "$2"
    is "fixtures, $1, CK_FORK=$mode: tests that pass" "$(grep -c ':P:' "$out/$1.out")" "$3"
}
found() { # NAME NUMBER: of findings
    is "fixtures, $1, CK_FORK=$mode: findings" "$(grep -c 'error: csan' "$out/$1.err")" "$2"
}
for mode in yes no; do
    for name in checked_freed checked_kept unchecked_freed unchecked_kept; do
        fixture $name 0 2
        found $name 0
    done
    fixture checked_lost 1 0
    found checked_lost 2
    says checked_lost.out "$at_101:F:checked_lost:first:0: csan[leak]: 101 B $never"
    says checked_lost.out "$at_101:F:checked_lost:second:0: csan[leak]: 101 B $never"
    fixture unchecked_lost 86 1 # nobody's but the process's
    found unchecked_lost 1
    fixture clean_marks 0 1
    found clean_marks 0
done
# What a test has been told of by csan_check is not told again: each leak once.
for mode in yes no; do
    run marks CK_FORK=$mode "$out/fixtures" marks
    found marks 2
    is "marks, CK_FORK=$mode: status" "$status" 1
    says marks.out "$at_202:F:marks:asks_between:0: csan[leak]: 202 B $never"
done

# --- every kind of finding is the failure of its own test, forked or not, in every log of Check's
# shellcheck disable=SC2086
for mode in yes no; do
    libs=$csan_libs
    [ $mode = no ] && libs="$nofork_libs $csan_libs"
    link "kinds_$mode" -I include $check_flags $src/suite_kinds.c $libs $check_libs
    for kind in leak growth bad-free thread blocked lock-order lock-misuse wait hold escape unreleased mutation pool deadlock; do
        case $kind in
        wait | hold) limit=CSAN_MAX_$(echo $kind | tr "[:lower:]" "[:upper:]")=20ms ;;
        blocked) limit="CSAN_MAX_BLOCKED=4 CSAN_BLOCKED_AFTER=50ms" ;;
        *) limit=CSAN_MAX_LEAK=0 ;;
        esac
        log=kinds_$mode.$kind
        run "$log" CK_FORK=$mode CK_XML_LOG_FILE_NAME="$out/$log.xml" CK_TAP_LOG_FILE_NAME="$out/$log.tap" $limit \
            "$out/kinds_$mode" $kind
        if [ $kind = deadlock ] && [ $mode = no ]; then # nothing but the end of the process ends it
            is "$log: status" "$status" 86
            is "$log: it is told" "$(grep -c 'error: csan\[deadlock\]' "$out/$log.err")" 1
            is "$log: Check's own logs are begun and have no end" \
                "$(grep -c '<testsuites' "$out/$log.xml") $(grep -c '</testsuites' "$out/$log.xml") $(grep -c '^1\.\.' "$out/$log.tap")" "1 0 0"
            continue
        fi
        is "$log: status" "$status" 1
        is "$log: one test fails, by its kind" \
            "$(grep -cE "^$src/suite_kinds.c:[0-9]+:F:kinds:[a-z_]+:0: csan\[$kind\]: " "$out/$log.out")" 1
        is "$log: TAP" "$(grep -c "^not ok 1 - .*: csan\[$kind\]: " "$out/$log.tap") $(grep -vcE '^not ok 1 - |^# |^1\.\.1$' "$out/$log.tap")" "1 0"
        is "$log: XML, at most 3 KiB, lines that begin with #" "$(python3 -c '
import sys, xml.dom.minidom as m
text, = [t.getElementsByTagName("message")[0].firstChild.data for t in m.parse(sys.argv[1]).getElementsByTagName("test")]
first, *rest = text.split("\n")
print(first.startswith("csan[%s]: " % sys.argv[2]), len(text.encode()) <= 3072, len(rest) > 3 and all(l.startswith("# ") for l in rest))
' "$out/$log.xml" $kind)" "True True True"
    done
done

echo "check: $passed passed, $failed failed"
[ "$failed" -eq 0 ]

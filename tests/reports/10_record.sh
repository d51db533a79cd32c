# shellcheck shell=bash disable=SC2154
# The record that a process writes: DIR/PROGRAM.PID.jsonl.

run 0 env CSAN_OUT="$T/clean" "$T/shop"
is "a clean process prints nothing" "" "$said"
is "a clean process has a record" 1 "$(records "$T/clean" | wc -l)"
schema "record of a clean process" "$T"/clean/*.jsonl
is "a clean record says pass" pass "$(get "$T"/clean/*.jsonl 'lines[-1]["verdict"]')"
like "a record is named for its process" "*/shop.$(get "$T"/clean/*.jsonl 'lines[0]["pid"]').jsonl" "$(records "$T/clean")"
is "command line" "['$T/shop']" "$(get "$T"/clean/*.jsonl 'lines[0]["command"]')"

printf '#!/bin/sh\ntouch %s\n' "$T/helper_ran" >"$T/csan" && chmod +x "$T/csan"
run 0 env CSAN_PATH="$T/csan" "$T/shop"
is "a clean process starts no helper" no "$([[ -e $T/helper_ran ]] && echo yes || echo no)"
run 0 env CSAN_OUT="$T/named" CSAN_PATH="$T/csan" "$T/shop"
is "with CSAN_OUT it starts one for its profiles' names" yes "$([[ -e $T/helper_ran ]] && rm "$T/helper_ran" && echo yes)"
run 86 env CSAN_OUT="$T/dark" CSAN_PATH="$T/csan" "$T/shop" leak 32
is "one with findings does" yes "$([[ -e $T/helper_ran ]] && echo yes || echo no)"
schema "record without symbols" "$T"/dark/*.jsonl

run 86 env CSAN_OUT="$T/a b/deep" CSAN_MAX_LEAK=16B "$T/shop" leak 32 leak 64 leak 64
like "the text goes where it went" "*csan: FAIL: 2 findings (2 leak) in shop" "$said"
f=$(records "$T/a b/deep")
schema "record of findings" "$f"
is "raw figures" "[(128, 'bytes', 2, 'max_leak', '16B', 16), (32, 'bytes', 1, 'max_leak', '16B', 16)]" "$(get "$f" \
    '[tuple(l[k] for k in ("amount", "unit", "count", "option", "limit", "limit_value")) for l in lines[1:-1]]')"
is "frames" "[('row_new', 'shop.c'), ('index_get', 'shop.c'), ('leak', 'shop.c')]" "$(get "$f" \
    '[(s["function"], s["file"][-6:]) for s in lines[1]["stack"][:3]]')"
is "build-ids of frames are their modules'" True "$(get "$f" \
    'all({"path": s["module"], "build_id": s["build_id"]} in lines[0]["modules"] for s in lines[1]["stack"])')"
is "fingerprint and rule are those of the text" 2 \
    "$(get "$f" '"\n".join("%s.*fingerprint %s" % (l["suppression"], l["fingerprint"]) for l in lines[1:-1])' |
        while read -r re; do grep -c "$re" <<<"$said"; done | grep -c 1)"
is "options that were set" "{'max_leak': '16B', 'out': '$T/a b/deep'}" "$(get "$f" 'lines[0]["options"]')"

run 86 env CSAN_OUT="$T/quiet" CSAN_FORMAT=jsonl "$T/shop" leak 32
is "without text in format the log has the last line alone" "csan: FAIL: 1 finding (1 leak) in shop" "$said"
run 87 env CSAN_FORMAT=jsonl "$T/shop"
like "a format needs a folder" "csan: CSAN_FORMAT=jsonl needs a folder to write to: set CSAN_OUT as well" "$said"

# ------------------------------------------------------------------ verdicts, ends, processes
run 86 env CSAN_OUT="$T/twice" "$T/shop" leak 32 check leak 64 check
is "two verdicts are one record" 1 "$(records "$T/twice" | wc -l)"
schema "record of two verdicts" "$T"/twice/*.jsonl
is "each finding once" 2 "$(get "$T"/twice/*.jsonl 'lines[-1]["findings"]')"

run 86 env CSAN_OUT="$T/kin" "$T/shop" fork fork leak 32
is "a process a record" 4 "$(records "$T/kin" | wc -l)"
mapfile -t kin < <(records "$T/kin")
schema "records of a family" "${kin[@]}"
is "nobody's parts are left" 0 "$(find "$T/kin" -name '*.part' | wc -l)"

run 86 env CSAN_OUT="$T/exec" "$O/bin/csan" "$T/shop" leak 32 exec leak 64 exec
is "images of one process do not overwrite each other" 3 "$(records "$T/exec" | wc -l)"
mapfile -t images < <(records "$T/exec")
schema "records of images" "${images[@]}"
is "a number tells them apart" 1 "$(find "$T/exec" -name 'shop.*.2.jsonl' | wc -l)"

run 139 env CSAN_OUT="$T/segv" "$T/shop" leak 32 segv
schema "record of a process that crashed" "$T"/segv/*.jsonl
run 137 env CSAN_OUT="$T/kill" "$T/shop" leak 32 check leak 64 kill
like "a process that is killed leaves its part" "*/shop.*.jsonl.part" "$(echo "$T"/kill/*.part)"
run 86 env CSAN_OUT="$T/stuck" "$T/shop" deadlock
schema "record of a deadlock" "$T"/stuck/*.jsonl
is "kind of a deadlock" deadlock "$(get "$T"/stuck/*.jsonl 'lines[1]["kind"]')"
run 86 env CSAN_OUT="$T/direct" "$T/shop" leak 32 _exit
schema "record at _exit" "$T"/direct/*.jsonl

for _ in $(seq 50); do CSAN_OUT="$T/many" "$T/shop" fork leak 32 fork leak 64 2>>"$T/many.log" & done
wait
is "two hundred processes at once" 200 "$(records "$T/many" | wc -l)"
is "nobody's parts are left of two hundred" 0 "$(find "$T/many" -name '*.part' | wc -l)"
mapfile -t many < <(records "$T/many")
schema "records of processes at once" "${many[@]}"
is "a finding is whole in a log that two hundred share" "300 whole" "$(grep -v '^csan: ' "$T/many.log" |
    awk '/: error: / { if (block) print block; block = "" } { block = block $0 "@" } END { print block }' |
    sed -E 's/^[^@]*: error: [^@]*@(    [^@]*@)+    try: [^@]*@    accept: [^@]* \[fingerprint [0-9a-f]{8}\]@$/whole/' | sort | uniq -c | xargs)"

# The same number in another container: the name is taken.
run 0 env CSAN_OUT="$T/taken" "$T/shop" # finds the number of processes that come next
cat >"$T/taken.sh" <<'SH'
printf 'not yours' >"$CSAN_OUT/shop.$$.jsonl"
printf 'not yours' >"$CSAN_OUT/shop.$$.jsonl.part"
exec "$@"
SH
run 86 env CSAN_OUT="$T/taken" sh "$T/taken.sh" "$T/shop" leak 32
is "what was there stays" 2 "$(grep -lx 'not yours' "$T"/taken/shop.*.jsonl* | wc -l)"
schema "record whose name was taken" "$T"/taken/shop.*.2.jsonl

cat >"$T/logged.sh" <<'SH'
echo 'not yours' >"$CSAN_LOG_PATH.$$"
exec "$@"
SH
run 86 env CSAN_LOG_PATH="$T/kept" sh "$T/logged.sh" "$T/shop" leak 32
like "the log of an earlier process with this number is kept" "not yours*csan: FAIL: 1 finding*" "$(cat "$T"/kept.*)"

# ------------------------------------------------------------------ nowhere to write
echo x >"$T/file"
run 87 env CSAN_OUT="$T/file" "$T/shop" leak 32
is "out is a file" "csan: CSAN_OUT=$T/file: it is no folder" "$said"
run 87 env CSAN_OUT="$T/file/x" "$T/shop" leak 32
is "out below a file" "csan: CSAN_OUT=$T/file/x: it is no folder" "$said"
run 87 env CSAN_OUT=/proc/nowhere/x "$T/shop"
like "out cannot be made" "csan: CSAN_OUT=/proc/nowhere/x: *" "$said"
run 87 env CSAN_OUT="$T/gone" "$T/shop" away "$T/gone"
is "the folder goes: a clean process is not green" "csan: no record of shop in $T/gone: the folder is gone" "$said"
run 86 env CSAN_OUT="$T/gone" "$T/shop" leak 32 away "$T/gone"
like "the folder goes: findings stay findings" "*1 block never freed*csan: no record of shop in $T/gone: the folder is gone" "$said"
is "it is said once" 1 "$(grep -c 'no record' <<<"$said")"
run 87 sh -c "ulimit -f 1; CSAN_OUT='$T/small' '$T/shop'" # 512 bytes do not hold the run
like "a file that may not grow" "csan: no record of shop in $T/small: the limit of a file's size is reached" "$said"
is "nothing half is left" "" "$(ls "$T/small")"
run 86 sh -c "ulimit -f 1; CSAN_OUT='$T/small' '$T/shop' leak 32"
like "a file that may not grow: findings stay findings" "*1 block never freed*csan: no record of shop*" "$said"
mkdir "$T/full"
if mount -t tmpfs -o size=8k none "$T/full" 2>/dev/null; then
    head -c 8192 /dev/zero >"$T/full/fill"
    run 87 env CSAN_OUT="$T/full" "$T/shop"
    like "a full disk" "csan: no record of shop in $T/full: the disk is full" "$said"
    run 86 env CSAN_OUT="$T/full" "$T/shop" leak 32
    like "a full disk: findings stay findings" "*csan: FAIL: 1 finding*the disk is full" "$said"
    is "a full disk keeps no half" fill "$(ls "$T/full")"
    umount "$T/full"
fi
as_user=()
if [[ $(id -u) == 0 ]]; then # the folders above may be root's alone: root it stays, but without its powers
    as_user=(setpriv --bounding-set=-dac_override,-dac_read_search)
fi
if [[ $(id -u) != 0 ]] || "${as_user[@]}" true 2>/dev/null; then
    mkdir -m 555 "$T/locked"
    run 87 env CSAN_OUT="$T/locked" "${as_user[@]}" "$T/shop"
    like "no permission" "csan: no record of *in $T/locked: no permission to write there" "$said"
fi

# ------------------------------------------------------------------ names that nobody expects
odd=$T/$(printf 'sh"o\\p\n\t\377<&')
cp "$T/shop" "$odd"
run 86 env CSAN_OUT="$T/odd" "$odd" leak 32
like "a program's odd name" "*/sh\"o?p__*.jsonl" "$(records "$T/odd")"
schema "record of a program with an odd name" "$T"/odd/*.jsonl
is "its name, as JSON can hold it" "'sh\"o\\\\p\\n\\t\\ufffd<&'" "$(get "$(echo "$T"/odd/*.jsonl)" 'ascii(lines[0]["program"])')"

mkdir "$T/src"
long=$(head -c 100000 /dev/zero | tr '\0' x)
source=$T/src/$(printf 'we"i\\rd\n\033[31m\377é.c')
cat >"$source" <<'C'
#include <stdlib.h>
#define NAME "odd\"name\\\n<&>]]>%25::\377\303"
void *odd(void) __asm__(NAME);
void *volatile sink;
__attribute__((noinline)) void *odd(void) { void *p = malloc(7); __asm__ volatile(""); return p; }
int main(void) { sink = odd(); sink = NULL; return 0; }
C
CC=clang build "$T/odd_names" "$source" -g0
run 86 env CSAN_OUT="$T/odd2" "$T/odd_names"
schema "record of a function with an odd name" "$T"/odd2/*.jsonl
like "the function's odd name" '*odd"name?*%25::*' "$(get "$(echo "$T"/odd2/*.jsonl)" 'lines[1]["stack"][0]["function"]')"
printf '#include <stdlib.h>\nvoid *volatile sink;\n__attribute__((noinline)) void *%s(void) { void *p = malloc(7); __asm__ volatile(""); return p; }
int main(void) { sink = %s(); sink = NULL; return 0; }\n' "$long" "$long" >"$source"
build "$T/long_name" "$source"
run 86 env CSAN_OUT="$T/long" "$T/long_name"
schema "record of a function with a long name, in a file with an odd one" "$T"/long/*.jsonl
is "the long name is whole" 100000 "$(get "$(echo "$T"/long/*.jsonl)" 'len(lines[1]["stack"][0]["function"])')"

# ------------------------------------------------------------------ tests
cat >"$T/suite.c" <<'C'
#include <check.h>
#include <stdlib.h>
void *volatile sink;
START_TEST(loses) { sink = malloc(5); sink = NULL; } END_TEST
START_TEST(keeps) { free(malloc(5)); } END_TEST
int main(void) {
    Suite *s = suite_create("s"); TCase *t = tcase_create("t");
    tcase_add_test(t, loses); tcase_add_test(t, keeps); suite_add_tcase(s, t);
    SRunner *r = srunner_create(s); srunner_run_all(r, CK_SILENT);
    int n = srunner_ntests_failed(r); srunner_free(r); return n ? 1 : 0;
}
C
# shellcheck disable=SC2046 # words
build "$T/suite" "$T/suite.c" $(pkg-config --cflags --libs check)
run 1 env CSAN_OUT="$T/tests" "$T/suite"
mapfile -t tests < <(records "$T/tests")
schema "records of a suite" "${tests[@]}"
is "a test a record, and one of the runner" "keeps pass,loses fail,None pass" "$(for f in "${tests[@]}"; do
    get "$f" '"%s %s" % (lines[0].get("test"), lines[-1]["verdict"])'; done | sort | paste -sd, | sed 's/\(None.*\),\(keeps.*\)/\2,\1/')"
is "the finding has its test" loses "$(for f in "${tests[@]}"; do get "$f" '[l["test"] for l in lines if l["type"] == "finding"]'; done |
    tr -d "[]'\n")"

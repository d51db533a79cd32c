# shellcheck shell=bash disable=SC2154
# Ratchet: csan baseline, CSAN_BASELINE; merge, show, ci; csan_on_report.

run 86 env CSAN_OUT="$T/before" "$T/shop" leak 32 leak 64
run 0 "$csan" baseline -o "$T/base" "$T/before"
is "a baseline is counted as people do" "csan: $T/base: 2 findings of 1 process" "$said"
schema "a baseline is a record" "$T/base"
is "a baseline names no address and no process" 0 "$(grep -c "0x\|\"pid\":[1-9]" "$T/base")"
run 0 env CSAN_BASELINE="$T/base" "$T/shop" leak 32 leak 64
is "what is known fails nothing, and is counted" "csan: PASS: 0 findings, 2 known (baseline) in shop" "$said"
run 0 env CSAN_BASELINE="$T/base" "$T/shop"
is "nothing known, nothing said" "" "$said"
run 86 env CSAN_BASELINE="$T/base" CSAN_OUT="$T/after" "$T/shop" leak 32 leak 5
like "only what is new fails" "*5 B in 1 block never freed*csan: FAIL: 1 finding (1 leak), 1 known (baseline) in shop" "$said"
like "only what is new is shown" "1" "$(grep -c 'never freed' <<<"$said")"
schema "a record with known ones" "$(records "$T/after")"
is "known ones are in the record" "[False, True]" "$(get "$(records "$T/after")" '[l["known"] for l in lines[1:-1]]')"
is "the record says what the process said: known ones" "$said" "$(cd "$T" && "$csan" report after | sed "s|$T/||")"
run 0 env CSAN_BASELINE="$(records "$T/before")" "$T/shop" leak 32
like "a record itself is a baseline" "csan: PASS: 0 findings, 1 known*" "$said"
"$csan" merge -o "$T/merged" "$T/before" "$T/after" "$T/kin" 2>/dev/null
schema "a merged record" "$T/merged"
run 0 env CSAN_BASELINE="$T/merged" "$T/shop" leak 32 leak 5
like "a merged record is a baseline" "csan: PASS: 0 findings, 2 known*" "$said"
is "merged: each finding once, with its processes" 3 "$(grep -c '"type":"finding"' "$T/merged")"
is "merged: in how many processes" "6" "$(get "$T/merged" '[l["processes"] for l in lines if l.get("fingerprint") == "'"$(get "$(records "$T/after")" \
    '[l["fingerprint"] for l in lines if l.get("known") and l["type"] == "finding"][0]')"'"][0]')"

sed 's/"shop"/"other"/' "$T/base" >"$T/base_other"
run 86 env CSAN_BASELINE="$T/base_other" "$T/shop" leak 32
like "a baseline of another program" "*csan: the baseline $T/base_other has no run of shop: none of its findings is known" "$said"
sed 's/"version":1/"version":0/' "$T/base" >"$T/base_old"
run 87 env CSAN_BASELINE="$T/base_old" "$T/shop"
is "a baseline of an older format" "csan: $T/base_old:1: it is of another version: make it anew with \`csan baseline\`" "$said"
run 87 env CSAN_BASELINE="$T/nosuch" "$T/shop"
is "no baseline" "csan: baseline=$T/nosuch: there is no such file" "$said"
run 87 env CSAN_BASELINE="$T/before" "$T/shop"
like "a folder" "csan: baseline=$T/before: it is a folder;*" "$said"
run 87 env CSAN_BASELINE="$T/shop.c" "$T/shop"
run 87 env CSAN_BASELINE="$top/README.md" "$T/shop"
is "text" "csan: $top/README.md:1: this is no record of csan's" "$said"
head -c 400 "$T/base" >"$T/base_cut"
run 87 env CSAN_BASELINE="$T/base_cut" "$T/shop"
like "a baseline that is cut" "csan: $T/base_cut:*: this line is cut or damaged" "$said"
: >"$T/base_empty"
run 87 env CSAN_BASELINE="$T/base_empty" "$T/shop"
is "an empty one" "csan: $T/base_empty:0: it is empty" "$said"
python3 -c 'import json,sys
for l in open(sys.argv[1]): print(json.dumps(json.loads(l), indent=None, sort_keys=True, separators=(" , ", " : ")))' "$T/base" >"$T/base_spaced"
run 0 env CSAN_BASELINE="$T/base_spaced" "$T/shop" leak 32
like "blanks and the order of members do not matter" "*1 known*" "$said"

# ------------------------------------------------------------------ names that last
names() { # FLAGS… of the build → fingerprints of the same three leaks
    cc -g "$@" -I"$top/include" -L"$O/lib" -lcsan -Wl,-rpath,"$O/lib" -pthread -o "$T/again" || return
    rm -rf "$T/names"
    CSAN_OUT=$T/names "$T/again" leak 32 leak 64 2>/dev/null
    get "$(records "$T/names")" '" ".join(sorted(l["fingerprint"] for l in lines[1:-1]))'
}
mkdir -p "$T/elsewhere/src"
first=$(names "$here/shop.c")
{ printf '/* moved */\n\n\n\nint nobody(void);\nint nobody(void)\n{\n    return 1;\n}\n'; cat "$here/shop.c"; } >"$T/elsewhere/src/shop.c"
is "lines above, and another checkout" "$first" "$(names "$T/elsewhere/src/shop.c")"
for flags in -O1 -O2 "-O2 -no-pie" -Og "-O2 -fno-omit-frame-pointer"; do
    # shellcheck disable=SC2086
    is "fingerprints with $flags" "$first" "$(names $flags "$here/shop.c")"
done

# ------------------------------------------------------------------ show, ci
like "show lists findings" "$(get "$(records "$T/before")" 'lines[1]["fingerprint"]')*leak *tests/reports/shop.c:21:12 *(shop, 1 time)*" \
    "$("$csan" show "$T/before" | tac)"
run 0 "$csan" show "$(get "$(records "$T/before")" 'lines[1]["fingerprint"][:5]')" "$T/before"
like "show one, with every frame" "*64 bytes, 1 time, in process*#0  row_new *_start*" "$(cat "$T/stdout")"
run 87 "$csan" show ffffffff "$T/before"
run 87 "$csan" show --lock "$T/before"
is "show: no such option" "csan: show: --lock: see \`csan help show\`" "$said"
run 87 "$csan" show ffffffff "$T/before"
is "show none" "csan: no finding's fingerprint begins with ffffffff" "$said"
run 86 "$csan" ci --junit "$T/ci.xml" --sarif "$T/ci.sarif" "$T/before"
like "ci prints the report" "*csan: FAIL: 2 findings (2 leak) in shop" "$(cat "$T/stdout")"
yes "ci's junit" xmllint --noout --schema "$here/junit.xsd" "$T/ci.xml"
yes "ci's sarif" "$here/check_formats.py" sarif "$T/ci.sarif"
run 0 "$csan" ci "$T/clean"
run 87 "$csan" ci "$T/empty"
run 86 "$csan" ci "$T/kill"
run 86 env GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY="$T/step.md" "$csan" ci "$T/before"
is "ci annotates under GitHub Actions" 2 "$(grep -c '^::error file=' "$T/stdout")"
yes "ci writes the step's summary" "$here/check_formats.py" summary "$T/step.md"
run 87 "$csan" ci --frob "$T/before"

# ------------------------------------------------------------------ many files
mkdir "$T/ten_thousand"
python3 - "$(records "$T/before")" "$T/ten_thousand" <<'PY'
import sys
text = open(sys.argv[1]).read()
for i in range(10000):
    open(f"{sys.argv[2]}/shop.{i}.jsonl", "w").write(text)
PY
run 0 "$csan" merge -o "$T/sum" "$T/ten_thousand"
is "ten thousand records merged" "20000" "$(get "$T/sum" 'sum(l["processes"] for l in lines if l["type"] == "finding")')"
rm -rf "$T/ten_thousand"

# ------------------------------------------------------------------ csan_on_report
cat >"$T/told.c" <<'C'
#include <csan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
void csan_on_report(const struct csan_report *r)
{
    void *p = malloc(10); /* no lock of csan's is held */
    printf("v%u %s %s %s:%u:%u %s %lu %lu %s test=%s again=%d\n", r->version, r->kind, r->message, strrchr(r->file, '/') + 1,
           r->line, r->column, r->function, (unsigned long)r->amount, (unsigned long)r->count, r->fingerprint, r->test, csan_check(0));
    free(p);
}
static void *volatile sink;
int main(void) { sink = malloc(3); sink = NULL; csan_check(0); puts("checked"); return 0; }
C
build "$T/told" "$T/told.c"
run 86 "$T/told"
like "csan_on_report is called with the finding" "v1 leak 3 B in 1 block never freed told.c:13:25 main 3 1 ???????? test= again=0
checked" "$(cat "$T/stdout")"
if command -v gdb >/dev/null; then
    said=$(gdb -nx -batch -ex 'set breakpoint pending on' -ex 'break csan_on_report' -ex run -ex bt --args "$T/shop" leak 32 2>&1)
    like "gdb stops at csan_on_report, in a program that has none" "*Breakpoint 1, *csan_on_report*#0 *csan_on_report*" "$said"
fi

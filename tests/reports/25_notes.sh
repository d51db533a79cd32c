# shellcheck shell=bash disable=SC2154
# Notes: worth a look, and no failure in any format.

${CC:-cc} -g -O1 "$top/tests/cases/escape_on_the_stack_is_a_note_passes.c" -o "$T/noted" -I"$top/include" -I"$top/tests/cases" \
    -L"$O/lib" -lcsan -Wl,-rpath,"$O/lib" -pthread || exit 1
run 0 env CSAN_OUT="$T/notes" CSAN_FORMAT=text,$all_formats "$T/noted"
is "a process with a note alone prints nothing" "" "$said"
f=$(records "$T/notes")
schema "record of a note" "$f"
is "a note is no finding" "['run', 'note', 'end'] pass 0 1" "$(get "$f" '"%s %s %d %d" % ([l["type"] for l in lines], lines[-1]["verdict"], lines[-1]["findings"], lines[-1]["notes"])')"
is "a note has a finding's members" "escape 1 True" "$(get "$f" '"%s %d %s" % (lines[1]["kind"], lines[1]["count"], "stack" in lines[1] and "places" in lines[1])')"
beside=${f%.jsonl}
is "JUnit: a note is no failure" "0 1" "$(grep -c '<failure\|<error' "$beside.junit.xml") $(grep -c '<system-out>.*: note: csan\[escape\]:' "$beside.junit.xml")"
yes "JUnit with a note" xmllint --noout --schema "$here/junit.xsd" "$beside.junit.xml"
is "SARIF: a note's level" "note None" "$(python3 -c 'import json, sys
r, = json.load(open(sys.argv[1]))["runs"][0]["results"]; print(r["level"], r.get("baselineState"))' "$beside.sarif")"
yes "SARIF with a note" "$here/check_formats.py" sarif "$beside.sarif"
like "GitHub: a note is a notice" "::notice file=tests/cases/escape_on_the_stack_is_a_note_passes.c,line=*,title=csan escape::*" "$(cat "$beside.github.txt")"
is "GitLab: a note is of severity info" "info" "$(python3 -c 'import json, sys; print(*[i["severity"] for i in json.load(open(sys.argv[1]))])' "$beside.gitlab.json")"
like "TAP: a note is a comment" $'TAP version 13\n# note: tests/cases/escape_on_the_stack_is_a_note_passes.c:[0-9]*: csan?escape?: *\nok 1 - noted\n1..1' "$(cat "$beside.tap")"
yes "TAP with a note" "$here/check_formats.py" tap "$beside.tap"
is "text: a note, and pass" "1 0 csan: PASS: 0 findings in 1 process" \
    "$("$csan" report "$T/notes" >"$T/noted.txt"; echo "$(grep -c ': note: csan\[escape\]: ' "$T/noted.txt") $(grep -c 'error:' "$T/noted.txt") $(tail -n 1 "$T/noted.txt")")"
like "summary: a note" "*### csan: PASS*| 0 | 0 | 1 | 0 | 0 |*<b>escape</b> (note) *" "$("$csan" report --format summary "$T/notes")"
run 0 "$csan" report --format html "$T/notes"
like "html: a note, and pass" '*PASS*0 findings in 1 process*, 1 note*<article *escape*a note, no failure*' "$(cat "$T/notes/index.html")"
run 0 "$csan" report --format jsonl -o "$T/notes_again.jsonl" "$f"
schema "a note goes through" "$T/notes_again.jsonl"
run 0 "$csan" ci "$T/notes"
run 0 "$csan" merge -o "$T/notes_merged.jsonl" "$T/notes"
is "a merged record has no notes" "run end" "$(get "$T/notes_merged.jsonl" '" ".join(l["type"] for l in lines)')"
run 0 "$csan" baseline -o "$T/notes_baseline.jsonl" "$T/notes"
is "a baseline has no notes" "run end" "$(get "$T/notes_baseline.jsonl" '" ".join(l["type"] for l in lines)')"
sed '/"type":"note"/d' "$f" >"$T/lost_note.jsonl"
run 87 "$csan" report "$T/lost_note.jsonl"
like "a note that is missing is said" "*1 notes were written, and 0 could be read" "$said"
sed 's/csan_check(0);/csan_check(0); csan_check(0); csan_check(0);/' "$top/tests/cases/escape_on_the_stack_is_a_note_passes.c" >"$T/note_thrice.c"
build "$T/note_thrice" "$T/note_thrice.c" -I"$top/tests/cases"
run 0 env CSAN_OUT="$T/thrice" "$T/note_thrice"
is "a note that three checks see is told once" 1 "$(get "$(echo "$T"/thrice/*.jsonl)" 'sum(l["type"] == "note" for l in lines)')"
schema "record of a note that was seen thrice" "$T"/thrice/*.jsonl

# shellcheck shell=bash disable=SC2154
# Records that are cut, damaged, foreign or of another version: a sentence, and what could be read.

good=$(records "$T/twice")
read_bad() { # NAME STATUS GLOB-OF-STDERR TEXT-OR-FILE [GLOB-OF-STDOUT]
    local file=$T/bad.jsonl
    if [[ -e $4 ]]; then file=$4; else printf "%b" "$4" >"$file"; fi
    run "$2" "$csan" report "$file"
    like "$1" "$3" "$said"
    like "$1: what could be read" "${5:-*}" "$(cat "$T/stdout")"
}
run 87 "$csan" report "$T/nosuch"
like "no such file" "csan: $T/nosuch: No such file or directory" "$said"
run 87 "$csan" report
like "no file" "csan: report: which record?*" "$said"
mkdir "$T/empty"
run 87 "$csan" report "$T/empty"
like "a folder without records" "csan: $T/empty: there is no record in this folder*" "$said"
run 87 "$csan" report --format pdf "$good"
like "no such format" "csan: report: there is no format pdf; there are text, jsonl, *" "$said"
run 87 "$csan" report --frmat pdf "$good"
like "no such option" "csan: report: --frmat: see *" "$said"

: >"$T/nothing"
read_bad "an empty file" 87 "csan: */nothing:0: the file is empty" "$T/nothing"
read_bad "text" 87 "csan: */bad.jsonl:1: this is no record of csan's" 'hello\n'
read_bad "an ELF file" 87 "csan: *shop:1: this is no record of csan's" "$T/shop"
read_bad "JSON of another kind" 87 "csan: *:1: this is no record of csan's" '{"hello":1}\n'
read_bad "JSON Lines of another kind" 87 "csan: *:1: this is no record of csan's" '{"type":"run","schema":"other","version":1}\n'
read_bad "a newer version" 87 "csan: *:1: a record of version 2; this csan reads version 1: a newer csan is needed" \
    '{"type":"run","schema":"csan-jsonl","version":2}\n{"type":"end"}\n'
read_bad "no beginning" 87 "csan: *:1: this is no record of csan's, or its beginning is missing" '{"type":"finding"}\n'
head -n 2 "$good" >"$T/cut1.jsonl"
read_bad "the end is missing" 0 "csan: *cut1.jsonl: it has no end: shop (process *) was killed, or the file is cut" "$T/cut1.jsonl" \
    "*1 block never freed*csan: FAIL: 1 finding (1 leak) in shop"
head -c $(($(wc -c <"$good") - 400)) "$good" >"$T/cut2.jsonl"
read_bad "cut in a line" 87 "csan: *cut2.jsonl:3: this line is cut or damaged" "$T/cut2.jsonl" "*csan: FAIL: 1 finding*"
sed '2s/fingerprint/fnigerprint/' "$good" >"$T/damaged.jsonl"
read_bad "a damaged finding" 87 "csan: *damaged.jsonl:2: a finding without a fingerprint" "$T/damaged.jsonl" "*csan: FAIL: 1 finding*"
sed '2s/"leak"/"lake"/' "$good" >"$T/damaged.jsonl"
read_bad "an unknown kind" 87 "csan: *damaged.jsonl:2: a finding of the kind lake, which this csan does not know*" "$T/damaged.jsonl"
sed '2d' "$good" >"$T/damaged.jsonl"
read_bad "a finding that went missing" 87 "csan: *: 2 findings were written, and 1 could be read" "$T/damaged.jsonl" "*csan: FAIL: 1 finding*"
{ head -n 1 "$good"; echo '{"type":"weather","sun":true}'; tail -n +2 "$good"; } >"$T/newer.jsonl"
read_bad "lines of a type to come" 0 "" "$T/newer.jsonl" "*csan: FAIL: 2 findings*"
run 87 "$csan" report "$T/nothing" "$good" "$T/nosuch"
like "one bad file does not hide another" "*csan: FAIL: 2 findings (2 leak) in shop*" "$(cat "$T/stdout")"
run 87 sh -c "'$csan' report '$good' >/dev/full"
like "a full disk" "csan: the text report could not be written*" "$said"
cp "$good" "$T/kept"
run 87 sh -c "ulimit -f 1; trap '' XFSZ; '$csan' report --format junit -o '$T/kept' '$good'"
yes "what was there stays when the new one does not fit" cmp "$good" "$T/kept"
is "and no half of it" 0 "$(find "$T" -name 'kept.part' | wc -l)"

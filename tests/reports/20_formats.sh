# shellcheck shell=bash disable=SC2154
# What `csan report` makes of records, and what CSAN_FORMAT leaves beside them.

csan=$O/bin/csan
all_formats=text,jsonl,junit,sarif,github,gitlab,tap

mkdir -p "$T/mixed"
for words in "leak 32 leak 64" "" "leak 9 check leak 10" "deadlock" "fork leak 5"; do
    # shellcheck disable=SC2086
    CSAN_OUT=$T/mixed CSAN_FORMAT=$all_formats "$T/shop" $words 2>>"$T/mixed.err"
done
cp "$T"/odd/* "$T"/odd2/* "$T"/long/* "$T"/dark/* "$T"/tests/* "$T"/kill/*.part "$T/mixed/"
printf '%s\n' '{"type":"run","schema":"csan-jsonl","version":1,"csan":"0","program":"a&b<c>\u0001","pid":1,"time":"x","command":["p","%0A::error::"]}' \
    '{"type":"finding","fingerprint":"00000001","kind":"wait","program":"a&b<c>","message":"\u0000]]>\ufffe\r\n::error::x|y","option":"max_wait","limit":"1s","stack":[{"function":"<script>alert(1)</script>","file":"/a b/%2e:c,d","line":3,"offset":"0x1","inlined":false,"own":true}]}' \
    '{"type":"end","verdict":"fail","findings":1,"known":0}' >"$T/mixed/hostile.jsonl"
{
    sed -n 1p "$T/mixed/hostile.jsonl"
    printf '{"type":"finding","fingerprint":"00000002","kind":"leak","program":"p","message":"%s"}\n' "$(head -c 1000000 /dev/zero | tr '\0' m)"
    sed -n 3p "$T/mixed/hostile.jsonl"
} >"$T/mixed/mega.jsonl"

for format in sarif github gitlab tap summary junit text jsonl; do
    "$csan" report --format $format -o "$T/all.$format" "$T/mixed" 2>"$T/err"
    is "$format: what was killed is said" 1 "$(wc -l <"$T/err")"
done
for format in sarif gitlab tap github summary; do
    yes "$format of everything" "$here/check_formats.py" $format "$T/all.$format"
done
yes "junit of everything" xmllint --noout --schema "$here/junit.xsd" "$T/all.junit"
yes "jsonl of everything" sh -c "sed '/\"pid\":.*was killed/d' '$T/all.jsonl' | python3 -c 'import json,sys; [json.loads(l) for l in sys.stdin]'"
is "no control byte in the text" 0 "$(tr -d '\n' <"$T/all.text" | grep -c '[[:cntrl:]]')"
like "a summary" "csan: FAIL: * findings in * processes, 1 did not end" "$(tail -n 1 "$T/all.text")"

printf '%s\n' '{"type":"run","schema":"csan-jsonl","version":1,"csan":"0","program":"p","pid":1,"time":"2026\u0001\u00051-21T\"<&:56Z"}' \
    '{"type":"end","verdict":"pass","findings":0,"known":0}' >"$T/time.jsonl"
"$csan" report --format junit -o "$T/time.junit" "$T/time.jsonl"
yes "junit of a time that is none" xmllint --noout --schema "$here/junit.xsd" "$T/time.junit"
is "junit: no timestamp of a time that is none" 0 "$(grep -c timestamp "$T/time.junit")"

# beside each record, as the process ends
for extension in junit.xml sarif github.txt gitlab.json tap; do
    is "every process has $extension" 6 "$(find "$T/mixed" -name "shop.*.$extension" | wc -l)"
done
is "no part is left" 1 "$(find "$T/mixed" -name '*.part' | wc -l)"
yes "junit beside" xmllint --noout --schema "$here/junit.xsd" "$T"/mixed/*.junit.xml
yes "sarif beside" "$here/check_formats.py" sarif "$T"/mixed/*.sarif
yes "gitlab beside" "$here/check_formats.py" gitlab "$T"/mixed/*.gitlab.json
yes "github beside" "$here/check_formats.py" github "$T"/mixed/*.github.txt
yes "tap beside" "$here/check_formats.py" tap "$T"/mixed/*.tap

mkdir "$T/nohelper"
cp "$O/lib/libcsan.so.0" "$T/nohelper/"
if ! command -v csan >/dev/null; then
    run 86 env LD_LIBRARY_PATH="$T/nohelper" CSAN_OUT="$T/nh" CSAN_FORMAT=junit "$T/shop" leak 32
    like "without the command the record is there, and the rest is said" "*.jsonl is all there is of CSAN_FORMAT=junit: the csan command was not found*" "$said"
    is "without the command" 1 "$(records "$T/nh" | wc -l)"
fi

# ------------------------------------------------------------------ the same words
cd "$T" || exit 1
for words in "leak 32 leak 64" "leak 0" "deadlock"; do
    rm -rf "$T/same"
    # shellcheck disable=SC2086
    said=$(CSAN_OUT=same "$T/shop" $words 2>&1 >/dev/null)
    is "the record says what the process said: $words" "$said" "$("$csan" report same)"
done
cd "$top" || exit 1
is "a clean run in one line" "csan: PASS: 0 findings in 1 process" "$("$csan" report "$T/clean")"
is "colours where they are forced" true "$(FORCE_COLOR=1 "$csan" report "$T/mixed" 2>/dev/null | grep -q $'\033' && echo true)"

# ------------------------------------------------------------------ real readers
if command -v vim >/dev/null; then
    "$csan" report "$T/same" >"$T/quickfix.txt"
    vim -es -u NONE -i NONE -c 'set errorformat=%f:%l:%c:\ %trror:\ %m,%-G%.%#' -c "cgetfile $T/quickfix.txt" \
        -c "call writefile(map(getqflist(), {_, e -> bufname(e.bufnr).' '.e.lnum.' '.e.col.' '.e.type.' '.e.text}), '$T/quickfix.out')" -c 'qa!'
    like "vim's quickfix list" "tests/reports/shop.c [0-9]* [0-9]* e csan?deadlock?:*" "$(cat "$T/quickfix.out")"
    vim -es -u NONE -i NONE -c "cgetfile $T/quickfix.txt" \
        -c "call writefile(map(filter(getqflist(), 'v:val.valid'), {_, e -> bufname(e.bufnr).' '.e.lnum}), '$T/quickfix.out')" -c 'qa!'
    like "vim's own errorformat finds it as well" "tests/reports/shop.c [0-9]*" "$(head -n 1 "$T/quickfix.out")"
fi
if command -v prove >/dev/null; then
    like "prove reads the TAP" "*Tests: * Failed: *" "$(prove -e cat "$T/all.tap" 2>&1 | grep Wstat)"
fi
like "GitHub: the tenth error says how many more" "*::error title=csan::* more findings:*" "$(
    for i in $(seq 20); do
        sed "s/00000001/000000$((i + 10))/" "$T/mixed/hostile.jsonl"
    done >"$T/twenty.jsonl"
    "$csan" report --format github "$T/twenty.jsonl" | tail -n 1)"
is "GitHub: ten errors at most" 10 "$("$csan" report --format github "$T/twenty.jsonl" | wc -l)"
for i in $(seq 1500); do
    printf '{"type":"run","schema":"csan-jsonl","version":1,"csan":"0","program":"p","pid":%d,"time":"x"}\n' "$i"
    printf '{"type":"finding","fingerprint":"%08x","kind":"leak","program":"p","message":"%s"}\n' "$i" "$(printf '%0800d' 0)"
    printf '{"type":"end","verdict":"fail","findings":1,"known":0}\n'
done >"$T/much.jsonl"
"$csan" report --format summary "$T/much.jsonl" >"$T/much.md"
yes "a summary ends before GitHub's limit" "$here/check_formats.py" summary "$T/much.md"
like "a summary says what it leaves out" "* more findings do not fit here: *" "$(tail -n 1 "$T/much.md")"

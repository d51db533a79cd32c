# shellcheck shell=bash disable=SC2154
# `csan report --format html`: the page by itself, and in a browser. `csan folded`.

# ------------------------------------------------------------------ folded stacks
heap=$(echo "$T"/prof/*.heap.pb.gz)
like "folded: outermost first" "*main;*keep_rows;row_new 64000*" "$("$csan" folded "$heap")"
like "folded: another type" "*main;*keep_rows;row_new 1000*" "$("$csan" folded --sample-index inuse_objects "$heap")"
is "folded: a line is a stack and a number" 0 "$("$csan" folded "$heap" | grep -cvE '^.+ [0-9]+$')"
is "folded: all that pprof counts" \
    "$(pprof -raw -sample_index=alloc_objects "$heap" | awk '/^ *[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+: / {n += $1} END {print n}')" \
    "$("$csan" folded -s alloc_objects "$heap" | awk '{n += $NF} END {print n}')"
gunzip -c "$heap" | gzip -9 >"$T/packed.pb.gz"
is "folded: of a profile that is compressed" "$("$csan" folded "$heap")" "$("$csan" folded "$T/packed.pb.gz")"
run 87 "$csan" folded -s nonsense "$heap"
like "folded: no such type" "csan: folded: *.heap.pb.gz has no nonsense; it has alloc_objects, alloc_space, inuse_objects, inuse_space" "$said"
head -c 200 "$heap" >"$T/cut.pb.gz"
gunzip -c "$heap" | head -c 300 | gzip >"$T/damaged.pb.gz"
run 87 "$csan" folded "$T/cut.pb.gz"
is "folded: cut" "csan: folded: $T/cut.pb.gz: is cut" "$said"
run 87 "$csan" folded "$T/damaged.pb.gz"
is "folded: damaged" "csan: folded: $T/damaged.pb.gz: is damaged" "$said"
run 87 "$csan" folded "$here/shop.c"
is "folded: no profile" "csan: folded: $here/shop.c: is no profile" "$said"
run 87 "$csan" folded "$T/none.pb.gz"
is "folded: no file" "csan: folded: $T/none.pb.gz: No such file or directory" "$said"

# ------------------------------------------------------------------ a run
mkdir "$T/page" "$T/hostile" "$T/thousand"
cp "$T"/prof/* "$T/page"
run 86 env CSAN_OUT="$T/page" "$T/shop" leak 32 leak 64
${CC:-cc} -g -O1 "$top/tests/cases/growth_shows_who_holds_it_fails.c" -o "$T/grows" -I"$top/include" -I"$top/tests/cases" \
    -L"$O/lib" -lcsan -Wl,-rpath,"$O/lib" -pthread || exit 1
run 86 env CSAN_OUT="$T/page" "$T/grows"
for one in hold_above_max_hold wait_above_max_wait hang_of_all_threads_outside_check; do
    ${CC:-cc} -g -O1 "$top/tests/cases/${one}_fails.c" -o "$T/$one" -I"$top/include" -I"$top/tests/cases" \
        -L"$O/lib" -lcsan -Wl,-rpath,"$O/lib" -pthread || exit 1
    run 86 env CSAN_OUT="$T/page" CSAN_MAX_HOLD="$([[ $one == hold* ]] && echo 50ms || echo off)" \
        CSAN_MAX_WAIT="$([[ $one == wait* ]] && echo 50ms || echo off)" CSAN_HANG_AFTER=300ms "$T/$one"
done
mapfile -t figured < <(records "$T/page")
schema "records with figures" "${figured[@]}"
figures() { get "$(echo "$T/page/$1".*.jsonl)" "[l for l in lines if l['type'] == 'finding'][0]$2"; }
is "levels by round" "[1, 64, 1] [20, 1280, 20]" "$(figures grows '["rounds"]' | python3 -c 'import ast, sys
r = ast.literal_eval(sys.stdin.read()); print(*[[x["round"], x["bytes"], x["blocks"]] for x in (r[0], r[-1])])')"
for one in hold_above_max_hold wait_above_max_wait; do
    is "times are counted whole, in ascending buckets: $one" True "$(get "$(echo "$T/page/$one".*.jsonl)" \
        "(lambda t: t['count'] == sum(b['count'] for b in t['buckets']) == 1 and t['sum_ns'] == t['max_ns'] and t['buckets'][0]['from_ns'] <= t['max_ns'] < t['buckets'][0]['to_ns'])(lines[1]['times'])")"
done
is "threads of a hang, grouped" "3 [1]" "$(get "$(echo "$T/page"/hang*.jsonl)" '"%d %s" % (lines[1]["threads"], [p["threads"] for p in lines[1]["parties"] if "threads" in p])')"
run 0 "$csan" report --format html "$T/page"
is "a page lies in the folder" "$T/page/index.html" "$(cat "$T/stdout")"
page=$(cat "$T/page/index.html")
for words in "csan · \|FAIL" "32 B in 1 block never freed &gt; max_leak=0" "64 B in 1 block never freed" "<code>row_new</code>" \
    "tests/reports/shop.c:2[0-9]:" "sink = malloc(n);" "held by global sessions" "suppress <code>leak:" "<h2>Waits" "<h2>Threads"; do
    is "the page without JavaScript: $words" true "$(grep -q "$words" <<<"$page" && echo true)"
done
like "source around the place" '*<span class="l"><i>*</i>{*<span class="l hit"><i>*sink = malloc(n);*' "$page"
is "nothing is fetched" 0 "$(grep -cE '(src|href)="[^#"]|url\(|@import|http-equiv="refresh' <<<"$page")"
cp "$T/cut.pb.gz" "$T/page/x.1.heap.pb.gz"
run 0 "$csan" report --format html "$T/page"
is "a profile that is cut is left out, and said" "csan: $T/page/x.1.heap.pb.gz: this profile is cut, and is left out" "$said"
is "a page is replaced when the next one is whole" "" "$(find "$T/page" -name '*.part')"
run 0 "$csan" report --format html -o "$T/page/other.html" "$T/clean"
like "a clean run" "*PASS*0 findings in 1 process*Nothing was found.*" "$(cat "$T/page/other.html")"

# Charts are of figures: no word of a note's is read.
mkdir "$T/figures"
{
    printf '%s\n' '{"type":"run","schema":"csan-jsonl","version":1,"csan":"0","program":"p","pid":1,"time":"x"}'
    printf '%s\n' '{"type":"finding","fingerprint":"00000001","kind":"growth","program":"p","message":"grows","amount":9,"note":"words","rounds":[{"round":4,"bytes":10,"blocks":1},{"round":8,"bytes":5,"blocks":1},{"round":12,"bytes":20,"blocks":3}]}'
    printf '%s\n' '{"type":"finding","fingerprint":"00000002","kind":"growth","program":"p","message":"grows","amount":9,"note":"after round 1: 16 B in 1 block; 10: 160 B in 10 blocks"}'
    printf '%s\n' '{"type":"finding","fingerprint":"00000003","kind":"wait","program":"p","message":"waits","amount":9,"option":"max_wait","limit":"10us","times":{"count":6,"sum_ns":9,"max_ns":9,"buckets":[{"from_ns":0,"to_ns":1280,"count":5},{"from_ns":65536,"to_ns":81920,"count":1}]}}'
    printf '%s\n' '{"type":"finding","fingerprint":"00000004","kind":"wait","program":"p","message":"waits","amount":9,"note":"12 waits: p50 1.5 ms, p90 3 ms, p99 20 ms, longest 21 ms, together 90 ms","times":{"count":1e300,"buckets":[{"from_ns":1e300,"to_ns":-5,"count":"x"}]},"rounds":[{"round":"x"},3,{"round":1e99}]}'
    printf '%s\n' '{"type":"end","verdict":"fail","findings":4,"known":0}'
} >"$T/figures/p.jsonl"
run 0 "$csan" report --format html "$T/figures"
drawn=$(cat "$T/figures/index.html")
is "a round is a point" 3 "$(sed -n '/id="f1"/,/article>/p' <<<"$drawn" | grep -c '<circle class="mark"')"
like "the middle of three rounds" '*<polyline class="trend" points="68.0,55.0 308.0,76.5 548.0,12.0 "/>*' "$drawn"
like "a round by its figures" '*<title>round 12: 20 B in 3 blocks</title>*' "$drawn"
like "a bucket by its figures" '*<title>1× 66 us to 82 us</title>*' "$drawn"
like "the limit" '*<text class="limit"*>limit 10 us</text>*' "$drawn"
is "figures that lie are drawn within bounds" "" "$(grep -oE 'nan|inf[^o]|"[0-9.-]{9,}"' <<<"$(grep -E '^<(rect|circle|line|text|poly)' <<<"$drawn")")"

# ------------------------------------------------------------------ names that would be code
name='</script><script>document.body.id=\"owned\"</script><img src=x onerror=\"document.body.id=&#39;owned&#39;\">{{findings}} \u0000 ;'
{
    printf '%s\n' '{"type":"run","schema":"csan-jsonl","version":1,"csan":"0","program":"'"$name"'","pid":1,"time":"<b>","command":["p"]}'
    number=0
    for kind in leak wait growth deadlock; do
        printf '{"type":"finding","fingerprint":"0000000%d","kind":"%s","program":"p","message":"number %s %s","amount":9,"note":"%s","try":"%s","accept":"%s","suppression":"%s","option":"max_leak","limit":"%s","stack":[{"function":"%s","file":"/%s","line":3,"source":"%s","offset":"0x1","inlined":false,"own":true}],"parties":[{"label":"%s","stack":[]}]}\n' \
            "$((number += 1))" "$kind" "$kind" "$name" "$name" "$name" "$name" "$name" "$name" "$name" "$name" "$name" "$name"
    done
    printf '{"type":"finding","fingerprint":"00000099","kind":"leak","program":"p","message":"number mega %s"}\n' "$(head -c 1000000 /dev/zero | tr '\0' m)"
    printf '{"type":"finding","fingerprint":"00000098","kind":"leak","program":"p","message":"number bytes \xff\xfe\xc3("}\n'
    printf '%s\n' '{"type":"end","verdict":"fail","findings":6,"known":0}'
} >"$T/hostile/hostile.jsonl"
run 0 "$csan" report --format html "$T/hostile"
is "hostile names stay text" "0 2" "$(grep -c '<img' "$T/hostile/index.html") $(grep -ci '<script' "$T/hostile/index.html")"
is "a page is UTF-8" "" "$(iconv -f UTF-8 -t UTF-8 "$T/hostile/index.html" 2>&1 >/dev/null)"
yes "a megabyte of message is cut" test "$(stat -c %s "$T/hostile/index.html")" -lt 300000
like "and says so" "*mmm… (1000012 bytes)*" "$(cat "$T/hostile/index.html")"

{
    printf '%s\n' '{"type":"run","schema":"csan-jsonl","version":1,"csan":"0","program":"p","pid":1,"time":"x"}'
    for i in $(seq 1000); do
        printf '{"type":"finding","fingerprint":"%08x","kind":"leak","program":"p","message":"%d B in 1 block never freed","amount":%d,"stack":[{"function":"f%d","file":"/x/a.c","line":%d,"source":"p = malloc(n);","offset":"0x1","inlined":false,"own":true},{"function":"main","file":"/x/a.c","line":3,"offset":"0x2","inlined":false,"own":true}]}\n' \
            "$i" "$i" "$((i < 990 ? 1 : 100000 + i))" "$i" "$i"
    done
    printf '%s\n' '{"type":"end","verdict":"fail","findings":1000,"known":0}'
} >"$T/thousand/p.jsonl"
run 0 "$csan" report --format html "$T/thousand"
like "the worst is first" '*<article id="f1"*1000 B in 1 block*<article id="f2"*' "$(head -c 200000 "$T/thousand/index.html")"
like "what cannot be seen in a flame graph is one node" '*"f":"other (989)","o":1,"v":989}*' "$(tail -c 50000 "$T/thousand/index.html")"

# ------------------------------------------------------------------ in a browser
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
dom() { # FILE [FLAGS]: the page as it is when its scripts have run
    HOME=$T timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$T/browser" "${@:2}" --dump-dom "file://$1" 2>/dev/null
}
of() { grep -o "$1" <<<"$2" | wc -l; }
# A page that presses keys, and says what it sees then.
press() { # FILE SCRIPT
    local nonce
    nonce=$(grep -o "nonce-[0-9a-f]*" "$1" | head -n 1)
    sed "s|</body>|<script nonce=\"${nonce#nonce-}\">const press = (key, to) => (to \|\| document.body).dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})); const \$ = id => document.getElementById(id); $2</script></body>|" "$1" >"$T/pressed.html"
    dom "$T/pressed.html" | grep -o '<title>[^<]*' | sed 's/<title>//; q'
}
if [[ -n $browser ]]; then
    seen=$(dom "$T/page/index.html")
    is "browser: findings" 6 "$(of '<article ' "$seen")"
    is "browser: a growth chart of twenty rounds" 20 "$(of '<circle class="mark"' "$seen")"
    is "browser: a histogram of waits and one of holds, each with its limit" "2 2" \
        "$(of 'aria-label="How often it took how long"' "${seen%%<section id=\"locks\"*}") $(of '<line class="limit"' "$seen")"
    is "browser: the threads of a hang by stack" "3 1" "$(grep -o 'data-threads="[0-9]*"' <<<"$seen" | tr -dc '0-9\n' | paste -sd' ')"
    is "browser: five flame graphs" 5 "$(of 'role="tab"' "$seen")"
    like "browser: a flame graph" '*class="fr"*row_new*' "$seen"
    seen=$(dom "$T/hostile/index.html")
    is "browser: nothing of a name's has run" 0 "$(of '<body [^>]*owned' "$seen")"
    for kind in leak wait growth deadlock mega bytes; do
        is "browser: a hostile finding is there: $kind" 1 "$(of "number $kind " "$(sed 's/<nav.*//; /class="note"/d' <<<"$seen" | grep -o "<h3>.*number $kind ")")"
    done
    like "browser: the scripts of the page have run" '*class="fr"*' "$seen"
    is "browser: a thousand findings" 1000 "$(of '<article ' "$(dom "$T/thousand/index.html")")"
    is "keys: j and k" "f2" "$(press "$T/page/index.html" "press('j'); press('j'); press('j'); press('k'); document.title = document.querySelector('article.here').id;")"
    is "keys: search" "1 true" "$(press "$T/page/index.html" "press('/'); const at = document.activeElement; at.value = 'held by global'; at.oninput(); document.title = document.querySelectorAll('article:not([hidden])').length + ' ' + (at.id === 'search');")"
    is "keys: kinds" 2 "$(press "$T/page/index.html" "document.querySelector('button[data-kind=leak]').click(); document.title = document.querySelectorAll('article:not([hidden])').length;")"
    like "keys: in a flame graph" "keep_rows  *" "$(press "$T/page/index.html" "press('2'); for (const e of document.querySelectorAll('.fr')) if (e.textContent === 'keep_rows') e.click(); document.title = \$('crumb').textContent;")"
    like "keys: out of a flame graph" "main  *" "$(press "$T/page/index.html" "press('2'); for (const e of document.querySelectorAll('.fr')) if (e.textContent === 'keep_rows') e.click(); press('Escape', \$('flame')); document.title = \$('crumb').textContent;")"
    is "keys: dark and light" "dark light" "$(press "$T/page/index.html" "press('t'); const one = document.documentElement.dataset.theme; press('t'); document.title = [one, document.documentElement.dataset.theme].sort().join(' ');")"
fi

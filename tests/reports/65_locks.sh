# shellcheck shell=bash disable=SC2154,SC2016
# Locks that were waited for: lines of the record, added up, listed, drawn.

build "$T/contended" "$here/contended.c" -I"$top/tests/cases"
run 0 env CSAN_OUT="$T/locks1" "$T/contended"
is "locks: nothing is said of them on stderr" "" "$said"
run 0 env CSAN_OUT="$T/locks0" "$T/contended" alone
run 0 env CSAN_OUT="$T/locks_off" CSAN_MAX_WAIT=off "$T/contended"
mapfile -t kept < <(records "$T/locks1"; records "$T/locks0"; records "$T/locks_off")
schema "locks: records" "${kept[@]}"
told() { python3 - "$1"/*.jsonl <<'PY'
import json, sys
for path in sys.argv[1:]:
    lines = [v for v in map(json.loads, open(path)) if v["type"] == "lock"]
    assert [v["times"]["sum_ns"] for v in lines] == sorted((v["times"]["sum_ns"] for v in lines), reverse=True)
    for v in sorted(lines, key=lambda v: v["message"]):
        print(v["message"], "locks", v["locks"], "waits", v["times"]["count"], "of", v.get("acquisitions"), v.get("at_least"),
              *("%s:%s:%d" % (s["stack"][s["place"]]["function"], s["access"], s["waits"])
                for s in sorted(v["sites"], key=lambda s: (-s["waits"], s["access"]))))
        assert sum(s["wait_ns"] for s in v["sites"]) == v["times"]["sum_ns"]
PY
}
every='a mutex locks 3 waits 3 of None None row_get:lock:3
mutex `conn.lock` locks 1 waits 1 of None None row_put:lock:1
mutex `rows` locks 1 waits 4 of 8 False row_get:lock:3 row_put:lock:1
rwlock `table.lock` locks 1 waits 2 of 4 True table_read:read:1 table_write:write:1'
is "locks: each that was waited for, with the ways to it" "$every" "$(told "$T/locks1")"
is "locks: none where nobody waited" "" "$(told "$T/locks0")"
is "locks: whatever their limit" "$every" "$(told "$T/locks_off")"
is "locks: the same names in the next run" "$(grep -ho '"type":"lock","fingerprint":"[^"]*"' "$T"/locks1/*.jsonl | sort)" \
    "$(grep -ho '"type":"lock","fingerprint":"[^"]*"' "$T"/locks_off/*.jsonl | sort)"

# A forked child has its own.
run 0 env CSAN_OUT="$T/locks_fork" "$T/contended" fork
is "locks: a child does not tell its parent's" "0 4" "$(for f in "$T"/locks_fork/*.jsonl; do grep -c '"type":"lock"' "$f"; done | sort | paste -sd' ')"

# Profiles: readers, writers and others are told apart by a label.
tags() { pprof -tags -sample_index=contentions "$1" | awk '/^ *[a-z]+: Total/ {key = $1} / [a-z_.]+ *$/ && !/Total/ {print key $NF "=" $1 + 0}' | sort | paste -sd' '; }
block=$(echo "$T"/locks1/*.block.pb.gz) mutex=$(echo "$T"/locks1/*.mutex.pb.gz)
like "locks: ways to wait in the block profile" "*lock:mutex=8 lock:rwlock.read=1 lock:rwlock.write=1*" "$(tags "$block")"
is "locks: what others wanted in the mutex profile" "lock:mutex=8 lock:rwlock.read=1 lock:rwlock.write=1" "$(tags "$mutex")"
like "locks: a tag chooses" "*accounting for 1, * of 10 total*" "$(pprof -top -tagfocus=lock=rwlock.write -sample_index=contentions "$mutex")"
run 0 env CSAN_OUT="$T/locks_readers" "$T/contended" readers
is "locks: a writer that waits for a reader" "lock:rwlock.write=1" "$(tags "$(echo "$T"/locks_readers/*.mutex.pb.gz)")"

run 0 env CSAN_OUT="$T/locks_unseen" "$T/contended" unseen
mutex=$(echo "$T"/locks_unseen/*.mutex.pb.gz)
stands() { pprof -top -cum -sample_index=contentions "$@" "$mutex" | awk '$6 ~ /^(row_|contend)/ {print $6 "=" $4}' | sort | paste -sd' '; }
is "locks: a wait for whom nobody knows stands where it was" "contend=1 row_get=1" "$(stands)"
is "locks: and has a label" "holder:unknown=1 lock:mutex=2" "$(tags "$mutex")"
is "locks: which leaves it out" "contend=1" "$(stands -tagignore=holder=unknown)"

# ------------------------------------------------------------------ added up
mkdir "$T/locks2"
cp "$T"/locks1/*.jsonl "$T/locks2/one.jsonl"
cp "$T"/locks_off/*.jsonl "$T/locks2/two.jsonl"
run 0 "$csan" merge -o "$T/locks.jsonl" "$T/locks2"
schema "locks: a merged record" "$T/locks.jsonl"
mkdir "$T/locks3"
cp "$T/locks.jsonl" "$T/locks3"
is "locks: merged" "mutex \`rows\` 2 processes, 8 waits of 16 in 1; sites of one" "$(get "$T/locks.jsonl" "[('%s %d processes, %d waits of %d in %d; sites of %s' % (v['message'], v['processes'], v['times']['count'], v['acquisitions'], v['locks'], 'one' if sum(s['waits'] for s in v['sites']) == 4 else 'many')) for v in lines if v['type'] == 'lock' and 'rows' in v['message']][0]")"
is "locks: merged, their times" "True" "$(python3 - "$T"/locks2/*.jsonl "$T/locks.jsonl" <<'PY'
import json, sys
one, two, both = ({v["fingerprint"]: v["times"] for v in map(json.loads, open(p)) if v["type"] == "lock"} for p in sys.argv[1:])
def whole(t, *of):
    largest = max(o["max_ns"] for o in of)
    return (t["count"] == sum(o["count"] for o in of) and t["sum_ns"] == sum(o["sum_ns"] for o in of) and t["max_ns"] == largest
            and t["p50_ns"] <= t["p90_ns"] <= t["p99_ns"] <= largest
            and {b["from_ns"] for b in t["buckets"]} == {b["from_ns"] for o in of for b in o["buckets"]}
            and [b["from_ns"] for b in t["buckets"]] == sorted(b["from_ns"] for b in t["buckets"]))
print(len(both) == 4 and all(whole(both[k], one[k], two[k]) for k in both))
PY
)"
run 0 "$csan" show --locks "$T/locks3"
like "locks: listed" "*mutex \`rows\`  tests/reports/contended.c:*  8 of 16 acquisitions waited, p50 *, p99 *, longest * (contended)*" "$(cat "$T/stdout")"
like "locks: listed, nameless ones" "*a mutex (3 of them)  *contended.c*  6 waits: p50 *" "$(cat "$T/stdout")"
run 0 "$csan" show --locks "$T/locks0"
is "locks: listed, none" "no lock was waited for" "$(cat "$T/stdout")"
run 0 "$csan" show "$T/locks3"
is "locks: no findings" "nothing was found" "$(cat "$T/stdout")"
for format in text junit sarif github gitlab tap summary; do
    run 0 "$csan" report --format "$format" "$T/locks3"
    is "locks: fail nothing in $format" 0 "$(grep -c 'rows' "$T/stdout")"
done
run 0 "$csan" report --format jsonl "$T/locks1"
is "locks: jsonl hands them on" 4 "$(grep -c '"type":"lock"' "$T/stdout")"

# ------------------------------------------------------------------ drawn
run 0 "$csan" report --format html "$T/locks2"
drawn=$(cat "$T/locks2/index.html")
section=${drawn#*<section id=\"locks\"}
section=${section%%</section>*}
is "locks: a histogram each" "4 4" "$(grep -o '<svg' <<<"$section" | wc -l) $(grep -o '<details' <<<"$section" | wc -l)"
like "locks: the ways to one" '*mutex `rows`*8 of 16 acquisitions waited*<rect class="mark"*×*in 2 processes*' "$(tr '\n' ' ' <<<"$section")"
like "locks: one way" '*3 waits, together*row_get*' "$(tr '\n' ' ' <<<"$section")"
like "locks: the other way" '*1 wait, together*row_put*' "$(tr '\n' ' ' <<<"$section")"
like "locks: to read and to write" '*rwlock `table.lock`*, to read:*' "$(tr '\n' ' ' <<<"$section")"
run 0 "$csan" report --format html "$T/locks0"
is "locks: no section where nobody waited" 0 "$(grep -c 'id="locks"' "$T/locks0/index.html")"

# ------------------------------------------------------------------ what others write
mkdir "$T/locks_bad"
begin='{"type":"run","schema":"csan-jsonl","version":1,"csan":"0","program":"p","pid":1,"time":"x"}'
evil='</script><img src=x onerror=\"document.body.id=1\">{{findings}}'
{
    printf '%s\n' "$begin"
    printf '{"type":"lock","fingerprint":"00000001","program":"%s","message":"mutex `%s`","locks":1e300,"acquisitions":-3,"times":{"count":3,"sum_ns":9,"max_ns":1e300,"buckets":[{"from_ns":1e300,"to_ns":-5,"count":"x"},{"from_ns":5,"to_ns":7,"count":3}]},"sites":[{"access":"%s","waits":2,"stack":[{"function":"%s","file":"/%s","line":3,"offset":"0x1"}]},7,null]}\n' "$evil" "$evil" "$evil" "$evil" "$evil"
    printf '%s\n' '{"type":"lock","fingerprint":"00000001","program":"p","message":"mutex `b`","times":{"count":1,"sum_ns":2,"max_ns":2,"buckets":[{"from_ns":0,"to_ns":1024,"count":1}]}}'
    printf '%s\n' '{"type":"weather","rain":true}'
    printf '%s\n' '{"type":"end","verdict":"pass","findings":0,"known":0,"locks":2}'
} >"$T/locks_bad/p.jsonl"
run 0 "$csan" report --format html "$T/locks_bad"
is "locks: hostile names stay text" "0 2" "$(grep -c '<img' "$T/locks_bad/index.html") $(grep -ci '<script' "$T/locks_bad/index.html")"
is "locks: figures that lie are drawn within bounds" "" "$(grep -oE 'nan|inf[^o]|"[0-9.-]{9,}"' <<<"$(grep -E '^<(rect|circle|line|text|poly)' "$T/locks_bad/index.html")")"
run 0 "$csan" merge "$T/locks_bad"
is "locks: hostile ones merge" 2 "$(grep -c '"type":"lock"' "$T/stdout")"
for bad in '{"type":"lock","program":"p","times":{"count":1,"buckets":[{"from_ns":0,"to_ns":2,"count":1}]}}|a lock without a fingerprint' \
    '{"type":"lock","fingerprint":"00000001","times":7}|a lock without the times that it was waited for'; do
    printf '%s\n%s\n%s\n' "$begin" "${bad%%|*}" '{"type":"end","verdict":"pass","findings":0,"known":0}' >"$T/bad.jsonl"
    run 87 "$csan" show "$T/bad.jsonl"
    is "locks: ${bad##*|}" "csan: $T/bad.jsonl:2: ${bad##*|}" "$said"
done
printf '%s\n%s\n' "$begin" '{"type":"end","verdict":"pass","findings":0,"known":0,"locks":2}' >"$T/bad.jsonl"
run 87 "$csan" show "$T/bad.jsonl"
is "locks: some are gone" "csan: $T/bad.jsonl:2: 2 locks were written, and 0 could be read" "$said"

if [[ -n $browser ]]; then
    seen=$(dom "$T/locks2/index.html")
    is "browser: locks" 4 "$(of '<svg class="chart"' "${seen#*<section id=\"locks\"}")"
    is "keys: the next lock" "true true" "$(press "$T/locks2/index.html" "const rows = document.querySelectorAll('#locks summary'); press('l'); const one = document.activeElement === rows[0]; press('l'); document.title = one + ' ' + (document.activeElement === rows[1]);")"
    is "keys: search for a lock" "1 table.lock" "$(press "$T/locks2/index.html" "press('/'); const at = document.activeElement; at.value = 'table_write'; at.oninput(); const left = [...document.querySelectorAll('#locks details:not([hidden]) code')]; document.title = document.querySelectorAll('#locks details:not([hidden])').length + ' ' + left[0].textContent.match(/table.lock/)[0];")"
    is "browser: nothing of a lock's name has run" 0 "$(of '<body [^>]*id=' "$(dom "$T/locks_bad/index.html")")"
fi

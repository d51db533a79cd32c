# shellcheck shell=bash disable=SC2154
# csan diff: what is new, gone, changed.

for i in 1 2 3 4; do
    CSAN_OUT="$T/diff_old" "$T/shop" leak 32 leak 64 2>/dev/null
    CSAN_OUT="$T/diff_new" "$T/shop" leak 32 leak 64 leak 64 leak 5 2>/dev/null
done
old=$(records "$T/diff_old" | head -n 1) new=$(records "$T/diff_new" | head -n 1)
run 0 "$csan" diff "$old" "$old"
is "diff: nothing" "0 new, 0 gone, 0 changed, 2 the same" "$(cat "$T/stdout")"
run 0 "$csan" diff "$old" "$new"
like "diff: one record each: changed" "*changed *leak *shop.c:21:12*64 B → 128 B (+100 %) (shop)*" "$(cat "$T/stdout")"
like "diff: one record each: new" "*new *leak *5 B in 1 block never freed * (shop)*1 new, 0 gone, 1 changed, 1 the same" "$(cat "$T/stdout")"
run 0 "$csan" diff "$new" "$old"
like "diff: gone" "*gone *5 B in 1 block*0 new, 1 gone, 1 changed, 1 the same" "$(cat "$T/stdout")"
run 0 "$csan" diff "$T/diff_old" "$T/diff_new"
like "diff: series have medians and p" "*64 B → 128 B (+100 %), medians, p=0.029 n=4+4 (shop)*" "$(cat "$T/stdout")"
like "diff: in how many processes" "*new *, in 4 of 4 processes (shop)*" "$(cat "$T/stdout")"
run 0 "$csan" diff "$old" "$old" -- "$new" "$new"
like "diff: two of each may be chance" "*1 new, 0 gone, 0 changed, 2 the same" "$(cat "$T/stdout")"
run 87 "$csan" diff "$old"
run 87 "$csan" diff "$old" --
run 87 "$csan" diff "$old" "$T/no_such"

# ---- profiles

for i in 1 2 3 4; do
    CSAN_OUT="$T/diff_few" "$T/profiled" keep pass
    CSAN_OUT="$T/diff_many" "$T/profiled" keep pass pass
done
first() { find "$T/diff_$1" -name "*.$2.pb.gz" | sort | head -n 1; }
few=$(first few allocs) many=$(first many allocs)
run 0 "$csan" diff "$few" "$many"
like "diff of two profiles: the sum, and the stack" \
    "alloc_objects: 1500 → 2000 (+33 %)
  more       +500  500 → 1000 (+100 %)
                   row_new < pass_rows < main  *profiled.c:20
alloc_space: 160 KiB → 258 KiB (+61 %)
  more    +98 KiB  98 KiB → 195 KiB (+100 %)*" "$(cat "$T/stdout")"
is "pprof says the same" 500 "$(pprof -top -sample_index=alloc_objects -diff_base "$few" "$many" | awk '$6 == "row_new" {print $1}')"
run 0 "$csan" diff "$many" "$few"
like "diff of two profiles, the other way" "*  less       -500  1000 → 500 (-50 %)*" "$(cat "$T/stdout")"
run 0 "$csan" diff "$few" "$few"
is "diff of a profile with itself" "profiles: the same" "$(cat "$T/stdout")"
run 0 "$csan" diff "$T/a.pb.gz" "$T/b.pb.gz"
like "diff: a new stack" "*inuse_objects: 0 → 1001
  new       +1000  0 → 1000
                   row_new < keep_rows < main *" "$(cat "$T/stdout")"
run 0 "$csan" diff "$T/diff_few" "$T/diff_many"
like "diff of folders: findings, then profiles with medians and p" \
    "0 new, 0 gone, 0 changed, 0 the same
profiled allocs, alloc_objects: 1500 → 2000 (+33 %) (p=0.029 n=4+4)*500 → 1000 (+100 %) (p=0.029 n=4+4)*" "$(cat "$T/stdout")"
is "diff of folders: alloc_space is told once" 1 "$(grep -c 'alloc_space' "$T/stdout")"
run 0 "$csan" diff "$few" "$few" -- "$few" "$many"
like "diff: what may be chance bears a ~" "alloc_objects: 1500 → 1750 ~ (p=1.000 n=2+2)
  ~ 1 differ*" "$(cat "$T/stdout")"
run 0 "$csan" diff --top=1 "$T/a.pb.gz" "$(first many heap)"
like "diff: --top" "*  … and 1 with smaller differences (--top=0 shows them)*" "$(cat "$T/stdout")"
run 0 "$csan" diff --top=0 "$T/a.pb.gz" "$(first many heap)"
is "diff: --top=0 is all" 0 "$(grep -c 'smaller' "$T/stdout")"
head -c 200 "$few" >"$T/cut.pb.gz"
run 87 "$csan" diff "$few" "$T/cut.pb.gz"
like "diff: a profile that is cut" "csan: diff: $T/cut.pb.gz: is cut" "$said"
cp "$T/shop" "$T/foreign.pb.gz"
run 87 "$csan" diff "$T/foreign.pb.gz" "$few"
like "diff: no profile" "csan: diff: $T/foreign.pb.gz: is *" "$said"
run 87 "$csan" diff "$few" "$old"
like "diff: a profile and a record" "csan: diff: profiles on one side only*" "$said"
run 87 "$csan" diff --tpo=3 "$few" "$many"
like "diff: no such option" "csan: diff: --tpo=3: see *" "$said"
run 87 "$csan" diff --top=x "$few" "$many"
run 87 sh -c "'$csan' diff '$few' '$many' >/dev/full"
like "diff: a full disk" "csan: standard output: No space left on device" "$said"

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

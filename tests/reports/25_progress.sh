# shellcheck shell=bash disable=SC2154
# Long work: how far it has come, on stderr when that is a terminal, and gone when it is done.

good=$(records "$T/twice")
mkfifo "$T/late.jsonl"
late() { (sleep 0.7 && cat "$good") >"$T/late.jsonl" & } # longer than what is called long

late
screen=$(script -qec "'$csan' merge -o '$T/merged' '$good' '$T/late.jsonl'" /dev/null </dev/null)
wait
like "progress: on a terminal" $'*\r\e\[Kcsan: reading records: 2 of 2\r\e\[Kcsan: *2 findings of 2 processes*' "$screen"
late
run 0 "$csan" merge -o "$T/merged" "$good" "$T/late.jsonl"
wait
is "progress: never elsewhere" "csan: $T/merged: 2 findings of 2 processes" "$said"
late
screen=$(script -qec "'$csan' show '$good' '$T/late.jsonl'" /dev/null </dev/null)
wait
like "progress: gone before the result is printed" $'*\r\e\[Kcsan: reading records: 2 of 2\r\e\[K????????  leak *' "$screen"
screen=$(script -qec "'$csan' show '$good'" /dev/null </dev/null)
is "progress: not of short work" 0 "$(grep -c 'reading' <<<"$screen")"

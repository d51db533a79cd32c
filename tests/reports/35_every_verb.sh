# shellcheck shell=bash disable=SC2154
# Every verb that reads: what is no input for it ends with 87 and a sentence that names the file; so
# does what cannot be written.

good=$(records "$T/twice")
mkdir -p "$T/inputs"
: >"$T/inputs/empty.jsonl"
printf 'hello\n' >"$T/inputs/text.jsonl"
cp "$T/shop" "$T/inputs/elf.jsonl"
printf '{"type":"run","schema":"csan-jsonl","version":2}\n{"type":"end"}\n' >"$T/inputs/newer.jsonl"
head -c $(($(wc -c <"$good") - 400)) "$good" >"$T/inputs/cut.jsonl"
sed '2s/fingerprint/fnigerprint/' "$good" >"$T/inputs/damaged.jsonl"
chmod a+r "$T"/inputs/*
printf 'leak:nothing_of_this_name\n' >"$T/inputs/rules"

readers=("show" "report" "report --format html -o $T/page.html" "report --format sarif" "merge" "baseline" "ci"
    "supp generate" "supp unused $T/inputs/rules" "diff $good")
for reader in "${readers[@]}"; do
    read -ra words <<<"$reader"
    for input in nosuch empty text elf newer cut damaged; do
        file=$T/inputs/$input.jsonl status=0
        said=$("$csan" "${words[@]}" "$file" 2>&1 >"$T/stdout" </dev/null) || status=$?
        # A finding that could be read is a finding: of ci that comes first.
        expected=87
        [[ $reader == ci && $input =~ cut|damaged ]] && expected=86
        is "csan $reader: status with $input" $expected $status
        like "csan $reader: the sentence about $input" "*csan: *$file*" "$said"
    done
done
for input in nosuch empty text elf cut; do
    file=$T/inputs/$input.pb.gz
    case $input in
    nosuch) ;;
    cut) head -c 200 "$(find "$T/twice" -name '*.heap.pb.gz' | head -n 1)" >"$file" ;;
    *) cp "$T/inputs/$input.jsonl" "$file" ;;
    esac
    for reader in "folded" "diff $file"; do
        read -ra words <<<"$reader"
        run 87 "$csan" "${words[@]}" "$file"
        like "csan $reader: the sentence about $input.pb.gz" "*csan: *$file*" "$said"
    done
done

writers=("show $good" "report $good" "report --format junit $good" "report --format sarif $good" "report --format jsonl $good"
    "report --format github $good" "report --format gitlab $good" "report --format tap $good" "report --format summary $good"
    "merge $good" "baseline $good" "ci $good" "supp generate $good" "supp unused $T/inputs/rules $good" "diff $good $good"
    "explain" "explain leak" "help" "help run" "version" "symbolize $T/shop 0x1000" "doctor $T/shop")
for writer in "${writers[@]}"; do
    read -ra words <<<"$writer"
    status=0
    said=$("$csan" "${words[@]}" 2>&1 >/dev/full </dev/null) || status=$?
    expected=87
    [[ $writer == ci* ]] && expected=86
    is "csan ${writer/$T/…}: onto a full disk" $expected "$status"
    like "csan ${writer/$T/…}: tells of the full disk" "*csan: *No space left on device*" "$said"
done
for writer in "report -o" "merge -o" "baseline -o" "ci --junit" "ci --sarif" "ci --gitlab" "ci --tap"; do
    read -ra words <<<"$writer"
    expected=87
    [[ $writer == ci* ]] && expected=86 # it has findings, too
    run $expected "$csan" "${words[@]}" "$T/no_such_folder/x" "$good"
    like "csan $writer into no folder" "*csan: $T/no_such_folder/x*: No such file or directory*" "$said"
done

# A device or a pipe is written to, and stays what it is.
mkfifo "$T/pipe"
for writer in "report -o" "report --format html -o" "merge -o" "baseline -o" "ci --junit"; do
    read -ra words <<<"$writer"
    timeout 60 cat "$T/pipe" >"$T/through" &
    "$csan" "${words[@]}" "$T/pipe" "$good" >/dev/null 2>&1
    wait
    is "csan $writer: into a pipe" "yes yes" "$([[ -s $T/through ]] && echo yes) $([[ -p $T/pipe ]] && echo yes)"
done

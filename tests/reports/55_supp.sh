# shellcheck shell=bash disable=SC2154
# csan supp: suppression files made of records, checked, and held against a run.

run 86 env CSAN_OUT="$T/supp" "$T/shop" leak 32 leak 64 leak 64
run 86 env CSAN_OUT="$T/supp" "$T/shop" leak 32
run 0 "$csan" supp generate "$T/supp"
cp "$T/stdout" "$T/supp.txt"
like "supp generate: a comment with the finding, a line with its kind and the most of one process" \
    "# *shop.c: * never freed* \[????????\] shop
leak:row_new max=3" "$(cat "$T/supp.txt")"
run 0 env CSAN_SUPPRESSIONS="$T/supp.txt" "$T/shop" leak 32 leak 64 leak 64
is "supp generate: what it makes accepts the run" "" "$said"
run 86 env CSAN_SUPPRESSIONS="$T/supp.txt" "$T/shop" leak 32 leak 64 leak 64 leak 64
run 0 "$csan" supp check "$T/supp.txt"
is "supp check: a file that is well" "$T/supp.txt: 1 line, all well" "$(cat "$T/stdout")"

printf 'leak:a\nleek:b\n# fine\nleak:c max=many\n' >"$T/supp_bad.txt"
run 87 "$csan" supp check "$T/supp_bad.txt"
like "supp check: every line that is not" "csan: $T/supp_bad.txt:2: *the nearest known one is \"leak\"
csan: $T/supp_bad.txt:4: *max= needs a number*" "$said"
run 87 "$csan" supp check "$T/no_such"
like "supp check: no file" "csan: $T/no_such: No such file*" "$said"

printf 'leak:row_new\nleak:nobody\nwait:row_new\nleak:row_new until=2001-01-01\n' >"$T/supp_old.txt"
run 0 "$csan" supp unused "$T/supp_old.txt" "$T/supp"
is "supp unused: what matched nothing, and what is past its date" "$T/supp_old.txt:2: leak:nobody (unused)
$T/supp_old.txt:3: wait:row_new (unused)
$T/supp_old.txt:4: leak:row_new until=2001-01-01 (past its date)" "$(cat "$T/stdout")"
run 87 "$csan" supp unused "$T/supp_bad.txt" "$T/supp"
run 87 "$csan" supp generate "$T/no_such"
run 87 "$csan" supp frob
like "supp: what it can" "csan: supp: generate RECORD*" "$said"

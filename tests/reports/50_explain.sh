# shellcheck shell=bash disable=SC2154
# csan explain: every kind has a text, and its example is what csan says.

mapfile -t kinds < <(sed -n 's/^Kinds, spelled so.*//; s/^    \[FINDING_[A-Z_]*\] = "\([a-z-]*\)",.*/\1/p' "$top/runtime/record/finding.c")
is "explain: kinds to explain" 14 "${#kinds[@]}"
for kind in "${kinds[@]}"; do
    run 0 "$csan" explain "$kind"
    like "explain $kind" "$kind

    *so it looks (tests/cases/*_fails.c):*: error: csan\[$kind\]: *how to mend it*what accepts it*$kind:FUNCTION in the file*" \
        "$(cat "$T/stdout")"
    yes "explain $kind: its example is of a case" test -f "$top/tests/cases/$(sed -n 's|^so it looks (tests/cases/\(.*\)):|\1|p' "$T/stdout")"
    like "explain lists $kind" "*
$kind *" "
$("$csan" explain)"
done

cc -g -O1 -I"$top/include" -L"$O/lib" -o "$T/example" "$top/tests/cases/double_free_fails.c" -lcsan -Wl,-rpath,"$O/lib" || exit 1
said=$(cd "$top/tests/cases" && "$T/example" 2>&1 >/dev/null | sed '/^csan: /d; s/^/    /')
is "explain: the example is what csan says" "$said" "$("$csan" explain bad-free | grep -Fx "$said")"

run 87 "$csan" explain leek
is "explain: an unknown kind gives the nearest" "csan: explain: there is no kind leek; the nearest is leak" "$said"
run 87 "$csan" explain lock_order
is "explain: and with another dash" "csan: explain: there is no kind lock_order; the nearest is lock-order" "$said"
run 87 "$csan" explain xyzzyxyzzy
is "explain: none near" "csan: explain: there is no kind xyzzyxyzzy; \`csan explain\` lists them" "$said"
run 0 "$csan" explain --help
like "explain --help" "usage: csan explain *" "$(cat "$T/stdout")"

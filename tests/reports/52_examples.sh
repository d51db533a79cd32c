# shellcheck shell=bash disable=SC2154
# What a person reads: csan explain's example of every kind is what its case prints today, in at most
# fifteen lines of a hundred columns, and names the faulty line. Figures that differ from run to run
# are made alike first.

# CASE…: what its program says, without the last line
says() {
    local file=$top/tests/cases/$1 compiler=${CC:-cc}
    [[ $1 == *.cc ]] && compiler=${CXX:-c++}
    mapfile -t environment < <(sed -n 's|^// env: ||p' "$file")
    # shellcheck disable=SC2046 # words
    $compiler -g -O1 -D_GNU_SOURCE -w $(sed -n 's|^// flags: ||p' "$file") "$file" -o "$T/example" -I"$top/include" -I"$top/tests/cases" \
        -L"$O/lib" -lcsan -Wl,-rpath,"$O/lib" -pthread || exit 1
    (cd "$top/tests/cases" && env "${environment[@]}" timeout 60 "$T/example" 2>&1 >/dev/null | grep -E '^    |: error: ')
}

# Wrapping and shortening depend on how long numbers are.
alike() {
    sed -E 's/thread [0-9]+/thread N/g; s/[0-9]+(\.[0-9]+)? (ns|us|ms|s)\b/TIME/g; s/0x[0-9a-f]+/ADDRESS/g
            s/(CSAN_MAX_(WAIT|HOLD))=[0-9]+[mu]?s/\1=TIME/; s/[0-9]+ threads? could run on .*/LOAD/; s/; [0-9]+ other threads? ran, .*//; s/offset [0-9]+/offset N/g' |
        tr -s ' \n' ' ' | sed -E 's/[^ ]*…[^ ]*_fails/FILE/g; s/[^ ]*_fails\.(c|cc):/FILE.\1:/g'
}

for kind in "${kinds[@]}"; do
    wanted "explain example $kind" || continue
    "$csan" explain "$kind" >"$T/explained"
    case_of=$(sed -n 's|^so it looks (tests/cases/\(.*\)):|\1|p' "$T/explained")
    example=$(sed -n '/^so it looks/,/^how to mend/ { /^    /p }' "$T/explained" | sed 's/^    //')
    said=$(says "$case_of")
    is "explain example $kind: it is what csan says" "$(alike <<<"$said")" "$(alike <<<"$example")"
    is "explain example $kind: one finding" 1 "$(grep -c ': error: ' <<<"$said")"
    like "explain example $kind: it begins with the place" "$case_of:[1-9]*:[1-9]*: error: csan?$kind?: *" "$said"
    is "explain example $kind: no line is wide" "" "$(tail -n +2 <<<"$said" | LC_ALL=C.UTF-8 grep -E '.{101}')"
    is "explain example $kind: no more than fifteen lines" true "$([[ $(wc -l <<<"$said") -le 15 ]] && echo true)"
    line=$(head -n 1 <<<"$said" | cut -d: -f2)
    like "explain example $kind: the source line is the second" "*$line | ?*" "$(sed -n 2p <<<"$said")"
    like "explain example $kind: what to try, then what accepts it" "* try: * accept: *a suppression line $kind:* ?fingerprint ????????] " "$(alike <<<"$said")"
done

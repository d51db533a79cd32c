# Reports: the names of 1,000 stacks in a program with more than 100 MB of debug information, and the
# csan command over 10,000 records. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of run.sh and lib.sh

report_units=100 report_leaks=10 # a unit
report_verbs=(merge report ci)

# The compiler runs once; each unit is its text with another number in all names.
report_big() {
    local folder=$work/big i
    mkdir -p "$folder"
    g++ -std=c++17 -O1 -g -S bench/big_unit.cc -o "$folder/unit.s" || exit 1
    seq 1000 $((999 + report_units)) >"$folder/units"
    # shellcheck disable=SC2016
    xargs -P "$(nproc)" -n 1 sh -c 'sed "s/UNIT/$1/g" "$0/unit.s" | as - -o "$0/$1.o"' "$folder" <"$folder/units"
    {
        echo '#include <stdbool.h>'
        sed 's/.*/void unit_&_run(bool really);/' "$folder/units"
        echo 'int main(void) {'
        sed 's/.*/unit_&_run(true);/' "$folder/units"
        echo '}'
    } >"$folder/main.c"
    gcc -g -c "$folder/main.c" -o "$folder/main.o" &&
        g++ "$folder"/*.o -o "$work/big-linked" -L"$obj/lib" -lcsan -Wl,-rpath,"$obj/lib" || exit 1
    rm -rf "$folder"
    report_debug_mb=$(readelf -SW "$work/big-linked" |
        awk '{ sub(/^ *\[ *[0-9]+\]/, "") } $1 ~ /^\.debug/ { print $5 }' |
        while read -r bytes; do echo $((0x$bytes)); done | awk '{ all += $1 } END { print int(all / 1e6) }')
}

# Records as they come: 500 different findings, three in each of 10,000 processes.
report_records() {
    local one
    gcc -g -O1 tests/reports/shop.c -o "$work/shop" -Iinclude -L"$obj/lib" -lcsan -Wl,-rpath,"$obj/lib" -pthread || exit 1
    CSAN_OUT="$work/one" "$work/shop" leak 32 leak 64 leak 5 2>/dev/null
    one=$(echo "$work"/one/*.jsonl)
    mkdir -p "$work/records"
    awk -v folder="$work/records" '
        { line[NR] = $0 }
        END {
            for (i = 1; i <= 10000; i++) {
                file = folder "/shop." i ".jsonl"
                for (n = 1; n <= NR; n++) {
                    text = line[n]
                    sub(/"pid":[0-9]+/, "\"pid\":" i, text)
                    if (n == 2) sub(/"fingerprint":"[0-9a-f]+"/, sprintf("\"fingerprint\":\"%08x\"", i % 500), text)
                    print text >file
                }
                close(file)
            }
        }' "$one"
}

report_build() {
    report_big
    report_records
}

report_keep() { # NAME
    local key
    for key in total_us max_rss_kib; do
        awk -v key="$key" '$1 == key { print $2 }' "$work/lines" >>"$work/report-$1-$key"
    done
}

report_round() {
    local verb
    CSAN_EXITCODE=0 CSAN_LOG_PATH="$work/big-log" "$work/launch" "$work/big-linked" >"$work/lines"
    report_keep names
    CSAN_MAX_LEAK=1GiB "$work/launch" "$work/big-linked" >"$work/lines"
    report_keep silent
    for verb in "${report_verbs[@]}"; do
        "$work/launch" "$obj/bin/csan" "$verb" "$work/records" 2>&1 >"$work/lines.all" | tail -n 3 >"$work/said"
        grep -aE '^(total_us|max_rss_kib) ' "$work/lines.all" >"$work/lines"
        report_keep "$verb"
    done
    rm -f "$work"/big-log.* "$work/lines.all"
}

report_row() { # TEXT NAME
    printf '| %s | %s | %s |\n' "$1" "$(median "$work/report-$2-total_us" | awk '{ printf "%.2f", $1 / 1e6 }')" \
        "$(median "$work/report-$2-max_rss_kib" | awk '{ printf "%.0f", $1 / 1024 }')"
}

report_table() {
    echo '| report | s | MiB, of the largest process |'
    echo '|---|---:|---:|'
    report_row "1,000 leaks, a stack each, in a program with $report_debug_mb MB of debug information" names
    report_row 'the same run with nothing over its limit' silent
    local verb
    for verb in "${report_verbs[@]}"; do report_row "csan $verb of 10,000 records with 30,000 findings, 502 different ones" "$verb"; done
}

report_words() {
    printf '## Reports\n\n'
    report_table
    echo
}

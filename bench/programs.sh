# Programs of the distribution doing real work, as they are: nothing is built. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of run.sh and lib.sh

programs_build() {
    programs_tools=(plain csan) programs_all=()
    if [[ -n $lsan ]]; then programs_tools+=(preload); else lacks "LeakSanitizer of gcc"; fi
    if [[ -n $heaptrack ]]; then programs_tools+=(heaptrack); else lacks heaptrack; fi
    programs_input
    local name
    for name in sqlite3 jq python3 cc1; do
        programs_command "$name" >/dev/null && programs_all+=("$name")
    done
}

programs_input() {
    awk 'BEGIN {
        print "create table t(id integer primary key, k integer, name text);\nbegin;"
        for (i = 0; i < 60000; i++) printf "insert into t values(%d, %d, \"name %d\");\n", i, i % 97, i * 7919 % 60000
        print "commit;\nselect k, count(*), max(name) from t group by k order by 3 limit 5;"
        print "select count(*) from t a join t b on a.id = b.k where b.name like \"%77%\";" }' >"$work/in.sql"
    awk 'BEGIN {
        printf "["
        for (i = 0; i < 30000; i++) printf "%s{\"id\":%d,\"k\":%d,\"name\":\"n%d\",\"v\":[%d,%d]}", i ? "," : "", i, i % 97, i % 1000, i, i + 1
        print "]" }' >"$work/in.json"
    cat >"$work/in.py" <<'END'
import json, sys
rows = json.load(open(sys.argv[1]))
groups = {}
for row in rows * 3:
    groups.setdefault(row["k"], []).append(dict(row))
print(len(json.dumps(groups)))
END
    gcc -std=gnu11 -D_GNU_SOURCE -Iruntime -Iinclude -I. -E runtime/detect/leak.c -o "$work/in.i"
}

# programs_command NAME → the words of its command, one a line; false: it is not here
programs_command() {
    case $1 in
    sqlite3) set -- sqlite3 :memory: ".read $work/in.sql" ;;
    jq) set -- jq 'group_by(.k) | map(length) | add' "$work/in.json" ;;
    python3) set -- /usr/bin/python3 "$work/in.py" "$work/in.json" ;;
    cc1) set -- "$(gcc -print-prog-name=cc1)" -quiet -O2 "$work/in.i" -o /dev/null ;;
    esac
    command -v "$1" >/dev/null || { lacks "$1"; return 1; }
    printf '%s\n' "$@"
}

programs_round() {
    local name tool command
    extra=(CSAN_EXITCODE=0 LSAN_OPTIONS=exitcode=0 PYTHONMALLOC=malloc)
    for name in "${programs_all[@]}"; do
        mapfile -t command < <(programs_command "$name")
        for tool in "${programs_tools[@]}"; do
            run "$tool" "${command[@]}" >"$work/lines" || echo "cpu_us none" >"$work/lines"
            keep "$name" "$tool" cpu_us
        done
    done
    extra=()
}

title_of_program() {
    case $1 in
    sqlite3) echo "sqlite3: 60,000 rows in, two queries" ;;
    jq) echo "jq: 30,000 objects, group_by" ;;
    python3) echo "python3: JSON in, grouped, out (PYTHONMALLOC=malloc)" ;;
    cc1) echo "gcc's cc1 -O2: a file of csan's" ;;
    esac
}

programs_table() {
    local name
    tools=("${programs_tools[@]}")
    head_of "csan : LSan" "csan : heaptrack"
    for name in "${programs_all[@]}"; do
        row "ms of processor time, $(title_of_program "$name")" "$name-cpu_us" 1000 added csan:preload csan:heaptrack
    done
}

programs_words() {
    cat <<END
## Real programs

As the distribution ships them, a whole run each: "plain" is the program, the other columns are what the
tool adds. LeakSanitizer comes in by LD_PRELOAD; of heaptrack only the recording library runs, without
the process that reads and packs what it writes.

END
    programs_table
    cat <<END

- "-": the program ended by a signal under that tool.
- These programs are built without frame pointers. csan's and heaptrack's stacks are complete;
  LeakSanitizer's end after one to three frames.

END
}

#!/bin/sh
# Real programs under compare.so, well over a million allocations in all: the stack that csan keeps, recognised
# by the words of the last one like it or not, against a walk at each, and against the walk with every
# register and glibc's backtrace at every Nth.
#     O=obj tests/unwind_real/run.sh
# One line a program; status 1 when a stack differs, is cut, or a program does not end as it should.
set -u
O=${O:-obj}
here=$(dirname "$0")
dir=$(mktemp -d /tmp/csan_unwind.XXXXXX)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

${CC:-cc} -shared -fPIC -O2 -g -fno-omit-frame-pointer -D_GNU_SOURCE -Iruntime -I. \
    "$here/compare.c" "$O/lib/libcsan_unit.a" -o "$dir/compare.so" -Wl,-z,defs || exit 1

# compare NAME EVERY COMMAND...: the program is skipped, aloud, where it is not installed.
compare() {
    name=$1 every=$2
    shift 2
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "skip  $name: not installed"
        return
    fi
    rm -f "$dir/out"
    if ! LD_PRELOAD="$dir/compare.so" COMPARE_EVERY=$every COMPARE_OUT="$dir/out" PYTHONMALLOC=malloc \
        "$@" >"$dir/stdout" 2>"$dir/stderr"; then
        echo "FAIL  $name: status $?"
        cat "$dir/stderr"
        failed=$((failed + 1))
        return
    fi
    # NAME: A allocations, B compared, C complete, ... W without
    if ! awk '{ if ($4 != $6 || $(NF - 1) != 0) bad = 1; compared += $4 }
              END { exit bad || !compared }' "$dir/out"; then
        echo "FAIL  $name: stacks are missing or cut"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
    sed 's/^/ok    /' "$dir/out"
}

cat >"$dir/x.cc" <<'EOF'
#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <vector>
int main()
{
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++)
        threads.emplace_back([t] {
            std::map<std::string, std::vector<int>> m;
            for (int i = 0; i < 20000; i++)
                m[std::to_string(i * 7919 % 1000 + t)].push_back(i);
            std::vector<std::string> v;
            for (auto &p : m)
                v.push_back(p.first);
            std::sort(v.begin(), v.end(), [](std::string a, std::string b) { return a + "x" < b + "y"; });
            try {
                v.at(1u << 30).clear();
            } catch (const std::exception &e) {
                std::string s = e.what();
                s += s;
            }
        });
    for (auto &t : threads)
        t.join();
}
EOF

compare python3 20 "$(command -v /usr/bin/python3 || echo python3)" -c '
import json, sqlite3
d = {str(i): [str(j) for j in range(50)] for i in range(4000)}
assert json.loads(json.dumps(d)) == d
c = sqlite3.connect(":memory:")
c.execute("create table t(a, b)")
c.executemany("insert into t values(?, ?)", [(i, str(i)) for i in range(2000)])
assert len(list(c.execute("select * from t order by b"))) == 2000
sorted(range(1000), key=lambda x: -x)
'
compare sqlite3 20 sqlite3 :memory: 'create table t(a, b);
with recursive c(x) as (select 1 union all select x + 1 from c where x < 5000)
insert into t select x, hex(randomblob(20)) from c; create index i on t(b);
select count(*) from t where b like "A%";'
if ${CXX:-c++} -O2 -pthread "$dir/x.cc" -o "$dir/x" 2>/dev/null; then
    compare c++ 10 "$dir/x"
    compare compiler 500 "${CXX:-c++}" -O1 -c "$dir/x.cc" -o "$dir/x.o"
fi
compare git 5 git --no-pager -C "$here" log --stat -20
compare bash 5 bash -c 'for i in $(seq 200); do a[$i]=x$i; done; echo "${a[@]/x/y}"'
echo "unwind_real: $passed passed, $failed failed"
[ $failed = 0 ]

# The interpreter with its own allocator out of the way: modules, threads, subprocesses, errors.
needs="/usr/bin/python3"

prepare() {
    cat >work.py <<'END'
import collections, decimal, hashlib, json, os, re, sqlite3, subprocess, sys, threading, zlib

class Node:
    def __init__(self, depth):
        self.children = [Node(depth - 1) for _ in range(3)] if depth else []
        self.me = self

def words():
    for i in range(20000):
        yield "w%d" % (i * 7919 % 997)

print(collections.Counter(words()).most_common(5))
print(json.dumps(json.loads(json.dumps({"a": [1, 2.5, None, {"b": "c" * 50}]})), sort_keys=True))
print(hashlib.sha256(zlib.compress(b"text" * 10000)).hexdigest())
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "one two three four"))
print(decimal.Decimal(2).sqrt())
tree = Node(6)
base = sqlite3.connect(":memory:")
base.execute("create table t(x)")
base.executemany("insert into t values(?)", [(i,) for i in range(1000)])
print(base.execute("select sum(x) from t").fetchone())
found = []
lock = threading.Lock()
def task(n):
    total = sum(len(str(i)) for i in range(n * 1000))
    with lock:
        found.append(total)
threads = [threading.Thread(target=task, args=(i,)) for i in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
print(sorted(found))
print(subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True).stdout)
child = os.fork()
if child == 0:
    os._exit(5)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
sys.stdout.flush()
raise KeyError("at the end")
END
}

work() {
    PYTHONMALLOC=malloc PYTHONHASHSEED=1 PYTHONDONTWRITEBYTECODE=1 $RUN /usr/bin/python3 work.py
    echo "status $?"
    PYTHONMALLOC=malloc PYTHONHASHSEED=1 PYTHONDONTWRITEBYTECODE=1 $RUN /usr/bin/python3 -c 'import sys; sys.exit(3)'
    echo "status $?"
    PYTHONHASHSEED=1 PYTHONDONTWRITEBYTECODE=1 $RUN /usr/bin/python3 -c 'import this' | sha256sum
}

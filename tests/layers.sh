#!/usr/bin/env bash
# Who may include whom (a file includes its own layer and those below), each header compiles alone,
# and base, record and detect need nothing of libc that could come back into csan.
set -u
cd "$(dirname "$0")/.." || exit 1
O=${O:-obj}
order=(base record report detect session hook)
passed=0 failed=0

ok() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "layers: $*"
}

rank() {
    local i
    for i in "${!order[@]}"; do [[ ${order[$i]} == "$1" ]] && echo "$i" && return; done
    echo -1
}

for file in runtime/*/*.[ch] runtime/*/*.inc; do
    layer=$(basename "$(dirname "$file")")
    mine=$(rank "$layer")
    before=$failed
    while read -r other; do
        theirs=$(rank "$other")
        ((theirs > mine)) && bad "$file includes $other/, which is above it"
        [[ $layer == detect && $other == report ]] && bad "$file: detectors are blind to reports"
    done < <(sed -n 's|^#include "\([a-z]*\)/.*|\1|p' "$file" | sort -u)
    ((failed == before)) && ok
done

for header in runtime/*/*.h include/*.h; do
    if err=$(${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wno-unused-function -Iruntime -Iinclude -fsyntax-only -x c - \
        <<<"#include \"${header#runtime/}\"" 2>&1) ; then ok; else bad "$header does not compile alone: $err"; fi
done

forbidden='malloc|calloc|realloc|free|printf|fprintf|snprintf|fopen|dlsym|getenv|pthread_mutex_lock|pthread_once|__errno_location'
for layer in base record detect; do
    for object in "$O/runtime/$layer"/*.o; do
        [[ -e $object ]] || { bad "no objects in $O/runtime/$layer: build first"; continue; }
        hits=$(nm -u "$object" | grep -wE "$forbidden")
        if [[ -n $hits ]]; then bad "$object needs$(tr -s ' \n' ' ' <<<"$hits")"; else ok; fi
    done
done

echo "layers: $passed passed, $failed failed"
((failed == 0))

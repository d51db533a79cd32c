# What docs/sharing.md shows is what its program is told today, line by line (threads and fingerprints
# aside).
# shellcheck shell=bash disable=SC2154 # variables of run.sh

comparable() {
    sed -E 's/thread [0-9]+/thread N/; s/\[fingerprint [0-9a-f]+\]/[fingerprint F]/; s/^ *//'
}

if wanted "docs/sharing.md shows what is printed"; then
    mkdir -p "$T/src"
    cp "$here/rows.c" "$T/src/"
    (
        cd "$T" && build rows src/rows.c -O0
        for how in appends remembers grows lengthens; do ./rows $how; done
        CSAN_SHARE=precise ./rows stores
    ) 2>&1 </dev/null | comparable | sort -u >"$T/printed"
    awk '/^    src\/rows\.c:[0-9]+:[0-9]+: error: / { shown = 1 } !/^    / { shown = 0 } shown' \
        "$top/docs/sharing.md" | comparable | sort -u >"$T/shown"
    is "docs/sharing.md shows what is printed" "" "$(comm -23 "$T/shown" "$T/printed")"
    is "docs/sharing.md shows what is printed: reports" 5 "$(grep -c ': error: ' "$T/shown")"
fi

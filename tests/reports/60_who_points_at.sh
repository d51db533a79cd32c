# csan_who_points_at finds the globals and blocks that memcheck's who_points_at finds. (memcheck is
# asked a little later, when csan's own frames are gone: stacks are left out.)
# shellcheck shell=bash disable=SC2154 # variables of run.sh

by_csan() { # WAY: a line a place
    "$T/pointed_at" "$1" </dev/null |
        sed -nE 's/^0x[0-9a-f]+ is in global ([a-z_]+).*/global \1/p
                 s/^0x[0-9a-f]+ is in heap block of ([0-9]+) bytes .*, offset ([0-9]+).*/block of \1 at \2/p
                 s/^0x[0-9a-f]+ is in struct [a-z]+ of ([0-9]+) bytes .*, offset ([0-9]+).*/block of \1 at \2/p' | sort
}

by_census() { # WAY: the same, of escapes
    CSAN_MAX_LEAK=off "$T/pointed_at" "$1" escape </dev/null 2>&1 >/dev/null |
        sed -nE 's/^ *stored in global ([a-z_]+).*/global \1/p
                 s/^ *stored in heap block of ([0-9]+) bytes .*, offset ([0-9]+).*/block of \1 at \2/p
                 s/^ *stored in struct [a-z]+ of ([0-9]+) bytes .*, offset ([0-9]+).*/block of \1 at \2/p' | sort
}

by_memcheck() { # WAY: the same
    local pid address
    rm -f "$T/go" "$T/address"
    mkfifo "$T/go"
    valgrind -q --vgdb=yes --vgdb-prefix="$T/vgdb" "$T/pointed_at_plain" "$1" \
        <"$T/go" >"$T/address" 2>"$T/said" &
    pid=$!
    exec 5>"$T/go"
    while [[ ! -s $T/address ]] && kill -0 $pid 2>/dev/null; do sleep 0.1; done
    address=$(head -n 1 "$T/address")
    timeout 60 vgdb --vgdb-prefix="$T/vgdb" --pid=$pid who_points_at "$address" 100 2>/dev/null |
        sed -nE 's/^ Address 0x.* is [0-9,]+ bytes inside data symbol "([a-z_]+)".*/global \1/p
                 s/^ Address 0x.* is ([0-9,]+) bytes inside a block of size ([0-9,]+) alloc.*/block of \2 at \1/p' | sort
    exec 5>&-
    wait $pid
}

if command -v valgrind >/dev/null && command -v vgdb >/dev/null; then
    build "$T/pointed_at" "$here/pointed_at.c"
    ${CC:-cc} -g -O0 "$here/pointed_at.c" -o "$T/pointed_at_plain" -I"$top/include" || exit 1
    for way in list table itself tree moved globals nothing; do
        wanted "who points at it: $way" || continue
        places=$(by_csan $way)
        is "who points at it: $way, as memcheck says" "$(by_memcheck $way)" "$places"
        is "who points at it: $way, number of places" \
            "$(case $way in list | table | moved | globals) echo 3 ;; itself | tree) echo 2 ;; nothing) echo 0 ;; esac)" \
            "$(grep -c . <<<"$places")"
    done
    # What a buffer that is gone has of itself is no escape: that way is left out.
    for way in list table tree moved globals nothing; do
        wanted "what escapes: $way" || continue
        is "what escapes: $way, as memcheck says" "$(by_memcheck $way)" "$(by_census $way)"
    done
fi

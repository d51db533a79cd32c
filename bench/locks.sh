# Locks: what nobody else wants, what others want too, and a crowd that is reported. Sourced by run.sh.
# shellcheck shell=bash disable=SC2154,SC2034 # variables of run.sh and lib.sh

locks_programs=(lock_pair fight crowd)

locks_build() {
    local name
    locks_tools=(plain linked csan)
    for name in "${locks_programs[@]}"; do build_csan "$name" -fomit-frame-pointer; done
    for name in "${locks_programs[@]}"; do
        build_as tsan "$name" gcc -fomit-frame-pointer -fsanitize=thread || { lacks "ThreadSanitizer of gcc"; return; }
    done
    locks_tools+=(tsan)
}

# What csan itself says of the waits that the program has just measured: their median.
told_wait() { # TOOL
    awk '/ waits: p50 / { sub(/.* p50 /, ""); sub(/,.*/, ""); unit = $2; v = $1
         if (unit == "ms") v *= 1000; if (unit == "ns") v /= 1000; print v; found = 1; exit }
         END { if (!found) print "none" }' "$work/said" >>"$work/told-wait_us.$1"
}

locks_round() {
    local tool
    tools=("${locks_tools[@]}")
    measure uncontended "mutex_ns rdlock_ns wrlock_ns nested_ns" lock_pair 2
    measure fought fought_ns fight fought
    measure turns turns_ns fight turns
    extra=(CSAN_MAX_WAIT_TOTAL=1us CSAN_COLOR=never)
    for tool in "${tools[@]}"; do
        run "$tool" "$work/fight-$tool" held >"$work/lines"
        keep held "$tool" wait_us
        case $tool in
        plain) cat "$work/held-wait_us.plain" >"$work/told-wait_us.plain" ;;
        *) told_wait "$tool" ;;
        esac
    done
    extra=(CSAN_BLOCKED_AFTER=1ms)
    measure crowd after_main_us crowd 1000
    extra=()
}

locks_table() {
    local by="linked:plain linked:tsan"
    tools=("${locks_tools[@]}")
    head_of "-lcsan : plain" "-lcsan : TSan"
    # shellcheck disable=SC2086 # two words
    {
        row "ns of processor time a lock+unlock, mutex" uncontended-mutex_ns 1 whole $by
        row "the same, rwlock, to read" uncontended-rdlock_ns 1 whole $by
        row "the same, rwlock, to write" uncontended-wrlock_ns 1 whole $by
        row "the same, mutex, while another is held" uncontended-nested_ns 1 whole $by
        row "ns a lock+unlock that 4 threads fight for, 1 us inside and 1 us outside" fought-fought_ns 1 whole $by
        row "ns of processor time a turn of two threads that wake each other by a condition" turns-turns_ns 1 whole $by
        row "us to wait for a mutex that is held for 100 us, as the program measures it" held-wait_us 1 whole $by
        row "the same, as csan reports it" told-wait_us 1 whole linked:plain linked:nobody
        row "ms from main's end to the process's, 1,000 threads blocked and reported" crowd-after_main_us 1000 whole $by
    }
}

locks_words() {
    cat <<END
## Locks

All columns are whole times. A lock that nobody else wants costs what is seen in the first rows; what
csan keeps of one that others want is written down by the thread that waits, so that the wait itself
(the row of 100 us) is hardly longer.

END
    locks_table
    cat <<END

- The program has had a second thread: without one, libc's own locks are cheaper (bench/lock_pair.c).
- With a second lock held csan takes a stack at each lock: that is what the report of two locks in both
  orders is made of.
- Two threads that wake each other sleep on one processor, so that the figure is of the code, not of
  where the kernel lets them run (bench/fight.c).
- The 1,000 threads wait at ten places (bench/crowd.c). csan's time contains stopping the world, ten
  findings with all stacks, and their names and lines; ThreadSanitizer's its report of unjoined threads.

END
}

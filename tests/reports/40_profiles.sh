# shellcheck shell=bash disable=SC2154
# Profiles in pprof's format, read by `go tool pprof`.

build "$T/profiled" "$here/profiled.c"
pprof() { HOME=$T go tool pprof "$@" 2>/dev/null; }
# One function's flat value of a sample type.
flat() { pprof -top -flat ${4:+-unit="$4"} -sample_index="$1" "$2" | awk -v f="$3" '$6 == f {print $1}'; }

run 0 env CSAN_OUT="$T/prof" "$T/profiled" keep pass crowd
is "a process has five profiles" "allocs block heap mutex threads" \
    "$(cd "$T/prof" && printf '%s\n' profiled.*.pb.gz | cut -d. -f3 | sort | paste -sd' ')"
is "nothing half is left of them" 0 "$(find "$T/prof" -name '*.part' | wc -l)"
for f in "$T"/prof/*.pb.gz; do yes "gzip reads ${f#*.*.}" gzip -t "$f"; done
heap=$(echo "$T"/prof/*.heap.pb.gz)
is "objects in use" 1000 "$(flat inuse_objects "$heap" row_new)"
is "bytes in use" 64000B "$(flat inuse_space "$heap" row_new B)"
is "objects ever" 1500 "$(flat alloc_objects "$heap" row_new)"
is "bytes ever" 164000B "$(flat alloc_space "$heap" row_new B)"
like "a heap's first type is inuse_space" "*Type: inuse_space*" "$(pprof -top "$heap")"
like "that of allocs is alloc_space" "*Type: alloc_space*" "$(pprof -top "$T"/prof/*.allocs.pb.gz)"
like "file and line" "*profiled.c:20**" "$(pprof -top -lines "$heap")"
like "build-id" "*Build ID: $(readelf -n "$T/profiled" | awk '/Build ID/ {print $3}')*" "$(pprof -top "$heap")"
like "callers" "*keep_rows*" "$(pprof -peek '^row_new$' "$heap")"
mutex=$(echo "$T"/prof/*.mutex.pb.gz)
is "contentions by who held the lock" 3 "$(flat contentions "$mutex" crowd)"
block=$(echo "$T"/prof/*.block.pb.gz)
is "waits by who waited" yes "$([[ $(flat contentions "$block" wait_for_lock) -ge 3 ]] && echo yes)"
like "the delay of three threads that waited 50 ms" "[1-9][0-9][0-9]*" \
    "$(flat delay "$block" wait_for_lock ms | sed 's/\..*\|ms//g')"

run 0 env "$T/profiled" threads "$T/threads.pb.gz"
is "csan_dump says 0" 0 "$(cat "$T/stdout")"
is "threads by where they are" 3 "$(flat goroutine "$T/threads.pb.gz" wait_for_lock)"
like "labels of threads" "*/report*/login*" "$(pprof -tags "$T/threads.pb.gz" | tr '\n' ' ')"
is "a label that was ended is gone" 0 "$(pprof -tags "$T/threads.pb.gz" | grep -c gone)"
is "tag focus" 1 "$(pprof -top -tagfocus=route=/login "$T/threads.pb.gz" | awk '$6 == "wait_for_lock" {print $1}')"

run 0 env CSAN_OUT="$T/prof2" "$T/profiled" dump heap "$T/a.pb.gz" keep dump heap "$T/b.pb.gz"
is "the difference of two dumps" 1000 \
    "$(pprof -top -sample_index=inuse_objects -diff_base "$T/a.pb.gz" "$T/b.pb.gz" | awk '$6 == "row_new" {print $1}')"

run 0 env CSAN_OUT="$T/prof3" "$T/profiled" keep child
is "a child counts its own, and what it was born with" "64000B 164000B" "$(for f in "$T"/prof3/*.allocs.pb.gz; do
    flat alloc_space "$f" row_new B
done | sort -n | paste -sd' ')"

run 0 "$T/profiled" dump nonsense "$T/x" dump heap "$T/none/x" dump heap ""
is "what cannot be dumped" "-22 -2 -22" "$(paste -sd' ' "$T/stdout")"
ln -s /dev/null "$T/null"
mkfifo "$T/dumped_pipe"
timeout 60 cat "$T/dumped_pipe" >"$T/piped.pb.gz" &
run 0 "$T/profiled" dump heap "$T/null" dump heap "$T/dumped_pipe"
wait $!
is "a dump into a device and into a pipe" "0 0" "$(paste -sd' ' "$T/stdout")"
is "they stay what they are" "symbolic link fifo" "$(stat -c %F "$T/null" "$T/dumped_pipe" | paste -sd' ')"
is "the pipe's reader has a whole profile" 0 "$(gzip -t "$T/piped.pb.gz"; echo $?)"
run 0 env CSAN_PATH=/nowhere PATH=/nowhere "$T/profiled" keep dump heap "$T/dark.pb.gz"
yes "a profile without a helper" pprof -raw "$T/dark.pb.gz"
run 0 env CSAN_PATH=/nowhere PATH=/nowhere "$T/profiled" keep dump heap "$T/dark2.pb.gz"
run 0 "$csan" diff "$T/dark.pb.gz" "$T/dark2.pb.gz"
is "what has no name has the same place in its file wherever that is loaded" "profiles: the same" "$(cat "$T/stdout")"
ln -s "$T/victim" "$T/trap.pb.gz" && echo mine >"$T/victim"
run 0 "$T/profiled" dump heap "$T/trap.pb.gz"
is "a link is replaced, not followed" mine "$(cat "$T/victim")"

cat >"$T/suite.c" <<'SUITE'
#include <check.h>
#include <stdlib.h>
void *volatile kept;
START_TEST(test_keeps) { kept = malloc(4242); ck_assert_ptr_nonnull(kept); free(kept); }
END_TEST
int main(void)
{
    Suite *s = suite_create("s");
    TCase *t = tcase_create("core");
    tcase_add_test(t, test_keeps);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_SILENT);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
SUITE
# shellcheck disable=SC2046
build "$T/suite" "$T/suite.c" $(pkg-config --libs check)
run 0 env CSAN_OUT="$T/tests" "$T/suite"
f=$(echo "$T"/tests/suite.*.test_keeps.allocs.pb.gz)
like "a test's profiles bear its name" "*4242B*" "$(flat alloc_space "$f" test_keeps_fn B; pprof -top -unit=B "$f" | grep 4242)"
like "and its label" "*test_keeps*" "$(pprof -tags "$f")"

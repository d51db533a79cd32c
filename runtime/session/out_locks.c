/* Lines of a process's record about locks: what was waited for each, whether it was too long or
 * not. Under judge.c's lock and on its stack, as the rest of the record. */
#include "detect/wait_locks.h"
#include "report/jsonl.h"
#include "session/framework.h"
#include "session/private.h"

uint32_t csan__out_locks(struct json *j, int pid)
{
    uint32_t n = 0;
    struct arena scratch = {0};
    struct findings found;
    struct lock_waits *locks = NULL;
    struct report r = {
        .program = csan__session_program(), .test = csan__framework_test(), .scratch = &scratch};
    int failed = csan__wait_locks(csan__session_first_epoch(), &scratch, &locks, &n);
    csan__findings_init(&found, &scratch);
    for (uint32_t i = 0; i < n && !failed; i++) {
        *found.last = &locks[i].finding;
        found.last = &locks[i].finding.next;
        found.count++;
    }
    r.shown = found.count ? csan__judge_resolve(&found, &r) : NULL;
    n = r.shown ? found.count : 0; /* no memory: what is missing are figures, no findings */
    for (uint32_t i = 0; i < n; i++)
        csan__jsonl_lock(j, &r, &r.shown[i], pid);
    csan__arena_scratch_free(&scratch);
    return n;
}

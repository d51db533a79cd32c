/* Threads by stack, as a dump shows them: nobody's fault, so no place, no advice, no fingerprint.
 *
 *     4 threads wait in sem_wait for 3.4 s to 1.2 s: threads 4712, 4713, …; all for one semaphore
 *         at take src/pool.c:12
 *         sem_post came 3 times, last from thread 4711, 3.4 s ago: at give src/pool.c:20 */
#include "base/os.h"
#include "report/frames.h"
#include "report/report.h"

#define LINES 16 /* of a stack */
#define PARTY_FRAMES 3
#define GROUP_BYTES ((size_t)32 << 10)

static void put_group(struct page *p, const struct shown *s)
{
    const struct finding *f = s->finding;
    csan__page_line(p);
    csan__page_put_in(p, INK_PLACE, f->what);
    csan__page_put(p, ": ");
    csan__page_put(p, f->note);
    csan__frames_stack(p, &s->trace, LINES);
    for (uint32_t i = 0; i < f->nparties; i++)
        csan__frames_party(p, &f->parties[i], &s->parties[i], PARTY_FRAMES);
    csan__page_line(p);
}

int csan__report_threads(const struct report *r, const struct text_style *style, int fd)
{
    char plain[1024];
    char *buf = csan__arena_scratch_alloc(r->scratch, GROUP_BYTES);
    struct text out = {.buf = buf ? buf : plain, .cap = buf ? GROUP_BYTES : sizeof plain};
    long failed = 0;
    for (uint32_t i = 0; i < r->count && !failed; i++) {
        struct page page = {.out = &out, .prefix = "", .cwd = style->cwd, .color = style->color};
        put_group(&page, &r->shown[i]);
        failed = csan__os_write_all(fd, out.buf, out.len);
        out.len = 0;
        out.cut = false;
    }
    if (r->why_dark && r->count && !failed) {
        csan__text_format(&out, "csan: %s\n", r->why_dark);
        failed = csan__os_write_all(fd, out.buf, out.len);
    }
    return (int)failed;
}

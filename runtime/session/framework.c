/* Which framework's test runs here, and what a descendant of a test found. */
#include "session/framework.h"
#include "base/os.h"
#include "record/block.h"

static const struct framework *const frameworks[] = {
#define FRAMEWORK(name) &csan__framework_##name,
#include "session/frameworks.inc"
#undef FRAMEWORK
};

/* One page, made by a test before its first fork, shared with everyone it forks:
 *
 *   test (owner) ──fork──▶ descendant ──fork──▶ descendant
 *        ▲                      │ first one to claim it writes     │
 *        └──────── page ◀───────┴──────────────────────────────────┘
 */
enum page_state { PAGE_EMPTY, PAGE_CLAIMED, PAGE_FULL };
struct page {
    uint32_t state; /* enum page_state */
    int owner;      /* pid of the test */
    int line;
    char test[128];
    char file[FRAMEWORK_FILE_MAX];
    char text[FRAMEWORK_TEXT_MAX];
};
_Static_assert(sizeof(struct page) <= CSAN_PAGE, "one page");

static struct {
    struct page *page;
    bool failing;
    int failing_status;
} state; /* written at fork and at the end of the process, by one thread */

static void copy(char *to, size_t cap, const char *from)
{
    struct text t = {.buf = to, .len = 0, .cap = cap, .cut = false};
    to[0] = '\0';
    csan__text_str(&t, from);
}

const struct framework *csan__framework_current(void)
{
    for (size_t i = 0; i < CSAN_COUNT(frameworks); i++)
        if (frameworks[i]->in_test())
            return frameworks[i];
    return NULL;
}

void csan__framework_forking(void)
{
    const struct framework *f = csan__framework_current();
    if (f == NULL || (state.page != NULL && state.page->owner == csan__os_pid()))
        return;
    struct page *page = csan__os_map_shared(CSAN_PAGE);
    if (page == NULL)
        return; /* the descendants' own status and report still tell */
    page->owner = csan__os_pid();
    copy(page->test, sizeof page->test, f->test_name());
    state.page = page;
}

void csan__framework_forked(void)
{
    for (size_t i = 0; i < CSAN_COUNT(frameworks); i++)
        frameworks[i]->forked();
}

bool csan__framework_is_test_to_come(void)
{
    for (size_t i = 0; i < CSAN_COUNT(frameworks); i++)
        if (frameworks[i]->is_test_to_come())
            return true;
    return false;
}

uint64_t csan__framework_time_out_ns(void)
{
    const struct framework *f = csan__framework_current();
    return f ? f->time_out_ns() : 0;
}

const char *csan__framework_test(void)
{
    const struct framework *f = csan__framework_current();
    if (f != NULL)
        return f->test_name();
    return state.page != NULL ? state.page->test : NULL;
}

bool csan__framework_test_of(const struct trace *t, struct text *name)
{
    for (size_t i = 0; i < CSAN_COUNT(frameworks); i++)
        if (frameworks[i]->test_of_trace(t, name))
            return true;
    return false;
}

bool csan__framework_is_over(uint64_t runs)
{
    for (size_t i = 0; i < CSAN_COUNT(frameworks); i++)
        if (frameworks[i]->is_used() && frameworks[i]->is_over(runs))
            return true;
    return false;
}

bool csan__framework_is_used(void)
{
    for (size_t i = 0; i < CSAN_COUNT(frameworks); i++)
        if (frameworks[i]->is_used())
            return true;
    return false;
}

bool csan__framework_owns(const struct trace *t)
{
    for (size_t i = 0; i < CSAN_COUNT(frameworks); i++)
        if (frameworks[i]->is_used() && frameworks[i]->owns(t))
            return true;
    return false;
}

/* In a descendant: the first findings are kept; the page has room for one brief. */
static void leave_for_test(const struct brief *b)
{
    struct page *page = state.page;
    uint32_t empty = PAGE_EMPTY;
    if (!__atomic_compare_exchange_n(&page->state, &empty, PAGE_CLAIMED, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return;
    copy(page->file, sizeof page->file, b->file != NULL ? b->file : "");
    copy(page->text, sizeof page->text, b->text);
    page->line = b->line;
    __atomic_store_n(&page->state, PAGE_FULL, __ATOMIC_RELEASE);
}

static bool page_is_full(void)
{
    return state.page != NULL && state.page->owner == csan__os_pid() &&
           __atomic_load_n(&state.page->state, __ATOMIC_ACQUIRE) == PAGE_FULL;
}

static struct brief descendants_brief(void)
{
    if (page_is_full())
        return (struct brief){.file = state.page->file[0] != '\0' ? state.page->file : NULL,
                              .line = state.page->line,
                              .text = state.page->text};
    return (struct brief){
        .text = "csan: a process that this test started had findings; its report names them"};
}

/* What the test must be failed with; NULL: nothing. A test that fails by itself keeps its own
 * failure, unless csan is behind it: a descendant that ended with csan's status. */
static const struct brief *reason(const struct framework *f, struct end_of_test how,
                                  const struct brief *own, struct brief *of_descendant)
{
    if (f->would_pass(how))
        return own != NULL ? own : of_descendant;
    bool is_known = page_is_full() && !how.by_signal;
    return own == NULL && is_known ? of_descendant : NULL;
}

void csan__framework_settle(struct end_of_test how, const struct brief *own, bool descendants_found,
                            int status)
{
    if (own == NULL && !descendants_found)
        return;
    const struct framework *f = csan__framework_current();
    if (f == NULL) {
        if (own != NULL && state.page != NULL)
            leave_for_test(own);
        return;
    }
    struct brief of_descendant = descendants_brief();
    const struct brief *b = reason(f, how, own, &of_descendant);
    if (b == NULL)
        return;
    state.failing_status = f->failing_status(status);
    state.failing = true;
    /* A killed process may have been anywhere, inside malloc or stdio too: no code of the
     * framework's is safe there, and a test that is meant to be killed fails by not being. */
    if (!how.by_signal)
        f->fail(b);
    csan__os_exit(state.failing_status);
}

bool csan__framework_is_failing(int *status)
{
    if (state.failing)
        *status = state.failing_status;
    return state.failing;
}

static bool forgive(const struct block *b, void *since)
{
    if (b->epoch >= *(const uint32_t *)since && !b->ignored)
        csan__block_ignore(b->start);
    return true;
}

void csan_framework_forgive(unsigned long long since)
{
    uint32_t epoch = (uint32_t)since;
    if (!csan__block_forgive(epoch))
        csan__block_each(forgive, &epoch);
}

#include "report/symbol.h"
#include "base/sort.h"
#include "record/module.h"
#include "record/stack.h"
#include "report/ask.h"
#include "report/origin.h"

#include <dlfcn.h>
#include <string.h>

static const struct symbol_helper *helper; /* LOCK_SESSION */

void csan__symbol_use_helper(const struct symbol_helper *h)
{
    helper = h;
}

const struct symbol_helper *csan__symbol_helper(void)
{
    return helper;
}

/* ------------------------------------------------------------------ distinct addresses */

/* An address may have been of several modules, one after the other. */
struct site {
    const struct module *module;
    uintptr_t pc;
};

static int compare(const void *one, const void *other)
{
    const struct site *a = one, *b = other;
    if (a->module != b->module)
        return (uintptr_t)a->module < (uintptr_t)b->module ? -1 : 1;
    return (a->pc > b->pc) - (a->pc < b->pc);
}

static size_t unique(struct site *a, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || compare(&a[i], &a[kept - 1]) != 0)
            a[kept++] = a[i];
    return kept;
}

/* A return address may be the first of the next line, or of the next function: the call is what
 * ends one byte before it. */
static struct site site_of(const struct stack_view *v, uint32_t frame)
{
    uintptr_t pc = v->pcs[frame] ? v->pcs[frame] - 1 : 0;
    return (struct site){csan__module_find_at(pc, v->generation), pc};
}

struct lookup {
    struct question *questions; /* in the order of their sites */
    size_t n;
};

/* False: no memory. */
static bool collect(struct arena *scratch, const uint32_t *stacks, uint32_t n, struct lookup *out)
{
    struct stack_view v;
    size_t total = 0, at = 0;
    for (uint32_t i = 0; i < n; i++)
        total += csan__stack_get(stacks[i], &v) ? v.depth : 0;
    struct site *sites = csan__arena_scratch_alloc(scratch, total * sizeof *sites);
    if (!sites)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        if (!csan__stack_get(stacks[i], &v))
            continue;
        for (uint32_t d = 0; d < v.depth && at < total; d++)
            sites[at++] = site_of(&v, d);
    }
    csan__sort(sites, at, sizeof *sites, compare);
    size_t distinct = unique(sites, at);
    struct question *q = csan__arena_scratch_alloc(scratch, distinct * sizeof *q);
    if (!q)
        return false;
    for (size_t i = 0; i < distinct; i++)
        q[i] = (struct question){.pc = sites[i].pc, .module = sites[i].module};
    *out = (struct lookup){q, distinct};
    return true;
}

static const struct question *find(const struct lookup *l, struct site site)
{
    size_t lo = 0, hi = l->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        struct site here = {l->questions[mid].module, l->questions[mid].pc};
        int order = compare(&here, &site);
        if (order == 0)
            return &l->questions[mid];
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* ------------------------------------------------------------------ names */

/* What a process knows of itself: exported functions, module and offset. */
static void name_plainly(struct question *q)
{
    const struct module *m = q->module;
    struct frame *f = &q->plain;
    Dl_info info;
    *f = (struct frame){.function = "??", .file = "", .module = m ? m->path : "", .source = ""};
    f->offset = q->pc - (m ? m->bias : 0);
    if (!(m && m->unloaded) && dladdr((void *)q->pc, &info)) {
        if (info.dli_sname)
            f->function = info.dli_sname;
        if (!m && info.dli_fname) {
            f->module = info.dli_fname;
            f->offset = q->pc - (uintptr_t)info.dli_fbase;
        }
    }
    q->frames = f;
    q->count = 1;
}

/* Where csan's code is when it is linked statically: see libcsan_static.a in make/build.mk. */
extern const char __start_csan_text[] __attribute__((weak, visibility("hidden")));
extern const char __stop_csan_text[] __attribute__((weak, visibility("hidden")));

/* libcsan.so; NULL when csan is linked statically. */
static const struct module *find_libcsan(void)
{
    const struct module *m = csan__module_find((uintptr_t)&csan__symbol_resolve);
    return m && !m->executable ? m : NULL;
}

static bool is_csan_code(const struct question *q, const struct module *libcsan)
{
    if (__start_csan_text &&
        q->pc - (uintptr_t)__start_csan_text < (uintptr_t)(__stop_csan_text - __start_csan_text))
        return true;
    return q->module && q->module == libcsan;
}

static bool is_dark(const struct question *q)
{
    return !q->answered || q->count == 0 ||
           (strcmp(q->frames[0].function, "??") == 0 && q->frames[0].line == 0);
}

static void name_all(struct lookup *l)
{
    const struct module *libcsan = find_libcsan();
    for (size_t i = 0; i < l->n; i++) {
        struct question *q = &l->questions[i];
        if (is_csan_code(q, libcsan)) {
            q->count = 0;
            continue;
        }
        if (is_dark(q))
            name_plainly(q);
        for (uint32_t f = 0; f < q->count; f++)
            q->frames[f].own = csan__origin_is_own(&q->frames[f]);
    }
}

/* ------------------------------------------------------------------ traces */

static uint32_t find_place(const struct trace *t)
{
    uint32_t own = UINT32_MAX, foreign = UINT32_MAX;
    for (uint32_t i = 0; i < t->count; i++) {
        const struct frame *f = &t->frames[i];
        if (f->own && f->line > 0)
            return i;
        if (f->own && own == UINT32_MAX)
            own = i;
        if (!csan__origin_is_libc(f) && foreign == UINT32_MAX)
            foreign = i;
    }
    if (own != UINT32_MAX)
        return own;
    return foreign != UINT32_MAX ? foreign : 0;
}

static void build_trace(struct arena *scratch, const struct lookup *l, uint32_t stack,
                        struct trace *out)
{
    struct stack_view v;
    size_t room = 0;
    *out = (struct trace){.frames = NULL};
    if (!csan__stack_get(stack, &v))
        return;
    out->truncated = v.truncated;
    for (uint32_t d = 0; d < v.depth; d++) {
        const struct question *q = find(l, site_of(&v, d));
        room += q ? q->count : 0;
    }
    out->frames = csan__arena_scratch_alloc(scratch, room * sizeof *out->frames);
    if (!out->frames)
        return;
    for (uint32_t d = 0; d < v.depth; d++) {
        const struct question *q = find(l, site_of(&v, d));
        for (uint32_t f = 0; q && f < q->count; f++)
            if (!csan__origin_is_csan(&q->frames[f]))
                out->frames[out->count++] = q->frames[f];
    }
    out->place = find_place(out);
}

/* The first module whose own code is at fault and has no lines. */
static const char *explain_missing_lines(struct arena *scratch, const struct trace *t, uint32_t n)
{
    char room[640];
    struct text why = TEXT(room);
    for (uint32_t i = 0; i < n; i++) {
        const struct frame *f = t[i].count ? &t[i].frames[t[i].place] : NULL;
        if (!f || !f->own || f->line > 0 || f->module[0] != '/')
            continue;
        csan__text_format(&why,
                          "no source lines for %s: build it with -g, or install its debug symbols",
                          csan__origin_base(f->module));
        return csan__arena_scratch_copy(scratch, room, why.len);
    }
    return NULL;
}

void csan__symbol_resolve(struct arena *scratch, const uint32_t *stacks, uint32_t n,
                          struct trace *out, const char **why)
{
    struct lookup l = {NULL, 0};
    const char *dark = "no symbols: no memory was left to look them up";
    if (collect(scratch, stacks, n, &l)) {
        dark = csan__ask_helper(helper, scratch, l.questions, l.n);
        name_all(&l);
    }
    for (uint32_t i = 0; i < n; i++)
        build_trace(scratch, &l, stacks[i], &out[i]);
    *why = dark ? dark : explain_missing_lines(scratch, out, n);
}

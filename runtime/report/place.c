#include "report/place.h"
#include "report/frames.h"
#include "report/origin.h"

#include <string.h>

/* ------------------------------------------------------------------ one place */

static void put_file(struct text *out, const char *file, uint32_t line, const char *cwd)
{
    csan__text_str(out, csan__report_relative(file, cwd));
    csan__text_format(out, ":%u", line);
}

static void put_variable(struct text *out, const struct named_place *n, const char *cwd)
{
    const struct place *p = n->place;
    csan__text_str(out, p->kind == PLACE_GLOBAL ? "global " : "thread-local ");
    if (n->name[0])
        csan__text_str(out, n->name);
    else if (p->module)
        csan__text_format(out, "%s+0x%lx", csan__origin_base(p->module->path), p->offset);
    else
        csan__text_format(out, "at 0x%lx", p->at);
    if (p->kind == PLACE_THREAD_LOCAL)
        csan__text_format(out, " of thread %d", p->tid);
    if (!n->file[0])
        return;
    csan__text_str(out, " (");
    put_file(out, n->file, n->line, cwd);
    csan__text_str(out, ")");
}

static void put_block(struct text *out, const struct named_place *n, const char *type,
                      const char *cwd)
{
    const struct frame *f = n->trace.count ? &n->trace.frames[n->trace.place] : NULL;
    bool names_it = type[0] && !strchr(type, '*'); /* `void *` would read as something else */
    csan__text_str(out, names_it ? type : "heap block");
    csan__text_str(out, " of ");
    if (n->place->bytes < 1024)
        csan__text_count(out, n->place->bytes, "byte");
    else
        csan__text_bytes(out, n->place->bytes);
    if (f) {
        csan__text_str(out, " allocated at ");
        if (f->file[0])
            put_file(out, f->file, f->line, cwd);
        else
            csan__frames_module(out, f);
    }
    if (!n->place->value)
        return;
    csan__text_format(out, ", offset %lu", n->place->offset);
    if (n->name[0])
        csan__text_format(out, " (%s)", n->name);
}

void csan__place_put(struct text *out, const struct named_place *n, const char *type,
                     const char *cwd)
{
    const struct place *p = n->place;
    switch (p->kind) {
    case PLACE_GLOBAL:
    case PLACE_THREAD_LOCAL:
        put_variable(out, n, cwd);
        break;
    case PLACE_HEAP:
        put_block(out, n, type, cwd);
        break;
    case PLACE_SPECIFIC:
        csan__text_format(out, "thread-specific data of thread %d", p->tid);
        break;
    case PLACE_STACK:
        csan__text_format(out, "the stack of thread %d", p->tid);
        break;
    case PLACE_REGISTER:
        csan__text_format(out, "a register of thread %d", p->tid);
        break;
    case PLACE_ADDED:
        csan__text_format(out, "memory of csan_add_root at 0x%lx", p->at);
        break;
    case PLACE_THREAD:
        csan__text_str(out, "the argument or the result of a thread");
        break;
    default:
        csan__text_format(out, "mapped memory at 0x%lx", p->at);
    }
}

/* ------------------------------------------------------------------ of a finding */

#define EACH_MAX 5u /* places of no chain that are shown */

static bool is_chain(const struct finding *f)
{
    return f->nplaces > 1 && f->places[1].follows;
}

static uint32_t shown_of(const struct finding *f)
{
    return is_chain(f) || f->nplaces <= EACH_MAX ? f->nplaces : EACH_MAX;
}

uint32_t csan__place_rows(const struct finding *f)
{
    uint32_t rows = shown_of(f) + (f->kept_blocks > 0);
    for (uint32_t i = 0; i < shown_of(f); i++)
        rows += f->places[i].skipped > 0;
    return rows + (shown_of(f) < f->nplaces);
}

static void put_line(struct page *page, uint32_t indent, const char *label, const char *rest)
{
    csan__page_line(page);
    csan__page_blanks(page, indent);
    csan__page_put_in(page, INK_LABEL, label);
    csan__page_put(page, " ");
    uint32_t used = indent + csan__page_columns(label) + 1;
    csan__page_put_short(page, rest, PAGE_COLUMNS - used, CUT_NAME);
}

static void put_rest(struct page *page, const struct finding *f)
{
    char room[96];
    struct text t = TEXT(room);
    if (shown_of(f) < f->nplaces) {
        csan__text_format(&t, "in %u more places", f->nplaces - shown_of(f));
        put_line(page, PAGE_INDENT, "and", room);
    }
    if (!f->kept_blocks)
        return;
    t.len = 0;
    csan__text_str(&t, "alone keeps ");
    csan__text_bytes(&t, f->kept_bytes);
    csan__text_str(&t, " in ");
    csan__text_count(&t, f->kept_blocks, "block");
    csan__text_str(&t, " alive");
    put_line(page, PAGE_INDENT, "which", room);
}

void csan__place_lines(struct page *page, const struct finding *f, const struct named_place *named)
{
    char room[1024];
    const char *label = f->kind == FINDING_ESCAPE ? "stored in" : "held by", *type = "";
    for (uint32_t i = 0; named && i < shown_of(f); i++) {
        const struct place *p = named[i].place;
        struct text t = TEXT(room);
        if (p->skipped) {
            csan__text_count(&t, p->skipped, "more block");
            put_line(page, PAGE_INDENT + 2, "\u2026", room);
            type = "";
            t.len = 0;
        }
        csan__place_put(&t, &named[i], p->follows ? type : "", page->cwd);
        if (p->follows)
            put_line(page, PAGE_INDENT + 2, "\u2192", room);
        else
            put_line(page, PAGE_INDENT, label, room);
        type = named[i].pointee;
    }
    put_rest(page, f);
}

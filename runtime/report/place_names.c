/* Names of places from the helper: csan__place_resolve. The words are place.c's. */
#include "report/ask.h"
#include "report/place.h"

#include <string.h>

#define STEPS_MAX 32u /* further down a chain has no names */

/* Where the places of one question are: a root and what follows it. */
struct line {
    size_t from, n;
};

static bool has_variable(const struct place *p)
{
    return p->module && (p->kind == PLACE_GLOBAL || p->kind == PLACE_THREAD_LOCAL);
}

static bool read_question(struct arena *scratch, const struct place *p, size_t n,
                          struct question *q)
{
    uintptr_t *steps = csan__arena_scratch_alloc(scratch, STEPS_MAX * sizeof *steps);
    *q = (struct question){.module = p->module};
    if (!steps)
        return false;
    q->kind = p->kind == PLACE_GLOBAL ? ASK_DATA : ASK_THREAD_LOCAL;
    q->pc = p->kind == PLACE_GLOBAL ? p->at : p->offset;
    q->steps = steps;
    for (size_t i = 1; i < n && i < STEPS_MAX && p[i].value && !p[i].skipped; i++)
        steps[q->nsteps++] = p[i].at - p[i - 1].value;
    return true;
}

static void take_answers(const struct question *q, struct named_place *out, size_t n)
{
    for (size_t i = 0; i < q->count && i < n; i++) {
        const struct frame *f = &q->frames[i];
        if (strcmp(f->function, "??") == 0)
            continue;
        out[i].name = f->function;
        out[i].file = f->file;
        out[i].line = f->line;
        out[i].pointee = f->source;
    }
}

static size_t find_lines(const struct place *places, size_t n, struct line *lines)
{
    size_t count = 0;
    bool open = false; /* the root of this chain has a name */
    for (size_t i = 0; i < n; i++) {
        open = places[i].follows ? open : has_variable(&places[i]);
        if (places[i].follows && open)
            lines[count - 1].n++;
        else if (open)
            lines[count++] = (struct line){i, 1};
    }
    return count;
}

void csan__place_resolve(struct arena *scratch, const struct place *places, size_t n,
                         struct named_place *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (struct named_place){.place = &places[i], .name = "", .file = "", .pointee = ""};
    struct line *lines = csan__arena_scratch_alloc(scratch, n * sizeof *lines);
    struct question *questions = csan__arena_scratch_alloc(scratch, n * sizeof *questions);
    if (!lines || !questions)
        return;
    size_t count = find_lines(places, n, lines);
    for (size_t i = 0; i < count; i++)
        if (!read_question(scratch, &places[lines[i].from], lines[i].n, &questions[i]))
            return;
    csan__ask_helper(csan__symbol_helper(), scratch, questions, count);
    for (size_t i = 0; i < count; i++)
        take_answers(&questions[i], &out[lines[i].from], lines[i].n);
}

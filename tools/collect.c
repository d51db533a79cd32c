#include "tools/collect.h"

#include "tools/verb.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *one, const void *other)
{
    const struct collected *a = one, *b = other;
    int order = strcmp(a->program, b->program);
    return order ? order : strcmp(a->name, b->name);
}

static char *copy_of(const char *s)
{
    return csan__need(strdup(s));
}

static void free_one(void *p)
{
    struct collected *f = p;
    free(f->program);
    free(f->unit);
    free(f->place);
    free(f->claim);
    free(f->suppression);
    free(f->line);
    free(f);
}

static struct collected *make(const struct record *r, uint32_t i)
{
    const struct shown *s = &r->report.shown[i];
    const struct record_extra *e = &r->extras[i];
    struct collected *f = csan__need(calloc(1, sizeof *f));
    char room[1024] = "", where[4200] = "";
    struct text claim = TEXT(room), place = TEXT(where);
    uint32_t line, column;
    const char *file = csan__record_place(r, s, &line, &column);
    csan__record_claim(s, &claim);
    if (line)
        csan__text_format(&place, "%s:%u:%u", file, line, column);
    else
        csan__text_str(&place, s->trace.count ? s->trace.frames[s->trace.place].function : "??");
    snprintf(f->name, sizeof f->name, "%08x", s->fingerprint);
    *f = (struct collected){.kind = s->finding->kind,
                            .known = true,
                            .program = copy_of(e->program),
                            .unit = copy_of(e->unit),
                            .place = copy_of(where),
                            .claim = copy_of(room),
                            .suppression = copy_of(e->suppression),
                            .line = copy_of(e->line)};
    snprintf(f->name, sizeof f->name, "%08x", s->fingerprint);
    return f;
}

static void add(struct collected *f, const struct record *r, uint32_t i)
{
    const struct shown *s = &r->report.shown[i];
    bool is_sum = strcmp(f->unit, "bytes") == 0;
    f->processes += r->extras[i].processes;
    f->count += s->finding->count;
    f->known &= s->known;
    if (is_sum)
        f->amount += s->finding->amount;
    else if (s->finding->amount > f->amount)
        f->amount = s->finding->amount;
}

static int take(struct record *r, void *arg)
{
    struct collection *c = arg;
    c->processes += r->processes;
    c->unchecked += r->verdict >= RECORD_UNCHECKED;
    if (!c->program)
        c->program = copy_of(r->program);
    else if (strcmp(c->program, r->program) != 0) {
        free(c->program);
        c->program = copy_of("(several)");
    }
    if (!c->time)
        c->time = copy_of(r->time);
    for (uint32_t i = 0; i < r->report.count; i++) {
        struct collected *f = make(r, i);
        struct collected *const *found = csan__need(tsearch(f, &c->tree, compare));
        add(*found, r, i);
        if (*found != f)
            free_one(f);
    }
    struct lock_sum *lock;
    for (uint32_t i = 0; i < r->nlocks; i++)
        csan__locks_add(&c->locks, r, &r->locks[i], &lock);
    return 0;
}

static void count_one(const struct collected *f, void *arg)
{
    struct collection *c = arg;
    c->known += f->known;
    c->findings += !f->known;
}

int csan__collect(struct collection *c, char *const *paths, int npaths)
{
    int status = csan__records_each(paths, npaths, take, c);
    c->known = c->findings = 0;
    csan__collect_each(c, count_one, c);
    csan__locks_sort(&c->locks);
    return status;
}

struct walk {
    void (*visit)(const struct collected *f, void *arg);
    void *arg;
};

static void step(const void *node, VISIT which, void *arg)
{
    const struct walk *w = arg;
    if (which == postorder || which == leaf)
        w->visit(*(const struct collected *const *)node, w->arg);
}

void csan__collect_each(const struct collection *c,
                        void (*visit)(const struct collected *f, void *arg), void *arg)
{
    struct walk w = {visit, arg};
    twalk_r(c->tree, step, &w);
}

const struct collected *csan__collect_find(const struct collection *c, const char *program,
                                           const char *name)
{
    struct collected key = {.program = (char *)(uintptr_t)program};
    snprintf(key.name, sizeof key.name, "%s", name);
    const struct collected *const *found = tfind(&key, &c->tree, compare);
    return found ? *found : NULL;
}

void csan__collect_free(struct collection *c)
{
    tdestroy(c->tree, free_one);
    csan__locks_free(&c->locks);
    free(c->program);
    free(c->time);
    *c = (struct collection){0};
}

#include "tools/profile_diff.h"

#include "base/text.h"
#include "report/report.h"
#include "tools/pprof_read.h"
#include "tools/progress.h"
#include "tools/verb.h"

#include <dirent.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING ".pb.gz"
#define FRAMES_SHOWN 4

struct change {
    uint64_t old, new; /* medians */
    double p;
    bool is_single, is_sure;
};

/* A stack's values of one type; the one without functions is the sum of all. */
struct stack {
    char *key; /* sort, type and functions, each ended by a \n */
    char *unit, *shown;
    struct sample samples[2];
    size_t room[2];
    uint32_t profile; /* the last that added to it */
    struct sort *sort;
    struct change change; /* when all were added */
};

struct sort {
    char *name;
    size_t profiles[2];
};

struct profile_diff {
    void *stacks, *sorts; /* tsearch's */
    struct stack **all;   /* of one sort and type, while it is printed */
    size_t count, room;
    uint32_t profile; /* the one that is being added, from 1 */
    char cwd[4096];
    FILE *out;
    size_t top;
    size_t differing;
};

/* ------------------------------------------------------------------ adding */

static int by_key(const void *one, const void *other)
{
    const struct stack *a = one, *b = other;
    return strcmp(a->key, b->key);
}

static int by_name(const void *one, const void *other)
{
    const struct sort *a = one, *b = other;
    return strcmp(a->name, b->name);
}

static struct sort *sort_of(struct profile_diff *d, const char *name)
{
    const struct sort key = {.name = (char *)(uintptr_t)name};
    struct sort *const *found = tfind(&key, &d->sorts, by_name);
    if (found)
        return *found;
    struct sort *s = csan__need(calloc(1, sizeof *s));
    s->name = csan__need(strdup(name));
    csan__need(tsearch(s, &d->sorts, by_name));
    return s;
}

/* Innermost first: `row_new < keep_rows < main  FILE:LINE`, the innermost line that is known. */
static char *shown_of(const struct profile_diff *d, const struct profile *p,
                      const struct profile_sample *s)
{
    char room[1024] = "";
    struct text t = TEXT(room);
    const struct profile_frame *placed = NULL;
    uint32_t n = 0;
    bool is_main = false; /* what called it is the same for all */
    for (uint32_t i = 0; i < s->nplaces; i++) {
        const struct profile_place *place = &p->places[s->places[i]];
        for (uint32_t k = 0; k < place->count; k++, n++) {
            const struct profile_frame *f = &p->frames[place->first + k];
            placed = placed || !f->file[0] ? placed : f;
            if (n < FRAMES_SHOWN && !is_main)
                csan__text_format(&t, "%s%.*s", n ? " < " : "", 200, f->function);
            is_main |= strcmp(f->function, "main") == 0;
        }
    }
    if (n > FRAMES_SHOWN && !is_main)
        csan__text_str(&t, " < …");
    if (placed)
        csan__text_format(&t, "  %s:%u", csan__report_relative(placed->file, d->cwd), placed->line);
    for (char *c = room; *c; c++)
        *c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
    return csan__need(strdup(room));
}

static char *key_of(const struct sort *sort, const char *type, const struct profile *p,
                    const struct profile_sample *s)
{
    char *key = NULL;
    size_t n = 0;
    FILE *f = csan__need(open_memstream(&key, &n));
    fprintf(f, "%s\n%s\n", sort->name, type);
    for (uint32_t i = 0; s && i < s->nplaces; i++) {
        const struct profile_place *place = &p->places[s->places[i]];
        for (uint32_t k = 0; k < place->count; k++)
            fprintf(f, "%s\n", p->frames[place->first + k].function);
    }
    if (fclose(f) != 0)
        csan__need(NULL);
    return key;
}

static void append(struct stack *s, int side, uint64_t value)
{
    struct sample *of = &s->samples[side];
    if (of->count == s->room[side]) {
        s->room[side] = s->room[side] ? 2 * s->room[side] : 4;
        of->at = csan__need(reallocarray(of->at, s->room[side], sizeof *of->at));
    }
    of->at[of->count++] = value;
}

static void add_value(struct profile_diff *d, struct stack *s, int side, uint64_t value)
{
    struct sample *of = &s->samples[side];
    if (s->profile == d->profile)
        of->at[of->count - 1] += value;
    else
        append(s, side, value);
    s->profile = d->profile;
}

static void free_stack(void *p)
{
    struct stack *s = p;
    free(s->key);
    free(s->unit);
    free(s->shown);
    free(s->samples[0].at);
    free(s->samples[1].at);
    free(s);
}

/* NULL as sample: the sum. */
static struct stack *stack_of(struct profile_diff *d, struct sort *sort, const struct profile *p,
                              uint32_t type, const struct profile_sample *sample)
{
    struct stack *s = csan__need(calloc(1, sizeof *s));
    s->key = key_of(sort, p->types[type].type, p, sample);
    struct stack **at = csan__need(tsearch(s, &d->stacks, by_key));
    if (*at != s) {
        free_stack(s);
        return *at;
    }
    s->sort = sort;
    s->unit = csan__need(strdup(p->types[type].unit));
    s->shown = sample ? shown_of(d, p, sample) : NULL;
    return s;
}

/* Of a folder, heap tells what is in use and allocs what was allocated: both files have both. */
static bool is_of(const char *type, const char *sort)
{
    const char *space = strrchr(sort, ' ');
    return !space || !((strcmp(space, " heap") == 0 && strncmp(type, "alloc_", 6) == 0) ||
                       (strcmp(space, " allocs") == 0 && strncmp(type, "inuse_", 6) == 0));
}

static int add_profile(struct profile_diff *d, const char *path, const char *name, int side)
{
    const char *why;
    struct profile *p = csan__profile_read(path, &why);
    if (!p)
        return csan__say_dark("diff: %s: %s", path, why);
    struct sort *sort = sort_of(d, name);
    sort->profiles[side]++;
    d->profile++;
    for (uint32_t type = 0; type < p->ntypes; type++) {
        if (!is_of(p->types[type].type, name))
            continue;
        struct stack *sum = stack_of(d, sort, p, type, NULL);
        add_value(d, sum, side, 0);
        for (uint32_t i = 0; i < p->nsamples; i++) {
            const int64_t value = p->samples[i].values[type];
            if (value <= 0)
                continue;
            add_value(d, sum, side, (uint64_t)value);
            add_value(d, stack_of(d, sort, p, type, &p->samples[i]), side, (uint64_t)value);
        }
    }
    csan__profile_free(p);
    return 0;
}

/* ------------------------------------------------------------------ files and folders */

bool csan__profile_diff_is_profile(const char *path)
{
    size_t n = strlen(path), m = strlen(ENDING);
    return n > m && strcmp(path + n - m, ENDING) == 0;
}

static int is_profile(const struct dirent *e)
{
    return csan__profile_diff_is_profile(e->d_name);
}

/* PROGRAM.PID.TEST.heap.pb.gz → "PROGRAM TEST heap": words that are numbers tell processes apart,
 * and nothing else. */
static char *sort_name(const char *file)
{
    char *name = csan__need(strdup(file)), *to = name;
    name[strlen(name) - strlen(ENDING)] = '\0';
    for (char *at = name, *end; at; at = end) {
        end = strchr(at, '.');
        size_t n = end ? (size_t)(end - at) : strlen(at);
        end = end ? end + 1 : NULL;
        if (n == 0 || strspn(at, "0123456789") >= n)
            continue;
        if (to != name)
            *to++ = ' ';
        memmove(to, at, n);
        to += n;
    }
    *to = '\0';
    return name;
}

static int add_folder(struct profile_diff *d, const char *path, int side)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_profile, alphasort), status = 0;
    for (int i = 0; i < n; i++) {
        char *file = NULL, *name = sort_name(entries[i]->d_name);
        if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
            csan__need(NULL);
        int one = add_profile(d, file, name, side);
        status = one ? one : status;
        csan__progress("reading profiles", (size_t)i + 1, (size_t)n);
        free(file);
        free(name);
        free(entries[i]);
    }
    csan__progress_end();
    if (n >= 0)
        free(entries);
    return status;
}

struct profile_diff *csan__profile_diff_begin(void)
{
    struct profile_diff *d = calloc(1, sizeof *d);
    if (d && !getcwd(d->cwd, sizeof d->cwd))
        d->cwd[0] = '\0';
    return d;
}

int csan__profile_diff_add(struct profile_diff *d, const char *path, int side)
{
    struct stat st;
    bool is_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    return is_folder ? add_folder(d, path, side) : add_profile(d, path, "", side);
}

/* ------------------------------------------------------------------ what differs */

static void put_amount(struct text *t, uint64_t amount, const char *unit)
{
    if (strcmp(unit, "bytes") == 0)
        csan__text_bytes(t, amount);
    else if (strcmp(unit, "nanoseconds") == 0)
        csan__text_duration(t, amount);
    else
        csan__text_u64(t, amount);
}

static void judge(struct stack *s)
{
    struct change *c = &s->change;
    for (int side = 0; side < 2; side++)
        while (s->samples[side].count < s->sort->profiles[side])
            append(s, side, 0);
    c->old = csan__rank_median(&s->samples[0]);
    c->new = csan__rank_median(&s->samples[1]);
    c->is_single = s->samples[0].count == 1 && s->samples[1].count == 1;
    c->p = c->is_single || c->old == c->new ? 1 : csan__rank_p(&s->samples[0], &s->samples[1]);
    c->is_sure = c->old != c->new && (c->is_single || (c->p >= 0 && c->p < RANK_UNLIKELY));
}

static void put_change(FILE *out, const struct stack *s)
{
    const struct change *c = &s->change;
    char room[128] = "";
    struct text t = TEXT(room);
    put_amount(&t, c->old, s->unit);
    csan__text_str(&t, " → ");
    put_amount(&t, c->new, s->unit);
    fputs(room, out);
    if (c->is_sure && c->old)
        fprintf(out, " (%+.0f %%)", 100 * ((double)c->new - (double)c->old) / (double)c->old);
    if (!c->is_single)
        fprintf(out, "%s (p=%.3f n=%zu+%zu)", c->is_sure ? "" : " ~", c->p, s->samples[0].count,
                s->samples[1].count);
}

static uint64_t size_of(const struct change *c)
{
    return c->new > c->old ? c->new - c->old : c->old - c->new;
}

static int by_size(const void *one, const void *other)
{
    const struct stack *a = *(struct stack *const *)one, *b = *(struct stack *const *)other;
    uint64_t n = size_of(&a->change), m = size_of(&b->change);
    return n != m ? (n < m ? 1 : -1) : strcmp(a->key, b->key);
}

static void put_stack(FILE *out, const struct stack *s)
{
    const struct change *c = &s->change;
    char room[64] = "";
    struct text t = TEXT(room);
    const char *word = c->old == 0       ? "new"
                       : c->new == 0     ? "gone"
                       : c->new > c->old ? "more"
                                         : "less";
    csan__text_char(&t, c->new > c->old ? '+' : '-');
    put_amount(&t, size_of(c), s->unit);
    fprintf(out, "  %-5s %9s  ", word, room);
    put_change(out, s);
    fprintf(out, "\n                   %s\n", s->shown);
}

static void put_stacks(struct profile_diff *d, struct stack **stacks, size_t n)
{
    qsort(stacks, n, sizeof *stacks, by_size);
    for (size_t i = 0; i < n && (i < d->top || !d->top); i++)
        put_stack(d->out, stacks[i]);
    if (d->top && n > d->top)
        fprintf(d->out, "  … and %zu with smaller differences (--top=0 shows them)\n", n - d->top);
}

/* The stacks of one sort and type, the sum first. */
static void put_type(struct profile_diff *d)
{
    struct stack *sum = d->all[0];
    const char *name = sum->sort->name, *type = strchr(sum->key, '\n') + 1;
    size_t sure = 0, unsure = 0;
    if (!sum->sort->profiles[0] || !sum->sort->profiles[1])
        return;
    judge(sum);
    for (size_t i = 1; i < d->count; i++) {
        struct stack *s = d->all[i];
        judge(s);
        unsure += !s->change.is_sure && s->change.old != s->change.new;
        if (s->change.is_sure)
            d->all[1 + sure++] = s;
    }
    if (!sure && !unsure && !sum->change.is_sure)
        return;
    d->differing++;
    fprintf(d->out, "%s%s%.*s: ", name, name[0] ? ", " : "", (int)strcspn(type, "\n"), type);
    put_change(d->out, sum);
    putc('\n', d->out);
    put_stacks(d, d->all + 1, sure);
    if (unsure)
        fprintf(d->out, "  ~ %zu differ no more than by chance\n", unsure);
}

static size_t type_length(const char *key)
{
    const char *type = strchr(key, '\n') + 1;
    return (size_t)(strchr(type, '\n') + 1 - key);
}

/* In the order of keys the sum of a sort and type comes first. */
static void gather(const void *node, VISIT which, void *arg)
{
    struct profile_diff *d = arg;
    struct stack *s = *(struct stack *const *)node;
    if (which != postorder && which != leaf)
        return;
    size_t n = type_length(s->key);
    if (d->count && (type_length(d->all[0]->key) != n || strncmp(d->all[0]->key, s->key, n) != 0)) {
        put_type(d);
        d->count = 0;
    }
    if (d->count == d->room) {
        d->room = d->room ? 2 * d->room : 64;
        d->all = csan__need(reallocarray(d->all, d->room, sizeof *d->all));
    }
    d->all[d->count++] = s;
}

static void put_lonely(const void *node, VISIT which, void *arg)
{
    struct profile_diff *d = arg;
    const struct sort *s = *(struct sort *const *)node;
    if ((which == postorder || which == leaf) && (!s->profiles[0] || !s->profiles[1]))
        fprintf(d->out, "%s: only in the %s run\n", s->name, s->profiles[0] ? "old" : "new");
}

void csan__profile_diff_print(struct profile_diff *d, FILE *out, size_t top)
{
    d->out = out;
    d->top = top;
    twalk_r(d->stacks, gather, d);
    if (d->count)
        put_type(d);
    twalk_r(d->sorts, put_lonely, d);
    if (d->sorts && !d->differing)
        fputs("profiles: the same\n", out);
}

static void free_sort(void *p)
{
    struct sort *s = p;
    free(s->name);
    free(s);
}

void csan__profile_diff_end(struct profile_diff *d)
{
    tdestroy(d->stacks, free_stack);
    tdestroy(d->sorts, free_sort);
    free(d->all);
    free(d);
}

#include "tools/locks.h"

#include "tools/verb.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *one, const void *other)
{
    const struct lock_sum *a = one, *b = other;
    if (a->fingerprint != b->fingerprint)
        return a->fingerprint < b->fingerprint ? -1 : 1;
    return strcmp(a->program, b->program);
}

static void free_one(void *p)
{
    struct lock_sum *l = p;
    free(l->program);
    free(l->message);
    free(l->place);
    free(l->line);
    free(l->body);
    free(l->buckets);
    free(l);
}

static char *place_of(const struct record *r, const struct record_lock *l)
{
    static const struct finding nothing;
    char *place = NULL;
    uint32_t line, column;
    struct shown s = {.finding = &nothing};
    if (l->nsites)
        s.trace = l->sites[0].trace;
    const char *file = csan__record_place(r, &s, &line, &column);
    int n = line ? asprintf(&place, "%s:%u:%u", file, line, column)
                 : asprintf(&place, "%s",
                            s.trace.count ? s.trace.frames[s.trace.place].function : "??");
    return csan__need(n < 0 ? NULL : place);
}

static struct lock_sum *new_sum(struct lock_sums *to, const struct record_lock *l)
{
    struct lock_sum *sum = csan__need(calloc(1, sizeof *sum));
    sum->program = csan__need(strdup(l->program));
    sum->message = csan__need(strdup(l->message));
    sum->fingerprint = l->fingerprint;
    if (to->used == to->room) {
        to->room = to->room ? 2 * to->room : 64;
        to->all = csan__need(reallocarray(to->all, to->room, sizeof(struct lock_sum *)));
    }
    to->all[to->used++] = sum;
    csan__need(tsearch(sum, &to->tree, compare));
    return sum;
}

static struct lock_sum *sum_of(struct lock_sums *to, const struct record_lock *l)
{
    struct lock_sum key = {.program = (char *)(uintptr_t)l->program, .fingerprint = l->fingerprint};
    struct lock_sum *const *found = tfind(&key, &to->tree, compare);
    return found ? *found : new_sum(to, l);
}

/* ------------------------------------------------------------------ histograms */

/* Both ascend; what begins together is one. */
static void add_buckets(struct lock_sum *to, const struct finding_times *t)
{
    uint32_t n = 0, i = 0, k = 0, room = to->times.nbuckets + t->nbuckets;
    struct finding_bucket *all = csan__need(calloc(room + 1, sizeof *all));
    const struct finding_bucket *a = to->buckets, *b = t->buckets;
    while (i < to->times.nbuckets || k < t->nbuckets) {
        bool has_a = i < to->times.nbuckets, has_b = k < t->nbuckets;
        if (has_a && (!has_b || a[i].from_ns < b[k].from_ns)) {
            all[n++] = a[i++];
        } else if (!has_a || b[k].from_ns < a[i].from_ns) {
            all[n++] = b[k++];
        } else {
            all[n] = a[i++];
            all[n].count += b[k].count;
            all[n].to_ns = b[k].to_ns > all[n].to_ns ? b[k].to_ns : all[n].to_ns;
            n++;
            k++;
        }
    }
    free(to->buckets);
    to->buckets = all;
    to->times.buckets = all;
    to->times.nbuckets = n;
}

static uint64_t percentile(const struct finding_times *t, uint64_t percent)
{
    uint64_t seen = 0;
    for (uint32_t i = 0; i < t->nbuckets; i++) {
        seen += t->buckets[i].count;
        uint64_t middle = t->buckets[i].from_ns / 2 + t->buckets[i].to_ns / 2;
        if ((double)seen >= (double)t->count * (double)percent / 100)
            return middle < t->max_ns ? middle : t->max_ns;
    }
    return t->max_ns;
}

static void add_times(struct lock_sum *to, const struct finding_times *t)
{
    bool is_first = to->times.nbuckets == 0;
    add_buckets(to, t);
    to->times.count += t->count;
    to->times.sum_ns += t->sum_ns;
    to->times.max_ns = t->max_ns > to->times.max_ns ? t->max_ns : to->times.max_ns;
    to->times.p50_ns = is_first ? t->p50_ns : percentile(&to->times, 50);
    to->times.p90_ns = is_first ? t->p90_ns : percentile(&to->times, 90);
    to->times.p99_ns = is_first ? t->p99_ns : percentile(&to->times, 99);
}

/* ------------------------------------------------------------------ all of them */

bool csan__locks_add(struct lock_sums *to, const struct record *r, const struct record_lock *l,
                     struct lock_sum **sum)
{
    struct lock_sum *s = *sum = sum_of(to, l);
    bool knows_all = l->acquisitions && (s->acquisitions || !s->processes);
    s->acquisitions = knows_all ? s->acquisitions + l->acquisitions : 0;
    s->at_least |= l->at_least;
    s->processes += l->processes;
    s->locks = l->locks > s->locks ? l->locks : s->locks;
    add_times(s, l->times);
    if (s->line && l->times->sum_ns <= s->longest_ns)
        return false;
    s->longest_ns = l->times->sum_ns;
    free(s->line);
    free(s->place);
    s->line = csan__need(strdup(l->line));
    s->place = place_of(r, l);
    return true;
}

static int longest_first(const void *one, const void *other)
{
    const struct lock_sum *a = *(struct lock_sum *const *)one;
    const struct lock_sum *b = *(struct lock_sum *const *)other;
    if (a->times.sum_ns != b->times.sum_ns)
        return a->times.sum_ns < b->times.sum_ns ? 1 : -1;
    return compare(a, b);
}

void csan__locks_sort(struct lock_sums *all)
{
    if (all->used)
        qsort(all->all, all->used, sizeof(struct lock_sum *), longest_first);
}

void csan__locks_words(const struct lock_sum *l, struct text *out)
{
    if (l->acquisitions) {
        csan__text_number(out, l->times.count);
        csan__text_str(out, l->at_least ? " of at least " : " of ");
        csan__text_count(out, l->acquisitions, "acquisition");
        csan__text_str(out, " waited, p50 ");
    } else {
        csan__text_count(out, l->times.count, "wait");
        csan__text_str(out, ": p50 ");
    }
    csan__text_duration(out, l->times.p50_ns);
    csan__text_str(out, ", p99 ");
    csan__text_duration(out, l->times.p99_ns);
    csan__text_str(out, ", longest ");
    csan__text_duration(out, l->times.max_ns);
}

void csan__locks_free(struct lock_sums *all)
{
    tdestroy(all->tree, free_one);
    free(all->all);
    *all = (struct lock_sums){0};
}

#include "detect/histogram.h"

#include <errno.h>

#define LOWEST_OCTAVE 10u
#define OCTAVES (HISTOGRAM_BUCKETS / HISTOGRAM_OCTAVE)

/* Of an octave's quarters: how many buckets, and the first of them. */
static const uint32_t parts[4] = {13, 10, 9, 8};
static const uint32_t firsts[4] = {0, 13, 23, 32};
_Static_assert(13 + 10 + 9 + 8 == HISTOGRAM_OCTAVE, "the quarters make the octave");

static uint32_t bucket_of(uint64_t ns)
{
    if (ns < (1u << LOWEST_OCTAVE))
        return 0;
    uint32_t octave = 63u - (uint32_t)__builtin_clzll(ns);
    if (octave >= LOWEST_OCTAVE + OCTAVES)
        return HISTOGRAM_BUCKETS - 1;
    uint32_t quarter = (uint32_t)(ns >> (octave - 2)) & 3;
    uint64_t within = ns & (((uint64_t)1 << (octave - 2)) - 1);
    uint32_t part = (uint32_t)(within * parts[quarter] >> (octave - 2));
    return (octave - LOWEST_OCTAVE) * HISTOGRAM_OCTAVE + firsts[quarter] + part;
}

static uint64_t middle_of(uint32_t bucket)
{
    uint32_t octave = bucket / HISTOGRAM_OCTAVE + LOWEST_OCTAVE;
    uint32_t in_octave = bucket % HISTOGRAM_OCTAVE, quarter = 3;
    while (in_octave < firsts[quarter])
        quarter--;
    uint64_t width = (uint64_t)1 << (octave - 2); /* of the quarter */
    uint64_t halves = 2 * (uint64_t)(in_octave - firsts[quarter]) + 1;
    return (4 + quarter) * width + halves * width / (2 * parts[quarter]);
}

void csan__histogram_add(struct histogram *h, uint64_t ns)
{
    __atomic_add_fetch(&h->buckets[bucket_of(ns)], 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&h->sum, ns, __ATOMIC_RELAXED);
    __atomic_add_fetch(&h->count, 1, __ATOMIC_RELAXED);
    uint64_t max = __atomic_load_n(&h->max, __ATOMIC_RELAXED);
    while (ns > max && !__atomic_compare_exchange_n(&h->max, &max, ns, true, __ATOMIC_RELAXED,
                                                    __ATOMIC_RELAXED))
        ;
}

void csan__histogram_merge(struct histogram *h, const struct histogram *from)
{
    for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        h->buckets[i] += from->buckets[i];
    h->sum += from->sum;
    h->count += from->count;
    h->max = from->max > h->max ? from->max : h->max;
}

uint64_t csan__histogram_at(const struct histogram *h, unsigned percent)
{
    uint64_t rank = (h->count * percent + 99) / 100, seen = 0;
    for (uint32_t i = 0; rank < h->count && i + 1 < HISTOGRAM_BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen >= rank && seen > 0)
            return middle_of(i) < h->max ? middle_of(i) : h->max;
    }
    return h->max;
}

/* Where the i-th quarter begins, of all octaves; the first also has what is shorter. */
static uint64_t quarter_at(uint32_t i)
{
    return i ? (4 + i % 4) * ((uint64_t)1 << (i / 4 + LOWEST_OCTAVE - 2)) : 0;
}

static uint64_t count_quarter(const struct histogram *h, uint32_t i)
{
    uint64_t n = 0;
    uint32_t first = i / 4 * HISTOGRAM_OCTAVE + firsts[i % 4];
    for (uint32_t k = 0; k < parts[i % 4]; k++)
        n += h->buckets[first + k];
    return n;
}

int csan__histogram_tell(const struct histogram *h, struct arena *scratch, struct finding *f)
{
    struct finding_times *t = csan__arena_scratch_alloc(scratch, sizeof *t);
    struct finding_bucket *all =
        csan__arena_scratch_alloc(scratch, (size_t)4 * OCTAVES * sizeof *all);
    if (!t || !all)
        return -ENOMEM;
    *t = (struct finding_times){.count = h->count,
                                .sum_ns = h->sum,
                                .max_ns = h->max,
                                .p50_ns = csan__histogram_at(h, 50),
                                .p90_ns = csan__histogram_at(h, 90),
                                .p99_ns = csan__histogram_at(h, 99),
                                .buckets = all};
    for (uint32_t i = 0; i < 4 * OCTAVES; i++) {
        uint64_t n = count_quarter(h, i), to = quarter_at(i + 1);
        if (n == 0)
            continue;
        if (i + 1 == 4 * OCTAVES && to <= h->max)
            to = h->max + 1;
        all[t->nbuckets++] = (struct finding_bucket){quarter_at(i), to, n};
    }
    f->times = t;
    return 0;
}

bool csan__histogram_is_valid(const struct histogram *h)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        n += h->buckets[i];
    return n == h->count && (h->count > 0 || (h->sum == 0 && h->max == 0));
}

#include "tools/rank.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    uint64_t value;
    uint64_t rank2; /* twice the rank: ties share a mean one */
    bool is_a;
};

static int by_value(const void *one, const void *other)
{
    const struct ranked *a = one, *b = other;
    return (a->value > b->value) - (a->value < b->value);
}

/* Returns the sum of t³-t over the ties. */
static double give_ranks(struct ranked *all, size_t n)
{
    double ties = 0;
    qsort(all, n, sizeof *all, by_value);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && all[to].value == all[from].value; to++)
            ;
        for (size_t i = from; i < to; i++)
            all[i].rank2 = from + to + 1;
        double t = (double)(to - from);
        ties += t * t * t - t;
    }
    return ties;
}

/* ways[k * width + s]: of how many sets of k values the doubled ranks have the sum s. */
static double exact_p(const struct ranked *all, size_t n, size_t n_a, uint64_t sum2)
{
    size_t width = n * (n + 1) + 1;
    double *ways = calloc((n_a + 1) * width, sizeof *ways), far = 0, every = 0;
    uint64_t mean2 = n_a * (n + 1), off = sum2 > mean2 ? sum2 - mean2 : mean2 - sum2;
    if (!ways)
        return -1;
    ways[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1 < n_a ? i + 1 : n_a; k > 0; k--)
            for (size_t s = width - 1; s >= all[i].rank2; s--)
                ways[k * width + s] += ways[(k - 1) * width + s - all[i].rank2];
    for (size_t s = 0; s < width; s++) {
        uint64_t here = s > mean2 ? s - mean2 : mean2 - s;
        every += ways[n_a * width + s];
        far += here >= off ? ways[n_a * width + s] : 0;
    }
    free(ways);
    return far / every;
}

static double normal_p(double n_a, double n_b, double sum2, double ties)
{
    double n = n_a + n_b, off = fabs(sum2 / 2 - n_a * (n + 1) / 2) - 0.5;
    double variance = n_a * n_b / 12 * (n + 1 - ties / (n * (n - 1)));
    return variance <= 0 || off <= 0 ? 1 : erfc(off / sqrt(variance) / sqrt(2));
}

double csan__rank_p(const struct sample *a, const struct sample *b)
{
    size_t n = a->count + b->count;
    uint64_t sum2 = 0;
    if (a->count == 0 || b->count == 0)
        return 1;
    struct ranked *all = calloc(n, sizeof *all);
    if (!all)
        return -1;
    for (size_t i = 0; i < n; i++) {
        all[i].is_a = i < a->count;
        all[i].value = all[i].is_a ? a->at[i] : b->at[i - a->count];
    }
    double ties = give_ranks(all, n);
    for (size_t i = 0; i < n; i++)
        sum2 += all[i].is_a ? all[i].rank2 : 0;
    double p = n <= RANK_EXACT ? exact_p(all, n, a->count, sum2)
                               : normal_p((double)a->count, (double)b->count, (double)sum2, ties);
    free(all);
    return p;
}

static int by_size(const void *one, const void *other)
{
    const uint64_t *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

uint64_t csan__rank_median(struct sample *s)
{
    if (s->count == 0)
        return 0;
    qsort(s->at, s->count, sizeof *s->at, by_size);
    uint64_t low = s->at[(s->count - 1) / 2], high = s->at[s->count / 2];
    return low + (high - low) / 2;
}

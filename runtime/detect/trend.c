#include "detect/trend.h"

#define WINDOWS 5u

uint32_t csan__trend_warm(uint32_t n)
{
    return n < TREND_LONG ? 0 : n / 4;
}

static bool rises_evenly(const uint64_t *level, uint32_t n)
{
    uint64_t least = UINT64_MAX, most = 0;
    for (uint32_t i = 1; i < n; i++) {
        if (level[i] <= level[i - 1])
            return false;
        uint64_t step = level[i] - level[i - 1];
        least = step < least ? step : least;
        most = step > most ? step : most;
    }
    return most - least <= least / 4;
}

static bool rises_in_each_window(const uint64_t *e, uint32_t steps)
{
    for (uint32_t i = 0; i < WINDOWS; i++)
        if (e[steps * i / WINDOWS] == e[steps * (i + 1) / WINDOWS])
            return false;
    return true;
}

static bool has_come_to_rest(const uint64_t *e, uint32_t steps)
{
    uint32_t longest = 0, flat = 0;
    for (uint32_t i = 0; i < steps; i++) {
        if (e[i + 1] == e[i]) {
            flat++;
            continue;
        }
        longest = flat > longest ? flat : longest;
        flat = 0;
    }
    return flat > longest;
}

/* Where steps are rare, which half the last of them falls into is chance: one is allowed for. */
static bool fades(const uint64_t *e, uint32_t steps)
{
    uint32_t half = steps / 2;
    uint64_t early = e[half] - e[0], late = e[steps] - e[steps - half], chance = 0;
    bool is_rare = false;
    for (uint32_t i = 0; i < half; i++) {
        uint64_t step = e[i + 1] - e[i];
        is_rare |= !step;
        chance = step > chance ? step : chance;
    }
    if (is_rare)
        late += chance;
    return late < early - early / 10;
}

static bool keeps_rising(const uint64_t *envelope, uint32_t steps)
{
    return rises_in_each_window(envelope, steps) && !has_come_to_rest(envelope, steps) &&
           !fades(envelope, steps);
}

bool csan__trend_rises(const uint64_t *level, uint32_t n)
{
    if (n < 3 || n > TREND_MAX)
        return false;
    if (n < TREND_LONG)
        return rises_evenly(level, n);
    uint64_t envelope[TREND_MAX];
    uint32_t from = csan__trend_warm(n), last = n - 1 - from;
    const uint64_t *v = level + from;
    envelope[0] = v[0];
    for (uint32_t i = 1; i <= last; i++)
        envelope[i] = v[i] > envelope[i - 1] ? v[i] : envelope[i - 1];
    if (!keeps_rising(envelope, last))
        return false;
    envelope[last] = v[last];
    for (uint32_t i = last; i-- > 0;)
        envelope[i] = v[i] < envelope[i + 1] ? v[i] : envelope[i + 1];
    return keeps_rising(envelope, last);
}

#include "base/nearest.h"

#include "base/text.h"

#include <string.h>

#define COMPARED 31 /* more of a name is not compared */

/* Damerau and Levenshtein's distance, no part edited twice ("optimal string alignment"): how many
 * letters to add, drop, change or swap with their neighbour. */
static unsigned distance(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
    unsigned row[3][COMPARED + 1]; /* row[i % 3][j]: from a's first i letters to b's first j */
    a_bytes = a_bytes > COMPARED ? COMPARED : a_bytes;
    b_bytes = b_bytes > COMPARED ? COMPARED : b_bytes;
    for (size_t i = 0; i <= a_bytes; i++) {
        unsigned *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_bytes; j++) {
            if (i == 0) {
                now[j] = (unsigned)j;
                continue;
            }
            char x = csan__text_lower(a[i - 1]), y = csan__text_lower(b[j - 1]);
            unsigned best = last[j - 1] + (x != y);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            bool swapped = i > 1 && j > 1 && x == csan__text_lower(b[j - 2]) &&
                           csan__text_lower(a[i - 2]) == y;
            if (swapped && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[a_bytes % 3][b_bytes];
}

static bool is_part(const char *s, size_t n, const char *of, size_t of_bytes)
{
    for (size_t at = 0; n >= 3 && at + n <= of_bytes; at++)
        if (csan__text_is_same(s, of + at, n))
            return true;
    return false;
}

void csan__nearest_try(struct nearest *n, const char *name)
{
    size_t bytes = strlen(name);
    unsigned far = distance(n->given, n->bytes, name, bytes);
    if (far > 1 && is_part(n->given, n->bytes, name, bytes))
        far = 1;
    if (far < n->distance) {
        n->distance = far;
        n->name = name;
    }
}

bool csan__nearest_is_near(const struct nearest *n)
{
    return n->name != NULL && (n->distance <= 2 || n->distance <= strlen(n->name) / 3);
}

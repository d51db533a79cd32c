/* The known name that is nearest to one that nobody knows: for "did you mean max_leak?".
 *
 *     struct nearest n = NEAREST(given, bytes);
 *     for each known name: csan__nearest_try(&n, name);      n.name is the best, NULL before
 *
 * Distance: letters to add, drop, change or swap with their neighbour, capitals counting as small
 * letters; a given name of three letters or more that is part of a known one is 1 away from it
 * ("leak": max_leak). Of equals the first wins. No state. Needs text.h; used by option_item.c,
 * report/rule.c and the csan command. */
#ifndef CSAN_BASE_NEAREST_H
#define CSAN_BASE_NEAREST_H

#include "base/base.h"

struct nearest {
    const char *given; /* not NUL-terminated */
    size_t bytes;
    const char *name; /* the caller's */
    unsigned distance;
};

#define NEAREST(given_, bytes_)                                                                    \
    {                                                                                              \
        .given = (given_), .bytes = (bytes_), .name = NULL, .distance = UINT32_MAX                 \
    }

void csan__nearest_try(struct nearest *n, const char *name);
/* Near enough to ask whether it was meant. */
bool csan__nearest_is_near(const struct nearest *n);

#endif

/* A cursor over DWARF bytes that cannot be moved beyond their end: reads there give 0 and set
 * `bad`. Private to record/cfi*. */
#ifndef CSAN_RECORD_CFI_CURSOR_H
#define CSAN_RECORD_CFI_CURSOR_H

#include "base/base.h"

#include <string.h>

struct cursor {
    const uint8_t *at, *end;
    bool bad;
};

static inline uint64_t take(struct cursor *c, unsigned bytes)
{
    uint64_t value = 0;
    if ((size_t)(c->end - c->at) < bytes) {
        c->bad = true;
        c->at = c->end;
        return 0;
    }
    memcpy(&value, c->at, bytes);
    c->at += bytes;
    return value;
}

static inline int64_t take_signed(struct cursor *c, unsigned bytes)
{
    unsigned spare = 64 - 8 * bytes;
    return (int64_t)(take(c, bytes) << spare) >> spare;
}

static inline void skip(struct cursor *c, uint64_t bytes)
{
    if ((uint64_t)(c->end - c->at) < bytes) {
        c->bad = true;
        bytes = (uint64_t)(c->end - c->at);
    }
    c->at += bytes;
}

static inline uint64_t take_uleb(struct cursor *c)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = (uint8_t)take(c, 1);
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    return value;
}

static inline int64_t take_sleb(struct cursor *c)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = (uint8_t)take(c, 1);
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    if (shift < 64 && (byte & 0x40))
        value |= ~(uint64_t)0 << shift;
    return (int64_t)value;
}

#endif

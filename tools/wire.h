/* Protocol buffers, read: a row of fields, each a tag (number and wire type) and a varint, or so
 * many bytes.
 *
 * Nothing is kept, nothing is written. Needs base; used by pprof_read.c. */
#ifndef CSAN_TOOLS_WIRE_H
#define CSAN_TOOLS_WIRE_H

#include "base/base.h"

struct wire_span {
    const uint8_t *at, *end;
};

struct wire_field {
    uint32_t number, wire;
    uint64_t value;        /* varint */
    struct wire_span span; /* bytes */
};

/* False: it is cut, or longer than 64 bits. */
bool csan__wire_varint(struct wire_span *s, uint64_t *out);
/* The next field; false: the end, or *bad. */
bool csan__wire_next(struct wire_span *s, struct wire_field *f, bool *bad);
/* A number, of this field. */
bool csan__wire_is(const struct wire_field *f, uint32_t number);

#endif

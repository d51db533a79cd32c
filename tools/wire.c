#include "tools/wire.h"

#include "report/pprof_fields.h"

bool csan__wire_varint(struct wire_span *s, uint64_t *out)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70 && s->at < s->end; shift += 7) {
        uint8_t byte = *s->at++;
        if (shift == 63 && byte > 1)
            return false;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = v;
            return true;
        }
    }
    return false;
}

bool csan__wire_next(struct wire_span *s, struct wire_field *f, bool *bad)
{
    uint64_t tag, n = 0;
    if (s->at == s->end)
        return false;
    *bad = true;
    if (!csan__wire_varint(s, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
        return false;
    *f = (struct wire_field){.number = (uint32_t)(tag >> 3), .wire = (uint32_t)(tag & 7)};
    if (f->wire == WIRE_VARINT) {
        *bad = !csan__wire_varint(s, &f->value);
        return !*bad;
    }
    if (f->wire == WIRE_64 || f->wire == WIRE_32)
        n = f->wire == WIRE_64 ? 8 : 4;
    else if (f->wire != WIRE_BYTES || !csan__wire_varint(s, &n))
        return false;
    if (n > (uint64_t)(s->end - s->at))
        return false;
    f->span = (struct wire_span){s->at, s->at + n};
    s->at += n;
    *bad = false;
    return true;
}

bool csan__wire_is(const struct wire_field *f, uint32_t number)
{
    return f->number == number && f->wire == WIRE_VARINT;
}

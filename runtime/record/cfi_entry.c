#include "record/cfi_entry.h"
#include "record/cfi.h"

#include <errno.h>

static uintptr_t take_value(struct cursor *c, uint8_t format)
{
    switch (format) {
    case PE_ABSPTR:
    case PE_UDATA8:
    case PE_SDATA8:
        return take(c, 8);
    case PE_ULEB128:
        return take_uleb(c);
    case PE_SLEB128:
        return (uintptr_t)take_sleb(c);
    case PE_UDATA2:
        return take(c, 2);
    case PE_UDATA4:
        return take(c, 4);
    case PE_SDATA2:
        return (uintptr_t)take_signed(c, 2);
    case PE_SDATA4:
        return (uintptr_t)take_signed(c, 4);
    default:
        c->bad = true;
        return 0;
    }
}

uintptr_t csan__cfi_take_pointer(struct cursor *c, uint8_t encoding, uintptr_t data_base)
{
    if (encoding == PE_OMIT)
        return 0;
    if ((encoding & PE_RELATION) == PE_ALIGNED) {
        skip(c, (0 - (uintptr_t)c->at) & 7);
        return take(c, 8);
    }
    uintptr_t place = (uintptr_t)c->at;
    uintptr_t value = take_value(c, encoding & PE_FORMAT);
    switch (encoding & PE_RELATION) {
    case 0:
        return value;
    case PE_PCREL:
        return value + place;
    case PE_DATAREL:
        return value + data_base;
    default:
        c->bad = true;
        return 0;
    }
}

int csan__cfi_open_entry(uintptr_t at, uintptr_t lo, uintptr_t hi, struct cfi_entry *out)
{
    if (at < lo || at >= hi || hi - at < 8)
        return -EINVAL;
    struct cursor c = {.at = (const uint8_t *)at, .end = (const uint8_t *)hi};
    uint64_t length = take(&c, 4);
    if (length == 0)
        return -ENOENT;
    if (length < 4 || length > (uint64_t)(c.end - c.at)) /* 2^32-1, the 64-bit form, too */
        return -EINVAL;
    c.end = c.at + length;
    out->id_at = (uintptr_t)c.at;
    out->id = (uint32_t)take(&c, 4);
    out->body = c;
    return 0;
}

static void read_augmentation(struct cursor *c, const char *names, struct cfi_cie *out)
{
    uint64_t bytes = take_uleb(c);
    struct cursor data = *c;
    skip(c, bytes);
    data.end = c->at;
    for (; *names; names++) {
        switch (*names) {
        case 'R':
            out->pointer_encoding = (uint8_t)take(&data, 1);
            break;
        case 'P':
            csan__cfi_take_pointer(&data, (uint8_t)take(&data, 1), 0);
            break;
        case 'L':
            take(&data, 1);
            break;
        case 'S':
            out->signal_frame = true;
            break;
        default: /* 'B', 'G' and what is to come: no data that is of use here */
            break;
        }
    }
    c->bad |= data.bad;
}

static int open_cie(uintptr_t at, uintptr_t lo, uintptr_t hi, struct cfi_cie *out)
{
    struct cfi_entry e;
    if (csan__cfi_open_entry(at, lo, hi, &e) != 0 || e.id != 0)
        return -EINVAL;
    struct cursor *c = &e.body;
    *out = (struct cfi_cie){.pointer_encoding = PE_ABSPTR};
    unsigned version = (unsigned)take(c, 1);
    const char *names = (const char *)c->at;
    while (take(c, 1) != 0)
        ;
    if (c->bad || (version != 1 && version != 3 && version != 4))
        return -EINVAL;
    if (names[0] == 'e' && names[1] == 'h') {
        take(c, 8);
        names += 2;
    }
    if (version == 4 && take(c, 2) != 8) /* address size 8, no segments */
        return -EINVAL;
    out->code_align = take_uleb(c);
    out->data_align = take_sleb(c);
    uint64_t return_column = version == 1 ? take(c, 1) : take_uleb(c);
    if (return_column != CFI_RIP)
        return -EINVAL;
    if (names[0] == 'z') {
        out->sized_augmentation = true;
        read_augmentation(c, names + 1, out);
    } else if (names[0]) {
        return -EINVAL;
    }
    out->program = *c;
    return c->bad ? -EINVAL : 0;
}

int csan__cfi_open_fde(uintptr_t at, uintptr_t lo, uintptr_t hi, struct cfi_fde *out)
{
    struct cfi_entry e;
    if (csan__cfi_open_entry(at, lo, hi, &e) != 0 || e.id == 0)
        return -EINVAL;
    if (open_cie(e.id_at - e.id, lo, hi, &out->cie) != 0)
        return -EINVAL;
    uint8_t encoding = out->cie.pointer_encoding;
    if (encoding & PE_INDIRECT)
        return -EINVAL;
    out->start = csan__cfi_take_pointer(&e.body, encoding, 0);
    out->end = out->start + csan__cfi_take_pointer(&e.body, encoding & PE_FORMAT, 0);
    if (out->cie.sized_augmentation)
        skip(&e.body, take_uleb(&e.body));
    out->program = e.body;
    return e.body.bad ? -EINVAL : 0;
}

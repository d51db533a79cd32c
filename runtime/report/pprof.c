/* pprof's format: see the header. A protocol buffer is a row of fields, each a tag (number and wire
 * type) and a varint, or a tag, a length and so many bytes. */
#include "report/pprof.h"
#include "record/module.h"
#include "report/gzip.h"
#include "report/pprof_fields.h"

#include <errno.h>
#include <string.h>

#define VARINT_BYTES 10u

/* A message that goes into another: its length must be known first. */
struct message {
    uint8_t *bytes;
    size_t used, room;
};

/* (a, b, text) → number from 1, in the order of first use. text NULL: a and b say it all. */
struct slot {
    uint64_t a, b;
    const char *text;
    uint32_t number; /* 0: free */
};

struct table {
    struct slot *slots;
    uint32_t used, room; /* room: a power of two, or 0 */
};

struct pprof {
    struct gzip z;
    struct arena *scratch;
    struct table strings, functions, locations, mappings;
    struct message outer, inner; /* the one that is being built, and one within it */
    uint32_t nvalues;
    bool out_of_memory;
};

/* ------------------------------------------------------------------ fields */

static size_t varint(uint8_t *to, uint64_t v)
{
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        to[n++] = (uint8_t)(v | 0x80);
    to[n++] = (uint8_t)v;
    return n;
}

static bool grow(struct pprof *p, struct message *m, size_t more)
{
    if (m->used + more <= m->room)
        return true;
    size_t room = 2 * (m->used + more);
    uint8_t *bytes = csan__arena_scratch_alloc(p->scratch, room);
    if (!bytes) {
        p->out_of_memory = true;
        return false;
    }
    if (m->used)
        memcpy(bytes, m->bytes, m->used);
    m->bytes = bytes;
    m->room = room;
    return true;
}

static void put_varint(struct pprof *p, struct message *m, uint64_t v)
{
    if (grow(p, m, VARINT_BYTES))
        m->used += varint(m->bytes + m->used, v);
}

/* proto3: what is 0 is left out. */
static void put_number(struct pprof *p, struct message *m, uint32_t field, uint64_t v)
{
    if (!v)
        return;
    put_varint(p, m, field << 3 | WIRE_VARINT);
    put_varint(p, m, v);
}

static void put_message(struct pprof *p, struct message *m, uint32_t field,
                        const struct message *inner)
{
    put_varint(p, m, field << 3 | WIRE_BYTES);
    put_varint(p, m, inner->used);
    if (grow(p, m, inner->used) && inner->used) {
        memcpy(m->bytes + m->used, inner->bytes, inner->used);
        m->used += inner->used;
    }
}

static void write_bytes(struct pprof *p, uint32_t field, const void *bytes, size_t n)
{
    uint8_t head[2 * VARINT_BYTES];
    size_t used = varint(head, field << 3 | WIRE_BYTES);
    used += varint(head + used, n);
    csan__gzip_add(&p->z, head, used);
    csan__gzip_add(&p->z, bytes, n);
}

static void write_number(struct pprof *p, uint32_t field, uint64_t v)
{
    uint8_t bytes[2 * VARINT_BYTES];
    size_t used = varint(bytes, field << 3 | WIRE_VARINT);
    used += varint(bytes + used, v);
    csan__gzip_add(&p->z, bytes, used);
}

/* ------------------------------------------------------------------ what is written once */

static bool is_slot(const struct slot *s, const struct slot *wanted)
{
    return s->a == wanted->a && s->b == wanted->b &&
           (!s->text || (wanted->text && strcmp(s->text, wanted->text) == 0));
}

static struct slot *seek(const struct table *t, const struct slot *wanted)
{
    uint64_t h = (wanted->a ^ wanted->b * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    for (uint64_t at = h >> 32;; at++) {
        struct slot *s = &t->slots[at & (t->room - 1)];
        if (!s->number || is_slot(s, wanted))
            return s;
    }
}

static bool has_room(struct pprof *p, struct table *t)
{
    if (t->room && t->used < t->room / 2)
        return true;
    struct table larger = {.used = t->used, .room = t->room ? 2 * t->room : 256};
    larger.slots = csan__arena_scratch_alloc(p->scratch, larger.room * sizeof *larger.slots);
    if (!larger.slots) {
        p->out_of_memory = true;
        return false;
    }
    for (uint32_t i = 0; i < t->room; i++)
        if (t->slots[i].number)
            *seek(&larger, &t->slots[i]) = t->slots[i];
    *t = larger;
    return true;
}

/* The number of what is wanted; 0: no memory. *is_new: it has to be written. */
static uint32_t number_of(struct pprof *p, struct table *t, const struct slot *wanted, bool *is_new)
{
    *is_new = false;
    if (!has_room(p, t))
        return 0;
    struct slot *s = seek(t, wanted);
    if (!s->number) {
        *s = *wanted;
        s->number = ++t->used;
        *is_new = true;
    }
    return s->number;
}

/* Index in the profile's table of strings; text must stay. "" is the first. */
static uint32_t string(struct pprof *p, const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (uint8_t)text[i]) * 0x100000001b3u;
    bool is_new;
    struct slot wanted = {.a = hash, .b = n, .text = text};
    uint32_t number = number_of(p, &p->strings, &wanted, &is_new);
    if (is_new)
        write_bytes(p, FIELD_STRING, text, n);
    return number ? number - 1 : 0;
}

static uint32_t function(struct pprof *p, const struct frame *f)
{
    uint32_t name = string(p, f->function), file = string(p, f->file);
    bool is_new;
    struct slot wanted = {.a = name, .b = file};
    uint32_t number = number_of(p, &p->functions, &wanted, &is_new);
    if (is_new) {
        struct message *m = &p->inner;
        m->used = 0;
        put_number(p, m, 1, number);
        put_number(p, m, 2, name);
        put_number(p, m, 3, name);
        put_number(p, m, 4, file);
        write_bytes(p, FIELD_FUNCTION, m->bytes, m->used);
    }
    return number;
}

static const struct module *module_of(const char *path)
{
    const struct module *m = *path ? csan__module_first() : NULL;
    while (m && strcmp(m->path, path) != 0)
        m = m->next;
    return m;
}

static uint32_t build_id(struct pprof *p, const struct module *m)
{
    char *hex = csan__arena_scratch_alloc(p->scratch, 2 * sizeof m->build_id + 1);
    if (!hex)
        return 0;
    for (uint32_t i = 0; i < m->build_id_bytes; i++) {
        hex[2 * i] = "0123456789abcdef"[m->build_id[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[m->build_id[i] & 15];
    }
    return string(p, hex);
}

/* 0: no module is known. */
static uint32_t mapping(struct pprof *p, const struct module *module, bool has_names)
{
    if (!module)
        return 0;
    bool is_new;
    struct slot wanted = {.a = (uintptr_t)module, .b = has_names};
    uint32_t number = number_of(p, &p->mappings, &wanted, &is_new);
    if (is_new) {
        uint32_t path = string(p, module->path), id = build_id(p, module);
        struct message *m = &p->inner;
        m->used = 0;
        put_number(p, m, 1, number);
        put_number(p, m, 2, module->lo);
        put_number(p, m, 3, module->hi);
        put_number(p, m, 5, path);
        put_number(p, m, 6, id);
        for (uint32_t field = 7; field <= 10; field++)
            put_number(p, m, field, has_names);
        write_bytes(p, FIELD_MAPPING, m->bytes, m->used);
    }
    return number;
}

/* frames[0] and those it is inlined into: one location. *count: how many frames that are. */
static uint32_t location(struct pprof *p, const struct frame *frames, uint32_t left,
                         uint32_t *count)
{
    uint32_t n = 1;
    while (n < left && frames[n - 1].inlined)
        n++;
    *count = n;
    const struct frame *f = &frames[n - 1];
    const struct module *module = module_of(f->module);
    bool is_new;
    struct slot wanted = {.a = f->offset, .b = (uintptr_t)module};
    uint32_t number = number_of(p, &p->locations, &wanted, &is_new);
    if (!is_new)
        return number;
    bool has_names = strcmp(f->function, "??") != 0;
    uint32_t map = mapping(p, module, has_names);
    struct message at = {.used = 0};
    put_number(p, &at, 1, number);
    put_number(p, &at, 2, map);
    put_number(p, &at, 3, f->offset + (module ? module->bias : 0));
    for (uint32_t i = 0; i < n && has_names; i++) {
        uint32_t id = function(p, &frames[i]);
        p->inner.used = 0;
        put_number(p, &p->inner, 1, id);
        put_number(p, &p->inner, 2, frames[i].line);
        put_message(p, &at, 4, &p->inner);
    }
    write_bytes(p, FIELD_LOCATION, at.bytes, at.used);
    return number;
}

/* ------------------------------------------------------------------ the profile */

static void write_type(struct pprof *p, uint32_t field, const struct pprof_type *t)
{
    uint32_t type = string(p, t->type), unit = string(p, t->unit);
    p->inner.used = 0;
    put_number(p, &p->inner, 1, type);
    put_number(p, &p->inner, 2, unit);
    write_bytes(p, field, p->inner.bytes, p->inner.used);
}

struct pprof *csan__pprof_begin(const struct pprof_sort *sort, struct arena *scratch, int fd)
{
    struct pprof *p = csan__arena_scratch_alloc(scratch, sizeof *p);
    if (!p)
        return NULL;
    p->scratch = scratch;
    csan__gzip_begin(&p->z, fd);
    string(p, "");
    while (p->nvalues < PPROF_VALUES && sort->values[p->nvalues].type)
        write_type(p, FIELD_SAMPLE_TYPE, &sort->values[p->nvalues++]);
    write_type(p, FIELD_PERIOD_TYPE, &sort->period);
    write_number(p, FIELD_PERIOD, 1);
    write_number(p, FIELD_PRESET, string(p, sort->preset));
    return p;
}

static void put_label(struct pprof *p, const struct pprof_label *label)
{
    uint32_t key = string(p, label->key), value = string(p, label->value);
    p->inner.used = 0;
    put_number(p, &p->inner, 1, key);
    put_number(p, &p->inner, 2, value);
    put_message(p, &p->outer, 3, &p->inner);
}

void csan__pprof_sample(struct pprof *p, const struct trace *trace, const uint64_t *values,
                        const struct pprof_label *labels, uint32_t nlabels)
{
    struct message *m = &p->outer;
    m->used = 0;
    for (uint32_t i = 0, n; i < trace->count; i += n) {
        uint32_t number = location(p, &trace->frames[i], trace->count - i, &n);
        put_varint(p, m, 1 << 3 | WIRE_VARINT);
        put_varint(p, m, number);
    }
    for (uint32_t i = 0; i < p->nvalues; i++) {
        put_varint(p, m, 2 << 3 | WIRE_VARINT);
        put_varint(p, m, values[i]);
    }
    for (uint32_t i = 0; i < nlabels; i++)
        put_label(p, &labels[i]);
    write_bytes(p, FIELD_SAMPLE, m->bytes, m->used);
}

long csan__pprof_end(struct pprof *p, uint64_t unix_ns, uint64_t duration_ns)
{
    write_number(p, FIELD_TIME, unix_ns);
    write_number(p, FIELD_DURATION, duration_ns);
    long error = csan__gzip_end(&p->z);
    return p->out_of_memory ? -ENOMEM : error;
}

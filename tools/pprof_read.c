/* A profile in two walks over its fields: the first counts and keeps what others refer to (strings,
 * functions, mappings, locations), the second resolves. */
#include "tools/pprof_read.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { FIELD_SAMPLE_TYPE = 1, FIELD_SAMPLE, FIELD_MAPPING, FIELD_LOCATION, FIELD_FUNCTION };
enum { FIELD_STRING = 6, FIELD_TIME = 9, FIELD_DURATION = 10, FIELD_PRESET = 14, FIELDS };
enum { WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_32 = 5 };

#define VALUES_MAX 64u
#define LEVELS_MAX 65536u

static const char *const damaged = "is damaged";
static const char *const no_memory = "does not fit into memory";

struct span {
    const uint8_t *at, *end;
};

struct field {
    uint32_t number, wire;
    uint64_t value;   /* varint */
    struct span span; /* bytes */
};

/* What has an id of its own, sorted by it. */
struct named {
    uint64_t id;
    uint64_t name, file; /* strings: of a function; name alone: of a mapping */
    uint32_t place;      /* of a location */
    uint64_t start;      /* of a mapping: the address of its file's first byte */
};

struct table {
    struct named *rows;
    uint32_t used, room;
};

struct input {
    struct profile *profile;
    struct arena *arena;
    struct span all;
    const char **strings;
    struct table functions, mappings, locations;
    uint32_t counts[FIELDS];
    uint64_t preset;
    const char *why;
};

/* ------------------------------------------------------------------ fields */

static bool varint(struct span *s, uint64_t *out)
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

/* The next field; false: the end, or *bad. */
static bool next(struct span *s, struct field *f, bool *bad)
{
    uint64_t tag, n = 0;
    if (s->at == s->end)
        return false;
    *bad = true;
    if (!varint(s, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
        return false;
    *f = (struct field){.number = (uint32_t)(tag >> 3), .wire = (uint32_t)(tag & 7)};
    if (f->wire == WIRE_VARINT) {
        *bad = !varint(s, &f->value);
        return !*bad;
    }
    if (f->wire == WIRE_64 || f->wire == WIRE_32)
        n = f->wire == WIRE_64 ? 8 : 4;
    else if (f->wire != WIRE_BYTES || !varint(s, &n))
        return false;
    if (n > (uint64_t)(s->end - s->at))
        return false;
    f->span = (struct span){s->at, s->at + n};
    s->at += n;
    *bad = false;
    return true;
}

static bool is_number(const struct field *f, uint32_t number)
{
    return f->number == number && f->wire == WIRE_VARINT;
}

static bool fail(struct input *in, const char *why)
{
    if (!in->why)
        in->why = why;
    return false;
}

static void *room_for(struct input *in, size_t n, size_t bytes)
{
    void *p = csan__arena_scratch_alloc(in->arena, (n ? n : 1) * bytes);
    if (!p)
        fail(in, no_memory);
    return p;
}

/* Each number of a repeated field, packed or not. */
static bool take_numbers(struct input *in, const struct field *f,
                         bool (*take)(struct input *in, uint64_t v, void *arg), void *arg)
{
    struct span s = f->span;
    uint64_t v;
    if (f->wire == WIRE_VARINT)
        return take(in, f->value, arg);
    if (f->wire != WIRE_BYTES)
        return fail(in, damaged);
    while (s.at < s.end)
        if (!varint(&s, &v) || !take(in, v, arg))
            return fail(in, damaged);
    return true;
}

/* ------------------------------------------------------------------ what others refer to */

static bool string_of(struct input *in, uint64_t index, const char **out)
{
    if (index >= in->counts[FIELD_STRING])
        return fail(in, damaged);
    *out = in->strings[index];
    return true;
}

static const char *keep(struct input *in, struct span s)
{
    size_t n = (size_t)(s.end - s.at);
    struct text t = {.cap = 3 * n + 1};
    t.buf = room_for(in, t.cap, 1);
    if (!t.buf)
        return NULL;
    t.buf[0] = '\0';
    csan__text_utf8(&t, (const char *)s.at, n);
    return t.buf;
}

static int by_id(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static const struct named *find(const struct table *t, uint64_t id)
{
    struct named key = {.id = id};
    if (id && id <= t->used && t->rows[id - 1].id == id) /* as all writers number them */
        return &t->rows[id - 1];
    return bsearch(&key, t->rows, t->used, sizeof key, by_id);
}

static bool sort(struct input *in, struct table *t)
{
    qsort(t->rows, t->used, sizeof *t->rows, by_id);
    for (uint32_t i = 0; i < t->used; i++)
        if (t->rows[i].id == 0 || (i && t->rows[i].id == t->rows[i - 1].id))
            return fail(in, damaged);
    return true;
}

/* A function, a mapping or a location: its number is 1; name: the field of its name, or 0. */
static bool take_named(struct input *in, struct table *t, struct span s, uint32_t name)
{
    struct named *row = &t->rows[t->used];
    struct field f;
    bool bad = false;
    *row = (struct named){.place = t->used};
    while (next(&s, &f, &bad)) {
        if (is_number(&f, 1))
            row->id = f.value;
        else if (name && is_number(&f, name))
            row->name = f.value;
        else if (name == 2 && is_number(&f, 4))
            row->file = f.value;
        else if (name == 5 && is_number(&f, 2))
            row->start += f.value;
        else if (name == 5 && is_number(&f, 4))
            row->start -= f.value;
    }
    t->used++;
    return !bad || fail(in, damaged);
}

static bool take_first(struct input *in, const struct field *f, uint32_t *strings)
{
    switch (f->number) {
    case FIELD_STRING:
        return (in->strings[(*strings)++] = keep(in, f->span)) != NULL;
    case FIELD_FUNCTION:
        return take_named(in, &in->functions, f->span, 2);
    case FIELD_MAPPING:
        return take_named(in, &in->mappings, f->span, 5);
    case FIELD_LOCATION:
        return take_named(in, &in->locations, f->span, 0);
    default:
        return true;
    }
}

static bool count(struct input *in)
{
    struct span s = in->all;
    struct field f;
    bool bad = false;
    while (next(&s, &f, &bad)) {
        bool is_message = f.number < FIELD_TIME && f.number != 7 && f.number != 8;
        if (f.number >= FIELDS)
            continue;
        if (is_message && f.wire != WIRE_BYTES)
            return fail(in, damaged);
        in->counts[f.number]++;
        if (is_number(&f, FIELD_TIME))
            in->profile->time_ns = f.value;
        else if (is_number(&f, FIELD_DURATION))
            in->profile->duration_ns = f.value;
        else if (is_number(&f, FIELD_PRESET))
            in->preset = f.value;
    }
    if (bad || in->counts[FIELD_SAMPLE_TYPE] > VALUES_MAX)
        return fail(in, damaged);
    if (!in->counts[FIELD_SAMPLE_TYPE] || !in->counts[FIELD_STRING])
        return fail(in, "is no profile");
    return true;
}

static bool read_first(struct input *in)
{
    struct span s = in->all;
    struct field f;
    bool bad;
    uint32_t strings = 0;
    struct table *tables[] = {&in->functions, &in->mappings, &in->locations};
    const uint32_t numbers[] = {FIELD_FUNCTION, FIELD_MAPPING, FIELD_LOCATION};
    in->strings = room_for(in, in->counts[FIELD_STRING], sizeof *in->strings);
    for (size_t i = 0; i < CSAN_COUNT(tables); i++) {
        tables[i]->room = in->counts[numbers[i]];
        tables[i]->rows = room_for(in, tables[i]->room, sizeof(struct named));
    }
    if (in->why)
        return false;
    while (next(&s, &f, &bad))
        if (!take_first(in, &f, &strings))
            return false;
    return sort(in, &in->functions) && sort(in, &in->mappings);
}

/* ------------------------------------------------------------------ places */

static bool take_line(struct input *in, struct span s)
{
    struct profile *p = in->profile;
    struct profile_frame *frame = &p->frames[p->nframes];
    struct field f;
    bool bad = false;
    uint64_t id = 0;
    *frame = (struct profile_frame){.function = "", .file = ""};
    while (next(&s, &f, &bad)) {
        if (is_number(&f, 1))
            id = f.value;
        else if (is_number(&f, 2))
            frame->line = f.value <= INT32_MAX ? (uint32_t)f.value : 0;
    }
    const struct named *function = find(&in->functions, id);
    if (bad || !function)
        return fail(in, damaged);
    p->nframes++;
    return string_of(in, function->name, &frame->function) &&
           string_of(in, function->file, &frame->file);
}

/* "libfoo.so+0x1234", for what has no name: the same wherever the file is loaded. */
static bool name_by_address(struct input *in, uint64_t mapping, uint64_t address)
{
    struct profile *p = in->profile;
    const struct named *of = mapping ? find(&in->mappings, mapping) : NULL;
    const char *path = "";
    if (mapping && (!of || !string_of(in, of->name, &path)))
        return fail(in, damaged);
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    struct text t = {.cap = strlen(base) + 32};
    t.buf = room_for(in, t.cap, 1);
    if (!t.buf)
        return false;
    csan__text_format(&t, "%s%s0x", base, *base ? "+" : "");
    csan__text_hex(&t, address - (of ? of->start : 0));
    p->frames[p->nframes++] = (struct profile_frame){.function = t.buf, .file = ""};
    return true;
}

static bool take_place(struct input *in, struct span s)
{
    struct profile *p = in->profile;
    struct profile_place *place = &p->places[p->nplaces++];
    struct field f;
    bool bad = false;
    uint64_t mapping = 0, address = 0;
    place->first = p->nframes;
    while (next(&s, &f, &bad)) {
        if (is_number(&f, 2))
            mapping = f.value;
        else if (is_number(&f, 3))
            address = f.value;
        else if (f.number == 4 && f.wire == WIRE_BYTES && !take_line(in, f.span))
            return false;
    }
    if (bad)
        return fail(in, damaged);
    if (p->nframes == place->first && !name_by_address(in, mapping, address))
        return false;
    place->count = p->nframes - place->first;
    return true;
}

/* Each location has one frame at least, and one a line. */
static uint32_t frames_of(struct span s)
{
    struct field f;
    bool bad;
    uint32_t lines = 0;
    while (next(&s, &f, &bad))
        lines += f.number == 4;
    return lines ? lines : 1;
}

static bool read_places(struct input *in)
{
    struct profile *p = in->profile;
    struct span s = in->all;
    struct field f;
    bool bad;
    size_t frames = 0;
    while (next(&s, &f, &bad))
        if (f.number == FIELD_LOCATION)
            frames += frames_of(f.span);
    p->frames = room_for(in, frames, sizeof *p->frames);
    p->places = room_for(in, in->counts[FIELD_LOCATION], sizeof *p->places);
    if (in->why)
        return false;
    for (s = in->all; next(&s, &f, &bad);)
        if (f.number == FIELD_LOCATION && !take_place(in, f.span))
            return false;
    return sort(in, &in->locations);
}

/* ------------------------------------------------------------------ samples */

struct building {
    uint32_t *places;
    int64_t *values;
    const char **labels;
    uint32_t nplaces, nvalues, nlabels;
};

static bool add_place(struct input *in, uint64_t id, void *arg)
{
    struct building *b = arg;
    const struct named *at = find(&in->locations, id);
    if (!at || b->nplaces == LEVELS_MAX)
        return fail(in, damaged);
    if (b->places)
        b->places[b->nplaces] = at->place;
    b->nplaces++;
    return true;
}

static bool add_value(struct input *in, uint64_t v, void *arg)
{
    struct building *b = arg;
    if (b->nvalues == in->profile->ntypes)
        return fail(in, damaged);
    if (b->values)
        b->values[b->nvalues] = (int64_t)v;
    b->nvalues++;
    return true;
}

static bool add_label(struct input *in, struct span s, struct building *b)
{
    struct field f;
    bool bad = false;
    uint64_t key = 0, value = 0;
    const char *words[2];
    while (next(&s, &f, &bad)) {
        if (is_number(&f, 1))
            key = f.value;
        else if (is_number(&f, 2))
            value = f.value;
    }
    if (bad || !string_of(in, key, &words[0]) || !string_of(in, value, &words[1]))
        return fail(in, damaged);
    if (b->labels)
        memcpy(b->labels + 2 * (size_t)b->nlabels, words, sizeof words);
    b->nlabels++;
    return true;
}

static bool walk_sample(struct input *in, struct span s, struct building *b)
{
    struct field f;
    bool bad = false;
    while (next(&s, &f, &bad)) {
        bool done = f.number == 1                           ? take_numbers(in, &f, add_place, b)
                    : f.number == 2                         ? take_numbers(in, &f, add_value, b)
                    : f.number == 3 && f.wire == WIRE_BYTES ? add_label(in, f.span, b)
                                                            : true;
        if (!done)
            return false;
    }
    return !bad || fail(in, damaged);
}

static bool take_sample(struct input *in, struct span s)
{
    struct profile *p = in->profile;
    struct building size = {0};
    if (!walk_sample(in, s, &size))
        return false;
    if (size.nvalues != p->ntypes)
        return fail(in, damaged);
    struct building b = {.places = room_for(in, size.nplaces, sizeof *b.places),
                         .values = room_for(in, size.nvalues, sizeof *b.values),
                         .labels = room_for(in, 2 * (size_t)size.nlabels, sizeof *b.labels)};
    if (in->why || !walk_sample(in, s, &b))
        return false;
    p->samples[p->nsamples++] = (struct profile_sample){.places = b.places,
                                                        .nplaces = b.nplaces,
                                                        .values = b.values,
                                                        .labels = b.labels,
                                                        .nlabels = b.nlabels};
    return true;
}

static bool take_type(struct input *in, struct span s)
{
    struct profile_type *t = &in->profile->types[in->profile->ntypes++];
    struct field f;
    bool bad = false;
    uint64_t type = 0, unit = 0;
    while (next(&s, &f, &bad)) {
        if (is_number(&f, 1))
            type = f.value;
        else if (is_number(&f, 2))
            unit = f.value;
    }
    if (bad)
        return fail(in, damaged);
    return string_of(in, type, &t->type) && string_of(in, unit, &t->unit);
}

static bool read_samples(struct input *in)
{
    struct profile *p = in->profile;
    struct span s = in->all;
    struct field f;
    bool bad;
    const char *preset = "";
    p->types = room_for(in, in->counts[FIELD_SAMPLE_TYPE], sizeof *p->types);
    p->samples = room_for(in, in->counts[FIELD_SAMPLE], sizeof *p->samples);
    if (in->why)
        return false;
    while (next(&s, &f, &bad))
        if (f.number == FIELD_SAMPLE_TYPE && !take_type(in, f.span))
            return false;
    for (s = in->all; next(&s, &f, &bad);)
        if (f.number == FIELD_SAMPLE && !take_sample(in, f.span))
            return false;
    if (!string_of(in, in->preset, &preset))
        return false;
    int found = csan__profile_type(p, preset);
    p->preset = found < 0 ? p->ntypes - 1 : (uint32_t)found; /* pprof's choice: the last */
    return true;
}

/* ------------------------------------------------------------------ the file */

/* The profile and the arena that all of it is in. */
struct whole {
    struct profile profile;
    struct arena arena;
};

static struct profile *read_fields(struct span s, const char **why)
{
    struct whole *w = calloc(1, sizeof *w);
    if (!w) {
        *why = no_memory;
        return NULL;
    }
    struct input in = {.profile = &w->profile, .arena = &w->arena, .all = s};
    if (count(&in) && read_first(&in) && read_places(&in) && read_samples(&in))
        return &w->profile;
    *why = in.why ? in.why : damaged;
    csan__profile_free(&w->profile);
    return NULL;
}

void csan__profile_free(struct profile *p)
{
    struct whole *w = (struct whole *)p; /* its first member */
    if (!p)
        return;
    csan__arena_scratch_free(&w->arena);
    free(w);
}

static const char *unpack_some(z_stream *z, uint8_t **out, size_t *room)
{
    int error = Z_OK;
    while (error == Z_OK) {
        size_t used = z->total_out;
        if (used == *room) {
            uint8_t *more = *room < PROFILE_BYTES_MAX ? realloc(*out, 2 * *room) : NULL;
            if (!more)
                return no_memory;
            *out = more;
            *room *= 2;
        }
        z->next_out = *out + used;
        z->avail_out = (uInt)(*room - used);
        error = inflate(z, Z_NO_FLUSH);
    }
    return error == Z_STREAM_END && z->avail_in == 0 ? NULL
           : error == Z_BUF_ERROR                    ? "is cut"
                                                     : damaged;
}

struct profile *csan__profile_read_bytes(const void *bytes, size_t n, const char **why)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)n};
    size_t room = n < 1 << 16 ? 1 << 18 : 4 * n;
    uint8_t *out = NULL;
    struct profile *p = NULL;
    *why = "is no profile";
    if (n < 2 || memcmp(bytes, "\x1f\x8b", 2) != 0)
        return NULL;
    if (n > PROFILE_BYTES_MAX || !(out = malloc(room)) || inflateInit2(&z, 15 + 16) != Z_OK) {
        *why = no_memory;
        free(out);
        return NULL;
    }
    *why = unpack_some(&z, &out, &room);
    if (!*why)
        p = read_fields((struct span){out, out + z.total_out}, why);
    inflateEnd(&z);
    free(out);
    return p;
}

struct profile *csan__profile_read(const char *path, const char **why)
{
    FILE *f = fopen(path, "re");
    size_t room = 1 << 16, used = 0;
    uint8_t *bytes = malloc(room);
    struct profile *p = NULL;
    while (f && bytes && !feof(f) && !ferror(f) && used <= PROFILE_BYTES_MAX) {
        used += fread(bytes + used, 1, room - used, f);
        uint8_t *more = used == room ? realloc(bytes, room *= 2) : bytes;
        if (!more)
            break;
        bytes = more;
    }
    if (!f || ferror(f))
        *why = strerror(errno);
    else if (!bytes || !feof(f))
        *why = no_memory;
    else
        p = csan__profile_read_bytes(bytes, used, why);
    if (f)
        fclose(f);
    free(bytes);
    return p;
}

int csan__profile_type(const struct profile *p, const char *type)
{
    for (uint32_t i = 0; i < p->ntypes; i++)
        if (strcmp(p->types[i].type, type) == 0)
            return (int)i;
    return -1;
}

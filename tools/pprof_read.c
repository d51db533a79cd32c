/* A profile in two walks over its fields: the first counts and keeps what others refer to (strings,
 * functions, mappings, locations), the second resolves. */
#include "tools/pprof_read.h"

#include "base/arena.h"
#include "base/text.h"
#include "report/pprof_fields.h"
#include "tools/gunzip.h"
#include "tools/wire.h"

#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 64u
#define LEVELS_MAX 65536u

static const char *const damaged = "is damaged";

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
    struct wire_span all;
    const char **strings;
    struct table functions, mappings, locations;
    uint32_t counts[FIELDS];
    uint64_t preset;
    const char *why;
};

/* ------------------------------------------------------------------ what all walks need */

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
        fail(in, GUNZIP_NO_MEMORY);
    return p;
}

/* Each number of a repeated field, packed or not. */
static bool take_numbers(struct input *in, const struct wire_field *f,
                         bool (*take)(struct input *in, uint64_t v, void *arg), void *arg)
{
    struct wire_span s = f->span;
    uint64_t v;
    if (f->wire == WIRE_VARINT)
        return take(in, f->value, arg);
    if (f->wire != WIRE_BYTES)
        return fail(in, damaged);
    while (s.at < s.end)
        if (!csan__wire_varint(&s, &v) || !take(in, v, arg))
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

static const char *keep(struct input *in, struct wire_span s)
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
static bool take_named(struct input *in, struct table *t, struct wire_span s, uint32_t name)
{
    struct named *row = &t->rows[t->used];
    struct wire_field f;
    bool bad = false;
    *row = (struct named){.place = t->used};
    while (csan__wire_next(&s, &f, &bad)) {
        if (csan__wire_is(&f, 1))
            row->id = f.value;
        else if (name && csan__wire_is(&f, name))
            row->name = f.value;
        else if (name == 2 && csan__wire_is(&f, 4))
            row->file = f.value;
        else if (name == 5 && csan__wire_is(&f, 2))
            row->start += f.value;
        else if (name == 5 && csan__wire_is(&f, 4))
            row->start -= f.value;
    }
    t->used++;
    return !bad || fail(in, damaged);
}

static bool take_first(struct input *in, const struct wire_field *f, uint32_t *strings)
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
    struct wire_span s = in->all;
    struct wire_field f;
    bool bad = false;
    while (csan__wire_next(&s, &f, &bad)) {
        bool is_message = f.number < FIELD_TIME && f.number != 7 && f.number != 8;
        if (f.number >= FIELDS)
            continue;
        if (is_message && f.wire != WIRE_BYTES)
            return fail(in, damaged);
        in->counts[f.number]++;
        if (csan__wire_is(&f, FIELD_TIME))
            in->profile->time_ns = f.value;
        else if (csan__wire_is(&f, FIELD_DURATION))
            in->profile->duration_ns = f.value;
        else if (csan__wire_is(&f, FIELD_PRESET))
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
    struct wire_span s = in->all;
    struct wire_field f;
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
    while (csan__wire_next(&s, &f, &bad))
        if (!take_first(in, &f, &strings))
            return false;
    return sort(in, &in->functions) && sort(in, &in->mappings);
}

/* ------------------------------------------------------------------ places */

static bool take_line(struct input *in, struct wire_span s)
{
    struct profile *p = in->profile;
    struct profile_frame *frame = &p->frames[p->nframes];
    struct wire_field f;
    bool bad = false;
    uint64_t id = 0;
    *frame = (struct profile_frame){.function = "", .file = ""};
    while (csan__wire_next(&s, &f, &bad)) {
        if (csan__wire_is(&f, 1))
            id = f.value;
        else if (csan__wire_is(&f, 2))
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

static bool take_place(struct input *in, struct wire_span s)
{
    struct profile *p = in->profile;
    struct profile_place *place = &p->places[p->nplaces++];
    struct wire_field f;
    bool bad = false;
    uint64_t mapping = 0, address = 0;
    place->first = p->nframes;
    while (csan__wire_next(&s, &f, &bad)) {
        if (csan__wire_is(&f, 2))
            mapping = f.value;
        else if (csan__wire_is(&f, 3))
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
static uint32_t frames_of(struct wire_span s)
{
    struct wire_field f;
    bool bad;
    uint32_t lines = 0;
    while (csan__wire_next(&s, &f, &bad))
        lines += f.number == 4;
    return lines ? lines : 1;
}

static bool read_places(struct input *in)
{
    struct profile *p = in->profile;
    struct wire_span s = in->all;
    struct wire_field f;
    bool bad;
    size_t frames = 0;
    while (csan__wire_next(&s, &f, &bad))
        if (f.number == FIELD_LOCATION)
            frames += frames_of(f.span);
    p->frames = room_for(in, frames, sizeof *p->frames);
    p->places = room_for(in, in->counts[FIELD_LOCATION], sizeof *p->places);
    if (in->why)
        return false;
    for (s = in->all; csan__wire_next(&s, &f, &bad);)
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

static bool add_label(struct input *in, struct wire_span s, struct building *b)
{
    struct wire_field f;
    bool bad = false;
    uint64_t key = 0, value = 0;
    const char *words[2];
    while (csan__wire_next(&s, &f, &bad)) {
        if (csan__wire_is(&f, 1))
            key = f.value;
        else if (csan__wire_is(&f, 2))
            value = f.value;
    }
    if (bad || !string_of(in, key, &words[0]) || !string_of(in, value, &words[1]))
        return fail(in, damaged);
    if (b->labels)
        memcpy(b->labels + 2 * (size_t)b->nlabels, words, sizeof words);
    b->nlabels++;
    return true;
}

static bool walk_sample(struct input *in, struct wire_span s, struct building *b)
{
    struct wire_field f;
    bool bad = false;
    while (csan__wire_next(&s, &f, &bad)) {
        bool done = f.number == 1                           ? take_numbers(in, &f, add_place, b)
                    : f.number == 2                         ? take_numbers(in, &f, add_value, b)
                    : f.number == 3 && f.wire == WIRE_BYTES ? add_label(in, f.span, b)
                                                            : true;
        if (!done)
            return false;
    }
    return !bad || fail(in, damaged);
}

static bool take_sample(struct input *in, struct wire_span s)
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

static bool take_type(struct input *in, struct wire_span s)
{
    struct profile_type *t = &in->profile->types[in->profile->ntypes++];
    struct wire_field f;
    bool bad = false;
    uint64_t type = 0, unit = 0;
    while (csan__wire_next(&s, &f, &bad)) {
        if (csan__wire_is(&f, 1))
            type = f.value;
        else if (csan__wire_is(&f, 2))
            unit = f.value;
    }
    if (bad)
        return fail(in, damaged);
    return string_of(in, type, &t->type) && string_of(in, unit, &t->unit);
}

static bool read_samples(struct input *in)
{
    struct profile *p = in->profile;
    struct wire_span s = in->all;
    struct wire_field f;
    bool bad;
    const char *preset = "";
    p->types = room_for(in, in->counts[FIELD_SAMPLE_TYPE], sizeof *p->types);
    p->samples = room_for(in, in->counts[FIELD_SAMPLE], sizeof *p->samples);
    if (in->why)
        return false;
    while (csan__wire_next(&s, &f, &bad))
        if (f.number == FIELD_SAMPLE_TYPE && !take_type(in, f.span))
            return false;
    for (s = in->all; csan__wire_next(&s, &f, &bad);)
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

static struct profile *read_fields(struct wire_span s, const char **why)
{
    struct whole *w = calloc(1, sizeof *w);
    if (!w) {
        *why = GUNZIP_NO_MEMORY;
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

struct profile *csan__profile_read_bytes(const void *bytes, size_t n, const char **why)
{
    struct unpacked u;
    struct profile *p = NULL;
    *why = csan__gunzip(bytes, n, PROFILE_BYTES_MAX, &u);
    if (!*why)
        p = read_fields((struct wire_span){u.bytes, u.bytes + u.count}, why);
    free(u.bytes);
    return p;
}

struct profile *csan__profile_read(const char *path, const char **why)
{
    struct unpacked u;
    struct profile *p = NULL;
    *why = csan__gunzip_file(path, PROFILE_BYTES_MAX, &u);
    if (!*why)
        p = read_fields((struct wire_span){u.bytes, u.bytes + u.count}, why);
    free(u.bytes);
    return p;
}

int csan__profile_type(const struct profile *p, const char *type)
{
    for (uint32_t i = 0; i < p->ntypes; i++)
        if (strcmp(p->types[i].type, type) == 0)
            return (int)i;
    return -1;
}

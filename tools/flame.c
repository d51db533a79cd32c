#include "tools/flame.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 512u
#define SMALLEST 1000u /* a node is at least so large a part of all */

struct node {
    const char *function, *file;
    uint32_t line;
    uint32_t parent, first, sibling, children; /* indices; 0: the root, or none */
    uint32_t chained;                          /* the next of the same slot */
    uint64_t value;
};

struct flame {
    struct node *nodes; /* [0] is the root */
    uint32_t used, room;
    uint32_t *slots; /* (parent, function) → node */
    uint32_t nslots; /* a power of two */
    struct arena texts;
};

static uint32_t slot_of(const struct flame *f, uint32_t parent, const char *function)
{
    uint64_t h = 0xcbf29ce484222325u ^ parent;
    for (; *function; function++)
        h = (h ^ (uint8_t)*function) * 0x100000001b3u;
    return (uint32_t)(h >> 20) & (f->nslots - 1);
}

static bool grow(struct flame *f)
{
    uint32_t room = f->room ? 2 * f->room : 1024;
    struct node *nodes = realloc(f->nodes, room * sizeof *nodes);
    if (nodes)
        f->nodes = nodes;
    uint32_t *slots = nodes ? calloc(room, sizeof *slots) : NULL;
    if (!slots)
        return false;
    free(f->slots);
    f->slots = slots;
    f->room = f->nslots = room;
    for (uint32_t i = 1; i < f->used; i++) {
        uint32_t slot = slot_of(f, f->nodes[i].parent, f->nodes[i].function);
        f->nodes[i].chained = slots[slot];
        slots[slot] = i;
    }
    return true;
}

struct flame *csan__flame_new(void)
{
    struct flame *f = calloc(1, sizeof *f);
    if (!f || !grow(f)) {
        free(f);
        return NULL;
    }
    f->nodes[f->used++] = (struct node){.function = "all", .file = ""};
    return f;
}

void csan__flame_free(struct flame *f)
{
    if (!f)
        return;
    csan__arena_scratch_free(&f->texts);
    free(f->nodes);
    free(f->slots);
    free(f);
}

/* 0: no memory. */
static uint32_t child(struct flame *f, uint32_t parent, const struct profile_frame *at)
{
    uint32_t slot = slot_of(f, parent, at->function);
    for (uint32_t i = f->slots[slot]; i; i = f->nodes[i].chained)
        if (f->nodes[i].parent == parent && strcmp(f->nodes[i].function, at->function) == 0)
            return i;
    if (f->used == f->room && !grow(f))
        return 0;
    struct node new = {.parent = parent, .line = at->line};
    new.function = csan__arena_scratch_copy(&f->texts, at->function, strlen(at->function));
    new.file = csan__arena_scratch_copy(&f->texts, at->file, strlen(at->file));
    if (!new.function || !new.file)
        return 0;
    slot = slot_of(f, parent, at->function);
    new.chained = f->slots[slot];
    new.sibling = f->nodes[parent].first;
    f->nodes[parent].first = f->slots[slot] = f->used;
    f->nodes[parent].children++;
    f->nodes[f->used] = new;
    return f->used++;
}

void csan__flame_add(struct flame *f, const struct profile_frame *frames, uint32_t n,
                     uint64_t value)
{
    uint32_t at = 0, end = n > DEPTH_MAX ? n - DEPTH_MAX : 0;
    if (value > UINT64_MAX - f->nodes[0].value)
        value = UINT64_MAX - f->nodes[0].value;
    f->nodes[0].value += value;
    for (uint32_t i = n; i-- > end;) {
        at = child(f, at, &frames[i]);
        if (at == 0)
            return; /* no memory: the rest of it counts for its caller */
        f->nodes[at].value += value;
    }
}

void csan__flame_add_profile(struct flame *f, const struct profile *p, uint32_t type)
{
    struct profile_frame *frames = NULL;
    size_t room = 0;
    for (uint32_t i = 0; i < p->nsamples; i++) {
        const struct profile_sample *s = &p->samples[i];
        size_t n = 0, used = 0;
        if (s->values[type] <= 0)
            continue;
        for (uint32_t k = 0; k < s->nplaces; k++)
            n += p->places[s->places[k]].count;
        if (n > room) {
            free(frames);
            frames = calloc(n, sizeof *frames);
            room = frames ? n : 0;
        }
        for (uint32_t k = 0; frames != NULL && k < s->nplaces && n <= room; k++) {
            const struct profile_place *at = &p->places[s->places[k]];
            memcpy(frames + used, p->frames + at->first, at->count * sizeof *frames);
            used += at->count;
        }
        csan__flame_add(f, frames, (uint32_t)used, (uint64_t)s->values[type]);
    }
    free(frames);
}

uint64_t csan__flame_total(const struct flame *f)
{
    return f->nodes[0].value;
}

/* ------------------------------------------------------------------ as JSON */

void csan__flame_put_string(const char *s, FILE *out)
{
    putc('"', out);
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c < ' ' || c == 0x7f || strchr("\"\\<>&", c))
            fprintf(out, "\\u%04x", c);
        else
            putc(c, out);
    }
    putc('"', out);
}

struct order {
    uint32_t node;
    uint64_t value;
};

static int by_value(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? 1 : -1;
    return x->node < y->node ? -1 : x->node > y->node;
}

static void put_node(const struct flame *f, uint32_t at, FILE *out);

/* Largest first, then what is too small. */
static void put_children(const struct flame *f, const struct node *parent, FILE *out)
{
    struct order *all = calloc(parent->children, sizeof *all);
    uint32_t n = 0, few = 0;
    uint64_t small = 0;
    for (uint32_t i = parent->first; i && all; i = f->nodes[i].sibling) {
        if (f->nodes[i].value >= f->nodes[0].value / SMALLEST)
            all[n++] = (struct order){i, f->nodes[i].value};
        else
            small += f->nodes[i].value, few++;
    }
    if (n)
        qsort(all, n, sizeof *all, by_value);
    fputs(",\"c\":[", out);
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            putc(',', out);
        put_node(f, all[i].node, out);
    }
    if (few)
        fprintf(out, "%s{\"f\":\"other (%u)\",\"o\":1,\"v\":%lu}", n ? "," : "", few,
                (unsigned long)small);
    putc(']', out);
    free(all);
}

static void put_node(const struct flame *f, uint32_t at, FILE *out)
{
    const struct node *n = &f->nodes[at];
    fputs("{\"f\":", out);
    csan__flame_put_string(n->function, out);
    if (n->file[0]) {
        fputs(",\"l\":", out);
        csan__flame_put_string(n->file, out);
        fprintf(out, ",\"n\":%u", n->line);
    }
    fprintf(out, ",\"v\":%lu", (unsigned long)n->value);
    if (n->children)
        put_children(f, n, out);
    putc('}', out);
}

void csan__flame_put(const struct flame *f, FILE *out)
{
    put_node(f, 0, out);
}

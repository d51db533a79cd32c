/* A finding, or a note, of a record's line. */
#include "tools/record_private.h"

#include <stdlib.h>
#include <string.h>

static bool kind_of(const char *name, enum finding_kind *kind)
{
    for (unsigned k = 0; k < FINDING_KINDS; k++) {
        *kind = (enum finding_kind)k;
        if (strcmp(csan__finding_kind_name(*kind), name) == 0)
            return true;
    }
    return false;
}

static void take_parties(struct reader *in, const cJSON *of, struct finding *f, struct shown *s)
{
    const cJSON *parties = cJSON_GetObjectItemCaseSensitive(of, "parties"), *at;
    if (!cJSON_IsArray(parties))
        return;
    for (at = parties->child; at && f->nparties < FINDING_PARTIES; at = at->next) {
        s->parties[f->nparties] = csan__member_trace(in, at);
        f->parties[f->nparties].threads = csan__member_small(at, "threads");
        f->parties[f->nparties++].label = csan__member_string(in, at, "label", "");
    }
}

static const char *const place_kinds[] = {
#define PLACE(kind, name) [kind] = name,
#include "report/place_kinds.inc"
#undef PLACE
};

static struct place place_of(struct reader *in, const cJSON *at)
{
    const char *kind = csan__member_string(in, at, "kind", ""),
               *module = csan__member_string(in, at, "module", "");
    struct place p = {.kind = PLACE_MAPPED,
                      .tid = (int)(csan__member_small(at, "thread") & INT32_MAX),
                      .follows = csan__member_is_true(at, "follows"),
                      .at = strtoul(csan__member_string(in, at, "at", "0"), NULL, 16),
                      .value = strtoul(csan__member_string(in, at, "value", "0"), NULL, 16),
                      .offset = csan__member_number(at, "offset"),
                      .bytes = csan__member_number(at, "bytes"),
                      .skipped = csan__member_small(at, "skipped")};
    for (unsigned k = 0; k < PLACE_KINDS; k++)
        if (strcmp(place_kinds[k], kind) == 0)
            p.kind = (enum place_kind)k;
    if (module[0]) {
        struct module *m = csan__reader_room(in, sizeof *m);
        struct text path = TEXT(m->path);
        csan__text_str(&path, module);
        p.module = m;
    }
    return p;
}

static void take_places(struct reader *in, const cJSON *of, struct finding *f, struct shown *s)
{
    const cJSON *places = cJSON_GetObjectItemCaseSensitive(of, "places"), *at;
    uint32_t n = 0, count = cJSON_IsArray(places) ? (uint32_t)cJSON_GetArraySize(places) : 0;
    if (!count)
        return;
    struct place *all = csan__reader_room(in, count * sizeof *all);
    s->places = csan__reader_room(in, count * sizeof *s->places);
    for (at = places->child; at && n < count; at = at->next, n++) {
        all[n] = place_of(in, at);
        s->places[n] = (struct named_place){.place = &all[n],
                                            .name = csan__member_string(in, at, "name", ""),
                                            .file = csan__member_string(in, at, "file", ""),
                                            .line = csan__member_small(at, "line"),
                                            .pointee = csan__member_string(in, at, "pointee", ""),
                                            .trace = csan__member_trace(in, at)};
    }
    f->places = all;
    f->nplaces = count;
}

static void take_rounds(struct reader *in, const cJSON *of, struct finding *f)
{
    const cJSON *rounds = cJSON_GetObjectItemCaseSensitive(of, "rounds"), *at;
    uint32_t count = cJSON_IsArray(rounds) ? (uint32_t)cJSON_GetArraySize(rounds) : 0;
    if (!count)
        return;
    struct finding_round *all = csan__reader_room(in, count * sizeof *all);
    for (at = rounds->child; at && f->nrounds < count; at = at->next)
        all[f->nrounds++] = (struct finding_round){csan__member_number(at, "round"),
                                                   csan__member_number(at, "bytes"),
                                                   csan__member_number(at, "blocks")};
    f->rounds = all;
}

/* Only what a finding can have is an option: its name becomes part of a line. */
static const char *option_of(struct reader *in, const cJSON *of)
{
    const char *name = csan__member_string(in, of, "option", NULL);
    return name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name) && *name
               ? name
               : NULL;
}

/* Findings, or notes. */
struct list {
    struct report *report;
    struct record_extra **extras;
    uint32_t *room;
};

static struct list list_of(struct reader *in, bool notes)
{
    struct record *r = &in->record;
    return notes ? (struct list){&r->notes, &r->note_extras, &in->notes_room}
                 : (struct list){&r->report, &r->extras, &in->room};
}

static void *grown(struct reader *in, const struct list *l, void *array, size_t bytes)
{
    void *larger = csan__reader_room(in, 2 * (size_t)*l->room * bytes);
    if (l->report->count)
        memcpy(larger, array, l->report->count * bytes);
    return larger;
}

static void make_room(struct reader *in, const struct list *l)
{
    if (l->report->count < *l->room)
        return;
    if (!*l->room)
        *l->room = 4;
    l->report->shown = grown(in, l, l->report->shown, sizeof *l->report->shown);
    *l->extras = grown(in, l, *l->extras, sizeof **l->extras);
    *l->room *= 2;
}

void csan__record_take_finding(struct reader *in, const cJSON *of, const char *line, bool is_note)
{
    struct record *r = &in->record;
    struct list list = list_of(in, is_note);
    enum finding_kind kind;
    uint32_t fingerprint;
    if (!csan__member_fingerprint(in, of, "finding", &fingerprint))
        return;
    if (!kind_of(csan__member_string(in, of, "kind", ""), &kind)) {
        csan__reader_complain(
            in,
            "a finding of the kind %.40s, which this csan does not know: is it older than "
            "the one that wrote this?",
            csan__member_string(in, of, "kind", "(none)"));
        return;
    }
    struct finding *f = csan__reader_room(in, sizeof *f);
    *f = (struct finding){.kind = kind,
                          .amount = csan__member_number(of, "amount"),
                          .count = csan__member_number(of, "count"),
                          .threads = csan__member_small(of, "threads"),
                          .behind_bytes = csan__member_number(of, "behind_bytes"),
                          .behind_count = csan__member_number(of, "behind_count"),
                          .what = csan__member_string(in, of, "message", "found"),
                          .option = option_of(in, of),
                          .note = csan__member_string(in, of, "note", NULL),
                          .attempt = csan__member_string(in, of, "try", NULL),
                          .kept_bytes = csan__member_number(of, "kept_bytes"),
                          .kept_blocks = csan__member_number(of, "kept_blocks"),
                          .times = csan__member_times(in, of),
                          .is_note = is_note};
    make_room(in, &list);
    struct shown *s = &list.report->shown[list.report->count];
    *s = (struct shown){.finding = f,
                        .trace = csan__member_trace(in, of),
                        .test = csan__member_string(in, of, "test", NULL),
                        .fingerprint = fingerprint,
                        .limit = csan__member_string(in, of, "limit", ""),
                        .known = csan__member_is_true(of, "known")};
    take_parties(in, of, f, s);
    take_places(in, of, f, s);
    take_rounds(in, of, f);
    uint64_t processes = csan__member_number(of, "processes");
    (*list.extras)[list.report->count] =
        (struct record_extra){.line = csan__reader_keep(in, line),
                              .unit = csan__member_string(in, of, "unit", "number"),
                              .pid = csan__member_number(of, "pid"),
                              .processes = processes ? processes : 1,
                              .setting = csan__member_string(in, of, "accept", ""),
                              .suppression = csan__member_string(in, of, "suppression", ""),
                              .program = csan__member_string(in, of, "program", r->program)};
    list.report->count++;
    r->known += s->known && !is_note;
}

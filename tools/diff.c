/* csan diff: what is new, gone or changed between two runs, or two series of runs.
 *
 *     OLD: records ──▶ ┌ finding ┬ samples[0]: its amount in each process of the program
 *     NEW: records ──▶ └─────────┴ samples[1]   (0 where it was not found)
 *
 * One process on each side: any other amount is a change. More: medians, and a change when
 * Mann–Whitney's test (rank.h) says that chance is unlikely. Profiles, and those of folders, are
 * compared by profile_diff.c. */
#include "tools/profile_diff.h"
#include "tools/record.h"
#include "tools/verb.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TOP_PRESET 10

struct program {
    char *name;
    size_t processes[2];
};

struct history {
    char *program;
    char *place, *claim; /* of the newest that was read */
    uint32_t fingerprint;
    enum finding_kind kind;
    struct sample samples[2];
    size_t room[2];
    char unit[8];
};

struct reading {
    void *programs, *entries; /* tsearch's */
    int side;
    size_t new, gone, changed, same;
};

static int by_name(const void *one, const void *other)
{
    const struct program *a = one, *b = other;
    return strcmp(a->name, b->name);
}

static int by_finding(const void *one, const void *other)
{
    const struct history *a = one, *b = other;
    int order = strcmp(a->program, b->program);
    return order ? order : (a->fingerprint > b->fingerprint) - (a->fingerprint < b->fingerprint);
}

static struct program *program_of(struct reading *in, const char *name)
{
    const struct program key = {.name = (char *)(uintptr_t)name};
    struct program *const *found = tfind(&key, &in->programs, by_name);
    if (found)
        return *found;
    struct program *p = csan__need(calloc(1, sizeof *p));
    p->name = csan__need(strdup(name));
    csan__need(tsearch(p, &in->programs, by_name));
    return p;
}

static struct history *entry_of(struct reading *in, const char *program, uint32_t fingerprint)
{
    const struct history key = {.program = (char *)(uintptr_t)program, .fingerprint = fingerprint};
    struct history *const *found = tfind(&key, &in->entries, by_finding);
    if (found)
        return *found;
    struct history *e = csan__need(calloc(1, sizeof *e));
    e->program = csan__need(strdup(program));
    e->fingerprint = fingerprint;
    csan__need(tsearch(e, &in->entries, by_finding));
    return e;
}

static void add_sample(struct history *e, int side, uint64_t amount)
{
    struct sample *s = &e->samples[side];
    if (s->count == e->room[side]) {
        e->room[side] = e->room[side] ? 2 * e->room[side] : 4;
        s->at = csan__need(reallocarray(s->at, e->room[side], sizeof *s->at));
    }
    s->at[s->count++] = amount;
}

static void describe(struct history *e, const struct record *r, uint32_t i)
{
    const struct shown *s = &r->report.shown[i];
    char room[1024] = "", where[4200] = "";
    struct text claim = TEXT(room), place = TEXT(where);
    uint32_t line, column;
    const char *file = csan__record_place(r, s, &line, &column);
    csan__record_claim(s, &claim);
    if (line)
        csan__text_format(&place, "%s:%u:%u", file, line, column);
    else
        csan__text_str(&place, s->trace.count ? s->trace.frames[s->trace.place].function : "??");
    free(e->claim);
    free(e->place);
    e->claim = csan__need(strdup(room));
    e->place = csan__need(strdup(where));
    e->kind = s->finding->kind;
    snprintf(e->unit, sizeof e->unit, "%s", r->extras[i].unit);
}

static int take(struct record *r, void *arg)
{
    struct reading *in = arg;
    program_of(in, r->program)->processes[in->side]++;
    for (uint32_t i = 0; i < r->report.count; i++) {
        const struct shown *s = &r->report.shown[i];
        struct history *e = entry_of(in, r->extras[i].program, s->fingerprint);
        describe(e, r, i);
        add_sample(e, in->side, s->finding->amount);
    }
    return 0;
}

/* ------------------------------------------------------------------ what differs */

static void put_amount(uint64_t amount, const char *unit)
{
    char room[64] = "";
    struct text text = TEXT(room);
    if (strcmp(unit, "bytes") == 0)
        csan__text_bytes(&text, amount);
    else if (strcmp(unit, "ns") == 0)
        csan__text_duration(&text, amount);
    else
        csan__text_u64(&text, amount);
    fputs(room, stdout);
}

static void put_head(const char *word, const struct history *e)
{
    printf("%-8s%08x  %-11s %s  ", word, e->fingerprint, csan__finding_kind_name(e->kind),
           e->place);
}

/* What both have: has it changed? */
static void put_both(struct reading *in, struct history *e)
{
    double p = csan__rank_p(&e->samples[0], &e->samples[1]);
    size_t before = e->samples[0].count, after = e->samples[1].count;
    uint64_t old = csan__rank_median(&e->samples[0]), new = csan__rank_median(&e->samples[1]);
    bool is_single = before == 1 && after == 1;
    if (old == new || (!is_single && p >= RANK_UNLIKELY)) {
        in->same++;
        return;
    }
    in->changed++;
    put_head("changed", e);
    put_amount(old, e->unit);
    fputs(" → ", stdout);
    put_amount(new, e->unit);
    if (old)
        printf(" (%+.0f %%)", 100 * ((double)new - (double)old) / (double)old);
    if (!is_single)
        printf(", medians, p=%.3f n=%zu+%zu", p, before, after);
    printf(" (%s)\n", e->program);
}

static void put_one(struct reading *in, struct history *e, int side)
{
    size_t all = program_of(in, e->program)->processes[side];
    *(side ? &in->new : &in->gone) += 1;
    put_head(side ? "new" : "gone", e);
    fputs(e->claim, stdout);
    if (all > 1)
        printf(", in %zu of %zu processes", e->samples[side].count, all);
    printf(" (%s)\n", e->program);
}

static void step(const void *node, VISIT which, void *arg)
{
    struct reading *in = arg;
    struct history *e = *(struct history *const *)node;
    if (which != postorder && which != leaf)
        return;
    for (int side = 0; side < 2; side++)
        if (e->samples[!side].count == 0) {
            put_one(in, e, side);
            return;
        }
    for (int side = 0; side < 2; side++)
        while (e->samples[side].count < program_of(in, e->program)->processes[side])
            add_sample(e, side, 0);
    put_both(in, e);
}

static void free_program(void *p)
{
    struct program *program = p;
    free(program->name);
    free(program);
}

static void free_entry(void *p)
{
    struct history *e = p;
    free(e->program);
    free(e->place);
    free(e->claim);
    free(e->samples[0].at);
    free(e->samples[1].at);
    free(e);
}

/* ------------------------------------------------------------------ the verb */

struct sides {
    char *const *paths[2];
    int npaths[2];
    size_t top;
};

/* 0 or VERB_DARK. getopt would take the -- that parts the sides for its own. */
static int read_sides(int argc, char **argv, struct sides *out)
{
    int first = 1, parted = 0;
    char *end = NULL;
    *out = (struct sides){.top = TOP_PRESET};
    if (argc > 1 && strncmp(argv[1], "--", 2) == 0 && argv[1][2]) {
        bool is_top = strncmp(argv[1], "--top=", 6) == 0;
        out->top = is_top ? strtoul(argv[1] + 6, &end, 10) : 0;
        if (!is_top || end == argv[1] + 6 || *end)
            return csan__say_dark("diff: %s: see `csan help diff`", argv[1]);
        first++;
    }
    for (int i = first; i < argc; i++)
        parted = !parted && strcmp(argv[i], "--") == 0 ? i : parted;
    if (!parted && argc - first != 2)
        return csan__say_dark("diff: OLD NEW, or OLD … -- NEW …; see `csan help diff`");
    out->paths[0] = argv + first;
    out->npaths[0] = parted ? parted - first : 1;
    out->paths[1] = argv + first + out->npaths[0] + (parted != 0);
    out->npaths[1] = parted ? argc - parted - 1 : 1;
    return out->npaths[0] < 1 || out->npaths[1] < 1
               ? csan__say_dark("diff: nothing to compare with; see `csan help diff`")
               : 0;
}

static int compare_findings(const struct sides *sides)
{
    struct reading in = {0};
    int status = 0;
    for (in.side = 0; in.side < 2; in.side++) {
        int one = csan__records_each(sides->paths[in.side], sides->npaths[in.side], take, &in);
        status = one ? one : status;
    }
    twalk_r(in.entries, step, &in);
    printf("%zu new, %zu gone, %zu changed, %zu the same\n", in.new, in.gone, in.changed, in.same);
    tdestroy(in.entries, free_entry);
    tdestroy(in.programs, free_program);
    return status;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Named ones, and those of folders. */
static int compare_profiles(const struct sides *sides)
{
    struct profile_diff *d = csan__need(csan__profile_diff_begin());
    int status = 0;
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < sides->npaths[side]; i++) {
            const char *path = sides->paths[side][i];
            bool has = is_folder(path) || csan__profile_diff_is_profile(path);
            int one = has ? csan__profile_diff_add(d, path, side) : 0;
            status = one ? one : status;
        }
    csan__profile_diff_print(d, stdout, sides->top);
    csan__profile_diff_end(d);
    return status;
}

int csan__diff_verb(int argc, char **argv)
{
    struct sides sides;
    int status = read_sides(argc, argv, &sides), profiles = 0, all = 0;
    if (status)
        return status;
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < sides.npaths[side]; i++, all++)
            profiles += csan__profile_diff_is_profile(sides.paths[side][i]);
    if (profiles != 0 && profiles != all)
        return csan__say_dark("diff: profiles on one side only: compare like with like");
    status = profiles ? 0 : compare_findings(&sides);
    int second = compare_profiles(&sides);
    return status ? status : second;
}

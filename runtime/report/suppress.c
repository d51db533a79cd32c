#include "base/os.h"
#include "report/glob.h"
#include "report/report.h"
#include "report/rule.h"

#include <errno.h>
#include <string.h>

/* Rules are found by four bytes that their pattern must have somewhere: each stands in the bucket
 * of the rarest such four bytes of its pattern, and a subject looks into the buckets of all of its
 * own. A hundred thousand rules then cost a subject about what one costs. Rules without four
 * plain bytes in a row stand in a list of their own.
 *
 *   buckets[hash(kind, "ache")] → rule 7 → rule 31          indices into rules, 0: the end
 *   loose → rule 4 → …
 */
#define GRAM 4
#define BUCKETS_MAX ((size_t)1 << 17)

struct rules {
    struct arena arena; /* texts, rules, buckets */
    struct rule *all;   /* from 1 on */
    uint32_t count;
    uint32_t *buckets;
    uint32_t bucket_bits;
    uint32_t loose;
    uint64_t subjects; /* compared so far */
    uint64_t findings;
    int64_t today; /* days since 1970-01-01 */
};

static struct rules rules; /* LOCK_SESSION */

/* ------------------------------------------------------------------ reading */

struct source {
    const char *name;
    const char *text;
    size_t length;
};

/* The next line of what is left; \n, \r\n and \r end one. */
static bool take_line(struct source *left, const char **line, size_t *length)
{
    if (left->length == 0)
        return false;
    size_t n = 0;
    while (n < left->length && left->text[n] != '\n' && left->text[n] != '\r')
        n++;
    *line = left->text;
    *length = n;
    if (n + 1 < left->length && left->text[n] == '\r' && left->text[n + 1] == '\n')
        n++;
    n += n < left->length;
    left->text += n;
    left->length -= n;
    return true;
}

static uint32_t count_lines(struct source s)
{
    const char *line;
    size_t length;
    uint32_t n = 0;
    while (take_line(&s, &line, &length))
        n += length > 0 && line[0] != '#' && n < UINT32_MAX / 2;
    return n;
}

static int read_rules(struct rules *into, struct source s, struct text *why)
{
    const char *line;
    size_t length;
    uint32_t number = 0;
    while (take_line(&s, &line, &length)) {
        char room[256];
        struct text what = TEXT(room);
        struct rule *r = &into->all[into->count + 1];
        number++;
        if (length == 0 || line[0] == '#')
            continue;
        int found = csan__rule_read(line, length, r, &what);
        if (found < 0) {
            csan__text_format(why, "%s:%u: %s", s.name, number, room);
            return found;
        }
        if (found == 0)
            continue;
        r->line = number;
        r->source = s.name;
        into->count++;
    }
    return 0;
}

static const char *words_of(long error)
{
    switch (error) {
    case -ENOENT:
        return "there is no such file";
    case -EACCES:
    case -EPERM:
        return "no permission to read it";
    case -EISDIR:
        return "it is a directory";
    case -ENOMEM:
        return "no memory to read it";
    default:
        return "it cannot be read";
    }
}

/* The file's text, copied to where its rules live; a byte order mark is left out. */
static int read_file(struct arena *arena, const char *path, struct source *out, struct text *why)
{
    char *text;
    size_t bytes, map_bytes;
    long error = csan__os_slurp(path, &text, &bytes, &map_bytes);
    if (error) {
        csan__text_format(why, "suppressions=%s: %s", path, words_of(error));
        return (int)error;
    }
    bool has_mark = bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    out->length = bytes - (has_mark ? 3 : 0);
    out->text = csan__arena_scratch_copy(arena, text + (has_mark ? 3 : 0), out->length);
    out->name = csan__arena_scratch_copy(arena, path, strlen(path));
    csan__os_unmap(text, map_bytes);
    return out->text && out->name ? 0 : -ENOMEM;
}

/* ------------------------------------------------------------------ the index */

static uint32_t bucket_of(const struct rules *in, enum finding_kind kind, const char *gram)
{
    uint32_t g;
    memcpy(&g, gram, GRAM);
    uint64_t h = (g + ((uint64_t)kind << 32)) * 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio */
    return (uint32_t)(h >> (64 - in->bucket_bits));
}

/* Goes through the four bytes that a subject must have; false: there are none. Without `rarest` it
 * counts them, with it it finds the rarest. */
static bool each_gram(const struct rules *in, const struct rule *r, uint32_t *counts,
                      uint32_t *rarest)
{
    size_t run = 0;
    bool any = false;
    for (const char *c = r->glob.at; c < r->glob.end; c++) {
        run = *c == '*' ? 0 : run + 1;
        if (run < GRAM)
            continue;
        uint32_t b = bucket_of(in, r->kind, c - GRAM + 1);
        if (!rarest)
            counts[b]++;
        else if (!any || counts[b] < counts[*rarest])
            *rarest = b;
        any = true;
    }
    return any;
}

static bool build_index(struct rules *in)
{
    in->bucket_bits = 6;
    while (((size_t)1 << in->bucket_bits) < in->count &&
           ((size_t)1 << in->bucket_bits) < BUCKETS_MAX)
        in->bucket_bits++;
    size_t bytes = sizeof *in->buckets << in->bucket_bits;
    uint32_t *counts = csan__arena_scratch_alloc(&in->arena, bytes);
    in->buckets = csan__arena_scratch_alloc(&in->arena, bytes);
    if (!counts || !in->buckets)
        return false;
    for (uint32_t i = 1; i <= in->count; i++)
        each_gram(in, &in->all[i], counts, NULL);
    for (uint32_t i = in->count; i >= 1; i--) {
        uint32_t b = 0;
        uint32_t *head = each_gram(in, &in->all[i], counts, &b) ? &in->buckets[b] : &in->loose;
        in->all[i].next = *head;
        *head = i;
    }
    return true;
}

static int load(struct rules *into, const char *path, const char *defaults, struct text *why)
{
    struct source file = {NULL, "", 0}, own = {"csan_default_suppressions()", "", 0};
    int error = path && path[0] ? read_file(&into->arena, path, &file, why) : 0;
    if (error)
        return error;
    own.length = defaults ? strlen(defaults) : 0;
    own.text = csan__arena_scratch_copy(&into->arena, defaults ? defaults : "", own.length);
    size_t most = (size_t)count_lines(file) + count_lines(own) + 2;
    into->all = csan__arena_scratch_alloc(&into->arena, most * sizeof *into->all);
    if (!own.text || !into->all)
        return -ENOMEM;
    error = read_rules(into, file, why);
    if (!error)
        error = read_rules(into, own, why);
    if (!error && !build_index(into))
        error = -ENOMEM;
    return error;
}

int csan__suppress_load(const char *path, const char *defaults_of_program, struct text *why)
{
    struct rules fresh = {.today = (int64_t)(csan__os_unix_seconds() / 86400)};
    int error = load(&fresh, path, defaults_of_program, why);
    if (error == -ENOMEM && why->len == 0)
        csan__text_str(why, "suppressions: no memory to read them");
    struct arena old = error ? fresh.arena : rules.arena;
    if (!error)
        rules = fresh;
    csan__arena_scratch_free(&old);
    return error;
}

/* ------------------------------------------------------------------ matching */

static bool is_expired(const struct rule *r)
{
    return r->until_day < rules.today;
}

struct query {
    enum finding_kind kind;
    uint32_t hits; /* rules that match, linked by next_hit */
};

static void try_list(struct query *q, uint32_t first, const char *subject)
{
    for (uint32_t i = first; i; i = rules.all[i].next) {
        struct rule *r = &rules.all[i];
        if (r->kind != q->kind || r->tried == rules.subjects || r->hit == rules.findings)
            continue;
        r->tried = rules.subjects;
        if (!csan__glob_fits(&r->glob, subject))
            continue;
        r->hit = rules.findings;
        r->next_hit = q->hits;
        q->hits = i;
    }
}

static void try_subject(struct query *q, const char *subject)
{
    size_t n = strlen(subject);
    rules.subjects++;
    try_list(q, rules.loose, subject);
    for (size_t i = 0; i + GRAM <= n; i++)
        try_list(q, rules.buckets[bucket_of(&rules, q->kind, subject + i)], subject);
}

static void try_trace(struct query *q, const struct trace *t)
{
    const char *file = "", *module = "";
    for (uint32_t i = 0; i < t->count; i++) {
        const struct frame *f = &t->frames[i];
        if (strcmp(f->function, "??") != 0)
            try_subject(q, f->function);
        if (strcmp(f->file, file) != 0)
            try_subject(q, f->file);
        if (strcmp(f->module, module) != 0)
            try_subject(q, f->module);
        file = f->file;
        module = f->module;
    }
}

/* One stack that a rule with max has matched. */
struct rule_use {
    struct rule_use *next;
    uint32_t stack;
    uint64_t blocks;
};

static struct rule_use *use_of(const struct rule *r, uint32_t stack)
{
    struct rule_use *u = r->uses;
    while (u && u->stack != stack)
        u = u->next;
    return u;
}

/* The same blocks are judged again at the end of the process: only what is more than before counts.
 */
static uint64_t more_than_before(const struct rule *r, const struct finding *f)
{
    const struct rule_use *u = use_of(r, f->stack);
    uint64_t blocks = f->count ? f->count : 1, before = u ? u->blocks : 0;
    return blocks > before ? blocks - before : 0;
}

static bool has_room(const struct rule *r, const struct finding *f)
{
    if (r->max == RULE_NO_MAX)
        return true;
    uint64_t more = more_than_before(r, f);
    return more <= r->max && r->used <= r->max - more;
}

/* Without memory the use is forgotten: a rule then allows more, and a stack may count twice. */
static void use(struct rule *r, const struct finding *f)
{
    uint64_t more = r->max == RULE_NO_MAX ? 0 : more_than_before(r, f);
    if (more == 0)
        return;
    struct rule_use *u = use_of(r, f->stack);
    if (!u) {
        u = csan__arena_scratch_alloc(&rules.arena, sizeof *u);
        if (!u)
            return;
        *u = (struct rule_use){.next = r->uses, .stack = f->stack};
        r->uses = u;
    }
    u->blocks += more;
    if (__builtin_add_overflow(r->used, more, &r->used))
        r->used = UINT64_MAX;
}

/* The first rule of the file that has room wins; those before it, and it, have been used. */
static bool decide(const struct query *q, const struct finding *f)
{
    uint32_t winner = UINT32_MAX;
    for (uint32_t i = q->hits; i; i = rules.all[i].next_hit) {
        rules.all[i].has_matched = true;
        if (i < winner && !is_expired(&rules.all[i]) && has_room(&rules.all[i], f))
            winner = i;
    }
    for (uint32_t i = q->hits; i; i = rules.all[i].next_hit)
        if (i <= winner)
            use(&rules.all[i], f);
    return winner != UINT32_MAX;
}

/* In a cycle of locks every party is as good as the first: its stacks count as the finding's. */
static bool is_among_equals(enum finding_kind kind)
{
    return kind == FINDING_DEADLOCK || kind == FINDING_LOCK_ORDER;
}

bool csan__suppress_matches(const struct shown *s)
{
    const struct finding *f = s->finding;
    struct query q = {.kind = f->kind, .hits = 0};
    if (rules.count == 0)
        return false;
    rules.findings++;
    try_trace(&q, &s->trace);
    for (uint32_t i = 0; is_among_equals(f->kind) && i < f->nparties; i++)
        try_trace(&q, &s->parties[i]);
    return decide(&q, f);
}

bool csan__suppress_any(void)
{
    return rules.count > 0;
}

void csan__suppress_each_unused(void (*emit)(const char *rule, bool expired, void *arg), void *arg)
{
    for (uint32_t i = 1; i <= rules.count; i++) {
        const struct rule *r = &rules.all[i];
        char room[1024];
        struct text line = TEXT(room);
        if (r->has_matched && !is_expired(r))
            continue;
        csan__text_format(&line, "%s:%u: %.*s", r->source, r->line, (int)r->length, r->text);
        emit(room, is_expired(r), arg);
    }
}

#include "report/baseline.h"
#include "base/os.h"
#include "base/sort.h"
#include "report/jsonl.h"

#include <errno.h>
#include <string.h>

static struct {
    struct arena arena;
    const char *path; /* NULL: none */
    uint32_t *fingerprints;
    size_t count;
    bool is_ours; /* it has a run or a finding of this program */
} baseline;       /* LOCK_SESSION */

/* ------------------------------------------------------------------ JSON, as far as it goes */

struct span {
    const char *at;
    size_t n;
};

struct cursor {
    const char *at, *end;
};

static void skip_blanks(struct cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r'))
        c->at++;
}

/* From a quote to behind its partner. */
static bool skip_string(struct cursor *c)
{
    for (c->at++; c->at < c->end; c->at++) {
        if (*c->at == '"') {
            c->at++;
            return true;
        }
        c->at += *c->at == '\\';
    }
    c->at = c->end;
    return false;
}

static bool skip_value(struct cursor *c)
{
    uint32_t depth = 0;
    do {
        if (c->at >= c->end)
            return false;
        if (*c->at == '"') {
            if (!skip_string(c))
                return false;
            continue;
        }
        if (depth == 0 && (*c->at == ',' || *c->at == '}'))
            return true;
        depth += *c->at == '{' || *c->at == '[';
        depth -= depth && (*c->at == '}' || *c->at == ']');
        c->at++;
    } while (depth > 0 || c->at >= c->end || (*c->at != ',' && *c->at != '}'));
    return true;
}

struct members {
    struct span type, schema, version, program, fingerprint;
};

static bool is(struct span s, const char *text)
{
    return s.n == strlen(text) && memcmp(s.at, text, s.n) == 0;
}

static void keep(struct members *m, struct span key, struct span value)
{
    static const char *const names[] = {"\"type\"", "\"schema\"", "\"version\"", "\"program\"",
                                        "\"fingerprint\""};
    struct span *const to[] = {&m->type, &m->schema, &m->version, &m->program, &m->fingerprint};
    while (value.n > 0 && (value.at[value.n - 1] == ' ' || value.at[value.n - 1] == '\r'))
        value.n--;
    for (size_t i = 0; i < CSAN_COUNT(names); i++)
        if (is(key, names[i]))
            *to[i] = value;
}

/* The members of the object that the line is, values as they are written, quotes included. */
static bool read_line(struct span line, struct members *out)
{
    struct cursor c = {line.at, line.at + line.n};
    *out = (struct members){.type = {"", 0}};
    skip_blanks(&c);
    if (c.at == c.end || *c.at != '{')
        return false;
    for (c.at++;; c.at++) {
        skip_blanks(&c);
        struct span key = {c.at, 0}, value;
        if (c.at == c.end || *c.at != '"' || !skip_string(&c))
            return false;
        key.n = (size_t)(c.at - key.at);
        skip_blanks(&c);
        if (c.at == c.end || *c.at++ != ':')
            return false;
        skip_blanks(&c);
        value.at = c.at;
        if (!skip_value(&c))
            return false;
        value.n = (size_t)(c.at - value.at);
        keep(out, key, value);
        if (*c.at == '}')
            break;
    }
    c.at++;
    skip_blanks(&c);
    return c.at == c.end;
}

/* ------------------------------------------------------------------ records */

static bool read_fingerprint(struct span s, uint32_t *out)
{
    uint32_t value = 0;
    if (s.n != 10 || s.at[0] != '"' || s.at[9] != '"')
        return false;
    for (int i = 1; i <= 8; i++) {
        char c = s.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *out = value;
    return true;
}

static const char *why_not_run(const struct members *m, bool *is_version)
{
    *is_version = false;
    if (!is(m->type, "\"run\"") || !is(m->schema, "\"csan-jsonl\""))
        return "this is no record of csan's";
    *is_version = !is(m->version, "1");
    return *is_version ? "a record of another version" : NULL;
}

static const char *take_line(struct span line, struct span program, bool *has_run)
{
    struct members m;
    uint32_t fingerprint;
    bool is_version;
    if (!read_line(line, &m))
        return *has_run ? "this line is cut or damaged" : "this is no record of csan's";
    if (!*has_run || is(m.type, "\"run\"")) {
        const char *why = why_not_run(&m, &is_version);
        if (why)
            return is_version ? "it is of another version: make it anew with `csan baseline`" : why;
        *has_run = true;
    }
    bool is_ours = m.program.n == program.n && memcmp(m.program.at, program.at, program.n) == 0;
    baseline.is_ours |= is_ours;
    if (!is(m.type, "\"finding\""))
        return NULL;
    if (!read_fingerprint(m.fingerprint, &fingerprint))
        return "a finding without a fingerprint";
    if (is_ours)
        baseline.fingerprints[baseline.count++] = fingerprint;
    return NULL;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static size_t count_lines(struct span s)
{
    size_t n = 1;
    for (size_t i = 0; i < s.n; i++)
        n += s.at[i] == '\n';
    return n;
}

int csan__baseline_read(const char *text, size_t length, const char *program, struct text *why)
{
    char room[2048];
    struct text name = TEXT(room);
    bool has_run = false;
    uint32_t number = 0;
    csan__text_char(&name, '"');
    csan__text_json(&name, program, strlen(program));
    csan__text_char(&name, '"');
    baseline.count = 0;
    baseline.is_ours = false;
    baseline.fingerprints = csan__arena_scratch_alloc(
        &baseline.arena, count_lines((struct span){text, length}) * sizeof(uint32_t));
    if (!baseline.fingerprints)
        return -ENOMEM;
    for (const char *end = text + length; text < end;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        struct span line = {text, (size_t)((newline ? newline : end) - text)};
        const char *bad = NULL;
        number++;
        if (line.n > 0)
            bad = take_line(line, (struct span){room, name.len}, &has_run);
        if (bad) {
            csan__text_format(why, "%u: %s", number, bad);
            return -EINVAL;
        }
        text += line.n + 1;
    }
    csan__sort(baseline.fingerprints, baseline.count, sizeof(uint32_t), compare);
    if (has_run)
        return 0;
    csan__text_str(why, "0: it is empty");
    return -EINVAL;
}

static const char *words_of(long error)
{
    return error == -ENOENT                      ? "there is no such file"
           : error == -EACCES || error == -EPERM ? "no permission to read it"
           : error == -EISDIR
               ? "it is a folder; `csan baseline FOLDER -o FILE` makes one file of it"
           : error == -ENOMEM ? "no memory to read it"
                              : "it cannot be read";
}

int csan__baseline_load(const char *path, const char *program, struct text *why)
{
    char *text, room[256];
    struct text what = TEXT(room);
    size_t bytes, map_bytes;
    if (!path || !path[0])
        return 0;
    long error = csan__os_slurp(path, &text, &bytes, &map_bytes);
    if (error) {
        csan__text_format(why, "baseline=%s: %s", path, words_of(error));
        return (int)error;
    }
    error = csan__baseline_read(text, bytes, program, &what);
    csan__os_unmap(text, map_bytes);
    if (!error) {
        baseline.path = csan__arena_scratch_copy(&baseline.arena, path, strlen(path));
        error = baseline.path ? 0 : -ENOMEM;
    }
    if (error == -ENOMEM)
        csan__text_format(why, "baseline=%s: no memory to read it", path);
    else if (error)
        csan__text_format(why, "%s:%s", path, room);
    return (int)error;
}

/* ------------------------------------------------------------------ findings */

static bool has(uint32_t fingerprint)
{
    size_t lo = 0, hi = baseline.count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (baseline.fingerprints[mid] == fingerprint)
            return true;
        if (baseline.fingerprints[mid] < fingerprint)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

uint32_t csan__baseline_mark(struct report *r)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < r->count && baseline.count; i++) {
        r->shown[i].known = has(r->shown[i].fingerprint);
        if (r->shown[i].known)
            continue;
        struct shown s = r->shown[i];
        r->shown[i] = r->shown[kept];
        r->shown[kept++] = s;
    }
    return baseline.count ? r->count - kept : 0;
}

const char *csan__baseline_of_another(void)
{
    return baseline.path && !baseline.is_ours ? baseline.path : NULL;
}

void csan__baseline_forget(void)
{
    csan__arena_scratch_free(&baseline.arena);
    baseline.arena = (struct arena){0};
    baseline.path = NULL;
    baseline.fingerprints = NULL;
    baseline.count = 0;
}

/* What a finding is called in the next run: 8 hex digits from what does not change with addresses,
 * optimization, or edits elsewhere in its files.
 *
 *   kind ← the program's own frames, innermost first, each as BASENAME\tFUNCTION
 *
 * No line numbers, no addresses, no folders. Inlined frames count as called ones, and each function
 * once a stack, however deep it recurses. Names lose what compilers add: clone suffixes
 * (.constprop.0), the numbers of lambdas, parameter lists and return types (absent from some debug
 * information). Without any own frame all frames count. In a cycle of locks any party may come
 * first, so the stacks of all are added up.
 *
 * Findings that only their lines tell apart (two leaks in one function) are numbered in the order
 * of these lines, innermost first: the first one has the hash itself, the next ones are hashed on
 * with their number. An edit above moves all lines and no order. When the first of two is mended,
 * the second inherits its name: a baseline that has both stays good. Calls that an optimizer turned
 * into jumps leave no frame, and change the name. */
#include "base/sort.h"
#include "report/origin.h"
#include "report/report.h"

#include <string.h>

/* FNV-1a, 64 bits (Fowler, Noll, Vo; draft-eastlake-fnv), folded to 32 at the end. */
#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static uint64_t hash_bytes(uint64_t h, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)s[i]) * FNV_PRIME;
    return h;
}

static uint32_t fold(uint64_t h)
{
    return (uint32_t)(h ^ (h >> 32));
}

/* ------------------------------------------------------------------ names */

struct name {
    const char *at;
    struct text out;
    bool in_operator; /* behind the word: blanks and brackets belong to the name */
};

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The length of a group in brackets, nested ones included; 1 when it does not end. */
static size_t group_length(const char *s, char open, char close)
{
    size_t depth = 0;
    for (size_t i = 0; s[i]; i++) {
        depth += s[i] == open;
        depth -= s[i] == close;
        if (depth == 0)
            return i + 1;
    }
    return 1;
}

static void copy(struct name *n, size_t bytes)
{
    csan__text_mem(&n->out, n->at, bytes);
    n->at += bytes;
}

/* "operator" and its symbol, so that < and ( in it open nothing. */
static bool take_operator(struct name *n)
{
    static const char word[] = "operator";
    size_t length = sizeof word - 1;
    bool starts = n->out.len == 0 || !is_word(n->out.buf[n->out.len - 1]);
    if (!starts || strncmp(n->at, word, length) != 0 || is_word(n->at[length]))
        return false;
    copy(n, length);
    n->in_operator = true;
    if (strncmp(n->at, "()", 2) == 0 || strncmp(n->at, "[]", 2) == 0)
        copy(n, 2);
    else
        copy(n, strspn(n->at, "<>=!+-*/%^&|~,"));
    return true;
}

/* `(anonymous namespace)::`, which debug information may leave out, goes with its colons. */
static bool skip_parentheses(struct name *n)
{
    static const char anonymous[] = "(anonymous namespace)::";
    if (*n->at != '(')
        return false;
    if (strncmp(n->at, anonymous, sizeof anonymous - 1) == 0)
        n->at += sizeof anonymous - 1;
    else
        n->at += group_length(n->at, '(', ')');
    return true;
}

/* `[clone .x]`, `[abi:cxx11]` */
static bool skip_brackets(struct name *n)
{
    if (*n->at != '[' || n->at[1] == ']')
        return false;
    n->at += group_length(n->at, '[', ']');
    return true;
}

/* The number in `{lambda()#2}`, `$_3` and `'lambda4'`. */
static bool skip_lambda_number(struct name *n)
{
    const char *before = n->out.buf + n->out.len;
    size_t have = n->out.len;
    bool is_one = *n->at == '#' ||
                  (is_digit(*n->at) && have >= 2 && memcmp(before - 2, "$_", 2) == 0) ||
                  (is_digit(*n->at) && have >= 7 && memcmp(before - 7, "'lambda", 7) == 0);
    if (!is_one)
        return false;
    n->at += *n->at == '#';
    n->at += strspn(n->at, "0123456789");
    return true;
}

/* A blank outside of all brackets: what was before it is the return type, unless what follows it
 * belongs to a function just ended (`foo() const`) or to an operator (`operator new`). */
static bool take_blank(struct name *n)
{
    static const char *const behind[] = {" const", " volatile", " noexcept", " &&", " &"};
    if (*n->at != ' ')
        return false;
    if (n->at[1] == '[') {
        n->at++;
        return true;
    }
    for (size_t i = 0; i < CSAN_COUNT(behind); i++) {
        size_t length = strlen(behind[i]);
        if (strncmp(n->at, behind[i], length) == 0 && !is_word(n->at[length])) {
            n->at += length;
            return true;
        }
    }
    if (n->in_operator) {
        copy(n, 1);
        return true;
    }
    n->at++;
    n->out.len = 0;
    n->out.buf[0] = '\0';
    return true;
}

static bool is_clone_suffix(const char *dot)
{
    static const char *const words[] = {".constprop", ".isra",  ".part",  ".cold", ".lto_priv",
                                        ".llvm",      ".clone", ".local", ".warm", ".hot"};
    for (size_t i = 0; i < CSAN_COUNT(words); i++) {
        size_t n = strlen(words[i]);
        if (strncmp(dot, words[i], n) == 0 && !is_word(dot[n]))
            return true;
    }
    return is_digit(dot[1]); /* what an optimizer numbered: f.2 */
}

static void normalize(struct name *n)
{
    while (*n->at) {
        if (*n->at == '.' && is_clone_suffix(n->at))
            break;
        if (take_operator(n) || skip_parentheses(n) || skip_lambda_number(n) || skip_brackets(n) ||
            take_blank(n))
            continue;
        if (*n->at == '<')
            copy(n, group_length(n->at, '<', '>'));
        else
            copy(n, 1);
    }
}

/* Distinguishes functions, not overloads; a name that leaves nothing stays as it is. */
static uint64_t hash_function(uint64_t h, const char *function)
{
    char room[512];
    struct name n = {.at = function, .out = TEXT(room)};
    room[0] = '\0';
    normalize(&n);
    if (n.out.len == 0)
        return hash_bytes(h, function, strlen(function));
    return hash_bytes(h, room, n.out.len);
}

/* ------------------------------------------------------------------ stacks */

static uint64_t hash_frame(const struct frame *f)
{
    const char *place = csan__origin_base(f->file[0] ? f->file : f->module);
    uint64_t h = hash_bytes(FNV_BASIS, place, strlen(place));
    return hash_function(hash_bytes(h, "\t", 1), f->function);
}

static bool has_own(const struct trace *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        if (t->frames[i].own)
            return true;
    return false;
}

#define DISTINCT_MAX 256

/* The frames that count: the program's own, each function where it is innermost. */
struct distinct {
    uint64_t hashes[DISTINCT_MAX];
    uint32_t lines[DISTINCT_MAX];
    uint32_t count;
};

static void find_distinct(const struct trace *t, struct distinct *out)
{
    bool any_own = has_own(t);
    out->count = 0;
    for (uint32_t i = 0; i < t->count && out->count < DISTINCT_MAX; i++) {
        if (any_own && !t->frames[i].own)
            continue;
        uint64_t one = hash_frame(&t->frames[i]);
        uint32_t k = 0;
        while (k < out->count && out->hashes[k] != one)
            k++;
        if (k < out->count)
            continue;
        out->hashes[out->count] = one;
        out->lines[out->count++] = t->frames[i].line;
    }
}

static uint64_t hash_distinct(const struct distinct *d)
{
    return hash_bytes(FNV_BASIS, (const char *)d->hashes, d->count * sizeof d->hashes[0]);
}

static uint64_t hash_party(const struct trace *t)
{
    struct distinct d;
    find_distinct(t, &d);
    return hash_distinct(&d);
}

static uint32_t fingerprint(const struct shown *s, const struct distinct *own)
{
    const struct finding *f = s->finding;
    const char *kind = csan__finding_kind_name(f->kind);
    uint64_t stacks = hash_distinct(own);
    if (f->kind == FINDING_DEADLOCK || f->kind == FINDING_LOCK_ORDER)
        for (uint32_t i = 0; i < f->nparties; i++)
            stacks += hash_party(&s->parties[i]);
    uint64_t h = hash_bytes(FNV_BASIS, kind, strlen(kind));
    return fold(hash_bytes(h, (const char *)&stacks, sizeof stacks));
}

uint32_t csan__fingerprint_of(const struct shown *s)
{
    struct distinct d;
    find_distinct(&s->trace, &d);
    return fingerprint(s, &d);
}

uint32_t csan__fingerprint_of_lock(const struct shown *s)
{
    const char *name = s->finding->what;
    if (!strchr(name, '`'))
        return csan__fingerprint_of(s);
    const char *file = s->trace.count ? s->trace.frames[s->trace.place].file : "";
    const char *base = strrchr(file, '/');
    base = base ? base + 1 : file;
    return fold(hash_bytes(hash_bytes(FNV_BASIS, name, strlen(name)), base, strlen(base)));
}

/* ------------------------------------------------------------------ a whole report */

struct key {
    struct shown *shown;
    uint32_t *lines;
    uint32_t nlines;
};

static int compare_lines(const struct key *a, const struct key *b)
{
    for (uint32_t i = 0; i < a->nlines && i < b->nlines; i++)
        if (a->lines[i] != b->lines[i])
            return a->lines[i] < b->lines[i] ? -1 : 1;
    return (a->nlines > b->nlines) - (a->nlines < b->nlines);
}

/* By fingerprint, then by lines. */
static int compare(const void *one, const void *other)
{
    const struct key *a = one, *b = other;
    uint32_t fa = a->shown->fingerprint, fb = b->shown->fingerprint;
    if (fa != fb)
        return fa < fb ? -1 : 1;
    return compare_lines(a, b);
}

static uint32_t numbered(uint32_t first, uint32_t number)
{
    uint64_t h = hash_bytes(FNV_BASIS, (const char *)&first, sizeof first);
    return fold(hash_bytes(h, (const char *)&number, sizeof number));
}

/* Stacks alike to the line are one defect (an unrolled loop has two calls at one line): one name.
 */
static void number_alike(struct key *keys, uint32_t n)
{
    uint32_t first = 0, number = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || keys[i].shown->fingerprint != first) {
            first = keys[i].shown->fingerprint;
            number = 0;
        } else {
            number += compare_lines(&keys[i], &keys[i - 1]) != 0;
        }
        if (number > 0)
            keys[i].shown->fingerprint = numbered(first, number);
    }
}

void csan__fingerprint_all(struct report *r)
{
    struct key *keys = csan__arena_scratch_alloc(r->scratch, r->count * sizeof *keys);
    struct distinct d;
    for (uint32_t i = 0; i < r->count; i++) {
        find_distinct(&r->shown[i].trace, &d);
        r->shown[i].fingerprint = fingerprint(&r->shown[i], &d);
        uint32_t *lines = csan__arena_scratch_alloc(r->scratch, d.count * sizeof *lines);
        if (!keys || !lines) {
            keys = NULL; /* out of memory: names that may be shared */
            continue;
        }
        memcpy(lines, d.lines, d.count * sizeof *lines);
        keys[i] = (struct key){&r->shown[i], lines, d.count};
    }
    if (keys) {
        csan__sort(keys, r->count, sizeof *keys, compare);
        number_alike(keys, r->count);
    }
}

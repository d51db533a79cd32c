#include "report/alias.h"
#include "base/text.h"
#include "report/ask.h"

#include <stddef.h>
#include <string.h>

#define ALIASES_MAX 64u /* of one verdict; what is beyond stays an address */
#define LEAST_DIGITS 6u /* of an address; fewer are an offset */

struct aliases {
    struct arena *scratch;
    struct question questions[ALIASES_MAX];
    uint32_t n;
};

static bool is_of_locks(const struct finding *f)
{
    return f->kind == FINDING_DEADLOCK || f->kind == FINDING_LOCK_ORDER ||
           f->kind == FINDING_LOCK_MISUSE || f->kind == FINDING_WAIT || f->kind == FINDING_HOLD ||
           f->kind == FINDING_BLOCKED;
}

static uint32_t digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0');
    return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10 : 16;
}

/* The next address in s. NULL: there is none; else where it begins, and *end behind it. */
static const char *find_address(const char *s, const char **end, uintptr_t *address)
{
    while ((s = strstr(s, "0x")) != NULL) {
        const char *at = s + 2;
        for (*address = 0; digit_of(*at) < 16; at++)
            *address = *address << 4 | digit_of(*at);
        if (at - s >= 2 + (ptrdiff_t)LEAST_DIGITS) {
            *end = at;
            return s;
        }
        s = at;
    }
    return NULL;
}

/* ------------------------------------------------------------------ questions */

static struct question *question_of(struct aliases *a, uintptr_t address)
{
    for (uint32_t i = 0; i < a->n; i++)
        if (a->questions[i].pc == address)
            return &a->questions[i];
    return NULL;
}

static void ask_for(struct aliases *a, uintptr_t address)
{
    const struct module *m = address ? csan__module_find_live(address) : NULL;
    if (m && a->n < ALIASES_MAX && !question_of(a, address))
        a->questions[a->n++] = (struct question){.pc = address, .kind = ASK_DATA, .module = m};
}

static void ask_for_all(struct aliases *a, const char *text)
{
    uintptr_t address;
    for (const char *end; text && find_address(text, &end, &address); text = end)
        ask_for(a, address);
}

static void ask_about(struct aliases *a, const struct finding *f)
{
    ask_for(a, f->object);
    ask_for_all(a, f->what);
    ask_for_all(a, f->note);
    for (uint32_t i = 0; i < f->nparties; i++)
        ask_for_all(a, f->parties[i].label);
}

/* ------------------------------------------------------------------ answers */

/* `cache.lock.__data.__lock`: what the system's own types consist of tells nobody anything. */
static size_t length_of_own(const char *name)
{
    static const char *const insides[] = {".__", "._M_", ".std::"};
    size_t n = strlen(name);
    for (size_t i = 0; i < CSAN_COUNT(insides); i++) {
        const char *at = strstr(name, insides[i]);
        if (at && at > name && (size_t)(at - name) < n)
            n = (size_t)(at - name);
    }
    return n;
}

/* 0: it has none. */
static size_t name_of(struct aliases *a, uintptr_t address, const char **name)
{
    const struct question *q = question_of(a, address);
    bool is_known = q && q->answered && q->count && strcmp(q->frames[0].function, "??") != 0;
    *name = is_known ? q->frames[0].function : "";
    return length_of_own(*name);
}

static size_t length_with_names(struct aliases *a, const char *text)
{
    size_t n = strlen(text);
    const char *end;
    uintptr_t address;
    for (const char *at = text; (at = find_address(at, &end, &address)) != NULL; at = end) {
        const char *name;
        n += name_of(a, address, &name) + 2;
    }
    return n;
}

static void rename_in(struct aliases *a, const char **text)
{
    const char *end, *done = *text;
    uintptr_t address;
    if (!done)
        return;
    struct text t = {.cap = length_with_names(a, done) + 1};
    if (t.cap == strlen(done) + 1 || !(t.buf = csan__arena_scratch_alloc(a->scratch, t.cap)))
        return;
    for (const char *at = done; (at = find_address(at, &end, &address)) != NULL; at = end) {
        const char *name;
        size_t n = name_of(a, address, &name);
        if (n == 0)
            continue;
        csan__text_mem(&t, done, (size_t)(at - done));
        csan__text_format(&t, "`%.*s`", (int)n, name);
        done = end;
    }
    csan__text_str(&t, done);
    *text = t.buf;
}

/* "waited 184 ms for a mutex" */
static void rename_object(struct aliases *a, struct finding *f)
{
    static const char *const nouns[] = {"a mutex", "a rwlock", "a spin lock"};
    const char *name, *at = NULL;
    size_t n = f->object ? name_of(a, f->object, &name) : 0, noun = 0;
    for (; n && f->what && noun < CSAN_COUNT(nouns) && !at; noun++)
        at = strstr(f->what, nouns[noun]);
    if (!at)
        return;
    noun = strlen(nouns[noun - 1]);
    struct text t = {.cap = strlen(f->what) + n + 4};
    if (!(t.buf = csan__arena_scratch_alloc(a->scratch, t.cap)))
        return;
    csan__text_mem(&t, f->what, (size_t)(at - f->what));
    csan__text_mem(&t, at + 2, noun - 2);
    csan__text_format(&t, " `%.*s`%s", (int)n, name, at + noun);
    f->what = t.buf;
}

static void rename_all(struct aliases *a, struct finding *f)
{
    rename_object(a, f);
    rename_in(a, &f->what);
    rename_in(a, &f->note);
    for (uint32_t i = 0; i < f->nparties; i++)
        rename_in(a, &f->parties[i].label);
}

void csan__alias_name_all(struct arena *scratch, struct finding *first)
{
    struct aliases *a = NULL;
    for (struct finding *f = first; f; f = f->next) {
        if (!is_of_locks(f))
            continue;
        if (!a && !(a = csan__arena_scratch_alloc(scratch, sizeof *a)))
            return;
        ask_about(a, f);
    }
    if (!a || !a->n)
        return;
    a->scratch = scratch;
    csan__ask_helper(csan__symbol_helper(), scratch, a->questions, a->n);
    for (struct finding *f = first; f; f = f->next)
        if (is_of_locks(f))
            rename_all(a, f);
}

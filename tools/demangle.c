/* C++ names as people write them: the demangler's long form, then cut down. */
#include "tools/demangle.h"

#include <stdlib.h>
#include <string.h>

/* A demangled name may be exponentially longer than the symbol; nobody reads more than this. */
#define SYMBOL_MAX ((size_t)16384)

/* From libstdc++ (cxxabi.h is a C++ header). */
char *__cxa_demangle(const char *mangled, char *buffer, size_t *length, int *status);

/* Brackets that are open where a walk has come to. */
struct brackets {
    char open[64];
    int depth; /* may run past the array: what is so deep is only counted */
};

static char opening_of(char closing)
{
    switch (closing) {
    case ')':
        return '(';
    case '>':
        return '<';
    case ']':
        return '[';
    case '}':
        return '{';
    default:
        return '\0';
    }
}

static bool is_opening(char c)
{
    return c == '(' || c == '<' || c == '[' || c == '{';
}

static void note_bracket(struct brackets *b, char c)
{
    const int room = (int)CSAN_COUNT(b->open);
    char wanted = opening_of(c);
    if (is_opening(c)) {
        b->open[b->depth < room ? b->depth : room - 1] = c;
        b->depth++;
    } else if (wanted != '\0' && b->depth > room) {
        b->depth--;
    } else if (wanted != '\0') {
        /* `>` inside parentheses is an operator; `)` also ends a `<` that was one. */
        int at = b->depth - 1;
        while (c != '>' && at > 0 && b->open[at] != wanted) {
            at--;
        }
        if (at >= 0 && b->open[at] == wanted) {
            b->depth = at;
        }
    }
}

/* `operator<`, `operator()` and the like: their brackets are letters of the name. How many bytes
 * at `at`, which begins with "operator", are the name. */
static size_t operator_length(const char *at)
{
    static const char *const signs[] = {"()", "[]", "<=>", "<<=", ">>=", "->*", "<<",
                                        ">>", "<=", ">=",  "->",  "<",   ">"};
    const size_t word = strlen("operator");
    for (size_t i = 0; i < CSAN_COUNT(signs); i++) {
        if (strncmp(at + word, signs[i], strlen(signs[i])) == 0) {
            return word + strlen(signs[i]);
        }
    }
    return word;
}

static bool begins_operator(const char *name, size_t at)
{
    char before = at == 0 ? ' ' : name[at - 1];
    return (before == ' ' || before == ':') && strncmp(name + at, "operator", 8) == 0;
}

static bool begins_list(const char *name, size_t at)
{
    bool is_type = at >= 9 && strncmp(name + at - 9, "decltype ", 9) == 0;
    return name[at] == '(' && !is_type && strncmp(name + at, "(anonymous ", 11) != 0;
}

/* What the top level of a demangled function name is made of. */
struct outline {
    size_t name_at; /* behind the return type */
    size_t ends_at; /* where the last parameter list begins; the length when there is none */
};

/* One walk from the left, brackets counted. A space at the top level ends a return type unless the
 * parameter list has been seen ("const" behind it) or the name is an operator's ("operator new",
 * "operator unsigned long"). */
static struct outline find_outline(const char *name)
{
    struct outline o = {.name_at = 0, .ends_at = strlen(name)};
    struct brackets b = {.depth = 0};
    bool in_operator = false;
    size_t list_at = 0;
    for (size_t i = 0; name[i] != '\0'; i++) {
        if (b.depth > 0) {
            note_bracket(&b, name[i]);
        } else if (begins_operator(name, i)) {
            in_operator = true;
            i += operator_length(name + i) - 1;
        } else if (name[i] == ':' && (list_at != 0 || !in_operator)) {
            list_at = 0; /* "f(int)::{lambda()#1}::…": that list was an outer function's */
            in_operator = false;
        } else if (name[i] == ' ' && list_at == 0 && !in_operator) {
            o.name_at = i + 1;
        } else {
            list_at = begins_list(name, i) ? i : list_at;
            note_bracket(&b, name[i]);
        }
    }
    o.ends_at = list_at > o.name_at ? list_at : o.ends_at;
    return o;
}

/* Where the template argument that ends before name[close] begins, its comma included; 0: it is the
 * only one. */
static size_t find_last_argument(const char *name, size_t close)
{
    int depth = 0;
    for (size_t at = close; at-- > 0;) {
        char c = name[at];
        if (opening_of(c) != '\0') {
            depth++;
        } else if (is_opening(c)) {
            if (depth-- == 0) {
                return 0;
            }
        } else if (c == ',' && depth == 0) {
            return at;
        }
    }
    return 0;
}

/* Takes the argument before name[*close] out when it begins with one of these words. */
static bool drop_last_argument(char *name, size_t *close, const char *const *words)
{
    size_t at = find_last_argument(name, *close);
    for (; at > 0 && *words != NULL; words++) {
        if (strncmp(name + at, *words, strlen(*words)) == 0) {
            memmove(name + at, name + *close, strlen(name + *close) + 1);
            *close = at;
            return true;
        }
    }
    return false;
}

/* An allocator at the end is a default, and so are the traits, orders and hashes before it. "> >"
 * is written ">>", as it comes out of such a cut. */
static void drop_defaults(char *name)
{
    static const char *const ends[] = {", std::allocator<", ", std::default_delete<", NULL};
    static const char *const before[] = {", std::char_traits<", ", std::less<", ", std::hash<",
                                         ", std::equal_to<", NULL};
    for (size_t i = 0; name[i] != '\0'; i++) {
        if (strncmp(name + i, "> >", 3) == 0) {
            memmove(name + i + 1, name + i + 2, strlen(name + i + 2) + 1);
        }
        if (name[i] == '>' && drop_last_argument(name, &i, ends)) {
            while (drop_last_argument(name, &i, before)) {
            }
        }
    }
}

/* C's names hold no dot: what follows one was added by the compiler (.isra.0, .cold, .llvm.123), or
 * by the linker after an @ (a symbol's version). */
static char *copy_plain(const char *symbol)
{
    size_t length = symbol[0] == '\0' ? 0 : 1 + strcspn(symbol + 1, ".@");
    return strndup(symbol, length);
}

char *csan__demangle(const char *symbol)
{
    bool is_mangled = strncmp(symbol, "_Z", 2) == 0 && strnlen(symbol, SYMBOL_MAX) < SYMBOL_MAX;
    char *plain = copy_plain(symbol);
    int status = 0;
    char *name = is_mangled && plain != NULL ? __cxa_demangle(plain, NULL, NULL, &status) : NULL;
    if (name == NULL) {
        return plain;
    }
    free(plain);
    struct outline o = find_outline(name);
    if (name[o.name_at] != '(' || strncmp(name + o.name_at, "(anonymous ", 11) == 0) {
        name[o.ends_at] = '\0';
        memmove(name, name + o.name_at, o.ends_at - o.name_at + 1);
    }
    drop_defaults(name);
    return name;
}

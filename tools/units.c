/* Compilation units: from an address to function DIEs and lines, each unit read on first use. */
#include "tools/units.h"

#include "tools/span.h"

#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 200     /* scopes within scopes; deeper is garbage */
#define LINE_STEPS_MAX 64 /* rows to look back for one that has a line number */

struct unit {
    Dwarf_Die die;      /* the split unit where there is one, else the unit itself */
    const char *folder; /* in which the compiler ran, when that is absolute; else NULL */
    bool lines_read, functions_read;
    Dwarf_Lines *lines;
    size_t nlines;
    Dwarf_Files *files;
    size_t nfiles;
    struct spans spans; /* what: index into functions */
    Dwarf_Die *functions;
    size_t count, room;
};

struct units {
    struct unit *at;
    size_t count, room;
    struct spans spans; /* what: index into at */
};

/* Ranges of a DIE as spans. Functions that the linker threw away begin at 0 or 1 (bfd, gold) or at
 * the end of the address space (lld): neither is code. */
static int add_ranges(struct spans *spans, Dwarf_Die *die, size_t what)
{
    Dwarf_Addr base = 0, lo = 0, hi = 0;
    ptrdiff_t at = 0;
    while ((at = dwarf_ranges(die, at, &base, &lo, &hi)) > 0) {
        if (lo > 1 && csan__spans_add(spans, lo, hi, (uint32_t)what, 0) != 0) {
            return -ENOMEM;
        }
    }
    return 0;
}

static int add_unit(struct units *u, Dwarf_Die *die, Dwarf_Die *split)
{
    if (u->count == u->room) {
        size_t room = u->room == 0 ? 64 : u->room * 2;
        struct unit *at = reallocarray(u->at, room, sizeof *at);
        if (at == NULL) {
            return -ENOMEM;
        }
        u->at = at;
        u->room = room;
    }
    bool is_split = dwarf_tag(split) == DW_TAG_compile_unit;
    Dwarf_Attribute attribute;
    const char *folder = dwarf_formstring(dwarf_attr(die, DW_AT_comp_dir, &attribute));
    u->at[u->count] = (struct unit){.die = is_split ? *split : *die,
                                    .folder = folder != NULL && folder[0] == '/' ? folder : NULL};
    return add_ranges(&u->spans, die, u->count++);
}

int csan__units_open(Dwarf *dwarf, struct units **out)
{
    struct units *u = calloc(1, sizeof *u);
    if (u == NULL) {
        return -ENOMEM;
    }
    Dwarf_CU *cu = NULL;
    uint8_t type;
    Dwarf_Die die, split;
    memset(&split, 0, sizeof split);
    while (dwarf_get_units(dwarf, cu, &cu, NULL, &type, &die, &split) == 0) {
        if (type != DW_UT_compile && type != DW_UT_skeleton) {
            continue;
        }
        if (type != DW_UT_skeleton) {
            memset(&split, 0, sizeof split);
        }
        if (add_unit(u, &die, &split) != 0) {
            csan__units_close(u);
            return -ENOMEM;
        }
        memset(&split, 0, sizeof split);
    }
    csan__spans_sort(&u->spans);
    *out = u;
    return 0;
}

size_t csan__units_count(const struct units *u)
{
    return u->count;
}

void csan__units_close(struct units *u)
{
    for (size_t i = 0; i < u->count; i++) {
        csan__spans_free(&u->at[i].spans);
        free(u->at[i].functions);
    }
    csan__spans_free(&u->spans);
    free(u->at);
    free(u);
}

static int add_function(struct unit *u, Dwarf_Die *die)
{
    if (u->count == u->room) {
        size_t room = u->room == 0 ? 64 : u->room * 2;
        Dwarf_Die *functions = reallocarray(u->functions, room, sizeof *functions);
        if (functions == NULL) {
            return -ENOMEM;
        }
        u->functions = functions;
        u->room = room;
    }
    u->functions[u->count] = *die;
    return add_ranges(&u->spans, die, u->count++);
}

/* A damaged file may link siblings into a ring: DIEs must come in the order of the file. */
static bool first_child(Dwarf_Die *of, Dwarf_Die *out)
{
    const void *before = of->addr;
    return dwarf_child(of, out) == 0 && out->addr > before;
}

static bool next_sibling(Dwarf_Die *die)
{
    const void *before = die->addr;
    return dwarf_siblingof(die, die) == 0 && die->addr > before;
}

/* Functions stand anywhere: in namespaces, in classes, and (lambdas, members of local classes, GNU
 * C's nested functions) inside other functions, out of whose range they lie. */
static int gather_functions(struct unit *u, Dwarf_Die *parent, int depth)
{
    Dwarf_Die die;
    int failed = 0;
    if (depth > DEPTH_MAX || !first_child(parent, &die)) {
        return 0;
    }
    do {
        switch (dwarf_tag(&die)) {
        case DW_TAG_subprogram:
            if (dwarf_hasattr(&die, DW_AT_low_pc) || dwarf_hasattr(&die, DW_AT_ranges)) {
                failed = add_function(u, &die);
            }
            __attribute__((fallthrough));
        case DW_TAG_namespace:
        case DW_TAG_module:
        case DW_TAG_class_type:
        case DW_TAG_structure_type:
        case DW_TAG_union_type:
        case DW_TAG_lexical_block:
            failed = failed != 0 ? failed : gather_functions(u, &die, depth + 1);
            break;
        default:
            break;
        }
    } while (failed == 0 && next_sibling(&die));
    return failed;
}

static void read_functions(struct unit *u)
{
    if (!u->functions_read) {
        u->functions_read = true;
        gather_functions(u, &u->die, 0);
        csan__spans_sort(&u->spans);
    }
}

static void read_lines(struct unit *u)
{
    if (u->lines_read) {
        return;
    }
    u->lines_read = true;
    if (dwarf_getsrclines(&u->die, &u->lines, &u->nlines) != 0) {
        u->nlines = 0;
    }
    if (dwarf_getsrcfiles(&u->die, &u->files, &u->nfiles) != 0) {
        u->nfiles = 0;
    }
}

static const char *known_file(const char *file)
{
    return file == NULL || strcmp(file, "???") == 0 ? NULL : file;
}

/* The last row at or before the address, or one past the last: rows is the number below it. */
static size_t count_rows_below(struct unit *u, uint64_t address)
{
    size_t lo = 0, hi = u->nlines;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        Dwarf_Addr at = 0;
        if (dwarf_lineaddr(dwarf_onesrcline(u->lines, middle), &at) == 0 && at <= address) {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    return lo;
}

static uint32_t read_number(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    if (dwarf_attr(die, name, &attribute) == NULL || dwarf_formudata(&attribute, &value) != 0) {
        return 0;
    }
    return value > UINT32_MAX ? 0 : (uint32_t)value;
}

/* Where an inlined function was called: a line of the function that it was inlined into. */
static void find_call(struct unit *u, Dwarf_Die *inlined, struct place *out)
{
    read_lines(u);
    uint32_t file = read_number(inlined, DW_AT_call_file);
    if (u->files != NULL && file < u->nfiles) {
        out->file = known_file(dwarf_filesrc(u->files, file, NULL, NULL));
    }
    out->line = read_number(inlined, DW_AT_call_line);
    out->file = out->line == 0 ? NULL : out->file;
    out->column = read_number(inlined, DW_AT_call_column);
}

/* The scope below `scope` that holds the address. Blocks without a range of their own are looked
 * into as well. */
static bool step_inward(Dwarf_Die *scope, uint64_t address, int depth, Dwarf_Die *out)
{
    Dwarf_Die die;
    if (depth > DEPTH_MAX || !first_child(scope, &die)) {
        return false;
    }
    do {
        int tag = dwarf_tag(&die);
        bool is_block = tag == DW_TAG_lexical_block || tag == DW_TAG_try_block ||
                        tag == DW_TAG_catch_block || tag == DW_TAG_with_stmt;
        if (tag != DW_TAG_inlined_subroutine && !is_block) {
            continue;
        }
        int holds = dwarf_haspc(&die, address);
        if (holds > 0) {
            *out = die;
            return true;
        }
        if (holds < 0 && is_block && step_inward(&die, address, depth + 1, out)) {
            return true;
        }
    } while (next_sibling(&die));
    return false;
}

/* Whether the address is the function's own, with nothing inlined there. */
static bool is_own_code(Dwarf_Die *function, uint64_t address)
{
    Dwarf_Die scope = *function, below;
    if (dwarf_haspc(&scope, address) <= 0) {
        return false;
    }
    for (int depth = 0; depth < DEPTH_MAX && step_inward(&scope, address, 0, &below); depth++) {
        if (dwarf_tag(&below) == DW_TAG_inlined_subroutine) {
            return false;
        }
        scope = below;
    }
    return true;
}

/* Line 0 stands for code that the compiler made up; a reader would look at the line before it, when
 * that is the same function's (NULL: nothing is known of functions). */
static void find_line(struct unit *u, uint64_t address, Dwarf_Die *function, struct place *out)
{
    read_lines(u);
    size_t rows = count_rows_below(u, address);
    for (unsigned step = 0; rows > 0 && step < LINE_STEPS_MAX; step++) {
        Dwarf_Line *row = dwarf_onesrcline(u->lines, --rows);
        Dwarf_Addr at = 0;
        bool ends = false;
        int line = 0, column = 0;
        if (row == NULL || dwarf_lineendsequence(row, &ends) != 0 || ends ||
            dwarf_lineno(row, &line) != 0 || dwarf_lineaddr(row, &at) != 0) {
            return;
        }
        if (step > 0 && (function == NULL || !is_own_code(function, at))) {
            return;
        }
        if (line > 0) {
            out->file = known_file(dwarf_linesrc(row, NULL, NULL));
            out->line = (uint32_t)line;
            out->column = dwarf_linecol(row, &column) == 0 && column > 0 ? (uint32_t)column : 0;
            return;
        }
    }
}

/* The function and what is inlined there, outermost first. */
static unsigned find_chain(struct unit *u, uint64_t address, Dwarf_Die chain[PLACES_MAX])
{
    read_functions(u);
    const struct span *span = csan__spans_find(&u->spans, address);
    if (span == NULL) {
        return 0;
    }
    unsigned n = 0;
    chain[n++] = u->functions[span->what];
    Dwarf_Die scope = chain[0], below;
    for (int depth = 0; n < PLACES_MAX && depth < DEPTH_MAX; depth++) {
        if (!step_inward(&scope, address, 0, &below)) {
            break;
        }
        if (dwarf_tag(&below) == DW_TAG_inlined_subroutine) {
            chain[n++] = below;
        }
        scope = below;
    }
    return n;
}

unsigned csan__units_find(struct units *u, uint64_t address, struct place places[PLACES_MAX])
{
    const struct span *span = csan__spans_find(&u->spans, address);
    if (span == NULL) {
        return 0;
    }
    struct unit *unit = &u->at[span->what];
    Dwarf_Die chain[PLACES_MAX];
    unsigned n = find_chain(unit, address, chain);
    places[0] = (struct place){.has_function = n > 0};
    find_line(unit, address, n > 0 ? &chain[n - 1] : NULL, &places[0]);
    for (unsigned i = 0; i < n; i++) {
        Dwarf_Die *die = &chain[n - 1 - i];
        if (i > 0) {
            places[i] = (struct place){.has_function = true};
            find_call(unit, &chain[n - i], &places[i]);
        }
        places[i].function = *die;
        places[i].inlined = i + 1 < n;
    }
    n = n > 0 ? n : 1;
    for (unsigned i = 0; i < n; i++) {
        bool is_relative = places[i].file != NULL && places[i].file[0] != '/';
        places[i].folder = is_relative ? unit->folder : NULL;
    }
    return n;
}

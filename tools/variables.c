/* Variables: from an address to the DIE of the variable, and from there along its types. */
#include "tools/variables.h"

#include "tools/demangle.h"
#include "tools/span.h"
#include "tools/types.h"

#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 200 /* scopes within scopes; deeper is garbage */

struct known {
    Dwarf_Die die;
    uint64_t address;
};

struct whole {
    const char *name;
    Dwarf_Die type;
};

struct variables {
    Dwarf *dwarf;
    struct known *at;
    size_t count, room;
    struct spans globals, locals; /* locals: thread-locals. what: index into at */
    Dwarf_Die leaf;               /* the type of what was found last */
    bool has_leaf;
    char name[1024], pointee[256];
    struct whole *complete; /* for structs that are only declared elsewhere */
    size_t ncomplete, complete_room;
    bool complete_read;
};

/* ------------------------------------------------------------------ all of them */

/* `DW_OP_addr A`, or for a thread-local `DW_OP_constNu O, DW_OP_form_tls_address`. */
static bool place_of(Dwarf_Die *die, uint64_t *address, bool *thread_local)
{
    Dwarf_Attribute attribute, indirect;
    Dwarf_Op *ops;
    size_t n;
    Dwarf_Addr value;
    if (dwarf_attr(die, DW_AT_location, &attribute) == NULL ||
        dwarf_getlocation(&attribute, &ops, &n) != 0 || n == 0 || n > 2) {
        return false;
    }
    *thread_local = n == 2;
    if (n == 2 && ops[1].atom != DW_OP_form_tls_address &&
        ops[1].atom != DW_OP_GNU_push_tls_address) {
        return false;
    }
    switch (ops[0].atom) {
    case DW_OP_addr:
    case DW_OP_const4u:
    case DW_OP_const8u:
        *address = ops[0].number;
        return true;
    case DW_OP_addrx:
    case DW_OP_constx:
    case DW_OP_GNU_addr_index:
    case DW_OP_GNU_const_index:
        if (dwarf_getlocation_attr(&attribute, &ops[0], &indirect) != 0 ||
            dwarf_formaddr(&indirect, &value) != 0) {
            return false;
        }
        *address = value;
        return true;
    default:
        return false;
    }
}

/* What the linker threw away is at 0. */
static int add_variable(struct variables *v, Dwarf_Die *die)
{
    uint64_t address;
    bool thread_local;
    Dwarf_Die type;
    if (!place_of(die, &address, &thread_local) || (address == 0 && !thread_local) ||
        !csan__types_of(die, &type)) {
        return 0;
    }
    if (v->count == v->room) {
        size_t room = v->room == 0 ? 256 : v->room * 2;
        struct known *at = reallocarray(v->at, room, sizeof *at);
        if (at == NULL) {
            return -ENOMEM;
        }
        v->at = at;
        v->room = room;
    }
    uint64_t bytes = csan__types_size(&type);
    v->at[v->count] = (struct known){*die, address};
    return csan__spans_add(thread_local ? &v->locals : &v->globals, address,
                           address + (bytes == 0 ? 1 : bytes), (uint32_t)v->count++, 0);
}

static int gather(struct variables *v, Dwarf_Die *parent, int depth)
{
    Dwarf_Die die;
    int failed = 0;
    if (depth > DEPTH_MAX || dwarf_child(parent, &die) != 0) {
        return 0;
    }
    for (const void *before = NULL; failed == 0 && die.addr > before;) {
        before = die.addr; /* a damaged file may link siblings into a ring */
        switch (dwarf_tag(&die)) {
        case DW_TAG_variable:
            failed = add_variable(v, &die);
            break;
        case DW_TAG_subprogram:
        case DW_TAG_lexical_block:
        case DW_TAG_namespace:
        case DW_TAG_module:
            failed = gather(v, &die, depth + 1);
            break;
        default:
            break;
        }
        if (dwarf_siblingof(&die, &die) != 0) {
            break;
        }
    }
    return failed;
}

/* Each compilation unit, the split one where there is one. */
static int each_unit(struct variables *v, int (*visit)(struct variables *v, Dwarf_Die *unit))
{
    Dwarf_CU *cu = NULL;
    uint8_t type;
    Dwarf_Die die, split;
    int failed = 0;
    memset(&split, 0, sizeof split);
    while (failed == 0 && dwarf_get_units(v->dwarf, cu, &cu, NULL, &type, &die, &split) == 0) {
        bool is_split = type == DW_UT_skeleton && dwarf_tag(&split) == DW_TAG_compile_unit;
        if (type == DW_UT_compile || type == DW_UT_skeleton) {
            failed = visit(v, is_split ? &split : &die);
        }
        memset(&split, 0, sizeof split);
    }
    return failed;
}

static int gather_unit(struct variables *v, Dwarf_Die *unit)
{
    return gather(v, unit, 0);
}

int csan__variables_open(Dwarf *dwarf, struct variables **out)
{
    struct variables *v = calloc(1, sizeof *v);
    if (v == NULL) {
        return -ENOMEM;
    }
    v->dwarf = dwarf;
    if (each_unit(v, gather_unit) != 0) {
        csan__variables_close(v);
        return -ENOMEM;
    }
    csan__spans_sort(&v->globals);
    csan__spans_sort(&v->locals);
    *out = v;
    return 0;
}

void csan__variables_close(struct variables *v)
{
    csan__spans_free(&v->globals);
    csan__spans_free(&v->locals);
    free(v->complete);
    free(v->at);
    free(v);
}

/* ------------------------------------------------------------------ structs declared elsewhere */

static int gather_complete(struct variables *v, Dwarf_Die *unit)
{
    Dwarf_Die die;
    if (dwarf_child(unit, &die) != 0) {
        return 0;
    }
    for (const void *before = NULL; die.addr > before;) {
        before = die.addr;
        int tag = dwarf_tag(&die);
        const char *name = dwarf_diename(&die);
        bool whole = (tag == DW_TAG_structure_type || tag == DW_TAG_union_type ||
                      tag == DW_TAG_class_type) &&
                     name != NULL && !dwarf_hasattr(&die, DW_AT_declaration);
        if (whole && v->ncomplete == v->complete_room) {
            size_t room = v->complete_room == 0 ? 256 : v->complete_room * 2;
            struct whole *larger = reallocarray(v->complete, room, sizeof *larger);
            if (larger == NULL) {
                return -ENOMEM;
            }
            v->complete = larger;
            v->complete_room = room;
        }
        if (whole) {
            v->complete[v->ncomplete++] = (struct whole){name, die};
        }
        if (dwarf_siblingof(&die, &die) != 0) {
            break;
        }
    }
    return 0;
}

static void complete(struct variables *v, Dwarf_Die *type)
{
    const char *name = csan__types_missing(type);
    if (name == NULL) {
        return;
    }
    if (!v->complete_read) {
        v->complete_read = true;
        each_unit(v, gather_complete);
    }
    for (size_t i = 0; i < v->ncomplete; i++) {
        if (strcmp(v->complete[i].name, name) == 0) {
            *type = v->complete[i].type;
            return;
        }
    }
}

/* ------------------------------------------------------------------ looking up */

static const char *linkage_name(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    const char *name = NULL;
    if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute) != NULL) {
        name = dwarf_formstring(&attribute);
    }
    return name != NULL && strncmp(name, "_Z", 2) == 0 ? name : NULL;
}

static void put_variable(Dwarf_Die *die, struct text *out)
{
    const char *linkage = linkage_name(die), *plain = dwarf_diename(die);
    char *name = linkage == NULL ? NULL : csan__demangle(linkage);
    csan__text_str(out, name != NULL ? name : plain != NULL ? plain : "??");
    free(name);
}

/* By hand: dwarf_decl_file takes 0 for no file, which since DWARF 5 is the first. */
static const char *file_of(Dwarf_Die *die, Dwarf_Die *unit)
{
    Dwarf_Attribute attribute;
    Dwarf_Word index;
    Dwarf_Files *files;
    size_t n;
    if (dwarf_attr_integrate(die, DW_AT_decl_file, &attribute) == NULL ||
        dwarf_formudata(&attribute, &index) != 0 ||
        dwarf_cu_die(attribute.cu, unit, NULL, NULL, NULL, NULL, NULL, NULL) == NULL ||
        dwarf_getsrcfiles(unit, &files, &n) != 0 || index >= n) {
        return NULL;
    }
    const char *file = dwarf_filesrc(files, index, NULL, NULL);
    return file != NULL && strcmp(file, "???") != 0 ? file : NULL;
}

/* The definition's own place; in C++ it is the declaration that has one. */
static void set_place(Dwarf_Die *die, struct variable *out)
{
    Dwarf_Attribute attribute;
    Dwarf_Die unit;
    int line = 0;
    const char *folder = NULL;
    memset(&unit, 0, sizeof unit);
    out->file = file_of(die, &unit);
    out->line = dwarf_decl_line(die, &line) == 0 && line > 0 ? (uint32_t)line : 0;
    if (out->file != NULL && dwarf_attr(&unit, DW_AT_comp_dir, &attribute) != NULL) {
        folder = dwarf_formstring(&attribute);
    }
    bool is_relative = out->file != NULL && out->file[0] != '/';
    out->folder = is_relative && folder != NULL && folder[0] == '/' ? folder : NULL;
}

static void set_pointee(struct variables *v, struct variable *out)
{
    struct text pointee = TEXT(v->pointee);
    Dwarf_Die aim;
    v->pointee[0] = '\0';
    if (csan__types_pointee(&v->leaf, &aim)) {
        csan__types_name(&aim, &pointee);
    }
    out->name = v->name;
    out->pointee = v->pointee;
    v->has_leaf = true;
}

bool csan__variables_find(struct variables *v, uint64_t address, bool thread_local,
                          struct variable *out)
{
    const struct span *span = csan__spans_find(thread_local ? &v->locals : &v->globals, address);
    Dwarf_Die type;
    v->has_leaf = false;
    if (span == NULL || !csan__types_of(&v->at[span->what].die, &type)) {
        return false;
    }
    struct known *known = &v->at[span->what];
    struct text name = TEXT(v->name);
    put_variable(&known->die, &name);
    csan__types_path(&type, address - known->address, &name, &v->leaf);
    set_place(&known->die, out);
    set_pointee(v, out);
    return true;
}

bool csan__variables_follow(struct variables *v, uint64_t offset, struct variable *out)
{
    Dwarf_Die aim;
    struct text name = TEXT(v->name);
    v->name[0] = '\0';
    if (!v->has_leaf || offset > UINT64_MAX / 2 || !csan__types_pointee(&v->leaf, &aim)) {
        v->has_leaf = false;
        return false;
    }
    complete(v, &aim);
    if (csan__types_size(&aim) == 1) { /* bytes: whatever the pointer in them is, they do not say */
        v->has_leaf = false;
        return false;
    }
    *out = (struct variable){.file = NULL};
    csan__types_follow(&aim, offset, &name, &v->leaf);
    set_pointee(v, out);
    return true;
}

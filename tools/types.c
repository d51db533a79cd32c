/* What lies at an offset of a type: members, elements, pointers. */
#include "tools/types.h"

#include <dwarf.h>

#define DEPTH_MAX 32        /* members within members; deeper is garbage */
#define DIMENSIONS_MAX 8    /* of an array */
#define MEMBERS_MAX 100000u /* of a struct: a damaged file may link them into a ring */

bool csan__types_of(Dwarf_Die *die, Dwarf_Die *out)
{
    Dwarf_Attribute attribute;
    return dwarf_attr_integrate(die, DW_AT_type, &attribute) != NULL &&
           dwarf_formref_die(&attribute, out) != NULL;
}

/* Without typedefs, const and the like. */
static bool peel(const Dwarf_Die *type, Dwarf_Die *out)
{
    Dwarf_Die copy = *type;
    return dwarf_peel_type(&copy, out) == 0;
}

uint64_t csan__types_size(const Dwarf_Die *type)
{
    Dwarf_Die bare;
    Dwarf_Word bytes = 0;
    return peel(type, &bare) && dwarf_aggregate_size(&bare, &bytes) == 0 ? bytes : 0;
}

bool csan__types_pointee(const Dwarf_Die *pointer, Dwarf_Die *out)
{
    Dwarf_Die bare, aim;
    if (!peel(pointer, &bare)) {
        return false;
    }
    int tag = dwarf_tag(&bare);
    if (tag != DW_TAG_pointer_type && tag != DW_TAG_reference_type) {
        return false;
    }
    *out = bare;
    return csan__types_of(&bare, out) && peel(out, &aim);
}

const char *csan__types_missing(const Dwarf_Die *type)
{
    Dwarf_Die bare;
    if (!peel(type, &bare) || !dwarf_hasattr(&bare, DW_AT_declaration)) {
        return NULL;
    }
    return dwarf_diename(&bare);
}

/* ------------------------------------------------------------------ names of types */

static const char *keyword_of(Dwarf_Die *type)
{
    Dwarf_Die unit;
    int language = dwarf_diecu(type, &unit, NULL, NULL) == NULL ? 0 : dwarf_srclang(&unit);
    if (language != DW_LANG_C && language != DW_LANG_C89 && language != DW_LANG_C99 &&
        language != DW_LANG_C11) {
        return "";
    }
    int tag = dwarf_tag(type);
    return tag == DW_TAG_structure_type     ? "struct "
           : tag == DW_TAG_union_type       ? "union "
           : tag == DW_TAG_enumeration_type ? "enum "
                                            : "";
}

void csan__types_name(const Dwarf_Die *type, struct text *out)
{
    Dwarf_Die at = *type;
    const char *stars[DEPTH_MAX];
    int n = 0;
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        int tag = dwarf_tag(&at);
        if (tag == DW_TAG_pointer_type || tag == DW_TAG_array_type) {
            stars[n] = tag == DW_TAG_array_type ? "[]" : n > 0 ? "*" : " *";
            n++;
        } else if (dwarf_diename(&at) != NULL) {
            csan__text_str(out, keyword_of(&at));
            csan__text_str(out, dwarf_diename(&at));
            break;
        }
        if (!csan__types_of(&at, &at)) {
            csan__text_str(out, n > 0 ? "void" : "");
            break;
        }
    }
    for (int i = 0; i < n; i++) {
        csan__text_str(out, stars[i]);
    }
}

/* ------------------------------------------------------------------ members and elements */

static bool is_unbounded(const Dwarf_Die *type)
{
    Dwarf_Die bare;
    return peel(type, &bare) && dwarf_tag(&bare) == DW_TAG_array_type &&
           csan__types_size(&bare) == 0;
}

/* Where a member begins; false: it is none (a type, a function, a static one). */
static bool member_at(Dwarf_Die *member, uint64_t *at, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    int tag = dwarf_tag(member);
    if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) ||
        dwarf_hasattr(member, DW_AT_declaration) || !csan__types_of(member, type)) {
        return false;
    }
    Dwarf_Word value = 0;
    if (dwarf_attr(member, DW_AT_data_member_location, &attribute) != NULL &&
        dwarf_formudata(&attribute, &value) != 0) {
        return false; /* a virtual base: only the object itself knows where it is */
    }
    *at = value;
    return true;
}

static void put_path(const Dwarf_Die *type, uint64_t offset, struct text *out, Dwarf_Die *leaf,
                     int depth);

static bool leads_to_pointer(const Dwarf_Die *type, uint64_t offset, int depth)
{
    char room[64];
    struct text ignored = TEXT(room);
    Dwarf_Die leaf;
    put_path(type, offset, &ignored, &leaf, depth + 1);
    return dwarf_tag(&leaf) == DW_TAG_pointer_type;
}

/* The member that holds the offset: the last that does, as one without bounds is; of a union's the
 * first that has a pointer there. */
static bool find_member(Dwarf_Die *of, uint64_t offset, Dwarf_Die *out, uint64_t *start, int depth)
{
    Dwarf_Die member, type;
    uint64_t at;
    bool is_union = dwarf_tag(of) == DW_TAG_union_type, found = false;
    if (dwarf_child(of, &member) != 0) {
        return false;
    }
    for (unsigned i = 0; i < MEMBERS_MAX; i++) {
        if (member_at(&member, &at, &type) && at <= offset &&
            (offset - at < csan__types_size(&type) || is_unbounded(&type))) {
            bool points = is_union && leads_to_pointer(&type, offset - at, depth);
            if (!found || !is_union || points) {
                *out = member;
                *start = at;
                found = true;
            }
            if (points) {
                break;
            }
        }
        if (dwarf_siblingof(&member, &member) != 0) {
            break;
        }
    }
    return found;
}

/* Elements of each dimension; how many dimensions. A count of 0: without bounds. */
static unsigned read_dimensions(Dwarf_Die *array, uint64_t counts[DIMENSIONS_MAX])
{
    Dwarf_Die range;
    unsigned n = 0;
    if (dwarf_child(array, &range) != 0) {
        return 0;
    }
    do {
        Dwarf_Attribute attribute;
        Dwarf_Word value = 0;
        if (dwarf_tag(&range) != DW_TAG_subrange_type) {
            continue;
        }
        if (dwarf_attr(&range, DW_AT_count, &attribute) != NULL) {
            counts[n] = dwarf_formudata(&attribute, &value) == 0 ? value : 0;
        } else {
            counts[n] = dwarf_attr(&range, DW_AT_upper_bound, &attribute) != NULL &&
                                dwarf_formudata(&attribute, &value) == 0
                            ? value + 1
                            : 0;
        }
        n++;
    } while (n < DIMENSIONS_MAX && dwarf_siblingof(&range, &range) == 0);
    return n;
}

/* `[2][5]`; what is left of the offset is in the element. */
static bool put_indices(Dwarf_Die *array, Dwarf_Die *element, uint64_t *offset, struct text *out)
{
    uint64_t counts[DIMENSIONS_MAX], bytes, inner = 1;
    if (!csan__types_of(array, element) || (bytes = csan__types_size(element)) == 0) {
        return false;
    }
    unsigned n = read_dimensions(array, counts);
    uint64_t index = *offset / bytes;
    for (unsigned i = 1; i < n; i++) {
        inner *= counts[i] == 0 ? 1 : counts[i];
    }
    for (unsigned i = 0; i < n && inner != 0; i++) {
        csan__text_format(out, "[%lu]", (unsigned long)(index / inner));
        index %= inner;
        inner /= i + 1 < n && counts[i + 1] != 0 ? counts[i + 1] : 1;
    }
    *offset %= bytes;
    return true;
}

/* One member or element further in; false: there is none. */
static bool step_into(Dwarf_Die *type, uint64_t *offset, struct text *out, int depth)
{
    Dwarf_Die member, element;
    uint64_t start;
    switch (dwarf_tag(type)) {
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_union_type:
        if (!find_member(type, *offset, &member, &start, depth)) {
            return false;
        }
        if (dwarf_tag(&member) == DW_TAG_member && dwarf_diename(&member) != NULL) {
            csan__text_str(out, ".");
            csan__text_str(out, dwarf_diename(&member));
        }
        *offset -= start;
        return csan__types_of(&member, type);
    case DW_TAG_array_type:
        if (!put_indices(type, &element, offset, out)) {
            return false;
        }
        *type = element;
        return true;
    default:
        return false;
    }
}

static void put_path(const Dwarf_Die *type, uint64_t offset, struct text *out, Dwarf_Die *leaf,
                     int depth)
{
    Dwarf_Die at = *type, bare;
    for (; depth < DEPTH_MAX && peel(&at, &bare); depth++) {
        at = bare;
        if (!step_into(&at, &offset, out, depth)) {
            break;
        }
    }
    if (offset > 0) {
        csan__text_format(out, "+%lu", (unsigned long)offset);
    }
    *leaf = at;
}

void csan__types_path(const Dwarf_Die *type, uint64_t offset, struct text *out, Dwarf_Die *leaf)
{
    put_path(type, offset, out, leaf, 0);
}

static bool is_aggregate(const Dwarf_Die *type)
{
    int tag = dwarf_tag((Dwarf_Die *)type);
    return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/* Behind the size of one element lies the next, or more of an array that has no bounds. */
static bool goes_on(const Dwarf_Die *type, uint64_t offset)
{
    Dwarf_Die bare = *type, member, member_type;
    uint64_t start;
    return is_aggregate(type) && find_member(&bare, offset, &member, &start, 0) &&
           csan__types_of(&member, &member_type) && is_unbounded(&member_type);
}

void csan__types_follow(const Dwarf_Die *type, uint64_t offset, struct text *out, Dwarf_Die *leaf)
{
    Dwarf_Die bare;
    uint64_t bytes = csan__types_size(type);
    if (!peel(type, &bare)) {
        bare = *type;
    }
    char room[512];
    struct text path = TEXT(room);
    room[0] = '\0';
    if (bytes == 0 || offset < bytes || goes_on(&bare, offset)) {
        csan__types_path(&bare, offset, &path, leaf);
        bool arrow = is_aggregate(&bare) && room[0] == '.';
        csan__text_str(out, arrow ? "->" : is_aggregate(&bare) || room[0] != '\0' ? "" : "[0]");
        csan__text_str(out, arrow ? room + 1 : room);
        return;
    }
    csan__types_path(&bare, offset % bytes, &path, leaf);
    csan__text_format(out, "[%lu]%s", (unsigned long)(offset / bytes), room);
}

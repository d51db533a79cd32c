#include "record/cfi.h"
#include "base/arena.h"
#include "record/cfi_cursor.h"
#include "record/module.h"

#include <errno.h>

/* How a pointer is stored (Linux Standard Base, 10.5). */
enum {
    PE_ABSPTR = 0x00,
    PE_ULEB128 = 0x01,
    PE_UDATA2 = 0x02,
    PE_UDATA4 = 0x03,
    PE_UDATA8 = 0x04,
    PE_SLEB128 = 0x09,
    PE_SDATA2 = 0x0a,
    PE_SDATA4 = 0x0b,
    PE_SDATA8 = 0x0c,
    PE_FORMAT = 0x0f,
    PE_PCREL = 0x10,
    PE_DATAREL = 0x30,
    PE_ALIGNED = 0x50,
    PE_RELATION = 0x70,
    PE_INDIRECT = 0x80,
    PE_OMIT = 0xff
};

/* struct dl_find_object of glibc >= 2.35, declared here so that older headers will do. */
struct found_object {
    unsigned long long flags;
    void *map_start, *map_end, *link_map, *eh_frame_header;
    unsigned long long reserved[8];
};
extern int find_object(void *pc, struct found_object *out) __asm__("_dl_find_object")
    __attribute__((weak));

static bool avoid_find_object; /* test seam */

void csan__cfi_use_find_object(bool use)
{
    __atomic_store_n(&avoid_find_object, !use, __ATOMIC_RELAXED);
}

/* The first words of the loader's struct link_map, which are public. */
struct loaded {
    uintptr_t bias;
    const char *path;
};

bool csan__cfi_object(uintptr_t pc, struct cfi_object *out)
{
    struct found_object found;
    if (csan__cfi_asks_loader() && find_object((void *)pc, &found) == 0) {
        const struct loaded *loaded = found.link_map;
        *out = (struct cfi_object){found.map_start, loaded->path};
        return true;
    }
    return false;
}

static uintptr_t take_value(struct cursor *c, uint8_t format)
{
    switch (format) {
    case PE_ABSPTR:
    case PE_UDATA8:
    case PE_SDATA8:
        return take(c, 8);
    case PE_ULEB128:
        return take_uleb(c);
    case PE_SLEB128:
        return (uintptr_t)take_sleb(c);
    case PE_UDATA2:
        return take(c, 2);
    case PE_UDATA4:
        return take(c, 4);
    case PE_SDATA2:
        return (uintptr_t)take_signed(c, 2);
    case PE_SDATA4:
        return (uintptr_t)take_signed(c, 4);
    default:
        c->bad = true;
        return 0;
    }
}

/* data_base: the header's address, for what is relative to it. An indirect pointer's own place is
 * returned: nothing that is stored so (personality routines) is needed here. */
static uintptr_t take_pointer(struct cursor *c, uint8_t encoding, uintptr_t data_base)
{
    if (encoding == PE_OMIT)
        return 0;
    if ((encoding & PE_RELATION) == PE_ALIGNED) {
        skip(c, (0 - (uintptr_t)c->at) & 7);
        return take(c, 8);
    }
    uintptr_t place = (uintptr_t)c->at;
    uintptr_t value = take_value(c, encoding & PE_FORMAT);
    switch (encoding & PE_RELATION) {
    case 0:
        return value;
    case PE_PCREL:
        return value + place;
    case PE_DATAREL:
        return value + data_base;
    default:
        c->bad = true;
        return 0;
    }
}

/* One entry of .eh_frame: length, id, body. */
struct entry {
    struct cursor body; /* behind the id */
    uintptr_t id_at;
    uint32_t id; /* 0: a CIE; else how far before id_at the FDE's CIE begins */
};

/* 0, -ENOENT (the terminator) or -EINVAL. */
static int open_entry(uintptr_t at, uintptr_t lo, uintptr_t hi, struct entry *out)
{
    if (at < lo || at >= hi || hi - at < 8)
        return -EINVAL;
    struct cursor c = {.at = (const uint8_t *)at, .end = (const uint8_t *)hi};
    uint64_t length = take(&c, 4);
    if (length == 0)
        return -ENOENT;
    if (length < 4 || length > (uint64_t)(c.end - c.at)) /* 2^32-1, the 64-bit form, too */
        return -EINVAL;
    c.end = c.at + length;
    out->id_at = (uintptr_t)c.at;
    out->id = (uint32_t)take(&c, 4);
    out->body = c;
    return 0;
}

struct cie {
    struct cursor program;
    uint64_t code_align;
    int64_t data_align;
    uint8_t pointer_encoding;
    bool sized_augmentation; /* 'z' */
    bool signal_frame;
};

static void read_augmentation(struct cursor *c, const char *names, struct cie *out)
{
    uint64_t bytes = take_uleb(c);
    struct cursor data = *c;
    skip(c, bytes);
    data.end = c->at;
    for (; *names; names++) {
        switch (*names) {
        case 'R':
            out->pointer_encoding = (uint8_t)take(&data, 1);
            break;
        case 'P':
            take_pointer(&data, (uint8_t)take(&data, 1), 0);
            break;
        case 'L':
            take(&data, 1);
            break;
        case 'S':
            out->signal_frame = true;
            break;
        default: /* 'B', 'G' and what is to come: no data that is of use here */
            break;
        }
    }
    c->bad |= data.bad;
}

static int open_cie(uintptr_t at, uintptr_t lo, uintptr_t hi, struct cie *out)
{
    struct entry e;
    if (open_entry(at, lo, hi, &e) != 0 || e.id != 0)
        return -EINVAL;
    struct cursor *c = &e.body;
    *out = (struct cie){.pointer_encoding = PE_ABSPTR};
    unsigned version = (unsigned)take(c, 1);
    const char *names = (const char *)c->at;
    while (take(c, 1) != 0)
        ;
    if (c->bad || (version != 1 && version != 3 && version != 4))
        return -EINVAL;
    if (names[0] == 'e' && names[1] == 'h') {
        take(c, 8);
        names += 2;
    }
    if (version == 4 && take(c, 2) != 8) /* address size 8, no segments */
        return -EINVAL;
    out->code_align = take_uleb(c);
    out->data_align = take_sleb(c);
    uint64_t return_column = version == 1 ? take(c, 1) : take_uleb(c);
    if (return_column != CFI_RIP)
        return -EINVAL;
    if (names[0] == 'z') {
        out->sized_augmentation = true;
        read_augmentation(c, names + 1, out);
    } else if (names[0]) {
        return -EINVAL;
    }
    out->program = *c;
    return c->bad ? -EINVAL : 0;
}

struct fde {
    struct cie cie;
    struct cursor program;
    uintptr_t start, end;
};

static int open_fde(uintptr_t at, uintptr_t lo, uintptr_t hi, struct fde *out)
{
    struct entry e;
    if (open_entry(at, lo, hi, &e) != 0 || e.id == 0)
        return -EINVAL;
    if (open_cie(e.id_at - e.id, lo, hi, &out->cie) != 0)
        return -EINVAL;
    uint8_t encoding = out->cie.pointer_encoding;
    if (encoding & PE_INDIRECT)
        return -EINVAL;
    out->start = take_pointer(&e.body, encoding, 0);
    out->end = out->start + take_pointer(&e.body, encoding & PE_FORMAT, 0);
    if (out->cie.sized_augmentation)
        skip(&e.body, take_uleb(&e.body));
    out->program = e.body;
    return e.body.bad ? -EINVAL : 0;
}

/* ---- running a program ---- */

#define REMEMBERED_MAX 4 /* compilers nest one deep */

struct machine {
    const struct cie *cie;
    struct cursor code;
    uintptr_t at, pc; /* the row's address, the one that is looked for */
    struct cfi_row row;
    struct cfi_row initial; /* as the CIE's program left it */
    struct cfi_row remembered[REMEMBERED_MAX];
    unsigned depth;
    bool bad;
};

static int32_t narrow(struct machine *m, int64_t offset)
{
    if (offset != (int32_t)offset)
        m->bad = true;
    return (int32_t)offset;
}

static void set_rule(struct machine *m, uint64_t reg, uint8_t how, int64_t offset)
{
    if (reg < CFI_REGS)
        m->row.regs[reg] = (struct cfi_rule){.how = how, .offset = narrow(m, offset)};
}

static int64_t factored(const struct machine *m, int64_t n)
{
    return (int64_t)((uint64_t)n * (uint64_t)m->cie->data_align);
}

static struct cfi_rule take_expression(struct machine *m, uint8_t how)
{
    uint64_t bytes = take_uleb(&m->code);
    struct cfi_rule rule = {.how = how, .bytes = (uint16_t)bytes};
    rule.offset = narrow(m, m->code.at - m->row.expressions);
    skip(&m->code, bytes);
    m->bad |= bytes > UINT16_MAX;
    return rule;
}

static void restore(struct machine *m, uint64_t reg)
{
    if (reg < CFI_REGS)
        m->row.regs[reg] = m->initial.regs[reg];
}

static void remember(struct machine *m)
{
    if (m->depth == REMEMBERED_MAX)
        m->bad = true;
    else
        m->remembered[m->depth++] = m->row;
}

static void recall(struct machine *m)
{
    if (m->depth == 0)
        m->bad = true;
    else
        m->row = m->remembered[--m->depth];
}

static void advance(struct machine *m, uint64_t units)
{
    m->at += (uintptr_t)(units * m->cie->code_align);
}

/* Only a CFA that is register + offset has parts that can be changed apart. */
static void change_cfa(struct machine *m, bool has_reg, uint64_t reg, bool has_offset, int64_t off)
{
    struct cfi_rule *cfa = &m->row.cfa;
    if ((!has_reg || !has_offset) && cfa->how != CFI_REGISTER)
        m->bad = true;
    if (has_reg && reg >= CFI_REGS)
        m->bad = true;
    cfa->how = CFI_REGISTER;
    if (has_reg)
        cfa->reg = (uint8_t)reg;
    if (has_offset)
        cfa->offset = narrow(m, off);
}

static bool run_cfa_opcode(struct machine *m, uint8_t op)
{
    struct cursor *c = &m->code;
    uint64_t reg;
    switch (op) {
    case 0x0c: /* def_cfa */
        reg = take_uleb(c);
        change_cfa(m, true, reg, true, (int64_t)take_uleb(c));
        return true;
    case 0x12: /* def_cfa_sf */
        reg = take_uleb(c);
        change_cfa(m, true, reg, true, factored(m, take_sleb(c)));
        return true;
    case 0x0d: /* def_cfa_register */
        change_cfa(m, true, take_uleb(c), false, 0);
        return true;
    case 0x0e: /* def_cfa_offset */
        change_cfa(m, false, 0, true, (int64_t)take_uleb(c));
        return true;
    case 0x13: /* def_cfa_offset_sf */
        change_cfa(m, false, 0, true, factored(m, take_sleb(c)));
        return true;
    case 0x0f: /* def_cfa_expression */
        m->row.cfa = take_expression(m, CFI_IS_EXPRESSION);
        return true;
    default:
        return false;
    }
}

static void take_rule_expression(struct machine *m, uint8_t how)
{
    uint64_t reg = take_uleb(&m->code);
    struct cfi_rule rule = take_expression(m, how);
    if (reg < CFI_REGS)
        m->row.regs[reg] = rule;
}

static void take_rule_register(struct machine *m)
{
    uint64_t reg = take_uleb(&m->code), other = take_uleb(&m->code);
    set_rule(m, reg, other < CFI_REGS ? CFI_REGISTER : CFI_UNDEFINED, 0);
    if (reg < CFI_REGS && other < CFI_REGS)
        m->row.regs[reg].reg = (uint8_t)other;
}

static bool run_register_opcode(struct machine *m, uint8_t op)
{
    struct cursor *c = &m->code;
    uint64_t reg;
    switch (op) {
    case 0x05: /* offset_extended */
    case 0x14: /* val_offset */
        reg = take_uleb(c);
        set_rule(m, reg, op == 0x05 ? CFI_AT_CFA : CFI_IS_CFA, factored(m, (int64_t)take_uleb(c)));
        return true;
    case 0x11: /* offset_extended_sf */
    case 0x15: /* val_offset_sf */
        reg = take_uleb(c);
        set_rule(m, reg, op == 0x11 ? CFI_AT_CFA : CFI_IS_CFA, factored(m, take_sleb(c)));
        return true;
    case 0x2f: /* GNU_negative_offset_extended */
        reg = take_uleb(c);
        set_rule(m, reg, CFI_AT_CFA, -factored(m, (int64_t)take_uleb(c)));
        return true;
    case 0x06: /* restore_extended */
        restore(m, take_uleb(c));
        return true;
    case 0x07: /* undefined */
        set_rule(m, take_uleb(c), CFI_UNDEFINED, 0);
        return true;
    case 0x08: /* same_value */
        set_rule(m, take_uleb(c), CFI_SAME, 0);
        return true;
    case 0x09: /* register */
        take_rule_register(m);
        return true;
    case 0x10: /* expression */
    case 0x16: /* val_expression */
        take_rule_expression(m, op == 0x10 ? CFI_AT_EXPRESSION : CFI_IS_EXPRESSION);
        return true;
    default:
        return false;
    }
}

static void run_opcode(struct machine *m, uint8_t op)
{
    struct cursor *c = &m->code;
    switch (op) {
    case 0x00: /* nop */
        break;
    case 0x01: /* set_loc */
        m->at = take_pointer(c, m->cie->pointer_encoding, 0);
        break;
    case 0x02: /* advance_loc1, 2, 4 */
    case 0x03:
    case 0x04:
        advance(m, take(c, 1u << (op - 2)));
        break;
    case 0x0a:
        remember(m);
        break;
    case 0x0b:
        recall(m);
        break;
    case 0x2e: /* GNU_args_size */
        take_uleb(c);
        break;
    default:
        if (!run_cfa_opcode(m, op) && !run_register_opcode(m, op))
            m->bad = true;
    }
}

/* What a program is mostly made of, as far as it goes: advance_loc, and def_cfa_offset below 128. */
static void run_quickly(struct machine *m)
{
    const uint8_t *at = m->code.at, *end = m->code.end;
    uintptr_t loc = m->at, step = m->cie->code_align;
    struct cfi_rule *cfa = &m->row.cfa;
    while (end - at >= 2 && loc <= m->pc) {
        if (*at >> 6 == 1) {
            loc += (*at++ & 0x3f) * step;
        } else if (*at == 0x0e && at[1] < 0x80 && cfa->how == CFI_REGISTER) {
            cfa->offset = at[1];
            at += 2;
        } else {
            break;
        }
    }
    m->at = loc;
    m->code.at = at;
}

/* Until the next row would begin beyond pc. */
static int run(struct machine *m, const struct cursor *program)
{
    m->code = *program;
    while (m->code.at < m->code.end && !m->bad) {
        uint8_t op = (uint8_t)take(&m->code, 1), low = op & 0x3f;
        switch (op >> 6) {
        case 1: /* advance_loc */
            advance(m, low);
            break;
        case 2: /* offset */
            set_rule(m, low, CFI_AT_CFA, factored(m, (int64_t)take_uleb(&m->code)));
            break;
        case 3: /* restore */
            restore(m, low);
            break;
        default:
            run_opcode(m, op);
        }
        run_quickly(m);
        if (m->at > m->pc)
            break;
    }
    return m->bad || m->code.bad ? -EINVAL : 0;
}

static int run_fde(const struct fde *fde, const struct cfi_table *t, uintptr_t pc,
                   struct cfi_row *out)
{
    struct machine m; /* 1 KiB: not zeroed whole */
    m.cie = &fde->cie;
    m.pc = UINTPTR_MAX;
    m.at = 0;
    m.depth = 0;
    m.bad = false;
    memset(&m.row, 0, sizeof m.row);
    memset(&m.initial, 0, sizeof m.initial);
    m.row.cfa.how = CFI_UNDEFINED;
    m.row.expressions = (const uint8_t *)t->lo;
    if (run(&m, &fde->cie.program) != 0)
        return -EINVAL;
    m.initial = m.row;
    m.depth = 0;
    m.pc = pc;
    m.at = fde->start;
    if (run(&m, &fde->program) != 0)
        return -EINVAL;
    *out = m.row;
    out->function_start = fde->start;
    out->function_end = fde->end;
    out->signal_frame = fde->cie.signal_frame;
    return 0;
}

/* ---- finding the FDE ---- */

int csan__cfi_open_header(uintptr_t header, uintptr_t lo, uintptr_t hi, struct cfi_table *out)
{
    if (header < lo || header >= hi)
        return -EINVAL;
    struct cursor c = {.at = (const uint8_t *)header, .end = (const uint8_t *)hi};
    unsigned version = (unsigned)take(&c, 1);
    uint8_t frame_encoding = (uint8_t)take(&c, 1);
    uint8_t count_encoding = (uint8_t)take(&c, 1);
    uint8_t table_encoding = (uint8_t)take(&c, 1);
    take_pointer(&c, frame_encoding, header);
    if (c.bad || version != 1)
        return -EINVAL;
    if (count_encoding == PE_OMIT || table_encoding != (PE_DATAREL | PE_SDATA4))
        return -ENOENT;
    uint64_t count = take_pointer(&c, count_encoding, header);
    if (c.bad || ((uintptr_t)c.at & 3) || count > (uint64_t)(c.end - c.at) / 8)
        return -EINVAL;
    *out = (struct cfi_table){
        .lo = lo, .hi = hi, .base = header, .pairs = (const int32_t *)c.at, .count = count};
    return count ? 0 : -ENOENT;
}

bool csan__cfi_asks_loader(void)
{
    return find_object && !__atomic_load_n(&avoid_find_object, __ATOMIC_RELAXED);
}

/* The table that serves pc: from the loader, which needs no lock, or from the module list. */
static int find_table(uintptr_t pc, struct cfi_table *out)
{
    if (csan__cfi_asks_loader()) {
        struct found_object found;
        if (find_object((void *)pc, &found) != 0)
            return -ENOENT;
        if (found.eh_frame_header &&
            csan__cfi_open_header((uintptr_t)found.eh_frame_header, (uintptr_t)found.map_start,
                                  (uintptr_t)found.map_end, out) == 0)
            return 0;
    }
    const struct module *m = csan__module_find_live(pc);
    if (!m || !m->cfi.pairs)
        return -ENOENT;
    *out = m->cfi;
    return 0;
}

static uintptr_t search(const struct cfi_table *t, uintptr_t pc)
{
    size_t below = 0, above = t->count;
    while (above - below > 1) {
        size_t middle = below + (above - below) / 2;
        if (t->base + (uintptr_t)(intptr_t)t->pairs[2 * middle] <= pc)
            below = middle;
        else
            above = middle;
    }
    return t->base + (uintptr_t)(intptr_t)t->pairs[2 * below + 1];
}

int csan__cfi_find_in(const struct cfi_table *table, uintptr_t pc, struct cfi_row *row)
{
    struct fde fde;
    int rc = open_fde(search(table, pc), table->lo, table->hi, &fde);
    if (rc != 0)
        return rc;
    if (pc < fde.start || pc >= fde.end)
        return -ENOENT;
    return run_fde(&fde, table, pc, row);
}

int csan__cfi_find(uintptr_t pc, struct cfi_row *row)
{
    struct cfi_table table;
    int rc = find_table(pc, &table);
    return rc != 0 ? rc : csan__cfi_find_in(&table, pc, row);
}

/* ---- an index where the linker made none ---- */

static void sift(int32_t (*pairs)[2], size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && pairs[child][0] < pairs[child + 1][0])
            child++;
        if (pairs[root][0] >= pairs[child][0])
            return;
        int32_t swap[2] = {pairs[root][0], pairs[root][1]};
        memcpy(pairs[root], pairs[child], sizeof swap);
        memcpy(pairs[child], swap, sizeof swap);
    }
}

static void sort(int32_t (*pairs)[2], size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift(pairs, i, count);
    for (size_t last = count; last-- > 1;) {
        int32_t swap[2] = {pairs[0][0], pairs[0][1]};
        memcpy(pairs[0], pairs[last], sizeof swap);
        memcpy(pairs[last], swap, sizeof swap);
        sift(pairs, 0, last);
    }
}

/* Fills pairs (may be NULL: counts only) from all FDEs; what does not fit 2^31 or lies outside the
 * module (sections that the linker threw away) is left out. */
static size_t list(uintptr_t at, size_t bytes, const struct cfi_table *t, int32_t (*pairs)[2],
                   size_t room)
{
    uintptr_t end = at + bytes;
    size_t n = 0;
    struct entry e;
    struct fde fde;
    for (; at < end && open_entry(at, t->lo, end, &e) == 0; at = (uintptr_t)e.body.end) {
        if (e.id == 0 || open_fde(at, t->lo, end, &fde) != 0)
            continue;
        intptr_t function = (intptr_t)(fde.start - t->base), place = (intptr_t)(at - t->base);
        if (fde.start < t->lo || fde.start >= t->hi || function > INT32_MAX || place > INT32_MAX)
            continue;
        if (pairs && n < room) {
            pairs[n][0] = (int32_t)function;
            pairs[n][1] = (int32_t)place;
        }
        n++;
    }
    return n;
}

int csan__cfi_index(uintptr_t eh_frame, size_t bytes, uintptr_t lo, uintptr_t hi,
                    struct cfi_table *out)
{
    if (eh_frame < lo || eh_frame >= hi)
        return -EINVAL;
    if (bytes > hi - eh_frame)
        bytes = hi - eh_frame;
    struct cfi_table t = {.lo = lo, .hi = hi, .base = lo};
    t.count = list(eh_frame, bytes, &t, NULL, 0);
    if (t.count == 0)
        return -EINVAL;
    int32_t(*pairs)[2] = csan__arena_alloc(t.count * sizeof *pairs);
    if (!pairs)
        return -ENOMEM;
    list(eh_frame, bytes, &t, pairs, t.count);
    sort(pairs, t.count);
    t.pairs = &pairs[0][0];
    *out = t;
    return 0;
}

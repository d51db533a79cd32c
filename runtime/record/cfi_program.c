#include "record/cfi_program.h"

#include <errno.h>

#define REMEMBERED_MAX 4 /* compilers nest one deep */

struct machine {
    const struct cfi_cie *cie;
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
        m->at = csan__cfi_take_pointer(c, m->cie->pointer_encoding, 0);
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

/* What a program is mostly made of, as far as it goes: advance_loc, and def_cfa_offset below 128.
 */
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

int csan__cfi_run(const struct cfi_fde *fde, uintptr_t base, uintptr_t pc, struct cfi_row *out)
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
    m.row.expressions = (const uint8_t *)base;
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

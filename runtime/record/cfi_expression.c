#include "record/cfi.h"
#include "record/cfi_cursor.h"

#include <errno.h>

/* The stack machine of DWARF 5, section 2.5, as far as call frame information may use it. */

#define STACK_MAX 64
#define STEPS_MAX 1000 /* branches may go backwards */

struct machine {
    const struct cfi_view *view;
    const uint8_t *start;
    struct cursor code;
    uintptr_t stack[STACK_MAX];
    unsigned depth;
    bool bad;
};

static void push(struct machine *m, uintptr_t value)
{
    if (m->depth == STACK_MAX)
        m->bad = true;
    else
        m->stack[m->depth++] = value;
}

static uintptr_t pop(struct machine *m)
{
    if (m->depth == 0) {
        m->bad = true;
        return 0;
    }
    return m->stack[--m->depth];
}

static uintptr_t pick(struct machine *m, uint64_t n)
{
    if (n >= m->depth) {
        m->bad = true;
        return 0;
    }
    return m->stack[m->depth - 1 - (unsigned)n];
}

static uintptr_t reg(struct machine *m, uint64_t n)
{
    if (n >= CFI_REGS || !(m->view->known & 1u << n)) {
        m->bad = true;
        return 0;
    }
    return m->view->regs[n];
}

static uintptr_t deref(struct machine *m, uintptr_t at, uint64_t bytes)
{
    uintptr_t value = 0;
    if (bytes == 0 || bytes > 8 || !m->view->read ||
        !m->view->read(m->view->arg, at, (unsigned)bytes, &value))
        m->bad = true;
    return value;
}

static void branch(struct machine *m, int64_t distance)
{
    int64_t at = m->code.at - m->start;
    if (distance < -at || distance > m->code.end - m->code.at)
        m->bad = true;
    else
        m->code.at += distance;
}

/* `n` bytes, an odd opcode of each pair is the signed one. */
static uintptr_t constant(struct machine *m, uint8_t op)
{
    if (op == 0x10)
        return take_uleb(&m->code);
    if (op == 0x11)
        return (uintptr_t)take_sleb(&m->code);
    unsigned bytes = 1u << ((op - 0x08) / 2);
    return op & 1 ? (uintptr_t)take_signed(&m->code, bytes) : take(&m->code, bytes);
}

static void run_binary(struct machine *m, uint8_t op)
{
    uintptr_t b = pop(m), a = pop(m), result = 0;
    intptr_t sb = (intptr_t)b, sa = (intptr_t)a;
    bool no_divisor = b == 0 || (sb == -1 && sa == INTPTR_MIN);
    switch (op) {
    case 0x1a: result = a & b; break;
    case 0x1b: m->bad |= no_divisor; result = no_divisor ? 0 : (uintptr_t)(sa / sb); break;
    case 0x1c: result = a - b; break;
    case 0x1d: m->bad |= b == 0; result = b == 0 ? 0 : a % b; break;
    case 0x1e: result = a * b; break;
    case 0x21: result = a | b; break;
    case 0x22: result = a + b; break;
    case 0x24: result = b < 64 ? a << b : 0; break;
    case 0x25: result = b < 64 ? a >> b : 0; break;
    case 0x26: result = (uintptr_t)(sa >> (b < 63 ? b : 63)); break;
    case 0x27: result = a ^ b; break;
    case 0x29: result = sa == sb; break;
    case 0x2a: result = sa >= sb; break;
    case 0x2b: result = sa > sb; break;
    case 0x2c: result = sa <= sb; break;
    case 0x2d: result = sa < sb; break;
    case 0x2e: result = sa != sb; break;
    default: m->bad = true;
    }
    push(m, result);
}

static void rotate(struct machine *m)
{
    uintptr_t top = pop(m), second = pop(m), third = pop(m);
    push(m, top);
    push(m, third);
    push(m, second);
}

static void swap(struct machine *m)
{
    uintptr_t top = pop(m), second = pop(m);
    push(m, top);
    push(m, second);
}

static void absolute(struct machine *m)
{
    uintptr_t a = pop(m);
    push(m, (intptr_t)a < 0 ? 0 - a : a);
}

static void run_rest(struct machine *m, uint8_t op)
{
    struct cursor *c = &m->code;
    uintptr_t a;
    switch (op) {
    case 0x03: push(m, take(c, 8)); break; /* addr */
    case 0x06: push(m, deref(m, pop(m), 8)); break;
    case 0x12: push(m, pick(m, 0)); break; /* dup */
    case 0x13: pop(m); break;              /* drop */
    case 0x14: push(m, pick(m, 1)); break; /* over */
    case 0x15: push(m, pick(m, take(c, 1))); break;
    case 0x16: swap(m); break;
    case 0x17: rotate(m); break;
    case 0x19: absolute(m); break;
    case 0x1f: push(m, 0 - pop(m)); break; /* neg */
    case 0x20: push(m, ~pop(m)); break;    /* not */
    case 0x23: a = pop(m); push(m, a + take_uleb(c)); break; /* plus_uconst */
    case 0x28: a = (uintptr_t)take_signed(c, 2); if (pop(m)) branch(m, (int64_t)a); break; /* bra */
    case 0x2f: branch(m, take_signed(c, 2)); break; /* skip */
    case 0x92: a = reg(m, take_uleb(c)); push(m, a + (uintptr_t)take_sleb(c)); break; /* bregx */
    case 0x94: a = take(c, 1); push(m, deref(m, pop(m), a)); break; /* deref_size */
    case 0x96: break;                                               /* nop */
    default: run_binary(m, op);
    }
}

int csan__cfi_evaluate(const struct cfi_rule *rule, const struct cfi_view *view,
                       const uintptr_t *first, uintptr_t *result)
{
    struct machine m;
    m.view = view;
    m.start = rule->expression;
    m.code = (struct cursor){.at = rule->expression, .end = rule->expression + rule->bytes};
    m.depth = 0;
    m.bad = false;
    if (first)
        push(&m, *first);
    for (unsigned steps = 0; m.code.at < m.code.end; steps++) {
        uint8_t op = (uint8_t)take(&m.code, 1);
        if (op >= 0x08 && op <= 0x11)
            push(&m, constant(&m, op));
        else if (op >= 0x30 && op <= 0x4f)
            push(&m, op - 0x30u); /* lit */
        else if (op >= 0x70 && op <= 0x8f)
            push(&m, reg(&m, op - 0x70u) + (uintptr_t)take_sleb(&m.code)); /* breg */
        else
            run_rest(&m, op);
        if (m.bad || m.code.bad || steps == STEPS_MAX)
            return -EINVAL;
    }
    if (m.depth == 0)
        return -EINVAL;
    *result = m.stack[m.depth - 1];
    return 0;
}

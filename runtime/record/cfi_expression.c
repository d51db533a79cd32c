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

/* Of two operands; the second was on top. */
static void run_arithmetic(struct machine *m, uint8_t op)
{
    uintptr_t b = pop(m), a = pop(m), result = 0;
    intptr_t sa = (intptr_t)a, sb = (intptr_t)b;
    bool undefined = b == 0 || (op == 0x1b && sb == -1 && sa == INTPTR_MIN);
    if (op == 0x1a)
        result = a & b;
    else if ((op == 0x1b || op == 0x1d) && undefined)
        m->bad = true;
    else if (op == 0x1b)
        result = (uintptr_t)(sa / sb);
    else if (op == 0x1c)
        result = a - b;
    else if (op == 0x1d)
        result = a % b;
    else if (op == 0x1e)
        result = a * b;
    else if (op == 0x21)
        result = a | b;
    else if (op == 0x22)
        result = a + b;
    else if (op == 0x24)
        result = b < 64 ? a << b : 0;
    else if (op == 0x25)
        result = b < 64 ? a >> b : 0;
    else if (op == 0x26)
        result = (uintptr_t)(sa >> (b < 63 ? b : 63));
    else if (op == 0x27)
        result = a ^ b;
    else
        m->bad = true;
    push(m, result);
}

/* eq ge gt le lt ne */
static bool run_comparison(struct machine *m, uint8_t op)
{
    if (op < 0x29 || op > 0x2e)
        return false;
    intptr_t b = (intptr_t)pop(m), a = (intptr_t)pop(m);
    const bool results[] = {a == b, a >= b, a > b, a <= b, a < b, a != b};
    push(m, results[op - 0x29]);
    return true;
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

static void branch_if(struct machine *m, bool conditional)
{
    int64_t distance = take_signed(&m->code, 2);
    if (!conditional || pop(m) != 0)
        branch(m, distance);
}

/* Operations of one operand. */
static bool run_unary(struct machine *m, uint8_t op)
{
    uintptr_t a = pop(m);
    if (op == 0x06) /* deref */
        a = deref(m, a, 8);
    else if (op == 0x94) /* deref_size */
        a = deref(m, a, take(&m->code, 1));
    else if (op == 0x19) /* abs */
        a = (intptr_t)a < 0 ? 0 - a : a;
    else if (op == 0x1f) /* neg */
        a = 0 - a;
    else if (op == 0x20) /* not */
        a = ~a;
    else /* plus_uconst */
        a += take_uleb(&m->code);
    push(m, a);
    return true;
}

static bool run_stack(struct machine *m, uint8_t op)
{
    struct cursor *c = &m->code;
    uint64_t n;
    switch (op) {
    case 0x03: /* addr */
        push(m, take(c, 8));
        return true;
    case 0x06:
    case 0x19:
    case 0x1f:
    case 0x20:
    case 0x23:
    case 0x94:
        return run_unary(m, op);
    case 0x12: /* dup, over */
    case 0x14:
        push(m, pick(m, op == 0x14));
        return true;
    case 0x13: /* drop */
        pop(m);
        return true;
    case 0x15: /* pick */
        push(m, pick(m, take(c, 1)));
        return true;
    case 0x16:
        swap(m);
        return true;
    case 0x17:
        rotate(m);
        return true;
    case 0x28: /* bra, skip */
    case 0x2f:
        branch_if(m, op == 0x28);
        return true;
    case 0x92: /* bregx */
        n = take_uleb(c);
        push(m, reg(m, n) + (uintptr_t)take_sleb(c));
        return true;
    case 0x96: /* nop */
        return true;
    default:
        return false;
    }
}

int csan__cfi_evaluate(const struct cfi_row *row, const struct cfi_rule *rule,
                       const struct cfi_view *view, const uintptr_t *first, uintptr_t *result)
{
    struct machine m;
    m.view = view;
    m.start = row->expressions + rule->offset;
    m.code = (struct cursor){.at = m.start, .end = m.start + rule->bytes};
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
        else if (!run_stack(&m, op) && !run_comparison(&m, op))
            run_arithmetic(&m, op);
        if (m.bad || m.code.bad || steps == STEPS_MAX)
            return -EINVAL;
    }
    if (m.depth == 0)
        return -EINVAL;
    *result = m.stack[m.depth - 1];
    return 0;
}

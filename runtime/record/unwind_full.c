#include "record/cfi.h"
#include "record/module.h"
#include "record/unwind_frame.h"
#include "base/os.h"

#include <errno.h>
#include <string.h>
#include <ucontext.h>

/* ---- what both walkers use ---- */

/* Where in a signal's frame a register is, by DWARF number. */
static const uint8_t place_of[17] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                     REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                     REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};

void csan__unwind_of_signal(const void *ucontext, struct full_regs *out)
{
    const ucontext_t *uc = ucontext;
    for (int i = 0; i < 17; i++)
        out->r[i] = (uintptr_t)uc->uc_mcontext.gregs[place_of[i]];
}

/* The kernel leaves a struct ucontext where the handler's return address was popped from. */
bool csan__unwind_signal_regs(struct peek *peek, uintptr_t sp, struct full_regs *out)
{
    uintptr_t gregs = sp + offsetof(ucontext_t, uc_mcontext.gregs);
    for (int i = 0; i < 17; i++)
        if (!csan__peek_word(peek, gregs + 8u * place_of[i], &out->r[i]))
            return false;
    return true;
}

bool csan__unwind_is_restorer(uintptr_t pc)
{
    static const uint8_t restorer[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};
    uint8_t code[sizeof restorer];
    return csan__os_read_memory(code, (const void *)pc, sizeof code) == sizeof code &&
           memcmp(code, restorer, sizeof code) == 0;
}

/* Pages outside modules that were readable once. Nothing is read there, so that a page that has
 * gone since makes a frame less sure, no more. */
#define PAGES_SEEN 64
static uintptr_t pages_seen[PAGES_SEEN];

bool csan__unwind_is_code(uintptr_t pc)
{
    uintptr_t page = pc / CSAN_PAGE;
    uint8_t byte;
    if (pc >= UNWIND_PC_END || page == 0)
        return false;
    if (__atomic_load_n(&pages_seen[page % PAGES_SEEN], __ATOMIC_RELAXED) == page ||
        csan__module_find_live(pc))
        return true;
    if (csan__os_read_memory(&byte, (const void *)pc, 1) != 1)
        return false;
    __atomic_store_n(&pages_seen[page % PAGES_SEEN], page, __ATOMIC_RELAXED);
    return true;
}

bool csan__unwind_is_entry(uintptr_t pc)
{
    struct cfi_row row;
    return csan__cfi_find(pc, &row) == 0 && row.function_start == pc;
}

bool csan__unwind_may_go(const struct peek *peek, uintptr_t from, uintptr_t to)
{
    bool was_in = from >= peek->in.lo && from < peek->in.hi;
    bool is_in = to >= peek->in.lo && to < peek->in.hi;
    return (to & 7) == 0 && (to > from || (is_in && !was_in));
}

int csan__unwind_by_frame_pointer(struct peek *peek, struct walked *w)
{
    uintptr_t pc, bp;
    if (w->bp == 0 && csan__module_find_live(w->pc - 1))
        return -ENOENT;
    if ((w->bp & 7) || w->bp < w->sp || !csan__unwind_is_code(w->pc - 1))
        return -ENODATA;
    if (!csan__peek_word(peek, w->bp, &bp) || !csan__peek_word(peek, w->bp + 8, &pc))
        return -ENODATA;
    if (pc != 0 && !csan__unwind_is_code(pc - 1))
        return -ENODATA;
    *w = (struct walked){.pc = pc, .sp = w->bp + 16, .bp = bp};
    return 0;
}

/* ---- the full walk ---- */

static bool read_for_expression(void *peek, uintptr_t at, unsigned bytes, uintptr_t *value)
{
    return csan__peek_value(peek, at, bytes, value);
}

/* What row says of register reg in the caller; false: unreadable. */
static bool apply(const struct cfi_row *row, unsigned reg, const struct cfi_view *view,
                  uintptr_t cfa, uintptr_t *value)
{
    const struct cfi_rule *rule = &row->regs[reg];
    uintptr_t at;
    switch (rule->how) {
    case CFI_AT_CFA:
        return csan__peek_word(view->arg, cfa + (uintptr_t)(intptr_t)rule->offset, value);
    case CFI_IS_CFA:
        *value = cfa + (uintptr_t)(intptr_t)rule->offset;
        return true;
    case CFI_REGISTER:
        *value = view->regs[rule->reg];
        return true;
    case CFI_AT_EXPRESSION:
        return csan__cfi_evaluate(row, rule, view, &cfa, &at) == 0 &&
               csan__peek_word(view->arg, at, value);
    case CFI_IS_EXPRESSION:
        return csan__cfi_evaluate(row, rule, view, &cfa, value) == 0;
    default:
        *value = view->regs[reg];
        return true;
    }
}

static bool find_cfa(const struct cfi_row *row, const struct cfi_view *view, uintptr_t *cfa)
{
    if (row->cfa.how == CFI_REGISTER) {
        *cfa = view->regs[row->cfa.reg] + (uintptr_t)(intptr_t)row->cfa.offset;
        return true;
    }
    return row->cfa.how == CFI_IS_EXPRESSION &&
           csan__cfi_evaluate(row, &row->cfa, view, NULL, cfa) == 0;
}

static int step_by_row(struct full_regs *at, const struct cfi_row *row, struct peek *peek)
{
    struct cfi_view view = {
        .regs = at->r, .known = 0x1ffff, .read = read_for_expression, .arg = peek};
    struct full_regs up;
    uintptr_t cfa;
    if (row->regs[CFI_RIP].how == CFI_UNDEFINED)
        return -ENOENT;
    if (row->regs[CFI_RIP].how == CFI_SAME || !find_cfa(row, &view, &cfa))
        return -ENODATA;
    for (unsigned i = 0; i < CFI_REGS; i++)
        if (!apply(row, i, &view, cfa, &up.r[i]))
            return -ENODATA;
    if (row->regs[CFI_RSP].how == CFI_SAME || row->regs[CFI_RSP].how == CFI_UNDEFINED)
        up.r[CFI_RSP] = cfa;
    if (!row->signal_frame && !csan__unwind_may_go(peek, at->r[CFI_RSP], up.r[CFI_RSP]))
        return -ENODATA;
    *at = up;
    return 0;
}

static int step_without_row(struct full_regs *at, bool *exact, struct peek *peek)
{
    struct walked w = {.pc = at->r[CFI_RIP] + *exact, .sp = at->r[CFI_RSP], .bp = at->r[CFI_RBP]};
    if (csan__unwind_is_restorer(at->r[CFI_RIP])) {
        struct full_regs up;
        if (!csan__unwind_signal_regs(peek, w.sp, &up))
            return -ENODATA;
        *at = up;
        *exact = true;
        return 0;
    }
    if (!*exact && csan__unwind_is_entry(w.pc))
        return -ENOENT;
    int rc = csan__unwind_by_frame_pointer(peek, &w);
    if (rc != 0)
        return rc;
    at->r[CFI_RIP] = w.pc;
    at->r[CFI_RSP] = w.sp;
    at->r[CFI_RBP] = w.bp;
    *exact = false;
    return 0;
}

static int step(struct full_regs *at, bool *exact, struct peek *peek, uintptr_t *function_start)
{
    struct cfi_row row;
    uintptr_t pc = at->r[CFI_RIP];
    int rc;
    *function_start = 0;
    if (pc == 0 && !*exact)
        return -ENOENT; /* pushed by hand to say so */
    if (pc >= UNWIND_PC_END)
        return -ENODATA;
    if (csan__cfi_find(*exact ? pc : pc - 1, &row) == 0) {
        *function_start = row.function_start;
        rc = step_by_row(at, &row, peek);
        if (rc == 0)
            *exact = row.signal_frame;
    } else {
        rc = step_without_row(at, exact, peek);
    }
    if (rc == 0)
        csan__peek_move(peek, at->r[CFI_RSP]);
    return rc;
}

int csan__unwind_step(struct full_regs *at, bool *pc_is_exact, const struct stack_bounds *in,
                      uintptr_t *function_start)
{
    struct peek peek;
    uintptr_t ignored;
    csan__peek_open(&peek, in, at->r[CFI_RSP]);
    return step(at, pc_is_exact, &peek, function_start ? function_start : &ignored);
}

struct walk csan__unwind_full(const struct full_regs *at, bool pc_is_exact,
                              const struct stack_bounds *in, uintptr_t *pcs, uint32_t max)
{
    struct walk walk = {.truncated = true};
    struct full_regs regs = *at;
    struct peek peek;
    uintptr_t ignored;
    csan__peek_open(&peek, in, regs.r[CFI_RSP]);
    for (;;) {
        uintptr_t pc = regs.r[CFI_RIP] + pc_is_exact;
        if (walk.depth > 0 && pc - 1 >= UNWIND_PC_END - 1) {
            walk.truncated = pc != 0;
            break;
        }
        if (walk.depth == max)
            break;
        pcs[walk.depth++] = pc;
        walk.hash = csan__unwind_hash_add(walk.hash, pc);
        int rc = step(&regs, &pc_is_exact, &peek, &ignored);
        if (rc != 0) {
            walk.truncated = rc != -ENOENT;
            break;
        }
    }
    walk.hash = csan__unwind_hash_end(walk.hash);
    return walk;
}

/* rdi: out. Caller-saved registers are not told: their values are nobody's any more. */
__attribute__((naked)) void csan__unwind_here(__attribute__((unused)) struct full_regs *out)
{
    __asm__("xorl %eax, %eax\n\t"
            "movq %rax, 0(%rdi)\n\t"
            "movq %rax, 8(%rdi)\n\t"
            "movq %rax, 16(%rdi)\n\t"
            "movq %rbx, 24(%rdi)\n\t"
            "movq %rax, 32(%rdi)\n\t"
            "movq %rax, 40(%rdi)\n\t"
            "movq %rbp, 48(%rdi)\n\t"
            "leaq 8(%rsp), %rcx\n\t"
            "movq %rcx, 56(%rdi)\n\t"
            "movq %rax, 64(%rdi)\n\t"
            "movq %rax, 72(%rdi)\n\t"
            "movq %rax, 80(%rdi)\n\t"
            "movq %rax, 88(%rdi)\n\t"
            "movq %r12, 96(%rdi)\n\t"
            "movq %r13, 104(%rdi)\n\t"
            "movq %r14, 112(%rdi)\n\t"
            "movq %r15, 120(%rdi)\n\t"
            "movq (%rsp), %rcx\n\t"
            "movq %rcx, 128(%rdi)\n\t"
            "ret");
}

#include "record/cfi.h"
#include "record/module.h"
#include "record/unwind_frame.h"

#include <errno.h>

/* ---- the rule cache ----
 *
 * A rule says how to get from a return address to the next one. Its key is the address, 47 bits.
 * Bits 3 to 17 choose the line, bits 0 to 2 where in it the search begins, and the tag holds the
 * rest (bits 15 to 46 with bits 0 to 2 xored in: the line gives bits 15 to 17 back). No address can
 * be taken for another.
 *
 *   one cache line             ┌─────────────── entry, 8 bytes, read and written at once
 * ──────────┐ ┌───┬───┬───┬───┬─ … ─┐    │ 21 CFA offset / 8 │ 8 slot of rbp │ 3 kind │       32
 * tag        │ │ 0 │ 1 │ 2 │ 3 │     │
 * └───────────────────┴───────────────┴────────┴─────────────────────┘ └───┴───┴───┴───┴─ … ─┘ an
 * entry of 0 is free; a full line loses one
 *
 * The return address is at CFA - 8, the saved rbp at CFA - 8 * slot (slot 0: rbp is unchanged).
 * The walk's speed is the latency from one return address to the next, load to load: so the place
 * in the table is one `and` away from the address, and the offset one shift away from the entry. */
enum rule_kind {
    RULE_NONE,   /* not in the cache */
    RULE_SP,     /* CFA = rsp + offset */
    RULE_BP,     /* CFA = rbp + offset */
    RULE_END,    /* the outermost frame */
    RULE_SIGNAL, /* a signal frame */
    RULE_COMPLEX,
    RULE_NO_CFI,
    RULE_BP_DEREF /* CFA = *(rbp - offset), rbp saved at *rbp: gcc's realigned frames with alloca */
};

#define SLOT_MAX 255
#define WORDS_MAX 0x1fffff

#define WAYS 8
#define ENTRIES (1u << 18)

/* Written with single atomic stores by anybody; lost updates are learnt anew. */
static uint64_t rules[ENTRIES] __attribute__((aligned(64)));

static CSAN_ALWAYS_INLINE size_t home_of(uintptr_t pc)
{
    return pc & (ENTRIES - 1);
}

static CSAN_ALWAYS_INLINE uint32_t tag_of(uintptr_t pc)
{
    return (uint32_t)(pc >> 15) ^ (pc & (WAYS - 1));
}

/* home_of and tag_of backwards. */
static uintptr_t pc_of(size_t at, uint32_t tag)
{
    uintptr_t line = at / WAYS, low = (tag ^ line >> 12) & (WAYS - 1);
    return (uintptr_t)(tag ^ low) << 15 | (line & 0xfff) << 3 | low;
}

static CSAN_ALWAYS_INLINE uint32_t kind_of(uint64_t rule)
{
    return (uint32_t)(rule >> 32) & 7;
}

static CSAN_ALWAYS_INLINE uint32_t slot_bytes(uint64_t rule)
{
    return (uint32_t)(rule >> 32) & 0x7f8;
}

static CSAN_ALWAYS_INLINE uintptr_t offset_words(uint64_t rule)
{
    return rule >> 43;
}

static uint64_t pack(uint32_t kind, int64_t words, int64_t slot)
{
    return (uint64_t)words << 43 | (uint64_t)slot << 35 | (uint64_t)kind << 32;
}

static CSAN_COLD uint64_t look_around(uintptr_t pc)
{
    for (size_t i = 1; i < WAYS; i++) {
        uint64_t rule = __atomic_load_n(&rules[home_of(pc) ^ i], __ATOMIC_RELAXED);
        if ((uint32_t)rule == tag_of(pc) && rule != 0)
            return rule;
    }
    return RULE_NONE;
}

static void keep_rule(uintptr_t pc, uint64_t rule)
{
    size_t at = home_of(pc);
    for (size_t i = 0; i < WAYS; i++) {
        uint64_t old = __atomic_load_n(&rules[home_of(pc) ^ i], __ATOMIC_RELAXED);
        if (old == 0 || (uint32_t)old == tag_of(pc)) {
            at = home_of(pc) ^ i;
            break;
        }
    }
    __atomic_store_n(&rules[at], rule | tag_of(pc), __ATOMIC_RELAXED);
}

/* A return address may be the one behind the last byte of its function, hence of the range. */
void csan__unwind_forget(uintptr_t lo, uintptr_t hi)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        uint64_t rule = __atomic_load_n(&rules[i], __ATOMIC_RELAXED);
        if (rule && pc_of(i, (uint32_t)rule) - 1 - lo < hi - lo)
            __atomic_compare_exchange_n(&rules[i], &rule, 0, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED);
    }
}

unsigned csan__unwind_count(uintptr_t lo, uintptr_t hi)
{
    unsigned n = 0;
    for (size_t i = 0; i < ENTRIES; i++) {
        uint64_t rule = __atomic_load_n(&rules[i], __ATOMIC_RELAXED);
        n += rule && pc_of(i, (uint32_t)rule) - 1 - lo < hi - lo;
    }
    return n;
}

bool csan__unwind_is_valid(void)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        uint64_t rule = __atomic_load_n(&rules[i], __ATOMIC_RELAXED);
        uintptr_t pc = pc_of(i, (uint32_t)rule);
        if (rule && (kind_of(rule) == RULE_NONE || pc >= UNWIND_PC_END ||
                     home_of(pc) / WAYS != i / WAYS || tag_of(pc) != (uint32_t)rule))
            return false;
    }
    return true;
}

/* ---- learning a rule ---- */

/* An expression that comes to rsp + a constant, whatever rsp is, needs no evaluation later: the
 * PLT's, which looks at rip alone besides. */
static bool is_sp_plus(const struct cfi_row *row, uintptr_t pc, int64_t *offset)
{
    uintptr_t regs[CFI_REGS] = {[CFI_RSP] = (uintptr_t)1 << 40, [CFI_RIP] = pc};
    struct cfi_view view = {.regs = regs, .known = 1u << CFI_RSP | 1u << CFI_RIP};
    uintptr_t first, second;
    if (csan__cfi_evaluate(row, &row->cfa, &view, NULL, &first) != 0)
        return false;
    first -= regs[CFI_RSP];
    regs[CFI_RSP] = (uintptr_t)0x5a5a5a5a << 4;
    if (csan__cfi_evaluate(row, &row->cfa, &view, NULL, &second) != 0)
        return false;
    *offset = (int64_t)first;
    return first == second - regs[CFI_RSP];
}

struct bp_deref {
    uintptr_t at; /* what was read */
    unsigned reads;
};

static bool note_read(void *arg, uintptr_t at, unsigned bytes, uintptr_t *value)
{
    struct bp_deref *seen = arg;
    seen->at = at;
    seen->reads += bytes == 8 ? 1 : 2;
    *value = (uintptr_t)1 << 41; /* a CFA that the expression must hand on unchanged */
    return true;
}

/* gcc's realigned frame: the CFA is stored at a fixed place under rbp, rbp at rbp. */
static bool is_bp_deref(const struct cfi_row *row, int64_t *offset)
{
    uintptr_t regs[CFI_REGS] = {[CFI_RBP] = (uintptr_t)1 << 40};
    struct bp_deref seen = {.at = 0};
    struct cfi_view view = {.regs = regs, .known = 1u << CFI_RBP, .read = note_read, .arg = &seen};
    uintptr_t cfa, bp_at;
    if (csan__cfi_evaluate(row, &row->cfa, &view, NULL, &cfa) != 0 || seen.reads != 1 ||
        cfa != (uintptr_t)1 << 41)
        return false;
    *offset = (int64_t)(regs[CFI_RBP] - seen.at);
    view.read = NULL;
    return row->regs[CFI_RBP].how == CFI_AT_EXPRESSION &&
           csan__cfi_evaluate(row, &row->regs[CFI_RBP], &view, &cfa, &bp_at) == 0 &&
           bp_at == regs[CFI_RBP];
}

static bool fits(int64_t offset)
{
    return offset > 0 && offset / 8 <= WORDS_MAX && (offset & 7) == 0;
}

static uint64_t rule_of_row(const struct cfi_row *row, uintptr_t pc)
{
    const struct cfi_rule *cfa = &row->cfa, *ra = &row->regs[CFI_RIP], *bp = &row->regs[CFI_RBP];
    int64_t offset = 0, slot = 0;
    if (ra->how == CFI_UNDEFINED)
        return pack(RULE_END, 0, 0);
    if (row->signal_frame)
        return pack(csan__unwind_is_restorer(pc) ? RULE_SIGNAL : RULE_COMPLEX, 0, 0);
    if (ra->how != CFI_AT_CFA || ra->offset != -8 || row->regs[CFI_RSP].how != CFI_SAME)
        return pack(RULE_COMPLEX, 0, 0);
    if (cfa->how == CFI_IS_EXPRESSION && is_bp_deref(row, &offset))
        return fits(offset) ? pack(RULE_BP_DEREF, offset / 8, 0) : pack(RULE_COMPLEX, 0, 0);
    if (bp->how == CFI_AT_CFA) {
        slot = -bp->offset / 8;
        if (bp->offset % 8 || slot < 2 || slot > SLOT_MAX)
            return pack(RULE_COMPLEX, 0, 0);
    } else if (bp->how != CFI_SAME && bp->how != CFI_UNDEFINED) {
        return pack(RULE_COMPLEX, 0, 0);
    }
    if (cfa->how == CFI_IS_EXPRESSION && is_sp_plus(row, pc - 1, &offset) && fits(offset))
        return pack(RULE_SP, offset / 8, slot);
    if (cfa->how == CFI_REGISTER && cfa->reg == CFI_RSP && fits(cfa->offset))
        return pack(RULE_SP, cfa->offset / 8, slot);
    if (cfa->how == CFI_REGISTER && cfa->reg == CFI_RBP && fits(cfa->offset))
        return pack(RULE_BP, cfa->offset / 8, slot);
    return pack(RULE_COMPLEX, 0, 0);
}

/* The first stack that passes through a module has it noted, whoever loaded it and how. */
static CSAN_COLD uint64_t learn(uintptr_t pc)
{
    struct cfi_row row;
    int rc = csan__cfi_find(pc - 1, &row);
    if ((rc == 0 || !csan__cfi_asks_loader()) && !csan__module_find_live(pc - 1)) {
        csan__module_refresh();
        rc = csan__cfi_find(pc - 1, &row);
    }
    uint64_t rule = pack(RULE_NO_CFI, 0, 0);
    if (rc == 0)
        rule = rule_of_row(&row, pc);
    else if (!csan__module_find_live(pc - 1))
        return rule; /* not kept: generated code changes, and modules come */
    else if (csan__unwind_is_restorer(pc))
        rule = pack(RULE_SIGNAL, 0, 0);
    else if (csan__unwind_is_entry(pc))
        rule = pack(RULE_END, 0, 0);
    keep_rule(pc, rule);
    return rule;
}

/* Beyond the home slot: elsewhere in the line, or to be learnt. */
static CSAN_COLD CSAN_NOINLINE uint64_t find_rule(uintptr_t pc)
{
    uint64_t rule = look_around(pc);
    return rule != RULE_NONE ? rule : learn(pc);
}

/* ---- the walk ---- */

enum outcome { GO_ON, OUTERMOST, LOST, NEEDS_ALL_REGISTERS };

static enum outcome leave_signal_frame(struct walked *w, struct peek *peek)
{
    struct full_regs up;
    if (!csan__unwind_signal_regs(peek, w->sp, &up))
        return LOST;
    *w = (struct walked){.pc = up.r[CFI_RIP] + 1, .sp = up.r[CFI_RSP], .bp = up.r[CFI_RBP]};
    return GO_ON;
}

static enum outcome leave_frame_slowly(struct walked *w, uint64_t rule, struct peek *peek)
{
    uintptr_t offset = offset_words(rule) * 8, slot = slot_bytes(rule);
    struct walked up = {.bp = w->bp};
    if (kind_of(rule) == RULE_BP_DEREF) {
        if (!csan__peek_word(peek, w->bp - offset, &up.sp) || !csan__peek_word(peek, w->bp, &up.bp))
            return LOST;
    } else {
        up.sp = (kind_of(rule) == RULE_SP ? w->sp : w->bp) + offset;
    }
    if (!csan__unwind_may_go(peek, w->sp, up.sp) || !csan__peek_word(peek, up.sp - 8, &up.pc) ||
        (slot && !csan__peek_word(peek, up.sp - slot, &up.bp)))
        return LOST;
    *w = up;
    return GO_ON;
}

/* One frame, where the plain loads of the hot loop will not do. */
static CSAN_COLD enum outcome leave_slowly(struct walked *w, uint64_t rule, struct peek *peek)
{
    enum outcome outcome = GO_ON;
    int rc;
    switch (kind_of(rule)) {
    case RULE_END:
        return OUTERMOST;
    case RULE_COMPLEX:
        return NEEDS_ALL_REGISTERS;
    case RULE_SIGNAL:
        outcome = leave_signal_frame(w, peek);
        break;
    case RULE_NO_CFI:
        rc = csan__unwind_by_frame_pointer(peek, w);
        outcome = rc == 0 ? GO_ON : rc == -ENOENT ? OUTERMOST : LOST;
        break;
    default:
        outcome = leave_frame_slowly(w, rule, peek);
    }
    if (outcome == GO_ON)
        csan__peek_move(peek, w->sp);
    return outcome;
}

/* csan's own frames are on the stack below `at`: from here up to it, keeping every register. False:
 * `at` is not to be found there. */
static CSAN_COLD CSAN_NOINLINE bool walk_with_all_registers(const struct regs *at,
                                                            const struct stack_bounds *in,
                                                            uintptr_t *pcs, uint32_t max,
                                                            struct walk *out)
{
    struct full_regs r;
    bool exact = false;
    csan__unwind_here(&r);
    for (int i = 0; i < 64; i++) {
        if (r.r[CFI_RSP] == at->sp && r.r[CFI_RIP] == at->pc) {
            *out = csan__unwind_full(&r, false, in, pcs, max);
            return true;
        }
        if (csan__unwind_step(&r, &exact, in, NULL) != 0)
            break;
    }
    return false;
}

struct walk csan__unwind_fully(const struct regs *at, const struct stack_bounds *in, uintptr_t *pcs,
                               uint32_t max)
{
    struct walk walk = {.depth = 1, .truncated = true};
    if (walk_with_all_registers(at, in, pcs, max, &walk))
        return walk;
    pcs[0] = at->pc;
    walk.hash = csan__unwind_hash_end(csan__unwind_hash_add(0, at->pc));
    return walk;
}

/* ---- its shape ---- */

struct tracer {
    const struct regs *at;
    struct walk_shape *shape;
    uint32_t max;
    uint32_t bp_slot; /* where the rbp in force was saved */
    bool bp_linked;   /* it has a link already */
};

static bool words_above(uintptr_t at, uintptr_t sp, uint16_t *words)
{
    uintptr_t n = (at - sp) / 8;
    *words = (uint16_t)n;
    return at >= sp && (at & 7) == 0 && n < UNWIND_BP_ITSELF;
}

static void trace_bp_use(struct tracer *t, uintptr_t bp)
{
    struct walk_shape *s = t->shape;
    if (t->bp_linked || !s->known)
        return;
    t->bp_linked = true;
    if (s->nlinks == t->max || !words_above(bp, t->at->sp, &s->links[s->nlinks].value))
        s->known = false;
    s->links[s->nlinks++].slot = (uint16_t)t->bp_slot;
}

static void trace_frame(struct tracer *t, uint32_t frame, uintptr_t ra_at, uintptr_t bp_at)
{
    struct walk_shape *s = t->shape;
    uint16_t bp_slot = 0;
    if (!words_above(ra_at, t->at->sp, &s->span) ||
        (bp_at && !words_above(bp_at, t->at->sp, &bp_slot)))
        s->known = false;
    s->slots[frame] = s->span;
    if (bp_at) {
        t->bp_slot = bp_slot;
        t->bp_linked = false;
    }
}

/* ---- the hot loop ---- */

static CSAN_ALWAYS_INLINE uintptr_t word(uintptr_t at)
{
    return *(const uintptr_t *)at;
}

/* The word below base + 8 * words, by one instruction: three cycles sooner than by way of the CFA.
 */
static CSAN_ALWAYS_INLINE uintptr_t word_below(uintptr_t base, uintptr_t words)
{
    uintptr_t value;
    __asm__("movq -8(%1,%2,8), %0" : "=r"(value) : "r"(base), "r"(words) : "memory");
    return value;
}

/* t: NULL, as a constant, when no shape is wanted. Every frame passes `pcs[depth++]`; plain loads
 * are made at and above sp and below hi, which is 0 where none may be. */
static CSAN_ALWAYS_INLINE struct walk walk(const struct regs *at, const struct stack_bounds *in,
                                           uintptr_t *pcs, uint32_t max, struct tracer *t)
{
    uintptr_t pc = at->pc, sp = at->sp, bp = at->bp;
    uint64_t hash = 0;
    uint32_t depth = 0;
    enum outcome outcome = LOST;
    struct peek peek;
    csan__peek_open(&peek, in, sp);
    uintptr_t hi = peek.hi;
    do {
        pcs[depth++] = pc;
        hash = csan__unwind_hash_add(hash, pc);
        uint64_t rule = __atomic_load_n(&rules[home_of(pc)], __ATOMIC_RELAXED);
        if (CSAN_UNLIKELY((uint32_t)rule != tag_of(pc) || rule == 0))
            rule = find_rule(pc);
        uintptr_t slot = slot_bytes(rule), base = sp;
        uintptr_t cfa = sp + offset_words(rule) * 8;
        if (kind_of(rule) != RULE_SP) {
            base = bp;
            cfa = bp + offset_words(rule) * 8;
            if (CSAN_UNLIKELY(kind_of(rule) != RULE_BP || (cfa & 7)))
                cfa = 0;
            else if (t)
                trace_bp_use(t, bp);
        }
        if (CSAN_LIKELY(cfa - 8 >= sp && cfa - 8 < hi && slot <= cfa - sp)) {
            if (t && depth < max)
                trace_frame(t, depth, cfa - 8, slot ? cfa - slot : 0);
            if (slot)
                bp = word(cfa - slot);
            pc = word_below(base, offset_words(rule));
            sp = cfa;
        } else {
            struct walked w = {.pc = pc, .sp = sp, .bp = bp};
            if (t)
                t->shape->known &= kind_of(rule) == RULE_END;
            outcome = leave_slowly(&w, rule, &peek);
            if (outcome != GO_ON)
                break;
            pc = w.pc;
            sp = w.sp;
            bp = w.bp;
            hi = sp >= peek.lo && sp < peek.hi ? peek.hi : 0;
        }
        /* Or gcc pairs the two in a vector register, at some 10 cycles a frame. */
        __asm__("" : "+r"(pc), "+r"(sp));
        if (CSAN_UNLIKELY(pc - 1 >= UNWIND_PC_END - 1)) {
            if (t)
                t->shape->known = false;
            outcome = pc == 0 ? OUTERMOST : LOST;
            break;
        }
        outcome = LOST;
    } while (depth < max);
    struct walk result = {.depth = depth, .truncated = outcome != OUTERMOST};
    result.hash = csan__unwind_hash_end(hash);
    if (CSAN_UNLIKELY(outcome == NEEDS_ALL_REGISTERS))
        walk_with_all_registers(at, in, pcs, max, &result);
    return result;
}

CSAN_HOT struct walk csan__unwind_fast(const struct regs *at, const struct stack_bounds *in,
                                       uintptr_t *pcs, uint32_t max)
{
    return walk(at, in, pcs, max, NULL);
}

struct walk csan__unwind_shape(const struct regs *at, const struct stack_bounds *in, uintptr_t *pcs,
                               uint32_t max, struct walk_shape *shape)
{
    struct tracer t = {.at = at, .shape = shape, .max = max, .bp_slot = UNWIND_BP_ITSELF};
    shape->known = true;
    shape->span = 0;
    shape->nlinks = 0;
    return walk(at, in, pcs, max, &t);
}

/* Call frame information: opcodes, expressions, headers, indexes and damage. */
#include "base/arena.h"
#include "base/os.h"
#include "record/cfi.h"
#include "record/module.h"
#include "tests/unit/suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

/* ---- opcodes: a function whose every line changes a rule ---- */

__asm__(".text\n"
        ".globl rules_start\n"
        ".type rules_start, @function\n"
        "rules_start:\n"
        ".cfi_startproc\n"
        "nop\n" /* 0 */
        ".cfi_def_cfa_offset 24\n"
        ".cfi_offset %rbp, -16\n"
        "nop\n" /* 1 */
        ".cfi_def_cfa %rbp, 32\n"
        ".cfi_remember_state\n"
        "nop\n" /* 2 */
        ".cfi_def_cfa %rbx, -8\n"
        ".cfi_restore %rbp\n"
        ".cfi_undefined %r12\n"
        "nop\n" /* 3 */
        ".cfi_restore_state\n"
        ".cfi_same_value %r13\n"
        ".cfi_register %r14, %rdx\n"
        "nop\n" /* 4 */
        ".cfi_def_cfa_register %rsp\n"
        ".cfi_def_cfa_offset 40\n"
        "nop\n"                                      /* 5 */
        ".cfi_escape 0x0f, 0x03, 0x77, 0x10, 0x06\n" /* CFA: *(rsp + 16) */
        "nop\n"                                      /* 6 */
        ".cfi_escape 0x10, 0x03, 0x02, 0x76, 0x78\n" /* rbx at rbp - 8 */
        ".cfi_escape 0x16, 0x0f, 0x02, 0x76, 0x08\n" /* r15 is rbp + 8 */
        ".cfi_escape 0x14, 0x0c, 0x04\n"             /* r12 is CFA - 32 */
        ".cfi_escape 0x2e, 0x10\n"                   /* GNU_args_size */
        "nop\n"                                      /* 7 */
        ".cfi_escape 0x12, 0x07, 0x7e\n"             /* CFA: rsp + -2 * -8 */
        ".cfi_escape 0x11, 0x06, 0x7d\n"             /* rbp at CFA + 24 */
        ".cfi_escape 0x2f, 0x03, 0x02\n"             /* rbx at CFA + 16 */
        ".cfi_escape 0x06, 0x0c\n"                   /* r12 restored */
        "nop\n"                                      /* 8 */
        ".fill 300, 1, 0x90\n"                       /* 9 .. 308 */
        ".cfi_def_cfa_offset 64\n"
        "nop\n" /* 309 */
        ".fill 70000, 1, 0x90\n"
        ".cfi_undefined %rip\n"
        "nop\n" /* 70310 */
        ".cfi_endproc\n"
        ".size rules_start, . - rules_start\n");
extern const char rules_start[];

static struct cfi_row row_at(size_t offset)
{
    struct cfi_row row;
    ck_assert_int_eq(csan__cfi_find((uintptr_t)rules_start + offset, &row), 0);
    ck_assert_uint_eq(row.function_start, (uintptr_t)rules_start);
    ck_assert_uint_eq(row.function_end, (uintptr_t)rules_start + 70311);
    ck_assert(!row.signal_frame);
    return row;
}

static void check_rule(const struct cfi_rule *rule, int how, int reg, int64_t offset)
{
    ck_assert_int_eq(rule->how, how);
    if (how == CFI_REGISTER)
        ck_assert_int_eq(rule->reg, reg);
    if (how == CFI_REGISTER || how == CFI_AT_CFA || how == CFI_IS_CFA)
        ck_assert_int_eq(rule->offset, offset);
}

START_TEST(every_opcode_changes_the_row_from_its_address_on)
{
    struct cfi_row row = row_at(0);
    check_rule(&row.cfa, CFI_REGISTER, CFI_RSP, 8);
    check_rule(&row.regs[CFI_RIP], CFI_AT_CFA, 0, -8);
    check_rule(&row.regs[CFI_RBP], CFI_SAME, 0, 0);
    row = row_at(1);
    check_rule(&row.cfa, CFI_REGISTER, CFI_RSP, 24);
    check_rule(&row.regs[CFI_RBP], CFI_AT_CFA, 0, -16);
    row = row_at(2);
    check_rule(&row.cfa, CFI_REGISTER, CFI_RBP, 32);
    row = row_at(3);
    check_rule(&row.cfa, CFI_REGISTER, CFI_RBX, -8);
    check_rule(&row.regs[CFI_RBP], CFI_SAME, 0, 0);
    check_rule(&row.regs[12], CFI_UNDEFINED, 0, 0);
    row = row_at(4);
    check_rule(&row.cfa, CFI_REGISTER, CFI_RBP, 32);
    check_rule(&row.regs[CFI_RBP], CFI_AT_CFA, 0, -16);
    check_rule(&row.regs[12], CFI_SAME, 0, 0);
    check_rule(&row.regs[13], CFI_SAME, 0, 0);
    check_rule(&row.regs[14], CFI_REGISTER, 1, 0);
    row = row_at(5);
    check_rule(&row.cfa, CFI_REGISTER, CFI_RSP, 40);
    row = row_at(6);
    check_rule(&row.cfa, CFI_IS_EXPRESSION, 0, 0);
    ck_assert_uint_eq(row.cfa.bytes, 3);
    row = row_at(7);
    check_rule(&row.regs[3], CFI_AT_EXPRESSION, 0, 0);
    check_rule(&row.regs[15], CFI_IS_EXPRESSION, 0, 0);
    check_rule(&row.regs[12], CFI_IS_CFA, 0, -32);
    row = row_at(8);
    check_rule(&row.cfa, CFI_REGISTER, CFI_RSP, 16);
    check_rule(&row.regs[CFI_RBP], CFI_AT_CFA, 0, 24);
    check_rule(&row.regs[3], CFI_AT_CFA, 0, 16);
    check_rule(&row.regs[12], CFI_SAME, 0, 0);
    row = row_at(308);
    check_rule(&row.cfa, CFI_REGISTER, CFI_RSP, 16);
    row = row_at(309);
    check_rule(&row.cfa, CFI_REGISTER, CFI_RSP, 64);
    row = row_at(70309);
    check_rule(&row.regs[CFI_RIP], CFI_AT_CFA, 0, -8);
    row = row_at(70310);
    check_rule(&row.regs[CFI_RIP], CFI_UNDEFINED, 0, 0);
}
END_TEST

START_TEST(what_belongs_to_no_function_is_not_found)
{
    struct cfi_row row;
    static int data;
    ck_assert_int_eq(csan__cfi_find((uintptr_t)&data, &row), -ENOENT);
    ck_assert_int_eq(csan__cfi_find(0, &row), -ENOENT);
    ck_assert_int_eq(csan__cfi_find(UINTPTR_MAX, &row), -ENOENT);
    ck_assert_int_eq(csan__cfi_find((uintptr_t)&row, &row), -ENOENT);
}
END_TEST

START_TEST(the_signal_return_function_is_a_signal_frame)
{
    /* Found as the unwinder does: mov $15, %rax; syscall, somewhere in libc's code. */
    const struct module *m = csan__module_find((uintptr_t)&malloc);
    static const uint8_t restorer[] = {0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};
    struct cfi_row row;
    bool found = false;
    for (size_t i = 0; i < m->cfi.count && !found; i++) {
        uintptr_t start = m->cfi.base + (uintptr_t)(intptr_t)m->cfi.pairs[2 * i];
        found = memcmp((void *)(start + 1), restorer, sizeof restorer) == 0;
        if (found)
            ck_assert_int_eq(csan__cfi_find(start, &row), 0);
    }
    ck_assert(found);
    ck_assert(row.signal_frame);
}
END_TEST

/* ---- expressions ---- */

static bool read_memory(void *arg, uintptr_t at, unsigned bytes, uintptr_t *value)
{
    (void)arg;
    *value = 0;
    memcpy(value, (const void *)at, bytes);
    return true;
}

static int evaluate(const uint8_t *code, size_t bytes, uintptr_t *result)
{
    static uint64_t word = 0x1122334455667788;
    uintptr_t regs[CFI_REGS] = {[3] = 33, [6] = 66, [7] = (uintptr_t)&word, [16] = 0x401000};
    struct cfi_view view = {
        .regs = regs, .known = 1u << 3 | 1u << 6 | 1u << 7 | 1u << 16, .read = read_memory};
    struct cfi_row row = {.expressions = code - 1000};
    struct cfi_rule rule = {.how = CFI_IS_EXPRESSION, .bytes = (uint16_t)bytes, .offset = 1000};
    uintptr_t first = 5;
    return csan__cfi_evaluate(&row, &rule, &view, &first, result);
}

static const struct {
    uint8_t code[24];
    size_t bytes;
    int64_t result;
} sums[] = {
    {{0x35}, 1, 5},                                            /* lit5 */
    {{0x96}, 1, 5},                                            /* what was pushed */
    {{0x03, 8, 7, 6, 5, 4, 3, 2, 1}, 9, 0x0102030405060708},   /* addr */
    {{0x08, 0xff}, 2, 255},                                    /* const1u */
    {{0x09, 0xff}, 2, -1},                                     /* const1s */
    {{0x0a, 0xff, 0xff}, 3, 65535},                            /* const2u */
    {{0x0b, 0xfe, 0xff}, 3, -2},                               /* const2s */
    {{0x0c, 1, 0, 0, 0x80}, 5, 0x80000001},                    /* const4u */
    {{0x0d, 1, 0, 0, 0x80}, 5, (int32_t)0x80000001},           /* const4s */
    {{0x0e, 1, 2, 0, 0, 0, 0, 0, 0x80}, 9, INT64_MIN + 0x201}, /* const8u */
    {{0x0f, 1, 2, 0, 0, 0, 0, 0, 0x80}, 9, INT64_MIN + 0x201}, /* const8s */
    {{0x10, 0xe5, 0x8e, 0x26}, 4, 624485},                     /* constu */
    {{0x11, 0x80, 0x7f}, 3, -128},                             /* consts */
    {{0x31, 0x32, 0x12, 0x22}, 4, 4},                          /* dup, plus */
    {{0x31, 0x32, 0x13}, 3, 1},                                /* drop */
    {{0x31, 0x32, 0x14}, 3, 1},                                /* over */
    {{0x31, 0x32, 0x33, 0x15, 2}, 5, 1},                       /* pick */
    {{0x31, 0x32, 0x16, 0x1c}, 4, 1},                          /* swap, minus: 2 - 1 */
    {{0x31, 0x32, 0x33, 0x17}, 4, 2},                          /* rot: 3 1 2 */
    {{0x31, 0x32, 0x33, 0x17, 0x13}, 5, 1},                    /* rot, drop */
    {{0x73, 0x01}, 2, 34},                                     /* breg3 + 1 */
    {{0x92, 0x06, 0x7e}, 3, 64},                               /* bregx 6 - 2 */
    {{0x77, 0x00, 0x06}, 3, 0x1122334455667788},               /* deref */
    {{0x77, 0x00, 0x94, 0x02}, 4, 0x7788},                     /* deref_size */
    {{0x09, 0xfd, 0x19}, 3, 3},                                /* abs */
    {{0x3c, 0x3a, 0x1a}, 3, 8},                                /* and */
    {{0x09, 0xf8, 0x32, 0x1b}, 4, -4},                         /* div */
    {{0x3f, 0x3a, 0x1d}, 3, 5},                                /* mod */
    {{0x36, 0x37, 0x1e}, 3, 42},                               /* mul */
    {{0x36, 0x1f}, 2, -6},                                     /* neg */
    {{0x36, 0x20}, 2, ~6},                                     /* not */
    {{0x31, 0x34, 0x21}, 3, 5},                                /* or */
    {{0x31, 0x23, 0x07}, 3, 8},                                /* plus_uconst */
    {{0x31, 0x35, 0x24}, 3, 32},                               /* shl */
    {{0x31, 0x08, 64, 0x24}, 4, 0},                            /* shl by the width */
    {{0x08, 0x80, 0x33, 0x25}, 4, 16},                         /* shr */
    {{0x09, 0x80, 0x33, 0x26}, 4, -16},                        /* shra */
    {{0x36, 0x33, 0x27}, 3, 5},                                /* xor */
    {{0x31, 0x31, 0x29}, 3, 1},                                /* eq */
    {{0x09, 0xff, 0x31, 0x2a}, 4, 0},                          /* ge, signed */
    {{0x32, 0x31, 0x2b}, 3, 1},                                /* gt */
    {{0x32, 0x31, 0x2c}, 3, 0},                                /* le */
    {{0x09, 0xff, 0x31, 0x2d}, 4, 1},                          /* lt */
    {{0x32, 0x31, 0x2e}, 3, 1},                                /* ne */
    {{0x2f, 1, 0, 0x31, 0x32}, 5, 2},                          /* skip one */
    {{0x31, 0x31, 0x28, 1, 0, 0x39, 0x34}, 7, 4},              /* bra: taken */
    {{0x31, 0x30, 0x28, 1, 0, 0x39}, 6, 9},                    /* bra: not taken */
    /* The PLT's: rsp + 8 + ((rip & 15) >= 11) << 3, less rsp. */
    {{0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22, 0x77, 0, 0x1c}, 14, 8},
};

START_TEST(every_operation_of_an_expression_comes_to_its_result)
{
    uintptr_t result = 0;
    ck_assert_int_eq(evaluate(sums[_i].code, sums[_i].bytes, &result), 0);
    ck_assert_int_eq((int64_t)result, sums[_i].result);
}
END_TEST

static const struct {
    uint8_t code[16];
    size_t bytes;
} wrong[] = {
    {{0x13, 0x13}, 2},             /* nothing left to drop */
    {{0x13}, 1},                   /* nothing left for the result */
    {{0x22}, 1},                   /* one operand */
    {{0x31, 0x30, 0x1b}, 3},       /* division by 0 */
    {{0x31, 0x30, 0x1d}, 3},       /* modulo 0 */
    {{0x70, 0}, 2},                /* a register that is not known */
    {{0x92, 0x20, 0}, 3},          /* one that there is not */
    {{0x2f, 0xfd, 0xff}, 3},       /* an endless loop */
    {{0x2f, 0xf0, 0xff}, 3},       /* before the beginning */
    {{0x2f, 0x01, 0x00}, 3},       /* behind the end */
    {{0x0e, 1, 2}, 3},             /* cut off */
    {{0x10, 0xff}, 2},             /* cut off in a LEB128 */
    {{0x12, 0x2f, 0xfc, 0xff}, 4}, /* the stack overflows */
    {{0xe0}, 1},                   /* unknown */
    {{0x77, 0, 0x94, 9}, 4},       /* more than a word */
    {{0x15, 9}, 2},                /* pick beyond the bottom */
};

START_TEST(a_wrong_expression_is_refused)
{
    uintptr_t result;
    ck_assert_int_eq(evaluate(wrong[_i].code, wrong[_i].bytes, &result), -EINVAL);
}
END_TEST

/* ---- whole modules ---- */

START_TEST(every_function_of_every_module_has_a_row_from_its_first_to_its_last_byte)
{
    unsigned functions = 0;
    for (const struct module *m = csan__module_first(); m; m = m->next) {
        ck_assert_msg(m->cfi.count > 0, "%s", m->path);
        for (size_t i = 0; i < m->cfi.count; i++) {
            uintptr_t start = m->cfi.base + (uintptr_t)(intptr_t)m->cfi.pairs[2 * i];
            struct cfi_row first, last;
            ck_assert_int_eq(csan__cfi_find(start, &first), 0);
            ck_assert_uint_eq(first.function_start, start);
            ck_assert_int_eq(csan__cfi_find(first.function_end - 1, &last), 0);
            ck_assert_uint_eq(last.function_start, start);
            functions++;
        }
    }
    ck_assert_uint_gt(functions, 3000);
}
END_TEST

START_TEST(the_vdso_has_rows)
{
    uintptr_t vdso = getauxval(AT_SYSINFO_EHDR);
    if (!vdso)
        return;
    const struct module *m = csan__module_find(vdso);
    ck_assert_ptr_nonnull(m);
    struct cfi_row row;
    ck_assert_int_eq(csan__cfi_find(m->cfi.base + (uintptr_t)(intptr_t)m->cfi.pairs[0], &row), 0);
}
END_TEST

/* Where a module's .eh_frame begins and ends, from its table. */
static void find_frames(const struct module *m, uintptr_t *lo, uintptr_t *hi)
{
    const uint8_t *header = (const uint8_t *)m->cfi.base;
    int32_t distance;
    ck_assert_int_eq(header[1], 0x1b); /* pcrel, sdata4 */
    memcpy(&distance, header + 4, sizeof distance);
    *lo = m->cfi.base + 4 + (uintptr_t)(intptr_t)distance;
    *hi = *lo;
    for (size_t i = 0; i < m->cfi.count; i++) {
        uintptr_t at = m->cfi.base + (uintptr_t)(intptr_t)m->cfi.pairs[2 * i + 1];
        uint32_t length;
        memcpy(&length, (void *)at, sizeof length);
        *hi = at + 4 + length > *hi ? at + 4 + length : *hi;
    }
}

START_TEST(an_index_made_here_is_the_linkers_table)
{
    const struct module *m = csan__module_find((uintptr_t)&malloc);
    struct cfi_table made;
    uintptr_t lo, hi;
    find_frames(m, &lo, &hi);
    ck_assert_int_eq(csan__cfi_index(lo, hi - lo, m->lo, m->hi, &made), 0);
    ck_assert_uint_eq(made.count, m->cfi.count);
    for (size_t i = 0; i < made.count; i++)
        for (size_t k = 0; k < 2; k++)
            ck_assert_uint_eq(made.base + (uintptr_t)(intptr_t)made.pairs[2 * i + k],
                              m->cfi.base + (uintptr_t)(intptr_t)m->cfi.pairs[2 * i + k]);
}
END_TEST

START_TEST(without_memory_there_is_no_index)
{
    const struct module *m = csan__module_find((uintptr_t)&malloc);
    struct cfi_table made;
    uintptr_t lo, hi;
    find_frames(m, &lo, &hi);
    while (csan__arena_alloc(1024)) /* to the end of the current chunk */
        csan__arena_fail_nth(1);
    csan__arena_fail_nth(1);
    ck_assert_int_eq(csan__cfi_index(lo, hi - lo, m->lo, m->hi, &made), -ENOMEM);
    csan__arena_fail_nth(0);
    ck_assert_int_eq(csan__cfi_index(m->hi, 8, m->lo, m->hi, &made), -EINVAL);
}
END_TEST

static uint32_t next_random(void)
{
    static uint64_t state = 88172645463325252;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

/* libc's image is copied, so that what is relative stays right, and then bytes of it are changed.
 */
START_TEST(damaged_information_is_refused_and_never_crashes)
{
    const struct module *m = csan__module_find((uintptr_t)&malloc);
    size_t bytes = m->hi - m->lo;
    uint8_t *copy = csan__os_map(bytes);
    uintptr_t lo, hi;
    for (size_t at = 0; at < bytes; at += CSAN_PAGE)
        csan__os_read_memory(copy + at, (void *)(m->lo + at), CSAN_PAGE);
    find_frames(m, &lo, &hi);
    uintptr_t shift = (uintptr_t)copy - m->lo;
    struct cfi_table table = m->cfi;
    table.lo += shift;
    table.hi += shift;
    table.base += shift;
    table.pairs = (const int32_t *)((uintptr_t)table.pairs + shift);
    unsigned whole = 0, refused = 0;
    for (int i = 0; i < 300000; i++) {
        size_t n = next_random() % table.count;
        uintptr_t pc = table.base + (uintptr_t)(intptr_t)table.pairs[2 * n];
        uintptr_t fde = table.base + (uintptr_t)(intptr_t)table.pairs[2 * n + 1];
        uint8_t *victim =
            (uint8_t *)(i % 4 ? fde + next_random() % 32 : lo + shift + next_random() % 24);
        uint8_t saved = *victim;
        *victim = (uint8_t)next_random();
        struct cfi_row row;
        int rc = csan__cfi_find_in(&table, pc + next_random() % 64, &row);
        ck_assert(rc == 0 || rc == -EINVAL || rc == -ENOENT);
        *(rc ? &refused : &whole) += 1;
        *victim = saved;
    }
    ck_assert_uint_gt(refused, 1000);
    ck_assert_uint_gt(whole, 1000);
}
END_TEST

START_TEST(a_damaged_header_is_refused)
{
    const struct module *m = csan__module_find((uintptr_t)&malloc);
    uint32_t bytes[4];
    uint8_t *header = (uint8_t *)bytes;
    uintptr_t at = (uintptr_t)header;
    struct cfi_table t;
    memcpy(bytes, (void *)m->cfi.base, 12);
    ck_assert_int_eq(csan__cfi_open_header(at, at, at + 16, &t), -EINVAL); /* no room for so many */
    header[0] = 2;
    ck_assert_int_eq(csan__cfi_open_header(at, at, at + 16, &t), -EINVAL);
    header[0] = 1;
    header[3] = 0xff;
    ck_assert_int_eq(csan__cfi_open_header(at, at, at + 16, &t), -ENOENT);
    header[1] = 0x0d;
    ck_assert_int_eq(csan__cfi_open_header(at, at, at + 16, &t), -EINVAL);
    ck_assert_int_eq(csan__cfi_open_header(at + 16, at, at + 16, &t), -EINVAL);
    ck_assert_int_eq(csan__cfi_open_header(at, at, at + 3, &t), -EINVAL);
}
END_TEST

static void begin(void)
{
    csan__module_refresh();
}

int main(void)
{
    Suite *suite = suite_create("cfi");
    TCase *t = tcase_create("cfi");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, begin, NULL);
    tcase_add_test(t, every_opcode_changes_the_row_from_its_address_on);
    tcase_add_test(t, what_belongs_to_no_function_is_not_found);
    tcase_add_test(t, the_signal_return_function_is_a_signal_frame);
    tcase_add_loop_test(t, every_operation_of_an_expression_comes_to_its_result, 0,
                        CSAN_COUNT(sums));
    tcase_add_loop_test(t, a_wrong_expression_is_refused, 0, CSAN_COUNT(wrong));
    tcase_add_test(t, every_function_of_every_module_has_a_row_from_its_first_to_its_last_byte);
    tcase_add_test(t, the_vdso_has_rows);
    tcase_add_test(t, an_index_made_here_is_the_linkers_table);
    tcase_add_test(t, without_memory_there_is_no_index);
    tcase_add_test(t, damaged_information_is_refused_and_never_crashes);
    tcase_add_test(t, a_damaged_header_is_refused);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}

/* libFuzzer target: whatever stands in .eh_frame, an index is made of it or it is refused; the row
 * of every function that the index has is found or refused, and its expressions come to a result or
 * do not; nothing is read outside.
 *
 * Input: .eh_frame (addresses relative to where they stand). Its functions may lie anywhere. */
#include "base/arena.h"
#include "record/cfi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX 4096
#define FUNCTIONS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Every address that is a multiple of 5 is unreadable. */
static bool read_memory(void *arg, uintptr_t at, unsigned bytes, uintptr_t *value)
{
    (void)arg;
    require(bytes >= 1 && bytes <= 8);
    *value = at * 0x9e3779b97f4a7c15u >> (64 - 8 * bytes);
    return at % 5 != 0;
}

static void check_rule(const struct cfi_row *row, const struct cfi_rule *rule, bool is_cfa)
{
    static const uintptr_t regs[CFI_REGS] = {1, 2, 3, 4, 5, 6, 7, 8};
    const struct cfi_view view = {.regs = regs, .known = 0xff, .read = read_memory};
    uintptr_t result, push = 4096;
    require(rule->how <= CFI_IS_EXPRESSION);
    if (rule->how == CFI_REGISTER && is_cfa)
        require(rule->reg < CFI_REGS);
    if (rule->how != CFI_AT_EXPRESSION && rule->how != CFI_IS_EXPRESSION)
        return;
    int rc = csan__cfi_evaluate(row, rule, &view, is_cfa ? NULL : &push, &result);
    require(rc == 0 || rc == -EINVAL);
}

static void check_at(const struct cfi_table *t, uintptr_t pc)
{
    struct cfi_row row;
    int rc = csan__cfi_find_in(t, pc, &row);
    require(rc == 0 || rc == -ENOENT || rc == -EINVAL);
    if (rc != 0)
        return;
    require(row.function_start <= pc && pc < row.function_end);
    check_rule(&row, &row.cfa, true);
    for (unsigned i = 0; i < CFI_REGS; i++)
        check_rule(&row, &row.regs[i], false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size = size < BYTES_MAX ? size : BYTES_MAX;
    uint8_t *copy = malloc(size > 0 ? size : 1); /* what is read beyond its end is seen */
    require(copy != NULL);
    memcpy(copy, data, size);
    uintptr_t lo = (uintptr_t)copy, hi = lo + size;
    struct cfi_table t;
    if (csan__cfi_index(lo, size, lo, hi, &t) == 0) {
        require(t.count > 0);
        for (size_t i = 0; i < t.count && i < FUNCTIONS_MAX; i++) {
            uintptr_t start = t.base + (uintptr_t)(intptr_t)t.pairs[2 * i];
            for (uintptr_t pc = start; pc < start + 24; pc += 3)
                check_at(&t, pc);
        }
        check_at(&t, 0);
        check_at(&t, UINTPTR_MAX);
    }
    if (size >= 4)
        (void)csan__cfi_open_header(lo, lo, hi, &t);
    free(copy);
    return 0;
}

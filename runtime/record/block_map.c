#include "record/block_map.h"
#include "base/os.h"

#include <sys/mman.h>
#include <sys/syscall.h>

/* 1 MiB of which only the touched pages exist. In a static program it is part of the program's own
 * .bss, hence scanned as a root: no word here may be the address of a block. */
struct block_leaf *csan__block_top[MAP_TOP];
struct block_leaf *csan__block_leaves;

bool csan__block_threaded;

static unsigned fail_in; /* test seam: 0 off */

void csan__block_fail_nth(unsigned n)
{
    fail_in = n;
}

void *csan__block_memory(size_t bytes)
{
    if (CSAN_UNLIKELY(fail_in) && --fail_in == 0)
        return NULL;
    return csan__os_map(bytes);
}

struct block_leaf *csan__block_make_leaf(uintptr_t start)
{
    uintptr_t at = start >> MAP_REGION_BITS;
    if (at >= MAP_TOP)
        return NULL;
    struct block_leaf *leaf = csan__block_memory(sizeof *leaf), *other = NULL;
    if (!leaf)
        return NULL;
    /* A huge page for the bits of one small heap would cost 2 MiB and the time to clear them. */
    csan__os_syscall(SYS_madvise, (long)leaf, sizeof *leaf, MADV_NOHUGEPAGE, 0, 0, 0);
    leaf->base = at << MAP_REGION_BITS;
    if (!__atomic_compare_exchange_n(&csan__block_top[at], &other, leaf, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        csan__os_unmap(leaf, sizeof *leaf);
        return other;
    }
    leaf->next = __atomic_load_n(&csan__block_leaves, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&csan__block_leaves, &leaf->next, leaf, false,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
    return leaf;
}

/* Downwards through one region's words from addr on: the start, or 0, and then *addr is the last
 * address not looked at. A page of bits that is not in use counts as 512 empty words. */
static uintptr_t below_in_leaf(const struct block_leaf *leaf, uintptr_t *addr, uintptr_t floor)
{
    uintptr_t region = *addr & ~(MAP_REGION - 1);
    uint64_t mask = ~(uint64_t)0 >> (63 - ((*addr >> 4) & 63));
    while (*addr >= region && *addr >= floor) {
        uint32_t word = csan__block_word(*addr);
        uintptr_t step = 1024;
        if (leaf && leaf->used[word / MAP_PAGE_WORDS]) {
            uint64_t rest = __atomic_load_n(&leaf->bits[word], __ATOMIC_RELAXED) & mask;
            if (rest)
                return (*addr & ~(uintptr_t)1023) + 16 * (63 - (unsigned)__builtin_clzll(rest));
        } else {
            step = MAP_PAGE_WORDS * (uintptr_t)1024;
        }
        uintptr_t first = *addr & ~(step - 1);
        if (!first)
            break;
        *addr = first - 1;
        mask = ~(uint64_t)0;
    }
    return 0;
}

uintptr_t csan__block_below(uintptr_t addr)
{
    uintptr_t floor = addr >= BLOCK_LARGE ? addr - (BLOCK_LARGE - 1) : 0, at = addr;
    uintptr_t found = below_in_leaf(csan__block_leaf(addr), &at, floor);
    if (!found && at >= floor && (at ^ addr) >> MAP_REGION_BITS)
        found = below_in_leaf(csan__block_leaf(at), &at, floor);
    return found >= floor ? found : 0;
}

uintptr_t csan__block_above(uintptr_t lo, uintptr_t hi)
{
    lo = csan__base_round_up(lo, 16);
    while (lo < hi) {
        const struct block_leaf *leaf = csan__block_leaf(lo);
        uint32_t word = csan__block_word(lo);
        uintptr_t step = MAP_REGION;
        if (leaf && leaf->used[word / MAP_PAGE_WORDS]) {
            uint64_t rest = __atomic_load_n(&leaf->bits[word], __ATOMIC_RELAXED) >> (lo >> 4 & 63);
            if (rest) {
                uintptr_t start = lo + ((uintptr_t)__builtin_ctzll(rest) << 4);
                return start < hi ? start : 0;
            }
            step = 1024;
        } else if (leaf) {
            step = MAP_PAGE_WORDS * (uintptr_t)1024;
        }
        lo = (lo | (step - 1)) + 1;
    }
    return 0;
}

bool csan__block_is_live(uintptr_t start)
{
    const struct block_leaf *leaf = csan__block_leaf(start);
    if (!leaf || start & 15)
        return false;
    return __atomic_load_n(&leaf->bits[csan__block_word(start)], __ATOMIC_RELAXED) &
           csan__block_bit(start);
}

static bool leaf_is_valid(const struct block_leaf *leaf)
{
    if (csan__block_leaf(leaf->base) != leaf)
        return false;
    for (uint32_t page = 0; page < MAP_PAGES; page++)
        for (uint32_t w = 0; w < MAP_PAGE_WORDS && !leaf->used[page]; w++)
            if (leaf->bits[page * MAP_PAGE_WORDS + w])
                return false;
    return true;
}

bool csan__block_map_is_valid(void)
{
    for (const struct block_leaf *leaf = csan__block_leaves; leaf; leaf = leaf->next)
        if (!leaf_is_valid(leaf))
            return false;
    return true;
}

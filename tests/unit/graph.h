/* For unit tests: blocks of the real malloc under csan's account, with no hooks, and graphs of
 * them.
 *
 * Addresses are kept masked (HIDE): what a test remembers must not keep a block alive. */
#ifndef CSAN_TESTS_GRAPH_H
#define CSAN_TESTS_GRAPH_H

#include "record/block.h"
#include "record/maps.h"

#include <check.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define HIDE(p) (~(uintptr_t)(p))

/* Sizes by glibc's headers alone: tests make blocks of their own that malloc knows nothing of. */
static inline void begin_account(void)
{
    csan__block_chunk_headers = true;
    ck_assert_int_eq(csan__block_init(), 0);
}

static inline struct block block_of(void *p, size_t asked, uint32_t stack)
{
    return (struct block){
        .start = (uintptr_t)p, .asked = asked, .usable = malloc_usable_size(p), .stack = stack};
}

/* A zeroed block. */
static inline void *born(size_t asked, uint32_t stack)
{
    void *p = calloc(1, asked + BLOCK_TAIL);
    ck_assert_ptr_nonnull(p);
    __asm__("" : "+r"(p)); /* the compiler knows how large it is no more: tests write behind it */
    struct block b = block_of(p, asked, stack);
    csan__block_add(&b);
    return p;
}

static inline void died(void *p)
{
    struct block old;
    ck_assert(csan__block_take((uintptr_t)p, malloc_usable_size(p), &old));
    free(p);
}

/* xorshift64* (Vigna 2016): the same numbers in every run. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

/* A world of this thread's mappings, and no roots. */
static inline struct world here(struct arena *scratch)
{
    struct world w = {.scratch = scratch};
    long n = csan__maps_read(scratch, &w.mappings);
    ck_assert_int_gt(n, 0);
    w.nmappings = (uint32_t)n;
    return w;
}

#endif

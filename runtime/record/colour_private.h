/* What the files of colour.h have in common, and nobody else: pieces of shared memory, and how a
 * page of one is reached.
 *
 *   colour_piece.c ─▶ colour_guard.c ─▶ colour_span.c ─▶ colour.c, colour_fork.c
 *
 * Who may call what: colour.h. */
#ifndef CSAN_RECORD_COLOUR_PRIVATE_H
#define CSAN_RECORD_COLOUR_PRIVATE_H

#include "base/os.h"
#include "record/colour.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#define PIECE_ALIGN ((size_t)2 << 20)
#define FAILED(r) ((unsigned long)(r) > -4096UL)

static CSAN_ALWAYS_INLINE uintptr_t csan__colour_address(unsigned colour, size_t offset)
{
    return csan__colour_lo + ((uintptr_t)colour << COLOUR_WINDOW_BITS) + offset;
}

static inline long csan__colour_advise(uintptr_t at, size_t bytes, int what)
{
    return csan__os_syscall(SYS_madvise, (long)at, (long)bytes, what, 0, 0, 0);
}

static inline int csan__colour_prot(unsigned colour)
{
    return colour == 0 || colour >= COLOUR_LOANS ? PROT_READ | PROT_WRITE : PROT_READ;
}

/* Shared memory that is mapped at one offset of each window. */
struct piece {
    size_t at, bytes; /* from the window's start */
    size_t used;
    uint64_t mapped; /* colours */
    uintptr_t copy;  /* around fork; 0: none */
};

/* NULL: there are no more. */
struct piece *csan__colour_piece(uint32_t i);
struct piece *csan__colour_last_piece(void);
struct piece *csan__colour_add_piece(size_t need);
struct piece *csan__colour_piece_of(size_t offset);
long csan__colour_map_shared(uintptr_t at, size_t bytes);
/* Seen in that colour's window, too, whatever is there. */
bool csan__colour_map(const struct piece *p, unsigned colour);
/* The same, for a span, where it is not yet. */
bool csan__colour_is_seen(const struct span *s, unsigned colour);

void csan__colour_guard(struct span *s, unsigned colour);
/* Its mappings are new: guarded as they were. */
void csan__colour_guards_forget(void);
void csan__colour_guard_again(struct span *s);

/* 0 or -ENOMEM. */
int csan__colour_spans_start(void);
/* From 1 on; ids below the end. */
struct span *csan__colour_span_of_id(uint32_t id);
uint32_t csan__colour_spans_end(void);

#endif

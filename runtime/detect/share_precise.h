/* share=precise: published bytes move to memory of csan's (record/colour.h), each share is an
 * address of its own, and what is done wrong through it is found at the instruction.
 *
 *   session/trap ─▶ access ─▶ not ours            the program's own fault
 *                           ─▶ again               a guard was in the way: told, and taken away
 *                           ─▶ step, step_silently a store: let it happen, then `stored`
 *
 * What cannot be moved is checked as cheap does it. Called on the program's threads and in signal
 * handlers; registry and items are not locked in access and stored, which only read them.
 * Needs record; used by share_cache.c, share_pool.c, session and hook/heap.c. */
#ifndef CSAN_DETECT_SHARE_PRECISE_H
#define CSAN_DETECT_SHARE_PRECISE_H

#include "detect/share.h"

extern const struct share_mode csan__share_precise;

/* Gives a block of malloc's back, whose account has been taken out. Set by hook/heap.c. */
extern void (*csan__precise_drop)(uintptr_t start, const struct regs *at);

/* Why a buffer stays where it was: once; NULL: nothing to be said. */
const char *csan__precise_unmet(void);
extern uint32_t csan__precise_is_unmet; /* there may be something */
/* Faults cannot be caught in this process: never precise. why: a literal. */
void csan__precise_refuse(const char *why);

#define STORE_SEEN 64u
struct share_store {
    uintptr_t addr;
    uint32_t stack; /* of the storing instruction */
    const char *by; /* NULL: an instruction; or the name of a call */
    size_t known;   /* of `before` */
    unsigned char before[STORE_SEEN];
};

enum share_access { ACCESS_NOT_OURS, ACCESS_AGAIN, ACCESS_STEP, ACCESS_STEP_SILENTLY };
/* An instruction has faulted at addr; c->stack is its stack. ACCESS_STEP: *out is for stored. */
enum share_access csan__precise_access(struct share_call *c, uintptr_t addr, bool is_store,
                                       struct share_store *out);
/* The kernel is about to write there for a call: where it may; with out->by, *out is for stored. */
uintptr_t csan__precise_will_write(struct share_call *c, uintptr_t addr, const char *by,
                                   struct share_store *out);
/* The kernel is about to read there for a call: a guard is told of, and taken away. */
void csan__precise_will_read(struct share_call *c, uintptr_t addr, const char *by);
void csan__precise_stored(const struct share_store *s);
/* A store ends the test: what is not given back by then is not judged any more. */
extern bool csan__precise_has_stopped;

/* The heap's side: the block of p, whatever its colour, is to be freed or moved. */
uintptr_t csan__precise_given(struct share_call *c, uintptr_t p, bool is_free);
/* It was freed: its memory is nobody's. */
void csan__precise_freed(uintptr_t start, uint32_t stack);

#endif

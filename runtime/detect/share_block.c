/* What becomes of shared and pooled buffers when their block is freed, moved or used again.
 *
 * Whoever has a share of a freed buffer may yet release it (then it was freed too early), or never
 * does (then it was not released): which of the two is told when it is known. */
#include "detect/share.h"
#include "detect/share_fault.h"
#include "detect/share_private.h"
#include "record/block.h"
#include "record/share_sum.h"
#include "record/thread.h"

#include <string.h>

#define JUNK 0xdd

/* ---- the address is used again */

/* Held. */
static void note_never_released(struct share_item *i)
{
    const struct share_borrow *b = csan__share_borrow(i, i->borrows);
    for (uint32_t n = 0; b && n < 16 && !i->told; b = csan__share_borrow(i, b->next), n++) {
        struct share_fault f = {
            .kind = FAULT_NEVER_RELEASED, .stack = b->stack, .owner = i->owner, .bytes = i->bytes};
        csan__fault_party(&f, "freed", i->freed_stack, 0);
        if (b->epoch)
            csan__fault_note(&f);
    }
}

/* One that had the very range is the new one: mostly malloc gives the same block again. */
static struct share_item *forget_gone(const struct extent *e, uintptr_t addr)
{
    struct share_item *i, *same = NULL;
    while ((i = csan__share_find(addr, SHARE_GONE)) != NULL) {
        bool locked = csan__share_hold_any(i);
        note_never_released(i);
        csan__share_let_go(i, locked);
        if (i->lo == e->lo && i->bytes == e->bytes && !same)
            same = csan__share_renew(i, e->home);
        else
            csan__share_remove(i);
    }
    return same;
}

struct share_item *csan__share_make(const struct extent *e)
{
    struct share_item *same = forget_gone(e, e->lo);
    if (e->bytes)
        forget_gone(e, e->lo + e->bytes - 1);
    return same ? same : csan__share_add(e->lo, e->bytes, e->home);
}

/* ---- the block is freed */

/* Held. */
static void end(struct share_call *c, struct share_item *i)
{
    if (i->live && !i->auto_end)
        csan__share_verify_now(i);
    else
        csan__share_pop_all(i);
    if (i->live || i->state == SHARE_CACHED)
        i->freed_stack = csan__share_stack(c);
    if (i->state == SHARE_CACHED)
        csan__share_uncache(i, i->auto_end && !i->tables ? i->ended_stack : i->freed_stack);
    if (i->state == SHARE_SPARE)
        csan__share_spare_freed(c, i);
    i->armed = false;
}

/* kept: its memory is nobody else's, and never will be. */
static void end_all(struct share_call *c, uintptr_t home, bool kept)
{
    for (struct share_item *i = csan__share_first_in(home), *next; i; i = next) {
        next = csan__share_next_in(i);
        if (i->state & (SHARE_LENT | SHARE_EXPECTED)) {
            csan__share_remove(i);
            continue;
        }
        bool locked = csan__share_hold_any(i);
        end(c, i);
        if (kept && i->heap) /* who still reads it reads nonsense */
            memset((void *)i->lo, JUNK, i->bytes);
        csan__share_gone(i);
        csan__share_let_go(i, locked);
    }
}

bool csan__share_block_freed(struct thread *self, uintptr_t home, const struct regs *at)
{
    struct share_call c = {.self = self, .at = at};
    bool locked = csan__share_lock(), kept = false;
    struct share_item *i = csan__share_mode->keep_freed ? csan__share_first_in(home) : NULL;
    for (; i; i = csan__share_next_in(i))
        kept |= i->state & (SHARE_OF_CACHE | SHARE_ENDED | SHARE_OF_POOL);
    end_all(&c, home, kept);
    csan__share_unlock(locked);
    return kept;
}

/* ---- the block is moved */

static void note_moved(struct share_call *c, struct share_item *i)
{
    bool locked = csan__share_hold_any(i);
    if (i->live && !i->auto_end) {
        struct share_fault f = {.kind = FAULT_MOVED, .owner = i->owner, .bytes = i->bytes};
        f.stack = csan__share_stack(c);
        csan__share_verify_now(i);
        csan__fault_holders(&f, i, "shared", NULL);
        csan__fault_note(&f);
        i->told = true;
    }
    i->armed = false; /* what was there is realloc's by now */
    csan__share_let_go(i, locked);
}

enum share_moving csan__share_block_moves(struct share_call *c, uintptr_t home)
{
    bool locked = csan__share_lock();
    struct share_item *i = csan__share_first_in(home);
    if (!i) {
        csan__share_unlock(locked);
        return SHARE_NOT_MOVING;
    }
    for (; i; i = csan__share_next_in(i))
        note_moved(c, i);
    return locked ? SHARE_MOVING_LOCKED : SHARE_MOVING;
}

/* Its length there may be another; a loan goes with it. */
static void move(struct share_item *i, uintptr_t home, uintptr_t to, size_t asked)
{
    size_t off = i->lo - home, room = asked > off ? asked - off : 0;
    bool locked = csan__share_hold_any(i);
    i->room = room;
    i->armed = false;
    if (to != home || i->bytes > room)
        csan__share_move(i, to + off, i->bytes < room ? i->bytes : room, to);
    csan__share_let_go(i, locked);
}

static void move_all(struct share_call *c, uintptr_t home, uintptr_t to, size_t asked)
{
    for (struct share_item *i = csan__share_first_in(home), *next; i; i = next) {
        next = csan__share_next_in(i);
        if (to == home || i->state & (SHARE_LENT | SHARE_EXPECTED))
            move(i, home, to, asked);
    }
    if (to != home)
        end_all(c, home, false);
}

void csan__share_block_moved(struct share_call *c, enum share_moving how, uintptr_t home,
                             uintptr_t to, size_t asked)
{
    if (to)
        move_all(c, home, to, asked);
    csan__share_unlock(how == SHARE_MOVING_LOCKED);
}

/* How sharing is checked: what differs between share=cheap, precise and stress.
 *
 * share_cache.c and share_pool.c do the book-keeping for all of them and call these where a mode
 * may do more; NULL: it does nothing there. Items are held (record/share.h), and the registry is
 * locked in published, lent and given_back. Chosen before the first call, by the option.
 */
#ifndef CSAN_DETECT_SHARE_MODE_H
#define CSAN_DETECT_SHARE_MODE_H

#include "record/share.h"

struct share_call;

/* Which share is given back: any of this thread's, that one alone, or none that is out. */
enum share_which { SHARE_ANY, SHARE_THIS, SHARE_NONE };

struct share_past {
    uint32_t stack, released_stack; /* 0: not known */
    int tid, released_tid;
};

struct share_mode {
    bool checksums;       /* changes are found by comparing sums */
    bool every_call;      /* … at every call, and not now and then */
    bool keep_freed;      /* an address of a buffer that was freed is never used again */
    uint32_t drop_one_in; /* give_backs; 0: none */
    /* It is cached or lent from now on; returns where the program is to find it: i->lo. */
    void *(*published)(struct share_call *c, struct share_item *i);
    void *(*lent)(struct share_call *c, struct share_item *i);
    /* A share was noted (the newest borrow); returns what the borrower gets. */
    const void *(*shared)(struct share_item *i, const void *p);
    /* p is to be given back. SHARE_THIS: *was has who has it; SHARE_NONE: who had it. */
    enum share_which (*which)(const struct share_item *i, const void *p, struct share_past *was);
    /* The share at p was given back, and is none any more. */
    void (*released)(struct share_call *c, struct share_item *i, const void *p,
                     const struct share_borrow *was);
    /* It is spare. */
    void (*given_back)(struct share_call *c, struct share_item *i);
};

extern const struct share_mode *csan__share_mode;

#endif

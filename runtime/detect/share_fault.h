/* What was done wrong with a shared or pooled buffer, one record per kind and place.
 *
 * Noted as it happens, on the program's thread, inside the guard, counted, and turned into findings
 * at a verdict. Any thread (LOCK_OFFENCE). Needs record; used by detect/share*. */
#ifndef CSAN_DETECT_SHARE_FAULT_H
#define CSAN_DETECT_SHARE_FAULT_H

#include "record/finding.h"
#include "record/share.h"

enum share_fault_kind {
    FAULT_CHANGED,        /* bytes of it, while it was shared */
    FAULT_CHANGED_BEHIND, /* bytes behind what was published */
    FAULT_STORED,         /* through a share: the place is the storing instruction's */
    FAULT_FREED,          /* while it was shared */
    FAULT_MOVED,          /* by realloc, the same */
    FAULT_NEVER_RELEASED, /* and its buffer was freed, and the address is used again */
    FAULT_RELEASED_TWICE,
    FAULT_NOT_SHARED, /* what was released */
    FAULT_PUBLISHED_TWICE,
    FAULT_TOO_LONG,  /* n is larger than the block */
    FAULT_NO_BLOCK,  /* csan_publish of what is no heap block */
    FAULT_NO_MEMORY, /* published or lent: no address that a program can have */
    FAULT_OVER_BYTES,
    FAULT_OVER_ENTRIES,
    FAULT_GIVEN_TWICE,
    FAULT_FOREIGN, /* given back, and not on loan from this pool */
    FAULT_LENT_TWICE,
    FAULT_CAPACITY,
    FAULT_MIXED_SIZES,
    FAULT_LEFT_OVER,     /* bytes of the tenant, when it was given back */
    FAULT_LEFT_TO_NEXT,  /* the same, when it was lent again */
    FAULT_USED_AFTER,    /* written to while it was spare */
    FAULT_RELEASED_USED, /* a share, after its release; the place is the instruction's */
    FAULT_RETURNED_USED, /* a loan, after give_back */
    FAULT_FREED_USED,    /* by any address, after free */
    FAULT_UNMET,         /* none: share=precise is not to be had. A note */
    FAULT_KINDS
};

#define FAULT_PARTIES 6u
#define FAULT_NOTE 100u
struct share_fault {
    struct share_fault *next;
    enum share_fault_kind kind;
    uint32_t stack; /* of the place */
    const struct share_owner *owner;
    size_t bytes, limit; /* of the buffer; or what was measured, and against what */
    struct {
        const char *label;
        uint32_t stack;
        int tid;       /* 0: not said */
        char hint[48]; /* of csan_touch */
    } parties[FAULT_PARTIES];
    char note[FAULT_NOTE]; /* "": what the kind says */
    uint32_t nparties;
    uint32_t epoch; /* of the last time */
    uint64_t count, reported;
};

/* label: a literal. Nothing happens where there is no room, or nothing to say (stack 0). */
void csan__fault_party(struct share_fault *f, const char *label, uint32_t stack, int tid);
void csan__fault_note(const struct share_fault *f);
/* Who has shares of it, `label` first; then what touched it. The item is held. */
void csan__fault_holders(struct share_fault *f, const struct share_item *i, const char *label,
                         const struct share_borrow *but);

/* `cache "rows"` or `pool "lines"`, or "a cache". */
struct text;
void csan__fault_owner(struct text *t, const struct share_owner *o);

/* A verdict's: those since that epoch that were not reported, as findings. 0 or -ENOMEM. */
int csan__fault_judge(uint32_t since, struct findings *out);
void csan__fault_reported(const struct findings *f);
void csan__fault_forked(void);

#endif

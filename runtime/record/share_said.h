/* What the program has said of a buffer: which of its bytes may change at any time (csan_mutable),
 * and what became of it (csan_touch).
 *
 * Under the registry's lock, and the item held. What is dropped is used again. Needs base/arena,
 * base/text, share_item. */
#ifndef CSAN_RECORD_SHARE_SAID_H
#define CSAN_RECORD_SHARE_SAID_H

#include "record/share_item.h"

/* Bytes that may change at any time, from lo of the item on; by `at`, ascending. */
struct share_hole {
    struct share_hole *next;
    size_t at, bytes;
};

/* csan_touch's. */
struct share_trace {
    struct share_trace *next; /* older */
    uint32_t stack;
    int tid;
    char hint[48];
};
#define SHARE_TRACES 4u /* kept of an item */

/* False: no memory. */
bool csan__share_add_hole(struct share_item *i, size_t at, size_t bytes);
void csan__share_add_trace(struct share_item *i, uint32_t stack, int tid, const char *hint);
/* The item is to be another buffer's. */
void csan__share_drop_said(struct share_item *i);

#endif

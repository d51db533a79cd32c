/* From an address to the items that hold it, in a few loads whatever their sizes.
 *
 *   an item of n bytes is of class k, 2^k >= n, and stands under its granules of 2^k bytes:
 *
 *   granules of class k   │▒▒▒▒▒▒▒▒│▒▒▒▒▒▒▒▒│▒▒▒▒▒▒▒▒│       key = granule number, k
 *   items                    ├─ a ─┤├── b ──┤                a: one entry, b: two
 *
 * An address is looked up under one key for each class there is. Open addressing with linear
 * probing and removal by shifting back (Knuth, TAOCP 3, 6.4, algorithm R). Readers take no lock:
 * a sequence number tells that they have read while it was changed. Writers hold LOCK_SHARE.
 * The inside of record/share.c. */
#ifndef CSAN_RECORD_SHARE_INDEX_H
#define CSAN_RECORD_SHARE_INDEX_H

#include "base/base.h"

#define SHARE_INDEX_MIN 4u  /* the smallest class: 16 bytes */
#define SHARE_INDEX_HOME 1u /* the key of a heap block, where its first item stands */

/* 0 or -ENOMEM; then nothing was added. */
int csan__share_index_add(uintptr_t lo, size_t bytes, uint32_t id);
void csan__share_index_remove(uintptr_t lo, size_t bytes, uint32_t id);
int csan__share_index_set_home(uintptr_t home, uint32_t id); /* 0: none any more */
uint32_t csan__share_index_home(uintptr_t home);

/* Calls want(id, arg) for what may hold addr, smallest classes first, until it says true; that id,
 * or 0. It may be called for items that were taken out just now. */
uint32_t csan__share_index_find(uintptr_t addr,
                                bool (*want)(uint32_t id, uintptr_t addr, unsigned arg),
                                unsigned arg);
bool csan__share_index_is_valid(void);

#endif

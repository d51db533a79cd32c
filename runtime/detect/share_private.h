/* What the files of detect/share_* share with each other and with nobody else. Registry locked. */
#ifndef CSAN_DETECT_SHARE_PRIVATE_H
#define CSAN_DETECT_SHARE_PRIVATE_H

#include "detect/share.h"
#include "detect/share_extent.h"

/* share_block.c: a new item there. What was freed there and is still shared will never be released:
 * that is noted. NULL: no memory. */
struct share_item *csan__share_make(const struct extent *e);

/* share_cache.c: cached from now on; where the program is to find it. */
void *csan__share_publish(struct share_call *c, struct share_owner *o, const struct extent *e,
                          bool fixed);

/* Of an item that is held. */
/* share_cache.c: nobody's till now: its bytes are summed. */
void csan__share_begin_period(struct share_item *i);
/* Changed since then: noted. found: when, or NULL, as c is. */
void csan__share_verify_at(struct share_call *c, struct share_item *i, const char *found);
/* share_cache.c: it is cached no more. */
void csan__share_uncache(struct share_item *i, uint32_t stack);
/* Has it been changed since it was shared, or given back? For a verdict, or an end. */
void csan__share_verify_now(struct share_item *i);
void csan__share_spare_now(struct share_item *i);
void csan__share_spare_freed(struct share_call *c, struct share_item *i);
/* The cache holds more than it may, and a call on it begins, or the test ends. */
void csan__share_over(struct share_owner *o);

/* share_growth.c */
struct findings;
int csan__share_growth(uint32_t since, struct findings *out); /* 0 or -ENOMEM */
void csan__share_growth_reported(const struct findings *f);

#endif

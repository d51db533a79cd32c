#include "record/share_said.h"
#include "base/arena.h"
#include "base/text.h"

#include <string.h>

static struct {
    struct share_hole *unused_holes;
    struct share_trace *unused_traces;
} the; /* the registry's */

static void *used_again(void *list, size_t bytes)
{
    void **first = list, *one = *first;
    if (!one)
        return csan__arena_alloc(bytes);
    memcpy(first, one, sizeof *first); /* its `next` is its first field */
    return one;
}

bool csan__share_add_hole(struct share_item *i, size_t at, size_t bytes)
{
    struct share_hole **link = &i->holes;
    for (; *link && (*link)->at <= at; link = &(*link)->next)
        if (at + bytes <= (*link)->at + (*link)->bytes)
            return true; /* said before */
    struct share_hole *h = used_again(&the.unused_holes, sizeof *h);
    if (!h)
        return false;
    *h = (struct share_hole){*link, at, bytes};
    *link = h;
    return true;
}

void csan__share_add_trace(struct share_item *i, uint32_t stack, int tid, const char *hint)
{
    struct share_trace **link = &i->traces, *t;
    for (uint32_t n = 1; *link && n < SHARE_TRACES; n++)
        link = &(*link)->next;
    t = *link;
    if (t)
        *link = NULL; /* the oldest is used again */
    else if (!(t = used_again(&the.unused_traces, sizeof *t)))
        return;
    struct text text = TEXT(t->hint);
    size_t length = 0;
    while (hint && length < sizeof t->hint && hint[length])
        length++;
    csan__text_mem(&text, hint ? hint : "", length);
    t->stack = stack;
    t->tid = tid;
    t->next = i->traces;
    i->traces = t;
}

void csan__share_drop_said(struct share_item *i)
{
    for (struct share_hole *h; (h = i->holes) != NULL; the.unused_holes = h) {
        i->holes = h->next;
        h->next = the.unused_holes;
    }
    for (struct share_trace *t; (t = i->traces) != NULL; the.unused_traces = t) {
        i->traces = t->next;
        t->next = the.unused_traces;
    }
}

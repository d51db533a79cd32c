#include "record/label.h"
#include "base/arena.h"
#include "base/kept.h"
#include "base/lock.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

static struct {
    struct lock lock;
    struct kept_texts kept;
} texts = {.lock = LOCK_INIT(LOCK_LABELS)};

static const char *keep(const char *text)
{
    csan__lock_take(&texts.lock);
    const char *kept = csan__kept(&texts.kept, text, csan__text_length(text));
    csan__lock_give(&texts.lock);
    return kept;
}

static struct labels *labels_of(struct thread *self)
{
    if (!self->labels)
        self->labels = csan__arena_alloc(sizeof *self->labels);
    struct labels *l = self->labels;
    if (l && l->tid != self->tid) {
        l->count = 0;
        l->tid = self->tid;
    }
    return l;
}

static void end(struct labels *l, struct label *at)
{
    *at = l->at[--l->count];
}

int csan__label_set(struct thread *self, const char *key, const char *value)
{
    if (!key || !*key)
        return -EINVAL;
    struct labels *l = labels_of(self);
    if (!l)
        return -ENOMEM;
    struct label *at = l->at;
    while (at < l->at + l->count && strcmp(at->key, key) != 0)
        at++;
    bool is_there = at < l->at + l->count;
    if (!value) {
        if (is_there)
            end(l, at);
        return 0;
    }
    if (!is_there && l->count == LABELS_MAX)
        return -ENOSPC;
    struct label fresh = {is_there ? at->key : keep(key), keep(value)};
    if (!fresh.key || !fresh.value)
        return -ENOMEM;
    *at = fresh;
    l->count += !is_there;
    return 0;
}

const struct labels *csan__label_of(int tid)
{
    for (const struct thread *t = csan__thread_first(); t; t = t->next)
        if (t->tid == tid && t->labels && t->labels->tid == tid && t->labels->count)
            return t->labels;
    return NULL;
}

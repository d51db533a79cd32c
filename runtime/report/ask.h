/* The conversation with the helper process: questions out, answers in, by the protocol of symbol.h.
 *
 * Nothing that the helper says is trusted: nonsense ends the conversation, and the questions that
 * are not answered by then stay so. All memory is from the scratch arena. Used by
 * symbol.c, and by fuzz_symbol.c for its reader. */
#ifndef CSAN_REPORT_ASK_H
#define CSAN_REPORT_ASK_H

#include "record/module.h"
#include "report/symbol.h"

enum ask { ASK_CODE, ASK_DATA, ASK_THREAD_LOCAL };

/* One distinct address of a module. */
struct question {
    uintptr_t pc; /* in this process, within the call; of a thread-local: the offset */
    enum ask kind;
    const uintptr_t *steps; /* of data: offsets along its pointers */
    uint32_t nsteps;
    const struct module *module; /* the one that was there then; NULL: nobody can tell */
    bool ask;
    bool answered;
    uint32_t count;
    struct frame *frames;
    struct frame plain; /* what is known without the helper; frames may point to it */
};

#define ASK_INLINED_MAX 64 /* frames of one address; the innermost ones beyond are dropped */

/* The reader's state: answers come in the order of the questions that have `ask`. */
struct answers {
    struct arena *scratch;
    struct question *questions;
    size_t n, at; /* questions[at] is the one being answered; n: all are */
    struct frame pending[ASK_INLINED_MAX];
    uint32_t npending;
    char *line; /* the beginning of a line that has not ended yet */
    size_t have, room;
    const char *last_file; /* most frames are of the same file as the one before */
};

void csan__answers_begin(struct answers *a, struct arena *scratch, struct question *questions,
                         size_t n);
/* Reads the next bytes. 0; -EPROTO: nonsense; -ENOMEM. */
int csan__answers_read(struct answers *a, const char *bytes, size_t n);
static inline bool csan__answers_complete(const struct answers *a)
{
    return a->at == a->n;
}

/* Asks all questions that have `ask`. NULL: all were answered; else why not, one sentence. */
const char *csan__ask_helper(const struct symbol_helper *helper, struct arena *scratch,
                             struct question *questions, size_t n);

#endif

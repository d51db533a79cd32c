/* Buffers in which answers are put together, used again and again, so that an answer costs no
 * allocation. One that comes from buffers_take() is empty: all zero. Any thread may call any of
 * these; a buffer is one thread's.
 *
 * Which buffer is lent is said to csan (csan_share.h); without csan that does nothing. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>

struct buffers;
struct buffer {
    char *at; /* NULL: there was no memory, nothing is printed */
    size_t used, room;
};

struct buffers *buffers_create(void);
void buffers_destroy(struct buffers *buffers);
struct buffer buffers_take(struct buffers *buffers);
void buffers_give(struct buffers *buffers, struct buffer buffer);
/* Appends, with a zero behind it. */
__attribute__((format(printf, 2, 3))) void buffer_print(struct buffer *buffer, const char *pattern,
                                                        ...);

#endif

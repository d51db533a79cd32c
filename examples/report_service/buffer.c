#include "buffer.h"
#include "plant.h"

#include <csan_share.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPARE 4 /* kept */
#define ROOM ((size_t)256)
#define ROOM_MAX ((size_t)1024) /* of one that is kept: most answers are short */

struct buffers {
    pthread_mutex_t lock;
    struct buffer spare[SPARE];
    unsigned n;
    csan_pool_t *watched;
};

struct buffers *buffers_create(void)
{
    struct buffers *buffers = calloc(1, sizeof *buffers);
    if (!buffers)
        return NULL;
    pthread_mutex_init(&buffers->lock, NULL);
    buffers->watched = csan_pool("answers", ROOM_MAX, CSAN_POOL_RESET_ON_LEND);
    return buffers;
}

void buffers_destroy(struct buffers *buffers)
{
    while (buffers->n > 0)
        free(buffers->spare[--buffers->n].at);
    pthread_mutex_destroy(&buffers->lock);
    free(buffers);
}

struct buffer buffers_take(struct buffers *buffers)
{
    struct buffer buffer = {NULL, 0, ROOM};
    pthread_mutex_lock(&buffers->lock);
    if (buffers->n > 0) {
        buffer = buffers->spare[--buffers->n];
        buffers->spare[buffers->n].at = NULL;
    }
    pthread_mutex_unlock(&buffers->lock);
    if (!buffer.at)
        buffer.at = calloc(1, ROOM);
    buffer.at = csan_lend(buffers->watched, buffer.at, 0, buffer.room);
    return buffer;
}

static void clear(struct buffer *buffer)
{
    memset(buffer->at, 0, buffer->room);
}

void buffers_give(struct buffers *buffers, struct buffer buffer)
{
    bool is_kept = buffer.at && (buffer.room <= ROOM_MAX || planted("huge"));
    if (is_kept && !planted("leftovers"))
        clear(&buffer);
    buffer.used = 0;
    pthread_mutex_lock(&buffers->lock);
    is_kept = is_kept && buffers->n < SPARE;
    if (is_kept)
        buffer.at = csan_give_back(buffers->watched, buffer.at, 0, buffer.room);
    if (is_kept && buffer.at) /* csan may keep it */
        buffers->spare[buffers->n++] = buffer;
    pthread_mutex_unlock(&buffers->lock);
    if (!is_kept)
        free(buffer.at); /* which ends the loan */
}

static void make_room(struct buffer *buffer, size_t more)
{
    size_t room = buffer->room;
    while (room - buffer->used < more)
        room *= 2;
    char *at = room > buffer->room ? realloc(buffer->at, room) : NULL;
    if (!at)
        return;
    buffer->at = at;
    buffer->room = room;
}

void buffer_print(struct buffer *buffer, const char *pattern, ...)
{
    va_list args;
    va_start(args, pattern);
    int length = vsnprintf(NULL, 0, pattern, args);
    va_end(args);
    if (length < 0 || !buffer->at)
        return;
    make_room(buffer, (size_t)length + 1);
    va_start(args, pattern);
    vsnprintf(buffer->at + buffer->used, buffer->room - buffer->used, pattern, args);
    va_end(args);
    buffer->used += strlen(buffer->at + buffer->used);
}

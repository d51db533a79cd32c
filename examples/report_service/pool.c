#include "pool.h"
#include "plant.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BUFFER_BYTES 512
#define LAST_ID 999
#define PATIENCE_SECONDS 2

/*  pool ─▶ all ──▶ connection ─▶ connection ─▶ …, each with a buffer for what the server answers
 *       ─▶ idle ─▶ those of them that are not lent */
struct connection {
    struct connection *next, *next_idle;
    char *buffer;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t given_back;
    struct connection *all, *idle;
};

static struct connection *connect_once(void)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection)
        connection->buffer = malloc(BUFFER_BYTES);
    return connection;
}

static void disconnect(struct connection *connection)
{
    free(connection->buffer);
    free(connection);
}

struct pool *pool_open(unsigned connections)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->given_back, NULL);
    for (unsigned i = 0; i < connections; i++) {
        struct connection *connection = connect_once();
        if (!connection)
            continue;
        connection->next = pool->all;
        pool->all = connection;
        pool_give(pool, connection);
    }
    return pool;
}

void pool_close(struct pool *pool)
{
    while (pool->all && !planted("shutdown")) {
        struct connection *connection = pool->all;
        pool->all = connection->next;
        disconnect(connection);
    }
    pthread_cond_destroy(&pool->given_back);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

struct connection *pool_take(struct pool *pool)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_SECONDS;
    pthread_mutex_lock(&pool->lock);
    while (!pool->idle)
        if (pthread_cond_timedwait(&pool->given_back, &pool->lock, &until) != 0)
            break;
    struct connection *connection = pool->idle;
    if (connection)
        pool->idle = connection->next_idle;
    pthread_mutex_unlock(&pool->lock);
    return connection;
}

void pool_give(struct pool *pool, struct connection *connection)
{
    pthread_mutex_lock(&pool->lock);
    connection->next_idle = pool->idle;
    pool->idle = connection;
    pthread_cond_signal(&pool->given_back);
    pthread_mutex_unlock(&pool->lock);
}

/* Stands for the database: the server's answer arrives in the connection's buffer. */
static int query(struct connection *connection, int id)
{
    static const char *const regions[] = {"north", "east", "south", "west"};
    if (id < 1 || id > LAST_ID || !connection->buffer)
        return -1;
    snprintf(connection->buffer, BUFFER_BYTES, "%d;%s;%d;%d", id, regions[id % 4], id * 10, id);
    return 0;
}

struct row *connection_fetch(struct connection *connection, int id)
{
    return query(connection, id) == 0 ? row_parse(connection->buffer) : NULL;
}

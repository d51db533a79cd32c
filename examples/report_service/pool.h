/* A fixed number of database connections, lent to one caller at a time.
 * pool_take() waits until one is free, two seconds at most; then it is NULL. Close the pool when
 * nobody works with a connection any more.
 */
#ifndef POOL_H
#define POOL_H

#include "row.h"

struct pool;
struct connection;

struct pool *pool_open(unsigned connections);
void pool_close(struct pool *pool);
struct connection *pool_take(struct pool *pool);
void pool_give(struct pool *pool, struct connection *connection);

/* Reads a row: the caller's to free. NULL: there is no such row. */
struct row *connection_fetch(struct connection *connection, int id);

#endif

#include "record/round.h"
#include "base/arena.h"
#include "base/os.h"
#include "base/text.h"
#include "record/block.h"
#include "record/stack.h"
#include "record/share.h"

#include <errno.h>
#include <string.h>

/* What lives now, by stack. */
struct level {
    uint64_t bytes;
    uint32_t blocks;
};

struct census {
    struct level *of; /* index: stack id */
    uint32_t end;
    uint32_t *stacks; /* those that have some */
    uint32_t count;
    size_t of_bytes, stacks_bytes;
    uint32_t test_since; /* as csan__round_take's */
};

static struct rounds *names; /* guarded by LOCK_SESSION */

static bool begin_census(struct census *c)
{
    *c = (struct census){.end = csan__stack_end()};
    c->of_bytes = csan__base_round_up(c->end * sizeof *c->of, CSAN_PAGE);
    c->stacks_bytes = csan__base_round_up((csan__stack_count() + 1) * sizeof *c->stacks, CSAN_PAGE);
    c->of = csan__os_map(c->of_bytes);
    c->stacks = csan__os_map(c->stacks_bytes);
    return c->of && c->stacks;
}

static void end_census(const struct census *c)
{
    if (c->of)
        csan__os_unmap(c->of, c->of_bytes);
    if (c->stacks)
        csan__os_unmap(c->stacks, c->stacks_bytes);
}

static bool count_block(const struct block *b, void *arg)
{
    struct census *c = arg;
    if (b->ignored || !b->stack || b->stack >= c->end || csan__share_is_kept(b->start))
        return true;
    if (c->test_since && b->epoch < c->test_since && !csan__block_is_forgiven(b))
        return true; /* from between two tests: the framework's own */
    struct level *level = &c->of[b->stack];
    if (!level->blocks)
        c->stacks[c->count++] = b->stack;
    level->blocks++;
    level->bytes += b->asked ? b->asked : 1;
    return true;
}

static struct rounds *find(const char *name, bool is_test)
{
    struct rounds *r = names;
    while (r && (r->is_test != is_test || strncmp(r->name, name, ROUND_NAME_MAX - 1) != 0))
        r = r->next;
    return r;
}

static struct rounds *find_or_make(const char *name, bool is_test)
{
    struct rounds *r = find(name, is_test);
    if (r || !(r = csan__arena_alloc(sizeof *r)))
        return r;
    struct text t = TEXT(r->name);
    csan__text_str(&t, name);
    r->is_test = is_test;
    r->stride = 1;
    r->next = names;
    names = r;
    return r;
}

static bool grow_rows(struct rounds *r)
{
    uint32_t max = r->rows_max ? r->rows_max * 2 : 128;
    struct round_row *rows = csan__os_map(csan__base_round_up(max * sizeof *rows, CSAN_PAGE));
    if (!rows)
        return false;
    if (r->rows) {
        memcpy(rows, r->rows, r->nrows * sizeof *rows);
        csan__os_unmap(r->rows, csan__base_round_up(r->rows_max * sizeof *rows, CSAN_PAGE));
    }
    r->rows = rows;
    r->rows_max = max;
    return true;
}

/* What the row was in all columns so far. */
static bool begin_series(struct rounds *r, struct round_row *row)
{
    row->series = csan__arena_alloc(sizeof *row->series);
    for (uint32_t i = 0; row->series && i < r->ncolumns; i++) {
        row->series->bytes[i] = row->bytes;
        row->series->blocks[i] = row->blocks;
    }
    return row->series != NULL;
}

/* Before anything is written, so that a column is there in all rows or in none. */
static bool make_room(struct rounds *r, const struct census *c)
{
    for (uint32_t i = 0; i < r->nrows; i++) {
        const struct level *now = &c->of[r->rows[i].stack];
        bool is_same = now->bytes == r->rows[i].bytes && now->blocks == r->rows[i].blocks;
        if (!r->rows[i].series && !is_same && !begin_series(r, &r->rows[i]))
            return false;
    }
    return true;
}

static void put(struct rounds *r, struct round_row *row, const struct level *now)
{
    row->bytes = now->bytes;
    row->blocks = now->blocks;
    if (!row->series)
        return;
    row->series->bytes[r->ncolumns] = now->bytes;
    row->series->blocks[r->ncolumns] = now->blocks;
}

static void thin_out(struct rounds *r)
{
    for (uint32_t i = 0; i < ROUND_COLUMNS / 2; i++) {
        r->epochs[i] = r->epochs[2 * i + 1];
        for (uint32_t k = 0; k < r->nrows; k++) {
            struct round_series *s = r->rows[k].series;
            if (!s)
                continue;
            s->bytes[i] = s->bytes[2 * i + 1];
            s->blocks[i] = s->blocks[2 * i + 1];
        }
    }
    r->ncolumns = ROUND_COLUMNS / 2;
    r->stride *= 2;
}

/* Rows of stacks that had nothing until now are made first, empty. */
static bool add_rows(struct rounds *r, const struct census *c)
{
    size_t bytes = csan__base_round_up(c->end, CSAN_PAGE);
    uint8_t *has_row = csan__os_map(bytes);
    bool fits = has_row != NULL;
    for (uint32_t i = 0; fits && i < r->nrows; i++)
        has_row[r->rows[i].stack] = 1;
    for (uint32_t i = 0; fits && i < c->count; i++) {
        uint32_t stack = c->stacks[i];
        if (has_row[stack])
            continue;
        fits = r->nrows < r->rows_max || grow_rows(r);
        if (!fits)
            break;
        struct round_row *row = &r->rows[r->nrows++];
        *row = (struct round_row){.stack = stack};
        if (!r->ncolumns) { /* as if it had always been so */
            row->bytes = c->of[stack].bytes;
            row->blocks = c->of[stack].blocks;
        }
    }
    if (has_row)
        csan__os_unmap(has_row, bytes);
    return fits;
}

static int add_column(struct rounds *r, const struct census *c)
{
    if (!add_rows(r, c) || !make_room(r, c))
        return -ENOMEM;
    for (uint32_t i = 0; i < r->nrows; i++)
        put(r, &r->rows[i], &c->of[r->rows[i].stack]);
    r->epochs[r->ncolumns++] = csan__block_epoch();
    if (r->ncolumns == ROUND_COLUMNS)
        thin_out(r);
    return 0;
}

int csan__round_take(const char *name, uint32_t test_since)
{
    bool is_test = test_since != 0;
    struct rounds *r = find_or_make(name ? name : "", is_test);
    if (!r)
        return -ENOMEM;
    if (is_test && !r->has_run) {
        r->has_run = true;
        return 0;
    }
    if ((r->count + 1) % r->stride) {
        r->count++;
        return 0;
    }
    struct census c;
    bool fits = begin_census(&c);
    c.test_since = test_since;
    if (fits)
        csan__block_each(count_block, &c);
    int failed = fits ? add_column(r, &c) : -ENOMEM;
    end_census(&c);
    r->count += !failed;
    return failed;
}

struct rounds *csan__round_of_test(const char *name)
{
    return find(name, true);
}

struct rounds *csan__round_first(void)
{
    return names;
}

void csan__round_forked(void)
{
    names = NULL;
}

static bool row_is_valid(const struct rounds *r, uint32_t at)
{
    const struct round_row *row = &r->rows[at];
    uint32_t last = r->ncolumns - 1;
    if (!row->stack || row->stack >= csan__stack_end())
        return false;
    for (uint32_t i = 0; i < at; i++)
        if (r->rows[i].stack == row->stack)
            return false;
    return !row->series || (r->ncolumns && row->series->bytes[last] == row->bytes &&
                            row->series->blocks[last] == row->blocks);
}

/* Each column is one stride of rounds; a row's series ends with the row's own level. */
static bool rounds_are_valid(const struct rounds *r)
{
    if (r->ncolumns >= ROUND_COLUMNS || r->nrows > r->rows_max || (r->stride & (r->stride - 1)) ||
        r->ncolumns != r->count / r->stride || (!r->is_test && r->has_run))
        return false;
    for (uint32_t i = 1; i < r->ncolumns; i++)
        if (r->epochs[i] < r->epochs[i - 1])
            return false;
    for (uint32_t i = 0; i < r->nrows; i++)
        if (!row_is_valid(r, i))
            return false;
    return true;
}

bool csan__round_is_valid(void)
{
    for (const struct rounds *r = names; r; r = r->next)
        if (!rounds_are_valid(r) || find(r->name, r->is_test) != r)
            return false;
    return true;
}

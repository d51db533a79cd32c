#include "record/cfi.h"
#include "record/cfi_program.h"
#include "record/module.h"

#include <errno.h>

/* struct dl_find_object of glibc >= 2.35, declared here so that older headers will do. */
struct found_object {
    unsigned long long flags;
    void *map_start, *map_end, *link_map, *eh_frame_header;
    unsigned long long reserved[8];
};
extern int find_object(void *pc, struct found_object *out) __asm__("_dl_find_object")
    __attribute__((weak));

static bool avoid_find_object; /* test seam */

void csan__cfi_use_find_object(bool use)
{
    __atomic_store_n(&avoid_find_object, !use, __ATOMIC_RELAXED);
}

/* The first words of the loader's struct link_map, which are public. */
struct loaded {
    uintptr_t bias;
    const char *path;
};

bool csan__cfi_object(uintptr_t pc, struct cfi_object *out)
{
    struct found_object found;
    if (csan__cfi_asks_loader() && find_object((void *)pc, &found) == 0) {
        const struct loaded *loaded = found.link_map;
        *out = (struct cfi_object){found.map_start, loaded->path};
        return true;
    }
    return false;
}

bool csan__cfi_asks_loader(void)
{
    return find_object && !__atomic_load_n(&avoid_find_object, __ATOMIC_RELAXED);
}

/* The table that serves pc: from the loader, which needs no lock, or from the module list. */
static int find_table(uintptr_t pc, struct cfi_table *out)
{
    if (csan__cfi_asks_loader()) {
        struct found_object found;
        if (find_object((void *)pc, &found) != 0)
            return -ENOENT;
        if (found.eh_frame_header &&
            csan__cfi_open_header((uintptr_t)found.eh_frame_header, (uintptr_t)found.map_start,
                                  (uintptr_t)found.map_end, out) == 0)
            return 0;
    }
    const struct module *m = csan__module_find_live(pc);
    if (!m || !m->cfi.pairs)
        return -ENOENT;
    *out = m->cfi;
    return 0;
}

static uintptr_t search(const struct cfi_table *t, uintptr_t pc)
{
    size_t below = 0, above = t->count;
    while (above - below > 1) {
        size_t middle = below + (above - below) / 2;
        if (t->base + (uintptr_t)(intptr_t)t->pairs[2 * middle] <= pc)
            below = middle;
        else
            above = middle;
    }
    return t->base + (uintptr_t)(intptr_t)t->pairs[2 * below + 1];
}

int csan__cfi_find_in(const struct cfi_table *table, uintptr_t pc, struct cfi_row *row)
{
    struct cfi_fde fde;
    int rc = csan__cfi_open_fde(search(table, pc), table->lo, table->hi, &fde);
    if (rc != 0)
        return rc;
    if (pc < fde.start || pc >= fde.end)
        return -ENOENT;
    return csan__cfi_run(&fde, table->lo, pc, row);
}

int csan__cfi_find(uintptr_t pc, struct cfi_row *row)
{
    struct cfi_table table;
    int rc = find_table(pc, &table);
    return rc != 0 ? rc : csan__cfi_find_in(&table, pc, row);
}

/* What a process learns of its children: a page shared by a family of forks, and the statuses that
 * the wait calls see.
 *
 *     slot 0 (first process) ◄── slot 1 (child) ◄── slot 2 (grandchild)
 *
 * Each process has a slot, with its parent's number and how many findings its descendants had. A
 * process with findings adds them to every ancestor's slot. An exec leaves the page behind: then
 * the child's status tells. */
#include "base/options.h"
#include "base/os.h"
#include "session/session.h"

#define SLOTS 65536u

struct slot {
    uint32_t parent; /* number + 1; 0: none */
    uint32_t of_descendants;
};

struct page {
    uint32_t used;
    struct slot slots[SLOTS];
};

static struct {
    struct page *page;
    uint32_t mine;
    uint32_t reaped; /* children whose status told of findings */
} family;

void csan__family_forking(void)
{
    if (family.page)
        return;
    family.page = csan__os_map_shared(sizeof *family.page);
    if (family.page)
        family.page->used = 1;
}

/* With the slots used up, the parent's is shared: its findings are then one generation too near. */
void csan__family_forked(void)
{
    family.reaped = 0;
    if (!family.page)
        return;
    uint32_t slot = __atomic_fetch_add(&family.page->used, 1, __ATOMIC_RELAXED);
    if (slot >= SLOTS)
        return;
    family.page->slots[slot].parent = family.mine + 1;
    family.mine = slot;
}

void csan__family_found(uint32_t findings)
{
    if (!family.page || !findings)
        return;
    for (uint32_t s = family.page->slots[family.mine].parent; s;
         s = family.page->slots[s - 1].parent)
        __atomic_fetch_add(&family.page->slots[s - 1].of_descendants, findings, __ATOMIC_RELAXED);
}

void csan__family_reaped(int pid, int status)
{
    (void)pid;
    if ((status & 0x7f) == 0 && (uint64_t)((status >> 8) & 0xff) == csan__options.exitcode)
        __atomic_fetch_add(&family.reaped, 1, __ATOMIC_RELAXED);
}

/* A forked child that was waited for has told twice, by the page and by its status. */
uint32_t csan__family_findings(void)
{
    uint32_t reaped = __atomic_load_n(&family.reaped, __ATOMIC_RELAXED), told = 0;
    if (family.page)
        told = __atomic_load_n(&family.page->slots[family.mine].of_descendants, __ATOMIC_RELAXED);
    return told > reaped ? told : reaped;
}

/* Loaded modules: the executable and its shared objects, by address range.
 *
 * A snapshot (path, build-id, bias, range) is taken when csan__module_refresh sees a module and is
 * kept when the module is unloaded, so that its frames can still be named. Time is counted in
 * generations: a new one begins whenever a module has gone. A module lives from `born` on and until
 * before `died`; a stack remembers the generation it was recorded in, so that an address names the
 * module that was there then, even when another one has taken the range since.
 *
 *   generation   1      2      3 …
 *   a.so        [born ……died)                   at 0x7f12…000
 *   b.so               [born …                  at the same place
 *
 * The same file at the same place again (dlclose, dlopen) is the same module, revived.
 * Thread-safe; readers take no lock. Needs base, record/cfi, record/unwind (what is learnt of a
 * gone module is forgotten); used by record/unwind, report. */
#ifndef CSAN_RECORD_MODULE_H
#define CSAN_RECORD_MODULE_H

#include "base/base.h"
#include "record/cfi.h"

struct module {
    uintptr_t lo, hi; /* mapped range */
    uintptr_t bias;   /* runtime address minus the file's virtual address */
    char path[512];   /* absolute; the executable's is that of /proc/self/exe; "[vdso]" */
    uint8_t build_id[32];
    uint32_t build_id_bytes; /* 0: none */
    bool executable;         /* the main program */
    bool unloaded;
    uint32_t born, died; /* generations; died 0: it is there */
    uint64_t identity; /* hash that tells two files of one path apart where there is no build-id */
    struct cfi_table cfi; /* pairs NULL: it has no call frame information */
    struct module *next;
};

/* The module that holds pc, live ones first, then unloaded ones; NULL: none. */
const struct module *csan__module_find(uintptr_t pc);
/* The same for an address that was recorded in `generation`. */
const struct module *csan__module_find_at(uintptr_t pc, uint32_t generation);
/* Live ones only. */
const struct module *csan__module_find_live(uintptr_t pc);
/* Now; 1 at the start. */
extern uint32_t csan__module_now;
static CSAN_ALWAYS_INLINE uint32_t csan__module_generation(void)
{
    return __atomic_load_n(&csan__module_now, __ATOMIC_ACQUIRE);
}
/* Look at what is loaded now: new modules are added, gone ones marked and forgotten by the
 * unwinder. Called at start, after dlopen and dlclose, and before a verdict. Holds no lock of
 * csan's while it is in the loader. Where memory is short, what could not be added stays unknown.
 */
void csan__module_refresh(void);
const struct module *csan__module_first(void);
bool csan__module_is_valid(void);

#endif

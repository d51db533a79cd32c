/* The world stopped, with all that detectors want to know of it: what the loader has loaded, which
 * memory is a root although no mapping says so, which is none. Needs stop.c, threads.c, public.c;
 * used by judge.c and who.c. */
#include "base/arena.h"
#include "detect/roots.h"
#include "record/maps.h"
#include "record/module.h"
#include "session/private.h"

#include <link.h>

#define EXTRA_ROOTS_MAX 4096u
#define SEGMENTS_MAX 1024u

/* What ld.so tells of the loaded modules. */
struct loaded {
    uintptr_t tls_bytes; /* static TLS lies at the same distance below every thread's pointer */
    struct range *data;  /* writable segments, for where there is no /proc */
    uint32_t ndata;
    struct tls_module *tls; /* those that have thread-locals */
    uint32_t ntls;
};

static void note_data(struct loaded *l, const struct dl_phdr_info *info)
{
    for (uint32_t i = 0; i < info->dlpi_phnum && l->data && l->ndata < SEGMENTS_MAX; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t lo = info->dlpi_addr + p->p_vaddr;
        if (p->p_type == PT_LOAD && p->p_flags & PF_W)
            l->data[l->ndata++] = (struct range){lo, lo + p->p_memsz};
    }
}

/* Drepper, "ELF Handling For Thread-Local Storage": a thread's vector lies 8 bytes behind its
 * pointer, an entry a module: where its variables are, and what is to be freed of that (glibc: NULL
 * for static ones). Entry 0 counts the loads and unloads that the thread has heard of, entry -1 how
 * many there are: what ld.so does not tell of and an entry has is of a module that is unloaded. */
static void look_up_vector(struct tls_module *m, uintptr_t self, const void *data)
{
    const uintptr_t *dtv = ((const uintptr_t *const *)self)[1];
    const uintptr_t *entry = &dtv[2 * m->id];
    if (data && entry[0] == (uintptr_t)data && entry[1] == 0)
        m->below = self - (uintptr_t)data;
    if (!data && m->id <= dtv[-2] && entry[1] != 0)
        m->after = dtv[0];
}

static void note_thread_locals(struct loaded *l, uintptr_t self, const struct dl_phdr_info *info)
{
    struct tls_module m = {.inside = (uintptr_t)info->dlpi_phdr, .id = info->dlpi_tls_modid};
    for (uint32_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type == PT_TLS)
            m.bytes = p->p_memsz;
        else if (p->p_type == PT_LOAD && p->p_flags & PF_X)
            m.inside = info->dlpi_addr + p->p_vaddr;
    }
    look_up_vector(&m, self, info->dlpi_tls_data);
    if (m.id && m.bytes && l->tls && l->ntls < SEGMENTS_MAX)
        l->tls[l->ntls++] = m;
}

static int note_module(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct loaded *l = arg;
    uintptr_t self;
    __asm__("movq %%fs:0, %0" : "=r"(self));
    note_data(l, info);
    if (size < sizeof *info)
        return 0;
    note_thread_locals(l, self, info);
    if (!info->dlpi_tls_data)
        return 0;
    uintptr_t below = self - (uintptr_t)info->dlpi_tls_data;
    if (below <= ((uintptr_t)1 << 20) && below > l->tls_bytes)
        l->tls_bytes = below;
    return 0;
}

/* Without /proc there are no mappings to look through: the modules' own data must do. */
static void add_data(struct world *w, const struct loaded *l)
{
    for (uint32_t i = 0; !w->nmappings && w->extra_roots && i < l->ndata; i++)
        if (w->nextra < EXTRA_ROOTS_MAX)
            w->extra_roots[w->nextra++] = l->data[i];
}

static void gather_roots(struct world *w)
{
    struct range *roots = csan__arena_scratch_alloc(w->scratch, EXTRA_ROOTS_MAX * sizeof *roots);
    struct left_thread *left =
        csan__arena_scratch_alloc(w->scratch, csan__started_count() * sizeof *left);
    if (left) {
        w->nleft = csan__started_left(left, csan__started_count());
        w->left = left;
    }
    struct range *dead = csan__arena_scratch_alloc(w->scratch, EXTRA_ROOTS_MAX * sizeof *dead);
    if (roots) {
        uint32_t n = csan__started_roots(roots, EXTRA_ROOTS_MAX);
        w->nextra = n + csan__public_roots(roots + n, EXTRA_ROOTS_MAX - n);
        w->extra_roots = roots;
    }
    uintptr_t *held = csan__arena_scratch_alloc(w->scratch, EXTRA_ROOTS_MAX * sizeof *held);
    if (held) {
        w->nheld = csan__started_held(held, EXTRA_ROOTS_MAX);
        w->held = held;
    }
    if (dead) {
        dead[0] = csan__judge_stack();
        w->nnot_roots = 1 + csan__started_dead_stacks(dead + 1, EXTRA_ROOTS_MAX - 1);
        w->not_roots = dead;
    }
}

int csan__scene_stop(const struct full_regs *at, struct arena *scratch, bool with_memory,
                     struct world *out)
{
    struct loaded loaded = {.ndata = 0, .ntls = 0};
    loaded.data = csan__arena_scratch_alloc(scratch, SEGMENTS_MAX * sizeof *loaded.data);
    loaded.tls = csan__arena_scratch_alloc(scratch, SEGMENTS_MAX * sizeof *loaded.tls);
    dl_iterate_phdr(note_module, &loaded); /* may wait for ld.so: never while others stand still */
    csan__roots_static_tls_bytes = loaded.tls_bytes;
    csan__module_refresh();
    int failed = csan__stop_world(at, scratch, out);
    if (failed)
        return failed;
    failed = with_memory ? csan__maps_of_world(out) : 0;
    if (failed) {
        csan__start_world();
        return failed;
    }
    gather_roots(out);
    add_data(out, &loaded);
    out->tls = loaded.tls;
    out->ntls = loaded.ntls;
    return 0;
}

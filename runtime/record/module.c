#include "record/module.h"
#include "base/arena.h"
#include "base/lock.h"
#include "base/os.h"
#include "record/unwind.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>

/* Guarded by lock: writes. Readers follow `first` and the atomics `died` and
 * csan__module_now. */
static struct {
    struct lock lock;
    struct module *first; /* newest first; never unlinked */
    uint64_t changes;     /* the loader's count of loads and unloads at the last merge, plus 1 */
} modules = {.lock = LOCK_INIT(LOCK_MODULES)};

uint32_t csan__module_now = 1;

static uint32_t died_of(const struct module *m)
{
    return __atomic_load_n(&m->died, __ATOMIC_ACQUIRE);
}

static bool holds(const struct module *m, uintptr_t pc)
{
    return pc - m->lo < m->hi - m->lo;
}

const struct module *csan__module_first(void)
{
    return __atomic_load_n(&modules.first, __ATOMIC_ACQUIRE);
}

const struct module *csan__module_find_live(uintptr_t pc)
{
    for (const struct module *m = csan__module_first(); m; m = m->next)
        if (holds(m, pc) && died_of(m) == 0)
            return m;
    return NULL;
}

const struct module *csan__module_find(uintptr_t pc)
{
    const struct module *gone = NULL;
    for (const struct module *m = csan__module_first(); m; m = m->next) {
        if (!holds(m, pc))
            continue;
        uint32_t died = died_of(m);
        if (died == 0)
            return m;
        if (!gone || died > died_of(gone))
            gone = m;
    }
    return gone;
}

const struct module *csan__module_find_at(uintptr_t pc, uint32_t generation)
{
    const struct module *best = NULL;
    for (const struct module *m = csan__module_first(); m; m = m->next) {
        uint32_t died = died_of(m);
        if (holds(m, pc) && m->born <= generation && (died == 0 || generation < died) &&
            (!best || m->born > best->born))
            best = m;
    }
    return best ? best : csan__module_find(pc);
}

/* ---- what is loaded: collected inside the loader's lock, with none of ours held ---- */

struct snapshot {
    struct arena scratch;
    struct module *first;
    uint64_t changes; /* 0: nothing has changed since the last merge */
    bool first_seen;  /* the executable comes first */
    bool no_memory;
};

#define CODE_HASHED ((size_t)64 << 10)

static uint64_t hash_words(uint64_t h, const void *p, size_t bytes)
{
    const uint64_t *words = p;
    for (size_t i = 0; i < bytes / sizeof *words; i++)
        h = (h ^ words[i]) * 0x100000001b3u; /* FNV-1a, by words */
    return h;
}

static void read_notes(struct module *m, uintptr_t at, size_t bytes, size_t align)
{
    uintptr_t end = at + bytes;
    if (at < m->lo || end > m->hi || end < at)
        return;
    align = align == 8 ? 8 : 4;
    while (end - at >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
        size_t name = csan__base_round_up(sizeof *note + note->n_namesz, align);
        size_t whole = csan__base_round_up(name + note->n_descsz, align);
        if (name + note->n_descsz > end - at)
            return;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
            memcmp(note + 1, "GNU", 4) == 0 && note->n_descsz <= sizeof m->build_id) {
            memcpy(m->build_id, (const void *)(at + name), note->n_descsz);
            m->build_id_bytes = note->n_descsz;
        }
        at += whole < end - at ? whole : end - at;
    }
}

static void set_path(struct module *m, const char *name)
{
    size_t used = 0;
    if (m->executable) {
        long n = csan__os_readlink("/proc/self/exe", m->path, sizeof m->path - 1);
        m->path[n > 0 ? n : 0] = '\0';
        if (n > 0)
            return;
    }
    if (m->lo == getauxval(AT_SYSINFO_EHDR))
        name = "[vdso]";
    else if (name[0] != '/' && name[0] != '\0') {
        long n = csan__os_syscall(SYS_getcwd, (long)m->path, sizeof m->path - 1, 0, 0, 0, 0);
        if (n > 1 && m->path[0] == '/') { /* n counts the NUL; the root folder has its slash */
            used = (size_t)n - 1;
            if (used > 1)
                m->path[used++] = '/';
        }
    }
    size_t n = strlen(name);
    if (n > sizeof m->path - 1 - used)
        n = sizeof m->path - 1 - used;
    memcpy(m->path + used, name, n);
    m->path[used + n] = '\0';
}

/* Address and size of section .eh_frame as the file has it; false: not to be read. */
static bool find_eh_frame_section(const char *path, uintptr_t *at, size_t *bytes)
{
    ElfW(Ehdr) file;
    ElfW(Shdr) names, section;
    char name[sizeof ".eh_frame"];
    bool found = false;
    int fd = (int)csan__os_open(path, O_RDONLY, 0);
    if (fd < 0)
        return false;
    if (csan__os_pread(fd, &file, sizeof file, 0) != (long)sizeof file || file.e_shoff == 0 ||
        csan__os_pread(fd, &names, sizeof names,
                       file.e_shoff + (uint64_t)file.e_shstrndx * sizeof names) !=
            (long)sizeof names)
        file.e_shnum = 0;
    for (unsigned i = 0; i < file.e_shnum && !found; i++) {
        if (csan__os_pread(fd, &section, sizeof section,
                           file.e_shoff + (uint64_t)i * sizeof section) != (long)sizeof section)
            break;
        found = csan__os_pread(fd, name, sizeof name, names.sh_offset + section.sh_name) ==
                    (long)sizeof name &&
                memcmp(name, ".eh_frame", sizeof name) == 0;
    }
    csan__os_close(fd);
    if (found) {
        *at = section.sh_addr;
        *bytes = section.sh_size;
    }
    return found;
}

/* A static program has no .eh_frame_hdr unless the linker was told to make one. */
static void index_frames(struct module *m)
{
    const struct module *known = csan__module_find_live(m->lo);
    if (known && known->hi == m->hi && known->bias == m->bias) {
        m->cfi = known->cfi;
        return;
    }
    uintptr_t at;
    size_t bytes;
    if (find_eh_frame_section(m->executable ? "/proc/self/exe" : m->path, &at, &bytes))
        (void)csan__cfi_index(m->bias + at, bytes, m->lo, m->hi, &m->cfi);
}

/* Where the linker made no build-id, the headers and the first code tell two files apart. */
static void identify(struct module *m, const struct dl_phdr_info *info)
{
    if (m->build_id_bytes)
        return;
    m->identity = hash_words(0xcbf29ce484222325u, info->dlpi_phdr,
                             info->dlpi_phnum * sizeof *info->dlpi_phdr);
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type == PT_LOAD && (p->p_flags & PF_X) && (p->p_flags & PF_R)) {
            uintptr_t at = csan__base_round_up(m->bias + p->p_vaddr, 8);
            size_t bytes = p->p_filesz < CODE_HASHED ? p->p_filesz : CODE_HASHED;
            m->identity = hash_words(m->identity, (const void *)at, bytes & ~(size_t)15);
        }
    }
}

static void read_headers(struct module *m, const struct dl_phdr_info *info)
{
    const ElfW(Phdr) *header = NULL;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type == PT_NOTE)
            read_notes(m, m->bias + p->p_vaddr, p->p_memsz, p->p_align);
        else if (p->p_type == PT_GNU_EH_FRAME)
            header = p;
    }
    identify(m, info);
    if (!header || csan__cfi_open_header(m->bias + header->p_vaddr, m->lo, m->hi, &m->cfi) != 0)
        index_frames(m);
}

static int collect(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct snapshot *s = arg;
    (void)size;
    s->changes = info->dlpi_adds + info->dlpi_subs + 1;
    if (s->changes == __atomic_load_n(&modules.changes, __ATOMIC_ACQUIRE)) {
        s->changes = 0;
        return 1;
    }
    uintptr_t lo = UINTPTR_MAX, hi = 0;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type != PT_LOAD)
            continue;
        lo = p->p_vaddr < lo ? p->p_vaddr : lo;
        hi = p->p_vaddr + p->p_memsz > hi ? p->p_vaddr + p->p_memsz : hi;
    }
    bool executable = !s->first_seen;
    s->first_seen = true;
    if (lo >= hi)
        return 0;
    struct module *m = csan__arena_scratch_alloc(&s->scratch, sizeof *m);
    if (!m) {
        s->no_memory = true;
        return 1;
    }
    m->bias = info->dlpi_addr;
    m->lo = m->bias + (lo & ~(CSAN_PAGE - 1));
    m->hi = m->bias + csan__base_round_up(hi, CSAN_PAGE);
    m->executable = executable;
    set_path(m, info->dlpi_name ? info->dlpi_name : "");
    read_headers(m, info);
    m->next = s->first;
    s->first = m;
    return 0;
}

/* ---- merging, under the lock ---- */

static bool is_same(const struct module *a, const struct module *b)
{
    return a->lo == b->lo && a->hi == b->hi && a->bias == b->bias && a->identity == b->identity &&
           a->build_id_bytes == b->build_id_bytes &&
           memcmp(a->build_id, b->build_id, a->build_id_bytes) == 0 &&
           strcmp(a->path, b->path) == 0;
}

static bool is_in(const struct module *m, const struct module *list)
{
    for (; list; list = list->next)
        if (is_same(m, list))
            return true;
    return false;
}

/* Generation `now` begins: what is no longer loaded has died with it. */
static void bury(const struct snapshot *s, uint32_t now)
{
    bool any = false;
    for (struct module *m = modules.first; m; m = m->next) {
        if (m->died || is_in(m, s->first))
            continue;
        m->unloaded = true;
        __atomic_store_n(&m->died, now, __ATOMIC_RELEASE);
        csan__unwind_forget(m->lo, m->hi);
        any = true;
    }
    if (any)
        __atomic_store_n(&csan__module_now, now, __ATOMIC_RELEASE);
}

static bool was_replaced(const struct module *gone)
{
    for (const struct module *m = modules.first; m; m = m->next)
        if (m != gone && m->lo < gone->hi && gone->lo < m->hi && m->born >= gone->died)
            return true;
    return false;
}

/* The module came back to where it was and nothing was there in between. */
static bool revive(const struct module *loaded)
{
    for (struct module *m = modules.first; m; m = m->next) {
        if (!is_same(m, loaded) || (m->died && was_replaced(m)))
            continue;
        m->unloaded = false;
        __atomic_store_n(&m->died, 0, __ATOMIC_RELEASE);
        return true;
    }
    return false;
}

static void add(const struct module *loaded)
{
    struct module *m = csan__arena_alloc(sizeof *m);
    if (!m)
        return; /* its frames will have no names */
    *m = *loaded;
    m->born = csan__module_now;
    m->next = modules.first;
    __atomic_store_n(&modules.first, m, __ATOMIC_RELEASE);
}

void csan__module_refresh(void)
{
    struct snapshot s = {.changes = 0};
    dl_iterate_phdr(collect, &s);
    if (s.changes && !s.no_memory) {
        csan__lock_take(&modules.lock);
        if (s.changes > modules.changes) { /* else another thread was here with a newer one */
            bury(&s, csan__module_now + 1);
            for (const struct module *m = s.first; m; m = m->next)
                if (!revive(m))
                    add(m);
            __atomic_store_n(&modules.changes, s.changes, __ATOMIC_RELEASE);
        }
        csan__lock_give(&modules.lock);
    }
    csan__arena_scratch_free(&s.scratch);
}

/* Live modules do not overlap, and every life is a span of generations that have been. */
bool csan__module_is_valid(void)
{
    uint32_t now = csan__module_generation();
    for (const struct module *m = csan__module_first(); m; m = m->next) {
        if (m->lo >= m->hi || m->born == 0 || m->born > now || m->died > now ||
            (m->died && m->died <= m->born) || m->unloaded != (m->died != 0))
            return false;
        for (const struct module *other = m->next; other; other = other->next)
            if (!m->died && !other->died && m->lo < other->hi && other->lo < m->hi)
                return false;
    }
    return true;
}

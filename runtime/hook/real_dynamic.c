#include "hook/real.h"
#include "base/lock.h"
#include "base/os.h"
#include "session/surroundings.h"

#include <dlfcn.h>
#include <string.h>

struct real csan__real;
bool csan__real_is_glibc_heap;

/* dlsym may call calloc and free before the real ones are known: 64 KiB serve that. */
#define BOOTSTRAP_BYTES ((size_t)64 << 10)

static struct {
    char bytes[BOOTSTRAP_BYTES] __attribute__((aligned(64)));
    size_t used;
    uint32_t state; /* 0 unknown, 1 being looked up, 2 ready */
    int looking_tid;
} boot;

/* Each bootstrap block is preceded by its size. */
void *csan__real_bootstrap_alloc(size_t align, size_t bytes)
{
    if (bytes > BOOTSTRAP_BYTES)
        return NULL;
    align = align < 16 ? 16 : align;
    for (size_t used = __atomic_load_n(&boot.used, __ATOMIC_RELAXED);;) {
        uintptr_t at = csan__base_round_up((uintptr_t)boot.bytes + used + 16, align);
        size_t end = at - (uintptr_t)boot.bytes + csan__base_round_up(bytes, 16);
        if (end > BOOTSTRAP_BYTES)
            return NULL;
        if (__atomic_compare_exchange_n(&boot.used, &used, end, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
            ((size_t *)at)[-1] = bytes;
            return (void *)at;
        }
    }
}

size_t csan__real_bootstrap_size(const void *p)
{
    if ((uintptr_t)p - (uintptr_t)boot.bytes >= BOOTSTRAP_BYTES)
        return 0;
    size_t asked = ((const size_t *)p)[-1];
    return csan__base_round_up(asked ? asked : 1, 16);
}

/* Before glibc 2.36 RTLD_NEXT gave the oldest of a symbol's versions. That is the same function but
 * for pthread_cond_wait and pthread_cond_timedwait, which knew another pthread_cond_t in 2.2.5. */
static void *find(const char *name)
{
    void *newer = NULL;
    bool has_two = strncmp(name, "pthread_cond_", sizeof "pthread_cond_" - 1) == 0 &&
                   strcmp(name, "pthread_cond_clockwait") != 0; /* of 2.30 */
    if (has_two)
        newer = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    return newer ? newer : dlsym(RTLD_NEXT, name);
}

static void look_up(void)
{
#define HOOK(type, name, params) csan__real.name = (type(*) params)find(#name);
#include "hook/hooks.inc"
#undef HOOK
}

static bool chunk_header_tells(size_t bytes)
{
    void *p = csan__real.malloc(bytes);
    if (!p)
        return false;
    size_t header = ((size_t *)p)[-1];
    size_t usable = (header & ~(size_t)7) - (header & 2 ? 16 : 8);
    bool same = usable == csan__real.malloc_usable_size(p);
    csan__real.free(p);
    return same;
}

static bool is_glibc_heap(void)
{
    return csan__real.malloc_usable_size && !csan__surroundings_has_valgrind() &&
           csan__surroundings_are_of_one_object((uintptr_t)csan__real.malloc,
                                                (uintptr_t)csan__real._exit) &&
           dlsym(RTLD_NEXT, "gnu_get_libc_version") && chunk_header_tells(1) &&
           chunk_header_tells(100) && chunk_header_tells(5000) && chunk_header_tells(1 << 20);
}

static bool look_up_once(void)
{
    uint32_t unknown = 0;
    if (__atomic_load_n(&boot.looking_tid, __ATOMIC_RELAXED) == csan__os_tid())
        return false;
    if (!__atomic_compare_exchange_n(&boot.state, &unknown, 1, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_ACQUIRE)) {
        while (__atomic_load_n(&boot.state, __ATOMIC_ACQUIRE) != 2)
            csan__os_yield();
        return true;
    }
    __atomic_store_n(&boot.looking_tid, csan__os_tid(), __ATOMIC_RELAXED);
    look_up();
    csan__real_is_glibc_heap = is_glibc_heap();
    __atomic_store_n(&boot.state, 2, __ATOMIC_RELEASE);
    __atomic_store_n(&boot.looking_tid, 0, __ATOMIC_RELAXED);
    return true;
}

bool csan__real_ready(void)
{
    return CSAN_LIKELY(__atomic_load_n(&boot.state, __ATOMIC_ACQUIRE) == 2) || look_up_once();
}

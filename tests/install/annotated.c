/* Every function of csan.h, in C and in C++.
 *
 * As it is: 0 and silent without the library; with it, one leak (in `judge`).
 * PLAIN: the same without one annotation.   EVALUATED: 11, the arguments that were evaluated. */
#include <stdlib.h>

#ifdef PLAIN
#define NOTE(...)
#else
#include <csan.h>
#define NOTE(...) __VA_ARGS__
#endif

static void *volatile slot;

__attribute__((noinline)) static void lose(size_t n)
{
    slot = malloc(n);
    slot = NULL;
}

#ifdef EVALUATED

static int evaluated;

static void *address(void)
{
    evaluated++;
    return NULL;
}

static size_t size(void)
{
    evaluated++;
    return 0;
}

static csan_mark_t mark(void)
{
    evaluated++;
    return csan_mark();
}

int main(void)
{
    csan_disable();
    csan_enable();
    csan_ignore(address());
    csan_name(address(), (const char *)address());
    csan_add_root(address(), size());
    csan_remove_root(address(), size());
    csan_who_points_at(address(), size(), (int)size());
    csan_label("key", NULL);
    lose(1);
    return csan_check(mark()) + evaluated;
}

#else

/* What hangs in memory that csan does not look at: its address is hidden from it. */
__attribute__((noinline)) static void hold(size_t n)
{
    void **hidden = (void **)malloc(sizeof *hidden);
    NOTE(csan_ignore(hidden);)
    *hidden = malloc(n);
    slot = NULL;
}

__attribute__((noinline)) static int judge(void)
{
    NOTE(csan_mark_t before = csan_mark();)
    NOTE(csan_disable();)
    lose(2);
    NOTE(csan_enable();)
    NOTE(csan_add_root((const void *)&slot, sizeof slot);)
    hold(3);
    NOTE(csan_remove_root((const void *)&slot, sizeof slot);)
    NOTE(csan_who_points_at((const void *)&slot, sizeof slot, -1);)
    NOTE(if (csan_check(before) != 0) return 1;)
    lose(4);
    NOTE(return csan_check(before) > 1;)
    return 0;
}

int main(void)
{
    return judge();
}

#endif

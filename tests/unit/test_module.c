/* The list of modules: what is loaded, what was, and what is there now instead. */
#include "base/arena.h"
#include "base/os.h"
#include "record/module.h"
#include "record/stack.h"
#include "record/thread.h"
#include "record/unwind.h"
#include "tests/unit/fixtures/build.h"
#include "tests/unit/suite.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>

static void begin(void)
{
    csan__thread_make();
    ck_assert_int_eq(csan__stack_init(64), 0);
    csan__module_refresh();
}

static void end(void)
{
    ck_assert(csan__module_is_valid());
    ck_assert(csan__stack_is_valid());
    ck_assert(csan__unwind_is_valid());
    build_clean();
}

static unsigned count(void)
{
    unsigned n = 0;
    for (const struct module *m = csan__module_first(); m; m = m->next)
        n++;
    return n;
}

START_TEST(the_executable_is_known_by_its_file)
{
    char path[512] = "";
    ck_assert_int_gt(csan__os_readlink("/proc/self/exe", path, sizeof path - 1), 0);
    const struct module *m = csan__module_find((uintptr_t)begin);
    ck_assert_ptr_nonnull(m);
    ck_assert_str_eq(m->path, path);
    ck_assert(m->executable);
    ck_assert(!m->unloaded);
    ck_assert_uint_eq(csan__module_generation(), 1);
    for (const struct module *other = csan__module_first(); other; other = other->next)
        ck_assert(other == m || !other->executable);
}
END_TEST

START_TEST(libc_and_the_vdso_are_known)
{
    const struct module *m = csan__module_find((uintptr_t)&malloc);
    Dl_info where;
    ck_assert_ptr_nonnull(m);
    ck_assert_int_ne(dladdr((void *)(uintptr_t)&malloc, &where), 0);
    ck_assert_str_eq(m->path, where.dli_fname);
    ck_assert_uint_eq(m->bias, (uintptr_t)where.dli_fbase);
    ck_assert(!m->executable);
    if (getauxval(AT_SYSINFO_EHDR)) {
        m = csan__module_find(getauxval(AT_SYSINFO_EHDR));
        ck_assert_ptr_nonnull(m);
        ck_assert_str_eq(m->path, "[vdso]");
    }
}
END_TEST

START_TEST(an_address_in_no_module_has_none)
{
    int local;
    ck_assert_ptr_null(csan__module_find((uintptr_t)&local));
    ck_assert_ptr_null(csan__module_find(0));
    ck_assert_ptr_null(csan__module_find(UINTPTR_MAX));
    ck_assert_ptr_null(csan__module_find_at((uintptr_t)&local, 1));
}
END_TEST

static void *load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW);
    ck_assert_msg(library != NULL, "%s", dlerror());
    csan__module_refresh();
    return library;
}

static void unload(void *library)
{
    ck_assert_int_eq(dlclose(library), 0);
    csan__module_refresh();
}

static uintptr_t symbol(void *library, const char *name)
{
    uintptr_t at = (uintptr_t)dlsym(library, name);
    ck_assert_uint_ne(at, 0);
    return at;
}

#define BUILD_A "gcc -O2 -DWHICH=1 -Wl,--build-id=0x0123456789abcdef0123"
#define BUILD_B "gcc -O2 -DWHICH=2 -Wl,--build-id=0xffeeddccbbaa99887766"

START_TEST(the_build_id_is_the_files)
{
    void *library = load(build_object(BUILD_A, "reload.c", "id"));
    const struct module *m = csan__module_find(symbol(library, "reload_which"));
    static const uint8_t id[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23};
    ck_assert_uint_eq(m->build_id_bytes, sizeof id);
    ck_assert_mem_eq(m->build_id, id, sizeof id);
}
END_TEST

START_TEST(a_relative_path_is_made_absolute)
{
    char path[128];
    snprintf(path, sizeof path, "%s", build_object(BUILD_A, "reload.c", "relative"));
    ck_assert_int_eq(chdir("/tmp"), 0);
    char relative[136];
    snprintf(relative, sizeof relative, "./%s", path + strlen("/tmp/"));
    void *library = load(relative);
    const struct module *m = csan__module_find(symbol(library, "reload_which"));
    snprintf(relative, sizeof relative, "/tmp/./%s", path + strlen("/tmp/"));
    ck_assert_str_eq(m->path, relative);
}
END_TEST

START_TEST(an_unloaded_module_is_kept_and_flagged)
{
    void *library = load(build_object(BUILD_A, "reload.c", "kept"));
    uintptr_t at = symbol(library, "reload_which");
    uint32_t then = csan__module_generation();
    const struct module *m = csan__module_find(at);
    ck_assert(!m->unloaded);
    unload(library);
    ck_assert_ptr_eq(csan__module_find(at), m);
    ck_assert(m->unloaded);
    ck_assert_ptr_null(csan__module_find_live(at));
    ck_assert_uint_gt(csan__module_generation(), then);
    ck_assert_ptr_eq(csan__module_find_at(at, then), m);
}
END_TEST

/* Loads b at the place that a has left; the address of reload_call in both. */
static uintptr_t replace(void **library, const char *b, uintptr_t at)
{
    unload(*library);
    *library = load(b);
    ck_assert_uint_eq(symbol(*library, "reload_call"), at);
    return at;
}

START_TEST(another_module_in_the_same_range_is_told_apart_by_the_generation)
{
    char a[128], b[128];
    snprintf(a, sizeof a, "%s", build_object(BUILD_A, "reload.c", "a"));
    snprintf(b, sizeof b, "%s", build_object(BUILD_B, "reload.c", "b"));
    void *library = load(a);
    uintptr_t at = symbol(library, "reload_call");
    uint32_t first = csan__module_generation();
    replace(&library, b, at);
    uint32_t second = csan__module_generation();
    ck_assert_str_eq(csan__module_find_at(at, first)->path, a);
    ck_assert_str_eq(csan__module_find_at(at, second)->path, b);
    ck_assert_str_eq(csan__module_find(at)->path, b);
    replace(&library, a, at); /* not revived: b was there in between */
    ck_assert_str_eq(csan__module_find_at(at, first)->path, a);
    ck_assert_str_eq(csan__module_find_at(at, second)->path, b);
    ck_assert_str_eq(csan__module_find(at)->path, a);
    ck_assert_ptr_ne(csan__module_find(at), csan__module_find_at(at, first));
    unload(library);
    ck_assert_str_eq(csan__module_find(at)->path, a);
}
END_TEST

/* The same path, written anew, without a build-id. */
START_TEST(a_file_that_has_changed_is_another_module)
{
    char path[128], other[128];
    snprintf(path, sizeof path, "%s",
             build_object("gcc -O2 -DWHICH=1 -Wl,--build-id=none", "reload.c", "plugin"));
    snprintf(other, sizeof other, "%s",
             build_object("gcc -O2 -DWHICH=3 -Wl,--build-id=none", "reload.c", "next"));
    void *library = load(path);
    uintptr_t at = symbol(library, "reload_capture_by");
    const struct module *before = csan__module_find(at);
    ck_assert_int_eq(dlclose(library), 0);
    ck_assert_int_eq(rename(other, path), 0);
    library = load(path); /* nobody looked in between */
    const struct module *after = csan__module_find(symbol(library, "reload_capture_by"));
    ck_assert_str_eq(after->path, before->path);
    ck_assert_ptr_ne(after, before);
    ck_assert(before->unloaded);
}
END_TEST

START_TEST(the_same_file_at_the_same_place_is_the_same_module)
{
    const char *path = build_object(BUILD_A, "reload.c", "again");
    void *library = load(path);
    uintptr_t at = symbol(library, "reload_call");
    const struct module *m = csan__module_find(at);
    unsigned known = count();
    for (int i = 0; i < 50; i++) {
        replace(&library, path, at);
        ck_assert_ptr_eq(csan__module_find(at), m);
        ck_assert(!m->unloaded);
    }
    ck_assert_uint_eq(count(), known);
}
END_TEST

START_TEST(a_refresh_without_change_changes_nothing)
{
    unsigned known = count();
    const struct module *first = csan__module_first();
    for (int i = 0; i < 10; i++)
        csan__module_refresh();
    ck_assert_uint_eq(count(), known);
    ck_assert_ptr_eq(csan__module_first(), first);
    ck_assert_uint_eq(csan__module_generation(), 1);
}
END_TEST

START_TEST(without_memory_a_refresh_leaves_what_is_known)
{
    const char *path = build_object(BUILD_A, "reload.c", "memory");
    unsigned known = count();
    void *library = dlopen(path, RTLD_NOW);
    uintptr_t at = symbol(library, "reload_call");
    csan__arena_fail_nth(1); /* the scratch */
    csan__module_refresh();
    ck_assert_uint_eq(count(), known);
    ck_assert_ptr_null(csan__module_find(at));
    csan__module_refresh();
    ck_assert_ptr_nonnull(csan__module_find(at));
}
END_TEST

/* ---- stacks through modules that come and go ---- */

static uint32_t last_id;

static void take(void)
{
    struct regs at = REGS_OF_CALLER();
    last_id = csan__stack_here(&at);
    ck_assert_uint_ne(last_id, 0);
    ck_assert_uint_eq(csan__stack_here(&at), last_id);
}

static uint32_t capture_in(void *library)
{
    void (*capture_by)(void (*)(void)) =
        (void (*)(void (*)(void)))symbol(library, "reload_capture_by");
    void (*call)(void) = (void (*)(void))symbol(library, "reload_call");
    capture_by(take);
    for (volatile int i = 0; i < 3; i++) /* one call site for all */
        call();
    return last_id;
}

static const char *module_of_frame(uint32_t id, uint32_t frame)
{
    struct stack_view v;
    ck_assert(csan__stack_get(id, &v));
    return csan__module_find_at(v.pcs[frame] - 1, v.generation)->path;
}

START_TEST(a_stack_names_the_module_that_it_passed_through)
{
    char a[128], b[128];
    snprintf(a, sizeof a, "%s", build_object(BUILD_A, "reload.c", "a"));
    snprintf(b, sizeof b, "%s", build_object(BUILD_B, "reload.c", "b"));
    uint32_t ids[4];
    const char *const paths[] = {a, b, b, a};
    void *library = NULL;
    uintptr_t at = 0;
    for (volatile int i = 0; i < 4; i++) { /* one call site for all */
        if (i == 0)
            library = load(paths[i]);
        else
            replace(&library, paths[i], at);
        at = symbol(library, "reload_call");
        ids[i] = capture_in(library);
    }
    ck_assert_uint_ne(ids[0], ids[1]);
    ck_assert_uint_eq(ids[1], ids[2]); /* the same module again */
    unload(library);
    for (int i = 0; i < 4; i++)
        ck_assert_str_eq(module_of_frame(ids[i], 0), paths[i]);
}
END_TEST

__attribute__((noinline)) static void take_here(void)
{
    take();
    __asm__ volatile("" ::: "memory");
}

START_TEST(a_stack_outside_it_stays_the_same_when_a_module_goes)
{
    const char *path = build_object(BUILD_A, "reload.c", "gone");
    uint32_t ids[3];
    void *library = load(path);
    for (volatile int i = 0; i < 3; i++) { /* one call site for all */
        take_here();
        ids[i] = last_id;
        if (i == 0)
            unload(library);
    }
    ck_assert_uint_eq(ids[0], ids[1]);
    ck_assert_uint_eq(ids[0], ids[2]);
}
END_TEST

START_TEST(a_module_is_known_once_a_stack_has_passed_through_it)
{
    csan__cfi_use_find_object(_i);
    const char *path = build_object(BUILD_A, "reload.c", "unseen");
    void *library = dlopen(path, RTLD_NOW); /* and nobody says so */
    uintptr_t at = symbol(library, "reload_call");
    ck_assert_ptr_null(csan__module_find(at));
    uint32_t id = capture_in(library);
    ck_assert_ptr_nonnull(csan__module_find(at));
    dlclose(library);
    csan__module_refresh();
    ck_assert_str_eq(module_of_frame(id, 0), path);
    csan__cfi_use_find_object(true);
}
END_TEST

/* Frames of a module that has gone are not walked by its rules. */
START_TEST(rules_of_a_gone_module_are_forgotten)
{
    void *library = load(build_object(BUILD_A, "reload.c", "rules"));
    uintptr_t at = symbol(library, "reload_call");
    const struct module *m = csan__module_find(at);
    capture_in(library);
    ck_assert_uint_gt(csan__unwind_count(m->lo, m->hi), 0);
    unload(library);
    ck_assert_uint_eq(csan__unwind_count(m->lo, m->hi), 0);
}
END_TEST

/* ---- threads ---- */

enum { THREADS = 4, ROUNDS = 200 };
static pthread_barrier_t barrier;
static char paths[THREADS][128];

static void *come_and_go(void *arg)
{
    const char *path = arg;
    csan__thread_make();
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        void *library = dlopen(path, RTLD_NOW);
        csan__module_refresh();
        uintptr_t at = (uintptr_t)dlsym(library, "reload_call");
        const struct module *m = csan__module_find(at);
        if (!m || strcmp(m->path, path) != 0)
            return arg;
        dlclose(library);
        csan__module_refresh();
        if (csan__module_find_live(at) && i % 16 == 0)
            csan__module_refresh(); /* another's, by now */
    }
    return NULL;
}

START_TEST(threads_may_load_unload_and_look_at_once)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", i);
        snprintf(paths[i], sizeof paths[i], "%s",
                 build_object(i % 2 ? BUILD_A : BUILD_B, "reload.c", name));
    }
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, come_and_go, paths[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        ck_assert_msg(result == NULL, "%s was not found while it was loaded", (char *)result);
    }
    csan__module_refresh();
    for (const struct module *m = csan__module_first(); m; m = m->next)
        ck_assert_msg(m->unloaded == (strstr(m->path, "csan_unit") != NULL &&
                                      m != csan__module_find((uintptr_t)begin)),
                      "%s", m->path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("module");
    TCase *t = tcase_create("module");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_test(t, the_executable_is_known_by_its_file);
    tcase_add_test(t, libc_and_the_vdso_are_known);
    tcase_add_test(t, an_address_in_no_module_has_none);
    tcase_add_test(t, the_build_id_is_the_files);
    tcase_add_test(t, a_relative_path_is_made_absolute);
    tcase_add_test(t, an_unloaded_module_is_kept_and_flagged);
    tcase_add_test(t, another_module_in_the_same_range_is_told_apart_by_the_generation);
    tcase_add_test(t, a_file_that_has_changed_is_another_module);
    tcase_add_test(t, the_same_file_at_the_same_place_is_the_same_module);
    tcase_add_test(t, a_refresh_without_change_changes_nothing);
    tcase_add_test(t, without_memory_a_refresh_leaves_what_is_known);
    tcase_add_test(t, a_stack_names_the_module_that_it_passed_through);
    tcase_add_test(t, a_stack_outside_it_stays_the_same_when_a_module_goes);
    tcase_add_loop_test(t, a_module_is_known_once_a_stack_has_passed_through_it, 0, 2);
    tcase_add_test(t, rules_of_a_gone_module_are_forgotten);
    tcase_add_test(t, threads_may_load_unload_and_look_at_once);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}

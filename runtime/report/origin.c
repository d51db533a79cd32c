#include "report/origin.h"

#include <string.h>

const char *csan__origin_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool begins_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool begins_with_any(const char *s, const char *const *prefixes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (begins_with(s, prefixes[i]))
            return true;
    return false;
}

/* "libc.so.6", "libc-2.31.so" and "libc.musl-x86_64.so.1" are libc; "libcurl.so.4" is not. */
static bool is_library(const char *base, const char *name)
{
    size_t n = strlen(name);
    if (strncmp(base, name, n) != 0)
        return false;
    const char *rest = base + n;
    return rest[0] == '.' || (rest[0] == '-' && rest[1] >= '0' && rest[1] <= '9');
}

static bool is_library_of(const char *base, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_library(base, names[i]))
            return true;
    return false;
}

static bool is_libc_module(const char *module)
{
    static const char *const names[] = {"libc", "ld", "libpthread", "librt", "libdl", "linux-vdso"};
    const char *base = csan__origin_base(module);
    return is_library_of(base, names, CSAN_COUNT(names)) || begins_with(base, "ld-linux") ||
           begins_with(base, "ld-musl") || begins_with(base, "[vdso]");
}

static bool is_language_module(const char *module)
{
    static const char *const names[] = {
        "libm",    "libmvec", "libstdc++", "libgcc_s", "libc++",  "libc++abi", "libunwind",
        "libgomp", "libomp",  "libatomic", "libubsan", "libasan", "libtsan",   "liblsan"};
    return is_library_of(csan__origin_base(module), names, CSAN_COUNT(names));
}

static bool is_system_module(const char *module)
{
    static const char *const folders[] = {"/lib/",       "/lib32/",     "/lib64/",
                                          "/libx32/",    "/usr/lib/",   "/usr/lib32/",
                                          "/usr/lib64/", "/usr/libx32/"};
    return begins_with_any(module, folders, CSAN_COUNT(folders)) &&
           strstr(csan__origin_base(module), ".so") != NULL;
}

/* Not /usr/local/include: users install headers of their own there. Compilers elsewhere (/opt) are
 * known by the way they lay out their headers. */
static bool is_system_header(const char *file)
{
    static const char *const folders[] = {"/usr/include/", "/usr/lib/gcc", "/usr/lib/llvm",
                                          "/usr/lib/clang/"};
    if (begins_with_any(file, folders, CSAN_COUNT(folders)))
        return true;
    return strstr(file, "/include/c++/") != NULL ||
           (strstr(file, "/lib/gcc/") != NULL && strstr(file, "/include/") != NULL);
}

/* What crt1.o and a static libc put below main and below a thread's function. */
static bool is_start_code(const struct frame *f)
{
    static const char *const names[] = {"_start",
                                        "__libc_start_main",
                                        "__libc_start_call_main",
                                        "start_thread",
                                        "clone",
                                        "clone3",
                                        "__clone",
                                        "__clone3",
                                        "generic_start_main",
                                        "__libc_start_main_impl"};
    if (f->file[0] != '\0' && strstr(f->file, "sysdeps/") == NULL)
        return false;
    for (size_t i = 0; i < CSAN_COUNT(names); i++)
        if (strcmp(f->function, names[i]) == 0)
            return true;
    return false;
}

/* Distributions ship only a static libcheck, mostly without debug information: its frames are in
 * the test's executable, and only their names tell them. A test suite's own suite_create() has a
 * file. */
static bool is_check(const struct frame *f)
{
    static const char *const names[] = {"srunner_run",
                                        "srunner_run_all",
                                        "srunner_run_tagged",
                                        "srunner_run_tcase",
                                        "srunner_run_init",
                                        "srunner_run_setup",
                                        "srunner_run_teardown",
                                        "srunner_run_end",
                                        "srunner_iterate_suites",
                                        "srunner_iterate_tcase_tfuns",
                                        "srunner_run_unchecked_setup",
                                        "srunner_run_unchecked_teardown",
                                        "tcase_run_tfun_fork",
                                        "tcase_run_tfun_nofork",
                                        "tcase_run_checked_setup",
                                        "tcase_run_checked_teardown",
                                        "tcase_fn_start",
                                        "_ck_assert_failed",
                                        "check_list_apply",
                                        "check_list_create",
                                        "check_list_add_end",
                                        "suite_create",
                                        "suite_tcase",
                                        "suite_add_tcase",
                                        "tcase_create",
                                        "tcase_set_timeout",
                                        "_tcase_add_test",
                                        "tcase_add_checked_fixture",
                                        "tcase_add_unchecked_fixture",
                                        "srunner_create",
                                        "srunner_add_suite",
                                        "srunner_send_evt",
                                        "receive_test_result",
                                        "setup_messaging"};
    const char *base = csan__origin_base(f->file);
    if (is_library(csan__origin_base(f->module), "libcheck"))
        return true;
    if (base[0] != '\0' && strcmp(base, "check.c") != 0 && !begins_with(base, "check_"))
        return false;
    for (size_t i = 0; i < CSAN_COUNT(names); i++) {
        size_t n = strlen(names[i]);
        if (strncmp(f->function, names[i], n) == 0 &&
            (f->function[n] == '\0' || f->function[n] == '.'))
            return true;
    }
    return false;
}

bool csan__origin_is_csan(const struct frame *f)
{
    const char *base = csan__origin_base(f->file);
    return begins_with(f->function, "csan__") || strcmp(base, "csan.h") == 0 ||
           strcmp(base, "csan_share.h") == 0;
}

bool csan__origin_is_libc(const struct frame *f)
{
    return is_libc_module(f->module) || is_start_code(f);
}

bool csan__origin_is_own(const struct frame *f)
{
    return !csan__origin_is_libc(f) && !is_language_module(f->module) &&
           !is_system_module(f->module) && !is_system_header(f->file) && !is_check(f);
}

/* Headers before modules: a template's frame is in the program's own module. */
void csan__origin_name(const struct frame *f, struct text *out)
{
    const char *base = csan__origin_base(f->module);
    const char *end = strstr(base, ".so");
    if (is_check(f))
        csan__text_str(out, "libcheck");
    else if (strstr(f->file, "/c++/v1/"))
        csan__text_str(out, "libc++");
    else if (strstr(f->file, "/c++/"))
        csan__text_str(out, "libstdc++");
    else if (is_start_code(f))
        csan__text_str(out, "libc");
    else if (is_system_header(f->file))
        csan__text_str(out, "system headers");
    else if (begins_with(base, "ld-") || begins_with(base, "ld."))
        csan__text_str(out, "ld.so");
    else if (base[0] == '\0')
        csan__text_str(out, "unknown code");
    else
        csan__text_mem(out, base, end && end > base ? (size_t)(end - base) : strlen(base));
}

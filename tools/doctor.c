/* csan doctor: can csan check this program, and will its reports have names? Nothing of the program
 * is run; its dynamic linker is, to list the libraries. */
#include "base/options.h"
#include "tools/capture.h"
#include "tools/guard.h"
#include "tools/library.h"
#include "tools/names.h"
#include "tools/program.h"
#include "tools/verb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define OUTPUT_BYTES ((size_t)256 << 10)
#define ADDRESS_SPACE_MIN ((rlim_t)4 << 30) /* csan's tables are reserved, not used, that large */

enum mark { MARK_OK, MARK_NO, MARK_HINT };

struct visit {
    struct program program;
    char library[PATH_MAX];
    char helper[PATH_MAX];
    char output[OUTPUT_BYTES]; /* of what was run last */
    bool color;
    bool is_watchable;
    bool can_check;
};

CSAN_PRINTF(4, 5)
static void put(struct visit *v, enum mark mark, const char *title, const char *format, ...)
{
    static const char *const words[] = {"ok", "no", "--"};
    static const char *const colors[] = {"\033[32m", "\033[31m", "\033[33m"};
    va_list args;
    va_start(args, format);
    printf("  %s%s%s  %-12s ", v->color ? colors[mark] : "", words[mark], v->color ? "\033[0m" : "",
           title);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    v->can_check &= mark != MARK_NO;
}

static void check_program(struct visit *v)
{
    const struct program *p = &v->program;
    if (csan__program_is_script(p)) {
        put(v, MARK_OK, "program", "%s is a script; %s runs it", p->path, p->image);
    } else {
        put(v, MARK_OK, "program", "%s", p->path);
    }
}

static void check_way_in(struct visit *v)
{
    char buffer[2 * PATH_MAX];
    struct text why = TEXT(buffer);
    const struct elf_facts *f = &v->program.facts;
    v->is_watchable = csan__program_can_be_watched(&v->program, &why);
    if (!v->is_watchable) {
        put(v, MARK_NO, "way in", "%s", why.buf);
    } else if (f->kind == FILE_UNREADABLE) {
        put(v, MARK_HINT, "way in", "%s cannot be read (%s); csan will see when it runs",
            v->program.image, strerror(f->error));
    } else if ((f->inside & (INSIDE_CSAN | LINKED_CSAN)) != 0) {
        put(v, MARK_OK, "way in", "linked with csan: every run is watched");
    } else {
        put(v, MARK_OK, "way in", "dynamically linked: run it as `csan %s`", v->program.path);
    }
}

static void check_library(struct visit *v)
{
    char buffer[2 * PATH_MAX];
    struct text why = TEXT(buffer);
    if (csan__library_find(v->library, &why) == 0) {
        put(v, MARK_OK, "library", "%s", v->library);
    } else {
        v->library[0] = '\0';
        put(v, MARK_NO, "library", "%s", why.buf);
    }
}

/* The helper names one address of itself. */
static void check_helper(struct visit *v)
{
    if (csan__library_find_helper(v->library, v->helper) != 0) {
        put(v, MARK_HINT, "helper",
            "the library will not find the csan command: set CSAN_PATH to its "
            "folder, or reports have no source lines");
        return;
    }
    const char *const argv[] = {v->helper, "symbolize", v->helper, "0", NULL};
    int status = csan__capture_run(argv, v->output, sizeof v->output);
    if (status == 0 && strncmp(v->output, "??", 2) == 0) {
        char whole[PATH_MAX];
        put(v, MARK_OK, "helper", "%s", realpath(v->helper, whole) != NULL ? whole : v->helper);
    } else {
        put(v, MARK_HINT, "helper",
            "%s symbolize does not work (status %d): reports have no source "
            "lines",
            v->helper, status);
    }
}

static void check_kernel(struct visit *v)
{
    int fd = memfd_create("csan", MFD_CLOEXEC);
    struct rlimit space;
    if (fd >= 0) {
        close(fd);
    }
    if (access("/proc/self/maps", R_OK) != 0 || access("/proc/self/fd", R_OK) != 0) {
        put(v, MARK_NO, "system", "/proc is not mounted: csan finds threads and memory there");
    } else if (fd < 0) {
        put(v, MARK_NO, "system", "memfd_create is refused: csan cannot prove that it came up");
    } else if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur < ADDRESS_SPACE_MIN) {
        put(v, MARK_HINT, "system",
            "the limit of address space (ulimit -v) may be too small for "
            "csan's tables");
    } else {
        put(v, MARK_OK, "system", "/proc and memfd are there");
    }
}

static void check_options(struct visit *v)
{
    char buffer[1024];
    struct text why = TEXT(buffer);
    if (csan__options_read(environ, NULL, &why) != 0) {
        put(v, MARK_NO, "options", "%s", why.buf);
    }
}

/* Every library that will be loaded, by the dynamic linker's own list (as ldd does it): lines of
 * "\tNAME => PATH (…)" or "\tNAME => not found". */
static void check_libraries(struct visit *v)
{
    const struct elf_facts *f = &v->program.facts;
    if (f->kind != FILE_ELF || f->interpreter[0] == '\0' || !v->is_watchable) {
        return;
    }
    const char *const argv[] = {f->interpreter, v->program.image, NULL};
    setenv("LD_TRACE_LOADED_OBJECTS", "1", 1);
    int status = csan__capture_run(argv, v->output, sizeof v->output);
    unsetenv("LD_TRACE_LOADED_OBJECTS");
    uint32_t inside = f->inside;
    unsigned count = 0;
    for (char *line = strtok(v->output, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        const char *name = line + strspn(line, " \t");
        if (strstr(name, "not found") != NULL) {
            put(v, MARK_NO, "libraries", "%.*s is not found: the program cannot start",
                (int)strcspn(name, " "), name);
            return;
        }
        inside |= csan__elf_inside_of(name);
        count++;
    }
    const char *sanitizer = csan__elf_sanitizer(inside), *allocator = csan__elf_allocator(inside);
    if (sanitizer != NULL) {
        put(v, MARK_NO, "libraries", "%s is among them and takes the heap for itself", sanitizer);
    } else if (allocator != NULL) {
        put(v, MARK_HINT, "libraries",
            "the heap is %s's instead of libc's; csan watches the calls to it", allocator);
    } else if (status != 0) {
        put(v, MARK_HINT, "libraries", "%s cannot list them (status %d)", f->interpreter, status);
    } else {
        put(v, MARK_OK, "libraries", "%u, no other sanitizer and no other heap among them", count);
    }
}

static void check_symbols(struct visit *v, struct names *names, const char *debug_file)
{
    size_t count = csan__names_symbol_count(names);
    if (count == 0) {
        put(v, MARK_HINT, "symbols", "none: stacks show addresses; link without -s and strip");
    } else if (v->program.facts.symbol_table || debug_file != NULL) {
        put(v, MARK_OK, "symbols", "%zu functions", count);
    } else {
        put(v, MARK_HINT, "symbols",
            "only its exported functions (%zu) have names; link without -s and strip", count);
    }
}

static void check_names(void *arg)
{
    struct visit *v = arg;
    struct names *names = NULL;
    const char *why = "";
    if (csan__names_open(v->program.image, &names, &why) != 0) {
        put(v, MARK_HINT, "debug info", "%s cannot be read: %s", v->program.image, why);
        return;
    }
    const char *file = csan__names_debug_file(names);
    bool is_script = csan__program_is_script(&v->program);
    if (file != NULL && strcmp(file, v->program.image) != 0) {
        put(v, MARK_OK, "debug info", "in %s", file);
    } else if (file != NULL) {
        put(v, MARK_OK, "debug info", "in the program itself");
    } else {
        put(v, MARK_HINT, "debug info", "none: reports have no source lines; %s",
            is_script ? "install the interpreter's debug package, or set DEBUGINFOD_URLS"
                      : "compile with -g, or install its debug package, or set DEBUGINFOD_URLS");
    }
    check_symbols(v, names, file);
    csan__names_close(names);
}

static void check_stacks(struct visit *v)
{
    const struct elf_facts *f = &v->program.facts;
    if (f->unwind_table) {
        put(v, MARK_OK, "stacks", "complete, by .eh_frame");
    } else {
        put(v, MARK_HINT, "stacks",
            "may be cut short: there is no .eh_frame; compile with "
            "-fasynchronous-unwind-tables");
    }
}

static void check_framework(struct visit *v)
{
    if ((v->program.facts.inside & INSIDE_CHECK) != 0) {
        put(v, MARK_OK, "Check", "found: a finding is shown as the failure of its test");
    }
}

static void examine(struct visit *v)
{
    check_program(v);
    check_way_in(v);
    check_library(v);
    check_helper(v);
    check_kernel(v);
    check_options(v);
    check_libraries(v);
    if (v->program.facts.kind == FILE_ELF) {
        csan__names_start();
        int crashed = csan__guard_call(check_names, v);
        if (crashed != 0) {
            put(v, MARK_HINT, "debug info", "cannot be read: %s", csan__guard_reason(crashed));
        }
        check_stacks(v);
        check_framework(v);
    }
}

int csan__doctor_verb(int argc, char **argv)
{
    static struct visit visit;
    char buffer[2 * PATH_MAX];
    struct text why = TEXT(buffer);
    if (argc != 2) {
        return csan__say_dark("doctor: which program? csan doctor ./program");
    }
    if (csan__program_find(argv[1], &visit.program, &why) != 0) {
        return csan__say_dark("%s", why.buf);
    }
    visit.color = csan__say_in_color(STDOUT_FILENO);
    visit.can_check = true;
    examine(&visit);
    puts(visit.can_check ? "csan can check it" : "csan cannot check it: see the lines marked no");
    return visit.can_check ? 0 : VERB_DARK;
}

/* The program that is to be watched: where it is, what it is, and why csan could not watch it. */
#include "tools/program.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INTERPRETERS_MAX 5 /* the kernel's own limit of scripts run by scripts */
#define SHELL "/bin/sh"

static bool is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* The first in PATH that can be run; what cannot be is remembered for the message. */
static bool search_path(const char *name, char out[PATH_MAX])
{
    const char *at = getenv("PATH");
    char first[PATH_MAX] = "";
    for (at = at != NULL ? at : "/bin:/usr/bin"; at != NULL;) {
        int length = (int)strcspn(at, ":");
        int n = snprintf(out, PATH_MAX, "%.*s%s%s", length, at, length > 0 ? "/" : "./", name);
        if (n < PATH_MAX && is_program(out)) {
            return true;
        }
        if (n < PATH_MAX && first[0] == '\0' && access(out, F_OK) == 0) {
            memcpy(first, out, sizeof first);
        }
        at = at[length] == ':' ? at + length + 1 : NULL;
    }
    memcpy(out, first, sizeof first);
    return out[0] != '\0';
}

static int refuse_missing(const char *name, struct text *why)
{
    struct stat st;
    csan__text_format(why, "cannot run %s: there is no such program in PATH", name);
    if (stat(name, &st) == 0 && S_ISREG(st.st_mode)) {
        csan__text_format(why, "; did you mean ./%s?", name);
    } else {
        csan__text_str(why, "; `csan help` lists the verbs");
    }
    return -ENOENT;
}

static int check_file(const char *path, struct text *why)
{
    struct stat st;
    int error = 0;
    if (stat(path, &st) != 0) {
        error = errno;
        csan__text_format(why, "cannot run %s: %s", path, strerror(error));
    } else if (S_ISDIR(st.st_mode)) {
        error = EISDIR;
        csan__text_format(why, "cannot run %s: it is a folder", path);
    } else if (!S_ISREG(st.st_mode)) {
        error = EACCES;
        csan__text_format(why, "cannot run %s: it is not a regular file", path);
    } else if (access(path, X_OK) != 0) {
        error = errno;
        csan__text_format(why, "cannot run %s: it is not executable (chmod +x %s)", path, path);
    }
    return -error;
}

/* From script to interpreter until there is an ELF file. */
static int follow(struct program *p, struct text *why)
{
    snprintf(p->image, sizeof p->image, "%s", p->path);
    for (int i = 0; i < INTERPRETERS_MAX; i++) {
        csan__elf_read(p->image, &p->facts);
        const char *next = p->facts.interpreter;
        if (p->facts.kind == FILE_ELF || p->facts.kind == FILE_UNREADABLE) {
            return 0;
        }
        if (p->facts.kind == FILE_OTHER) {
            if (i > 0) {
                break;
            }
            p->by_shell = true;
            next = SHELL;
        }
        char interpreter[PATH_MAX];
        snprintf(interpreter, sizeof interpreter, "%s", next);
        if (check_file(interpreter, why) != 0) {
            csan__text_format(why, " (%s asks for it)", p->image);
            return -ENOENT;
        }
        memcpy(p->image, interpreter, sizeof p->image);
    }
    csan__text_format(why, "cannot run %s: its interpreter %s is no program", p->path, p->image);
    return -ENOEXEC;
}

int csan__program_find(const char *name, struct program *out, struct text *why)
{
    memset(out, 0, sizeof *out);
    if (strchr(name, '/') == NULL) {
        if (name[0] == '\0' || !search_path(name, out->path)) {
            return refuse_missing(name, why);
        }
    } else if (snprintf(out->path, sizeof out->path, "%s", name) >= (int)sizeof out->path) {
        csan__text_format(why, "cannot run %s: the path is too long", name);
        return -ENAMETOOLONG;
    }
    int error = check_file(out->path, why);
    return error != 0 ? error : follow(out, why);
}

bool csan__program_is_script(const struct program *p)
{
    return strcmp(p->path, p->image) != 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* csan and its library were built for the machine and the libc that csan itself runs on. */
static bool fits_machine(const struct program *p, struct text *why)
{
    struct elf_facts own;
    csan__elf_read("/proc/self/exe", &own);
    if (own.kind != FILE_ELF) {
        csan__text_str(why, "cannot read /proc/self/exe: is /proc mounted?");
        return false;
    }
    const struct elf_facts *f = &p->facts;
    if (f->machine != own.machine || f->elf_class != own.elf_class) {
        csan__text_format(why, "%s is for %s, but csan was built for %s", p->image,
                          csan__elf_machine(f), csan__elf_machine(&own));
        return false;
    }
    if (f->interpreter[0] != '\0' &&
        strcmp(base_name(f->interpreter), base_name(own.interpreter)) != 0) {
        csan__text_format(why,
                          "%s is for another libc (it is loaded by %s), but csan was built for "
                          "that of %s",
                          p->image, f->interpreter, own.interpreter);
        return false;
    }
    return true;
}

static bool is_linked_for_it(const struct program *p, struct text *why)
{
    const struct elf_facts *f = &p->facts;
    if (f->interpreter[0] != '\0') {
        if (access(f->interpreter, X_OK) == 0) {
            return true;
        }
        csan__text_format(why, "cannot run %s: its dynamic linker %s is missing", p->image,
                          f->interpreter);
        return false;
    }
    if (f->soname[0] != '\0' || f->type == ET_REL) {
        csan__text_format(why, "%s is a library or object file, not a program", p->image);
        return false;
    }
    if ((f->inside & INSIDE_CSAN) != 0) {
        return true;
    }
    csan__text_format(why,
                      "%s is statically linked, so csan cannot get into it; link it without "
                      "-static, or with libcsan.a",
                      p->image);
    return false;
}

static bool is_unprivileged(const struct program *p, struct text *why)
{
    const char *what = p->facts.set_uid        ? "is set-uid"
                       : p->facts.set_gid      ? "is set-gid"
                       : p->facts.capabilities ? "has file capabilities"
                                               : NULL;
    if (what == NULL) {
        return true;
    }
    csan__text_format(why,
                      "%s %s, so the system lets nothing be loaded into it; run a copy without "
                      "that privilege",
                      p->image, what);
    return false;
}

/* A heap inside the program is what its calls are bound to: csan would see none of them. */
static bool is_heap_open(const struct program *p, struct text *why)
{
    uint32_t inside = p->facts.inside;
    const char *sanitizer = csan__elf_sanitizer(inside);
    const char *allocator = csan__elf_allocator(inside);
    if (sanitizer != NULL) {
        csan__text_format(why,
                          "%s is built with %s, which takes the heap for itself; build it "
                          "without -fsanitize to check it with csan",
                          p->image, sanitizer);
        return false;
    }
    if ((inside & INSIDE_MALLOC) == 0 || (inside & INSIDE_CSAN) != 0) {
        return true;
    }
    csan__text_format(why,
                      "%s has a malloc of its own inside (%s), so csan would see none of its "
                      "blocks; link it with libc's",
                      p->image, allocator == NULL ? "unknown" : allocator);
    return false;
}

bool csan__program_can_be_watched(const struct program *p, struct text *why)
{
    if (p->facts.kind == FILE_UNREADABLE) {
        return is_unprivileged(p, why);
    }
    return fits_machine(p, why) && is_unprivileged(p, why) && is_linked_for_it(p, why) &&
           is_heap_open(p, why);
}

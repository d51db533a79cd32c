/* Where csan's own parts are, from CSAN_PATH or from where this very command is. */
#include "tools/library.h"

#include "tools/elf.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
#define MULTIARCH "x86_64-linux-gnu"
#elif defined(__aarch64__)
#define MULTIARCH "aarch64-linux-gnu"
#else
#define MULTIARCH "."
#endif

/* Folders of the library, seen from that of the command. */
static const char *const library_folders[] = {"../lib", "../lib64", ("../lib/" MULTIARCH), ".",
                                              "lib"};

static bool join(char out[PATH_MAX], const char *folder, const char *rest, const char *name)
{
    int n = snprintf(out, PATH_MAX, "%s/%s%s%s", folder, rest, rest[0] == '\0' ? "" : "/", name);
    return n > 0 && n < PATH_MAX;
}

static bool is_file(const char *path, int mode)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, mode) == 0;
}

/* The folder that a path is in, or the path itself when it is a folder. */
static bool folder_of(const char *path, char out[PATH_MAX])
{
    struct stat st;
    if (path == NULL || path[0] == '\0' || realpath(path, out) == NULL || stat(out, &st) != 0) {
        return false;
    }
    char *slash = strrchr(out, '/');
    if (!S_ISDIR(st.st_mode) && slash != NULL) {
        slash[slash == out] = '\0';
    }
    return true;
}

static bool search(const char *folder, char out[PATH_MAX])
{
    char at[PATH_MAX];
    for (size_t i = 0; i < CSAN_COUNT(library_folders); i++) {
        if (join(at, folder, library_folders[i], LIBRARY_NAME) && is_file(at, R_OK) &&
            realpath(at, out) != NULL) {
            return true;
        }
    }
    return false;
}

/* It is what its name says, and the dynamic linker will take it by that path. */
static int check(const char *path, struct text *why)
{
    struct elf_facts library, own;
    csan__elf_read(path, &library);
    csan__elf_read("/proc/self/exe", &own);
    if (library.kind != FILE_ELF || library.type != ET_DYN || library.machine != own.machine ||
        library.elf_class != own.elf_class || (library.inside & INSIDE_CSAN) == 0) {
        csan__text_format(why, "%s is not csan's library for this machine; install csan again",
                          path);
        return -ENOEXEC;
    }
    if (strpbrk(path, " :") != NULL) {
        csan__text_format(why,
                          "LD_PRELOAD cannot hold the path %s (a blank or colon ends it there); "
                          "install csan elsewhere, or link the program with -lcsan",
                          path);
        return -EINVAL;
    }
    return 0;
}

int csan__library_find(char out[PATH_MAX], struct text *why)
{
    char said[PATH_MAX], own[PATH_MAX];
    bool is_said = folder_of(getenv("CSAN_PATH"), said);
    bool is_own = folder_of("/proc/self/exe", own);
    if ((is_said && search(said, out)) || (is_own && search(own, out))) {
        return check(out, why);
    }
    csan__text_format(why,
                      "there is no " LIBRARY_NAME " beside %s/csan, nor in the lib folder next to "
                      "that; install csan, or set CSAN_PATH to the folder that it is in",
                      is_own ? own : "");
    return -ENOENT;
}

/* Relative to CSAN_PATH, to the library's folder, to each folder of PATH: session/helper.c. */
int csan__library_find_helper(const char *library, char out[PATH_MAX])
{
    const char *said = getenv("CSAN_PATH"), *path = getenv("PATH");
    char folder[PATH_MAX];
    if (said != NULL && said[0] != '\0' &&
        ((join(out, said, "", "csan") && is_file(out, X_OK)) ||
         (join(out, said, "bin", "csan") && is_file(out, X_OK)) ||
         (snprintf(out, PATH_MAX, "%s", said) < PATH_MAX && is_file(out, X_OK)))) {
        return 0;
    }
    if (folder_of(library, folder) &&
        ((join(out, folder, "../bin", "csan") && is_file(out, X_OK)) ||
         (join(out, folder, "", "csan") && is_file(out, X_OK)) ||
         (join(out, folder, "../../bin", "csan") && is_file(out, X_OK)))) {
        return 0;
    }
    while (path != NULL && path[0] != '\0') {
        int length = (int)strcspn(path, ":");
        snprintf(folder, sizeof folder, "%.*s", length, path);
        if (length > 0 && join(out, folder, "", "csan") && is_file(out, X_OK)) {
            return 0;
        }
        path += length + (path[length] == ':');
    }
    return -ENOENT;
}

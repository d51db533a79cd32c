/* What a program's file is, before anything of it runs: ELF or script, static or not, for which
 * machine, with which privileges, and what it has inside.
 *
 * Reads the one file named. No state. Needs libelf; used by run.c, library.c and doctor.c. */
#ifndef CSAN_TOOLS_ELF_H
#define CSAN_TOOLS_ELF_H

#include "base/base.h"

enum file_kind {
    FILE_UNREADABLE, /* error says why; a program may be run all the same */
    FILE_OTHER,      /* neither ELF nor `#!`: what a shell would read, or nothing at all */
    FILE_SCRIPT,     /* `#!`: interpreter and argument are set */
    FILE_ELF,
};

/* Functions whose presence, defined in the file itself, tells what is inside. */
enum elf_inside {
    INSIDE_CSAN = 1 << 0,   /* libcsan.a */
    INSIDE_MALLOC = 1 << 1, /* a heap of its own */
    INSIDE_ASAN = 1 << 2,
    INSIDE_TSAN = 1 << 3,
    INSIDE_MSAN = 1 << 4,
    INSIDE_HWASAN = 1 << 5,
    INSIDE_LSAN = 1 << 6,
    INSIDE_JEMALLOC = 1 << 7,
    INSIDE_TCMALLOC = 1 << 8,
    INSIDE_MIMALLOC = 1 << 9,
    INSIDE_CHECK = 1 << 10, /* _ck_assert_failed and tcase_name */
    LINKED_CSAN = 1 << 11,  /* needs libcsan.so */
};

#define ELF_NEEDED_MAX 64
#define ELF_NAME_MAX 128

struct elf_facts {
    enum file_kind kind;
    int error;
    bool set_uid, set_gid, capabilities;
    char interpreter[256]; /* a script's, or PT_INTERP; "": none, so static (or a library) */
    char argument[256];    /* a script's */
    uint8_t elf_class;
    uint16_t machine, type;
    bool dynamic; /* has a dynamic section: static-pie too */
    bool debug_info, symbol_table, unwind_table;
    uint32_t inside; /* bits of enum elf_inside */
    char soname[ELF_NAME_MAX];
    char needed[ELF_NEEDED_MAX][ELF_NAME_MAX]; /* what is linked directly */
    uint32_t nneeded;
};

/* Always fills *out; its kind says how far that came. */
void csan__elf_read(const char *path, struct elf_facts *out);
/* The bits that a shared object of this name stands for: libasan.so.8 is INSIDE_ASAN. */
uint32_t csan__elf_inside_of(const char *library);
/* For people: "AddressSanitizer", "jemalloc"; of several bits the first. NULL: none of those. */
const char *csan__elf_sanitizer(uint32_t inside);
const char *csan__elf_allocator(uint32_t inside);
/* "32-bit x86", "64-bit ARM". */
const char *csan__elf_machine(const struct elf_facts *facts);

#endif

/* Symbols that the executable has but does not export: read from its own file's .symtab.
 *
 * For programs that were linked without csan and hold a test framework statically. The file is
 * untrusted input: every offset is checked against its size; a file that is odd, stripped or not
 * readable has no symbols. Takes milliseconds on a large program, so callers ask once and keep the
 * answers. Thread-safe: no state. Needs base, record/module; used by test_integration. */
#ifndef CSAN_TEST_INTEGRATION_ELF_H
#define CSAN_TEST_INTEGRATION_ELF_H

#include "base/base.h"

struct elf_wanted {
    const char *name;
    uintptr_t address; /* out: where it is in this process; 0: not there */
};

/* Fills in the addresses of functions and objects that the executable defines. */
void csan__elf_find(struct elf_wanted *wanted, unsigned n);
/* The same in any file, with addresses as the file has them. */
void csan__elf_find_in(const char *path, struct elf_wanted *wanted, unsigned n);

#endif

/* The separate debug file of a module, on this machine: by build-id, by .gnu_debuglink, and the
 * common file that dwz leaves.
 *
 * libdwfl's own way ends at debuginfod, whose library (with curl and its like behind it) it loads
 * even when no server is set; so it is only taken when DEBUGINFOD_URLS is. Needs libdwfl; used by
 * names.c. */
#ifndef CSAN_TOOLS_DEBUGFILE_H
#define CSAN_TOOLS_DEBUGFILE_H

#include <elfutils/libdwfl.h>

/* For Dwfl_Callbacks.find_debuginfo: a descriptor, or -1. */
int csan__debugfile_find(Dwfl_Module *module, void **user_data, const char *name, Dwarf_Addr base,
                         const char *file, const char *link, GElf_Word crc, char **found);

#endif

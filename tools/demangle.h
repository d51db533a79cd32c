/* C++ names as people write them: demangled, without parameter lists, return types and the standard
 * library's default template arguments. What is no C++ name comes back as it is, without the
 * suffixes that compilers add to clones.
 *
 *   _ZNSt6vectorIiSaIiEE9push_backEOi   std::vector<int>::push_back
 *   render.isra.0                       render
 *
 * No state. Needs the C++ runtime's demangler; used by names.c. */
#ifndef CSAN_TOOLS_DEMANGLE_H
#define CSAN_TOOLS_DEMANGLE_H

#include "base/base.h"

/* To be freed by the caller; NULL: no memory. */
char *csan__demangle(const char *symbol);

#endif

/* What else is in the process: asked once, at start. surroundings_dynamic.c asks ld.so;
 * surroundings_static.c knows, since everything was linked together. */
#ifndef CSAN_SESSION_SURROUNDINGS_H
#define CSAN_SESSION_SURROUNDINGS_H

#include "base/base.h"

#define CSAN_NO_ROOM "no room for csan's tables (is RLIMIT_AS, `ulimit -v`, too small?)"

/* At the first hook of all, and when constructors run: what libc can be asked meanwhile. */
void csan__surroundings_early(void);
void csan__surroundings_started(void);
/* A sentence on why csan cannot work here (another sanitizer, another malloc in front); NULL: it
 * can. */
const char *csan__surroundings_in_the_way(void);
bool csan__surroundings_has_valgrind(void);
/* Do both addresses lie in the same module? */
bool csan__surroundings_are_of_one_object(uintptr_t pc, uintptr_t other);
/* Where libc's exit begins. */
uintptr_t csan__surroundings_exit(void);
/* Libc is a module of its own, not part of the program. */
bool csan__surroundings_has_libc_apart(void);
/* Does the program, or a library that is there by now, refer to this function? A static program:
 * not known, false. */
bool csan__surroundings_refer_to(const char *function);
/* Path of the file that csan's code is in; "" when not known. */
const char *csan__surroundings_own_path(void);

#endif

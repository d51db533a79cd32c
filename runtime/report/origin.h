/* Whose code a frame is: the program's, a library's, or csan's.
 *
 * The program's own is everything but: libc, ld.so, libm, libpthread, the C++ and compiler's
 * run-time libraries, the vDSO; shared objects under the system's library folders (/lib, /usr/lib,
 * …: what a package manager put there, /usr/local is the user's); functions whose source lies under
 * the system's include folders, /usr/include and the compiler's own; Check, which is linked
 * statically; and the start code around main. No state. Needs symbol.h; used by symbol.c, text.c,
 * fingerprint.c. */
#ifndef CSAN_REPORT_ORIGIN_H
#define CSAN_REPORT_ORIGIN_H

#include "base/text.h"
#include "report/symbol.h"

bool csan__origin_is_own(const struct frame *f);
/* libc's, ld.so's, the vDSO's, or start code: what stands below main and in strdup. */
bool csan__origin_is_libc(const struct frame *f);
/* csan's own, wherever it was linked to: never shown. */
bool csan__origin_is_csan(const struct frame *f);
/* "libfoo", "libcheck", "libstdc++": for `… 6 frames of libfoo`. */
void csan__origin_name(const struct frame *f, struct text *out);
/* What follows the last slash. */
const char *csan__origin_base(const char *path);

#endif

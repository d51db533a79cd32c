/* Names for addresses: stacks resolved to functions, files and lines by the helper process
 * (`csan symbolize`, on libdw), or, when it is missing, to what dladdr knows.
 *
 * Request, on the helper's stdin, one line each:
 *     M <id> <bias hex> <lo hex> <hi hex> <build-id hex or -> <path>
 *     A <module id> <address in the file, hex>       a lookup; call frames are already pc-1
 *     D <module id> <address in the file> [<offset>…]  a variable, and what hangs on it: each offset
 *                                                    is from where the pointer before points to
 *     T <module id> <offset in the thread-locals' image> [<offset>…]
 *     .                                              end: answer and stop
 * Answer, on its stdout, per A, D, T in order:
 *     F <inlined 0|1> <line> <col> <function>\t<file>\t<module>\t<source line>
 *     ...                                            innermost (inlined) first, outermost last
 *     ;                                              end of this address (no F: nothing known)
 * For D and T one F for the variable, its declaration's place and `cache.rows[3]` as its function,
 * and one for each offset that types lead to, `->next`; the type it points to as its source line.
 * Unknown function: "??" . Unknown file: "" and line 0. Tabs, newlines and control bytes in names
 * arrive as '?'. FILE is absolute as the debug information has it (comp_dir joined), without /../.
 * The source line comes with its leading blanks (tabs too), so that the column can be shown under
 * it; without them it is shown without a mark at the column. Function names are demangled.
 *
 * The helper may answer while it is still being asked. What it does not answer (it is missing,
 * dies, talks nonsense, or makes no progress for 10 s) is named by dladdr, and *why says so.
 *
 * One verdict at a time (LOCK_SESSION). Needs record/stack, record/module, and the session's way to
 * start the helper; used by session. */
#ifndef CSAN_REPORT_SYMBOL_H
#define CSAN_REPORT_SYMBOL_H

#include "base/arena.h"
#include "base/base.h"

struct frame {
    const char *function; /* "??" */
    const char *file;     /* absolute or as known; "" */
    const char *module;   /* path of the module; "" */
    const char *source;   /* the source line, without leading blanks; "" */
    uint32_t line, column;
    uint32_t caret;   /* the column within source, from 1; 0: not known */
    uintptr_t offset; /* address within the module's file */
    bool inlined;     /* inlined into the frame that follows */
    bool own;         /* code of the program: see origin.h */
};

struct trace {
    struct frame *frames; /* innermost first, csan's own frames left out */
    uint32_t count;
    /* Index of the innermost own frame that has a line; else of the innermost own one; else of the
     * innermost that is not libc's; else 0. */
    uint32_t place;
    bool truncated;
};

/* How the session starts the helper and ends it. start gives two descriptors, which exchange sets
 * to non-blocking, and 0 or -errno (-ENOENT: there is no csan command). end closes them and waits
 * for the process; called once after each start that gave 0. */
struct symbol_helper {
    int (*start)(int *to_fd, int *from_fd);
    void (*end)(void);
    uint32_t patience_ms; /* without progress; 0: 10 s */
};

/* Without it (or NULL) there is no helper. `h` must stay. */
void csan__symbol_use_helper(const struct symbol_helper *h);

/* The helper of use_helper. */
const struct symbol_helper *csan__symbol_helper(void);

/* Resolves n stack ids at once into out[n]; always succeeds, with less detail when the helper is
 * missing: then *why says in one sentence what to install (NULL: all is well). */
void csan__symbol_resolve(struct arena *scratch, const uint32_t *stacks, uint32_t n,
                          struct trace *out, const char **why);

#endif

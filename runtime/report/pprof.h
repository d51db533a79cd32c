/* A profile in pprof's format (github.com/google/pprof, proto/profile.proto), as Go's runtime
 * writes its own: `go tool pprof`, speedscope and others read it.
 *
 *   begin ─▶ sample … sample ─▶ end
 *               │
 *               └─▶ location ─▶ function ─▶ string      each written once, at its first use
 *
 * Written as it comes, so that a profile of a million stacks needs room for their numbers only.
 * Where names are missing (no helper), locations carry their address, file and build-id, from which
 * pprof finds the names itself. All memory is from the scratch arena. One thread at a time. Needs
 * report/symbol, report/gzip, record/module; used by session/profile. */
#ifndef CSAN_REPORT_PPROF_H
#define CSAN_REPORT_PPROF_H

#include "base/arena.h"
#include "report/symbol.h"

#define PPROF_VALUES 4u

struct pprof_type {
    const char *type, *unit;
};

struct pprof_sort {
    const char *name;                       /* as in csan_dump and the file's name */
    struct pprof_type values[PPROF_VALUES]; /* up to the first without a type */
    const char *preset;                     /* the type that is shown first */
    struct pprof_type period;
};

struct pprof_label {
    const char *key, *value;
};

struct pprof;

/* NULL: no memory. */
struct pprof *csan__pprof_begin(const struct pprof_sort *sort, struct arena *scratch, int fd);
/* values: as many as the sort has types. */
void csan__pprof_sample(struct pprof *p, const struct trace *trace, const uint64_t *values,
                        const struct pprof_label *labels, uint32_t nlabels);
/* Time and the rest. 0 or -errno of the first that failed: the file is not good then. */
long csan__pprof_end(struct pprof *p, uint64_t unix_ns, uint64_t duration_ns);

#endif

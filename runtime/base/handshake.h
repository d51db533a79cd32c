/* The page that the runner (`csan ./prog`) and the runtime inside the program share.
 *
 * The runner makes it (a memfd), names it to the program in CSAN__RUN=/proc/RUNNER_PID/fd/N, and
 * reads it when the program has ended. The runtime maps it at its start, and closes the descriptor.
 * pid tells whose state it is: only the process that the runner started writes it (forked children
 * have another pid; an exec keeps it). Plain stores and loads; one writer. */
#ifndef CSAN_BASE_HANDSHAKE_H
#define CSAN_BASE_HANDSHAKE_H

#include <stdint.h>

#define HANDSHAKE_MAGIC 0x6e617363u /* "csan" */
#define HANDSHAKE_VARIABLE "CSAN__RUN"

enum handshake_state {
    HANDSHAKE_NONE,    /* the runtime never came up: 87 */
    HANDSHAKE_ARMED,   /* came up; ended without a verdict (killed, raw exit): 87 if status was 0 */
    HANDSHAKE_EXEC,    /* the image was replaced, and csan did not come up in the new one: 87 */
    HANDSHAKE_VERDICT, /* a verdict was given: the program's status stands */
};

struct handshake {
    uint32_t magic; /* written by the runner */
    int32_t pid;    /* written by the runner in the child before exec */
    uint32_t state; /* enum handshake_state, written by the runtime */
    uint32_t findings;
    char exec_path[256]; /* what replaced the image */
};

#endif

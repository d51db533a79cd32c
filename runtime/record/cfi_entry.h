/* One entry of .eh_frame: a CIE, what functions have in common, or an FDE, one function's.
 *
 * Everything points into the module's .eh_frame; reading is bounded by the range that is given.
 * No state. Source: Linux Standard Base, 10.5 and 10.6. Private to record/cfi*. */
#ifndef CSAN_RECORD_CFI_ENTRY_H
#define CSAN_RECORD_CFI_ENTRY_H

#include "record/cfi_cursor.h"

/* How a pointer is stored (Linux Standard Base, 10.5). */
enum {
    PE_ABSPTR = 0x00,
    PE_ULEB128 = 0x01,
    PE_UDATA2 = 0x02,
    PE_UDATA4 = 0x03,
    PE_UDATA8 = 0x04,
    PE_SLEB128 = 0x09,
    PE_SDATA2 = 0x0a,
    PE_SDATA4 = 0x0b,
    PE_SDATA8 = 0x0c,
    PE_FORMAT = 0x0f,
    PE_PCREL = 0x10,
    PE_DATAREL = 0x30,
    PE_ALIGNED = 0x50,
    PE_RELATION = 0x70,
    PE_INDIRECT = 0x80,
    PE_OMIT = 0xff
};

/* data_base: the header's address, for what is relative to it. An indirect pointer's own place is
 * returned: nothing that is stored so (personality routines) is needed here. */
uintptr_t csan__cfi_take_pointer(struct cursor *c, uint8_t encoding, uintptr_t data_base);

/* One entry of .eh_frame: length, id, body. */
struct cfi_entry {
    struct cursor body; /* behind the id */
    uintptr_t id_at;
    uint32_t id; /* 0: a CIE; else how far before id_at the FDE's CIE begins */
};

/* 0, -ENOENT (the terminator) or -EINVAL. */
int csan__cfi_open_entry(uintptr_t at, uintptr_t lo, uintptr_t hi, struct cfi_entry *out);

struct cfi_cie {
    struct cursor program;
    uint64_t code_align;
    int64_t data_align;
    uint8_t pointer_encoding;
    bool sized_augmentation; /* 'z' */
    bool signal_frame;
};

struct cfi_fde {
    struct cfi_cie cie;
    struct cursor program;
    uintptr_t start, end;
};

/* 0 or -EINVAL. */
int csan__cfi_open_fde(uintptr_t at, uintptr_t lo, uintptr_t hi, struct cfi_fde *out);

#endif

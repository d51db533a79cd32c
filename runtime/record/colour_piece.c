/* Shared memory, and the windows it is seen through: colour.h. */
#include "base/lock.h"
#include "record/colour_private.h"

#define PIECES 48u
#define PIECE_MIN ((size_t)4 << 20)

static struct {
    struct lock lock; /* of piece.mapped */
    uint32_t npieces;
    struct piece pieces[PIECES];
} the = {.lock = LOCK_INIT(LOCK_COLOUR)};

static long map(uintptr_t at, size_t bytes, int prot, int flags)
{
    return csan__os_syscall(SYS_mmap, (long)at, (long)bytes, prot,
                            flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* Only where nothing is. An old kernel takes the address for a wish. */
static bool map_at(uintptr_t at, size_t bytes, int prot, int flags)
{
    long p = map(at, bytes, prot, flags | MAP_FIXED_NOREPLACE);
    if (!FAILED(p) && (uintptr_t)p != at)
        csan__os_unmap((void *)p, bytes);
    return (uintptr_t)p == at;
}

long csan__colour_map_shared(uintptr_t at, size_t bytes)
{
    return map(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED);
}

struct piece *csan__colour_piece(uint32_t i)
{
    return i < __atomic_load_n(&the.npieces, __ATOMIC_ACQUIRE) ? &the.pieces[i] : NULL;
}

struct piece *csan__colour_last_piece(void)
{
    return the.npieces ? &the.pieces[the.npieces - 1] : NULL;
}

struct piece *csan__colour_add_piece(size_t need)
{
    const struct piece *last = csan__colour_last_piece();
    size_t at = last ? last->at + last->bytes : 0, bytes = at > PIECE_MIN ? at : PIECE_MIN;
    need = csan__base_round_up(need, PIECE_ALIGN);
    bytes = bytes > need ? bytes : need;
    if (bytes > COLOUR_WINDOW - at)
        bytes = need;
    if (the.npieces == PIECES || need > COLOUR_WINDOW - at)
        return NULL;
    if (!map_at(csan__colour_address(0, at), bytes, PROT_READ | PROT_WRITE, MAP_SHARED))
        return NULL;
    struct piece *piece = &the.pieces[the.npieces];
    *piece = (struct piece){.at = at, .bytes = bytes, .mapped = 1};
    __atomic_store_n(&the.npieces, the.npieces + 1, __ATOMIC_RELEASE);
    return piece;
}

struct piece *csan__colour_piece_of(size_t offset)
{
    for (uint32_t i = 0; i < __atomic_load_n(&the.npieces, __ATOMIC_ACQUIRE); i++)
        if (offset - the.pieces[i].at < the.pieces[i].bytes)
            return &the.pieces[i];
    return NULL;
}

bool csan__colour_map(const struct piece *p, unsigned colour)
{
    uintptr_t to = csan__colour_address(colour, p->at);
    if (!(p->mapped >> colour & 1) && !map_at(to, p->bytes, PROT_NONE, MAP_PRIVATE))
        return false;
    long got = csan__os_syscall(SYS_mremap, (long)csan__colour_address(0, p->at), 0, (long)p->bytes,
                                MREMAP_MAYMOVE | MREMAP_FIXED, (long)to, 0);
    if (FAILED(got))
        return false;
    csan__colour_advise(to, p->bytes, MADV_DONTDUMP);
    return colour >= COLOUR_LOANS || !FAILED(csan__os_protect((void *)to, p->bytes, PROT_READ));
}

bool csan__colour_is_seen(const struct span *s, unsigned colour)
{
    struct piece *p = csan__colour_piece_of((size_t)s->first * CSAN_PAGE);
    uint64_t bit = (uint64_t)1 << colour;
    if (__atomic_load_n(&p->mapped, __ATOMIC_ACQUIRE) & bit)
        return true;
    csan__lock_take(&the.lock);
    if (!(p->mapped & bit) && csan__colour_map(p, colour))
        __atomic_fetch_or(&p->mapped, bit, __ATOMIC_RELEASE);
    csan__lock_give(&the.lock);
    return p->mapped & bit;
}

/* Where no mapping is left for a page of another kind, all of the piece in that colour is opened:
 * stores of other threads there are missed for that moment. */
static void set_store(uintptr_t page, int prot)
{
    const struct piece *p = csan__colour_piece_of((page - csan__colour_lo) & (COLOUR_WINDOW - 1));
    if (FAILED(csan__os_protect((void *)page, CSAN_PAGE, prot)) && p)
        csan__os_protect((void *)csan__colour_address(csan__colour_of(page), p->at), p->bytes,
                         prot);
}

bool csan__colour_open(uintptr_t page)
{
    set_store(page, PROT_READ | PROT_WRITE);
    return true;
}

void csan__colour_close(uintptr_t page)
{
    set_store(page, PROT_READ);
}

bool csan__colour_present(uintptr_t page, size_t n, unsigned char *out)
{
    return !FAILED(
        csan__os_syscall(SYS_mincore, (long)page, (long)(n * CSAN_PAGE), (long)out, 0, 0, 0));
}

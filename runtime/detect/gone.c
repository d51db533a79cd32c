#include "detect/gone.h"
#include "record/block_map.h"
#include "record/chunk.h"
#include "record/colour.h"

#define OTHERS_MAX 64u /* below it; some of them are gone themselves, and look whole */

static bool is_inside_another(uintptr_t start)
{
    struct block b;
    uintptr_t below = csan__block_below(start - 1);
    for (uint32_t n = 0; below && start - below < BLOCK_LARGE && n < OTHERS_MAX; n++) {
        if (csan__block_at(below, &b) && !b.damaged && start - below < b.usable)
            return true;
        below = csan__block_below(below - 1);
    }
    return false;
}

bool csan__gone(uintptr_t start)
{
    return csan__block_chunk_headers && !csan__colour_holds(start) &&
           (csan__chunk_state(start, &csan__chunk_signs) != CHUNK_USED || is_inside_another(start));
}

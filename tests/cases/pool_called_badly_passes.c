/* What makes no sense does no harm. */
// flags: -Wno-nonnull
#include <csan_share.h>

#include "case.h"

int main(void)
{
    char local[16];
    csan_pool_t *pool = csan_pool(NULL, 0, ~0u);
    MUST(csan_lend(pool, NULL, 0, 10) == NULL);
    MUST(csan_give_back(pool, NULL, 0, 10) == NULL);
    csan_forget(pool, NULL);
    csan_forget(pool, local);
    csan_forget(NULL, local);
    csan_expected_ref(NULL, 3, NULL);
    csan_expected_ref(local, 0, "nothing");
    csan_expected_ref(local, sizeof local, NULL);
    csan_cache_t *cache = csan_cache(NULL, 0, 0);
    csan_forget((csan_pool_t *)cache, local);
    return 0;
}

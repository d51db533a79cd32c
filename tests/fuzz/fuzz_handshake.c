/* libFuzzer target: whatever a program leaves on the page that it shares with the runner, the
 * runner tells a verdict from none, and says why in one sentence.
 *
 * Input: the low byte of a wait status, then the page. */
#include "tools/shake.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char room[1024];
    struct text why = TEXT(room);
    struct run_page *page = calloc(1, sizeof *page); /* what is read behind it is seen */
    struct shake s = {.page = page, .fd = -1};
    require(page != NULL);
    csan__text_str(&why, "");
    int status = size > 0 ? data[0] : 0;
    if (size > 1)
        memcpy(page, data + 1, size - 1 < sizeof *page ? size - 1 : sizeof *page);
    bool is_good = csan__shake_is_good(&s, "prog", status, &why);
    require(is_good == (page->shake.state == HANDSHAKE_VERDICT));
    require(is_good == (why.len == 0) && !why.cut);
    free(page);
    return 0;
}

/* libFuzzer target: whatever a baseline holds, it is read or refused in a sentence, and what is read
 * can be asked. */
#include "report/baseline.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char room[512] = "", *text = malloc(size + 1);
    struct text why = TEXT(room);
    struct finding finding = {.kind = FINDING_LEAK};
    struct shown shown[2] = {{.finding = &finding, .fingerprint = 0x02a9ade6},
                             {.finding = &finding, .fingerprint = 1}};
    struct report r = {.shown = shown, .count = 2};
    if (!text)
        return 0;
    memcpy(text, data, size);
    int error = csan__baseline_read(text, size, "shop", &why);
    if ((error == 0) != (why.len == 0))
        abort();
    if (csan__baseline_mark(&r) > 2)
        abort();
    free(text);
    csan__baseline_forget();
    return 0;
}

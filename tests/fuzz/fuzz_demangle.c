/* libFuzzer target: whatever stands in a symbol table, a name comes out; that of no C++ symbol is
 * no longer than the symbol.
 *
 * Input: a symbol. Seeds: `nm -D` of any C++ library, a file a symbol. */
#include "tools/demangle.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *symbol = strndup((const char *)data, size);
    char *name = csan__demangle(symbol);
    if (name == NULL || (strncmp(symbol, "_Z", 2) != 0 && strlen(name) > strlen(symbol))) {
        abort();
    }
    free(name);
    free(symbol);
    return 0;
}

/* C++: an array of new's moves and is deleted as ever; a string's bytes stay where they are, and are
 * checked by their sums. An exception passes through. */
// env: CSAN_SHARE=precise
// env: CSAN_ON_MUTATION=continue
// expect: ^{{at:copy}}: error: csan\[mutation\]: a buffer of 64 B of cache "rows" was written to through a share
// expect: ^{{at:throw}}: error: csan\[mutation\]
// expect: ^{{at:share}}: error: csan\[mutation\]: a buffer of 100 B of cache "rows" was changed while it was shared
// stdout: ^new caught x$
#include <csan_share.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>

static csan_cache_t *rows;

static char &last_of(char *row)
{
    row[9]++; /* throw */
    throw std::runtime_error("caught");
}

int main()
{
    static const char word[] = "new";
    rows = csan_cache("rows", 0, 0);
    char *p = static_cast<char *>(csan_publish(rows, new char[64](), 0));
    char *row = static_cast<char *>(const_cast<void *>(csan_share(p)));
    for (int i = 0; i < 3; i++)
        const_cast<volatile char *>(row)[4 + i] = word[i]; /* copy */
    std::printf("%s ", p + 4);
    try {
        last_of(row) = 1;
    } catch (const std::exception &e) {
        std::printf("%s ", e.what());
    }
    csan_release(row);
    csan_evict(rows, p);
    delete[] p;
    std::string text(100, 'a');
    csan_publish_fixed(rows, &text[0], 100);
    char *lent = static_cast<char *>(const_cast<void *>(csan_share(text.data()))); /* share */
    lent[50] = 'x';
    std::printf("%c\n", text[50]);
    csan_release(lent);
    csan_evict(rows, &text[0]);
    return 0;
}

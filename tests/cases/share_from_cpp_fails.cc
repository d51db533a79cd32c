/* From C++: a buffer of new's, shared by a lambda. */
// findings: 1
// expect: ^{{at:shared}}: error: csan\[unreleased\]: 1 share of cache "rows" was never released
#include <csan_share.h>

int main()
{
    csan_cache_t *rows = csan_cache("rows", 0, 0);
    char *p = static_cast<char *>(csan_publish(rows, new char[64](), 64));
    auto use = [](const void *q) { return csan_share(q); /* shared */ };
    const void *row = use(p);
    asm volatile("" : : "r"(row) : "memory");
    csan_evict(rows, p);
    delete[] p;
    return 0;
}

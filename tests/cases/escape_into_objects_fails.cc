/* A member of an object, an element of a vector, a value of a map and what a lambda has captured
 * keep the row's address. */
// findings: 1
// expect: csan\[escape\]: 4 pointers into a buffer of cache "rows" that was evicted are still stored > max_escapes=0$
// expect: stored in (heap block|struct request) of 16 bytes allocated at .*:{{line:object}}, .*8
// expect: stored in heap block of 32 bytes allocated at .*, offset 24
#include "escaping.h"

#include <functional>
#include <map>
#include <vector>

struct request {
    long id = 0;
    const char *row = nullptr;
};

static request *current;
static std::vector<const char *> *listed;
static std::map<int, const char *> *mapped;
static std::function<const char *()> *later;

static NOINLINE void make()
{
    current = new request; /* object */
    listed = new std::vector<const char *>(4);
    mapped = new std::map<int, const char *>{{7, nullptr}};
    later = new std::function<const char *()>;
}

static NOINLINE void remember(const char *p)
{
    const char *row = KEPT(p);
    current->row = (*listed)[3] = (*mapped)[7] = row;
    *later = [row] { return row; };
}

static NOINLINE void drop()
{
    delete current;
    delete listed;
    delete mapped;
    delete later;
}

int main()
{
    make();
    serve();
    wipe_stack();
    csan_check(0);
    drop();
    return 0;
}

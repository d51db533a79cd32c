// plain: no
// findings: 1
// expect: ^{{at:node}}: error: csan\[growth\]: 32 B in 1 block more each round, over 6 rounds, still reachable > max_growth=0$
#include <csan.h>

#include <stdexcept>
#include <vector>

struct node {
    node *next;
    char bytes[24];
};

node *all;

static int repeat(unsigned long n)
{
    CSAN_REPEAT(n)
    {
        node *one = new node(); /* node */
        one->next = all;
        all = one;
        CSAN_REPEAT(2)
        {
            std::vector<int> numbers(100);
        }
        if (n == 7 && one->next && one->next->next && one->next->next->next)
            throw std::runtime_error("out of it");
    }
    return 0;
}

int main()
{
    return repeat(6);
}

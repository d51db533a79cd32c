// expect: ^{{at:bad}}: error: csan\[bad-free\]:
// stdout: ^it went on$
// plain: no
#include <cstdio>
#include <cstdlib>

int main()
{
    void *volatile p = new int(3);
    std::free(p); /* bad */
    std::puts("it went on");
    return 0;
}

// env: CSAN_VERBOSITY=1
// expect: ^csan: PASS:
// expect-not: possibly lost
// plain: no
#include <cstdlib>

struct object {
    long field[3];
    ~object() { keep = field[0]; }
    static volatile long keep;
};
volatile long object::keep;

struct alignas(16) wide {
    long field[4];
    ~wide() { object::keep = field[0]; }
};

object *volatile few;
wide *volatile wides;

int main()
{
    few = new object[7];
    wides = new wide[5];
    return 0;
}

// leak: array 16 B in 1 block
/* A limit: the count of 16 bytes ends where malloc's next chunk begins, and malloc points there. */
struct alignas(16) Wide {
    char bytes[16] = {};
    ~Wide()
    {
        bytes[0] = 0;
    }
};

Wide *wide;
volatile int none = 0;

int main()
{
    wide = new Wide[none]; /* array */
    return 0;
}

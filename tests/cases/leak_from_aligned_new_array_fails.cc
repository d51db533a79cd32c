// leak: leak 256 B in 1 block
struct alignas(128) Wide {
    char bytes[128];
};

static __attribute__((noinline)) void allocate()
{
    Wide *p = new Wide[2]; /* leak */
    __asm__ volatile("" : : "r"(p) : "memory");
}

int main()
{
    allocate();
    return 0;
}

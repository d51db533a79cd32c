// leak: leak 32 B in 1 block
static __attribute__((noinline)) void allocate()
{
    long *p = new long[4]; /* leak */
    __asm__ volatile("" : : "r"(p) : "memory");
}

int main()
{
    allocate();
    return 0;
}

// leak: leak 4 B in 1 block
static __attribute__((noinline)) void allocate()
{
    int *p = new int(7); /* leak */
    __asm__ volatile("" : : "r"(p) : "memory");
}

int main()
{
    allocate();
    return 0;
}

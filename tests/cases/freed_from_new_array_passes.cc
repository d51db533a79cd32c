static __attribute__((noinline)) void allocate()
{
    long *p = new long[4];
    __asm__ volatile("" : : "r"(p) : "memory");
    delete[] p;
}

int main()
{
    allocate();
    return 0;
}

struct alignas(128) Wide {
    char bytes[128];
};

static __attribute__((noinline)) void allocate()
{
    Wide *p = new Wide[2];
    __asm__ volatile("" : : "r"(p) : "memory");
    delete[] p;
}

int main()
{
    allocate();
    return 0;
}

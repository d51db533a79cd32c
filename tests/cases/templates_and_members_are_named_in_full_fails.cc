// leak: leak 40 B in 1 block
// expect: ^ +at store::Cache<int>::add
namespace store
{
template <class T> struct Cache {
    __attribute__((noinline)) void add(T value)
    {
        T *p = new T[10]; /* leak */
        __asm__ volatile("" : : "r"(p), "r"(value) : "memory");
    }
};
} // namespace store

int main()
{
    store::Cache<int> cache;
    cache.add(3);
    return 0;
}

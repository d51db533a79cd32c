/* Addresses inside functions of known names and lines, printed as they are in the file. The lines
 * that matter carry a word that the test looks for. */
#define _GNU_SOURCE
#include <link.h>
#include <stdio.h>

static int first_bias(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    *(unsigned long *)arg = info->dlpi_addr;
    return 1;
}

__attribute__((noinline)) int print_caller(const char *name)
{
    unsigned long bias = 0;
    dl_iterate_phdr(first_bias, &bias);
    printf("%s %lx\n", name, (unsigned long)__builtin_return_address(0) - 1 - bias);
    return 1;
}

__attribute__((always_inline)) static inline int inner(void)
{
    return print_caller("inlined") + 1; /* LINE-INNER */
}

__attribute__((always_inline)) static inline int outer(void)
{
    return inner() + 1; /* LINE-OUTER */
}

__attribute__((noinline)) int plain_function(int n)
{
    return print_caller("plain") + n; /* LINE-PLAIN */
}

__attribute__((noinline)) int with_inlined(int n)
{
    return outer() + n; /* LINE-WITH */
}

int main(int argc, char **argv)
{
    (void)argv;
    return plain_function(argc) + with_inlined(argc) > 100;
}

#include <unistd.h>

__attribute__((constructor)) static void hello(void)
{
    static const char text[] = "hello from the plugin\n";
    (void)!write(1, text, sizeof(text) - 1);
}

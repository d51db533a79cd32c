#include <stdlib.h>

void *volatile plugin_global_too;

void lose_too(void)
{
    plugin_global_too = malloc(56); /* leak */
    plugin_global_too = NULL;
}

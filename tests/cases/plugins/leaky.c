#include <stdlib.h>

void *volatile plugin_global;

void remember(void)
{
    plugin_global = malloc(48);
}

void lose(void)
{
    plugin_global = malloc(48); /* leak */
    plugin_global = NULL;
}

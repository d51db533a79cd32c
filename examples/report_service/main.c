/* service: answers the requests on its standard input. */
#include "service.h"

#include <stdlib.h>

int main(void)
{
    struct service service;
    if (service_open(&service, 64, 4) != 0)
        return EXIT_FAILURE;
    int refused = service_run(&service, stdin, stdout);
    service_close(&service);
    return refused < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

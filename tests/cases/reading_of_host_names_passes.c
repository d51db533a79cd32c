#include "case.h"

#include <netdb.h>

int main(void)
{
    struct addrinfo *list = NULL;
    if (getaddrinfo("localhost", "80", NULL, &list) == 0)
        freeaddrinfo(list);
    gethostbyname("localhost");
    getservbyname("http", "tcp");
    return 0;
}

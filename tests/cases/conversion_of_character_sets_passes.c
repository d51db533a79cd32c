#include "case.h"

#include <iconv.h>

int main(void)
{
    iconv_t way = iconv_open("UTF-16", "ISO-8859-1");
    MUST(way != (iconv_t)-1);
    char in[] = "text", out[64];
    char *from = in, *to = out;
    size_t left = 4, room = sizeof(out);
    MUST(iconv(way, &from, &left, &to, &room) == 0);
    MUST(iconv_close(way) == 0);
    return 0;
}

/* The page's own files, as they stand. They are read when this is assembled, below the top of the
 * tree (make/build.mk knows that it depends on them). */
#include "tools/format_html.h"

#define EMBED(name, path)                                                                          \
    __asm__(".pushsection .rodata\n"                                                               \
            ".global " #name "\n" #name ":\n.incbin \"" path "\"\n.byte 0\n"                       \
            ".popsection\n")

EMBED(csan__page_html, "tools/page.html");
EMBED(csan__page_css, "tools/page.css");
EMBED(csan__page_js, "tools/page.js");

#include "detect/linker.h"
#include "record/module.h"
#include "record/stack.h"

#include <sys/auxv.h>

bool csan__linker_took(uint32_t stack)
{
    struct stack_view view;
    uintptr_t base = getauxval(AT_BASE); /* 0: a static program */
    if (!base || !csan__stack_get(stack, &view) || !view.depth)
        return false;
    const struct module *m = csan__module_find_at(view.pcs[0] - 1, view.generation);
    return m && m->bias == base;
}

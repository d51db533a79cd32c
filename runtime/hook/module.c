/* Modules that go: what their frames were called is kept. (dlopen is not interposed: libc finds the
 * caller's search path by its return address, and new modules are noticed on first sight.) */
#include "hook/guard.h"
#include "record/module.h"

#include <dlfcn.h>

CSAN_API int dlclose(void *handle)
{
    csan__module_refresh();
    csan__real_ready();
    int result = csan__real.dlclose(handle);
    csan__module_refresh();
    return result;
}

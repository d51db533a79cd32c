/* C++ operators new and delete of libstdc++.so, told apart from malloc and free. Needs hook/heap.
 */
#ifndef CSAN_HOOK_NEW_H
#define CSAN_HOOK_NEW_H

#include <stdbool.h>

/* All of the process's operators are the ones that are hooked: a block that is freed in another way
 * than it was made is wrong. False: some module has operators of its own (a part of libstdc++.a),
 * which call malloc and free. Slow. */
bool csan__new_is_sure(void);

#endif

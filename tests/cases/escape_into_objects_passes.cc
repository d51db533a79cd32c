/* All of them are cleared before the row goes. */
#define FORGETS
#include "escape_into_objects_fails.cc"

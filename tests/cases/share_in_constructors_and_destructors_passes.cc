/* Every share is back. */
// also: clang-O0 as for each kind of place
#define RELEASES
#include "share_in_constructors_and_destructors_fails.cc"

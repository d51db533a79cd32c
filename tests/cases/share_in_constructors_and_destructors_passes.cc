/* Every share is back. */
#define RELEASES
#include "share_in_constructors_and_destructors_fails.cc"

#include "shared.c"

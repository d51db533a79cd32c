#include "annotated.c"

/* A switch for each planted defect: PLANT=NAME in the environment. One binary shows both ways. */
#ifndef PLANT_H
#define PLANT_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static inline bool planted(const char *defect)
{
    const char *set = getenv("PLANT");
    return set && strcmp(set, defect) == 0;
}

#endif

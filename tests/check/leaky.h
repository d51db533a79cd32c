/* The code under test: it leaks, in a file and on lines of its own. Sizes tell the leaks apart. */
#ifndef LEAKY_H
#define LEAKY_H

void leak_101(void);
void leak_202(void);
void leak_from_thread(void); /* 303 bytes */
void leak_many(void);        /* 50 different stacks */
void keep(void);             /* reachable from a global until the process ends, or keep() again */
void clean_up(void);         /* of what keep() has kept */

#endif

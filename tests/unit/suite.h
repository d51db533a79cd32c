/* What every suite here needs: Check, and the run of one suite as the program's status. How much is
 * printed is CK_VERBOSITY's to say. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>

static inline int suite_run(Suite *s)
{
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}

#endif

/* tools/progress: how often the line changes. That it comes and goes is tests/reports' to see. */
#include "tools/progress.c"
#include "tests/unit/suite.h"

#include <fcntl.h>
#include <stdlib.h>

static int screen;

/* stderr is a terminal that takes what it has room for. */
static void begin(void)
{
    screen = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    ck_assert_int_ge(screen, 0);
    ck_assert_int_eq(grantpt(screen) | unlockpt(screen), 0);
    int terminal = open(ptsname(screen), O_WRONLY | O_NOCTTY | O_NONBLOCK);
    ck_assert_int_ge(terminal, 0);
    ck_assert_int_eq(dup2(terminal, STDERR_FILENO), STDERR_FILENO);
}

static unsigned lines_shown(void)
{
    char text[65536];
    unsigned n = 0;
    ssize_t got = read(screen, text, sizeof text - 1);
    text[got > 0 ? got : 0] = '\0';
    for (const char *p = text; (p = strstr(p, "csan: rows: ")) != NULL; p++)
        n++;
    return n;
}

START_TEST(line_changes_ten_times_a_second_at_most)
{
    csan__progress("rows", 0, 20000);
    ck_assert_uint_eq(lines_shown(), 0);
    uint64_t since = now_ms();
    line.next_ms = since; /* the work has taken long enough */
    uint64_t took;
    size_t done = 0;
    while ((took = now_ms() - since) < 250)
        csan__progress("rows", ++done, 20000);
    took = now_ms() - since;
    unsigned shown = lines_shown();
    ck_assert_uint_ge(shown, 1);
    ck_assert_uint_le(shown, 1 + took / 100);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("progress");
    TCase *c = tcase_create("progress");
    tcase_add_checked_fixture(c, begin, NULL);
    tcase_add_test(c, line_changes_ten_times_a_second_at_most);
    suite_add_tcase(s, c);
    return suite_run(s);
}

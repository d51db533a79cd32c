/* The service's suite: plain Check. Nothing in here knows of csan. */
#include "service.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct service service;

static void open_service(void)
{
    ck_assert_int_eq(service_open(&service, 3, 2), 0);
}

static void close_service(void)
{
    service_close(&service);
}

static void assert_answer(const char *request, const char *expected)
{
    char *answer = service_answer(&service, request);
    ck_assert_str_eq(answer, expected);
    free(answer);
}

START_TEST(row_is_answered_with_region_and_total)
{
    assert_answer("row 7", "row 7: west 1302");
    assert_answer("row 8", "row 8: north 1488");
}
END_TEST

START_TEST(row_is_read_once_and_then_cached)
{
    assert_answer("row 7", "row 7: west 1302");
    assert_answer("row 7", "row 7: west 1302");
    ck_assert_uint_eq(cache_count(service.cache), 1);
}
END_TEST

START_TEST(cache_keeps_the_newest_rows)
{
    for (int id = 1; id <= 10; id++) {
        char request[16];
        snprintf(request, sizeof request, "row %d", id);
        free(service_answer(&service, request));
    }
    ck_assert_uint_eq(cache_count(service.cache), 3);
}
END_TEST

START_TEST(refresh_replaces_the_cached_row)
{
    assert_answer("row 7", "row 7: west 1302");
    assert_answer("refresh 7", "refresh 7: west 1302");
    ck_assert_uint_eq(cache_count(service.cache), 1);
}
END_TEST

START_TEST(unknown_row_is_said_to_be_unknown)
{
    assert_answer("row 1000", "row 1000: no such row");
}
END_TEST

/* A client asks in a thread of its own, as one of many; they begin together. */
#define CLIENTS 20
static pthread_barrier_t start;

static void *ask_for_a_row(void *arg)
{
    char request[16];
    snprintf(request, sizeof request, "row %d", *(int *)arg);
    pthread_barrier_wait(&start);
    free(service_answer(&service, request));
    return NULL;
}

static void *ask_for_charts(void *unused)
{
    pthread_barrier_wait(&start);
    for (int i = 0; i < 3; i++)
        free(service_answer(&service, "chart 7"));
    return unused;
}

static void have_clients(int clients, void *(*ask)(void *))
{
    pthread_t client[CLIENTS];
    int number[CLIENTS];
    pthread_barrier_init(&start, NULL, (unsigned)clients);
    for (int i = 0; i < clients; i++) {
        number[i] = i + 1;
        ck_assert_int_eq(pthread_create(&client[i], NULL, ask, &number[i]), 0);
    }
    for (int i = 0; i < clients; i++)
        pthread_join(client[i], NULL);
    pthread_barrier_destroy(&start);
}

START_TEST(clients_are_served_after_unknown_rows)
{
    assert_answer("row 1000", "row 1000: no such row");
    assert_answer("row 1001", "row 1001: no such row");
    have_clients(CLIENTS, ask_for_a_row);
}
END_TEST

START_TEST(clients_share_a_cached_row)
{
    assert_answer("chart 7", "chart 7: 445566677889");
    have_clients(8, ask_for_charts);
    assert_answer("stats", "stats: 1 rows, 0 missing");
}
END_TEST

START_TEST(bad_request_is_answered)
{
    assert_answer("delete 7", "delete 7: not understood");
}
END_TEST

START_TEST(report_lists_rows_and_their_sum)
{
    assert_answer("report 1 3", "report 1 3: 186 372 558 1116");
}
END_TEST

START_TEST(last_report_is_shown_again)
{
    assert_answer("again", "again: no report");
    free(service_answer(&service, "report 1 2"));
    assert_answer("again", "report 1 2: 186 372 558");
}
END_TEST

START_TEST(report_follows_a_longer_one)
{
    free(service_answer(&service, "report 1 9"));
    assert_answer("report 1 1", "report 1 1: 186 186");
}
END_TEST

START_TEST(report_may_be_long)
{
    char *answer = service_answer(&service, "report 1 300");
    ck_assert_uint_gt(strlen(answer), 1024);
    free(answer);
}
END_TEST

START_TEST(sum_is_added_up_by_workers)
{
    assert_answer("sum 1 3", "sum 1 3: 1116");
    assert_answer("sum 999 1001", "sum 999 1001: 185814");
    assert_answer("stats", "stats: 6 rows, 2 missing");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report service");
    TCase *answers = tcase_create("answers");
    tcase_add_checked_fixture(answers, open_service, close_service);
    tcase_add_test(answers, row_is_answered_with_region_and_total);
    tcase_add_test(answers, row_is_read_once_and_then_cached);
    tcase_add_test(answers, cache_keeps_the_newest_rows);
    tcase_add_test(answers, refresh_replaces_the_cached_row);
    tcase_add_test(answers, unknown_row_is_said_to_be_unknown);
    tcase_add_test(answers, clients_are_served_after_unknown_rows);
    tcase_add_test(answers, clients_share_a_cached_row);
    tcase_add_test(answers, bad_request_is_answered);
    tcase_add_test(answers, last_report_is_shown_again);
    tcase_add_test(answers, sum_is_added_up_by_workers);
    suite_add_tcase(suite, answers);

    TCase *reports = tcase_create("reports");
    tcase_add_checked_fixture(reports, open_service, close_service);
    tcase_add_test(reports, report_lists_rows_and_their_sum);
    suite_add_tcase(suite, reports);

    TCase *buffers = tcase_create("buffers");
    tcase_add_checked_fixture(buffers, open_service, close_service);
    tcase_add_test(buffers, report_follows_a_longer_one);
    tcase_add_test(buffers, report_may_be_long);
    suite_add_tcase(suite, buffers);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

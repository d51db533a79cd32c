/* record/label: a thread's pairs of key and value. */
#include "record/label.h"
#include "tests/unit/suite.h"

#include <errno.h>
#include <string.h>

static const char *value_of(const char *key)
{
    const struct labels *l = csan__label_of(csan__thread_get()->tid);
    for (uint32_t i = 0; l && i < l->count; i++)
        if (strcmp(l->at[i].key, key) == 0)
            return l->at[i].value;
    return NULL;
}

START_TEST(a_value_takes_the_place_of_the_last_and_null_ends_it)
{
    struct thread *self = csan__thread_get();
    char value[] = "first";
    ck_assert_int_eq(csan__label_set(self, "k", value), 0);
    value[0] = 'X';
    ck_assert_str_eq(value_of("k"), "first");
    ck_assert_int_eq(csan__label_set(self, "k", "second"), 0);
    ck_assert_int_eq(csan__label_set(self, "other", "o"), 0);
    ck_assert_str_eq(value_of("k"), "second");
    ck_assert_int_eq(csan__label_set(self, "k", NULL), 0);
    ck_assert_ptr_null(value_of("k"));
    ck_assert_str_eq(value_of("other"), "o");
    ck_assert_int_eq(csan__label_set(self, "never", NULL), 0);
    ck_assert_int_eq(csan__label_set(self, "other", NULL), 0);
    ck_assert_ptr_null(csan__label_of(self->tid));
}
END_TEST

START_TEST(there_is_room_for_eight)
{
    struct thread *self = csan__thread_get();
    char key[2] = "a";
    for (; key[0] < 'a' + (char)LABELS_MAX; key[0]++)
        ck_assert_int_eq(csan__label_set(self, key, "v"), 0);
    ck_assert_int_eq(csan__label_set(self, key, "v"), -ENOSPC);
    ck_assert_int_eq(csan__label_set(self, "a", "w"), 0);
    ck_assert_str_eq(value_of("a"), "w");
    ck_assert_int_eq(csan__label_set(self, "", "v"), -EINVAL);
    ck_assert_int_eq(csan__label_set(self, NULL, "v"), -EINVAL);
}
END_TEST

START_TEST(a_record_that_serves_another_thread_has_no_labels)
{
    struct thread *self = csan__thread_get();
    int tid = self->tid;
    csan__label_set(self, "k", "v");
    self->tid = tid + 1;
    ck_assert_ptr_null(csan__label_of(tid + 1));
    ck_assert_int_eq(csan__label_set(self, "new", "v"), 0);
    ck_assert_ptr_null(value_of("k"));
    self->tid = tid;
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("label");
    TCase *t = tcase_create("label");
    tcase_add_test(t, a_value_takes_the_place_of_the_last_and_null_ends_it);
    tcase_add_test(t, there_is_room_for_eight);
    tcase_add_test(t, a_record_that_serves_another_thread_has_no_labels);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}

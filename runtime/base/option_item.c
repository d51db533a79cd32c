#include "base/option_item.h"

#include "base/nearest.h"

#include <errno.h>
#include <string.h>

void csan__item_add_shown(struct text *t, const char *s, size_t n, size_t most)
{
    bool is_long = n > most;
    if (is_long)
        for (n = most; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80;)
            n--;
    for (size_t i = 0; i < n; i++)
        csan__text_char(t, (unsigned char)s[i] < ' ' || s[i] == 0x7f ? '?' : s[i]);
    if (is_long)
        csan__text_str(t, "...");
}

static void add_item(struct text *t, const struct item *it)
{
    static const char *const before[] = {
        [SOURCE_PROGRAM] = "csan_default_options(): ",
        [SOURCE_LIST] = "CSAN_OPTIONS: ",
        [SOURCE_VARIABLE] = "CSAN_",
    };
    csan__text_str(t, before[it->source]);
    csan__item_add_shown(t, it->name, it->name_bytes, ITEM_SHOWN_BYTES);
    if (it->value != NULL) {
        csan__text_char(t, '=');
        csan__item_add_shown(t, it->value, it->value_bytes, ITEM_SHOWN_BYTES);
    }
    csan__text_str(t, ": ");
}

/* "write a number with B, KiB, MiB or GiB, or off" */
static void add_advice(struct text *t, const struct row *r)
{
    csan__text_str(t, "write ");
    switch (r->kind) {
    case KIND_SIZE:
        csan__text_str(t, "a number with B, KiB, MiB or GiB");
        break;
    case KIND_DURATION:
        csan__text_str(t, "a number with ns, us, ms, s or min");
        break;
    case KIND_NUMBER:
        csan__text_str(t, r->hi == INT64_MAX ? "a number" : "a number from ");
        if (r->hi != INT64_MAX)
            csan__row_add_range(t, r);
        break;
    case KIND_SWITCH:
        csan__text_str(t, "on or off");
        return;
    case KIND_CHOICE:
    case KIND_CHOICES:
        csan__row_add_list(t, NULL, r->words);
        csan__text_str(t, r->kind == KIND_CHOICES ? ", several with commas" : "");
        return;
    case KIND_STRING:
        return;
    }
    csan__text_str(t, *r->words == '\0' ? "" : ", or ");
    csan__row_add_list(t, NULL, r->words);
}

int csan__item_blame_value(struct text *why, const struct item *it, const struct row *r, int result)
{
    static const char *const nouns[] = {
        [KIND_SIZE] = "not a size: ",
        [KIND_DURATION] = "not a duration: ",
        [KIND_NUMBER] = "not a number: ",
        [KIND_SWITCH] = "not a switch: ",
        [KIND_CHOICE] = "no such choice: ",
        [KIND_CHOICES] = "no such choice: ",
        [KIND_STRING] = "",
    };
    add_item(why, it);
    if (result != -ERANGE)
        csan__text_str(why, nouns[r->kind]);
    else
        csan__text_str(why, r->kind == KIND_NUMBER && r->hi != INT64_MAX ? "out of range: "
                                                                         : "too large: ");
    add_advice(why, r);
    return -EINVAL;
}

int csan__item_blame_name(struct text *why, const struct item *it)
{
    bool is_variable = it->source == SOURCE_VARIABLE;
    struct nearest n = NEAREST(it->name, it->name_bytes);
    for (size_t i = 0; i < ROWS; i++)
        csan__nearest_try(&n, csan__row_all[i].name);
    if (is_variable) {
        csan__nearest_try(&n, "options");
        csan__nearest_try(&n, "path");
    }
    bool is_near = csan__nearest_is_near(&n);
    add_item(why, it);
    csan__text_str(why,
                   is_near ? "no such option; did you mean " : "no such option; the nearest is ");
    csan__text_str(why, is_variable ? "CSAN_" : "");
    for (const char *c = n.name; *c != '\0'; c++)
        csan__text_char(why, is_variable ? csan__text_upper(*c) : *c);
    csan__text_str(why, is_near ? "?" : ", and CSAN_HELP=1 lists them all");
    return -EINVAL;
}

int csan__item_blame(struct text *why, const struct item *it, const char *what)
{
    add_item(why, it);
    csan__text_str(why, what);
    return -EINVAL;
}

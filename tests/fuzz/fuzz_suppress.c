/* libFuzzer target: any bytes are rules or are refused in one line; the index finds what comparing
 * rule by rule finds; no pattern takes exponential time.
 *
 * Input: a suppression file; behind its first NUL, a function's name to match. */
#include "report/glob.h"
#include "report/report.h"
#include "report/rule.h"

#include <stdlib.h>
#include <string.h>

#define BYTES_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_rule(const char *rule, bool expired, void *arg)
{
    (void)expired;
    require(strchr(rule, '\n') == NULL);
    require(strstr(rule, ": ") != NULL);
    ++*(size_t *)arg;
}

/* What the rules mean, one by one; limits and dates left out. */
static bool any_rule_fits(const char *rules, const char *name, bool *has_words)
{
    bool fits = false;
    char room[512];
    for (const char *line = rules; *line;) {
        size_t n = strcspn(line, "\r\n");
        struct rule r;
        struct text why = TEXT(room);
        if (csan__rule_read(line, n, &r, &why) == 1) {
            *has_words |= r.max != RULE_NO_MAX || r.until_day != RULE_NO_DAY;
            fits |= r.kind == FINDING_LEAK && csan__glob_fits(&r.glob, name);
        }
        line += n + (line[n] != '\0');
    }
    return fits;
}

static void check_matching(const char *rules, const char *name)
{
    struct frame frame = {.function = name, .file = "", .module = "", .source = ""};
    struct finding finding = {.kind = FINDING_LEAK, .count = 2, .stack = 1};
    struct shown s = {.finding = &finding, .trace = {.frames = &frame, .count = 1}};
    bool has_words = false, expected = any_rule_fits(rules, name, &has_words);
    bool found = csan__suppress_matches(&s);
    if (strcmp(name, "??") != 0)
        require(has_words ? expected || !found : expected == found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char rules[BYTES_MAX + 1], name[BYTES_MAX + 1];
    char room[1024];
    struct text why = TEXT(room);
    room[0] = '\0';
    size = size < BYTES_MAX ? size : BYTES_MAX;
    memcpy(rules, data, size);
    rules[size] = '\0';
    size_t first = strlen(rules);
    size_t rest = first < size ? size - first - 1 : 0;
    memcpy(name, data + size - rest, rest);
    name[rest] = '\0';
    int error = csan__suppress_load(NULL, rules, &why);
    if (error) {
        require(room[0] != '\0' && strchr(room, '\n') == NULL);
        return 0;
    }
    size_t count = 0;
    check_matching(rules, name);
    csan__suppress_each_unused(check_rule, &count);
    struct rule r;
    why.len = 0;
    csan__rule_read((const char *)data, size, &r, &why);
    return 0;
}

/* csan supp: suppression files: made of records, checked, and held against a run.
 *
 * A record has what was found, not what a suppression took out: `unused` wants one of a run without
 * the file. */
#include "tools/record.h"
#include "tools/verb.h"

#include "report/rule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ generate */

struct line {
    char *text; /* "leak:row_new" */
    char *comment;
    uint64_t max; /* the most that one process had of all its findings */
    uint64_t now; /* in this process */
};

struct lines {
    struct line *at;
    size_t count, room;
};

static struct line *line_of(struct lines *lines, const char *text)
{
    for (size_t i = 0; i < lines->count; i++)
        if (strcmp(lines->at[i].text, text) == 0)
            return &lines->at[i];
    if (lines->count == lines->room) {
        size_t room = lines->room ? 2 * lines->room : 64;
        struct line *more = reallocarray(lines->at, room, sizeof *more);
        if (!more)
            return NULL;
        lines->at = more;
        lines->room = room;
    }
    struct line *l = &lines->at[lines->count];
    *l = (struct line){.text = strdup(text)};
    lines->count += l->text != NULL;
    return l->text ? l : NULL;
}

/* What is behind a # must stay on its line. */
static char *comment_of(const struct record *r, uint32_t i)
{
    const struct shown *s = &r->report.shown[i];
    char claim[1024] = "";
    struct text text = TEXT(claim);
    uint32_t row, column;
    char *comment = NULL;
    const char *file = csan__record_place(r, s, &row, &column);
    csan__record_claim(s, &text);
    if (asprintf(&comment, "%s%s%s [%08x] %s", file, file[0] ? ": " : "", claim, s->fingerprint,
                 r->extras[i].program) < 0)
        return NULL;
    for (char *c = comment; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = '?';
    return comment;
}

static int gather(struct record *r, void *arg)
{
    struct lines *lines = arg;
    for (uint32_t i = 0; i < r->report.count; i++) {
        const struct shown *s = &r->report.shown[i];
        if (r->extras[i].suppression[0] == '\0')
            continue;
        struct line *l = line_of(lines, r->extras[i].suppression);
        if (l && !l->comment)
            l->comment = comment_of(r, i);
        if (!l || !l->comment)
            return csan__say_dark("out of memory");
        l->now += s->finding->count;
    }
    for (size_t i = 0; i < lines->count; i++) {
        struct line *l = &lines->at[i];
        l->max = l->now > l->max ? l->now : l->max;
        l->now = 0;
    }
    return 0;
}

static int generate(char *const *paths, int npaths)
{
    struct lines lines = {0};
    int status = csan__records_each(paths, npaths, gather, &lines);
    for (size_t i = 0; i < lines.count; i++) {
        struct line *l = &lines.at[i];
        printf("# %s\n%s max=%lu\n", l->comment, l->text, (unsigned long)(l->max ? l->max : 1));
        free(l->text);
        free(l->comment);
    }
    free(lines.at);
    return status;
}

/* ------------------------------------------------------------------ check */

static int check_one(const char *path)
{
    FILE *f = fopen(path, "re");
    char *line = NULL, room[512];
    size_t size = 0;
    int status = f ? 0 : csan__say_dark("%s: %s", path, strerror(errno));
    unsigned rules = 0;
    for (unsigned n = 1; f; n++) {
        struct text why = TEXT(room);
        struct rule rule;
        ssize_t length = getline(&line, &size, f);
        if (length < 0)
            break;
        length -= line[length - 1] == '\n';
        int read = csan__rule_read(line, (size_t)length, &rule, &why);
        if (read < 0)
            status = csan__say_dark("%s:%u: %s", path, n, room);
        rules += read > 0;
    }
    if (f && ferror(f))
        status = csan__say_dark("%s: %s", path, strerror(errno));
    if (f)
        fclose(f);
    free(line);
    if (status == 0)
        printf("%s: %u line%s, all well\n", path, rules, rules == 1 ? "" : "s");
    return status;
}

static int check(char *const *paths, int npaths)
{
    int status = 0;
    for (int i = 0; i < npaths; i++)
        if (check_one(paths[i]))
            status = VERB_DARK;
    return status;
}

/* ------------------------------------------------------------------ unused */

static int hold_against(struct record *r, void *arg)
{
    (void)arg;
    for (uint32_t i = 0; i < r->report.count; i++)
        csan__suppress_matches(&r->report.shown[i]);
    return 0;
}

static void put_unused(const char *rule, bool is_expired, void *arg)
{
    (void)arg;
    printf("%s (%s)\n", rule, is_expired ? "past its date" : "unused");
}

static int list_unused(const char *file, char *const *paths, int npaths)
{
    char room[512] = "";
    struct text why = TEXT(room);
    if (csan__suppress_load(file, NULL, &why) < 0)
        return csan__say_dark("%s", room);
    int status = csan__records_each(paths, npaths, hold_against, NULL);
    csan__suppress_each_unused(put_unused, NULL);
    return status;
}

int csan__supp_verb(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "generate") == 0 && argc > 2)
        return generate(argv + 2, argc - 2);
    if (strcmp(what, "check") == 0 && argc > 2)
        return check(argv + 2, argc - 2);
    if (strcmp(what, "unused") == 0 && argc > 3)
        return list_unused(argv[2], argv + 3, argc - 3);
    return csan__say_dark("supp: generate RECORD …, check FILE … or unused FILE RECORD …; see "
                          "`csan help supp`");
}

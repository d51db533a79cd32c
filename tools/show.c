/* csan show: the findings of a run, a line each, or its locks; or one finding, with all that is
 * known of it. */
#include "tools/collect.h"
#include "tools/format.h"
#include "tools/verb.h"

#include "base/options.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER_DEFAULT "csan-out"

static void list_one(const struct collected *f, void *arg)
{
    char room[64] = "";
    struct text times = TEXT(room);
    (void)arg;
    csan__text_count(&times, f->processes, "time");
    printf("%s  %-11s %s  %s (%s, %s%s)\n", f->name, csan__finding_kind_name(f->kind), f->place,
           f->claim, f->program, room, f->known ? ", known" : "");
}

static int list(char *const *paths, int npaths)
{
    struct collection c = {0};
    int status = csan__collect(&c, paths, npaths);
    csan__collect_each(&c, list_one, NULL);
    if (status == 0 && c.findings + c.known == 0)
        puts("nothing was found");
    csan__collect_free(&c);
    return status;
}

static void list_lock(const struct lock_sum *l)
{
    char room[160] = "", sum[32] = "";
    struct text words = TEXT(room), together = TEXT(sum);
    csan__text_duration(&together, l->times.sum_ns);
    csan__locks_words(l, &words);
    printf("%-8s %s", sum, l->message);
    if (l->locks > 1)
        printf(" (%lu of them)", (unsigned long)l->locks);
    printf("  %s  %s (%s)\n", l->place, room, l->program);
}

static int list_locks(char *const *paths, int npaths)
{
    struct collection c = {0};
    int status = csan__collect(&c, paths, npaths);
    for (uint32_t i = 0; i < c.locks.used; i++)
        list_lock(c.locks.all[i]);
    if (status == 0 && c.locks.used == 0)
        puts("no lock was waited for");
    csan__collect_free(&c);
    return status;
}

struct search {
    const char *name;
    uint64_t shown;
};

static void put_stack(const struct trace *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        const struct frame *f = &t->frames[i];
        printf("    #%-2u %s %s", i, f->function, f->file[0] ? f->file : f->module);
        if (f->line)
            printf(":%u:%u", f->line, f->column ? f->column : 1);
        else
            printf("+0x%lx", (unsigned long)f->offset);
        puts(f->inlined ? " (inlined)" : "");
    }
}

/* Every frame: what the report folds and cuts is here. */
static void put_all(const struct record *r, uint32_t i)
{
    const struct shown *s = &r->report.shown[i];
    char *text = csan__format_plain(r, s), room[64] = "";
    struct text times = TEXT(room);
    csan__text_count(&times, s->finding->count, "time");
    printf("%s\n\n    %lu %s, %s, in process %lu of %s at %s\n\n", text,
           (unsigned long)s->finding->amount, r->extras[i].unit, room,
           (unsigned long)r->extras[i].pid, r->extras[i].program, r->time);
    free(text);
    put_stack(&s->trace);
    for (uint32_t p = 0; p < s->finding->nparties; p++) {
        printf("\n    %s:\n", s->finding->parties[p].label);
        put_stack(&s->parties[p]);
    }
}

static int look(struct record *r, void *arg)
{
    struct search *search = arg;
    for (uint32_t i = 0; i < r->report.count && !search->shown; i++) {
        char room[16] = "";
        snprintf(room, sizeof room, "%08x", r->report.shown[i].fingerprint);
        if (strncmp(room, search->name, strlen(search->name)) != 0)
            continue;
        put_all(r, i);
        search->shown++;
    }
    return search->shown ? 1 : 0;
}

static bool is_fingerprint(const char *s)
{
    size_t n = strlen(s);
    return n >= 2 && n <= 8 && strspn(s, "0123456789abcdef") == n;
}

int csan__show_verb(int argc, char **argv)
{
    static char folder[] = FOLDER_DEFAULT;
    char *preset[] = {folder}, buf[64];
    struct text why = TEXT(buf);
    bool wants_locks = argc > 1 && strcmp(argv[1], "--locks") == 0;
    bool wants_one = argc > 1 && is_fingerprint(argv[1]);
    if (argc > 1 && argv[1][0] == '-' && argv[1][1] && !wants_locks)
        return csan__say_dark("show: %s: see `csan help show`", argv[1]);
    int first = wants_locks || wants_one ? 2 : 1;
    char *const *paths = first < argc ? argv + first : preset;
    int npaths = first < argc ? argc - first : 1;
    csan__options_read(NULL, NULL, &why);
    csan__options.stack_depth = 256;
    if (!wants_one)
        return wants_locks ? list_locks(paths, npaths) : list(paths, npaths);
    struct search search = {.name = argv[1]};
    int status = csan__records_each(paths, npaths, look, &search);
    if (search.shown)
        return 0;
    return status ? VERB_DARK : csan__say_dark("no finding's fingerprint begins with %s", argv[1]);
}

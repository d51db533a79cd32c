/* The profiles that lie beside the records: flame graphs, waits by place, threads by stack. */
#include "tools/format_html.h"

#include "tools/verb.h"

#include <dirent.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 40u /* of a table */
#define STACK_MAX 12u

enum { LEAKED, LIVE, ALLOCATED, WAITS, HELD, GRAPHS };

static const struct graph {
    const char *id, *name, *unit, *about;
    const char *profile, *type; /* of the profiles; NULL: of the findings */
} graphs[GRAPHS] = {
    [LEAKED] = {"leaked", "Leaked", "bytes", "bytes nobody can free, by who allocated them", NULL,
                NULL},
    [LIVE] = {"live", "Live", "bytes",
              "bytes in use when the profile was written, by who allocated them", ".heap.pb.gz",
              "inuse_space"},
    [ALLOCATED] = {"allocated", "Allocated", "bytes", "all bytes ever allocated", ".heap.pb.gz",
                   "alloc_space"},
    [WAITS] = {"waits", "Lock waits", "ns", "time spent waiting, by who waited", ".block.pb.gz",
               "delay"},
    [HELD] = {"held", "Made to wait", "ns", "time others waited, by who had taken the lock",
              ".mutex.pb.gz", "delay"},
};

/* Stacks that are the same, added up. */
struct group {
    char *key; /* functions and lines, innermost first; the tree's key */
    struct profile_frame frames[STACK_MAX];
    uint32_t nframes, left_out;
    uint64_t count, sum;
};

struct groups {
    void *tree;
    struct group **all;
    size_t used, room;
};

struct charts {
    struct flame *flames[GRAPHS];
    struct groups waits, threads;
    void *folders;         /* tsearch's: those that were read */
    struct profile **kept; /* whose frames groups show */
    size_t nkept, kept_room;
};

/* ------------------------------------------------------------------ groups */

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const struct group *)a)->key, ((const struct group *)b)->key);
}

/* The innermost frames of a sample. */
static void take_frames(struct group *g, const struct profile *p, const struct profile_sample *s)
{
    for (uint32_t i = 0; i < s->nplaces; i++) {
        const struct profile_place *at = &p->places[s->places[i]];
        for (uint32_t k = 0; k < at->count; k++) {
            if (g->nframes < STACK_MAX)
                g->frames[g->nframes++] = p->frames[at->first + k];
            else
                g->left_out++;
        }
    }
}

static char *key_of(const struct group *g)
{
    char *key = NULL;
    size_t n;
    FILE *f = open_memstream(&key, &n);
    for (uint32_t i = 0; f && i < g->nframes; i++)
        fprintf(f, "%s\n%s:%u\n", g->frames[i].function, g->frames[i].file, g->frames[i].line);
    if (f)
        fclose(f);
    return key;
}

static struct group *group_of(struct groups *all, const struct profile *p,
                              const struct profile_sample *s)
{
    struct group *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    take_frames(g, p, s);
    g->key = key_of(g);
    struct group **found = g->key ? tsearch(g, &all->tree, compare_keys) : NULL;
    if (!found || *found != g) {
        free(g->key);
        free(g);
        return found ? *found : NULL;
    }
    if (all->used == all->room) {
        size_t room = all->room ? 2 * all->room : 64;
        struct group **more = realloc(all->all, room * sizeof(struct group *));
        if (!more)
            return g; /* in the tree, and not shown */
        all->all = more;
        all->room = room;
    }
    all->all[all->used++] = g;
    return g;
}

static void add_groups(struct groups *all, const struct profile *p, int count, int sum)
{
    for (uint32_t i = 0; i < p->nsamples && count >= 0; i++) {
        const int64_t *values = p->samples[i].values;
        if (values[count] <= 0)
            continue;
        struct group *g = group_of(all, p, &p->samples[i]);
        if (!g)
            continue;
        g->count += (uint64_t)values[count];
        g->sum += sum >= 0 && values[sum] > 0 ? (uint64_t)values[sum] : 0;
    }
}

static int by_sum(const void *a, const void *b)
{
    const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;
    uint64_t of_x = x->sum ? x->sum : x->count, of_y = y->sum ? y->sum : y->count;
    return of_x != of_y ? (of_x < of_y ? 1 : -1) : strcmp(x->key, y->key);
}

static void free_group(void *at)
{
    struct group *g = at;
    free(g->key);
    free(g);
}

/* ------------------------------------------------------------------ profiles */

static bool has_ending(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

static bool is_wanted(const char *name)
{
    return has_ending(name, ".heap.pb.gz") || has_ending(name, ".block.pb.gz") ||
           has_ending(name, ".mutex.pb.gz") || has_ending(name, ".threads.pb.gz");
}

static int is_profile(const struct dirent *e)
{
    return is_wanted(e->d_name);
}

static bool keep(struct charts *c, struct profile *p)
{
    if (c->nkept == c->kept_room) {
        size_t room = c->kept_room ? 2 * c->kept_room : 16;
        struct profile **more = realloc(c->kept, room * sizeof(struct profile *));
        if (!more)
            return false;
        c->kept = more;
        c->kept_room = room;
    }
    c->kept[c->nkept++] = p;
    return true;
}

static void take_profile(struct charts *c, const char *path)
{
    const char *why;
    struct profile *p = csan__profile_read(path, &why);
    if (!p) {
        csan__say("%s: this profile %s, and is left out", path, why);
        return;
    }
    for (size_t i = 0; i < GRAPHS; i++) {
        int type = graphs[i].profile && has_ending(path, graphs[i].profile)
                       ? csan__profile_type(p, graphs[i].type)
                       : -1;
        if (type >= 0 && c->flames[i])
            csan__flame_add_profile(c->flames[i], p, (uint32_t)type);
    }
    bool is_block = has_ending(path, ".block.pb.gz"),
         is_threads = has_ending(path, ".threads.pb.gz");
    if ((!is_block && !is_threads) || !p->nsamples || !keep(c, p)) {
        csan__profile_free(p);
        return;
    }
    if (is_block)
        add_groups(&c->waits, p, csan__profile_type(p, "contentions"),
                   csan__profile_type(p, "delay"));
    else
        add_groups(&c->threads, p, csan__profile_type(p, "goroutine"), -1);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

void csan__charts_folder(struct charts *c, const char *record)
{
    const char *slash = strrchr(record, '/');
    char *folder = slash ? strndup(record, (size_t)(slash - record) + 1) : strdup("./");
    struct dirent **entries;
    char *const *found = folder ? tsearch(folder, &c->folders, compare) : NULL;
    if (!found || *found != folder) {
        free(folder);
        return;
    }
    int n = scandir(folder, &entries, is_profile, alphasort);
    for (int i = 0; i < n; i++) {
        char *path = NULL;
        if (asprintf(&path, "%s%s", folder, entries[i]->d_name) > 0)
            take_profile(c, path);
        free(path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

void csan__charts_leak(struct charts *c, const struct shown *s)
{
    const struct trace *t = &s->trace;
    struct profile_frame *frames = calloc(t->count + 1, sizeof *frames);
    if (s->finding->kind != FINDING_LEAK || !frames || !c->flames[LEAKED] || !t->count) {
        free(frames);
        return;
    }
    for (uint32_t i = 0; i < t->count; i++)
        frames[i] = (struct profile_frame){.function = t->frames[i].function,
                                           .file = t->frames[i].file,
                                           .line = t->frames[i].line};
    csan__flame_add(c->flames[LEAKED], frames, t->count, s->finding->amount);
    free(frames);
}

struct charts *csan__charts_new(void)
{
    struct charts *c = calloc(1, sizeof *c);
    for (size_t i = 0; c && i < GRAPHS; i++)
        c->flames[i] = csan__flame_new();
    return c;
}

void csan__charts_free(struct charts *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < GRAPHS; i++)
        csan__flame_free(c->flames[i]);
    for (size_t i = 0; i < c->nkept; i++)
        csan__profile_free(c->kept[i]);
    tdestroy(c->waits.tree, free_group);
    tdestroy(c->threads.tree, free_group);
    tdestroy(c->folders, free);
    free(c->waits.all);
    free(c->threads.all);
    free(c->kept);
    free(c);
}

/* ------------------------------------------------------------------ tables */

static void put_frames(FILE *out, const struct group *g)
{
    fputs("<ol class=\"stack\">", out);
    for (uint32_t i = 0; i < g->nframes; i++) {
        const char *slash = strrchr(g->frames[i].file, '/');
        fputs("<li class=\"own\"><code>", out);
        csan__html_put(out, g->frames[i].function);
        fputs("</code> <span>", out);
        csan__html_put(out, slash ? slash + 1 : g->frames[i].file);
        if (g->frames[i].line)
            fprintf(out, ":%u", g->frames[i].line);
        fputs("</span></li>\n", out);
    }
    if (g->left_out)
        fprintf(out, "<li class=\"lib\">… %u more frames</li>", g->left_out);
    fputs("</ol>", out);
}

/* What a row is called: its innermost function, and where in it. */
static void put_head(FILE *out, const struct group *g)
{
    fputs("<code>", out);
    csan__html_put(out, g->nframes ? g->frames[0].function : "??");
    fputs("</code>", out);
    if (g->nframes && g->frames[0].line) {
        const char *slash = strrchr(g->frames[0].file, '/');
        fputs("<span class=\"where\">", out);
        csan__html_put(out, slash ? slash + 1 : g->frames[0].file);
        fprintf(out, ":%u</span>", g->frames[0].line);
    }
}

static void put_rest(FILE *out, const struct groups *g)
{
    if (g->used > ROWS_MAX)
        fprintf(out, "<p class=\"dim\">and %zu more stacks</p>\n", g->used - ROWS_MAX);
}

/* A bar for the share of the longest, and the times. */
static void put_waits(struct groups *g, FILE *out)
{
    qsort(g->all, g->used, sizeof(struct group *), by_sum);
    fputs("<section id=\"waits\"><h2>Waits <small>by where threads waited</small></h2>"
          "<div class=\"rows\">\n",
          out);
    for (size_t i = 0; i < g->used && i < ROWS_MAX; i++) {
        const struct group *row = g->all[i];
        double share = g->all[0]->sum ? 100.0 * (double)row->sum / (double)g->all[0]->sum : 0;
        fputs("<details class=\"row\"><summary><b class=\"num\">", out);
        csan__html_duration(out, row->sum);
        fprintf(out, "</b><span class=\"bar\"><i style=\"width:%.1f%%\"></i></span>", share);
        put_head(out, row);
        fprintf(out, "<span class=\"dim\">%lu wait%s, ", (unsigned long)row->count,
                row->count == 1 ? "" : "s");
        csan__html_duration(out, row->sum / row->count);
        fputs(" on average</span></summary>", out);
        put_frames(out, row);
        fputs("</details>\n", out);
    }
    fputs("</div>\n", out);
    put_rest(out, g);
    fputs("</section>\n", out);
}

static void put_threads(struct groups *g, FILE *out)
{
    qsort(g->all, g->used, sizeof(struct group *), by_sum);
    fputs("<section id=\"threads\"><h2>Threads <small>at the end, grouped by stack</small></h2>"
          "<div class=\"rows\">\n",
          out);
    for (size_t i = 0; i < g->used && i < ROWS_MAX; i++) {
        const struct group *row = g->all[i];
        fprintf(out, "<details class=\"row\"><summary><b class=\"num\">%lu ×</b>",
                (unsigned long)row->count);
        put_head(out, row);
        fputs("<span class=\"dim\">", out);
        if (row->nframes > 1)
            csan__html_put(out, row->frames[row->nframes - 1].function);
        fputs("</span></summary>", out);
        put_frames(out, row);
        fputs("</details>\n", out);
    }
    fputs("</div>\n", out);
    put_rest(out, g);
    fputs("</section>\n", out);
}

void csan__charts_tables(struct charts *c, FILE *out)
{
    if (c->waits.used)
        put_waits(&c->waits, out);
    if (c->threads.used)
        put_threads(&c->threads, out);
}

void csan__charts_json(const struct charts *c, FILE *out)
{
    bool is_first = true;
    fputs("[", out);
    for (size_t i = 0; i < GRAPHS; i++) {
        if (!c->flames[i] || !csan__flame_total(c->flames[i]))
            continue;
        fprintf(out, "%s{\"id\":\"%s\",\"name\":\"%s\",\"unit\":\"%s\",\"about\":\"%s\",\"tree\":",
                is_first ? "" : ",\n", graphs[i].id, graphs[i].name, graphs[i].unit,
                graphs[i].about);
        csan__flame_put(c->flames[i], out);
        fputs("}", out);
        is_first = false;
    }
    fputs("]", out);
}

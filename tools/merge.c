/* csan merge, csan baseline: many records made one file.
 *
 * Both are records themselves. A merged one has each distinct finding once, with in how many
 * processes it was; a baseline has a run a program and no more of a finding than what names it, so
 * that it can be read in a review and kept beside the source. */
#include "tools/aside.h"
#include "tools/collect.h"
#include "tools/verb.h"

#include <cjson/cJSON.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print(FILE *out, cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);
    fprintf(out, "%s\n", text ? text : "{}");
    cJSON_free(text);
    cJSON_Delete(value);
}

static void print_run(FILE *out, const char *program, const struct collection *c,
                      uint64_t processes)
{
    cJSON *run = cJSON_CreateObject();
    cJSON_AddStringToObject(run, "type", "run");
    cJSON_AddStringToObject(run, "schema", "csan-jsonl");
    cJSON_AddNumberToObject(run, "version", 1);
    cJSON_AddStringToObject(run, "csan", CSAN_VERSION);
    cJSON_AddStringToObject(run, "program", program);
    cJSON_AddNumberToObject(run, "pid", 0);
    cJSON_AddStringToObject(run, "time", c->time ? c->time : "1970-01-01T00:00:00Z");
    if (processes)
        cJSON_AddNumberToObject(run, "processes", (double)processes);
    print(out, run);
}

static void print_end(FILE *out, uint64_t findings, uint64_t known, uint64_t unchecked,
                      uint32_t locks)
{
    fprintf(out,
            "{\"type\":\"end\",\"verdict\":\"%s\",\"findings\":%lu,\"known\":%lu,\"locks\":%u}\n",
            findings    ? "fail"
            : unchecked ? "unchecked"
                        : "pass",
            (unsigned long)findings, (unsigned long)known, locks);
}

/* ------------------------------------------------------------------ merge */

static void set_number(cJSON *of, const char *key, uint64_t n)
{
    cJSON_DeleteItemFromObjectCaseSensitive(of, key);
    cJSON_AddNumberToObject(of, key, (double)n);
}

static void put_merged(const struct collected *f, void *arg)
{
    cJSON *finding = cJSON_Parse(f->line);
    if (!finding)
        return;
    set_number(finding, "amount", f->amount);
    set_number(finding, "count", f->count);
    set_number(finding, "processes", f->processes);
    cJSON_DeleteItemFromObjectCaseSensitive(finding, "known");
    cJSON_AddBoolToObject(finding, "known", f->known);
    print(arg, finding);
}

static void set_times(cJSON *of, const struct finding_times *t)
{
    cJSON *times = cJSON_CreateObject(), *buckets;
    cJSON_AddNumberToObject(times, "count", (double)t->count);
    cJSON_AddNumberToObject(times, "sum_ns", (double)t->sum_ns);
    cJSON_AddNumberToObject(times, "max_ns", (double)t->max_ns);
    cJSON_AddNumberToObject(times, "p50_ns", (double)t->p50_ns);
    cJSON_AddNumberToObject(times, "p90_ns", (double)t->p90_ns);
    cJSON_AddNumberToObject(times, "p99_ns", (double)t->p99_ns);
    buckets = cJSON_AddArrayToObject(times, "buckets");
    for (uint32_t i = 0; i < t->nbuckets; i++) {
        cJSON *bucket = cJSON_CreateObject();
        cJSON_AddNumberToObject(bucket, "from_ns", (double)t->buckets[i].from_ns);
        cJSON_AddNumberToObject(bucket, "to_ns", (double)t->buckets[i].to_ns);
        cJSON_AddNumberToObject(bucket, "count", (double)t->buckets[i].count);
        cJSON_AddItemToArray(buckets, bucket);
    }
    cJSON_ReplaceItemInObjectCaseSensitive(of, "times", times);
}

/* Its sites stay those of the process that waited longest. */
static void put_lock(FILE *out, const struct lock_sum *l)
{
    cJSON *lock = cJSON_Parse(l->line);
    if (!lock)
        return;
    set_number(lock, "locks", l->locks);
    set_number(lock, "processes", l->processes);
    set_number(lock, "acquisitions", l->acquisitions);
    cJSON_DeleteItemFromObjectCaseSensitive(lock, "at_least");
    if (l->acquisitions)
        cJSON_AddBoolToObject(lock, "at_least", l->at_least);
    else
        cJSON_DeleteItemFromObjectCaseSensitive(lock, "acquisitions");
    set_times(lock, &l->times);
    print(out, lock);
}

static void merge(FILE *out, const struct collection *c)
{
    print_run(out, c->program ? c->program : "(several)", c, c->processes);
    csan__collect_each(c, put_merged, out);
    for (uint32_t i = 0; i < c->locks.used; i++)
        put_lock(out, c->locks.all[i]);
    print_end(out, c->findings, c->known, c->unchecked, c->locks.used);
}

/* ------------------------------------------------------------------ baseline */

struct open_run {
    FILE *out;
    const struct collection *all;
    const char *program; /* NULL: none */
    uint64_t findings;
};

static void end_run(struct open_run *o)
{
    if (o->program)
        print_end(o->out, o->findings, 0, 0, 0);
    o->findings = 0;
}

static void put_named(const struct collected *f, void *arg)
{
    struct open_run *o = arg;
    if (!o->program || strcmp(o->program, f->program) != 0) {
        end_run(o);
        print_run(o->out, f->program, o->all, 0);
        o->program = f->program;
    }
    cJSON *finding = cJSON_CreateObject();
    cJSON_AddStringToObject(finding, "type", "finding");
    cJSON_AddStringToObject(finding, "fingerprint", f->name);
    cJSON_AddStringToObject(finding, "kind", csan__finding_kind_name(f->kind));
    cJSON_AddStringToObject(finding, "program", f->program);
    cJSON_AddStringToObject(finding, "message", f->claim);
    cJSON_AddStringToObject(finding, "note", f->place);
    print(o->out, finding);
    o->findings++;
}

static void make_baseline(FILE *out, const struct collection *c)
{
    struct open_run o = {.out = out, .all = c};
    csan__collect_each(c, put_named, &o);
    if (!o.program) /* nothing was found: that is a baseline as well */
        print_run(out, o.program = c->program ? c->program : "(several)", c, 0);
    end_run(&o);
}

/* ------------------------------------------------------------------ the verbs */

static int write_to(const char *path, void (*put)(FILE *, const struct collection *),
                    const struct collection *c)
{
    struct aside to;
    if (!path) {
        put(stdout, c);
        return 0;
    }
    if (csan__aside_open(&to, path))
        return VERB_DARK;
    put(to.out, c);
    return csan__aside_close(&to);
}

static void say_written(const char *path, const struct collection *c)
{
    char room[64] = "";
    struct text found = TEXT(room);
    csan__text_count(&found, c->findings + c->known, "finding");
    csan__say("%s: %s of %lu process%s", path, room, (unsigned long)c->processes,
              c->processes == 1 ? "" : "es");
}

static int run(int argc, char **argv, void (*put)(FILE *, const struct collection *))
{
    static const struct option options[] = {{"output", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    const char *output = NULL;
    struct collection c = {0};
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, ":o:", options, NULL)) != -1;) {
        if (found != 'o')
            return csan__say_dark("%s: %s: see `csan help %s`", argv[0], argv[optind - 1], argv[0]);
        output = optarg;
    }
    if (optind == argc)
        return csan__say_dark("%s: which records? Files, or the folder that CSAN_OUT has named",
                              argv[0]);
    int status = csan__collect(&c, argv + optind, argc - optind);
    if (c.processes == 0)
        return csan__say_dark("%s: nothing could be read, and nothing was written", argv[0]);
    int written = write_to(output, put, &c);
    if (output && !written)
        say_written(output, &c);
    csan__collect_free(&c);
    return written ? written : status;
}

int csan__merge_verb(int argc, char **argv)
{
    return run(argc, argv, merge);
}

int csan__baseline_verb(int argc, char **argv)
{
    return run(argc, argv, make_baseline);
}

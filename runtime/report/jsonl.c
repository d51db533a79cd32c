#include "report/jsonl.h"
#include "base/options.h"
#include "record/lock_waits.h"
#include "record/module.h"
#include "report/advice.h"

#include <string.h>

/* ------------------------------------------------------------------ the run */

/* Year, month and day of a number of days since 1970-01-01 (H. Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", civil_from_days, for years from 1970 on). */
static void put_date(struct text *t, uint64_t days)
{
    uint64_t z = days + 719468, era = z / 146097, of_era = z % 146097;
    uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint64_t day_of_year = of_era - (365 * year + year / 4 - year / 100);
    uint64_t from_march = (5 * day_of_year + 2) / 153;
    uint64_t day = day_of_year - (153 * from_march + 2) / 5 + 1;
    uint64_t month = from_march < 10 ? from_march + 3 : from_march - 9;
    year += era * 400 + (month <= 2);
    csan__text_format(t, "%lu-%s%lu-%s%lu", year, month < 10 ? "0" : "", month, day < 10 ? "0" : "",
                      day);
}

static void put_time(struct json *j, uint64_t seconds)
{
    char room[64];
    struct text t = TEXT(room);
    uint64_t parts[] = {seconds / 3600 % 24, seconds / 60 % 60, seconds % 60};
    put_date(&t, seconds / 86400);
    for (size_t i = 0; i < CSAN_COUNT(parts); i++)
        csan__text_format(&t, "%c%s%lu", i ? ':' : 'T', parts[i] < 10 ? "0" : "", parts[i]);
    csan__text_char(&t, 'Z');
    csan__json_string(j, "time", room);
}

static void put_option(const struct option_row *row, void *arg)
{
    if (row->was_set)
        csan__json_string(arg, row->name, row->value);
}

static void put_build_id(struct json *j, const struct module *m)
{
    char room[2 * sizeof m->build_id + 1];
    struct text t = TEXT(room);
    for (uint32_t i = 0; i < m->build_id_bytes && i < sizeof m->build_id; i++) {
        csan__text_hex(&t, m->build_id[i] >> 4);
        csan__text_hex(&t, m->build_id[i] & 15);
    }
    if (t.len)
        csan__json_string(j, "build_id", room);
}

static void put_modules(struct json *j)
{
    csan__json_open(j, "modules", '[');
    for (const struct module *m = csan__module_first(); m; m = m->next) {
        csan__json_open(j, NULL, '{');
        csan__json_string(j, "path", m->path);
        put_build_id(j, m);
        csan__json_close(j, '}');
    }
    csan__json_close(j, ']');
}

static void put_command(struct json *j, const struct jsonl_run *r)
{
    csan__json_open(j, "command", '[');
    for (size_t at = 0; at < r->command_bytes; at += strlen(r->command + at) + 1)
        csan__json_string(j, NULL, r->command + at);
    csan__json_close(j, ']');
}

void csan__jsonl_run(struct json *j, const struct jsonl_run *r)
{
    csan__json_open(j, NULL, '{');
    csan__json_string(j, "type", "run");
    csan__json_string(j, "schema", "csan-jsonl");
    csan__json_number(j, "version", JSONL_VERSION);
    csan__json_string(j, "csan", CSAN_VERSION);
    csan__json_string(j, "program", r->program);
    csan__json_number(j, "pid", (uint64_t)r->pid);
    csan__json_number(j, "parent", (uint64_t)r->parent);
    if (r->test)
        csan__json_string(j, "test", r->test);
    put_time(j, r->began);
    csan__json_string(j, "cwd", r->cwd);
    put_command(j, r);
    csan__json_open(j, "options", '{');
    csan__options_each(put_option, j);
    csan__json_close(j, '}');
    put_modules(j);
    csan__json_close(j, '}');
    csan__json_line(j);
}

/* ------------------------------------------------------------------ a finding */

static void put_address(struct json *j, const char *key, uintptr_t address)
{
    char room[24];
    struct text t = TEXT(room);
    csan__text_format(&t, "0x%lx", address);
    csan__json_string(j, key, room);
}

static void put_frame(struct json *j, const struct frame *f)
{
    csan__json_open(j, NULL, '{');
    if (strcmp(f->function, "??") != 0)
        csan__json_string(j, "function", f->function);
    if (f->file[0])
        csan__json_string(j, "file", f->file);
    if (f->line)
        csan__json_number(j, "line", f->line);
    if (f->column)
        csan__json_number(j, "column", f->column);
    if (f->module[0])
        csan__json_string(j, "module", f->module);
    for (const struct module *m = csan__module_first(); m; m = m->next) {
        if (strcmp(m->path, f->module) != 0)
            continue;
        put_build_id(j, m);
        break;
    }
    put_address(j, "offset", f->offset);
    csan__json_bool(j, "inlined", f->inlined);
    csan__json_bool(j, "own", f->own);
    if (f->source[0])
        csan__json_string(j, "source", f->source);
    if (f->caret)
        csan__json_number(j, "caret", f->caret);
    csan__json_close(j, '}');
}

static void put_trace(struct json *j, const struct trace *t)
{
    csan__json_open(j, "stack", '[');
    for (uint32_t i = 0; i < t->count; i++)
        put_frame(j, &t->frames[i]);
    csan__json_close(j, ']');
    if (t->count)
        csan__json_number(j, "place", t->place);
    if (t->truncated)
        csan__json_bool(j, "truncated", true);
}

static void put_measure(struct json *j, const struct finding *f)
{
    const char *unit = csan__advice_unit(f);
    csan__json_number(j, "amount", f->amount);
    csan__json_string(j, "unit", unit);
    csan__json_number(j, "count", f->count);
    if (f->behind_count) {
        csan__json_number(j, "behind_bytes", f->behind_bytes);
        csan__json_number(j, "behind_count", f->behind_count);
    }
    if (!f->option)
        return;
    const char *set = csan__options_as_set(f->option);
    uint64_t value;
    csan__json_string(j, "option", f->option);
    csan__json_string(j, "limit", set);
    if (csan__advice_limit(f, set, &value))
        csan__json_number(j, "limit_value", value);
}

static void put_rounds(struct json *j, const struct finding *f)
{
    if (!f->nrounds)
        return;
    csan__json_open(j, "rounds", '[');
    for (uint32_t i = 0; i < f->nrounds; i++) {
        csan__json_open(j, NULL, '{');
        csan__json_number(j, "round", f->rounds[i].round);
        csan__json_number(j, "bytes", f->rounds[i].bytes);
        csan__json_number(j, "blocks", f->rounds[i].blocks);
        csan__json_close(j, '}');
    }
    csan__json_close(j, ']');
}

static void put_times(struct json *j, const struct finding_times *t)
{
    if (!t)
        return;
    csan__json_open(j, "times", '{');
    csan__json_number(j, "count", t->count);
    csan__json_number(j, "sum_ns", t->sum_ns);
    csan__json_number(j, "max_ns", t->max_ns);
    csan__json_number(j, "p50_ns", t->p50_ns);
    csan__json_number(j, "p90_ns", t->p90_ns);
    csan__json_number(j, "p99_ns", t->p99_ns);
    csan__json_open(j, "buckets", '[');
    for (uint32_t i = 0; i < t->nbuckets; i++) {
        csan__json_open(j, NULL, '{');
        csan__json_number(j, "from_ns", t->buckets[i].from_ns);
        csan__json_number(j, "to_ns", t->buckets[i].to_ns);
        csan__json_number(j, "count", t->buckets[i].count);
        csan__json_close(j, '}');
    }
    csan__json_close(j, ']');
    csan__json_close(j, '}');
}

static void put_advice(struct json *j, const struct report *r, const struct shown *s)
{
    char room[2048];
    struct text setting = TEXT(room), rule = TEXT(room);
    csan__json_string(j, "try", csan__advice_try(s->finding));
    csan__advice_setting(r, s->finding, &setting);
    if (setting.len)
        csan__json_string(j, "accept", room);
    csan__advice_suppression(s, &rule);
    if (rule.len)
        csan__json_string(j, "suppression", room);
}

static void put_parties(struct json *j, const struct shown *s)
{
    if (!s->finding->nparties)
        return;
    csan__json_open(j, "parties", '[');
    for (uint32_t i = 0; i < s->finding->nparties; i++) {
        const struct finding_party *p = &s->finding->parties[i];
        csan__json_open(j, NULL, '{');
        csan__json_string(j, "label", p->label);
        if (p->threads)
            csan__json_number(j, "threads", p->threads);
        put_trace(j, &s->parties[i]);
        csan__json_close(j, '}');
    }
    csan__json_close(j, ']');
}

static const char *const place_kinds[] = {
#define PLACE(kind, name) [kind] = name,
#include "report/place_kinds.inc"
#undef PLACE
};
_Static_assert(CSAN_COUNT(place_kinds) == PLACE_KINDS, "every kind of place has a name");

static void put_place(struct json *j, const struct named_place *n)
{
    const struct place *p = n->place;
    csan__json_open(j, NULL, '{');
    csan__json_string(j, "kind", place_kinds[p->kind]);
    csan__json_bool(j, "follows", p->follows);
    if (p->skipped)
        csan__json_number(j, "skipped", p->skipped);
    if (n->name[0])
        csan__json_string(j, "name", n->name);
    if (n->file[0]) {
        csan__json_string(j, "file", n->file);
        csan__json_number(j, "line", n->line);
    }
    if (n->pointee[0])
        csan__json_string(j, "pointee", n->pointee);
    if (p->tid)
        csan__json_number(j, "thread", (uint64_t)p->tid);
    if (p->module)
        csan__json_string(j, "module", p->module->path);
    csan__json_number(j, "offset", p->offset);
    csan__json_number(j, "bytes", p->bytes);
    put_address(j, "at", p->at);
    put_address(j, "value", p->value);
    put_trace(j, &n->trace);
    csan__json_close(j, '}');
}

static void put_places(struct json *j, const struct shown *s)
{
    const struct finding *f = s->finding;
    if (!f->nplaces || !s->places)
        return;
    csan__json_open(j, "places", '[');
    for (uint32_t i = 0; i < f->nplaces; i++)
        put_place(j, &s->places[i]);
    csan__json_close(j, ']');
    if (!f->kept_blocks)
        return;
    csan__json_number(j, "kept_bytes", f->kept_bytes);
    csan__json_number(j, "kept_blocks", f->kept_blocks);
}

static void put_fingerprint(struct json *j, uint32_t fingerprint)
{
    char room[16];
    struct text name = TEXT(room);
    for (int shift = 28; shift >= 0; shift -= 4)
        csan__text_hex(&name, fingerprint >> shift & 15);
    csan__json_string(j, "fingerprint", room);
}

void csan__jsonl_finding(struct json *j, const struct report *r, const struct shown *s, int pid)
{
    const struct finding *f = s->finding;
    const char *test = s->test ? s->test : r->test;
    csan__json_open(j, NULL, '{');
    csan__json_string(j, "type", f->is_note ? "note" : "finding");
    put_fingerprint(j, s->fingerprint);
    csan__json_string(j, "kind", csan__finding_kind_name(f->kind));
    csan__json_string(j, "program", r->program);
    csan__json_number(j, "pid", (uint64_t)pid);
    if (test)
        csan__json_string(j, "test", test);
    csan__json_bool(j, "known", s->known);
    csan__json_string(j, "message", f->what ? f->what : "found");
    put_measure(j, f);
    if (f->threads)
        csan__json_number(j, "threads", f->threads);
    put_rounds(j, f);
    put_times(j, f->times);
    put_trace(j, &s->trace);
    put_parties(j, s);
    put_places(j, s);
    if (f->note)
        csan__json_string(j, "note", f->note);
    put_advice(j, r, s);
    csan__json_close(j, '}');
    csan__json_line(j);
}

/* ------------------------------------------------------------------ a lock */

static void put_sites(struct json *j, const struct lock_waits *l, const struct shown *s)
{
    csan__json_open(j, "sites", '[');
    for (uint32_t i = 0; i < l->finding.nparties; i++) {
        csan__json_open(j, NULL, '{');
        csan__json_string(j, "access", l->finding.parties[i].label);
        csan__json_number(j, "waits", l->sites[i].waits);
        csan__json_number(j, "wait_ns", l->sites[i].ns);
        put_trace(j, &s->parties[i]);
        csan__json_close(j, '}');
    }
    csan__json_close(j, ']');
}

void csan__jsonl_lock(struct json *j, const struct report *r, const struct shown *s, int pid)
{
    const struct lock_waits *l = (const struct lock_waits *)s->finding;
    csan__json_open(j, NULL, '{');
    csan__json_string(j, "type", "lock");
    put_fingerprint(j, csan__fingerprint_of_lock(s));
    csan__json_string(j, "program", r->program);
    csan__json_number(j, "pid", (uint64_t)pid);
    if (r->test)
        csan__json_string(j, "test", r->test);
    csan__json_string(j, "message", l->finding.what);
    csan__json_number(j, "locks", l->locks);
    if (l->acquisitions) {
        csan__json_number(j, "acquisitions", l->acquisitions);
        csan__json_bool(j, "at_least", l->at_least);
    }
    put_times(j, l->finding.times);
    put_sites(j, l, s);
    csan__json_close(j, '}');
    csan__json_line(j);
}

/* ------------------------------------------------------------------ the end */

void csan__jsonl_end(struct json *j, const struct jsonl_end *e)
{
    const char *verdict = !e->checked ? "unchecked" : e->findings ? "fail" : "pass";
    csan__json_open(j, NULL, '{');
    csan__json_string(j, "type", "end");
    csan__json_string(j, "verdict", verdict);
    csan__json_number(j, "findings", e->findings);
    csan__json_number(j, "known", e->known);
    csan__json_number(j, "notes", e->notes);
    csan__json_number(j, "locks", e->locks);
    csan__json_number(j, "elapsed_ns", e->elapsed_ns);
    csan__json_close(j, '}');
    csan__json_line(j);
}

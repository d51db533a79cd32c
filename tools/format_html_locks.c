/* The locks of the run: each with the histogram of its waits, and the ways that led to them. */
#include "tools/format_html.h"
#include "tools/locks.h"

#include "tools/verb.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 100u
#define ROWS_OPEN 6u /* the others open with a click */
#define FRAMES_MAX 12u

static void put_frames(FILE *out, const struct trace *t)
{
    fputs("<ol class=\"stack\">", out);
    for (uint32_t i = 0; i < t->count && i < FRAMES_MAX; i++) {
        const struct frame *f = &t->frames[i];
        const char *slash = strrchr(f->file, '/');
        fprintf(out, "<li class=\"%s\"><code>", f->own ? "own" : "lib");
        csan__html_put(out, f->function);
        fputs("</code> <span>", out);
        csan__html_put(out, slash ? slash + 1 : f->file);
        if (f->line)
            fprintf(out, ":%u", f->line);
        fputs("</span></li>\n", out);
    }
    if (t->count > FRAMES_MAX)
        fprintf(out, "<li class=\"lib\">… %u more frames</li>", t->count - FRAMES_MAX);
    fputs("</ol>", out);
}

static void put_site(FILE *out, const struct record_site *s)
{
    char room[96] = "";
    struct text t = TEXT(room);
    csan__text_count(&t, s->waits, "wait");
    csan__text_str(&t, ", together ");
    csan__text_duration(&t, s->wait_ns);
    fputs("<p class=\"site\">", out);
    csan__html_put(out, room);
    if (strcmp(s->access, "lock") != 0) {
        fputs(", to ", out);
        csan__html_put(out, s->access);
    }
    fputs(":</p>\n", out);
    put_frames(out, &s->trace);
}

/* A record's memory is gone when the page is written. */
static char *sites_of(const struct record_lock *l)
{
    char *text = NULL;
    size_t n;
    FILE *f = csan__need(open_memstream(&text, &n));
    for (uint32_t i = 0; i < l->nsites; i++)
        put_site(f, &l->sites[i]);
    if (fclose(f) != 0)
        csan__need(NULL);
    return text;
}

void csan__html_locks_add(struct lock_sums *all, const struct record *r)
{
    struct lock_sum *sum;
    for (uint32_t i = 0; i < r->nlocks; i++) {
        if (!csan__locks_add(all, r, &r->locks[i], &sum))
            continue;
        free(sum->body);
        sum->body = sites_of(&r->locks[i]);
    }
}

static void put_summary(FILE *out, const struct lock_sum *l, uint64_t most)
{
    char room[64] = "";
    struct text waits = TEXT(room);
    const char *slash = strrchr(l->place, '/');
    csan__text_count(&waits, l->times.count, "wait");
    fputs("<summary><b class=\"num\">", out);
    csan__html_duration(out, l->times.sum_ns);
    fprintf(out, "</b><span class=\"bar\"><i style=\"width:%.1f%%\"></i></span><code>",
            most ? 100.0 * (double)l->times.sum_ns / (double)most : 0);
    csan__html_put(out, l->message);
    if (l->locks > 1)
        fprintf(out, " (%lu of them)", (unsigned long)l->locks);
    fputs("</code><span class=\"where\">", out);
    csan__html_put(out, slash ? slash + 1 : l->place);
    fputs("</span><span class=\"dim\">", out);
    csan__html_put(out, room);
    fputs("</span></summary>\n", out);
}

static void put_body(FILE *out, const struct lock_sum *l)
{
    char room[160] = "";
    struct text words = TEXT(room);
    csan__locks_words(l, &words);
    fputs("<p class=\"site\">", out);
    csan__html_put(out, room);
    fputs("</p>\n", out);
    csan__html_histogram(out, &l->times, 0);
    if (l->processes > 1)
        fprintf(out, "<p class=\"site\">in %lu processes, of which this one waited longest:</p>\n",
                (unsigned long)l->processes);
    fputs(l->body ? l->body : "", out);
}

void csan__html_locks(struct lock_sums *all, FILE *out)
{
    if (!all->used)
        return;
    csan__locks_sort(all);
    fputs("<section id=\"locks\"><h2>Locks <small>how long each was waited for, too long or "
          "not</small></h2><div class=\"rows\">\n",
          out);
    for (uint32_t i = 0; i < all->used && i < ROWS_MAX; i++) {
        const struct lock_sum *l = all->all[i];
        fprintf(out, "<details class=\"row\"%s>", i < ROWS_OPEN ? " open" : "");
        put_summary(out, l, all->all[0]->times.sum_ns);
        put_body(out, l);
        fputs("</details>\n", out);
    }
    fputs("</div>\n", out);
    if (all->used > ROWS_MAX)
        fprintf(out, "<p class=\"dim\">and %u more locks</p>\n", all->used - ROWS_MAX);
    fputs("</section>\n", out);
}

/* A finding's figures as drawings: memory by round, times by how often. Numbers in, SVG out; the
 * page's colours are its style sheet's. */
#include "tools/format_html.h"

#include "report/advice.h"

#include <math.h>
#include <string.h>

#define WIDTH 560.0
#define POINTS_MAX 512u /* what a record from elsewhere may ask for */
#define BARS_MAX 256u

struct frame_of {
    double left, right, top, bottom; /* of what is drawn in it */
};

static void begin_drawing(FILE *out, double height, const char *name)
{
    fprintf(out,
            "<svg class=\"chart\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">\n"
            "<title>%s</title>\n",
            WIDTH, height, name, name);
}

static void put_bytes(FILE *out, uint64_t bytes)
{
    char room[32] = "";
    struct text t = TEXT(room);
    csan__text_bytes(&t, bytes);
    fputs(room, out);
}

void csan__html_duration(FILE *out, uint64_t ns)
{
    char room[32] = "";
    struct text t = TEXT(room);
    csan__text_duration(&t, ns);
    fputs(room, out);
}

static void put_axis(FILE *out, const struct frame_of *in)
{
    fprintf(out, "<line class=\"axis\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
            in->left, in->bottom, in->right, in->bottom);
}

/* ------------------------------------------------------------------ memory by round */

static double x_of_round(const struct frame_of *in, const struct finding *f, uint32_t i)
{
    double first = (double)f->rounds[0].round, last = (double)f->rounds[f->nrounds - 1].round;
    double share = last > first ? ((double)f->rounds[i].round - first) / (last - first) : 0;
    return in->left + (in->right - in->left) * fmin(fmax(share, 0), 1);
}

static void put_round_points(FILE *out, const struct frame_of *in, const struct finding *f,
                             double most)
{
    for (uint32_t i = 0; i < f->nrounds; i++)
        fprintf(out, "%.1f,%.1f ", x_of_round(in, f, i),
                in->bottom - (in->bottom - in->top) * (double)f->rounds[i].bytes / most);
}

static void put_round_marks(FILE *out, const struct frame_of *in, const struct finding *f,
                            double most)
{
    for (uint32_t i = 0; i < f->nrounds; i++) {
        const struct finding_round *r = &f->rounds[i];
        fprintf(out, "<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>round %lu: ",
                x_of_round(in, f, i), in->bottom - (in->bottom - in->top) * (double)r->bytes / most,
                (unsigned long)r->round);
        put_bytes(out, r->bytes);
        fprintf(out, " in %lu block%s</title></circle>\n", (unsigned long)r->blocks,
                r->blocks == 1 ? "" : "s");
    }
}

/* The first, the last, and where they do not meet those two, the middle. */
static void put_round_numbers(FILE *out, const struct frame_of *in, const struct finding *f)
{
    uint32_t last = f->nrounds - 1, at[] = {0, last / 2, last};
    static const char *const anchors[] = {"start", "middle", "end"};
    for (uint32_t i = 0; i < CSAN_COUNT(at); i++) {
        double x = x_of_round(in, f, at[i]);
        if (i == 1 && (x - in->left < 60 || in->right - x < 60))
            continue;
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s%lu</text>\n", x,
                in->bottom + 16, anchors[i], i == 0 ? "round " : "",
                (unsigned long)f->rounds[at[i]].round);
    }
}

void csan__html_rounds(FILE *out, const struct finding *f)
{
    const struct frame_of in = {.left = 68, .right = WIDTH - 12, .top = 12, .bottom = 98};
    uint64_t most = 1;
    if (f->nrounds < 2 || f->nrounds > POINTS_MAX)
        return;
    for (uint32_t i = 0; i < f->nrounds; i++)
        most = f->rounds[i].bytes > most ? f->rounds[i].bytes : most;
    begin_drawing(out, 120, "Memory of this stack at the end of each round");
    put_axis(out, &in);
    fprintf(out, "<polygon class=\"under\" points=\"%.1f,%.1f ", in.left, in.bottom);
    put_round_points(out, &in, f, (double)most);
    fprintf(out, "%.1f,%.1f\"/>\n<polyline class=\"trend\" points=\"", in.right, in.bottom);
    put_round_points(out, &in, f, (double)most);
    fputs("\"/>\n", out);
    put_round_marks(out, &in, f, (double)most);
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", in.left - 8, in.top + 4);
    put_bytes(out, most);
    fprintf(out, "</text>\n<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">0</text>\n", in.left - 8,
            in.bottom);
    put_round_numbers(out, &in, f);
    fputs("</svg>\n", out);
}

/* ------------------------------------------------------------------ times */

struct scale_of {
    struct frame_of in;
    double lo, hi; /* binary logarithms of ns */
};

static double x_of_time(const struct scale_of *s, double ns)
{
    double share = (log2(fmax(ns, 1)) - s->lo) / (s->hi - s->lo);
    return s->in.left + (s->in.right - s->in.left) * fmin(fmax(share, 0), 1);
}

/* What is shorter than the shortest bucket has no lower end on such a scale. */
static double from_of(const struct finding_bucket *b)
{
    return b->from_ns ? (double)b->from_ns : (double)b->to_ns / 1.25;
}

static struct scale_of scale_of(const struct finding_times *t, uint64_t limit)
{
    struct scale_of s = {
        .in = {.left = 12, .right = WIDTH - 12, .top = 18, .bottom = 92}, .lo = 64, .hi = 0};
    for (uint32_t i = 0; i < t->nbuckets; i++) {
        s.lo = fmin(s.lo, log2(fmax(from_of(&t->buckets[i]), 1)));
        s.hi = fmax(s.hi, log2(fmax((double)t->buckets[i].to_ns, 1)));
    }
    if (limit) {
        s.lo = fmin(s.lo, log2((double)limit) - 0.5);
        s.hi = fmax(s.hi, log2((double)limit) + 0.5);
    }
    double middle = (s.lo + s.hi) / 2, half = fmax(s.hi - middle, 4); /* eight octaves at least */
    s.lo = middle - half;
    s.hi = middle + half;
    return s;
}

static void put_bars(FILE *out, const struct scale_of *s, const struct finding_times *t)
{
    uint64_t most = 1;
    for (uint32_t i = 0; i < t->nbuckets; i++)
        most = t->buckets[i].count > most ? t->buckets[i].count : most;
    for (uint32_t i = 0; i < t->nbuckets; i++) {
        const struct finding_bucket *b = &t->buckets[i];
        double x = x_of_time(s, from_of(b)), to = x_of_time(s, (double)b->to_ns);
        double height = (s->in.bottom - s->in.top) * (double)b->count / (double)most;
        height = fmax(height, 3); /* the one that took long is what it is about */
        fprintf(out,
                "<rect class=\"mark\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
                "<title>%lu× ",
                x, s->in.bottom - height, fmax(to - x - 1, 3), height, (unsigned long)b->count);
        csan__html_duration(out, b->from_ns);
        fputs(" to ", out);
        csan__html_duration(out, b->to_ns);
        fputs("</title></rect>\n", out);
    }
}

/* 1 us, 10 us, …: as many as are on the scale, which is eight octaves wide at least. */
static void put_times_axis(FILE *out, const struct scale_of *s)
{
    put_axis(out, &s->in);
    for (uint64_t ns = 1; ns <= 10000000000000u; ns *= 10) {
        double at = log2((double)ns);
        if (at < s->lo || at > s->hi)
            continue;
        double x = x_of_time(s, (double)ns);
        fprintf(out,
                "<line class=\"axis\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n"
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
                x, s->in.bottom, x, s->in.bottom + 4, fmin(fmax(x, 24), WIDTH - 24),
                s->in.bottom + 17);
        csan__html_duration(out, ns);
        fputs("</text>\n", out);
    }
}

static void put_limit(FILE *out, const struct scale_of *s, uint64_t limit)
{
    double x = x_of_time(s, (double)limit);
    bool is_right = x > WIDTH * 2 / 3;
    fprintf(out,
            "<line class=\"limit\" x1=\"%.1f\" y1=\"4\" x2=\"%.1f\" y2=\"%.1f\"/>\n"
            "<text class=\"limit\" x=\"%.1f\" y=\"12\" text-anchor=\"%s\">limit ",
            x, x, s->in.bottom, is_right ? x - 5 : x + 5, is_right ? "end" : "start");
    csan__html_duration(out, limit);
    fputs("</text>\n", out);
}

/* The limit of one time; of a sum, and of a percentile, no single one says that it is over. */
static uint64_t limit_of(const struct shown *s)
{
    const struct finding *f = s->finding;
    uint64_t limit;
    bool is_single =
        f->option && (strcmp(f->option, "max_wait") == 0 || strcmp(f->option, "max_hold") == 0);
    return is_single && s->limit && csan__advice_limit(f, s->limit, &limit) ? limit : 0;
}

void csan__html_histogram(FILE *out, const struct finding_times *t, uint64_t limit)
{
    if (!t->nbuckets || t->nbuckets > BARS_MAX)
        return;
    struct scale_of s = scale_of(t, limit);
    begin_drawing(out, 112, "How often it took how long");
    put_times_axis(out, &s);
    put_bars(out, &s, t);
    if (limit)
        put_limit(out, &s, limit);
    fputs("</svg>\n", out);
}

void csan__html_times(FILE *out, const struct shown *shown)
{
    if (shown->finding->times)
        csan__html_histogram(out, shown->finding->times, limit_of(shown));
}

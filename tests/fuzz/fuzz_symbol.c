/* libFuzzer target: whatever a helper answers, however it is cut, is read or refused; what was read
 * can be told own from foreign, fingerprinted and printed, within 100 columns and without a control
 * byte.
 *
 * Input: one byte for the number of questions, one for the size of the pieces, then the answers. */
#include "report/ask.h"
#include "report/origin.h"
#include "report/page.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#define QUESTIONS_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_frame(const struct frame *f)
{
    require(f->function && f->file && f->module && f->source);
    require(f->function[0] != '\0');
    require(f->caret <= strlen(f->source));
    require(f->file[0] != '\0' || f->line == 0);
    require(strchr(f->function, '\n') == NULL && strchr(f->function, '\t') == NULL);
}

static void check_lines(char *text)
{
    uint32_t n = 0;
    for (char *line = text; line; n++) {
        char *end = strchr(line, '\n');
        if (end)
            *end = '\0';
        for (const char *c = line; *c; c++)
            require((unsigned char)*c >= ' ' && *c != 0x7f);
        require(n == 0 || csan__page_columns(line) <= PAGE_COLUMNS + 2);
        line = end ? end + 1 : NULL;
    }
    require(n <= 16);
}

static void check_report(struct frame *frames, uint32_t count, struct arena *scratch)
{
    static char room[1 << 16];
    struct finding finding = {.kind = FINDING_LEAK,
                              .what = "8 B in 1 block never freed",
                              .option = "max_leak",
                              .amount = 8};
    struct shown s = {.finding = &finding, .trace = {.frames = frames, .count = count}};
    struct report r = {.shown = &s, .count = 1, .scratch = scratch};
    struct text t = TEXT(room);
    for (uint32_t i = 0; i < count; i++)
        frames[i].own = csan__origin_is_own(&frames[i]);
    csan__fingerprint_all(&r);
    csan__report_brief(&r, &s, "/w", &t);
    check_lines(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct module module = {.path = "/w/bin/app", .bias = 0x1000};
    struct question q[QUESTIONS_MAX];
    struct arena scratch = {.chunks = NULL};
    if (size < 2)
        return 0;
    size_t n = data[0] % (QUESTIONS_MAX + 1), step = data[1] + 1u;
    for (size_t i = 0; i < n; i++)
        q[i] = (struct question){.pc = 0x2000 + i, .module = &module, .ask = i % 3 != 2};
    struct answers *a = csan__arena_scratch_alloc(&scratch, sizeof *a);
    csan__answers_begin(a, &scratch, q, n);
    int error = 0;
    for (size_t at = 2; at < size && !error; at += step)
        error = csan__answers_read(a, (const char *)data + at, step < size - at ? step : size - at);
    struct frame all[QUESTIONS_MAX * ASK_INLINED_MAX];
    uint32_t count = 0;
    for (size_t i = 0; i < n; i++) {
        require(q[i].count <= ASK_INLINED_MAX && (q[i].answered || q[i].count == 0));
        for (uint32_t k = 0; k < q[i].count; k++) {
            check_frame(&q[i].frames[k]);
            all[count++] = q[i].frames[k];
        }
    }
    check_report(all, count, &scratch);
    csan__arena_scratch_free(&scratch);
    return 0;
}

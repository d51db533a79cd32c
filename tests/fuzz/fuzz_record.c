/* libFuzzer target: whatever a record holds, it is read or refused, and every format makes
 * something of it; the sarif and gitlab that come out are JSON, and junit holds no byte that XML
 * forbids. */
#include "base/options.h"
#include "tools/format.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"text",    "jsonl",  "junit", "sarif", "github",
                                    "summary", "gitlab", "tap",   "html"};

static void require(bool holds)
{
    if (!holds)
        abort();
}

struct sheet {
    const struct format *format;
    FILE *out;
};

static int feed(struct record *r, void *arg)
{
    const struct sheet *s = arg;
    s->format->record(s->out, r);
    return 0;
}

static void check(const char *name, const char *text, size_t n)
{
    if (strcmp(name, "sarif") == 0 || strcmp(name, "gitlab") == 0) {
        cJSON *value = cJSON_Parse(text);
        require(value != NULL);
        cJSON_Delete(value);
    }
    for (size_t i = 0; i < n && strcmp(name, "junit") == 0; i++)
        require((unsigned char)text[i] >= ' ' || text[i] == '\n' || text[i] == '\t');
}

/* The text format writes to a descriptor; its colours and such are report/'s, fuzzed elsewhere. */
static FILE *open_sheet(const char *name, char **text, size_t *n)
{
    return strcmp(name, "text") == 0 ? fopen("/dev/null", "w") : open_memstream(text, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_ready;
    if (!is_ready) {
        char buf[64];
        struct text why = TEXT(buf);
        csan__options_read(NULL, NULL, &why);
        is_ready = true;
    }
    for (size_t i = 0; i < CSAN_COUNT(names); i++) {
        char *text = NULL;
        size_t n = 0;
        struct sheet s = {csan__format_find(names[i], strlen(names[i])),
                          open_sheet(names[i], &text, &n)};
        require(s.format && s.out);
        s.format->begin(s.out);
        csan__record_read_text("input", (const char *)data, size, feed, &s);
        s.format->end(s.out);
        fclose(s.out);
        if (text)
            check(names[i], text, n);
        free(text);
    }
    return 0;
}

/* Source text: files read once, found again by path. */
#include "tools/source.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MAX ((size_t)64 << 20)

struct source {
    char *path;
    char *shown; /* NULL: not asked for yet; may be path itself */
    bool read;
    char *text;
    size_t bytes;
    uint32_t *lines; /* where each begins */
    uint32_t nlines;
};

static void *sources; /* tsearch tree by path */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct source *)a)->path, ((const struct source *)b)->path);
}

static struct source *find_source(const char *path)
{
    struct source key = {.path = (char *)(uintptr_t)path};
    void *at = tfind(&key, &sources, by_path);
    if (at != NULL) {
        return *(struct source **)at;
    }
    struct source *s = calloc(1, sizeof *s);
    if (s == NULL || (s->path = strdup(path)) == NULL || tsearch(s, &sources, by_path) == NULL) {
        free(s == NULL ? NULL : s->path);
        free(s);
        return NULL;
    }
    return s;
}

/* The file is copied, not mapped: it may be cut short by an editor while we read. */
static char *read_file(const char *path, size_t *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return NULL;
    }
    struct stat st;
    char *text = NULL;
    size_t used = 0;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size <= FILE_BYTES_MAX) {
        text = malloc((size_t)st.st_size + 1);
    }
    while (text != NULL && used < (size_t)st.st_size) {
        ssize_t n = read(fd, text + used, (size_t)st.st_size - used);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            break;
        }
        used += (size_t)n;
    }
    close(fd);
    *bytes = used;
    return text;
}

static void read_lines(struct source *s)
{
    s->read = true;
    s->text = read_file(s->path, &s->bytes);
    if (s->text == NULL) {
        return;
    }
    size_t count = 1;
    for (size_t i = 0; i < s->bytes; i++) {
        count += s->text[i] == '\n';
    }
    s->lines = calloc(count, sizeof s->lines[0]);
    if (s->lines == NULL) {
        return;
    }
    s->nlines = 1;
    for (size_t i = 0; i < s->bytes && s->nlines < count; i++) {
        if (s->text[i] == '\n') {
            s->lines[s->nlines++] = (uint32_t)(i + 1);
        }
    }
}

static bool is_blank(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

/* How many of the n bytes are shown, blanks at the end left out. */
static size_t cut_line(const char *at, size_t n)
{
    while (n > 0 && is_blank(at[n - 1])) {
        n--;
    }
    if (n > SOURCE_LINE_MAX) {
        n = SOURCE_LINE_MAX;
        while (n > 0 && ((unsigned char)at[n] & 0xc0) == 0x80) {
            n--; /* not inside a UTF-8 letter */
        }
    }
    return n;
}

void csan__source_line(const char *path, uint32_t line, char out[SOURCE_BYTES])
{
    out[0] = '\0';
    struct source *s = path[0] == '/' && line > 0 ? find_source(path) : NULL;
    if (s == NULL) {
        return;
    }
    if (!s->read) {
        read_lines(s);
    }
    if (line > s->nlines) {
        return;
    }
    const char *at = s->text + s->lines[line - 1];
    const char *end = line < s->nlines ? s->text + s->lines[line] : s->text + s->bytes;
    size_t indent = 0;
    while (at + indent < end && is_blank(at[indent])) {
        indent++;
    }
    size_t n = cut_line(at + indent, (size_t)(end - at) - indent);
    size_t used = 0;
    for (size_t i = 0; indent <= SOURCE_INDENT_MAX && n > 0 && i < indent; i++) {
        out[used++] = at[i] == '\t' ? '\t' : ' ';
    }
    for (size_t i = 0; i < n; i++) {
        out[used++] = is_blank(at[indent + i]) ? ' ' : at[indent + i];
    }
    out[used] = '\0';
}

/* Without `.`, `..` and doubled slashes, by the letters alone. */
static char *normalize(const char *path)
{
    char *out = malloc(strlen(path) + 2);
    if (out == NULL) {
        return NULL;
    }
    size_t used = 0;
    for (const char *at = path; *at != '\0';) {
        at += strspn(at, "/");
        size_t n = strcspn(at, "/");
        if (n == 2 && memcmp(at, "..", 2) == 0) {
            while (used > 0 && out[--used] != '/') {
            }
        } else if (n > 0 && !(n == 1 && *at == '.')) {
            out[used++] = '/';
            memcpy(out + used, at, n);
            used += n;
        }
        at += n;
    }
    if (used == 0) {
        out[used++] = '/';
    }
    out[used] = '\0';
    return out;
}

/* `a/../b` is not `b` when a is a link to another place. */
static bool is_same_file(const char *a, const char *b)
{
    struct stat x, y;
    int there = stat(a, &x) == 0, also = stat(b, &y) == 0;
    return there == also && (!there || (x.st_dev == y.st_dev && x.st_ino == y.st_ino));
}

const char *csan__source_path(const char *path)
{
    bool is_odd = strstr(path, "/.") != NULL || strstr(path, "//") != NULL;
    struct source *s = path[0] == '/' && is_odd ? find_source(path) : NULL;
    if (s == NULL) {
        return path;
    }
    if (s->shown == NULL) {
        char *shown = normalize(path);
        if (shown != NULL && !is_same_file(path, shown)) {
            free(shown);
            shown = NULL;
        }
        s->shown = shown != NULL ? shown : s->path;
    }
    return s->shown;
}

static void free_source(void *p)
{
    struct source *s = p;
    if (s->shown != s->path) {
        free(s->shown);
    }
    free(s->path);
    free(s->text);
    free(s->lines);
    free(s);
}

void csan__source_free(void)
{
    tdestroy(sources, free_source);
    sources = NULL;
}

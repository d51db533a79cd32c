/* csan report: records as text, or in a format for machines.
 *
 * With --beside a record's formats are written beside it, aside and renamed when whole: so the
 * runtime asks for them (session/out.c). */
#include "tools/aside.h"
#include "tools/format.h"
#include "tools/progress.h"
#include "tools/verb.h"

#include "base/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct conversion {
    const struct format *format;
    FILE *out;
};

static int convert_one(struct record *r, void *arg)
{
    const struct conversion *c = arg;
    csan__progress_clear(); /* both may go to one terminal */
    c->format->record(c->out, r);
    return ferror(c->out) ? -1 : 0;
}

static void prepare(void)
{
    char buf[256];
    struct text why = TEXT(buf);
    csan__options_read(NULL, NULL, &why); /* the presets */
    csan__options.verbosity = 1;          /* all findings */
}

int csan__report_convert(const struct format *format, FILE *out, char *const *paths, int npaths)
{
    struct conversion c = {format, out};
    prepare();
    format->begin(out);
    int status = csan__records_each(paths, npaths, convert_one, &c);
    format->end(out);
    if (fflush(out) != 0 || ferror(out))
        return csan__say_dark("the %s report could not be written: %s", format->name,
                              strerror(errno));
    return status;
}

/* ------------------------------------------------------------------ files */

static int convert_to(const struct format *format, const char *path, char *const *paths, int npaths)
{
    struct aside to;
    if (csan__aside_open(&to, path))
        return VERB_DARK;
    int status = csan__report_convert(format, to.out, paths, npaths);
    int closed = csan__aside_close(&to);
    return closed ? closed : status;
}

static int convert_beside(const char *formats, const char *path)
{
    size_t stem = strlen(path) - strlen(".jsonl");
    int status = 0;
    if (strlen(path) <= strlen(".jsonl") || strcmp(path + stem, ".jsonl") != 0)
        return csan__say_dark("%s: a record's name ends in .jsonl", path);
    for (const char *at = formats; *at;) {
        size_t length = strcspn(at, ",");
        const struct format *format = csan__format_find(at, length);
        char *out = NULL;
        char *const paths[] = {(char *)(uintptr_t)path};
        at += length + (at[length] == ',');
        if (!format || !format->extension)
            continue;
        if (asprintf(&out, "%.*s%s", (int)stem, path, format->extension) < 0)
            return csan__say_dark("out of memory");
        int one = convert_to(format, out, paths, 1);
        status = one ? one : status;
        free(out);
    }
    if (status == 0)
        puts("ok");
    return status;
}

/* A page lies beside what it shows: FOLDER/index.html. */
static int convert_to_page(char *const *paths, int npaths)
{
    struct stat st;
    char *page = NULL;
    bool is_folder = stat(paths[0], &st) == 0 && S_ISDIR(st.st_mode);
    const char *slash = strrchr(paths[0], '/');
    int length = is_folder ? (int)strlen(paths[0]) : slash ? (int)(slash - paths[0]) : 1;
    if (asprintf(&page, "%.*s/index.html", length, is_folder || slash ? paths[0] : ".") < 0)
        return csan__say_dark("out of memory");
    int status = convert_to(&csan__format_html, page, paths, npaths);
    if (status == 0)
        puts(page);
    free(page);
    return status;
}

/* ------------------------------------------------------------------ the verb */

int csan__report_verb(int argc, char **argv)
{
    static const struct option options[] = {{"format", required_argument, NULL, 'f'},
                                            {"output", required_argument, NULL, 'o'},
                                            {"beside", required_argument, NULL, 'b'},
                                            {NULL, 0, NULL, 0}};
    const char *name = "text", *output = NULL, *beside = NULL;
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, ":f:o:", options, NULL)) != -1;) {
        if (found == 'f')
            name = optarg != NULL ? optarg : name;
        else if (found == 'o')
            output = optarg;
        else if (found == 'b')
            beside = optarg;
        else
            return csan__say_dark("report: %s: see `csan help report`", argv[optind - 1]);
    }
    if (beside)
        return convert_beside(name, beside);
    const struct format *format = csan__format_find(name, strlen(name));
    if (!format)
        return csan__say_dark("report: there is no format %s; there are %s", name,
                              csan__format_names());
    if (optind == argc)
        return csan__say_dark(
            "report: which record? A file, or the folder that CSAN_OUT has named");
    if (!output && format == &csan__format_html)
        return convert_to_page(argv + optind, argc - optind);
    if (output)
        return convert_to(format, output, argv + optind, argc - optind);
    return csan__report_convert(format, stdout, argv + optind, argc - optind);
}

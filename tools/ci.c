/* csan ci: the last step of a CI job: one verdict on all its processes, said where that CI shows
 * it.
 *
 * GitHub (GITHUB_ACTIONS): annotations on standard output, the summary of the step. Files for the
 * others where they are asked for. The status: 86 with findings, 87 when some process was not
 * checked or no record is there, else 0. */
#include "tools/aside.h"
#include "tools/collect.h"
#include "tools/format.h"
#include "tools/verb.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_FOUND 86

static int write_file(const char *format, const char *path, char *const *paths, int npaths)
{
    struct aside to;
    if (csan__aside_open(&to, path))
        return VERB_DARK;
    csan__report_convert(csan__format_find(format, strlen(format)), to.out, paths, npaths);
    return csan__aside_close(&to);
}

/* Other steps may have written there before. */
static int add_summary(const char *path, char *const *paths, int npaths)
{
    FILE *f = fopen(path, "ae");
    if (!f)
        return csan__say_dark("%s: %s", path, strerror(errno));
    csan__report_convert(&csan__format_summary, f, paths, npaths);
    return fclose(f) == 0 ? 0 : csan__say_dark("%s: %s", path, strerror(errno));
}

static int tell_github(char *const *paths, int npaths)
{
    const char *is_github = getenv("GITHUB_ACTIONS"), *summary = getenv("GITHUB_STEP_SUMMARY");
    if (!is_github || strcmp(is_github, "true") != 0)
        return 0;
    csan__report_convert(&csan__format_github, stdout, paths, npaths);
    return summary && summary[0] ? add_summary(summary, paths, npaths) : 0;
}

int csan__ci_verb(int argc, char **argv)
{
    static const struct option options[] = {{"junit", required_argument, NULL, 'j'},
                                            {"sarif", required_argument, NULL, 's'},
                                            {"gitlab", required_argument, NULL, 'g'},
                                            {"tap", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    static char folder[] = "csan-out";
    char *preset[] = {folder};
    int status = 0, one;
    opterr = 0;
    /* The paths are behind the options: a first pass finds them. */
    while ((one = getopt_long(argc, argv, ":", options, NULL)) != -1)
        if (one == '?' || one == ':')
            return csan__say_dark("ci: %s: see `csan help ci`", argv[optind - 1]);
    char *const *paths = optind < argc ? argv + optind : preset;
    int npaths = optind < argc ? argc - optind : 1;
    struct collection c = {0};
    int unread = csan__report_convert(&csan__format_text, stdout, paths, npaths);
    csan__collect(&c, paths, npaths);
    for (optind = 1; (one = getopt_long(argc, argv, ":", options, NULL)) != -1;)
        for (size_t i = 0; options[i].name; i++)
            if (options[i].val == one && write_file(options[i].name, optarg, paths, npaths))
                status = VERB_DARK;
    if (tell_github(paths, npaths))
        status = VERB_DARK;
    bool is_dark = unread || c.unchecked || c.processes == 0;
    uint64_t findings = c.findings;
    csan__collect_free(&c);
    return findings ? STATUS_FOUND : is_dark ? VERB_DARK : status;
}

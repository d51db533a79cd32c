/* csan folded: a profile as folded stacks, "main;serve;row_new 64000": what flame graph tools read
 * (B. Gregg's flamegraph.pl, speedscope, inferno). Outermost first, one line a stack. */
#include "tools/pprof_read.h"
#include "tools/verb.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A semicolon parts frames, a line ends a stack. */
static void put_name(FILE *out, const char *s)
{
    for (; *s; s++)
        putc(*s == ';' ? ':' : (unsigned char)*s < ' ' || *s == 0x7f ? '?' : *s, out);
}

static void put_stack(FILE *out, const struct profile *p, const struct profile_sample *s)
{
    bool is_first = true;
    for (uint32_t i = s->nplaces; i-- > 0;) {
        const struct profile_place *place = &p->places[s->places[i]];
        for (uint32_t k = place->count; k-- > 0; is_first = false) {
            if (!is_first)
                putc(';', out);
            put_name(out, p->frames[place->first + k].function);
        }
    }
    if (is_first)
        fputs("??", out);
}

static int unknown_type(const struct profile *p, const char *path, const char *type)
{
    char names[512] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < p->ntypes && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 p->types[i].type);
    return csan__say_dark("folded: %s has no %s; it has %s", path, type, names);
}

static int fold(const char *path, const char *type)
{
    const char *why;
    struct profile *p = csan__profile_read(path, &why);
    if (!p)
        return csan__say_dark("folded: %s: %s", path, why);
    int index = type ? csan__profile_type(p, type) : (int)p->preset, status = 0;
    if (index < 0)
        status = unknown_type(p, path, type);
    for (uint32_t i = 0; i < p->nsamples && status == 0; i++) {
        long long value = p->samples[i].values[index];
        if (value == 0)
            continue;
        put_stack(stdout, p, &p->samples[i]);
        printf(" %lld\n", value);
    }
    csan__profile_free(p);
    return status;
}

int csan__folded_verb(int argc, char **argv)
{
    static const struct option options[] = {{"sample-index", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    const char *type = NULL;
    int status = 0;
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, ":s:", options, NULL)) != -1;) {
        if (found != 's')
            return csan__say_dark("folded: %s: see `csan help folded`", argv[optind - 1]);
        type = optarg;
    }
    if (optind == argc)
        return csan__say_dark("folded: which profile? A .pb.gz of the folder that CSAN_OUT names");
    for (; optind < argc && status == 0; optind++)
        status = fold(argv[optind], type);
    return status;
}

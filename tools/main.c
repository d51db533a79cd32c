/* csan: the command. One table of verbs; a word that is no verb is the program to run. */
#include "tools/arguments.h"
#include "tools/verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int help_verb(int argc, char **argv);
static int version_verb(int argc, char **argv);

static const struct verb verbs[] = {
    {"run", csan__run_verb, "[run] [--OPTION=VALUE ...] [--] PROGRAM [ARGUMENT ...]",
     "run a program that was not linked with csan, and watch it",
     "The program's output, input and exit status stay its own; the status is 86 when it "
     "succeeded\n"
     "and csan found something, 87 when csan could not check. `run` may be left out.\n\n"
     "  csan ./test_cache --fast\n"
     "  csan --max-leak=4KiB --verbosity=1 make check\n",
     true},
    {"doctor", csan__doctor_verb, "doctor PROGRAM",
     "can csan check this program, and what is missing",
     "Nothing is run. The status is 0 when csan can check the program, 87 when it cannot.\n",
     false},
    {"report", csan__report_verb, "report [--format FORMAT] [-o FILE] RECORD|FOLDER ...",
     "what a run has found, as text or for machines",
     "Records are what CSAN_OUT=FOLDER keeps, one of each process. Formats: text, jsonl, junit,\n"
     "sarif, github (annotations), summary (Markdown), gitlab (code quality), tap, html (a page:\n"
     "FOLDER/index.html, unless -o names it).\n"
     "The status is 0 when all records could be read, 87 when not; `csan ci` has one that "
     "judges.\n\n"
     "  CSAN_OUT=csan-out make check; csan report csan-out\n"
     "  csan report --format junit -o csan.xml csan-out\n",
     false},
    {"show", csan__show_verb, "show [FINGERPRINT|--locks] [RECORD|FOLDER ...]",
     "what was found, a line each; or one finding, with every frame; or the locks",
     "Without a folder: csan-out. A fingerprint may be cut short. --locks: each lock that was "
     "waited\n"
     "for, how often and how long, the longest first.\n\n"
     "  csan show; csan show 1a2b csan-out; csan show --locks\n",
     false},
    {"baseline", csan__baseline_verb, "baseline [-o FILE] RECORD|FOLDER ...",
     "the findings of a run, to be accepted from now on",
     "With CSAN_BASELINE=FILE only findings whose fingerprint is not in it fail. The file has a "
     "line\n"
     "a finding, sorted, to be kept beside the source.\n\n"
     "  CSAN_OUT=csan-out make check; csan baseline -o csan.baseline csan-out\n"
     "  CSAN_BASELINE=csan.baseline make check\n",
     false},
    {"merge", csan__merge_verb, "merge [-o FILE] RECORD|FOLDER ...",
     "many processes and shards as one record",
     "Each distinct finding once, with in how many processes it was. What differs alone is kept "
     "in\n"
     "memory.\n",
     false},
    {"ci", csan__ci_verb,
     "ci [--junit FILE] [--sarif FILE] [--gitlab FILE] [--tap FILE] [RECORD|FOLDER ...]",
     "the verdict on all processes of a CI job",
     "Prints the report; under GitHub Actions also annotations and the step's summary. Without a\n"
     "folder: csan-out. The status is 86 with findings, 87 when some process could not be "
     "checked,\n"
     "did not end, or there is no record at all; else 0.\n\n"
     "  CSAN_OUT=csan-out make check; csan ci --junit csan.xml csan-out\n",
     false},
    {"folded", csan__folded_verb, "folded [--sample-index TYPE] PROFILE ...",
     "a profile as folded stacks, for flame graph tools",
     "Profiles are the .pb.gz of the folder that CSAN_OUT names, or any other in pprof's format.\n"
     "A line a stack, outermost function first: main;serve;row_new 64000\n\n"
     "  csan folded --sample-index alloc_space csan-out/svc.*.heap.pb.gz | flamegraph.pl "
     ">svc.svg\n",
     false},
    {"diff", csan__diff_verb, "diff [--top=N] OLD NEW | diff [--top=N] OLD ... -- NEW ...",
     "what is new, gone or changed between two runs",
     "Records, profiles (.pb.gz), or folders, which have both. Findings are told by fingerprint,\n"
     "profiles by stack: what each has more or less of, the N (10) largest first; 0: all.\n"
     "Where a side has more than one process of a program, amounts are medians, and a change is\n"
     "one that chance makes in less than 5 % of all cases (Mann-Whitney; four processes on each\n"
     "side are the fewest that can tell); others bear a ~.\n\n"
     "  csan diff csan-old csan-out\n"
     "  csan diff old.heap.pb.gz new.heap.pb.gz\n"
     "  csan diff old1 old2 old3 old4 -- new1 new2 new3 new4\n",
     false},
    {"explain", csan__explain_verb, "explain [KIND]",
     "what a kind of finding means, an example, how to mend it, what accepts it",
     "KIND is the word in brackets: csan[leak]. Without one: all of them, a line each.\n\n"
     "  csan explain lock-order\n",
     false},
    {"supp", csan__supp_verb, "supp generate|check|unused [FILE] [RECORD|FOLDER ...]",
     "suppression files: made of records, checked, held against a run",
     "  csan supp generate RECORD ...      lines that accept what was found, each with max=\n"
     "  csan supp check FILE ...           says what is wrong in each line; the status is 87 then\n"
     "  csan supp unused FILE RECORD ...   lines that matched nothing or are past their date; the\n"
     "                                     records are those of a run without the file\n",
     false},
    {"symbolize", csan__symbolize_verb, "symbolize [FILE ADDRESS ...]",
     "functions and source lines of addresses",
     "With a file and addresses in it (hexadecimal): a line a function, FUNCTION "
     "FILE:LINE:COLUMN,\n"
     "inlined ones first. Without: answers questions on standard input, as libcsan.so asks them.\n"
     "Separate debug files are found by build-id and debug link; debuginfod is asked only when\n"
     "DEBUGINFOD_URLS is set.\n",
     false},
    {"help", help_verb, "help [VERB]", "this, or more about one verb", NULL, false},
    {"version", version_verb, "version", "the version", NULL, false},
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < CSAN_COUNT(verbs); i++) {
        if (strcmp(verbs[i].name, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}

static void print_table(void)
{
    puts("csan finds leaks and contention in C and C++ programs while they are tested.\n\nusage:");
    for (size_t i = 0; i < CSAN_COUNT(verbs); i++) {
        printf("  csan %s\n        %s\n", verbs[i].usage, verbs[i].sentence);
    }
    puts("\nEach option of `csan run` may also be set in the environment, --max-leak=4KiB as\n"
         "CSAN_MAX_LEAK=4KiB. `csan help run` lists them.\n"
         "Exit status: the program's own; 86: csan found something; 87: csan could not check.");
}

static int help_verb(int argc, char **argv)
{
    if (argc < 2) {
        print_table();
        return 0;
    }
    const struct verb *v = find_verb(argv[1]);
    if (v == NULL) {
        return csan__say_dark("there is no verb %s; `csan help` lists them", argv[1]);
    }
    printf("usage: csan %s\n%s\n", v->usage, v->sentence);
    if (v->help != NULL) {
        printf("\n%s", v->help);
    }
    if (v->lists_options) {
        puts("\noptions:");
        csan__arguments_print();
    }
    return 0;
}

static int version_verb(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("csan " CSAN_VERSION);
    return 0;
}

/* What was said and did not arrive is no success. */
static int close_output(int status)
{
    errno = 0;
    bool is_whole = fflush(stdout) == 0 && !ferror(stdout);
    return is_whole || status != 0
               ? status
               : csan__say_dark("standard output: %s", strerror(errno ? errno : EIO));
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_table();
        return close_output(argc < 2 ? VERB_DARK : 0);
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        return close_output(version_verb(argc, argv));
    }
    const struct verb *v = find_verb(argv[1]);
    if (v != NULL && argc > 2 && strcmp(argv[2], "--help") == 0) {
        return close_output(help_verb(2, argv));
    }
    return close_output(v != NULL ? v->run(argc - 1, argv + 1) : csan__run_verb(argc, argv));
}

/* A lock that was waited for, of a record's line. */
#include "tools/record_private.h"

#include <string.h>

static void take_sites(struct reader *in, const cJSON *of, struct record_lock *l)
{
    const cJSON *sites = cJSON_GetObjectItemCaseSensitive(of, "sites"), *at;
    uint32_t count = cJSON_IsArray(sites) ? (uint32_t)cJSON_GetArraySize(sites) : 0;
    l->sites = csan__reader_room(in, (count + 1) * sizeof *l->sites);
    for (at = count ? sites->child : NULL; at && l->nsites < count; at = at->next)
        l->sites[l->nsites++] =
            (struct record_site){.access = csan__member_string(in, at, "access", "lock"),
                                 .waits = csan__member_number(at, "waits"),
                                 .wait_ns = csan__member_number(at, "wait_ns"),
                                 .trace = csan__member_trace(in, at)};
}

static void make_room(struct reader *in)
{
    struct record *r = &in->record;
    if (r->nlocks < in->locks_room)
        return;
    in->locks_room = in->locks_room ? 2 * in->locks_room : 8;
    struct record_lock *larger = csan__reader_room(in, in->locks_room * sizeof *larger);
    if (r->nlocks)
        memcpy(larger, r->locks, r->nlocks * sizeof *larger);
    r->locks = larger;
}

void csan__record_take_lock(struct reader *in, const cJSON *of, const char *line)
{
    struct record *r = &in->record;
    uint32_t fingerprint;
    if (!csan__member_fingerprint(in, of, "lock", &fingerprint))
        return;
    const struct finding_times *times = csan__member_times(in, of);
    if (!times) {
        csan__reader_complain(in, "a lock without the times that it was waited for");
        return;
    }
    make_room(in);
    uint64_t processes = csan__member_number(of, "processes");
    uint64_t locks = csan__member_number(of, "locks");
    struct record_lock *l = &r->locks[r->nlocks++];
    *l = (struct record_lock){.line = csan__reader_keep(in, line),
                              .message = csan__member_string(in, of, "message", "a lock"),
                              .program = csan__member_string(in, of, "program", r->program),
                              .fingerprint = fingerprint,
                              .processes = processes ? processes : 1,
                              .locks = locks ? locks : 1,
                              .acquisitions = csan__member_number(of, "acquisitions"),
                              .at_least = csan__member_is_true(of, "at_least"),
                              .times = times};
    take_sites(in, of, l);
}

/* libFuzzer target: whatever a profile holds, it is read or refused; what is read has only what is
 * in it, and a flame graph of it is JSON. Fed as a file is, and as what is packed in one. */
#include "tools/flame.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void walk(const struct profile *p)
{
    for (uint32_t i = 0; i < p->nsamples; i++)
        for (uint32_t k = 0; k < p->samples[i].nplaces; k++) {
            require(p->samples[i].places[k] < p->nplaces);
            const struct profile_place *at = &p->places[p->samples[i].places[k]];
            require(at->count > 0 && at->first < p->nframes && at->count <= p->nframes - at->first);
        }
    require(p->preset < p->ntypes);
}

static void draw(const struct profile *p)
{
    char *text = NULL;
    size_t n;
    struct flame *f = csan__flame_new();
    FILE *out = open_memstream(&text, &n);
    for (uint32_t i = 0; i < p->ntypes; i++)
        csan__flame_add_profile(f, p, i);
    csan__flame_put(f, out);
    fclose(out);
    require(!strchr(text, '<') && strlen(text) == n);
    cJSON *value = cJSON_ParseWithOpts(text, NULL, true);
    require(value != NULL || strstr(text, "\"c\":[{\"f\"") != NULL); /* cJSON's depth has an end */
    cJSON_Delete(value);
    free(text);
    csan__flame_free(f);
}

static void read_it(const void *bytes, size_t n)
{
    const char *why = NULL;
    struct profile *p = csan__profile_read_bytes(bytes, n, &why);
    require(p || why);
    if (!p)
        return;
    walk(p);
    draw(p);
    csan__profile_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
    size_t room = size + 1024;
    uint8_t *packed = malloc(room);
    read_it(data, size);
    require(packed && deflateInit2(&z, 0, Z_DEFLATED, 15 + 16, 8, 0) == Z_OK);
    z.next_out = packed;
    z.avail_out = (uInt)room;
    require(deflate(&z, Z_FINISH) == Z_STREAM_END);
    read_it(packed, z.total_out);
    deflateEnd(&z);
    free(packed);
    return 0;
}

#include "tools/gunzip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const char *unpack_all(z_stream *z, uint8_t **out, size_t room, size_t most)
{
    int error = Z_OK;
    while (error == Z_OK) {
        size_t used = z->total_out;
        if (used == room) {
            uint8_t *more = room < most ? realloc(*out, 2 * room) : NULL;
            if (!more)
                return GUNZIP_NO_MEMORY;
            *out = more;
            room *= 2;
        }
        z->next_out = *out + used;
        z->avail_out = (uInt)(room - used);
        error = inflate(z, Z_NO_FLUSH);
    }
    return error == Z_STREAM_END && z->avail_in == 0 ? NULL
           : error == Z_BUF_ERROR                    ? "is cut"
                                                     : "is damaged";
}

const char *csan__gunzip(const void *bytes, size_t n, size_t most, struct unpacked *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)n};
    size_t room = n < 1 << 16 ? 1 << 18 : 4 * n;
    *out = (struct unpacked){NULL, 0};
    if (n < 2 || memcmp(bytes, "\x1f\x8b", 2) != 0)
        return "is no profile";
    if (n > most || !(out->bytes = malloc(room)) || inflateInit2(&z, 15 + 16) != Z_OK) {
        free(out->bytes);
        out->bytes = NULL;
        return GUNZIP_NO_MEMORY;
    }
    const char *why = unpack_all(&z, &out->bytes, room, most);
    out->count = z.total_out;
    inflateEnd(&z);
    if (why) {
        free(out->bytes);
        *out = (struct unpacked){NULL, 0};
    }
    return why;
}

const char *csan__gunzip_file(const char *path, size_t most, struct unpacked *out)
{
    FILE *f = fopen(path, "re");
    size_t room = 1 << 16, used = 0;
    uint8_t *bytes = malloc(room);
    const char *why;
    *out = (struct unpacked){NULL, 0};
    while (f && bytes && !feof(f) && !ferror(f) && used <= most) {
        used += fread(bytes + used, 1, room - used, f);
        uint8_t *more = used == room ? realloc(bytes, room *= 2) : bytes;
        if (!more)
            break;
        bytes = more;
    }
    if (!f || ferror(f))
        why = strerror(errno);
    else if (!bytes || !feof(f))
        why = GUNZIP_NO_MEMORY;
    else
        why = csan__gunzip(bytes, used, most, out);
    if (f)
        fclose(f);
    free(bytes);
    return why;
}

/* gzip without compression: see the header. */
#include "report/gzip.h"
#include "base/os.h"

#include <string.h>

static const uint8_t file_header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};

/* CRC-32 of RFC 1952, section 8, four bits at a time. */
static uint32_t crc_of(uint32_t crc, const uint8_t *data, size_t n)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    crc = ~crc;
    for (size_t i = 0; i < n; i++) {
        crc = table[(crc ^ data[i]) & 15] ^ (crc >> 4);
        crc = table[(crc ^ (data[i] >> 4)) & 15] ^ (crc >> 4);
    }
    return ~crc;
}

static void put(struct gzip *z, const void *data, size_t n)
{
    if (!z->error)
        z->error = csan__os_write_all(z->fd, data, n);
}

static void put_block(struct gzip *z, bool is_last)
{
    uint32_t n = z->used;
    const uint8_t header[5] = {is_last, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)~n,
                               (uint8_t)(~n >> 8)};
    put(z, header, sizeof header);
    put(z, z->buffer, n);
    z->used = 0;
}

void csan__gzip_begin(struct gzip *z, int fd)
{
    z->fd = fd;
    z->used = z->crc = z->bytes = 0;
    z->error = 0;
    put(z, file_header, sizeof file_header);
}

void csan__gzip_add(struct gzip *z, const void *data, size_t n)
{
    const uint8_t *from = data;
    z->crc = crc_of(z->crc, from, n);
    z->bytes += (uint32_t)n;
    while (n) {
        size_t room = GZIP_BUFFER_BYTES - z->used;
        size_t now = n < room ? n : room;
        memcpy(z->buffer + z->used, from, now);
        z->used += (uint32_t)now;
        from += now;
        n -= now;
        if (z->used == GZIP_BUFFER_BYTES)
            put_block(z, false);
    }
}

long csan__gzip_end(struct gzip *z)
{
    put_block(z, true);
    uint8_t tail[8];
    for (int i = 0; i < 4; i++) {
        tail[i] = (uint8_t)(z->crc >> 8 * i);
        tail[4 + i] = (uint8_t)(z->bytes >> 8 * i);
    }
    put(z, tail, sizeof tail);
    return z->error;
}

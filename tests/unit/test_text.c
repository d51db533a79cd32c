/* base/text: what is written is right, or a prefix of it; what people write is read back. */
#include "base/text.h"
#include "tests/unit/suite.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static uint64_t random_state = 88172645463325252u;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* ------------------------------------------------------------------ cut at every capacity */

static void write_char(struct text *t)
{
    csan__text_char(t, 'x');
}
static void write_str(struct text *t)
{
    csan__text_str(t, "some words");
}
static void write_null(struct text *t)
{
    csan__text_str(t, NULL);
}
static void write_mem(struct text *t)
{
    csan__text_mem(t, "bytes\1\2\3", 8);
}
static void write_u64(struct text *t)
{
    csan__text_u64(t, UINT64_MAX);
}
static void write_hex(struct text *t)
{
    csan__text_hex(t, UINT64_MAX);
}
static void write_format(struct text *t)
{
    csan__text_format(t, "%s=%d%% at %p, %.*s%c", "a", -12, (void *)0xbeef, 3, "cutting", '!');
}
static void write_bytes(struct text *t)
{
    csan__text_bytes(t, 2048);
}
static void write_duration(struct text *t)
{
    csan__text_duration(t, 184000000);
}
static void write_count(struct text *t)
{
    csan__text_count(t, 1234567, "block");
}
static void write_json(struct text *t)
{
    csan__text_json(t, "a\n\"\xff\x01\xc3\xa9", 7);
}
static void write_several(struct text *t)
{
    csan__text_str(t, "much");
    csan__text_u64(t, 77);
    csan__text_str(t, "");
    csan__text_char(t, '.');
    csan__text_bytes(t, 3);
}

static void (*const writers[])(struct text *) = {
    write_char,   write_str,   write_null,     write_mem,   write_u64,  write_hex,
    write_format, write_bytes, write_duration, write_count, write_json, write_several,
};

START_TEST(every_writer_is_cut_to_a_prefix_at_every_capacity)
{
    char whole[256], piece[256];
    struct text full = TEXT(whole);
    writers[_i](&full);
    ck_assert(!full.cut);
    ck_assert_uint_gt(full.len, 0);
    for (size_t cap = 0; cap <= full.len + 2; cap++) {
        memset(piece, '#', sizeof(piece));
        struct text t = {.buf = piece, .cap = cap};
        writers[_i](&t);
        ck_assert_int_eq(t.cut, cap < full.len + 1);
        ck_assert_uint_le(t.len, full.len);
        ck_assert_mem_eq(piece, whole, t.len);
        if (cap > 0) {
            ck_assert_uint_lt(t.len, cap);
            ck_assert_int_eq(piece[t.len], '\0');
        }
        for (size_t i = cap; i < sizeof(piece); i++)
            ck_assert_int_eq(piece[i], '#');
    }
}
END_TEST

START_TEST(plain_text_is_cut_at_the_last_byte_that_fits)
{
    char buf[5];
    struct text t = TEXT(buf);
    csan__text_str(&t, "123456");
    ck_assert_str_eq(buf, "1234");
    ck_assert(t.cut);
}
END_TEST

START_TEST(once_cut_nothing_is_added)
{
    char buf[5];
    struct text t = TEXT(buf);
    csan__text_str(&t, "12\xc3\xa9\xc3\xa9");
    ck_assert_str_eq(buf, "12\xc3\xa9");
    struct text small = TEXT(buf);
    csan__text_str(&small, "123\xc3\xa9");
    ck_assert_str_eq(buf, "123");
    csan__text_char(&small, '4');
    ck_assert_str_eq(buf, "123");
}
END_TEST

START_TEST(a_utf8_character_is_not_halved)
{
    static const char text[] = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"; /* 2, 3 and 4 bytes */
    static const size_t kept[] = {0, 0, 0, 2, 2, 2, 5, 5, 5, 5, 9};    /* by capacity */
    for (size_t cap = 0; cap < CSAN_COUNT(kept); cap++) {
        char buf[16];
        struct text t = {.buf = buf, .cap = cap};
        csan__text_str(&t, text);
        ck_assert_uint_eq(t.len, kept[cap]);
    }
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_cut_near_the_end)
{
    char buf[9];
    struct text t = TEXT(buf);
    csan__text_str(&t, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80");
    ck_assert_uint_ge(t.len, 5);
}
END_TEST

START_TEST(an_empty_text_ends_the_buffer)
{
    char buf[2] = {'a', 'b'};
    struct text t = TEXT(buf);
    csan__text_format(&t, "%s", "");
    ck_assert_str_eq(buf, "");
    buf[0] = 'a';
    const char *empty = "";
    csan__text_format(&t, empty, 0);
    ck_assert_str_eq(buf, "");
    buf[0] = 'a';
    csan__text_json(&t, "", 0);
    ck_assert_str_eq(buf, "");
    ck_assert(!t.cut);
}
END_TEST

/* ------------------------------------------------------------------ numbers and formats */

static void expect_u64(uint64_t v)
{
    char want[64], got[64];
    struct text t = TEXT(got);
    snprintf(want, sizeof(want), "%" PRIu64 " %" PRIx64, v, v);
    csan__text_u64(&t, v);
    csan__text_char(&t, ' ');
    csan__text_hex(&t, v);
    ck_assert_str_eq(got, want);
}

START_TEST(integers_are_written_as_printf_writes_them)
{
    for (uint64_t v = 0; v < 12000; v++)
        expect_u64(v);
    for (uint64_t ten = 1, i = 0; i < 20; i++, ten *= 10) {
        expect_u64(ten - 1);
        expect_u64(ten);
        expect_u64(ten + 1);
    }
    for (int shift = 0; shift < 64; shift++)
        expect_u64(next_random() >> shift);
    expect_u64(UINT64_MAX);
}
END_TEST

static void expect_formats(uint64_t v)
{
    char want[512], got[512];
    struct text t = TEXT(got);
    int i = (int)v;
    unsigned u = (unsigned)v;
    long l = (long)v;
    snprintf(want, sizeof(want), "%d|%u|%x|%ld|%lu|%lx|%zu|%zd|%zx|%%", i, u, u, l,
             (unsigned long)v, (unsigned long)v, (size_t)v, (ssize_t)l, (size_t)v);
    csan__text_format(&t, "%d|%u|%x|%ld|%lu|%lx|%zu|%zd|%zx|%%", i, u, u, l, (unsigned long)v,
                      (unsigned long)v, (size_t)v, (ssize_t)l, (size_t)v);
    ck_assert_str_eq(got, want);
}

START_TEST(formats_are_those_of_printf)
{
    static const uint64_t edges[] = {0,        1,         INT_MAX,    (uint64_t)INT_MIN,
                                     UINT_MAX, INT64_MAX, 1ull << 63, UINT64_MAX};
    for (size_t i = 0; i < CSAN_COUNT(edges); i++)
        expect_formats(edges[i]);
    for (int i = 0; i < 1000; i++)
        expect_formats(next_random() >> (i % 64));
}
END_TEST

START_TEST(strings_are_formatted_to_their_bound)
{
    char got[128];
    struct text t = TEXT(got);
    const char *volatile none = NULL; /* or the compiler complains */
    csan__text_format(&t, "%s %.*s %.*s %.*s %.*s %c %p", none, 2, "abc", 9, "de", -1, "fg", 0, "h",
                      'i', (void *)0x10);
    ck_assert_str_eq(got, "(null) ab de fg  i 0x10");
}
END_TEST

START_TEST(a_bounded_string_is_not_read_beyond_its_bound)
{
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(pages, MAP_FAILED);
    ck_assert_int_eq(mprotect(pages + 4096, 4096, PROT_NONE), 0);
    memcpy(pages + 4093, "end", 3);
    char got[8];
    struct text t = TEXT(got);
    csan__text_format(&t, "%.*s", 3, pages + 4093);
    ck_assert_str_eq(got, "end");
    munmap(pages, 8192);
}
END_TEST

START_TEST(an_unknown_conversion_ends_the_format_as_it_stands)
{
    static const char *const formats[] = {"a%5d b", "a%", "a%l", "a%q", "a%.3s", "a%lld"};
    for (size_t i = 0; i < CSAN_COUNT(formats); i++) {
        char got[16];
        struct text t = TEXT(got);
        csan__text_format(&t, formats[i], 1);
        ck_assert_str_eq(got, formats[i]);
    }
}
END_TEST

/* ------------------------------------------------------------------ JSON */

static const struct {
    const char *raw;
    const char *json;
} json_cases[] = {
    {"plain", "plain"},
    {"\"quoted\" \\ /", "\\\"quoted\\\" \\\\ /"},
    {"\b\t\n\v\f\r\x01\x1f\x7f", "\\b\\t\\n\\u000b\\f\\r\\u0001\\u001f\x7f"},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
    {"\x80", "\xef\xbf\xbd"},
    {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                 /* overlong / */
    {"\xe0\x9f\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* overlong */
    {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* a surrogate */
    {"\xf4\x90\x80\x80z", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"},
    {"\xf1\x80\x80\xe1\x80\xc2z", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"}, /* Unicode's example */
    {"cut\xf0\x9f\x98", "cut\xef\xbf\xbd"},
};

START_TEST(json_is_escaped_and_valid)
{
    char got[128];
    struct text t = TEXT(got);
    csan__text_json(&t, json_cases[_i].raw, strlen(json_cases[_i].raw));
    ck_assert_str_eq(got, json_cases[_i].json);
}
END_TEST

START_TEST(json_takes_no_more_than_the_bytes_given)
{
    char got[16];
    struct text t = TEXT(got);
    csan__text_json(&t, "\xc3\xa9", 1);
    ck_assert_str_eq(got, "\xef\xbf\xbd");
}
END_TEST

START_TEST(json_escapes_a_nul)
{
    char got[16];
    struct text t = TEXT(got);
    csan__text_json(&t, "a\0b", 3);
    ck_assert_str_eq(got, "a\\u0000b");
}
END_TEST

static size_t encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(leads[n] | c);
    return n;
}

START_TEST(json_keeps_every_character_of_unicode)
{
    for (uint32_t c = 0x80; c <= 0x10ffff; c++) {
        char raw[4], got[16];
        struct text t = TEXT(got);
        size_t n = encode(c, raw);
        csan__text_json(&t, raw, n);
        bool is_surrogate = c >= 0xd800 && c <= 0xdfff;
        if ((t.len == n && memcmp(raw, got, n) == 0) == is_surrogate) /* Check's own is slow */
            ck_abort_msg("U+%x", c);
    }
}
END_TEST

/* ------------------------------------------------------------------ numbers for people */

static const char *bytes_of(uint64_t v)
{
    static char buf[64];
    struct text t = TEXT(buf);
    csan__text_bytes(&t, v);
    return buf;
}

static const char *duration_of(uint64_t v)
{
    static char buf[64];
    struct text t = TEXT(buf);
    csan__text_duration(&t, v);
    return buf;
}

static const struct {
    uint64_t value;
    const char *want;
} bytes_cases[] =
    {
        {0, "0 B"},
        {1, "1 B"},
        {101, "101 B"},
        {1023, "1023 B"},
        {1024, "1.0 KiB"},
        {2048, "2.0 KiB"},
        {2099, "2.0 KiB"},
        {2100, "2.1 KiB"}, /* 2.0508: rounds up */
        {10188, "9.9 KiB"},
        {10189, "10 KiB"}, /* 9.9502 */
        {10 * 1024, "10 KiB"},
        {12 * 1024, "12 KiB"},
        {12 * 1024 + 511, "12 KiB"},
        {12 * 1024 + 512, "13 KiB"},
        {1023 * 1024 + 511, "1023 KiB"},
        {1023 * 1024 + 512, "1.0 MiB"}, /* never 1024 KiB */
        {(1 << 20) - 1, "1.0 MiB"},
        {1 << 20, "1.0 MiB"},
        {12 << 20, "12 MiB"},
        {1ull << 30, "1.0 GiB"},
        {1ull << 40, "1.0 TiB"},
        {1ull << 50, "1.0 PiB"},
        {1ull << 60, "1.0 EiB"},
        {INT64_MAX, "8.0 EiB"},
        {UINT64_MAX, "16 EiB"},
},
  duration_cases[] = {
      {0, "0 ns"},
      {250, "250 ns"},
      {999, "999 ns"},
      {1000, "1 us"},
      {1500, "1.5 us"},
      {1049, "1 us"},
      {1050, "1.1 us"},
      {9949, "9.9 us"},
      {9950, "10 us"},
      {999499, "999 us"},
      {999500, "1 ms"},
      {184000000, "184 ms"},
      {1000000000, "1 s"},
      {1500000000, "1.5 s"},
      {59400000000, "59 s"},
      {59500000000, "1 min"},
      {90000000000, "1.5 min"},
      {120000000000, "2 min"},
      {3600000000000, "60 min"},
      {UINT64_MAX, "307,445,735 min"},
};

START_TEST(sizes_read_as_people_write_them)
{
    ck_assert_str_eq(bytes_of(bytes_cases[_i].value), bytes_cases[_i].want);
}
END_TEST

START_TEST(durations_read_as_people_write_them)
{
    ck_assert_str_eq(duration_of(duration_cases[_i].value), duration_cases[_i].want);
}
END_TEST

START_TEST(counts_have_their_plural)
{
    static const struct {
        uint64_t n;
        const char *want;
    } cases[] = {{0, "0 blocks"},
                 {1, "1 block"},
                 {2, "2 blocks"},
                 {32, "32 blocks"},
                 {9999, "9999 blocks"},
                 {10000, "10,000 blocks"},
                 {12345, "12,345 blocks"},
                 {123456, "123,456 blocks"},
                 {1000000, "1,000,000 blocks"},
                 {UINT64_MAX, "18,446,744,073,709,551,615 blocks"}};
    for (size_t i = 0; i < CSAN_COUNT(cases); i++) {
        char got[64];
        struct text t = TEXT(got);
        csan__text_count(&t, cases[i].n, "block");
        ck_assert_str_eq(got, cases[i].want);
    }
}
END_TEST

struct scale {
    const char *name;
    double factor;
};
static const struct scale byte_scales[] = {{" B", 1},        {" KiB", 0x1p10}, {" MiB", 0x1p20},
                                           {" GiB", 0x1p30}, {" TiB", 0x1p40}, {" PiB", 0x1p50},
                                           {" EiB", 0x1p60}, {NULL, 0}};
static const struct scale time_scales[] = {{" ns", 1},  {" us", 1e3},   {" ms", 1e6},
                                           {" s", 1e9}, {" min", 60e9}, {NULL, 0}};

/* The number that a text for people stands for. */
static double value_of(const char *text, const struct scale *scales)
{
    char plain[64];
    size_t n = 0;
    for (const char *c = text; *c != '\0'; c++)
        if (*c != ',')
            plain[n++] = *c;
    plain[n] = '\0';
    char *unit;
    double number = strtod(plain, &unit);
    for (const struct scale *s = scales; s->name != NULL; s++)
        if (strcmp(unit, s->name) == 0)
            return number * s->factor;
    ck_abort_msg("no unit in %s", text);
}

static int compare_u64(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

static void expect_monotonic_and_near(const char *(*write)(uint64_t), const struct scale *scales)
{
    static uint64_t values[60000];
    for (size_t i = 0; i < CSAN_COUNT(values); i++) {
        uint64_t near_power = (1ull << (i % 64)) + (next_random() % 7) - 3;
        values[i] = i % 3 == 0 ? near_power : next_random() >> (i % 64);
    }
    qsort(values, CSAN_COUNT(values), sizeof(values[0]), compare_u64);
    double last = -1;
    for (size_t i = 0; i < CSAN_COUNT(values); i++) {
        const char *text = write(values[i]);
        double v = (double)values[i], shown = value_of(text, scales);
        ck_assert_msg(shown >= last, "%s for %" PRIu64 " is less than the one before", text,
                      values[i]);
        ck_assert_msg(shown >= v * 0.95 && shown <= v * 1.05, "%s for %" PRIu64, text, values[i]);
        last = shown;
    }
}

START_TEST(sizes_grow_with_their_values_and_stay_within_a_twentieth)
{
    expect_monotonic_and_near(bytes_of, byte_scales);
}
END_TEST

START_TEST(durations_grow_with_their_values_and_stay_within_a_twentieth)
{
    expect_monotonic_and_near(duration_of, time_scales);
}
END_TEST

START_TEST(a_size_never_shows_1024_of_its_unit)
{
    for (uint64_t v = 1; v != 0 && v < 1ull << 62; v += 1 + v / 97)
        ck_assert_ptr_null(strstr(bytes_of(v), "1024"));
    for (int shift = 10; shift < 63; shift++)
        for (uint64_t below = 1; below <= 4; below++)
            ck_assert_ptr_null(strstr(bytes_of((1ull << shift) - below), "1024"));
}
END_TEST

/* ------------------------------------------------------------------ what people write */

struct reading {
    const char *text;
    int result;
    uint64_t value;
};

static const struct reading byte_readings[] =
    {
        {"0", 0, 0},
        {"0B", 0, 0},
        {"17", 0, 17},
        {"17B", 0, 17},
        {"4KiB", 0, 4096},
        {"4K", 0, 4096},
        {"4k", 0, 4096},
        {"4kib", 0, 4096},
        {"4 KiB", 0, 4096},
        {"1M", 0, 1 << 20},
        {"1MiB", 0, 1 << 20},
        {"2GiB", 0, 2ull << 30},
        {"2g", 0, 2ull << 30},
        {"0.5KiB", 0, 512},
        {"1.25MiB", 0, (1 << 20) + (1 << 18)},
        {"1.000000K", 0, 1024},
        {"0.0001K", 0, 0},
        {"007", 0, 7},
        {"9223372036854775807", 0, INT64_MAX},
        {"9223372036854775808", -ERANGE, 0},
        {"18446744073709551615", -ERANGE, 0},
        {"18446744073709551616", -ERANGE, 0},
        {"99999999999999999999999", -ERANGE, 0},
        {"8589934592GiB", -ERANGE, 0},
        {"8589934591GiB", 0, 8589934591ull << 30},
        {"17179869184GiB", -ERANGE, 0}, /* 2^64 */
        {"99999999999999999999999KB", -EINVAL, 0},
        {"", -EINVAL, 0},
        {" 1", -EINVAL, 0},
        {"1 ", -EINVAL, 0},
        {"1B ", -EINVAL, 0},
        {"B", -EINVAL, 0},
        {"KiB", -EINVAL, 0},
        {"4KB", -EINVAL, 0},
        {"4kB", -EINVAL, 0},
        {"4MB", -EINVAL, 0},
        {"4Ki", -EINVAL, 0},
        {"4KiBs", -EINVAL, 0},
        {"4T", -EINVAL, 0},
        {"-1", -EINVAL, 0},
        {"+1", -EINVAL, 0},
        {"0x10", -EINVAL, 0},
        {"1e3", -EINVAL, 0},
        {"1.5", -EINVAL, 0},
        {"0.0", -EINVAL, 0},
        {"1.5B", -EINVAL, 0},
        {"1.KiB", -EINVAL, 0},
        {".5KiB", -EINVAL, 0},
        {"1.0000000K", -EINVAL, 0},
        {"1..5K", -EINVAL, 0},
        {"1,5K", -EINVAL, 0},
        {"off", -EINVAL, 0},
        {"1s", -EINVAL, 0},
},
                            duration_readings[] =
                                {
                                    {"0", 0, 0},
                                    {"0s", 0, 0},
                                    {"00", 0, 0},
                                    {"250ns", 0, 250},
                                    {"3us", 0, 3000},
                                    {"184ms", 0, 184000000},
                                    {"1s", 0, 1000000000},
                                    {"1 s", 0, 1000000000},
                                    {"1.5s", 0, 1500000000},
                                    {"0.000001s", 0, 1000},
                                    {"2min", 0, 120000000000},
                                    {"0.5min", 0, 30000000000},
                                    {"59.999999min", 0, 3599999940000},
                                    {"153722867min", 0, 153722867ull * 60000000000},
                                    {"153722868min", -ERANGE, 0},
                                    {"9223372036854775807ns", 0, INT64_MAX},
                                    {"9223372036854775808ns", -ERANGE, 0},
                                    {"99999999999999999999s", -ERANGE, 0},
                                    {"1", -EINVAL, 0},
                                    {"99999999999999999999", -EINVAL, 0},
                                    {"0.0", -EINVAL, 0},
                                    {"1.5ns", -EINVAL, 0},
                                    {"1m", -EINVAL, 0},
                                    {"1h", -EINVAL, 0},
                                    {"1S", -EINVAL, 0},
                                    {"1MS", -EINVAL, 0},
                                    {"1sec", -EINVAL, 0},
                                    {"1mi", -EINVAL, 0},
                                    {"1minute", -EINVAL, 0},
                                    {"s", -EINVAL, 0},
                                    {"-1s", -EINVAL, 0},
                                    {"", -EINVAL, 0},
},
                            number_readings[] = {
                                {"0", 0, 0},
                                {"86", 0, 86},
                                {"9223372036854775807", 0, INT64_MAX},
                                {"9223372036854775808", -ERANGE, 0},
                                {"18446744073709551617", -ERANGE, 0},
                                {"", -EINVAL, 0},
                                {"-1", -EINVAL, 0},
                                {"+1", -EINVAL, 0},
                                {"1 ", -EINVAL, 0},
                                {"1x", -EINVAL, 0},
                                {"0x1", -EINVAL, 0},
                                {"1.0", -EINVAL, 0},
};

static void expect_reading(const struct reading *r, int (*read)(const char *, size_t, uint64_t *))
{
    uint64_t value = 0x5555;
    int result = read(r->text, strlen(r->text), &value);
    ck_assert_msg(result == r->result, "'%s': %d", r->text, result);
    ck_assert_uint_eq(value, result == 0 ? r->value : 0x5555);
}

START_TEST(sizes_are_read_with_their_units)
{
    expect_reading(&byte_readings[_i], csan__text_read_bytes);
}
END_TEST

START_TEST(durations_are_read_with_their_units)
{
    expect_reading(&duration_readings[_i], csan__text_read_duration);
}
END_TEST

START_TEST(numbers_are_read_as_digits)
{
    expect_reading(&number_readings[_i], csan__text_read_u64);
}
END_TEST

START_TEST(no_more_is_read_than_the_bytes_given)
{
    uint64_t value = 0;
    ck_assert_int_eq(csan__text_read_bytes("4KiB8", 4, &value), 0);
    ck_assert_uint_eq(value, 4096);
    ck_assert_int_eq(csan__text_read_u64("1234", 2, &value), 0);
    ck_assert_uint_eq(value, 12);
    ck_assert_int_eq(csan__text_read_duration("5minutes", 4, &value), 0);
    ck_assert_uint_eq(value, 5 * 60000000000ull);
}
END_TEST

START_TEST(what_is_written_for_people_is_read_back)
{
    for (int i = 0; i < 20000; i++) {
        uint64_t v = next_random() >> (24 + i % 40), back; /* below 1 TiB, 20 min */
        const char *size = bytes_of(v);
        ck_assert_msg(csan__text_read_bytes(size, strlen(size), &back) == 0, "%s", size);
        ck_assert_double_le((double)back, (double)v * 1.05);
        ck_assert_double_ge((double)back, (double)v * 0.95 - 1);
        const char *time = duration_of(v);
        ck_assert_msg(csan__text_read_duration(time, strlen(time), &back) == 0, "%s", time);
        ck_assert_double_le((double)back, (double)v * 1.05);
        ck_assert_double_ge((double)back, (double)v * 0.95 - 1);
    }
}
END_TEST

/* ------------------------------------------------------------------ strings */

START_TEST(strings_are_compared_and_null_is_its_own)
{
    ck_assert(csan__text_equal("", ""));
    ck_assert(csan__text_equal("abc", "abc"));
    ck_assert(!csan__text_equal("abc", "ab"));
    ck_assert(!csan__text_equal("ab", "abc"));
    ck_assert(!csan__text_equal("a", "b"));
    ck_assert(csan__text_equal(NULL, NULL));
    ck_assert(!csan__text_equal(NULL, ""));
    ck_assert(!csan__text_equal("", NULL));
    ck_assert_uint_eq(csan__text_length(NULL), 0);
    ck_assert_uint_eq(csan__text_length("abc"), 3);
}
END_TEST

static TCase *writing(void)
{
    TCase *c = tcase_create("writing");
    tcase_add_loop_test(c, every_writer_is_cut_to_a_prefix_at_every_capacity, 0,
                        CSAN_COUNT(writers));
    tcase_add_test(c, plain_text_is_cut_at_the_last_byte_that_fits);
    tcase_add_test(c, once_cut_nothing_is_added);
    tcase_add_test(c, a_utf8_character_is_not_halved);
    tcase_add_test(c, bytes_that_are_no_utf8_are_cut_near_the_end);
    tcase_add_test(c, an_empty_text_ends_the_buffer);
    tcase_add_test(c, integers_are_written_as_printf_writes_them);
    tcase_add_test(c, formats_are_those_of_printf);
    tcase_add_test(c, strings_are_formatted_to_their_bound);
    tcase_add_test(c, a_bounded_string_is_not_read_beyond_its_bound);
    tcase_add_test(c, an_unknown_conversion_ends_the_format_as_it_stands);
    tcase_add_loop_test(c, json_is_escaped_and_valid, 0, CSAN_COUNT(json_cases));
    tcase_add_test(c, json_takes_no_more_than_the_bytes_given);
    tcase_add_test(c, json_escapes_a_nul);
    tcase_add_test(c, json_keeps_every_character_of_unicode);
    return c;
}

static TCase *people(void)
{
    TCase *c = tcase_create("people");
    tcase_add_loop_test(c, sizes_read_as_people_write_them, 0, CSAN_COUNT(bytes_cases));
    tcase_add_loop_test(c, durations_read_as_people_write_them, 0, CSAN_COUNT(duration_cases));
    tcase_add_test(c, counts_have_their_plural);
    tcase_add_test(c, sizes_grow_with_their_values_and_stay_within_a_twentieth);
    tcase_add_test(c, durations_grow_with_their_values_and_stay_within_a_twentieth);
    tcase_add_test(c, a_size_never_shows_1024_of_its_unit);
    tcase_add_loop_test(c, sizes_are_read_with_their_units, 0, CSAN_COUNT(byte_readings));
    tcase_add_loop_test(c, durations_are_read_with_their_units, 0, CSAN_COUNT(duration_readings));
    tcase_add_loop_test(c, numbers_are_read_as_digits, 0, CSAN_COUNT(number_readings));
    tcase_add_test(c, no_more_is_read_than_the_bytes_given);
    tcase_add_test(c, what_is_written_for_people_is_read_back);
    tcase_add_test(c, strings_are_compared_and_null_is_its_own);
    return c;
}

int main(void)
{
    Suite *s = suite_create("text");
    suite_add_tcase(s, writing());
    suite_add_tcase(s, people());
    return suite_run(s);
}

/* Reading an executable's symbols: the right ones, and no crash on any bytes. */
#include "test_integration/elf.h"

#include <check.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int csan_test_of_elf = 7; /* an object to be found, by this name */

static char *image;
static size_t image_bytes;
static char path[64];

static void read_own_image(void)
{
    FILE *f = fopen("/proc/self/exe", "rb");
    ck_assert_ptr_nonnull(f);
    fseek(f, 0, SEEK_END);
    image_bytes = (size_t)ftell(f);
    rewind(f);
    image = malloc(image_bytes);
    ck_assert_uint_eq(fread(image, 1, image_bytes, f), image_bytes);
    fclose(f);
    snprintf(path, sizeof path, "/tmp/csan_test_elf_%d", (int)getpid());
}

static void forget_image(void)
{
    unlink(path);
    free(image);
}

/* Address of csan_test_of_elf in a file of these bytes; 0: not found. */
static uintptr_t found_in(const char *bytes, size_t n)
{
    struct elf_wanted w = {.name = "csan_test_of_elf"};
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
    csan__elf_find_in(path, &w, 1);
    return w.address;
}

START_TEST(symbol_of_a_file_is_found)
{
    uintptr_t at = found_in(image, image_bytes);
    ck_assert_uint_ne(at, 0);
    ck_assert_uint_eq(at % 4096, (uintptr_t)&csan_test_of_elf % 4096);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    struct elf_wanted w[] = {{"csan_no_such_symbol", 1}, {"csan_test_of_el", 1}, {"", 1}};
    csan__elf_find_in("/proc/self/exe", w, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(w[i].address, 0);
}
END_TEST

START_TEST(missing_file_and_folder_have_no_symbols)
{
    struct elf_wanted w = {.name = "csan_test_of_elf"};
    csan__elf_find_in("/nowhere/at/all", &w, 1);
    ck_assert_uint_eq(w.address, 0);
    csan__elf_find_in("/", &w, 1);
    ck_assert_uint_eq(w.address, 0);
    ck_assert_uint_eq(found_in("", 0), 0);
}
END_TEST

START_TEST(file_cut_anywhere_is_read_without_a_crash)
{
    for (size_t n = 0; n < image_bytes; n += image_bytes / 97 + 1)
        found_in(image, n);
    for (size_t n = 0; n < sizeof(Elf64_Ehdr) + 8; n++)
        ck_assert_uint_eq(found_in(image, n), 0);
}
END_TEST

/* Each field that says where something is, set to what no file has. */
START_TEST(wrong_offsets_are_read_without_a_crash)
{
    static const uint64_t odd[] = {0, 1, 7, 0x7fffffff, UINT32_MAX, UINT64_MAX, UINT64_MAX - 63};
    Elf64_Ehdr header;
    memcpy(&header, image, sizeof header);
    for (size_t o = 0; o < sizeof odd / sizeof odd[0]; o++) {
        for (unsigned s = 0; s < header.e_shnum; s++) {
            char *section = image + header.e_shoff + s * sizeof(Elf64_Shdr);
            Elf64_Shdr whole, bad;
            memcpy(&whole, section, sizeof whole);
            for (int field = 0; field < 4; field++) {
                bad = whole;
                if (field == 0)
                    bad.sh_offset = odd[o];
                else if (field == 1)
                    bad.sh_size = odd[o];
                else if (field == 2)
                    bad.sh_link = (uint32_t)odd[o];
                else
                    bad.sh_entsize = odd[o];
                if (whole.sh_type != SHT_SYMTAB && whole.sh_type != SHT_STRTAB)
                    continue;
                memcpy(section, &bad, sizeof bad);
                found_in(image, image_bytes);
            }
            memcpy(section, &whole, sizeof whole);
        }
        Elf64_Ehdr bad = header;
        bad.e_shoff = odd[o];
        bad.e_shnum = (uint16_t)(odd[o] | 1);
        memcpy(image, &bad, sizeof bad);
        ck_assert_uint_eq(found_in(image, image_bytes), 0);
        memcpy(image, &header, sizeof header);
    }
}
END_TEST

START_TEST(random_bytes_are_read_without_a_crash)
{
    Elf64_Ehdr header;
    memcpy(&header, image, sizeof header);
    srand((unsigned)_i);
    for (int flips = 0; flips < 20; flips++) {
        size_t sections = (size_t)header.e_shnum * sizeof(Elf64_Shdr);
        size_t at = (size_t)rand() % (sections + sizeof header);
        at = at < sizeof header ? at : header.e_shoff + at - sizeof header;
        image[at] = (char)rand();
    }
    found_in(image, image_bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("elf");
    TCase *tc = tcase_create("elf");
    tcase_add_checked_fixture(tc, read_own_image, forget_image);
    tcase_add_test(tc, symbol_of_a_file_is_found);
    tcase_add_test(tc, what_is_not_there_is_not_found);
    tcase_add_test(tc, missing_file_and_folder_have_no_symbols);
    tcase_add_test(tc, file_cut_anywhere_is_read_without_a_crash);
    tcase_add_test(tc, wrong_offsets_are_read_without_a_crash);
    tcase_add_loop_test(tc, random_bytes_are_read_without_a_crash, 0, 200);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

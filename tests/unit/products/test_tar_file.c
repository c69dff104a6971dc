/* SPDX-License-Identifier: GPL-2.0-or-later
 * Headers of tar archives: long names in every format, damage and cuts. */
#include "products/tar_file.h"

#include "kit/check.h"

enum { block = 512 };

static unsigned char archive[16 * block];
static size_t length;

/* Appends a header and its content. */
static void put(const char *name, const char *prefix, char type, const char *content, size_t size) {
    unsigned char *h = archive + length;
    unsigned sum = 0;
    memset(h, 0, block);
    (void)snprintf((char *)h, 100, "%s", name);
    (void)snprintf((char *)h + 124, 12, "%011o", (unsigned)size);
    (void)snprintf((char *)h + 345, 155, "%s", prefix);
    memcpy(h + 257, "ustar", 6);
    h[156] = (unsigned char)type;
    memset(h + 148, ' ', 8);
    for (int i = 0; i < block; i++) {
        sum += h[i];
    }
    (void)snprintf((char *)h + 148, 8, "%06o", sum);
    length += block;
    memset(archive + length, 0, block);
    memcpy(archive + length, content, size);
    length += (size + block - 1) / block * block;
}

static VSILFILE *open_archive(size_t n) {
    return VSIFileFromMemBuffer("/vsimem/test.tar", archive, n, 0);
}

static void close_archive(VSILFILE *file) {
    (void)VSIFCloseL(file);
    (void)VSIUnlink("/vsimem/test.tar");
}

static void expect(VSILFILE *file, const char *name, double size, int is_file) {
    tl_tar_entry entry;
    tl_err err = {0};
    int found = 0;
    CHECK_OK(tl_products_tar_next(file, &entry, &found, &err));
    assert_int_equal(found, 1);
    assert_string_equal(entry.name, name);
    CHECK_NEAR(entry.size, size, 0.0);
    assert_int_equal(entry.is_file, is_file);
    CHECK_OK(tl_products_tar_skip(file, &entry, 0.0, &err));
}

static void names_of_every_format_are_whole(void **state) {
    (void)state;
    char gnu[300];
    memset(gnu, 'g', sizeof gnu);
    memcpy(gnu + 290, "/end.tif", 9);
    length = 0;
    put("folder/", "", '5', "", 0);
    put("scene.tif", "a/folder", '0', "1234", 4);
    put("././@LongLink", "", 'L', gnu, strlen(gnu) + 1);
    put("cut", "", '0', "12", 2);
    put("pax", "", 'x', "23 path=deep/other.tif\n12 size=600\n", 35);
    put("cut", "", '0', "", 0);
    length += 2 * block; /* the content of 600 bytes that the header does not state */
    put("link", "", '2', "", 0);
    memset(archive + length, 0, block);
    VSILFILE *file = open_archive(length + block);
    expect(file, "folder/", 0.0, 0);
    expect(file, "a/folder/scene.tif", 4.0, 1);
    expect(file, gnu, 2.0, 1);
    expect(file, "deep/other.tif", 600.0, 1);
    expect(file, "link", 0.0, 0);
    tl_tar_entry entry;
    tl_err err = {0};
    int found = 1;
    CHECK_OK(tl_products_tar_next(file, &entry, &found, &err));
    assert_int_equal(found, 0);
    close_archive(file);
}

static void damage_and_cuts_are_refused(void **state) {
    (void)state;
    tl_tar_entry entry;
    tl_err err = {0};
    int found = 0;
    length = 0;
    put("scene.tif", "", '0', "1234", 4);
    VSILFILE *file = open_archive(300);
    assert_int_equal(tl_products_tar_next(file, &entry, &found, &err), TL_FORMAT);
    assert_non_null(strstr(err.text, "cut off"));
    close_archive(file);
    file = open_archive(block + 100);
    CHECK_OK(tl_products_tar_next(file, &entry, &found, &err));
    assert_int_equal(tl_products_tar_skip(file, &entry, 0.0, &err), TL_FORMAT);
    close_archive(file);
    archive[3] ^= 1U;
    file = open_archive(length);
    assert_int_equal(tl_products_tar_next(file, &entry, &found, &err), TL_FORMAT);
    assert_non_null(strstr(err.text, "no tar archive"));
    close_archive(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_every_format_are_whole),
        cmocka_unit_test(damage_and_cuts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Atmospheric look-up tables come back from their bytes as they were, and broken files are refused
 * with a sentence. */
#include "atmosphere/air_table.h"
#include "kit/check.h"

static void fill(tl_air_table *t) {
    tl_err err;
    CHECK_OK(tl_atmosphere_air_table_init(t, 2, 3, 4, &err));
    for (int i = 0; i < 4; i++) {
        t->aod[i % 2] = 0.125 * (double)(i % 2 + 1);
        t->water_g_cm2[i % 3] = 0.5 * (double)(i % 3 + 1);
        t->wavelength_nm[i] = 500.0 + 250.0 * (double)i;
    }
    for (int i = 0; i < 24; i++) {
        t->path[i] = 0.001F * (float)i;
        t->down[i] = 0.9F - 0.01F * (float)i;
        t->up[i] = 0.95F - 0.01F * (float)i;
        t->albedo[i] = 0.002F * (float)i;
    }
}

static void a_table_survives_its_file(void **state) {
    (void)state;
    tl_err err;
    tl_air_table t;
    tl_air_table back;
    unsigned char *bytes = NULL;
    size_t length = 0;
    fill(&t);
    CHECK_OK(tl_atmosphere_air_table_encode(&t, &bytes, &length, &err));
    assert_int_equal(length, 20 + 4 * (2 + 3 + 4 + 4 * 24));
    assert_int_equal(bytes[2], 0x55); /* little-endian "LUT" */
    CHECK_OK(tl_atmosphere_air_table_decode(bytes, length, "it", &back, &err));
    assert_int_equal(back.n_wavelength, 4);
    for (int i = 0; i < 4; i++) {
        CHECK_NEAR(back.wavelength_nm[i], t.wavelength_nm[i], 1e-4); /* float32 micrometres */
    }
    for (int i = 0; i < 24; i++) {
        CHECK_NEAR((double)back.path[i], (double)t.path[i], 0.0);
        CHECK_NEAR((double)back.up[i], (double)t.up[i], 0.0);
        CHECK_NEAR((double)back.albedo[i], (double)t.albedo[i], 0.0);
    }
    tl_atmosphere_air_table_free(&back);
    /* The same words as a big-endian machine writes them. */
    for (size_t i = 0; i < length; i += 4) {
        const unsigned char word[4] = {bytes[i + 3], bytes[i + 2], bytes[i + 1], bytes[i]};
        memcpy(bytes + i, word, 4);
    }
    CHECK_OK(tl_atmosphere_air_table_decode(bytes, length, "it", &back, &err));
    CHECK_NEAR((double)back.down[23], (double)t.down[23], 0.0);
    tl_atmosphere_air_table_free(&back);
    tl_atmosphere_air_table_free(&t);
    tl_release(bytes);
}

static void refuse(const unsigned char *bytes, size_t length, const char *words) {
    tl_err err;
    tl_air_table t;
    assert_int_equal(tl_atmosphere_air_table_decode(bytes, length, "table 'x'", &t, &err),
                     TL_FORMAT);
    assert_null(t.path);
    if (strstr(err.text, words) == NULL) {
        fail_msg("'%s' lacks '%s'", err.text, words);
    }
}

static void broken_files_are_refused(void **state) {
    (void)state;
    tl_err err;
    tl_air_table t;
    unsigned char *bytes = NULL;
    size_t length = 0;
    fill(&t);
    CHECK_OK(tl_atmosphere_air_table_encode(&t, &bytes, &length, &err));
    for (size_t cut = 0; cut < length; cut++) { /* reads nothing beyond what is there */
        unsigned char *part = tl_acquire((ptrdiff_t)cut + 1, 1);
        assert_non_null(part);
        memcpy(part, bytes, cut);
        refuse(part, cut, "bytes");
        tl_release(part);
    }
    unsigned char saved[8];
    memcpy(saved, bytes, 8);
    bytes[0] = 1;
    refuse(bytes, length, "not an atmospheric look-up table");
    memcpy(bytes, saved, 8);
    bytes[4] = 2;
    refuse(bytes, length, "version 2");
    memcpy(bytes, saved, 8);
    memcpy(saved, bytes + 16, 4);
    memset(bytes + 16, 0xFF, 4); /* four thousand million wavelengths */
    refuse(bytes, length, "wavelengths");
    memset(bytes + 16, 0, 4);
    refuse(bytes, length, "0 wavelengths");
    memcpy(bytes + 16, saved, 4);
    memcpy(saved, bytes + 20, 8);
    memcpy(bytes + 20, saved + 4, 4); /* both aerosol loads alike */
    refuse(bytes, length, "does not increase");
    memcpy(bytes + 20, saved, 8);
    memset(bytes + length - 4, 0xFF, 4); /* NaN */
    refuse(bytes, length, "spherical albedo");
    tl_release(bytes);
    tl_atmosphere_air_table_free(&t);
}

static void memory_that_runs_out_is_said(void **state) {
    (void)state;
    const ptrdiff_t alive = tl_live_blocks();
    for (ptrdiff_t n = 0; n < 7; n++) {
        tl_err err;
        tl_air_table t;
        tl_fail_after(n);
        assert_int_equal(tl_atmosphere_air_table_init(&t, 2, 2, 2, &err), TL_NOMEM);
        tl_fail_after(-1);
        assert_int_equal(tl_live_blocks(), alive);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_survives_its_file),
        cmocka_unit_test(broken_files_are_refused),
        cmocka_unit_test(memory_that_runs_out_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fixed transforms of spectra: where they are torn, what each step does, and that blocks, rows and
 * the linear form agree. */
#include "spectra/transform.h"

#include "base/rng.h"
#include "kit/check.h"
#include "spectra/continuum.h"

/* Two detectors of 4 and 8 nm, a water window left out, an overlap: as on satellites. */
static void gaps_seams_and_overlaps_tear(void **state) {
    (void)state;
    tl_err err = {0};
    double nm[64];
    ptrdiff_t p = 0;
    for (int j = 0; j < 12; j++) {
        nm[p++] = 900.0 + 4.0 * j + 0.2 * (j % 2);
    }
    const ptrdiff_t seam = p;
    for (int j = 0; j < 10; j++) {
        nm[p++] = 953.0 + 8.0 * j;
    }
    const ptrdiff_t overlap = p;
    for (int j = 0; j < 8; j++) {
        nm[p++] = 1000.0 + 8.0 * j;
    }
    const ptrdiff_t gap = p;
    for (int j = 0; j < 8; j++) {
        nm[p++] = 1460.0 + 8.0 * j;
    }
    tl_segments s;
    CHECK_OK(tl_spectra_segments(nm, p, &s, &err));
    assert_int_equal(s.n, 4);
    const ptrdiff_t want[] = {0, seam, overlap, gap, p};
    for (ptrdiff_t i = 0; i <= 4; i++) {
        assert_int_equal(s.start[i], want[i]);
    }
    tl_spectra_segments_free(&s);
}

static void fine_bands_behind_coarse_ones_are_torn_at_the_wide_step(void **state) {
    (void)state;
    tl_err err = {0};
    double nm[20];
    for (int j = 0; j < 10; j++) {
        nm[j] = 900.0 + 10.0 * j;
        nm[10 + j] = 1000.0 + 4.0 * j;
    }
    tl_segments s;
    CHECK_OK(tl_spectra_segments(nm, 20, &s, &err));
    assert_int_equal(s.n, 2);
    assert_int_equal(s.start[1], 10);
    tl_spectra_segments_free(&s);
    CHECK_OK(tl_spectra_segments(nm, 10, &s, &err));
    assert_int_equal(s.n, 1);
    tl_spectra_segments_free(&s);
    CHECK_OK(tl_spectra_segments(nm, 0, &s, &err));
    assert_int_equal(s.n, 0);
    tl_spectra_segments_free(&s);
    /* Coarse bands: the water window tears although no step is wide. */
    const double coarse[] = {1000.0, 1170.0, 1340.0, 1510.0, 1680.0};
    CHECK_OK(tl_spectra_segments(coarse, 5, &s, &err));
    assert_int_equal(s.n, 2);
    assert_int_equal(s.start[1], 3);
    tl_spectra_segments_free(&s);
}

static void absorbance_and_snv_are_their_formulas(void **state) {
    (void)state;
    tl_err err = {0};
    const double nm[4] = {500.0, 510.0, 520.0, 530.0};
    tl_transform t;
    tl_matrix x;
    CHECK_OK(tl_matrix_init(&x, 3, 4, &err));
    const double value[12] = {0.1, 0.01, 1.0, 0.0, 0.1, 0.2, 0.4, (double)NAN, 0.3, 0.3, 0.3, 0.3};
    memcpy(x.data, value, sizeof value);
    CHECK_OK(tl_spectra_transform_init("absorbance", 11, 2, nm, 4, &t, &err));
    CHECK_OK(tl_spectra_transform_rows(&t, &x, &err));
    CHECK_NEAR(x.data[0], 1.0, 1e-15);
    CHECK_NEAR(x.data[1], 2.0, 1e-15);
    CHECK_NEAR(x.data[2], 0.0, 1e-15);
    CHECK_NEAR(x.data[3], 4.0, 1e-15);
    CHECK_NEAR(x.data[5], -log10(0.2), 1e-15);
    assert_true(isnan(x.data[7]));
    assert_int_equal(tl_spectra_transform_is_linear(&t), 0);
    tl_spectra_transform_free(&t);
    CHECK_OK(tl_spectra_transform_init("snv", 11, 2, nm, 4, &t, &err));
    CHECK_OK(tl_spectra_transform_rows(&t, &x, &err));
    double sum = 0.0;
    double squares = 0.0;
    for (int j = 0; j < 4; j++) {
        sum += x.data[j];
        squares += x.data[j] * x.data[j];
        assert_true(isnan(x.data[4 + j]));
        CHECK_NEAR(x.data[8 + j], 0.0, 0.0);
    }
    CHECK_NEAR(sum, 0.0, 1e-14);
    CHECK_NEAR(squares, 3.0, 1e-14);
    tl_spectra_transform_free(&t);
    tl_matrix_free(&x);
}

/* A dent in a straight line: the hull is the line, the dent keeps its relative depth. */
static void the_continuum_of_a_dented_line_is_the_line(void **state) {
    (void)state;
    enum { p = 11 };
    double nm[p];
    double value[p];
    ptrdiff_t hull[p];
    for (int j = 0; j < p; j++) {
        nm[j] = 2000.0 + 10.0 * j;
        value[j] = 0.2 + 0.001 * (nm[j] - 2000.0);
    }
    value[4] *= 0.7;
    value[5] *= 0.5;
    ptrdiff_t start[] = {0, p};
    const tl_segments one = {.n = 1, .start = start};
    tl_spectra_remove_continuum(nm, &one, value, hull);
    for (int j = 0; j < p; j++) {
        CHECK_NEAR(value[j], j == 4 ? 0.7 : (j == 5 ? 0.5 : 1.0), 1e-14);
    }
    double other[4] = {0.1, -0.2, 0.3, 0.0};
    ptrdiff_t pair[] = {0, 3, 4};
    const tl_segments two = {.n = 2, .start = pair};
    tl_spectra_remove_continuum(nm, &two, other, hull);
    CHECK_NEAR(other[1], -1.0, 1e-14); /* the hull there is (0.1 + 0.3) / 2 */
    assert_true(isnan(other[3]));
}

static const char *const chains[] = {"none",
                                     "absorbance",
                                     "continuum",
                                     "smooth",
                                     "derivative",
                                     "derivative2",
                                     "snv",
                                     "absorbance+smooth+derivative+snv",
                                     "continuum+smooth+snv"};

/* Pixels in a block and rows of a table: the same bits. */
static void blocks_and_rows_have_the_same_bits(void **state) {
    (void)state;
    tl_err err = {0};
    enum { p = 30, n = 7 };
    double nm[p];
    double block[p * n];
    double work[(p + 2) * n + p];
    for (int j = 0; j < p; j++) {
        nm[j] = 1200.0 + 9.0 * j + (j < 16 ? 0.0 : 120.0);
    }
    for (size_t c = 0; c < sizeof chains / sizeof *chains; c++) {
        tl_rng rng = tl_rng_start(5, TL_STREAM_SIMULATE, 0);
        tl_matrix x;
        CHECK_OK(tl_matrix_init(&x, n, p, &err));
        for (ptrdiff_t i = 0; i < n; i++) {
            for (ptrdiff_t j = 0; j < p; j++) {
                x.data[i * p + j] = 0.2 + 0.1 * tl_rng_uniform(&rng);
                block[j * n + i] = x.data[i * p + j];
            }
        }
        tl_transform t;
        CHECK_OK(tl_spectra_transform_init(chains[c], 7, 2, nm, p, &t, &err));
        assert_int_equal(t.segments.n, 2);
        CHECK_OK(tl_spectra_transform_rows(&t, &x, &err));
        tl_spectra_transform_block(&t, block, n, work);
        for (ptrdiff_t i = 0; i < n; i++) {
            for (ptrdiff_t j = 0; j < p; j++) {
                assert_true(block[j * n + i] == x.data[i * p + j]);
            }
        }
        tl_spectra_transform_free(&t);
        tl_matrix_free(&x);
    }
}

static void a_linear_chain_is_a_matrix(void **state) {
    (void)state;
    tl_err err = {0};
    enum { p = 25 };
    double nm[p];
    tl_matrix x;
    tl_matrix map;
    tl_transform t;
    CHECK_OK(tl_matrix_init(&x, 1, p, &err));
    double before[p];
    for (int j = 0; j < p; j++) {
        nm[j] = 1200.0 + 9.0 * j + (j < 12 ? 0.0 : 120.0);
        before[j] = x.data[j] = 0.2 + 0.05 * sin(j);
    }
    CHECK_OK(tl_spectra_transform_init("smooth+derivative", 5, 2, nm, p, &t, &err));
    CHECK_OK(tl_spectra_transform_linear(&t, &map, &err));
    CHECK_OK(tl_spectra_transform_rows(&t, &x, &err));
    for (ptrdiff_t j = 0; j < p; j++) {
        double sum = 0.0;
        for (ptrdiff_t k = 0; k < p; k++) {
            sum += tl_matrix_row(&map, j)[k] * before[k];
        }
        CHECK_NEAR(sum, x.data[j], 1e-15);
    }
    tl_matrix_free(&map);
    tl_spectra_transform_free(&t);
    CHECK_OK(tl_spectra_transform_init("smooth+snv", 5, 2, nm, p, &t, &err));
    assert_int_equal(tl_spectra_transform_linear(&t, &map, &err), TL_INTERNAL);
    tl_spectra_transform_free(&t);
    tl_matrix_free(&x);
}

static void wrong_names_are_explained(void **state) {
    (void)state;
    tl_err err = {0};
    assert_int_equal(tl_spectra_transform_check("none", &err), TL_OK);
    assert_int_equal(tl_spectra_transform_check("absorbence", &err), TL_ARG);
    assert_non_null(strstr(err.text, "'absorbence'"));
    assert_int_equal(tl_spectra_transform_check("snv+smooth", &err), TL_ARG);
    assert_non_null(strstr(err.text, "'smooth' is in the wrong position"));
    assert_int_equal(tl_spectra_transform_check("absorbance+continuum", &err), TL_ARG);
    assert_int_equal(tl_spectra_transform_check("derivative+derivative2", &err), TL_ARG);
    assert_int_equal(tl_spectra_transform_check("", &err), TL_ARG);
    assert_int_equal(tl_spectra_transform_check("snv+", &err), TL_ARG);
    tl_transform t;
    const double nm[2] = {500.0, 510.0};
    assert_int_equal(tl_spectra_transform_init("smooth", 4, 2, nm, 2, &t, &err), TL_ARG);
    assert_null(t.centre_nm);
}

static void running_out_of_memory_leaves_nothing(void **state) {
    (void)state;
    tl_err err = {0};
    double nm[20];
    for (int j = 0; j < 20; j++) {
        nm[j] = 500.0 + 5.0 * j;
    }
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    ptrdiff_t allowed = 0;
    for (; code == TL_NOMEM; allowed++) {
        tl_transform t;
        tl_fail_after(allowed);
        code = tl_spectra_transform_init("smooth+derivative+snv", 5, 2, nm, 20, &t, &err);
        tl_fail_after(-1);
        tl_spectra_transform_free(&t);
        assert_int_equal(tl_live_blocks(), before);
    }
    assert_int_equal(code, TL_OK);
    assert_true(allowed > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_seams_and_overlaps_tear),
        cmocka_unit_test(fine_bands_behind_coarse_ones_are_torn_at_the_wide_step),
        cmocka_unit_test(absorbance_and_snv_are_their_formulas),
        cmocka_unit_test(the_continuum_of_a_dented_line_is_the_line),
        cmocka_unit_test(blocks_and_rows_have_the_same_bits),
        cmocka_unit_test(a_linear_chain_is_a_matrix),
        cmocka_unit_test(wrong_names_are_explained),
        cmocka_unit_test(running_out_of_memory_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

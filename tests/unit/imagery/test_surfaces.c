/* SPDX-License-Identifier: GPL-2.0-or-later
 * What covers a cell, by spectra that everybody knows. */
#include "imagery/surfaces.h"
#include "kit/check.h"

/* The defaults of maskscene. */
static tl_surface_rules default_rules(void) {
    return (tl_surface_rules){.gf5_test = 1,
                              .general_test = 1,
                              .cloud = 0.3,
                              .ndsi = 0.4,
                              .snow_near = 0.11,
                              .plants = 0.3,
                              .residue = 0.01};
}

/* Bands every 10 nm from 400 to 2500 nm; those in the water windows are flagged bad. */
static void make_bands(tl_bands *bands) {
    tl_err err;
    CHECK_OK(tl_bands_init(bands, 211, &err));
    for (ptrdiff_t j = 0; j < bands->n; j++) {
        const double nm = 400.0 + 10.0 * (double)j;
        bands->band[j].index = (int)j + 1;
        bands->band[j].centre_nm = nm;
        bands->band[j].good = !((nm > 1340.0 && nm < 1455.0) || (nm > 1770.0 && nm < 1980.0));
    }
}

static void windows_hold_their_bands_even_flagged_ones_in_water(void **state) {
    (void)state;
    tl_err err;
    tl_bands bands;
    tl_window_table table;
    make_bands(&bands);
    CHECK_OK(tl_imagery_find_windows(&bands, &table, &err));
    assert_int_equal(table.count[TL_WINDOW_DEEP_BLUE], 4); /* 440, 450, 460, 470 */
    assert_int_equal(table.count[TL_WINDOW_CIRRUS], 3);    /* 1370, 1380, 1390 */
    float value[211];
    double window[TL_WINDOWS];
    for (ptrdiff_t k = 0; k < table.n; k++) {
        value[k] = (float)(400 + 10 * (table.number[k] - 1));
    }
    tl_imagery_window_means(&table, value, 1, window);
    CHECK_NEAR(window[TL_WINDOW_DEEP_BLUE], 455.0, 1e-9);
    CHECK_NEAR(window[TL_WINDOW_CIRRUS], 1380.0, 1e-9);
    CHECK_NEAR(window[TL_WINDOW_LATE], 1880.0, 1e-9);
    tl_imagery_free_windows(&table);
    tl_bands_free(&bands);
}

/* A bad band of a clear window is not used, not even as the nearest one. */
static void a_window_without_good_band_is_empty(void **state) {
    (void)state;
    tl_err err;
    tl_bands bands;
    tl_window_table table;
    make_bands(&bands);
    for (ptrdiff_t j = 0; j < bands.n; j++) {
        bands.band[j].good = bands.band[j].centre_nm < 600.0 || bands.band[j].centre_nm > 720.0;
    }
    CHECK_OK(tl_imagery_find_windows(&bands, &table, &err));
    assert_int_equal(table.count[TL_WINDOW_RED], 0);
    tl_imagery_free_windows(&table);
    tl_bands_free(&bands);
}

/* One reflectance below 700 nm, one to 1000 nm, one to 1800 nm, one beyond. */
static tl_surface surface_of(double blue, double red, double near, double middle, double far,
                             double at_2100) {
    double w[TL_WINDOWS];
    for (int k = 0; k < TL_WINDOWS; k++) {
        double from;
        double to;
        tl_imagery_window_range((tl_window)k, &from, &to);
        w[k] = to < 600.0    ? blue
               : to < 700.0  ? red
               : to < 1000.0 ? near
               : to < 1800.0 ? middle
                             : far;
    }
    w[TL_WINDOW_EDGE] = w[TL_WINDOW_CIRRUS] = w[TL_WINDOW_LATE] = 0.0;
    w[TL_WINDOW_CELLULOSE] = at_2100;
    const tl_surface_rules rules = default_rules();
    const tl_surface_indices index = tl_imagery_indices(w);
    return tl_imagery_classify(w, &index, &rules);
}

static void known_surfaces_get_their_class(void **state) {
    (void)state;
    assert_int_equal(surface_of(0.08, 0.18, 0.25, 0.33, 0.30, 0.305), TL_SURFACE_SOIL);
    assert_int_equal(surface_of(0.12, 0.22, 0.30, 0.38, 0.30, 0.27), TL_SURFACE_RESIDUE);
    assert_int_equal(surface_of(0.04, 0.04, 0.45, 0.20, 0.10, 0.10), TL_SURFACE_PLANTS);
    assert_int_equal(surface_of(0.06, 0.04, 0.02, 0.01, 0.01, 0.01), TL_SURFACE_WATER);
    assert_int_equal(surface_of(0.90, 0.88, 0.80, 0.10, 0.05, 0.05), TL_SURFACE_SNOW);
    assert_int_equal(surface_of(0.60, 0.58, 0.60, 0.50, 0.40, 0.40), TL_SURFACE_CLOUD);
    assert_int_equal(surface_of(0.10, (double)NAN, 0.25, 0.33, 0.30, 0.30), TL_SURFACE_NONE);
}

/* High thin cloud is no brighter than soil; it shows at 1350 nm and hides the ground at 2015 nm. */
static void the_gf5_test_sees_high_cloud(void **state) {
    (void)state;
    double w[TL_WINDOWS];
    for (int k = 0; k < TL_WINDOWS; k++) {
        w[k] = 0.2;
    }
    w[TL_WINDOW_EDGE] = 0.06;
    w[TL_WINDOW_CARBON] = 0.02;
    tl_surface_rules rules = default_rules();
    const tl_surface_indices index = tl_imagery_indices(w);
    assert_int_equal(tl_imagery_classify(w, &index, &rules), TL_SURFACE_CLOUD);
    rules.gf5_test = 0;
    assert_int_equal(tl_imagery_classify(w, &index, &rules), TL_SURFACE_SOIL);
}

static void indices_are_those_of_their_papers(void **state) {
    (void)state;
    double w[TL_WINDOWS] = {0};
    w[TL_WINDOW_NEAR] = 0.3;
    w[TL_WINDOW_RED] = 0.1;
    w[TL_WINDOW_GREEN] = 0.8;
    w[TL_WINDOW_SHORT] = 0.2;
    w[TL_WINDOW_CELLULOSE_LEFT] = 0.30;
    w[TL_WINDOW_CELLULOSE_RIGHT] = 0.34;
    w[TL_WINDOW_CELLULOSE] = 0.28;
    const tl_surface_indices index = tl_imagery_indices(w);
    CHECK_NEAR(index.ndvi, 0.5, 1e-12);
    CHECK_NEAR(index.ndsi, 0.6, 1e-12);
    CHECK_NEAR(index.cellulose, 0.04, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_hold_their_bands_even_flagged_ones_in_water),
        cmocka_unit_test(a_window_without_good_band_is_empty),
        cmocka_unit_test(known_surfaces_get_their_class),
        cmocka_unit_test(the_gf5_test_sees_high_cloud),
        cmocka_unit_test(indices_are_those_of_their_papers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

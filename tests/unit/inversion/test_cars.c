/* SPDX-License-Identifier: GPL-2.0-or-later
 * Band selection against its reference, against plain PLS, and on spectra whose informative bands
 * are known. */
#include "base/rng.h"
#include "inversion/cars.h"
#include "inversion/cars_fit.h"
#include "inversion/pls.h"
#include "kit/check.h"

static double number(const json_t *json, const char *key) {
    return json_number_value(json_object_get(json, key));
}

static double element(const json_t *list, ptrdiff_t i) {
    return json_number_value(json_array_get(list, (size_t)i));
}

/* The numbers of bands of all steps are those of the reference. */
static void sizes_fall_exponentially(void **state) {
    (void)state;
    KIT_REFERENCE(file, "cars/cars_deterministic.json");
    const json_t *tables = json_object_get(file, "edf");
    for (size_t t = 0; t < json_array_size(tables); t++) {
        const json_t *table = json_array_get(tables, t);
        const ptrdiff_t p = (ptrdiff_t)number(table, "p");
        const int n = (int)number(table, "N");
        for (int i = 0; i < n; i++) {
            assert_int_equal(tl_inversion_cars_size(p, n, i),
                             (ptrdiff_t)element(json_object_get(table, "count"), i));
        }
    }
    json_decref(file);
}

/* First column y, the others bands. */
static void read_soil(tl_matrix *x, double **y) {
    tl_matrix table;
    assert_true(kit_reference_csv("pls/nirsoil_train.csv", &table));
    assert_int_equal(tl_matrix_init(x, table.nrow, table.ncol - 1, NULL), TL_OK);
    *y = tl_acquire(table.nrow, sizeof **y);
    for (ptrdiff_t i = 0; i < table.nrow; i++) {
        (*y)[i] = tl_matrix_row(&table, i)[0];
        memcpy(tl_matrix_row(x, i), tl_matrix_row(&table, i) + 1,
               (size_t)x->ncol * sizeof *x->data);
    }
    tl_matrix_free(&table);
}

/* Without random steps every subset is the reference's, and so is every RMSECV. */
static void deterministic_steps_are_those_of_the_reference(void **state) {
    (void)state;
    tl_err err = {0};
    KIT_REFERENCE(file, "cars/cars_deterministic.json");
    tl_matrix x;
    double *y;
    tl_cars cars;
    int fold[100];
    read_soil(&x, &y);
    for (int i = 0; i < 100; i++) {
        fold[i] = i % 5;
    }
    tl_cars_options o = tl_inversion_cars_defaults();
    o.deterministic = 1;
    o.components = 8;
    CHECK_OK(tl_inversion_cars(&x, y, NULL, fold, &o, 0, NULL, &cars, &err));
    const json_t *runs = json_object_get(file, "runs");
    assert_int_equal(json_array_size(runs), 50);
    for (int i = 0; i < 50; i++) {
        const json_t *run = json_array_get(runs, (size_t)i);
        const json_t *sel = json_object_get(run, "sel");
        ptrdiff_t at = 0;
        for (ptrdiff_t j = 0; j < 70; j++) {
            if (!isnan(tl_matrix_row(&cars.path, i)[j])) {
                assert_int_equal(j, (ptrdiff_t)element(sel, at));
                at++;
            }
        }
        assert_int_equal(at, json_array_size(sel));
        const double wanted = number(run, "RMSECV_min");
        CHECK_NEAR(cars.rmsecv.data[i], wanted, 1e-8 * wanted);
        assert_int_equal(cars.components[i], (int)number(run, "ncomp"));
    }
    assert_int_equal(cars.best[0] + 1, (int)number(file, "best_run_1based"));
    const json_t *best = json_object_get(file, "best_set");
    assert_int_equal(cars.n_chosen, json_array_size(best));
    for (ptrdiff_t k = 0; k < cars.n_chosen; k++) {
        assert_true(cars.chosen[(ptrdiff_t)element(best, k)]);
    }
    tl_inversion_cars_free(&cars);
    tl_matrix_free(&x);
    tl_release(y);
    json_decref(file);
}

/* Spectra of five smooth factors and noise; the property is carried by bands 10, 11, 12 and 40. */
static void spectra(ptrdiff_t n, ptrdiff_t p, tl_matrix *x, double *y) {
    tl_rng rng = tl_rng_start(8, TL_STREAM_SIMULATE, 0);
    assert_int_equal(tl_matrix_init(x, n, p, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < n; i++) {
        double *row = tl_matrix_row(x, i);
        double factor[5];
        for (int k = 0; k < 5; k++) {
            factor[k] = tl_rng_normal(&rng);
        }
        for (ptrdiff_t j = 0; j < p; j++) {
            row[j] = 0.3 + 0.002 * tl_rng_normal(&rng);
            for (int k = 0; k < 5; k++) {
                row[j] += 0.02 * factor[k] * cos((k + 1) * 3.0 * (double)j / (double)p);
            }
        }
        y[i] = tl_rng_normal(&rng);
        for (ptrdiff_t j = 10; j < 13; j++) {
            row[j] += 0.02 * y[i];
        }
        row[40] -= 0.03 * y[i];
        y[i] += 20.0;
    }
}

/* A fit on some rows and some bands is the kernel PLS of pls.h on these rows and bands: predictions
 * of the rows left out, for every number of components, and coefficients; with few bands and with
 * many. */
static void fits_are_those_of_plain_pls(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 37, p = 80, A = 6 };
    tl_matrix x;
    double y[n];
    spectra(n, p, &x, y);
    for (ptrdiff_t j = 0; j < p; j++) {
        double mean = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            mean += tl_matrix_row(&x, i)[j] / n;
        }
        for (ptrdiff_t i = 0; i < n; i++) {
            tl_matrix_row(&x, i)[j] = (tl_matrix_row(&x, i)[j] - mean) * 10.0;
        }
    }
    for (ptrdiff_t step = 1; step < 12; step += 5) {
        tl_cars_fit fit;
        tl_matrix part;
        tl_matrix learn;
        tl_pls pls;
        ptrdiff_t member[p];
        ptrdiff_t row[n];
        double learn_y[n];
        ptrdiff_t v = 0;
        ptrdiff_t l = 0;
        for (ptrdiff_t j = 0; j < p; j += step) {
            member[v++] = j;
        }
        CHECK_OK(tl_inversion_cars_fit_init(&fit, &x, y, A, &err));
        tl_inversion_cars_fit_keep(&fit, member, v);
        CHECK_OK(tl_matrix_copy(&part, &x, &err));
        tl_matrix_keep_columns(&part, member, v);
        for (ptrdiff_t i = 0; i < n; i++) {
            fit.mask[i] = i % 4 == 2 ? 0.0 : 1.0;
            if (i % 4 != 2) {
                learn_y[l] = y[i];
                row[l++] = i;
            }
        }
        tl_inversion_cars_fit_rows(&fit);
        tl_inversion_cars_fit_coefficients(&fit);
        CHECK_OK(tl_matrix_take_rows(&learn, &part, row, l, &err));
        CHECK_OK(tl_inversion_pls_fit(&learn, learn_y, A, 0, &pls, &err));
        assert_int_equal(pls.components, fit.components);
        for (ptrdiff_t i = 0; i < n; i++) {
            double value = fit.mean_y;
            for (ptrdiff_t a = 0; a < A; a++) {
                value += fit.loading[a] * fit.score[a * fit.width + i];
                CHECK_NEAR(value, tl_inversion_pls_predict(&pls, a + 1, tl_matrix_row(&part, i)),
                           1e-9);
            }
        }
        for (ptrdiff_t j = 0; j < v; j++) {
            const double *b = tl_matrix_row(&pls.coefficients, A);
            CHECK_NEAR(fit.weight[j], b[j], 1e-8);
        }
        tl_inversion_cars_fit_free(&fit);
        tl_inversion_pls_free(&pls);
        tl_matrix_free(&part);
        tl_matrix_free(&learn);
    }
    tl_matrix_free(&x);
}

/* Over twenty runs the bands that carry the property are found, most of the others are not, and
 * threads do not change a bit. */
static void informative_bands_are_found(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 60, p = 120 };
    tl_matrix x;
    double y[n];
    tl_cars cars;
    tl_cars again;
    spectra(n, p, &x, y);
    tl_cars_options o = tl_inversion_cars_defaults();
    CHECK_OK(tl_inversion_cars(&x, y, NULL, NULL, &o, 3, NULL, &cars, &err));
    for (ptrdiff_t j = 0; j < p; j++) {
        const int informative = (j >= 10 && j < 13) || j == 40;
        assert_true(!informative || cars.frequency[j] >= 0.9);
        assert_int_equal(cars.chosen[j], cars.frequency[j] >= 0.3 - 1e-9);
    }
    assert_true(cars.n_chosen >= 4 && cars.n_chosen <= p / 3);
    for (int r = 0; r < 20; r++) {
        const double *curve = tl_matrix_row(&cars.rmsecv, r);
        const double *size = tl_matrix_row(&cars.size, r);
        assert_int_equal((ptrdiff_t)size[0], p);
        for (int i = 0; i < 50; i++) {
            assert_true(size[i] >= 1.0 && (i == 0 || size[i] <= size[i - 1]));
            assert_true(curve[cars.best[r]] <= curve[i]);
            assert_true(size[i] <= (double)tl_inversion_cars_size(p, 50, i));
        }
    }
    o.threads = 2;
    CHECK_OK(tl_inversion_cars(&x, y, NULL, NULL, &o, 3, NULL, &again, &err));
    assert_memory_equal(cars.frequency, again.frequency, p * sizeof *cars.frequency);
    assert_memory_equal(cars.rmsecv.data, again.rmsecv.data, 1000 * sizeof *cars.rmsecv.data);
    tl_inversion_cars_free(&again);
    /* Another index draws other numbers. */
    CHECK_OK(tl_inversion_cars(&x, y, NULL, NULL, &o, 4, NULL, &again, &err));
    assert_true(memcmp(cars.rmsecv.data, again.rmsecv.data, 1000 * sizeof *cars.rmsecv.data) != 0);
    tl_inversion_cars_free(&again);
    tl_inversion_cars_free(&cars);
    tl_matrix_free(&x);
}

/* What cannot be selected from is refused in words; one band or two are no trouble. */
static void little_data_are_met_with_words(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix x;
    double y[20];
    tl_cars cars;
    spectra(20, 60, &x, y);
    tl_cars_options o = tl_inversion_cars_defaults();
    o.runs = 2;
    const ptrdiff_t two[2] = {10, 40};
    tl_matrix_keep_columns(&x, two, 2);
    CHECK_OK(tl_inversion_cars(&x, y, NULL, NULL, &o, 0, NULL, &cars, &err));
    assert_int_equal(cars.n_chosen, 2);
    tl_inversion_cars_free(&cars);
    tl_matrix_keep_columns(&x, two + 1, 0);
    assert_int_equal(tl_inversion_cars(&x, y, NULL, NULL, &o, 0, NULL, &cars, &err), TL_DATA);
    tl_matrix_free(&x);
    CHECK_OK(tl_matrix_init(&x, 20, 3, &err));
    assert_int_equal(tl_inversion_cars(&x, y, NULL, NULL, &o, 0, NULL, &cars, &err), TL_DATA);
    assert_non_null(strstr(err.text, "varies"));
    for (int i = 0; i < 20; i++) {
        tl_matrix_row(&x, i)[1] = (double)i;
        y[i] = 2.5;
    }
    assert_int_equal(tl_inversion_cars(&x, y, NULL, NULL, &o, 0, NULL, &cars, &err), TL_DATA);
    assert_non_null(strstr(err.text, "one value"));
    /* A property that is one band exactly: the band is found, and nothing is left to explain. */
    for (int i = 0; i < 20; i++) {
        y[i] = 3.0 * i;
    }
    CHECK_OK(tl_inversion_cars(&x, y, NULL, NULL, &o, 0, NULL, &cars, &err));
    assert_true(cars.chosen[1]);
    tl_inversion_cars_free(&cars);
    o.folds = 1;
    assert_int_equal(tl_inversion_cars(&x, y, NULL, NULL, &o, 0, NULL, &cars, &err), TL_ARG);
    tl_matrix_free(&x);
}

/* Whichever allocation fails, the failure is reported and no memory is lost. */
static void memory_that_ends_is_reported(void **state) {
    (void)state;
    tl_matrix x;
    double y[12];
    spectra(12, 50, &x, y);
    tl_cars_options o = tl_inversion_cars_defaults();
    o.runs = 1;
    o.iterations = 3;
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    for (ptrdiff_t k = 0; code != TL_OK; k++) {
        tl_cars cars;
        tl_fail_after(k);
        code = tl_inversion_cars(&x, y, NULL, NULL, &o, 0, NULL, &cars, NULL);
        tl_fail_after(-1);
        assert_true(code == TL_OK || code == TL_NOMEM);
        tl_inversion_cars_free(&cars);
        assert_int_equal(tl_live_blocks(), before);
    }
    tl_matrix_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_fall_exponentially),
        cmocka_unit_test(deterministic_steps_are_those_of_the_reference),
        cmocka_unit_test(fits_are_those_of_plain_pls),
        cmocka_unit_test(informative_bands_are_found),
        cmocka_unit_test(little_data_are_met_with_words),
        cmocka_unit_test(memory_that_ends_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

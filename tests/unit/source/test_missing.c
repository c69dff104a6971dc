/* SPDX-License-Identifier: GPL-2.0-or-later
 * Codes for missing values: which numbers and texts are one, and that a code changes nothing but the
 * value that it stands for. */
#include <math.h>
#include <stdlib.h>

#include "base/assumptions.h"
#include "base/rng.h"
#include "kit/check.h"
#include "source/missing.h"

static const tl_missing_place place = {.what = "samples", .column = "SOM"};

static tl_code remove_codes(double *value, ptrdiff_t n, ptrdiff_t *removed) {
    return tl_source_missing_remove(value, n, 1, &place, removed, NULL);
}

static void texts_that_mean_nothing_was_measured(void **state) {
    (void)state;
    static const char *const missing[] = {"",     " ",    "NA",   "n/a",         "#N/A", "NaN",
                                          "null", "n.d.", "BDL",  "-",           "--",   "#DIV/0!",
                                          "<LOD", "ND",   "none", "\xE6\x97\xA0"};
    static const char *const others[] = {"0", "-9999", "<0.5", "clay", "A", "1,5", "none of it"};
    for (size_t k = 0; k < sizeof missing / sizeof missing[0]; k++) {
        assert_int_equal(tl_source_missing_text(missing[k]), 1);
    }
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        assert_int_equal(tl_source_missing_text(others[k]), 0);
    }
}

static void a_code_is_one_only_where_it_is_implausible(void **state) {
    (void)state;
    static const struct {
        double value[6];
        double code;
        int missing;
    } cases[] = {
        {{10, 12, 9, 14, 11, -9999}, -9999, 1},
        {{10, 12, 9, 14, 11, -99}, -99, 1},
        {{10, 12, 9, 14, 11, -99.99}, -99.99, 1},
        {{10, 12, 9, 14, 11, -888.88}, -888.88, 1},
        {{10, 12, 9, 14, 11, (double)-99.9F}, (double)-99.9F, 1},
        {{10, 12, 9, 14, 11, -98}, -98, 0},
        {{10, 12, 9, 14, 11, -44}, -44, 0},
        {{0.1, 0.2, 0.3, 0.4, 0.5, -1.23e34}, -1.23e34, 1},
        {{0.1, 0.2, -0.3, 0.4, 0.5, 1e30}, 1e30, 1},
        {{0.1, 0.2, 0.3, 0.4, 0.5, -3.4028234663852886e38}, -3.4028234663852886e38, 1},
        {{0.1, 0.2, 0.3, 0.4, 0.5, 9999}, 9999, 1},
        {{-20, -10, 5, 20, 30, -9999}, -9999, 1},
        {{-9999, -9999, -9999, -9999, -9999, -9999}, -9999, 1},
        /* Plausible values of their column. */
        {{-12000, -8000, 500, 20, 30, -9999}, -9999, 0},
        {{-120, 40, 300, 20, 30, -99}, -99, 0},
        {{900, 1100, 950, 1001, 1002, 999}, 999, 0},
        {{9000, 8000, 12000, 11000, 7000, 9999}, 9999, 0},
        /* In doubt: kept with a warning. */
        {{-20, -10, 5, 20, 30, -99}, -99, 0},
        {{1, 2, 3, 4, 5, -1}, -1, 0},
        {{100, 120, 90, 150, 110, 999}, 999, 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        double value[6];
        ptrdiff_t removed = -1;
        memcpy(value, cases[k].value, sizeof value);
        assert_int_equal(remove_codes(value, 6, &removed), TL_OK);
        for (int i = 0; i < 6; i++) {
            const int is_code = cases[k].value[i] == cases[k].code;
            if (isnan(value[i]) != (is_code && cases[k].missing)) {
                fail_msg("case %zu: %g became %g", k, cases[k].value[i], value[i]);
            }
        }
        assert_int_equal(removed > 0, cases[k].missing);
    }
}

typedef struct log_text {
    char text[2000];
} log_text;

static int note(double fraction, int level, const char *message, void *user) {
    (void)fraction;
    (void)level;
    log_text *log = user;
    const size_t used = strlen(log->text);
    (void)snprintf(log->text + used, sizeof log->text - used, "%s\n", message);
    return 1;
}

static void the_sample_and_the_code_are_named(void **state) {
    (void)state;
    char a[] = "S01";
    char b[] = "S02";
    char *id[] = {a, b};
    const double nm[] = {400.0, 410.0};
    double value[4] = {0.2, 0.3, -9999.0, 0.4};
    log_text log = {""};
    const tl_progress progress = {.report = note, .user = &log, .to = 1.0};
    const tl_missing_place spectra = {.what = "spectra 'a.csv'", .id = id, .centre_nm = nm};
    tl_assumptions assumptions;
    tl_assumptions_begin(&assumptions, &progress, 0);
    assert_int_equal(tl_source_missing_remove(value, 2, 2, &spectra, NULL, NULL), TL_OK);
    tl_assumptions_end(&assumptions);
    assert_non_null(strstr(log.text, "-9999 in S02 at 400 nm"));
    assert_non_null(strstr(log.text, "missing_values none"));
    double doubted[6] = {-20, -10, 5, 20, 30, -99};
    tl_assumptions_begin(&assumptions, &progress, 0);
    assert_int_equal(remove_codes(doubted, 6, NULL), TL_OK);
    tl_assumptions_end(&assumptions);
    assert_non_null(strstr(log.text, "missing_values -99 to leave them out"));
    tl_err err = {0};
    value[2] = -9999.0;
    tl_assumptions_begin(&assumptions, &progress, 1);
    assert_int_equal(tl_source_missing_remove(value, 2, 2, &spectra, NULL, &err), TL_DATA);
    tl_assumptions_end(&assumptions);
    assert_non_null(strstr(err.text, "S02"));
}

static void the_list_of_the_user_is_the_last_word(void **state) {
    (void)state;
    double value[4] = {1.0, -99.0, -9999.0, 0.0};
    tl_missing_codes codes;
    tl_source_missing_begin(&codes, "none");
    assert_int_equal(remove_codes(value, 4, NULL), TL_OK);
    tl_source_missing_end(&codes);
    CHECK_NEAR(value[2], -9999.0, 0.0);
    tl_source_missing_begin(&codes, " 0, -99 ,empty");
    assert_int_equal(remove_codes(value, 4, NULL), TL_OK);
    assert_int_equal(tl_source_missing_text("Empty"), 1);
    tl_source_missing_end(&codes);
    assert_true(isnan(value[1]) && isnan(value[3]));
    CHECK_NEAR(value[2], -9999.0, 0.0);
    assert_int_equal(tl_source_missing_text("Empty"), 0);
}

/* For random columns: what becomes of a value does not depend on the codes in other rows, and the
 * values that remain are those of the same column with the codes left empty. */
static void a_code_changes_nothing_but_its_own_value(void **state) {
    (void)state;
    static const double codes[] = {-9999.0, -999.0, -99.0, -1.23e34, 1e30, -32768.0, 1e32};
    enum { RUNS = 2000, N = 30 };
    tl_rng rng = tl_rng_start(7, (tl_stream)0, 0);
    for (int run = 0; run < RUNS; run++) {
        double clean[N];
        double coded[N];
        /* Concentrations, reflectance, temperatures around zero: of every scale. */
        const double scale = pow(10.0, 4.0 * tl_rng_uniform(&rng) - 2.0);
        const double shift = run % 3 == 0 ? 0.5 * scale : 0.0;
        for (int i = 0; i < N; i++) {
            clean[i] = scale * (0.001 + tl_rng_uniform(&rng)) - shift;
            coded[i] = clean[i];
            if (i > 0 && tl_rng_uniform(&rng) < 0.3) {
                clean[i] = (double)NAN;
                /* Codes that are plain for every scale used here. */
                coded[i] = codes[(size_t)(tl_rng_uniform(&rng) * (shift > 0.0 ? 1 : 7)) %
                                 (sizeof codes / sizeof codes[0])];
            }
        }
        if (shift > 0.0 && scale > 1000.0) {
            continue;
        }
        assert_int_equal(remove_codes(coded, N, NULL), TL_OK);
        assert_int_equal(remove_codes(clean, N, NULL), TL_OK);
        for (int i = 0; i < N; i++) {
            if (isnan(clean[i]) != isnan(coded[i]) || (!isnan(clean[i]) && clean[i] != coded[i])) {
                fail_msg("run %d, value %d: %.17g and %.17g", run, i, clean[i], coded[i]);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_mean_nothing_was_measured),
        cmocka_unit_test(a_code_is_one_only_where_it_is_implausible),
        cmocka_unit_test(the_sample_and_the_code_are_named),
        cmocka_unit_test(the_list_of_the_user_is_the_last_word),
        cmocka_unit_test(a_code_changes_nothing_but_its_own_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

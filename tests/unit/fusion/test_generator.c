/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scenes are fused with the numbers of tl_fusion_transfer_apply, whatever the neighbouring pixels
 * are. */
#include "fusion/generator.h"

#include "base/rng.h"
#include "kit/check.h"

enum { ROWS = 40, BANDS = 45, PIXELS = 203 };

static void make_transfer(tl_transfer_kind kind, const char *preset, tl_transfer *t) {
    tl_err err = {0};
    tl_matrix x;
    tl_matrix y;
    tl_transfer_options o;
    tl_rng rng = tl_rng_start(11, TL_STREAM_SIMULATE, 0);
    CHECK_OK(tl_matrix_init(&x, ROWS, BANDS, &err));
    CHECK_OK(tl_matrix_init(&y, ROWS, BANDS, &err));
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        const double level = 0.05 * tl_rng_normal(&rng);
        for (ptrdiff_t j = 0; j < BANDS; j++) {
            tl_matrix_row(&x, i)[j] = 0.25 + level + 0.02 * tl_rng_normal(&rng);
            tl_matrix_row(&y, i)[j] = 0.3 + 1.2 * level + 0.01 * tl_rng_normal(&rng);
        }
    }
    CHECK_OK(tl_fusion_transfer_preset(kind, preset, &o, &err));
    o.vae.epochs = 10;
    CHECK_OK(tl_fusion_transfer_fit(&o, &x, &y, NULL, t, &err));
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

typedef struct cube {
    float value[BANDS][PIXELS];
    const float *from[BANDS];
    float *to[BANDS];
} cube;

static void point(cube *c) {
    for (ptrdiff_t j = 0; j < BANDS; j++) {
        c->from[j] = c->value[j];
        c->to[j] = c->value[j];
    }
}

static void check_kind(tl_transfer_kind kind, const char *preset) {
    tl_err err = {0};
    static cube in;
    static cube out;
    static cube moved;
    tl_transfer t;
    tl_generator g;
    tl_matrix rows;
    tl_matrix want;
    point(&in);
    point(&out);
    point(&moved);
    make_transfer(kind, preset, &t);
    CHECK_OK(tl_fusion_generator_init(&g, &t, &err));
    float *scratch = tl_acquire(tl_fusion_generator_scratch(&g), sizeof *scratch);
    CHECK_OK(tl_matrix_init(&rows, PIXELS, BANDS, &err));
    tl_rng rng = tl_rng_start(12, TL_STREAM_SIMULATE, 1);
    for (ptrdiff_t i = 0; i < PIXELS; i++) {
        for (ptrdiff_t j = 0; j < BANDS; j++) {
            in.value[j][i] = (float)(0.25 + 0.05 * tl_rng_normal(&rng));
            tl_matrix_row(&rows, i)[j] = (double)in.value[j][i];
        }
    }
    CHECK_OK(tl_fusion_transfer_apply(&t, &rows, &want, &err));
    tl_fusion_generate(&g, in.from, PIXELS, out.to, scratch);
    for (ptrdiff_t i = 0; i < PIXELS; i++) {
        for (ptrdiff_t j = 0; j < BANDS; j++) {
            /* Sums of up to 128 products of numbers around 1, rounded to 2^-24 each. */
            CHECK_NEAR((double)out.value[j][i], tl_matrix_row(&want, i)[j], 2e-5);
        }
    }
    /* Shifted by 17 pixels, in two calls: the same bits. */
    in.value[3][100] = NAN;
    in.value[4][101] = INFINITY;
    const float *later[BANDS];
    for (ptrdiff_t j = 0; j < BANDS; j++) {
        later[j] = in.value[j] + 17;
    }
    tl_fusion_generate(&g, later, PIXELS - 17, moved.to, scratch);
    for (ptrdiff_t i = 17; i < PIXELS; i++) {
        for (ptrdiff_t j = 0; j < BANDS; j++) {
            if (i == 100 || i == 101) {
                assert_true(isnan(moved.value[j][i - 17]));
            } else {
                assert_memory_equal(&moved.value[j][i - 17], &out.value[j][i], sizeof(float));
            }
        }
    }
    tl_release(scratch);
    tl_fusion_generator_free(&g);
    tl_fusion_transfer_free(&t);
    tl_matrix_free(&rows);
    tl_matrix_free(&want);
}

static void scenes_get_the_spectra_of_tables(void **state) {
    (void)state;
    check_kind(TL_TRANSFER_DS, "honest");
    check_kind(TL_TRANSFER_VAE, "honest");
    check_kind(TL_TRANSFER_VAE, "paper");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenes_get_the_spectra_of_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

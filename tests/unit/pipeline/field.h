/* SPDX-License-Identifier: GPL-2.0-or-later
 * A made-up study for pipeline tests: lab spectra of rank 4, pixels that see them through a linear
 * sensor with noise, and a property tied to two of the factors. */
#ifndef TL_TESTS_PIPELINE_FIELD_H
#define TL_TESTS_PIPELINE_FIELD_H

#include "base/rng.h"
#include "kit/check.h"
#include "pipeline/pipeline.h"

typedef struct field {
    ptrdiff_t n;
    tl_matrix lab;
    tl_matrix scene;
    double *y;
    tl_pipeline_data data;
} field;

/* noise is the standard deviation of the pixels' noise, in units of the factors. */
static inline void field_make(field *f, ptrdiff_t n, ptrdiff_t p, double noise, int64_t seed) {
    enum { rank = 4 };
    tl_rng rng = tl_rng_start(seed, TL_STREAM_SIMULATE, 0);
    *f = (field){.n = n, .y = tl_acquire(n, sizeof *f->y)};
    assert_non_null(f->y);
    assert_int_equal(tl_matrix_init(&f->lab, n, p, NULL), TL_OK);
    assert_int_equal(tl_matrix_init(&f->scene, n, p, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < n; i++) {
        double factor[rank];
        for (int k = 0; k < rank; k++) {
            factor[k] = tl_rng_normal(&rng);
        }
        f->y[i] = 20.0 + 4.0 * factor[0] - 3.0 * factor[1] + 0.5 * tl_rng_normal(&rng);
        for (ptrdiff_t j = 0; j < p; j++) {
            double lab = 0.3;
            double scene = 0.2;
            for (int k = 0; k < rank; k++) {
                const double wave = sin(0.7 * (double)(k + 1) * (double)j + (double)k);
                lab += 0.02 * factor[k] * wave;
                scene += 0.015 * factor[k] * (wave + 0.3 * cos(0.4 * (double)j));
            }
            tl_matrix_row(&f->lab, i)[j] = lab;
            tl_matrix_row(&f->scene, i)[j] = scene + 0.02 * noise * tl_rng_normal(&rng);
        }
    }
    f->data = (tl_pipeline_data){.n = n, .scene = &f->scene, .lab = &f->lab, .y = f->y};
}

static inline void field_free(field *f) {
    tl_matrix_free(&f->lab);
    tl_matrix_free(&f->scene);
    tl_release(f->y);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Importance of bands and distance of spectra in the latent space of a PLS fit; see pls.h. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "inversion/pls.h"
#include "num/distribution.h"
#include "num/stats.h"

static ptrdiff_t clipped(const tl_pls_space *s, ptrdiff_t a) {
    return tl_min(s->components, a);
}

void tl_inversion_pls_vip(const tl_pls_space *space, ptrdiff_t a, double *vip) {
    const ptrdiff_t p = space->weight.ncol;
    double total = 0.0;
    memset(vip, 0, (size_t)p * sizeof *vip);
    for (ptrdiff_t k = 0; k < clipped(space, a); k++) {
        const double explained = space->y_loading[k] * space->y_loading[k] * space->squares[k];
        const double *w = tl_matrix_row(&space->weight, k);
        total += explained;
        for (ptrdiff_t j = 0; j < p; j++) {
            vip[j] += explained * w[j] * w[j];
        }
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        vip[j] = total > 0.0 ? sqrt((double)p * vip[j] / total) : 0.0;
    }
}

void tl_inversion_pls_distance(const tl_pls_space *space, ptrdiff_t a, const double *x,
                               double *work, double *t2, double *q) {
    const ptrdiff_t p = space->weight.ncol;
    for (ptrdiff_t j = 0; j < p; j++) {
        work[j] = space->scale[j] > 0.0 ? (x[j] - space->mean[j]) / space->scale[j] : 0.0 * x[j];
    }
    *t2 = 0.0;
    *q = 0.0;
    for (ptrdiff_t k = 0; k < clipped(space, a); k++) {
        const double *w = tl_matrix_row(&space->weight, k);
        const double *loading = tl_matrix_row(&space->loading, k);
        /* After subtraction of the earlier components, the weight w results in the same score as
         * the rotation R from the whole spectrum. */
        double t = 0.0;
        for (ptrdiff_t j = 0; j < p; j++) {
            t += work[j] * w[j];
        }
        for (ptrdiff_t j = 0; j < p; j++) {
            work[j] -= t * loading[j];
        }
        *t2 += t * t / (space->squares[k] / (double)(space->n - 1));
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        *q += work[j] * work[j];
    }
}

static double q_limit(const double *q, ptrdiff_t n, double level) {
    const double mean = tl_num_mean(q, n);
    const double sd = tl_num_sd(q, n);
    if (!(mean > 0.0)) {
        return 0.0;
    }
    if (!(sd > 0.0)) {
        return mean;
    }
    const double scale = sd * sd / (2.0 * mean);
    return scale * tl_num_chi2_quantile(level, 2.0 * mean * mean / (sd * sd));
}

tl_code tl_inversion_pls_limits(const tl_pls_space *space, ptrdiff_t a, const tl_matrix *x,
                                double level, double *t2, double *q, tl_err *err) {
    if (x->nrow != space->n || x->ncol != space->weight.ncol) {
        return tl_fail(err, TL_SHAPE,
                       "limits need the %td x %td training spectra, but the matrix is %td x %td",
                       space->n, space->weight.ncol, x->nrow, x->ncol);
    }
    double *work = tl_acquire(x->ncol, sizeof *work);
    double *each = tl_acquire(x->nrow, sizeof *each);
    if (work == NULL || each == NULL) {
        tl_release(work);
        tl_release(each);
        return tl_no_memory(err, "the limits of %td spectra", x->nrow);
    }
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        double own = 0.0;
        tl_inversion_pls_distance(space, a, tl_matrix_row(x, i), work, &own, &each[i]);
    }
    const double n = (double)space->n;
    const double k = (double)clipped(space, a);
    *t2 = n > k ? k * (n * n - 1.0) / (n * (n - k)) * tl_num_f_quantile(level, k, n - k)
                : (double)NAN;
    *q = n > k ? q_limit(each, x->nrow, level) : (double)NAN;
    tl_release(work);
    tl_release(each);
    return TL_OK;
}

void tl_inversion_pls_space_free(tl_pls_space *space) {
    if (space != NULL) {
        tl_matrix_free(&space->weight);
        tl_matrix_free(&space->rotation);
        tl_matrix_free(&space->loading);
        tl_matrix_free(&space->score);
        tl_release(space->y_loading);
        tl_release(space->squares);
        tl_release(space->mean);
        tl_release(space->scale);
        *space = (tl_pls_space){0};
    }
}

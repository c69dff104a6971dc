/* SPDX-License-Identifier: GPL-2.0-or-later
 * Local polynomials by orthogonal columns; see savgol.h. */
#include "spectra/savgol.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "num/vector.h"

enum { COLUMNS = TL_SAVGOL_MAX_DEGREE + 1 };

/* V = Q R of the powers of the scaled positions. */
typedef struct decomposition {
    double q[COLUMNS][TL_SAVGOL_MAX_WINDOW];
    double r[COLUMNS][COLUMNS];
} decomposition;

/* Subtracts the earlier columns from column k, twice so that it is orthogonal to rounding; 0 when
 * nothing is left. */
static int orthogonalise(decomposition *d, ptrdiff_t k, ptrdiff_t n) {
    const double before = sqrt(tl_num_dot(d->q[k], d->q[k], n));
    for (int pass = 0; pass < 2; pass++) {
        for (ptrdiff_t j = 0; j < k; j++) {
            const double share = tl_num_dot(d->q[j], d->q[k], n);
            d->r[j][k] += share;
            for (ptrdiff_t i = 0; i < n; i++) {
                d->q[k][i] -= share * d->q[j][i];
            }
        }
    }
    const double left = sqrt(tl_num_dot(d->q[k], d->q[k], n));
    d->r[k][k] = left;
    for (ptrdiff_t i = 0; i < n; i++) {
        d->q[k][i] /= left;
    }
    return left > 1e-13 * before;
}

tl_code tl_spectra_savgol_weights(const double *t, ptrdiff_t n, ptrdiff_t degree,
                                  ptrdiff_t derivative, double at, double *weight, tl_err *err) {
    decomposition d = {0};
    double reach = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        reach = fmax(reach, fabs(t[i] - at));
    }
    for (ptrdiff_t k = 0; k <= degree; k++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            d.q[k][i] = k == 0 ? 1.0 : pow((t[i] - at) / reach, (double)k);
        }
        if (!orthogonalise(&d, k, n)) {
            return tl_fail(err, TL_NUMERIC,
                           "a polynomial of degree %td does not fit %td bands at their "
                           "wavelengths; two of them may be equal",
                           degree, n);
        }
    }
    /* Coefficient `derivative` of the polynomial is e' R^-1 Q' y; z = R^-T e by substitution. */
    double z[COLUMNS] = {0};
    double factor = 1.0;
    for (ptrdiff_t k = derivative; k <= degree; k++) {
        double sum = k == derivative ? 1.0 : 0.0;
        for (ptrdiff_t j = derivative; j < k; j++) {
            sum -= d.r[j][k] * z[j];
        }
        z[k] = sum / d.r[k][k];
    }
    for (ptrdiff_t k = 1; k <= derivative; k++) {
        factor *= (double)k / reach;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (ptrdiff_t k = derivative; k <= degree; k++) {
            sum += d.q[k][i] * z[k];
        }
        weight[i] = factor * sum;
    }
    return TL_OK;
}

static tl_code check_options(const tl_savgol_options *o, tl_err *err) {
    if (o->window < 3 || o->window > TL_SAVGOL_MAX_WINDOW || o->window % 2 == 0) {
        return tl_fail(err, TL_ARG, "smoothing window: %td bands, wanted an odd number of 3 to %d",
                       o->window, (int)TL_SAVGOL_MAX_WINDOW);
    }
    if (o->degree < 0 || o->degree > TL_SAVGOL_MAX_DEGREE || o->degree >= o->window) {
        return tl_fail(err, TL_ARG,
                       "polynomial degree: %td, wanted 0 to %d and less than the window of %td "
                       "bands",
                       o->degree, (int)TL_SAVGOL_MAX_DEGREE, o->window);
    }
    if (o->derivative < 0 || o->derivative > o->degree) {
        return tl_fail(err, TL_ARG, "derivative: %td, wanted 0 to the polynomial degree %td",
                       o->derivative, o->degree);
    }
    return TL_OK;
}

/* The sum of band j of the segment from .. end - 1. */
static tl_code band_weights(tl_savgol *s, const tl_savgol_options *o, const double *centre_nm,
                            ptrdiff_t from, ptrdiff_t end, ptrdiff_t j, tl_err *err) {
    const ptrdiff_t bands = end - from;
    const ptrdiff_t odd = bands % 2 == 1 ? bands : bands - 1;
    const ptrdiff_t window = tl_min(odd, o->window);
    double *weight = tl_matrix_row(&s->weight, j);
    if (window <= o->degree) {
        s->first[j] = j;
        s->count[j] = 1;
        weight[0] = o->derivative == 0 ? 1.0 : 0.0;
        return TL_OK;
    }
    ptrdiff_t first = j - window / 2;
    first = tl_max(from, first);
    first = tl_min(end - window, first);
    s->first[j] = first;
    s->count[j] = window;
    const double step =
        centre_nm == NULL ? 1.0 : (centre_nm[end - 1] - centre_nm[from]) / (double)(bands - 1);
    const int at_place = o->true_wavelengths && centre_nm != NULL;
    double t[TL_SAVGOL_MAX_WINDOW];
    for (ptrdiff_t i = 0; i < window; i++) {
        t[i] = at_place ? centre_nm[first + i] - centre_nm[j] : (double)(first + i - j) * step;
    }
    return tl_spectra_savgol_weights(t, window, o->degree, o->derivative, 0.0, weight, err);
}

tl_code tl_spectra_savgol_init(const tl_savgol_options *options, const double *centre_nm,
                               const tl_segments *segments, tl_savgol *savgol, tl_err *err) {
    *savgol = (tl_savgol){0};
    TL_TRY(check_options(options, err));
    const ptrdiff_t p = segments->n > 0 ? segments->start[segments->n] : 0;
    tl_code code = TL_OK;
    savgol->p = p;
    savgol->first = tl_acquire(p, sizeof *savgol->first);
    savgol->count = tl_acquire(p, sizeof *savgol->count);
    if (savgol->first == NULL || savgol->count == NULL) {
        code = tl_no_memory(err, "%td bands", p);
        goto done;
    }
    TL_CHECK(tl_matrix_init(&savgol->weight, p, options->window, err));
    for (ptrdiff_t s = 0; s < segments->n; s++) {
        for (ptrdiff_t j = segments->start[s]; j < segments->start[s + 1]; j++) {
            TL_CHECK(band_weights(savgol, options, centre_nm, segments->start[s],
                                  segments->start[s + 1], j, err));
        }
    }
done:
    if (code != TL_OK) {
        tl_spectra_savgol_free(savgol);
    }
    return code;
}

void tl_spectra_savgol_row(const tl_savgol *savgol, const double *restrict from,
                           double *restrict to) {
    for (ptrdiff_t j = 0; j < savgol->p; j++) {
        to[j] = tl_num_dot(tl_matrix_row(&savgol->weight, j), from + savgol->first[j],
                           savgol->count[j]);
    }
}

void tl_spectra_savgol_free(tl_savgol *savgol) {
    if (savgol != NULL) {
        tl_release(savgol->first);
        tl_release(savgol->count);
        tl_matrix_free(&savgol->weight);
        *savgol = (tl_savgol){0};
    }
}

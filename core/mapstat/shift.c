/* SPDX-License-Identifier: GPL-2.0-or-later
 * Phase correlation of two pictures; see shift.h. */
#include "mapstat/shift.h"

#include <math.h>

#include "mapstat/transform.h"

static const double pi = 3.14159265358979323846;
static const double width_cycles = 0.15;

static double hann(ptrdiff_t i, ptrdiff_t n) {
    return 0.5 - 0.5 * cos(2.0 * pi * ((double)i + 0.5) / (double)n);
}

/* The picture without its mean, faded out, in the corner of a plane. */
static int lay_down(const float *picture, ptrdiff_t nrow, ptrdiff_t ncol, tl_plane *plane) {
    double sum = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < nrow * ncol; i++) {
        if (isfinite(picture[i])) {
            sum += (double)picture[i];
            n++;
        }
    }
    const double mean = n > 0 ? sum / (double)n : 0.0;
    int varies = 0;
    for (ptrdiff_t r = 0; r < nrow; r++) {
        for (ptrdiff_t c = 0; c < ncol; c++) {
            const float v = picture[r * ncol + c];
            const double left = isfinite(v) ? (double)v - mean : 0.0;
            varies = varies || fabs(left) > 1e-12 * fabs(mean);
            plane->data[r * plane->pitch + c] = left * hann(r, nrow) * hann(c, ncol);
        }
    }
    return varies;
}

/* Turns the spectrum of b into the weighted phase of its product with that of a.
 *
 * gives  the sum of the weights, which is the height of the peak of two equal pictures */
static double correlate_phases(const tl_plane *a, tl_plane *b) {
    double weights = 0.0;
    for (ptrdiff_t r = 0; r < b->nrow; r++) {
        const double from_top = (double)(r <= b->nrow / 2 ? r : b->nrow - r);
        const double v = from_top / (double)b->nrow;
        for (ptrdiff_t c = 0; c <= b->ncol / 2; c++) {
            const double u = (double)c / (double)b->ncol;
            const double weight = exp(-0.5 * (u * u + v * v) / (width_cycles * width_cycles));
            const double *x = a->data + r * a->pitch + 2 * c;
            double *y = b->data + r * b->pitch + 2 * c;
            const double re = x[0] * y[0] + x[1] * y[1];
            const double im = x[0] * y[1] - x[1] * y[0];
            const double size = hypot(re, im);
            y[0] = size > 0.0 ? weight * re / size : 0.0;
            y[1] = size > 0.0 ? weight * im / size : 0.0;
            weights += c == 0 || 2 * c == b->ncol ? weight : 2.0 * weight;
        }
    }
    return weights / ((double)b->nrow * (double)b->ncol);
}

static double at(const tl_plane *p, ptrdiff_t row, ptrdiff_t col) {
    const ptrdiff_t r = (row + p->nrow) % p->nrow;
    const ptrdiff_t c = (col + p->ncol) % p->ncol;
    return p->data[r * p->pitch + c];
}

/* The place of a Gaussian peak between three values, the middle one the largest. */
static double between(double before, double here, double after) {
    if (!(before > 0.0) || !(after > 0.0) || !(here > 0.0)) {
        return 0.0;
    }
    const double bend = log(before) - 2.0 * log(here) + log(after);
    return bend < 0.0 ? 0.5 * (log(before) - log(after)) / bend : 0.0;
}

static void find_peak(const tl_plane *p, ptrdiff_t reach, double height, tl_shift *shift) {
    ptrdiff_t row = 0;
    ptrdiff_t col = 0;
    for (ptrdiff_t r = -reach; r <= reach; r++) {
        for (ptrdiff_t c = -reach; c <= reach; c++) {
            if (at(p, r, c) > at(p, row, col)) {
                row = r;
                col = c;
            }
        }
    }
    const double here = at(p, row, col);
    shift->row = (double)row + between(at(p, row - 1, col), here, at(p, row + 1, col));
    shift->col = (double)col + between(at(p, row, col - 1), here, at(p, row, col + 1));
    shift->peak = here / height;
}

tl_code tl_mapstat_shift(const float *a, const float *b, ptrdiff_t nrow, ptrdiff_t ncol,
                         tl_shift *shift, tl_err *err) {
    *shift = (tl_shift){0};
    const ptrdiff_t shorter = nrow < ncol ? nrow : ncol;
    if (shorter < 16) {
        return tl_fail(err, TL_DATA,
                       "pictures of %td x %td cells are too small to find their shift; wanted at "
                       "least 16 x 16",
                       nrow, ncol);
    }
    tl_plane p = {0};
    tl_plane q = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_plane_init(&p, nrow, ncol, err));
    TL_CHECK(tl_plane_init(&q, nrow, ncol, err));
    if (!lay_down(a, nrow, ncol, &p) || !lay_down(b, nrow, ncol, &q)) {
        code = tl_fail(err, TL_DATA,
                       "a picture with the same value everywhere has no shift against another one");
        goto done;
    }
    TL_CHECK(tl_plane_forward(&p, nrow, err));
    TL_CHECK(tl_plane_forward(&q, nrow, err));
    const double height = correlate_phases(&p, &q);
    TL_CHECK(tl_plane_back(&q, q.nrow, err));
    find_peak(&q, shorter / 4, height, shift);
done:
    tl_plane_free(&p);
    tl_plane_free(&q);
    return code;
}

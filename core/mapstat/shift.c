/* SPDX-License-Identifier: GPL-2.0-or-later
 * Phase correlation of two images; see shift.h. */
#include "mapstat/shift.h"

#include <math.h>

#include "base/angle_units.h"
#include "base/minmax.h"
#include "mapstat/fourier.h"

static const double width_cycles = 0.15;
static const double max_cycles = 0.2;

static double hann(ptrdiff_t i, ptrdiff_t n) {
    return 0.5 - 0.5 * cos(2.0 * TL_PI * ((double)i + 0.5) / (double)n);
}

/* The image without its mean, faded out, in the corner of a plane. */
static int load_image(const float *image, ptrdiff_t nrow, ptrdiff_t ncol, tl_plane *plane) {
    double sum = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < nrow * ncol; i++) {
        if (isfinite(image[i])) {
            sum += (double)image[i];
            n++;
        }
    }
    const double mean = n > 0 ? sum / (double)n : 0.0;
    int varies = 0;
    for (ptrdiff_t r = 0; r < nrow; r++) {
        for (ptrdiff_t c = 0; c < ncol; c++) {
            const float v = image[r * ncol + c];
            const double left = isfinite(v) ? (double)v - mean : 0.0;
            varies = varies || fabs(left) > 1e-12 * fabs(mean);
            plane->data[r * plane->pitch + c] = left * hann(r, nrow) * hann(c, ncol);
        }
    }
    return varies;
}

/* Cycles a cell of a row or column of a spectrum, below 0 in its second half. */
static double cycles(ptrdiff_t i, ptrdiff_t n) {
    return (double)(2 * i <= n ? i : i - n) / (double)n;
}

/* Product of the spectrum of b with the conjugate of that of a, at one position. */
static void cross(const tl_plane *a, const tl_plane *b, ptrdiff_t r, ptrdiff_t c, double *re,
                  double *im) {
    const double *x = a->data + r * a->pitch + 2 * c;
    const double *y = b->data + r * b->pitch + 2 * c;
    *re = x[0] * y[0] + x[1] * y[1];
    *im = x[0] * y[1] - x[1] * y[0];
}

/* The weighted phase of the cross spectrum.
 *
 * returns the height of the peak of two equal images */
static double correlate_phases(const tl_plane *a, const tl_plane *b, tl_plane *phase) {
    double weights = 0.0;
    for (ptrdiff_t r = 0; r < b->nrow; r++) {
        const double v = cycles(r, b->nrow);
        for (ptrdiff_t c = 0; c <= b->ncol / 2; c++) {
            const double u = cycles(c, b->ncol);
            const double weight = exp(-0.5 * (u * u + v * v) / (width_cycles * width_cycles));
            double re = 0.0;
            double im = 0.0;
            cross(a, b, r, c, &re, &im);
            const double size = hypot(re, im);
            double *to = phase->data + r * phase->pitch + 2 * c;
            to[0] = size > 0.0 ? weight * re / size : 0.0;
            to[1] = size > 0.0 ? weight * im / size : 0.0;
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

/* The whole cells of the shift, where the correlation is largest. */
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
    *shift = (tl_shift){(double)row, (double)col, at(p, row, col) / height};
}

/* The rest of the shift is the slope of the phase that is left: a plane through the origin, fitted
 * with the size of the cross spectrum as weight, so that waves present in both images decide. */
static void add_slope(const tl_plane *a, const tl_plane *b, tl_shift *shift) {
    double uu = 0.0;
    double uv = 0.0;
    double vv = 0.0;
    double up = 0.0;
    double vp = 0.0;
    for (ptrdiff_t r = 0; r < b->nrow; r++) {
        const double v = cycles(r, b->nrow);
        for (ptrdiff_t c = 0; c <= b->ncol / 2 && fabs(v) <= max_cycles; c++) {
            const double u = cycles(c, b->ncol);
            if (u > max_cycles) {
                break;
            }
            double re = 0.0;
            double im = 0.0;
            cross(a, b, r, c, &re, &im);
            const double turned = 2.0 * TL_PI * (v * shift->row + u * shift->col);
            const double phase =
                atan2(im * cos(turned) + re * sin(turned), re * cos(turned) - im * sin(turned));
            const double weight = hypot(re, im);
            uu += weight * u * u;
            uv += weight * u * v;
            vv += weight * v * v;
            up += weight * u * phase;
            vp += weight * v * phase;
        }
    }
    const double determinant = uu * vv - uv * uv;
    if (determinant > 0.0) {
        const double col = -(up * vv - vp * uv) / determinant / (2.0 * TL_PI);
        const double row = -(vp * uu - up * uv) / determinant / (2.0 * TL_PI);
        if (fabs(col) <= 1.0 && fabs(row) <= 1.0) {
            shift->col += col;
            shift->row += row;
        }
    }
}

tl_code tl_mapstat_shift(const float *a, const float *b, ptrdiff_t nrow, ptrdiff_t ncol,
                         tl_shift *shift, tl_err *err) {
    *shift = (tl_shift){0};
    const ptrdiff_t shorter = tl_min(nrow, ncol);
    if (shorter < 16) {
        return tl_fail(err, TL_DATA,
                       "images of %td x %td cells are too small to find their shift; wanted at "
                       "least 16 x 16",
                       nrow, ncol);
    }
    tl_plane p = {0};
    tl_plane q = {0};
    tl_plane phase = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_mapstat_fourier_init(&p, nrow, ncol, err));
    TL_CHECK(tl_mapstat_fourier_init(&q, nrow, ncol, err));
    TL_CHECK(tl_mapstat_fourier_init(&phase, nrow, ncol, err));
    if (!load_image(a, nrow, ncol, &p) || !load_image(b, nrow, ncol, &q)) {
        code = tl_fail(err, TL_DATA,
                       "an image with the same value everywhere has no shift against another one");
        goto done;
    }
    TL_CHECK(tl_mapstat_fourier_forward(&p, nrow, err));
    TL_CHECK(tl_mapstat_fourier_forward(&q, nrow, err));
    const double height = correlate_phases(&p, &q, &phase);
    TL_CHECK(tl_mapstat_fourier_back(&phase, phase.nrow, err));
    find_peak(&phase, shorter / 4, height, shift);
    add_slope(&p, &q, shift);
done:
    tl_mapstat_fourier_free(&phase);
    tl_mapstat_fourier_free(&p);
    tl_mapstat_fourier_free(&q);
    return code;
}

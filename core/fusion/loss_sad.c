/* SPDX-License-Identifier: GPL-2.0-or-later
 * The spectral angle and its gradient; see loss_sad.h. */
#include "fusion/loss_sad.h"

#include <math.h>

static const double shortest = 1e-12;
static const double smallest_chord = 1e-10;

static double length_of(ptrdiff_t p, const double *x) {
    double sum = 0.0;
    for (ptrdiff_t j = 0; j < p; j++) {
        sum += x[j] * x[j];
    }
    return sqrt(sum);
}

double tl_fusion_angle(ptrdiff_t p, const double *y, const double *s, double weight, double *dy) {
    const double y_length = length_of(p, y);
    const double s_length = length_of(p, s);
    if (y_length < shortest || s_length < shortest) {
        return 0.0;
    }
    const double y_scale = 1.0 / y_length;
    const double s_scale = 1.0 / s_length;
    double minus = 0.0;
    double plus = 0.0;
    for (ptrdiff_t j = 0; j < p; j++) {
        const double u = y[j] * y_scale;
        const double v = s[j] * s_scale;
        minus += (u - v) * (u - v);
        plus += (u + v) * (u + v);
    }
    const double chord = sqrt(minus);
    const double other = sqrt(plus);
    if (dy != NULL && chord > smallest_chord && other > smallest_chord) {
        /* v - cos(angle) u without cancellation is (v - u) + chord^2 / 2 u. */
        const double sine = 0.5 * chord * other;
        const double factor = -weight / (sine * y_length);
        for (ptrdiff_t j = 0; j < p; j++) {
            const double u = y[j] * y_scale;
            dy[j] += factor * ((s[j] * s_scale - u) + 0.5 * minus * u);
        }
    }
    return 2.0 * atan2(chord, other);
}

double tl_fusion_sad(ptrdiff_t rows, ptrdiff_t p, const double *y, const double *s, double weight,
                     double *dy) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < rows; i++) {
        sum += tl_fusion_angle(p, y + i * p, s + i * p, weight / (double)rows,
                               dy == NULL ? NULL : dy + i * p);
    }
    return sum / (double)rows;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Corrections that need no physics: a straight line per band from targets of known reflectance, or
 * from the mean of a scene. */
#include "atmosphere/fit.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"

static tl_band_line no_line(const char *why) {
    tl_band_line line = {.gain = NAN, .offset = NAN, .rmse = NAN};
    (void)snprintf(line.why, sizeof line.why, "%s", why);
    return line;
}

tl_band_line tl_atmosphere_line(const double *value, const double *reflectance, ptrdiff_t n) {
    tl_band_line line = {0};
    double mean_x = 0.0;
    double mean_y = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(value[i]) && isfinite(reflectance[i])) {
            line.n++;
            mean_x += value[i];
            mean_y += reflectance[i];
        }
    }
    if (line.n == 0) {
        return no_line("no target has a value");
    }
    mean_x /= (double)line.n;
    mean_y /= (double)line.n;
    double xx = 0.0;
    double xy = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(value[i]) && isfinite(reflectance[i])) {
            xx += (value[i] - mean_x) * (value[i] - mean_x);
            xy += (value[i] - mean_x) * (reflectance[i] - mean_y);
        }
    }
    if (line.n == 1) {
        line.gain = mean_y / mean_x;
    } else {
        line.gain = xy / xx;
        line.offset = mean_y - line.gain * mean_x;
    }
    if (!isfinite(line.gain) || !(line.gain > 0.0)) {
        return no_line("brighter targets are not brighter in this band");
    }
    double squares = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(value[i]) && isfinite(reflectance[i])) {
            const double rest = reflectance[i] - (line.gain * value[i] + line.offset);
            squares += rest * rest;
        }
    }
    line.rmse = sqrt(squares / (double)line.n);
    return line;
}

static double cosine(const double *a, const double *b, ptrdiff_t p) {
    double ab = 0.0;
    double aa = 0.0;
    double bb = 0.0;
    for (ptrdiff_t j = 0; j < p; j++) {
        ab += a[j] * b[j];
        aa += a[j] * a[j];
        bb += b[j] * b[j];
    }
    return aa > 0.0 && bb > 0.0 ? ab / sqrt(aa * bb) : 1.0;
}

static ptrdiff_t position_of_smallest(const double *v, ptrdiff_t n) {
    ptrdiff_t at = 0;
    for (ptrdiff_t i = 1; i < n; i++) {
        at = v[i] < v[at] ? i : at;
    }
    return at;
}

tl_code tl_atmosphere_extremes(const double *spectrum, ptrdiff_t n, ptrdiff_t p, ptrdiff_t wanted,
                               ptrdiff_t *picked, ptrdiff_t *count, tl_err *err) {
    *count = 0;
    double *mean = tl_acquire(p, sizeof *mean);
    double *nearest = tl_acquire(n, sizeof *nearest); /* largest cosine to those picked */
    if (mean == NULL || nearest == NULL) {
        tl_release(mean);
        tl_release(nearest);
        return tl_no_memory(err, "%td pixels", n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < p; j++) {
            mean[j] += spectrum[i * p + j] / (double)n;
        }
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        nearest[i] = cosine(spectrum + i * p, mean, p);
    }
    while (n > 0 && *count < wanted) {
        const ptrdiff_t at = position_of_smallest(nearest, n);
        if (*count > 0 && nearest[at] > 1.0 - 1e-9) {
            break;
        }
        picked[*count] = at;
        for (ptrdiff_t i = 0; i < n; i++) {
            const double c = cosine(spectrum + i * p, spectrum + at * p, p);
            nearest[i] = *count == 0 ? c : fmax(nearest[i], c);
        }
        (*count)++;
    }
    tl_release(mean);
    tl_release(nearest);
    return TL_OK;
}

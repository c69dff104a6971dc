/* SPDX-License-Identifier: GPL-2.0-or-later
 * Steps between detectors; see seam.h. */
#include "imagery/seam.h"

#include <math.h>

#include "base/alloc.h"
#include "num/stats.h"

/* Bands farther away than this carry no information about the seam. */
static const double reach_nm = 60.0;

static int usable(const tl_band *b, int detector) {
    return b->detector == detector && b->good && isfinite(b->centre_nm);
}

static void extent(const tl_bands *bands, int detector, double *low, double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        if (usable(&bands->band[i], detector)) {
            *low = fmin(*low, bands->band[i].centre_nm);
            *high = fmax(*high, bands->band[i].centre_nm);
        }
    }
}

/* The bands of a detector nearest to a wavelength, nearest first. */
static ptrdiff_t nearest(const tl_bands *bands, int detector, double nm, ptrdiff_t *out) {
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        const double away = fabs(bands->band[i].centre_nm - nm);
        if (!usable(&bands->band[i], detector) || !(away <= reach_nm)) {
            continue;
        }
        ptrdiff_t at = n < TL_SEAM_BANDS ? n++ : TL_SEAM_BANDS;
        while (at > 0 && away < fabs(bands->band[out[at - 1]].centre_nm - nm)) {
            if (at < TL_SEAM_BANDS) {
                out[at] = out[at - 1];
            }
            at--;
        }
        if (at < TL_SEAM_BANDS) {
            out[at] = i;
        }
    }
    return n;
}

/* Weights of the value at nm of the least-squares line through the bands. */
static int line_weights(const tl_bands *bands, const ptrdiff_t *band, ptrdiff_t n, double nm,
                        double *weight) {
    double mean = 0.0;
    double square = 0.0;
    for (ptrdiff_t k = 0; k < n; k++) {
        mean += bands->band[band[k]].centre_nm / (double)n;
    }
    for (ptrdiff_t k = 0; k < n; k++) {
        const double from_mean = bands->band[band[k]].centre_nm - mean;
        square += from_mean * from_mean;
    }
    if (n < 2 || !(square > 0.0)) {
        return 0;
    }
    for (ptrdiff_t k = 0; k < n; k++) {
        const double from_mean = bands->band[band[k]].centre_nm - mean;
        weight[k] = 1.0 / (double)n + from_mean * (nm - mean) / square;
    }
    return 1;
}

int tl_imagery_seam_find(const tl_bands *bands, int detector, tl_seam *seam) {
    double low[2];
    double high[2];
    for (int side = 0; side < 2; side++) {
        extent(bands, detector + side, &low[side], &high[side]);
    }
    if (!isfinite(low[0]) || !isfinite(low[1]) || low[1] < low[0]) {
        return 0;
    }
    *seam = (tl_seam){
        .detector = detector, .at_nm = 0.5 * (high[0] + low[1]), .overlaps = low[1] <= high[0]};
    for (int side = 0; side < 2; side++) {
        seam->n[side] = nearest(bands, detector + side, seam->at_nm, seam->band[side]);
        if (!line_weights(bands, seam->band[side], seam->n[side], seam->at_nm,
                          seam->weight[side])) {
            return 0;
        }
    }
    return 1;
}

void tl_imagery_seam_levels(const tl_seam *seam, const float *value, ptrdiff_t step,
                            double level[2]) {
    for (int side = 0; side < 2; side++) {
        level[side] = 0.0;
        for (ptrdiff_t k = 0; k < seam->n[side]; k++) {
            level[side] += seam->weight[side][k] * (double)value[seam->band[side][k] * step];
        }
    }
}

double tl_imagery_seam_step(const double *level, ptrdiff_t n, int as_gain) {
    double *step = tl_acquire(n, sizeof *step);
    ptrdiff_t used = 0;
    double median = (double)NAN;
    for (ptrdiff_t i = 0; step != NULL && i < n; i++) {
        const double first = level[2 * i];
        const double second = level[2 * i + 1];
        if (as_gain ? first > 0.0 && second > 0.0 : !isnan(first) && !isnan(second)) {
            step[used++] = as_gain ? first / second : first - second;
        }
    }
    if (used > 0) {
        tl_num_sort(step, used);
        median = 0.5 * (step[(used - 1) / 2] + step[used / 2]);
    }
    tl_release(step);
    return median;
}

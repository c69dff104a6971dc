/* SPDX-License-Identifier: GPL-2.0-or-later
 * The column of water vapour above each cell of a scene, from the depth of its absorption bands. */
#include "atmosphere/watervapour.h"

#include <math.h>

static const double windows[2][3][2] = {
    {{865.0, 885.0}, {925.0, 955.0}, {1020.0, 1040.0}},
    {{1060.0, 1090.0}, {1120.0, 1150.0}, {1230.0, 1250.0}},
};

int tl_atmosphere_water_feature_find(const double *centre_nm, const int *usable, ptrdiff_t n,
                                     int at_1130, tl_water_feature *feature) {
    *feature = (tl_water_feature){0};
    ptrdiff_t count[3] = {0, 0, 0};
    for (ptrdiff_t i = 0; i < n; i++) {
        for (int part = 0; usable[i] != 0 && part < 3; part++) {
            const double *w = windows[at_1130 != 0][part];
            if (centre_nm[i] >= w[0] && centre_nm[i] <= w[1] && feature->n < TL_WATER_MAX_BANDS) {
                feature->band[feature->n] = i;
                feature->part[feature->n] = part;
                feature->n++;
                feature->centre_nm[part] += centre_nm[i];
                count[part]++;
            }
        }
    }
    for (int part = 0; part < 3; part++) {
        if (count[part] == 0) {
            *feature = (tl_water_feature){0};
            return 0;
        }
        feature->centre_nm[part] /= (double)count[part];
    }
    return 1;
}

/* How much brighter the ground appears inside the feature than the line between its shoulders;
 * increases with the load that is corrected for. */
static double bulge(const tl_air_bands *bands, const tl_water_feature *f, const float *top,
                    tl_water_position position, double *shoulders) {
    double sum[3] = {0.0, 0.0, 0.0};
    double count[3] = {0.0, 0.0, 0.0};
    for (ptrdiff_t i = 0; i < f->n; i++) {
        const tl_air_numbers a = tl_atmosphere_bands_at(bands, f->band[i], position);
        sum[f->part[i]] += (double)tl_atmosphere_air_to_ground(a, top[i]);
        count[f->part[i]] += 1.0;
    }
    const double left = sum[0] / count[0];
    const double right = sum[2] / count[2];
    const double t = (f->centre_nm[1] - f->centre_nm[0]) / (f->centre_nm[2] - f->centre_nm[0]);
    *shoulders = fmin(left, right);
    return sum[1] / count[1] - (left + t * (right - left));
}

static double bulge_at(const tl_air_bands *bands, const tl_water_feature *f, const float *top,
                       ptrdiff_t k) {
    double shoulders = 0.0;
    return bulge(bands, f, top, (tl_water_position){.low = (int)k, .part = 0.0F}, &shoulders);
}

double tl_atmosphere_water_retrieve(const tl_air_bands *bands, const tl_water_feature *feature,
                                    const float *top) {
    for (ptrdiff_t i = 0; i < feature->n; i++) {
        if (!isfinite(top[i])) {
            return NAN;
        }
    }
    double shoulders = 0.0;
    const tl_water_position first = {0, 0.0F};
    double low_bulge = bulge(bands, feature, top, first, &shoulders);
    if (!(shoulders > 0.02)) {
        return NAN;
    }
    if (low_bulge >= 0.0 || bands->n_water < 2) {
        return bands->water_g_cm2[0];
    }
    ptrdiff_t low = 0;
    ptrdiff_t high = bands->n_water - 1;
    double high_bulge = bulge_at(bands, feature, top, high);
    if (!(high_bulge > 0.0)) {
        return bands->water_g_cm2[high];
    }
    while (high - low > 1) {
        const ptrdiff_t middle = (low + high) / 2;
        const double now = bulge_at(bands, feature, top, middle);
        if (now < 0.0) {
            low = middle;
            low_bulge = now;
        } else {
            high = middle;
            high_bulge = now;
        }
    }
    const double t = low_bulge / (low_bulge - high_bulge);
    return (1.0 - t) * bands->water_g_cm2[low] + t * bands->water_g_cm2[high];
}

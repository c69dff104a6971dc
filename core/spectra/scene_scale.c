/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scale of a scene against that of a model; see scene_scale.h. */
#include "spectra/scene_scale.h"

#include <math.h>

/* Values up to this can be reflectance from 0 to 1, with snow, glint and noise. */
static const double reflectance = 1.6;

/* Soils, water and clouds differ by less, scales by a hundred or more. */
static const double apart = 20.0;
static const double far_apart = 50.0;

tl_training_scale tl_spectra_training_scale(const json_t *about, ptrdiff_t p) {
    tl_training_scale t = {0};
    const json_t *spectra = json_object_get(about, "spectra");
    const json_t *mean = json_object_get(spectra, "mean");
    if (mean == NULL) {
        mean = json_object_get(json_object_get(spectra, "scene"), "mean");
    }
    if (p < 1 || json_array_size(mean) != (size_t)p) {
        return t;
    }
    for (int k = 0; k < TL_SCALE_BANDS; k++) {
        const ptrdiff_t j = p <= TL_SCALE_BANDS ? k : (2 * k + 1) * p / (2 * TL_SCALE_BANDS);
        const json_t *number = j < p ? json_array_get(mean, (size_t)j) : NULL;
        if (json_is_number(number) && isfinite(json_number_value(number))) {
            t.band[t.n] = j;
            t.mean[t.n++] = json_number_value(number);
        }
    }
    return t;
}

double tl_spectra_scale_factor(const tl_training_scale *t, const double *here, int whole,
                               double *mean) {
    double sum[2] = {0.0, 0.0};
    int n = 0;
    for (int k = 0; k < t->n; k++) {
        if (isfinite(here[k])) {
            sum[0] += here[k];
            sum[1] += t->mean[k];
            n++;
        }
    }
    const double scene = n > 0 ? sum[0] / (double)n : 0.0;
    const double training = n > 0 ? sum[1] / (double)n : 0.0;
    if (mean != NULL) {
        mean[0] = scene;
        mean[1] = training;
    }
    const int both = scene <= reflectance && training <= reflectance;
    if (!(scene > 0.0) || !(training > 0.0) || both) {
        return 1.0;
    }
    const double ratio = scene / training;
    if (ratio < (whole ? apart : far_apart) && (!whole || ratio > 1.0 / apart)) {
        return 1.0;
    }
    const double power = log10(ratio);
    return fabs(power) < 3.0 ? (power > 0.0 ? 0.01 : 100.0) : (power > 0.0 ? 0.0001 : 10000.0);
}

tl_code tl_spectra_refuse_scale(double factor, const double *mean, double scale, tl_err *err) {
    return tl_fail(
        err, TL_DATA,
        "the scene is on another scale than the spectra of the training: its mean is "
        "%.4g, in training it was %.4g, so the factor is %g; give scene_scale %g, or set "
        "the scale of the file (gdal_edit.py -scale %g, or 'reflectance scale factor' in "
        "the ENVI header)",
        mean[0], mean[1], factor, factor * scale, factor * scale);
}

tl_code tl_spectra_check_scale(const tl_training_scale *t, const float *const *band,
                               const tl_band *table, ptrdiff_t n, double scale, tl_err *err) {
    enum { LOOKED_AT = 32 };
    double here[TL_SCALE_BANDS];
    double mean[2];
    const ptrdiff_t step = n > LOOKED_AT ? n / LOOKED_AT : 1;
    for (int k = 0; k < t->n; k++) {
        const float *values = band[t->band[k]];
        double sum = 0.0;
        ptrdiff_t m = 0;
        for (ptrdiff_t i = step / 2; i < n; i += step) {
            const float value =
                table == NULL ? values[i] : tl_band_value(&table[t->band[k]], values[i]);
            if (isfinite(value)) {
                sum += scale * (double)value;
                m++;
            }
        }
        here[k] = m > 0 ? sum / (double)m : (double)NAN;
    }
    const double factor = tl_spectra_scale_factor(t, here, 0, mean);
    return factor < 1.0 ? tl_spectra_refuse_scale(factor, mean, scale, err) : TL_OK;
}

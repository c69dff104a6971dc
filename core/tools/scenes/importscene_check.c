/* SPDX-License-Identifier: GPL-2.0-or-later
 * Checks of an imported scene against physics: sun, empty bands, scaling. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "atmosphere/solar.h"
#include "base/alloc.h"
#include "base/angle_units.h"
#include "base/minmax.h"
#include "num/stats.h"
#include "tools/scenes/importscene.h"
#include "tools/scenes/sunlight.h"

/* --- sun --- */

/* A wrong zenith may be an elevation, or the time may be in another time zone. */
static void compare_sun(tl_import *m, const tl_sun *sun) {
    tl_scene_facts *facts = &m->facts;
    const tl_sunlight_comparison c = tl_sunlight_compare(facts, sun);
    if (!isfinite(facts->sun_zenith_deg)) {
        tl_importscene_decide(m, TL_INFO,
                              "sun zenith %.2f degrees, computed from time and "
                              "position",
                              sun->zenith_deg);
    } else if (c.zenith_error_deg > TL_SUNLIGHT_TOLERANCE_DEG &&
               c.elevation_error_deg <= TL_SUNLIGHT_TOLERANCE_DEG) {
        tl_importscene_decide(
            m, TL_WARNING,
            "the sun zenith of the metadata, %.2f degrees, is its elevation: from time and "
            "position the zenith is %.2f degrees, which is used",
            facts->sun_zenith_deg, sun->zenith_deg);
        facts->sun_zenith_deg = sun->zenith_deg;
    } else if (c.zenith_error_deg > TL_SUNLIGHT_TOLERANCE_DEG) {
        tl_importscene_decide(
            m, TL_WARNING,
            "the sun zenith of the metadata, %.2f degrees, is not that of time and position, "
            "%.2f degrees; it is kept: check the time (is it UTC?) and the position, or set "
            "sun_zenith in the next tool",
            facts->sun_zenith_deg, sun->zenith_deg);
    }
    tl_sunlight_complete(facts, sun);
}

void tl_importscene_facts(tl_import *m) {
    m->facts = m->info->facts;
    tl_sun sun;
    if (m->facts.utc[0] != '\0' && isfinite(m->facts.latitude_deg) &&
        isfinite(m->facts.longitude_deg) &&
        tl_atmosphere_sun(m->facts.utc, m->facts.latitude_deg, m->facts.longitude_deg, &sun,
                          NULL) == TL_OK) {
        compare_sun(m, &sun);
    }
}

/* --- values --- */

/* Sorts the values. */
static double median_of(double *value, ptrdiff_t n) {
    tl_num_sort(value, n);
    return tl_num_quantile(value, n, 0.5, 7);
}

enum { looked_at_rows = 12, looked_at_cols = 256 };

/* Figures of values spread over the rows and columns of the parts. */
typedef struct look {
    ptrdiff_t *count; /* [bands.n] valid values */
    double *median;   /* [bands.n] NaN without values */
    int *is_flat;     /* [bands.n] 1: all values are the same number */
} look;

static tl_code look_at_part(const tl_import *m, ptrdiff_t p, ptrdiff_t first, look *l,
                            tl_err *err) {
    const tl_product_part *part = &m->info->part[p];
    const ptrdiff_t n_bands = part->bands.n;
    const ptrdiff_t rows = tl_min(part->nrow, looked_at_rows);
    const ptrdiff_t step = part->ncol < looked_at_cols ? 1 : part->ncol / looked_at_cols;
    const ptrdiff_t capacity = rows * (part->ncol / step + 1);
    int *band = tl_acquire(n_bands, sizeof *band);
    float *row = tl_acquire(n_bands * part->ncol, sizeof *row);
    double *seen = tl_acquire(n_bands * capacity, sizeof *seen);
    tl_code code = TL_OK;
    if (band == NULL || row == NULL || seen == NULL) {
        code = tl_no_memory(err, "looking at %td bands", n_bands);
        goto done;
    }
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        band[b] = (int)b + 1;
    }
    for (ptrdiff_t k = 0; k < rows; k++) {
        const ptrdiff_t at = (2 * k + 1) * part->nrow / (2 * rows);
        TL_CHECK(m->store->read_product(m->product, p, at, 1, band, n_bands, row, err));
        for (ptrdiff_t b = 0; b < n_bands; b++) {
            const tl_band *entry = &m->bands.band[first + b];
            for (ptrdiff_t c = 0; c < part->ncol; c += step) {
                const double v = (double)tl_band_value(entry, row[b * part->ncol + c]);
                if (isfinite(v)) {
                    seen[b * capacity + l->count[first + b]++] = v;
                }
            }
        }
    }
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        const ptrdiff_t n = l->count[first + b];
        double *of_band = seen + b * capacity;
        l->median[first + b] = n > 0 ? median_of(of_band, n) : (double)NAN;
        l->is_flat[first + b] = n > 1 && !(of_band[n - 1] > of_band[0]);
    }
done:
    tl_release(band);
    tl_release(row);
    tl_release(seen);
    return code;
}

/* Median over the bands from 450 to 900 nm, as reflectance at the top of the atmosphere where the
 * scene holds radiance; NaN without such bands or without the angle of the sun. */
static double visible_median(const tl_import *m, const look *l, double *capacity) {
    ptrdiff_t n = 0;
    const double d = isfinite(m->facts.earth_sun_au) ? m->facts.earth_sun_au : 1.0;
    const double up = cos(m->facts.sun_zenith_deg * TL_PI / 180.0);
    for (ptrdiff_t b = 0; b < m->bands.n; b++) {
        const tl_band *band = &m->bands.band[b];
        double value = l->median[b];
        if (m->bands.quantity == TL_QUANTITY_RADIANCE) {
            value *=
                TL_PI * d * d / (tl_atmosphere_irradiance(band->centre_nm, band->fwhm_nm) * up);
        }
        if (band->good && band->centre_nm >= 450.0 && band->centre_nm <= 900.0 && isfinite(value)) {
            capacity[n++] = value;
        }
    }
    return n > 0 ? median_of(capacity, n) : (double)NAN;
}

/* The factor that scales a value into the range of land, 0.02..0.9; 0 when none does. */
static double fitting_factor(double value, int is_radiance) {
    static const double of_reflectance[] = {0.01, 0.0001, 1.0 / 65535.0, 0.001, 10000.0, 100.0};
    static const double of_radiance[] = {0.1, 10.0, 0.001, 1000.0, 0.01, 100.0, 0.0001, 10000.0};
    const double *factor = is_radiance ? of_radiance : of_reflectance;
    const ptrdiff_t n = is_radiance ? TL_COUNT(of_radiance) : TL_COUNT(of_reflectance);
    for (ptrdiff_t i = 0; i < n; i++) {
        const double scaled = value * factor[i];
        if (scaled >= 0.02 && scaled <= 0.9) {
            return factor[i];
        }
    }
    return 0.0;
}

/* The likely quantity of a file that does not state it. */
static void report_unknown(tl_import *m, double median) {
    const double factor = fitting_factor(median, 0);
    if (median >= 0.02 && median <= 0.9) {
        tl_importscene_decide(
            m, TL_WARNING,
            "the product does not state its quantity; its median from 450 to 900 nm is %.4g, as "
            "of reflectance: set quantity reflectance if it is",
            median);
    } else if (factor > 0.0) {
        tl_importscene_decide(
            m, TL_WARNING,
            "the product does not state its quantity; its median from 450 to 900 nm is %.4g: if "
            "it is reflectance, set quantity reflectance and scale %.6g",
            median, factor);
    } else {
        tl_importscene_decide(m, TL_WARNING,
                              "the product does not state its quantity; set quantity and scale");
    }
}

static tl_code check_scaling(tl_import *m, double median, tl_err *err) {
    const int is_radiance = m->bands.quantity == TL_QUANTITY_RADIANCE;
    const char *quantity = is_radiance ? "radiance in W m-2 sr-1 um-1" : "reflectance from 0 to 1";
    const double factor = fitting_factor(median, is_radiance);
    char mend[160];
    if (factor > 0.0) {
        (void)snprintf(mend, sizeof mend, "a factor of %.6g would fit: set scale %.6g", factor,
                       factor);
    } else {
        (void)snprintf(mend, sizeof mend,
                       "no usual factor fits: check the gains, or set quantity and scale");
    }
    if (!(median >= 0.0 && median <= 1.2)) {
        return tl_fail(
            err, TL_DATA,
            "product: the values of '%s' are not %s: their median from 450 to 900 nm is a "
            "reflectance of %.4g%s, wanted 0 to 1.2; %s",
            tl_job_text(m->job, "product"), quantity, median, is_radiance ? " above the air" : "",
            mend);
    }
    if (median < 0.02) {
        tl_importscene_decide(
            m, TL_WARNING,
            "the median from 450 to 900 nm is a reflectance of %.4g, very dark for %s; %s", median,
            quantity, mend);
    } else {
        tl_importscene_decide(m, TL_INFO,
                              "median from 450 to 900 nm: a reflectance of %.3f%s, as it can be",
                              median, is_radiance ? " above the air" : "");
    }
    return TL_OK;
}

/* Bands without any value, and bands with a single number where most others have several: the
 * agency filled them with it. */
static void flag_dead(tl_import *m, const look *l) {
    ptrdiff_t n_flat = 0;
    for (ptrdiff_t b = 0; b < m->bands.n; b++) {
        n_flat += l->is_flat[b];
    }
    for (ptrdiff_t b = 0; b < m->bands.n; b++) {
        tl_band *band = &m->bands.band[b];
        if (l->count[b] == 0 && band->good) {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason, "no valid pixel in the rows read");
        } else if (l->is_flat[b] && 2 * n_flat < m->bands.n && band->good) {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason,
                           fabs(l->median[b]) > 0.0 ? "the same value in all rows read"
                                                    : "always 0 in the rows read");
        }
    }
}

static tl_code judge(tl_import *m, const look *l, tl_err *err) {
    flag_dead(m, l);
    const int is_known = m->bands.quantity == TL_QUANTITY_RADIANCE ||
                         m->bands.quantity == TL_QUANTITY_TOA_REFLECTANCE ||
                         m->bands.quantity == TL_QUANTITY_REFLECTANCE;
    double *capacity = tl_acquire(m->bands.n, sizeof *capacity);
    if (capacity == NULL) {
        return tl_no_memory(err, "%td bands", m->bands.n);
    }
    const double median = visible_median(m, l, capacity);
    tl_release(capacity);
    if (m->bands.quantity == TL_QUANTITY_UNKNOWN && isfinite(median)) {
        report_unknown(m, median);
    }
    if (is_known && isfinite(median)) {
        return check_scaling(m, median, err);
    }
    if (is_known) {
        tl_importscene_decide(
            m, TL_WARNING, "the scaling was not checked: %s",
            isfinite(m->facts.sun_zenith_deg) || m->bands.quantity != TL_QUANTITY_RADIANCE
                ? "no valid value from 450 to 900 nm in the rows read"
                : "the height of the sun is not known");
    }
    return TL_OK;
}

tl_code tl_importscene_check_values(tl_import *m, tl_err *err) {
    look l = {.count = tl_acquire(m->bands.n, sizeof *l.count),
              .median = tl_acquire(m->bands.n, sizeof *l.median),
              .is_flat = tl_acquire(m->bands.n, sizeof *l.is_flat)};
    tl_code code = l.count == NULL || l.median == NULL || l.is_flat == NULL
                       ? tl_no_memory(err, "%td bands", m->bands.n)
                       : TL_OK;
    for (ptrdiff_t p = 0, first = 0; p < m->info->n_parts && code == TL_OK; p++) {
        code = look_at_part(m, p, first, &l, err);
        first += m->info->part[p].bands.n;
    }
    if (code == TL_OK) {
        code = judge(m, &l, err);
    }
    tl_release(l.count);
    tl_release(l.median);
    tl_release(l.is_flat);
    return code;
}

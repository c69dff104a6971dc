/* SPDX-License-Identifier: GPL-2.0-or-later
 * The effect of a clear atmosphere on each band of a sensor, and its inverse: surface reflectance
 * from that at the top of the atmosphere. */
#include "atmosphere/airbands.h"

#include <math.h>

#include "atmosphere/solar.h"
#include "base/alloc.h"

enum { loads_between = 8, max_samples = 4001 };

/* --- axes --- */

/* Position of x on an increasing axis: index of the lower end and fraction of the interval. */
static ptrdiff_t locate(const double *axis, ptrdiff_t n, double x, double *part) {
    *part = 0.0;
    if (n < 2 || !(x > axis[0])) {
        return 0;
    }
    ptrdiff_t low = 0;
    ptrdiff_t high = n - 1;
    while (high - low > 1) {
        const ptrdiff_t middle = (low + high) / 2;
        if (axis[middle] <= x) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *part = fmin((x - axis[low]) / (axis[high] - axis[low]), 1.0);
    return low;
}

static ptrdiff_t dense_count(const tl_air_table *t) {
    return (t->n_water - 1) * loads_between + 1;
}

/* Load k of the dense axis, between two loads of the table. */
static double dense_load(const tl_air_table *t, ptrdiff_t k, ptrdiff_t *low, double *part) {
    *low = k / loads_between;
    *part = (double)(k % loads_between) / (double)loads_between;
    if (*part == 0.0) { /* exactly the table's own load */
        return t->water_g_cm2[*low];
    }
    const double a = sqrt(t->water_g_cm2[*low]);
    const double b = sqrt(t->water_g_cm2[*low + 1]);
    const double root = a + *part * (b - a);
    return root * root;
}

/* --- averages over a band --- */

typedef struct sample {
    ptrdiff_t low; /* wavelength of the table */
    double part;
    double weight;
} sample;

/* Wavelengths at which a band is sampled, inside the table.
 *
 * returns their number; 0 = the band is outside */
static ptrdiff_t sample_band(const tl_air_table *t, double centre, double fwhm, sample *out) {
    const double first = t->wavelength_nm[0];
    const double last = t->wavelength_nm[t->n_wavelength - 1];
    /* Axes in micrometres as float32 have errors of up to 1e-4 nm. */
    if (!(centre >= first - 1e-3 && centre <= last + 1e-3)) {
        return 0;
    }
    const double sd = fwhm > 0.0 ? fwhm / 2.3548200450309493 : 0.0;
    const ptrdiff_t half =
        sd > 0.0 ? (ptrdiff_t)fmin(ceil(fmax(12.0, 3.0 * sd)), (max_samples - 1) / 2.0) : 0;
    ptrdiff_t n = 0;
    double sum = 0.0;
    for (ptrdiff_t k = -half; k <= half; k++) {
        const double z = half > 0 ? 3.0 * (double)k / (double)half : 0.0;
        const double nm = centre + z * sd;
        if (k != 0 && !(nm >= first && nm <= last)) {
            continue;
        }
        const double sun = tl_atmosphere_irradiance(nm, 0.0);
        const double weight = exp(-0.5 * z * z) * (sun > 0.0 ? sun : 1e-3);
        out[n] = (sample){.weight = weight};
        out[n].low = locate(t->wavelength_nm, t->n_wavelength, nm, &out[n].part);
        sum += weight;
        n++;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        out[i].weight /= sum;
    }
    return n;
}

/* One quantity at a wavelength between aerosol loads. */
typedef struct corner {
    ptrdiff_t aod;
    double aod_part;
} corner;

static double between_wavelengths(const tl_air_table *t, const float *value, ptrdiff_t a,
                                  ptrdiff_t k, const sample *s) {
    const float *row = value + (a * t->n_water + k) * t->n_wavelength;
    return s->part > 0.0 ? (1.0 - s->part) * (double)row[s->low] + s->part * (double)row[s->low + 1]
                         : (double)row[s->low];
}

static double both_ways(const tl_air_table *t, ptrdiff_t a, ptrdiff_t k, const sample *s) {
    return between_wavelengths(t, t->down, a, k, s) * between_wavelengths(t, t->up, a, k, s);
}

static double mix(double a, double b, double part) {
    return part > 0.0 ? (1.0 - part) * a + part * b : a;
}

static double mix_logs(double a, double b, double part) {
    return part > 0.0 ? exp(mix(log(fmax(a, 1e-9)), log(fmax(b, 1e-9)), part)) : a;
}

/* Averages of a band under a load of the table's own water axis. */
typedef struct averages {
    double path;
    double through;
    double albedo;
} averages;

static averages average(const tl_air_table *t, corner c, ptrdiff_t k, const sample *s,
                        ptrdiff_t n) {
    averages sum = {0.0, 0.0, 0.0};
    const ptrdiff_t next = c.aod_part > 0.0 ? c.aod + 1 : c.aod;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double w = s[i].weight;
        sum.path += w * mix(between_wavelengths(t, t->path, c.aod, k, &s[i]),
                            between_wavelengths(t, t->path, next, k, &s[i]), c.aod_part);
        sum.through +=
            w * mix_logs(both_ways(t, c.aod, k, &s[i]), both_ways(t, next, k, &s[i]), c.aod_part);
        sum.albedo += w * mix(between_wavelengths(t, t->albedo, c.aod, k, &s[i]),
                              between_wavelengths(t, t->albedo, next, k, &s[i]), c.aod_part);
    }
    return sum;
}

static void fill_band(const tl_air_table *t, corner c, const sample *s, ptrdiff_t n, ptrdiff_t band,
                      tl_air_bands *b) {
    averages here = average(t, c, 0, s, n);
    averages next = here;
    for (ptrdiff_t k = 0; k < b->n_water; k++) {
        ptrdiff_t low = 0;
        double part = 0.0;
        (void)dense_load(t, k, &low, &part);
        if (k > 0 && part == 0.0) {
            here = next;
        }
        if (part == 0.0 && low + 1 < t->n_water) {
            next = average(t, c, low + 1, s, n);
        }
        const ptrdiff_t at = band * b->n_water + k;
        b->path[at] = (float)mix(here.path, next.path, part);
        b->through[at] = (float)mix_logs(here.through, next.through, part);
        b->albedo[at] = (float)mix(here.albedo, next.albedo, part);
    }
}

static tl_code acquire(tl_air_bands *b, tl_err *err) {
    b->water_g_cm2 = tl_acquire(b->n_water, sizeof *b->water_g_cm2);
    b->path = tl_acquire(b->n * b->n_water, sizeof *b->path);
    b->through = tl_acquire(b->n * b->n_water, sizeof *b->through);
    b->albedo = tl_acquire(b->n * b->n_water, sizeof *b->albedo);
    b->inside = tl_acquire(b->n, sizeof *b->inside);
    if (b->water_g_cm2 == NULL || b->path == NULL || b->through == NULL || b->albedo == NULL ||
        b->inside == NULL) {
        tl_atmosphere_bands_free(b);
        return tl_no_memory(err, "the air over %td bands", b->n);
    }
    return TL_OK;
}

tl_code tl_atmosphere_bands_init(const tl_air_table *table, double aod, const double *centre_nm,
                                 const double *fwhm_nm, ptrdiff_t n, tl_air_bands *bands,
                                 tl_err *err) {
    *bands = (tl_air_bands){0};
    const double lowest = table->aod[0];
    const double highest = table->aod[table->n_aod - 1];
    if (!(aod >= lowest - 1e-6 && aod <= highest + 1e-6)) {
        return tl_fail(err, TL_ARG,
                       "the aerosol optical depth %g is outside the atmospheric table, which goes "
                       "from %g to %g",
                       aod, lowest, highest);
    }
    *bands = (tl_air_bands){.n = n, .n_water = dense_count(table)};
    sample *samples = tl_acquire(max_samples, sizeof *samples);
    tl_code code =
        samples == NULL ? tl_no_memory(err, "the wavelengths of %td bands", bands->n) : TL_OK;
    if (code == TL_OK) {
        code = acquire(bands, err);
    }
    corner c = {0, 0.0};
    c.aod = locate(table->aod, table->n_aod, aod, &c.aod_part);
    ptrdiff_t n_inside = 0;
    for (ptrdiff_t k = 0; code == TL_OK && k < bands->n_water; k++) {
        ptrdiff_t low = 0;
        double part = 0.0;
        bands->water_g_cm2[k] = dense_load(table, k, &low, &part);
    }
    for (ptrdiff_t i = 0; code == TL_OK && i < n; i++) {
        const ptrdiff_t n_samples = sample_band(table, centre_nm[i], fwhm_nm[i], samples);
        bands->inside[i] = n_samples > 0;
        if (n_samples > 0) {
            fill_band(table, c, samples, n_samples, i, bands);
            n_inside++;
        }
    }
    if (code == TL_OK && n_inside == 0) {
        code = tl_fail(err, TL_ARG,
                       "none of the %td bands is inside the atmospheric table, which goes from "
                       "%.0f to %.0f nm",
                       n, table->wavelength_nm[0], table->wavelength_nm[table->n_wavelength - 1]);
        tl_atmosphere_bands_free(bands);
    }
    tl_release(samples);
    return code;
}

void tl_atmosphere_bands_free(tl_air_bands *bands) {
    if (bands == NULL) {
        return;
    }
    tl_release(bands->water_g_cm2);
    tl_release(bands->path);
    tl_release(bands->through);
    tl_release(bands->albedo);
    tl_release(bands->inside);
    *bands = (tl_air_bands){0};
}

tl_water_position tl_atmosphere_bands_locate(const tl_air_bands *bands, double water_g_cm2) {
    double part = 0.0;
    const ptrdiff_t low = locate(bands->water_g_cm2, bands->n_water, water_g_cm2, &part);
    return (tl_water_position){.low = (int)low, .part = (float)part};
}

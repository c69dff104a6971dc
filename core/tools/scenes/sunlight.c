/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sun and sunlight of a scene; see sunlight.h. */
#include "tools/scenes/sunlight.h"

#include <math.h>
#include <stdio.h>

#include "atmosphere/solar.h"
#include "base/alloc.h"
#include "base/angle_units.h"
#include "base/text.h"

enum { NODES = 41 };

static void use_number(const tl_job *job, const char *id, double *to) {
    if (tl_job_has(job, id) && tl_job_given(job, id)) {
        *to = tl_job_number(job, id);
    }
}

static void centre_of_grid(const tl_raster_info *info, tl_scene_facts *facts) {
    if (info->geo.is_geographic && isnan(facts->latitude_deg) && isnan(facts->longitude_deg)) {
        tl_georef_to_map(&info->geo, 0.5 * (double)info->ncol, 0.5 * (double)info->nrow,
                         &facts->longitude_deg, &facts->latitude_deg);
        facts->longitude_deg *= info->geo.degrees_per_unit;
        facts->latitude_deg *= info->geo.degrees_per_unit;
    }
}

/* The angle between two directions given by zenith and azimuth; of the zeniths alone when an
 * azimuth is unknown. */
static double angle_between(const tl_scene_facts *facts, const tl_sun *sun) {
    const double a = facts->sun_zenith_deg * TL_RADIANS_PER_DEGREE;
    const double b = sun->zenith_deg * TL_RADIANS_PER_DEGREE;
    if (isnan(facts->sun_azimuth_deg)) {
        return fabs(a - b) / TL_RADIANS_PER_DEGREE;
    }
    const double turn = (facts->sun_azimuth_deg - sun->azimuth_deg) * TL_RADIANS_PER_DEGREE;
    const double cosine = cos(a) * cos(b) + sin(a) * sin(b) * cos(turn);
    return acos(fmin(1.0, fmax(-1.0, cosine))) / TL_RADIANS_PER_DEGREE;
}

tl_sunlight_comparison tl_sunlight_compare(const tl_scene_facts *facts, const tl_sun *sun) {
    const double zenith = facts->sun_zenith_deg;
    return (tl_sunlight_comparison){.angle_deg = angle_between(facts, sun),
                                    .zenith_error_deg = fabs(zenith - sun->zenith_deg),
                                    .elevation_error_deg = fabs(90.0 - zenith - sun->zenith_deg)};
}

void tl_sunlight_complete(tl_scene_facts *facts, const tl_sun *sun) {
    if (isnan(facts->sun_zenith_deg)) {
        facts->sun_zenith_deg = sun->zenith_deg;
    }
    if (isnan(facts->sun_azimuth_deg)) {
        facts->sun_azimuth_deg = sun->azimuth_deg;
    }
    if (isnan(facts->earth_sun_au)) {
        facts->earth_sun_au = sun->distance_au;
    }
}

static void report_sun(const tl_job *job, const tl_scene_facts *facts, const tl_sun *sun) {
    if (!isfinite(facts->sun_zenith_deg)) {
        tl_job_log(job, TL_INFO,
                   "sun from time and position: zenith %.2f degrees, azimuth %.2f degrees",
                   sun->zenith_deg, sun->azimuth_deg);
        return;
    }
    const double angle = tl_sunlight_compare(facts, sun).angle_deg;
    const int is_off = angle > TL_SUNLIGHT_TOLERANCE_DEG;
    tl_job_log(job, is_off ? TL_WARNING : TL_INFO,
               "sun zenith %.2f degrees; computed from time and position: zenith %.2f degrees, "
               "azimuth %.2f degrees; difference %.2f degrees%s",
               facts->sun_zenith_deg, sun->zenith_deg, sun->azimuth_deg, angle,
               is_off ? "; check the time (UTC, not local) and the position" : "");
}

tl_code tl_sunlight_fill_facts(const tl_job *job, const tl_raster_info *info, tl_scene_facts *facts,
                               tl_err *err) {
    centre_of_grid(info, facts);
    use_number(job, "latitude", &facts->latitude_deg);
    use_number(job, "longitude", &facts->longitude_deg);
    if (tl_job_has(job, "time") && tl_job_given(job, "time")) {
        (void)snprintf(facts->utc, sizeof facts->utc, "%.31s", tl_job_text(job, "time"));
    }
    if (tl_job_has(job, "sun_zenith") && tl_job_given(job, "sun_zenith")) {
        facts->sun_zenith_deg = tl_job_number(job, "sun_zenith");
        facts->sun_azimuth_deg = (double)NAN; /* the azimuth of the scene belongs to another
                                               * zenith */
    }
    use_number(job, "sun_azimuth", &facts->sun_azimuth_deg);
    use_number(job, "earth_sun_distance", &facts->earth_sun_au);
    if (facts->utc[0] == '\0') {
        return TL_OK;
    }
    const int has_position = isfinite(facts->latitude_deg) && isfinite(facts->longitude_deg);
    tl_sun sun = {0};
    TL_TRY(tl_atmosphere_sun(facts->utc, has_position ? facts->latitude_deg : 0.0,
                             has_position ? facts->longitude_deg : 0.0, &sun, err));
    if (has_position) {
        report_sun(job, facts, &sun);
        tl_sunlight_complete(facts, &sun);
    } else if (isnan(facts->earth_sun_au)) {
        facts->earth_sun_au = sun.distance_au;
    }
    return TL_OK;
}

/* --- irradiance --- */

typedef struct light_table {
    ptrdiff_t n;
    double *nm; /* [n] increasing */
    double *value;
} light_table;

static double table_at(const light_table *t, double nm) {
    if (!(nm >= t->nm[0] && nm <= t->nm[t->n - 1])) {
        return (double)NAN;
    }
    ptrdiff_t low = 0;
    ptrdiff_t high = t->n - 1;
    while (high - low > 1) {
        const ptrdiff_t middle = (low + high) / 2;
        if (t->nm[middle] <= nm) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const double share = (nm - t->nm[low]) / (t->nm[high] - t->nm[low]);
    return t->value[low] + share * (t->value[high] - t->value[low]);
}

/* Mean over a Gaussian response, from evenly spaced nodes within 1.5 widths of the centre. */
static double table_mean(const light_table *t, const tl_band *band) {
    if (!(band->fwhm_nm > 0.0)) {
        return table_at(t, band->centre_nm);
    }
    double sum = 0.0;
    double weights = 0.0;
    for (int k = 0; k < NODES; k++) {
        const double from_centre = 3.0 * ((double)k / (NODES - 1) - 0.5); /* in widths */
        const double weight = exp(-4.0 * 0.69314718055994531 * from_centre * from_centre);
        sum += weight * table_at(t, band->centre_nm + from_centre * band->fwhm_nm);
        weights += weight;
    }
    return sum / weights;
}

static tl_code read_rows(const tl_text_table *csv, ptrdiff_t wavelength, ptrdiff_t irradiance,
                         const char *what, light_table *t, tl_err *err) {
    t->nm = tl_acquire(csv->nrow, sizeof *t->nm);
    t->value = tl_acquire(csv->nrow, sizeof *t->value);
    if (t->nm == NULL || t->value == NULL) {
        return tl_no_memory(err, "%s", what);
    }
    for (ptrdiff_t i = 0; i < csv->nrow; i++) {
        if (!tl_source_text_table_number(csv, i, wavelength, &t->nm[i]) ||
            !tl_source_text_table_number(csv, i, irradiance, &t->value[i]) || !(t->nm[i] > 0.0) ||
            !(t->value[i] > 0.0)) {
            return tl_fail(err, TL_DATA,
                           "%s: row %td is not a wavelength with an irradiance "
                           "above 0",
                           what, i + 1);
        }
        if (i > 0 && !(t->nm[i] > t->nm[i - 1])) {
            return tl_fail(err, TL_DATA,
                           "%s: the wavelength of row %td is not larger than the one before", what,
                           i + 1);
        }
    }
    t->n = csv->nrow;
    const double to_nm = t->nm[t->n - 1] < 100.0 ? 1000.0 : 1.0;
    for (ptrdiff_t i = 0; i < t->n; i++) {
        t->nm[i] *= to_nm;
    }
    return TL_OK;
}

static tl_code parse_table(const tl_text_table *csv, const char *what, light_table *t,
                           tl_err *err) {
    static const char *const names[] = {"wavelength", "wavelength_nm", "nm", "wavelength_um"};
    ptrdiff_t wavelength = -1;
    for (int k = 0; k < 4 && wavelength < 0; k++) {
        wavelength = tl_source_text_table_column(csv, names[k]);
    }
    const ptrdiff_t irradiance = tl_source_text_table_column(csv, "irradiance");
    if (wavelength < 0 || irradiance < 0 || csv->nrow < 2) {
        return tl_fail(err, TL_DATA,
                       "%s has no columns wavelength and irradiance with two rows at least", what);
    }
    return read_rows(csv, wavelength, irradiance, what, t, err);
}

/* A table in W m-2 nm-1, or wrongly at another distance, is far from the known sunlight. */
static tl_code check_table(const char *what, const tl_bands *bands, const double *found,
                           tl_err *err) {
    double sum = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        const tl_band *band = &bands->band[b];
        const double wanted = tl_atmosphere_irradiance(band->centre_nm, band->fwhm_nm);
        if (isfinite(found[b]) && isfinite(wanted)) {
            sum += log(found[b] / wanted);
            n++;
        }
    }
    const double ratio = n > 0 ? exp(sum / (double)n) : 1.0;
    if (ratio < 0.8 || ratio > 1.25) {
        return tl_fail(err, TL_DATA,
                       "%s has %.3g times the sunlight at the top of the atmosphere; wanted W "
                       "m-2 um-1 at 1 astronomical unit%s",
                       what, ratio, ratio < 0.01 ? " (multiply W m-2 nm-1 by 1000)" : "");
    }
    return TL_OK;
}

static tl_code table_irradiance(const tl_job *job, const char *path, const tl_bands *bands,
                                double *out, tl_err *err) {
    char what[512];
    tl_text_table csv = {0};
    light_table t = {0};
    (void)snprintf(what, sizeof what, "irradiance '%.400s'", path);
    TL_TRY(tl_job_store(job)->read_texts(path, "irradiance", &csv, err));
    tl_code code = parse_table(&csv, what, &t, err);
    for (ptrdiff_t b = 0; code == TL_OK && b < bands->n; b++) {
        out[b] = table_mean(&t, &bands->band[b]);
    }
    if (code == TL_OK) {
        code = check_table(what, bands, out, err);
    }
    tl_source_text_table_free(&csv);
    tl_release(t.nm);
    tl_release(t.value);
    return code;
}

tl_code tl_sunlight_band_irradiance(const tl_job *job, const char *path, const tl_bands *bands,
                                    double *out, tl_err *err) {
    if (path != NULL) {
        return table_irradiance(job, path, bands, out, err);
    }
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        out[b] = tl_atmosphere_irradiance(bands->band[b].centre_nm, bands->band[b].fwhm_nm);
    }
    return TL_OK;
}

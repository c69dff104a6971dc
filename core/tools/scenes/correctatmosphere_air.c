/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correctatmosphere`: sun, view and air of a scene. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "atmosphere/solar.h"
#include "base/alloc.h"
#include "base/angle_units.h"
#include "tools/scenes/correctatmosphere.h"
#include "tools/scenes/sunlight.h"

enum { table_limit = 1 << 30, N_BUILTIN_WATER = 14 };

/* --- sun and view --- */

/* A number from the parameter, else from the facts, else the default; logs its source. */
static double settle(const tl_correction *c, const char *id, double fact, double otherwise,
                     const char *words) {
    if (tl_job_given(c->job, id)) {
        return tl_job_number(c->job, id);
    }
    if (isfinite(fact)) {
        tl_job_log(c->job, TL_INFO, "%s: %.6g, from the scene", words, fact);
        return fact;
    }
    tl_job_log(c->job, TL_WARNING, "%s: not in the scene; %.6g is used (change it with %s)", words,
               otherwise, id);
    return otherwise;
}

static tl_code find_sun(tl_correction *c, tl_err *err) {
    TL_TRY(tl_sunlight_fill_facts(c->job, c->info, &c->facts, err));
    const double zenith = c->facts.sun_zenith_deg;
    if (!isfinite(zenith)) {
        return tl_fail(err, TL_ARG,
                       "scene: '%s' does not state the angle of the sun; use sun_zenith (degrees "
                       "from the vertical)",
                       tl_job_text(c->job, "scene"));
    }
    if (!(zenith >= 0.0 && zenith <= 80.0)) {
        return tl_fail(err, TL_ARG,
                       "scene: the sun is %.1f degrees from the vertical; the formulas are valid "
                       "up to 80 degrees",
                       zenith);
    }
    c->sky.view.sun_zenith_deg = zenith;
    tl_job_log(c->job, TL_INFO, "sun %.2f degrees from the vertical", zenith);
    return TL_OK;
}

/* The factor from values of the file to reflectance at the top of the atmosphere: nothing, or pi
 * d^2 / (E0 cos z) for radiance. */
static void set_factors(tl_correction *c) {
    const int radiance =
        c->info->bands.quantity == TL_QUANTITY_RADIANCE || tl_job_choice(c->job, "quantity") == 1;
    double d = 1.0;
    if (radiance) {
        d = settle(c, "earth_sun_distance", c->facts.earth_sun_au, 1.0, "distance of the sun (au)");
        c->facts.earth_sun_au = d;
    }
    const double cosine = cos(c->sky.view.sun_zenith_deg * TL_PI / 180.0);
    for (ptrdiff_t b = 0; b < c->n; b++) {
        const double sun = tl_atmosphere_irradiance(c->centre_nm[b], c->fwhm_nm[b]);
        c->to_top[b] = radiance ? (float)(TL_PI * d * d / (sun * cosine)) : 1.0F;
    }
}

tl_code tl_correctatmosphere_read_air(tl_correction *c, tl_err *err) {
    c->sky = tl_atmosphere_clear_sky_default();
    TL_TRY(find_sun(c, err));
    const tl_scene_facts *f = &c->facts;
    tl_view *view = &c->sky.view;
    view->view_zenith_deg =
        settle(c, "view_zenith", f->view_zenith_deg, 0.0, "view, degrees from the vertical");
    if (view->view_zenith_deg > 60.0) {
        return tl_fail(err, TL_ARG,
                       "scene: the view is %.1f degrees from the vertical; the formulas are "
                       "valid up to 60 degrees",
                       view->view_zenith_deg);
    }
    if (view->view_zenith_deg > 0.5) {
        view->relative_azimuth_deg =
            settle(c, "relative_azimuth", f->sun_azimuth_deg - f->view_azimuth_deg, 90.0,
                   "azimuth between sun and sensor, degrees");
    }
    c->sky.elevation_m = settle(c, "elevation", f->elevation_m, 0.0, "mean elevation, m");
    c->facts.elevation_m = c->sky.elevation_m;
    c->aod = settle(c, "aod", f->aod_550, 0.1, "aerosol optical depth at 550 nm");
    c->facts.aod_550 = c->aod;
    c->sky.ozone_atm_cm = tl_job_number(c->job, "ozone");
    c->sky.angstrom = tl_job_number(c->job, "angstrom");
    c->sky.aerosol_albedo = tl_job_number(c->job, "aerosol_albedo");
    c->sky.aerosol_forward = tl_job_number(c->job, "aerosol_forward");
    set_factors(c);
    return TL_OK;
}

/* --- the atmosphere --- */

/* Table of the built-in model over the wavelengths of the scene.
 *
 * aod  [n_aod] */
static tl_code make_table(tl_correction *c, const double *aod, ptrdiff_t n_aod, tl_air_table *t,
                          tl_err *err) {
    static const double water[N_BUILTIN_WATER] = {0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0,
                                                  1.5,  2.0, 3.0, 4.0,  5.0, 6.5,  8.0};
    const double step_nm = 1.0;
    double first = INFINITY;
    double last = 0.0;
    for (ptrdiff_t b = 0; b < c->n; b++) {
        const double reach = isfinite(c->fwhm_nm[b]) ? 1.5 * c->fwhm_nm[b] : 0.0;
        if (isfinite(c->to_top[b]) && isfinite(c->centre_nm[b])) {
            first = fmin(first, c->centre_nm[b] - reach);
            last = fmax(last, c->centre_nm[b] + reach);
        }
    }
    first = floor(fmax(first, 300.0));
    last = ceil(fmin(last, 2600.0));
    if (!(last > first)) {
        return tl_fail(err, TL_DATA,
                       "scene: no band is between 300 and 2600 nm, so nothing can be corrected");
    }
    TL_TRY(tl_atmosphere_air_table_init(t, n_aod, N_BUILTIN_WATER,
                                        (ptrdiff_t)((last - first) / step_nm) + 1, err));
    memcpy(t->aod, aod, (size_t)n_aod * sizeof *aod);
    memcpy(t->water_g_cm2, water, sizeof water);
    for (ptrdiff_t l = 0; l < t->n_wavelength; l++) {
        t->wavelength_nm[l] = first + step_nm * (double)l;
    }
    return tl_atmosphere_clear_sky_fill(&c->sky, tl_job_threads(c->job), NULL, t, err);
}

static tl_code read_table(const tl_correction *c, tl_air_table *t, tl_err *err) {
    const char *path = tl_job_text(c->job, "table");
    if (path == NULL) {
        return tl_fail(err, TL_ARG,
                       "parameter 'table' is needed by method table: a look-up table from "
                       "i.hyper.atcorr or table_output");
    }
    char *bytes = NULL;
    size_t length = 0;
    TL_TRY(c->store->read_bytes(path, "table", table_limit, &bytes, &length, err));
    char what[512];
    (void)snprintf(what, sizeof what, "table '%.400s'", path);
    const tl_code code =
        tl_atmosphere_air_table_decode((const unsigned char *)bytes, length, what, t, err);
    tl_release(bytes);
    return code;
}

/* The built-in model as a file, for this sun, view and elevation. */
static tl_code write_table(tl_correction *c, tl_err *err) {
    const char *path = tl_job_output(c->job, "table_output");
    if (path == NULL) {
        return TL_OK;
    }
    static const double aod[6] = {0.0, 0.1, 0.2, 0.4, 0.7, 1.2};
    tl_air_table t = {0};
    unsigned char *bytes = NULL;
    size_t length = 0;
    tl_code code = make_table(c, aod, TL_COUNT(aod), &t, err);
    if (code == TL_OK) {
        code = tl_atmosphere_air_table_encode(&t, &bytes, &length, err);
    }
    if (code == TL_OK) {
        code = c->store->write_bytes(path, "table_output", (const char *)bytes, length, err);
    }
    tl_release(bytes);
    tl_atmosphere_air_table_free(&t);
    return code;
}

tl_code tl_correctatmosphere_build_air(tl_correction *c, tl_err *err) {
    tl_air_table t = {0};
    tl_code code =
        c->method == TL_CORRECT_TABLE ? read_table(c, &t, err) : make_table(c, &c->aod, 1, &t, err);
    if (code == TL_OK) {
        code = tl_atmosphere_bands_init(&t, c->aod, c->centre_nm, c->fwhm_nm, c->n, &c->air, err);
    }
    tl_atmosphere_air_table_free(&t);
    TL_TRY(code);
    for (ptrdiff_t b = 0; b < c->n; b++) {
        if (c->air.inside[b] != 0) {
            const tl_scattering s =
                tl_atmosphere_clear_sky_scattering(&c->sky, c->aod, c->centre_nm[b]);
            c->direct[b] = (float)(s.direct / s.up);
            /* Scattering without gases; tl_correctatmosphere_flag_bands sets the gases. */
            c->gas[b] = s.down * s.up;
        }
    }
    return write_table(c, err);
}

void tl_correctatmosphere_flag_bands(tl_correction *c) {
    const double least = tl_job_number(c->job, "min_transmittance");
    const tl_water_position place =
        tl_atmosphere_bands_locate(&c->air, c->facts.water_vapour_g_cm2);
    ptrdiff_t flagged = 0;
    for (ptrdiff_t b = 0; b < c->n; b++) {
        tl_band *band = &c->bands.band[b];
        char reason[sizeof band->reason] = "";
        if (c->air.inside[b] == 0 || !isfinite(c->to_top[b])) {
            (void)snprintf(reason, sizeof reason, "outside the wavelengths of the atmosphere");
            c->gas[b] = NAN;
        } else {
            c->gas[b] = (double)tl_atmosphere_bands_at(&c->air, b, place).through / c->gas[b];
            if (c->gas[b] < least) {
                (void)snprintf(reason, sizeof reason, "gases let %.3f through, less than %.3g",
                               c->gas[b], least);
            }
        }
        if (reason[0] != '\0') {
            flagged++;
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason, "%s", reason);
        }
    }
    tl_job_put_number(c->job, "bands_without_light", (double)flagged);
    if (flagged > 0) {
        tl_job_log(c->job, TL_INFO,
                   "in %td of %td bands the air transmits too little light; they are marked as "
                   "bad and left empty",
                   flagged, c->n);
    }
}

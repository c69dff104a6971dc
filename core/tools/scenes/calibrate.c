/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `calibrate`: stored numbers to radiance, and radiance to reflectance at the top of the
 * atmosphere. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/angle_units.h"
#include "job/algorithm.h"
#include "recipes/scene_args.h"
#include "recipes/scene_pass.h"
#include "recipes/shared_args.h"
#include "source/band_csv.h"
#include "tools/scenes/scene_files.h"
#include "tools/scenes/sunlight.h"

enum { TO_RADIANCE = 0, FROM_SCENE = 0, FROM_RADIANCE = 2 };

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Hyperspectral scene with wavelengths that holds raw numbers or radiance, for "
             "example from importscene."},
    {.id = "to",
     .kind = TL_ARG_CHOICE,
     .label = "Result",
     .help = "Quantity that is written. The default, reflectance at the top of the atmosphere "
             "(0..1), needs the position of the sun; radiance is in W m-2 sr-1 um-1 and does not.",
     .fallback = "toa_reflectance",
     .choices = "radiance,toa_reflectance",
     .labels = "Radiance|Reflectance at the top of the atmosphere"},
    {.id = "gains",
     .kind = TL_ARG_FILE,
     .label = "Gains",
     .help = "CSV with the columns band, gain and offset, which turn stored numbers into "
             "radiance. They replace the scales that the scene states, for example by the "
             "coefficients of a vicarious calibration.",
     .optional = 1},
    TL_SUNLIGHT_ARGUMENTS,
    {.id = "irradiance",
     .kind = TL_ARG_FILE,
     .label = "Solar irradiance",
     .help = "CSV with the columns wavelength (nm) and irradiance (W m-2 um-1 at a distance of 1 "
             "astronomical unit). Without it, the built-in solar spectrum is used.",
     .optional = 1,
     .advanced = 1},
    {.id = "from",
     .kind = TL_ARG_CHOICE,
     .label = "Quantity in the scene",
     .help = "What the values are once the scales of the scene are applied. The default believes "
             "the scene. Choose another when the scene states it wrongly or not at all; raw "
             "numbers become radiance through the gains.",
     .fallback = "as_stated",
     .advanced = 1,
     .choices = "as_stated,numbers,radiance",
     .labels = "As the scene states|Raw numbers|Radiance"},
    {.id = "radiance_unit",
     .kind = TL_ARG_CHOICE,
     .label = "Unit of the radiance",
     .help = "Unit of the radiance that the scales or gains produce. The result is in W m-2 sr-1 "
             "um-1, which equals mW m-2 sr-1 nm-1. Change it when the product documents another "
             "unit.",
     .fallback = "w_m2_sr_um",
     .advanced = 1,
     .choices = "w_m2_sr_um,mw_m2_sr_nm,w_m2_sr_nm,uw_cm2_sr_nm",
     .labels = "W m-2 sr-1 um-1|mW m-2 sr-1 nm-1|W m-2 sr-1 nm-1|uW cm-2 sr-1 nm-1"},
    {.id = "type",
     .kind = TL_ARG_CHOICE,
     .label = "Stored as",
     .help = "Number type of the output. Whole numbers need half the space and store reflectance "
             "in steps of 0.0001 and radiance in steps of 0.01, up to 655.",
     .fallback = "float32",
     .advanced = 1,
     .choices = "float32,int16",
     .labels = "32-bit numbers (4 bytes per value)|16-bit whole numbers (2 bytes per value)"},
    TL_SCENE_ARG_INTERLEAVE,
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Calibrated scene",
     .help = "All bands with their wavelengths, widths, reasons for unused bands, and the sun. "
             "The extension selects GeoTIFF (.tif) or ENVI (.dat, .bsq, .bil, .bip)."},
};

typedef struct calibration {
    tl_job *job;
    tl_raster *raster;
    const tl_raster_info *info;
    tl_bands bands; /* as read */
    tl_bands made;  /* as written */
    tl_scene_facts facts;
    double *factor; /* [n] result = factor * physical value */
    double *sum;    /* [n] of the result */
    double *count;  /* [n] */
} calibration;

/* --- what the values are --- */

static tl_code read_gains(calibration *c, tl_err *err) {
    const char *path = tl_job_text(c->job, "gains");
    if (path == NULL) {
        return TL_OK;
    }
    char what[512];
    tl_text_table texts;
    TL_TRY(tl_job_store(c->job)->read_texts(path, "gains", &texts, err));
    (void)snprintf(what, sizeof what, "gains '%.400s'", path);
    const tl_code code = tl_source_bands_from_texts(&texts, what, &c->bands, err);
    tl_source_text_table_free(&texts);
    return code;
}

static int has_scales(const tl_bands *bands) {
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        if (fabs(bands->band[b].scale - 1.0) > 0.0 || fabs(bands->band[b].offset) > 0.0) {
            return 1;
        }
    }
    return 0;
}

/* The scene must hold numbers with gains, or radiance. */
static tl_code check_quantity(const calibration *c, tl_err *err) {
    const int from = tl_job_choice(c->job, "from");
    const tl_quantity stated = c->info->bands.quantity;
    const int given = tl_job_given(c->job, "gains");
    if (from == FROM_SCENE &&
        (stated == TL_QUANTITY_REFLECTANCE || stated == TL_QUANTITY_TOA_REFLECTANCE)) {
        return tl_fail(err, TL_DATA,
                       "scene: the scene states that it holds reflectance already; if that is "
                       "wrong, state its quantity with from");
    }
    const int is_radiance =
        from == FROM_RADIANCE || given || (from == FROM_SCENE && stated == TL_QUANTITY_RADIANCE);
    if (!is_radiance && !has_scales(&c->bands)) {
        return tl_fail(err, TL_DATA,
                       "scene: the scene has raw numbers without scales; use gains (columns "
                       "band, gain, offset), or use from = radiance when its values are radiance");
    }
    return TL_OK;
}

static tl_code open_scene(calibration *c, tl_err *err) {
    TL_TRY(tl_scene_files_open(c->job, &c->raster, &c->info, err));
    c->facts = c->info->facts;
    TL_TRY(tl_bands_copy(&c->bands, &c->info->bands, err));
    TL_TRY(read_gains(c, err));
    TL_TRY(check_quantity(c, err));
    c->factor = tl_acquire(c->bands.n, sizeof *c->factor);
    c->sum = tl_acquire(c->bands.n, sizeof *c->sum);
    c->count = tl_acquire(c->bands.n, sizeof *c->count);
    if (c->factor == NULL || c->sum == NULL || c->count == NULL) {
        return tl_no_memory(err, "%td bands", c->bands.n);
    }
    return TL_OK;
}

/* --- the factors --- */

static tl_code check_sun(const calibration *c, tl_err *err) {
    if (isnan(c->facts.sun_zenith_deg)) {
        return tl_fail(err, TL_ARG,
                       "sun_zenith: the scene does not state the position of the sun; use "
                       "sun_zenith, or time, latitude and longitude");
    }
    if (!(c->facts.sun_zenith_deg >= 0.0 && c->facts.sun_zenith_deg <= 89.0)) {
        return tl_fail(err, TL_DATA,
                       "sun_zenith: the sun of the scene is %.4g degrees from the vertical; "
                       "wanted 0..89",
                       c->facts.sun_zenith_deg);
    }
    if (!(c->facts.earth_sun_au >= 0.98 && c->facts.earth_sun_au <= 1.02)) {
        return tl_fail(err, TL_ARG,
                       "earth_sun_distance: the scene has no date, from which the distance of "
                       "the sun is computed; use time or earth_sun_distance (0.983..1.017)");
    }
    ptrdiff_t known = 0;
    for (ptrdiff_t b = 0; b < c->bands.n; b++) {
        known += isfinite(c->bands.band[b].centre_nm);
    }
    if (known == 0) {
        return tl_fail(
            err, TL_DATA,
            "scene: without wavelengths the sunlight in the bands is unknown; save a band table "
            "(columns band, wavelength, fwhm) next to the scene as <scene>.bands.csv");
    }
    return TL_OK;
}

static tl_code set_reflectance_factors(calibration *c, tl_err *err) {
    TL_TRY(tl_sunlight_fill_facts(c->job, c->info, &c->facts, err));
    TL_TRY(check_sun(c, err));
    TL_TRY(tl_sunlight_band_irradiance(c->job, tl_job_text(c->job, "irradiance"), &c->bands, c->sum,
                                       err));
    const double d = c->facts.earth_sun_au;
    const double cosine = cos(c->facts.sun_zenith_deg * TL_PI / 180.0);
    for (ptrdiff_t b = 0; b < c->bands.n; b++) {
        tl_band *band = &c->made.band[b];
        c->factor[b] *= TL_PI * d * d / (c->sum[b] * cosine);
        if (isnan(c->factor[b]) && band->good) {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason, "no solar irradiance known there");
        }
        c->sum[b] = 0.0;
    }
    return TL_OK;
}

static tl_code set_factors(calibration *c, tl_err *err) {
    /* 1 uW cm-2 sr-1 nm-1 is 1e-6 / 1e-4 / 1e-3 = 10 W m-2 sr-1 um-1. */
    static const double to_ours[] = {1.0, 1.0, 1000.0, 10.0};
    const int is_radiance = tl_job_choice(c->job, "to") == TO_RADIANCE;
    const int is_whole = tl_job_choice(c->job, "type") == 1;
    TL_TRY(tl_bands_copy(&c->made, &c->bands, err));
    for (ptrdiff_t b = 0; b < c->bands.n; b++) {
        tl_band *band = &c->made.band[b];
        c->factor[b] = to_ours[tl_job_choice(c->job, "radiance_unit")];
        band->index = (int)b + 1;
        band->scale = !is_whole ? 1.0 : is_radiance ? 0.01 : 0.0001;
        band->offset = is_whole && is_radiance ? 327.0 : 0.0;
        band->has_nodata = 0;
        (void)snprintf(band->unit, sizeof band->unit, "%s", is_radiance ? "W m-2 sr-1 um-1" : "");
    }
    c->made.quantity = is_radiance ? TL_QUANTITY_RADIANCE : TL_QUANTITY_TOA_REFLECTANCE;
    return is_radiance ? TL_OK : set_reflectance_factors(c, err);
}

/* --- the pass --- */

static tl_code scale_rows(void *arg, ptrdiff_t b, ptrdiff_t row0, ptrdiff_t n_rows, float *rows,
                          tl_err *err) {
    calibration *c = arg;
    const double factor = c->factor[b];
    (void)row0;
    (void)err;
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        float *row = rows + r * c->info->ncol;
        double sum = 0.0;
        ptrdiff_t n = 0;
        for (ptrdiff_t i = 0; i < c->info->ncol; i++) {
            row[i] = (float)(factor * (double)row[i]);
            sum += isnan(row[i]) ? 0.0 : (double)row[i];
            n += !isnan(row[i]);
        }
        c->sum[b] += sum;
        c->count[b] += (double)n;
    }
    return TL_OK;
}

static tl_code fill_scene(void *arg, tl_sink *sink, tl_err *err) {
    calibration *c = arg;
    const tl_scene_pass pass = {.job = c->job,
                                .raster = c->raster,
                                .bands = &c->bands,
                                .sink = sink,
                                .end_row = c->info->nrow,
                                .body = scale_rows,
                                .arg = c};
    return tl_recipes_scene_pass(&pass, tl_job_progress(c->job), err);
}

static tl_code write_scene(calibration *c, tl_err *err) {
    const tl_scene_files_output output = {.id = "output",
                                          .nrow = c->info->nrow,
                                          .ncol = c->info->ncol,
                                          .geo = &c->info->geo,
                                          .bands = &c->made,
                                          .facts = &c->facts,
                                          .fill = fill_scene,
                                          .arg = c};
    return tl_scene_files_write(c->job, &output, err);
}

/* --- figures --- */

/* Mean of the band means from 450 to 900 nm, where every land surface reflects less than 1.2 at the
 * top of the atmosphere; NaN without such bands. */
static double visible_mean(const calibration *c) {
    double sum = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t b = 0; b < c->made.n; b++) {
        const tl_band *band = &c->made.band[b];
        if (band->good && band->centre_nm >= 450.0 && band->centre_nm <= 900.0 &&
            c->count[b] > 0.0) {
            sum += c->sum[b] / c->count[b];
            n++;
        }
    }
    return n > 0 ? sum / (double)n : (double)NAN;
}

static void report(const calibration *c) {
    const int is_radiance = tl_job_choice(c->job, "to") == TO_RADIANCE;
    const double mean = visible_mean(c);
    /* Radiance of a white surface under the highest sun is below 700 W m-2 sr-1 um-1. */
    const int plausible = mean > 0.0 && mean < (is_radiance ? 700.0 : 1.2);
    tl_job_put_number(c->job, "bands", (double)c->made.n);
    tl_job_put_number(c->job, "mean_450_900_nm", mean);
    if (!is_radiance) {
        tl_job_put_number(c->job, "sun_zenith_deg", c->facts.sun_zenith_deg);
        tl_job_put_number(c->job, "earth_sun_au", c->facts.earth_sun_au);
        tl_job_log(c->job, TL_INFO, "sun zenith %.3f degrees, distance %.5f astronomical units",
                   c->facts.sun_zenith_deg, c->facts.earth_sun_au);
    }
    if (isnan(mean)) {
        return;
    }
    tl_job_log(c->job, plausible ? TL_INFO : TL_WARNING, "mean from 450 to 900 nm: %.4g%s%s", mean,
               is_radiance ? " W m-2 sr-1 um-1" : "",
               plausible    ? ""
               : mean > 0.0 ? "; this is too bright for any land surface: check gains and "
                              "radiance_unit"
                            : "; this is not above 0: check gains and offsets");
}

static tl_code run(tl_job *job, tl_err *err) {
    calibration c = {.job = job};
    tl_code code = open_scene(&c, err);
    if (code == TL_OK) {
        code = set_factors(&c, err);
    }
    if (code == TL_OK) {
        code = write_scene(&c, err);
    }
    if (code == TL_OK) {
        report(&c);
    }
    tl_job_store(job)->close_raster(c.raster);
    tl_bands_free(&c.bands);
    tl_bands_free(&c.made);
    tl_release(c.factor);
    tl_release(c.sum);
    tl_release(c.count);
    return code;
}

const tl_algorithm tl_alg_calibrate = {
    .id = "calibrate",
    .title = "Calibrate scene",
    .group = "Prepare",
    .summary = "Raw numbers to radiance, and radiance to reflectance at the top of the atmosphere.",
    .help =
        "Turns the stored numbers of every band into radiance L (W m-2 sr-1 um-1) with the "
        "gains and offsets of the scene or of a table. Radiance then becomes reflectance at "
        "the top of the atmosphere, pi L d^2 / (E0 cos(z)), where E0 is the sunlight in the "
        "band at 1 astronomical unit, d the distance of the sun and z its angle from the "
        "vertical.\n\n"
        "The sun and its distance come from the parameters, otherwise from the scene, "
        "otherwise from time and position. When the scene states the sun as well as time and "
        "position, both are compared, and a difference of more than 2 degrees is reported: "
        "usually a local time that was stored as UTC.\n\n"
        "Reflectance at the top of the atmosphere still contains the effect of the "
        "atmosphere, which correctatmosphere removes. A scene that already holds surface "
        "reflectance needs neither tool.",
    .example =
        "tilth calibrate --scene scene.tif --from radiance --time 2022-04-24T03:12:05Z "
        "--latitude 30 --longitude 103 --output toa.tif",
    .citation =
        "docs/methods/quality.md; Michalsky 1988, Solar Energy 40:227; Gueymard 2004, "
        "Solar Energy 76:423",
    .tags =
        "radiance,reflectance,TOA,top of atmosphere,gain,offset,DN,vicarious,solar irradiance,"
        "GF-5,Hyperion",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

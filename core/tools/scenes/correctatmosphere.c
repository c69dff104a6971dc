/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correctatmosphere`: reflectance of the ground from what a sensor saw through the air. */
#include "tools/scenes/correctatmosphere.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "recipes/grid_io.h"
#include "recipes/scene_rows.h"

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Radiance or reflectance at the top of the atmosphere, with wavelengths, as "
             "importscene and calibrate write it."},
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Method",
     .help =
         "builtin: clear sky from published formulas, needs no other file. table: look-up table "
         "of a radiative transfer program. line: empirical line from field targets. scene_mean: "
         "the scene's extremes against the mean of a library.",
     .fallback = "builtin",
     .choices = "builtin,table,line,scene_mean"},
    {.id = "quantity",
     .kind = TL_ARG_CHOICE,
     .label = "What the scene holds",
     .help = "auto: what the scene says. Radiance is in W m-2 sr-1 um-1.",
     .fallback = "auto",
     .choices = "auto,radiance,toa_reflectance"},
    {.id = "sun_zenith",
     .kind = TL_ARG_NUMBER,
     .label = "Sun zenith angle",
     .unit = "degree",
     .help =
         "Angle of the sun from the vertical. Without it, as the scene says, or computed from its "
         "date, time and place.",
     .optional = 1,
     .max = 80.0},
    {.id = "aod",
     .kind = TL_ARG_NUMBER,
     .label = "Aerosol optical depth at 550 nm",
     .unit = "",
     .help =
         "Clear country air 0.05-0.1, haze 0.4 and more. Without it, as the scene says, or 0.1.",
     .optional = 1,
     .max = 2.0},
    {.id = "water",
     .kind = TL_ARG_NUMBER,
     .label = "Column water vapour",
     .unit = "g cm-2",
     .help = "Without it, found for every pixel from the absorption bands at 940 nm and 1130 nm.",
     .optional = 1,
     .max = 8.0},
    {.id = "elevation",
     .kind = TL_ARG_NUMBER,
     .label = "Height of the ground",
     .unit = "m",
     .help = "Mean of the scene. Without it, as the scene says, or 0.",
     .optional = 1,
     .min = -500.0,
     .max = 9000.0},
    {.id = "table",
     .kind = TL_ARG_FILE,
     .label = "Look-up table",
     .help =
         "For method table: file of the GRASS add-on i.hyper.atcorr, made for the sun, view and "
         "height of the scene.",
     .optional = 1},
    {.id = "targets",
     .kind = TL_ARG_POINTS,
     .label = "Field targets",
     .help = "For method line: points on even ground of known reflectance, a dark and a bright one "
             "at least.",
     .optional = 1},
    {.id = "target_id",
     .kind = TL_ARG_FIELD,
     .label = "Target id",
     .help = "Field that names the targets as the spectra are named.",
     .optional = 1,
     .parent = "targets"},
    {.id = "spectra",
     .kind = TL_ARG_SPECTRA,
     .label = "Reflectance spectra",
     .help = "For method line the spectra of the targets, for scene_mean a library of what the "
             "scene may hold.",
     .optional = 1},
    {.id = "adjacency",
     .kind = TL_ARG_NUMBER,
     .label = "Light from the surroundings, radius",
     .unit = "m",
     .help = "Takes off the light that the air scatters into a pixel from ground so far away; 0 = "
             "not. About 1000 m is usual; the scene is read twice.",
     .fallback = "0",
     .max = 5000.0},
    {.id = "water_feature",
     .kind = TL_ARG_CHOICE,
     .label = "Water vapour from",
     .help = "The absorption band; auto is 940 nm where the scene has it. Both are compared in the "
             "log.",
     .fallback = "auto",
     .advanced = 1,
     .choices = "auto,at_940,at_1130"},
    {.id = "water_window",
     .kind = TL_ARG_INTEGER,
     .label = "Smoothing of water vapour",
     .unit = "pixel",
     .help = "Side of the window over which water vapour is averaged.",
     .fallback = "9",
     .advanced = 1,
     .min = 1.0,
     .max = 501.0},
    {.id = "view_zenith",
     .kind = TL_ARG_NUMBER,
     .label = "View zenith angle",
     .unit = "degree",
     .help = "Without it, as the scene says, or 0.",
     .optional = 1,
     .advanced = 1,
     .max = 60.0},
    {.id = "relative_azimuth",
     .kind = TL_ARG_NUMBER,
     .label = "Azimuth between sun and sensor",
     .unit = "degree",
     .help = "0: the sun stands behind the sensor. Without it, as the scene says, or 90.",
     .optional = 1,
     .advanced = 1,
     .min = -360.0,
     .max = 360.0},
    {.id = "earth_sun_distance",
     .kind = TL_ARG_NUMBER,
     .label = "Distance of the sun",
     .unit = "au",
     .help = "For radiance. Without it, as the scene says, or from its date.",
     .optional = 1,
     .advanced = 1,
     .min = 0.98,
     .max = 1.02},
    {.id = "ozone",
     .kind = TL_ARG_NUMBER,
     .label = "Ozone",
     .unit = "atm-cm",
     .help = "Column; 300 Dobson units are 0.3 atm-cm.",
     .fallback = "0.3",
     .advanced = 1,
     .max = 0.6},
    {.id = "angstrom",
     .kind = TL_ARG_NUMBER,
     .label = "Angstrom exponent",
     .unit = "",
     .help = "Aerosol optical depth falls as wavelength to the minus this; dust 0.3, smoke 1.8.",
     .fallback = "1.14",
     .advanced = 1,
     .max = 3.0},
    {.id = "aerosol_albedo",
     .kind = TL_ARG_NUMBER,
     .label = "Single scattering albedo at 400 nm",
     .unit = "",
     .help = "Rural aerosol 0.945; with soot 0.85.",
     .fallback = "0.945",
     .advanced = 1,
     .min = 0.5,
     .max = 1.0},
    {.id = "aerosol_forward",
     .kind = TL_ARG_NUMBER,
     .label = "Aerosol asymmetry",
     .unit = "",
     .help = "Mean cosine of the angle by which aerosol scatters.",
     .fallback = "0.65",
     .advanced = 1,
     .max = 0.8},
    {.id = "min_transmittance",
     .kind = TL_ARG_NUMBER,
     .label = "Least two-way transmittance of the gases",
     .unit = "",
     .help = "Bands below are marked bad and left empty.",
     .fallback = "0.1",
     .advanced = 1,
     .max = 1.0},
    {.id = "target_window",
     .kind = TL_ARG_CHOICE,
     .label = "Target window",
     .help = "The pixel under the target, or the mean of 3 x 3 pixels.",
     .fallback = "pixel",
     .advanced = 1,
     .choices = "pixel,mean3x3"},
    {.id = "extremes",
     .kind = TL_ARG_INTEGER,
     .label = "Extremes of scene_mean",
     .unit = "pixel",
     .help = "How many pixels that differ most stand for the scene.",
     .fallback = "16",
     .advanced = 1,
     .min = 2.0,
     .max = 64.0},
    {.id = "type",
     .kind = TL_ARG_CHOICE,
     .label = "Stored as",
     .help = "float32, or int16 in ten-thousandths, half the size.",
     .fallback = "float32",
     .advanced = 1,
     .choices = "float32,int16"},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Reflectance",
     .help = "Reflectance of the ground, 0..1, with the band table of the scene."},
    {.id = "water_output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Water vapour",
     .help = "Column water vapour, g cm-2; methods builtin and table.",
     .optional = 1},
    {.id = "bands_output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Bands",
     .help = "CSV with what was taken off in every band.",
     .optional = 1},
    {.id = "table_output",
     .kind = TL_ARG_MODEL_OUT,
     .label = "Built-in model as table",
     .help =
         "The built-in model for this sun, view and height in the layout of i.hyper.atcorr, for "
         "other programs; methods builtin and table.",
     .optional = 1,
     .advanced = 1},
};

/* --- what the scene is --- */

static int is_physical(const tl_correction *c) {
    return c->method == TL_CORRECT_BUILTIN || c->method == TL_CORRECT_TABLE;
}

static tl_code check_quantity(const tl_correction *c, tl_err *err) {
    const char *path = tl_job_text(c->job, "scene");
    const tl_quantity quantity = c->info->bands.quantity;
    if (tl_job_choice(c->job, "quantity") != 0) {
        return TL_OK;
    }
    if (quantity == TL_QUANTITY_REFLECTANCE) {
        return tl_fail(err, TL_DATA,
                       "scene: '%s' already holds reflectance of the ground, so nothing is to be "
                       "corrected: use it as it is (or give quantity if the file says it wrongly)",
                       path);
    }
    if (is_physical(c) && quantity != TL_QUANTITY_RADIANCE &&
        quantity != TL_QUANTITY_TOA_REFLECTANCE) {
        return tl_fail(err, TL_DATA,
                       "scene: '%s' does not say that it holds radiance or reflectance at the top "
                       "of the atmosphere; run calibrate first, or give quantity",
                       path);
    }
    return TL_OK;
}

static tl_code acquire(tl_correction *c, tl_err *err) {
    const ptrdiff_t n = c->n;
    c->block_rows = tl_recipes_scene_rows(c->job, c->info, n, 1);
    c->number = tl_acquire(n, sizeof *c->number);
    c->centre_nm = tl_acquire(n, sizeof *c->centre_nm);
    c->fwhm_nm = tl_acquire(n, sizeof *c->fwhm_nm);
    c->to_top = tl_acquire(n, sizeof *c->to_top);
    c->direct = tl_acquire(n, sizeof *c->direct);
    c->gas = tl_acquire(n, sizeof *c->gas);
    c->line = tl_acquire(n, sizeof *c->line);
    c->sum = tl_acquire(n, sizeof *c->sum);
    c->count = tl_acquire(n, sizeof *c->count);
    c->below = tl_acquire(n, sizeof *c->below);
    c->block = tl_acquire(n * c->block_rows * c->info->ncol, sizeof *c->block);
    if (c->number == NULL || c->centre_nm == NULL || c->fwhm_nm == NULL || c->to_top == NULL ||
        c->direct == NULL || c->gas == NULL || c->line == NULL || c->sum == NULL ||
        c->count == NULL || c->below == NULL || c->block == NULL) {
        return tl_no_memory(err, "%td bands of %td columns", n, c->info->ncol);
    }
    return TL_OK;
}

static tl_code open_scene(tl_correction *c, tl_err *err) {
    const char *path = tl_job_text(c->job, "scene");
    c->method = (tl_correct_method)tl_job_choice(c->job, "method");
    TL_TRY(c->store->open_raster(path, "scene", &c->raster, err));
    c->info = c->store->raster_info(c->raster);
    if (c->info->band_note[0] != '\0') {
        tl_job_log(c->job, TL_WARNING, "%s", c->info->band_note);
    }
    TL_TRY(check_quantity(c, err));
    if (!tl_bands_have_wavelengths(&c->info->bands)) {
        return tl_fail(err, TL_DATA,
                       "scene: '%s' has bands without wavelength; save a band table beside it (see "
                       "sceneinfo)",
                       path);
    }
    TL_TRY(tl_bands_copy(&c->bands, &c->info->bands, err));
    c->n = c->bands.n;
    c->facts = c->info->facts;
    TL_TRY(acquire(c, err));
    const int whole = tl_job_choice(c->job, "type") == 1;
    c->bands.quantity = TL_QUANTITY_REFLECTANCE;
    for (ptrdiff_t b = 0; b < c->n; b++) {
        tl_band *band = &c->bands.band[b];
        c->number[b] = band->index;
        c->centre_nm[b] = band->centre_nm;
        c->fwhm_nm[b] = band->fwhm_nm;
        band->index = (int)b + 1;
        band->scale = whole ? 1e-4 : 1.0;
        band->offset = 0.0;
        band->has_nodata = 1;
        band->nodata = whole ? -32768.0 : (double)NAN;
        band->unit[0] = '\0';
    }
    return TL_OK;
}

/* A band is corrected when it has numbers and is not ruled out by its gases. */
static int can_correct(const tl_correction *c, ptrdiff_t band) {
    return is_physical(c) ? c->air.inside[band] != 0 && isfinite(c->to_top[band]) &&
                                c->gas[band] >= tl_job_number(c->job, "min_transmittance")
                          : isfinite(c->line[band].gain);
}

/* --- pixels --- */

/* A block of rows on its way from the scene to the output; every band is done on its own. */
typedef struct pixel_work {
    tl_correction *c;
    tl_water_place *place; /* [block_rows * ncol] */
    ptrdiff_t row0;
    ptrdiff_t n_rows;
    int gather; /* 1: the first of two passes, which adds up the surroundings */
} pixel_work;

static void to_ground(const pixel_work *w, ptrdiff_t band, float *values, ptrdiff_t n) {
    const tl_correction *c = w->c;
    if (!is_physical(c)) {
        const float gain = (float)c->line[band].gain;
        const float offset = (float)c->line[band].offset;
        for (ptrdiff_t i = 0; i < n; i++) {
            values[i] = gain * values[i] + offset;
        }
        return;
    }
    const float to_top = c->to_top[band];
    for (ptrdiff_t i = 0; i < n; i++) {
        const tl_air_numbers a = tl_atmosphere_bands_at(&c->air, band, w->place[i]);
        values[i] = tl_atmosphere_air_to_ground(a, values[i] * to_top);
    }
}

/* Takes the light of the surroundings off; row holds reflectance of even ground. */
static void sharpen_row(const pixel_work *w, ptrdiff_t band, ptrdiff_t row, float *values,
                        float *around) {
    const tl_correction *c = w->c;
    const ptrdiff_t ncol = c->info->ncol;
    tl_atmosphere_background_row(&c->background, band, w->row0 + row, ncol, around);
    for (ptrdiff_t i = 0; i < ncol; i++) {
        const tl_air_numbers a = tl_atmosphere_bands_at(&c->air, band, w->place[row * ncol + i]);
        values[i] = tl_atmosphere_air_sharpen(a, values[i], around[i], c->direct[band]);
    }
}

static tl_code do_band(void *arg, ptrdiff_t band, tl_err *err) {
    const pixel_work *w = arg;
    tl_correction *c = w->c;
    const ptrdiff_t ncol = c->info->ncol;
    const ptrdiff_t n = w->n_rows * ncol;
    float *values = c->block + band * n;
    if (!can_correct(c, band)) {
        for (ptrdiff_t i = 0; i < n; i++) {
            values[i] = NAN;
        }
        return TL_OK;
    }
    to_ground(w, band, values, n);
    if (w->gather != 0) {
        for (ptrdiff_t r = 0; r < w->n_rows; r++) {
            tl_atmosphere_background_add(&c->background, band, w->row0 + r, values + r * ncol,
                                         ncol);
        }
        return TL_OK;
    }
    if (c->sharpen != 0) {
        float *around = tl_acquire(ncol, sizeof *around);
        if (around == NULL) {
            return tl_no_memory(err, "a row");
        }
        for (ptrdiff_t r = 0; r < w->n_rows; r++) {
            sharpen_row(w, band, r, values + r * ncol, around);
        }
        tl_release(around);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            c->sum[band] += (double)values[i];
            c->count[band]++;
            c->below[band] += values[i] < 0.0F;
        }
    }
    return TL_OK;
}

/* One pass over the scene; writes unless it gathers. */
static tl_code pass(tl_correction *c, tl_sink *sink, const tl_progress *progress, tl_err *err) {
    const ptrdiff_t nrow = c->info->nrow;
    const ptrdiff_t ncol = c->info->ncol;
    pixel_work w = {.c = c, .gather = sink == NULL};
    w.place = tl_acquire(c->block_rows * ncol, sizeof *w.place);
    tl_code code = w.place == NULL ? tl_no_memory(err, "the pixels") : TL_OK;
    for (w.row0 = 0; code == TL_OK && w.row0 < nrow; w.row0 += c->block_rows) {
        w.n_rows = tl_min(nrow - w.row0, c->block_rows);
        const tl_progress part = tl_progress_part(progress, (double)w.row0 / (double)nrow,
                                                  (double)(w.row0 + w.n_rows) / (double)nrow);
        for (ptrdiff_t i = 0; is_physical(c) && i < w.n_rows * ncol; i++) {
            w.place[i] = tl_correctatmosphere_water_at(c, w.row0 * ncol + i);
        }
        TL_CHECK(c->store->read_window(c->raster, 0, w.row0, ncol, w.n_rows, c->number, c->n,
                                       c->block, err));
        TL_CHECK(tl_parfor(tl_job_threads(c->job), c->n, do_band, &w, &part, err));
        if (sink != NULL) {
            TL_CHECK(c->store->write_scene_rows(sink, w.row0, w.n_rows, c->block, err));
        }
    }
done:
    tl_release(w.place);
    return code;
}

/* The first pass of two, when light from the surroundings is to be taken off. */
static tl_code gather_surroundings(tl_correction *c, const tl_progress *progress, tl_err *err) {
    const double radius_m = tl_job_number(c->job, "adjacency");
    if (!is_physical(c) || !(radius_m > 0.0)) {
        return TL_OK;
    }
    if (c->info->geo.crs_wkt == NULL) {
        return tl_fail(err, TL_DATA,
                       "adjacency: '%s' has no coordinate system, so nobody knows how many pixels "
                       "%.0f m are; give adjacency 0, or put the scene on a map first",
                       tl_job_text(c->job, "scene"), radius_m);
    }
    double dx = 0.0;
    double dy = 0.0;
    TL_TRY(tl_georef_cell_m(&c->info->geo, c->info->nrow / 2, &dx, &dy, err));
    const double radius = radius_m / sqrt(dx * dy);
    if (radius < 1.0) {
        tl_job_log(c->job, TL_WARNING,
                   "adjacency: %.0f m are less than a pixel (%.0f m), so nothing is taken off",
                   radius_m, sqrt(dx * dy));
        return TL_OK;
    }
    const ptrdiff_t cell = radius < 8.0 ? 1 : (ptrdiff_t)(radius / 4.0);
    const double cells = (double)c->n * (double)c->info->nrow * (double)c->info->ncol /
                         ((double)cell * (double)cell);
    if (cells * 8.0 > tl_job_memory_bytes(c->job) / 2.0) {
        return tl_fail(err, TL_NOMEM,
                       "adjacency: the surroundings of %td bands need %.0f MiB; give a larger "
                       "radius or more memory",
                       c->n, cells * 16.0 / 1048576.0);
    }
    TL_TRY(tl_atmosphere_background_init(&c->background, c->n, c->info->nrow, c->info->ncol, cell,
                                         err));
    TL_TRY(pass(c, NULL, progress, err));
    TL_TRY(tl_atmosphere_background_finish(&c->background, (ptrdiff_t)lround(radius / (double)cell),
                                           err));
    c->sharpen = 1;
    return TL_OK;
}

/* --- results --- */

static tl_code write_bands(const tl_correction *c, tl_err *err) {
    static const tl_column column[] = {
        {"band", TL_COLUMN_INTEGER},      {"wavelength_nm", TL_COLUMN_NUMBER},
        {"good", TL_COLUMN_INTEGER},      {"reason", TL_COLUMN_TEXT},
        {"to_top", TL_COLUMN_NUMBER},     {"path", TL_COLUMN_NUMBER},
        {"through", TL_COLUMN_NUMBER},    {"albedo", TL_COLUMN_NUMBER},
        {"gas", TL_COLUMN_NUMBER},        {"gain", TL_COLUMN_NUMBER},
        {"offset", TL_COLUMN_NUMBER},     {"target_rmse", TL_COLUMN_NUMBER},
        {"mean_output", TL_COLUMN_NUMBER}};
    const char *path = tl_job_output(c->job, "bands_output");
    if (path == NULL) {
        return TL_OK;
    }
    const double none = (double)NAN;
    tl_table t;
    tl_source_table_start(&t, column, TL_COUNT(column));
    tl_code code = TL_OK;
    for (ptrdiff_t b = 0; b < c->n; b++) {
        ptrdiff_t row = 0;
        TL_CHECK(tl_source_table_add_row(&t, &row, err));
        const int air = is_physical(c) && c->air.inside[b] != 0;
        tl_air_numbers a = {NAN, NAN, NAN};
        if (air) {
            a = tl_atmosphere_bands_at(&c->air, b,
                                       tl_atmosphere_bands_locate(&c->air, c->water_everywhere));
        }
        const double number[] = {(double)b + 1.0,
                                 c->centre_nm[b],
                                 (double)c->bands.band[b].good,
                                 none,
                                 is_physical(c) ? (double)c->to_top[b] : none,
                                 (double)a.path,
                                 (double)a.through,
                                 (double)a.albedo,
                                 air ? c->gas[b] : none,
                                 is_physical(c) ? none : c->line[b].gain,
                                 is_physical(c) ? none : c->line[b].offset,
                                 is_physical(c) ? none : c->line[b].rmse,
                                 c->count[b] > 0 ? c->sum[b] / (double)c->count[b] : none};
        for (ptrdiff_t j = 0; j < TL_COUNT(column); j++) {
            if (j != 3) {
                tl_source_table_set_number(&t, row, j, number[j]);
            }
        }
        TL_CHECK(tl_source_table_set_text(&t, row, 3, c->bands.band[b].reason, err));
    }
    code = c->store->write_table(path, "bands_output", &t, err);
done:
    tl_source_table_free(&t);
    return code;
}

static tl_code put_summary(const tl_correction *c, tl_err *err) {
    double sum = 0.0;
    double count = 0.0;
    double below = 0.0;
    ptrdiff_t dark = 0; /* bands with one value in ten below 0 */
    for (ptrdiff_t b = 0; b < c->n; b++) {
        sum += c->sum[b];
        count += (double)c->count[b];
        below += (double)c->below[b];
        dark += c->below[b] * 10 > c->count[b];
    }
    if (!(count > 0.0)) {
        return tl_fail(err, TL_DATA, "scene: no pixel of '%s' has a value that can be corrected",
                       tl_job_text(c->job, "scene"));
    }
    if (!(sum > 0.0 && sum / count < 1.5)) {
        return tl_fail(
            err, TL_DATA,
            "scene: the mean reflectance of '%s' comes out as %.3g, which no ground has; "
            "look at the unit of the radiance (W m-2 sr-1 um-1) and at quantity",
            tl_job_text(c->job, "scene"), sum / count);
    }
    tl_job_put_number(c->job, "bands", (double)c->n);
    tl_job_put_number(c->job, "mean_reflectance", sum / count);
    tl_job_put_number(c->job, "below_zero_percent", 100.0 * below / count);
    if (dark > 0) {
        tl_job_log(c->job, TL_WARNING,
                   "in %td bands more than a tenth of the pixels came out below 0: %s", dark,
                   c->method == TL_CORRECT_BUILTIN || c->method == TL_CORRECT_TABLE
                       ? "the air is clearer than was taken (parameter aod), or the "
                         "calibration is off"
                       : "they are darker than the darkest spectrum that the lines "
                         "were fitted to");
    }
    return TL_OK;
}

static tl_code write_scene(tl_correction *c, const tl_progress *progress, tl_err *err) {
    const tl_scene_form form = {
        .type = tl_job_choice(c->job, "type") == 1 ? TL_STORED_INT16 : TL_STORED_FLOAT32,
        .interleave = TL_BY_BAND,
    };
    const char *record = NULL;
    TL_TRY(tl_job_record(c->job, &record, err));
    tl_sink *sink = NULL;
    TL_TRY(c->store->create_scene(tl_job_output(c->job, "output"), "output", c->info->nrow,
                                  c->info->ncol, &c->info->geo, &c->bands, &form, &c->facts, record,
                                  &sink, err));
    const tl_code code = pass(c, sink, progress, err);
    if (code != TL_OK) {
        c->store->abandon_raster(sink);
        return code;
    }
    return c->store->finish_raster(sink, err);
}

static void free_correction(tl_correction *c) {
    c->store->close_raster(c->raster);
    tl_bands_free(&c->bands);
    tl_atmosphere_bands_free(&c->air);
    tl_atmosphere_background_free(&c->background);
    tl_release(c->number);
    tl_release(c->centre_nm);
    tl_release(c->fwhm_nm);
    tl_release(c->to_top);
    tl_release(c->direct);
    tl_release(c->gas);
    tl_release(c->line);
    tl_release(c->sum);
    tl_release(c->count);
    tl_release(c->below);
    tl_release(c->block);
    tl_release(c->water);
}

static tl_code prepare(tl_correction *c, tl_err *err) {
    const tl_progress *all = tl_job_progress(c->job);
    if (c->method == TL_CORRECT_LINE) {
        return tl_correctatmosphere_fit_targets(c, err);
    }
    if (c->method == TL_CORRECT_SCENE_MEAN) {
        return tl_correctatmosphere_fit_scene(c, err);
    }
    TL_TRY(tl_correctatmosphere_read_air(c, err));
    TL_TRY(tl_correctatmosphere_build_air(c, err));
    const tl_progress watering = tl_progress_part(all, 0.0, 0.2);
    TL_TRY(tl_correctatmosphere_find_water(c, &watering, err));
    tl_correctatmosphere_flag_bands(c);
    const tl_progress gathering = tl_progress_part(all, 0.2, 0.5);
    return gather_surroundings(c, &gathering, err);
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_correction c = {.job = job, .store = tl_job_store(job)};
    const tl_progress writing = tl_progress_part(tl_job_progress(job), 0.5, 1.0);
    tl_code code = TL_OK;
    TL_CHECK(open_scene(&c, err));
    TL_CHECK(prepare(&c, err));
    TL_CHECK(write_scene(&c, &writing, err));
    TL_CHECK(put_summary(&c, err));
    code = write_bands(&c, err);
done:
    free_correction(&c);
    return code;
}

const tl_algorithm tl_alg_correctatmosphere = {
    .id = "correctatmosphere",
    .title = "Correct the atmosphere",
    .group = "Prepare",
    .summary =
        "Turns radiance or reflectance at the top of the atmosphere into reflectance of the "
        "ground.",
    .help =
        "Takes off what the air adds and gives back what it took: the path reflectance, the "
        "transmittance down and up, and the light that runs to and fro between ground and sky. "
        "A scene that already holds reflectance of the ground needs none of this.\n"
        "builtin computes a clear sky from published formulas for the sun, view, height and aerosol "
        "of the scene. table takes the same four numbers from a look-up table of a radiative "
        "transfer program. With both, the column water vapour is found for every pixel from the "
        "depth of its absorption at 940 nm (or 1130 nm), unless it is given; snow is left out, the "
        "map is smoothed, gaps are filled. Bands through which the gases let less than a tenth are "
        "marked bad, with the reason, and left empty.\n"
        "line fits one straight line per band through targets of known reflectance, scene_mean "
        "through the darkest pixels and the mean of the pixels that differ most, against a library "
        "of spectra; both work on any quantity.\n"
        "The scene is streamed in blocks of rows. Neither the blocks nor the threads change a byte. "
        "docs/methods/atmosphere.md gives formulas and measured errors.",
    .example =
        "tilth correctatmosphere --scene scene.tif --quantity toa_reflectance --sun_zenith 35 "
        "--aod 0.05 --water 1 --output ground.tif",
    .citation =
        "Hansen and Travis 1974; Bird and Riordan 1986; Vermote et al. 1997; "
        "docs/methods/atmosphere.md.",
    .tags =
        "atmospheric correction,reflectance,radiance,water vapour,aerosol,empirical line,"
        "adjacency,look-up table,hyperspectral",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

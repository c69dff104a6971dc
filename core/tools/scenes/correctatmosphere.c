/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correctatmosphere`: reflectance of the ground from what a sensor saw through the air. */
#include <math.h>

#include "base/alloc.h"
#include "recipes/scene_rows.h"
#include "tools/scenes/correctatmosphere.h"
#include "tools/scenes/scene_files.h"

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
    if (tl_correctatmosphere_is_physical(c) && quantity != TL_QUANTITY_RADIANCE &&
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
    TL_TRY(tl_scene_files_open(c->job, &c->raster, &c->info, err));
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

static tl_code fill_scene(void *arg, tl_sink *sink, tl_err *err) {
    tl_correction *c = arg;
    const tl_progress writing = tl_progress_part(tl_job_progress(c->job), 0.5, 1.0);
    return tl_correctatmosphere_pass(c, sink, &writing, err);
}

static tl_code write_scene(tl_correction *c, tl_err *err) {
    const tl_scene_files_output output = {.id = "output",
                                          .nrow = c->info->nrow,
                                          .ncol = c->info->ncol,
                                          .geo = &c->info->geo,
                                          .bands = &c->bands,
                                          .facts = &c->facts,
                                          .fill = fill_scene,
                                          .arg = c};
    return tl_scene_files_write(c->job, &output, err);
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
    return tl_correctatmosphere_gather(c, &gathering, err);
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_correction c = {.job = job, .store = tl_job_store(job)};
    tl_code code = TL_OK;
    TL_CHECK(open_scene(&c, err));
    TL_CHECK(prepare(&c, err));
    TL_CHECK(write_scene(&c, err));
    TL_CHECK(tl_correctatmosphere_summary(&c, err));
    code = tl_correctatmosphere_write_bands(&c, err);
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

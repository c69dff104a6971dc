/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correctatmosphere`: surface reflectance from what a sensor measured through the air. */
#include <math.h>

#include "base/alloc.h"
#include "recipes/scene_rows.h"
#include "recipes/shared_args.h"
#include "tools/scenes/correctatmosphere.h"
#include "tools/scenes/scene_files.h"

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Radiance or reflectance at the top of the atmosphere, with wavelengths, as written "
             "by importscene and calibrate."},
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Method",
     .help = "The built-in model computes a clear sky from published formulas and needs no other "
             "file. Choose a look-up table when you have one from a radiative transfer program, "
             "the empirical line when you measured field targets, and the scene mean when you "
             "only have a library of spectra.",
     .fallback = "builtin",
     .choices = "builtin,table,line,scene_mean",
     .labels = "Built-in clear-sky model|Look-up table|Empirical line from field targets|Scene "
               "extremes against a spectral library"},
    {.id = "quantity",
     .kind = TL_ARG_CHOICE,
     .label = "Quantity in the scene",
     .help = "What the values are. The default believes the scene. Choose another when the scene "
             "states it wrongly or not at all; radiance must be in W m-2 sr-1 um-1.",
     .fallback = "auto",
     .choices = "auto,radiance,toa_reflectance",
     .labels = "As the scene states|Radiance|Reflectance at the top of the atmosphere"},
    {.id = "sun_zenith",
     .kind = TL_ARG_NUMBER,
     .label = "Sun zenith angle",
     .unit = "degree",
     .help = "Angle of the sun from the vertical. Without it, the angle that the scene states is "
             "used, or it is computed from date, time and position.",
     .optional = 1,
     .max = 80.0},
    {.id = "aod",
     .kind = TL_ARG_NUMBER,
     .label = "Aerosol optical depth at 550 nm",
     .unit = "",
     .help = "How much aerosol the air holds: about 0.05 to 0.1 for clear country air, 0.4 and "
             "more for haze. Without it, the value that the scene states is used, otherwise 0.1.",
     .optional = 1,
     .max = 2.0},
    {.id = "water",
     .kind = TL_ARG_NUMBER,
     .label = "Column water vapour",
     .unit = "g cm-2",
     .help = "Water vapour from the surface to the top of the atmosphere, one value for all "
             "pixels. Without it, it is retrieved for every pixel from the absorption bands at "
             "940 nm and 1130 nm.",
     .optional = 1,
     .max = 8.0},
    {.id = "elevation",
     .kind = TL_ARG_NUMBER,
     .label = "Mean elevation",
     .unit = "m",
     .help = "Mean elevation of the scene above sea level. Without it, the value that the scene "
             "states is used, otherwise 0.",
     .optional = 1,
     .min = -500.0,
     .max = 9000.0},
    {.id = "table",
     .kind = TL_ARG_FILE,
     .label = "Look-up table",
     .help = "Look-up table of the GRASS add-on i.hyper.atcorr, computed for the sun, view and "
             "elevation of the scene. Needed for the method look-up table.",
     .optional = 1},
    {.id = "targets",
     .kind = TL_ARG_POINTS,
     .label = "Field targets",
     .help = "Points on uniform surfaces of known reflectance, at least one dark and one bright "
             "target. Needed for the method empirical line.",
     .optional = 1},
    {.id = "target_id",
     .kind = TL_ARG_FIELD,
     .label = "Target id",
     .help = "Field with the names of the targets, which must be the names of the spectra.",
     .optional = 1,
     .parent = "targets"},
    {.id = "spectra",
     .kind = TL_ARG_SPECTRA,
     .label = "Reflectance spectra",
     .help = "For the empirical line, the spectra of the targets; for the scene mean, a library "
             "of the materials that the scene may contain.",
     .optional = 1},
    {.id = "adjacency",
     .kind = TL_ARG_NUMBER,
     .label = "Radius of the adjacency correction",
     .unit = "m",
     .help = "Removes the light that the air scatters into a pixel from the surroundings within "
             "this distance. By default (0) it is not removed. A usual value is 1000 m; the scene "
             "is then read twice.",
     .fallback = "0",
     .max = 5000.0},
    {.id = "water_feature",
     .kind = TL_ARG_CHOICE,
     .label = "Absorption band of water vapour",
     .help = "Band from which water vapour is retrieved. By default the one at 940 nm where the "
             "scene has it, otherwise the one at 1130 nm. When both exist, the log compares them.",
     .fallback = "auto",
     .advanced = 1,
     .choices = "auto,at_940,at_1130",
     .labels = "Automatic|940 nm|1130 nm"},
    {.id = "water_window",
     .kind = TL_ARG_INTEGER,
     .label = "Smoothing window of water vapour",
     .unit = "pixel",
     .help = "Side of the square window over which the retrieved water vapour is averaged. Use a "
             "larger window when its map is noisy.",
     .fallback = "9",
     .advanced = 1,
     .min = 1.0,
     .max = 501.0},
    {.id = "view_zenith",
     .kind = TL_ARG_NUMBER,
     .label = "View zenith angle",
     .unit = "degree",
     .help = "Angle of the view from the vertical. Without it, the value that the scene states is "
             "used, otherwise 0.",
     .optional = 1,
     .advanced = 1,
     .max = 60.0},
    {.id = "relative_azimuth",
     .kind = TL_ARG_NUMBER,
     .label = "Azimuth between sun and sensor",
     .unit = "degree",
     .help = "Difference between the azimuth of the sun and that of the sensor; 0 means that the "
             "sun is behind the sensor. Without it, the value that the scene states is used, "
             "otherwise 90.",
     .optional = 1,
     .advanced = 1,
     .min = -360.0,
     .max = 360.0},
    {.id = "earth_sun_distance",
     .kind = TL_ARG_NUMBER,
     .label = "Distance between earth and sun",
     .unit = "au",
     .help = "Used to turn radiance into reflectance. Without it, the value that the scene states "
             "is used, or it is computed from the date.",
     .optional = 1,
     .advanced = 1,
     .min = 0.98,
     .max = 1.02},
    {.id = "ozone",
     .kind = TL_ARG_NUMBER,
     .label = "Column ozone",
     .unit = "atm-cm",
     .help = "Total ozone above the surface; 300 Dobson units are 0.3 atm-cm.",
     .fallback = "0.3",
     .advanced = 1,
     .max = 0.6},
    {.id = "angstrom",
     .kind = TL_ARG_NUMBER,
     .label = "Angstrom exponent",
     .unit = "",
     .help = "Exponent with which the aerosol optical depth decreases with wavelength. About 0.3 "
             "for dust and 1.8 for smoke.",
     .fallback = "1.14",
     .advanced = 1,
     .max = 3.0},
    {.id = "aerosol_albedo",
     .kind = TL_ARG_NUMBER,
     .label = "Single scattering albedo of the aerosol at 400 nm",
     .unit = "",
     .help = "Share of the light that the aerosol scatters rather than absorbs. The default is "
             "for rural aerosol; with much soot it is about 0.85.",
     .fallback = "0.945",
     .advanced = 1,
     .min = 0.5,
     .max = 1.0},
    {.id = "aerosol_forward",
     .kind = TL_ARG_NUMBER,
     .label = "Asymmetry of the aerosol",
     .unit = "",
     .help = "Mean cosine of the scattering angle of the aerosol. Larger values mean more light "
             "scattered forwards.",
     .fallback = "0.65",
     .advanced = 1,
     .max = 0.8},
    {.id = "min_transmittance",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum two-way transmittance of the gases",
     .unit = "",
     .help = "Bands with a smaller transmittance are marked as unused and left empty.",
     .fallback = "0.1",
     .advanced = 1,
     .max = 1.0},
    {.id = "target_window",
     .kind = TL_ARG_CHOICE,
     .label = "Target window",
     .help = "What is compared with the spectrum of a target. Use the mean of 3 x 3 pixels for "
             "targets that are larger than three pixels.",
     .fallback = "pixel",
     .advanced = 1,
     .choices = "pixel,mean3x3",
     .labels = "Pixel at the target|Mean of 3 x 3 pixels"},
    {.id = "extremes",
     .kind = TL_ARG_INTEGER,
     .label = "Number of extreme pixels",
     .unit = "",
     .help = "For the method scene mean: how many pixels, those that differ most from each other, "
             "represent the scene.",
     .fallback = "16",
     .advanced = 1,
     .min = 2.0,
     .max = 64.0},
    {.id = "type",
     .kind = TL_ARG_CHOICE,
     .label = "Stored as",
     .help = "Number type of the output. Whole numbers need half the space and store reflectance "
             "in steps of 0.0001.",
     .fallback = "float32",
     .advanced = 1,
     .choices = "float32,int16",
     .labels = "32-bit numbers (4 bytes per value)|16-bit whole numbers (2 bytes per value)"},
    {TL_SHARED_SPECTRA_ID},
    {TL_SHARED_MISSING_VALUES},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Reflectance",
     .help = "Surface reflectance (0..1), with the band table of the scene."},
    {.id = "water_output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Water vapour",
     .help = "Column water vapour in g cm-2, for the built-in model and the look-up table.",
     .optional = 1},
    {.id = "bands_output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Bands",
     .help = "CSV with the correction that was applied to every band.",
     .optional = 1},
    {.id = "table_output",
     .kind = TL_ARG_MODEL_OUT,
     .extensions = "bin,lut,dat",
     .label = "Built-in model as a look-up table",
     .help = "The built-in model for this sun, view and elevation in the layout of "
             "i.hyper.atcorr, for other programs. Available with the built-in model and the "
             "look-up table.",
     .optional = 1,
     .advanced = 1},
};

/* --- the scene --- */

static tl_code check_quantity(const tl_correction *c, tl_err *err) {
    const char *path = tl_job_text(c->job, "scene");
    const tl_quantity quantity = c->info->bands.quantity;
    if (tl_job_choice(c->job, "quantity") != 0) {
        return TL_OK;
    }
    if (quantity == TL_QUANTITY_REFLECTANCE) {
        return tl_fail(err, TL_DATA,
                       "scene: '%s' already holds surface reflectance, so no correction is "
                       "needed: use it as it is, or set quantity if the file states it wrongly",
                       path);
    }
    if (tl_correctatmosphere_is_physical(c) && quantity != TL_QUANTITY_RADIANCE &&
        quantity != TL_QUANTITY_TOA_REFLECTANCE) {
        return tl_fail(err, TL_DATA,
                       "scene: '%s' does not state that it holds radiance or reflectance at the "
                       "top of the atmosphere; run calibrate first, or set quantity",
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
                       "scene: '%s' has bands without wavelength; save a band table next to it "
                       "(see sceneinfo)",
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
        "Turns radiance or reflectance at the top of the atmosphere into surface reflectance.",
    .help =
        "Removes what the air adds to the light and restores what it absorbs: the path "
        "reflectance, the transmittance down and up, and the light that is reflected "
        "repeatedly between surface and sky. A scene that already holds surface reflectance "
        "needs none of this.\n"
        "The built-in method computes a clear sky from published formulas for the sun, view, "
        "elevation and aerosol of the scene. The method table reads the same four quantities "
        "per band from a look-up table of a radiative transfer program. With both, the "
        "column water vapour is retrieved for every pixel from the depth of its absorption "
        "at 940 nm (or 1130 nm), unless it is an input; snow is excluded, the map is "
        "smoothed and gaps are filled. Bands in which the gases transmit less than a tenth "
        "are marked as unused, with the reason, and left empty.\n"
        "The method line fits one straight line per band through targets of known "
        "reflectance. The method scene_mean fits it through the darkest pixels and the mean "
        "of the pixels that differ most, compared with a library of spectra. Both work on "
        "any quantity.\n"
        "The scene is processed in blocks of rows. The result does not depend on the blocks "
        "or the number of threads. docs/methods/atmosphere.md has the formulas and the "
        "measured errors.",
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

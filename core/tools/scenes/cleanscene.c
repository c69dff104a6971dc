/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `cleanscene`: removes stripes and steps between detectors from a scene. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "imagery/stripes.h"
#include "job/algorithm.h"
#include "recipes/scene_args.h"
#include "recipes/scene_pass.h"
#include "recipes/shared_args.h"
#include "tools/scenes/scene_files.h"
#include "tools/scenes/seam_steps.h"

/* Positions of words in the choices below. */
enum { NOTHING = 0, AS_OFFSET = 1, AS_GAIN = 2, LEARN_ROWS = 64, LOGGED = 5 };

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Hyperspectral scene. Stripes are searched along its columns, so the columns must be "
             "those of the sensor: use the scene before it is geocoded, or geocoded without "
             "rotation."},
    {.id = "destripe",
     .kind = TL_ARG_CHOICE,
     .label = "Stripes",
     .help = "How stripes act on the values. The default removes stripes that add to the values; "
             "choose the gain for stripes that multiply them. A band without stripes is not "
             "changed.",
     .fallback = "offset",
     .choices = "no,offset,gain",
     .labels = "Keep|Additive (offset)|Multiplicative (gain)"},
    {.id = "stripe_window",
     .kind = TL_ARG_INTEGER,
     .label = "Window across the stripes",
     .unit = "pixel",
     .help = "Odd number of columns of the running median. Stripes narrower than half of it are "
             "removed; wider changes across the scene are kept as surface. Use a smaller value "
             "than the width of the fields in the scene.",
     .fallback = "15",
     .advanced = 1,
     .min = 3,
     .max = 999},
    {.id = "seam",
     .kind = TL_ARG_CHOICE,
     .label = "Step between detectors",
     .help = "Correction of the step between two detectors: one offset or one gain for each "
             "detector and the whole scene, the median over the pixels. By default the step is "
             "kept. Look at the report of sceneinfo before you correct it.",
     .fallback = "no",
     .choices = "no,offset,gain",
     .labels = "Keep|One offset per detector|One gain per detector"},
    {.id = "seam_reference",
     .kind = TL_ARG_CHOICE,
     .label = "Detector that is kept",
     .help = "Detector whose values are not changed; the other one is adjusted to it.",
     .fallback = "first",
     .advanced = 1,
     .choices = "first,last",
     .labels = "First (shorter wavelengths)|Last (longer wavelengths)"},
    {.id = "type",
     .kind = TL_ARG_CHOICE,
     .label = "Stored as",
     .help = "Number type of the output. Whole numbers need half the space and use the scales of "
             "the scene, or steps of 0.0001 for reflectance when it has none.",
     .fallback = "float32",
     .advanced = 1,
     .choices = "float32,int16",
     .labels = "32-bit numbers (4 bytes per value)|16-bit whole numbers (2 bytes per value)"},
    TL_SCENE_ARG_INTERLEAVE,
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Clean scene",
     .help = "All bands with all metadata of the scene. The extension selects GeoTIFF (.tif) or "
             "ENVI (.dat, .bsq, .bil, .bip)."},
};

typedef struct cleaning {
    tl_job *job;
    tl_raster *raster;
    const tl_raster_info *info;
    int as_gain;         /* of the stripes */
    tl_stripes *stripes; /* [bands]; NULL when stripes are kept */
    double *stripe;      /* [bands, ncol] */
    tl_stripe_profile *found;
    double *moved; /* [bands] offset or factor of the seam */
    int seam;      /* choice */
} cleaning;

static ptrdiff_t band_count(const cleaning *c) {
    return c->info->bands.n;
}

static tl_code open_scene(cleaning *c, tl_err *err) {
    TL_TRY(tl_scene_files_open(c->job, &c->raster, &c->info, err));
    if (tl_job_integer(c->job, "stripe_window") % 2 == 0) {
        return tl_fail(err, TL_ARG, "stripe_window is %lld; wanted an odd number",
                       (long long)tl_job_integer(c->job, "stripe_window"));
    }
    c->moved = tl_acquire(band_count(c), sizeof *c->moved);
    if (c->moved == NULL) {
        return tl_no_memory(err, "%td bands", band_count(c));
    }
    return TL_OK;
}

/* --- stripes --- */

static tl_code learn_rows(void *arg, ptrdiff_t b, ptrdiff_t row0, ptrdiff_t n_rows, float *rows,
                          tl_err *err) {
    cleaning *c = arg;
    (void)row0;
    (void)err;
    tl_imagery_stripes_learn(&c->stripes[b], rows, n_rows);
    return TL_OK;
}

static tl_code add_rows(void *arg, ptrdiff_t b, ptrdiff_t row0, ptrdiff_t n_rows, float *rows,
                        tl_err *err) {
    cleaning *c = arg;
    (void)err;
    tl_imagery_stripes_add(&c->stripes[b], row0, rows, n_rows);
    return TL_OK;
}

static tl_code acquire_stripes(cleaning *c, tl_err *err) {
    const ptrdiff_t n = band_count(c);
    c->as_gain = tl_job_choice(c->job, "destripe") == AS_GAIN;
    c->stripes = tl_acquire(n, sizeof *c->stripes);
    c->found = tl_acquire(n, sizeof *c->found);
    c->stripe = tl_acquire(n * c->info->ncol, sizeof *c->stripe);
    if (c->stripes == NULL || c->found == NULL || c->stripe == NULL) {
        return tl_no_memory(err, "the stripes of %td bands", n);
    }
    for (ptrdiff_t b = 0; b < n; b++) {
        TL_TRY(
            tl_imagery_stripes_init(&c->stripes[b], c->info->nrow, c->info->ncol, c->as_gain, err));
    }
    return TL_OK;
}

/* Two passes: rows from the middle for the size of the differences, all rows for their sums. */
static tl_code find_stripes(cleaning *c, tl_err *err) {
    const ptrdiff_t nrow = c->info->nrow;
    const ptrdiff_t first = nrow > LEARN_ROWS ? (nrow - LEARN_ROWS) / 2 : 0;
    const tl_progress learning = tl_progress_part(tl_job_progress(c->job), 0.02, 0.05);
    const tl_progress adding = tl_progress_part(tl_job_progress(c->job), 0.05, 0.45);
    TL_TRY(acquire_stripes(c, err));
    tl_scene_pass pass = {.job = c->job,
                          .raster = c->raster,
                          .bands = &c->info->bands,
                          .first_row = first,
                          .end_row = tl_min(first + LEARN_ROWS, nrow),
                          .body = learn_rows,
                          .arg = c};
    TL_TRY(tl_recipes_scene_pass(&pass, &learning, err));
    pass.first_row = 0;
    pass.end_row = nrow;
    pass.body = add_rows;
    TL_TRY(tl_recipes_scene_pass(&pass, &adding, err));
    for (ptrdiff_t b = 0; b < band_count(c); b++) {
        TL_TRY(tl_imagery_stripes_solve(&c->stripes[b],
                                        (ptrdiff_t)tl_job_integer(c->job, "stripe_window"),
                                        c->stripe + b * c->info->ncol, &c->found[b], err));
    }
    return TL_OK;
}

/* --- seam --- */

/* The correction of every detector: the steps of all seams up to it, or from it on. */
static tl_code find_steps(cleaning *c, tl_err *err) {
    c->seam = tl_job_choice(c->job, "seam");
    const int as_gain = c->seam == AS_GAIN;
    const int keeps_last = tl_job_choice(c->job, "seam_reference") == 1;
    for (ptrdiff_t b = 0; b < band_count(c); b++) {
        c->moved[b] = as_gain ? 1.0 : 0.0;
    }
    if (c->seam == NOTHING) {
        return TL_OK;
    }
    tl_seam_steps steps = {0};
    TL_TRY(
        tl_seam_steps_find(tl_job_store(c->job), c->raster, &c->info->bands, as_gain, &steps, err));
    if (steps.n == 0) {
        tl_job_log(c->job, TL_WARNING,
                   "the scene has no seam: one detector only, or no usable bands where two meet");
    }
    for (ptrdiff_t k = 0; k < steps.n; k++) {
        tl_job_log(c->job, TL_INFO, "step at %.1f nm: %s %.6g", steps.seam[k].at_nm,
                   as_gain ? "first / second =" : "first - second =", steps.step[k]);
        for (ptrdiff_t b = 0; b < band_count(c); b++) {
            const int behind = c->info->bands.band[b].detector > steps.seam[k].detector;
            if (behind == keeps_last || isnan(steps.step[k])) {
                continue;
            }
            const double step = steps.step[k];
            c->moved[b] = as_gain ? c->moved[b] * (behind ? step : 1.0 / step)
                                  : c->moved[b] + (behind ? step : -step);
        }
    }
    return TL_OK;
}

/* --- the writing pass --- */

static tl_code clean_rows(void *arg, ptrdiff_t b, ptrdiff_t row0, ptrdiff_t n_rows, float *rows,
                          tl_err *err) {
    const cleaning *c = arg;
    const ptrdiff_t ncol = c->info->ncol;
    (void)row0;
    (void)err;
    if (c->stripe != NULL && c->found[b].amplitude > 0.0) {
        tl_imagery_stripes_remove(c->stripe + b * ncol, ncol, c->as_gain, rows, n_rows);
    }
    for (ptrdiff_t i = 0; c->seam == AS_OFFSET && i < n_rows * ncol; i++) {
        rows[i] = (float)((double)rows[i] + c->moved[b]);
    }
    for (ptrdiff_t i = 0; c->seam == AS_GAIN && i < n_rows * ncol; i++) {
        rows[i] = (float)((double)rows[i] * c->moved[b]);
    }
    return TL_OK;
}

/* The band table as it is written: positions count from 1, and whole numbers need a scale. */
static void prepare_bands(const cleaning *c, int is_whole, tl_bands *made) {
    for (ptrdiff_t b = 0; b < made->n; b++) {
        tl_band *band = &made->band[b];
        const int has_scale = fabs(band->scale - 1.0) > 0.0 || fabs(band->offset) > 0.0;
        band->index = (int)b + 1;
        if (!is_whole) {
            band->scale = 1.0;
            band->offset = 0.0;
            band->has_nodata = 0;
        } else if (!has_scale && (c->info->bands.quantity == TL_QUANTITY_REFLECTANCE ||
                                  c->info->bands.quantity == TL_QUANTITY_TOA_REFLECTANCE ||
                                  c->info->bands.quantity == TL_QUANTITY_UNKNOWN)) {
            band->scale = 0.0001;
        }
    }
}

static tl_code fill_scene(void *arg, tl_sink *sink, tl_err *err) {
    cleaning *c = arg;
    const tl_progress writing = tl_progress_part(tl_job_progress(c->job), 0.45, 1.0);
    const tl_scene_pass pass = {.job = c->job,
                                .raster = c->raster,
                                .bands = &c->info->bands,
                                .sink = sink,
                                .end_row = c->info->nrow,
                                .body = clean_rows,
                                .arg = c};
    return tl_recipes_scene_pass(&pass, &writing, err);
}

static tl_code write_scene(cleaning *c, tl_err *err) {
    tl_bands made = {0};
    TL_TRY(tl_bands_copy(&made, &c->info->bands, err));
    prepare_bands(c, tl_scene_files_form(c->job).type == TL_STORED_INT16, &made);
    const tl_scene_files_output output = {.id = "output",
                                          .nrow = c->info->nrow,
                                          .ncol = c->info->ncol,
                                          .geo = &c->info->geo,
                                          .bands = &made,
                                          .facts = &c->info->facts,
                                          .fill = fill_scene,
                                          .arg = c};
    const tl_code code = tl_scene_files_write(c->job, &output, err);
    tl_bands_free(&made);
    return code;
}

static void report(const cleaning *c) {
    ptrdiff_t striped = 0;
    ptrdiff_t worst = 0;
    for (ptrdiff_t b = 0; c->found != NULL && b < band_count(c); b++) {
        striped += c->found[b].amplitude > 0.0;
        worst = c->found[b].amplitude > c->found[worst].amplitude ? b : worst;
    }
    tl_job_put_number(c->job, "striped_bands", (double)striped);
    if (c->found == NULL) {
        if (tl_job_choice(c->job, "seam") == NOTHING) {
            tl_job_log(c->job, TL_WARNING,
                       "neither stripes nor steps are removed: the output is a copy");
        }
        return;
    }
    tl_job_put_number(c->job, "largest_stripes", c->found[worst].amplitude);
    tl_job_log(c->job, TL_INFO, "stripes beyond chance in %td of %td bands", striped,
               band_count(c));
    if (striped > 0) {
        tl_job_log(c->job, TL_INFO, "largest in band %d (%.1f nm): standard deviation %.4g%s",
                   c->info->bands.band[worst].index, c->info->bands.band[worst].centre_nm,
                   c->found[worst].amplitude, c->as_gain ? " of the logarithm" : "");
    }
}

static tl_code run(tl_job *job, tl_err *err) {
    cleaning c = {.job = job};
    tl_code code = open_scene(&c, err);
    if (code == TL_OK) {
        code = find_steps(&c, err);
    }
    if (code == TL_OK && tl_job_choice(job, "destripe") != NOTHING) {
        code = find_stripes(&c, err);
    }
    if (code == TL_OK) {
        code = write_scene(&c, err);
    }
    if (code == TL_OK) {
        report(&c);
    }
    for (ptrdiff_t b = 0; c.stripes != NULL && b < band_count(&c); b++) {
        tl_imagery_stripes_free(&c.stripes[b]);
    }
    tl_job_store(job)->close_raster(c.raster);
    tl_release(c.stripes);
    tl_release(c.stripe);
    tl_release(c.found);
    tl_release(c.moved);
    return code;
}

const tl_algorithm tl_alg_cleanscene = {
    .id = "cleanscene",
    .title = "Clean scene",
    .group = "Prepare",
    .summary = "Removes stripes and steps between detectors from a scene.",
    .help =
        "Stripes come from detector elements that are always brighter or darker than their "
        "neighbours. For every band, the differences between neighbouring cells of a row are "
        "averaged over all rows, with the edges of fields clipped. The stripes are what "
        "remains after a running median is subtracted. They are reduced to what both halves "
        "of the scene have in common, so a band without stripes is not changed.\n\n"
        "Steps between detectors (seams): a straight line through the nearest five bands of "
        "each detector is evaluated where the detectors meet. The median step over pixels "
        "spread over the scene becomes one offset or one gain for the whole detector. A step "
        "may be real: water vapour absorbs near 940 nm, and the spectra of soils bend near "
        "1000 nm. Look at the report of sceneinfo first.\n\n"
        "The scene is read twice and written once, in blocks of rows.",
    .example = "tilth cleanscene --scene scene.tif --destripe gain --seam gain --output clean.tif",
    .citation =
        "docs/methods/quality.md; Gadallah, Csillag and Smith 2000, Int. J. Remote Sens. "
        "21:2505",
    .tags =
        "stripes,destriping,striping,pushbroom,seam,splice,VNIR,SWIR,detector,noise,Hyperion,"
        "GF-5",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

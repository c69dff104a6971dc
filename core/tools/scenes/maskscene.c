/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `maskscene`: cloud, thin cloud, snow, water, plants, residue and bare soil. */
#include <math.h>

#include "tools/scenes/maskscene.h"

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "imagery/thincloud.h"
#include "job/numbers.h"
#include "num/stats.h"
#include "recipes/grid_io.h"
#include "recipes/scene_rows.h"

enum { MOST_COVERS = 64 };
enum {
    LAYER_USABLE,
    LAYER_CLASS,
    LAYER_THICKNESS,
    LAYER_STRATUM,
    LAYER_NDVI,
    LAYER_NDSI,
    LAYER_CELLULOSE,
    LAYER_CIRRUS,
    LAYER_HAZE,
    LAYERS
};
enum { INDEX_LAYERS = LAYERS - LAYER_NDVI };
enum { QUANTITY_AUTO, QUANTITY_TOP, QUANTITY_SURFACE };
enum { CLOUD_BOTH, CLOUD_GF5, CLOUD_GENERAL, CLOUD_NONE };

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help =
         "Reflectance (0 to 1) of the surface or at the top of the atmosphere, with wavelengths. "
         "The bands in the water windows serve, flagged bad or not."},
    {.id = "quantity",
     .kind = TL_ARG_CHOICE,
     .label = "Reflectance",
     .help =
         "auto believes the scene and takes one that says nothing as reflectance of the ground. "
         "Only reflectance above the air (toa_reflectance) shows thin cloud at 1380 and 1880 nm.",
     .fallback = "auto",
     .choices = "auto,toa_reflectance,reflectance"},
    {.id = "landcover",
     .kind = TL_ARG_RASTER,
     .label = "Land cover",
     .help =
         "Class raster in any grid and CRS, for example CLCD; cells of other classes than those "
         "kept are outside.",
     .optional = 1},
    {.id = "landcover_classes",
     .kind = TL_ARG_TEXT,
     .label = "Classes that are kept",
     .help = "Rising numbers with blanks between them. 1 is cropland in CLCD.",
     .fallback = "1"},
    {.id = "cloud_test",
     .kind = TL_ARG_CHOICE,
     .label = "Cloud test",
     .help =
         "gf5: blue and visible bright, or high cloud by 1350 and 2015 nm. general: white, hazy, "
         "bright and no rock (Fmask without thermal bands). both: either of them.",
     .fallback = "both",
     .choices = "both,gf5,general,none"},
    {.id = "cloud",
     .kind = TL_ARG_NUMBER,
     .label = "Cloud from",
     .unit = "",
     .help = "Reflectance in blue and visible light above which a cell is cloud; the general test "
             "takes 0.8 of it.",
     .fallback = "0.3",
     .advanced = 1,
     .min = 0.05,
     .max = 1.0},
    {.id = "ndsi",
     .kind = TL_ARG_NUMBER,
     .label = "Snow from NDSI",
     .unit = "",
     .help = "Snow has a larger index of green and 1610 nm (Hall et al. 1995).",
     .fallback = "0.4",
     .advanced = 1,
     .min = -1.0,
     .max = 1.0},
    {.id = "snow_near",
     .kind = TL_ARG_NUMBER,
     .label = "Snow from near infrared",
     .unit = "",
     .help = "Snow reflects at least this much near 865 nm; water with the same NDSI is darker.",
     .fallback = "0.11",
     .advanced = 1,
     .min = 0.0,
     .max = 1.0},
    {.id = "ndvi",
     .kind = TL_ARG_NUMBER,
     .label = "Plants from NDVI",
     .unit = "",
     .help = "Cells with a larger index are no bare soil.",
     .fallback = "0.3",
     .min = -1.0,
     .max = 1.0},
    {.id = "residue",
     .kind = TL_ARG_NUMBER,
     .label = "Residue from cellulose index",
     .unit = "",
     .help = "Cells with a larger (R2030 + R2210) / 2 - R2100 are covered by dry plants (Nagler et "
             "al. 2003).",
     .fallback = "0.01",
     .min = -1.0,
     .max = 1.0},
    {.id = "thickness_from",
     .kind = TL_ARG_CHOICE,
     .label = "Thin cloud seen in",
     .help = "1380 and 1880: water bands, where only high cloud shines. haze: blue above the clear "
             "line of bare soil. dark: light over the darkest cells nearby. auto takes the first "
             "water band that holds more than noise and no ground, else haze.",
     .fallback = "auto",
     .choices = "auto,1380,1880,haze,dark"},
    {.id = "clear_area",
     .kind = TL_ARG_POLYGONS,
     .label = "Clear area",
     .help =
         "Polygons over bare soil without any cloud: the clear line and the base come from there.",
     .optional = 1,
     .advanced = 1},
    {.id = "thin_limit",
     .kind = TL_ARG_NUMBER,
     .label = "Thin cloud from",
     .unit = "",
     .help =
         "Thickness, as reflectance, above which a cell belongs to the stratum thin cloud; left "
         "out, it is 0.01 in the water bands and 0.03 for haze and dark.",
     .optional = 1,
     .min = 0.0,
     .max = 1.0},
    {.id = "radius",
     .kind = TL_ARG_INTEGER,
     .label = "Smoothing",
     .unit = "cells",
     .help = "The thickness of a cell is the mean over the soil cells of a square that reaches so "
             "far; 0 leaves every cell alone.",
     .fallback = "2",
     .advanced = 1,
     .min = 0,
     .max = 500},
    {.id = "usable_limit",
     .kind = TL_ARG_NUMBER,
     .label = "Usable up to",
     .unit = "",
     .help = "Soil under thicker cloud is not usable; left out, soil under thin cloud of any "
             "thickness is usable.",
     .optional = 1,
     .min = 0.0,
     .max = 1.0},
    {.id = "terrain",
     .kind = TL_ARG_RASTER,
     .label = "Terrain factor",
     .help = "Elevation or a wetness index that soil follows: its correlation with red light tells "
             "whether the removal of thin cloud did harm.",
     .optional = 1,
     .advanced = 1},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Masks",
     .help =
         "Nine layers: usable soil (1 or 0, fits mapproperty --mask), class, thickness of thin "
         "cloud, stratum (1 clear, 2 thin cloud, 3 cloud), NDVI, NDSI, cellulose index, 1380 nm, "
         "haze."},
    {.id = "thickness",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Thickness of thin cloud",
     .help = "That layer alone, as a raster for correlatemaps --strata and for samples.",
     .optional = 1},
    {.id = "cleared",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Scene without thin cloud",
     .help = "The scene minus the light that thin cloud adds to every band; judged in the log.",
     .optional = 1},
};

/* --- getting ready --- */

static void choose_rules(tl_mask_work *w) {
    const int test = tl_job_choice(w->job, "cloud_test");
    const int quantity = tl_job_choice(w->job, "quantity");
    w->rules = (tl_surface_rules){.gf5_test = test == CLOUD_BOTH || test == CLOUD_GF5,
                                  .general_test = test == CLOUD_BOTH || test == CLOUD_GENERAL,
                                  .cloud = tl_job_number(w->job, "cloud"),
                                  .ndsi = tl_job_number(w->job, "ndsi"),
                                  .snow_near = tl_job_number(w->job, "snow_near"),
                                  .plants = tl_job_number(w->job, "ndvi"),
                                  .residue = tl_job_number(w->job, "residue")};
    w->at_top =
        quantity == QUANTITY_TOP ||
        (quantity == QUANTITY_AUTO && w->info->bands.quantity == TL_QUANTITY_TOA_REFLECTANCE);
}

/* Masks are shaped by what lies around a cell, so one number of each kind is held for every cell.
 * Two grids, two bytes and two more grids while they are smoothed; land cover, clear area and
 * terrain are one grid each. */
static tl_code check_memory(const tl_mask_work *w, tl_err *err) {
    const double mib = 1048576.0;
    const double cells = (double)w->info->nrow * (double)w->info->ncol;
    const double bytes = 14.0 + (tl_job_given(w->job, "landcover") ? 4.0 : 0.0) +
                         (tl_job_given(w->job, "clear_area") ? 4.0 : 0.0) +
                         (tl_job_given(w->job, "terrain") ? 4.0 : 0.0);
    const double allowed = tl_job_memory_bytes(w->job);
    if (0.75 * allowed < bytes * cells) {
        return tl_fail(err, TL_NOMEM,
                       "memory: %td x %td cells need %.0f MiB for their masks and the rows being "
                       "read; 'memory' allows %.0f MiB: allow more or cut the scene",
                       w->info->nrow, w->info->ncol, ceil(bytes * cells / (0.75 * mib)),
                       allowed / mib);
    }
    return TL_OK;
}

/* Red and near infrared are a must; what else is missing switches rules off, which is told. */
static tl_code check_windows(const tl_mask_work *w, tl_err *err) {
    if (w->info->bands.quantity == TL_QUANTITY_RADIANCE ||
        w->info->bands.quantity == TL_QUANTITY_DN) {
        return tl_fail(err, TL_DATA,
                       "scene: '%s' holds %s; masks need reflectance, which calibrate makes of it",
                       tl_job_text(w->job, "scene"),
                       w->info->bands.quantity == TL_QUANTITY_DN ? "raw numbers" : "radiance");
    }
    for (int k = 0; k < TL_WINDOWS; k++) {
        double from;
        double to;
        tl_imagery_window_range((tl_window)k, &from, &to);
        if (w->table.count[k] > 0) {
            continue;
        }
        if (k == TL_WINDOW_RED || k == TL_WINDOW_NEAR) {
            return tl_fail(err, TL_DATA,
                           "scene: '%s' has no good band from %g to %g nm (%s); masks need red and "
                           "near infrared, with their wavelengths",
                           tl_job_text(w->job, "scene"), from, to,
                           tl_imagery_window_name((tl_window)k));
        }
        tl_job_log(w->job, TL_INFO, "no band from %g to %g nm: rules that look there do not hold",
                   from, to);
    }
    return TL_OK;
}

static tl_code read_beside(tl_mask_work *w, tl_err *err) {
    if (tl_job_given(w->job, "landcover")) {
        w->cover_class = tl_acquire(MOST_COVERS, sizeof *w->cover_class);
        if (w->cover_class == NULL) {
            return tl_no_memory(err, "%d classes", MOST_COVERS);
        }
        TL_TRY(tl_job_read_increasing(w->job, "landcover_classes", MOST_COVERS, w->cover_class,
                                      &w->n_cover_class, err));
        TL_TRY(w->store->read_grid_like(tl_job_text(w->job, "landcover"), "landcover", 1,
                                        &w->thickness, TL_NEAREST, &w->cover, err));
    }
    if (tl_job_given(w->job, "clear_area")) {
        char **name = NULL;
        ptrdiff_t n = 0;
        w->clear_zone = tl_acquire(w->info->nrow * w->info->ncol, sizeof *w->clear_zone);
        if (w->clear_zone == NULL) {
            return tl_no_memory(err, "the clear area");
        }
        TL_TRY(w->store->read_zones(tl_job_text(w->job, "clear_area"), "clear_area", NULL,
                                    &w->thickness, w->clear_zone, &name, &n, err));
        for (ptrdiff_t k = 0; k < n; k++) {
            tl_release(name[k]);
        }
        tl_release((void *)name);
    }
    return TL_OK;
}

static tl_code prepare(tl_mask_work *w, tl_err *err) {
    TL_TRY(w->store->open_raster(tl_job_text(w->job, "scene"), "scene", &w->raster, err));
    w->info = w->store->raster_info(w->raster);
    if (w->info->band_note[0] != '\0') {
        tl_job_log(w->job, TL_WARNING, "%s", w->info->band_note);
    }
    TL_TRY(tl_imagery_find_windows(&w->info->bands, &w->table, err));
    choose_rules(w);
    TL_TRY(check_windows(w, err));
    TL_TRY(check_memory(w, err));
    if (tl_job_given(w->job, "terrain") && tl_job_output(w->job, "cleared") == NULL) {
        tl_job_log(w->job, TL_WARNING,
                   "terrain is looked at only when thin cloud is removed (cleared)");
    }
    const ptrdiff_t cells = w->info->nrow * w->info->ncol;
    TL_TRY(tl_grid_init(&w->thickness, w->info->nrow, w->info->ncol, &w->info->geo, err));
    w->surface = tl_acquire(cells, sizeof *w->surface);
    if (w->surface == NULL) {
        return tl_no_memory(err, "%td cells", cells);
    }
    TL_TRY(read_beside(w, err));
    TL_TRY(tl_maskscene_read_sample(w, err));
    return tl_maskscene_choose(w, err);
}

ptrdiff_t tl_maskscene_rows_at_once(const tl_mask_work *w, ptrdiff_t n_bands) {
    return tl_recipes_scene_rows(w->job, w->info, n_bands, 1);
}

/* --- cell by cell --- */

/* A block of rows: the bands of the parts of the spectrum, and the layers made of them. */
typedef struct row_block {
    tl_mask_work *work;
    ptrdiff_t row0;
    ptrdiff_t n_rows;
    float *value; /* [table.n, n_rows * ncol] */
    float *layer; /* [INDEX_LAYERS, n_rows * ncol] */
} row_block;

static tl_code judge_row(void *arg, ptrdiff_t row, tl_err *err) {
    (void)err;
    const row_block *b = arg;
    tl_mask_work *w = b->work;
    const ptrdiff_t ncol = w->info->ncol;
    const ptrdiff_t plane = b->n_rows * ncol;
    for (ptrdiff_t c = 0; c < ncol; c++) {
        const ptrdiff_t at = row * ncol + c;
        const ptrdiff_t cell = b->row0 * ncol + at;
        double window[TL_WINDOWS];
        tl_surface_indices index;
        tl_imagery_window_means(&w->table, b->value + at, plane, window);
        const tl_surface surface = tl_maskscene_surface(w, cell, window, &index);
        const int none = surface == TL_SURFACE_NONE;
        const double layer[INDEX_LAYERS] = {index.ndvi, index.ndsi, index.cellulose,
                                            window[TL_WINDOW_CIRRUS],
                                            tl_maskscene_haze(&w->rule, window)};
        for (int k = 0; k < INDEX_LAYERS; k++) {
            b->layer[k * plane + at] = none ? NAN : (float)layer[k];
        }
        w->surface[cell] = (unsigned char)surface;
        w->thickness.data[cell] = none ? NAN : (float)tl_maskscene_thickness(&w->rule, window);
    }
    return TL_OK;
}

static tl_code judge_cells(tl_mask_work *w, tl_sink *sink, const tl_progress *progress,
                           tl_err *err) {
    const ptrdiff_t nrow = w->info->nrow;
    const ptrdiff_t ncol = w->info->ncol;
    const ptrdiff_t step = tl_maskscene_rows_at_once(w, w->table.n + INDEX_LAYERS);
    row_block b = {.work = w,
                   .value = tl_acquire(w->table.n * step * ncol, sizeof *b.value),
                   .layer = tl_acquire(INDEX_LAYERS * step * ncol, sizeof *b.layer)};
    tl_code code = b.value == NULL || b.layer == NULL ? tl_no_memory(err, "%td rows", step) : TL_OK;
    for (b.row0 = 0; code == TL_OK && b.row0 < nrow; b.row0 += step) {
        b.n_rows = tl_min(step, nrow - b.row0);
        const tl_progress part = tl_progress_part(progress, (double)b.row0 / (double)nrow,
                                                  (double)(b.row0 + b.n_rows) / (double)nrow);
        TL_CHECK(w->store->read_window(w->raster, 0, b.row0, ncol, b.n_rows, w->table.number,
                                       w->table.n, b.value, err));
        TL_CHECK(tl_parfor(tl_job_threads(w->job), b.n_rows, judge_row, &b, &part, err));
        for (int k = 0; k < INDEX_LAYERS; k++) {
            TL_CHECK(w->store->write_rows(sink, LAYER_NDVI + k, b.row0, b.n_rows,
                                          b.layer + k * b.n_rows * ncol, err));
        }
    }
done:
    tl_release(b.value);
    tl_release(b.layer);
    return code;
}

/* --- thickness --- */

/* Takes the clear level off a map of dark cells: the thickness that 5 % of its cells stay below. */
static tl_code subtract_base(tl_mask_work *w, const unsigned char *ground, tl_err *err) {
    const ptrdiff_t cells = w->info->nrow * w->info->ncol;
    const ptrdiff_t step = cells / 100000 + 1;
    double *value = tl_acquire(cells / step + 1, sizeof *value);
    ptrdiff_t n = 0;
    if (value == NULL) {
        return tl_no_memory(err, "a sample of the thickness");
    }
    for (ptrdiff_t i = 0; i < cells; i += step) {
        if (ground[i] && isfinite(w->thickness.data[i]) &&
            (w->clear_zone == NULL || w->clear_zone[i] > 0)) {
            value[n++] = (double)w->thickness.data[i];
        }
    }
    tl_num_sort(value, n);
    const double base = tl_num_quantile(value, n, w->clear_zone == NULL ? 0.05 : 0.5, 7);
    for (ptrdiff_t i = 0; n > 0 && i < cells; i++) {
        w->thickness.data[i] = (float)((double)w->thickness.data[i] - base);
    }
    tl_release(value);
    return TL_OK;
}

/* Thin cloud is smooth and single cells of soil are not: the mean over soil around a cell. */
static tl_code shape_thickness(tl_mask_work *w, tl_err *err) {
    const ptrdiff_t cells = w->info->nrow * w->info->ncol;
    const ptrdiff_t radius = (ptrdiff_t)tl_job_integer(w->job, "radius");
    unsigned char *ground = tl_acquire(cells, sizeof *ground);
    tl_code code = TL_OK;
    if (ground == NULL) {
        return tl_no_memory(err, "%td cells", cells);
    }
    for (ptrdiff_t i = 0; i < cells; i++) {
        ground[i] = (unsigned char)tl_maskscene_is_ground((tl_surface)w->surface[i]);
    }
    if (w->rule.from == TL_THICKNESS_DARK) {
        TL_CHECK(tl_imagery_darkest(&w->thickness, ground, tl_max(radius, 1), err));
        TL_CHECK(subtract_base(w, ground, err));
    }
    TL_CHECK(tl_imagery_smooth(&w->thickness, ground, radius, err));
    for (ptrdiff_t i = 0; i < cells; i++) {
        w->thickness.data[i] = tl_max_float(0.0F, w->thickness.data[i]);
    }
done:
    tl_release(ground);
    return code;
}

/* --- layers of whole cells --- */

static float cell_layer(const tl_mask_work *w, int layer, ptrdiff_t cell) {
    const tl_surface surface = (tl_surface)w->surface[cell];
    const double t = (double)w->thickness.data[cell];
    if (surface == TL_SURFACE_NONE) {
        return NAN;
    }
    if (layer == LAYER_CLASS) {
        return (float)surface;
    }
    if (layer == LAYER_THICKNESS) {
        return w->thickness.data[cell];
    }
    if (layer == LAYER_STRATUM) {
        return surface == TL_SURFACE_CLOUD ? 3.0F : t >= w->rule.limit ? 2.0F : 1.0F;
    }
    const double most = tl_job_number(w->job, "usable_limit"); /* NaN when not given */
    return surface == TL_SURFACE_SOIL && !(t > most) ? 1.0F : 0.0F;
}

static tl_code write_cells(const tl_mask_work *w, tl_sink *sink, tl_err *err) {
    const ptrdiff_t ncol = w->info->ncol;
    float *row = tl_acquire(ncol, sizeof *row);
    if (row == NULL) {
        return tl_no_memory(err, "%td columns", ncol);
    }
    tl_code code = TL_OK;
    for (int layer = 0; layer < LAYER_NDVI; layer++) {
        for (ptrdiff_t r = 0; r < w->info->nrow; r++) {
            for (ptrdiff_t c = 0; c < ncol; c++) {
                row[c] = cell_layer(w, layer, r * ncol + c);
            }
            TL_CHECK(w->store->write_rows(sink, layer, r, 1, row, err));
        }
    }
done:
    tl_release(row);
    return code;
}

static tl_code put_counts(tl_mask_work *w, tl_err *err) {
    const ptrdiff_t cells = w->info->nrow * w->info->ncol;
    ptrdiff_t count[TL_SURFACES] = {0};
    ptrdiff_t thin = 0;
    ptrdiff_t usable = 0;
    for (ptrdiff_t i = 0; i < cells; i++) {
        count[w->surface[i]]++;
        const int ground = tl_maskscene_is_ground((tl_surface)w->surface[i]);
        thin += ground && (double)w->thickness.data[i] >= w->rule.limit;
        usable += cell_layer(w, LAYER_USABLE, i) > 0.0F;
    }
    const ptrdiff_t valid = cells - count[TL_SURFACE_NONE];
    if (valid == 0) {
        return tl_fail(err, TL_DATA, "scene: '%s' has no cell with red and near infrared values",
                       tl_job_text(w->job, "scene"));
    }
    json_t *classes = json_object();
    for (int k = 1; k < TL_SURFACES; k++) {
        json_object_set_new(classes, tl_imagery_surface_name((tl_surface)k),
                            json_integer(count[k]));
        if (count[k] > 0) {
            tl_job_log(w->job, TL_INFO, "%d %s: %.1f %% of the cells", k,
                       tl_imagery_surface_name((tl_surface)k),
                       100.0 * (double)count[k] / (double)valid);
        }
    }
    static const char *const from[] = {"auto", "1380", "1880", "haze", "dark"};
    tl_job_put_json(w->job, "classes", classes);
    tl_job_put_number(w->job, "cells", (double)valid);
    tl_job_put_number(w->job, "usable", (double)usable);
    tl_job_put_number(w->job, "thin_cloud", (double)thin);
    tl_job_put_number(w->job, "thin_limit", w->rule.limit);
    tl_job_put_text(w->job, "thickness_from", from[w->rule.from]);
    const ptrdiff_t ground = count[TL_SURFACE_SOIL] + count[TL_SURFACE_RESIDUE];
    tl_job_log(w->job, TL_INFO, "thin cloud of %.3f or more lies over %.1f %% of soil and residue",
               w->rule.limit, ground > 0 ? 100.0 * (double)thin / (double)ground : 0.0);
    return TL_OK;
}

static tl_code run_masks(tl_mask_work *w, tl_sink *sink, tl_err *err) {
    const int removes = tl_job_output(w->job, "cleared") != NULL;
    const double end = removes ? 0.4 : 0.95;
    const tl_progress first = tl_progress_part(tl_job_progress(w->job), 0.05, end);
    const tl_progress second = tl_progress_part(tl_job_progress(w->job), end, 1.0);
    TL_TRY(judge_cells(w, sink, &first, err));
    TL_TRY(shape_thickness(w, err));
    TL_TRY(write_cells(w, sink, err));
    TL_TRY(put_counts(w, err));
    if (tl_job_output(w->job, "thickness") != NULL) {
        TL_TRY(tl_recipes_write_grid(w->job, "thickness", &w->thickness,
                                     tl_recipes_layer("Thickness of thin cloud", ""), err));
    }
    return removes ? tl_maskscene_clear(w, &second, err) : TL_OK;
}

static tl_code start_masks(const tl_mask_work *w, tl_sink **sink, tl_err *err) {
    const tl_layer layer[LAYERS] = {
        [LAYER_USABLE] = tl_recipes_layer("Usable bare soil", ""),
        [LAYER_CLASS] =
            tl_recipes_layer("Class: 1 bare soil, 2 residue, 3 plants, 4 water, 5 snow or "
                             "ice, 6 cloud, 7 outside the land cover",
                             ""),
        [LAYER_THICKNESS] = tl_recipes_layer("Thickness of thin cloud", ""),
        [LAYER_STRATUM] = tl_recipes_layer("Stratum: 1 clear, 2 thin cloud, 3 cloud", ""),
        [LAYER_NDVI] = tl_recipes_layer("NDVI", ""),
        [LAYER_NDSI] = tl_recipes_layer("NDSI", ""),
        [LAYER_CELLULOSE] = tl_recipes_layer("Cellulose absorption index", ""),
        [LAYER_CIRRUS] = tl_recipes_layer("Reflectance at 1380 nm", ""),
        [LAYER_HAZE] = tl_recipes_layer("Haze: blue above the clear line", "")};
    const char *record = NULL;
    TL_TRY(tl_job_record(w->job, &record, err));
    return w->store->create_raster(tl_job_output(w->job, "output"), "output", w->info->nrow,
                                   w->info->ncol, &w->info->geo, layer, LAYERS, record, sink, err);
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_mask_work w = {.job = job, .store = tl_job_store(job)};
    tl_sink *sink = NULL;
    tl_code code = TL_OK;
    TL_CHECK(prepare(&w, err));
    TL_CHECK(start_masks(&w, &sink, err));
    TL_CHECK(run_masks(&w, sink, err));
    tl_sink *whole = sink;
    sink = NULL;
    code = w.store->finish_raster(whole, err);
done:
    w.store->abandon_raster(sink);
    w.store->close_raster(w.raster);
    tl_imagery_free_windows(&w.table);
    tl_maskscene_free_sample(&w.sample);
    tl_grid_free(&w.cover);
    tl_grid_free(&w.thickness);
    tl_release(w.cover_class);
    tl_release(w.clear_zone);
    tl_release(w.surface);
    return code;
}

const tl_algorithm tl_alg_maskscene = {
    .id = "maskscene",
    .title = "Mask cloud, snow, water, plants",
    .group = "Prepare",
    .summary = "Sorts the cells of a scene and measures thin cloud; bare soil is what remains.",
    .help =
        "Looks at every cell of a scene of reflectance and writes what covers it: cloud, snow or "
        "ice, water, plants, crop residue, or bare soil as what remains, and with a land-cover "
        "raster only there. Layer 1 is 1 where bare soil is usable and goes straight into "
        "mapproperty as its mask.\n"
        "The thickness of thin cloud is the light that a cell has above a clear one: in the water "
        "bands at 1380 or 1880 nm of reflectance at the top of the atmosphere, where only high "
        "cloud shines, or in blue light above the clear line of bare soil. Water bands that hold "
        "noise alone, or through which the ground shines in dry air, are found out and not used. "
        "The layer goes into correlatemaps as strata.\n"
        "On request the light of thin cloud is taken off every band of the scene, and the log says "
        "when that makes things worse. Bright or pale soil looks like haze, ice in a field like "
        "cloud: look at the layers before trusting them.",
    .example = "tilth maskscene --scene scene.tif --output masks.tif",
    .citation =
        "Gao et al. 1998, J. Geophys. Res. 103:32169 (cirrus); Zhang, Guindon and Cihlar 2002, "
        "Remote Sens. Environ. 82:173 (haze); Zhu and Woodcock 2012, Remote Sens. Environ. 118:83 "
        "(cloud); Hall et al. 1995, Remote Sens. Environ. 54:127 (snow); Nagler et al. 2003, Remote "
        "Sens. Environ. 87:310 (residue).",
    .tags = "mask,cloud,cirrus,haze,HOT,snow,NDSI,NDVI,water,vegetation,residue,CAI,bare soil,CLCD",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

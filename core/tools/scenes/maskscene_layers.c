/* SPDX-License-Identifier: GPL-2.0-or-later
 * The layers that maskscene writes: what covers every cell, and the thickness of thin cloud over it;
 * see maskscene.h. */
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "imagery/thincloud.h"
#include "json/json.h"
#include "num/stats.h"
#include "recipes/grid_io.h"
#include "tools/scenes/maskscene.h"

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

/* --- cell by cell --- */

/* A block of rows: the bands of the parts of the spectrum, and the layers computed from them. */
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

/* Subtracts the clear level from a map of dark cells: the 5 % quantile of its thickness. */
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
    const double maximum = tl_job_number(w->job, "usable_limit"); /* NaN when not given */
    return surface == TL_SURFACE_SOIL && !(t > maximum) ? 1.0F : 0.0F;
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
    json_t *classes = tl_json_object();
    for (int k = 1; k < TL_SURFACES; k++) {
        tl_json_put(classes, tl_imagery_surface_name((tl_surface)k), tl_json_integer(count[k]));
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
    tl_job_log(w->job, TL_INFO, "thin cloud of %.3f or more covers %.1f %% of soil and residue",
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

tl_code tl_maskscene_write_layers(tl_mask_work *w, tl_err *err) {
    tl_sink *sink = NULL;
    TL_TRY(start_masks(w, &sink, err));
    const tl_code code = run_masks(w, sink, err);
    if (code != TL_OK) {
        w->store->abandon_raster(sink);
        return code;
    }
    return w->store->finish_raster(sink, err);
}

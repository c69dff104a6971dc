/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `mapproperty`: applies a property model to every pixel of a scene. */
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "job/algorithm.h"
#include "pipeline/predict.h"
#include "recipes/grid_io.h"
#include "recipes/model_files.h"
#include "recipes/model_scale.h"
#include "recipes/property_layers.h"
#include "recipes/shared_args.h"

/* Pixels per unit of parallel work. */
static const ptrdiff_t unit_pixels = 8192;

/* A window is never larger than this, whatever the memory limit: larger ones are not read faster. */
static const double max_window_bytes = 96.0 * 1024.0 * 1024.0;

static const tl_arg arguments[] = {
    {TL_SHARED_SCENE_TO_MAP},
    {.id = "model",
     .kind = TL_ARG_MODEL,
     .label = "Property model",
     .help = "Model file from trainmodel, with the features scene, fused, mixed or supervised."},
    {TL_SHARED_SCENE_SCALE},
    {.id = "mask",
     .kind = TL_ARG_RASTER,
     .label = "Mask",
     .help = "Raster on the grid of the scene, for example of bare fields: only pixels whose value "
             "in the first band is neither 0 nor NoData are mapped. Without it all pixels are "
             "mapped.",
     .optional = 1},
    {.id = "clip",
     .kind = TL_ARG_FLAG,
     .label = "Negative values become 0",
     .help = "Writes values and bounds below 0 as 0, for concentrations. By default they stay as "
             "the model predicts them; they are counted either way.",
     .fallback = "no"},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Property map",
     .help = "Five layers: the value and the lower and upper bound of its prediction interval, in "
             "the unit of the property; the dissimilarity index (distance to the nearest training "
             "sample); 1 where the model applies, 0 where the pixel is unlike all samples. NaN "
             "where a band that the model uses has no value."},
};

/* Summary of one row of the map. Sums by row do not depend on how the scene is divided into windows. */
typedef struct row_summary {
    ptrdiff_t count;
    ptrdiff_t outside; /* number of values outside the range of the samples */
    ptrdiff_t negative;
    ptrdiff_t applicable;
    double sum;
    double bright; /* sum of the physical values of the middle band of the model */
    float min;
    float max;
} row_summary;

/* A rectangle of the scene that is read at once. */
typedef struct window {
    ptrdiff_t row0;
    ptrdiff_t n_rows;
    ptrdiff_t col0;
    ptrdiff_t n_cols;
} window;

typedef struct map_work {
    const tl_store *store;
    const tl_raster_info *info;
    tl_raster *raster;
    tl_sink *sink;
    tl_predictor predictor;
    int *file_band;       /* [p] */
    int by_tiles;         /* 1: windows follow the tiles of the file */
    ptrdiff_t tall;       /* rows of a full window */
    ptrdiff_t wide;       /* columns of a full window */
    ptrdiff_t unit_rows;  /* rows per unit of parallel work */
    float *input[2];      /* [p, tall * wide]; one is computed while the other is filled */
    float *result[2];     /* [5, tall * ncol]; one is computed while the other is written */
    double *scratch;      /* one part per unit */
    row_summary *summary; /* [nrow] */
    unsigned char *mask;  /* [nrow, ncol] 1: to be mapped; NULL without mask */
    int clip;
    float min_observed; /* of the samples; -/+ infinity when the model file has none */
    float max_observed;
    /* The current step: window `at` is computed, the next one is read, a finished stripe is written. */
    ptrdiff_t at;
    ptrdiff_t write_stripe; /* -1: none */
} map_work;

static ptrdiff_t windows_across(const map_work *w) {
    return (w->info->ncol + w->wide - 1) / w->wide;
}

static ptrdiff_t window_count(const map_work *w) {
    return windows_across(w) * ((w->info->nrow + w->tall - 1) / w->tall);
}

static window window_at(const map_work *w, ptrdiff_t i) {
    window v = {.row0 = i / windows_across(w) * w->tall, .col0 = i % windows_across(w) * w->wide};
    v.n_rows = tl_min(w->info->nrow - v.row0, w->tall);
    v.n_cols = tl_min(w->info->ncol - v.col0, w->wide);
    return v;
}

/* Windows consist of whole rows, or of whole tiles when the file has tiles: a row of tiles of a large
 * cube does not fit into memory, and a window that cuts through tiles would decode each of them several
 * times. */
static void choose_windows(map_work *w, double memory_bytes) {
    const tl_raster_info *info = w->info;
    const double cell_bytes = (double)w->predictor.p * sizeof(float);
    const double share = memory_bytes / 8.0;
    const double bytes = tl_min_double(share, max_window_bytes);
    const ptrdiff_t cells = (ptrdiff_t)(bytes / cell_bytes);
    w->by_tiles = info->block_cols > 0 && info->block_cols < info->ncol && info->block_rows > 1;
    if (w->by_tiles) {
        const ptrdiff_t across = cells / (info->block_cols * info->block_rows);
        w->tall = info->block_rows;
        w->wide = info->block_cols * tl_max(across, 1);
    } else {
        w->tall = cells / info->ncol;
        if (info->block_rows > 1 && w->tall > info->block_rows) {
            w->tall -= w->tall % info->block_rows;
        }
        w->wide = info->ncol;
    }
    w->tall = tl_min(tl_max(w->tall, 1), info->nrow);
    w->wide = tl_min(w->wide, info->ncol);
    w->unit_rows = tl_max(unit_pixels / w->wide, 1);
}

static ptrdiff_t units_of(const map_work *w, ptrdiff_t n_rows) {
    return (n_rows + w->unit_rows - 1) / w->unit_rows;
}

static tl_code acquire_buffers(map_work *w, tl_err *err) {
    const ptrdiff_t cells = w->tall * w->wide;
    int missing = 0;
    for (int k = 0; k < 2; k++) {
        w->input[k] = tl_acquire(w->predictor.p * cells, sizeof(float));
        w->result[k] = tl_acquire(tl_property_layer_count * w->tall * w->info->ncol, sizeof(float));
        missing = missing || w->input[k] == NULL || w->result[k] == NULL;
    }
    w->scratch = tl_acquire(tl_pipeline_predict_scratch(&w->predictor) * units_of(w, w->tall),
                            sizeof *w->scratch);
    w->summary = tl_acquire(w->info->nrow, sizeof *w->summary);
    if (missing || w->scratch == NULL || w->summary == NULL) {
        return tl_no_memory(err, "windows of %td x %td pixels with %td bands", w->tall, w->wide,
                            w->predictor.p);
    }
    return TL_OK;
}

/* --- reading, computing and writing, which run at the same time --- */

static tl_code read_ahead(map_work *w, ptrdiff_t i, tl_err *err) {
    if (i >= window_count(w)) {
        return TL_OK;
    }
    const window v = window_at(w, i);
    float *to = w->input[i % 2];
    if (w->by_tiles) {
        return w->store->read_window(w->raster, v.col0, v.row0, v.n_cols, v.n_rows, w->file_band,
                                     w->predictor.p, to, err);
    }
    return w->store->read_stored(w->raster, v.row0, v.n_rows, w->file_band, w->predictor.p, to,
                                 err);
}

static tl_code write_behind(map_work *w, tl_err *err) {
    if (w->write_stripe < 0) {
        return TL_OK;
    }
    const ptrdiff_t row0 = w->write_stripe * w->tall;
    const ptrdiff_t n_rows = tl_min(w->info->nrow - row0, w->tall);
    const float *result = w->result[w->write_stripe % 2];
    for (ptrdiff_t layer = 0; layer < tl_property_layer_count; layer++) {
        TL_TRY(w->store->write_rows(w->sink, layer, row0, n_rows,
                                    result + layer * w->tall * w->info->ncol, err));
    }
    return TL_OK;
}

/* Sets the pixels outside the mask to NaN, clips, and counts.
 *
 * layer  distance of two layers of value */
static void finish_row(const map_work *w, ptrdiff_t row, ptrdiff_t col0, float *value,
                       ptrdiff_t layer, ptrdiff_t n) {
    row_summary *s = &w->summary[row];
    for (ptrdiff_t i = 0; i < n; i++) {
        if (w->mask != NULL && !w->mask[row * w->info->ncol + col0 + i]) {
            for (ptrdiff_t k = 0; k < tl_property_layer_count; k++) {
                value[k * layer + i] = NAN;
            }
        }
        if (!isfinite(value[i])) {
            continue;
        }
        s->negative += value[i] < 0.0F;
        for (ptrdiff_t k = 0; w->clip && k < 3; k++) {
            value[k * layer + i] = value[k * layer + i] < 0.0F ? 0.0F : value[k * layer + i];
        }
        s->min = s->count == 0 || value[i] < s->min ? value[i] : s->min;
        s->max = s->count == 0 || value[i] > s->max ? value[i] : s->max;
        s->outside += value[i] < w->min_observed || value[i] > w->max_observed;
        s->applicable += value[4 * layer + i] > 0.0F;
        s->sum += (double)value[i];
        s->count++;
    }
}

/* Adds up the middle band of the pixels that are mapped. */
static void add_brightness(const map_work *w, ptrdiff_t row, const float *stored,
                           const float *value, ptrdiff_t n) {
    const tl_band *b = &w->predictor.band[w->predictor.p / 2];
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(value[i])) {
            w->summary[row].bright += w->predictor.factor * (double)tl_band_value(b, stored[i]);
        }
    }
}

/* The layers of a part of the result, which are layer floats apart. */
static tl_prediction layers_at(float *at, ptrdiff_t layer) {
    tl_prediction out = {0};
    for (int k = 0; k < tl_prediction_layers; k++) {
        *tl_pipeline_prediction_layer(&out, k) = at + k * layer;
    }
    return out;
}

/* Computes some rows of the current window. Full rows follow each other in window and map, so they are
 * predicted together. */
static tl_code compute_unit(map_work *w, ptrdiff_t unit, tl_err *err) {
    const window v = window_at(w, w->at);
    const ptrdiff_t ncol = w->info->ncol;
    const ptrdiff_t from = unit * w->unit_rows;
    const ptrdiff_t to = tl_min(from + w->unit_rows, v.n_rows);
    const ptrdiff_t rows_at_once = v.n_cols == ncol ? to - from : 1;
    const ptrdiff_t p = w->predictor.p;
    const float *input = w->input[w->at % 2];
    float *result = w->result[w->at / windows_across(w) % 2] + v.col0;
    const ptrdiff_t layer = w->tall * ncol;
    double *scratch = w->scratch + unit * tl_pipeline_predict_scratch(&w->predictor);
    const float **band = tl_acquire(p, sizeof *band);
    tl_code code = band == NULL ? tl_no_memory(err, "%td bands", p) : TL_OK;
    for (ptrdiff_t r = from; code == TL_OK && r < to; r += rows_at_once) {
        const tl_prediction out = layers_at(result + r * ncol, layer);
        for (ptrdiff_t j = 0; j < p; j++) {
            band[j] = input + j * v.n_rows * v.n_cols + r * v.n_cols;
        }
        code = tl_pipeline_predict_block(&w->predictor, band, rows_at_once * v.n_cols, &out,
                                         scratch, err);
    }
    for (ptrdiff_t r = from; code == TL_OK && r < to; r++) {
        const float *middle = input + ((p / 2) * v.n_rows + r) * v.n_cols;
        finish_row(w, v.row0 + r, v.col0, result + r * ncol, layer, v.n_cols);
        add_brightness(w, v.row0 + r, middle, result + r * ncol, v.n_cols);
    }
    tl_release((void *)band);
    return code;
}

static tl_code run_step(void *arg, ptrdiff_t block, tl_err *err) {
    map_work *w = arg;
    return block == 0   ? read_ahead(w, w->at + 1, err)
           : block == 1 ? write_behind(w, err)
                        : compute_unit(w, block - 2, err);
}

static tl_code map_scene(map_work *w, int threads, const tl_progress *progress, tl_err *err) {
    const ptrdiff_t count = window_count(w);
    const ptrdiff_t across = windows_across(w);
    w->write_stripe = -1;
    TL_TRY(read_ahead(w, 0, err));
    for (w->at = 0; w->at < count; w->at++) {
        const tl_progress part = tl_progress_part(progress, (double)w->at / (double)count,
                                                  (double)(w->at + 1) / (double)count);
        const ptrdiff_t units = units_of(w, window_at(w, w->at).n_rows);
        TL_TRY(tl_parfor(threads, 2 + units, run_step, w, &part, err));
        const int stripe_done = (w->at + 1) % across == 0;
        w->write_stripe = stripe_done ? w->at / across : -1;
    }
    return write_behind(w, err);
}

/* --- the run --- */

static tl_code prepare_predictor(const tl_job *job, map_work *w, const tl_property_model *model,
                                 tl_err *err) {
    const double factor = tl_job_number(job, "scene_scale");
    const tl_training_scale scale = tl_spectra_training_scale(model->about, model->p);
    tl_bands bands = {0};
    ptrdiff_t *index = tl_acquire(model->p, sizeof *index);
    w->file_band = tl_acquire(model->p, sizeof *w->file_band);
    tl_code code = TL_OK;
    if (index == NULL || w->file_band == NULL) {
        code = tl_no_memory(err, "%td bands", model->p);
        goto done;
    }
    TL_CHECK(tl_bands_copy(&bands, &w->info->bands, err));
    TL_CHECK(tl_recipes_match_model(model, &bands, index, err));
    for (ptrdiff_t j = 0; j < model->p; j++) {
        w->file_band[j] = bands.band[index[j]].index;
    }
    TL_CHECK(tl_recipes_check_scale(job, w->raster, &scale, index, factor, err));
    code = tl_pipeline_predictor_init(&w->predictor, model, &bands, index, err);
    w->predictor.factor = factor;
done:
    tl_release(index);
    tl_bands_free(&bands);
    return code;
}

/* Windows of tiles are already read as physical values. */
static void expect_physical_values(tl_predictor *t) {
    for (ptrdiff_t j = 0; j < t->p; j++) {
        t->band[j].scale = 1.0;
        t->band[j].offset = 0.0;
        t->band[j].has_nodata = 0;
    }
}

static row_summary sum_rows(const map_work *w) {
    row_summary all = {0};
    for (ptrdiff_t r = 0; r < w->info->nrow; r++) {
        const row_summary *s = &w->summary[r];
        if (s->count > 0) {
            all.min = all.count == 0 || s->min < all.min ? s->min : all.min;
            all.max = all.count == 0 || s->max > all.max ? s->max : all.max;
            all.outside += s->outside;
            all.negative += s->negative;
            all.applicable += s->applicable;
            all.sum += s->sum;
            all.bright += s->bright;
            all.count += s->count;
        }
    }
    return all;
}

/* A mean that differs by this factor or more from that of the training shows a wrong scale. */
static const double other_scale = 5.0;

/* Warns when the values of the scene differ clearly from the spectra of the training. */
static void check_scale(const tl_job *job, const tl_property_model *model, const row_summary *all) {
    const json_t *spectra = json_object_get(model->about, "spectra");
    const json_t *mean = json_array_get(json_object_get(spectra, "mean"), (size_t)(model->p / 2));
    const double here = all->bright / (double)all->count;
    const double there = json_number_value(mean);
    const double ratio = here / there;
    if (!(there > 0.0) || (ratio < other_scale && ratio > 1.0 / other_scale)) {
        return;
    }
    const double power = pow(10.0, round(log10(ratio > 0.0 ? ratio : 1.0)));
    tl_job_log(
        job, TL_WARNING,
        "the scene has another scale than the spectra of the training: at %.0f nm its mean is "
        "%.4g, in training it was %.4g, so the factor is about %g; do not use this map; set "
        "scene_scale, or train on a scene with the same scale",
        model->wavelength_nm[model->p / 2], here, there, ratio >= 1.0 ? power : ratio);
}

static void check_values(const tl_job *job, const map_work *w, const tl_property_model *model,
                         const row_summary *all) {
    const double count = (double)all->count;
    const double share = (double)all->outside / count;
    if (share > 0.01) {
        tl_job_log(job, TL_WARNING,
                   "%.1f %% of the mapped pixels have values outside the range of the samples "
                   "(%.4g to %.4g%s%s): the model extrapolates there",
                   100.0 * share, (double)w->min_observed, (double)w->max_observed,
                   model->unit[0] == '\0' ? "" : " ", model->unit);
    }
    if (all->negative > 0 && w->min_observed >= 0.0F) {
        tl_job_log(
            job, TL_WARNING,
            "%td of the mapped pixels (%.2g %%) have a predicted value below 0, but no sample "
            "has%s",
            all->negative, 100.0 * (double)all->negative / count,
            w->clip ? "; 0 is written there" : "; use clip yes to write 0 there");
    }
    if (model->area.k > 0 && (double)all->applicable < 0.5 * count) {
        tl_job_log(
            job, TL_WARNING,
            "the model applies to only %.0f %% of the mapped pixels; the others are unlike all "
            "of its samples (layer 5 shows them)",
            100.0 * (double)all->applicable / count);
    }
}

static tl_code put_summary(tl_job *job, const map_work *w, const tl_property_model *model,
                           tl_err *err) {
    const row_summary all = sum_rows(w);
    if (all.count == 0) {
        return tl_fail(
            err, TL_DATA,
            "scene: no pixel of '%s'%s has a value in all %td bands that the model uses, so nothing "
            "can be mapped",
            tl_job_text(job, "scene"), w->mask == NULL ? "" : " inside the mask", model->p);
    }
    tl_job_put_text(job, "property", model->property);
    tl_job_put_text(job, "unit", model->unit);
    tl_job_put_number(job, "level", model->level);
    tl_job_put_number(job, "pixels", (double)(w->info->nrow * w->info->ncol));
    tl_job_put_number(job, "mapped", (double)all.count);
    tl_job_put_number(job, "outside", (double)all.outside);
    tl_job_put_number(job, "negative", (double)all.negative);
    tl_job_put_number(job, "applicable", (double)all.applicable);
    tl_job_put_number(job, "mean", all.sum / (double)all.count);
    tl_job_put_number(job, "min", (double)all.min);
    tl_job_put_number(job, "max", (double)all.max);
    check_scale(job, model, &all);
    check_values(job, w, model, &all);
    return TL_OK;
}

/* Smallest and largest measured value, when the model file has them. */
static void find_observed_range(map_work *w, const tl_property_model *model) {
    const json_t *observed = json_object_get(json_object_get(model->about, "samples"), "observed");
    w->min_observed = -INFINITY;
    w->max_observed = INFINITY;
    for (size_t i = 0; i < json_array_size(observed); i++) {
        const json_t *number = json_array_get(observed, i);
        if (json_is_number(number)) {
            const float v = (float)json_number_value(number);
            w->min_observed = i == 0 || v < w->min_observed ? v : w->min_observed;
            w->max_observed = i == 0 || v > w->max_observed ? v : w->max_observed;
        }
    }
}

static void keep_valid(const float *value, ptrdiff_t n, unsigned char *mask) {
    for (ptrdiff_t i = 0; i < n; i++) {
        mask[i] = value[i] < 0.0F || value[i] > 0.0F;
    }
}

/* Row by row where the mask is on the grid of the scene. */
static tl_code read_same_mask(map_work *w, tl_raster *raster, tl_err *err) {
    const int band = 1;
    const ptrdiff_t ncol = w->info->ncol;
    float *row = tl_acquire(ncol, sizeof *row);
    tl_code code = row == NULL ? tl_no_memory(err, "a row of the mask") : TL_OK;
    for (ptrdiff_t r = 0; r < w->info->nrow && code == TL_OK; r++) {
        code = w->store->read_window(raster, 0, r, ncol, 1, &band, 1, row, err);
        if (code == TL_OK) {
            keep_valid(row, ncol, w->mask + r * ncol);
        }
    }
    tl_release(row);
    return code;
}

static tl_code read_other_mask(const tl_job *job, map_work *w, tl_err *err) {
    tl_grid like = {0};
    tl_grid grid = {0};
    tl_code code = tl_grid_init(&like, w->info->nrow, w->info->ncol, &w->info->geo, err);
    if (code == TL_OK) {
        code = tl_recipes_read_grid_like(job, "mask", &like, TL_NEAREST, &grid, err);
    }
    if (code == TL_OK) {
        keep_valid(grid.data, grid.nrow * grid.ncol, w->mask);
    }
    tl_grid_free(&like);
    tl_grid_free(&grid);
    return code;
}

/* Reads the mask into memory, one byte for each pixel of the scene, aligned by position. */
static tl_code read_mask(tl_job *job, map_work *w, tl_err *err) {
    tl_raster *raster = NULL;
    tl_code code = TL_OK;
    if (!tl_job_given(job, "mask")) {
        return TL_OK;
    }
    TL_CHECK(w->store->open_raster(tl_job_text(job, "mask"), "mask", &raster, err));
    const tl_raster_info *info = w->store->raster_info(raster);
    const int same = info->nrow == w->info->nrow && info->ncol == w->info->ncol &&
                     tl_georef_same(&info->geo, &w->info->geo);
    w->mask = tl_acquire(w->info->nrow * w->info->ncol, sizeof *w->mask);
    if (w->mask == NULL) {
        code = tl_no_memory(err, "a mask of %td x %td pixels", w->info->ncol, w->info->nrow);
        goto done;
    }
    code = same ? read_same_mask(w, raster, err) : read_other_mask(job, w, err);
done:
    w->store->close_raster(raster);
    return code;
}

static tl_code start_map(tl_job *job, map_work *w, const tl_property_model *model, tl_err *err) {
    tl_property_layers names = {0};
    TL_TRY(tl_recipes_property_layers_init(&names, model, err));
    tl_layer layer[tl_property_layer_count];
    for (int k = 0; k < tl_property_layer_count; k++) {
        layer[k] = tl_recipes_layer(names.description[k], names.unit[k]);
    }
    const char *record = NULL;
    tl_code code = tl_job_record(job, &record, err);
    if (code == TL_OK) {
        code = w->store->create_raster(tl_job_output(job, "output"), "output", w->info->nrow,
                                       w->info->ncol, &w->info->geo, layer, tl_property_layer_count,
                                       record, &w->sink, err);
    }
    tl_recipes_property_layers_free(&names);
    return code;
}

static void free_work(map_work *w) {
    w->store->abandon_raster(w->sink);
    w->store->close_raster(w->raster);
    tl_pipeline_predictor_free(&w->predictor);
    tl_release(w->file_band);
    for (int k = 0; k < 2; k++) {
        tl_release(w->input[k]);
        tl_release(w->result[k]);
    }
    tl_release(w->scratch);
    tl_release(w->summary);
    tl_release(w->mask);
}

static tl_code run(tl_job *job, tl_err *err) {
    map_work w = {.store = tl_job_store(job)};
    tl_property_model model = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_recipes_read_property_model(job, "model", &model, err));
    TL_CHECK(w.store->open_raster(tl_job_text(job, "scene"), "scene", &w.raster, err));
    w.info = w.store->raster_info(w.raster);
    TL_CHECK(prepare_predictor(job, &w, &model, err));
    choose_windows(&w, tl_job_memory_bytes(job));
    if (w.by_tiles) {
        expect_physical_values(&w.predictor);
    }
    find_observed_range(&w, &model);
    w.clip = tl_job_flag(job, "clip");
    TL_CHECK(read_mask(job, &w, err));
    TL_CHECK(acquire_buffers(&w, err));
    TL_CHECK(start_map(job, &w, &model, err));
    TL_CHECK(map_scene(&w, tl_job_threads(job), tl_job_progress(job), err));
    TL_CHECK(put_summary(job, &w, &model, err));
    tl_recipes_style_property(job, "output", model.property);
    tl_sink *sink = w.sink;
    w.sink = NULL;
    code = w.store->finish_raster(sink, err);
done:
    free_work(&w);
    tl_pipeline_property_model_free(&model);
    return code;
}

const tl_algorithm tl_alg_mapproperty = {
    .id = "mapproperty",
    .title = "Map a soil property",
    .group = "Models and maps",
    .summary =
        "Applies a property model to every pixel of a scene: value, interval, applicability.",
    .help =
        "Predicts the property of a model file for every pixel of a scene and writes five layers: "
        "the value and the lower and upper bound of its prediction interval (CV+), in the unit of "
        "the property; the dissimilarity index, which is the distance of the pixel's spectrum to "
        "that of the nearest training sample; and 1 where the model applies. 0 means that the pixel "
        "is unlike all samples, so that neither value nor interval can be trusted.\n"
        "Bands are matched by wavelength (within half a bandwidth), never by number. A pixel "
        "without a value in a band that the model uses becomes NaN. Warnings report values outside "
        "the range of the samples, negative values, and a scene with another scale than the spectra "
        "of the training.\n"
        "The scene is read in blocks of rows or tiles within the memory limit. Neither the blocks "
        "nor the number of threads change a byte of the map.",
    .example = "tilth mapproperty --scene scene.tif --model som.json --output som.tif",
    .citation =
        "Barber, Candes, Ramdas and Tibshirani 2021, Annals of Statistics 49:486 (CV+); Meyer and "
        "Pebesma 2021, Methods in Ecology and Evolution 12:1620 (applicability).",
    .tags = "map,predict,property,SOM,arsenic,copper,interval,applicability,PLSR,hyperspectral",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

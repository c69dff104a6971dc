/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `fusescene`: turns a scene into lab-like spectra, pixel by pixel. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "base/text.h"
#include "fusion/generator.h"
#include "job/algorithm.h"
#include "recipes/model_files.h"
#include "recipes/model_scale.h"
#include "recipes/property_layers.h"
#include "recipes/scene_rows.h"
#include "recipes/shared_args.h"

/* Pixels per unit of parallel work. */
static const ptrdiff_t unit_pixels = 2048;

static const tl_arg arguments[] = {
    {TL_SHARED_SCENE_TO_MAP},
    {TL_SHARED_FUSION_MODEL},
    {TL_SHARED_SCENE_SCALE},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Lab-like scene",
     .help = "Lab-like reflectance, one band for each band of the model, with its wavelength and "
             "width. NaN where a band that the model uses has no value."},
};

/* Sums of one row. They do not depend on how the scene is divided into blocks. */
typedef struct row_change {
    ptrdiff_t count;   /* pixels fused */
    double difference; /* sum over pixels and bands of generated - scene */
    double absolute;   /* sum of the absolute values of the same differences */
} row_change;

typedef struct fuse_work {
    const tl_store *store;
    const tl_raster_info *info;
    tl_raster *raster;
    tl_sink *sink;
    tl_fusion_model model;
    tl_generator generator;
    int *file_band;      /* [p] */
    ptrdiff_t tall;      /* rows of a full block */
    ptrdiff_t unit_rows; /* rows per unit of parallel work */
    float *input[2];     /* [p, tall * ncol]; one is computed while the other is filled */
    float *result[2];    /* [p, tall * ncol]; one is computed while the other is written */
    row_change *change;  /* [nrow] */
    ptrdiff_t at;        /* the current block; the next one is read and the previous one written */
} fuse_work;

static ptrdiff_t block_count(const fuse_work *w) {
    return (w->info->nrow + w->tall - 1) / w->tall;
}

static ptrdiff_t rows_of_block(const fuse_work *w, ptrdiff_t block) {
    return tl_min(w->info->nrow - block * w->tall, w->tall);
}

static tl_code acquire_buffers(fuse_work *w, tl_err *err) {
    const ptrdiff_t values = w->model.p * w->tall * w->info->ncol;
    int missing = 0;
    for (int k = 0; k < 2; k++) {
        w->input[k] = tl_acquire(values, sizeof(float));
        w->result[k] = tl_acquire(values, sizeof(float));
        missing = missing || w->input[k] == NULL || w->result[k] == NULL;
    }
    w->change = tl_acquire(w->info->nrow, sizeof *w->change);
    if (missing || w->change == NULL) {
        return tl_no_memory(err, "blocks of %td rows with %td bands", w->tall, w->model.p);
    }
    return TL_OK;
}

/* --- reading, computing and writing, which run at the same time --- */

static tl_code read_ahead(fuse_work *w, ptrdiff_t block, tl_err *err) {
    if (block >= block_count(w)) {
        return TL_OK;
    }
    return w->store->read_window(w->raster, 0, block * w->tall, w->info->ncol,
                                 rows_of_block(w, block), w->file_band, w->model.p,
                                 w->input[block % 2], err);
}

static tl_code write_behind(fuse_work *w, ptrdiff_t block, tl_err *err) {
    if (block < 0) {
        return TL_OK;
    }
    const ptrdiff_t n_rows = rows_of_block(w, block);
    return w->store->write_scene_rows(w->sink, block * w->tall, n_rows, w->result[block % 2], err);
}

static void sum_changes(const float *from, double factor, const float *to, ptrdiff_t n,
                        row_change *change) {
    for (ptrdiff_t i = 0; i < n; i++) {
        if (!isnan(to[i])) {
            const double difference = (double)to[i] - factor * (double)from[i];
            change->difference += difference;
            change->absolute += fabs(difference);
        }
    }
}

/* Computes some rows of the current block, one after the other, so that the sums of a row are always
 * added in the same order. */
static tl_code compute_unit(fuse_work *w, ptrdiff_t unit, tl_err *err) {
    const ptrdiff_t ncol = w->info->ncol;
    const ptrdiff_t p = w->model.p;
    const ptrdiff_t n_rows = rows_of_block(w, w->at);
    const ptrdiff_t first = unit * w->unit_rows;
    const ptrdiff_t end = tl_min(first + w->unit_rows, n_rows);
    const float **from = tl_acquire(p, sizeof *from);
    float **to = tl_acquire(p, sizeof *to);
    float *scratch = tl_acquire(tl_fusion_generator_scratch(&w->generator), sizeof *scratch);
    tl_code code = from == NULL || to == NULL || scratch == NULL
                       ? tl_no_memory(err, "a row of %td pixels", ncol)
                       : TL_OK;
    for (ptrdiff_t r = first; code == TL_OK && r < end; r++) {
        row_change *change = &w->change[w->at * w->tall + r];
        for (ptrdiff_t j = 0; j < p; j++) {
            from[j] = w->input[w->at % 2] + (j * n_rows + r) * ncol;
            to[j] = w->result[w->at % 2] + (j * n_rows + r) * ncol;
        }
        tl_fusion_generate(&w->generator, from, ncol, to, scratch);
        for (ptrdiff_t j = 0; j < p; j++) {
            sum_changes(from[j], w->generator.factor, to[j], ncol, change);
        }
        for (ptrdiff_t i = 0; i < ncol; i++) {
            change->count += !isnan(to[0][i]);
        }
    }
    tl_release((void *)from);
    tl_release((void *)to);
    tl_release(scratch);
    return code;
}

static tl_code run_step(void *arg, ptrdiff_t part, tl_err *err) {
    fuse_work *w = arg;
    return part == 0   ? read_ahead(w, w->at + 1, err)
           : part == 1 ? write_behind(w, w->at - 1, err)
                       : compute_unit(w, part - 2, err);
}

static tl_code fuse_blocks(fuse_work *w, int threads, const tl_progress *progress, tl_err *err) {
    const ptrdiff_t count = block_count(w);
    TL_TRY(read_ahead(w, 0, err));
    for (w->at = 0; w->at < count; w->at++) {
        const tl_progress part = tl_progress_part(progress, (double)w->at / (double)count,
                                                  (double)(w->at + 1) / (double)count);
        const ptrdiff_t units = (rows_of_block(w, w->at) + w->unit_rows - 1) / w->unit_rows;
        TL_TRY(tl_parfor(threads, 2 + units, run_step, w, &part, err));
    }
    return write_behind(w, count - 1, err);
}

/* --- the run --- */

static tl_code find_bands(const tl_job *job, fuse_work *w, tl_err *err) {
    const ptrdiff_t p = w->model.p;
    const tl_training_scale scale = tl_spectra_training_scale(w->model.about, p);
    ptrdiff_t *index = tl_acquire(p, sizeof *index);
    w->file_band = tl_acquire(p, sizeof *w->file_band);
    tl_code code = index == NULL || w->file_band == NULL
                       ? tl_no_memory(err, "%td bands", p)
                       : tl_recipes_match_scene(w->model.wavelength_nm, w->model.fwhm_nm, p,
                                                &w->info->bands, index, err);
    for (ptrdiff_t j = 0; code == TL_OK && j < p; j++) {
        w->file_band[j] = w->info->bands.band[index[j]].index;
    }
    if (code == TL_OK) {
        code = tl_recipes_check_scale(job, w->raster, &scale, index,
                                      tl_job_number(job, "scene_scale"), err);
    }
    tl_release(index);
    return code;
}

/* The band table of the output. */
static tl_code describe_bands(const tl_fusion_model *model, tl_bands *bands, tl_err *err) {
    TL_TRY(tl_bands_init(bands, model->p, err));
    bands->quantity = TL_QUANTITY_REFLECTANCE;
    for (ptrdiff_t j = 0; j < model->p; j++) {
        tl_band *band = &bands->band[j];
        tl_text text = {0};
        tl_text_add(&text, "lab-like, ");
        tl_text_add_number(&text, model->wavelength_nm[j]);
        tl_text_add(&text, " nm");
        (void)snprintf(band->name, sizeof band->name, "%s", tl_text_data(&text));
        const int failed = text.failed;
        tl_text_free(&text);
        if (failed) {
            return tl_no_memory(err, "the band names");
        }
        band->centre_nm = model->wavelength_nm[j];
        band->fwhm_nm = model->fwhm_nm[j];
    }
    return TL_OK;
}

static tl_code start_output(tl_job *job, fuse_work *w, tl_err *err) {
    const tl_scene_form form = {TL_STORED_FLOAT32, TL_BY_BAND};
    const char *record = NULL;
    tl_bands bands = {0};
    tl_code code = TL_OK;
    TL_CHECK(describe_bands(&w->model, &bands, err));
    TL_CHECK(tl_job_record(job, &record, err));
    code = w->store->create_scene(tl_job_output(job, "output"), "output", w->info->nrow,
                                  w->info->ncol, &w->info->geo, &bands, &form, &w->info->facts,
                                  record, &w->sink, err);
done:
    tl_bands_free(&bands);
    return code;
}

static void log_size_and_warnings(const tl_job *job, const fuse_work *w) {
    const double bytes =
        (double)w->model.p * (double)w->info->nrow * (double)w->info->ncol * sizeof(float);
    tl_job_log(job, TL_INFO, "%td x %td pixels with %td bands: about %.4g MiB", w->info->ncol,
               w->info->nrow, w->model.p, bytes / 1048576.0);
    const json_t *warnings = json_object_get(w->model.about, "warnings");
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        const char *sentence = json_string_value(json_array_get(warnings, i));
        if (sentence != NULL) {
            tl_job_log(job, TL_WARNING, "the fusion model warns: %.900s", sentence);
        }
    }
}

static tl_code put_summary(tl_job *job, const fuse_work *w, tl_err *err) {
    row_change all = {0};
    for (ptrdiff_t r = 0; r < w->info->nrow; r++) {
        all.count += w->change[r].count;
        all.difference += w->change[r].difference;
        all.absolute += w->change[r].absolute;
    }
    if (all.count == 0) {
        return tl_fail(err, TL_DATA,
                       "scene: no pixel of '%s' has a value in all %td bands that the model uses, "
                       "so nothing can be fused",
                       tl_job_text(job, "scene"), w->model.p);
    }
    const double values = (double)all.count * (double)w->model.p;
    tl_job_put_number(job, "pixels", (double)w->info->nrow * (double)w->info->ncol);
    tl_job_put_number(job, "fused", (double)all.count);
    tl_job_put_number(job, "bands", (double)w->model.p);
    tl_job_put_number(job, "mean_change", all.difference / values);
    tl_job_put_number(job, "mean_absolute_change", all.absolute / values);
    return TL_OK;
}

static void free_work(fuse_work *w) {
    w->store->abandon_raster(w->sink);
    w->store->close_raster(w->raster);
    tl_fusion_model_free(&w->model);
    tl_fusion_generator_free(&w->generator);
    tl_release(w->file_band);
    for (int k = 0; k < 2; k++) {
        tl_release(w->input[k]);
        tl_release(w->result[k]);
    }
    tl_release(w->change);
}

static tl_code run(tl_job *job, tl_err *err) {
    fuse_work w = {.store = tl_job_store(job)};
    tl_code code = TL_OK;
    TL_CHECK(tl_recipes_read_fusion_model(job, "model", &w.model, err));
    TL_CHECK(w.store->open_raster(tl_job_text(job, "scene"), "scene", &w.raster, err));
    w.info = w.store->raster_info(w.raster);
    TL_CHECK(find_bands(job, &w, err));
    TL_CHECK(tl_fusion_generator_init(&w.generator, &w.model.transfer, err));
    w.generator.factor = tl_job_number(job, "scene_scale");
    w.tall = tl_recipes_scene_rows(job, w.info, w.model.p, 4);
    w.unit_rows = tl_max(unit_pixels / w.info->ncol, 1);
    TL_CHECK(acquire_buffers(&w, err));
    log_size_and_warnings(job, &w);
    TL_CHECK(start_output(job, &w, err));
    TL_CHECK(fuse_blocks(&w, tl_job_threads(job), tl_job_progress(job), err));
    TL_CHECK(put_summary(job, &w, err));
    tl_sink *sink = w.sink;
    w.sink = NULL;
    code = w.store->finish_raster(sink, err);
done:
    free_work(&w);
    return code;
}

const tl_algorithm tl_alg_fusescene = {
    .id = "fusescene",
    .title = "Generate a lab-like scene",
    .group = "Fusion",
    .summary = "Applies a fusion model to every pixel of a scene.",
    .help =
        "Turns the spectrum of every pixel into the spectrum that the laboratory would have "
        "measured, as the fusion model has learnt it. The results are those of fusespectra, "
        "computed in single precision. The output has the bands of the model with their wavelengths "
        "and widths, so it can be used like any other scene.\n"
        "Bands are matched by wavelength (within half a bandwidth), never by number. A pixel "
        "without a value in a band that the model uses becomes NaN in all bands.\n"
        "The scene is read in blocks of rows within the memory limit. Neither the blocks nor the "
        "number of threads change a byte of the output. The output needs four bytes per pixel and "
        "band on the disk.\n"
        "The result contains the number of pixels fused and the change of their reflectance: "
        "mean_change is the mean of generated minus scene over pixels and bands, "
        "mean_absolute_change is the mean of its absolute value.",
    .example = "tilth fusescene --scene scene.tif --model fusion.json --output fused.tif",
    .citation = "docs/methods/fusion.md.",
    .tags = "fusion,transfer,generate,scene,lab,hyperspectral",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pixel function tilth_map; see tilth_map.h. It may be called from many threads at once, with
 * any block shape, also resampled. */
#include "tilth_map.h"

#include "base/alloc.h"
#include "model_cache.h"
#include "pipeline/predict.h"
#include "scene_block.h"
#include "source_args.h"
#include "spectra/scene_scale.h"

/* A property model that is ready for the pixels of one call. */
typedef struct mapper {
    tl_bands bands;   /* of physical values, in the order of the model */
    ptrdiff_t *index; /* [p] band i feeds model band i */
    tl_predictor predictor;
    tl_training_scale scale;
    double *scratch; /* for tl_pipeline_predict_block */
} mapper;

static void free_mapper(mapper *m) {
    tl_bands_free(&m->bands);
    tl_release(m->index);
    tl_release(m->scratch);
    tl_pipeline_predictor_free(&m->predictor);
}

static tl_code prepare(const tl_property_model *model, double factor, mapper *m, tl_err *err) {
    TL_TRY(tl_bands_init(&m->bands, model->p, err));
    m->index = tl_acquire(model->p, sizeof *m->index);
    if (m->index == NULL) {
        return tl_no_memory(err, "%td bands", model->p);
    }
    for (ptrdiff_t i = 0; i < model->p; i++) {
        m->index[i] = i;
    }
    TL_TRY(tl_pipeline_predictor_init(&m->predictor, model, &m->bands, m->index, err));
    m->predictor.factor = factor;
    m->scale = tl_spectra_training_scale(model->about, model->p);
    m->scratch = tl_acquire(tl_pipeline_predict_scratch(&m->predictor), sizeof *m->scratch);
    return m->scratch == NULL ? tl_no_memory(err, "a block") : TL_OK;
}

static tl_code predict(void *self, const float *const *band, ptrdiff_t n, float *const *layer,
                       tl_err *err) {
    mapper *m = self;
    tl_prediction wanted = {0};
    TL_TRY(tl_spectra_check_scale(&m->scale, band, NULL, n, m->predictor.factor, err));
    for (int k = 0; k < tl_prediction_layers; k++) {
        *tl_pipeline_prediction_layer(&wanted, k) = layer[k];
    }
    return tl_pipeline_predict_block(&m->predictor, band, n, &wanted, m->scratch, err);
}

static tl_code map_block(void *const *sources, int n_sources, GDALDataType source_type,
                         CSLConstList texts, const tl_gdal_target *t, tl_err *err) {
    tl_gdal_map_args args = {0};
    tl_gdal_block_paths paths = {0};
    mapper m = {0};
    tl_gdal_block_producer producer = {
        .self = &m, .layers = tl_prediction_layers, .alone = 1, .produce = predict};
    const tl_property_model *model = NULL;
    tl_code code = TL_OK;
    TL_CHECK(tl_gdal_map_args_read(texts, &args, err));
    TL_CHECK(tl_gdal_map_args_read_layer(texts, &args, err));
    TL_CHECK(tl_gdal_source_refuse_unknown(texts, TL_GDAL_MAP_ARGUMENTS, err));
    TL_CHECK(tl_gdal_block_paths_find(&args, sources, n_sources, source_type, &paths, err));
    TL_CHECK(tl_gdal_model_cache_borrow(paths.model, &model, &producer.model, err));
    TL_CHECK(tl_gdal_map_args_check_model(&args, model->p, model->wavelength_nm, err));
    TL_CHECK(prepare(model, args.scene_scale, &m, err));
    TL_CHECK(tl_gdal_fill_block(&args, paths.scene, &producer, sources, t, err));
done:
    free_mapper(&m);
    tl_gdal_model_cache_return(model);
    tl_gdal_block_paths_free(&paths);
    tl_gdal_map_args_free(&args);
    return code;
}

CPLErr tl_gdal_map(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                   GDALDataType source_type, GDALDataType out_type, int pixel_space, int line_space,
                   CSLConstList args) {
    const tl_gdal_target t = {.data = out,
                              .n_cols = n_cols,
                              .n_rows = n_rows,
                              .type = out_type,
                              .pixel_space = pixel_space,
                              .line_space = line_space};
    tl_err err = {0};
    if (n_cols < 1 || n_rows < 1) {
        return CE_None;
    }
    if (map_block(sources, n_sources, source_type, args, &t, &err) != TL_OK) {
        CPLError(CE_Failure, CPLE_AppDefined, "tilth_map: %s", err.text);
        return CE_Failure;
    }
    return CE_None;
}

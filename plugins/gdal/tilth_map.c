/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pixel function tilth_map; see tilth_map.h. It may be called from many threads at once, with
 * any block shape, also resampled, so it looks at nothing but the values it is handed. */
#include "tilth_map.h"

#include "base/alloc.h"
#include "map_args.h"
#include "model_cache.h"
#include "pipeline/predict.h"
#include "target.h"

/* Memory of one call. */
typedef struct scratch {
    ptrdiff_t *index;   /* [p] source i feeds model band i */
    const float **band; /* [p] current pixels of each source */
    double *kernel;     /* what tl_predict_block wants */
    float *result;      /* [rows of a piece, n_cols] */
    tl_predictor predictor;
} scratch;

static void free_scratch(scratch *s) {
    tl_release(s->index);
    tl_release(s->band);
    tl_release(s->kernel);
    tl_release(s->result);
    tl_predictor_free(&s->predictor);
}

static tl_code prepare(const tl_property_model *model, const map_args *a, const target *t,
                       scratch *s, tl_err *err) {
    TL_TRY(map_args_check(a, model->p, model->wavelength_nm, err));
    s->index = tl_acquire(a->n, sizeof *s->index);
    s->band = tl_acquire(a->n, sizeof *s->band);
    s->result = tl_acquire(target_piece_rows(t) * t->n_cols, sizeof *s->result);
    if (s->index == NULL || s->band == NULL || s->result == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td sources.", a->n);
    }
    for (ptrdiff_t i = 0; i < a->n; i++) {
        s->index[i] = i;
    }
    const tl_bands bands = {.n = a->n, .band = a->band, .quantity = TL_QUANTITY_UNKNOWN};
    TL_TRY(tl_predictor_init(&s->predictor, model, &bands, s->index, err));
    s->kernel = tl_acquire(tl_predict_scratch(&s->predictor), sizeof *s->kernel);
    return s->kernel == NULL ? tl_fail(err, TL_NOMEM, "out of memory for a block.") : TL_OK;
}

static tl_code predict(void *const *sources, const map_args *a, const target *t, scratch *s,
                       tl_err *err) {
    const ptrdiff_t step = target_piece_rows(t);
    tl_prediction wanted = {0};
    *tl_prediction_layer(&wanted, (int)a->layer) = s->result;
    for (ptrdiff_t row0 = 0; row0 < t->n_rows; row0 += step) {
        const ptrdiff_t n_rows = t->n_rows - row0 < step ? t->n_rows - row0 : step;
        for (ptrdiff_t i = 0; i < a->n; i++) {
            s->band[i] = (const float *)sources[i] + row0 * t->n_cols;
        }
        TL_TRY(
            tl_predict_block(&s->predictor, s->band, n_rows * t->n_cols, &wanted, s->kernel, err));
        target_write(t, a->nodata, row0, n_rows, s->result);
    }
    return TL_OK;
}

static tl_code map_block(void *const *sources, int n_sources, GDALDataType source_type,
                         CSLConstList texts, const target *t, tl_err *err) {
    map_args args = {0};
    scratch s = {0};
    const tl_property_model *model = NULL;
    tl_code code = TL_OK;
    TL_TRY(target_check_sources(source_type, err));
    TL_CHECK(map_args_read(texts, n_sources, 0, &args, err));
    TL_CHECK(model_cache_take(args.model, &model, err));
    TL_CHECK(prepare(model, &args, t, &s, err));
    TL_CHECK(predict(sources, &args, t, &s, err));
done:
    free_scratch(&s);
    model_cache_give(model);
    map_args_free(&args);
    return code;
}

CPLErr tilth_map(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                 GDALDataType source_type, GDALDataType out_type, int pixel_space, int line_space,
                 CSLConstList args) {
    const target t = {.data = out,
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

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: predictions with a model of one soil property that a hostile file describes. What was read as sound must map any cell
 * without harm. */
#include "pipeline/predict.h"

#include <math.h>

#include "fuzz.h"

enum { CELLS = 5, TOO_MANY_BANDS = 300 };

/* Cells of ordinary, dark, missing, infinite and huge values. */
static const float values[CELLS] = {0.25F, 0.0F, NAN, INFINITY, 1e30F};

static tl_code predict(const tl_property_model *model, const tl_bands *scene,
                       const ptrdiff_t *index, tl_err *err) {
    tl_predictor t = {0};
    TL_TRY(tl_pipeline_predictor_init(&t, model, scene, index, err));
    float out[tl_prediction_layers][CELLS];
    const float **band = tl_acquire(model->p, sizeof *band);
    double *scratch = tl_acquire(tl_pipeline_predict_scratch(&t) + 1, sizeof *scratch);
    tl_code code = band == NULL || scratch == NULL ? tl_no_memory(err, "a prediction") : TL_OK;
    for (ptrdiff_t j = 0; code == TL_OK && j < model->p; j++) {
        band[j] = values;
    }
    if (code == TL_OK) {
        const tl_prediction layers = {out[0], out[1], out[2], out[3], out[4]};
        code = tl_pipeline_predict_block(&t, band, CELLS, &layers, scratch, err);
    }
    for (int i = 0; code == TL_OK && i < CELLS; i++) {
        /* Nothing is known of cells without a value, and a value is inside its interval. */
        if ((i > 1 && i < 4 && !isnan(out[0][i])) || out[1][i] > out[0][i] ||
            out[2][i] < out[0][i]) {
            abort();
        }
    }
    tl_release(scratch);
    tl_release((void *)band);
    tl_pipeline_predictor_free(&t);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    tl_property_model model = {0};
    tl_code code =
        tl_pipeline_property_model_parse((const char *)bytes, length, "model", &model, &err);
    if (code == TL_OK && model.p <= TOO_MANY_BANDS) {
        tl_bands scene = {0};
        ptrdiff_t index[TOO_MANY_BANDS];
        code = tl_bands_init(&scene, model.p, &err);
        for (ptrdiff_t j = 0; code == TL_OK && j < model.p; j++) {
            scene.band[j].centre_nm = model.wavelength_nm[j];
            index[j] = j;
        }
        if (code == TL_OK) {
            code = predict(&model, &scene, index, &err);
        }
        tl_bands_free(&scene);
    }
    tl_pipeline_property_model_free(&model);
    fuzz_check(code, &err, live);
    return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Recipes: defaults, comparison, words; see recipe.h. */
#include "pipeline/recipe.h"

#include <string.h>

#include "json/json.h"
#include "model/document.h"
#include "spectra/transform.h"

static const char *const feature_words[] = {"scene", "fused", "mixed", "lab", "supervised"};
static const char *const calibration_words[] = {"lab", "generated"};

static const char *const selection_words[] = {"none", "cars", "repeated"};

enum { max_components = 100 };

tl_recipe tl_pipeline_recipe_defaults(void) {
    return (tl_recipe){.transform = "none",
                       .window = 11,
                       .degree = 2,
                       .cars = tl_inversion_cars_defaults(),
                       .supervised = tl_fusion_supervised_defaults(),
                       .regressor = tl_inversion_regressor_defaults(TL_REGRESSOR_PLSR)};
}

int tl_pipeline_recipe_has_transfer(const tl_recipe *r) {
    return r->features == TL_FEATURES_FUSED || r->features == TL_FEATURES_MIXED;
}

int tl_pipeline_recipe_same_features(const tl_recipe *a, const tl_recipe *b) {
    return a->features == b->features && a->calibration == b->calibration &&
           a->components == b->components && strcmp(a->transform, b->transform) == 0 &&
           a->window == b->window && a->degree == b->degree && a->selection == b->selection &&
           a->cars.runs == b->cars.runs;
}

tl_regressor_options tl_pipeline_recipe_regressor(const tl_recipe *r) {
    tl_regressor_options o = r->regressor;
    if (r->features == TL_FEATURES_SUPERVISED) {
        o = tl_inversion_regressor_defaults(TL_REGRESSOR_PLSR);
        o.max_components = 1;
    }
    o.autoscale = o.autoscale || r->features == TL_FEATURES_MIXED;
    return o;
}

tl_code tl_pipeline_recipe_check(const tl_recipe *r, tl_err *err) {
    if (r->components < 0 || r->components > max_components) {
        return tl_fail(err, TL_ARG, "the number of MNF components is %d, wanted 0 to %d",
                       r->components, max_components);
    }
    TL_TRY(tl_spectra_transform_check(r->transform, err));
    if (r->features == TL_FEATURES_SUPERVISED) {
        TL_TRY(tl_fusion_supervised_check(&r->supervised, err));
        if (strcmp(r->transform, "none") != 0 || r->selection != TL_SELECTION_NONE) {
            return tl_fail(
                err, TL_ARG,
                "the features supervised are one predicted value: use them with the transform "
                "none and the selection none");
        }
    }
    if (r->selection != TL_SELECTION_NONE) {
        TL_TRY(tl_inversion_cars_options_check(&r->cars, err));
    }
    return tl_inversion_regressor_options_check(&r->regressor, err);
}

const char *tl_pipeline_features_word(tl_feature_kind features) {
    return feature_words[features];
}

static tl_code fill_json(const tl_recipe *r, json_t *o, tl_err *err) {
    TL_TRY(tl_model_put_text(o, "features", feature_words[r->features], err));
    TL_TRY(tl_model_put_integer(o, "scores", r->components, err));
    TL_TRY(tl_model_put_text(o, "transform", r->transform, err));
    TL_TRY(tl_model_put_text(o, "selection", selection_words[r->selection], err));
    if (r->selection == TL_SELECTION_REPEATED) {
        TL_TRY(tl_model_put_integer(o, "runs", r->cars.runs, err));
    }
    TL_TRY(tl_model_put_text(o, "calibration", calibration_words[r->calibration], err));
    return tl_model_put_text(o, "regressor", tl_inversion_regressor_word(r->regressor.kind), err);
}

tl_code tl_pipeline_recipe_to_json(const tl_recipe *r, json_t **json, tl_err *err) {
    *json = tl_json_object();
    const tl_code code = *json == NULL ? tl_no_memory(err, "the model") : fill_json(r, *json, err);
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

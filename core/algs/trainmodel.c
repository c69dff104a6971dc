/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `trainmodel`: a property model with scores that can be believed. */
#include <string.h>

#include "algs/algorithm.h"
#include "algs/trainmodel.h"
#include "base/alloc.h"

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Hyperspectral scene with wavelengths; the spectrum of the pixel under each sample is "
             "used. Leave it out when the spectra are given as a table.",
     .optional = 1},
    {.id = "spectra",
     .kind = TL_ARG_SPECTRA,
     .label = "Scene spectra at the samples",
     .help = "Table from samplespectra in place of the scene; rows are found by the sample id.",
     .optional = 1},
    {.id = "samples",
     .kind = TL_ARG_POINTS,
     .label = "Samples",
     .help = "Points with the measured property. They may be in another CRS than the scene."},
    {.id = "id_field",
     .kind = TL_ARG_FIELD,
     .label = "Sample id",
     .help = "Field that names the samples and joins them with the spectra; without it they are "
             "numbered from 1.",
     .optional = 1,
     .parent = "samples"},
    {.id = "property",
     .kind = TL_ARG_FIELD,
     .label = "Property",
     .help = "Field with the measured values. Samples without a number there are left out and "
             "listed.",
     .parent = "samples"},
    {.id = "unit",
     .kind = TL_ARG_TEXT,
     .label = "Unit of the property",
     .help = "Written into maps and legends, for example g/kg.",
     .fallback = ""},
    {.id = "lab",
     .kind = TL_ARG_SPECTRA,
     .label = "Lab spectra",
     .help = "Reflectance spectra of the samples, joined by id. Needed for the features fused, "
             "mixed and lab.",
     .optional = 1},
    {.id = "fusion",
     .kind = TL_ARG_MODEL,
     .label = "Fusion model",
     .help = "Model from trainfusion. Its settings are trained anew inside every fold, its weights "
             "make the map. Without it fused and mixed use a ridge transfer (direct "
             "standardisation).",
     .optional = 1},
    {.id = "features",
     .kind = TL_ARG_CHOICE,
     .label = "Features",
     .help = "What the regression sees: the spectrum of the pixel, the lab-like spectrum generated "
             "from it, both, or the lab spectrum itself (no map; shows what is attainable).",
     .fallback = "scene",
     .choices = "scene,fused,mixed,lab"},
    {.id = "calibration",
     .kind = TL_ARG_CHOICE,
     .label = "Calibrate fused features on",
     .help = "Spectra that the regression of the features fused is fitted on: the lab spectra, or "
             "the generated ones.",
     .fallback = "lab",
     .advanced = 1,
     .choices = "lab,generated"},
    {.id = "max_components",
     .kind = TL_ARG_INTEGER,
     .label = "Most components",
     .unit = "components",
     .help = "Upper limit for the number of latent variables that cross-validation may choose.",
     .fallback = "15",
     .advanced = 1,
     .min = 1,
     .max = 100},
    {.id = "rule",
     .kind = TL_ARG_CHOICE,
     .label = "Choice of the number of components",
     .help = "tol: fewest with an error within 2 % of the smallest; min: smallest error; 1se: "
             "fewest within one standard error of the smallest.",
     .fallback = "tol",
     .advanced = 1,
     .choices = "tol,min,1se"},
    {.id = "log",
     .kind = TL_ARG_CHOICE,
     .label = "Model the logarithm",
     .help = "For properties of which a few values are large, such as arsenic. auto: when all "
             "values are positive, their skewness is above 1, that of the logarithms is smaller, "
             "and the logarithm does not predict unseen samples clearly worse.",
     .fallback = "auto",
     .choices = "auto,yes,no"},
    {.id = "folds",
     .kind = TL_ARG_INTEGER,
     .label = "Folds",
     .unit = "folds",
     .help = "Parts into which the samples are divided; each part is predicted by a model of the "
             "others.",
     .fallback = "5",
     .advanced = 1,
     .min = 2,
     .max = 64},
    {.id = "inner_folds",
     .kind = TL_ARG_INTEGER,
     .label = "Inner folds",
     .unit = "folds",
     .help = "The same inside every fold, to choose the number of components.",
     .fallback = "5",
     .advanced = 1,
     .min = 2,
     .max = 64},
    {.id = "repeats",
     .kind = TL_ARG_INTEGER,
     .label = "Repeats",
     .unit = "repeats",
     .help = "How often the division into folds is drawn. When not given: 10, or 1 with a fusion "
             "network, which is trained anew in every fold.",
     .optional = 1,
     .min = 1,
     .max = 1000},
    {.id = "level",
     .kind = TL_ARG_NUMBER,
     .label = "Level of the prediction intervals",
     .unit = "",
     .help = "Share of true values that should lie inside the interval.",
     .fallback = "0.9",
     .min = 0.5,
     .max = 0.999},
    {.id = "seed",
     .kind = TL_ARG_INTEGER,
     .label = "Seed",
     .unit = "",
     .help = "Names the random division into folds; the same seed gives the same model.",
     .fallback = "1",
     .min = -9e15,
     .max = 9e15},
    {.id = "output",
     .kind = TL_ARG_MODEL_OUT,
     .label = "Property model",
     .help = "JSON file for mapproperty, makevrt, modelinfo and report."},
    {.id = "predictions",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Predictions",
     .help = "CSV table of the samples: measured value, cross-validated prediction, its interval, "
             "and the prediction of every repeat.",
     .optional = 1},
};

static tl_code no_memory(tl_err *err) {
    return tl_fail(err, TL_NOMEM, "out of memory for the model");
}

/* --- options --- */

int tl_trainmodel_has_transfer(const tl_trainmodel *t) {
    return t->options.fit.recipe[0].features == TL_FEATURES_FUSED ||
           t->options.fit.recipe[0].features == TL_FEATURES_MIXED;
}

static tl_code read_options(tl_trainmodel *t, tl_err *err) {
    const tl_job *job = t->job;
    tl_pipeline_options *o = &t->options;
    *o = tl_pipeline_defaults();
    o->fit.recipe[0].features = (tl_feature_kind)tl_job_choice(job, "features");
    o->fit.recipe[0].calibration = (tl_calibration)tl_job_choice(job, "calibration");
    o->fit.recipe[0].regressor.max_components = (int)tl_job_integer(job, "max_components");
    o->fit.recipe[0].regressor.rule = (tl_component_rule)tl_job_choice(job, "rule");
    o->folds = (int)tl_job_integer(job, "folds");
    o->fit.inner_folds = (int)tl_job_integer(job, "inner_folds");
    o->level = tl_job_number(job, "level");
    o->fit.seed = tl_job_integer(job, "seed");
    o->threads = tl_job_threads(job);
    o->fit.transfer.seed = o->fit.seed;
    if (tl_trainmodel_has_transfer(t) && tl_job_given(job, "fusion")) {
        TL_TRY(tl_algs_read_fusion_model(job, "fusion", &t->fusion, err));
        o->fit.transfer = t->fusion.options;
    }
    const int network = tl_trainmodel_has_transfer(t) && o->fit.transfer.kind == TL_TRANSFER_VAE;
    o->repeats = tl_job_given(job, "repeats") ? (int)tl_job_integer(job, "repeats")
                 : network                    ? 1
                                              : 10;
    return TL_OK;
}

static tl_code gather(tl_trainmodel *t, tl_err *err) {
    const tl_feature_kind features = t->options.fit.recipe[0].features;
    const char *resample = json_string_value(json_object_get(t->fusion.about, "resample"));
    const int linear = resample != NULL && strcmp(resample, "linear") == 0;
    const tl_study_request request = {
        .takes_table = 1,
        .takes_property = 1,
        .needs_scene = features != TL_FEATURES_LAB,
        .needs_lab = features != TL_FEATURES_SCENE,
        .fewest = tl_pipeline_fewest_samples,
        .p = t->fusion.p,
        .centre_nm = t->fusion.wavelength_nm,
        .fwhm_nm = t->fusion.fwhm_nm,
        .response = linear ? TL_RESPONSE_LINEAR : TL_RESPONSE_GAUSSIAN};
    TL_TRY(tl_algs_gather_study(t->job, &request, &t->study, err));
    t->data = (tl_pipeline_data){.n = t->study.n,
                                 .scene = request.needs_scene ? &t->study.scene : NULL,
                                 .lab = request.needs_lab ? &t->study.lab : NULL,
                                 .y = t->study.value,
                                 .group = t->study.group};
    return TL_OK;
}

/* A skewed property is modelled by its logarithm unless that predicts clearly worse. */
static tl_code decide_by_values(tl_trainmodel *t, tl_err *err) {
    double plain = 0.0;
    double logs = 0.0;
    TL_TRY(tl_pipeline_wants_log(t->study.value, t->study.n, &t->options.fit.log, err));
    if (!t->options.fit.log) {
        return TL_OK;
    }
    const tl_progress comparing = tl_progress_part(tl_job_progress(t->job), 0.05, 0.1);
    TL_TRY(tl_pipeline_compare_log(&t->data, &t->options, &comparing, &plain, &logs, err));
    if (tl_pipeline_log_harms(plain, logs)) {
        t->options.fit.log = 0;
        tl_job_say(t->job, TL_INFO,
                   "log: the values are skewed, but the logarithm predicts unseen samples worse "
                   "(RMSE %.4g, without it %.4g) and is not used",
                   logs, plain);
    }
    return TL_OK;
}

/* The first sample whose value has no logarithm is named. */
static tl_code decide_log(tl_trainmodel *t, tl_err *err) {
    enum { automatic, yes, no };
    const int choice = tl_job_choice(t->job, "log");
    t->options.fit.log = choice == yes;
    for (ptrdiff_t i = 0; choice == yes && i < t->study.n; i++) {
        if (!(t->study.value[i] > 0.0)) {
            return tl_fail(err, TL_DATA,
                           "log: sample %s has the value %g, and only positive values have a "
                           "logarithm; use log no",
                           t->study.id[i], t->study.value[i]);
        }
    }
    return choice == automatic ? decide_by_values(t, err) : TL_OK;
}

/* --- model --- */

static tl_code copy_numbers(double **to, const double *from, ptrdiff_t n, tl_err *err) {
    *to = tl_acquire(n, sizeof **to);
    if (*to == NULL) {
        return no_memory(err);
    }
    memcpy(*to, from, (size_t)n * sizeof **to);
    return TL_OK;
}

/* Moves the fold models of the validation into the model. */
static tl_code assemble_model(tl_trainmodel *t, tl_err *err) {
    tl_property_model *m = &t->model;
    tl_validation *v = &t->validation;
    m->property = tl_copy_text(tl_job_text(t->job, "property"));
    m->unit = tl_copy_text(tl_job_text(t->job, "unit"));
    m->about = json_object();
    if (m->property == NULL || m->unit == NULL || m->about == NULL) {
        return no_memory(err);
    }
    m->p = t->study.p;
    TL_TRY(copy_numbers(&m->wavelength_nm, t->study.centre_nm, m->p, err));
    TL_TRY(copy_numbers(&m->fwhm_nm, t->study.fwhm_nm, m->p, err));
    m->features = t->options.fit.recipe[0].features;
    m->calibration = t->options.fit.recipe[0].calibration;
    m->log = t->options.fit.log;
    m->level = t->options.level;
    m->folds = v->folds;
    m->fold_model = v->fold_model;
    m->n = v->n;
    m->fold = v->fold;
    m->residual = v->residual;
    v->fold_model = NULL;
    v->fold = NULL;
    v->residual = NULL;
    return TL_OK;
}

/* --- the run --- */

static tl_code train(tl_trainmodel *t, tl_err *err) {
    const tl_progress *whole = tl_job_progress(t->job);
    const tl_progress validating = tl_progress_part(whole, 0.1, 0.9);
    const int given = tl_trainmodel_has_transfer(t) && t->fusion.p > 0;
    TL_TRY(tl_pipeline_validate(&t->data, &t->options, &validating, &t->validation, err));
    TL_TRY(tl_pipeline_finish(&t->data, &t->options, given ? &t->fusion.transfer : NULL,
                              &t->model.final, err));
    TL_TRY(assemble_model(t, err));
    TL_TRY(tl_trainmodel_tell(t, err));
    TL_TRY(tl_trainmodel_judge(t, err));
    return tl_progress_at(whole, 0.97, err);
}

static tl_code write_model(tl_trainmodel *t, tl_err *err) {
    json_t *root = NULL;
    TL_TRY(tl_algs_put_record(t->job, t->model.about, err));
    TL_TRY(tl_property_model_to_json(&t->model, &root, err));
    return tl_algs_write_model(t->job, "output", root, err);
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_trainmodel t = {.job = job, .warnings = json_array()};
    tl_code code = TL_OK;
    if (t.warnings == NULL) {
        return no_memory(err);
    }
    TL_CHECK(read_options(&t, err));
    TL_CHECK(gather(&t, err));
    TL_CHECK(decide_log(&t, err));
    TL_CHECK(train(&t, err));
    TL_CHECK(write_model(&t, err));
    TL_CHECK(tl_trainmodel_write_predictions(&t, err));
    tl_trainmodel_put_result(&t);
done:
    tl_property_model_free(&t.model);
    tl_validation_free(&t.validation);
    tl_study_free(&t.study);
    tl_fusion_model_free(&t.fusion);
    json_decref(t.warnings);
    return code;
}

const tl_algorithm tl_alg_trainmodel = {
    .id = "trainmodel",
    .title = "Train a property model",
    .group = "Models and maps",
    .summary = "Trains a PLSR model of one soil property and tells honestly how good it is.",
    .help =
        "Fits a partial least squares regression of a measured property on the spectra of the "
        "pixels under the samples, on lab-like spectra generated from them (fusion), on both, or "
        "on the lab spectra.\n"
        "R2, RMSE, MAE and RPIQ come from repeated nested cross-validation: transfer, number of "
        "components and regression are fitted anew without the samples that are predicted. The "
        "model that only knows the mean is scored beside it. Samples in one pixel, or of one id, "
        "are never separated.\n"
        "Scene bands in the water vapour windows (1342-1451 and 1771-1977 nm), outside 400-2500 nm "
        "and in the overlap of detectors are not used. At least 10 samples are needed.\n"
        "The model file keeps wavelengths, coefficients, the fold models behind the prediction "
        "intervals, the scores, the samples with their predictions, and how it was made.",
    .example =
        "tilth trainmodel --scene scene.tif --samples samples.gpkg --id_field id --property "
        "SOM_g_kg --unit g/kg --output som.json",
    .citation =
        "docs/methods/inversion.md; Dayal and MacGregor 1997, J. Chemometrics 11:73; Varma and "
        "Simon 2006, BMC Bioinformatics 7:91; Barber et al. 2021, Annals of Statistics 49:486.",
    .tags = "PLSR,regression,model,cross-validation,SOM,arsenic,copper,fusion",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

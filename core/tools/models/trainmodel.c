/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `trainmodel`: a property model with cross-validated scores. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "pipeline/applicable_area.h"
#include "recipes/field_list.h"
#include "recipes/shared_args.h"
#include "spectra/savgol.h"
#include "tools/models/trainmodel.h"

static const tl_arg arguments[] = {
    {TL_SHARED_SCENE},
    {TL_SHARED_SPECTRA},
    {TL_SHARED_SAMPLES},
    {TL_SHARED_ID_FIELD},
    {TL_SHARED_PROPERTIES("Several fields give one model each.")},
    {TL_SHARED_BELOW},
    {TL_SHARED_UNIT("")},
    {TL_SHARED_LAB("The features fused, mixed, lab and supervised need them.")},
    {TL_SHARED_RESPONSE},
    {.id = "fusion",
     .kind = TL_ARG_MODEL,
     .label = "Fusion model",
     .help = "Model from trainfusion. Its settings are used to train it again inside every fold, "
             "its weights to make the map. Without it the features fused and mixed use direct "
             "standardisation, a ridge regression.",
     .optional = 1},
    {.id = "features",
     .kind = TL_ARG_CHOICE,
     .label = "Features",
     .help =
         "Data that the regression uses. By default the lab-like spectrum of the pixel (fused) "
         "when lab spectra are given, else the spectrum of the pixel (scene). lab shows what is "
         "attainable, but makes no map; supervised is the mean of five fusion networks that "
         "learn the property together with the lab spectrum, and is slow.",
     .fallback = "auto",
     .choices = "auto,scene,fused,mixed,lab,supervised",
     .labels = "Automatic|Spectrum of the pixel|Lab-like spectrum|Both spectra|Lab spectrum (no "
               "map)|Fusion networks that predict the property"},
    {.id = "mnf",
     .kind = TL_ARG_TEXT,
     .label = "MNF components of the scene",
     .help = "Number of components of the minimum noise fraction (MNF) that replace the pixel's "
             "spectrum: one number, several separated by commas (cross-validation chooses), or "
             "none. auto uses 20 when a scene is given. They are fitted on the scene, without the "
             "property.",
     .fallback = "auto"},
    {.id = "calibration",
     .kind = TL_ARG_CHOICE,
     .label = "Calibrate fused features on",
     .help =
         "Spectra that the regression is trained on when the features are fused. By default the "
         "lab spectra themselves; generated uses the lab-like spectra, which the map is made "
         "from.",
     .fallback = "lab",
     .advanced = 1,
     .choices = "lab,generated",
     .labels = "Lab spectra|Generated lab-like spectra"},
    {.id = "transform",
     .kind = TL_ARG_TEXT,
     .label = "Transform of the spectrum",
     .help =
         "Treatment of a spectrum before the regression: none, or absorbance or continuum, "
         "smooth, derivative or derivative2, and snv, joined by + in this order; several are "
         "separated by commas (cross-validation chooses). By default none; for the features lab "
         "cross-validation chooses among none, snv, derivative and derivative+snv. MNF "
         "components are not transformed.",
     .fallback = "auto"},
    {.id = "window",
     .kind = TL_ARG_INTEGER,
     .label = "Smoothing window",
     .unit = "bands",
     .help = "Width of the window of smooth, derivative and derivative2, an odd number. A wider "
             "window has less noise and less detail.",
     .fallback = "11",
     .advanced = 1,
     .min = 3,
     .max = TL_SAVGOL_MAX_WINDOW},
    {.id = "degree",
     .kind = TL_ARG_INTEGER,
     .label = "Smoothing degree",
     .unit = "",
     .help = "Degree of the polynomial that is fitted in the window.",
     .fallback = "2",
     .advanced = 1,
     .min = 0,
     .max = TL_SAVGOL_MAX_DEGREE},
    {.id = "selection",
     .kind = TL_ARG_CHOICE,
     .label = "Selection of bands",
     .help = "Selects bands before the regression, again inside every fold. By default all bands "
             "are used; repeated keeps the bands that many runs of CARS agree on, and best lets "
             "cross-validation choose.",
     .fallback = "none",
     .choices = "none,cars,repeated,best",
     .labels = "None|One run of CARS|Repeated runs of CARS|Best by cross-validation"},
    {.id = "runs",
     .kind = TL_ARG_INTEGER,
     .label = "Runs of the repeated selection",
     .unit = "",
     .help = "Number of runs of CARS. Bands that at least 30 % of them select are kept.",
     .fallback = "20",
     .advanced = 1,
     .min = 2,
     .max = 1000},
    {.id = "regressor",
     .kind = TL_ARG_CHOICE,
     .label = "Regression",
     .help =
         "Method of regression. The default, partial least squares, suits few samples with many "
         "bands. best lets cross-validation choose among the first four, inside every training "
         "set.",
     .fallback = "plsr",
     .choices = "plsr,ridge,svr,forest,net,best",
     .labels = "Partial least squares (PLSR)|Ridge regression|Support vectors (SVR)|Random "
               "forest|Neural network|Best by cross-validation"},
    {.id = "max_components",
     .kind = TL_ARG_INTEGER,
     .label = "Maximum number of components",
     .unit = "",
     .help = "Largest number of latent variables that cross-validation may choose. Allow more when "
             "a warning reports that all are used.",
     .fallback = "15",
     .advanced = 1,
     .min = 1,
     .max = 100},
    {.id = "rule",
     .kind = TL_ARG_CHOICE,
     .label = "Choice of the number of components",
     .help = "By default the smallest number whose error is within 2 % of the smallest error. 1se "
             "and randomisation usually choose fewer components: the smallest number within one "
             "standard error, or not significantly worse than the best. min uses the smallest "
             "error.",
     .fallback = "tol",
     .advanced = 1,
     .choices = "tol,min,1se,randomisation",
     .labels =
         "Within 2 % of the smallest error|Smallest error|1 standard error rule|Randomisation "
         "test"},
    {TL_SHARED_LOG("By default it is used when all values are positive, their skewness is above 1 "
                   "and that of the logarithms is smaller, unless it predicts unseen samples "
                   "clearly worse.")},
    {.id = "validation",
     .kind = TL_ARG_CHOICE,
     .label = "Validation",
     .help =
         "How test samples are separated: at random, in whole spatial blocks, both, or one by "
         "one (for fewer than 30 samples). By default both when the coordinates are known, else "
         "at random. The prediction intervals come from the first one.",
     .fallback = "auto",
     .choices = "auto,random,spatial,both,one_out",
     .labels = "Automatic|Random folds|Spatial blocks|Random folds and spatial blocks|Leave one "
               "out"},
    {TL_SHARED_BLOCK_SIDE},
    {TL_SHARED_FOLDS},
    {TL_SHARED_INNER_FOLDS},
    {.id = "repeats",
     .kind = TL_ARG_INTEGER,
     .label = "Repeats",
     .unit = "",
     .help = "Number of times that the samples are divided into folds again. By default 10, or 1 "
             "with a fusion network, which is trained again in every fold.",
     .optional = 1,
     .min = 1,
     .max = 1000},
    {.id = "level",
     .kind = TL_ARG_NUMBER,
     .label = "Level of the prediction intervals",
     .unit = "",
     .help = "Share of the true values that the intervals should contain; 0.9 is 90 %.",
     .fallback = "0.9",
     .min = 0.5,
     .max = 0.999},
    {TL_SHARED_BOOTSTRAP},
    {.id = "permutations",
     .kind = TL_ARG_INTEGER,
     .label = "Permutations",
     .unit = "",
     .help = "Number of times that the whole procedure is repeated with the property permuted at "
             "random, to see which scores chance reaches. 0 skips this test; 99 is usual.",
     .fallback = "0",
     .advanced = 1,
     .min = 0,
     .max = 9999},
    {TL_SHARED_SEED},
    {.id = "strata",
     .kind = TL_ARG_RASTER,
     .label = "Strata",
     .help =
         "Raster that divides the samples into classes, for example the thickness of thin cloud "
         "from maskscene. The scores are also reported for each class.",
     .optional = 1,
     .advanced = 1},
    {.id = "strata_breaks",
     .kind = TL_ARG_TEXT,
     .label = "Limits of the strata",
     .help = "Increasing numbers, separated by spaces, that divide the values of the strata into "
             "classes. A value equal to a limit belongs to the class above it.",
     .optional = 1,
     .advanced = 1},
    {TL_SHARED_SPECTRA_ID},
    {TL_SHARED_MISSING_VALUES},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_MODEL_OUT,
     .label = "Property model",
     .help = "JSON file for mapproperty, makevrt, modelinfo and report. With several properties it "
             "is the model of the first one; the others are written next to it, with the name of "
             "the field in front of the extension."},
    {.id = "predictions",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Predictions",
     .help = "CSV table of the samples: measured value, cross-validated prediction, its interval, "
             "and the prediction of every repeat.",
     .optional = 1},
};

static tl_code gather(tl_trainmodel *t, tl_err *err) {
    const tl_feature_kind features = t->options.fit.recipe[0].features;
    const tl_fusion_model *fusion = t->fusion;
    const char *resample =
        fusion == NULL ? NULL : json_string_value(json_object_get(fusion->about, "resample"));
    const int linear = resample != NULL && strcmp(resample, "linear") == 0;
    const tl_study_request request = {
        .accepts_table = 1,
        .uses_property = 1,
        .property = t->field,
        .below = (tl_below)tl_job_choice(t->job, "below"),
        .needs_scene = features != TL_FEATURES_LAB,
        .needs_lab = features != TL_FEATURES_SCENE,
        .min_samples = tl_pipeline_min_samples,
        .p = fusion == NULL ? 0 : fusion->p,
        .centre_nm = fusion == NULL ? NULL : fusion->wavelength_nm,
        .fwhm_nm = fusion == NULL ? NULL : fusion->fwhm_nm,
        .response = linear ? TL_RESPONSE_LINEAR : TL_RESPONSE_GAUSSIAN,
        .accepts_response = 1};
    TL_TRY(tl_training_set_gather(t->job, &request, &t->study, err));
    t->data = (tl_pipeline_data){.n = t->study.n,
                                 .scene = request.needs_scene ? &t->study.scene : NULL,
                                 .lab = request.needs_lab ? &t->study.lab : NULL,
                                 .wavelength_nm = t->study.centre_nm,
                                 .y = t->study.value,
                                 .group = t->study.group,
                                 .east = t->study.x,
                                 .north = t->study.y};
    return TL_OK;
}

/* A skewed property is modelled by its logarithm, unless that predicts clearly worse. */
static tl_code decide_by_values(tl_trainmodel *t, tl_err *err) {
    double plain = 0.0;
    double logs = 0.0;
    TL_TRY(tl_pipeline_wants_log(t->study.value, t->study.n, &t->options.fit.log, err));
    if (!t->options.fit.log) {
        return TL_OK;
    }
    const tl_progress comparing = tl_progress_part(&t->progress, 0.15, 0.2);
    TL_TRY(tl_pipeline_compare_log(&t->data, &t->options, &comparing, &plain, &logs, err));
    if (tl_pipeline_log_harms(plain, logs)) {
        t->options.fit.log = 0;
        tl_job_log(t->job, TL_INFO,
                   "log: the values are skewed, but the logarithm predicts unseen samples worse "
                   "(RMSE %.4g, without it %.4g) and is not used",
                   logs, plain);
    }
    return TL_OK;
}

/* Decides whether to model the logarithm; the error names the first sample that has none. */
static tl_code decide_log(tl_trainmodel *t, tl_err *err) {
    enum { automatic, yes, no };
    const int choice = tl_job_choice(t->job, "log");
    t->options.fit.log = choice == yes;
    for (ptrdiff_t i = 0; choice == yes && i < t->study.n; i++) {
        if (!(t->study.value[i] > 0.0)) {
            return tl_fail(err, TL_DATA,
                           "log: sample %s has the value %g, but only positive values have a "
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
        return tl_no_memory(err, "the model");
    }
    memcpy(*to, from, (size_t)n * sizeof **to);
    return TL_OK;
}

static tl_code name_model(tl_trainmodel *t, tl_err *err) {
    tl_property_model *m = &t->model;
    const char *unit = tl_job_text(t->job, "unit");
    m->property = tl_copy_text(t->study.property);
    m->unit = tl_copy_text(unit[0] == '\0' ? t->study.unit : unit);
    m->about = tl_json_object();
    return m->property == NULL || m->unit == NULL || m->about == NULL
               ? tl_no_memory(err, "the model")
               : TL_OK;
}

/* Moves the fold models of the validation into the model. */
static tl_code assemble_model(tl_trainmodel *t, tl_err *err) {
    tl_property_model *m = &t->model;
    tl_validation *v = &t->validation;
    const tl_recipe *r = &t->options.fit.recipe[m->final.recipe];
    TL_TRY(name_model(t, err));
    m->p = t->study.p;
    TL_TRY(copy_numbers(&m->wavelength_nm, t->study.centre_nm, m->p, err));
    TL_TRY(copy_numbers(&m->fwhm_nm, t->study.fwhm_nm, m->p, err));
    m->features = r->features;
    m->calibration = r->calibration;
    m->log = t->options.fit.log;
    m->level = t->options.level;
    if (m->features != TL_FEATURES_LAB) {
        TL_TRY(tl_pipeline_area_fit(&t->data, v->fold, m->log, &m->projection, &m->area, err));
    }
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

/* The second validation, by spatial blocks. It may fail unless the user asked for it. */
static tl_code validate_in_space(tl_trainmodel *t, tl_err *err) {
    const tl_progress part = tl_progress_part(&t->progress, 0.6, 0.85);
    tl_pipeline_options o = t->options;
    int known = 1;
    for (ptrdiff_t i = 0; i < t->study.n; i++) {
        known = known && isfinite(t->study.x[i]) && isfinite(t->study.y[i]);
    }
    if (!t->spatial_too || (!known && !t->spatial_asked)) {
        return TL_OK;
    }
    o.division = TL_DIVIDE_SPATIAL;
    const tl_code code = tl_pipeline_validate(&t->data, &o, &part, &t->spatial, err);
    if (code != TL_DATA || t->spatial_asked) {
        return code;
    }
    t->spatial = (tl_validation){0};
    tl_job_log(t->job, TL_WARNING, "no validation by spatial blocks: %s",
               err == NULL ? "" : err->text);
    return TL_OK;
}

static tl_code test_chance(tl_trainmodel *t, tl_err *err) {
    const tl_progress part = tl_progress_part(&t->progress, 0.85, 0.97);
    const ptrdiff_t permutations = (ptrdiff_t)tl_job_integer(t->job, "permutations");
    return permutations == 0 ? TL_OK
                             : tl_pipeline_permute(&t->data, &t->options, &t->validation,
                                                   permutations, &part, &t->permutation, err);
}

static tl_code train(tl_trainmodel *t, tl_err *err) {
    const tl_progress projecting = tl_progress_part(&t->progress, 0.05, 0.15);
    const tl_progress validating = tl_progress_part(&t->progress, 0.2, 0.6);
    tl_fusion_model own = {0};
    const int given = tl_trainmodel_has_transfer(t) && t->fusion != NULL;
    TL_TRY(tl_trainmodel_project(t, &projecting, err));
    TL_TRY(decide_log(t, err));
    TL_TRY(tl_pipeline_validate(&t->data, &t->options, &validating, &t->validation, err));
    TL_TRY(validate_in_space(t, err));
    TL_TRY(test_chance(t, err));
    if (given) {
        TL_TRY(tl_recipes_read_fusion_model(t->job, "fusion", &own, err));
    }
    const tl_code code = tl_pipeline_finish(&t->data, &t->options, given ? &own.transfer : NULL,
                                            &t->model.final, err);
    tl_fusion_model_free(&own);
    TL_TRY(code);
    TL_TRY(assemble_model(t, err));
    TL_TRY(tl_trainmodel_log(t, err));
    return tl_trainmodel_warn(t, err);
}

static tl_code write_model(tl_trainmodel *t, const char *path, tl_err *err) {
    json_t *root = NULL;
    TL_TRY(tl_recipes_put_record(t->job, t->model.about, err));
    TL_TRY(tl_pipeline_property_model_to_json(&t->model, &root, err));
    return tl_recipes_write_model_to(t->job, "output", path, root, err);
}

/* The paths of the files of the property: the outputs for the first property, further files next to them
 * for the others. */
static tl_code name_outputs(tl_trainmodel *t, int first, const char **model, const char **target,
                            const char **table, tl_err *err) {
    const char *ignored = NULL;
    *model = tl_job_output(t->job, "output");
    *target = tl_job_target(t->job, "output");
    *table = tl_job_output(t->job, "predictions");
    if (first) {
        return TL_OK;
    }
    TL_TRY(tl_job_extra_output(t->job, "output", t->field, model, target, err));
    return *table == NULL
               ? TL_OK
               : tl_job_extra_output(t->job, "predictions", t->field, table, &ignored, err);
}

static void free_trainmodel(tl_trainmodel *t) {
    tl_pipeline_property_model_free(&t->model);
    tl_pipeline_validation_free(&t->validation);
    tl_pipeline_validation_free(&t->spatial);
    tl_pipeline_linear_free(&t->projection);
    tl_training_set_free(&t->study);
    json_decref(t->warnings);
}

/* Trains the model of one field and adds its figures to results. */
static tl_code train_one(tl_job *job, const char *field, const tl_fusion_model *fusion,
                         const tl_progress *progress, json_t *results, tl_err *err) {
    const int first = json_array_size(results) == 0;
    tl_trainmodel *t = tl_acquire(1, sizeof *t);
    const char *model = NULL;
    const char *target = NULL;
    const char *table = NULL;
    tl_code code = TL_OK;
    if (t == NULL) {
        return tl_no_memory(err, "the model");
    }
    *t = (tl_trainmodel){.job = job,
                         .field = field,
                         .progress = *progress,
                         .fusion = fusion->p > 0 ? fusion : NULL,
                         .warnings = tl_json_array()};
    TL_CHECK(t->warnings == NULL ? tl_no_memory(err, "the model") : TL_OK);
    TL_CHECK(tl_trainmodel_read_options(t, err));
    TL_CHECK(gather(t, err));
    TL_CHECK(train(t, err));
    TL_CHECK(name_outputs(t, first, &model, &target, &table, err));
    TL_CHECK(write_model(t, model, err));
    if (table != NULL) {
        TL_CHECK(tl_trainmodel_write_predictions(t, table, err));
    }
    json_t *result = tl_trainmodel_result(t);
    tl_json_put(result, "model", tl_json_text(target));
    tl_json_append(results, result);
    code = tl_progress_at(progress, 1.0, err);
done:
    free_trainmodel(t);
    tl_release(t);
    return code;
}

/* Puts the figures of the first model into the result, and those of several models into a list. */
static void put_results(tl_job *job, json_t *results) {
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(json_array_get(results, 0), key, value) {
        if (strcmp(key, "model") != 0) {
            tl_job_put_json(job, key, tl_json_copy(value));
        }
    }
    if (json_array_size(results) > 1) {
        tl_job_put_json(job, "models", json_incref(results));
    }
}

static tl_code train_all(tl_job *job, const tl_field_list *fields, const tl_fusion_model *fusion,
                         json_t *results, tl_err *err) {
    const double n = (double)fields->n;
    for (ptrdiff_t i = 0; i < fields->n; i++) {
        const double k = (double)i;
        const tl_progress part = tl_progress_part(tl_job_progress(job), k / n, (k + 1.0) / n);
        TL_TRY(train_one(job, fields->name[i], fusion, &part, results, err));
    }
    return TL_OK;
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_fusion_model fusion = {0};
    json_t *results = tl_json_array();
    tl_field_list fields = {0};
    tl_code code = TL_OK;
    if (results == NULL) {
        code = tl_no_memory(err, "the model");
        goto done;
    }
    if (tl_job_given(job, "fusion")) {
        TL_CHECK(tl_recipes_read_fusion_model(job, "fusion", &fusion, err));
    }
    TL_CHECK(tl_recipes_field_list(job, "property", "samples", &fields, err));
    TL_CHECK(train_all(job, &fields, &fusion, results, err));
    put_results(job, results);
done:
    tl_fusion_model_free(&fusion);
    tl_recipes_field_list_free(&fields);
    json_decref(results);
    return code;
}

const tl_algorithm tl_alg_trainmodel = {
    .id = "trainmodel",
    .title = "Train a property model",
    .group = "Models and maps",
    .summary = "Trains a model of a soil property and estimates its accuracy by cross-validation.",
    .help =
        "Fits a regression (partial least squares, ridge, support vectors, random forest, neural "
        "network, or the best of them) of a measured property on the spectra of the pixels under "
        "the samples, on lab-like spectra generated from them (fusion), on both, or on the lab "
        "spectra. By default 20 components of the minimum noise fraction of the scene describe each "
        "pixel. When there are lab spectra, the regression is fitted on these and applied to "
        "generated ones.\n"
        "R2, RMSE, MAE and RPIQ come from repeated nested cross-validation: transfer, selection of "
        "bands, every choice and the regression are repeated without the samples that are "
        "predicted. The scores of random folds and of spatial blocks are reported next to those of "
        "the mean of the samples alone and of kriging of the coordinates without any spectrum. "
        "Scores have bootstrap intervals, and permutations show which scores chance reaches. Samples "
        "in one pixel, or with one id, are never separated.\n"
        "Scene bands in the water vapour windows (1342-1451 and 1771-1977 nm), outside 400-2500 nm "
        "and in the overlap of detectors are not used. At least 10 samples are needed.\n"
        "The model file contains wavelengths, coefficients, the fold models behind the prediction "
        "intervals, the area of applicability, the scores, the samples with their predictions, and "
        "how it was made.",
    .example =
        "tilth trainmodel --scene scene.tif --samples samples.gpkg --id_field id --property "
        "SOM_g_kg --unit g/kg --output som.json",
    .citation =
        "docs/methods/inversion.md; Dayal and MacGregor 1997, J. Chemometrics 11:73; Varma and "
        "Simon 2006, BMC Bioinformatics 7:91; Barber et al. 2021, Annals of Statistics 49:486; Meyer and Pebesma "
        "2021, Methods in Ecology and Evolution 12:1620; Green et al. 1988 (MNF).",
    .tags =
        "PLSR,SVR,ridge,random forest,neural network,CARS,MNF,regression,model,cross-validation,SOM,arsenic,copper,fusion",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

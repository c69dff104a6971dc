/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `trainmodel`: a property model with scores that can be believed. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "job/algorithm.h"
#include "pipeline/applicable_area.h"
#include "spectra/savgol.h"
#include "tools/models/trainmodel.h"

static const tl_arg arguments[] = {
    TL_STUDY_ARG_SCENE,
    TL_STUDY_ARG_SPECTRA,
    {.id = "samples",
     .kind = TL_ARG_POINTS,
     .label = "Samples",
     .help = "Points with the measured property. They may be in another CRS than the scene."},
    TL_STUDY_ARG_ID_FIELD,
    {.id = "property",
     .kind = TL_ARG_FIELD,
     .label = "Property",
     .help = "Field with the measured values. Samples without a number there are left out and "
             "listed. Several fields, separated by commas, give a model each.",
     .parent = "samples"},
    {.id = "below",
     .kind = TL_ARG_CHOICE,
     .label = "Values below detection",
     .help = "What becomes of values such as <0.5: the sample is left out and listed, or half the "
             "limit is taken.",
     .fallback = "drop",
     .advanced = 1,
     .choices = "drop,half"},
    {.id = "unit",
     .kind = TL_ARG_TEXT,
     .label = "Unit of the property",
     .help = "Written into maps and legends, for example g/kg. When not given it is taken from a "
             "field name such as SOM (g/kg).",
     .fallback = ""},
    {.id = "lab",
     .kind = TL_ARG_SPECTRA,
     .label = "Lab spectra",
     .help = "Reflectance spectra of the samples, joined by id. Needed for the features fused, "
             "mixed, lab and supervised.",
     .optional = 1},
    {.id = "response",
     .kind = TL_ARG_FILE,
     .label = "Response table",
     .help = "CSV with wavelengths (nm) in the first column and the measured spectral response of "
             "one band in each other one: lab spectra become bands through it. Bands without a "
             "response whose centroid lies within half a width are left out.",
     .optional = 1,
     .advanced = 1},
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
             "from it, both, or the lab spectrum itself (no map; shows what is attainable). "
             "supervised: the property as fusion networks predict it that learn it together with "
             "the lab spectrum (mean of five; slow). auto: fused where there are lab spectra, else "
             "scene.",
     .fallback = "auto",
     .choices = "auto,scene,fused,mixed,lab,supervised"},
    {.id = "mnf",
     .kind = TL_ARG_TEXT,
     .label = "Scores of the scene",
     .help = "How many scores of the minimum noise fraction stand for the pixel's spectrum: a "
             "number, several separated by commas (cross-validation chooses), or none. They are "
             "fitted on the scene without any property. auto: 20 where a scene is given.",
     .fallback = "auto"},
    {.id = "calibration",
     .kind = TL_ARG_CHOICE,
     .label = "Calibrate fused features on",
     .help = "Spectra that the regression of the features fused is fitted on: the lab spectra, or "
             "the generated ones.",
     .fallback = "lab",
     .advanced = 1,
     .choices = "lab,generated"},
    {.id = "transform",
     .kind = TL_ARG_TEXT,
     .label = "Transform of the spectrum",
     .help =
         "What is done with a spectrum before the regression: none, or absorbance or "
         "continuum, smooth, derivative or derivative2, snv, joined by + in this order; "
         "several separated by commas (cross-validation chooses). Scores are left alone. auto: for "
         "the features lab cross-validation chooses among none, snv, derivative and "
         "derivative+snv; otherwise none.",
     .fallback = "auto"},
    {.id = "window",
     .kind = TL_ARG_INTEGER,
     .label = "Window of smoothing and derivatives",
     .unit = "bands",
     .help = "Odd number of bands.",
     .fallback = "11",
     .advanced = 1,
     .min = 3,
     .max = TL_SAVGOL_WIDEST},
    {.id = "degree",
     .kind = TL_ARG_INTEGER,
     .label = "Degree of smoothing and derivatives",
     .unit = "",
     .help = "Of the polynomial that is fitted in the window.",
     .fallback = "2",
     .advanced = 1,
     .min = 0,
     .max = TL_SAVGOL_STEEPEST},
    {.id = "selection",
     .kind = TL_ARG_CHOICE,
     .label = "Selection of bands",
     .help = "none, one run of CARS, or the bands that many runs of it have in common. best: "
             "cross-validation chooses. It is done anew inside every fold.",
     .fallback = "none",
     .choices = "none,cars,repeated,best"},
    {.id = "runs",
     .kind = TL_ARG_INTEGER,
     .label = "Runs of the repeated selection",
     .unit = "runs",
     .help = "Bands chosen in at least 30 % of the runs are kept.",
     .fallback = "20",
     .advanced = 1,
     .min = 2,
     .max = 1000},
    {.id = "regressor",
     .kind = TL_ARG_CHOICE,
     .label = "Regression",
     .help = "Partial least squares, ridge regression, support vector machine, random forest, or a "
             "small neural network. best: cross-validation inside every training set chooses among "
             "the first four.",
     .fallback = "plsr",
     .choices = "plsr,ridge,svr,forest,net,best"},
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
             "fewest within one standard error of the smallest; randomisation: fewest that are "
             "not significantly worse than the best.",
     .fallback = "tol",
     .advanced = 1,
     .choices = "tol,min,1se,randomisation"},
    {.id = "log",
     .kind = TL_ARG_CHOICE,
     .label = "Model the logarithm",
     .help = "For properties of which a few values are large, such as arsenic. auto: when all "
             "values are positive, their skewness is above 1, that of the logarithms is smaller, "
             "and the logarithm does not predict unseen samples clearly worse.",
     .fallback = "auto",
     .choices = "auto,yes,no"},
    {.id = "validation",
     .kind = TL_ARG_CHOICE,
     .label = "Validation",
     .help = "How test samples are set apart: at random, in whole spatial blocks, both, or one by "
             "one (one_out, for fewer than 30 samples). The first one of both makes the "
             "intervals. auto: both where the coordinates are known.",
     .fallback = "auto",
     .choices = "auto,random,spatial,both,one_out"},
    {.id = "block_side",
     .kind = TL_ARG_NUMBER,
     .label = "Side of the spatial blocks",
     .unit = "map units",
     .help = "0: chosen so that blocks are as large as the number of folds allows.",
     .fallback = "0",
     .advanced = 1,
     .min = 0,
     .max = 1e9},
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
     .help = "The same inside every fold, for everything that is chosen.",
     .fallback = "5",
     .advanced = 1,
     .min = 2,
     .max = 60},
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
    {.id = "bootstrap",
     .kind = TL_ARG_INTEGER,
     .label = "Draws of the bootstrap",
     .unit = "draws",
     .help = "For the 95 % intervals of the scores.",
     .fallback = "2000",
     .advanced = 1,
     .min = 100,
     .max = 100000},
    {.id = "permutations",
     .kind = TL_ARG_INTEGER,
     .label = "Permutations",
     .unit = "permutations",
     .help = "How often the whole procedure is repeated with the property dealt out at random, to "
             "see what chance would score; 99 is usual, 0 leaves the test out.",
     .fallback = "0",
     .advanced = 1,
     .min = 0,
     .max = 9999},
    {.id = "seed",
     .kind = TL_ARG_INTEGER,
     .label = "Seed",
     .unit = "",
     .help = "Names all random draws; the same seed gives the same model.",
     .fallback = "1",
     .min = -9e15,
     .max = 9e15},
    {.id = "strata",
     .kind = TL_ARG_RASTER,
     .label = "Strata",
     .help =
         "Raster that parts the samples, for example the thickness of thin cloud from maskscene: "
         "the scores are told for each part, too.",
     .optional = 1,
     .advanced = 1},
    {.id = "strata_breaks",
     .kind = TL_ARG_TEXT,
     .label = "Borders of the strata",
     .help =
         "Rising numbers with blanks between them that part the values of the strata; a value on "
         "a border belongs to the class above it.",
     .optional = 1,
     .advanced = 1},
    {.id = "output",
     .kind = TL_ARG_MODEL_OUT,
     .label = "Property model",
     .help = "JSON file for mapproperty, makevrt, modelinfo and report. With several properties "
             "this is the model of the first one; the others lie beside it, with the name of the "
             "field in front of the extension."},
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

static tl_code gather(tl_trainmodel *t, tl_err *err) {
    const tl_feature_kind features = t->options.fit.recipe[0].features;
    const tl_fusion_model *fusion = t->fusion;
    const char *resample =
        fusion == NULL ? NULL : json_string_value(json_object_get(fusion->about, "resample"));
    const int linear = resample != NULL && strcmp(resample, "linear") == 0;
    const tl_study_request request = {
        .takes_table = 1,
        .takes_property = 1,
        .property = t->field,
        .below = (tl_below)tl_job_choice(t->job, "below"),
        .needs_scene = features != TL_FEATURES_LAB,
        .needs_lab = features != TL_FEATURES_SCENE,
        .fewest = tl_pipeline_min_samples,
        .p = fusion == NULL ? 0 : fusion->p,
        .centre_nm = fusion == NULL ? NULL : fusion->wavelength_nm,
        .fwhm_nm = fusion == NULL ? NULL : fusion->fwhm_nm,
        .response = linear ? TL_RESPONSE_LINEAR : TL_RESPONSE_GAUSSIAN,
        .takes_response = 1};
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

/* A skewed property is modelled by its logarithm unless that predicts clearly worse. */
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

static tl_code name_model(tl_trainmodel *t, tl_err *err) {
    tl_property_model *m = &t->model;
    const char *unit = tl_job_text(t->job, "unit");
    m->property = tl_copy_text(t->study.property);
    m->unit = tl_copy_text(unit[0] == '\0' ? t->study.unit : unit);
    m->about = json_object();
    return m->property == NULL || m->unit == NULL || m->about == NULL ? no_memory(err) : TL_OK;
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

/* The second validation, by spatial blocks. Unless it was asked for it may be impossible. */
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
    return tl_trainmodel_judge(t, err);
}

static tl_code write_model(tl_trainmodel *t, const char *path, tl_err *err) {
    json_t *root = NULL;
    TL_TRY(tl_recipes_put_record(t->job, t->model.about, err));
    TL_TRY(tl_pipeline_property_model_to_json(&t->model, &root, err));
    return tl_recipes_write_model_to(t->job, "output", path, root, err);
}

/* Where the files of the property go: the first one to the outputs, the others beside them. */
static tl_code name_outputs(tl_trainmodel *t, int first, const char **model, const char **target,
                            const char **table, tl_err *err) {
    const char *ignored = NULL;
    *model = tl_job_output(t->job, "output");
    *target = tl_job_target(t->job, "output");
    *table = tl_job_output(t->job, "predictions");
    if (first) {
        return TL_OK;
    }
    TL_TRY(tl_job_output_beside(t->job, "output", t->field, model, target, err));
    return *table == NULL
               ? TL_OK
               : tl_job_output_beside(t->job, "predictions", t->field, table, &ignored, err);
}

static void free_trainmodel(tl_trainmodel *t) {
    tl_pipeline_property_model_free(&t->model);
    tl_pipeline_validation_free(&t->validation);
    tl_pipeline_validation_free(&t->spatial);
    tl_pipeline_linear_free(&t->projection);
    tl_training_set_free(&t->study);
    json_decref(t->warnings);
}

/* The model of one field; its figures are added to results. */
static tl_code train_one(tl_job *job, const char *field, const tl_fusion_model *fusion,
                         const tl_progress *progress, json_t *results, tl_err *err) {
    const int first = json_array_size(results) == 0;
    tl_trainmodel *t = tl_acquire(1, sizeof *t);
    const char *model = NULL;
    const char *target = NULL;
    const char *table = NULL;
    tl_code code = TL_OK;
    if (t == NULL) {
        return no_memory(err);
    }
    *t = (tl_trainmodel){.job = job,
                         .field = field,
                         .progress = *progress,
                         .fusion = fusion->p > 0 ? fusion : NULL,
                         .warnings = json_array()};
    TL_CHECK(t->warnings == NULL ? no_memory(err) : TL_OK);
    TL_CHECK(tl_trainmodel_read_options(t, err));
    TL_CHECK(gather(t, err));
    TL_CHECK(train(t, err));
    TL_CHECK(name_outputs(t, first, &model, &target, &table, err));
    TL_CHECK(write_model(t, model, err));
    if (table != NULL) {
        TL_CHECK(tl_trainmodel_write_predictions(t, table, err));
    }
    json_t *result = tl_trainmodel_result(t);
    json_object_set_new(result, "model", json_string(target));
    json_array_append_new(results, result);
    code = tl_progress_at(progress, 1.0, err);
done:
    free_trainmodel(t);
    tl_release(t);
    return code;
}

/* Puts the figures of the first model into the result as they are, and all of them into a list. */
static void put_results(tl_job *job, json_t *results) {
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(json_array_get(results, 0), key, value) {
        if (strcmp(key, "model") != 0) {
            tl_job_put_json(job, key, json_deep_copy(value));
        }
    }
    if (json_array_size(results) > 1) {
        tl_job_put_json(job, "models", json_incref(results));
    }
}

static tl_code train_all(tl_job *job, char *fields, const tl_fusion_model *fusion, json_t *results,
                         tl_err *err) {
    double n = 1.0;
    double k = 0.0;
    for (const char *c = fields; *c != '\0'; c++) {
        n += *c == ',';
    }
    for (char *at = fields; at != NULL; k += 1.0) {
        char *comma = strchr(at, ',');
        const tl_progress part = tl_progress_part(tl_job_progress(job), k / n, (k + 1.0) / n);
        if (comma != NULL) {
            *comma = '\0';
        }
        TL_TRY(train_one(job, at, fusion, &part, results, err));
        at = comma == NULL ? NULL : comma + 1;
    }
    return TL_OK;
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_fusion_model fusion = {0};
    json_t *results = json_array();
    char *fields = tl_copy_text(tl_job_text(job, "property"));
    tl_code code = TL_OK;
    if (results == NULL || fields == NULL) {
        code = no_memory(err);
        goto done;
    }
    if (tl_job_given(job, "fusion")) {
        TL_CHECK(tl_recipes_read_fusion_model(job, "fusion", &fusion, err));
    }
    TL_CHECK(train_all(job, fields, &fusion, results, err));
    put_results(job, results);
done:
    tl_fusion_model_free(&fusion);
    tl_release(fields);
    json_decref(results);
    return code;
}

const tl_algorithm tl_alg_trainmodel = {
    .id = "trainmodel",
    .title = "Train a property model",
    .group = "Models and maps",
    .summary = "Trains a model of a soil property and tells honestly how good it is.",
    .help =
        "Fits a regression (partial least squares, ridge, support vectors, random forest, neural "
        "network, or the best of them) of a measured property on the spectra of the pixels under the samples, on "
        "lab-like spectra generated from them (fusion), on both, or on the lab spectra. By default "
        "the pixels are described by 20 scores of the scene in units of its noise, and where there "
        "are lab spectra the regression is fitted on these and applied to generated ones.\n"
        "R2, RMSE, MAE and RPIQ come from repeated nested cross-validation: transfer, selection of "
        "bands, every choice and the regression are made anew without the samples that are "
        "predicted. Random folds and spatial blocks are told side by side, each with the model "
        "that only knows the mean and with kriging of the coordinates without any spectrum. "
        "Scores have bootstrap intervals; permutations tell what chance would score. Samples in "
        "one pixel, or of one id, are never separated.\n"
        "Scene bands in the water vapour windows (1342-1451 and 1771-1977 nm), outside 400-2500 nm "
        "and in the overlap of detectors are not used. At least 10 samples are needed.\n"
        "The model file keeps wavelengths, coefficients, the fold models behind the prediction "
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

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `comparemodels`: compares features and regressions on the same folds, and with the results of
 * a single split. */
#include "tools/models/comparemodels.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/version.h"
#include "json/json.h"
#include "model/document.h"
#include "recipes/field_list.h"
#include "recipes/model_files.h"
#include "recipes/shared_args.h"

enum { HONEST, PAPER };

static const tl_arg arguments[] = {
    {TL_SHARED_SCENE},
    {TL_SHARED_SPECTRA},
    {TL_SHARED_SAMPLES},
    {TL_SHARED_ID_FIELD},
    {TL_SHARED_PROPERTIES("Several fields are compared one after the other.")},
    {TL_SHARED_BELOW},
    {TL_SHARED_UNIT(" Give one unit for all properties, or one for each, separated by commas.")},
    {TL_SHARED_LAB("Without them only features of the scene are compared.")},
    {.id = "preset",
     .kind = TL_ARG_CHOICE,
     .label = "Preset",
     .help =
         "By default every row is validated by nested cross-validation. paper adds the protocol "
         "of the paper: its single split, its fusion network and its search for seeds.",
     .fallback = "honest",
     .choices = "honest,paper",
     .labels = "Nested cross-validation|Also the protocol of the paper"},
    {.id = "leaky",
     .kind = TL_ARG_FLAG,
     .label = "Show what leakage would print",
     .help = "For teaching, with the preset paper: repeats the single split with everything chosen "
             "on the samples that are scored. These figures are not accuracies.",
     .fallback = "no",
     .advanced = 1},
    {.id = "methods",
     .kind = TL_ARG_CHOICE,
     .label = "Nested methods",
     .help = "Regressions of the nested rows. By default all of them; fewer are faster.",
     .fallback = "all",
     .choices = "all,plsr_svr,plsr",
     .labels = "PLSR, SVR, FD-RF and DNN-CARS|PLSR and SVR|PLSR"},
    {.id = "mnf",
     .kind = TL_ARG_TEXT,
     .label = "MNF components of the scene",
     .help = "Number of components of the minimum noise fraction (MNF) that replace the pixel's "
             "spectrum in the nested rows of PLSR and SVR, or none. auto uses 20 when a scene is "
             "given, and none with the preset paper, so that both protocols use the same data.",
     .fallback = "auto"},
    {.id = "selection",
     .kind = TL_ARG_CHOICE,
     .label = "Selection of bands",
     .help =
         "Selects bands for the nested rows of PLSR and SVR, again inside every fold. auto uses "
         "none, or cars with the preset paper; repeated keeps the bands that many runs of CARS "
         "agree on, and best lets cross-validation choose.",
     .fallback = "auto",
     .advanced = 1,
     .choices = "auto,none,cars,repeated,best",
     .labels = "Automatic|None|One run of CARS|Repeated runs of CARS|Best by cross-validation"},
    {.id = "transfer",
     .kind = TL_ARG_CHOICE,
     .label = "Transfer of the nested rows",
     .help =
         "How the fused and mixed features are generated. By default by a ridge regression; vae "
         "is the network of the paper, which is trained again in every fold and takes long.",
     .fallback = "ds",
     .advanced = 1,
     .choices = "ds,vae",
     .labels = "Direct standardisation (DS)|Fusion network (VAE)"},
    {TL_SHARED_LOG("By default the nested rows use it when the values are skewed and it does not "
                   "predict unseen samples clearly worse, but not with the preset paper, whose "
                   "split uses the values as they are.")},
    {.id = "validation",
     .kind = TL_ARG_CHOICE,
     .label = "Validation",
     .help =
         "How the test samples of the nested rows are separated. By default at random, and also "
         "in whole spatial blocks when the coordinates are known.",
     .fallback = "auto",
     .choices = "auto,random",
     .labels = "Automatic|Random folds"},
    {TL_SHARED_BLOCK_SIDE},
    {TL_SHARED_FOLDS},
    {TL_SHARED_INNER_FOLDS},
    {.id = "repeats",
     .kind = TL_ARG_INTEGER,
     .label = "Repeats",
     .unit = "",
     .help = "Number of times that the samples are divided into folds again.",
     .fallback = "3",
     .min = 1,
     .max = 1000},
    {TL_SHARED_BOOTSTRAP},
    {.id = "seeds",
     .kind = TL_ARG_INTEGER,
     .label = "Largest seed of the search",
     .unit = "",
     .help = "With the preset paper: the seeds from minus this number to this number are searched.",
     .fallback = "9999",
     .advanced = 1,
     .network = 1,
     .min = 0,
     .max = 1000000},
    {.id = "epochs",
     .kind = TL_ARG_INTEGER,
     .label = "Epochs of the network",
     .unit = "",
     .help = "Number of times that the fusion network sees all pairs, with the preset paper or the "
             "transfer vae.",
     .fallback = "100",
     .advanced = 1,
     .network = 1,
     .min = 1,
     .max = 100000},
    {.id = "starts",
     .kind = TL_ARG_INTEGER,
     .label = "Restarts of the leaky rows",
     .unit = "",
     .help = "Number of trainings of each leaky row. The one with the best test score is shown, "
             "which is the point of the lesson.",
     .fallback = "3",
     .advanced = 1,
     .min = 1,
     .max = TL_PAPER_MAX_STARTS},
    {TL_SHARED_SEED},
    {TL_SHARED_SPECTRA_ID},
    {TL_SHARED_MISSING_VALUES},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Comparison",
     .help = "CSV table with one row per property, protocol, features and method."},
    {.id = "document",
     .kind = TL_ARG_MODEL_OUT,
     .label = "Comparison for the report",
     .help = "JSON file with scores, intervals, predictions and selected bands, for the parameter "
             "comparisons of the tool report.",
     .optional = 1},
    {.id = "page",
     .kind = TL_ARG_REPORT_OUT,
     .label = "Page",
     .help = "HTML page with tables and scatter plots. It needs the packages python3-plotly and "
             "python3-jinja2.",
     .optional = 1},
};

/* --- one property --- */

static void free_compared(tl_compared *c) {
    for (ptrdiff_t k = 0; k < c->rows; k++) {
        tl_release(c->row[k].predicted);
        tl_release(c->row[k].chosen);
    }
    tl_pipeline_validation_free(&c->first);
    tl_pipeline_linear_free(&c->projection);
    tl_training_set_free(&c->study);
    json_decref(c->seeds);
    json_decref(c->split);
    json_decref(c->is_test);
    json_decref(c->warnings);
}

/* Reads the number of MNF components; 0 = none. */
static tl_code read_components(tl_compared *c, tl_err *err) {
    enum { default_number = 20, max_number = 100 };
    const char *text = tl_job_text(c->job, "mnf");
    const int scene = tl_job_given(c->job, "scene");
    double number = 0.0;
    c->components = 0;
    if (strcmp(text, "none") == 0) {
        return TL_OK;
    }
    if (strcmp(text, "auto") == 0) {
        c->components = scene && !c->paper ? default_number : 0;
        return TL_OK;
    }
    if (!tl_parse_number(text, &number) || !(number >= 0.0 && number <= max_number) ||
        (double)(int)number < number) {
        return tl_fail(err, TL_ARG,
                       "parameter 'mnf' is '%.100s'; wanted auto, none, or a whole number from 0 "
                       "to %d",
                       text, (int)max_number);
    }
    if (number > 0.0 && !scene) {
        return tl_fail(
            err, TL_ARG,
            "parameter 'mnf' is '%.100s', but MNF components are fitted on a whole scene; "
            "give the parameter 'scene', or use none",
            text);
    }
    c->components = (int)number;
    return TL_OK;
}

static tl_code read_options(tl_compared *c, tl_err *err) {
    const tl_job *job = c->job;
    tl_pipeline_options *o = &c->options;
    *o = tl_pipeline_defaults();
    if (tl_job_choice(job, "transfer") == 1) {
        TL_TRY(tl_fusion_transfer_preset(TL_TRANSFER_VAE, "paper", &o->fit.transfer, err));
        o->fit.transfer.vae.epochs = (int)tl_job_integer(job, "epochs");
    }
    o->folds = (int)tl_job_integer(job, "folds");
    o->repeats = (int)tl_job_integer(job, "repeats");
    o->block_side = tl_job_number(job, "block_side");
    o->bootstrap = (int)tl_job_integer(job, "bootstrap");
    o->fit.inner_folds = (int)tl_job_integer(job, "inner_folds");
    o->fit.seed = tl_job_integer(job, "seed");
    o->fit.transfer.seed = o->fit.seed;
    o->threads = tl_job_threads(job);
    c->paper = tl_job_choice(job, "preset") == PAPER;
    c->leaky = tl_job_flag(job, "leaky");
    return read_components(c, err);
}

static tl_code gather(tl_compared *c, tl_err *err) {
    const tl_job *job = c->job;
    const int has_scene = tl_job_given(job, "scene") || tl_job_given(job, "spectra");
    const int has_lab = tl_job_given(job, "lab");
    const tl_study_request request = {.accepts_table = 1,
                                      .uses_property = 1,
                                      .property = c->field,
                                      .below = (tl_below)tl_job_choice(job, "below"),
                                      .needs_scene = has_scene,
                                      .needs_lab = has_lab,
                                      .neighbours = c->paper && tl_job_given(job, "scene") ? 2 : 0,
                                      .min_samples = c->paper ? 15 : tl_pipeline_min_samples,
                                      .response = TL_RESPONSE_GAUSSIAN};
    TL_TRY(tl_training_set_gather(c->job, &request, &c->study, err));
    const tl_study *s = &c->study;
    if (has_scene) {
        c->scene = (tl_matrix){.nrow = s->n, .ncol = s->p, .data = s->scene.data};
    }
    if (has_lab) {
        c->lab = (tl_matrix){.nrow = s->n, .ncol = s->p, .data = s->lab.data};
    }
    return TL_OK;
}

static tl_code compare(tl_compared *c, tl_err *err) {
    const tl_progress nested = tl_progress_part(&c->progress, 0.02, c->paper ? 0.5 : 1.0);
    const tl_progress split = tl_progress_part(&c->progress, 0.5, 1.0);
    TL_TRY(read_options(c, err));
    TL_TRY(gather(c, err));
    TL_TRY(tl_comparemodels_validate(c, &nested, err));
    TL_TRY(tl_comparemodels_paper(c, &split, err));
    tl_comparemodels_log(c);
    return TL_OK;
}

/* Copies the k-th unit of the list, or the only one. */
static void select_unit(tl_compared *c, int k) {
    const char *at = tl_job_text(c->job, "unit");
    for (const char *comma = strchr(at, ','); k > 0 && comma != NULL; k--) {
        at = comma + 1;
        comma = strchr(at, ',');
    }
    (void)snprintf(c->unit, sizeof c->unit, "%.*s", (int)strcspn(at, ","), at);
}

/* Checks that there is one unit for all properties, or one for each. */
static tl_code check_units(const tl_job *job, ptrdiff_t n_properties, tl_err *err) {
    const char *text = tl_job_text(job, "unit");
    ptrdiff_t n = 1;
    for (const char *at = text; at != NULL && (at = strchr(at, ',')) != NULL; at++) {
        n++;
    }
    return n == 1 || n == n_properties
               ? TL_OK
               : tl_fail(
                     err, TL_ARG,
                     "parameter 'unit' has %td units for %td properties; wanted one for all, or "
                     "one for each",
                     n, n_properties);
}

static tl_code compare_one(tl_job *job, const char *field, int number, const tl_progress *progress,
                           tl_table *table, json_t *properties, tl_err *err) {
    tl_compared *c = tl_acquire(1, sizeof *c);
    tl_code code;
    if (c == NULL) {
        return tl_no_memory(err, "the comparison");
    }
    *c = (tl_compared){
        .job = job, .field = field, .progress = *progress, .warnings = tl_json_array()};
    TL_CHECK(c->warnings == NULL ? tl_no_memory(err, "the comparison") : TL_OK);
    select_unit(c, number);
    TL_CHECK(compare(c, err));
    TL_CHECK(tl_comparemodels_put_rows(c, table, err));
    (void)tl_json_append(properties, tl_comparemodels_to_json(c));
    TL_CHECK(tl_json_status("the comparison", err));
    code = tl_progress_at(progress, 1.0, err);
done:
    free_compared(c);
    tl_release(c);
    return code;
}

static tl_code compare_all(tl_job *job, const tl_field_list *fields, tl_table *table,
                           json_t *properties, tl_err *err) {
    const double n = (double)fields->n;
    TL_TRY(check_units(job, fields->n, err));
    for (ptrdiff_t i = 0; i < fields->n; i++) {
        const double k = (double)i;
        const tl_progress part = tl_progress_part(tl_job_progress(job), k / n, (k + 1.0) / n);
        TL_TRY(compare_one(job, fields->name[i], (int)i, &part, table, properties, err));
    }
    return TL_OK;
}

/* --- outputs --- */

static tl_code make_document(tl_job *job, json_t *properties, json_t **root, tl_err *err) {
    TL_TRY(tl_model_new("comparison", root, err));
    TL_TRY(tl_model_put_text(*root, "preset",
                             tl_job_choice(job, "preset") == PAPER ? "paper" : "honest", err));
    TL_TRY(tl_model_put_flag(*root, "leaky", tl_job_flag(job, "leaky"), err));
    TL_TRY(tl_model_put_json(*root, "properties", json_incref(properties), err));
    return tl_recipes_put_record(job, *root, err);
}

/* Writes the page of this comparison with the program of the tool report. */
static tl_code write_page(tl_job *job, json_t *document, tl_err *err) {
    const char *file = tl_job_given(job, "document") ? tl_base_name(tl_job_target(job, "document"))
                                                     : tl_base_name(tl_job_target(job, "output"));
    if (!tl_job_given(job, "page")) {
        return TL_OK;
    }
    json_t *page =
        tl_json_pack("{s:s, s:s, s:s, s:s, s:[], s:[], s:[], s:[{s:s, s:O}]}", "output",
                     tl_job_output(job, "page"), "target", tl_job_target(job, "page"), "title",
                     "Comparison of models", "version", tl_version(), "models", "maps", "terrain",
                     "comparisons", "file", file, "document", document);
    char *text = tl_json_print(page, JSON_COMPACT);
    const tl_code code =
        text == NULL ? tl_no_memory(err, "the comparison")
                     : tl_job_store(job)->run_python("report/render_report.py", text, NULL, err);
    tl_release(text);
    json_decref(page);
    return code;
}

/* Puts the rows with their scores into the result. */
static void put_result(tl_job *job, const json_t *properties) {
    json_t *warnings = tl_json_array();
    json_t *list = tl_json_array();
    for (size_t k = 0; k < json_array_size(properties); k++) {
        const json_t *one = json_array_get(properties, k);
        const json_t *of_one = json_object_get(one, "warnings");
        for (size_t i = 0; i < json_array_size(of_one); i++) {
            tl_json_append(warnings, json_incref(json_array_get(of_one, i)));
        }
        tl_json_append(
            list,
            tl_json_pack("{s:O, s:O, s:O, s:O}", "property", json_object_get(one, "property"), "n",
                         json_object_get(one, "n"), "split_hash",
                         json_object_get(one, "split_hash"), "rows", json_object_get(one, "rows")));
    }
    for (size_t k = 0; k < json_array_size(list); k++) {
        json_t *rows = tl_json_copy(json_object_get(json_array_get(list, k), "rows"));
        for (size_t i = 0; i < json_array_size(rows); i++) {
            json_object_del(json_array_get(rows, i), "predicted");
            json_object_del(json_array_get(rows, i), "chosen");
        }
        tl_json_put(json_array_get(list, k), "rows", rows);
    }
    tl_job_put_json(job, "properties", list);
    tl_job_put_json(job, "warnings", warnings);
}

static tl_code check_parameters(const tl_job *job, tl_err *err) {
    const int paper = tl_job_choice(job, "preset") == PAPER;
    const int scene = tl_job_given(job, "scene") || tl_job_given(job, "spectra");
    if (!scene && !tl_job_given(job, "lab")) {
        return tl_fail(
            err, TL_ARG,
            "no spectra are given; wanted 'scene', 'spectra' or 'lab', or 'lab' with one of "
            "the others");
    }
    if (paper && (!scene || !tl_job_given(job, "lab"))) {
        return tl_fail(err, TL_ARG,
                       "parameter 'preset' is 'paper', which needs lab spectra (lab) and those of "
                       "the scene (scene or spectra); give both, or use honest");
    }
    if (tl_job_flag(job, "leaky") && !paper) {
        return tl_fail(
            err, TL_ARG,
            "parameter 'leaky' is 'yes', but only the preset paper has leaky rows; use the "
            "preset paper");
    }
    return TL_OK;
}

static tl_code run(tl_job *job, tl_err *err) {
    json_t *properties = tl_json_array();
    json_t *document = NULL;
    tl_field_list fields = {0};
    tl_table table;
    tl_code code;
    tl_source_table_start(&table, tl_compared_columns, tl_compared_n_columns);
    TL_CHECK(properties == NULL ? tl_no_memory(err, "the comparison") : TL_OK);
    TL_CHECK(check_parameters(job, err));
    TL_CHECK(tl_recipes_field_list(job, "property", "samples", &fields, err));
    TL_CHECK(compare_all(job, &fields, &table, properties, err));
    TL_CHECK(tl_job_store(job)->write_table(tl_job_output(job, "output"), "output", &table, err));
    TL_CHECK(make_document(job, properties, &document, err));
    TL_CHECK(write_page(job, document, err));
    if (tl_job_given(job, "document")) {
        TL_CHECK(tl_recipes_write_model(job, "document", json_incref(document), err));
    }
    put_result(job, properties);
done:
    tl_source_table_free(&table);
    tl_recipes_field_list_free(&fields);
    json_decref(properties);
    json_decref(document);
    return code;
}

const tl_algorithm tl_alg_comparemodels = {
    .id = "comparemodels",
    .title = "Compare models",
    .group = "Models and maps",
    .summary =
        "Compares features and regressions on the same folds, with intervals of the differences.",
    .help =
        "Answers two questions: which features (spectrum of the pixel, lab-like spectrum generated "
        "from it, both, or the lab spectrum) with which regression (partial least squares, support "
        "vectors, a forest on derivatives, a network on selected bands) predict a property best, "
        "and whether the differences are more than chance.\n"
        "Every nested row is validated on the same folds, random and in spatial blocks. Transfer, "
        "selection and every setting are repeated in each training set. The table has the scores "
        "(R2, RMSE, MAE, RPIQ), their 95 % intervals, and the difference to the first row, the "
        "pixel's spectrum with PLSR, from the same bootstrap draws; p is that of the corrected t "
        "test over folds. The mean of the samples and kriging of the coordinates are rows of their "
        "own.\n"
        "The preset paper adds the protocol of the paper: one split by content into training and "
        "test samples, a fusion network with a search for seeds, selected bands, and the scores of "
        "training and test samples. Compare its figures with the nested ones of the same row: one "
        "split of few samples can show almost any score. leaky shows, for teaching, how much the "
        "scores increase when choices are made on the test samples.\n"
        "Among many rows the best one is partly the best by luck, so read the intervals.",
    .example =
        "tilth comparemodels --spectra spectra.csv --lab lab.csv --samples samples.gpkg --id_field "
        "id --property SOM_g_kg --methods plsr --repeats 1 --output comparison.csv",
    .citation =
        "docs/guide/trust.md; docs/methods/validation.md; Varma and Simon 2006, BMC Bioinformatics "
        "7:91; Nadeau and Bengio 2003, Machine Learning 52:239; Cawley and Talbot 2010, J. Mach. "
        "Learn. Res. 11:2079.",
    .tags =
        "compare,models,PLSR,SVR,random forest,neural network,fusion,nested,cross-validation,"
        "leakage,article",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `comparemodels`: features and regressions side by side on the same folds, and what a
 * single split makes of them. */
#include "tools/models/comparemodels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/version.h"
#include "model/document.h"
#include "recipes/model_files.h"

enum { HONEST, PAPER };

static const tl_arg arguments[] = {
    TL_STUDY_ARG_SCENE,
    TL_STUDY_ARG_SPECTRA,
    {.id = "samples",
     .kind = TL_ARG_POINTS,
     .label = "Samples",
     .help = "Points with the measured properties. They may be in another CRS than the scene."},
    TL_STUDY_ARG_ID_FIELD,
    {.id = "property",
     .kind = TL_ARG_FIELD,
     .label = "Property",
     .help = "Field with the measured values; several fields are separated by commas.",
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
     .help = "For tables and figures, for example g/kg. When not given it is taken from a field "
             "name such as SOM (g/kg). One for all properties, or one each, separated by commas.",
     .fallback = ""},
    {.id = "lab",
     .kind = TL_ARG_SPECTRA,
     .label = "Lab spectra",
     .help = "Reflectance spectra of the samples, joined by id. Without them only the features of "
             "the scene are compared.",
     .optional = 1},
    {.id = "preset",
     .kind = TL_ARG_CHOICE,
     .label = "Preset",
     .help = "honest: nested cross-validation of every row. paper: the single split of the article "
             "with its fusion network and search for seeds stands beside.",
     .fallback = "honest",
     .choices = "honest,paper"},
    {.id = "leaky",
     .kind = TL_ARG_FLAG,
     .label = "Show what leakage would print",
     .help =
         "For teaching, with the preset paper: the same split once more, with everything chosen "
         "by the samples that score it. Not accuracies.",
     .fallback = "no",
     .advanced = 1},
    {.id = "methods",
     .kind = TL_ARG_CHOICE,
     .label = "Nested methods",
     .help = "Methods of the nested rows: all (PLSR, SVR, FD-RF and DNN-CARS), only plsr_svr, or "
             "only plsr.",
     .fallback = "all",
     .choices = "all,plsr_svr,plsr"},
    {.id = "mnf",
     .kind = TL_ARG_TEXT,
     .label = "Scores of the scene",
     .help =
         "How many scores of the minimum noise fraction stand for the pixel's spectrum in the "
         "nested rows of PLSR and SVR: a number, or none. auto: 20 where a scene is given; none "
         "with the preset paper, so that both protocols see the same.",
     .fallback = "auto"},
    {.id = "selection",
     .kind = TL_ARG_CHOICE,
     .label = "Selection of bands",
     .help =
         "Of the nested rows of PLSR and SVR: none, one run of CARS, the bands that many runs "
         "have in common, or best: cross-validation chooses. It is done anew inside every fold. "
         "auto: none, or cars with the preset paper.",
     .fallback = "auto",
     .advanced = 1,
     .choices = "auto,none,cars,repeated,best"},
    {.id = "transfer",
     .kind = TL_ARG_CHOICE,
     .label = "Transfer of the nested rows",
     .help =
         "How fused and mixed features are generated: ds, a ridge transfer, or vae, the network "
         "of the article, trained anew in every fold, which takes long.",
     .fallback = "ds",
     .advanced = 1,
     .choices = "ds,vae"},
    {.id = "log",
     .kind = TL_ARG_CHOICE,
     .label = "Model the logarithm",
     .help =
         "Of the nested rows. auto: when the values are skewed and the logarithm does not "
         "predict unseen samples clearly worse, but not with the preset paper, whose split takes "
         "values as they are.",
     .fallback = "auto",
     .choices = "auto,yes,no"},
    {.id = "validation",
     .kind = TL_ARG_CHOICE,
     .label = "Validation",
     .help = "Of the nested rows. auto: random folds, and whole spatial blocks where the "
             "coordinates are known.",
     .fallback = "auto",
     .choices = "auto,random"},
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
     .help = "Parts into which the samples are divided; each part is predicted by models of the "
             "others.",
     .fallback = "5",
     .advanced = 1,
     .min = 2,
     .max = 64},
    {.id = "inner_folds",
     .kind = TL_ARG_INTEGER,
     .label = "Inner folds",
     .unit = "folds",
     .help = "The same inside every training set, for everything that is chosen.",
     .fallback = "5",
     .advanced = 1,
     .min = 2,
     .max = 60},
    {.id = "repeats",
     .kind = TL_ARG_INTEGER,
     .label = "Repeats",
     .unit = "repeats",
     .help = "How often the division into folds is drawn.",
     .fallback = "3",
     .min = 1,
     .max = 1000},
    {.id = "bootstrap",
     .kind = TL_ARG_INTEGER,
     .label = "Draws of the bootstrap",
     .unit = "draws",
     .help = "For the 95 % intervals of scores and of differences.",
     .fallback = "2000",
     .advanced = 1,
     .min = 100,
     .max = 100000},
    {.id = "seeds",
     .kind = TL_ARG_INTEGER,
     .label = "Largest seed that is tried",
     .unit = "",
     .help = "Preset paper: seeds from minus this number to this number are searched.",
     .fallback = "9999",
     .advanced = 1,
     .min = 0,
     .max = 1000000},
    {.id = "epochs",
     .kind = TL_ARG_INTEGER,
     .label = "Epochs of the network",
     .unit = "epochs",
     .help = "Preset paper: training of the fusion network.",
     .fallback = "100",
     .advanced = 1,
     .min = 1,
     .max = 100000},
    {.id = "starts",
     .kind = TL_ARG_INTEGER,
     .label = "Restarts of the leaky rows",
     .unit = "starts",
     .help = "The best one by its test score is shown, which is the point of the lesson.",
     .fallback = "3",
     .advanced = 1,
     .min = 1,
     .max = TL_PAPER_MAX_STARTS},
    {.id = "seed",
     .kind = TL_ARG_INTEGER,
     .label = "Seed",
     .unit = "",
     .help = "Names all random draws; the same seed gives the same table.",
     .fallback = "1",
     .min = -9e15,
     .max = 9e15},
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Comparison",
     .help = "CSV table with one row per property, protocol, features and method."},
    {.id = "document",
     .kind = TL_ARG_MODEL_OUT,
     .label = "Comparison for the report",
     .help = "JSON file with scores, intervals, predictions and chosen bands, for the parameter "
             "comparisons of report.",
     .optional = 1},
    {.id = "page",
     .kind = TL_ARG_REPORT_OUT,
     .label = "Page",
     .help = "HTML page with tables and scatter plots; needs python3-plotly and python3-jinja2.",
     .optional = 1},
};

static tl_code no_memory(tl_err *err) {
    return tl_fail(err, TL_NOMEM, "out of memory for the comparison");
}

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

/* How many scores are wanted; 0 = none. */
static tl_code read_scores(tl_compared *c, tl_err *err) {
    enum { usual = 20, most = 100 };
    const char *text = tl_job_text(c->job, "mnf");
    const int scene = tl_job_given(c->job, "scene");
    double number = 0.0;
    c->scores = 0;
    if (strcmp(text, "none") == 0) {
        return TL_OK;
    }
    if (strcmp(text, "auto") == 0) {
        c->scores = scene && !c->paper ? usual : 0;
        return TL_OK;
    }
    if (!tl_parse_number(text, &number) || !(number >= 0.0 && number <= most) ||
        (double)(int)number < number) {
        return tl_fail(err, TL_ARG,
                       "parameter 'mnf' is '%.100s'; wanted auto, none, or a whole number from 0 "
                       "to %d",
                       text, (int)most);
    }
    if (number > 0.0 && !scene) {
        return tl_fail(err, TL_ARG,
                       "parameter 'mnf' is '%.100s', but scores are fitted on a whole scene; give "
                       "the parameter 'scene', or use none",
                       text);
    }
    c->scores = (int)number;
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
    return read_scores(c, err);
}

static tl_code gather(tl_compared *c, tl_err *err) {
    const tl_job *job = c->job;
    const int has_scene = tl_job_given(job, "scene") || tl_job_given(job, "spectra");
    const int has_lab = tl_job_given(job, "lab");
    const tl_study_request request = {.takes_table = 1,
                                      .takes_property = 1,
                                      .property = c->field,
                                      .below = (tl_below)tl_job_choice(job, "below"),
                                      .needs_scene = has_scene,
                                      .needs_lab = has_lab,
                                      .neighbours = c->paper && tl_job_given(job, "scene") ? 2 : 0,
                                      .fewest = c->paper ? 15 : tl_pipeline_min_samples,
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

/* The k-th unit of the list, or the only one. */
static void take_unit(tl_compared *c, int k) {
    const char *at = tl_job_text(c->job, "unit");
    for (const char *comma = strchr(at, ','); k > 0 && comma != NULL; k--) {
        at = comma + 1;
        comma = strchr(at, ',');
    }
    (void)snprintf(c->unit, sizeof c->unit, "%.*s", (int)strcspn(at, ","), at);
}

/* One unit for all properties, or one each. */
static tl_code check_units(const tl_job *job, ptrdiff_t n_properties, tl_err *err) {
    const char *text = tl_job_text(job, "unit");
    ptrdiff_t n = 1;
    for (const char *at = text; at != NULL && (at = strchr(at, ',')) != NULL; at++) {
        n++;
    }
    return n == 1 || n == n_properties
               ? TL_OK
               : tl_fail(err, TL_ARG,
                         "parameter 'unit' has %td units for %td properties; wanted one for all, "
                         "or one each",
                         n, n_properties);
}

static tl_code compare_one(tl_job *job, const char *field, int number, const tl_progress *progress,
                           tl_table *table, json_t *properties, tl_err *err) {
    tl_compared *c = tl_acquire(1, sizeof *c);
    tl_code code;
    if (c == NULL) {
        return no_memory(err);
    }
    *c = (tl_compared){.job = job, .field = field, .progress = *progress, .warnings = json_array()};
    TL_CHECK(c->warnings == NULL ? no_memory(err) : TL_OK);
    take_unit(c, number);
    TL_CHECK(compare(c, err));
    TL_CHECK(tl_comparemodels_put_rows(c, table, err));
    TL_CHECK(json_array_append_new(properties, tl_comparemodels_to_json(c)) != 0 ? no_memory(err)
                                                                                 : TL_OK);
    code = tl_progress_at(progress, 1.0, err);
done:
    free_compared(c);
    tl_release(c);
    return code;
}

static tl_code compare_all(tl_job *job, char *fields, tl_table *table, json_t *properties,
                           tl_err *err) {
    double n = 1.0;
    double k = 0.0;
    for (const char *s = fields; *s != '\0'; s++) {
        n += *s == ',';
    }
    TL_TRY(check_units(job, (ptrdiff_t)n, err));
    for (char *at = fields; at != NULL; k += 1.0) {
        char *comma = strchr(at, ',');
        const tl_progress part = tl_progress_part(tl_job_progress(job), k / n, (k + 1.0) / n);
        if (comma != NULL) {
            *comma = '\0';
        }
        TL_TRY(compare_one(job, at, (int)k, &part, table, properties, err));
        at = comma == NULL ? NULL : comma + 1;
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

/* The page of this comparison alone, set by the program of the tool report. */
static tl_code write_page(tl_job *job, json_t *document, tl_err *err) {
    const char *file = tl_job_given(job, "document") ? tl_base_name(tl_job_target(job, "document"))
                                                     : tl_base_name(tl_job_target(job, "output"));
    if (!tl_job_given(job, "page")) {
        return TL_OK;
    }
    json_t *page = json_pack("{s:s, s:s, s:s, s:s, s:[], s:[], s:[], s:[{s:s, s:O}]}", "output",
                             tl_job_output(job, "page"), "target", tl_job_target(job, "page"),
                             "title", "Comparison of models", "version", tl_version(), "models",
                             "maps", "terrain", "comparisons", "file", file, "document", document);
    char *text = page == NULL ? NULL : json_dumps(page, JSON_COMPACT);
    const tl_code code =
        text == NULL ? no_memory(err)
                     : tl_job_store(job)->run_python("report/render_report.py", text, NULL, err);
    free(text);
    json_decref(page);
    return code;
}

/* Names of methods with their scores, for the caller. */
static void put_result(tl_job *job, const json_t *properties) {
    json_t *warnings = json_array();
    json_t *list = json_array();
    for (size_t k = 0; k < json_array_size(properties); k++) {
        const json_t *one = json_array_get(properties, k);
        json_array_extend(warnings, json_object_get(one, "warnings"));
        json_array_append_new(
            list,
            json_pack("{s:O, s:O, s:O, s:O}", "property", json_object_get(one, "property"), "n",
                      json_object_get(one, "n"), "split_hash", json_object_get(one, "split_hash"),
                      "rows", json_object_get(one, "rows")));
    }
    for (size_t k = 0; k < json_array_size(list); k++) {
        json_t *rows = json_deep_copy(json_object_get(json_array_get(list, k), "rows"));
        for (size_t i = 0; i < json_array_size(rows); i++) {
            json_object_del(json_array_get(rows, i), "predicted");
            json_object_del(json_array_get(rows, i), "chosen");
        }
        json_object_set_new(json_array_get(list, k), "rows", rows);
    }
    tl_job_put_json(job, "properties", list);
    tl_job_put_json(job, "warnings", warnings);
}

static tl_code check_parameters(const tl_job *job, tl_err *err) {
    const int paper = tl_job_choice(job, "preset") == PAPER;
    const int scene = tl_job_given(job, "scene") || tl_job_given(job, "spectra");
    if (!scene && !tl_job_given(job, "lab")) {
        return tl_fail(err, TL_ARG,
                       "no spectra are given; wanted 'scene', or 'spectra', or 'lab', or 'lab' "
                       "with one of the others");
    }
    if (paper && (!scene || !tl_job_given(job, "lab"))) {
        return tl_fail(err, TL_ARG,
                       "parameter 'preset' is 'paper', which needs lab spectra (lab) and those of "
                       "the scene (scene or spectra); give both, or use honest");
    }
    if (tl_job_flag(job, "leaky") && !paper) {
        return tl_fail(err, TL_ARG,
                       "parameter 'leaky' is 'yes' with the preset honest, which has no leaky "
                       "form; use the preset paper");
    }
    return TL_OK;
}

static tl_code run(tl_job *job, tl_err *err) {
    json_t *properties = json_array();
    json_t *document = NULL;
    char *fields = tl_copy_text(tl_job_text(job, "property"));
    tl_table table;
    tl_code code;
    tl_source_table_start(&table, tl_compared_columns, tl_compared_n_columns);
    TL_CHECK(properties == NULL || fields == NULL ? no_memory(err) : TL_OK);
    TL_CHECK(check_parameters(job, err));
    TL_CHECK(compare_all(job, fields, &table, properties, err));
    TL_CHECK(tl_job_store(job)->write_table(tl_job_output(job, "output"), "output", &table, err));
    TL_CHECK(make_document(job, properties, &document, err));
    TL_CHECK(write_page(job, document, err));
    if (tl_job_given(job, "document")) {
        TL_CHECK(tl_recipes_write_model(job, "document", json_incref(document), err));
    }
    put_result(job, properties);
done:
    tl_source_table_free(&table);
    tl_release(fields);
    json_decref(properties);
    json_decref(document);
    return code;
}

const tl_algorithm tl_alg_comparemodels = {
    .id = "comparemodels",
    .title = "Compare models",
    .group = "Models and maps",
    .summary = "Features and regressions side by side, on the same folds, with honest differences.",
    .help =
        "Answers two questions: which features (spectrum of the pixel, lab-like spectrum generated "
        "from it, both, or the lab spectrum) with which regression (partial least squares, support "
        "vectors, a forest on derivatives, a network on selected bands) predict a property best, "
        "and whether the differences mean anything.\n"
        "Every nested row is validated on the same folds, random and in spatial blocks, with "
        "transfer, selection and every setting made anew in each training set. Beside the scores "
        "(R2, RMSE, MAE, RPIQ) stand their 95 % intervals and the difference to the first row, the "
        "pixel's spectrum with PLSR, drawn on the same samples; p is that of the corrected t over "
        "folds. The mean of the samples and kriging of the coordinates are rows of their own.\n"
        "The preset paper adds the protocol of the article: one split by content in training and "
        "test samples, a fusion network with searched seeds, selected bands, and the scores of "
        "training and test samples. Read its figures beside the nested ones of the same row: one "
        "split of few samples can show almost anything. leaky shows, for teaching, how far the "
        "scores rise when choices are made on the test samples.\n"
        "With many rows the best one is best by luck, too: read the intervals.",
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

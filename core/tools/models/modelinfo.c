/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `modelinfo`: checks a model file completely and lists its contents. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "fusion/fusion_model.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "model/document.h"
#include "pipeline/property_model.h"

static const tl_arg arguments[] = {
    {.id = "model",
     .kind = TL_ARG_MODEL,
     .label = "Model",
     .help = "Model file written by trainmodel or trainfusion."},
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Table",
     .help = "CSV table with the columns item and value, one row for each entry of the model.",
     .optional = 1},
};

/* Describes a list that is too long to be shown, as "285 numbers, 402.5 to 2490.1". */
static void describe_list(const json_t *list, tl_text *out) {
    const size_t n = json_array_size(list);
    const json_t *first = json_array_get(list, 0);
    const json_t *last = json_array_get(list, n == 0 ? 0 : n - 1);
    if (n == 0) {
        tl_text_add(out, "none");
    } else if (json_is_number(first) && json_is_number(last)) {
        tl_text_addf(out, "%zu numbers, ", n);
        tl_text_add_number(out, json_number_value(first));
        tl_text_add(out, " to ");
        tl_text_add_number(out, json_number_value(last));
    } else {
        tl_text_addf(out, "%zu %s", n, json_is_string(first) ? "texts" : "entries");
    }
}

static void describe_value(const json_t *value, tl_text *out) {
    if (json_is_string(value)) {
        tl_text_add(out, json_string_value(value));
    } else if (json_is_integer(value)) {
        tl_text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_number(value)) {
        tl_text_add_number(out, json_number_value(value));
    } else if (json_is_array(value)) {
        describe_list(value, out);
    } else {
        tl_text_add(out, json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "unknown");
    }
}

/* Adds a pair of path and text to items for every value below value. The members of objects and of short
 * lists of texts or objects are added one by one, all other lists as one line. */
static tl_code flatten(const char *path, const json_t *value, json_t *items, tl_err *err) {
    enum { short_list = 5 };
    tl_text inner = {0};
    tl_code code = TL_OK;
    const size_t n = json_array_size(value);
    if (json_is_object(value)) {
        const char *key = NULL;
        json_t *child = NULL;
        json_object_foreach((json_t *)(uintptr_t)value, key, child) {
            tl_text_free(&inner);
            tl_text_addf(&inner, "%s%s%s", path, path[0] == '\0' ? "" : ".", key);
            TL_CHECK(flatten(tl_text_data(&inner), child, items, err));
        }
    } else if (n > 0 && n <= short_list && !json_is_number(json_array_get(value, 0)) &&
               strcmp(path, "folds") != 0) {
        for (size_t i = 0; i < n; i++) {
            tl_text_free(&inner);
            tl_text_addf(&inner, "%s.%zu", path, i);
            TL_CHECK(flatten(tl_text_data(&inner), json_array_get(value, i), items, err));
        }
    } else {
        describe_value(value, &inner);
        code = tl_model_put_text(items, path, tl_text_data(&inner), err);
    }
done:
    tl_text_free(&inner);
    return code;
}

/* Adds ", R2 0.71 (sd 0.03)" when the model has that score. */
static void add_score(const json_t *root, const char *key, const char *label, tl_text *out) {
    char path[64];
    double mean = 0.0;
    double sd = 0.0;
    (void)snprintf(path, sizeof path, "scores.mean.%s", key);
    if (tl_model_number(root, path, -1e300, 1e300, &mean, NULL) != TL_OK) {
        return;
    }
    tl_text_addf(out, ", %s %.4g", label, mean);
    (void)snprintf(path, sizeof path, "scores.sd.%s", key);
    if (tl_model_number(root, path, -1e300, 1e300, &sd, NULL) == TL_OK) {
        tl_text_addf(out, " (sd %.2g)", sd);
    }
}

/* Smallest and largest wavelength. */
static void ends_of(const double *wavelength_nm, ptrdiff_t n, double *first_nm, double *last_nm) {
    *first_nm = wavelength_nm[0];
    *last_nm = wavelength_nm[0];
    for (ptrdiff_t j = 1; j < n; j++) {
        *first_nm = fmin(*first_nm, wavelength_nm[j]);
        *last_nm = fmax(*last_nm, wavelength_nm[j]);
    }
}

/* Writes "fused features (20 MNF components of the scene), plsr with 5 components". */
static void describe_recipe(const json_t *root, const tl_property_model *m, char *out,
                            size_t capacity) {
    const char *setting = "";
    ptrdiff_t scores = 0;
    char path[64];
    char used[48] = "";
    (void)snprintf(path, sizeof path, "recipes.%d.setting", m->final.recipe);
    (void)tl_model_text(root, path, &setting, NULL);
    (void)snprintf(path, sizeof path, "recipes.%d.scores", m->final.recipe);
    if (tl_model_integer(root, path, 1, 1000, &scores, NULL) == TL_OK) {
        (void)snprintf(used, sizeof used, " (%td MNF components of the scene)", scores);
    }
    (void)snprintf(
        out, capacity, "%s features%s, %s%s%.80s", tl_pipeline_features_word(m->features), used,
        tl_inversion_regressor_word(m->final.kind), setting[0] == '\0' ? "" : " with ", setting);
}

/* Checks the whole property model, describes it in one line and puts its figures into the result. */
static tl_code property_headline(tl_job *job, const json_t *root, tl_text *line, tl_err *err) {
    tl_property_model m = {0};
    TL_TRY(tl_pipeline_property_model_from_json(root, &m, err));
    double first_nm = 0.0;
    double last_nm = 0.0;
    ends_of(m.wavelength_nm, m.p, &first_nm, &last_nm);
    char recipe[192];
    describe_recipe(root, &m, recipe, sizeof recipe);
    tl_text_addf(line,
                 "Model of %s%s%s%s: %s, %td bands %.1f-%.1f nm, %td samples, intervals of %.4g %%",
                 m.property, m.unit[0] == '\0' ? "" : " (", m.unit, m.unit[0] == '\0' ? "" : ")",
                 recipe, m.p, first_nm, last_nm, m.n, 100.0 * m.level);
    add_score(root, "r2", "R2", line);
    add_score(root, "rmse", "RMSE", line);
    add_score(root, "rpiq", "RPIQ", line);
    tl_job_put_text(job, "property", m.property);
    tl_job_put_text(job, "unit", m.unit);
    tl_job_put_text(job, "features", tl_pipeline_features_word(m.features));
    tl_job_put_text(job, "regressor", tl_inversion_regressor_word(m.final.kind));
    tl_job_put_number(job, "bands", (double)m.p);
    tl_job_put_number(job, "first_nm", first_nm);
    tl_job_put_number(job, "last_nm", last_nm);
    tl_job_put_number(job, "samples", (double)m.n);
    tl_job_put_number(job, "components", m.final.setting.components);
    tl_job_put_number(job, "folds", m.folds);
    tl_job_put_number(job, "level", m.level);
    tl_pipeline_property_model_free(&m);
    return TL_OK;
}

static tl_code fusion_headline(tl_job *job, const json_t *root, tl_text *line, tl_err *err) {
    tl_fusion_model m = {0};
    const char *word = NULL;
    TL_TRY(tl_fusion_model_from_json(root, &m, err));
    double first_nm = 0.0;
    double last_nm = 0.0;
    ends_of(m.wavelength_nm, m.p, &first_nm, &last_nm);
    const ptrdiff_t bands = m.p;
    const long long seed = (long long)m.options.seed;
    tl_fusion_model_free(&m);
    TL_TRY(tl_model_text(root, "transfer.kind", &word, err));
    tl_text_addf(line,
                 "Fusion model (%s) of satellite spectra into lab spectra: %td bands %.1f-%.1f nm, "
                 "seed %lld",
                 word, bands, first_nm, last_nm, seed);
    tl_job_put_text(job, "transfer", word);
    tl_job_put_number(job, "bands", (double)bands);
    tl_job_put_number(job, "first_nm", first_nm);
    tl_job_put_number(job, "last_nm", last_nm);
    return TL_OK;
}

static tl_code log_headline(tl_job *job, const json_t *root, tl_err *err) {
    const char *kind = tl_model_kind(root);
    tl_text line = {0};
    tl_code code = TL_OK;
    if (strcmp(kind, "property") == 0) {
        code = property_headline(job, root, &line, err);
    } else if (strcmp(kind, "fusion") == 0) {
        code = fusion_headline(job, root, &line, err);
    } else {
        tl_text_addf(&line, "Model of the kind %s, which this version of tilth cannot use", kind);
    }
    if (code == TL_OK) {
        tl_job_log(job, TL_INFO, "%s", tl_text_data(&line));
        tl_job_put_text(job, "kind", kind);
        tl_job_put_text(job, "summary", tl_text_data(&line));
    }
    tl_text_free(&line);
    return code;
}

static tl_code write_items(tl_job *job, const json_t *items, tl_err *err) {
    static const tl_column columns[] = {{"item", TL_COLUMN_TEXT}, {"value", TL_COLUMN_TEXT}};
    tl_table table;
    tl_code code = TL_OK;
    const char *key = NULL;
    json_t *value = NULL;
    tl_source_table_start(&table, columns, TL_COUNT(columns));
    json_object_foreach((json_t *)(uintptr_t)items, key, value) {
        ptrdiff_t row = 0;
        TL_CHECK(tl_source_table_add_row(&table, &row, err));
        TL_CHECK(tl_source_table_set_text(&table, row, 0, key, err));
        TL_CHECK(tl_source_table_set_text(&table, row, 1, json_string_value(value), err));
    }
    TL_CHECK(tl_job_store(job)->write_table(tl_job_output(job, "output"), "output", &table, err));
done:
    tl_source_table_free(&table);
    return code;
}

static tl_code log_items(tl_job *job, const json_t *root, tl_err *err) {
    json_t *items = tl_json_object();
    tl_code code = items == NULL ? tl_no_memory(err, "the summary") : TL_OK;
    const char *key = NULL;
    json_t *value = NULL;
    if (code == TL_OK) {
        code = flatten("", root, items, err);
    }
    if (code == TL_OK) {
        json_object_foreach(items, key, value) {
            tl_job_log(job, TL_INFO, "  %s: %s", key, json_string_value(value));
        }
        if (tl_job_output(job, "output") != NULL) {
            code = write_items(job, items, err);
        }
    }
    if (code == TL_OK) {
        tl_job_put_json(job, "items", json_incref(items));
    }
    json_decref(items);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    const char *path = tl_job_text(job, "model");
    char *bytes = NULL;
    size_t length = 0;
    json_t *root = NULL;
    TL_TRY(tl_job_store(job)->read_bytes(path, "model", TL_MODEL_MAX_BYTES, &bytes, &length, err));
    tl_code code = tl_model_parse(bytes, length, path, &root, err);
    tl_release(bytes);
    if (code != TL_OK) {
        return tl_fail_in(err, code, "model");
    }
    code = log_headline(job, root, err);
    if (code != TL_OK) {
        code = tl_fail_in(err, code, path);
    } else {
        code = log_items(job, root, err);
    }
    json_decref(root);
    return code;
}

const tl_algorithm tl_alg_modelinfo = {
    .id = "modelinfo",
    .title = "What is in a model",
    .group = "Models and maps",
    .summary =
        "Shows the contents of a model file: property, bands, samples, scores, intervals, and how it "
        "was made.",
    .help =
        "Reads a model file, checks it completely, and lists its contents: the property and its "
        "unit, the wavelengths that it needs, the number of samples, the scores from nested "
        "cross-validation, the level of its prediction intervals, warnings, and the record of the "
        "run that made it. Of long lists the log shows only their length and their ends.",
    .example = "tilth modelinfo --model som.json",
    .citation = "docs/guide/model-file.md",
    .tags = "model,scores,provenance,wavelengths,inspect",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

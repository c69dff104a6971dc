/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `summarizesamples`: descriptive statistics of the measured properties. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "num/pairs.h"
#include "num/stats.h"
#include "recipes/field_list.h"
#include "recipes/shared_args.h"

static const tl_arg arguments[] = {
    {TL_SHARED_SAMPLES},
    {.id = "properties",
     .kind = TL_ARG_TEXT,
     .label = "Properties",
     .help = "Names of the numeric fields, separated by commas, for example "
             "SOM_g_kg,As_mg_kg,Cu_mg_kg."},
    {TL_SHARED_MISSING_VALUES},
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Summary",
     .help = "CSV table with one row per property."},
    {.id = "correlations",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Correlations",
     .help =
         "CSV table with one row per pair of properties: Pearson's and Spearman's coefficients, "
         "number of samples and p.",
     .optional = 1},
};

enum { MAX_PROPERTIES = 100 };

enum {
    PROPERTY,
    COUNT,
    MISSING,
    BLANK,
    TEXTS,
    MINIMUM,
    QUARTER,
    MEDIAN,
    MEAN,
    THREE_QUARTERS,
    MAXIMUM,
    SD,
    CV,
    SKEWNESS,
    KURTOSIS,
    COLUMNS
};

static const tl_column columns[COLUMNS] = {
    [PROPERTY] = {"property", TL_COLUMN_TEXT},   [COUNT] = {"n", TL_COLUMN_INTEGER},
    [MISSING] = {"missing", TL_COLUMN_INTEGER},  [BLANK] = {"blank", TL_COLUMN_INTEGER},
    [TEXTS] = {"text", TL_COLUMN_INTEGER},       [MINIMUM] = {"min", TL_COLUMN_NUMBER},
    [QUARTER] = {"q1", TL_COLUMN_NUMBER},        [MEDIAN] = {"median", TL_COLUMN_NUMBER},
    [MEAN] = {"mean", TL_COLUMN_NUMBER},         [THREE_QUARTERS] = {"q3", TL_COLUMN_NUMBER},
    [MAXIMUM] = {"max", TL_COLUMN_NUMBER},       [SD] = {"sd", TL_COLUMN_NUMBER},
    [CV] = {"cv_percent", TL_COLUMN_NUMBER},     [SKEWNESS] = {"skewness", TL_COLUMN_NUMBER},
    [KURTOSIS] = {"kurtosis", TL_COLUMN_NUMBER},
};

enum { FIRST, SECOND, PAIRS, PEARSON, P, SPEARMAN, P_SPEARMAN, PAIR_COLUMNS };

static const tl_column pair_columns[PAIR_COLUMNS] = {
    [FIRST] = {"property", TL_COLUMN_TEXT},
    [SECOND] = {"with", TL_COLUMN_TEXT},
    [PAIRS] = {"n", TL_COLUMN_INTEGER},
    [PEARSON] = {"pearson", TL_COLUMN_NUMBER},
    [P] = {"p", TL_COLUMN_NUMBER},
    [SPEARMAN] = {"spearman", TL_COLUMN_NUMBER},
    [P_SPEARMAN] = {"p_spearman", TL_COLUMN_NUMBER},
};

typedef struct summary {
    tl_job *job;
    tl_field_list names;
    const char *name[MAX_PROPERTIES]; /* in names */
    ptrdiff_t n_names;
    tl_samples samples;
    double *column; /* [n_names, samples.n] values of each property, NaN = missing */
    double *sorted; /* [samples.n] work space */
    tl_table table;
    tl_table pairs;
    json_t *result; /* the rows of table as JSON */
} summary;

static void free_summary(summary *s) {
    tl_recipes_field_list_free(&s->names);
    tl_source_samples_free(&s->samples);
    tl_release(s->column);
    tl_release(s->sorted);
    tl_source_table_free(&s->table);
    tl_source_table_free(&s->pairs);
    json_decref(s->result);
}

/* --- inputs --- */

static tl_code add_name(summary *s, const char *name, tl_err *err) {
    for (ptrdiff_t j = 0; j < s->n_names; j++) {
        if (strcmp(s->name[j], name) == 0) {
            return tl_fail(err, TL_ARG,
                           "parameter 'properties' names '%.100s' twice; give every field once",
                           name);
        }
    }
    if (s->n_names == MAX_PROPERTIES) {
        return tl_fail(err, TL_ARG,
                       "parameter 'properties' names too many fields; wanted at most %d",
                       MAX_PROPERTIES);
    }
    s->name[s->n_names++] = name;
    return TL_OK;
}

static tl_code read_names(summary *s, tl_err *err) {
    TL_TRY(tl_recipes_field_list(s->job, "properties", "samples", &s->names, err));
    for (ptrdiff_t i = 0; i < s->names.n; i++) {
        TL_TRY(add_name(s, s->names.name[i], err));
    }
    return s->n_names < 2 && tl_job_output(s->job, "correlations") != NULL
               ? tl_fail(err, TL_ARG,
                         "parameter 'properties' names one field, '%.100s'; the output "
                         "'correlations' needs at least two",
                         s->name[0])
               : TL_OK;
}

static tl_code read_values(summary *s, tl_err *err) {
    TL_TRY(tl_job_store(s->job)->read_samples(tl_job_text(s->job, "samples"), "samples", NULL,
                                              s->name, s->n_names, NULL, tl_job_progress(s->job),
                                              &s->samples, err));
    const ptrdiff_t n = s->samples.n;
    s->column = tl_acquire(s->n_names * n, sizeof *s->column);
    s->sorted = tl_acquire(n, sizeof *s->sorted);
    if (s->column == NULL || s->sorted == NULL) {
        return tl_no_memory(err, "%td samples", n);
    }
    ptrdiff_t found = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < s->n_names; j++) {
            s->column[j * n + i] = tl_matrix_row(&s->samples.values, i)[j];
            found += !isnan(s->column[j * n + i]);
        }
    }
    return found == 0
               ? tl_fail(err, TL_DATA,
                         "samples: none of the %td samples of '%s' has a number in the fields "
                         "'%.300s'",
                         n, tl_job_text(s->job, "samples"), tl_job_text(s->job, "properties"))
               : TL_OK;
}

/* --- one property --- */

static void describe(summary *s, ptrdiff_t j, double *row) {
    const ptrdiff_t all = s->samples.n;
    double *x = s->sorted;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < all; i++) {
        const double value = s->column[j * all + i];
        if (!isnan(value)) {
            x[n++] = value;
        }
    }
    tl_num_sort(x, n);
    /* The moments of equal values would consist of rounding errors only. */
    const int varies = n > 1 && x[0] < x[n - 1];
    const double none = (double)NAN;
    row[COUNT] = (double)n;
    row[MISSING] = (double)(all - n);
    row[TEXTS] = (double)s->samples.texts[j];
    row[BLANK] = row[MISSING] - row[TEXTS];
    row[MINIMUM] = tl_num_quantile(x, n, 0.0, 7);
    row[QUARTER] = tl_num_quantile(x, n, 0.25, 7);
    row[MEDIAN] = tl_num_quantile(x, n, 0.5, 7);
    row[MEAN] = tl_num_mean(x, n);
    row[THREE_QUARTERS] = tl_num_quantile(x, n, 0.75, 7);
    row[MAXIMUM] = tl_num_quantile(x, n, 1.0, 7);
    row[SD] = varies ? tl_num_sd(x, n) : n > 1 ? 0.0 : none;
    row[CV] = n > 0 && x[0] >= 0.0 && row[MEAN] > 0.0 ? 100.0 * row[SD] / row[MEAN] : none;
    row[SKEWNESS] = varies ? tl_num_skewness(x, n) : none;
    row[KURTOSIS] = varies ? tl_num_kurtosis(x, n) : none;
}

static void add_variation(tl_text *text, double cv) {
    if (!isnan(cv)) {
        tl_text_addf(text, "; it varies %s (CV %.3g %%)",
                     cv < 15.0    ? "little"
                     : cv <= 35.0 ? "moderately"
                                  : "strongly",
                     cv);
    }
}

static void add_shape(tl_text *text, double skewness) {
    if (isnan(skewness)) {
        tl_text_add(text, "; all values are equal");
    } else if (fabs(skewness) < 0.5) {
        tl_text_addf(text, "; nearly symmetric (skewness %.2g)", skewness);
    } else {
        tl_text_addf(
            text, "; %s (skewness %.2g)",
            skewness > 0.0 ? "a few high values raise the mean" : "a few low values lower the mean",
            skewness);
    }
}

static void log_summary(const summary *s, ptrdiff_t j, const double *row) {
    const char *name = s->name[j];
    if (row[COUNT] < 1.0) {
        tl_job_log(s->job, TL_WARNING, "%.100s: none of the %td samples has a number", name,
                   s->samples.n);
        return;
    }
    tl_text text = {0};
    if (row[COUNT] > 1.0) {
        tl_text_addf(&text,
                     "%.100s: %.0f values from %.4g to %.4g, half of them between %.4g and %.4g; "
                     "mean %.4g, median %.4g",
                     name, row[COUNT], row[MINIMUM], row[MAXIMUM], row[QUARTER],
                     row[THREE_QUARTERS], row[MEAN], row[MEDIAN]);
        add_variation(&text, row[CV]);
        add_shape(&text, row[SKEWNESS]);
    } else {
        tl_text_addf(&text, "%.100s: one value, %.4g", name, row[MEAN]);
    }
    tl_job_log(s->job, TL_INFO, "%s", tl_text_data(&text));
    tl_text_free(&text);
    if (row[MISSING] > 0.0) {
        tl_job_log(s->job, row[TEXTS] > 0.0 ? TL_WARNING : TL_INFO,
                   "%.100s: %.0f of %td samples have no number (blank %.0f, text %.0f)%s", name,
                   row[MISSING], s->samples.n, row[BLANK], row[TEXTS],
                   row[TEXTS] > 0.0 ? "; where a text means 'below detection', the low values are "
                                      "missing, and mean, median and quartiles are too high"
                                    : "");
    }
}

static tl_code add_property(summary *s, ptrdiff_t j, tl_err *err) {
    double row[COLUMNS] = {0};
    ptrdiff_t at;
    describe(s, j, row);
    log_summary(s, j, row);
    TL_TRY(tl_source_table_add_row(&s->table, &at, err));
    TL_TRY(tl_source_table_set_text(&s->table, at, PROPERTY, s->name[j], err));
    json_t *object = tl_json_object();
    tl_json_put(object, columns[PROPERTY].name, tl_json_text(s->name[j]));
    for (ptrdiff_t k = COUNT; k < COLUMNS; k++) {
        tl_source_table_set_number(&s->table, at, k, row[k]);
        tl_json_put(object, columns[k].name, tl_job_json_number(row[k]));
    }
    tl_json_append(s->result, object);
    return TL_OK;
}

/* --- pairs --- */

static tl_code add_pair(summary *s, ptrdiff_t a, ptrdiff_t b, tl_err *err) {
    const ptrdiff_t n = s->samples.n;
    tl_pairs c;
    ptrdiff_t at;
    TL_TRY(tl_num_correlate_pairs(s->column + a * n, s->column + b * n, n, &c, err));
    TL_TRY(tl_source_table_add_row(&s->pairs, &at, err));
    TL_TRY(tl_source_table_set_text(&s->pairs, at, FIRST, s->name[a], err));
    TL_TRY(tl_source_table_set_text(&s->pairs, at, SECOND, s->name[b], err));
    const double numbers[PAIR_COLUMNS] = {[PAIRS] = (double)c.n,
                                          [PEARSON] = c.pearson,
                                          [P] = c.p,
                                          [SPEARMAN] = c.spearman,
                                          [P_SPEARMAN] = c.p_spearman};
    for (ptrdiff_t k = PAIRS; k < PAIR_COLUMNS; k++) {
        tl_source_table_set_number(&s->pairs, at, k, numbers[k]);
    }
    if (isnan(c.pearson)) {
        tl_job_log(s->job, TL_WARNING, "%.100s with %.100s: no correlation, because %s", s->name[a],
                   s->name[b],
                   c.n < 3 ? "fewer than 3 samples have both" : "one of them is constant there");
    }
    return TL_OK;
}

static tl_code write_pairs(summary *s, tl_err *err) {
    const char *path = tl_job_output(s->job, "correlations");
    if (path == NULL) {
        return TL_OK;
    }
    for (ptrdiff_t a = 0; a < s->n_names; a++) {
        for (ptrdiff_t b = a + 1; b < s->n_names; b++) {
            TL_TRY(add_pair(s, a, b, err));
        }
        TL_TRY(tl_progress_at(tl_job_progress(s->job), (double)(a + 1) / (double)s->n_names, err));
    }
    return tl_job_store(s->job)->write_table(path, "correlations", &s->pairs, err);
}

static tl_code run(tl_job *job, tl_err *err) {
    summary s = {.job = job};
    tl_source_table_start(&s.table, columns, COLUMNS);
    tl_source_table_start(&s.pairs, pair_columns, PAIR_COLUMNS);
    s.result = tl_json_array();
    tl_code code = TL_OK;
    TL_CHECK(read_names(&s, err));
    TL_CHECK(read_values(&s, err));
    for (ptrdiff_t j = 0; j < s.n_names; j++) {
        TL_CHECK(add_property(&s, j, err));
    }
    TL_CHECK(tl_job_store(job)->write_table(tl_job_output(job, "output"), "output", &s.table, err));
    TL_CHECK(write_pairs(&s, err));
    tl_job_put_number(job, "samples", (double)s.samples.n);
    tl_job_put_json(job, "properties", json_incref(s.result));
done:
    free_summary(&s);
    return code;
}

const tl_algorithm tl_alg_summarizesamples = {
    .id = "summarizesamples",
    .title = "Summary of samples",
    .group = "Prepare",
    .summary = "Descriptive statistics of measured properties, and their correlations.",
    .help =
        "Makes the first table of a soil study. For every property: number of values and of missing "
        "values, smallest and largest value, quartiles, median, mean, standard deviation (n - 1), "
        "coefficient of variation (%), skewness and excess kurtosis (0 for a normal "
        "distribution). Values keep the unit of their field.\n"
        "Blank cells and texts such as <0.5 or n.d. count as missing, each in its own column; no "
        "value replaces them. The coefficient of variation is empty for a property with negative "
        "values.\n"
        "The table correlations has Pearson's and Spearman's coefficients of each pair of "
        "properties, from the samples that have both. p treats the samples as independent. Samples "
        "that are close together are not, so p is then too small.",
    .example =
        "tilth summarizesamples --samples samples.gpkg --properties SOM_g_kg,As_mg_kg,Cu_mg_kg "
        "--output summary.csv --correlations properties.csv",
    .citation =
        "Hyndman and Fan 1996, Am. Stat. 50:361 (quantiles, type 7); Joanes and Gill 1998, The "
        "Statistician 47:183 (g1, g2); docs/methods/samples.md",
    .tags = "statistics,descriptive,summary,correlation,Pearson,Spearman,samples,table",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

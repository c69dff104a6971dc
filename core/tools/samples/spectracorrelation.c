/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `spectracorrelation`: the correlation of a property with every band of spectra, and the
 * largest correlation that chance produces. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "num/largest.h"
#include "num/pairs.h"
#include "recipes/shared_args.h"
#include "source/match_ids.h"
#include "training_set/excluded.h"

static const tl_arg arguments[] = {
    {.id = "spectra",
     .kind = TL_ARG_SPECTRA,
     .label = "Spectra",
     .help = "Table of spectra of a scene, from samplespectra, or of the laboratory."},
    {TL_SHARED_SAMPLES},
    {TL_SHARED_ID_FIELD},
    {TL_SHARED_PROPERTY},
    {.id = "permutations",
     .kind = TL_ARG_INTEGER,
     .label = "Permutations",
     .unit = "",
     .help = "Number of random permutations of the property, which show how large the correlations "
             "become by chance. 0 skips this test; the smallest possible p is "
             "1 / (permutations + 1).",
     .fallback = "199",
     .min = 0,
     .max = 100000},
    {.id = "seed",
     .kind = TL_ARG_INTEGER,
     .label = "Seed",
     .unit = "",
     .help = TL_SHARED_SEED_HELP,
     .fallback = "1",
     .advanced = 1,
     .min = 0,
     .max = TL_ARG_LARGEST_INTEGER},
    {TL_SHARED_SPECTRA_ID},
    {TL_SHARED_MISSING_VALUES},
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Correlations",
     .help = "CSV table with one row per wavelength."},
};

enum { WAVELENGTH, PEARSON, SPEARMAN, COUNT, P, P_SPEARMAN, P_ADJUSTED, CHANCE, COLUMNS };

static const tl_column columns[COLUMNS] = {
    [WAVELENGTH] = {"wavelength_nm", TL_COLUMN_NUMBER},
    [PEARSON] = {"pearson", TL_COLUMN_NUMBER},
    [SPEARMAN] = {"spearman", TL_COLUMN_NUMBER},
    [COUNT] = {"n", TL_COLUMN_INTEGER},
    [P] = {"p", TL_COLUMN_NUMBER},
    [P_SPEARMAN] = {"p_spearman", TL_COLUMN_NUMBER},
    [P_ADJUSTED] = {"p_adjusted", TL_COLUMN_NUMBER},
    [CHANCE] = {"chance_level", TL_COLUMN_NUMBER},
};

enum { MIN_SAMPLES = 5 };

typedef struct study {
    tl_job *job;
    tl_spectra spectra;
    tl_samples samples;
    json_t *excluded;
    ptrdiff_t n;        /* samples with the property and a spectrum */
    tl_matrix x;        /* [samples.n, spectra.p], of which n rows are used; NaN = missing */
    double *y;          /* [samples.n], of which n are used */
    double *band;       /* [n] work space */
    int *counts;        /* [spectra.p] 1: at least half of the samples have a value in the band */
    tl_pairs *pairs;    /* [spectra.p] */
    double *p_adjusted; /* [spectra.p] */
    tl_largest largest;
    tl_table table;
} study;

static void free_study(study *s) {
    tl_source_spectra_free(&s->spectra);
    tl_source_samples_free(&s->samples);
    json_decref(s->excluded);
    tl_matrix_free(&s->x);
    tl_release(s->y);
    tl_release(s->band);
    tl_release(s->counts);
    tl_release(s->pairs);
    tl_release(s->p_adjusted);
    tl_source_table_free(&s->table);
}

/* --- inputs --- */

static tl_code open_inputs(study *s, tl_err *err) {
    tl_job *job = s->job;
    const tl_store *store = tl_job_store(job);
    const char *property = tl_job_text(job, "property");
    TL_TRY(store->read_spectra(tl_job_text(job, "spectra"), "spectra", tl_job_progress(job),
                               &s->spectra, err));
    TL_TRY(store->read_samples(tl_job_text(job, "samples"), "samples", tl_job_text(job, "id_field"),
                               &property, 1, NULL, tl_job_progress(job), &s->samples, err));
    TL_TRY(tl_source_match_ids(
        s->spectra.id, s->spectra.n, "spectra", s->samples.id, s->samples.n, "the samples",
        !tl_job_given(job, "id_field"),
        "wanted the same ids in both; id_field names the field of the samples", err));
    const ptrdiff_t n = s->samples.n;
    const ptrdiff_t p = s->spectra.p;
    TL_TRY(tl_matrix_init(&s->x, n, p, err));
    s->y = tl_acquire(n, sizeof *s->y);
    s->band = tl_acquire(n, sizeof *s->band);
    s->counts = tl_acquire(p, sizeof *s->counts);
    s->pairs = tl_acquire(p, sizeof *s->pairs);
    s->p_adjusted = tl_acquire(p, sizeof *s->p_adjusted);
    s->excluded = tl_json_array();
    return s->y == NULL || s->band == NULL || s->counts == NULL || s->pairs == NULL ||
                   s->p_adjusted == NULL || s->excluded == NULL
               ? tl_no_memory(err, "%td samples of %td bands", n, p)
               : TL_OK;
}

/* Mean of the spectra with an id, in each band over those that have a value there.
 *
 * mean     [spectra.p] out: NaN where none has a value
 * returns  1 when any band has a value, 0 when none has; -1 without a spectrum with that id */
static int average_spectra(const study *s, const char *id, double *mean) {
    const ptrdiff_t p = s->spectra.p;
    int *scans = s->counts; /* used as work space; the bands are judged later */
    int found = -1;
    memset(mean, 0, (size_t)p * sizeof *mean);
    memset(scans, 0, (size_t)p * sizeof *scans);
    for (ptrdiff_t k = 0; k < s->spectra.n; k++) {
        if (strcmp(s->spectra.id[k], id) != 0) {
            continue;
        }
        found = found < 0 ? 0 : found;
        for (ptrdiff_t j = 0; j < p; j++) {
            const double value = tl_matrix_row(&s->spectra.values, k)[j];
            if (!isnan(value)) {
                mean[j] += value;
                scans[j]++;
                found = 1;
            }
        }
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        mean[j] = scans[j] > 0 ? mean[j] / (double)scans[j] : (double)NAN;
    }
    return found;
}

/* Fills x and y with the samples that have both. */
static tl_code join(study *s, tl_err *err) {
    for (ptrdiff_t i = 0; i < s->samples.n; i++) {
        const double value = tl_matrix_row(&s->samples.values, i)[0];
        const char *reason = NULL;
        if (isnan(value)) {
            reason = "no number in the property field";
        } else {
            const int found = average_spectra(s, s->samples.id[i], tl_matrix_row(&s->x, s->n));
            reason = found < 0 ? "no spectrum with this id" : found == 0 ? "empty spectrum" : NULL;
        }
        if (reason != NULL) {
            TL_TRY(tl_training_set_excluded_add(s->excluded, s->samples.id[i], reason, err));
        } else {
            s->y[s->n++] = value;
        }
        TL_TRY(tl_progress_at(tl_job_progress(s->job), 0.2 * (double)(i + 1) / (double)s->samples.n,
                              err));
    }
    tl_training_set_excluded_log(s->job, s->excluded);
    s->x.nrow = s->n; /* the other rows were never filled */
    return TL_OK;
}

static tl_code check_samples(const study *s, tl_err *err) {
    int varies = 0;
    for (ptrdiff_t i = 1; i < s->n; i++) {
        varies = varies || s->y[i] < s->y[0] || s->y[i] > s->y[0];
    }
    if (s->n >= MIN_SAMPLES) {
        return varies
                   ? TL_OK
                   : tl_fail(err, TL_DATA,
                             "property: '%s' is %g in all %td samples; a constant property has no "
                             "correlation",
                             tl_job_text(s->job, "property"), s->y[0], s->n);
    }
    tl_text reasons = {0};
    tl_training_set_excluded_count(s->excluded, &reasons);
    const tl_code code = tl_fail(
        err, TL_DATA,
        "samples: only %td of the %td samples of '%s' can be used; wanted at least %d%s%s%s", s->n,
        s->samples.n, tl_job_text(s->job, "samples"), MIN_SAMPLES,
        reasons.length > 0 ? "; left out: " : "", tl_text_data(&reasons),
        reasons.length > 0 ? "; id_field must be the field with the ids of the spectra" : "");
    tl_text_free(&reasons);
    return code;
}

/* --- bands --- */

/* A band with a value at few samples easily reaches a large correlation by chance, so bands without a
 * value at more than half of the samples are left out. */
static tl_code correlate_bands(study *s, tl_err *err) {
    ptrdiff_t left_out = 0;
    for (ptrdiff_t j = 0; j < s->spectra.p; j++) {
        for (ptrdiff_t i = 0; i < s->n; i++) {
            s->band[i] = tl_matrix_row(&s->x, i)[j];
        }
        TL_TRY(tl_num_correlate_pairs(s->band, s->y, s->n, &s->pairs[j], err));
        s->counts[j] = 2 * s->pairs[j].n >= s->n && !isnan(s->pairs[j].pearson);
        left_out += !s->counts[j];
    }
    if (left_out == s->spectra.p) {
        return tl_fail(
            err, TL_DATA,
            "spectra: no band of '%s' varies and has values at half of the %td samples or more",
            tl_job_text(s->job, "spectra"), s->n);
    }
    if (left_out > 0) {
        tl_job_log(s->job, TL_WARNING,
                   "%td of %td bands are constant or missing at more than half of the samples; "
                   "their correlations stay empty",
                   left_out, s->spectra.p);
    }
    return TL_OK;
}

static tl_code test_largest(study *s, tl_err *err) {
    const tl_progress rest = tl_progress_part(tl_job_progress(s->job), 0.3, 1.0);
    const tl_largest_options options = {
        .n_permutation = (ptrdiff_t)tl_job_integer(s->job, "permutations"),
        .seed = tl_job_integer(s->job, "seed"),
        .threads = tl_job_threads(s->job)};
    return tl_num_largest(&s->x, s->y, s->counts, &options, &rest, s->p_adjusted, &s->largest, err);
}

/* --- outputs --- */

static tl_code write_rows(study *s, tl_err *err) {
    const double none = (double)NAN;
    for (ptrdiff_t j = 0; j < s->spectra.p; j++) {
        ptrdiff_t at;
        TL_TRY(tl_source_table_add_row(&s->table, &at, err));
        const tl_pairs *c = &s->pairs[j];
        const int counts = s->counts[j];
        const double row[COLUMNS] = {[WAVELENGTH] = s->spectra.wavelength_nm[j],
                                     [PEARSON] = counts ? c->pearson : none,
                                     [SPEARMAN] = counts ? c->spearman : none,
                                     [COUNT] = (double)c->n,
                                     [P] = counts ? c->p : none,
                                     [P_SPEARMAN] = counts ? c->p_spearman : none,
                                     [P_ADJUSTED] = s->p_adjusted[j],
                                     [CHANCE] = s->largest.level};
        for (ptrdiff_t k = 0; k < COLUMNS; k++) {
            tl_source_table_set_number(&s->table, at, k, row[k]);
        }
    }
    return tl_job_store(s->job)->write_table(tl_job_output(s->job, "output"), "output", &s->table,
                                             err);
}

static void log_result(const study *s, ptrdiff_t above) {
    const ptrdiff_t at = s->largest.at;
    tl_job_log(
        s->job, TL_INFO,
        "%.100s has the largest correlation with the band at %.6g nm: r = %.3f (%td samples)",
        tl_job_text(s->job, "property"), s->spectra.wavelength_nm[at], s->pairs[at].pearson,
        s->pairs[at].n);
    if (isnan(s->largest.level)) {
        tl_job_log(
            s->job, TL_INFO,
            "no chance level, which needs at least 19 permutations; the p of a single band does "
            "not allow for the choice of the largest of many bands");
    } else if (s->largest.p > 0.05) {
        tl_job_log(
            s->job, TL_WARNING,
            "by chance alone the largest |r| of all bands exceeds %.3f in 5 of 100 cases, and "
            "the largest |r| here has p = %.2g: no single band of these spectra is related to "
            "%.100s",
            s->largest.level, s->largest.p, tl_job_text(s->job, "property"));
    } else {
        tl_job_log(
            s->job, TL_INFO,
            "by chance alone the largest |r| of all bands exceeds %.3f in 5 of 100 cases; %td "
            "of %td bands exceed it (p of the largest |r|: %.2g)",
            s->largest.level, above, s->spectra.p, s->largest.p);
    }
}

static void put_result(const study *s) {
    tl_job *job = s->job;
    const ptrdiff_t at = s->largest.at;
    ptrdiff_t above = 0;
    for (ptrdiff_t j = 0; j < s->spectra.p; j++) {
        above += s->counts[j] && fabs(s->pairs[j].pearson) > s->largest.level;
    }
    log_result(s, above);
    tl_job_put_number(job, "samples", (double)s->n);
    tl_job_put_number(job, "bands", (double)s->spectra.p);
    tl_job_put_number(job, "best_wavelength_nm", s->spectra.wavelength_nm[at]);
    tl_job_put_number(job, "best_pearson", s->pairs[at].pearson);
    tl_job_put_number(job, "best_p", s->pairs[at].p);
    tl_job_put_number(job, "chance_level", s->largest.level);
    tl_job_put_number(job, "p_largest", s->largest.p);
    tl_job_put_number(job, "bands_above_chance",
                      isnan(s->largest.level) ? (double)NAN : (double)above);
    tl_job_put_json(job, "dropped", json_incref(s->excluded));
}

static tl_code run(tl_job *job, tl_err *err) {
    study s = {.job = job};
    tl_source_table_start(&s.table, columns, COLUMNS);
    tl_code code = TL_OK;
    TL_CHECK(open_inputs(&s, err));
    TL_CHECK(join(&s, err));
    TL_CHECK(check_samples(&s, err));
    TL_CHECK(correlate_bands(&s, err));
    TL_CHECK(test_largest(&s, err));
    TL_CHECK(write_rows(&s, err));
    put_result(&s);
done:
    free_study(&s);
    return code;
}

const tl_algorithm tl_alg_spectracorrelation = {
    .id = "spectracorrelation",
    .title = "Correlation with spectra",
    .group = "Prepare",
    .summary = "Correlation of a property with every band, and how large it becomes by chance.",
    .help =
        "Matches spectra and samples by id (several spectra of one id are averaged) and correlates "
        "the property with the reflectance at every wavelength. The table has Pearson's and "
        "Spearman's coefficients, the number of samples, and p for the single band.\n"
        "Among hundreds of bands the largest coefficient is large by chance already. Therefore the "
        "property is permuted at random many times, and the largest |r| of all bands is recorded "
        "each time: 95 of 100 are at or below chance_level. p_adjusted is the share of the "
        "permutations in which any band reaches the |r| of the band. Interpret a peak only where "
        "|pearson| exceeds chance_level.\n"
        "Samples that are close together resemble each other, but the test treats them as "
        "independent. The true chance level is then higher.",
    .example =
        "tilth spectracorrelation --spectra spectra.csv --samples samples.gpkg --id_field id "
        "--property SOM_g_kg --output bands_som.csv",
    .citation =
        "Westfall and Young 1993, Resampling-Based Multiple Testing, Wiley; Nichols and Holmes "
        "2002, Hum. Brain Mapp. 15:1; docs/methods/samples.md",
    .tags = "correlation,Pearson,Spearman,spectra,bands,wavelength,permutation,significance",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

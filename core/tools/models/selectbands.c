/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `selectbands`: which bands a regression of a property needs (CARS), and how certain the
 * choice is. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "inversion/cars.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "pipeline/pipeline.h"
#include "recipes/shared_args.h"
#include "spectra/transform.h"
#include "training_set/study.h"

enum { MIN_SAMPLES = 10, AUTO = 0, SCENE, LAB };

static const tl_arg arguments[] = {
    {TL_SHARED_SCENE},
    {TL_SHARED_SPECTRA},
    {TL_SHARED_LAB("With a scene they are converted to its bands.")},
    {TL_SHARED_SAMPLES},
    {TL_SHARED_ID_FIELD},
    {TL_SHARED_PROPERTY},
    {.id = "features",
     .kind = TL_ARG_CHOICE,
     .label = "Select bands of",
     .help =
         "The spectra whose bands are selected. By default the lab spectra when they are given, "
         "else those of the scene.",
     .fallback = "auto",
     .choices = "auto,scene,lab",
     .labels = "Automatic|Scene spectra|Lab spectra"},
    {.id = "transform",
     .kind = TL_ARG_TEXT,
     .label = "Transform of the spectra",
     .help = "Treatment of the spectra before the selection: none, or absorbance or continuum, "
             "smooth, derivative or derivative2, and snv, joined by + in this order (for example "
             "absorbance+snv).",
     .fallback = "none",
     .advanced = 1},
    {TL_SHARED_LOG("By default it is used when all values are positive, their skewness is above 1 "
                   "and that of the logarithms is smaller.")},
    {.id = "runs",
     .kind = TL_ARG_INTEGER,
     .label = "Runs",
     .unit = "",
     .help = "Number of times that the selection is repeated with other random draws. With one run "
             "the stability of the choice is not known.",
     .fallback = "20",
     .min = 1,
     .max = 1000},
    {.id = "share",
     .kind = TL_ARG_NUMBER,
     .label = "Share of runs",
     .unit = "",
     .help = "A band is kept when at least this share of the runs selects it.",
     .fallback = "0.3",
     .min = 0,
     .max = 1},
    {.id = "steps",
     .kind = TL_ARG_INTEGER,
     .label = "Steps of a run",
     .unit = "",
     .help =
         "Number of steps in which the number of bands decreases exponentially from all to two.",
     .fallback = "50",
     .advanced = 1,
     .min = 2,
     .max = 1000},
    {.id = "components",
     .kind = TL_ARG_INTEGER,
     .label = "Maximum number of components",
     .unit = "",
     .help = "Largest number of latent variables of the regressions inside the selection.",
     .fallback = "10",
     .advanced = 1,
     .min = 1,
     .max = 100},
    {.id = "folds",
     .kind = TL_ARG_INTEGER,
     .label = "Folds",
     .unit = "",
     .help = "Number of parts into which the samples are divided for the cross-validation that "
             "chooses the best step.",
     .fallback = "5",
     .advanced = 1,
     .min = 2,
     .max = 100},
    {.id = "deterministic",
     .kind = TL_ARG_FLAG,
     .label = "Without random draws",
     .help = "Makes one run without random draws: every step uses all samples and keeps the bands "
             "with the largest coefficients.",
     .fallback = "no",
     .advanced = 1},
    {TL_SHARED_SEED, .advanced = 1},
    {TL_SHARED_SPECTRA_ID},
    {TL_SHARED_MISSING_VALUES},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Bands",
     .help = "CSV table with one row per band: wavelength, share of the runs that selected it, and "
             "whether it is kept."},
    {.id = "curve",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Error by step",
     .help = "CSV table with one row per step of every run: number of bands, number of components "
             "and RMSECV.",
     .optional = 1},
    {.id = "paths",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Coefficients by step",
     .help = "CSV table with the coefficients of every step of the first run.",
     .optional = 1},
};

typedef struct selecting {
    tl_job *job;
    int lab; /* 1: the bands of the lab spectra are selected */
    int log;
    tl_study study;
    tl_transform transform;
    double *y; /* [study.n] the property, or its logarithm */
    tl_cars cars;
} selecting;

static void free_selecting(selecting *s) {
    tl_training_set_free(&s->study);
    tl_spectra_transform_free(&s->transform);
    tl_release(s->y);
    tl_inversion_cars_free(&s->cars);
}

/* --- inputs --- */

static tl_code gather(selecting *s, tl_err *err) {
    const int choice = tl_job_choice(s->job, "features");
    s->lab = choice == LAB || (choice == AUTO && tl_job_given(s->job, "lab"));
    TL_TRY(tl_spectra_transform_check(tl_job_text(s->job, "transform"), err));
    const tl_study_request request = {.accepts_table = 1,
                                      .uses_property = 1,
                                      .needs_scene = !s->lab,
                                      .needs_lab = s->lab,
                                      .min_samples = MIN_SAMPLES,
                                      .response = TL_RESPONSE_GAUSSIAN};
    return tl_training_set_gather(s->job, &request, &s->study, err);
}

static tl_matrix *spectra_of(selecting *s) {
    return s->lab ? &s->study.lab : &s->study.scene;
}

static tl_code transform_spectra(selecting *s, tl_err *err) {
    enum { window = 11, degree = 2 };
    TL_TRY(tl_spectra_transform_init(tl_job_text(s->job, "transform"), window, degree,
                                     s->study.centre_nm, s->study.p, &s->transform, err));
    return tl_spectra_transform_rows(&s->transform, spectra_of(s), err);
}

/* The property, or its logarithm. */
static tl_code prepare_property(selecting *s, tl_err *err) {
    enum { automatic, yes };
    const int choice = tl_job_choice(s->job, "log");
    s->log = choice == yes;
    if (choice == automatic) {
        TL_TRY(tl_pipeline_wants_log(s->study.value, s->study.n, &s->log, err));
    }
    s->y = tl_acquire(s->study.n, sizeof *s->y);
    if (s->y == NULL) {
        return tl_no_memory(err, "%td samples", s->study.n);
    }
    for (ptrdiff_t i = 0; i < s->study.n; i++) {
        const double value = s->study.value[i];
        if (s->log && !(value > 0.0)) {
            return tl_fail(err, TL_DATA,
                           "log: sample %s has the value %g, but only positive values have a "
                           "logarithm; use log no",
                           s->study.id[i], value);
        }
        s->y[i] = s->log ? log(value) : value;
    }
    return TL_OK;
}

static tl_code select_bands(selecting *s, tl_err *err) {
    const tl_job *job = s->job;
    tl_cars_options o = tl_inversion_cars_defaults();
    o.iterations = (int)tl_job_integer(job, "steps");
    o.components = (int)tl_job_integer(job, "components");
    o.folds = (int)tl_job_integer(job, "folds");
    o.runs = (int)tl_job_integer(job, "runs");
    o.keep_share = tl_job_number(job, "share");
    o.deterministic = tl_job_flag(job, "deterministic");
    o.seed = tl_job_integer(job, "seed");
    o.threads = tl_job_threads(job);
    const tl_progress part = tl_progress_part(tl_job_progress(job), 0.2, 0.95);
    return tl_inversion_cars(spectra_of(s), s->y, s->study.group, NULL, &o, 0, &part, &s->cars,
                             err);
}

/* --- outputs --- */

static tl_code write_bands(const selecting *s, tl_err *err) {
    static const tl_column columns[] = {{"wavelength_nm", TL_COLUMN_NUMBER},
                                        {"frequency", TL_COLUMN_NUMBER},
                                        {"chosen", TL_COLUMN_INTEGER}};
    tl_table table;
    tl_source_table_start(&table, columns, TL_COUNT(columns));
    tl_code code = TL_OK;
    for (ptrdiff_t j = 0; j < s->cars.p; j++) {
        ptrdiff_t row;
        TL_CHECK(tl_source_table_add_row(&table, &row, err));
        tl_source_table_set_number(&table, row, 0, s->study.centre_nm[j]);
        tl_source_table_set_number(&table, row, 1, s->cars.frequency[j]);
        tl_source_table_set_number(&table, row, 2, (double)s->cars.chosen[j]);
    }
    TL_CHECK(
        tl_job_store(s->job)->write_table(tl_job_output(s->job, "output"), "output", &table, err));
done:
    tl_source_table_free(&table);
    return code;
}

static tl_code write_curve(const selecting *s, tl_err *err) {
    static const tl_column columns[] = {
        {"run", TL_COLUMN_INTEGER},   {"step", TL_COLUMN_INTEGER},
        {"bands", TL_COLUMN_INTEGER}, {"components", TL_COLUMN_INTEGER},
        {"rmsecv", TL_COLUMN_NUMBER}, {"best", TL_COLUMN_INTEGER}};
    if (!tl_job_given(s->job, "curve")) {
        return TL_OK;
    }
    const tl_cars *c = &s->cars;
    tl_table table;
    tl_source_table_start(&table, columns, TL_COUNT(columns));
    tl_code code = TL_OK;
    for (ptrdiff_t k = 0; k < (ptrdiff_t)c->runs * c->iterations; k++) {
        ptrdiff_t row;
        if (!(c->size.data[k] > 0.0)) {
            continue;
        }
        const ptrdiff_t run = k / c->iterations;
        const ptrdiff_t step = k % c->iterations;
        TL_CHECK(tl_source_table_add_row(&table, &row, err));
        tl_source_table_set_number(&table, row, 0, (double)(run + 1));
        tl_source_table_set_number(&table, row, 1, (double)(step + 1));
        tl_source_table_set_number(&table, row, 2, c->size.data[k]);
        tl_source_table_set_number(&table, row, 3, (double)c->components[k]);
        tl_source_table_set_number(&table, row, 4, c->rmsecv.data[k]);
        tl_source_table_set_number(&table, row, 5, c->best[run] == step ? 1.0 : 0.0);
    }
    TL_CHECK(
        tl_job_store(s->job)->write_table(tl_job_output(s->job, "curve"), "curve", &table, err));
done:
    tl_source_table_free(&table);
    return code;
}

static tl_code write_paths(const selecting *s, tl_err *err) {
    static const tl_column columns[] = {{"step", TL_COLUMN_INTEGER},
                                        {"wavelength_nm", TL_COLUMN_NUMBER},
                                        {"coefficient", TL_COLUMN_NUMBER}};
    if (!tl_job_given(s->job, "paths")) {
        return TL_OK;
    }
    const tl_cars *c = &s->cars;
    tl_table table;
    tl_source_table_start(&table, columns, TL_COUNT(columns));
    tl_code code = TL_OK;
    for (ptrdiff_t k = 0; k < c->iterations * c->p; k++) {
        ptrdiff_t row;
        if (isnan(c->path.data[k])) {
            continue;
        }
        TL_CHECK(tl_source_table_add_row(&table, &row, err));
        tl_source_table_set_number(&table, row, 0, (double)(k / c->p + 1));
        tl_source_table_set_number(&table, row, 1, s->study.centre_nm[k % c->p]);
        tl_source_table_set_number(&table, row, 2, c->path.data[k]);
    }
    TL_CHECK(
        tl_job_store(s->job)->write_table(tl_job_output(s->job, "paths"), "paths", &table, err));
done:
    tl_source_table_free(&table);
    return code;
}

/* --- log and result --- */

/* Mean share of the bands of one run that another run also selected; NaN for one run. */
static double agreement(const tl_cars *c) {
    double chosen = 0.0;
    double shared = 0.0;
    for (ptrdiff_t j = 0; j < c->p; j++) {
        const double count = c->frequency[j] * c->runs;
        chosen += count;
        shared += count * (count - 1.0) / (c->runs - 1.0);
    }
    return c->runs > 1 ? shared / chosen : (double)NAN;
}

/* Mean over the runs of the smallest RMSECV, or of the RMSECV with all bands (step 0). */
static double mean_rmsecv(const tl_cars *c, int all_bands) {
    double sum = 0.0;
    for (ptrdiff_t r = 0; r < c->runs; r++) {
        sum += tl_matrix_row(&c->rmsecv, r)[all_bands ? 0 : c->best[r]];
    }
    return sum / c->runs;
}

static json_t *chosen_wavelengths(const selecting *s) {
    json_t *list = tl_json_array();
    for (ptrdiff_t j = 0; j < s->cars.p; j++) {
        if (s->cars.chosen[j]) {
            tl_json_append(list, tl_job_json_number(s->study.centre_nm[j]));
        }
    }
    return list;
}

static void log_stability(const selecting *s) {
    const tl_cars *c = &s->cars;
    const double shared = agreement(c);
    if (c->runs > 1) {
        tl_job_log(s->job, shared < 0.5 ? TL_WARNING : TL_INFO,
                   "on average two runs have %.0f %% of their bands in common%s", 100.0 * shared,
                   shared < 0.5 ? ": the choice of single bands is mostly chance" : "");
    } else {
        tl_job_log(s->job, TL_WARNING,
                   "only one run was made, so it is not known how much other %s would change the "
                   "choice; repeat the selection (runs) before you interpret single bands",
                   tl_job_flag(s->job, "deterministic") ? "samples" : "random draws");
    }
}

static void log_selection(const selecting *s) {
    const tl_cars *c = &s->cars;
    const double wanted = tl_job_number(s->job, "share") * c->runs;
    char runs[80] = "";
    if (c->runs > 1) {
        (void)snprintf(runs, sizeof runs, ": those that at least %.0f of %d runs selected",
                       wanted > 1.0 ? ceil(wanted - 1e-6) : 1.0, c->runs);
    }
    tl_job_log(s->job, TL_INFO, "%td of %td bands of the %s spectra are kept for %s%.100s%s",
               c->n_chosen, c->p, s->lab ? "lab" : "scene", s->log ? "the logarithm of " : "",
               s->study.property, runs);
    log_stability(s);
    tl_job_log(
        s->job, TL_INFO,
        "RMSECV decreases from %.4g with all bands to %.4g at the best steps; as the smallest "
        "of many steps it is too optimistic to be an accuracy, which trainmodel estimates by "
        "a new selection in every fold",
        mean_rmsecv(c, 1), mean_rmsecv(c, 0));
}

static void put_result(const selecting *s) {
    tl_job *job = s->job;
    log_selection(s);
    tl_job_put_number(job, "samples", (double)s->study.n);
    tl_job_put_number(job, "bands", (double)s->cars.p);
    tl_job_put_number(job, "chosen", (double)s->cars.n_chosen);
    tl_job_put_json(job, "wavelengths_nm", chosen_wavelengths(s));
    tl_job_put_number(job, "shared_between_runs", agreement(&s->cars));
    tl_job_put_number(job, "rmsecv_all_bands", mean_rmsecv(&s->cars, 1));
    tl_job_put_number(job, "rmsecv_selected", mean_rmsecv(&s->cars, 0));
    tl_job_put_text(job, "features", s->lab ? "lab" : "scene");
    tl_job_put_json(job, "log", tl_json_flag(s->log));
    tl_job_put_json(job, "dropped", json_incref(s->study.excluded));
}

static tl_code run(tl_job *job, tl_err *err) {
    selecting s = {.job = job};
    tl_code code;
    TL_CHECK(gather(&s, err));
    TL_CHECK(transform_spectra(&s, err));
    TL_CHECK(prepare_property(&s, err));
    TL_CHECK(select_bands(&s, err));
    TL_CHECK(write_bands(&s, err));
    TL_CHECK(write_curve(&s, err));
    TL_CHECK(write_paths(&s, err));
    put_result(&s);
done:
    free_selecting(&s);
    return code;
}

const tl_algorithm tl_alg_selectbands = {
    .id = "selectbands",
    .title = "Select bands",
    .group = "Models and maps",
    .summary =
        "Selects the bands that a regression of a property needs (CARS), and shows how often "
        "each one is selected.",
    .help =
        "Competitive adaptive reweighted sampling: in each step a partial least squares regression "
        "of a random share of the samples assigns a weight to every band, the weakest bands are "
        "excluded, and the others compete in weighted draws. Cross-validation decides which step "
        "was best. As the choice changes with the draws, it is repeated, and a band is kept when "
        "enough runs select it. Look at the frequency of a band: bands near 1 matter, but if all "
        "frequencies are similar, the samples cannot show which bands matter.\n"
        "Scene spectra are reflectance in the bands that are usable at the samples. Lab spectra are "
        "used at their own wavelengths, or in the bands of the scene when one is given. Bands are "
        "standardised before the regression.\n"
        "The table has one row per band: wavelength (nm), frequency (share of the runs) and chosen "
        "(1 or 0). A selection helps when the spectra are clean and harms when they are noisy. "
        "trainmodel can find out, because it repeats the selection in every fold.",
    .example =
        "tilth selectbands --lab lab.csv --samples samples.gpkg --id_field id --property "
        "SOM_g_kg --output bands_som.csv --curve bands_som_curve.csv --paths "
        "bands_som_paths.csv",
    .citation = "Li, Liang, Xu and Cao 2009, Anal. Chim. Acta 648:77; docs/methods/inversion.md",
    .tags = "CARS,band selection,wavelength,variable selection,PLSR,feature",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

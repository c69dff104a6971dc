/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `trainfusion`: learns to turn scene spectra into lab-like spectra, and says what that is
 * worth. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "fusion/diagnosis.h"
#include "fusion/groups.h"
#include "job/algorithm.h"
#include "model/document.h"
#include "recipes/model_files.h"
#include "tools/fusion/trainfusion_parts.h"
#include "training_set/study.h"

/* The kinds of transfer in the order of the choices of `method`. */
static const tl_transfer_kind method_kind[] = {
    TL_TRANSFER_DS,  TL_TRANSFER_PLS2, TL_TRANSFER_PDS, TL_TRANSFER_SLOPE,
    TL_TRANSFER_EPO, TL_TRANSFER_BEST, TL_TRANSFER_VAE};

/* The fewest pairs and bands that a fusion is fitted on. */
enum { LEAST_PAIRS = 8, LEAST_BANDS = 2 };

/* Reflectance above this is none; a scene with more of it than that share is refused. */
static const double bright = 2.0;
static const double bright_share = 0.01;

/* Values up to here may be percent, some over 100 for a white target. */
static const double percent_top = 120.0;

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Surface reflectance (0 to 1) with a wavelength for every band. Leave it out when the "
             "spectra are given as a table.",
     .optional = 1},
    {.id = "spectra",
     .kind = TL_ARG_SPECTRA,
     .label = "Spectra in place of the scene",
     .help = "Table from samplespectra, or spectra of the same samples from another instrument, in "
             "place of the scene; rows are found by the sample id.",
     .optional = 1},
    {.id = "samples",
     .kind = TL_ARG_POINTS,
     .label = "Samples",
     .help = "Points where the soil was taken, in any CRS. With spectra a table of ids is enough."},
    {.id = "id_field",
     .kind = TL_ARG_FIELD,
     .label = "Sample id",
     .help =
         "Field with the id that the lab spectra carry; left out, samples are numbered 1, 2, 3.",
     .optional = 1,
     .parent = "samples"},
    {.id = "lab",
     .kind = TL_ARG_SPECTRA,
     .label = "Laboratory spectra",
     .help = "Table with an id column and one column per wavelength, reflectance. Repeats of one "
             "id are averaged."},
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Method",
     .help =
         "ds: direct standardisation, a ridge regression between all bands; the better choice "
         "with few samples. pls2: the same by partial least squares. pds: every band from its "
         "neighbours, for two instruments of one kind. slope: a line per band. epo: what "
         "differs between the pairs is taken out of both sides. best: the one of these with the least error in inner cross-validation. vae: the fusion network. "
         "ds and pds are always judged beside the method.",
     .fallback = "ds",
     .choices = "ds,pls2,pds,slope,epo,best,vae"},
    {.id = "preset",
     .kind = TL_ARG_CHOICE,
     .label = "Preset of the network",
     .help = "honest: the network corrects direct standardisation and is held to the right sample "
             "by a paired loss. paper: the loss as printed, which ignores its input; for "
             "comparison.",
     .fallback = "honest",
     .choices = "honest,paper"},
    {.id = "neighbours",
     .kind = TL_ARG_FLAG,
     .label = "Use neighbouring pixels",
     .help = "Pixels N, S, E and W of a sample join with its lab spectrum when their spectral "
             "angle to the sample's pixel is below 0.08 rad. Left out: as in the preset (honest "
             "no, paper yes).",
     .optional = 1},
    {.id = "resample",
     .kind = TL_ARG_CHOICE,
     .label = "Lab spectra to scene bands",
     .help = "srf: weighted by a Gaussian of each band's width. linear: value at the band centre. "
             "Left out: as in the preset (honest srf, paper linear).",
     .optional = 1,
     .choices = "srf,linear"},
    {.id = "response",
     .kind = TL_ARG_FILE,
     .label = "Response table",
     .help = "CSV with wavelengths (nm) in the first column and the measured spectral response of "
             "one band in each other one: lab spectra become bands through it. Bands without a "
             "response whose centroid lies within half a width are left out.",
     .optional = 1,
     .advanced = 1},
    {.id = "half_window",
     .kind = TL_ARG_INTEGER,
     .label = "Half window",
     .unit = "bands",
     .help = "pds: bands on each side of a band that it is made from, 2 to 5 as a rule. A window "
             "does not reach over a gap between bands.",
     .fallback = "2",
     .advanced = 1,
     .min = 0,
     .max = TL_TRANSFER_MAX_HALF},
    {.id = "components",
     .kind = TL_ARG_INTEGER,
     .label = "Components",
     .unit = "",
     .help = "Components of pls2 and pds, directions of epo. Left out: pds 1, pls2 and epo chosen "
             "from 1 to 10 by cross-validation.",
     .optional = 1,
     .advanced = 1,
     .min = 1,
     .max = TL_TRANSFER_MAX_COMPONENTS},
    {.id = "keep_water",
     .kind = TL_ARG_FLAG,
     .label = "Keep water vapour windows",
     .help = "Use all bands of the scene or table, also those where air absorbs the light: for "
             "spectra of two laboratory instruments.",
     .fallback = "no",
     .advanced = 1},
    {.id = "epochs",
     .kind = TL_ARG_INTEGER,
     .label = "Epochs",
     .unit = "",
     .help = "How often the network sees all pairs. Left out: as in the preset (100).",
     .optional = 1,
     .advanced = 1,
     .min = 1,
     .max = 100000},
    {.id = "batch",
     .kind = TL_ARG_INTEGER,
     .label = "Batch",
     .unit = "spectra",
     .help = "Pairs per training step. Left out: as in the preset (16).",
     .optional = 1,
     .advanced = 1,
     .min = 2,
     .max = 100000},
    {.id = "learning_rate",
     .kind = TL_ARG_NUMBER,
     .label = "Learning rate",
     .unit = "",
     .help = "Step length of Adam. Left out: as in the preset (honest 0.001, paper 0.0001).",
     .optional = 1,
     .advanced = 1,
     .min = 1e-8,
     .max = 1},
    {.id = "latent",
     .kind = TL_ARG_INTEGER,
     .label = "Latent size",
     .unit = "",
     .help = "Numbers in the latent code. Left out: as in the preset (16).",
     .optional = 1,
     .advanced = 1,
     .min = 1,
     .max = TL_VAE_MAX_WIDTH},
    {.id = "widths",
     .kind = TL_ARG_TEXT,
     .label = "Widths of the layers",
     .help = "Units of the encoder's layers, up to six, with commas between; the decoder mirrors "
             "them. Left out: as in the preset (128,64,32).",
     .optional = 1,
     .advanced = 1},
    {.id = "skip",
     .kind = TL_ARG_FLAG,
     .label = "Correct direct standardisation",
     .help = "The network's output is added to direct standardisation, so that it learns only what "
             "that misses. Left out: as in the preset (honest yes, paper no).",
     .optional = 1,
     .advanced = 1},
    {.id = "dropout",
     .kind = TL_ARG_NUMBER,
     .label = "Dropout",
     .unit = "",
     .help = "Share of encoder units switched off in training. Left out: as in the preset (0.4).",
     .optional = 1,
     .advanced = 1,
     .min = 0,
     .max = 0.95},
    {.id = "early_stop",
     .kind = TL_ARG_FLAG,
     .label = "Stop early",
     .help = "A fifth of the samples is set aside, and the network keeps the weights of the epoch "
             "with the least error on them.",
     .fallback = "no",
     .advanced = 1},
    {.id = "sigma",
     .kind = TL_ARG_CHOICE,
     .label = "Reading of sigma",
     .help =
         "What the second head of the encoder is: the log variance, the log standard deviation, "
         "or as printed in the article, whose two equations differ. Left out: as in the preset "
         "(honest logvar, paper printed).",
     .optional = 1,
     .advanced = 1,
     .choices = "printed,logvar,logstd"},
    {.id = "network_output",
     .kind = TL_ARG_CHOICE,
     .label = "Output of the network",
     .help = "sigmoid: between 0 and 1; linear; affine: in units of the standard deviation of each "
             "band around its mean. Left out: as in the preset (honest affine, paper sigmoid).",
     .optional = 1,
     .advanced = 1,
     .choices = "sigmoid,linear,affine"},
    {.id = "network_input",
     .kind = TL_ARG_CHOICE,
     .label = "Input of the network",
     .help =
         "Spectra as they are, or every band with mean 0 and standard deviation 1. Left out: as "
         "in the preset (honest standardised, paper raw).",
     .optional = 1,
     .advanced = 1,
     .choices = "raw,standardised"},
    {.id = "init",
     .kind = TL_ARG_CHOICE,
     .label = "First weights",
     .help = "he: normal, of the size that keeps signals alive behind ReLU; uniform: as common "
             "frameworks start. Left out: as in the preset (he).",
     .optional = 1,
     .advanced = 1,
     .choices = "he,uniform"},
    {.id = "w_mmd",
     .kind = TL_ARG_NUMBER,
     .label = "Weight of MMD",
     .unit = "",
     .help =
         "Share of the loss: the maximum mean discrepancy between generated and lab spectra as two sets. Left out: as in the preset (honest 0.2, paper 1).",
     .optional = 1,
     .advanced = 1,
     .min = 0,
     .max = 1e6},
    {.id = "w_sad",
     .kind = TL_ARG_NUMBER,
     .label = "Weight of SAD",
     .unit = "",
     .help =
         "Share of the loss: the spectral angle between generated and lab spectrum (alpha). Left out: as in the preset (0.1).",
     .optional = 1,
     .advanced = 1,
     .min = 0,
     .max = 1e6},
    {.id = "w_kld",
     .kind = TL_ARG_NUMBER,
     .label = "Weight of KLD",
     .unit = "",
     .help =
         "Share of the loss: the divergence of the latent code from the normal distribution (beta). Left out: as in the preset (honest 0.001, paper 1).",
     .optional = 1,
     .advanced = 1,
     .min = 0,
     .max = 1e6},
    {.id = "w_rec",
     .kind = TL_ARG_NUMBER,
     .label = "Weight of the paired error",
     .unit = "",
     .help =
         "Share of the loss: the squared error between generated and lab spectrum, in units of each band's standard deviation. Left out: as in the preset (honest 1, paper 0).",
     .optional = 1,
     .advanced = 1,
     .min = 0,
     .max = 1e6},
    {.id = "compare_losses",
     .kind = TL_ARG_FLAG,
     .label = "Compare losses",
     .help = "Also trains the network with five losses (SAD + KLD, MMD + KLD, 0.5 MMD + 0.5 SAD + "
             "KLD, MMD + 0.1 SAD + KLD, and that of the preset honest), and puts their curves and "
             "their worth on held-out samples into the model file. Thirty trainings.",
     .fallback = "no",
     .advanced = 1},
    {.id = "seed",
     .kind = TL_ARG_INTEGER,
     .label = "Seed",
     .unit = "",
     .help = "The same seed gives the same model to the last bit.",
     .fallback = "1",
     .min = -9e15,
     .max = 9e15},
    {.id = "output",
     .kind = TL_ARG_MODEL_OUT,
     .label = "Fusion model",
     .help = "JSON file with bands, transfer, options, diagnosis and mean spectra."},
};

/* A flag or two-word choice as asked for, else 1 under the preset paper and 0 under honest. */
static int asked_or_paper(const tl_job *job, const char *id) {
    return tl_job_given(job, id) ? tl_job_choice(job, id)
                                 : strcmp(tl_job_text(job, "preset"), "paper") == 0;
}

/* The preset with what the user set himself. */
static tl_code read_options(const tl_job *job, tl_transfer_kind kind, tl_transfer_options *o,
                            tl_err *err) {
    TL_TRY(tl_fusion_transfer_preset(kind, tl_job_text(job, "preset"), o, err));
    o->seed = tl_job_integer(job, "seed");
    o->half = (ptrdiff_t)tl_job_integer(job, "half_window");
    if (tl_job_given(job, "components")) {
        o->components = (ptrdiff_t)tl_job_integer(job, "components");
    }
    TL_TRY(tl_trainfusion_read_network(job, &o->vae, err));
    return tl_fusion_transfer_options_check(o, err);
}

/* Everything between reading and writing. Owner. */
typedef struct fusion_work {
    tl_study study;
    tl_fusion_model model;
    tl_diagnosis ds;     /* of direct standardisation */
    tl_diagnosis pds;    /* of piecewise direct standardisation */
    tl_diagnosis chosen; /* of the method asked for */
    tl_matrix generated; /* [n_own, p] held-out spectra of the method asked for */
    tl_matrix curve;     /* [1, epochs] held-out error, empty for linear methods */
} fusion_work;

static void fusion_work_free(fusion_work *w) {
    tl_training_set_free(&w->study);
    tl_fusion_model_free(&w->model);
    tl_matrix_free(&w->generated);
    tl_matrix_free(&w->curve);
}

static void say_diagnosis(const tl_job *job, const char *name, const tl_diagnosis *d) {
    tl_job_log(
        job, TL_INFO,
        "%s on %td held-out samples: explained variance %.3f, correlation with the lab spectrum "
        "%.3f (shuffled pairs %.3f to %.3f), spread ratio %.3f, spectral angle %.4f rad",
        name, d->n, d->explained, d->correlation, d->shuffled_low, d->shuffled_high,
        d->spread_ratio, d->angle);
    if (d->active_units >= 0) {
        tl_job_log(job, TL_INFO, "%s: %td of %td latent units are active", name, d->active_units,
                   d->latent);
    }
    if (d->collapsed) {
        tl_job_log(job, TL_WARNING, "%s: %s", name, d->warning);
    }
}

/* Percent and scaled integers are named, never guessed: a wrong guess would go unseen. */
static tl_code check_reflectance(const tl_matrix *m, const char *what, tl_err *err) {
    const ptrdiff_t count = m->nrow * m->ncol;
    ptrdiff_t high = 0;
    double highest = 0.0;
    for (ptrdiff_t k = 0; k < count; k++) {
        high += m->data[k] > bright;
        highest = fmax(highest, m->data[k]);
    }
    const double scale = highest <= percent_top ? 0.01 : 0.0001;
    return (double)high > bright_share * (double)count
               ? tl_fail(err, TL_DATA, "%s: values up to %g are no reflectance (0 to 1)%s; %s %g",
                         what, highest, highest <= percent_top ? " but may be percent" : "",
                         strcmp(what, "scene") == 0
                             ? "give the scene a scale in its band table, for example"
                             : "multiply the table by the scale of its values, for example",
                         scale)
               : TL_OK;
}

static int is_constant(const tl_matrix *m, ptrdiff_t n, ptrdiff_t j) {
    for (ptrdiff_t i = 1; i < n; i++) {
        if (tl_matrix_row(m, i)[j] != m->data[j]) {
            return 0;
        }
    }
    return 1;
}

/* A band that is the same at all samples carries nothing. Some such bands are told of; when all are
 * so, there is nothing to learn from. */
static tl_code check_constant(tl_job *job, const tl_study *s, const tl_matrix *m, const char *what,
                              tl_err *err) {
    ptrdiff_t constant = 0;
    double first_nm = 0.0;
    for (ptrdiff_t j = 0; j < s->p; j++) {
        if (is_constant(m, s->n, j)) {
            first_nm = constant == 0 ? s->centre_nm[j] : first_nm;
            constant++;
        }
    }
    if (constant == s->p) {
        return tl_fail(err, TL_DATA,
                       "%s: the spectra of all %td samples are equal, so there is nothing to learn "
                       "from; check that they belong to these samples",
                       what, s->n);
    }
    if (constant > 0) {
        tl_job_log(job, TL_WARNING,
                   "%s: %td of %td bands (the first at %.1f nm) have the same value at all samples "
                   "and carry nothing",
                   what, constant, s->p, first_nm);
    }
    return TL_OK;
}

/* Switches of the network change nothing in a linear transfer. */
static void say_idle_switches(const tl_job *job) {
    static const char *const switches[] = {
        "epochs", "batch", "learning_rate",  "latent",        "widths", "skip",  "dropout", "sigma",
        "w_mmd",  "w_sad", "network_output", "network_input", "init",   "w_kld", "w_rec"};
    for (ptrdiff_t i = 0; i < TL_COUNT(switches); i++) {
        if (tl_job_given(job, switches[i])) {
            tl_job_log(job, TL_WARNING,
                       "%s is a switch of the network and does nothing with method %s; give "
                       "method vae, or leave it out",
                       switches[i], tl_job_text(job, "method"));
        }
    }
}

/* The pairs of scene and lab spectra that the fusion learns from. */
static tl_code gather(tl_job *job, tl_study *study, tl_err *err) {
    const int linear = asked_or_paper(job, "resample");
    if (tl_job_given(job, "scene") && tl_job_given(job, "spectra")) {
        return tl_fail(err, TL_ARG,
                       "parameters 'scene' and 'spectra' are both given; wanted one of them: the "
                       "spectra stand in for the scene");
    }
    const char *source = tl_job_given(job, "scene") ? "scene" : "spectra";
    const tl_study_request request = {
        .takes_table = 1,
        .needs_scene = 1,
        .needs_lab = 1,
        .keep_water = tl_job_flag(job, "keep_water"),
        .neighbours = tl_job_given(job, "scene") && asked_or_paper(job, "neighbours"),
        .fewest = LEAST_PAIRS,
        .response = linear ? TL_RESPONSE_LINEAR : TL_RESPONSE_GAUSSIAN,
        .takes_response = 1};
    TL_TRY(tl_training_set_gather(job, &request, study, err));
    if (study->p < LEAST_BANDS) {
        return tl_fail(err, TL_DATA,
                       "of the bands of the %s only %td can be used, at least %d are needed: "
                       "the others are flagged bad, empty at the samples, or outside the lab "
                       "spectra",
                       source, study->p, (int)LEAST_BANDS);
    }
    TL_TRY(check_reflectance(&study->scene, source, err));
    TL_TRY(check_reflectance(&study->lab, "lab", err));
    TL_TRY(check_constant(job, study, &study->scene, source, err));
    return check_constant(job, study, &study->lab, "lab", err);
}

/* One of the linear transfers that every method is shown beside. */
static tl_code judge_linear(tl_job *job, const fusion_work *w, tl_transfer_kind kind,
                            const tl_pairs *pairs, const tl_progress *p, tl_diagnosis *d,
                            tl_err *err) {
    tl_transfer_options o;
    TL_TRY(read_options(job, kind, &o, err));
    TL_TRY(tl_fusion_transfer_take_runs(&o, w->study.centre_nm, w->study.p, err));
    return tl_fusion_diagnose(&o, pairs, NULL, p, d, NULL, NULL, err);
}

static const char *title_of(tl_transfer_kind kind) {
    static const char *const titles[] = {"",
                                         "direct standardisation",
                                         "fusion network",
                                         "piecewise direct standardisation",
                                         "partial least squares",
                                         "slope and bias per band",
                                         "external parameter orthogonalisation",
                                         "best linear transfer"};
    return titles[kind];
}

/* The explained variance of all that were judged, in one line. */
static void say_comparison(tl_job *job, const fusion_work *w) {
    const tl_transfer_kind kind = w->model.options.kind;
    char own[80] = "";
    if (kind != TL_TRANSFER_DS && kind != TL_TRANSFER_PDS) {
        (void)snprintf(own, sizeof own, ", %s %.3f", title_of(kind), w->chosen.explained);
    }
    tl_job_log(job, TL_INFO,
               "explained variance on held-out samples: mean spectrum 0, direct standardisation "
               "%.3f, piecewise direct standardisation %.3f%s",
               w->ds.explained, w->pds.explained, own);
}

/* Fits the method on all pairs and judges it, and the linear transfers, on held-out samples. */
static tl_code fit_and_judge(tl_job *job, fusion_work *w, tl_err *err) {
    const tl_progress *whole = tl_job_progress(job);
    const tl_progress fit = tl_progress_part(whole, 0.05, 0.25);
    const tl_progress judge_ds = tl_progress_part(whole, 0.25, 0.30);
    const tl_progress judge_pds = tl_progress_part(whole, 0.30, 0.35);
    const tl_progress judge = tl_progress_part(whole, 0.35, 0.98);
    const tl_transfer_kind kind = w->model.options.kind;
    const tl_pairs pairs = {.satellite = w->study.scene,
                            .lab = w->study.lab,
                            .group = w->study.group,
                            .own = w->study.own};
    TL_TRY(tl_fusion_transfer_fit_grouped(&w->model.options, &pairs.satellite, &pairs.lab,
                                          pairs.group, NULL, NULL, &fit, &w->model.transfer, err));
    TL_TRY(judge_linear(job, w, TL_TRANSFER_DS, &pairs, &judge_ds, &w->ds, err));
    TL_TRY(judge_linear(job, w, TL_TRANSFER_PDS, &pairs, &judge_pds, &w->pds, err));
    TL_TRY(tl_fusion_diagnose(&w->model.options, &pairs, &w->model.transfer, &judge, &w->chosen,
                              &w->generated, &w->curve, err));
    say_diagnosis(job, title_of(kind), &w->chosen);
    if (kind == TL_TRANSFER_BEST) {
        tl_job_log(job, TL_INFO, "the best linear transfer of all pairs is %s (%s)",
                   title_of(w->model.transfer.kind),
                   tl_fusion_transfer_kind_word(w->model.transfer.kind));
    }
    if (kind != TL_TRANSFER_DS) {
        say_diagnosis(job, title_of(TL_TRANSFER_DS), &w->ds);
    }
    say_comparison(job, w);
    return TL_OK;
}

/* Mean and sd per band of the first n rows. */
static tl_code put_spectrum(json_t *spectra, const char *key, const tl_matrix *rows, ptrdiff_t n,
                            tl_err *err) {
    const tl_matrix own = {.nrow = n, .ncol = rows->ncol, .data = rows->data};
    tl_matrix figures;
    TL_TRY(tl_matrix_init(&figures, 2, rows->ncol, err));
    tl_fusion_mean_sd(&own, 0.0, tl_matrix_row(&figures, 0), tl_matrix_row(&figures, 1));
    json_t *part = json_object();
    tl_code code = tl_model_put_json(spectra, key, part, err);
    if (code == TL_OK) {
        code = tl_model_put_vector(part, "mean", tl_matrix_row(&figures, 0), rows->ncol, err);
    }
    if (code == TL_OK) {
        code = tl_model_put_vector(part, "sd", tl_matrix_row(&figures, 1), rows->ncol, err);
    }
    tl_matrix_free(&figures);
    return code;
}

static tl_code put_diagnosis(json_t *object, const char *key, const tl_diagnosis *d, tl_err *err) {
    json_t *json;
    TL_TRY(tl_fusion_diagnosis_to_json(d, &json, err));
    return tl_model_put_json(object, key, json, err);
}

static tl_code put_comparison(json_t *about, const fusion_work *w, tl_err *err) {
    const tl_transfer_kind kind = w->model.options.kind;
    json_t *comparison = json_object();
    json_t *warnings = json_array();
    TL_TRY(put_diagnosis(about, "diagnosis", &w->chosen, err));
    TL_TRY(tl_model_put_json(about, "comparison", comparison, err));
    TL_TRY(put_diagnosis(comparison, "ds", &w->ds, err));
    TL_TRY(put_diagnosis(comparison, "pds", &w->pds, err));
    if (kind != TL_TRANSFER_DS && kind != TL_TRANSFER_PDS) {
        TL_TRY(put_diagnosis(comparison, tl_fusion_transfer_kind_word(kind), &w->chosen, err));
    }
    if (kind == TL_TRANSFER_VAE) {
        TL_TRY(tl_model_put_vector(about, "held_out_curve", w->curve.data, w->curve.ncol, err));
    }
    if (w->chosen.collapsed) {
        json_array_append_new(warnings, json_string(w->chosen.warning));
    }
    return tl_model_put_json(about, "warnings", warnings, err);
}

static tl_code put_ids(json_t *samples, const tl_study *study, tl_err *err) {
    json_t *ids = json_array();
    for (ptrdiff_t i = 0; i < study->n; i++) {
        json_array_append_new(ids, json_string(study->id[i]));
    }
    return tl_model_put_json(samples, "id", ids, err);
}

/* What a reader of the file wants to know beside the transfer itself. */
static tl_code describe_model(tl_job *job, fusion_work *w, tl_err *err) {
    json_t *about = w->model.about;
    json_t *samples = json_object();
    json_t *spectra = json_object();
    TL_TRY(tl_recipes_put_record(job, about, err));
    TL_TRY(tl_model_put_text(about, "method", tl_job_text(job, "method"), err));
    TL_TRY(tl_model_put_text(about, "preset", tl_job_text(job, "preset"), err));
    TL_TRY(tl_model_put_text(about, "resample",
                             tl_job_given(job, "response")     ? "measured"
                             : asked_or_paper(job, "resample") ? "linear"
                                                               : "srf",
                             err));
    TL_TRY(tl_model_put_json(about, "samples", samples, err));
    TL_TRY(tl_model_put_integer(samples, "own_pixels", w->study.n, err));
    TL_TRY(tl_model_put_integer(samples, "neighbours", w->study.n_rows - w->study.n, err));
    TL_TRY(put_ids(samples, &w->study, err));
    TL_TRY(tl_model_put_json(about, "dropped_bands", json_incref(w->study.dropped_bands), err));
    TL_TRY(put_comparison(about, w, err));
    TL_TRY(tl_model_put_json(about, "spectra", spectra, err));
    TL_TRY(put_spectrum(spectra, "lab", &w->study.lab, w->study.n, err));
    TL_TRY(put_spectrum(spectra, "scene", &w->study.scene, w->study.n, err));
    return put_spectrum(spectra, "generated", &w->generated, w->study.n, err);
}

/* The losses of the article beside the honest one, into what the model tells. */
static tl_code add_losses(tl_job *job, fusion_work *w, tl_err *err) {
    const tl_progress part = tl_progress_part(tl_job_progress(job), 0.5, 0.98);
    const tl_pairs pairs = {.satellite = w->study.scene,
                            .lab = w->study.lab,
                            .group = w->study.group,
                            .own = w->study.own};
    json_t *losses;
    if (!tl_job_flag(job, "compare_losses")) {
        return TL_OK;
    }
    TL_TRY(tl_trainfusion_compare_losses(job, &pairs, &part, &losses, err));
    return tl_model_put_json(w->model.about, "losses", losses, err);
}

static tl_code write_model(tl_job *job, const tl_fusion_model *model, tl_err *err) {
    json_t *root = NULL;
    TL_TRY(tl_fusion_model_to_json(model, &root, err));
    return tl_recipes_write_model(job, "output", root, err);
}

static void put_results(tl_job *job, const fusion_work *w) {
    tl_job_put_text(job, "method", tl_job_text(job, "method"));
    tl_job_put_text(job, "transfer", tl_fusion_transfer_kind_word(w->model.transfer.kind));
    tl_job_put_number(job, "samples", (double)w->study.n);
    tl_job_put_number(job, "neighbours", (double)(w->study.n_rows - w->study.n));
    tl_job_put_number(job, "bands", (double)w->study.p);
    tl_job_put_number(job, "explained_variance", w->chosen.explained);
    tl_job_put_number(job, "explained_variance_ds", w->ds.explained);
    tl_job_put_number(job, "explained_variance_pds", w->pds.explained);
    tl_job_put_number(job, "angle_rad", w->chosen.angle);
    tl_job_put_number(job, "held_out_correlation", w->chosen.correlation);
    tl_job_put_number(job, "spread_ratio", w->chosen.spread_ratio);
    if (w->chosen.warning[0] != '\0') {
        tl_job_put_text(job, "warning", w->chosen.warning);
    }
}

static tl_code run(tl_job *job, tl_err *err) {
    fusion_work w = {0};
    tl_transfer_options options;
    tl_code code;
    TL_CHECK(read_options(job, method_kind[tl_job_choice(job, "method")], &options, err));
    if (options.kind != TL_TRANSFER_VAE && !tl_job_flag(job, "compare_losses")) {
        say_idle_switches(job);
    }
    TL_CHECK(gather(job, &w.study, err));
    TL_CHECK(tl_fusion_model_init(&w.model, w.study.p, err));
    memcpy(w.model.wavelength_nm, w.study.centre_nm, (size_t)w.study.p * sizeof(double));
    memcpy(w.model.fwhm_nm, w.study.fwhm_nm, (size_t)w.study.p * sizeof(double));
    if (options.kind == TL_TRANSFER_PDS || options.kind == TL_TRANSFER_BEST) {
        TL_CHECK(tl_fusion_transfer_take_runs(&options, w.study.centre_nm, w.study.p, err));
    }
    w.model.options = options;
    TL_CHECK(fit_and_judge(job, &w, err));
    TL_CHECK(describe_model(job, &w, err));
    TL_CHECK(add_losses(job, &w, err));
    TL_CHECK(write_model(job, &w.model, err));
    put_results(job, &w);
done:
    fusion_work_free(&w);
    return code;
}

const tl_algorithm tl_alg_trainfusion = {
    .id = "trainfusion",
    .title = "Train a fusion of scene and lab spectra",
    .group = "Fusion",
    .summary =
        "Learns to turn the scene's spectra into lab-like spectra from samples that have both.",
    .help =
        "Pairs the scene's spectrum at every sample with the sample's lab spectrum (resampled to "
        "the scene's bands) and learns the step from one to the other: by direct standardisation "
        "(ridge regression, its strength chosen by cross-validation), another linear transfer, the "
        "best of them, or a variational autoencoder. A table of spectra of the same samples from "
        "another instrument may stand in for the scene.\n"
        "Bands in the water vapour windows (1342-1451 and 1771-1977 nm), outside 400-2500 nm and "
        "in the overlap of two detectors are left out.\n"
        "The log and the model file hold a diagnosis on samples that the fit had not seen (five "
        "folds): explained variance, correlation with the right lab spectrum and with shuffled "
        "ones, spread between samples relative to the lab. When the generated spectra do not "
        "belong to their samples, a warning says so. Direct and piecewise direct standardisation are "
        "judged beside the method in any case.",
    .example =
        "tilth trainfusion --scene scene.tif --samples samples.gpkg --id_field id --lab lab.csv "
        "--output fusion.json",
    .citation =
        "Wang, Veltkamp and Kowalski 1991, Anal. Chem. 63:2750; de Jong 1993, Chemom. Intell. Lab. "
        "Syst. 18:251; Kingma and Welling 2014, ICLR; "
        "Gretton et al. 2012, JMLR 13:723; docs/methods/fusion.md.",
    .tags = "fusion,transfer,direct standardisation,VAE,autoencoder,lab spectra,ASD,hyperspectral",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `trainfusion`: learns to turn scene spectra into lab-like spectra, and evaluates the result
 * on held-out samples. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "fusion/diagnosis.h"
#include "fusion/groups.h"
#include "job/algorithm.h"
#include "json/json.h"
#include "model/document.h"
#include "recipes/model_files.h"
#include "recipes/shared_args.h"
#include "tools/fusion/trainfusion_parts.h"
#include "training_set/study.h"

/* The kinds of transfer, in the order of the choices of `method`. */
static const tl_transfer_kind method_kind[] = {
    TL_TRANSFER_DS,  TL_TRANSFER_PLS2, TL_TRANSFER_PDS, TL_TRANSFER_SLOPE,
    TL_TRANSFER_EPO, TL_TRANSFER_BEST, TL_TRANSFER_VAE};

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Scene of surface reflectance (0 to 1) with a wavelength for every band. Leave it out "
             "when the spectra are given as a table.",
     .optional = 1},
    {.id = "spectra",
     .kind = TL_ARG_SPECTRA,
     .label = "Spectra instead of a scene",
     .help =
         "Table from samplespectra, or spectra of the same samples from another instrument. Its "
         "rows are matched with the samples by id.",
     .optional = 1},
    {.id = "samples",
     .kind = TL_ARG_POINTS,
     .label = "Samples",
     .help = "Points where the soil was sampled, in any coordinate reference system (CRS). When a "
             "table of spectra replaces the scene, a table of ids is enough."},
    {TL_SHARED_ID_FIELD},
    {.id = "lab",
     .kind = TL_ARG_SPECTRA,
     .label = "Lab spectra",
     .help = "Table of reflectance spectra measured in the laboratory, with an id column and one "
             "column per wavelength. Several spectra of one id are averaged."},
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Method",
     .help = "How scene spectra are turned into lab-like spectra. The default ds is a ridge "
             "regression between all bands and the better choice with few samples; pds suits two "
             "instruments of one kind, best tries all linear methods, and vae is the fusion "
             "network. ds and pds are always evaluated too, for comparison.",
     .fallback = "ds",
     .choices = "ds,pls2,pds,slope,epo,best,vae",
     .labels = "Direct standardisation (DS)|Partial least squares (PLS2)|Piecewise direct "
               "standardisation (PDS)|Slope and bias of each band|External parameter "
               "orthogonalisation (EPO)|Best linear method|Fusion network (VAE)"},
    {.id = "preset",
     .kind = TL_ARG_CHOICE,
     .label = "Preset of the network",
     .help = "Loss and settings of the fusion network. By default the network corrects direct "
             "standardisation, and a paired loss ties each generated spectrum to its own sample. "
             "paper uses the loss as published, which ignores its input; use it for comparison "
             "only.",
     .fallback = "honest",
     .choices = "honest,paper",
     .labels = "Recommended|As in the paper"},
    {.id = "neighbours",
     .kind = TL_ARG_FLAG,
     .label = "Use neighbouring pixels",
     .help =
         "Adds the pixels N, S, E and W of a sample, with its lab spectrum, when their spectral "
         "angle to the sample's pixel is below 0.08 rad. By default no, with the preset paper "
         "yes.",
     .optional = 1},
    {.id = "resample",
     .kind = TL_ARG_CHOICE,
     .label = "Lab spectra to scene bands",
     .help = "How lab spectra are converted to the bands of the scene: srf weights them with a "
             "Gaussian of each band's width, linear reads them at the band centre. By default srf, "
             "with the preset paper linear.",
     .optional = 1,
     .choices = "srf,linear",
     .labels = "Gaussian of the band width|Value at the band centre"},
    {TL_SHARED_RESPONSE},
    {.id = "half_window",
     .kind = TL_ARG_INTEGER,
     .label = "Half window",
     .unit = "bands",
     .help = "For pds: number of bands on each side of a band that it is predicted from, usually 2 "
             "to 5. A window does not cross a gap between bands.",
     .fallback = "2",
     .advanced = 1,
     .min = 0,
     .max = TL_TRANSFER_MAX_HALF},
    {.id = "components",
     .kind = TL_ARG_INTEGER,
     .label = "Components",
     .unit = "",
     .help =
         "Number of components of pls2 and pds, or of directions that epo removes. By default 1 "
         "for pds; for pls2 and epo cross-validation chooses from 1 to 10.",
     .optional = 1,
     .advanced = 1,
     .min = 1,
     .max = TL_TRANSFER_MAX_COMPONENTS},
    {.id = "keep_water",
     .kind = TL_ARG_FLAG,
     .label = "Keep water vapour windows",
     .help =
         "Uses all bands of the scene or table, also those where the air absorbs the light. Use "
         "it for spectra of two laboratory instruments.",
     .fallback = "no",
     .advanced = 1},
    {.id = "epochs",
     .kind = TL_ARG_INTEGER,
     .label = "Epochs",
     .unit = "",
     .help = "Number of times that the network sees all pairs. By default 100.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .min = 1,
     .max = 100000},
    {.id = "batch",
     .kind = TL_ARG_INTEGER,
     .label = "Batch size",
     .unit = "",
     .help = "Number of pairs per training step. By default 16.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .min = 2,
     .max = 100000},
    {.id = "learning_rate",
     .kind = TL_ARG_NUMBER,
     .label = "Learning rate",
     .unit = "",
     .help = "Step length of the optimiser (Adam). By default 0.001, with the preset paper 0.0001. "
             "Choose a smaller one when the training diverges.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .min = 1e-8,
     .max = 1},
    {.id = "latent",
     .kind = TL_ARG_INTEGER,
     .label = "Latent size",
     .unit = "",
     .help = "Number of values in the latent code, to which a spectrum is compressed. By default "
             "16.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .min = 1,
     .max = TL_VAE_MAX_WIDTH},
    {.id = "widths",
     .kind = TL_ARG_TEXT,
     .label = "Widths of the layers",
     .help = "Numbers of units in the layers of the encoder, at most six, separated by commas; the "
             "decoder has the same layers in reverse order. By default 128,64,32.",
     .optional = 1,
     .advanced = 1,
     .network = 1},
    {.id = "skip",
     .kind = TL_ARG_FLAG,
     .label = "Correct direct standardisation",
     .help = "Adds the output of the network to direct standardisation, so that the network learns "
             "only what that method misses. By default yes, with the preset paper no.",
     .optional = 1,
     .advanced = 1,
     .network = 1},
    {.id = "dropout",
     .kind = TL_ARG_NUMBER,
     .label = "Dropout",
     .unit = "",
     .help = "Share of the encoder's units that are switched off at random during training. By "
             "default 0.4.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .min = 0,
     .max = 0.95},
    {.id = "early_stop",
     .kind = TL_ARG_FLAG,
     .label = "Stop early",
     .help = "Sets a fifth of the samples aside and keeps the weights of the epoch with the "
             "smallest error on them. By default the network is trained on all samples for all "
             "epochs.",
     .fallback = "no",
     .advanced = 1,
     .network = 1},
    {.id = "sigma",
     .kind = TL_ARG_CHOICE,
     .label = "Meaning of sigma",
     .help =
         "Meaning of the second output of the encoder: the log variance, the log standard "
         "deviation, or as printed in the paper, whose two equations differ. By default logvar, "
         "with the preset paper printed.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .choices = "printed,logvar,logstd",
     .labels = "As printed in the paper|Log variance|Log standard deviation"},
    {.id = "network_output",
     .kind = TL_ARG_CHOICE,
     .label = "Output of the network",
     .help =
         "sigmoid limits the output to values between 0 and 1, linear does not; affine scales it with "
         "in units of the standard deviation of each band around its mean. By default affine, "
         "with the preset paper sigmoid.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .choices = "sigmoid,linear,affine",
     .labels = "Between 0 and 1 (sigmoid)|Unlimited (linear)|In standard deviations of each band"},
    {.id = "network_input",
     .kind = TL_ARG_CHOICE,
     .label = "Input of the network",
     .help =
         "Spectra as they are, or with every band scaled to mean 0 and standard deviation 1. By "
         "default standardised, with the preset paper raw.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .choices = "raw,standardised",
     .labels = "Reflectance|Standardised bands"},
    {.id = "init",
     .kind = TL_ARG_CHOICE,
     .label = "Initial weights",
     .help = "Distribution of the random weights before training: he is normal, with a size that "
             "suits ReLU layers; uniform is what common frameworks use. By default he.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .choices = "he,uniform",
     .labels = "Normal (He)|Uniform"},
    {.id = "w_mmd",
     .kind = TL_ARG_NUMBER,
     .label = "Weight of MMD",
     .unit = "",
     .help = "Weight in the loss of the maximum mean discrepancy between all generated and all lab "
             "spectra. By default 0.2, with the preset paper 1.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .min = 0,
     .max = 1e6},
    {.id = "w_sad",
     .kind = TL_ARG_NUMBER,
     .label = "Weight of SAD",
     .unit = "",
     .help = "Weight in the loss of the spectral angle between a generated spectrum and its lab "
             "spectrum (alpha). By default 0.1.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .min = 0,
     .max = 1e6},
    {.id = "w_kld",
     .kind = TL_ARG_NUMBER,
     .label = "Weight of KLD",
     .unit = "",
     .help = "Weight in the loss of the divergence of the latent code from the normal distribution "
             "(beta). By default 0.001, with the preset paper 1.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .min = 0,
     .max = 1e6},
    {.id = "w_rec",
     .kind = TL_ARG_NUMBER,
     .label = "Weight of the paired error",
     .unit = "",
     .help = "Weight in the loss of the squared error between a generated spectrum and its lab "
             "spectrum, in units of each band's standard deviation. By default 1, with the preset "
             "paper 0.",
     .optional = 1,
     .advanced = 1,
     .network = 1,
     .min = 0,
     .max = 1e6},
    {.id = "compare_losses",
     .kind = TL_ARG_FLAG,
     .label = "Compare losses",
     .help = "Also trains the network with five losses (SAD + KLD, MMD + KLD, 0.5 MMD + 0.5 SAD + "
             "KLD, MMD + 0.1 SAD + KLD, and that of the preset honest) and writes their learning "
             "curves and their figures on held-out samples into the model file. It needs thirty "
             "trainings.",
     .fallback = "no",
     .advanced = 1},
    {TL_SHARED_SEED},
    {TL_SHARED_SPECTRA_ID},
    {TL_SHARED_MISSING_VALUES},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_MODEL_OUT,
     .label = "Fusion model",
     .help = "JSON file with the bands, the transfer, its options, its evaluation and mean "
             "spectra."},
};

/* The preset, with the options that the user set. */
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
    tl_diagnosis chosen; /* of the requested method */
    tl_matrix generated; /* [n_own, p] held-out spectra of the requested method */
    tl_matrix curve;     /* [1, epochs] held-out error, empty for linear methods */
} fusion_work;

static void fusion_work_free(fusion_work *w) {
    tl_training_set_free(&w->study);
    tl_fusion_model_free(&w->model);
    tl_matrix_free(&w->generated);
    tl_matrix_free(&w->curve);
}

static void log_diagnosis(const tl_job *job, const char *name, const tl_diagnosis *d) {
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

/* 1 when the user set an option of the network to something else than its fallback. */
static int is_set(const tl_job *job, const tl_arg *option) {
    const char *value = tl_job_text(job, option->id);
    return value != NULL && (option->fallback == NULL || strcmp(value, option->fallback) != 0);
}

/* A linear transfer ignores the options of the network. */
static void warn_of_ignored_options(const tl_job *job) {
    for (ptrdiff_t i = 0; i < TL_COUNT(arguments); i++) {
        if (arguments[i].network && is_set(job, &arguments[i])) {
            tl_job_log(job, TL_WARNING,
                       "%s is an option of the network and has no effect with method %s; use "
                       "method vae, or leave it out",
                       arguments[i].id, tl_job_text(job, "method"));
        }
    }
}

/* Evaluates one of the linear transfers that every method is compared with. */
static tl_code evaluate_linear(tl_job *job, const fusion_work *w, tl_transfer_kind kind,
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

/* Logs the explained variance of all evaluated methods in one line. */
static void log_comparison(tl_job *job, const fusion_work *w) {
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

/* Fits the method on all pairs and evaluates it, and the linear transfers, on held-out samples. */
static tl_code fit_and_evaluate(tl_job *job, fusion_work *w, tl_err *err) {
    const tl_progress *whole = tl_job_progress(job);
    const tl_progress fit = tl_progress_part(whole, 0.05, 0.25);
    const tl_progress evaluating_ds = tl_progress_part(whole, 0.25, 0.30);
    const tl_progress evaluating_pds = tl_progress_part(whole, 0.30, 0.35);
    const tl_progress evaluating = tl_progress_part(whole, 0.35, 0.98);
    const tl_transfer_kind kind = w->model.options.kind;
    const tl_pairs pairs = {.satellite = w->study.scene,
                            .lab = w->study.lab,
                            .group = w->study.group,
                            .own = w->study.own};
    TL_TRY(tl_fusion_transfer_fit_grouped(&w->model.options, &pairs.satellite, &pairs.lab,
                                          pairs.group, NULL, NULL, &fit, &w->model.transfer, err));
    TL_TRY(evaluate_linear(job, w, TL_TRANSFER_DS, &pairs, &evaluating_ds, &w->ds, err));
    TL_TRY(evaluate_linear(job, w, TL_TRANSFER_PDS, &pairs, &evaluating_pds, &w->pds, err));
    TL_TRY(tl_fusion_diagnose(&w->model.options, &pairs, &w->model.transfer, &evaluating,
                              &w->chosen, &w->generated, &w->curve, err));
    log_diagnosis(job, title_of(kind), &w->chosen);
    if (kind == TL_TRANSFER_BEST) {
        tl_job_log(job, TL_INFO, "the best linear transfer of all pairs is %s (%s)",
                   title_of(w->model.transfer.kind),
                   tl_fusion_transfer_kind_word(w->model.transfer.kind));
    }
    if (kind != TL_TRANSFER_DS) {
        log_diagnosis(job, title_of(TL_TRANSFER_DS), &w->ds);
    }
    log_comparison(job, w);
    return TL_OK;
}

/* Mean and standard deviation per band of the first n rows. */
static tl_code put_spectrum(json_t *spectra, const char *key, const tl_matrix *rows, ptrdiff_t n,
                            tl_err *err) {
    const tl_matrix own = {.nrow = n, .ncol = rows->ncol, .data = rows->data};
    tl_matrix figures;
    TL_TRY(tl_matrix_init(&figures, 2, rows->ncol, err));
    tl_fusion_mean_sd(&own, 0.0, tl_matrix_row(&figures, 0), tl_matrix_row(&figures, 1));
    json_t *part = tl_json_object();
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
    TL_TRY(put_diagnosis(about, "diagnosis", &w->chosen, err));
    json_t *comparison = tl_json_object();
    TL_TRY(tl_model_put_json(about, "comparison", comparison, err));
    TL_TRY(put_diagnosis(comparison, "ds", &w->ds, err));
    TL_TRY(put_diagnosis(comparison, "pds", &w->pds, err));
    if (kind != TL_TRANSFER_DS && kind != TL_TRANSFER_PDS) {
        TL_TRY(put_diagnosis(comparison, tl_fusion_transfer_kind_word(kind), &w->chosen, err));
    }
    if (kind == TL_TRANSFER_VAE) {
        TL_TRY(tl_model_put_vector(about, "held_out_curve", w->curve.data, w->curve.ncol, err));
    }
    json_t *warnings = tl_json_array();
    if (w->chosen.collapsed) {
        tl_json_append(warnings, tl_json_text(w->chosen.warning));
    }
    return tl_model_put_json(about, "warnings", warnings, err);
}

static tl_code put_ids(json_t *samples, const tl_study *study, tl_err *err) {
    json_t *ids = tl_json_array();
    for (ptrdiff_t i = 0; i < study->n; i++) {
        tl_json_append(ids, tl_json_text(study->id[i]));
    }
    return tl_model_put_json(samples, "id", ids, err);
}

/* The description of the model, in addition to the transfer itself. */
static tl_code describe_model(tl_job *job, fusion_work *w, tl_err *err) {
    json_t *about = w->model.about;
    TL_TRY(tl_recipes_put_record(job, about, err));
    TL_TRY(tl_model_put_text(about, "method", tl_job_text(job, "method"), err));
    TL_TRY(tl_model_put_text(about, "preset", tl_job_text(job, "preset"), err));
    TL_TRY(tl_model_put_text(about, "resample",
                             tl_job_given(job, "response")                    ? "measured"
                             : tl_trainfusion_asked_or_paper(job, "resample") ? "linear"
                                                                              : "srf",
                             err));
    json_t *samples = tl_json_object();
    TL_TRY(tl_model_put_json(about, "samples", samples, err));
    TL_TRY(tl_model_put_integer(samples, "own_pixels", w->study.n, err));
    TL_TRY(tl_model_put_integer(samples, "neighbours", w->study.n_rows - w->study.n, err));
    TL_TRY(put_ids(samples, &w->study, err));
    TL_TRY(tl_model_put_json(about, "dropped_bands", json_incref(w->study.excluded_bands), err));
    TL_TRY(put_comparison(about, w, err));
    json_t *spectra = tl_json_object();
    TL_TRY(tl_model_put_json(about, "spectra", spectra, err));
    TL_TRY(put_spectrum(spectra, "lab", &w->study.lab, w->study.n, err));
    TL_TRY(put_spectrum(spectra, "scene", &w->study.scene, w->study.n, err));
    return put_spectrum(spectra, "generated", &w->generated, w->study.n, err);
}

/* Adds the comparison of the losses of the paper with that of the preset honest. */
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
        warn_of_ignored_options(job);
    }
    TL_CHECK(tl_trainfusion_gather(job, &w.study, err));
    TL_CHECK(tl_fusion_model_init(&w.model, w.study.p, err));
    memcpy(w.model.wavelength_nm, w.study.centre_nm, (size_t)w.study.p * sizeof(double));
    memcpy(w.model.fwhm_nm, w.study.fwhm_nm, (size_t)w.study.p * sizeof(double));
    if (options.kind == TL_TRANSFER_PDS || options.kind == TL_TRANSFER_BEST) {
        TL_CHECK(tl_fusion_transfer_take_runs(&options, w.study.centre_nm, w.study.p, err));
    }
    w.model.options = options;
    TL_CHECK(fit_and_evaluate(job, &w, err));
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
        "Learns from samples that have both to turn the scene's spectra into lab-like spectra.",
    .help =
        "Pairs the scene's spectrum at every sample with the sample's lab spectrum (converted to "
        "the scene's bands) and learns to predict one from the other: by direct standardisation "
        "(ridge regression, its strength chosen by cross-validation), by another linear method, by "
        "the best of them, or by a variational autoencoder. The other linear methods are partial "
        "least squares (pls2), a regression of every band on its neighbours (pds), a line for every "
        "band (slope), and the removal of the differences between the pairs from both sides (epo). "
        "A table of spectra of the same samples from another instrument may replace the scene.\n"
        "Bands in the water vapour windows (1342-1451 and 1771-1977 nm), outside 400-2500 nm and "
        "in the overlap of two detectors are left out.\n"
        "The log and the model file contain an evaluation on samples that were left out of the fit "
        "(five folds): explained variance, correlation with the right lab spectrum and with "
        "shuffled ones, and spread between samples relative to the lab. A warning appears when the "
        "generated spectra do not belong to their samples. Direct and piecewise direct "
        "standardisation are always evaluated too.",
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

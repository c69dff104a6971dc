/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `trainfusion`: learns to turn scene spectra into lab-like spectra, and says what that is
 * worth. */
#include <math.h>
#include <string.h>

#include "algs/algorithm.h"
#include "algs/model_files.h"
#include "algs/study.h"
#include "base/text.h"
#include "fusion/diagnosis.h"
#include "fusion/groups.h"
#include "model/document.h"

enum { METHOD_DS = 0, METHOD_VAE };

/* The fewest pairs and bands that a fusion is fitted on. */
enum { LEAST_PAIRS = 10, LEAST_BANDS = 2 };

/* Reflectance above this is none; a scene with more of it than that share is refused. */
static const double bright = 2.0;
static const double bright_share = 0.01;

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Surface reflectance (0 to 1) with a wavelength for every band."},
    {.id = "samples",
     .kind = TL_ARG_POINTS,
     .label = "Samples",
     .help = "Points where the soil was taken, in any CRS."},
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
     .help = "ds: direct standardisation, a ridge regression between the spectra; the better "
             "choice with few samples. vae: the fusion network. Direct standardisation is always "
             "judged beside it.",
     .fallback = "ds",
     .choices = "ds,vae"},
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
    {.id = "dropout",
     .kind = TL_ARG_NUMBER,
     .label = "Dropout",
     .unit = "",
     .help = "Share of encoder units switched off in training. Left out: as in the preset (0.4).",
     .optional = 1,
     .advanced = 1,
     .min = 0,
     .max = 0.95},
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

static tl_code read_widths(const char *text, tl_vae_options *v, tl_err *err) {
    v->depth = 0;
    for (const char *at = text;; at++) {
        char part[32];
        double value;
        const size_t length = strcspn(at, ",");
        if (length < sizeof part) {
            memcpy(part, at, length);
            part[length] = '\0';
        }
        if (v->depth >= TL_VAE_MAX_DEPTH || length >= sizeof part ||
            !tl_parse_number(part, &value) || value < 1.0 || value > (double)TL_VAE_MAX_WIDTH ||
            value != floor(value)) {
            return tl_fail(
                err, TL_ARG,
                "parameter 'widths' is '%.100s'; wanted one to %d whole numbers from 1 to %d, such "
                "as 128,64,32",
                text, (int)TL_VAE_MAX_DEPTH, (int)TL_VAE_MAX_WIDTH);
        }
        v->width[v->depth++] = (ptrdiff_t)value;
        at += length;
        if (*at == '\0') {
            return TL_OK;
        }
    }
}

/* A flag or two-word choice as asked for, else 1 under the preset paper and 0 under honest. */
static int asked_or_paper(const tl_job *job, const char *id) {
    return tl_job_given(job, id) ? tl_job_choice(job, id)
                                 : strcmp(tl_job_text(job, "preset"), "paper") == 0;
}

/* The preset with what the user set himself. */
static tl_code read_options(const tl_job *job, tl_transfer_kind kind, tl_transfer_options *o,
                            tl_err *err) {
    TL_TRY(tl_transfer_preset(kind, tl_job_text(job, "preset"), o, err));
    o->seed = tl_job_integer(job, "seed");
    if (tl_job_given(job, "epochs")) {
        o->vae.epochs = (int)tl_job_integer(job, "epochs");
    }
    if (tl_job_given(job, "batch")) {
        o->vae.batch = (int)tl_job_integer(job, "batch");
    }
    if (tl_job_given(job, "learning_rate")) {
        o->vae.learning_rate = tl_job_number(job, "learning_rate");
    }
    if (tl_job_given(job, "latent")) {
        o->vae.latent = (ptrdiff_t)tl_job_integer(job, "latent");
    }
    if (tl_job_given(job, "dropout")) {
        o->vae.dropout = tl_job_number(job, "dropout");
    }
    if (tl_job_given(job, "widths")) {
        TL_TRY(read_widths(tl_job_text(job, "widths"), &o->vae, err));
    }
    return tl_transfer_options_check(o, err);
}

/* Everything between reading and writing. Owner. */
typedef struct fusion_work {
    tl_study study;
    tl_fusion_model model;
    tl_diagnosis ds;     /* of direct standardisation */
    tl_diagnosis chosen; /* of the method asked for */
    tl_matrix generated; /* [n_own, p] held-out spectra of the method asked for */
    tl_matrix curve;     /* [1, epochs] held-out error, empty for ds */
} fusion_work;

static void fusion_work_free(fusion_work *w) {
    tl_study_free(&w->study);
    tl_fusion_model_free(&w->model);
    tl_matrix_free(&w->generated);
    tl_matrix_free(&w->curve);
}

static void say_diagnosis(const tl_job *job, const char *name, const tl_diagnosis *d) {
    tl_job_say(
        job, TL_INFO,
        "%s on %td held-out samples: explained variance %.3f, correlation with the lab spectrum "
        "%.3f (shuffled pairs %.3f to %.3f), spread ratio %.3f, spectral angle %.4f rad",
        name, d->n, d->explained, d->correlation, d->shuffled_low, d->shuffled_high,
        d->spread_ratio, d->angle);
    if (d->active_units >= 0) {
        tl_job_say(job, TL_INFO, "%s: %td of %td latent units are active", name, d->active_units,
                   d->latent);
    }
    if (d->collapsed) {
        tl_job_say(job, TL_WARNING, "%s: %s", name, d->warning);
    }
}

static tl_code check_reflectance(const tl_study *study, tl_err *err) {
    const ptrdiff_t count = study->n * study->p;
    ptrdiff_t high = 0;
    double highest = 0.0;
    for (ptrdiff_t k = 0; k < count; k++) {
        high += study->scene.data[k] > bright;
        highest = fmax(highest, study->scene.data[k]);
    }
    return (double)high > bright_share * (double)count
               ? tl_fail(err, TL_DATA,
                         "the scene has values up to %g at the samples, which is no reflectance (0 "
                         "to 1); give it a scale in its band table, for example 0.0001",
                         highest)
               : TL_OK;
}

/* The pairs of scene and lab spectra that the fusion learns from. */
static tl_code gather(tl_job *job, tl_study *study, tl_err *err) {
    const int linear = asked_or_paper(job, "resample");
    const tl_study_request request = {
        .needs_scene = 1,
        .needs_lab = 1,
        .neighbours = asked_or_paper(job, "neighbours"),
        .fewest = LEAST_PAIRS,
        .response = linear ? TL_RESPONSE_LINEAR : TL_RESPONSE_GAUSSIAN};
    TL_TRY(tl_algs_gather_study(job, &request, study, err));
    if (study->p < LEAST_BANDS) {
        return tl_fail(err, TL_DATA,
                       "of the bands of the scene only %td can be used, at least %d are needed: "
                       "the others are flagged bad, empty at the samples, or outside the lab "
                       "spectra",
                       study->p, (int)LEAST_BANDS);
    }
    return check_reflectance(study, err);
}

/* Fits the method on all pairs and judges it, and direct standardisation, on held-out samples. */
static tl_code fit_and_judge(tl_job *job, int method, fusion_work *w, tl_err *err) {
    const tl_progress *whole = tl_job_progress(job);
    const tl_progress fit = tl_progress_part(whole, 0.05, 0.25);
    const tl_progress judge_ds = tl_progress_part(whole, 0.25, 0.35);
    const tl_progress judge_vae = tl_progress_part(whole, 0.35, 0.98);
    const tl_pairs pairs = {.satellite = w->study.scene,
                            .lab = w->study.lab,
                            .group = w->study.group,
                            .own = w->study.own};
    tl_transfer_options ds;
    TL_TRY(read_options(job, TL_TRANSFER_DS, &ds, err));
    TL_TRY(tl_transfer_fit_grouped(&w->model.options, &pairs.satellite, &pairs.lab, pairs.group,
                                   NULL, NULL, &fit, &w->model.transfer, err));
    TL_TRY(tl_diagnose(&ds, &pairs, NULL, &judge_ds, &w->ds, &w->generated, NULL, err));
    say_diagnosis(job, "direct standardisation", &w->ds);
    w->chosen = w->ds;
    if (method == METHOD_VAE) {
        tl_matrix_free(&w->generated);
        TL_TRY(tl_diagnose(&w->model.options, &pairs, &w->model.transfer, &judge_vae, &w->chosen,
                           &w->generated, &w->curve, err));
        say_diagnosis(job, "fusion network", &w->chosen);
    }
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
    TL_TRY(tl_diagnosis_to_json(d, &json, err));
    return tl_model_put_json(object, key, json, err);
}

static tl_code put_comparison(json_t *about, int method, const fusion_work *w, tl_err *err) {
    json_t *comparison = json_object();
    json_t *warnings = json_array();
    TL_TRY(put_diagnosis(about, "diagnosis", &w->chosen, err));
    TL_TRY(tl_model_put_json(about, "comparison", comparison, err));
    TL_TRY(put_diagnosis(comparison, "ds", &w->ds, err));
    if (method == METHOD_VAE) {
        TL_TRY(put_diagnosis(comparison, "vae", &w->chosen, err));
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
static tl_code describe_model(tl_job *job, int method, fusion_work *w, tl_err *err) {
    json_t *about = w->model.about;
    json_t *samples = json_object();
    json_t *spectra = json_object();
    TL_TRY(tl_algs_put_record(job, about, err));
    TL_TRY(tl_model_put_text(about, "method", tl_job_text(job, "method"), err));
    TL_TRY(tl_model_put_text(about, "preset", tl_job_text(job, "preset"), err));
    TL_TRY(tl_model_put_text(about, "resample", asked_or_paper(job, "resample") ? "linear" : "srf",
                             err));
    TL_TRY(tl_model_put_json(about, "samples", samples, err));
    TL_TRY(tl_model_put_integer(samples, "own_pixels", w->study.n, err));
    TL_TRY(tl_model_put_integer(samples, "neighbours", w->study.n_rows - w->study.n, err));
    TL_TRY(put_ids(samples, &w->study, err));
    TL_TRY(tl_model_put_json(about, "dropped_bands", json_incref(w->study.dropped_bands), err));
    TL_TRY(put_comparison(about, method, w, err));
    TL_TRY(tl_model_put_json(about, "spectra", spectra, err));
    TL_TRY(put_spectrum(spectra, "lab", &w->study.lab, w->study.n, err));
    TL_TRY(put_spectrum(spectra, "scene", &w->study.scene, w->study.n, err));
    return put_spectrum(spectra, "generated", &w->generated, w->study.n, err);
}

static tl_code write_model(tl_job *job, const tl_fusion_model *model, tl_err *err) {
    json_t *root = NULL;
    TL_TRY(tl_fusion_model_to_json(model, &root, err));
    return tl_algs_write_model(job, "output", root, err);
}

static void put_results(tl_job *job, const fusion_work *w) {
    tl_job_put_text(job, "method", tl_job_text(job, "method"));
    tl_job_put_number(job, "samples", (double)w->study.n);
    tl_job_put_number(job, "neighbours", (double)(w->study.n_rows - w->study.n));
    tl_job_put_number(job, "bands", (double)w->study.p);
    tl_job_put_number(job, "explained_variance", w->chosen.explained);
    tl_job_put_number(job, "explained_variance_ds", w->ds.explained);
    tl_job_put_number(job, "held_out_correlation", w->chosen.correlation);
    tl_job_put_number(job, "spread_ratio", w->chosen.spread_ratio);
    if (w->chosen.warning[0] != '\0') {
        tl_job_put_text(job, "warning", w->chosen.warning);
    }
}

static tl_code run(tl_job *job, tl_err *err) {
    const int method = tl_job_choice(job, "method");
    fusion_work w = {0};
    tl_transfer_options options;
    tl_code code;
    TL_CHECK(
        read_options(job, method == METHOD_VAE ? TL_TRANSFER_VAE : TL_TRANSFER_DS, &options, err));
    TL_CHECK(gather(job, &w.study, err));
    TL_CHECK(tl_fusion_model_init(&w.model, w.study.p, err));
    memcpy(w.model.wavelength_nm, w.study.centre_nm, (size_t)w.study.p * sizeof(double));
    memcpy(w.model.fwhm_nm, w.study.fwhm_nm, (size_t)w.study.p * sizeof(double));
    w.model.options = options;
    TL_CHECK(fit_and_judge(job, method, &w, err));
    TL_CHECK(describe_model(job, method, &w, err));
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
        "(ridge regression, its strength chosen by cross-validation) or by a variational "
        "autoencoder.\n"
        "Bands in the water vapour windows (1342-1451 and 1771-1977 nm), outside 400-2500 nm and "
        "in the overlap of two detectors are left out.\n"
        "The log and the model file hold a diagnosis on samples that the fit had not seen (five "
        "folds): explained variance, correlation with the right lab spectrum and with shuffled "
        "ones, spread between samples relative to the lab. When the generated spectra do not "
        "belong to their samples, a warning says so. Direct standardisation is judged beside the "
        "network in any case.",
    .example =
        "tilth trainfusion --scene scene.tif --samples samples.gpkg --id_field id --lab lab.csv "
        "--output fusion.json",
    .citation =
        "Wang, Veltkamp and Kowalski 1991, Anal. Chem. 63:2750; Kingma and Welling 2014, ICLR; "
        "Gretton et al. 2012, JMLR 13:723; docs/methods/fusion.md.",
    .tags = "fusion,transfer,direct standardisation,VAE,autoencoder,lab spectra,ASD,hyperspectral",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

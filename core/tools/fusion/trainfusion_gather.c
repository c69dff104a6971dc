/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pairs of spectra that trainfusion learns from, and their checks; see trainfusion_parts.h. */
#include <math.h>
#include <string.h>

#include "tools/fusion/trainfusion_parts.h"

/* The minimum numbers of pairs and bands that a fusion is fitted on. */
enum { MIN_PAIRS = 8, MIN_BANDS = 2 };

/* Values above this cannot be reflectance; spectra with a larger share of them are refused. */
static const double max_reflectance = 2.0;
static const double max_share = 0.01;

/* Values up to this may be percent, slightly over 100 for a white target. */
static const double max_percent = 120.0;

int tl_trainfusion_asked_or_paper(const tl_job *job, const char *id) {
    return tl_job_given(job, id) ? tl_job_choice(job, id)
                                 : strcmp(tl_job_text(job, "preset"), "paper") == 0;
}

/* Percent and scaled integers are reported, never converted by a guess that could be wrong. */
static tl_code check_reflectance(const tl_matrix *m, const char *what, tl_err *err) {
    const ptrdiff_t count = m->nrow * m->ncol;
    ptrdiff_t high = 0;
    double highest = 0.0;
    for (ptrdiff_t k = 0; k < count; k++) {
        high += m->data[k] > max_reflectance;
        highest = fmax(highest, m->data[k]);
    }
    const double scale = highest <= max_percent ? 0.01 : 0.0001;
    return (double)high > max_share * (double)count
               ? tl_fail(err, TL_DATA, "%s: values up to %g are not reflectance (0 to 1)%s; %s %g",
                         what, highest, highest <= max_percent ? " but may be percent" : "",
                         strcmp(what, "scene") == 0
                             ? "set the scale of the scene in its band table, for example"
                             : "multiply the table by its scale, for example",
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

/* A band with the same value at all samples has no information. The log warns of such bands; when all
 * bands are so, there is nothing to learn from. */
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
                   "and no information",
                   what, constant, s->p, first_nm);
    }
    return TL_OK;
}

tl_code tl_trainfusion_gather(tl_job *job, tl_study *study, tl_err *err) {
    const int linear = tl_trainfusion_asked_or_paper(job, "resample");
    if (tl_job_given(job, "scene") && tl_job_given(job, "spectra")) {
        return tl_fail(
            err, TL_ARG,
            "parameters 'scene' and 'spectra' are both given; wanted one of them, because "
            "the spectra replace the scene");
    }
    const char *source = tl_job_given(job, "scene") ? "scene" : "spectra";
    const tl_study_request request = {
        .accepts_table = 1,
        .needs_scene = 1,
        .needs_lab = 1,
        .keep_water = tl_job_flag(job, "keep_water"),
        .neighbours =
            tl_job_given(job, "scene") && tl_trainfusion_asked_or_paper(job, "neighbours"),
        .min_samples = MIN_PAIRS,
        .response = linear ? TL_RESPONSE_LINEAR : TL_RESPONSE_GAUSSIAN,
        .accepts_response = 1};
    TL_TRY(tl_training_set_gather(job, &request, study, err));
    if (study->p < MIN_BANDS) {
        return tl_fail(
            err, TL_DATA,
            "%s: only %td bands can be used; wanted at least %d; the others are marked as "
            "bad, empty at the samples, or outside the range of the lab spectra",
            source, study->p, (int)MIN_BANDS);
    }
    TL_TRY(check_reflectance(&study->scene, source, err));
    TL_TRY(check_reflectance(&study->lab, "lab", err));
    TL_TRY(check_constant(job, study, &study->scene, source, err));
    return check_constant(job, study, &study->lab, "lab", err);
}

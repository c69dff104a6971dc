/* SPDX-License-Identifier: GPL-2.0-or-later
 * Searches the seeds of a network and generates the spectra of the best ones; see seed_spectra.h. */
#include "tools/fusion/seed_spectra.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "fusion/seed_search.h"
#include "source/match_ids.h"

enum { MIN_VALUES = 4, SMOOTHING_DEGREE = 2 };

/* Everything of a search. Owner. */
typedef struct seed_work {
    tl_job *job;
    const tl_spectra *spectra;
    const tl_matrix *x;
    tl_samples samples;
    ptrdiff_t n;        /* spectra with a value */
    ptrdiff_t *used;    /* [n] their rows */
    tl_matrix known;    /* [n, p] */
    tl_matrix property; /* [1, n] */
    tl_segments segments;
    tl_savgol smooth;
    tl_seed_search search;
} seed_work;

static void work_free(seed_work *w) {
    tl_source_samples_free(&w->samples);
    tl_release(w->used);
    tl_matrix_free(&w->known);
    tl_matrix_free(&w->property);
    tl_spectra_segments_free(&w->segments);
    tl_spectra_savgol_free(&w->smooth);
    tl_fusion_seed_search_free(&w->search);
}

/* Reads the text "first:last". */
static tl_code read_seeds(const tl_job *job, tl_seed_search_options *o, tl_err *err) {
    const char *text = tl_job_text(job, "seeds");
    const char *colon = strchr(text, ':');
    char first[32];
    double low;
    double high;
    const size_t length = colon == NULL ? sizeof first : (size_t)(colon - text);
    if (length < sizeof first) {
        (void)snprintf(first, sizeof first, "%.*s", (int)length, text);
    }
    if (length >= sizeof first || !tl_parse_number(first, &low) ||
        !tl_parse_number(colon + 1, &high) || low != floor(low) || high != floor(high) ||
        fabs(low) > 9e15 || fabs(high) > 9e15 || high < low) {
        return tl_fail(err, TL_ARG,
                       "parameter 'seeds' is '%.100s'; wanted the first and the last seed, "
                       "separated by a colon, such as -9999:9999",
                       text);
    }
    o->first = (int64_t)low;
    o->last = (int64_t)high;
    return TL_OK;
}

static int is_whole(const tl_matrix *x, ptrdiff_t row) {
    for (ptrdiff_t j = 0; j < x->ncol; j++) {
        if (!isfinite(tl_matrix_row(x, row)[j])) {
            return 0;
        }
    }
    return 1;
}

/* The spectra whose sample has a value. */
static tl_code join(seed_work *w, tl_err *err) {
    const ptrdiff_t n = w->spectra->n;
    const char *field = tl_job_text(w->job, "property");
    TL_TRY(tl_job_store(w->job)->read_samples(tl_job_text(w->job, "samples"), "samples",
                                              tl_job_text(w->job, "id_field"), &field, 1, NULL,
                                              tl_job_progress(w->job), &w->samples, err));
    TL_TRY(tl_source_match_ids(w->samples.id, w->samples.n, "samples", w->spectra->id, n,
                               "the spectra", !tl_job_given(w->job, "id_field"),
                               "give the field with the same ids as id_field", err));
    w->used = tl_acquire(n, sizeof *w->used);
    if (w->used == NULL) {
        return tl_no_memory(err, "%td spectra", n);
    }
    TL_TRY(tl_matrix_init(&w->property, 1, n, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        const ptrdiff_t k = tl_source_samples_find(&w->samples, w->spectra->id[i]);
        const double y = k < 0 ? (double)NAN : tl_matrix_row(&w->samples.values, k)[0];
        if (isfinite(y) && is_whole(w->x, i)) {
            w->property.data[w->n] = y;
            w->used[w->n++] = i;
        }
    }
    if (w->n < MIN_VALUES) {
        return tl_fail(
            err, TL_DATA,
            "only %td spectra have a value of %.100s; the search of seeds needs at least "
            "%d",
            w->n, field, (int)MIN_VALUES);
    }
    w->property.ncol = w->n;
    return tl_matrix_take_rows(&w->known, w->x, w->used, w->n, err);
}

static tl_code settle_smoothing(seed_work *w, const tl_fusion_model *model, tl_err *err) {
    const tl_savgol_options o = {.window = (ptrdiff_t)tl_job_integer(w->job, "smoothing"),
                                 .degree = SMOOTHING_DEGREE};
    if (o.window == 1) {
        return TL_OK;
    }
    TL_TRY(tl_spectra_segments(model->wavelength_nm, model->p, &w->segments, err));
    return tl_spectra_savgol_init(&o, model->wavelength_nm, &w->segments, &w->smooth, err);
}

/* Only for the largest correlation there is a formula of what chance reaches. */
static int has_chance_score(const tl_seed_search_options *o) {
    return o->score == TL_SEED_MAX || o->score == TL_SEED_MAX_SPEARMAN;
}

/* Logs what was found, and what chance finds. */
static void log_found(const seed_work *w, const tl_seed_search_options *o) {
    const tl_seed_found *f = &w->search.found[0];
    const char *field = tl_job_text(w->job, "property");
    for (int k = 0; k < o->kept; k++) {
        tl_job_log(w->job, TL_INFO, "%s: seed %lld, score %.3f", field, (long long)f->seed[k],
                   f->score[k]);
    }
    tl_job_log(w->job, TL_INFO, "%s: the best of %.0f seeds has the score %.3f on %td samples",
               field, (double)(o->last - o->first) + 1.0, f->score[0], w->n);
    if (has_chance_score(o)) {
        tl_job_log(w->job, TL_INFO,
                   "%s: with spectra without information the same search finds about %.3f", field,
                   f->floor);
    }
    if (o->permutations > 0) {
        tl_job_log(w->job, TL_INFO,
                   "%s: the same search on %td shuffled properties reaches the score with p = %.3f",
                   field, o->permutations, f->p);
    }
    if (o->permutations > 0 ? f->p > 0.05 : has_chance_score(o) && f->score[0] <= f->floor) {
        tl_job_log(
            w->job, TL_WARNING,
            "%s: the score of the search is not above chance; the spectra of these seeds have "
            "no information about other samples",
            field);
    }
}

static void put_found(const seed_work *w, const tl_seed_search_options *o) {
    const tl_seed_found *f = &w->search.found[0];
    tl_text seeds = {0};
    for (int k = 0; k < o->kept; k++) {
        tl_text_addf(&seeds, "%s%lld", k == 0 ? "" : ",", (long long)f->seed[k]);
    }
    tl_job_put_text(w->job, "best_seeds", tl_text_data(&seeds));
    tl_text_free(&seeds);
    tl_job_put_number(w->job, "score", f->score[0]);
    if (has_chance_score(o)) {
        tl_job_put_number(w->job, "chance_score", f->floor);
    }
    if (o->permutations > 0) {
        tl_job_put_number(w->job, "p", f->p);
    }
}

/* Mean spectra of the best seeds for every row of x. With different masks for every spectrum, a row has
 * the same number as in the search: its position in the table. */
static tl_code generate(const seed_work *w, const tl_fusion_model *model, int per_sample,
                        const tl_seed_search_options *o, tl_matrix *generated, tl_err *err) {
    ptrdiff_t *row = tl_acquire(w->x->nrow, sizeof *row);
    if (row == NULL) {
        return tl_no_memory(err, "%td spectra", w->x->nrow);
    }
    for (ptrdiff_t i = 0; i < w->x->nrow; i++) {
        row[i] = i;
    }
    const tl_code code = tl_fusion_apply_seeds(&model->transfer, w->x, per_sample ? row : NULL,
                                               w->search.found[0].seed, o->kept,
                                               w->smooth.p > 0 ? &w->smooth : NULL, generated, err);
    tl_release(row);
    return code;
}

tl_code tl_seed_spectra(tl_job *job, const tl_fusion_model *model, const tl_spectra *spectra,
                        const tl_matrix *x, tl_matrix *generated, tl_err *err) {
    const int per_sample = tl_job_choice(job, "masks") == 1;
    seed_work w = {.job = job, .spectra = spectra, .x = x};
    tl_seed_search_options o = tl_fusion_seed_search_defaults();
    tl_code code;
    o.score = (tl_seed_score)tl_job_choice(job, "seed_score");
    o.kept = (int)tl_job_integer(job, "kept");
    o.permutations = (ptrdiff_t)tl_job_integer(job, "permutations");
    o.threads = tl_job_threads(job);
    *generated = (tl_matrix){0};
    TL_CHECK(read_seeds(job, &o, err));
    TL_CHECK(
        model->transfer.kind == TL_TRANSFER_VAE
            ? TL_OK
            : tl_fail(err, TL_ARG,
                      "parameter 'seeds': only a network has seeds; train the fusion model with "
                      "method vae"));
    TL_CHECK(o.last - o.first + 1 >= (int64_t)o.kept
                 ? TL_OK
                 : tl_fail(err, TL_ARG,
                           "parameter 'kept' is %d; wanted at most the number of seeds", o.kept));
    TL_CHECK(join(&w, err));
    TL_CHECK(settle_smoothing(&w, model, err));
    TL_CHECK(tl_fusion_search_seeds(&model->transfer, &w.known, per_sample ? w.used : NULL,
                                    &w.property, w.smooth.p > 0 ? &w.smooth : NULL, &o,
                                    tl_job_progress(job), &w.search, err));
    log_found(&w, &o);
    put_found(&w, &o);
    code = generate(&w, model, per_sample, &o, generated, err);
done:
    work_free(&w);
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Gathers samples, pixel spectra and lab spectra; see study.h. The steps in other files are listed in
 * study_work.h. */
#include "training_set/study.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "json/json.h"
#include "training_set/excluded.h"
#include "training_set/study_work.h"

enum { ROWS_PER_SAMPLE = 5 }; /* at most: its own pixel and four neighbours */

void tl_training_set_exclude(tl_study_work *w, ptrdiff_t i, const char *reason) {
    if (w->reason[i] == NULL) {
        w->reason[i] = reason;
    }
}

int tl_training_set_complete(const double *value, ptrdiff_t n) {
    for (ptrdiff_t j = 0; j < n; j++) {
        if (!isfinite(value[j])) {
            return 0;
        }
    }
    return 1;
}

/* --- inputs --- */

/* Opens the scene, or the table that replaces it, and copies its bands. */
static tl_code open_scene(tl_study_work *w, const tl_progress *progress, tl_err *err) {
    tl_job *job = w->job;
    if (tl_job_given(job, "scene")) {
        w->source = "scene";
        TL_TRY(w->store->open_raster(tl_job_text(job, "scene"), "scene", &w->raster, err));
        w->info = w->store->raster_info(w->raster);
        return tl_bands_copy(&w->bands, &w->info->bands, err);
    }
    if (w->request->accepts_table && tl_job_given(job, "spectra")) {
        w->source = "spectra";
        TL_TRY(w->store->read_spectra(tl_job_text(job, "spectra"), "spectra", progress, &w->table,
                                      err));
        return tl_recipes_bands_of_table(&w->table, &w->bands, err);
    }
    return w->request->needs_scene
               ? tl_fail(err, TL_ARG,
                         "parameters 'scene' and 'spectra' are both missing; give the scene, or a "
                         "table of its spectra at the samples")
               : TL_OK;
}

static tl_code open_lab(tl_study_work *w, const tl_progress *progress, tl_err *err) {
    if (!tl_job_given(w->job, "lab")) {
        return tl_fail(err, TL_ARG,
                       "parameter 'lab' is missing, but these features need lab spectra");
    }
    TL_TRY(w->store->read_spectra(tl_job_text(w->job, "lab"), "lab", progress, &w->lab_table, err));
    if (w->source != NULL) {
        return TL_OK;
    }
    w->source = "lab";
    return tl_recipes_bands_of_table(&w->lab_table, &w->bands, err);
}

static tl_code read_points(tl_study_work *w, tl_study *s, const tl_progress *progress,
                           tl_err *err) {
    const int uses_property = w->request->uses_property;
    const char *asked = w->request->property;
    const char *field = !uses_property  ? NULL
                        : asked != NULL ? asked
                                        : tl_job_text(w->job, "property");
    TL_TRY(w->store->read_samples(
        tl_job_text(w->job, "samples"), "samples", tl_job_text(w->job, "id_field"), &field,
        uses_property, w->info == NULL ? NULL : &w->info->geo, progress, &w->samples, err));
    w->cell = tl_acquire(w->samples.n, sizeof *w->cell);
    w->reason = tl_acquire(w->samples.n, sizeof *w->reason);
    w->kept = tl_acquire(w->samples.n, sizeof *w->kept);
    if (w->cell == NULL || w->reason == NULL || w->kept == NULL) {
        return tl_no_memory(err, "the samples");
    }
    for (ptrdiff_t i = 0; i < w->samples.n; i++) {
        w->cell[i] = -1;
    }
    return uses_property ? tl_training_set_fill_property(w, s, err) : TL_OK;
}

/* --- which samples are kept --- */

static void exclude_gaps(tl_study_work *w) {
    const tl_study_request *r = w->request;
    const ptrdiff_t p = w->list.p;
    for (ptrdiff_t i = 0; i < w->samples.n; i++) {
        if (r->needs_scene && !tl_training_set_complete(tl_matrix_row(&w->scene, i), p)) {
            tl_training_set_exclude(w, i, "no value in a band of the scene");
        }
        if (r->needs_lab && tl_source_spectra_find(&w->lab_table, w->samples.id[i]) < 0) {
            tl_training_set_exclude(w, i, "no lab spectrum with this id");
        }
        if (r->needs_lab && !tl_training_set_complete(tl_matrix_row(&w->lab, i), p)) {
            tl_training_set_exclude(w, i, "gaps in the lab spectrum");
        }
    }
}

static tl_code check_count(const tl_study_work *w, const tl_study *s, tl_err *err) {
    if (s->n >= w->request->min_samples) {
        return TL_OK;
    }
    tl_text reasons = {0};
    tl_training_set_excluded_count(s->excluded, &reasons);
    const tl_code code = tl_fail(
        err, TL_DATA,
        "samples: only %td of the %td samples of '%s' can be used; wanted at least %td%s%s%s", s->n,
        w->samples.n, tl_job_text(w->job, "samples"), w->request->min_samples,
        reasons.length > 0 ? " (left out: " : "", tl_text_data(&reasons),
        reasons.length > 0 ? ")" : "");
    tl_text_free(&reasons);
    return code;
}

static tl_code keep_samples(tl_study_work *w, tl_study *s, tl_err *err) {
    exclude_gaps(w);
    for (ptrdiff_t i = 0; i < w->samples.n; i++) {
        if (w->reason[i] == NULL) {
            w->kept[s->n++] = i;
        } else {
            TL_TRY(tl_training_set_excluded_add(s->excluded, w->samples.id[i], w->reason[i], err));
        }
    }
    tl_training_set_excluded_log(w->job, s->excluded);
    return check_count(w, s, err);
}

/* --- the study --- */

static tl_code acquire_rows(tl_study *s, ptrdiff_t rows, tl_err *err) {
    s->id = tl_acquire(s->n, sizeof *s->id);
    s->x = tl_acquire(s->n, sizeof *s->x);
    s->y = tl_acquire(s->n, sizeof *s->y);
    s->value = tl_acquire(s->n, sizeof *s->value);
    s->group = tl_acquire(rows, sizeof *s->group);
    s->own = tl_acquire(rows, sizeof *s->own);
    s->col = tl_acquire(rows, sizeof *s->col);
    s->line = tl_acquire(rows, sizeof *s->line);
    s->number = tl_acquire(s->p, sizeof *s->number);
    s->centre_nm = tl_acquire(s->p, sizeof *s->centre_nm);
    s->fwhm_nm = tl_acquire(s->p, sizeof *s->fwhm_nm);
    return s->id == NULL || s->x == NULL || s->y == NULL || s->value == NULL || s->group == NULL ||
                   s->own == NULL || s->col == NULL || s->line == NULL || s->number == NULL ||
                   s->centre_nm == NULL || s->fwhm_nm == NULL
               ? tl_no_memory(err, "the samples")
               : TL_OK;
}

/* 1 when samples j and k are in one pixel or, without a scene, have equal coordinates; NaN is equal
 * to nothing. */
static int share_position(const tl_study_work *w, const tl_study *s, ptrdiff_t j, ptrdiff_t k) {
    const ptrdiff_t cell = w->cell[w->kept[k]];
    const int same_cell = cell >= 0 && w->cell[w->kept[j]] == cell;
    return same_cell || (w->info == NULL && s->x[j] == s->x[k] && s->y[j] == s->y[k]);
}

/* Puts sample k into the group of earlier samples with its position or its id. When these belong to
 * several groups, the groups are merged. */
static void join_group(const tl_study_work *w, tl_study *s, ptrdiff_t k) {
    s->group[k] = k;
    for (ptrdiff_t j = 0; j < k; j++) {
        if (s->group[j] == s->group[k] ||
            (!share_position(w, s, j, k) && strcmp(s->id[j], s->id[k]) != 0)) {
            continue;
        }
        const ptrdiff_t first = tl_min(s->group[j], s->group[k]);
        const ptrdiff_t other = s->group[j] + s->group[k] - first;
        for (ptrdiff_t i = 0; i <= k; i++) {
            s->group[i] = s->group[i] == other ? first : s->group[i];
        }
    }
}

static tl_code fill_samples(const tl_study_work *w, tl_study *s, tl_err *err) {
    tl_training_set_fill_positions(w, s);
    for (ptrdiff_t k = 0; k < s->n; k++) {
        const ptrdiff_t i = w->kept[k];
        s->id[k] = tl_copy_text(w->samples.id[i]);
        if (s->id[k] == NULL) {
            return tl_no_memory(err, "the samples");
        }
        s->value[k] =
            w->request->uses_property ? tl_matrix_row(&w->samples.values, i)[0] : (double)NAN;
        s->own[k] = 1;
        const ptrdiff_t cell = w->cell[i];
        s->col[k] = cell < 0 ? -1 : cell % w->info->ncol;
        s->line[k] = cell < 0 ? -1 : cell / w->info->ncol;
        join_group(w, s, k);
    }
    s->n_rows = s->n;
    return TL_OK;
}

/* Copies the spectra of the samples kept into a matrix with a capacity of that many rows. */
static tl_code copy_kept(const tl_study_work *w, const tl_matrix *from, ptrdiff_t n, ptrdiff_t rows,
                         tl_matrix *to, tl_err *err) {
    TL_TRY(tl_matrix_init(to, rows, from->ncol, err));
    for (ptrdiff_t k = 0; k < n; k++) {
        memcpy(tl_matrix_row(to, k), tl_matrix_row(from, w->kept[k]),
               (size_t)from->ncol * sizeof *to->data);
    }
    to->nrow = n;
    return TL_OK;
}

static tl_code fill_study(const tl_study_work *w, tl_study *s, tl_err *err) {
    const tl_study_request *r = w->request;
    const ptrdiff_t rows = s->n * (r->neighbours ? ROWS_PER_SAMPLE : 1);
    s->p = w->list.p;
    TL_TRY(acquire_rows(s, rows, err));
    for (ptrdiff_t j = 0; j < s->p; j++) {
        s->number[j] = w->list.number[j];
        s->centre_nm[j] = w->list.centre_nm[j];
        s->fwhm_nm[j] = w->list.fwhm_nm[j] > 0.0 ? w->list.fwhm_nm[j] : 0.0;
    }
    TL_TRY(fill_samples(w, s, err));
    if (r->needs_scene) {
        TL_TRY(copy_kept(w, &w->scene, s->n, rows, &s->scene, err));
    }
    if (r->needs_lab) {
        TL_TRY(copy_kept(w, &w->lab, s->n, rows, &s->lab, err));
    }
    if (r->neighbours) {
        TL_TRY(tl_training_set_add_neighbours(w, s, err));
        s->scene.nrow = s->n_rows;
        s->lab.nrow = s->n_rows;
    }
    return TL_OK;
}

static void free_work(tl_study_work *w) {
    w->store->close_raster(w->raster);
    tl_source_spectra_free(&w->table);
    tl_source_spectra_free(&w->lab_table);
    tl_source_samples_free(&w->samples);
    tl_bands_free(&w->bands);
    tl_recipes_band_list_free(&w->list);
    tl_release(w->cell);
    tl_matrix_free(&w->scene);
    tl_matrix_free(&w->lab);
    tl_release(w->lab_reaches);
    tl_release((void *)w->reason);
    tl_release(w->kept);
}

tl_code tl_training_set_gather(tl_job *job, const tl_study_request *request, tl_study *study,
                               tl_err *err) {
    *study = (tl_study){.excluded = tl_json_array(), .excluded_bands = tl_json_array()};
    tl_study_work w = {.job = job, .store = tl_job_store(job), .request = request};
    const tl_progress progress = tl_progress_part(tl_job_progress(job), 0.0, 0.05);
    tl_code code = TL_OK;
    TL_CHECK(open_scene(&w, &progress, err));
    if (request->needs_lab) {
        TL_CHECK(open_lab(&w, &progress, err));
    }
    TL_CHECK(tl_training_set_select_bands(&w, err));
    TL_CHECK(read_points(&w, study, &progress, err));
    TL_CHECK(tl_training_set_prepare_tables(&w, err));
    if (request->needs_scene) {
        TL_CHECK(tl_training_set_read_scene(&w, &progress, err));
    }
    if (request->needs_lab) {
        TL_CHECK(tl_training_set_join_lab(&w, err));
    }
    TL_CHECK(tl_training_set_settle_bands(&w, study->excluded_bands, err));
    TL_CHECK(keep_samples(&w, study, err));
    TL_CHECK(fill_study(&w, study, err));
    if (request->uses_property) {
        code = tl_training_set_check_property(&w, study, err);
    }
done:
    free_work(&w);
    if (code != TL_OK) {
        tl_training_set_free(study);
    }
    return code;
}

void tl_training_set_free(tl_study *s) {
    if (s == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; s->id != NULL && i < s->n; i++) {
        tl_release(s->id[i]);
    }
    tl_release(s->id);
    tl_release(s->x);
    tl_release(s->y);
    tl_release(s->value);
    tl_release(s->property);
    tl_release(s->group);
    tl_release(s->own);
    tl_release(s->col);
    tl_release(s->line);
    tl_release(s->number);
    tl_release(s->centre_nm);
    tl_release(s->fwhm_nm);
    tl_matrix_free(&s->scene);
    tl_matrix_free(&s->lab);
    json_decref(s->excluded);
    json_decref(s->excluded_bands);
    *s = (tl_study){0};
}

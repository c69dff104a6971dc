/* SPDX-License-Identifier: GPL-2.0-or-later
 * Gathering of samples, pixel spectra and lab spectra; see study.h. */
#include "algs/study.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "spectra/badbands.h"
#include "spectra/match.h"
#include "spectra/resample.h"

/* Everything before the rows with gaps are dropped. */
typedef struct gathering {
    tl_job *job;
    const tl_store *store;
    const tl_study_request *request;
    tl_raster *raster;          /* NULL without scene */
    const tl_raster_info *info; /* of raster */
    tl_spectra table;           /* in place of a scene */
    tl_spectra lab_table;
    tl_samples samples;
    tl_bands bands; /* of scene or table, flagged */
    ptrdiff_t p;
    ptrdiff_t *index;  /* [p] positions in bands */
    double *centre_nm; /* [p] */
    double *fwhm_nm;   /* [p] */
    tl_matrix scene;   /* [samples, p] NaN where missing */
    tl_matrix lab;
    ptrdiff_t *pixel;    /* [samples] row * ncol + col, -1 outside or without scene */
    const char **reason; /* [samples] why dropped; NULL = kept */
} gathering;

static tl_code no_memory(tl_err *err) {
    return tl_fail(err, TL_NOMEM, "out of memory for the samples");
}

static int given(const gathering *g, const char *id) {
    return id != NULL && tl_job_given(g->job, id);
}

/* --- bands --- */

static tl_code bands_of_table(const tl_spectra *table, tl_bands *bands, tl_err *err) {
    TL_TRY(tl_bands_init(bands, table->p, err));
    for (ptrdiff_t j = 0; j < table->p; j++) {
        bands->band[j].centre_nm = table->wavelength_nm[j];
        bands->band[j].fwhm_nm = table->fwhm_nm[j];
    }
    return tl_bands_complete(bands, err);
}

static tl_code acquire_bands(gathering *g, ptrdiff_t most, tl_err *err) {
    g->index = tl_acquire(most, sizeof *g->index);
    g->centre_nm = tl_acquire(most, sizeof *g->centre_nm);
    g->fwhm_nm = tl_acquire(most, sizeof *g->fwhm_nm);
    return g->index == NULL || g->centre_nm == NULL || g->fwhm_nm == NULL ? no_memory(err) : TL_OK;
}

/* The good bands by rising wavelength. */
static tl_code choose_good_bands(gathering *g, tl_err *err) {
    ptrdiff_t *order = tl_acquire(g->bands.n, sizeof *order);
    if (order == NULL) {
        return no_memory(err);
    }
    tl_bands_order(&g->bands, order);
    for (ptrdiff_t i = 0; i < g->bands.n; i++) {
        const tl_band *band = &g->bands.band[order[i]];
        if (band->good) {
            g->index[g->p] = order[i];
            g->centre_nm[g->p] = band->centre_nm;
            g->fwhm_nm[g->p] = band->fwhm_nm > 0.0 ? band->fwhm_nm : 0.0;
            g->p++;
        }
    }
    tl_release(order);
    return TL_OK;
}

static tl_code choose_bands(gathering *g, tl_err *err) {
    const tl_study_request *r = g->request;
    const char *source = g->raster != NULL ? r->scene : g->table.n > 0 ? r->spectra : r->lab;
    if (r->p > 0) {
        TL_TRY(acquire_bands(g, r->p, err));
        g->p = r->p;
        memcpy(g->centre_nm, r->centre_nm, (size_t)r->p * sizeof *g->centre_nm);
        for (ptrdiff_t j = 0; j < r->p; j++) {
            g->fwhm_nm[j] = r->fwhm_nm[j] > 0.0 ? r->fwhm_nm[j] : 0.0;
        }
        if (g->raster == NULL && g->table.n == 0) {
            return TL_OK;
        }
        const tl_code code =
            tl_spectra_match(r->centre_nm, r->fwhm_nm, r->p, &g->bands, 0.0, g->index, err);
        return code == TL_OK ? TL_OK : tl_fail_in(err, code, source);
    }
    const tl_band_rules rules = tl_spectra_default_rules();
    if (tl_spectra_flag_bands(&g->bands, &rules) == 0) {
        return tl_fail(
            err, TL_DATA,
            "parameter '%s': none of the %td bands of '%s' is usable (the first one: %s); "
            "wavelengths are read from the ENVI header or the band metadata",
            source, g->bands.n, tl_job_text(g->job, source), g->bands.band[0].reason);
    }
    TL_TRY(acquire_bands(g, g->bands.n, err));
    return choose_good_bands(g, err);
}

/* --- pixel spectra --- */

static void drop(gathering *g, ptrdiff_t i, const char *reason) {
    if (g->reason[i] == NULL) {
        g->reason[i] = reason;
    }
}

static tl_code find_pixel(gathering *g, ptrdiff_t i, tl_err *err) {
    double col = 0.0;
    double row = 0.0;
    if (!isfinite(g->samples.x[i]) || !isfinite(g->samples.y[i])) {
        drop(g, i, "no position");
        return TL_OK;
    }
    TL_TRY(tl_georef_to_cell(&g->info->geo, g->samples.x[i], g->samples.y[i], &col, &row, err));
    if (!(col >= 0.0 && row >= 0.0 && col < (double)g->info->ncol && row < (double)g->info->nrow)) {
        drop(g, i, "outside the scene");
        return TL_OK;
    }
    g->pixel[i] = (ptrdiff_t)row * g->info->ncol + (ptrdiff_t)col;
    return TL_OK;
}

static tl_code read_pixels(gathering *g, tl_err *err) {
    int *file_band = tl_acquire(g->p, sizeof *file_band);
    float *value = tl_acquire(g->p, sizeof *value);
    tl_code code = file_band == NULL || value == NULL ? no_memory(err) : TL_OK;
    for (ptrdiff_t j = 0; code == TL_OK && j < g->p; j++) {
        file_band[j] = g->bands.band[g->index[j]].index;
    }
    for (ptrdiff_t i = 0; code == TL_OK && i < g->samples.n; i++) {
        code = find_pixel(g, i, err);
        if (code != TL_OK || g->pixel[i] < 0) {
            continue;
        }
        code =
            g->store->read_window(g->raster, g->pixel[i] % g->info->ncol,
                                  g->pixel[i] / g->info->ncol, 1, 1, file_band, g->p, value, err);
        for (ptrdiff_t j = 0; code == TL_OK && j < g->p; j++) {
            tl_matrix_row(&g->scene, i)[j] = (double)value[j];
        }
    }
    tl_release(file_band);
    tl_release(value);
    return code;
}

static void take_from_table(gathering *g) {
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        const ptrdiff_t row = tl_spectra_find(&g->table, g->samples.id[i]);
        if (row < 0) {
            drop(g, i, "no scene spectrum with this id");
            continue;
        }
        for (ptrdiff_t j = 0; j < g->p; j++) {
            tl_matrix_row(&g->scene, i)[j] = tl_matrix_row(&g->table.values, row)[g->index[j]];
        }
    }
}

/* Bands without a value at most samples would drop these samples; they are left out instead. */
static void leave_out_empty_bands(gathering *g) {
    ptrdiff_t kept = 0;
    for (ptrdiff_t j = 0; j < g->p; j++) {
        ptrdiff_t with = 0;
        ptrdiff_t without = 0;
        for (ptrdiff_t i = 0; i < g->samples.n; i++) {
            if (g->reason[i] == NULL) {
                const int missing = isnan(tl_matrix_row(&g->scene, i)[j]) != 0;
                without += missing;
                with += !missing;
            }
        }
        if (without > with) {
            continue;
        }
        g->index[kept] = g->index[j];
        g->centre_nm[kept] = g->centre_nm[j];
        g->fwhm_nm[kept] = g->fwhm_nm[j];
        for (ptrdiff_t i = 0; i < g->samples.n; i++) {
            tl_matrix_row(&g->scene, i)[kept] = tl_matrix_row(&g->scene, i)[j];
        }
        kept++;
    }
    if (kept > 0 && kept < g->p) {
        tl_job_say(g->job, TL_WARNING,
                   "%td of %td bands have no value at most samples and are left out", g->p - kept,
                   g->p);
        g->p = kept;
    }
}

static void drop_gaps(gathering *g, const tl_matrix *spectra, const char *reason) {
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        for (ptrdiff_t j = 0; j < g->p; j++) {
            if (isnan(tl_matrix_row(spectra, i)[j])) {
                drop(g, i, reason);
            }
        }
    }
}

static tl_code gather_scene(gathering *g, tl_err *err) {
    TL_TRY(tl_matrix_init(&g->scene, g->samples.n, g->p, err));
    for (ptrdiff_t k = 0; k < g->samples.n * g->p; k++) {
        g->scene.data[k] = (double)NAN;
    }
    if (g->raster != NULL) {
        TL_TRY(read_pixels(g, err));
    } else {
        take_from_table(g);
    }
    if (g->request->p == 0) {
        leave_out_empty_bands(g);
    }
    drop_gaps(g, &g->scene, "no value in a band of the scene");
    return TL_OK;
}

/* --- lab spectra --- */

/* Keeps the columns whose lab response lies inside the lab range; with bands that were asked for,
 * a missing one is an error. */
static tl_code keep_usable(gathering *g, const int *usable, tl_err *err) {
    ptrdiff_t kept = 0;
    for (ptrdiff_t j = 0; j < g->p; j++) {
        if (!usable[j]) {
            continue;
        }
        g->index[kept] = g->index[j];
        g->centre_nm[kept] = g->centre_nm[j];
        g->fwhm_nm[kept] = g->fwhm_nm[j];
        for (ptrdiff_t i = 0; i < g->samples.n; i++) {
            if (g->scene.data != NULL) {
                tl_matrix_row(&g->scene, i)[kept] = tl_matrix_row(&g->scene, i)[j];
            }
            tl_matrix_row(&g->lab, i)[kept] = tl_matrix_row(&g->lab, i)[j];
        }
        kept++;
    }
    if (kept == 0 || (kept < g->p && g->request->p > 0)) {
        return tl_fail(err, TL_DATA,
                       "lab: the lab spectra cover %.0f-%.0f nm and so only %td of the %td bands "
                       "that are needed",
                       g->lab_table.wavelength_nm[0],
                       g->lab_table.wavelength_nm[g->lab_table.p - 1], kept, g->p);
    }
    g->p = kept;
    return TL_OK;
}

/* Mean of the lab spectra of each sample's id, at the lab wavelengths. */
static tl_code join_lab(gathering *g, tl_matrix *raw, tl_err *err) {
    const tl_spectra *table = &g->lab_table;
    TL_TRY(tl_matrix_init(raw, g->samples.n, table->p, err));
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        double *mean = tl_matrix_row(raw, i);
        ptrdiff_t scans = 0;
        for (ptrdiff_t k = 0; k < table->n; k++) {
            if (strcmp(table->id[k], g->samples.id[i]) == 0) {
                for (ptrdiff_t j = 0; j < table->p; j++) {
                    mean[j] += tl_matrix_row(&table->values, k)[j];
                }
                scans++;
            }
        }
        if (scans == 0) {
            drop(g, i, "no lab spectrum with this id");
        }
        for (ptrdiff_t j = 0; j < table->p; j++) {
            mean[j] = scans == 0 ? (double)NAN : mean[j] / (double)scans;
        }
    }
    return TL_OK;
}

static tl_code gather_lab(gathering *g, tl_err *err) {
    tl_matrix raw = {0};
    tl_code code = TL_OK;
    int *usable = tl_acquire(g->p, sizeof *usable);
    if (usable == NULL) {
        return no_memory(err);
    }
    TL_CHECK(join_lab(g, &raw, err));
    TL_CHECK(tl_spectra_resample(g->lab_table.wavelength_nm, g->lab_table.p, &raw, g->centre_nm,
                                 g->fwhm_nm, g->p, g->request->response, &g->lab, usable, err));
    TL_CHECK(keep_usable(g, usable, err));
    drop_gaps(g, &g->lab, "gaps in the lab spectrum");
done:
    tl_matrix_free(&raw);
    tl_release(usable);
    return code;
}

/* --- inputs --- */

static tl_code open_sources(gathering *g, const tl_progress *progress, tl_err *err) {
    const tl_study_request *r = g->request;
    const int wants_scene = r->needs_scene || (given(g, r->scene) && r->needs_lab);
    if (wants_scene && given(g, r->scene)) {
        TL_TRY(g->store->open_raster(tl_job_text(g->job, r->scene), r->scene, &g->raster, err));
        g->info = g->store->raster_info(g->raster);
        TL_TRY(tl_bands_copy(&g->bands, &g->info->bands, err));
    } else if (given(g, r->spectra)) {
        TL_TRY(g->store->read_spectra(tl_job_text(g->job, r->spectra), r->spectra, progress,
                                      &g->table, err));
        TL_TRY(bands_of_table(&g->table, &g->bands, err));
    } else if (r->needs_scene) {
        return tl_fail(err, TL_ARG,
                       "give the parameter '%s' (a raster) or '%s' (spectra of its pixels at the "
                       "samples)",
                       r->scene, r->spectra);
    }
    if (!r->needs_lab) {
        return TL_OK;
    }
    if (!given(g, r->lab)) {
        return tl_fail(err, TL_ARG, "these features need lab spectra: give the parameter '%s'",
                       r->lab);
    }
    TL_TRY(
        g->store->read_spectra(tl_job_text(g->job, r->lab), r->lab, progress, &g->lab_table, err));
    if (g->bands.n == 0) {
        return bands_of_table(&g->lab_table, &g->bands, err);
    }
    return TL_OK;
}

static tl_code read_points(gathering *g, const tl_progress *progress, tl_err *err) {
    const char *field = tl_job_text(g->job, "property");
    TL_TRY(g->store->read_samples(tl_job_text(g->job, g->request->samples), g->request->samples,
                                  tl_job_text(g->job, "id_field"), &field, 1,
                                  g->info == NULL ? NULL : &g->info->geo, progress, &g->samples,
                                  err));
    g->pixel = tl_acquire(g->samples.n, sizeof *g->pixel);
    g->reason = tl_acquire(g->samples.n, sizeof *g->reason);
    if (g->pixel == NULL || g->reason == NULL) {
        return no_memory(err);
    }
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        g->pixel[i] = -1;
        if (isnan(tl_matrix_row(&g->samples.values, i)[0])) {
            drop(g, i, "no number in the property field");
        }
    }
    return TL_OK;
}

/* --- the study --- */

static tl_code list_dropped(const gathering *g, tl_study *s, tl_err *err) {
    s->dropped = json_array();
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        if (g->reason[i] != NULL &&
            json_array_append_new(s->dropped, json_pack("{s:s, s:s}", "id", g->samples.id[i],
                                                        "reason", g->reason[i])) != 0) {
            return no_memory(err);
        }
    }
    return s->dropped == NULL ? no_memory(err) : TL_OK;
}

/* The first p columns of the rows kept, into the uninitialised to. */
static tl_code take_kept(const gathering *g, const tl_matrix *from, ptrdiff_t n, tl_matrix *to,
                         tl_err *err) {
    TL_TRY(tl_matrix_init(to, n, g->p, err));
    for (ptrdiff_t i = 0, k = 0; i < g->samples.n; i++) {
        if (g->reason[i] == NULL) {
            memcpy(tl_matrix_row(to, k++), tl_matrix_row(from, i), (size_t)g->p * sizeof *to->data);
        }
    }
    return TL_OK;
}

/* A sample belongs to the group of the first sample with its pixel or its id. */
static ptrdiff_t group_of(const tl_study *s, const ptrdiff_t *pixel, ptrdiff_t k) {
    for (ptrdiff_t j = 0; j < k; j++) {
        if ((pixel[k] >= 0 && pixel[j] == pixel[k]) || strcmp(s->id[j], s->id[k]) == 0) {
            return s->group[j];
        }
    }
    return k;
}

static tl_code fill_rows(const gathering *g, tl_study *s, tl_err *err) {
    s->id = tl_acquire(s->n, sizeof *s->id);
    s->x = tl_acquire(s->n, sizeof *s->x);
    s->y = tl_acquire(s->n, sizeof *s->y);
    s->value = tl_acquire(s->n, sizeof *s->value);
    s->group = tl_acquire(s->n, sizeof *s->group);
    ptrdiff_t *pixel = tl_acquire(s->n, sizeof *pixel);
    tl_code code = TL_OK;
    if (s->id == NULL || s->x == NULL || s->y == NULL || s->value == NULL || s->group == NULL ||
        pixel == NULL) {
        code = no_memory(err);
    }
    for (ptrdiff_t i = 0, k = 0; code == TL_OK && i < g->samples.n; i++) {
        if (g->reason[i] != NULL) {
            continue;
        }
        s->id[k] = tl_copy_text(g->samples.id[i]);
        code = s->id[k] == NULL ? no_memory(err) : TL_OK;
        s->x[k] = g->info == NULL ? (double)NAN : g->samples.x[i];
        s->y[k] = g->info == NULL ? (double)NAN : g->samples.y[i];
        s->value[k] = tl_matrix_row(&g->samples.values, i)[0];
        pixel[k] = g->pixel[i];
        s->group[k] = code == TL_OK ? group_of(s, pixel, k) : k;
        k++;
    }
    tl_release(pixel);
    return code;
}

static tl_code fill_study(gathering *g, tl_study *s, tl_err *err) {
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        s->n += g->reason[i] == NULL;
    }
    TL_TRY(list_dropped(g, s, err));
    TL_TRY(fill_rows(g, s, err));
    if (g->request->needs_scene) {
        TL_TRY(take_kept(g, &g->scene, s->n, &s->scene, err));
    }
    if (g->request->needs_lab) {
        TL_TRY(take_kept(g, &g->lab, s->n, &s->lab, err));
    }
    s->p = g->p;
    s->centre_nm = g->centre_nm;
    s->fwhm_nm = g->fwhm_nm;
    g->centre_nm = NULL;
    g->fwhm_nm = NULL;
    return TL_OK;
}

static void free_gathering(gathering *g) {
    g->store->close_raster(g->raster);
    tl_spectra_free(&g->table);
    tl_spectra_free(&g->lab_table);
    tl_samples_free(&g->samples);
    tl_bands_free(&g->bands);
    tl_release(g->index);
    tl_release(g->centre_nm);
    tl_release(g->fwhm_nm);
    tl_matrix_free(&g->scene);
    tl_matrix_free(&g->lab);
    tl_release(g->pixel);
    tl_release((void *)g->reason);
}

tl_code tl_algs_gather_study(tl_job *job, const tl_study_request *request, tl_study *study,
                             tl_err *err) {
    *study = (tl_study){0};
    gathering g = {.job = job, .store = tl_job_store(job), .request = request};
    const tl_progress progress = tl_progress_part(tl_job_progress(job), 0.0, 0.05);
    tl_code code = TL_OK;
    TL_CHECK(open_sources(&g, &progress, err));
    TL_CHECK(choose_bands(&g, err));
    TL_CHECK(read_points(&g, &progress, err));
    if (request->needs_scene) {
        TL_CHECK(gather_scene(&g, err));
    }
    if (request->needs_lab) {
        TL_CHECK(gather_lab(&g, err));
    }
    code = fill_study(&g, study, err);
done:
    free_gathering(&g);
    if (code != TL_OK) {
        tl_study_free(study);
    }
    return code;
}

void tl_study_free(tl_study *s) {
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
    tl_release(s->group);
    tl_release(s->centre_nm);
    tl_release(s->fwhm_nm);
    tl_matrix_free(&s->scene);
    tl_matrix_free(&s->lab);
    json_decref(s->dropped);
    *s = (tl_study){0};
}

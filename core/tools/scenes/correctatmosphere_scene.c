/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correctatmosphere`: lines per band from field targets, or from the contents of the
 * scene. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "num/stats.h"
#include "recipes/pixel_spectra.h"
#include "source/match_ids.h"
#include "spectra/resample.h"
#include "tools/scenes/correctatmosphere.h"

/* Spectra of the parameter in the bands of the scene.
 *
 * seen  [spectra, n] out; NaN where a spectrum has no values */
static tl_code read_reflectance(const tl_correction *c, tl_spectra *spectra, tl_matrix *seen,
                                tl_err *err) {
    const char *path = tl_job_text(c->job, "spectra");
    if (path == NULL) {
        return tl_fail(err, TL_ARG,
                       "parameter 'spectra' is needed by this method: reflectance spectra "
                       "measured in the field or in the laboratory");
    }
    TL_TRY(c->store->read_spectra(path, "spectra", tl_job_progress(c->job), spectra, err));
    return tl_spectra_resample(spectra->wavelength_nm, spectra->p, &spectra->values, c->centre_nm,
                               c->fwhm_nm, c->n, TL_RESPONSE_GAUSSIAN, seen, NULL, err);
}

/* Marks bands without a line, and logs how well the others fit. */
static tl_code settle_lines(tl_correction *c, tl_err *err) {
    double squares = 0.0;
    ptrdiff_t fitted = 0;
    for (ptrdiff_t b = 0; b < c->n; b++) {
        tl_band *band = &c->bands.band[b];
        if (isfinite(c->line[b].gain)) {
            squares += c->line[b].rmse * c->line[b].rmse;
            fitted++;
        } else {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason, "%s", c->line[b].why);
        }
    }
    if (fitted == 0) {
        return tl_fail(err, TL_DATA, "no band of the scene can be fitted: %s",
                       c->n > 0 ? c->line[0].why : "there is none");
    }
    const double rmse = sqrt(squares / (double)fitted);
    tl_job_put_number(c->job, "bands_without_line", (double)(c->n - fitted));
    tl_job_put_number(c->job, "target_rmse", rmse);
    tl_job_log(c->job, TL_INFO, "%td of %td bands fitted; root mean square of the residuals %.4f",
               fitted, c->n, rmse);
    return TL_OK;
}

/* --- field targets --- */

typedef struct targets {
    tl_samples samples;
    tl_spectra spectra;
    tl_matrix seen;      /* [spectra, n] */
    double *value;       /* [n, samples] of the scene */
    double *reflectance; /* [n, samples] */
    double *spectrum;    /* [n] */
    ptrdiff_t n_used;
} targets;

static void free_targets(targets *t) {
    tl_source_samples_free(&t->samples);
    tl_source_spectra_free(&t->spectra);
    tl_matrix_free(&t->seen);
    tl_release(t->value);
    tl_release(t->reflectance);
    tl_release(t->spectrum);
}

/* Reads the scene under every target that has a spectrum of its name. */
static tl_code look_at_targets(tl_correction *c, targets *t, tl_err *err) {
    enum { max_named = 10 };
    const ptrdiff_t n = t->samples.n;
    ptrdiff_t left_out = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const ptrdiff_t row = tl_source_spectra_find(&t->spectra, t->samples.id[i]);
        ptrdiff_t cell = -1;
        const char *why = NULL;
        TL_TRY(tl_recipes_find_cell(c->info, t->samples.x[i], t->samples.y[i], &cell, &why, err));
        if (row < 0) {
            why = "no spectrum has its name";
        }
        for (ptrdiff_t b = 0; why != NULL && b < c->n; b++) {
            t->value[b * n + i] = NAN;
        }
        if (why != NULL) {
            if (left_out++ < max_named) {
                tl_job_log(c->job, TL_WARNING, "target '%.80s' is not used: %s", t->samples.id[i],
                           why);
            }
            continue;
        }
        TL_TRY(tl_recipes_read_spectrum(c->store, c->raster, cell,
                                        tl_job_choice(c->job, "target_window"), c->number, c->n,
                                        t->spectrum, err));
        for (ptrdiff_t b = 0; b < c->n; b++) {
            t->value[b * n + i] = t->spectrum[b];
            t->reflectance[b * n + i] = tl_matrix_row(&t->seen, row)[b];
        }
        t->n_used++;
    }
    if (left_out > max_named) {
        tl_job_log(c->job, TL_WARNING, "%td more targets are not used", left_out - max_named);
    }
    return TL_OK;
}

static tl_code fit_targets(tl_correction *c, targets *t, tl_err *err) {
    const char *path = tl_job_text(c->job, "targets");
    if (path == NULL) {
        return tl_fail(err, TL_ARG,
                       "parameter 'targets' is needed by method line: points of known reflectance");
    }
    TL_TRY(read_reflectance(c, &t->spectra, &t->seen, err));
    TL_TRY(c->store->read_samples(path, "targets", tl_job_text(c->job, "target_id"), NULL, 0,
                                  &c->info->geo, tl_job_progress(c->job), &t->samples, err));
    TL_TRY(tl_source_match_ids(t->samples.id, t->samples.n, "targets", t->spectra.id, t->spectra.n,
                               "the spectra", !tl_job_given(c->job, "target_id"),
                               "give the field with the same ids as target_id", err));
    const ptrdiff_t n = t->samples.n;
    t->value = tl_acquire(c->n * n, sizeof *t->value);
    t->reflectance = tl_acquire(c->n * n, sizeof *t->reflectance);
    t->spectrum = tl_acquire(c->n, sizeof *t->spectrum);
    if (t->value == NULL || t->reflectance == NULL || t->spectrum == NULL) {
        return tl_no_memory(err, "%td targets", n);
    }
    TL_TRY(look_at_targets(c, t, err));
    tl_job_put_number(c->job, "targets", (double)t->n_used);
    if (t->n_used == 0) {
        return tl_fail(err, TL_DATA,
                       "targets: none of the %td points of '%s' is on the scene and has a "
                       "spectrum of its name in '%s'",
                       n, path, tl_job_text(c->job, "spectra"));
    }
    if (t->n_used == 1) {
        tl_job_log(c->job, TL_WARNING,
                   "there is only one target: the line goes through the origin, so the light "
                   "scattered by the air itself is not removed; use a dark and a bright target");
    }
    for (ptrdiff_t b = 0; b < c->n; b++) {
        c->line[b] = tl_atmosphere_line(t->value + b * n, t->reflectance + b * n, n);
    }
    return settle_lines(c, err);
}

tl_code tl_correctatmosphere_fit_targets(tl_correction *c, tl_err *err) {
    targets t = {0};
    const tl_code code = fit_targets(c, &t, err);
    free_targets(&t);
    return code;
}

/* --- the scene's own mean --- */

enum { sampled_rows = 60, sampled_pixels = 6000 };

/* Pixels sampled evenly from the scene: the spectra have no bands that are bad or empty. */
typedef struct sampled {
    ptrdiff_t p;      /* bands */
    ptrdiff_t *band;  /* [p] positions in the band table */
    ptrdiff_t n;      /* pixels */
    double *spectrum; /* [n, p] */
    double *column;   /* [n] */
} sampled;

/* Adds the pixels of one row that have a value in all bands. */
static void add_row(const tl_correction *c, sampled *s, ptrdiff_t step) {
    const ptrdiff_t ncol = c->info->ncol;
    for (ptrdiff_t col = 0; col < ncol && s->n < sampled_pixels; col += step) {
        double *to = s->spectrum + s->n * s->p;
        int whole = 1;
        for (ptrdiff_t j = 0; j < s->p; j++) {
            to[j] = (double)c->block[s->band[j] * ncol + col];
            whole = whole != 0 && isfinite(to[j]);
        }
        s->n += whole;
    }
}

static tl_code sample_scene(tl_correction *c, sampled *s, tl_err *err) {
    const ptrdiff_t rows = tl_min(c->info->nrow, sampled_rows);
    const ptrdiff_t per_row = sampled_pixels / rows;
    const ptrdiff_t step = (c->info->ncol + per_row - 1) / per_row;
    s->band = tl_acquire(c->n, sizeof *s->band);
    s->spectrum = tl_acquire((ptrdiff_t)sampled_pixels * c->n, sizeof *s->spectrum);
    s->column = tl_acquire(sampled_pixels, sizeof *s->column);
    if (s->band == NULL || s->spectrum == NULL || s->column == NULL) {
        return tl_no_memory(err, "%d pixels", (int)sampled_pixels);
    }
    for (ptrdiff_t b = 0; b < c->n; b++) {
        if (c->bands.band[b].good != 0) {
            s->band[s->p++] = b;
        }
    }
    for (ptrdiff_t k = 0; k < rows; k++) {
        const ptrdiff_t row = k * c->info->nrow / rows;
        TL_TRY(c->store->read_window(c->raster, 0, row, c->info->ncol, 1, c->number, c->n, c->block,
                                     err));
        add_row(c, s, step);
    }
    return s->n > 0 && s->p > 0
               ? TL_OK
               : tl_fail(err, TL_DATA, "scene: no pixel of '%s' has a value in all good bands",
                         tl_job_text(c->job, "scene"));
}

/* The value that one in a thousand pixels is below. */
static double darkest(sampled *s, ptrdiff_t j) {
    for (ptrdiff_t i = 0; i < s->n; i++) {
        s->column[i] = s->spectrum[i * s->p + j];
    }
    tl_num_sort(s->column, s->n);
    return s->column[s->n / 1000];
}

/* Two points make the line of a band: the mean of the extremes has the mean reflectance of the
 * library, and the darkest pixels have that of the darkest spectrum. */
static void line_of_band(tl_correction *c, sampled *s, const ptrdiff_t *picked, ptrdiff_t n_picked,
                         const tl_matrix *seen, ptrdiff_t j) {
    double reflectance[2] = {INFINITY, 0.0};
    double value[2] = {darkest(s, j), 0.0};
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < seen->nrow; i++) {
        const double r = seen->data[i * seen->ncol + s->band[j]];
        if (isfinite(r)) {
            reflectance[0] = fmin(reflectance[0], r);
            reflectance[1] += r;
            n++;
        }
    }
    reflectance[1] = n > 0 ? reflectance[1] / (double)n : (double)NAN;
    for (ptrdiff_t k = 0; k < n_picked; k++) {
        value[1] += s->spectrum[picked[k] * s->p + j] / (double)n_picked;
    }
    c->line[s->band[j]] = tl_atmosphere_line(value, reflectance, 2);
}

static tl_code fit_scene(tl_correction *c, sampled *s, tl_spectra *library, tl_matrix *seen,
                         tl_err *err) {
    TL_TRY(read_reflectance(c, library, seen, err));
    if (library->n < 2) {
        return tl_fail(err, TL_DATA,
                       "spectra: '%s' has %td spectra, but method scene_mean needs a library of "
                       "at least 2, of materials that the scene may contain",
                       tl_job_text(c->job, "spectra"), library->n);
    }
    TL_TRY(sample_scene(c, s, err));
    ptrdiff_t picked[64];
    ptrdiff_t n_picked = 0;
    const ptrdiff_t wanted = (ptrdiff_t)tl_job_integer(c->job, "extremes");
    TL_TRY(tl_atmosphere_extremes(s->spectrum, s->n, s->p, wanted, picked, &n_picked, err));
    for (ptrdiff_t b = 0; b < c->n; b++) {
        c->line[b] = (tl_band_line){.gain = NAN, .offset = NAN, .rmse = NAN};
        (void)snprintf(c->line[b].why, sizeof c->line[b].why, "%.60s", c->bands.band[b].reason);
    }
    for (ptrdiff_t j = 0; j < s->p; j++) {
        line_of_band(c, s, picked, n_picked, seen, j);
    }
    tl_job_log(c->job, TL_WARNING,
               "scene_mean assumes that the scene contains what the library contains (%td "
               "spectra); reflectance may be wrong by 10 %% and more",
               library->n);
    return settle_lines(c, err);
}

tl_code tl_correctatmosphere_fit_scene(tl_correction *c, tl_err *err) {
    sampled s = {0};
    tl_spectra library = {0};
    tl_matrix seen = {0};
    const tl_code code = fit_scene(c, &s, &library, &seen, err);
    tl_release(s.band);
    tl_release(s.spectrum);
    tl_release(s.column);
    tl_source_spectra_free(&library);
    tl_matrix_free(&seen);
    return code;
}

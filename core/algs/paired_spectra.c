/* SPDX-License-Identifier: GPL-2.0-or-later
 * Joins scene, samples and lab spectra; see paired_spectra.h. */
#include "algs/paired_spectra.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "fusion/loss_sad.h"
#include "spectra/badbands.h"

enum { SITES = 5, NAMED_IDS = 10 };

static const double neighbour_angle = 0.08;
static const double bright = 2.0;

/* Own pixel, then north, south, east, west. */
static const int site_col[SITES] = {0, 0, 0, 1, -1};
static const int site_row[SITES] = {0, -1, 1, 0, 0};

/* Everything that is read before anything is left out. */
typedef struct gathering {
    const tl_job *job;
    tl_raster *raster;
    const tl_raster_info *info;
    tl_bands bands;   /* of the scene, flagged */
    ptrdiff_t p;      /* bands of the scene */
    ptrdiff_t *order; /* [p] positions by rising wavelength */
    int *number;      /* [p] file numbers in that order */
    double *centre;   /* [p] in that order */
    double *fwhm;     /* [p] */
    tl_samples samples;
    tl_spectra lab_table;
    tl_matrix site;  /* [SITES * samples, p]; NaN off the scene */
    tl_matrix lab;   /* [samples, p]; NaN without lab spectrum */
    int *lab_usable; /* [p] */
    ptrdiff_t *cell; /* [samples] cell number, -1 off the scene */
    ptrdiff_t *used; /* [n_used] positions of the used bands in that order */
    ptrdiff_t n_used;
    ptrdiff_t *row; /* [n_row] samples that remain */
    ptrdiff_t n_row;
} gathering;

static void gathering_free(gathering *g) {
    if (g->raster != NULL) {
        tl_job_store(g->job)->close_raster(g->raster);
    }
    tl_bands_free(&g->bands);
    tl_release(g->order);
    tl_release(g->number);
    tl_release(g->centre);
    tl_release(g->fwhm);
    tl_samples_free(&g->samples);
    tl_spectra_free(&g->lab_table);
    tl_matrix_free(&g->site);
    tl_matrix_free(&g->lab);
    tl_release(g->lab_usable);
    tl_release(g->cell);
    tl_release(g->used);
    tl_release(g->row);
}

static tl_code open_scene(gathering *g, tl_err *err) {
    const tl_store *store = tl_job_store(g->job);
    const char *path = tl_job_text(g->job, "scene");
    TL_TRY(store->open_raster(path, "scene", &g->raster, err));
    g->info = store->raster_info(g->raster);
    if (!tl_bands_have_wavelengths(&g->info->bands)) {
        return tl_fail(err, TL_DATA,
                       "parameter 'scene': %s has bands without a wavelength; wanted one for every "
                       "band, in the file or in a band table (see sceneinfo)",
                       path);
    }
    TL_TRY(tl_bands_copy(&g->bands, &g->info->bands, err));
    const tl_band_rules rules = tl_spectra_default_rules();
    (void)tl_spectra_flag_bands(&g->bands, &rules);
    g->p = g->bands.n;
    g->order = tl_acquire(g->p, sizeof *g->order);
    g->number = tl_acquire(g->p, sizeof *g->number);
    g->centre = tl_acquire(g->p, sizeof *g->centre);
    g->fwhm = tl_acquire(g->p, sizeof *g->fwhm);
    g->used = tl_acquire(g->p, sizeof *g->used);
    g->lab_usable = tl_acquire(g->p, sizeof *g->lab_usable);
    if (g->order == NULL || g->number == NULL || g->centre == NULL || g->fwhm == NULL ||
        g->used == NULL || g->lab_usable == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td bands", g->p);
    }
    tl_bands_order(&g->bands, g->order);
    for (ptrdiff_t j = 0; j < g->p; j++) {
        const tl_band *band = &g->bands.band[g->order[j]];
        g->number[j] = band->index;
        g->centre[j] = band->centre_nm;
        g->fwhm[j] = band->fwhm_nm;
    }
    return TL_OK;
}

/* Spectra of the own pixel and its four neighbours of sample i. */
static tl_code read_site(gathering *g, ptrdiff_t i, ptrdiff_t col, ptrdiff_t row, float *window,
                         tl_err *err) {
    const ptrdiff_t col0 = col > 0 ? col - 1 : 0;
    const ptrdiff_t row0 = row > 0 ? row - 1 : 0;
    const ptrdiff_t cols = (col + 2 < g->info->ncol ? col + 2 : g->info->ncol) - col0;
    const ptrdiff_t rows = (row + 2 < g->info->nrow ? row + 2 : g->info->nrow) - row0;
    TL_TRY(tl_job_store(g->job)->read_window(g->raster, col0, row0, cols, rows, g->number, g->p,
                                             window, err));
    for (int s = 0; s < SITES; s++) {
        double *spectrum = tl_matrix_row(&g->site, SITES * i + s);
        const ptrdiff_t at_col = col + site_col[s] - col0;
        const ptrdiff_t at_row = row + site_row[s] - row0;
        const int inside = at_col >= 0 && at_col < cols && at_row >= 0 && at_row < rows;
        for (ptrdiff_t j = 0; j < g->p; j++) {
            spectrum[j] =
                inside ? (double)window[j * rows * cols + at_row * cols + at_col] : (double)NAN;
        }
    }
    return TL_OK;
}

/* The cell of sample i, or -1 off the scene. */
static tl_code find_cell(const gathering *g, ptrdiff_t i, ptrdiff_t *col, ptrdiff_t *row,
                         ptrdiff_t *cell, tl_err *err) {
    double c = -1.0;
    double r = -1.0;
    *cell = -1;
    if (isfinite(g->samples.x[i]) && isfinite(g->samples.y[i])) {
        TL_TRY(tl_georef_to_cell(&g->info->geo, g->samples.x[i], g->samples.y[i], &c, &r, err));
    }
    if (c >= 0.0 && r >= 0.0 && c < (double)g->info->ncol && r < (double)g->info->nrow) {
        *col = (ptrdiff_t)c;
        *row = (ptrdiff_t)r;
        *cell = *row * g->info->ncol + *col;
    }
    return TL_OK;
}

static tl_code read_sites(gathering *g, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n = g->samples.n;
    TL_TRY(tl_matrix_init(&g->site, SITES * n, g->p, err));
    g->cell = tl_acquire(n, sizeof *g->cell);
    g->row = tl_acquire(n, sizeof *g->row);
    float *window = tl_acquire(9 * g->p, sizeof *window);
    tl_code code = TL_OK;
    if (g->cell == NULL || g->row == NULL || window == NULL) {
        code = tl_fail(err, TL_NOMEM, "out of memory for %td samples", n);
        goto done;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t col = 0;
        ptrdiff_t row = 0;
        TL_CHECK(find_cell(g, i, &col, &row, &g->cell[i], err));
        if (g->cell[i] >= 0) {
            TL_CHECK(read_site(g, i, col, row, window, err));
        } else {
            for (ptrdiff_t j = 0; j < SITES * g->p; j++) {
                tl_matrix_row(&g->site, SITES * i)[j] = (double)NAN;
            }
        }
        TL_CHECK(tl_progress_at(p, (double)(i + 1) / (double)n, err));
    }
done:
    tl_release(window);
    return code;
}

/* Lab spectra of the samples, averaged over repeats of an id, at the bands of the scene. */
static tl_code join_lab(gathering *g, tl_response response, tl_err *err) {
    const ptrdiff_t width = g->lab_table.p;
    tl_matrix raw = {0};
    tl_code code;
    TL_CHECK(tl_matrix_init(&raw, g->samples.n, width, err));
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        double *mean = tl_matrix_row(&raw, i);
        ptrdiff_t repeats = 0;
        for (ptrdiff_t k = 0; k < g->lab_table.n; k++) {
            if (strcmp(g->lab_table.id[k], g->samples.id[i]) != 0) {
                continue;
            }
            for (ptrdiff_t j = 0; j < width; j++) {
                mean[j] += tl_matrix_row(&g->lab_table.values, k)[j];
            }
            repeats++;
        }
        for (ptrdiff_t j = 0; j < width; j++) {
            mean[j] = repeats > 0 ? mean[j] / (double)repeats : (double)NAN;
        }
    }
    code = tl_spectra_resample(g->lab_table.wavelength_nm, width, &raw, g->centre, g->fwhm, g->p,
                               response, &g->lab, g->lab_usable, err);
done:
    tl_matrix_free(&raw);
    return code;
}

/* 1 when more than half of the samples on the scene have no value in band j. */
static int mostly_empty(const gathering *g, ptrdiff_t j) {
    ptrdiff_t on_scene = 0;
    ptrdiff_t empty = 0;
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        on_scene += g->cell[i] >= 0;
        empty += g->cell[i] >= 0 && !isfinite(tl_matrix_row(&g->site, SITES * i)[j]);
    }
    return 2 * empty > on_scene;
}

static tl_code choose_bands(gathering *g, tl_paired_spectra *pairs, tl_err *err) {
    pairs->dropped_bands = json_array();
    for (ptrdiff_t j = 0; j < g->p; j++) {
        const tl_band *band = &g->bands.band[g->order[j]];
        const char *reason = !band->good          ? band->reason
                             : !g->lab_usable[j]  ? "outside the lab spectra"
                             : mostly_empty(g, j) ? "no data at most samples"
                                                  : NULL;
        if (reason == NULL) {
            g->used[g->n_used++] = j;
        } else {
            json_array_append_new(pairs->dropped_bands, json_pack("{s:f, s:s}", "wavelength_nm",
                                                                  g->centre[j], "reason", reason));
        }
    }
    if (g->n_used < 2) {
        return tl_fail(err, TL_DATA,
                       "of the %td bands of the scene only %td can be used: the others are flagged "
                       "bad, empty at the samples, or outside the lab spectra (%.0f to %.0f nm)",
                       g->p, g->n_used, g->lab_table.wavelength_nm[0],
                       g->lab_table.wavelength_nm[g->lab_table.p - 1]);
    }
    tl_job_say(g->job, TL_INFO, "%td of %td bands are used, %.1f to %.1f nm", g->n_used, g->p,
               g->centre[g->used[0]], g->centre[g->used[g->n_used - 1]]);
    return TL_OK;
}

/* 1 when the spectrum has a value in every used band. */
static int complete(const gathering *g, const double *spectrum) {
    for (ptrdiff_t k = 0; k < g->n_used; k++) {
        if (!isfinite(spectrum[g->used[k]])) {
            return 0;
        }
    }
    return 1;
}

/* Why a sample cannot be paired; NULL when it can. */
static const char *obstacle(const gathering *g, ptrdiff_t i) {
    if (g->cell[i] < 0) {
        return "off the scene";
    }
    if (tl_spectra_find(&g->lab_table, g->samples.id[i]) < 0) {
        return "without a lab spectrum of their id";
    }
    if (!complete(g, tl_matrix_row(&g->site, SITES * i))) {
        return "on NoData";
    }
    return complete(g, tl_matrix_row(&g->lab, i)) ? NULL : "with gaps in the lab spectrum";
}

/* Says how many samples met that obstacle, and the first ids. */
static void say_left_out(const gathering *g, const char *why) {
    tl_text ids = {0};
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        const char *met = obstacle(g, i);
        if (met != NULL && strcmp(met, why) == 0 && count++ < NAMED_IDS) {
            tl_text_addf(&ids, "%s%s", count == 1 ? "" : ", ", g->samples.id[i]);
        }
    }
    if (count > NAMED_IDS) {
        tl_text_addf(&ids, " and %td more", count - NAMED_IDS);
    }
    if (count > 0) {
        tl_job_say(g->job, TL_WARNING, "%td samples %s are left out: %s", count, why,
                   tl_text_data(&ids));
    }
    tl_text_free(&ids);
}

static tl_code choose_rows(gathering *g, tl_err *err) {
    static const char *const reasons[] = {"off the scene", "without a lab spectrum of their id",
                                          "on NoData", "with gaps in the lab spectrum"};
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        if (obstacle(g, i) == NULL) {
            g->row[g->n_row++] = i;
        }
    }
    for (size_t r = 0; r < sizeof reasons / sizeof reasons[0]; r++) {
        say_left_out(g, reasons[r]);
    }
    ptrdiff_t unmatched = 0;
    for (ptrdiff_t k = 0; k < g->lab_table.n; k++) {
        int found = 0;
        for (ptrdiff_t i = 0; i < g->samples.n && !found; i++) {
            found = strcmp(g->lab_table.id[k], g->samples.id[i]) == 0;
        }
        unmatched += !found;
    }
    if (unmatched > 0) {
        tl_job_say(g->job, TL_WARNING, "%td of %td lab spectra belong to no sample", unmatched,
                   g->lab_table.n);
    }
    if (g->n_row < TL_LEAST_PAIRS) {
        return tl_fail(
            err, TL_DATA,
            "only %td of %td samples have both a spectrum in the scene and a lab spectrum of "
            "the same id; a fusion needs at least %d, so check parameter 'id_field' and the "
            "id column of 'lab'",
            g->n_row, g->samples.n, (int)TL_LEAST_PAIRS);
    }
    return TL_OK;
}

static tl_code check_reflectance(const gathering *g, tl_err *err) {
    ptrdiff_t high = 0;
    double highest = 0.0;
    for (ptrdiff_t i = 0; i < g->n_row; i++) {
        for (ptrdiff_t k = 0; k < g->n_used; k++) {
            const double value = tl_matrix_row(&g->site, SITES * g->row[i])[g->used[k]];
            high += value > bright;
            highest = fmax(highest, value);
        }
    }
    if (100 * high > g->n_row * g->n_used) {
        return tl_fail(
            err, TL_DATA,
            "the scene has values up to %g at the samples, which is no reflectance (0 to 1); "
            "give it a scale in its band table, for example 0.0001",
            highest);
    }
    return TL_OK;
}

/* Adds one row to the pairs. */
static void add_row(const gathering *g, tl_paired_spectra *pairs, ptrdiff_t sample, int site,
                    ptrdiff_t group) {
    const double *from = tl_matrix_row(&g->site, SITES * sample + site);
    const double *lab = tl_matrix_row(&g->lab, sample);
    for (ptrdiff_t k = 0; k < g->n_used; k++) {
        tl_matrix_row(&pairs->satellite, pairs->n)[k] = from[g->used[k]];
        tl_matrix_row(&pairs->lab, pairs->n)[k] = lab[g->used[k]];
    }
    pairs->group[pairs->n] = group;
    pairs->own[pairs->n] = site == 0;
    pairs->n++;
}

/* How often samples of other pixels have that cell as their own or as a neighbour. */
static int wanted_elsewhere(const gathering *g, ptrdiff_t cell, ptrdiff_t centre) {
    for (ptrdiff_t i = 0; i < g->samples.n; i++) {
        if (g->cell[i] < 0 || g->cell[i] == centre) {
            continue;
        }
        const ptrdiff_t apart_rows = g->cell[i] / g->info->ncol - cell / g->info->ncol;
        const ptrdiff_t apart_cols = g->cell[i] % g->info->ncol - cell % g->info->ncol;
        if (apart_rows * apart_rows + apart_cols * apart_cols <= 1) {
            return 1;
        }
    }
    return 0;
}

/* Angle between the used bands of the own pixel and of a site; above every limit when values are
 * missing. */
static double site_angle(const gathering *g, ptrdiff_t sample, int site, double *own,
                         double *other) {
    const double *a = tl_matrix_row(&g->site, SITES * sample);
    const double *b = tl_matrix_row(&g->site, SITES * sample + site);
    if (!complete(g, b)) {
        return 10.0;
    }
    for (ptrdiff_t k = 0; k < g->n_used; k++) {
        own[k] = a[g->used[k]];
        other[k] = b[g->used[k]];
    }
    return tl_fusion_angle(g->n_used, own, other, 0.0, NULL);
}

static tl_code add_neighbours(const gathering *g, tl_paired_spectra *pairs, tl_err *err) {
    double *scratch = tl_acquire(2 * g->n_used, sizeof *scratch);
    if (scratch == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td bands", g->n_used);
    }
    for (ptrdiff_t k = 0; k < g->n_row; k++) {
        const ptrdiff_t i = g->row[k];
        /* Of several samples in one pixel the first one brings the neighbours. */
        for (int s = 1; s < SITES && pairs->group[k] == k; s++) {
            const ptrdiff_t cell = g->cell[i] + site_row[s] * g->info->ncol + site_col[s];
            if (site_angle(g, i, s, scratch, scratch + g->n_used) < neighbour_angle &&
                !wanted_elsewhere(g, cell, g->cell[i])) {
                add_row(g, pairs, i, s, pairs->group[k]);
            }
        }
    }
    tl_release(scratch);
    tl_job_say(g->job, TL_INFO, "%td neighbouring pixels join %td samples", pairs->n - pairs->n_own,
               pairs->n_own);
    return TL_OK;
}

static tl_code fill_pairs(const gathering *g, int neighbours, tl_paired_spectra *pairs,
                          tl_err *err) {
    const ptrdiff_t room = g->n_row * (neighbours ? SITES : 1);
    pairs->p = g->n_used;
    pairs->wavelength_nm = tl_acquire(pairs->p, sizeof *pairs->wavelength_nm);
    pairs->fwhm_nm = tl_acquire(pairs->p, sizeof *pairs->fwhm_nm);
    pairs->group = tl_acquire(room, sizeof *pairs->group);
    pairs->own = tl_acquire(room, sizeof *pairs->own);
    pairs->id = json_array();
    if (pairs->wavelength_nm == NULL || pairs->fwhm_nm == NULL || pairs->group == NULL ||
        pairs->own == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td pairs", room);
    }
    TL_TRY(tl_matrix_init(&pairs->satellite, room, pairs->p, err));
    TL_TRY(tl_matrix_init(&pairs->lab, room, pairs->p, err));
    for (ptrdiff_t k = 0; k < g->n_used; k++) {
        pairs->wavelength_nm[k] = g->centre[g->used[k]];
        pairs->fwhm_nm[k] = g->fwhm[g->used[k]];
    }
    for (ptrdiff_t k = 0; k < g->n_row; k++) {
        ptrdiff_t group = 0;
        while (g->cell[g->row[group]] != g->cell[g->row[k]]) {
            group++;
        }
        add_row(g, pairs, g->row[k], 0, group);
        json_array_append_new(pairs->id, json_string(g->samples.id[g->row[k]]));
    }
    pairs->n_own = pairs->n;
    if (neighbours) {
        TL_TRY(add_neighbours(g, pairs, err));
    }
    pairs->satellite.nrow = pairs->n;
    pairs->lab.nrow = pairs->n;
    return TL_OK;
}

tl_code tl_algs_pair_spectra(const tl_job *job, tl_response response, int neighbours,
                             tl_paired_spectra *pairs, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const tl_progress *whole = tl_job_progress(job);
    const tl_progress part = tl_progress_part(whole, 0.0, 0.1);
    const char *id_field = tl_job_given(job, "id_field") ? tl_job_text(job, "id_field") : NULL;
    gathering g = {.job = job};
    tl_code code;
    *pairs = (tl_paired_spectra){0};
    TL_CHECK(open_scene(&g, err));
    TL_CHECK(store->read_samples(tl_job_text(job, "samples"), "samples", id_field, NULL, 0,
                                 &g.info->geo, whole, &g.samples, err));
    TL_CHECK(store->read_spectra(tl_job_text(job, "lab"), "lab", whole, &g.lab_table, err));
    TL_CHECK(read_sites(&g, &part, err));
    TL_CHECK(join_lab(&g, response, err));
    TL_CHECK(choose_bands(&g, pairs, err));
    TL_CHECK(choose_rows(&g, err));
    TL_CHECK(check_reflectance(&g, err));
    TL_CHECK(fill_pairs(&g, neighbours, pairs, err));
done:
    gathering_free(&g);
    if (code != TL_OK) {
        tl_paired_spectra_free(pairs);
    }
    return code;
}

void tl_paired_spectra_free(tl_paired_spectra *pairs) {
    if (pairs == NULL) {
        return;
    }
    tl_release(pairs->wavelength_nm);
    tl_release(pairs->fwhm_nm);
    tl_matrix_free(&pairs->satellite);
    tl_matrix_free(&pairs->lab);
    tl_release(pairs->group);
    tl_release(pairs->own);
    json_decref(pairs->id);
    json_decref(pairs->dropped_bands);
    *pairs = (tl_paired_spectra){0};
}

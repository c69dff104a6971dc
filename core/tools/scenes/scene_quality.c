/* SPDX-License-Identifier: GPL-2.0-or-later
 * Quality of a scene; see scene_quality.h. */
#include "tools/scenes/scene_quality.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "imagery/quality.h"
#include "imagery/stripes.h"

enum { GROUPS = 8, GROUP_ROWS = 16, BLOCKS = 64, WINDOW = 15 };

/* The oxygen A line with its shoulders. */
static const double line_from_nm = 740.0;
static const double line_to_nm = 785.0;

/* A band with more noise or stripes than this, as a share of its mean, hides the differences
 * between soils. */
static const double least_snr = 10.0;
static const double max_stripes = 5.0;

typedef struct work {
    const tl_bands *bands;
    ptrdiff_t ncol;
    ptrdiff_t n_rows; /* of the current group */
    ptrdiff_t row0;   /* rows read before */
    ptrdiff_t group;
    float *rows;           /* [bands, n_rows * ncol] physical values */
    ptrdiff_t (*near)[2];  /* [bands] neighbours in wavelength, -1 = none */
    double *variance;      /* [bands, GROUPS * BLOCKS] */
    ptrdiff_t *n_variance; /* [bands] */
    double *sum;           /* [bands] */
    double *count;
    tl_stripes *stripes; /* [bands] */
    double *column;      /* [bands in the line, ncol] sums, then means */
    double *columns;     /* [.., ncol] counts */
    ptrdiff_t line[32];  /* positions of the bands in the line */
    ptrdiff_t n_line;
    tl_keystone shift[TL_MAX_SEAMS];
} work;

/* --- neighbouring bands --- */

/* The nearest usable bands of the same detector on both sides; the ends of a detector have one. */
static void find_neighbours(work *w, const ptrdiff_t *order) {
    for (ptrdiff_t i = 0; i < w->bands->n; i++) {
        const tl_band *band = &w->bands->band[order[i]];
        ptrdiff_t n = 0;
        ptrdiff_t *near = w->near[order[i]];
        near[0] = -1;
        near[1] = -1;
        for (int side = -1; side <= 1; side += 2) {
            for (ptrdiff_t k = i + side; k >= 0 && k < w->bands->n; k += side) {
                const tl_band *other = &w->bands->band[order[k]];
                if (other->good && other->detector == band->detector) {
                    near[n++] = order[k];
                    break;
                }
            }
        }
    }
}

static void find_line(work *w, const ptrdiff_t *order) {
    for (ptrdiff_t i = 0; i < w->bands->n && w->n_line < 32; i++) {
        const tl_band *band = &w->bands->band[order[i]];
        if (band->good && band->detector == 1 && band->centre_nm >= line_from_nm &&
            band->centre_nm <= line_to_nm && band->fwhm_nm < 12.0) {
            w->line[w->n_line++] = order[i];
        }
    }
}

static tl_code set_up(work *w, ptrdiff_t n_rows, tl_err *err) {
    const ptrdiff_t n = w->bands->n;
    ptrdiff_t *order = tl_acquire(n, sizeof *order);
    w->rows = tl_acquire(n * GROUP_ROWS * w->ncol, sizeof *w->rows);
    w->near = tl_acquire(n, sizeof *w->near);
    w->variance = tl_acquire(n * GROUPS * BLOCKS, sizeof *w->variance);
    w->n_variance = tl_acquire(n, sizeof *w->n_variance);
    w->sum = tl_acquire(n, sizeof *w->sum);
    w->count = tl_acquire(n, sizeof *w->count);
    w->stripes = tl_acquire(n, sizeof *w->stripes);
    w->column = tl_acquire(32 * w->ncol, sizeof *w->column);
    w->columns = tl_acquire(32 * w->ncol, sizeof *w->columns);
    tl_code code = TL_OK;
    if (order == NULL || w->rows == NULL || w->near == NULL || w->variance == NULL ||
        w->n_variance == NULL || w->sum == NULL || w->count == NULL || w->stripes == NULL ||
        w->column == NULL || w->columns == NULL) {
        code = tl_no_memory(err, "%d rows of %td bands", GROUP_ROWS, n);
    }
    for (ptrdiff_t b = 0; code == TL_OK && b < n; b++) {
        code = tl_imagery_stripes_init(&w->stripes[b], n_rows, w->ncol, 0, err);
    }
    if (code == TL_OK) {
        tl_bands_order(w->bands, order);
        find_neighbours(w, order);
        find_line(w, order);
    }
    tl_release(order);
    return code;
}

static void take_down(work *w) {
    for (ptrdiff_t b = 0; w->stripes != NULL && b < w->bands->n; b++) {
        tl_imagery_stripes_free(&w->stripes[b]);
    }
    tl_release(w->rows);
    tl_release((void *)w->near);
    tl_release(w->variance);
    tl_release(w->n_variance);
    tl_release(w->sum);
    tl_release(w->count);
    tl_release(w->stripes);
    tl_release(w->column);
    tl_release(w->columns);
}

/* --- one group of rows --- */

static tl_code study_band(void *arg, ptrdiff_t b, tl_err *err) {
    work *w = arg;
    const ptrdiff_t cells = w->n_rows * w->ncol;
    const float *rows = w->rows + b * cells;
    const ptrdiff_t *near = w->near[b];
    (void)err;
    for (ptrdiff_t i = 0; i < cells; i++) {
        w->sum[b] += isnan(rows[i]) ? 0.0 : (double)rows[i];
        w->count[b] += isnan(rows[i]) ? 0.0 : 1.0;
    }
    if (near[0] >= 0) {
        w->n_variance[b] += tl_imagery_noise_blocks(
            rows, w->rows + near[0] * cells, near[1] < 0 ? NULL : w->rows + near[1] * cells,
            w->n_rows, w->ncol, w->variance + b * GROUPS * BLOCKS + w->n_variance[b], BLOCKS);
    }
    if (w->group == 0) {
        tl_imagery_stripes_learn(&w->stripes[b], rows, w->n_rows);
    }
    tl_imagery_stripes_add(&w->stripes[b], w->row0, rows, w->n_rows);
    return TL_OK;
}

static void study_together(work *w, const tl_seam_steps *seams) {
    const ptrdiff_t cells = w->n_rows * w->ncol;
    for (ptrdiff_t k = 0; k < w->n_line; k++) {
        const float *rows = w->rows + w->line[k] * cells;
        for (ptrdiff_t i = 0; i < cells; i++) {
            const ptrdiff_t at = k * w->ncol + i % w->ncol;
            w->column[at] += isnan(rows[i]) ? 0.0 : (double)rows[i];
            w->columns[at] += isnan(rows[i]) ? 0.0 : 1.0;
        }
    }
    for (ptrdiff_t k = 0; k < seams->n; k++) {
        tl_imagery_keystone_add(&w->shift[k], w->rows + seams->seam[k].band[0][0] * cells,
                                w->rows + seams->seam[k].band[1][0] * cells, w->n_rows, w->ncol);
    }
}

/* Converts the bands to physical values one after the other, right after reading. */
static tl_code read_group(work *w, const tl_store *store, tl_raster *raster, const int *number,
                          ptrdiff_t row0, tl_err *err) {
    const ptrdiff_t cells = w->n_rows * w->ncol;
    TL_TRY(store->read_stored(raster, row0, w->n_rows, number, w->bands->n, w->rows, err));
    for (ptrdiff_t b = 0; b < w->bands->n; b++) {
        for (ptrdiff_t i = 0; i < cells; i++) {
            w->rows[b * cells + i] = tl_band_value(&w->bands->band[b], w->rows[b * cells + i]);
        }
    }
    return TL_OK;
}

static tl_code study_rows(work *w, const tl_job *job, tl_raster *raster, const tl_seam_steps *seams,
                          const tl_progress *progress, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const ptrdiff_t nrow = store->raster_info(raster)->nrow;
    const ptrdiff_t groups =
        nrow > GROUPS * GROUP_ROWS ? GROUPS : (nrow + GROUP_ROWS - 1) / GROUP_ROWS;
    int *number = tl_acquire(w->bands->n, sizeof *number);
    tl_code code = number == NULL ? tl_no_memory(err, "%td bands", w->bands->n) : TL_OK;
    for (ptrdiff_t b = 0; code == TL_OK && b < w->bands->n; b++) {
        number[b] = w->bands->band[b].index;
    }
    for (w->group = 0; code == TL_OK && w->group < groups; w->group++) {
        const ptrdiff_t row0 = nrow > GROUPS * GROUP_ROWS
                                   ? w->group * (nrow - GROUP_ROWS) / (GROUPS - 1)
                                   : w->group * GROUP_ROWS;
        const tl_progress part = tl_progress_part(progress, (double)w->group / (double)groups,
                                                  (double)(w->group + 1) / (double)groups);
        w->n_rows = tl_min(nrow - row0, GROUP_ROWS);
        code = read_group(w, store, raster, number, row0, err);
        if (code == TL_OK) {
            code = tl_parfor(tl_job_threads(job), w->bands->n, study_band, w, &part, err);
        }
        if (code == TL_OK) {
            study_together(w, seams);
            w->row0 += w->n_rows;
        }
    }
    tl_release(number);
    return code;
}

/* --- figures --- */

static tl_code judge_bands(work *w, tl_scene_quality *q, tl_err *err) {
    double *stripe = tl_acquire(w->ncol, sizeof *stripe);
    tl_code code = stripe == NULL ? tl_no_memory(err, "%td columns", w->ncol) : TL_OK;
    for (ptrdiff_t b = 0; code == TL_OK && b < w->bands->n; b++) {
        tl_stripe_profile found;
        code = tl_imagery_stripes_solve(&w->stripes[b], WINDOW, stripe, &found, err);
        q->band[b].mean = w->count[b] > 0.0 ? w->sum[b] / w->count[b] : (double)NAN;
        q->band[b].noise = tl_imagery_noise(w->variance + b * GROUPS * BLOCKS, w->n_variance[b]);
        q->band[b].stripe_percent = 100.0 * found.amplitude / fabs(q->band[b].mean);
    }
    tl_release(stripe);
    return code;
}

static void judge_geometry(work *w, tl_scene_quality *q) {
    double centre[32];
    for (ptrdiff_t k = 0; k < w->n_line; k++) {
        centre[k] = w->bands->band[w->line[k]].centre_nm;
        for (ptrdiff_t c = 0; c < w->ncol; c++) {
            w->column[k * w->ncol + c] /= w->columns[k * w->ncol + c];
        }
    }
    q->smile_nm = tl_imagery_smile_nm(w->column, centre, w->n_line, w->ncol, &q->line_depth);
    for (ptrdiff_t k = 0; k < q->seams.n; k++) {
        q->keystone[k] = tl_imagery_keystone_columns(&w->shift[k]);
    }
}

tl_code tl_scene_quality_measure(const tl_job *job, tl_raster *raster, const tl_bands *bands,
                                 const tl_progress *progress, tl_scene_quality *quality,
                                 tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const tl_raster_info *info = store->raster_info(raster);
    work w = {.bands = bands, .ncol = info->ncol};
    *quality = (tl_scene_quality){0};
    quality->band = tl_acquire(bands->n, sizeof *quality->band);
    tl_code code = quality->band == NULL
                       ? tl_no_memory(err, "%td bands", bands->n)
                       : tl_seam_steps_find(store, raster, bands, 0, &quality->seams, err);
    if (code == TL_OK) {
        code = set_up(&w, tl_min(info->nrow, (ptrdiff_t)GROUPS * GROUP_ROWS), err);
    }
    if (code == TL_OK) {
        code = study_rows(&w, job, raster, &quality->seams, progress, err);
    }
    if (code == TL_OK) {
        code = judge_bands(&w, quality, err);
    }
    if (code == TL_OK) {
        judge_geometry(&w, quality);
    } else {
        tl_scene_quality_free(quality);
    }
    take_down(&w);
    return code;
}

void tl_scene_quality_free(tl_scene_quality *quality) {
    tl_release(quality->band);
    *quality = (tl_scene_quality){0};
}

const char *tl_scene_quality_advice(const tl_band_quality *q, char *text) {
    const double snr = q->mean / q->noise;
    text[0] = '\0';
    if (snr < least_snr) {
        (void)snprintf(text, 96, "signal-to-noise ratio %.3g, below %g", snr, least_snr);
    } else if (q->stripe_percent > max_stripes) {
        (void)snprintf(text, 96, "stripes of %.3g %% of the signal, above %g %%", q->stripe_percent,
                       max_stripes);
    }
    return text;
}

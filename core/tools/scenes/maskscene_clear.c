/* SPDX-License-Identifier: GPL-2.0-or-later
 * How maskscene removes the light of thin cloud from a scene; see maskscene.h. */
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "imagery/thincloud.h"
#include "num/stats.h"
#include "recipes/grid_io.h"
#include "tools/scenes/maskscene.h"
#include "tools/scenes/scene_files.h"

enum { MAX_CELLS = 20000, GROUPS = 20, MIN_CELLS = 200 };

static const double LOWER_SHARE = 0.25;
static const double WORSE = 0.02; /* a larger decrease of the correlation is reported */

/* Soil cells from which the light of each band is estimated. */
typedef struct lesson {
    ptrdiff_t n;
    ptrdiff_t *cell;
    double *thickness; /* [n] */
    double *value;     /* [n] of the current band */
    float *spectrum;   /* [n, bands] */
    double *light;     /* [bands] light added for each unit of thickness */
} lesson;

static void free_lesson(lesson *l) {
    tl_release(l->cell);
    tl_release(l->thickness);
    tl_release(l->value);
    tl_release(l->spectrum);
    tl_release(l->light);
}

/* Every k-th row and column, so that about MAX_CELLS soil cells remain. */
static tl_code pick_cells(const tl_mask_work *w, lesson *l, tl_err *err) {
    const ptrdiff_t nrow = w->info->nrow;
    const ptrdiff_t ncol = w->info->ncol;
    const ptrdiff_t step =
        (ptrdiff_t)ceil(sqrt(fmax(1.0, (double)nrow * (double)ncol / MAX_CELLS)));
    const ptrdiff_t capacity = (nrow / step + 1) * (ncol / step + 1);
    l->cell = tl_acquire(capacity, sizeof *l->cell);
    l->thickness = tl_acquire(capacity, sizeof *l->thickness);
    l->value = tl_acquire(capacity, sizeof *l->value);
    l->spectrum = tl_acquire(capacity * w->info->bands.n, sizeof *l->spectrum);
    l->light = tl_acquire(w->info->bands.n, sizeof *l->light);
    if (l->cell == NULL || l->thickness == NULL || l->value == NULL || l->spectrum == NULL ||
        l->light == NULL) {
        return tl_no_memory(err, "%td spectra", capacity);
    }
    for (ptrdiff_t r = 0; r < nrow; r += step) {
        for (ptrdiff_t c = 0; c < ncol; c += step) {
            const ptrdiff_t at = r * ncol + c;
            if (tl_maskscene_is_ground((tl_surface)w->surface[at]) &&
                isfinite(w->thickness.data[at])) {
                l->thickness[l->n] = (double)w->thickness.data[at];
                l->cell[l->n++] = at;
            }
        }
    }
    ptrdiff_t thin = 0;
    for (ptrdiff_t i = 0; i < l->n; i++) {
        thin += l->thickness[i] >= w->rule.limit;
    }
    return thin >= MIN_CELLS
               ? TL_OK
               : tl_fail(
                     err, TL_DATA,
                     "cleared: %td of the %td sampled soil cells are under thin cloud; wanted %d "
                     "or more to estimate its light",
                     thin, l->n, MIN_CELLS);
}

static tl_code read_spectra(const tl_mask_work *w, const int *number, lesson *l, tl_err *err) {
    const ptrdiff_t ncol = w->info->ncol;
    const ptrdiff_t p = w->info->bands.n;
    float *row = tl_acquire(p * ncol, sizeof *row);
    ptrdiff_t last = -1;
    tl_code code = row == NULL ? tl_no_memory(err, "a row") : TL_OK;
    for (ptrdiff_t i = 0; code == TL_OK && i < l->n; i++) {
        const ptrdiff_t r = l->cell[i] / ncol;
        if (r != last) {
            code = w->store->read_window(w->raster, 0, r, ncol, 1, number, p, row, err);
            last = r;
        }
        for (ptrdiff_t j = 0; code == TL_OK && j < p; j++) {
            l->spectrum[i * p + j] = row[j * ncol + l->cell[i] % ncol];
        }
    }
    tl_release(row);
    return code;
}

/* The light of every band: slope of the lower edge against thickness, never below 0. */
static tl_code learn_light(const tl_mask_work *w, lesson *l, tl_err *err) {
    const ptrdiff_t p = w->info->bands.n;
    double *x = tl_acquire(l->n, sizeof *x);
    tl_code code = x == NULL ? tl_no_memory(err, "%td cells", l->n) : TL_OK;
    for (ptrdiff_t j = 0; code == TL_OK && j < p; j++) {
        double base;
        double slope = 0.0;
        ptrdiff_t n = 0;
        for (ptrdiff_t i = 0; i < l->n; i++) {
            const float v = l->spectrum[i * p + j];
            if (isfinite(v)) {
                x[n] = l->thickness[i];
                l->value[n++] = (double)v;
            }
        }
        code = tl_imagery_lower_line(x, l->value, n, GROUPS, LOWER_SHARE, &base, &slope, err);
        code = code == TL_DATA ? TL_OK : code;
        l->light[j] = fmax(0.0, slope);
    }
    tl_release(x);
    return code;
}

/* --- writing --- */

typedef struct clear_block {
    const tl_mask_work *work;
    const lesson *lesson;
    ptrdiff_t row0;
    ptrdiff_t n_rows;
    float *value; /* [bands, n_rows * ncol] */
} clear_block;

static tl_code clear_band(void *arg, ptrdiff_t band, tl_err *err) {
    (void)err;
    const clear_block *b = arg;
    const ptrdiff_t cells = b->n_rows * b->work->info->ncol;
    const float *t = b->work->thickness.data + b->row0 * b->work->info->ncol;
    float *v = b->value + band * cells;
    for (ptrdiff_t i = 0; i < cells; i++) {
        v[i] = isnan(t[i]) ? v[i] : (float)((double)v[i] - b->lesson->light[band] * (double)t[i]);
    }
    return TL_OK;
}

/* The output `cleared` while its rows are written. */
typedef struct cleared {
    const tl_mask_work *work;
    const int *number; /* [bands] file numbers */
    const lesson *lesson;
    const tl_progress *progress;
} cleared;

static tl_code fill_cleared(void *arg, tl_sink *sink, tl_err *err) {
    const cleared *c = arg;
    const tl_mask_work *w = c->work;
    const ptrdiff_t nrow = w->info->nrow;
    const ptrdiff_t ncol = w->info->ncol;
    const ptrdiff_t p = w->info->bands.n;
    const ptrdiff_t step = tl_maskscene_rows_at_once(w, p);
    clear_block b = {
        .work = w, .lesson = c->lesson, .value = tl_acquire(p * step * ncol, sizeof *b.value)};
    tl_code code = b.value == NULL ? tl_no_memory(err, "%td rows", step) : TL_OK;
    for (b.row0 = 0; code == TL_OK && b.row0 < nrow; b.row0 += step) {
        b.n_rows = tl_min(step, nrow - b.row0);
        const tl_progress part = tl_progress_part(c->progress, (double)b.row0 / (double)nrow,
                                                  (double)(b.row0 + b.n_rows) / (double)nrow);
        TL_CHECK(w->store->read_window(w->raster, 0, b.row0, ncol, b.n_rows, c->number, p, b.value,
                                       err));
        TL_CHECK(tl_parfor(tl_job_threads(w->job), p, clear_band, &b, &part, err));
        TL_CHECK(w->store->write_scene_rows(sink, b.row0, b.n_rows, b.value, err));
    }
done:
    tl_release(b.value);
    return code;
}

static tl_code write_scene(cleared *c, tl_err *err) {
    const tl_raster_info *info = c->work->info;
    tl_bands bands = {0};
    TL_TRY(tl_bands_copy(&bands, &info->bands, err));
    for (ptrdiff_t j = 0; j < bands.n; j++) {
        tl_band *band = &bands.band[j];
        band->index = (int)j + 1;
        band->scale = 1.0;
        band->offset = 0.0;
        band->has_nodata = 0;
    }
    const tl_scene_files_output output = {.id = "cleared",
                                          .nrow = info->nrow,
                                          .ncol = info->ncol,
                                          .geo = &info->geo,
                                          .bands = &bands,
                                          .facts = &info->facts,
                                          .fill = fill_cleared,
                                          .arg = c};
    const tl_code code = tl_scene_files_write(c->work->job, &output, err);
    tl_bands_free(&bands);
    return code;
}

/* --- comparison --- */

/* Red light over soil before and after, in the clear stratum and under thin cloud. */
typedef struct judgement {
    ptrdiff_t n[2];
    double mean[2][2]; /* [stratum, before and after] */
    double sd[2][2];
    double r[2][2]; /* with the terrain; NaN without */
} judgement;

static tl_code judge(const tl_mask_work *w, const lesson *l, ptrdiff_t red, const tl_grid *terrain,
                     judgement *out, tl_err *err) {
    const ptrdiff_t p = w->info->bands.n;
    double *scratch = tl_acquire(3 * l->n, sizeof *scratch);
    if (scratch == NULL) {
        return tl_no_memory(err, "%td cells", l->n);
    }
    double *before = scratch;
    double *after = scratch + l->n;
    double *height = scratch + 2 * l->n;
    for (int stratum = 0; stratum < 2; stratum++) {
        ptrdiff_t n = 0;
        for (ptrdiff_t i = 0; i < l->n; i++) {
            const float v = l->spectrum[i * p + red];
            const double h = terrain->data == NULL ? 0.0 : (double)terrain->data[l->cell[i]];
            if ((l->thickness[i] >= w->rule.limit) == stratum && isfinite(v) && isfinite(h)) {
                before[n] = (double)v;
                after[n] = (double)v - l->light[red] * l->thickness[i];
                height[n++] = h;
            }
        }
        out->n[stratum] = n;
        for (int k = 0; k < 2; k++) {
            const double *value = k == 0 ? before : after;
            out->mean[stratum][k] = tl_num_mean(value, n);
            out->sd[stratum][k] = tl_num_sd(value, n);
            out->r[stratum][k] = tl_num_pearson(value, height, n);
        }
    }
    tl_release(scratch);
    return TL_OK;
}

static void log_judgement(const tl_mask_work *w, const judgement *j) {
    double seam[2];
    for (int k = 0; k < 2; k++) {
        seam[k] = fabs(j->mean[1][k] - j->mean[0][k]) / j->sd[0][0];
        tl_job_put_number(w->job, k == 0 ? "seam_before" : "seam_after", seam[k]);
        tl_job_put_number(w->job, k == 0 ? "r_clear_before" : "r_clear_after", j->r[0][k]);
        tl_job_put_number(w->job, k == 0 ? "r_thin_before" : "r_thin_after", j->r[1][k]);
    }
    tl_job_log(
        w->job, seam[1] > seam[0] ? TL_WARNING : TL_INFO,
        "removal of thin cloud: red light over soil under thin cloud and clear soil differ by "
        "%.2f standard deviations before, %.2f after%s",
        seam[0], seam[1], seam[1] > seam[0] ? ": the removal makes the scene worse" : "");
    if (isnan(j->r[0][0])) {
        return;
    }
    const int worse = fabs(j->r[0][1]) < fabs(j->r[0][0]) - WORSE;
    tl_job_log(w->job, worse ? TL_WARNING : TL_INFO,
               "correlation of red light with the terrain: clear soil %.3f before, %.3f after%s; "
               "under thin cloud %.3f before, %.3f after",
               j->r[0][0], j->r[0][1], worse ? ": the removal makes the scene worse" : "",
               j->r[1][0], j->r[1][1]);
}

/* Position of the first band of red. */
static ptrdiff_t red_band(const tl_mask_work *w) {
    const int number = w->table.number[w->table.at[TL_WINDOW_RED][0]];
    for (ptrdiff_t j = 0; j < w->info->bands.n; j++) {
        if (w->info->bands.band[j].index == number) {
            return j;
        }
    }
    return 0;
}

tl_code tl_maskscene_clear(tl_mask_work *w, const tl_progress *progress, tl_err *err) {
    const ptrdiff_t p = w->info->bands.n;
    int *number = tl_acquire(p, sizeof *number);
    lesson l = {0};
    tl_grid terrain = {0};
    judgement j;
    tl_code code = number == NULL ? tl_no_memory(err, "%td bands", p) : TL_OK;
    for (ptrdiff_t b = 0; code == TL_OK && b < p; b++) {
        number[b] = w->info->bands.band[b].index;
    }
    TL_CHECK(code);
    TL_CHECK(pick_cells(w, &l, err));
    TL_CHECK(read_spectra(w, number, &l, err));
    TL_CHECK(learn_light(w, &l, err));
    if (tl_job_given(w->job, "terrain")) {
        TL_CHECK(tl_recipes_read_grid_like(w->job, "terrain", &w->thickness, TL_BILINEAR, &terrain,
                                           err));
    }
    TL_CHECK(judge(w, &l, red_band(w), &terrain, &j, err));
    log_judgement(w, &j);
    cleared c = {.work = w, .number = number, .lesson = &l, .progress = progress};
    code = write_scene(&c, err);
done:
    tl_release(number);
    free_lesson(&l);
    tl_grid_free(&terrain);
    return code;
}

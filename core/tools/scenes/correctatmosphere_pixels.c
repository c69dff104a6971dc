/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correctatmosphere`: the passes over the pixels of a scene. */
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "tools/scenes/correctatmosphere.h"

/* A band is corrected when its factors are known and its gases transmit enough light. */
static int can_correct(const tl_correction *c, ptrdiff_t band) {
    return tl_correctatmosphere_is_physical(c)
               ? c->air.inside[band] != 0 && isfinite(c->to_top[band]) &&
                     c->gas[band] >= tl_job_number(c->job, "min_transmittance")
               : isfinite(c->line[band].gain);
}

/* A block of rows between the scene and the output; every band is processed on its own. */
typedef struct pixel_work {
    tl_correction *c;
    tl_water_position *place; /* [block_rows * ncol] */
    ptrdiff_t row0;
    ptrdiff_t n_rows;
    int gather; /* 1: the first of two passes, which adds up the surroundings */
} pixel_work;

static void to_ground(const pixel_work *w, ptrdiff_t band, float *values, ptrdiff_t n) {
    const tl_correction *c = w->c;
    if (!tl_correctatmosphere_is_physical(c)) {
        const float gain = (float)c->line[band].gain;
        const float offset = (float)c->line[band].offset;
        for (ptrdiff_t i = 0; i < n; i++) {
            values[i] = gain * values[i] + offset;
        }
        return;
    }
    const float to_top = c->to_top[band];
    for (ptrdiff_t i = 0; i < n; i++) {
        const tl_air_numbers a = tl_atmosphere_bands_at(&c->air, band, w->place[i]);
        values[i] = tl_atmosphere_air_to_ground(a, values[i] * to_top);
    }
}

/* Removes the light of the surroundings; row holds the reflectance of a uniform surface. */
static void sharpen_row(const pixel_work *w, ptrdiff_t band, ptrdiff_t row, float *values,
                        float *around) {
    const tl_correction *c = w->c;
    const ptrdiff_t ncol = c->info->ncol;
    tl_atmosphere_background_row(&c->background, band, w->row0 + row, ncol, around);
    for (ptrdiff_t i = 0; i < ncol; i++) {
        const tl_air_numbers a = tl_atmosphere_bands_at(&c->air, band, w->place[row * ncol + i]);
        values[i] = tl_atmosphere_air_sharpen(a, values[i], around[i], c->direct[band]);
    }
}

static tl_code correct_band(void *arg, ptrdiff_t band, tl_err *err) {
    const pixel_work *w = arg;
    tl_correction *c = w->c;
    const ptrdiff_t ncol = c->info->ncol;
    const ptrdiff_t n = w->n_rows * ncol;
    float *values = c->block + band * n;
    if (!can_correct(c, band)) {
        for (ptrdiff_t i = 0; i < n; i++) {
            values[i] = NAN;
        }
        return TL_OK;
    }
    to_ground(w, band, values, n);
    if (w->gather != 0) {
        for (ptrdiff_t r = 0; r < w->n_rows; r++) {
            tl_atmosphere_background_add(&c->background, band, w->row0 + r, values + r * ncol,
                                         ncol);
        }
        return TL_OK;
    }
    if (c->sharpen != 0) {
        float *around = tl_acquire(ncol, sizeof *around);
        if (around == NULL) {
            return tl_no_memory(err, "a row");
        }
        for (ptrdiff_t r = 0; r < w->n_rows; r++) {
            sharpen_row(w, band, r, values + r * ncol, around);
        }
        tl_release(around);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            c->sum[band] += (double)values[i];
            c->count[band]++;
            c->below[band] += values[i] < 0.0F;
        }
    }
    return TL_OK;
}

tl_code tl_correctatmosphere_pass(tl_correction *c, tl_sink *sink, const tl_progress *progress,
                                  tl_err *err) {
    const ptrdiff_t nrow = c->info->nrow;
    const ptrdiff_t ncol = c->info->ncol;
    pixel_work w = {.c = c, .gather = sink == NULL};
    w.place = tl_acquire(c->block_rows * ncol, sizeof *w.place);
    tl_code code = w.place == NULL ? tl_no_memory(err, "the pixels") : TL_OK;
    for (w.row0 = 0; code == TL_OK && w.row0 < nrow; w.row0 += c->block_rows) {
        w.n_rows = tl_min(nrow - w.row0, c->block_rows);
        const tl_progress part = tl_progress_part(progress, (double)w.row0 / (double)nrow,
                                                  (double)(w.row0 + w.n_rows) / (double)nrow);
        for (ptrdiff_t i = 0; tl_correctatmosphere_is_physical(c) && i < w.n_rows * ncol; i++) {
            w.place[i] = tl_correctatmosphere_water_at(c, w.row0 * ncol + i);
        }
        TL_CHECK(c->store->read_window(c->raster, 0, w.row0, ncol, w.n_rows, c->number, c->n,
                                       c->block, err));
        TL_CHECK(tl_parfor(tl_job_threads(c->job), c->n, correct_band, &w, &part, err));
        if (sink != NULL) {
            TL_CHECK(c->store->write_scene_rows(sink, w.row0, w.n_rows, c->block, err));
        }
    }
done:
    tl_release(w.place);
    return code;
}

tl_code tl_correctatmosphere_gather(tl_correction *c, const tl_progress *progress, tl_err *err) {
    const double radius_m = tl_job_number(c->job, "adjacency");
    if (!tl_correctatmosphere_is_physical(c) || !(radius_m > 0.0)) {
        return TL_OK;
    }
    if (c->info->geo.crs_wkt == NULL) {
        return tl_fail(err, TL_DATA,
                       "adjacency: '%s' has no coordinate reference system, so the number of "
                       "pixels in %.0f m is unknown; use adjacency 0, or geocode the scene first",
                       tl_job_text(c->job, "scene"), radius_m);
    }
    double dx = 0.0;
    double dy = 0.0;
    TL_TRY(tl_georef_cell_m(&c->info->geo, c->info->nrow / 2, &dx, &dy, err));
    const double radius = radius_m / sqrt(dx * dy);
    if (radius < 1.0) {
        tl_job_log(c->job, TL_WARNING,
                   "adjacency: %.0f m are less than a pixel (%.0f m), so nothing is removed",
                   radius_m, sqrt(dx * dy));
        return TL_OK;
    }
    const ptrdiff_t cell = radius < 8.0 ? 1 : (ptrdiff_t)(radius / 4.0);
    const double cells = (double)c->n * (double)c->info->nrow * (double)c->info->ncol /
                         ((double)cell * (double)cell);
    if (cells * 8.0 > tl_job_memory_bytes(c->job) / 2.0) {
        return tl_fail(err, TL_NOMEM,
                       "adjacency: the surroundings of %td bands need %.0f MiB; use a larger "
                       "radius or more memory",
                       c->n, cells * 16.0 / 1048576.0);
    }
    TL_TRY(tl_atmosphere_background_init(&c->background, c->n, c->info->nrow, c->info->ncol, cell,
                                         err));
    TL_TRY(tl_correctatmosphere_pass(c, NULL, progress, err));
    TL_TRY(tl_atmosphere_background_finish(&c->background, (ptrdiff_t)lround(radius / (double)cell),
                                           err));
    c->sharpen = 1;
    return TL_OK;
}

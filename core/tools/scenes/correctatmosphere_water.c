/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correctatmosphere`: the water vapour over the cells of a scene. */
#include <math.h>

#include "atmosphere/boxmean.h"
#include "atmosphere/watervapour.h"
#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "recipes/grid_io.h"
#include "tools/scenes/correctatmosphere.h"

/* The bands that are read to find water: both features and those of snow. */
typedef struct water_work {
    tl_correction *c;
    tl_water_feature feature[2]; /* 940 nm, 1130 nm */
    ptrdiff_t green;             /* positions in the band table; -1 = none */
    ptrdiff_t infrared;
    ptrdiff_t p;
    ptrdiff_t *band;   /* [p] positions in the band table */
    ptrdiff_t *column; /* [n] position among the bands that are read; -1 = none */
    int *number;       /* [p] */
    float *rows;       /* [p, n_rows * ncol] reflectance at the top */
    float *map[2];     /* [nrow * ncol] */
    ptrdiff_t row0;
    ptrdiff_t n_rows;
} water_work;

static ptrdiff_t band_near(const tl_correction *c, const int *usable, double nm) {
    ptrdiff_t best = -1;
    double distance = 25.0;
    for (ptrdiff_t b = 0; b < c->n; b++) {
        if (usable[b] != 0 && fabs(c->centre_nm[b] - nm) < distance) {
            distance = fabs(c->centre_nm[b] - nm);
            best = b;
        }
    }
    return best;
}

static void need(water_work *w, ptrdiff_t band) {
    if (band >= 0 && w->column[band] < 0) {
        w->column[band] = w->p;
        w->band[w->p] = band;
        w->number[w->p] = w->c->number[band];
        w->p++;
    }
}

/* returns 1 when at least one feature is there */
static int choose_water_bands(water_work *w, int *usable) {
    const tl_correction *c = w->c;
    for (ptrdiff_t b = 0; b < c->n; b++) {
        usable[b] =
            c->info->bands.band[b].good != 0 && c->air.inside[b] != 0 && isfinite(c->to_top[b]);
        w->column[b] = -1;
    }
    for (int k = 0; k < 2; k++) {
        (void)tl_atmosphere_water_feature_find(c->centre_nm, usable, c->n, k, &w->feature[k]);
        for (ptrdiff_t i = 0; i < w->feature[k].n; i++) {
            need(w, w->feature[k].band[i]);
        }
    }
    w->green = band_near(c, usable, 555.0);
    w->infrared = band_near(c, usable, 1610.0);
    if (w->green >= 0 && w->infrared >= 0) {
        need(w, w->green);
        need(w, w->infrared);
    }
    return w->feature[0].n > 0 || w->feature[1].n > 0;
}

static float value_at(const water_work *w, ptrdiff_t band, ptrdiff_t i) {
    const ptrdiff_t n = w->n_rows * w->c->info->ncol;
    return w->rows[w->column[band] * n + i] * w->c->to_top[band];
}

/* Snow and ice absorb at the shoulders, so water vapour cannot be retrieved over them (NDSI above
 * 0.4). */
static int is_snow(const water_work *w, ptrdiff_t i) {
    if (w->green < 0 || w->infrared < 0) {
        return 0;
    }
    const float green = value_at(w, w->green, i);
    const float infrared = value_at(w, w->infrared, i);
    return green > 0.1F && (green - infrared) / (green + infrared) > 0.4F;
}

static tl_code retrieve_row(void *arg, ptrdiff_t row, tl_err *err) {
    (void)err;
    const water_work *w = arg;
    const ptrdiff_t ncol = w->c->info->ncol;
    for (ptrdiff_t col = 0; col < ncol; col++) {
        const ptrdiff_t i = row * ncol + col;
        const int snow = is_snow(w, i);
        for (int k = 0; k < 2; k++) {
            const tl_water_feature *f = &w->feature[k];
            float top[TL_WATER_MAX_BANDS];
            for (ptrdiff_t j = 0; j < f->n; j++) {
                top[j] = value_at(w, f->band[j], i);
            }
            if (f->n > 0) {
                w->map[k][w->row0 * ncol + i] =
                    snow != 0 ? NAN : (float)tl_atmosphere_water_retrieve(&w->c->air, f, top);
            }
        }
    }
    return TL_OK;
}

static tl_code retrieve_all(water_work *w, const tl_progress *progress, tl_err *err) {
    const tl_correction *c = w->c;
    const ptrdiff_t nrow = c->info->nrow;
    for (w->row0 = 0; w->row0 < nrow; w->row0 += c->block_rows) {
        w->n_rows = tl_min(nrow - w->row0, c->block_rows);
        TL_TRY(c->store->read_window(w->c->raster, 0, w->row0, c->info->ncol, w->n_rows, w->number,
                                     w->p, w->rows, err));
        const tl_progress part = tl_progress_part(progress, (double)w->row0 / (double)nrow,
                                                  (double)(w->row0 + w->n_rows) / (double)nrow);
        TL_TRY(tl_parfor(tl_job_threads(c->job), w->n_rows, retrieve_row, w, &part, err));
    }
    return TL_OK;
}

/* Mean difference between the two features, over the cells that have both. */
static double mean_difference(const water_work *w, ptrdiff_t cells) {
    double sum = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < cells; i++) {
        const double d = (double)w->map[1][i] - (double)w->map[0][i];
        if (isfinite(d)) {
            sum += d;
            n++;
        }
    }
    return n > 0 ? sum / (double)n : (double)NAN;
}

/* Chooses the feature, smooths its map and stores it. */
static tl_code take_map(water_work *w, tl_err *err) {
    tl_correction *c = w->c;
    const ptrdiff_t nrow = c->info->nrow;
    const ptrdiff_t ncol = c->info->ncol;
    int take = w->feature[0].n > 0 ? 0 : 1;
    if (tl_job_choice(c->job, "water_feature") == 2 && w->feature[1].n > 0) {
        take = 1;
    }
    if (w->feature[0].n > 0 && w->feature[1].n > 0) {
        const double difference = mean_difference(w, nrow * ncol);
        tl_job_put_number(c->job, "water_1130_minus_940", difference);
        if (isfinite(difference)) {
            tl_job_log(c->job, TL_INFO,
                       "water vapour at 1130 nm minus that at 940 nm: mean %.2f g cm-2",
                       difference);
        }
    }
    tl_map_summary s;
    TL_TRY(tl_atmosphere_box_mean(w->map[take], nrow, ncol,
                                  tl_job_integer(c->job, "water_window") / 2, &s, err));
    if (s.n_valid * 20 < nrow * ncol) {
        tl_job_log(c->job, TL_WARNING,
                   "water vapour: retrieved in only %td of %td pixels (the others have no data, "
                   "are dark or snow)",
                   s.n_valid, nrow * ncol);
    }
    if (s.n_valid == 0) {
        return TL_OK; /* the caller uses one value */
    }
    const double driest = c->air.water_g_cm2[0];
    const double wettest = c->air.water_g_cm2[c->air.n_water - 1];
    if (s.median <= driest * 1.001 || s.median >= wettest * 0.999) {
        tl_job_log(
            c->job, TL_WARNING,
            "water vapour: most pixels are at the end of the table (%.3g to %.3g g cm-2); the "
            "scene may be corrected already, or its calibration is wrong at %s",
            driest, wettest, take == 0 ? "940 nm" : "1130 nm");
    }
    c->facts.water_vapour_g_cm2 = s.median;
    c->water = w->map[take];
    w->map[take] = NULL;
    tl_job_put_number(c->job, "water_median_g_cm2", s.median);
    tl_job_put_number(c->job, "water_lowest_g_cm2", s.lowest);
    tl_job_put_number(c->job, "water_highest_g_cm2", s.highest);
    tl_job_put_text(c->job, "water_from", take == 0 ? "940 nm" : "1130 nm");
    tl_job_log(c->job, TL_INFO, "water vapour from %s: median %.2f, %.2f to %.2f g cm-2",
               take == 0 ? "940 nm" : "1130 nm", s.median, s.lowest, s.highest);
    return TL_OK;
}

static tl_code retrieve(tl_correction *c, const tl_progress *progress, tl_err *err) {
    water_work w = {.c = c};
    const ptrdiff_t cells = c->info->nrow * c->info->ncol;
    int *usable = tl_acquire(c->n, sizeof *usable);
    w.band = tl_acquire(c->n, sizeof *w.band);
    w.column = tl_acquire(c->n, sizeof *w.column);
    w.number = tl_acquire(c->n, sizeof *w.number);
    w.map[0] = tl_acquire(cells, sizeof(float));
    w.map[1] = tl_acquire(cells, sizeof(float));
    tl_code code = TL_OK;
    if (usable == NULL || w.band == NULL || w.column == NULL || w.number == NULL ||
        w.map[0] == NULL || w.map[1] == NULL) {
        code = tl_no_memory(err, "the water vapour of %td pixels", cells);
    } else if (choose_water_bands(&w, usable) != 0) {
        w.rows = c->block; /* large enough for all bands */
        code = retrieve_all(&w, progress, err);
        if (code == TL_OK) {
            code = take_map(&w, err);
        }
    } else {
        tl_job_log(c->job, TL_WARNING,
                   "water vapour: the scene lacks usable bands at 940 nm and at 1130 nm with "
                   "shoulders on both sides");
    }
    tl_release(usable);
    tl_release(w.band);
    tl_release(w.column);
    tl_release(w.number);
    tl_release(w.map[0]);
    tl_release(w.map[1]);
    return code;
}

tl_code tl_correctatmosphere_find_water(tl_correction *c, const tl_progress *progress,
                                        tl_err *err) {
    const double fact = c->facts.water_vapour_g_cm2;
    if (tl_job_given(c->job, "water")) {
        c->facts.water_vapour_g_cm2 = tl_job_number(c->job, "water");
    } else {
        c->facts.water_vapour_g_cm2 = NAN;
        TL_TRY(retrieve(c, progress, err));
        if (c->water == NULL) {
            c->facts.water_vapour_g_cm2 = isfinite(fact) ? fact : 1.5;
            tl_job_log(c->job, TL_WARNING,
                       "water vapour: %.3g g cm-2 is used everywhere (%s; "
                       "change it with water)",
                       c->facts.water_vapour_g_cm2,
                       isfinite(fact) ? "from the scene" : "the default");
        }
    }
    c->water_everywhere = c->facts.water_vapour_g_cm2;
    tl_job_put_number(c->job, "water_g_cm2", c->water_everywhere);
    const char *output = tl_job_output(c->job, "water_output");
    if (output == NULL) {
        return TL_OK;
    }
    tl_grid grid = {.nrow = c->info->nrow, .ncol = c->info->ncol, .geo = c->info->geo};
    grid.data = c->water;
    float *even = NULL;
    if (c->water == NULL) {
        even = tl_acquire(grid.nrow * grid.ncol, sizeof *even);
        if (even == NULL) {
            return tl_no_memory(err, "the water vapour");
        }
        for (ptrdiff_t i = 0; i < grid.nrow * grid.ncol; i++) {
            even[i] = (float)c->water_everywhere;
        }
        grid.data = even;
    }
    const tl_code code = tl_recipes_write_grid(
        c->job, "water_output", &grid, tl_recipes_layer("column water vapour", "g cm-2"), err);
    tl_release(even);
    return code;
}

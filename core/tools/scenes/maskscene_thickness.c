/* SPDX-License-Identifier: GPL-2.0-or-later
 * How maskscene measures the thickness of thin cloud; see maskscene.h. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "imagery/thincloud.h"
#include "num/stats.h"
#include "tools/scenes/maskscene.h"

enum { SAMPLE_ROWS = 200, SAMPLE_PAIRS = 200, LINE_GROUPS = 20, MIN_SOIL_CELLS = 200 };

static const double LOWER_SHARE = 0.1; /* of the cells of a group that are below the clear line */
static const double MIN_SPREAD = 4.0;  /* below it a water band has only noise */
static const double MAX_SHINE = 0.3;   /* correlation with the surface from which the surface shows
                                       * through */
static const double CIRRUS_LIMIT = 0.01; /* Gao et al. 1998 call reflectance above it cirrus */
static const double HAZE_LIMIT = 0.03;

int tl_maskscene_is_ground(tl_surface surface) {
    return surface == TL_SURFACE_SOIL || surface == TL_SURFACE_RESIDUE;
}

tl_surface tl_maskscene_surface(const tl_mask_work *w, ptrdiff_t cell, const double *window,
                                tl_surface_indices *index) {
    *index = tl_imagery_indices(window);
    const tl_surface surface = tl_imagery_classify(window, index, &w->rules);
    if (w->cover.data == NULL || surface == TL_SURFACE_NONE) {
        return surface;
    }
    const double cover = (double)w->cover.data[cell];
    for (ptrdiff_t k = 0; k < w->n_cover_class; k++) {
        if (fabs(cover - w->cover_class[k]) < 1e-6) {
            return surface;
        }
    }
    return TL_SURFACE_OUTSIDE;
}

/* --- the sample --- */

void tl_maskscene_free_sample(tl_mask_sample *sample) {
    tl_release(sample->window);
    tl_release(sample->like);
    *sample = (tl_mask_sample){0};
}

static void take_cell(tl_mask_work *w, ptrdiff_t cell, ptrdiff_t col, const float *row) {
    tl_mask_sample *s = &w->sample;
    double *window = s->window + s->n * TL_WINDOWS;
    tl_surface_indices index;
    tl_imagery_window_means(&w->table, row + col, w->info->ncol, window);
    const tl_surface surface = tl_maskscene_surface(w, cell, window, &index);
    s->like[s->n++] =
        tl_maskscene_is_ground(surface) && (w->clear_zone == NULL || w->clear_zone[cell] > 0);
}

static tl_code check_scale(const tl_mask_work *w, double *red, tl_err *err) {
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < w->sample.n; i++) {
        const double v = w->sample.window[i * TL_WINDOWS + TL_WINDOW_RED];
        if (isfinite(v)) {
            red[n++] = v;
        }
    }
    if (n == 0) {
        return tl_fail(err, TL_DATA, "scene: '%s' has no value near 660 nm in the rows read",
                       tl_job_text(w->job, "scene"));
    }
    tl_num_sort(red, n);
    const double middle = tl_num_quantile(red, n, 0.5, 7);
    if (middle <= 1.5) {
        return TL_OK;
    }
    return tl_fail(err, TL_DATA,
                   "scene: '%s' has a median of %.4g near 660 nm; wanted reflectance from 0 to "
                   "1. Run calibrate on radiance first; reflectance x 100 or x 10000 needs the "
                   "scale 0.01 or 0.0001 in its band table (sceneinfo writes one)",
                   tl_job_text(w->job, "scene"), middle);
}

tl_code tl_maskscene_read_sample(tl_mask_work *w, tl_err *err) {
    const ptrdiff_t nrow = w->info->nrow;
    const ptrdiff_t ncol = w->info->ncol;
    const ptrdiff_t rows = tl_min(nrow, SAMPLE_ROWS);
    const ptrdiff_t pairs = ncol / 2 < SAMPLE_PAIRS ? (ncol + 1) / 2 : SAMPLE_PAIRS;
    tl_mask_sample *s = &w->sample;
    float *row = tl_acquire(w->table.n * ncol, sizeof *row);
    s->window = tl_acquire(2 * rows * pairs * TL_WINDOWS, sizeof *s->window);
    s->like = tl_acquire(2 * rows * pairs, sizeof *s->like);
    double *red = tl_acquire(2 * rows * pairs, sizeof *red);
    tl_code code = TL_OK;
    if (row == NULL || s->window == NULL || s->like == NULL || red == NULL) {
        code = tl_no_memory(err, "a sample of %td cells", 2 * rows * pairs);
        goto done;
    }
    for (ptrdiff_t k = 0; k < rows; k++) {
        const ptrdiff_t r = k * nrow / rows;
        TL_CHECK(
            w->store->read_window(w->raster, 0, r, ncol, 1, w->table.number, w->table.n, row, err));
        for (ptrdiff_t i = 0; i < pairs; i++) {
            const ptrdiff_t c = i * ncol / pairs;
            const ptrdiff_t next = c + 1 < ncol ? c + 1 : c;
            take_cell(w, r * ncol + c, c, row);
            take_cell(w, r * ncol + next, next, row);
        }
    }
    code = check_scale(w, red, err);
done:
    tl_release(row);
    tl_release(red);
    return code;
}

/* --- the source --- */

/* The values of the surface in two parts of the spectrum, both finite. */
static ptrdiff_t ground_of(const tl_mask_sample *s, tl_window a, tl_window b, double *x,
                           double *y) {
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const double *window = s->window + i * TL_WINDOWS;
        if (s->like[i] && isfinite(window[a]) && isfinite(window[b])) {
            x[n] = window[a];
            y[n++] = window[b];
        }
    }
    return n;
}

/* Figures of a water band. */
typedef struct water_band {
    int there;
    double base;   /* 5 % quantile over the surface */
    double spread; /* tl_imagery_spread */
    double noise;
    double shine; /* correlation with the surface in an adjacent band, in the clearer half of the
                   * cells */
} water_band;

static tl_code judge_water_band(const tl_mask_work *w, tl_window window, double *scratch,
                                water_band *out, tl_err *err) {
    const tl_mask_sample *s = &w->sample;
    double *x = scratch;
    double *y = scratch + s->n;
    double *sorted = scratch + 2 * s->n;
    *out = (water_band){.spread = (double)NAN, .shine = (double)NAN};
    const tl_window reference =
        w->table.count[TL_WINDOW_CLEAR] > 0 ? TL_WINDOW_CLEAR : TL_WINDOW_NEAR;
    ptrdiff_t n = ground_of(s, window, reference, x, y);
    if (w->table.count[window] == 0 || n < MIN_SOIL_CELLS) {
        return TL_OK;
    }
    out->there = 1;
    memcpy(sorted, x, (size_t)n * sizeof *x);
    tl_num_sort(sorted, n);
    out->base = tl_num_quantile(sorted, n, 0.05, 7);
    const double middle = tl_num_quantile(sorted, n, 0.5, 7);
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (x[i] <= middle) {
            x[m] = x[i];
            y[m++] = y[i];
        }
    }
    out->shine = tl_num_pearson(x, y, m);
    for (ptrdiff_t i = 0; i < s->n; i++) {
        x[i] = s->window[i * TL_WINDOWS + window];
    }
    return tl_imagery_spread(x, s->n / 2, &out->spread, &out->noise, err);
}

/* 1: the band can be used; otherwise why is the reason against it. */
static int trusted(const water_band *b, const char **why) {
    *why = !b->there                    ? "the scene has no such band, or too little soil"
           : !(b->spread >= MIN_SPREAD) ? "it has little more than noise"
           : fabs(b->shine) > MAX_SHINE ? "the surface shows through the dry air"
                                        : NULL;
    return *why == NULL;
}

static void take_water_band(tl_mask_work *w, tl_thickness_from from, const water_band *b) {
    w->rule.from = from;
    w->rule.window = from == TL_THICKNESS_1380 ? TL_WINDOW_CIRRUS : TL_WINDOW_LATE;
    w->rule.base = b->base;
    w->rule.noise = b->noise;
    w->rule.limit = CIRRUS_LIMIT;
    tl_job_log(w->job, TL_INFO,
               "thin cloud is measured at %s: base %.4f, spread %.1f times the noise, "
               "correlation with the surface %.2f (change it with thickness_from)",
               tl_imagery_window_name(w->rule.window), b->base, b->spread, b->shine);
}

/* The clear line of the haze transform over the surface. */
static tl_code find_line(tl_mask_work *w, double *scratch, tl_err *err) {
    double *red = scratch;
    double *blue = scratch + w->sample.n;
    if (w->table.count[TL_WINDOW_DEEP_BLUE] == 0) {
        return TL_OK;
    }
    const ptrdiff_t n = ground_of(&w->sample, TL_WINDOW_RED, TL_WINDOW_DEEP_BLUE, red, blue);
    if (n < MIN_SOIL_CELLS) {
        return TL_OK;
    }
    const double share = w->clear_zone == NULL ? LOWER_SHARE : 0.5;
    const tl_code code = tl_imagery_lower_line(red, blue, n, LINE_GROUPS, share, &w->rule.line_a,
                                               &w->rule.line_b, err);
    w->rule.has_line = code == TL_OK;
    return code == TL_DATA ? TL_OK : code;
}

static tl_code take_haze(tl_mask_work *w, double *scratch, tl_err *err) {
    if (!w->rule.has_line) {
        return tl_fail(err, TL_DATA,
                       "thickness_from: haze needs bands near 452 and 660 nm and %d sampled "
                       "cells of bare soil%s; the scene has no such bands or fewer cells",
                       MIN_SOIL_CELLS, w->clear_zone == NULL ? "" : " in the clear area");
    }
    w->rule.from = TL_THICKNESS_HAZE;
    w->rule.limit = HAZE_LIMIT;
    for (ptrdiff_t i = 0; i < w->sample.n; i++) {
        scratch[i] = tl_maskscene_haze(&w->rule, w->sample.window + i * TL_WINDOWS);
    }
    double spread;
    TL_TRY(tl_imagery_spread(scratch, w->sample.n / 2, &spread, &w->rule.noise, err));
    tl_job_log(w->job, TL_INFO,
               "thin cloud is measured as haze: blue above %.4f + %.3f red (%s; "
               "change it with thickness_from)",
               w->rule.line_a, w->rule.line_b,
               w->clear_zone == NULL ? "lower edge over bare soil" : "of the clear area");
    return TL_OK;
}

static tl_code take_dark(tl_mask_work *w, tl_err *err) {
    if (w->table.count[TL_WINDOW_DEEP_BLUE] == 0) {
        return tl_fail(err, TL_ARG,
                       "thickness_from: dark needs a band near 452 nm, which the scene lacks");
    }
    w->rule.from = TL_THICKNESS_DARK;
    w->rule.window = TL_WINDOW_DEEP_BLUE;
    w->rule.limit = HAZE_LIMIT;
    tl_job_log(w->job, TL_INFO,
               "thin cloud is measured as light above the darkest cells nearby at 452 nm");
    return TL_OK;
}

/* Haze where it can be measured; a scene without soil still gets its classes. */
static tl_code take_haze_or_none(tl_mask_work *w, double *scratch, tl_err *err) {
    if (w->rule.has_line) {
        return take_haze(w, scratch, err);
    }
    w->rule.from = TL_THICKNESS_HAZE;
    w->rule.limit = HAZE_LIMIT;
    tl_job_log(
        w->job, TL_WARNING,
        "no thickness of thin cloud: it needs bands near 452 and 660 nm and %d sampled cells of "
        "bare soil; that layer stays empty",
        MIN_SOIL_CELLS);
    return TL_OK;
}

/* The best source: water bands of a scene at the top of the atmosphere, else haze. */
static tl_code choose_self(tl_mask_work *w, const water_band band[2], double *scratch,
                           tl_err *err) {
    if (!w->at_top) {
        tl_job_log(w->job, TL_INFO,
                   "reflectance of the surface: its water bands at 1380 and 1880 nm contain only "
                   "residuals of the correction, so they are not used for thin cloud");
        return take_haze_or_none(w, scratch, err);
    }
    for (int k = 0; k < 2; k++) {
        const char *why;
        if (trusted(&band[k], &why)) {
            take_water_band(w, k == 0 ? TL_THICKNESS_1380 : TL_THICKNESS_1880, &band[k]);
            return TL_OK;
        }
        tl_job_log(w->job, TL_INFO,
                   "%s is not used for thin cloud: %s (spread %.1f, correlation "
                   "with the surface %.2f)",
                   k == 0 ? "1380 nm" : "1880 nm", why, band[k].spread, band[k].shine);
    }
    return take_haze_or_none(w, scratch, err);
}

static tl_code take_chosen(tl_mask_work *w, tl_thickness_from from, const water_band *b,
                           tl_err *err) {
    const char *why;
    if (!b->there) {
        return tl_fail(err, TL_DATA,
                       "thickness_from: the scene has no band near %s, or fewer than %d of the "
                       "sampled cells are bare soil",
                       from == TL_THICKNESS_1380 ? "1380 nm" : "1880 nm", MIN_SOIL_CELLS);
    }
    take_water_band(w, from, b);
    if (!trusted(b, &why)) {
        tl_job_log(w->job, TL_WARNING, "thickness from %s is doubtful: %s",
                   tl_imagery_window_name(w->rule.window), why);
    }
    return TL_OK;
}

tl_code tl_maskscene_choose(tl_mask_work *w, tl_err *err) {
    const tl_thickness_from wanted = (tl_thickness_from)tl_job_choice(w->job, "thickness_from");
    double *scratch = tl_acquire(3 * w->sample.n, sizeof *scratch);
    water_band band[2];
    tl_code code = TL_OK;
    if (scratch == NULL) {
        return tl_no_memory(err, "a sample of %td cells", w->sample.n);
    }
    TL_CHECK(judge_water_band(w, TL_WINDOW_CIRRUS, scratch, &band[0], err));
    TL_CHECK(judge_water_band(w, TL_WINDOW_LATE, scratch, &band[1], err));
    TL_CHECK(find_line(w, scratch, err));
    code = wanted == TL_THICKNESS_AUTO   ? choose_self(w, band, scratch, err)
           : wanted == TL_THICKNESS_HAZE ? take_haze(w, scratch, err)
           : wanted == TL_THICKNESS_DARK
               ? take_dark(w, err)
               : take_chosen(w, wanted, &band[wanted - TL_THICKNESS_1380], err);
    if (code == TL_OK && tl_job_given(w->job, "thin_limit")) {
        w->rule.limit = tl_job_number(w->job, "thin_limit");
    }
done:
    tl_release(scratch);
    return code;
}

double tl_maskscene_haze(const tl_thickness_rule *rule, const double *window) {
    return rule->has_line
               ? window[TL_WINDOW_DEEP_BLUE] - rule->line_a - rule->line_b * window[TL_WINDOW_RED]
               : (double)NAN;
}

double tl_maskscene_thickness(const tl_thickness_rule *rule, const double *window) {
    return rule->from == TL_THICKNESS_HAZE ? tl_maskscene_haze(rule, window)
                                           : window[rule->window] - rule->base;
}

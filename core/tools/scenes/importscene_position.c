/* SPDX-License-Identifier: GPL-2.0-or-later
 * The position of an imported scene: the grid of the output, the parts on it, and the shift between
 * the detectors. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "mapstat/shift.h"
#include "tools/scenes/importscene.h"

/* Choices of the parameters. */
enum { geocode_auto, geocode_yes, geocode_no };
enum { shift_report, shift_apply, shift_none };

static int has_place(const tl_import *m, tl_geolocation place) {
    for (ptrdiff_t p = 0; p < m->info->n_parts; p++) {
        if (m->info->part[p].geolocation == place) {
            return 1;
        }
    }
    return 0;
}

/* 1: the parts are to be put on a grid. */
static int wants_grid(const tl_import *m) {
    const int choice = tl_job_choice(m->job, "geocode");
    if (choice != geocode_auto) {
        return choice == geocode_yes;
    }
    return tl_job_given(m->job, "grid") || has_place(m, TL_GEOLOCATION_LOOKUP) ||
           has_place(m, TL_GEOLOCATION_ARRAYS) ||
           (tl_job_given(m->job, "dem") && has_place(m, TL_GEOLOCATION_RPC));
}

static tl_code same_shape(const tl_import *m, tl_err *err) {
    const tl_product_part *first = &m->info->part[0];
    for (ptrdiff_t p = 1; p < m->info->n_parts; p++) {
        const tl_product_part *part = &m->info->part[p];
        if (part->nrow != first->nrow || part->ncol != first->ncol) {
            return tl_fail(err, TL_SHAPE,
                           "product: %s has %td x %td pixels and %s %td x %td, so they must be "
                           "put on one grid: use a dem (or geocode yes), or import one detector",
                           first->name, first->nrow, first->ncol, part->name, part->nrow,
                           part->ncol);
        }
        if (part->geolocation == TL_GEOLOCATION_GRID && first->geolocation == TL_GEOLOCATION_GRID &&
            !tl_georef_same(&part->geo, &first->geo)) {
            return tl_fail(
                err, TL_SHAPE,
                "product: %s and %s are on different grids; put them on one with geocode yes",
                first->name, part->name);
        }
    }
    return TL_OK;
}

static tl_code stay(tl_import *m, tl_err *err) {
    const tl_product_part *first = &m->info->part[0];
    TL_TRY(same_shape(m, err));
    TL_TRY(tl_georef_copy(&m->grid.geo, &first->geo, err));
    m->grid.nrow = first->nrow;
    m->grid.ncol = first->ncol;
    if (first->geolocation == TL_GEOLOCATION_RPC) {
        tl_importscene_decide(
            m, TL_WARNING,
            "the scene stays in the rows and columns of the sensor and has no position on the "
            "map; use a dem to geocode it");
    } else if (first->geolocation == TL_GEOLOCATION_NONE && tl_job_given(m->job, "dem")) {
        tl_importscene_decide(
            m, TL_WARNING,
            "the dem is not used: the positions of the pixels are unknown, so the scene stays in "
            "the rows and columns of the sensor");
    }
    return TL_OK;
}

static tl_code find_grid(tl_import *m, const char *dem, tl_err *err) {
    if (!tl_job_given(m->job, "grid")) {
        return m->store->product_grid(m->product, tl_job_number(m->job, "cell"), dem, &m->grid.nrow,
                                      &m->grid.ncol, &m->grid.geo, err);
    }
    tl_raster *like = NULL;
    TL_TRY(m->store->open_raster(tl_job_text(m->job, "grid"), "grid", &like, err));
    const tl_raster_info *info = m->store->raster_info(like);
    m->grid.nrow = info->nrow;
    m->grid.ncol = info->ncol;
    tl_code code = tl_georef_copy(&m->grid.geo, &info->geo, err);
    if (code == TL_OK && info->geo.crs_wkt == NULL) {
        code = tl_fail(err, TL_DATA, "grid: '%s' has no coordinate reference system",
                       tl_job_text(m->job, "grid"));
    }
    m->store->close_raster(like);
    return code;
}

/* Mean elevation, from a few cells of the scene. */
static tl_code mean_height(tl_import *m, const char *dem, tl_err *err) {
    enum { side = 64 };
    tl_georef geo;
    TL_TRY(tl_georef_copy(&geo, &m->grid.geo, err));
    for (int i = 1; i <= 4; i += 3) {
        geo.transform[i] *= (double)m->grid.ncol / side;
        geo.transform[i + 1] *= (double)m->grid.nrow / side;
    }
    const tl_grid like = {.nrow = side, .ncol = side, .geo = geo};
    tl_grid height = {0};
    tl_code code = m->store->read_grid_like(dem, "dem", 1, &like, TL_AVERAGE, &height, err);
    double sum = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < side * side && code == TL_OK; i++) {
        if (isfinite(height.data[i])) {
            sum += (double)height.data[i];
            n++;
        }
    }
    if (n > 0 && !isfinite(m->facts.elevation_m)) {
        m->facts.elevation_m = sum / (double)n;
    }
    if (code == TL_OK && n < side * side / 2) {
        tl_importscene_decide(
            m, TL_WARNING, "the dem covers %.0f %% of the grid; the scene has no values beyond it",
            100.0 * (double)n / (side * side));
    }
    tl_grid_free(&height);
    tl_georef_free(&geo);
    return code;
}

static tl_code place_part(tl_import *m, ptrdiff_t p, const char *dem, double col, double row,
                          tl_err *err) {
    const tl_resampling how = tl_job_choice(m->job, "resampling") == 0 ? TL_NEAREST : TL_BILINEAR;
    return m->store->locate_product(m->product, p, &m->grid, dem, how, col, row, err);
}

/* --- shift between detectors --- */

/* The pair of bands, one of each part, with the nearest wavelengths. */
static void nearest_pair(const tl_import *m, ptrdiff_t pair[2]) {
    double least = INFINITY;
    for (ptrdiff_t a = 0; a < m->bands.n; a++) {
        for (ptrdiff_t b = a + 1; b < m->bands.n; b++) {
            const double apart = fabs(m->bands.band[a].centre_nm - m->bands.band[b].centre_nm);
            if (m->part[a] == 0 && m->part[b] == 1 && apart < least) {
                least = apart;
                pair[0] = a;
                pair[1] = b;
            }
        }
    }
}

/* A window of one band in the middle of the grid, physical values. */
static tl_code read_middle(tl_import *m, ptrdiff_t b, ptrdiff_t row0, ptrdiff_t n_rows,
                           ptrdiff_t col0, ptrdiff_t n_cols, float *out, tl_err *err) {
    enum { step = 64 };
    float *rows = tl_acquire(step * m->grid.ncol, sizeof *rows);
    tl_code code = rows == NULL ? tl_no_memory(err, "comparing detectors") : TL_OK;
    for (ptrdiff_t r = 0; r < n_rows && code == TL_OK; r += step) {
        const ptrdiff_t n = tl_min(n_rows - r, step);
        code = m->store->read_product(m->product, m->part[b], row0 + r, n, &m->number[b], 1, rows,
                                      err);
        for (ptrdiff_t i = 0; i < n * n_cols && code == TL_OK; i++) {
            out[r * n_cols + i] = tl_band_value(
                &m->bands.band[b], rows[i / n_cols * m->grid.ncol + col0 + i % n_cols]);
        }
    }
    tl_release(rows);
    return code;
}

/* Cells of two images, one after the other, that are missing in one of them. */
static ptrdiff_t count_missing(const float *both, ptrdiff_t cells) {
    ptrdiff_t missing = 0;
    for (ptrdiff_t i = 0; i < cells; i++) {
        missing += !isfinite(both[i]) || !isfinite(both[cells + i]);
    }
    return missing;
}

/* Removes the edges of both images, a tenth of the rows and columns in all. */
static void trim(float *both, ptrdiff_t *n_rows, ptrdiff_t *n_cols) {
    const ptrdiff_t top = (*n_rows + 19) / 20;
    const ptrdiff_t left = (*n_cols + 19) / 20;
    const ptrdiff_t rows = *n_rows - 2 * top;
    const ptrdiff_t cols = *n_cols - 2 * left;
    for (int k = 0; k < 2; k++) {
        for (ptrdiff_t r = 0; r < rows; r++) {
            memmove(both + (k * rows + r) * cols, both + (k * *n_rows + top + r) * *n_cols + left,
                    (size_t)cols * sizeof *both);
        }
    }
    *n_rows = rows;
    *n_cols = cols;
}

static tl_code measure(tl_import *m, const ptrdiff_t pair[2], tl_shift *shift, tl_err *err) {
    enum { largest = 1024, least = 24 };
    ptrdiff_t n_rows = tl_min(m->grid.nrow, largest);
    ptrdiff_t n_cols = tl_min(m->grid.ncol, largest);
    float *both = tl_acquire(2 * n_rows * n_cols, sizeof *both);
    tl_code code = both == NULL ? tl_no_memory(err, "comparing detectors") : TL_OK;
    for (int k = 0; k < 2 && code == TL_OK; k++) {
        code = read_middle(m, pair[k], (m->grid.nrow - n_rows) / 2, n_rows,
                           (m->grid.ncol - n_cols) / 2, n_cols, both + k * n_rows * n_cols, err);
    }
    /* The oblique edges of a scene do not move with the detectors, so they must not be in the
     * images. */
    while (code == TL_OK && n_rows > least && n_cols > least &&
           200 * count_missing(both, n_rows * n_cols) > n_rows * n_cols) {
        trim(both, &n_rows, &n_cols);
    }
    if (code == TL_OK &&
        tl_mapstat_shift(both, both + n_rows * n_cols, n_rows, n_cols, shift, NULL) != TL_OK) {
        *shift = (tl_shift){0};
    }
    tl_release(both);
    return code;
}

static tl_code compare_detectors(tl_import *m, const char *dem, tl_err *err) {
    const int choice = tl_job_choice(m->job, "shift");
    ptrdiff_t pair[2] = {-1, -1};
    if (m->info->n_parts == 2 && choice != shift_none) {
        nearest_pair(m, pair);
    }
    /* Bands further apart than this show different features. */
    if (pair[0] < 0 ||
        fabs(m->bands.band[pair[0]].centre_nm - m->bands.band[pair[1]].centre_nm) > 60.0) {
        return TL_OK;
    }
    tl_shift shift;
    TL_TRY(measure(m, pair, &shift, err));
    const char *second = m->info->part[1].name;
    const double size = hypot(shift.row, shift.col);
    if (shift.peak < 0.1) {
        tl_importscene_decide(
            m, TL_INFO,
            "the shift between %s and %s cannot be measured: bands %td and %td are too different "
            "(peak %.2f)",
            second, m->info->part[0].name, pair[0] + 1, pair[1] + 1, shift.peak);
        return TL_OK;
    }
    const int apply = choice == shift_apply && m->is_placed;
    tl_importscene_decide(
        m, size > 0.5 && !apply ? TL_WARNING : TL_INFO,
        "%s is %.2f rows and %.2f columns away from %s (bands %td and %td, peak %.2f)%s", second,
        shift.row, shift.col, m->info->part[0].name, pair[0] + 1, pair[1] + 1, shift.peak,
        apply                   ? "; it is moved back"
        : choice == shift_apply ? "; without a grid it stays"
        : size > 0.5            ? "; shift apply moves it back"
                                : "");
    tl_job_put_number(m->job, "shift_rows", shift.row);
    tl_job_put_number(m->job, "shift_columns", shift.col);
    return apply ? place_part(m, 1, dem, shift.col, shift.row, err) : TL_OK;
}

/* Fails when the dem is not a raster of elevations, because a later message would only name the
 * transformation to the map. */
static tl_code check_dem(const tl_import *m, const char *dem, tl_err *err) {
    tl_raster *raster = NULL;
    TL_TRY(m->store->open_raster(dem, "dem", &raster, err));
    const ptrdiff_t n = m->store->raster_info(raster)->bands.n;
    m->store->close_raster(raster);
    return n == 1
               ? TL_OK
               : tl_fail(err, TL_DATA,
                         "dem: '%s' has %td bands; wanted one band of heights in metres", dem, n);
}

tl_code tl_importscene_position(tl_import *m, tl_err *err) {
    const char *dem = tl_job_text(m->job, "dem");
    if (dem != NULL) {
        TL_TRY(check_dem(m, dem, err));
    }
    if (!wants_grid(m)) {
        TL_TRY(stay(m, err));
        return compare_detectors(m, NULL, err);
    }
    TL_TRY(find_grid(m, dem, err));
    m->is_placed = 1;
    if (dem != NULL) {
        TL_TRY(mean_height(m, dem, err));
    }
    for (ptrdiff_t p = 0; p < m->info->n_parts; p++) {
        TL_TRY(place_part(m, p, dem, 0.0, 0.0, err));
    }
    tl_importscene_decide(
        m, TL_INFO, "grid of %td x %td cells%s%s", m->grid.nrow, m->grid.ncol,
        dem != NULL                        ? ", heights from the dem"
        : has_place(m, TL_GEOLOCATION_RPC) ? ", one height everywhere: without a dem "
                                             "hills are displaced"
                                           : "",
        has_place(m, TL_GEOLOCATION_LOOKUP) ? ", by the lookup table of the product" : "");
    return compare_detectors(m, dem, err);
}

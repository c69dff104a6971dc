/* SPDX-License-Identifier: GPL-2.0-or-later
 * Elevations in metres; see elevation.h. */
#include "recipes/elevation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/minmax.h"
#include "base/order.h"
#include "recipes/dem_units.h"

/* Challenger Deep is at -10 935 m and the summit of Mount Everest at 8849 m; ellipsoidal heights
 * differ from these by up to 110 m, and errors of measurement come on top. */
static const double lowest_m = -12000.0;
static const double highest_m = 9500.0;

/* Numbers that mark missing values in many files and are not elevations. */
static const float marks[TL_ELEVATION_MARKS] = {-9999.0F,  -99999.0F, -32768.0F,
                                                -32767.0F, 32767.0F,  0.0F};

/* Cells that are 0 are the sea or a plain at its height where others are that near to 0. */
static const double near_zero_m = 10.0;

static int is_earth(const tl_georef *geo) {
    return !(geo->semi_major_m > 0.0) ||
           (geo->semi_major_m > 6300000.0 && geo->semi_major_m < 6450000.0);
}

/* --- a look at the file --- */

/* Windows on a lattice, small enough to cost nothing and long enough to show a slope. */
enum { lattice = 4, window_rows = 8, window_cols = 64 };

typedef struct look {
    float *beyond; /* [capacity] values beyond the limits */
    ptrdiff_t n_beyond;
    double smallest; /* of the values within the limits */
    double largest;
} look;

static void look_at(look *l, const tl_elevation *e, const float *value, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const double v = (double)value[i];
        if (isnan(v)) {
            continue;
        }
        if (v < e->lowest || v > e->highest) {
            l->beyond[l->n_beyond++] = value[i];
        } else {
            l->smallest = tl_min_double(v, l->smallest);
            l->largest = tl_max_double(v, l->largest);
        }
    }
}

static tl_code look_around(const tl_job *job, tl_raster *raster, const tl_elevation *e, look *l,
                           tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const tl_raster_info *info = store->raster_info(raster);
    const ptrdiff_t rows = tl_min(window_rows, info->nrow);
    const ptrdiff_t cols = tl_min(window_cols, info->ncol);
    const int band = 1;
    float window[window_rows * window_cols];
    if (store->read_window == NULL) {
        return TL_OK;
    }
    for (ptrdiff_t k = 0; k < lattice * lattice; k++) {
        const ptrdiff_t row0 = (2 * (k / lattice) + 1) * (info->nrow - rows) / (2 * lattice);
        const ptrdiff_t col0 = (2 * (k % lattice) + 1) * (info->ncol - cols) / (2 * lattice);
        TL_TRY(store->read_window(raster, col0, row0, cols, rows, &band, 1, window, err));
        look_at(l, e, window, rows * cols);
    }
    return TL_OK;
}

/* The most frequent values beyond the limits. Missing cells are marked with a few values; a surface
 * in another unit has as many as cells. */
static void judge_beyond(look *l, tl_elevation *e) {
    ptrdiff_t best[TL_ELEVATION_CODES] = {0};
    ptrdiff_t in_codes = 0;
    qsort(l->beyond, (size_t)l->n_beyond, sizeof *l->beyond, tl_order_floats);
    for (ptrdiff_t i = 0, n; i < l->n_beyond; i += n) {
        for (n = 1; i + n < l->n_beyond && !(l->beyond[i + n] > l->beyond[i]);) {
            n++;
        }
        for (int k = 0; k < TL_ELEVATION_CODES; k++) {
            if (n > best[k]) {
                for (int m = TL_ELEVATION_CODES - 1; m > k; m--) {
                    best[m] = best[m - 1];
                    e->code[m] = e->code[m - 1];
                }
                best[k] = n;
                e->code[k] = l->beyond[i];
                break;
            }
        }
    }
    for (int k = 0; k < TL_ELEVATION_CODES; k++) {
        e->n_codes += best[k] > 0;
        in_codes += best[k];
    }
    e->is_kept = l->n_beyond > 2 * in_codes;
}

/* A round height within the relief, for numbers in double or with a scale and an offset, which have
 * more digits than float32, where float32 would spend the digits on the height above the sea; else
 * 0. */
static double choose_origin(const tl_raster_info *info, const look *l) {
    static const char *const wide[] = {"Float64", "Int32", "UInt32", "Int64", "UInt64"};
    const tl_band *band = &info->bands.band[0];
    int has_digits = fabs(band->scale - 1.0) > 0.0 || fabs(band->offset) > 0.0;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        has_digits = has_digits || strcmp(info->data_type, wide[i]) == 0;
    }
    const double middle = floor(0.5 * (l->smallest + l->largest));
    const double reach = tl_max_double(l->largest - middle, middle - l->smallest);
    return has_digits && l->largest >= l->smallest && fabs(middle) > 4.0 * reach &&
                   fabs(middle) < 1e6
               ? middle
               : 0.0;
}

static tl_code doubt_unit(const tl_job *job, const look *l, const tl_elevation *e, tl_err *err) {
    return tl_assume(
        err, TL_WARNING,
        "dem: many cells of '%s' hold values beyond the relief of the Earth (%g to %g m), "
        "for example %g, and are used as elevations; if they are in another unit, give "
        "the metres per unit as z_factor, for example 0.3048 for feet",
        tl_job_text(job, "dem"), lowest_m, highest_m,
        (double)l->beyond[l->n_beyond / 2] * e->height_m);
}

tl_code tl_recipes_elevation_start(const tl_job *job, tl_raster *raster, tl_georef *geo,
                                   tl_elevation *e, tl_err *err) {
    *e = (tl_elevation){.lowest = (double)-INFINITY, .highest = (double)INFINITY};
    look l = {.smallest = (double)INFINITY, .largest = (double)-INFINITY};
    TL_TRY(tl_recipes_height_factor(job, &e->height_m, err));
    if (is_earth(geo)) {
        e->lowest = lowest_m / tl_min_double(e->height_m, 1.0);
        e->highest = highest_m / tl_min_double(e->height_m, 1.0);
    }
    l.beyond =
        tl_acquire((ptrdiff_t)lattice * lattice * window_rows * window_cols, sizeof *l.beyond);
    if (l.beyond == NULL) {
        return tl_no_memory(err, "a look at the elevations");
    }
    tl_code code = look_around(job, raster, e, &l, err);
    if (code == TL_OK) {
        judge_beyond(&l, e);
        e->origin = choose_origin(tl_job_store(job)->raster_info(raster), &l);
        geo->height_origin_m = e->origin * e->height_m;
        code = e->is_kept ? doubt_unit(job, &l, e, err) : TL_OK;
    }
    tl_release(l.beyond);
    return code;
}

/* --- all values --- */

static void exclude(tl_elevation *e, float *value) {
    const float v = (float)((double)*value + e->origin);
    int k = 0;
    while (k < e->n_codes && (v < e->code[k] || v > e->code[k])) {
        k++;
    }
    if (k == e->n_codes && k < TL_ELEVATION_CODES) {
        e->code[e->n_codes++] = v;
    }
    if (k < e->n_codes) {
        e->code_found[k]++;
    } else {
        e->smallest = e->n_others == 0 ? v : tl_min_float(e->smallest, v);
        e->largest = e->n_others == 0 ? v : tl_max_float(e->largest, v);
        e->n_others++;
    }
    *value = NAN;
}

static void count_marks(tl_elevation *e, const float *value, int n) {
    for (int k = 0; k < TL_ELEVATION_MARKS; k++) {
        const float mark = (float)((double)marks[k] - e->origin);
        int found = 0;
        for (int i = 0; i < n; i++) {
            found += (value[i] >= mark) & (value[i] <= mark);
        }
        e->mark_found[k] += found;
    }
    const float low = (float)(-near_zero_m / e->height_m - e->origin);
    const float high = (float)(near_zero_m / e->height_m - e->origin);
    int near = 0;
    int values = 0;
    for (int i = 0; i < n; i++) {
        near += (value[i] >= low) & (value[i] <= high);
        values += value[i] >= value[i];
    }
    e->n_near_zero += near;
    e->n_values += values;
}

void tl_recipes_elevation_convert(tl_elevation *e, float *value, ptrdiff_t n) {
    /* In pieces, so that the values are loaded from memory once for all passes. */
    enum { piece = 2048 };
    const float lowest = e->is_kept ? -INFINITY : (float)(e->lowest - e->origin);
    const float highest = e->is_kept ? INFINITY : (float)(e->highest - e->origin);
    for (ptrdiff_t from = 0; from < n; from += piece) {
        const int count = (int)tl_min(n - from, piece);
        float *v = value + from;
        count_marks(e, v, count);
        int beyond = 0;
        for (int i = 0; i < count; i++) {
            beyond += (v[i] < lowest) | (v[i] > highest);
        }
        for (int i = 0; i < count && beyond > 0; i++) {
            if (v[i] < lowest || v[i] > highest) {
                exclude(e, &v[i]);
            }
        }
        for (int i = 0; i < count; i++) {
            v[i] = (float)((double)v[i] * e->height_m);
        }
    }
}

tl_code tl_recipes_elevation_read(const tl_job *job, tl_elevation *e, tl_raster *raster,
                                  ptrdiff_t row0, ptrdiff_t n_rows, float *out, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const ptrdiff_t ncol = store->raster_info(raster)->ncol;
    const int band = 1;
    if (fabs(e->origin) > 0.0) {
        TL_TRY(store->read_window_above(raster, 0, row0, ncol, n_rows, band, e->origin, out, err));
    } else {
        TL_TRY(store->read_window(raster, 0, row0, ncol, n_rows, &band, 1, out, err));
    }
    tl_recipes_elevation_convert(e, out, n_rows * ncol);
    return TL_OK;
}

static tl_code refuse_unit(const tl_job *job, const tl_elevation *e, tl_err *err) {
    return tl_fail(
        err, TL_DATA,
        "parameter 'dem': more than %td cells of '%s' hold values from %g to %g, beyond the relief of "
        "the Earth (%g to %g m); give the metres per unit as z_factor, for example 0.3048 for feet, or "
        "declare what marks missing cells as NoData",
        e->n_others, tl_job_text(job, "dem"), (double)e->smallest, (double)e->largest, lowest_m,
        highest_m);
}

static tl_code log_excluded(const tl_job *job, const tl_elevation *e, tl_err *err) {
    ptrdiff_t in_codes = 0;
    for (int k = 0; k < e->n_codes; k++) {
        in_codes += e->code_found[k];
    }
    if (e->n_others > in_codes) {
        return refuse_unit(job, e, err);
    }
    for (int k = 0; k < e->n_codes; k++) {
        if (e->code_found[k] > 0) {
            TL_TRY(tl_assume(
                err, TL_WARNING,
                "dem: %td cells hold %g, which is no elevation on the Earth and is used as "
                "NoData; declare it, for example with gdal_edit.py -a_nodata %g, or give "
                "the metres per unit of height as z_factor",
                e->code_found[k], (double)e->code[k], (double)e->code[k]));
        }
    }
    return e->n_others == 0
               ? TL_OK
               : tl_assume(
                     err, TL_WARNING,
                     "dem: %td further cells hold values from %g to %g, beyond the relief of the "
                     "Earth, and are used as NoData; give the metres per unit of height as "
                     "z_factor if they are elevations",
                     e->n_others, (double)e->smallest, (double)e->largest);
}

/* 1 when cells are 0 and nothing else is near: programs that warp or mosaic leave 0 around a DEM
 * without a NoData value. */
static int zero_is_doubtful(const tl_elevation *e) {
    const ptrdiff_t zeros = e->mark_found[TL_ELEVATION_MARKS - 1];
    return e->n_near_zero == zeros && e->n_values > zeros;
}

tl_code tl_recipes_elevation_log(const tl_job *job, const tl_elevation *e, tl_err *err) {
    TL_TRY(log_excluded(job, e, err));
    for (int k = 0; k < TL_ELEVATION_MARKS; k++) {
        const double mark = (double)marks[k];
        if (k == TL_ELEVATION_MARKS - 1 && !zero_is_doubtful(e)) {
            continue;
        }
        if (e->mark_found[k] > 0 && (e->is_kept || (mark >= e->lowest && mark <= e->highest))) {
            TL_TRY(
                tl_assume(err, TL_WARNING,
                          "dem: %td cells hold %g, which looks like a missing value, but is used "
                          "as elevation; declare it as NoData, for example with gdal_edit.py "
                          "-a_nodata %g",
                          e->mark_found[k], mark, mark));
        }
    }
    return TL_OK;
}

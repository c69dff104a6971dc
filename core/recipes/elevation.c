/* SPDX-License-Identifier: GPL-2.0-or-later
 * Elevations in metres; see elevation.h. */
#include "recipes/elevation.h"

#include <math.h>

#include "base/assumptions.h"
#include "base/minmax.h"
#include "recipes/dem_units.h"

/* Challenger Deep is at -10 935 m and the summit of Mount Everest at 8849 m; ellipsoidal heights
 * differ from these by up to 110 m, and errors of measurement come on top. */
static const double lowest_m = -12000.0;
static const double highest_m = 9500.0;

/* Numbers that mark missing values in many files and are not elevations. */
static const float marks[TL_ELEVATION_MARKS] = {-9999.0F, -99999.0F, -32768.0F, -32767.0F,
                                                32767.0F};

static int is_earth(const tl_georef *geo) {
    return !(geo->semi_major_m > 0.0) ||
           (geo->semi_major_m > 6300000.0 && geo->semi_major_m < 6450000.0);
}

tl_code tl_recipes_elevation_start(const tl_job *job, const tl_georef *geo, tl_elevation *e,
                                   tl_err *err) {
    *e = (tl_elevation){.lowest = (double)-INFINITY, .highest = (double)INFINITY};
    TL_TRY(tl_recipes_height_factor(job, &e->height_m, err));
    if (is_earth(geo)) {
        e->lowest = lowest_m / tl_min_double(e->height_m, 1.0);
        e->highest = highest_m / tl_min_double(e->height_m, 1.0);
    }
    return TL_OK;
}

static void exclude(tl_elevation *e, float *value) {
    const float v = *value;
    int k = 0;
    while (k < TL_ELEVATION_CODES && e->code_found[k] > 0 && (v < e->code[k] || v > e->code[k])) {
        k++;
    }
    if (k < TL_ELEVATION_CODES) {
        e->code[k] = v;
        e->code_found[k]++;
    } else {
        e->n_others++;
    }
    e->least = e->code_found[0] == 1 && k == 0 ? v : tl_min_float(e->least, v);
    e->largest = e->code_found[0] == 1 && k == 0 ? v : tl_max_float(e->largest, v);
    *value = NAN;
}

static void count_marks(tl_elevation *e, const float *value, int n) {
    for (int k = 0; k < TL_ELEVATION_MARKS; k++) {
        int found = 0;
        for (int i = 0; i < n; i++) {
            found += (value[i] >= marks[k]) & (value[i] <= marks[k]);
        }
        e->mark_found[k] += found;
    }
}

void tl_recipes_elevation_convert(tl_elevation *e, float *value, ptrdiff_t n) {
    /* In pieces, so that the values are loaded from memory once for all passes. */
    enum { piece = 2048 };
    const float lowest = (float)e->lowest;
    const float highest = (float)e->highest;
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

static tl_code refuse_unit(const tl_job *job, const tl_elevation *e, tl_err *err) {
    ptrdiff_t n = e->n_others;
    for (int k = 0; k < TL_ELEVATION_CODES; k++) {
        n += e->code_found[k];
    }
    return tl_fail(
        err, TL_DATA,
        "parameter 'dem': %td cells of '%s' hold values from %g to %g, beyond the relief "
        "of the Earth (%g to %g m); give the metres per unit as z_factor, for example "
        "0.3048 for feet, or declare what marks missing cells as NoData",
        n, tl_job_text(job, "dem"), (double)e->least, (double)e->largest, lowest_m, highest_m);
}

tl_code tl_recipes_elevation_log(const tl_job *job, const tl_elevation *e, tl_err *err) {
    if (e->n_others > 0) {
        return refuse_unit(job, e, err);
    }
    for (int k = 0; k < TL_ELEVATION_CODES && e->code_found[k] > 0; k++) {
        TL_TRY(
            tl_assume(err, TL_WARNING,
                      "dem: %td cells hold %g, which is no elevation on the Earth and is used as "
                      "NoData; declare it, for example with gdal_edit.py -a_nodata %g, or give "
                      "the metres per unit of height as z_factor",
                      e->code_found[k], (double)e->code[k], (double)e->code[k]));
    }
    for (int k = 0; k < TL_ELEVATION_MARKS; k++) {
        const double mark = (double)marks[k];
        if (e->mark_found[k] > 0 && mark >= e->lowest && mark <= e->highest) {
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

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Conversion of lines to GEOS geometries and back; see lines.h. */
#include "geometry/lines.h"

#include <geos_c.h>
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"

/* The last error message of GEOS. */
typedef struct geos_error {
    char text[200];
} geos_error;

static void keep_message(const char *message, void *to) {
    geos_error *c = to;
    (void)snprintf(c->text, sizeof c->text, "%s", message);
}

static GEOSContextHandle_t begin(geos_error *c) {
    *c = (geos_error){""};
    GEOSContextHandle_t geos = GEOS_init_r();
    if (geos != NULL) {
        (void)GEOSContext_setErrorMessageHandler_r(geos, keep_message, c);
    }
    return geos;
}

static tl_code fail_with(const geos_error *c, tl_err *err) {
    return c->text[0] == '\0' ? tl_no_memory(err, "the lines")
                              : tl_fail(err, TL_DATA, "lines: %s", c->text);
}

static int has_length(const tl_lines *lines, ptrdiff_t i) {
    for (ptrdiff_t k = lines->first[i] + 1; k < lines->first[i + 1]; k++) {
        if (fabs(lines->x[k] - lines->x[k - 1]) + fabs(lines->y[k] - lines->y[k - 1]) > 0.0) {
            return 1;
        }
    }
    return 0;
}

static GEOSGeometry *make_line(GEOSContextHandle_t geos, const tl_lines *lines, ptrdiff_t i) {
    const ptrdiff_t from = lines->first[i];
    GEOSCoordSequence *points = GEOSCoordSeq_copyFromArrays_r(
        geos, lines->x + from, lines->y + from, NULL, NULL, (unsigned)(lines->first[i + 1] - from));
    return points == NULL ? NULL : GEOSGeom_createLineString_r(geos, points);
}

/* The lines that have a length, in their order, as one collection; NULL on failure. */
static GEOSGeometry *make_lines(GEOSContextHandle_t geos, const tl_lines *lines) {
    GEOSGeometry **part = tl_acquire(lines->n, sizeof *part);
    unsigned n = 0;
    int whole = part != NULL;
    for (ptrdiff_t i = 0; i < lines->n && whole; i++) {
        if (has_length(lines, i)) {
            part[n] = make_line(geos, lines, i);
            whole = part[n] != NULL;
            n += whole ? 1U : 0U;
        }
    }
    GEOSGeometry *all = NULL;
    if (whole) {
        /* The collection owns its parts from here on, whether it succeeds or not. */
        all = GEOSGeom_createCollection_r(geos, GEOS_MULTILINESTRING, part, n);
    } else {
        for (unsigned k = 0; k < n; k++) {
            GEOSGeom_destroy_r(geos, part[k]);
        }
    }
    tl_release(part);
    return all;
}

static void drop(GEOSContextHandle_t geos, GEOSGeometry *geometry) {
    if (geometry != NULL) {
        GEOSGeom_destroy_r(geos, geometry);
    }
}

/* --- nearest position --- */

tl_code tl_geometry_foot(const tl_lines *lines, double x, double y, double *foot_x, double *foot_y,
                         tl_err *err) {
    geos_error last;
    GEOSContextHandle_t geos = begin(&last);
    if (geos == NULL) {
        return fail_with(&last, err);
    }
    GEOSGeometry *point = GEOSGeom_createPointFromXY_r(geos, x, y);
    GEOSGeometry *all = make_lines(geos, lines);
    GEOSCoordSequence *pair =
        point == NULL || all == NULL ? NULL : GEOSNearestPoints_r(geos, all, point);
    const int found = pair != NULL && GEOSCoordSeq_getXY_r(geos, pair, 0, foot_x, foot_y) == 1;
    const tl_code code = found ? TL_OK : fail_with(&last, err);
    if (pair != NULL) {
        GEOSCoordSeq_destroy_r(geos, pair);
    }
    drop(geos, point);
    drop(geos, all);
    GEOS_finish_r(geos);
    return code;
}

/* --- fewer vertices --- */

/* Marks the vertices of line i that the simpler line also has: it holds some of them, in order. */
static int mark_kept(GEOSContextHandle_t geos, const tl_lines *lines, ptrdiff_t i,
                     const GEOSGeometry *simple, unsigned char *keep) {
    const GEOSCoordSequence *points = GEOSGeom_getCoordSeq_r(geos, simple);
    unsigned n = 0;
    if (points == NULL || GEOSCoordSeq_getSize_r(geos, points, &n) != 1) {
        return 0;
    }
    unsigned at = 0;
    double x = 0.0;
    double y = 0.0;
    int ok = n == 0 || GEOSCoordSeq_getXY_r(geos, points, 0, &x, &y) == 1;
    for (ptrdiff_t k = lines->first[i]; k < lines->first[i + 1] && ok && at < n; k++) {
        keep[k] = !(fabs(lines->x[k] - x) + fabs(lines->y[k] - y) > 0.0);
        if (keep[k] && ++at < n) {
            ok = GEOSCoordSeq_getXY_r(geos, points, at, &x, &y) == 1;
        }
    }
    return ok && at == n;
}

static int mark_all(GEOSContextHandle_t geos, const tl_lines *lines, const GEOSGeometry *simple,
                    unsigned char *keep) {
    int at = 0;
    for (ptrdiff_t i = 0; i < lines->n; i++) {
        if (!has_length(lines, i)) {
            for (ptrdiff_t k = lines->first[i]; k < lines->first[i + 1]; k++) {
                keep[k] = 1;
            }
            continue;
        }
        const GEOSGeometry *one = GEOSGetGeometryN_r(geos, simple, at++);
        if (one == NULL || !mark_kept(geos, lines, i, one, keep)) {
            return 0;
        }
    }
    return 1;
}

tl_code tl_geometry_simplify(const tl_lines *lines, double tolerance, unsigned char *keep,
                             tl_err *err) {
    geos_error last;
    GEOSContextHandle_t geos = begin(&last);
    if (geos == NULL) {
        return fail_with(&last, err);
    }
    GEOSGeometry *all = make_lines(geos, lines);
    GEOSGeometry *simple =
        all == NULL ? NULL : GEOSTopologyPreserveSimplify_r(geos, all, tolerance);
    tl_code code = TL_OK;
    if (simple == NULL) {
        code = fail_with(&last, err);
    } else if (!mark_all(geos, lines, simple, keep)) {
        code = tl_fail(err, TL_DATA,
                       "lines: the simplified lines have vertices that the given ones lack");
    }
    drop(geos, all);
    drop(geos, simple);
    GEOS_finish_r(geos);
    return code;
}

/* --- end to end --- */

/* Copies the vertices of a line, reversed when its last one is nearer to (x0, y0). */
static int copy_line(GEOSContextHandle_t geos, const GEOSGeometry *line, double x0, double y0,
                     double *x, double *y, ptrdiff_t *n_out) {
    const GEOSCoordSequence *points = GEOSGeom_getCoordSeq_r(geos, line);
    unsigned n = 0;
    if (points == NULL || GEOSCoordSeq_getSize_r(geos, points, &n) != 1 || n == 0 ||
        GEOSCoordSeq_copyToArrays_r(geos, points, x, y, NULL, NULL) != 1) {
        return 0;
    }
    if (hypot(x[n - 1] - x0, y[n - 1] - y0) < hypot(x[0] - x0, y[0] - y0)) {
        for (unsigned a = 0, b = n - 1; a < b; a++, b--) {
            const double swap_x = x[a];
            const double swap_y = y[a];
            x[a] = x[b];
            y[a] = y[b];
            x[b] = swap_x;
            y[b] = swap_y;
        }
    }
    *n_out = (ptrdiff_t)n;
    return 1;
}

tl_code tl_geometry_join(const tl_lines *lines, double *x, double *y, ptrdiff_t *n_out,
                         tl_err *err) {
    *n_out = 0;
    ptrdiff_t n_long = 0;
    for (ptrdiff_t i = 0; i < lines->n; i++) {
        n_long += has_length(lines, i);
    }
    if (n_long == 0) {
        return TL_OK;
    }
    geos_error last;
    GEOSContextHandle_t geos = begin(&last);
    if (geos == NULL) {
        return fail_with(&last, err);
    }
    GEOSGeometry *all = make_lines(geos, lines);
    GEOSGeometry *joined = all == NULL ? NULL : GEOSLineMerge_r(geos, all);
    tl_code code = TL_OK;
    if (joined == NULL) {
        code = fail_with(&last, err);
    } else if (GEOSGetNumGeometries_r(geos, joined) != 1) {
        code = tl_fail(err, TL_DATA, "lines: %d lines do not join into one, but into %d",
                       (int)lines->n, GEOSGetNumGeometries_r(geos, joined));
    } else if (!copy_line(geos, GEOSGetGeometryN_r(geos, joined, 0), lines->x[0], lines->y[0], x, y,
                          n_out)) {
        code = fail_with(&last, err);
    }
    drop(geos, all);
    drop(geos, joined);
    GEOS_finish_r(geos);
    return code;
}

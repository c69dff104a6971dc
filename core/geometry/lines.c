/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines handed to GEOS and back; see lines.h. */
#include "geometry/lines.h"

#include <geos_c.h>
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"

/* What GEOS complained of last. */
typedef struct complaint {
    char text[200];
} complaint;

static void hear(const char *message, void *to) {
    complaint *c = to;
    (void)snprintf(c->text, sizeof c->text, "%s", message);
}

static GEOSContextHandle_t begin(complaint *c) {
    *c = (complaint){""};
    GEOSContextHandle_t geos = GEOS_init_r();
    if (geos != NULL) {
        (void)GEOSContext_setErrorMessageHandler_r(geos, hear, c);
    }
    return geos;
}

static tl_code complain(const complaint *c, tl_err *err) {
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
    GEOSCoordSequence *places = GEOSCoordSeq_copyFromArrays_r(
        geos, lines->x + from, lines->y + from, NULL, NULL, (unsigned)(lines->first[i + 1] - from));
    return places == NULL ? NULL : GEOSGeom_createLineString_r(geos, places);
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

/* --- nearest place --- */

tl_code tl_geometry_foot(const tl_lines *lines, double x, double y, double *foot_x, double *foot_y,
                         tl_err *err) {
    complaint said;
    GEOSContextHandle_t geos = begin(&said);
    if (geos == NULL) {
        return complain(&said, err);
    }
    GEOSGeometry *point = GEOSGeom_createPointFromXY_r(geos, x, y);
    GEOSGeometry *all = make_lines(geos, lines);
    GEOSCoordSequence *pair =
        point == NULL || all == NULL ? NULL : GEOSNearestPoints_r(geos, all, point);
    const int found = pair != NULL && GEOSCoordSeq_getXY_r(geos, pair, 0, foot_x, foot_y) == 1;
    const tl_code code = found ? TL_OK : complain(&said, err);
    if (pair != NULL) {
        GEOSCoordSeq_destroy_r(geos, pair);
    }
    drop(geos, point);
    drop(geos, all);
    GEOS_finish_r(geos);
    return code;
}

/* --- fewer vertices --- */

/* Marks the vertices of line i that the simpler line has, too: it holds some of them, in order. */
static int mark_kept(GEOSContextHandle_t geos, const tl_lines *lines, ptrdiff_t i,
                     const GEOSGeometry *simple, unsigned char *keep) {
    const GEOSCoordSequence *places = GEOSGeom_getCoordSeq_r(geos, simple);
    unsigned n = 0;
    if (places == NULL || GEOSCoordSeq_getSize_r(geos, places, &n) != 1) {
        return 0;
    }
    unsigned at = 0;
    double x = 0.0;
    double y = 0.0;
    int ok = n == 0 || GEOSCoordSeq_getXY_r(geos, places, 0, &x, &y) == 1;
    for (ptrdiff_t k = lines->first[i]; k < lines->first[i + 1] && ok && at < n; k++) {
        keep[k] = !(fabs(lines->x[k] - x) + fabs(lines->y[k] - y) > 0.0);
        if (keep[k] && ++at < n) {
            ok = GEOSCoordSeq_getXY_r(geos, places, at, &x, &y) == 1;
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
    complaint said;
    GEOSContextHandle_t geos = begin(&said);
    if (geos == NULL) {
        return complain(&said, err);
    }
    GEOSGeometry *all = make_lines(geos, lines);
    GEOSGeometry *simple =
        all == NULL ? NULL : GEOSTopologyPreserveSimplify_r(geos, all, tolerance);
    tl_code code = TL_OK;
    if (simple == NULL) {
        code = complain(&said, err);
    } else if (!mark_all(geos, lines, simple, keep)) {
        code = tl_fail(err, TL_DATA,
                       "lines: the simpler lines have vertices that the given ones lack");
    }
    drop(geos, all);
    drop(geos, simple);
    GEOS_finish_r(geos);
    return code;
}

/* --- end to end --- */

/* Copies the vertices of a line, turned round when its last one is nearer to (x0, y0). */
static int copy_line(GEOSContextHandle_t geos, const GEOSGeometry *line, double x0, double y0,
                     double *x, double *y, ptrdiff_t *n_out) {
    const GEOSCoordSequence *places = GEOSGeom_getCoordSeq_r(geos, line);
    unsigned n = 0;
    if (places == NULL || GEOSCoordSeq_getSize_r(geos, places, &n) != 1 || n == 0 ||
        GEOSCoordSeq_copyToArrays_r(geos, places, x, y, NULL, NULL) != 1) {
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
    complaint said;
    GEOSContextHandle_t geos = begin(&said);
    if (geos == NULL) {
        return complain(&said, err);
    }
    GEOSGeometry *all = make_lines(geos, lines);
    GEOSGeometry *joined = all == NULL ? NULL : GEOSLineMerge_r(geos, all);
    tl_code code = TL_OK;
    if (joined == NULL) {
        code = complain(&said, err);
    } else if (GEOSGetNumGeometries_r(geos, joined) != 1) {
        code = tl_fail(err, TL_DATA, "lines: %d lines do not join into one, but into %d",
                       (int)lines->n, GEOSGetNumGeometries_r(geos, joined));
    } else if (!copy_line(geos, GEOSGetGeometryN_r(geos, joined, 0), lines->x[0], lines->y[0], x, y,
                          n_out)) {
        code = complain(&said, err);
    }
    drop(geos, all);
    drop(geos, joined);
    GEOS_finish_r(geos);
    return code;
}

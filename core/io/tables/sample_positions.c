/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions of samples from columns of a table; see samples_work.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/tables/position_columns.h"
#include "io/tables/samples_work.h"
#include "io/tables/vector_layer.h"
#include "source/missing.h"

/* Positions as they are read, before they are moved to the CRS of the scene. */
typedef struct reading {
    const tl_text_table *t;
    const tl_position_columns *c;
    const char *what;
    tl_samples *s;
    ptrdiff_t n_read;
    ptrdiff_t n_parts;  /* with minutes or directions */
    ptrdiff_t n_broken; /* texts that are no position */
    char broken[160];
} reading;

static int read_one(const reading *r, ptrdiff_t row, ptrdiff_t column, double *value,
                    int *is_parts) {
    const tl_number_style style = (tl_number_style)r->t->style[column];
    const char *text = tl_source_text_table_at(r->t, row, column);
    *is_parts = 0;
    return r->c->kind == TL_POSITION_DEGREES
               ? tl_io_tables_read_degrees(text, style, value, is_parts)
               : tl_source_text_number(text, style, value);
}

static void read_row(reading *r, ptrdiff_t i) {
    double xy[2] = {(double)NAN, (double)NAN};
    const ptrdiff_t column[2] = {r->c->x, r->c->y};
    int whole = 1;
    for (int k = 0; k < 2; k++) {
        int is_parts = 0;
        const char *text = tl_source_text_table_at(r->t, i, column[k]);
        const int is_read = read_one(r, i, column[k], &xy[k], &is_parts);
        whole = whole && is_read;
        r->n_parts += is_parts;
        if (!is_read && !tl_source_missing_text(text) && r->n_broken++ == 0) {
            (void)snprintf(r->broken, sizeof r->broken, "'%.40s' in the column '%.60s', line %td",
                           text, r->t->header[column[k]], r->t->line[i]);
        }
    }
    r->n_read += whole;
    r->s->x[i] = whole ? xy[0] : (double)NAN;
    r->s->y[i] = whole ? xy[1] : (double)NAN;
}

/* What was read and what was not. */
static tl_code report_reading(const reading *r, int needed, tl_err *err) {
    if (r->n_read == 0 && needed) {
        return tl_fail(
            err, TL_DATA,
            "%s: none of the %td positions can be read in the columns '%.60s' and "
            "'%.60s'%s%s; wanted numbers%s",
            r->what, r->s->n, r->t->header[r->c->x], r->t->header[r->c->y],
            r->n_broken > 0 ? ", the first is " : ", which are empty", r->broken,
            r->c->kind == TL_POSITION_DEGREES ? ", or degrees, minutes and seconds" : "");
    }
    if (r->n_broken > 0) {
        TL_TRY(tl_assume(err, TL_WARNING,
                         "%s: %td position%s cannot be read (%s%s) and count as missing; correct "
                         "them in the table",
                         r->what, r->n_broken, r->n_broken == 1 ? "" : "s", r->broken,
                         r->n_broken > 1 ? ", ..." : ""));
    }
    return r->n_parts == 0
               ? TL_OK
               : tl_assume(err, TL_INFO,
                           "%s: the columns '%.60s' and '%.60s' are read as degrees, minutes and "
                           "seconds or with directions; give decimal degrees if that is wrong",
                           r->what, r->t->header[r->c->x], r->t->header[r->c->y]);
}

/* Codes for missing numbers; a position needs both. */
static tl_code remove_codes(const reading *r, tl_err *err) {
    double *axis[2] = {r->s->x, r->s->y};
    const ptrdiff_t column[2] = {r->c->x, r->c->y};
    for (int k = 0; k < 2; k++) {
        const tl_missing_place place = {
            .what = r->what, .column = r->t->header[column[k]], .id = r->s->id, .only_certain = 1};
        TL_TRY(tl_source_missing_remove(axis[k], r->s->n, 1, &place, NULL, err));
    }
    for (ptrdiff_t i = 0; i < r->s->n; i++) {
        if (isnan(r->s->x[i]) || isnan(r->s->y[i])) {
            r->s->x[i] = (double)NAN;
            r->s->y[i] = (double)NAN;
        }
    }
    return TL_OK;
}

static tl_code check_degrees(const reading *r, tl_err *err) {
    for (ptrdiff_t i = 0; i < r->s->n; i++) {
        const int wrong_x = fabs(r->s->x[i]) > 360.0;
        if (wrong_x || fabs(r->s->y[i]) > 90.0) {
            return tl_fail(err, TL_DATA,
                           "%s: '%.40s' in the column '%.60s' (line %td) is no %s in degrees; %s",
                           r->what, tl_source_text_table_at(r->t, i, wrong_x ? r->c->x : r->c->y),
                           r->t->header[wrong_x ? r->c->x : r->c->y], r->t->line[i],
                           wrong_x ? "longitude" : "latitude",
                           fabs(r->s->y[i]) <= 180.0 && fabs(r->s->x[i]) <= 90.0
                               ? "the columns of longitude and latitude seem to be swapped"
                               : "name the columns x and y and give the column crs if they are map "
                                 "units");
        }
    }
    return TL_OK;
}

/* Column and row of the scene become map units of the centre of the cell. */
static tl_code cells_to_map(const reading *r, const tl_georef *target, tl_err *err) {
    tl_samples *s = r->s;
    double lowest = HUGE_VAL;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        lowest = fmin(
            lowest, fmin(isnan(s->x[i]) ? HUGE_VAL : s->x[i], isnan(s->y[i]) ? HUGE_VAL : s->y[i]));
    }
    const int first = r->c->first >= 0 ? r->c->first : lowest < 1.0 ? 0 : 1;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const double col = s->x[i] - first + 0.5;
        const double row = s->y[i] - first + 0.5;
        const double *t = target->transform;
        s->x[i] = t[0] + col * t[1] + row * t[2];
        s->y[i] = t[3] + col * t[4] + row * t[5];
    }
    return tl_assume(
        err, TL_WARNING,
        "%s: the columns '%.60s' and '%.60s' are interpreted as the columns and rows of the "
        "scene, counted from %d at its north-west corner; call them col_%d and row_%d "
        "if they are counted from %d, or give coordinates",
        r->what, r->t->header[r->c->x], r->t->header[r->c->y], first, 1 - first, 1 - first,
        1 - first);
}

/* --- the CRS --- */

static int is_geographic(const tl_georef *geo) {
    OGRSpatialReferenceH crs = tl_io_crs(geo);
    const int yes = crs != NULL && OSRIsGeographic(crs) != 0;
    OSRDestroySpatialReference(crs);
    return yes;
}

/* What the numbers themselves reveal where no CRS is named: degrees, or the zone that eastings of
 * Gauss and Krueger begin with in China. */
static void deduce_crs(const tl_samples *s, const tl_georef *target, char crs[64]) {
    int degrees = 1;
    long zone = -1;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        if (isnan(s->x[i])) {
            continue;
        }
        n++;
        degrees = degrees && fabs(s->x[i]) <= 180.0 && fabs(s->y[i]) <= 90.0;
        const int plausible = s->x[i] > 13e6 && s->x[i] < 46e6 && s->y[i] > 1.5e6 && s->y[i] < 6e6;
        const long own = plausible ? (long)(s->x[i] / 1e6) : 0;
        zone = zone < 0 || zone == own ? own : 0;
    }
    if (n > 0 && degrees && !is_geographic(target)) {
        (void)snprintf(crs, 64, "EPSG:4326");
    } else if (zone >= 25 && zone <= 45) {
        (void)snprintf(crs, 64, "EPSG:%ld", 4513 + zone - 25);
    } else if (zone >= 13 && zone <= 23) {
        (void)snprintf(crs, 64, "EPSG:%ld", 4491 + zone - 13);
    }
}

/* The CRS of the positions; *crs is NULL when it is that of the scene. */
static tl_code find_crs(const char *what, const tl_samples *s, const char *named,
                        const tl_georef *target, OGRSpatialReferenceH *crs, tl_err *err) {
    char text[64];
    *crs = NULL;
    (void)snprintf(text, sizeof text, "%s", named);
    if (text[0] == '\0' && target != NULL && target->crs_wkt != NULL) {
        char assumed[120] = "in that of the raster";
        deduce_crs(s, target, text);
        if (text[0] != '\0') {
            (void)snprintf(assumed, sizeof assumed, "in %s by their size", text);
        }
        TL_TRY(tl_assume(err, TL_WARNING,
                         "%s has no coordinate reference system; its coordinates are assumed to be "
                         "%s; a column crs with the EPSG code, or a layer with its CRS, settles it",
                         what, assumed));
    }
    if (text[0] == '\0') {
        return TL_OK;
    }
    *crs = OSRNewSpatialReference(NULL);
    if (OSRSetFromUserInput(*crs, text) == OGRERR_NONE) {
        return TL_OK;
    }
    OSRDestroySpatialReference(*crs);
    *crs = NULL;
    return tl_fail(err, TL_DATA,
                   "%s names the coordinate reference system '%s', which is unknown; wanted a text "
                   "such as EPSG:32633",
                   what, text);
}

tl_code tl_io_tables_move_samples(tl_samples *s, OGRSpatialReferenceH crs, const char *name,
                                  const tl_georef *target, const char *parameter, const char *path,
                                  const tl_progress *progress, tl_err *err) {
    OGRCoordinateTransformationH way = NULL;
    if (crs != NULL && target != NULL && target->crs_wkt != NULL) {
        TL_TRY(tl_io_tables_find_way(crs, target, parameter, path, &way, err));
    }
    s->in_degrees = way == NULL && crs != NULL && OSRIsGeographic(crs) != 0;
    for (ptrdiff_t i = 0; way != NULL && i < s->n; i++) {
        if (isnan(s->x[i]) || !OCTTransform(way, 1, &s->x[i], &s->y[i], NULL) ||
            !isfinite(s->x[i])) {
            s->x[i] = (double)NAN;
            s->y[i] = (double)NAN;
        }
    }
    if (way != NULL) {
        tl_progress_log(progress, TL_INFO,
                        "%s: points are transformed from the CRS %s to that of the raster",
                        parameter, name);
    }
    OCTDestroyCoordinateTransformation(way);
    return TL_OK;
}

/* Finds the CRS of positions that were read, and moves them. */
static tl_code place_in_crs(const char *what, const char *named, const tl_georef *target,
                            const char *parameter, const char *path, const tl_progress *progress,
                            tl_samples *s, tl_err *err) {
    OGRSpatialReferenceH crs = NULL;
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = find_crs(what, s, named, target, &crs, err);
    if (code == TL_OK) {
        code = tl_io_tables_move_samples(s, crs,
                                         named[0] != '\0' || crs == NULL ? named : OSRGetName(crs),
                                         target, parameter, path, progress, err);
    }
    OSRDestroySpatialReference(crs);
    tl_io_end(&call);
    return code;
}

tl_code tl_io_tables_place_samples(const tl_text_table *t, const tl_georef *target,
                                   const char *parameter, const char *path,
                                   const tl_progress *progress, tl_samples *s, tl_err *err) {
    char what[512];
    tl_position_columns c;
    (void)snprintf(what, sizeof what, "%s: '%.400s'", parameter, path);
    TL_TRY(tl_io_tables_find_positions(t, what, &c, err));
    if (c.kind == TL_POSITION_NONE || (c.kind == TL_POSITION_CELLS && target == NULL)) {
        for (ptrdiff_t i = 0; i < s->n; i++) {
            s->x[i] = (double)NAN;
            s->y[i] = (double)NAN;
        }
        return target == NULL
                   ? TL_OK
                   : tl_fail(err, TL_DATA,
                             "%s: '%s' has no coordinate columns; wanted x and y, easting "
                             "and northing, lon and lat, or row and col",
                             parameter, path);
    }
    reading r = {.t = t, .c = &c, .what = what, .s = s};
    for (ptrdiff_t i = 0; i < s->n; i++) {
        read_row(&r, i);
    }
    TL_TRY(report_reading(&r, target != NULL, err));
    TL_TRY(remove_codes(&r, err));
    if (c.kind == TL_POSITION_CELLS) {
        return cells_to_map(&r, target, err);
    }
    if (c.kind == TL_POSITION_DEGREES && strcmp(c.crs, "EPSG:4326") == 0) {
        TL_TRY(check_degrees(&r, err));
    }
    return place_in_crs(what, c.crs, target, parameter, path, progress, s, err);
}

tl_code tl_io_tables_place_without_crs(tl_samples *s, const tl_georef *target,
                                       const char *parameter, const char *path,
                                       const tl_progress *progress, tl_err *err) {
    char what[512];
    (void)snprintf(what, sizeof what, "%s: '%.400s'", parameter, path);
    return place_in_crs(what, "", target, parameter, path, progress, s, err);
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sample points from CSV tables with coordinate columns; see source/store.h.
 *
 * Coordinates: columns x and y, or easting/northing, or lon/lat (longitude/latitude), or names that
 * end in an EPSG code such as x_32633. The CRS comes from that code, from a column "crs"
 * ("EPSG:32633", first row), from lon/lat (WGS 84), else it is assumed to be that of the raster.
 * Without a raster the coordinates may be missing: laboratory tables often have none. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/tables/text_tables.h"
#include "io/tables/vector_layer.h"
#include "source/measured.h"

typedef struct axes {
    ptrdiff_t x; /* -1: no coordinates */
    ptrdiff_t y;
    char crs[64]; /* "EPSG:n", a user's text, or empty */
} axes;

/* Column name[_code]; the EPSG code goes to crs. -1 when there is none. */
static ptrdiff_t coded_column(const tl_text_table *csv, const char *name, char *crs) {
    const size_t n = strlen(name);
    for (ptrdiff_t j = 0; j < csv->ncol; j++) {
        const char *header = csv->header[j];
        const char *digits = header + n + 1;
        if (strlen(header) > n + 4 && header[n] == '_' &&
            tolower((unsigned char)header[0]) == name[0] &&
            digits[strspn(digits, "0123456789")] == '\0' &&
            strncmp(header + 1, name + 1, n - 1) == 0) {
            (void)snprintf(crs, 64, "EPSG:%.8s", digits);
            return j;
        }
    }
    return -1;
}

static tl_code find_axes(const tl_text_table *csv, const char *path, const char *parameter,
                         int needed, axes *a, tl_err *err) {
    static const struct {
        const char *x;
        const char *y;
        const char *crs;
    } pairs[] = {
        {"x", "y", ""},
        {"easting", "northing", ""},
        {"east", "north", ""},
        {"x_coord", "y_coord", ""},
        {"lon", "lat", "EPSG:4326"},
        {"long", "lat", "EPSG:4326"},
        {"longitude", "latitude", "EPSG:4326"},
    };
    *a = (axes){.x = -1, .y = -1};
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0] && (a->x < 0 || a->y < 0); k++) {
        a->x = tl_source_text_table_column(csv, pairs[k].x);
        a->y = tl_source_text_table_column(csv, pairs[k].y);
        (void)snprintf(a->crs, sizeof a->crs, "%s", pairs[k].crs);
    }
    if (a->x < 0 || a->y < 0) {
        a->x = coded_column(csv, "x", a->crs);
        a->y = coded_column(csv, "y", a->crs);
    }
    if (a->x < 0 || a->y < 0) {
        a->x = -1;
        a->y = -1;
        return !needed ? TL_OK
                       : tl_fail(err, TL_DATA,
                                 "%s: '%s' has no coordinate columns; wanted x and y, easting and "
                                 "northing, or lon and lat",
                                 parameter, path);
    }
    const ptrdiff_t crs = tl_source_text_table_column(csv, "crs");
    if (crs >= 0 && csv->nrow > 0 && tl_source_text_table_at(csv, 0, crs)[0] != '\0') {
        (void)snprintf(a->crs, sizeof a->crs, "%s", tl_source_text_table_at(csv, 0, crs));
    }
    return TL_OK;
}

static tl_code find_way(const axes *a, const tl_georef *target, const char *path,
                        const char *parameter, const tl_progress *progress,
                        OGRCoordinateTransformationH *way, tl_err *err) {
    *way = NULL;
    if (target == NULL || target->crs_wkt == NULL) {
        return TL_OK;
    }
    if (a->crs[0] == '\0') {
        tl_progress_log(progress, TL_WARNING,
                        "%s: '%s' names no coordinate reference system; its coordinates are "
                        "assumed to be in that of the raster",
                        parameter, path);
        return TL_OK;
    }
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    tl_code code = TL_OK;
    if (OSRSetFromUserInput(crs, a->crs) != OGRERR_NONE) {
        code = tl_fail(err, TL_DATA,
                       "%s: '%s' names the coordinate reference system '%s', which is unknown; "
                       "wanted a text such as EPSG:32633",
                       parameter, path, a->crs);
    } else {
        code = tl_io_tables_find_way(crs, target, parameter, path, way, err);
    }
    if (*way != NULL) {
        tl_progress_log(progress, TL_INFO,
                        "%s: points are transformed from the CRS %s to that of the raster",
                        parameter, a->crs);
    }
    OSRDestroySpatialReference(crs);
    return code;
}

/* 1 when the CRS that the table names is one of longitudes and latitudes. */
static int names_degrees(const axes *a) {
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    const int geographic = a->x >= 0 && a->crs[0] != '\0' &&
                           OSRSetFromUserInput(crs, a->crs) == OGRERR_NONE &&
                           OSRIsGeographic(crs) != 0;
    OSRDestroySpatialReference(crs);
    return geographic;
}

static tl_code find_column(const tl_text_table *csv, const char *name, const char *path,
                           const char *parameter, ptrdiff_t *column, tl_err *err) {
    *column = tl_source_text_table_column(csv, name);
    /* "SOM" finds "SOM (g/kg)" when no other column has that name. */
    ptrdiff_t same = 0;
    ptrdiff_t last = -1;
    for (ptrdiff_t j = 0; j < csv->ncol; j++) {
        last = tl_source_measured_same(csv->header[j], name) ? j : last;
        same += last == j;
    }
    *column = *column < 0 && same == 1 ? last : *column;
    if (*column >= 0) {
        return TL_OK;
    }
    tl_text list = {0};
    for (ptrdiff_t j = 0; j < csv->ncol && j < 30; j++) {
        tl_text_addf(&list, "%s%s", j == 0 ? "" : ", ", csv->header[j]);
    }
    const tl_code code =
        tl_fail(err, TL_ARG, "%s: '%s' has no column '%s'; its columns are %.600s%s", parameter,
                path, name, tl_text_data(&list), csv->ncol > 30 ? ", ..." : "");
    tl_text_free(&list);
    return code;
}

static void take_position(const tl_text_table *csv, const axes *a, ptrdiff_t i,
                          OGRCoordinateTransformationH way, tl_samples *samples) {
    double x = (double)NAN;
    double y = (double)NAN;
    if (a->x < 0 || !tl_parse_number(tl_source_text_table_at(csv, i, a->x), &x) ||
        !tl_parse_number(tl_source_text_table_at(csv, i, a->y), &y) ||
        (way != NULL && (!OCTTransform(way, 1, &x, &y, NULL) || !isfinite(x)))) {
        x = (double)NAN;
        y = (double)NAN;
    }
    samples->x[i] = x;
    samples->y[i] = y;
}

static tl_code take_property(const tl_text_table *csv, const char *name, ptrdiff_t j,
                             const char *path, const char *parameter, const tl_progress *progress,
                             tl_samples *samples, tl_err *err) {
    ptrdiff_t column = -1;
    TL_TRY(find_column(csv, name, path, parameter, &column, err));
    TL_TRY(tl_source_samples_set_property(samples, j, csv->header[column], err));
    tl_odd_values texts = {0};
    for (ptrdiff_t i = 0; i < samples->n; i++) {
        const char *text = tl_source_text_table_at(csv, i, column);
        double value = (double)NAN;
        if (!tl_parse_number(text, &value) && text[0] != '\0' && !tl_same_word(text, "nan") &&
            !tl_same_word(text, "na")) {
            tl_io_tables_take_text(&texts, text, samples, i, j);
        }
        tl_matrix_row(&samples->values, i)[j] = value;
    }
    return tl_io_tables_settle_texts(&texts, path, parameter, progress, samples, j, err);
}

static tl_code fill(const tl_text_table *csv, const char *path, const char *parameter,
                    const char *id_field, const char *const *property, const tl_georef *target,
                    const tl_progress *progress, tl_samples *samples, tl_err *err) {
    axes a;
    TL_TRY(find_axes(csv, path, parameter, target != NULL, &a, err));
    ptrdiff_t id = -1;
    if (id_field != NULL && id_field[0] != '\0') {
        TL_TRY(find_column(csv, id_field, path, parameter, &id, err));
    }
    OGRCoordinateTransformationH way = NULL;
    TL_TRY(find_way(&a, target, path, parameter, progress, &way, err));
    samples->in_degrees = way == NULL && names_degrees(&a);
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < samples->n && code == TL_OK; i++) {
        char running[32];
        (void)snprintf(running, sizeof running, "%td", i + 1);
        take_position(csv, &a, i, way, samples);
        const char *text = id < 0 ? "" : tl_source_text_table_at(csv, i, id);
        code = tl_source_samples_set_id(samples, i, text[0] == '\0' ? running : text, err);
    }
    OCTDestroyCoordinateTransformation(way);
    for (ptrdiff_t j = 0; j < samples->nprop && code == TL_OK; j++) {
        code = take_property(csv, property[j], j, path, parameter, progress, samples, err);
    }
    return code;
}

tl_code tl_io_tables_read_samples_csv(const char *path, const char *parameter, const char *id_field,
                                      const char *const *property, ptrdiff_t n_property,
                                      const tl_georef *target, const tl_progress *progress,
                                      tl_samples *samples, tl_err *err) {
    tl_text_table csv;
    TL_TRY(tl_io_tables_read_texts(path, parameter, &csv, err));
    tl_code code = csv.nrow == 0
                       ? tl_fail(err, TL_DATA, "%s: '%s' contains no points", parameter, path)
                       : tl_source_samples_init(samples, csv.nrow, n_property, err);
    tl_io_call call;
    tl_io_begin(&call);
    if (code == TL_OK) {
        code = fill(&csv, path, parameter, id_field, property, target, progress, samples, err);
    }
    tl_io_end(&call);
    if (code != TL_OK) {
        tl_source_samples_free(samples);
    }
    tl_source_text_table_free(&csv);
    return code;
}

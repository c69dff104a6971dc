/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines of a vector layer with number fields; see source/store.h. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "io/gdal_call.h"
#include "io/tables/vector_layer.h"

/* Extends the capacity by n vertices and one line. */
static tl_code make_capacity(tl_features *lines, ptrdiff_t *line_capacity,
                             ptrdiff_t *vertex_capacity, ptrdiff_t n, tl_err *err) {
    if (lines->table.nrow + 2 > *line_capacity) {
        const ptrdiff_t wanted = *line_capacity == 0 ? 64 : *line_capacity * 2;
        ptrdiff_t *first = tl_grow(lines->first, *line_capacity, wanted, sizeof *first);
        if (first == NULL) {
            return tl_no_memory(err, "lines");
        }
        lines->first = first;
        *line_capacity = wanted;
    }
    if (lines->nvertex + n > *vertex_capacity) {
        const ptrdiff_t wanted = 2 * (lines->nvertex + n);
        double *x = tl_grow(lines->x, lines->nvertex, wanted, sizeof *x);
        lines->x = x == NULL ? lines->x : x;
        double *y = tl_grow(lines->y, lines->nvertex, wanted, sizeof *y);
        lines->y = y == NULL ? lines->y : y;
        if (x == NULL || y == NULL) {
            return tl_no_memory(err, "lines");
        }
        *vertex_capacity = wanted;
    }
    return TL_OK;
}

typedef struct line_reader {
    const tl_vector *v;
    const int *field; /* [ncol] -1 = the layer has no such field */
    ptrdiff_t line_capacity;
    ptrdiff_t vertex_capacity;
} line_reader;

static tl_code take_line(line_reader *r, OGRFeatureH feature, OGRGeometryH line, tl_features *lines,
                         tl_err *err) {
    const ptrdiff_t n = OGR_G_GetPointCount(line);
    if (n < 2) {
        return TL_OK;
    }
    TL_TRY(make_capacity(lines, &r->line_capacity, &r->vertex_capacity, n, err));
    ptrdiff_t row = 0;
    TL_TRY(tl_source_table_add_row(&lines->table, &row, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        double x = OGR_G_GetX(line, (int)i);
        double y = OGR_G_GetY(line, (int)i);
        if (r->v->way != NULL && !OCTTransform(r->v->way, 1, &x, &y, NULL)) {
            return tl_fail(err, TL_DATA, "line %td cannot be transformed to the wanted CRS",
                           row + 1);
        }
        lines->x[lines->nvertex] = x;
        lines->y[lines->nvertex] = y;
        lines->nvertex++;
    }
    lines->first[row + 1] = lines->nvertex;
    for (ptrdiff_t j = 0; j < lines->table.ncol; j++) {
        int is_text = 0;
        const double value = r->field[j] < 0
                                 ? (double)NAN
                                 : tl_io_tables_field_number(feature, r->field[j], &is_text);
        tl_source_table_set_number(&lines->table, row, j, value);
    }
    return TL_OK;
}

static tl_code take_geometry(line_reader *r, OGRFeatureH feature, tl_features *lines, tl_err *err) {
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    if (geometry == NULL) {
        return TL_OK;
    }
    const OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
    if (type == wkbLineString) {
        return take_line(r, feature, geometry, lines, err);
    }
    if (type != wkbMultiLineString) {
        return tl_fail(err, TL_DATA, "it contains a %s; wanted lines", OGRGeometryTypeToName(type));
    }
    for (int i = 0; i < OGR_G_GetGeometryCount(geometry); i++) {
        TL_TRY(take_line(r, feature, OGR_G_GetGeometryRef(geometry, i), lines, err));
    }
    return TL_OK;
}

static tl_code take_layer(line_reader *r, tl_features *lines, tl_err *err) {
    TL_TRY(make_capacity(lines, &r->line_capacity, &r->vertex_capacity, 1, err));
    OGR_L_ResetReading(r->v->layer);
    tl_code code = TL_OK;
    while (code == TL_OK) {
        OGRFeatureH feature = OGR_L_GetNextFeature(r->v->layer);
        if (feature == NULL) {
            break;
        }
        code = take_geometry(r, feature, lines, err);
        OGR_F_Destroy(feature);
    }
    return code == TL_OK && lines->table.nrow == 0 ? tl_fail(err, TL_DATA, "it contains no lines")
                                                   : code;
}

tl_code tl_io_tables_read_lines(const char *path, const char *parameter, const tl_column *column,
                                ptrdiff_t n_column, const tl_georef *target, tl_features *lines,
                                tl_err *err) {
    *lines = (tl_features){.geometry = TL_LINES};
    tl_source_table_start(&lines->table, column, n_column);
    tl_vector v;
    TL_TRY(tl_io_tables_open_vector(path, parameter, target, &v, err));
    tl_io_call call;
    tl_io_begin(&call);
    int *field = tl_acquire(n_column, sizeof *field);
    tl_code code = field == NULL ? tl_no_memory(err, "lines") : TL_OK;
    for (ptrdiff_t j = 0; j < n_column && code == TL_OK; j++) {
        field[j] = OGR_FD_GetFieldIndex(OGR_L_GetLayerDefn(v.layer), column[j].name);
    }
    if (code == TL_OK) {
        line_reader r = {.v = &v, .field = field};
        code = take_layer(&r, lines, err);
    }
    if (code == TL_OK && call.failed) {
        code = tl_fail(err, TL_IO, "it cannot be read to its end%s", tl_io_words(&call));
    }
    tl_release(field);
    tl_io_end(&call);
    tl_io_tables_close_vector(&v);
    if (code != TL_OK) {
        char where[1024];
        (void)snprintf(where, sizeof where, "%s: '%.900s'", parameter, path);
        tl_source_features_free(lines);
        return tl_fail_in(err, code, where);
    }
    return TL_OK;
}

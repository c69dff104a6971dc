/* SPDX-License-Identifier: GPL-2.0-or-later
 * Polygons rasterised to the cells of a grid; see source/store.h. */
#include <gdal_alg.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/tables/vector_layer.h"

typedef struct polygons {
    ptrdiff_t n;
    OGRGeometryH *geometry; /* [n] owned, in the CRS of the grid */
    double *value;          /* [n] 1-based number of the feature */
    char **name;            /* [n] owned */
} polygons;

static tl_code take_polygon(OGRFeatureH feature, const tl_vector *v, int name_field,
                            const char *parameter, const char *path, polygons *p, tl_err *err) {
    const ptrdiff_t i = p->n;
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    const OGRwkbGeometryType type =
        geometry == NULL ? wkbNone : wkbFlatten(OGR_G_GetGeometryType(geometry));
    if (type != wkbPolygon && type != wkbMultiPolygon) {
        return tl_fail(err, TL_DATA, "%s: feature %td of '%s' is not a polygon but '%s'", parameter,
                       i + 1, path, geometry == NULL ? "empty" : OGRGeometryTypeToName(type));
    }
    char running[32];
    (void)snprintf(running, sizeof running, "%td", i + 1);
    char key[32];
    const char *own = tl_io_tables_field_text(feature, name_field, key);
    p->name[i] = tl_copy_text(own != NULL ? own : running);
    p->geometry[i] = OGR_G_Clone(geometry);
    p->value[i] = (double)(i + 1);
    p->n++;
    if (p->name[i] == NULL || p->geometry[i] == NULL) {
        return tl_no_memory(err, "the polygons of '%s'", path);
    }
    if (v->way != NULL && OGR_G_Transform(p->geometry[i], v->way) != OGRERR_NONE) {
        return tl_fail(err, TL_DATA,
                       "%s: feature %td of '%s' cannot be transformed to the CRS "
                       "of the grid",
                       parameter, i + 1, path);
    }
    return TL_OK;
}

static tl_code take_polygons(const tl_vector *v, const char *path, const char *parameter,
                             const char *name_field, polygons *p, tl_err *err) {
    const ptrdiff_t n = (ptrdiff_t)OGR_L_GetFeatureCount(v->layer, 1);
    if (n <= 0) {
        return tl_fail(err, TL_DATA, "%s: '%s' contains no polygons", parameter, path);
    }
    int field = -1;
    if (name_field != NULL && name_field[0] != '\0') {
        TL_TRY(tl_io_tables_find_field(v->layer, name_field, parameter, path, &field, err));
    }
    p->geometry = tl_acquire(n, sizeof *p->geometry);
    p->value = tl_acquire(n, sizeof *p->value);
    p->name = tl_acquire(n, sizeof *p->name);
    if (p->geometry == NULL || p->value == NULL || p->name == NULL) {
        return tl_no_memory(err, "the polygons of '%s'", path);
    }
    OGR_L_ResetReading(v->layer);
    tl_code code = TL_OK;
    while (code == TL_OK && p->n < n) {
        OGRFeatureH feature = OGR_L_GetNextFeature(v->layer);
        if (feature == NULL) {
            break;
        }
        code = take_polygon(feature, v, field, parameter, path, p, err);
        OGR_F_Destroy(feature);
    }
    return code;
}

static void free_polygons(polygons *p, int with_names) {
    for (ptrdiff_t i = 0; i < p->n; i++) {
        OGR_G_DestroyGeometry(p->geometry[i]);
        if (with_names) {
            tl_release(p->name[i]);
        }
    }
    tl_release(p->geometry);
    tl_release(p->value);
    if (with_names) {
        tl_release(p->name);
    }
}

/* --- cells --- */

/* Columns col0 .. col1-1 and rows row0 .. row1-1 around a polygon; empty when it is outside. */
typedef struct box {
    ptrdiff_t col0, col1, row0, row1;
} box;

static ptrdiff_t limited(double value, ptrdiff_t n) {
    return !(value > 0.0) ? 0 : value > (double)n ? n : (ptrdiff_t)value;
}

/* The cells around a polygon, one more on each side for rounding. */
static box box_of(OGRGeometryH geometry, const tl_grid *like) {
    OGREnvelope e;
    OGR_G_GetEnvelope(geometry, &e);
    const double x[2] = {e.MinX, e.MaxX};
    const double y[2] = {e.MinY, e.MaxY};
    double low[2] = {(double)INFINITY, (double)INFINITY};
    double high[2] = {(double)-INFINITY, (double)-INFINITY};
    for (int corner = 0; corner < 4; corner++) {
        double at[2];
        if (tl_georef_to_cell(&like->geo, x[corner % 2], y[corner / 2], &at[0], &at[1], NULL) !=
            TL_OK) {
            return (box){0, like->ncol, 0, like->nrow};
        }
        for (int k = 0; k < 2; k++) {
            low[k] = fmin(low[k], at[k]);
            high[k] = fmax(high[k], at[k]);
        }
    }
    return (box){limited(floor(low[0]) - 1.0, like->ncol), limited(ceil(high[0]) + 1.0, like->ncol),
                 limited(floor(low[1]) - 1.0, like->nrow),
                 limited(ceil(high[1]) + 1.0, like->nrow)};
}

static int is_empty(const box *b) {
    return b->col0 >= b->col1 || b->row0 >= b->row1;
}

static int touch(const box *a, const box *b) {
    return a->col0 < b->col1 && b->col0 < a->col1 && a->row0 < b->row1 && b->row0 < a->row1;
}

/* Divides the polygons into layers within which no two boxes touch, so that one raster holds a layer
 * without loss. Every polygon is put into the first layer in which its cells are free.
 *
 * layer   [p->n] out; -1 = outside the grid
 * returns how many layers there are */
static int find_layers(const polygons *p, const box *around, int *layer) {
    int n_layers = 0;
    for (ptrdiff_t i = 0; i < p->n; i++) {
        layer[i] = is_empty(&around[i]) ? -1 : 0;
        for (ptrdiff_t k = 0; layer[i] >= 0 && k < i; k++) {
            if (layer[k] == layer[i] && touch(&around[k], &around[i])) {
                layer[i]++;
                k = -1;
            }
        }
        n_layers = layer[i] + 1 > n_layers ? layer[i] + 1 : n_layers;
    }
    return n_layers;
}

/* What finding the cells of all polygons needs. */
typedef struct burning {
    const polygons *p;
    const tl_grid *like;
    box *around;        /* [p->n] */
    int *layer;         /* [p->n] */
    ptrdiff_t *n_runs;  /* [p->n] */
    tl_cell_run **runs; /* [p->n] owned */
    int *row;           /* [ncol] */
    GDALDatasetH raster;
} burning;

static int burn_layer(burning *b, int layer) {
    GDALRasterBandH band = GDALGetRasterBand(b->raster, 1);
    int number = 1;
    int ok = GDALFillRaster(band, 0.0, 0.0) == CE_None;
    OGRGeometryH *geometry = tl_acquire(b->p->n, sizeof *geometry);
    double *value = tl_acquire(b->p->n, sizeof *value);
    int n = 0;
    for (ptrdiff_t i = 0; geometry != NULL && value != NULL && i < b->p->n; i++) {
        if (b->layer[i] == layer) {
            geometry[n] = b->p->geometry[i];
            value[n++] = b->p->value[i];
        }
    }
    ok = ok && n > 0 &&
         GDALRasterizeGeometries(b->raster, 1, &number, n, geometry, NULL, NULL, value, NULL, NULL,
                                 NULL) == CE_None;
    tl_release((void *)geometry);
    tl_release(value);
    return ok;
}

static int add_run(burning *b, ptrdiff_t i, tl_cell_run run) {
    const ptrdiff_t n = b->n_runs[i];
    /* The capacity doubles: it is reached when the number of runs is a power of two. */
    if ((n & (n - 1)) == 0) {
        tl_cell_run *grown = tl_grow(b->runs[i], n, n == 0 ? 1 : 2 * n, sizeof *grown);
        if (grown == NULL) {
            return 0;
        }
        b->runs[i] = grown;
    }
    b->runs[i][b->n_runs[i]++] = run;
    return 1;
}

/* The runs of one polygon of the layer in the raster. */
static int collect(burning *b, ptrdiff_t i) {
    const box *around = &b->around[i];
    const int n_cols = (int)(around->col1 - around->col0);
    const int wanted = (int)b->p->value[i];
    for (ptrdiff_t r = around->row0; r < around->row1; r++) {
        if (GDALRasterIO(GDALGetRasterBand(b->raster, 1), GF_Read, (int)around->col0, (int)r,
                         n_cols, 1, b->row, n_cols, 1, GDT_Int32, 0, 0) != CE_None) {
            return 0;
        }
        for (int c = 0; c < n_cols; c++) {
            if (b->row[c] != wanted) {
                continue;
            }
            const int begin = c;
            while (c + 1 < n_cols && b->row[c + 1] == wanted) {
                c++;
            }
            const tl_cell_run run = {r * b->like->ncol + around->col0 + begin, c + 1 - begin};
            if (!add_run(b, i, run)) {
                return 0;
            }
        }
    }
    return 1;
}

static int find_cells(burning *b) {
    for (ptrdiff_t i = 0; i < b->p->n; i++) {
        b->around[i] = box_of(b->p->geometry[i], b->like);
    }
    const int n_layers = find_layers(b->p, b->around, b->layer);
    int ok = 1;
    for (int layer = 0; layer < n_layers && ok; layer++) {
        ok = burn_layer(b, layer);
        for (ptrdiff_t i = 0; i < b->p->n && ok; i++) {
            ok = b->layer[i] != layer || collect(b, i);
        }
    }
    return ok;
}

static int put_together(const burning *b, tl_zones *zones) {
    ptrdiff_t total = 0;
    zones->first = tl_acquire(b->p->n + 1, sizeof *zones->first);
    for (ptrdiff_t i = 0; i < b->p->n; i++) {
        total += b->n_runs[i];
    }
    zones->run = tl_acquire(total, sizeof *zones->run);
    if (zones->first == NULL || zones->run == NULL) {
        return 0;
    }
    for (ptrdiff_t i = 0; i < b->p->n; i++) {
        zones->first[i + 1] = zones->first[i] + b->n_runs[i];
        if (b->n_runs[i] > 0) {
            memcpy(zones->run + zones->first[i], b->runs[i],
                   (size_t)b->n_runs[i] * sizeof *zones->run);
        }
    }
    return 1;
}

static tl_code burn(const polygons *p, const tl_grid *like, const char *path, const char *parameter,
                    tl_zones *zones, tl_err *err) {
    burning b = {.p = p, .like = like};
    b.around = tl_acquire(p->n, sizeof *b.around);
    b.layer = tl_acquire(p->n, sizeof *b.layer);
    b.n_runs = tl_acquire(p->n, sizeof *b.n_runs);
    b.runs = tl_acquire(p->n, sizeof *b.runs);
    b.row = tl_acquire(like->ncol, sizeof *b.row);
    b.raster = GDALCreate(GDALGetDriverByName("MEM"), "", (int)like->ncol, (int)like->nrow, 1,
                          GDT_Int32, NULL);
    int ok = b.around != NULL && b.layer != NULL && b.n_runs != NULL && b.runs != NULL &&
             b.row != NULL && b.raster != NULL;
    if (ok) {
        tl_io_write_georef(b.raster, &like->geo);
        ok = find_cells(&b) && put_together(&b, zones);
    }
    for (ptrdiff_t i = 0; i < p->n && b.runs != NULL; i++) {
        tl_release(b.runs[i]);
    }
    tl_release((void *)b.runs);
    tl_release(b.around);
    tl_release(b.layer);
    tl_release(b.n_runs);
    tl_release(b.row);
    GDALClose(b.raster);
    return ok ? TL_OK
              : tl_fail(err, TL_IO, "%s: the polygons of '%s' cannot be rasterised", parameter,
                        path);
}

tl_code tl_io_tables_read_zones(const char *path, const char *parameter, const char *name_field,
                                const tl_grid *like, tl_zones *zones, tl_err *err) {
    *zones = (tl_zones){0};
    tl_vector v;
    TL_TRY(tl_io_tables_open_vector(path, parameter, &like->geo, &v, err));
    polygons p = {0};
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = take_polygons(&v, path, parameter, name_field, &p, err);
    if (code == TL_OK && call.failed) {
        code = tl_fail(err, TL_IO, "%s: '%s' cannot be read to its end%s", parameter, path,
                       tl_io_words(&call));
    }
    if (code == TL_OK) {
        code = burn(&p, like, path, parameter, zones, err);
    }
    if (code == TL_OK) {
        zones->name = p.name;
        zones->n = p.n;
    } else {
        tl_source_zones_free(zones);
    }
    free_polygons(&p, code != TL_OK);
    tl_io_end(&call);
    tl_io_tables_close_vector(&v);
    return code;
}

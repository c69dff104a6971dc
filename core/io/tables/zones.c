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
    const int named = name_field >= 0 && OGR_F_IsFieldSetAndNotNull(feature, name_field);
    p->name[i] = tl_copy_text(named ? OGR_F_GetFieldAsString(feature, name_field) : running);
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

static tl_code burn(const polygons *p, const tl_grid *like, const char *path, const char *parameter,
                    int *zone, tl_err *err) {
    GDALDatasetH target = GDALCreate(GDALGetDriverByName("MEM"), "", (int)like->ncol,
                                     (int)like->nrow, 1, GDT_Int32, NULL);
    int band = 1;
    int ok = target != NULL;
    if (ok) {
        tl_io_write_georef(target, &like->geo);
        ok = GDALRasterizeGeometries(target, 1, &band, (int)p->n, p->geometry, NULL, NULL, p->value,
                                     NULL, NULL, NULL) == CE_None &&
             GDALRasterIO(GDALGetRasterBand(target, 1), GF_Read, 0, 0, (int)like->ncol,
                          (int)like->nrow, zone, (int)like->ncol, (int)like->nrow, GDT_Int32, 0,
                          0) == CE_None;
    }
    GDALClose(target);
    if (!ok) {
        return tl_fail(err, TL_IO, "%s: the polygons of '%s' cannot be rasterised", parameter,
                       path);
    }
    return TL_OK;
}

tl_code tl_io_tables_read_zones(const char *path, const char *parameter, const char *name_field,
                                const tl_grid *like, int *zone, char ***name, ptrdiff_t *n_zones,
                                tl_err *err) {
    *name = NULL;
    *n_zones = 0;
    tl_vector v;
    TL_TRY(tl_io_tables_open_vector(path, parameter, &like->geo, &v, err));
    polygons p = {0};
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = take_polygons(&v, path, parameter, name_field, &p, err);
    if (code == TL_OK) {
        code = burn(&p, like, path, parameter, zone, err);
    }
    if (code == TL_OK) {
        *name = p.name;
        *n_zones = p.n;
    }
    free_polygons(&p, code != TL_OK);
    tl_io_end(&call);
    tl_io_tables_close_vector(&v);
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Features written to GeoPackage, GeoJSON or Shapefile; see source/store.h. A layer is created in
 * memory and copied to the disk when it is complete. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/tables/vector_layer.h"

enum { path_capacity = 4096 };

static const char *driver_of(const char *path) {
    return tl_io_has_extension(path, "gpkg")           ? "GPKG"
           : tl_io_has_extension(path, "geojson,json") ? "GeoJSON"
           : tl_io_has_extension(path, "shp")          ? "ESRI Shapefile"
                                                       : NULL;
}

static int is_whole(double value) {
    return fabs(value) < 9007199254740992.0;
}

static OGRwkbGeometryType type_of(tl_geometry geometry) {
    return geometry == TL_POINTS  ? wkbPoint
           : geometry == TL_LINES ? wkbLineString
                                  : wkbMultiPolygon;
}

static void add_vertices(OGRGeometryH line, const tl_features *f, ptrdiff_t from, ptrdiff_t to) {
    OGR_G_SetPointCount(line, (int)(to - from));
    for (ptrdiff_t v = from; v < to; v++) {
        OGR_G_SetPoint_2D(line, (int)(v - from), f->x[v], f->y[v]);
    }
}

/* Every outer ring starts a polygon. */
static OGRGeometryH polygons_of(const tl_features *f, ptrdiff_t row) {
    OGRGeometryH all = OGR_G_CreateGeometry(wkbMultiPolygon);
    OGRGeometryH polygon = NULL;
    for (ptrdiff_t r = f->first[row]; r < f->first[row + 1]; r++) {
        if (!f->is_hole[r] || polygon == NULL) {
            polygon = OGR_G_CreateGeometry(wkbPolygon);
            OGR_G_AddGeometryDirectly(all, polygon);
        }
        OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing);
        add_vertices(ring, f, f->ring[r], f->ring[r + 1]);
        OGR_G_CloseRings(ring);
        OGR_G_AddGeometryDirectly(polygon, ring);
    }
    return all;
}

static OGRGeometryH geometry_of(const tl_features *f, ptrdiff_t row) {
    if (f->geometry == TL_POLYGONS) {
        return polygons_of(f, row);
    }
    OGRGeometryH geometry = OGR_G_CreateGeometry(type_of(f->geometry));
    if (f->geometry == TL_LINES) {
        add_vertices(geometry, f, f->first[row], f->first[row + 1]);
    } else if (f->first[row] < f->first[row + 1]) {
        OGR_G_SetPoint_2D(geometry, 0, f->x[f->first[row]], f->y[f->first[row]]);
    }
    return geometry;
}

static int add_feature(OGRLayerH layer, const tl_features *f, ptrdiff_t row) {
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    for (ptrdiff_t j = 0; j < f->table.ncol; j++) {
        const ptrdiff_t at = row * f->table.ncol + j;
        const double number = f->table.number[at];
        if (f->table.column[j].kind == TL_COLUMN_TEXT) {
            if (f->table.text[at] != NULL) {
                OGR_F_SetFieldString(feature, (int)j, f->table.text[at]);
            }
        } else if (isfinite(number)) {
            if (f->table.column[j].kind == TL_COLUMN_INTEGER && is_whole(number)) {
                OGR_F_SetFieldInteger64(feature, (int)j, (GIntBig)llround(number));
            } else {
                OGR_F_SetFieldDouble(feature, (int)j, number);
            }
        }
    }
    OGR_F_SetGeometryDirectly(feature, geometry_of(f, row));
    const OGRErr status = OGR_L_CreateFeature(layer, feature);
    OGR_F_Destroy(feature);
    return status == OGRERR_NONE;
}

static int add_fields(OGRLayerH layer, const tl_table *table) {
    static const OGRFieldType types[] = {OFTString, OFTReal, OFTInteger64};
    int ok = 1;
    for (ptrdiff_t j = 0; j < table->ncol && ok; j++) {
        OGRFieldDefnH field = OGR_Fld_Create(table->column[j].name, types[table->column[j].kind]);
        ok = OGR_L_CreateField(layer, field, 1) == OGRERR_NONE;
        OGR_Fld_Destroy(field);
    }
    return ok;
}

/* GeoJSON keeps the record as a member "tilth" of the collection. */
static char **geojson_options(const char *record) {
    char **options = CSLSetNameValue(NULL, "WRITE_BBOX", "NO");
    if (record == NULL) {
        return options;
    }
    tl_text text = {0};
    tl_text_addf(&text, "{\"type\":\"FeatureCollection\",\"tilth\":%s,\"features\":[]}", record);
    if (!text.failed) {
        options = CSLSetNameValue(options, "NATIVE_DATA", tl_text_data(&text));
        options = CSLSetNameValue(options, "NATIVE_MEDIA_TYPE", "application/vnd.geo+json");
    }
    tl_text_free(&text);
    return options;
}

static OGRLayerH create_layer(GDALDatasetH dataset, const char *driver, const char *name,
                              const tl_features *f, const tl_georef *geo, const char *record) {
    const int is_geojson = strcmp(driver, "GeoJSON") == 0;
    char **options = is_geojson ? geojson_options(record) : NULL;
    if (strcmp(driver, "ESRI Shapefile") == 0) {
        options = CSLSetNameValue(options, "ENCODING", "UTF-8");
    }
    OGRSpatialReferenceH crs = tl_io_crs(geo);
    OGRLayerH layer = GDALDatasetCreateLayer(dataset, name, crs, type_of(f->geometry), options);
    OSRDestroySpatialReference(crs);
    CSLDestroy(options);
    if (layer != NULL && record != NULL && strcmp(driver, "GPKG") == 0) {
        GDALSetMetadataItem(layer, "RECORD", record, "TILTH");
    }
    return layer;
}

/* 1 when everything was written. One transaction: a GeoPackage would otherwise sync per feature. */
static int write_all(const char *path, const char *driver, const char *layer_name,
                     const tl_features *f, const tl_georef *geo, const char *record) {
    GDALDatasetH dataset =
        GDALCreate(GDALGetDriverByName(driver), path, 0, 0, 0, GDT_Unknown, NULL);
    if (dataset == NULL) {
        return 0;
    }
    const int transaction = GDALDatasetTestCapability(dataset, ODsCTransactions) &&
                            GDALDatasetStartTransaction(dataset, 0) == OGRERR_NONE;
    OGRLayerH layer = create_layer(dataset, driver, layer_name, f, geo, record);
    int ok = layer != NULL && add_fields(layer, &f->table);
    for (ptrdiff_t row = 0; row < f->table.nrow && ok; row++) {
        ok = add_feature(layer, f, row);
    }
    if (transaction) {
        ok = GDALDatasetCommitTransaction(dataset) == OGRERR_NONE && ok;
    }
    GDALClose(dataset);
    return ok;
}

/* Copies one file from memory to the disk, where a full disk is detected by the length: the drivers
 * do not detect it in their last flush. */
static tl_code copy_out(const char *from, const char *to, const char *parameter, tl_err *err) {
    vsi_l_offset length = 0;
    const char *bytes = (const char *)VSIGetMemFileBuffer(from, &length, FALSE);
    if (bytes == NULL) {
        return tl_io_cannot_write(to, parameter, "", err);
    }
    return tl_io_write_bytes(to, parameter, bytes, (size_t)length, err);
}

/* Copies all files of the layer: layer.shp and its other files become path and its other files. */
static tl_code copy_all_out(const char *folder, const char *path, const char *parameter,
                            tl_err *err) {
    char from[path_capacity];
    char to[path_capacity];
    char **names = VSIReadDir(folder);
    tl_code code = TL_OK;
    for (int i = 0; names != NULL && names[i] != NULL && code == TL_OK; i++) {
        const char *dot = strrchr(names[i], '.');
        if (dot == NULL || strncmp(names[i], "layer.", 6) != 0) {
            continue;
        }
        (void)snprintf(from, sizeof from, "%s/%s", folder, names[i]);
        if (tl_io_has_extension(path, dot + 1)) {
            (void)snprintf(to, sizeof to, "%s", path);
        } else {
            tl_io_replace_extension(path, dot + 1, to);
        }
        code = copy_out(from, to, parameter, err);
    }
    CSLDestroy(names);
    return code;
}

/* The layer named after the file, else the given one. */
static const char *layer_of(const char *path, const char *otherwise) {
    static const char key[] = "|layername=";
    const char *named = strstr(path, key);
    return named == NULL ? otherwise : named + sizeof key - 1;
}

tl_code tl_io_tables_write_features(const char *path, const char *parameter, const char *layer_name,
                                    const tl_features *features, const tl_georef *geo,
                                    const char *record, tl_err *err) {
    char text[path_capacity];
    char file[path_capacity];
    (void)snprintf(file, sizeof file, "%.*s", (int)strcspn(path, "|"), path);
    const char *driver = driver_of(file);
    if (driver == NULL) {
        return tl_fail(err, TL_ARG,
                       "%s: the name '%s' has no known vector extension; use .gpkg, .geojson or "
                       ".shp",
                       parameter, tl_io_shown(file, text));
    }
    /* A folder in memory that no other call has: its name contains the address of a local
     * variable. */
    char folder[64];
    tl_io_call call;
    (void)snprintf(folder, sizeof folder, "/vsimem/tilth-%p", (void *)&call);
    (void)snprintf(text, sizeof text, "%s/layer%s", folder, strrchr(file, '.'));
    tl_io_begin(&call);
    (void)VSIMkdir(folder, 0700);
    /* A GeoPackage stores the time of its last change. A fixed time makes equal runs produce equal
     * bytes. */
    char *kept = tl_copy_text(CPLGetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL));
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", "2000-01-01T00:00:00.000Z");
    const int ok =
        write_all(text, driver, layer_of(path, layer_name), features, geo, record) && !call.failed;
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", kept);
    tl_release(kept);
    const tl_code code = ok ? copy_all_out(folder, file, parameter, err)
                            : tl_io_cannot_write(file, parameter, tl_io_words(&call), err);
    (void)VSIRmdirRecursive(folder);
    tl_io_end(&call);
    return code;
}

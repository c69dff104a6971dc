/* SPDX-License-Identifier: GPL-2.0-or-later
 * Layers in GeoPackages that exist; see container.h.
 *
 * Layers are added by the database itself and not by swapping files: other programs may hold the
 * file open, and what they write later must not get lost. */
#include "io/outputs/container.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <ogr_api.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"

static const char *const drivers[] = {"GPKG", NULL};

static GDALDatasetH open_container(const char *path, unsigned flags) {
    return GDALOpenEx(path, GDAL_OF_VECTOR | flags, drivers, NULL, NULL);
}

int tl_io_outputs_is_container(const char *path) {
    static const char magic[] = "SQLite format 3";
    char head[sizeof magic] = "";
    FILE *file = tl_io_has_extension(path, "gpkg") ? fopen(path, "rbe") : NULL;
    if (file == NULL) {
        return 0;
    }
    const size_t n = fread(head, 1, sizeof head, file);
    (void)fclose(file);
    return n == sizeof head && memcmp(head, magic, sizeof magic) == 0;
}

int tl_io_outputs_has_other_layers(const char *path, const char *layer) {
    tl_io_call call;
    tl_io_begin(&call);
    GDALDatasetH dataset = open_container(path, GDAL_OF_READONLY);
    int found = 0;
    for (int i = 0; dataset != NULL && i < GDALDatasetGetLayerCount(dataset); i++) {
        found |= !tl_same_word(OGR_L_GetName(GDALDatasetGetLayer(dataset, i)), layer);
    }
    GDALClose(dataset);
    tl_io_end(&call);
    return found;
}

int tl_io_outputs_layer_of(const char *name, char *layer) {
    static const char key[] = "|layername=";
    const char *named = strstr(name, key);
    char file[TL_TARGET_PATH];
    layer[0] = '\0';
    if (named != NULL) {
        named += sizeof key - 1;
        (void)snprintf(layer, TL_TARGET_LAYER, "%.*s", (int)strcspn(named, "|"), named);
        return strstr(name, "|subset=") == NULL && layer[0] != '\0';
    }
    if (strchr(name, '|') != NULL) {
        return 0;
    }
    tl_io_call call;
    tl_io_begin(&call);
    (void)snprintf(file, sizeof file, "%s", name);
    GDALDatasetH dataset = open_container(file, GDAL_OF_READONLY);
    if (dataset != NULL && GDALDatasetGetLayerCount(dataset) > 0) {
        (void)snprintf(layer, TL_TARGET_LAYER, "%s",
                       OGR_L_GetName(GDALDatasetGetLayer(dataset, 0)));
    }
    GDALClose(dataset);
    tl_io_end(&call);
    return layer[0] != '\0';
}

/* --- names that are taken --- */

/* 1 when the query, in which %s is the name, has a row. */
static int has_row(GDALDatasetH dataset, const char *query, const char *name) {
    tl_text quoted = {0};
    tl_text sql = {0};
    for (const char *c = name; *c != '\0'; c++) {
        tl_text_addf(&quoted, *c == '\'' ? "''" : "%c", *c);
    }
    tl_text_addf(&sql, "%s lower('%s')", query, tl_text_data(&quoted));
    OGRLayerH rows = GDALDatasetExecuteSQL(dataset, tl_text_data(&sql), NULL, NULL);
    OGRFeatureH row = rows == NULL ? NULL : OGR_L_GetNextFeature(rows);
    const int found = row != NULL;
    OGR_F_Destroy(row);
    GDALDatasetReleaseResultSet(dataset, rows);
    tl_text_free(&quoted);
    tl_text_free(&sql);
    return found;
}

static int is_reserved(const char *name) {
    static const char *const start[] = {"gpkg_", "rtree_", "sqlite_"};
    for (size_t i = 0; i < sizeof start / sizeof start[0]; i++) {
        const size_t n = strlen(start[i]);
        char head[16];
        (void)snprintf(head, sizeof head, "%.*s", (int)n, name);
        if (tl_same_word(head, start[i])) {
            return 1;
        }
    }
    return 0;
}

/* What prevents a layer, as part of a message; NULL = nothing. */
static const char *obstacle(GDALDatasetH dataset, const tl_target_parts *parts) {
    OGRLayerH layer = GDALDatasetGetLayerByName(dataset, parts->layer);
    const int taken =
        has_row(dataset, "SELECT 1 FROM sqlite_master WHERE lower(name) =", parts->layer);
    const int is_features = has_row(
        dataset, "SELECT 1 FROM gpkg_contents WHERE data_type = 'features' AND lower(table_name) =",
        parts->layer);
    if (taken && !is_features) {
        return "has a table of this name that is no vector layer";
    }
    if (is_features && !parts->layer_named &&
        (layer == NULL || GDALGetMetadataItem(layer, "RECORD", "TILTH") == NULL)) {
        return "has a layer of this name that tilth did not make";
    }
    return NULL;
}

tl_code tl_io_outputs_check_layer(const tl_target *target, const tl_target_parts *parts,
                                  tl_err *err) {
    if (parts->layer[0] != '\0' && is_reserved(parts->layer)) {
        return tl_fail(err, TL_ARG,
                       "parameter '%s': a GeoPackage keeps the name '%s' for itself; name another "
                       "layer",
                       target->parameter, parts->layer);
    }
    if (parts->layer[0] == '\0' || target->overwrite || !tl_io_outputs_is_container(parts->real)) {
        return TL_OK;
    }
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = TL_OK;
    GDALDatasetH dataset = open_container(parts->real, GDAL_OF_RASTER | GDAL_OF_READONLY);
    if (dataset == NULL) {
        code = tl_fail(err, TL_IO,
                       "parameter '%s': '%s' exists, but no layer can be added to it%s; give the "
                       "output another name, or replace the whole file with --overwrite yes",
                       target->parameter, parts->file, tl_io_words(&call));
    } else {
        const char *what = obstacle(dataset, parts);
        if (what != NULL) {
            code = tl_fail(err, TL_ARG,
                           "parameter '%s': layer '%s': '%s' %s; name the layer with "
                           "'%s|layername=NAME', or replace the whole file with --overwrite yes",
                           target->parameter, parts->layer, parts->file, what, parts->file);
        }
    }
    GDALClose(dataset);
    tl_io_end(&call);
    return code;
}

/* --- adding --- */

static int delete_layer(GDALDatasetH dataset, const char *name) {
    for (int i = 0; i < GDALDatasetGetLayerCount(dataset); i++) {
        if (tl_same_word(OGR_L_GetName(GDALDatasetGetLayer(dataset, i)), name)) {
            return GDALDatasetDeleteLayer(dataset, i) == OGRERR_NONE;
        }
    }
    return 1;
}

static int copy_fields(OGRFeatureDefnH from, OGRLayerH to) {
    for (int j = 0; j < OGR_FD_GetFieldCount(from); j++) {
        if (OGR_L_CreateField(to, OGR_FD_GetFieldDefn(from, j), 1) != OGRERR_NONE) {
            return 0;
        }
    }
    return 1;
}

static int copy_features(OGRLayerH from, OGRLayerH to) {
    OGRFeatureH feature;
    int well = 1;
    OGR_L_ResetReading(from);
    while (well && (feature = OGR_L_GetNextFeature(from)) != NULL) {
        OGRFeatureH copy = OGR_F_Create(OGR_L_GetLayerDefn(to));
        well = copy != NULL && OGR_F_SetFrom(copy, feature, 0) == OGRERR_NONE &&
               OGR_F_SetFID(copy, OGR_F_GetFID(feature)) == OGRERR_NONE &&
               OGR_L_CreateFeature(to, copy) == OGRERR_NONE;
        OGR_F_Destroy(copy);
        OGR_F_Destroy(feature);
    }
    return well;
}

/* By hand, because GDAL's own copy starts transactions of its own. */
static int copy_layer(GDALDatasetH dataset, const tl_new_layer *new_layer) {
    GDALDatasetH source = open_container(new_layer->file, GDAL_OF_READONLY);
    OGRLayerH from = source == NULL ? NULL : GDALDatasetGetLayer(source, 0);
    int well = from != NULL && delete_layer(dataset, new_layer->name);
    if (well) {
        OGRLayerH to = GDALDatasetCreateLayer(dataset, new_layer->name, OGR_L_GetSpatialRef(from),
                                              OGR_L_GetGeomType(from), NULL);
        const char *record = GDALGetMetadataItem(from, "RECORD", "TILTH");
        well = to != NULL && copy_fields(OGR_L_GetLayerDefn(from), to) && copy_features(from, to);
        if (well && record != NULL) {
            well = GDALSetMetadataItem(to, "RECORD", record, "TILTH") == CE_None;
        }
        well = well && OGR_L_SyncToDisk(to) == OGRERR_NONE;
    }
    GDALClose(source);
    return well;
}

static int add_all(GDALDatasetH dataset, const tl_new_layer *layer, ptrdiff_t n,
                   const tl_io_call *call) {
    if (GDALDatasetStartTransaction(dataset, 0) != OGRERR_NONE) {
        return 0;
    }
    int well = 1;
    for (ptrdiff_t i = 0; i < n && well; i++) {
        well = copy_layer(dataset, &layer[i]);
    }
    GDALFlushCache(dataset);
    if (!well || call->failed) {
        (void)GDALDatasetRollbackTransaction(dataset);
        return 0;
    }
    return GDALDatasetCommitTransaction(dataset) == OGRERR_NONE && !call->failed;
}

tl_code tl_io_outputs_add_layers(const char *path, const tl_new_layer *layer, ptrdiff_t n,
                                 tl_err *err) {
    tl_io_call call;
    tl_io_begin(&call);
    /* As for new files, the time of the last change is fixed, so that equal runs are equal. */
    char *kept = tl_copy_text(CPLGetThreadLocalConfigOption("OGR_CURRENT_DATE", NULL));
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", "2000-01-01T00:00:00.000Z");
    GDALDatasetH dataset = open_container(path, GDAL_OF_UPDATE);
    const int well = dataset != NULL && add_all(dataset, layer, n, &call);
    const tl_code code =
        well ? TL_OK
             : tl_fail(err, TL_IO,
                       "%s: the layer '%s' cannot be added to '%s', which is as before; check that "
                       "the disk has space and that no other program is writing to the file%s",
                       layer[0].parameter, layer[0].name, path, tl_io_words(&call));
    GDALClose(dataset);
    CPLSetThreadLocalConfigOption("OGR_CURRENT_DATE", kept);
    tl_release(kept);
    tl_io_end(&call);
    return code;
}

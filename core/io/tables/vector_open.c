/* SPDX-License-Identifier: GPL-2.0-or-later
 * Opening vector layers and reading their fields; see vector.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/tables/vector_layer.h"
#include "source/measured.h"

enum { path_capacity = 4096 };

/* Splits "path|layername=NAME|..." ; name stays empty when no layer is named. */
static void split(const char *path, char *file, char *name) {
    const size_t n = strcspn(path, "|");
    (void)snprintf(file, path_capacity, "%.*s", (int)n, path);
    name[0] = '\0';
    for (const char *part = path + n; *part == '|';) {
        const size_t length = strcspn(part + 1, "|");
        if (strncmp(part + 1, "layername=", 10) == 0) {
            (void)snprintf(name, path_capacity, "%.*s", (int)(length - 10), part + 11);
        }
        part += 1 + length;
    }
}

static tl_code pick_layer(tl_vector *v, const char *file, const char *name, const char *parameter,
                          tl_err *err) {
    const int n = GDALDatasetGetLayerCount(v->dataset);
    v->layer = name[0] != '\0' ? GDALDatasetGetLayerByName(v->dataset, name)
               : n > 0         ? GDALDatasetGetLayer(v->dataset, 0)
                               : NULL;
    if (v->layer != NULL) {
        return TL_OK;
    }
    if (n == 0) {
        return tl_fail(err, TL_DATA, "%s: '%s' has no vector layer", parameter, file);
    }
    tl_text list = {0};
    for (int i = 0; i < n && i < 20; i++) {
        tl_text_addf(&list, "%s%s", i == 0 ? "" : ", ",
                     OGR_L_GetName(GDALDatasetGetLayer(v->dataset, i)));
    }
    const tl_code code = tl_fail(err, TL_ARG, "%s: '%s' has no layer '%s'; it has %.600s",
                                 parameter, file, name, tl_text_data(&list));
    tl_text_free(&list);
    return code;
}

tl_code tl_io_tables_find_way(OGRSpatialReferenceH from, const tl_georef *target,
                              const char *parameter, const char *path,
                              OGRCoordinateTransformationH *way, tl_err *err) {
    *way = NULL;
    OGRSpatialReferenceH to = tl_io_crs(target);
    if (to == NULL || from == NULL) {
        OSRDestroySpatialReference(to);
        return TL_OK;
    }
    OGRSpatialReferenceH source = OSRClone(from);
    OSRSetAxisMappingStrategy(source, OAMS_TRADITIONAL_GIS_ORDER);
    tl_code code = TL_OK;
    if (!OSRIsSame(source, to)) {
        *way = OCTNewCoordinateTransformation(source, to);
        if (*way == NULL) {
            code = tl_fail(err, TL_DATA,
                           "%s: there is no transformation from the CRS of '%s' (%s) to the "
                           "wanted one (%s)",
                           parameter, path, OSRGetName(source), OSRGetName(to));
        }
    }
    OSRDestroySpatialReference(source);
    OSRDestroySpatialReference(to);
    return code;
}

tl_code tl_io_tables_open_vector(const char *path, const char *parameter, const tl_georef *target,
                                 tl_vector *vector, tl_err *err) {
    *vector = (tl_vector){0};
    char file[path_capacity];
    char name[path_capacity];
    split(path, file, name);
    TL_TRY(tl_io_check_file(file, parameter, err));
    tl_io_call call;
    tl_io_begin(&call);
    vector->dataset = GDALOpenEx(file, GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR,
                                 NULL, NULL, NULL);
    tl_code code = TL_OK;
    if (vector->dataset == NULL && tl_io_is_folder(file)) {
        code = tl_fail(err, TL_IO, "%s: '%s' is a folder; wanted a vector file", parameter, file);
    } else if (vector->dataset == NULL) {
        code = tl_fail(err, TL_IO, "%s: '%s' cannot be read as a vector layer%s", parameter, file,
                       tl_io_words(&call));
    } else {
        code = pick_layer(vector, file, name, parameter, err);
    }
    if (code == TL_OK) {
        OGRSpatialReferenceH crs = OGR_L_GetSpatialRef(vector->layer);
        vector->crs_missing = crs == NULL && target != NULL && target->crs_wkt != NULL;
        code = tl_io_tables_find_way(crs, target, parameter, file, &vector->way, err);
        vector->crs_moved = vector->way != NULL;
    }
    tl_io_end(&call);
    if (code != TL_OK) {
        tl_io_tables_close_vector(vector);
    }
    return code;
}

void tl_io_tables_close_vector(tl_vector *vector) {
    OCTDestroyCoordinateTransformation(vector->way);
    if (vector->dataset != NULL) {
        tl_io_call call;
        tl_io_begin(&call);
        GDALClose(vector->dataset);
        tl_io_end(&call);
    }
    *vector = (tl_vector){0};
}

tl_code tl_io_tables_find_field(OGRLayerH layer, const char *name, const char *parameter,
                                const char *path, int *field, tl_err *err) {
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    const int n = OGR_FD_GetFieldCount(definition);
    *field = OGR_FD_GetFieldIndex(definition, name);
    /* "SOM" finds "SOM (g/kg)" when no other field has that name. */
    int same = 0;
    int last = -1;
    for (int i = 0; i < n; i++) {
        const char *other = OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, i));
        last = tl_source_measured_same(other, name) ? i : last;
        same += last == i;
    }
    *field = *field < 0 && same == 1 ? last : *field;
    if (*field >= 0) {
        return TL_OK;
    }
    tl_text list = {0};
    for (int i = 0; i < n && i < 30; i++) {
        tl_text_addf(&list, "%s%s", i == 0 ? "" : ", ",
                     OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, i)));
    }
    const tl_code code =
        n == 0 ? tl_fail(err, TL_ARG, "%s: '%s' has no field '%s'; it has no fields at all",
                         parameter, path, name)
               : tl_fail(err, TL_ARG, "%s: '%s' has no field '%s'; its fields are %.600s%s",
                         parameter, path, name, tl_text_data(&list), n > 30 ? ", ..." : "");
    tl_text_free(&list);
    return code;
}

double tl_io_tables_field_number(OGRFeatureH feature, int field, int *is_text) {
    *is_text = 0;
    double value = (double)NAN;
    if (!OGR_F_IsFieldSetAndNotNull(feature, field)) {
        return value;
    }
    const OGRFieldType type = OGR_Fld_GetType(OGR_F_GetFieldDefnRef(feature, field));
    if (type == OFTInteger || type == OFTInteger64 || type == OFTReal) {
        value = OGR_F_GetFieldAsDouble(feature, field);
        return isfinite(value) ? value : (double)NAN;
    }
    const char *text = OGR_F_GetFieldAsString(feature, field);
    if (!tl_parse_number(text, &value)) {
        *is_text = text[strspn(text, " \t")] != '\0';
    }
    return value;
}

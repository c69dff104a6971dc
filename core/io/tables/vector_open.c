/* SPDX-License-Identifier: GPL-2.0-or-later
 * Opening vector layers and reading their fields; see vector.h. */
#include <cpl_conv.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/assumptions.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/source_open.h"
#include "io/tables/dbf_encoding.h"
#include "io/tables/vector_filter.h"
#include "io/tables/vector_layer.h"
#include "source/measured.h"

/* --- the layer --- */

/* Tables that QGIS and GDAL keep in a file next to its layers. */
static int is_own_table(const char *name) {
    return strcmp(name, "layer_styles") == 0 || strcmp(name, "qgis_projects") == 0;
}

static void list_layers(GDALDatasetH dataset, tl_text *list) {
    const int n = GDALDatasetGetLayerCount(dataset);
    for (int i = 0; i < n && i < 20; i++) {
        tl_text_addf(list, "%s%s", i == 0 ? "" : ", ",
                     OGR_L_GetName(GDALDatasetGetLayer(dataset, i)));
    }
}

/* The first layer of a file where none is named. */
static tl_code pick_first(tl_vector *v, const tl_source_name *name, const char *parameter,
                          tl_err *err) {
    int n_own = 0;
    for (int i = 0; i < GDALDatasetGetLayerCount(v->dataset); i++) {
        OGRLayerH layer = GDALDatasetGetLayer(v->dataset, i);
        if (is_own_table(OGR_L_GetName(layer))) {
            continue;
        }
        v->layer = v->layer == NULL ? layer : v->layer;
        n_own++;
    }
    /* The sheets of a workbook are chosen by their content; see text_tables.c. */
    if (n_own < 2 || tl_io_has_extension(name->data, "xlsx,xlsm,ods,xls")) {
        return TL_OK;
    }
    tl_text list = {0};
    list_layers(v->dataset, &list);
    const tl_code code = tl_assume(
        err, TL_INFO,
        "%s: '%.200s' has the layers %.300s; '%.100s' is read, and '|layername=NAME' behind "
        "the path names another one",
        parameter, name->shown, tl_text_data(&list), OGR_L_GetName(v->layer));
    tl_text_free(&list);
    return code;
}

static tl_code pick_layer(tl_vector *v, const tl_source_name *name, const char *parameter,
                          tl_err *err) {
    const int n = GDALDatasetGetLayerCount(v->dataset);
    if (name->layer != NULL) {
        v->layer = GDALDatasetGetLayerByName(v->dataset, name->layer);
    } else if (name->layer_id >= 0) {
        v->layer = name->layer_id < n ? GDALDatasetGetLayer(v->dataset, (int)name->layer_id) : NULL;
    } else {
        TL_TRY(pick_first(v, name, parameter, err));
    }
    if (v->layer != NULL) {
        return TL_OK;
    }
    if (n == 0) {
        return tl_fail(err, TL_DATA, "%s: '%s' has no vector layer", parameter, name->shown);
    }
    char number[32];
    (void)snprintf(number, sizeof number, "number %td", name->layer_id);
    tl_text list = {0};
    list_layers(v->dataset, &list);
    const tl_code code =
        tl_fail(err, TL_ARG, "%s: '%s' has no layer '%s'; it has %.600s", parameter, name->shown,
                name->layer != NULL ? name->layer : number, tl_text_data(&list));
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

/* Opens a data set; the attributes of Shapefiles in the encoding that their bytes reveal. */
static tl_code open_in_encoding(const tl_source_name *name, const char *parameter,
                                tl_vector *vector, tl_err *err) {
    static const char key[] = "SHAPE_ENCODING";
    const char *encoding = NULL;
    TL_TRY(tl_io_tables_dbf_encoding(name, parameter, &encoding, err));
    if (encoding != NULL) {
        CPLSetThreadLocalConfigOption(key, encoding);
    }
    const tl_code code = tl_io_source_open(name, GDAL_OF_VECTOR | GDAL_OF_VERBOSE_ERROR, parameter,
                                           &vector->dataset, err);
    if (encoding != NULL) {
        CPLSetThreadLocalConfigOption(key, NULL);
    }
    return code;
}

static tl_code open_layer(const char *path, const char *parameter, const tl_io_call *call,
                          tl_vector *vector, tl_err *err) {
    tl_source_name name;
    TL_TRY(tl_io_source_find(path, parameter, &name, err));
    tl_code code = tl_io_source_enter_archive(&name, GDAL_OF_VECTOR, parameter, err);
    if (code == TL_OK) {
        code = open_in_encoding(&name, parameter, vector, err);
    }
    if (code == TL_OK && vector->dataset == NULL) {
        code = name.file != NULL && tl_io_is_folder(name.file)
                   ? tl_fail(err, TL_IO, "%s: '%s' is a folder; wanted a vector file", parameter,
                             name.shown)
                   : tl_fail(err, TL_IO, "%s: '%s' cannot be read as a vector layer%s", parameter,
                             name.shown, tl_io_words(call));
    }
    if (code == TL_OK) {
        code = pick_layer(vector, &name, parameter, err);
    }
    if (code == TL_OK) {
        code = tl_io_tables_filter(vector, &name, parameter, err);
    }
    tl_source_name_free(&name);
    return code;
}

tl_code tl_io_tables_open_vector(const char *path, const char *parameter, const tl_georef *target,
                                 tl_vector *vector, tl_err *err) {
    *vector = (tl_vector){0};
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = open_layer(path, parameter, &call, vector, err);
    if (code == TL_OK) {
        const int failed_before = call.failed;
        OGRSpatialReferenceH crs = OGR_L_GetSpatialRef(vector->layer);
        if (crs == NULL && call.failed && !failed_before) {
            code = tl_fail(err, TL_IO, "%s: the CRS of '%s' cannot be read%s", parameter, path,
                           tl_io_words(&call));
        }
        vector->crs_missing = crs == NULL && target != NULL && target->crs_wkt != NULL;
        code = code == TL_OK
                   ? tl_io_tables_find_way(crs, target, parameter, path, &vector->way, err)
                   : code;
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
        if (vector->selected != NULL) {
            GDALDatasetReleaseResultSet(vector->dataset, vector->selected);
        }
        GDALClose(vector->kept);
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
    const char *key = OGR_L_GetFIDColumn(layer);
    if (*field < 0 && (tl_same_word(name, "fid") || (key != NULL && tl_same_word(name, key)))) {
        *field = TL_VECTOR_KEY;
    }
    if (*field >= 0 || *field == TL_VECTOR_KEY) {
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

const char *tl_io_tables_field_text(OGRFeatureH feature, int field, char key[32]) {
    if (field == TL_VECTOR_KEY) {
        (void)snprintf(key, 32, "%lld", (long long)OGR_F_GetFID(feature));
        return key;
    }
    return field >= 0 && OGR_F_IsFieldSetAndNotNull(feature, field)
               ? OGR_F_GetFieldAsString(feature, field)
               : NULL;
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

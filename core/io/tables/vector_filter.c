/* SPDX-License-Identifier: GPL-2.0-or-later
 * Filters of layers; see vector_filter.h. */
#include "io/tables/vector_filter.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { name_capacity = 256 };

/* --- conditions --- */

static int is_select(const char *subset) {
    static const char word[] = "select";
    subset += strspn(subset, " \t\r\n(");
    for (size_t k = 0; k < sizeof word - 1; k++) {
        if (tolower((unsigned char)subset[k]) != word[k]) {
            return 0;
        }
    }
    return isspace((unsigned char)subset[sizeof word - 1]) != 0;
}

/* 1 when a name in double quotes may stand in a condition on the layer. */
static int is_column(OGRLayerH layer, const char *name) {
    static const char *const special[] = {
        "fid", "rowid", "ogc_fid", "ogr_geometry", "ogr_geom_wkt", "ogr_geom_area", "ogr_style"};
    if (OGR_FD_GetFieldIndex(OGR_L_GetLayerDefn(layer), name) >= 0 ||
        tl_same_word(name, OGR_L_GetFIDColumn(layer)) ||
        tl_same_word(name, OGR_L_GetGeometryColumn(layer)) ||
        tl_same_word(name, OGR_L_GetName(layer))) {
        return 1;
    }
    for (size_t k = 0; k < sizeof special / sizeof special[0]; k++) {
        if (tl_same_word(name, special[k])) {
            return 1;
        }
    }
    return 0;
}

/* SQLite takes a quoted name that is no column for a text, and the condition then keeps all features
 * or none without a word. */
static tl_code check_columns(OGRLayerH layer, const char *subset, const char *parameter,
                             tl_err *err) {
    char name[name_capacity];
    for (const char *at = subset; *at != '\0'; at++) {
        if (*at == '\'') {
            at += 1 + strcspn(at + 1, "'");
        } else if (*at == '"') {
            const size_t n = strcspn(at + 1, "\"");
            (void)snprintf(name, sizeof name, "%.*s", (int)(n < 255 ? n : 255), at + 1);
            at += 1 + n;
            if (!is_column(layer, name)) {
                return tl_fail(err, TL_ARG,
                               "%s: the filter '%.200s' names the field '%.100s', which the layer "
                               "'%.100s' does not have; texts are written in single quotes",
                               parameter, subset, name, OGR_L_GetName(layer));
            }
        }
        if (*at == '\0') {
            break;
        }
    }
    return TL_OK;
}

/* Many drivers read a condition only when features are asked for, so that they are counted here.
 *
 * returns 1: it can be applied */
static int set_condition(tl_vector *v, const char *subset) {
    if (is_select(subset)) {
        v->selected = GDALDatasetExecuteSQL(v->dataset, subset, NULL, NULL);
        v->layer = v->selected == NULL ? v->layer : v->selected;
        return v->selected != NULL;
    }
    return OGR_L_SetAttributeFilter(v->layer, subset) == OGRERR_NONE &&
           OGR_L_GetFeatureCount(v->layer, 1) >= 0 && CPLGetLastErrorType() < CE_Failure;
}

static tl_code apply_condition(tl_vector *v, const tl_source_name *name, const char *parameter,
                               tl_err *err) {
    if (!is_select(name->subset)) {
        TL_TRY(check_columns(v->layer, name->subset, parameter, err));
    }
    CPLErrorReset();
    if (set_condition(v, name->subset)) {
        return TL_OK;
    }
    char words[256];
    (void)snprintf(words, sizeof words, "%.255s", CPLGetLastErrorMsg());
    for (char *c = words; *c != '\0'; c++) {
        *c = *c == '\n' || *c == '\r' ? ' ' : *c;
    }
    return tl_fail(err, TL_ARG, "%s: the filter '%.300s' cannot be applied to '%s'%s%.300s",
                   parameter, name->subset, name->shown, words[0] == '\0' ? "" : ": ", words);
}

/* --- geometry types --- */

/* The type that a word of QGIS stands for, flat; 0: the word is not known. */
static int find_type(const char *word, OGRwkbGeometryType *type) {
    char plain[64];
    (void)snprintf(plain, sizeof plain, "%s", word);
    size_t n = strlen(plain);
    /* PointZ, LineStringZM, Polygon25D: the heights do not matter. */
    if (n > 3 && tl_same_word(plain + n - 3, "25D")) {
        n -= 3;
    }
    while (n > 1 && (plain[n - 1] == 'Z' || plain[n - 1] == 'M')) {
        n--;
    }
    plain[n] = '\0';
    static const struct {
        const char *word;
        OGRwkbGeometryType type;
    } known[] = {{"Point", wkbPoint},
                 {"LineString", wkbLineString},
                 {"Line", wkbLineString},
                 {"Polygon", wkbPolygon},
                 {"MultiPoint", wkbMultiPoint},
                 {"MultiLineString", wkbMultiLineString},
                 {"MultiLine", wkbMultiLineString},
                 {"MultiPolygon", wkbMultiPolygon},
                 {"GeometryCollection", wkbGeometryCollection},
                 {"None", wkbNone},
                 {"NoGeometry", wkbNone}};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        if (tl_same_word(plain, known[k].word)) {
            *type = known[k].type;
            return 1;
        }
    }
    return 0;
}

/* Parts and multi-parts of one dimension are one type for QGIS. */
static OGRwkbGeometryType single(OGRwkbGeometryType type) {
    switch ((int)type) {
        case wkbMultiPoint:
            return wkbPoint;
        case wkbMultiLineString:
            return wkbLineString;
        case wkbMultiPolygon:
            return wkbPolygon;
        default:
            return type;
    }
}

static int has_type(OGRFeatureH feature, OGRwkbGeometryType wanted) {
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    const OGRwkbGeometryType type =
        geometry == NULL ? wkbNone : wkbFlatten(OGR_G_GetGeometryType(geometry));
    return single(type) == single(wanted);
}

/* An empty layer in memory with the fields and the coordinate system of another one. */
static OGRLayerH layer_like(OGRLayerH layer, GDALDatasetH *held) {
    /* GDAL 3.11 made one driver of the two. */
    GDALDriverH driver = GDALGetDriverByName("Memory");
    *held = GDALCreate(driver != NULL ? driver : GDALGetDriverByName("MEM"), "", 0, 0, 0,
                       GDT_Unknown, NULL);
    OGRLayerH made = *held == NULL
                         ? NULL
                         : GDALDatasetCreateLayer(*held, OGR_L_GetName(layer),
                                                  OGR_L_GetSpatialRef(layer), wkbUnknown, NULL);
    OGRFeatureDefnH fields = OGR_L_GetLayerDefn(layer);
    for (int i = 0; made != NULL && i < OGR_FD_GetFieldCount(fields); i++) {
        if (OGR_L_CreateField(made, OGR_FD_GetFieldDefn(fields, i), 0) != OGRERR_NONE) {
            return NULL;
        }
    }
    return made;
}

static int copy_feature(OGRFeatureH feature, OGRLayerH to) {
    OGRFeatureH copy = OGR_F_Create(OGR_L_GetLayerDefn(to));
    const int ok = OGR_F_SetFrom(copy, feature, 1) == OGRERR_NONE &&
                   OGR_F_SetFID(copy, OGR_F_GetFID(feature)) == OGRERR_NONE &&
                   OGR_L_CreateFeature(to, copy) == OGRERR_NONE;
    OGR_F_Destroy(copy);
    return ok;
}

static tl_code keep_type(tl_vector *v, const tl_source_name *name, const char *parameter,
                         tl_err *err) {
    OGRwkbGeometryType wanted = wkbUnknown;
    if (!find_type(name->geometry_type, &wanted)) {
        return tl_fail(err, TL_ARG,
                       "%s: 'geometrytype=%.60s' behind '%s' is not known; wanted Point, "
                       "LineString, Polygon, their Multi forms, GeometryCollection or None",
                       parameter, name->geometry_type, name->shown);
    }
    OGRLayerH kept = layer_like(v->layer, &v->kept);
    int ok = kept != NULL;
    OGR_L_ResetReading(v->layer);
    OGRFeatureH feature = ok ? OGR_L_GetNextFeature(v->layer) : NULL;
    while (feature != NULL) {
        ok = ok && (!has_type(feature, wanted) || copy_feature(feature, kept));
        OGR_F_Destroy(feature);
        feature = ok ? OGR_L_GetNextFeature(v->layer) : NULL;
    }
    v->layer = ok ? kept : v->layer;
    return ok ? TL_OK
              : tl_fail(err, TL_IO, "%s: the features of '%s' cannot be read", parameter,
                        name->shown);
}

tl_code tl_io_tables_filter(tl_vector *vector, const tl_source_name *name, const char *parameter,
                            tl_err *err) {
    if (name->subset != NULL) {
        TL_TRY(apply_condition(vector, name, parameter, err));
    }
    if (name->geometry_type != NULL) {
        TL_TRY(keep_type(vector, name, parameter, err));
    }
    if ((name->subset != NULL || name->geometry_type != NULL) &&
        OGR_L_GetFeatureCount(vector->layer, 1) == 0) {
        return tl_fail(err, TL_DATA,
                       "%s: the filter '%.300s' keeps no feature of the layer '%.100s' "
                       "of '%s'",
                       parameter, name->subset != NULL ? name->subset : name->geometry_type,
                       OGR_L_GetName(vector->layer), name->shown);
    }
    OGR_L_ResetReading(vector->layer);
    return TL_OK;
}

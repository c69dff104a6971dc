/* SPDX-License-Identifier: GPL-2.0-or-later
 * Vector layers and point tables, as the files of this module share them. Contracts:
 * source/store.h. */
#ifndef TL_IO_TABLES_VECTOR_LAYER_H
#define TL_IO_TABLES_VECTOR_LAYER_H

#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "source/store.h"

/* An open layer and the transformation from its CRS to the wanted one. Start from a zeroed
 * struct. */
typedef struct tl_vector {
    GDALDatasetH dataset;
    OGRLayerH layer;
    OGRCoordinateTransformationH way; /* NULL: coordinates stay as they are */
    OGRLayerH selected;               /* result of a SELECT, to be released; NULL = none */
    GDALDatasetH kept;                /* the features that a filter kept; NULL = none */
    int crs_missing;                  /* 1: the layer has no CRS although the target has one */
    int crs_moved;                    /* 1: coordinates are transformed */
} tl_vector;

/* Opens a data set string (see source/source_name.h); a filter in it is applied.
 *
 * target  the coordinates are transformed to its CRS; NULL = unchanged
 * fails   TL_IO missing file, not a vector file; TL_ARG no such layer (the message lists those that
 *         exist), a filter that the layer does not understand; TL_DATA no layer at all, or no transformation between the coordinate systems */
tl_code tl_io_tables_open_vector(const char *path, const char *parameter, const tl_georef *target,
                                 tl_vector *vector, tl_err *err);

/* Closes; zeroed is fine. */
void tl_io_tables_close_vector(tl_vector *vector);

/* The transformation from one CRS to that of target, for point tables.
 *
 * way    out: NULL when both are the same
 * fails  TL_DATA there is no transformation between them */
tl_code tl_io_tables_find_way(OGRSpatialReferenceH from, const tl_georef *target,
                              const char *parameter, const char *path,
                              OGRCoordinateTransformationH *way, tl_err *err);

/* Stands for the key of a layer, which is no field ("fid" of a GeoPackage). */
enum { TL_VECTOR_KEY = -2 };

/* Position of a field, or TL_VECTOR_KEY for "fid" and for the name of its key.
 *
 * fails  TL_ARG there is no field of that name; the message lists the fields that exist */
tl_code tl_io_tables_find_field(OGRLayerH layer, const char *name, const char *parameter,
                                const char *path, int *field, tl_err *err);

/* The text of a field, or of the key; NULL when it is empty. key is where a key is written. */
const char *tl_io_tables_field_text(OGRFeatureH feature, int field, char key[32]);

/* Number of a field of a feature.
 *
 * is_text  out: 1 when the field contains a text that is not a number
 * NaN      when it is empty or such a text */
double tl_io_tables_field_number(OGRFeatureH feature, int field, int *is_text);

tl_code tl_io_tables_read_samples(const char *path, const char *parameter, const char *id_field,
                                  const char *const *property, ptrdiff_t n_property,
                                  const tl_georef *target, const tl_progress *progress,
                                  tl_samples *samples, tl_err *err);
tl_code tl_io_tables_read_zones(const char *path, const char *parameter, const char *name_field,
                                const tl_grid *like, tl_zones *zones, tl_err *err);
tl_code tl_io_tables_read_lines(const char *path, const char *parameter, const tl_column *column,
                                ptrdiff_t n_column, const tl_georef *target, tl_features *lines,
                                tl_err *err);
tl_code tl_io_tables_write_features(const char *path, const char *parameter, const char *layer_name,
                                    const tl_features *features, const tl_georef *geo,
                                    const char *record, tl_err *err);

tl_code tl_io_tables_read_record(const char *path, const char *parameter, char **record,
                                 tl_err *err);

#endif

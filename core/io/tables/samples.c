/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sample points from vector layers; see source/store.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/tables/vector_layer.h"

/* Where the id and the properties are in the layer. */
typedef struct columns {
    int id; /* -1: running numbers */
    int *property;
    tl_odd_values *texts;
} columns;

static tl_code find_columns(const tl_vector *v, const char *path, const char *parameter,
                            const char *id_field, const char *const *property, ptrdiff_t n_property,
                            columns *c, tl_err *err) {
    *c = (columns){.id = -1};
    c->property = tl_acquire(n_property, sizeof *c->property);
    c->texts = tl_acquire(n_property, sizeof *c->texts);
    if (c->property == NULL || c->texts == NULL) {
        return tl_no_memory(err, "the fields of '%s'", path);
    }
    if (id_field != NULL && id_field[0] != '\0') {
        TL_TRY(tl_io_tables_find_field(v->layer, id_field, parameter, path, &c->id, err));
    }
    for (ptrdiff_t j = 0; j < n_property; j++) {
        TL_TRY(
            tl_io_tables_find_field(v->layer, property[j], parameter, path, &c->property[j], err));
    }
    return TL_OK;
}

/* The point of a feature in the target CRS, NaN for an empty geometry; 0 for other geometries. */
static int take_point(OGRFeatureH feature, const tl_vector *v, double *x, double *y) {
    *x = (double)NAN;
    *y = (double)NAN;
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    if (geometry == NULL || OGR_G_IsEmpty(geometry)) {
        return 1;
    }
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
    if (type == wkbMultiPoint && OGR_G_GetGeometryCount(geometry) == 1) {
        geometry = OGR_G_GetGeometryRef(geometry, 0);
        type = wkbPoint;
    }
    if (type != wkbPoint) {
        return 0;
    }
    *x = OGR_G_GetX(geometry, 0);
    *y = OGR_G_GetY(geometry, 0);
    if (v->way != NULL && (!OCTTransform(v->way, 1, x, y, NULL) || !isfinite(*x))) {
        *x = (double)NAN;
        *y = (double)NAN;
    }
    return 1;
}

static tl_code take_feature(OGRFeatureH feature, const tl_vector *v, const columns *c, ptrdiff_t i,
                            const char *parameter, const char *path, tl_samples *samples,
                            tl_err *err) {
    if (!take_point(feature, v, &samples->x[i], &samples->y[i])) {
        return tl_fail(err, TL_DATA,
                       "%s: feature %td of '%s' is a %s; wanted points, one per sample", parameter,
                       i + 1, path,
                       OGRGeometryTypeToName(OGR_G_GetGeometryType(OGR_F_GetGeometryRef(feature))));
    }
    char running[32];
    (void)snprintf(running, sizeof running, "%td", i + 1);
    const int has_id = c->id >= 0 && OGR_F_IsFieldSetAndNotNull(feature, c->id);
    TL_TRY(tl_source_samples_set_id(
        samples, i, has_id ? OGR_F_GetFieldAsString(feature, c->id) : running, err));
    for (ptrdiff_t j = 0; j < samples->nprop; j++) {
        int is_text = 0;
        tl_matrix_row(&samples->values, i)[j] =
            tl_io_tables_field_number(feature, c->property[j], &is_text);
        if (is_text) {
            tl_io_tables_take_text(&c->texts[j], OGR_F_GetFieldAsString(feature, c->property[j]),
                                   samples, i, j);
        }
    }
    return TL_OK;
}

static tl_code take_features(const tl_vector *v, const columns *c, const char *parameter,
                             const char *path, tl_samples *samples, tl_err *err) {
    ptrdiff_t i = 0;
    tl_code code = TL_OK;
    OGR_L_ResetReading(v->layer);
    while (code == TL_OK && i < samples->n) {
        OGRFeatureH feature = OGR_L_GetNextFeature(v->layer);
        if (feature == NULL) {
            break;
        }
        code = take_feature(feature, v, c, i, parameter, path, samples, err);
        OGR_F_Destroy(feature);
        i++;
    }
    if (code == TL_OK && i < samples->n) {
        code = tl_fail(err, TL_IO, "%s: only %td of the %td points of '%s' can be read", parameter,
                       i, samples->n, path);
    }
    return code;
}

static void log_crs(const tl_vector *v, const char *parameter, const char *path,
                    const tl_progress *progress) {
    if (v->crs_missing) {
        tl_progress_log(progress, TL_WARNING,
                        "%s: '%s' has no coordinate reference system; its coordinates are "
                        "assumed to be in that of the raster",
                        parameter, path);
    }
    if (v->crs_moved) {
        tl_progress_log(progress, TL_INFO,
                        "%s: points are transformed from the CRS %s to that of the raster",
                        parameter, OSRGetName(OGR_L_GetSpatialRef(v->layer)));
    }
}

static tl_code read_layer(const tl_vector *v, const char *path, const char *parameter,
                          const char *id_field, const char *const *property, ptrdiff_t n_property,
                          const tl_progress *progress, tl_samples *samples, tl_err *err) {
    const ptrdiff_t n = (ptrdiff_t)OGR_L_GetFeatureCount(v->layer, 1);
    if (n <= 0) {
        return tl_fail(err, TL_DATA, "%s: '%s' contains no points", parameter, path);
    }
    columns c;
    tl_code code = find_columns(v, path, parameter, id_field, property, n_property, &c, err);
    if (code == TL_OK) {
        code = tl_source_samples_init(samples, n, n_property, err);
    }
    for (ptrdiff_t j = 0; j < n_property && code == TL_OK; j++) {
        OGRFieldDefnH field = OGR_FD_GetFieldDefn(OGR_L_GetLayerDefn(v->layer), c.property[j]);
        code = tl_source_samples_set_property(samples, j, OGR_Fld_GetNameRef(field), err);
    }
    if (code == TL_OK) {
        OGRSpatialReferenceH crs = OGR_L_GetSpatialRef(v->layer);
        samples->in_degrees = v->way == NULL && crs != NULL && OSRIsGeographic(crs) != 0;
        code = take_features(v, &c, parameter, path, samples, err);
    }
    for (ptrdiff_t j = 0; j < n_property && code == TL_OK; j++) {
        code = tl_io_tables_settle_texts(&c.texts[j], path, parameter, progress, samples, j, err);
    }
    tl_release(c.property);
    tl_release(c.texts);
    return code;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Repeated ids are no mistake (replicates), but a join by id then joins all of them. */
static void log_repeated_ids(const tl_samples *samples, const char *parameter,
                             const tl_progress *progress) {
    char **sorted = tl_acquire(samples->n, sizeof *sorted);
    char examples[200] = "";
    ptrdiff_t repeated = 0;
    if (sorted == NULL) {
        return;
    }
    memcpy(sorted, samples->id, (size_t)samples->n * sizeof *sorted);
    qsort(sorted, (size_t)samples->n, sizeof *sorted, by_text);
    for (ptrdiff_t i = 1; i < samples->n; i++) {
        if (strcmp(sorted[i], sorted[i - 1]) != 0 ||
            (i > 1 && strcmp(sorted[i], sorted[i - 2]) == 0)) {
            continue;
        }
        if (repeated < 5) {
            const size_t used = strlen(examples);
            (void)snprintf(examples + used, sizeof examples - used, "%s%.30s", used > 0 ? ", " : "",
                           sorted[i]);
        }
        repeated++;
    }
    tl_release(sorted);
    if (repeated > 0) {
        tl_progress_log(progress, TL_WARNING, "%s: %td id%s there more than once (%s%s)", parameter,
                        repeated, repeated == 1 ? " is" : "s are", examples,
                        repeated > 5 ? ", ..." : "");
    }
}

static tl_code read_any(const char *path, const char *parameter, const char *id_field,
                        const char *const *property, ptrdiff_t n_property, const tl_georef *target,
                        const tl_progress *progress, tl_samples *samples, tl_err *err) {
    if (tl_io_has_extension(path, "csv,txt,tsv")) {
        return tl_io_tables_read_samples_csv(path, parameter, id_field, property, n_property,
                                             target, progress, samples, err);
    }
    tl_vector v;
    TL_TRY(tl_io_tables_open_vector(path, parameter, target, &v, err));
    tl_io_call call;
    tl_io_begin(&call);
    const tl_code code =
        read_layer(&v, path, parameter, id_field, property, n_property, progress, samples, err);
    tl_io_end(&call);
    if (code == TL_OK) {
        log_crs(&v, parameter, path, progress);
    } else {
        tl_source_samples_free(samples);
    }
    tl_io_tables_close_vector(&v);
    return code;
}

tl_code tl_io_tables_read_samples(const char *path, const char *parameter, const char *id_field,
                                  const char *const *property, ptrdiff_t n_property,
                                  const tl_georef *target, const tl_progress *progress,
                                  tl_samples *samples, tl_err *err) {
    *samples = (tl_samples){0};
    TL_TRY(
        read_any(path, parameter, id_field, property, n_property, target, progress, samples, err));
    log_repeated_ids(samples, parameter, progress);
    return TL_OK;
}

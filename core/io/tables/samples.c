/* SPDX-License-Identifier: GPL-2.0-or-later
 * Samples from vector layers, workbooks and delimited texts; see source/store.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "io/gdal_call.h"
#include "io/tables/samples_work.h"
#include "io/tables/text_tables.h"
#include "io/tables/vector_layer.h"
#include "source/measured.h"

/* What is asked of a source of samples. */
typedef struct request {
    const char *path;
    const char *parameter;
    const char *id_field;
    const char *const *property;
    ptrdiff_t n_property;
    const tl_georef *target;
    const tl_progress *progress;
} request;

/* --- columns --- */

/* "SOM" finds "SOM (g/kg)" when no other column has that name, and "fid" the key of a layer. */
static ptrdiff_t similar_column(const tl_text_table *t, const char *name) {
    ptrdiff_t same = 0;
    ptrdiff_t last = -1;
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        last = tl_source_measured_same(t->header[j], name) ? j : last;
        same += last == j;
    }
    const int is_key = same == 0 && t->delimiter == '\0' && tl_same_word(name, "fid");
    return same == 1 ? last : is_key ? 0 : -1;
}

static tl_code find_column(const tl_text_table *t, const request *r, const char *name,
                           ptrdiff_t *column, tl_err *err) {
    char what[512];
    (void)snprintf(what, sizeof what, "%s: '%.400s'", r->parameter, r->path);
    TL_TRY(tl_source_text_table_pick(t, name, what, column, err));
    *column = *column < 0 ? similar_column(t, name) : *column;
    if (*column >= 0) {
        return TL_OK;
    }
    const char *kind = t->delimiter == '\0' ? "field" : "column";
    tl_text list = {0};
    for (ptrdiff_t j = 0; j < t->ncol && j < 30; j++) {
        tl_text_addf(&list, "%s%s", j == 0 ? "" : ", ", t->header[j]);
    }
    const tl_code code =
        tl_fail(err, TL_ARG, "%s: '%s' has no %s '%s'; its %ss are %.600s%s", r->parameter, r->path,
                kind, name, kind, tl_text_data(&list), t->ncol > 30 ? ", ..." : "");
    tl_text_free(&list);
    return code;
}

static tl_code set_ids(const tl_text_table *t, const request *r, tl_samples *s, tl_err *err) {
    ptrdiff_t column = -1;
    if (r->id_field != NULL && r->id_field[0] != '\0') {
        TL_TRY(find_column(t, r, r->id_field, &column, err));
    }
    for (ptrdiff_t i = 0; i < s->n; i++) {
        char running[32];
        (void)snprintf(running, sizeof running, "%td", i + 1);
        const char *text = column < 0 ? "" : tl_source_text_table_at(t, i, column);
        TL_TRY(tl_source_samples_set_id(s, i, text[0] == '\0' ? running : text, err));
    }
    return TL_OK;
}

static tl_code set_values(const tl_text_table *t, const request *r, tl_samples *s, tl_err *err) {
    for (ptrdiff_t j = 0; j < r->n_property; j++) {
        ptrdiff_t column = -1;
        TL_TRY(find_column(t, r, r->property[j], &column, err));
        TL_TRY(
            tl_io_tables_measure_samples(t, column, j, r->parameter, r->path, r->progress, s, err));
    }
    return TL_OK;
}

/* Ids and values of the rows of a table; positions follow. */
static tl_code start_samples(const tl_text_table *t, const request *r, tl_samples *s, tl_err *err) {
    if (t->nrow == 0) {
        return tl_fail(err, TL_DATA, "%s: '%s' contains no points", r->parameter, r->path);
    }
    TL_TRY(tl_source_samples_init(s, t->nrow, r->n_property, err));
    TL_TRY(set_ids(t, r, s, err));
    return set_values(t, r, s, err);
}

static tl_code place_by_columns(const tl_text_table *t, const request *r, tl_samples *s,
                                tl_err *err) {
    return tl_io_tables_place_samples(t, r->target, r->parameter, r->path, r->progress, s, err);
}

/* --- geometries --- */

/* The point of a feature, NaN for an empty geometry; 0 for other geometries. */
static int take_point(OGRFeatureH feature, double *x, double *y) {
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
    return 1;
}

/* The points of the features whose numbers are the lines of the table; n_points gets how many have
 * one. */
static tl_code take_points(const tl_vector *v, const tl_text_table *t, const request *r,
                           tl_samples *s, ptrdiff_t *n_points, tl_err *err) {
    tl_code code = TL_OK;
    ptrdiff_t number = 0;
    *n_points = 0;
    OGR_L_ResetReading(v->layer);
    for (ptrdiff_t i = 0; i < s->n && code == TL_OK;) {
        OGRFeatureH feature = OGR_L_GetNextFeature(v->layer);
        if (feature == NULL) {
            return tl_fail(err, TL_IO, "%s: only %td of the %td points of '%s' can be read",
                           r->parameter, i, s->n, r->path);
        }
        if (++number == t->line[i]) {
            if (!take_point(feature, &s->x[i], &s->y[i])) {
                code = tl_fail(
                    err, TL_DATA, "%s: feature %td of '%s' is a %s; wanted points, one per sample",
                    r->parameter, number, r->path,
                    OGRGeometryTypeToName(OGR_G_GetGeometryType(OGR_F_GetGeometryRef(feature))));
            }
            *n_points += !isnan(s->x[i]);
            i++;
        }
        OGR_F_Destroy(feature);
    }
    return code;
}

/* Layers without geometries may have columns of positions, as tables that were imported from
 * spreadsheets have. */
static tl_code place_by_layer(const tl_vector *v, const tl_text_table *t, const request *r,
                              tl_samples *s, tl_err *err) {
    ptrdiff_t n_points = 0;
    OGRSpatialReferenceH crs = OGR_L_GetSpatialRef(v->layer);
    TL_TRY(take_points(v, t, r, s, &n_points, err));
    if (n_points == 0) {
        return place_by_columns(t, r, s, err);
    }
    if (crs == NULL && r->target != NULL && r->target->crs_wkt != NULL) {
        return tl_io_tables_place_without_crs(s, r->target, r->parameter, r->path, r->progress,
                                              err);
    }
    return tl_io_tables_move_samples(s, crs, crs == NULL ? "" : OSRGetName(crs), r->target,
                                     r->parameter, r->path, r->progress, err);
}

/* --- sources --- */

static tl_code from_layer(const request *r, tl_samples *s, tl_err *err) {
    tl_vector v;
    tl_text_table t;
    tl_io_call call;
    char what[512];
    (void)snprintf(what, sizeof what, "%s: '%.400s'", r->parameter, r->path);
    TL_TRY(tl_io_tables_open_vector(r->path, r->parameter, NULL, &v, err));
    tl_code code = tl_io_tables_texts_of_layer(&v, what, &t, err);
    tl_io_begin(&call);
    if (code == TL_OK) {
        code = start_samples(&t, r, s, err);
        code = code == TL_OK ? place_by_layer(&v, &t, r, s, err) : code;
        tl_source_text_table_free(&t);
    }
    tl_io_end(&call);
    tl_io_tables_close_vector(&v);
    return code;
}

static tl_code from_table(const request *r, tl_samples *s, tl_err *err) {
    tl_text_table t;
    TL_TRY(tl_io_tables_read_texts(r->path, r->parameter, &t, err));
    tl_code code = start_samples(&t, r, s, err);
    if (code == TL_OK) {
        code = place_by_columns(&t, r, s, err);
    }
    tl_source_text_table_free(&t);
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

tl_code tl_io_tables_read_samples(const char *path, const char *parameter, const char *id_field,
                                  const char *const *property, ptrdiff_t n_property,
                                  const tl_georef *target, const tl_progress *progress,
                                  tl_samples *samples, tl_err *err) {
    const request r = {path, parameter, id_field, property, n_property, target, progress};
    *samples = (tl_samples){0};
    const tl_code code = tl_io_tables_is_text(path) || tl_io_tables_is_workbook(path)
                             ? from_table(&r, samples, err)
                             : from_layer(&r, samples, err);
    if (code != TL_OK) {
        tl_source_samples_free(samples);
        return code;
    }
    log_repeated_ids(samples, parameter, progress);
    return TL_OK;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Outlet points: fields, snapping, and messages about those that cannot be used; see
 * stream_points.h. */
#include "tools/terrain/stream_points.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "json/json.h"

/* A number field of the layer; *values is empty when the layer has no such field. */
static tl_code read_field(const tl_job *job, const char *field, const tl_georef *geo,
                          tl_samples *values, tl_err *err) {
    const tl_code code = tl_job_store(job)->read_samples(tl_job_text(job, "outlets"), "outlets",
                                                         NULL, &field, 1, geo, NULL, values, err);
    if (code == TL_ARG) {
        *values = (tl_samples){0};
        return TL_OK;
    }
    return code;
}

static int whole(const tl_samples *values, ptrdiff_t i) {
    if (i >= values->n) {
        return 0;
    }
    const double value = tl_matrix_row(&values->values, i)[0];
    return isfinite(value) && fabs(value) < 1e6 ? (int)value : 0;
}

/* The whole number that a text is; beyond 2^53 the outputs cannot hold it. */
static int whole_id(const char *text, int64_t *id) {
    double value = 0.0;
    if (!tl_parse_number(text, &value) || !(fabs(value) < 9007199254740992.0) ||
        fabs(value - floor(value)) > 0.0) {
        return 0;
    }
    *id = (int64_t)value;
    return 1;
}

/* The ids of the layer when they are whole numbers, each there once, else 1, 2, 3 ... and the texts as
 * names. */
static tl_code number_points(const tl_samples *positions, const char *field,
                             tl_stream_points *points, tl_err *err) {
    int usable = field != NULL;
    for (ptrdiff_t i = 0; i < points->n && usable; i++) {
        usable = whole_id(positions->id[i], &points->point[i].id);
        for (ptrdiff_t k = 0; k < i && usable; k++) {
            usable = points->point[k].id != points->point[i].id;
        }
    }
    if (usable) {
        return TL_OK;
    }
    points->named = field != NULL;
    for (ptrdiff_t i = 0; i < points->n; i++) {
        points->point[i].id = (int64_t)i + 1;
        points->point[i].name = field == NULL ? NULL : tl_copy_text(positions->id[i]);
        if (field != NULL && points->point[i].name == NULL) {
            return tl_no_memory(err, "%td points", points->n);
        }
    }
    return field != NULL
               ? tl_assume(
                     err, TL_INFO,
                     "outlets: the ids in the field '%.80s' are not whole numbers, each there "
                     "once ('%.40s', ...); the points are numbered from 1 in the order of the "
                     "layer and keep their ids as names; outlet_id chooses another field",
                     field, points->point[0].name)
               : tl_assume(err, TL_INFO,
                           "outlets: there is no field ID; the points are numbered from 1 in the "
                           "order of the layer; outlet_id chooses a field");
}

/* Positions and ids. Without outlet_id the field is ID, which may be missing; *field is NULL then. */
static tl_code read_positions(const tl_job *job, const tl_georef *geo, const char **field,
                              tl_samples *positions, tl_err *err) {
    const char *path = tl_job_text(job, "outlets");
    const tl_store *store = tl_job_store(job);
    *field = tl_job_given(job, "outlet_id") ? tl_job_text(job, "outlet_id") : "ID";
    tl_err why = {0};
    const tl_code code = store->read_samples(path, "outlets", *field, NULL, 0, geo,
                                             tl_job_progress(job), positions, &why);
    if (code != TL_ARG || tl_job_given(job, "outlet_id")) {
        return code == TL_OK ? TL_OK : tl_fail(err, code, "%s", why.text);
    }
    *field = NULL;
    return store->read_samples(path, "outlets", NULL, NULL, 0, geo, tl_job_progress(job), positions,
                               err);
}

static tl_code read_points(const tl_job *job, const tl_georef *geo, tl_stream_points *points,
                           tl_err *err) {
    enum { INLET, RES, PTSOURCE, FIELDS };
    static const char *const names[FIELDS] = {"INLET", "RES", "PTSOURCE"};
    tl_samples positions = {0};
    tl_samples field[FIELDS] = {0};
    const char *id_field = NULL;
    tl_code code = TL_OK;
    TL_CHECK(read_positions(job, geo, &id_field, &positions, err));
    for (int k = 0; k < FIELDS; k++) {
        TL_CHECK(read_field(job, names[k], geo, &field[k], err));
    }
    points->n = positions.n;
    points->point = tl_acquire(positions.n, sizeof *points->point);
    points->node = tl_acquire(positions.n, sizeof *points->node);
    points->of_node = tl_acquire(positions.n, sizeof *points->of_node);
    if (points->point == NULL || points->node == NULL || points->of_node == NULL) {
        code = tl_no_memory(err, "%td points", positions.n);
        goto done;
    }
    for (ptrdiff_t i = 0; i < points->n; i++) {
        points->point[i] = (tl_stream_point){.x = positions.x[i],
                                             .y = positions.y[i],
                                             .inlet = whole(&field[INLET], i) != 0,
                                             .reservoir = whole(&field[RES], i),
                                             .source = whole(&field[PTSOURCE], i) != 0};
    }
    code = number_points(&positions, id_field, points, err);
done:
    tl_source_samples_free(&positions);
    for (int k = 0; k < FIELDS; k++) {
        tl_source_samples_free(&field[k]);
    }
    return code;
}

static tl_code snap(const tl_job *job, const tl_net *net, const tl_georef *geo,
                    const tl_cells *sizes, tl_stream_points *points, tl_err *err) {
    double *x = tl_acquire(points->n, sizeof *x);
    double *y = tl_acquire(points->n, sizeof *y);
    tl_snap *found = tl_acquire(points->n, sizeof *found);
    tl_code code = TL_OK;
    if (x == NULL || y == NULL || found == NULL) {
        code = tl_no_memory(err, "%td points", points->n);
        goto done;
    }
    for (ptrdiff_t i = 0; i < points->n; i++) {
        x[i] = points->point[i].x;
        y[i] = points->point[i].y;
    }
    TL_CHECK(tl_hydro_net_snap(net, geo, sizes, x, y, points->n, tl_job_number(job, "snap"), found,
                               err));
    for (ptrdiff_t i = 0; i < points->n; i++) {
        points->point[i].snap = found[i];
        if (found[i].state == TL_SNAP_DONE) {
            /* A point source enters inside the network; only other inlets cut it off. */
            const int cuts = points->point[i].inlet && !points->point[i].source;
            points->node[points->n_node] = (tl_node){found[i].cell, cuts};
            points->of_node[points->n_node++] = i;
        }
    }
done:
    tl_release(x);
    tl_release(y);
    tl_release(found);
    return code;
}

/* The id of a point as its user knows it. */
static void add_id(tl_text *text, const tl_stream_point *point) {
    if (point->name != NULL) {
        tl_text_addf(text, "%.40s", point->name);
    } else {
        tl_text_addf(text, "%lld", (long long)point->id);
    }
}

/* "4, 7 and 5 more (off the DEM)" for the points of one state; nothing when there are none. */
static void add_ids(tl_text *text, const tl_stream_points *points, tl_snap_state state,
                    const char *why) {
    enum { shown = 10 };
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < points->n; i++) {
        if (points->point[i].snap.state == state && n++ < shown) {
            tl_text_add(text, n > 1 ? ", " : (text->length > 0 ? "; " : ""));
            add_id(text, &points->point[i]);
        }
    }
    if (n > shown) {
        tl_text_addf(text, " and %td more", n - shown);
    }
    if (n > 0) {
        tl_text_addf(text, " (%s)", why);
    }
}

static void list_rejected(tl_job *job, const tl_stream_points *points) {
    json_t *ids = tl_json_array();
    for (ptrdiff_t i = 0; i < points->n; i++) {
        if (points->point[i].snap.state != TL_SNAP_DONE) {
            const tl_stream_point *point = &points->point[i];
            tl_json_append(
                ids, point->name != NULL ? tl_json_text(point->name) : tl_json_integer(point->id));
        }
    }
    tl_job_put_json(job, "outlets_rejected", ids);
    tl_job_put_number(job, "outlets_used", (double)points->n_node);
}

static tl_code judge(tl_job *job, const tl_stream_points *points, tl_err *err) {
    const char *path = tl_job_text(job, "outlets");
    const double limit = tl_job_number(job, "snap");
    tl_text why = {0};
    char far[80];
    (void)snprintf(far, sizeof far, "farther than %.6g m from a stream", limit);
    add_ids(&why, points, TL_SNAP_OUTSIDE, "off the DEM");
    add_ids(&why, points, TL_SNAP_FAR, far);
    add_ids(&why, points, TL_SNAP_TAKEN, "in the stream cell of an earlier point");
    tl_code code = TL_OK;
    ptrdiff_t cutting = 0;
    for (ptrdiff_t i = 0; i < points->n_node; i++) {
        cutting += points->node[i].is_inlet;
    }
    if (points->n_node == 0) {
        code = tl_fail(err, TL_DATA,
                       "parameter 'outlets': no point of '%s' can be put on a stream, see ids %s; "
                       "move them, raise the snap distance or lower the threshold",
                       path, tl_text_data(&why));
    } else if (cutting == points->n_node) {
        code = tl_fail(err, TL_DATA,
                       "parameter 'outlets': every usable point of '%s' is an inlet (INLET 1); "
                       "wanted at least one outlet (INLET 0) below them",
                       path);
    } else if (points->n_node < points->n) {
        tl_job_log(job, TL_WARNING, "outlets: %td of %td points are not used, ids %s",
                   points->n - points->n_node, points->n, tl_text_data(&why));
    }
    tl_text_free(&why);
    return code;
}

tl_code tl_stream_points_read(tl_job *job, const tl_net *net, const tl_georef *geo,
                              const tl_cells *sizes, tl_stream_points *points, tl_err *err) {
    *points = (tl_stream_points){0};
    tl_code code = read_points(job, geo, points, err);
    if (code == TL_OK) {
        code = snap(job, net, geo, sizes, points, err);
    }
    if (code == TL_OK) {
        code = judge(job, points, err);
    }
    if (code == TL_OK) {
        list_rejected(job, points);
    } else {
        tl_stream_points_free(points);
    }
    return code;
}

void tl_stream_points_log_idle_inlets(tl_job *job, const tl_stream_points *points,
                                      const tl_streams *streams) {
    tl_text ids = {0};
    for (ptrdiff_t k = 0; k < points->n_node; k++) {
        int used = !points->node[k].is_inlet;
        for (ptrdiff_t i = 0; i < streams->n_link && !used; i++) {
            used = streams->link[i].begins_at_node && streams->link[i].top == points->node[k].cell;
        }
        if (!used) {
            tl_text_add(&ids, ids.length > 0 ? ", " : "");
            add_id(&ids, &points->point[points->of_node[k]]);
        }
    }
    if (ids.length > 0) {
        tl_job_log(job, TL_WARNING,
                   "outlets: the inlets with ids %s have no outlet below them and change nothing",
                   tl_text_data(&ids));
    }
    tl_text_free(&ids);
}

void tl_stream_points_free(tl_stream_points *points) {
    if (points != NULL) {
        for (ptrdiff_t i = 0; points->point != NULL && i < points->n; i++) {
            tl_release(points->point[i].name);
        }
        tl_release(points->point);
        tl_release(points->node);
        tl_release(points->of_node);
        *points = (tl_stream_points){0};
    }
}

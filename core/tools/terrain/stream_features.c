/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tables and geometries of streams, subbasins and snapped points; see stream_features.h. */
#include "tools/terrain/stream_features.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "geometry/lines.h"
#include "hydro/basins.h"
#include "recipes/grid_io.h"

tl_code tl_stream_features_number_subbasins(tl_stream_layers *layers, tl_err *err) {
    const tl_streams *s = layers->streams;
    layers->subbasin = tl_acquire(s->n_link, sizeof *layers->subbasin);
    layers->receiver = tl_acquire(s->n_link, sizeof *layers->receiver);
    if (layers->subbasin == NULL || layers->receiver == NULL) {
        return tl_no_memory(err, "the output layers");
    }
    int n = 0;
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        layers->subbasin[i] = s->link[i].n_own > 0 ? ++n : 0;
    }
    for (ptrdiff_t i = s->n_link - 1; i >= 0; i--) {
        const ptrdiff_t below = s->link[i].downstream;
        if (below >= 0) {
            layers->receiver[i] =
                layers->subbasin[below] > 0 ? layers->subbasin[below] : layers->receiver[below];
        }
    }
    return TL_OK;
}

void tl_stream_features_layers_free(tl_stream_layers *layers) {
    tl_release(layers->subbasin);
    tl_release(layers->receiver);
    tl_release(layers->first);
    tl_release(layers->x);
    tl_release(layers->y);
    layers->subbasin = NULL;
    layers->receiver = NULL;
    layers->first = NULL;
    layers->x = NULL;
    layers->y = NULL;
}

tl_code tl_stream_features_start(tl_features *f, tl_geometry geometry, const tl_column *column,
                                 ptrdiff_t ncol, ptrdiff_t n, ptrdiff_t n_vertex, tl_err *err) {
    *f = (tl_features){.geometry = geometry, .nvertex = n_vertex};
    tl_source_table_start(&f->table, column, ncol);
    f->first = tl_acquire(n + 1, sizeof *f->first);
    f->x = tl_acquire(n_vertex, sizeof *f->x);
    f->y = tl_acquire(n_vertex, sizeof *f->y);
    return f->first == NULL || f->x == NULL || f->y == NULL ? tl_no_memory(err, "the output layers")
                                                            : TL_OK;
}

tl_code tl_stream_features_add_numbers(tl_table *table, const double *value, tl_err *err) {
    ptrdiff_t row;
    TL_TRY(tl_source_table_add_row(table, &row, err));
    for (ptrdiff_t col = 0; col < table->ncol; col++) {
        tl_source_table_set_number(table, row, col, value[col]);
    }
    return TL_OK;
}

void tl_stream_features_vertex_position(const tl_stream_layers *layers, const tl_link *link,
                                        ptrdiff_t k, double *x, double *y) {
    double col, row;
    tl_hydro_streams_position(layers->streams, link, k, &col, &row);
    tl_georef_to_map(&layers->dem->geo, col, row, x, y);
}

/* --- lines --- */

enum {
    LINKNO,
    DSLINKNO,
    USLINKNO1,
    USLINKNO2,
    DSNODEID,
    ORDER,
    LENGTH,
    MAGNITUDE,
    DSAREA,
    USAREA,
    DROP,
    SLOPE,
    STRAIGHT,
    WSNO,
    DOUTEND,
    DOUTSTART,
    DOUTMID,
    SUBBASIN,
    SUBBASIN_R,
    AREA_C,
    LEN2,
    SLO2,
    WID2,
    DEP2,
    MIN_EL,
    MAX_EL,
    RES,
    PTSOURCE,
    FIELDS
};

static const tl_column fields[FIELDS] = {
    [LINKNO] = {"LINKNO", TL_COLUMN_INTEGER},
    [DSLINKNO] = {"DSLINKNO", TL_COLUMN_INTEGER},
    [USLINKNO1] = {"USLINKNO1", TL_COLUMN_INTEGER},
    [USLINKNO2] = {"USLINKNO2", TL_COLUMN_INTEGER},
    [DSNODEID] = {"DSNODEID", TL_COLUMN_INTEGER},
    [ORDER] = {"strmOrder", TL_COLUMN_INTEGER},
    [LENGTH] = {"Length", TL_COLUMN_NUMBER},
    [MAGNITUDE] = {"Magnitude", TL_COLUMN_INTEGER},
    [DSAREA] = {"DSContArea", TL_COLUMN_NUMBER},
    [USAREA] = {"USContArea", TL_COLUMN_NUMBER},
    [DROP] = {"strmDrop", TL_COLUMN_NUMBER},
    [SLOPE] = {"Slope", TL_COLUMN_NUMBER},
    [STRAIGHT] = {"StraightL", TL_COLUMN_NUMBER},
    [WSNO] = {"WSNO", TL_COLUMN_INTEGER},
    [DOUTEND] = {"DOUTEND", TL_COLUMN_NUMBER},
    [DOUTSTART] = {"DOUTSTART", TL_COLUMN_NUMBER},
    [DOUTMID] = {"DOUTMID", TL_COLUMN_NUMBER},
    [SUBBASIN] = {"Subbasin", TL_COLUMN_INTEGER},
    [SUBBASIN_R] = {"SubbasinR", TL_COLUMN_INTEGER},
    [AREA_C] = {"AreaC", TL_COLUMN_NUMBER},
    [LEN2] = {"Len2", TL_COLUMN_NUMBER},
    [SLO2] = {"Slo2", TL_COLUMN_NUMBER},
    [WID2] = {"Wid2", TL_COLUMN_NUMBER},
    [DEP2] = {"Dep2", TL_COLUMN_NUMBER},
    [MIN_EL] = {"MinEl", TL_COLUMN_NUMBER},
    [MAX_EL] = {"MaxEl", TL_COLUMN_NUMBER},
    [RES] = {"RES", TL_COLUMN_INTEGER},
    [PTSOURCE] = {"PTSOURCE", TL_COLUMN_INTEGER},
};

static const tl_stream_point *point_at(const tl_stream_layers *layers, const tl_link *link) {
    return link->node < 0 ? NULL : &layers->points->point[layers->points->of_node[link->node]];
}

static tl_code add_line(tl_table *table, const tl_stream_layers *layers, ptrdiff_t i, tl_err *err) {
    const tl_streams *s = layers->streams;
    const tl_link *link = &s->link[i];
    const tl_stream_point *point = point_at(layers, link);
    const double low = (double)layers->given_z[link->first];
    const double high = fmax((double)layers->given_z[link->first + link->n_vertex - 1], low);
    const double km2 = link->downstream_m2 / 1e6;
    const double value[FIELDS] = {
        [LINKNO] = (double)i,
        [DSLINKNO] = (double)link->downstream,
        [USLINKNO1] = (double)link->upstream[0],
        [USLINKNO2] = (double)link->upstream[1],
        [DSNODEID] = point == NULL ? -1.0 : (double)point->id,
        [ORDER] = (double)link->order,
        [LENGTH] = link->length_m,
        [MAGNITUDE] = (double)link->magnitude,
        [DSAREA] = link->downstream_m2,
        [USAREA] = link->upstream_m2,
        [DROP] = link->drop_m,
        [SLOPE] = link->slope,
        [STRAIGHT] = link->straight_m,
        [WSNO] = (double)i,
        [DOUTEND] = link->to_outlet_end_m,
        [DOUTSTART] = link->to_outlet_start_m,
        [DOUTMID] = 0.5 * (link->to_outlet_end_m + link->to_outlet_start_m),
        [SUBBASIN] = (double)layers->subbasin[i],
        [SUBBASIN_R] = (double)layers->receiver[i],
        [AREA_C] = link->downstream_m2 / 1e4,
        [LEN2] = link->length_m,
        [SLO2] = link->length_m > 0.0 ? 100.0 * (high - low) / link->length_m : 0.0,
        [WID2] = 1.29 * pow(km2, 0.6),
        [DEP2] = 0.13 * pow(km2, 0.4),
        [MIN_EL] = low,
        [MAX_EL] = high,
        [RES] = point == NULL ? 0.0 : (double)point->reservoir,
        [PTSOURCE] = point == NULL ? 0.0 : (double)point->source,
    };
    return tl_stream_features_add_numbers(table, value, err);
}

/* Vertices in metres from the north-west corner, by the cell sizes of the middle row. */
static tl_code to_plane(const tl_stream_layers *layers, double *x, double *y, tl_err *err) {
    const tl_streams *s = layers->streams;
    const tl_grid *dem = layers->dem;
    double dx, dy;
    TL_TRY(tl_georef_cell_m(&dem->geo, dem->nrow / 2, &dx, &dy, err));
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *link = &s->link[i];
        for (ptrdiff_t k = link->first; k < link->first + link->n_vertex; k++) {
            tl_hydro_streams_position(s, link, k, &x[k], &y[k]);
            x[k] *= dx;
            y[k] *= dy;
        }
    }
    return TL_OK;
}

static tl_code choose_vertices(const tl_stream_layers *layers, double tolerance_m,
                               unsigned char *keep, tl_err *err) {
    const tl_streams *s = layers->streams;
    const tl_lines lines = {s->n_link, layers->first, layers->x, layers->y};
    if (!(tolerance_m > 0.0)) {
        memset(keep, 1, (size_t)s->n_vertex);
        return TL_OK;
    }
    TL_TRY(to_plane(layers, layers->x, layers->y, err));
    return tl_geometry_simplify(&lines, tolerance_m, keep, err);
}

tl_code tl_stream_features_draw_links(tl_stream_layers *layers, double tolerance_m, tl_err *err) {
    const tl_streams *s = layers->streams;
    layers->first = tl_acquire(s->n_link + 1, sizeof *layers->first);
    layers->x = tl_acquire(s->n_vertex, sizeof *layers->x);
    layers->y = tl_acquire(s->n_vertex, sizeof *layers->y);
    unsigned char *keep = tl_acquire(s->n_vertex, 1);
    tl_code code = TL_OK;
    if (layers->first == NULL || layers->x == NULL || layers->y == NULL || keep == NULL) {
        code = tl_no_memory(err, "the output layers");
        goto done;
    }
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        layers->first[i] = s->link[i].first;
    }
    layers->first[s->n_link] = s->n_vertex;
    TL_CHECK(choose_vertices(layers, tolerance_m, keep, err));
    ptrdiff_t used = 0;
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *link = &s->link[i];
        layers->first[i] = used;
        for (ptrdiff_t k = link->first; k < link->first + link->n_vertex; k++) {
            if (keep[k]) {
                tl_stream_features_vertex_position(layers, link, k, &layers->x[used],
                                                   &layers->y[used]);
                used++;
            }
        }
    }
    layers->first[s->n_link] = used;
done:
    tl_release(keep);
    return code;
}

ptrdiff_t tl_stream_features_draw_point(const tl_stream_layers *layers, ptrdiff_t vertex, double *x,
                                        double *y) {
    const double aside = 0.001;
    const double *transform = layers->dem->geo.transform;
    x[0] = x[2] = layers->x[vertex];
    y[0] = y[2] = layers->y[vertex];
    x[1] = x[0] + aside * transform[1];
    y[1] = y[0] + aside * transform[4];
    return 3;
}

/* Appends the line of link i to the vertices of f. */
static void take_line(tl_features *f, const tl_stream_layers *layers, ptrdiff_t i) {
    const ptrdiff_t from = layers->first[i];
    const ptrdiff_t n = layers->first[i + 1] - from;
    double *x = f->x + f->nvertex;
    double *y = f->y + f->nvertex;
    f->first[i] = f->nvertex;
    if (!(layers->streams->link[i].length_m > 0.0)) {
        f->nvertex += tl_stream_features_draw_point(layers, from, x, y);
        return;
    }
    memcpy(x, layers->x + from, (size_t)n * sizeof *x);
    memcpy(y, layers->y + from, (size_t)n * sizeof *y);
    f->nvertex += n;
}

tl_code tl_stream_features_write_lines(tl_job *job, const char *id, const tl_stream_layers *layers,
                                       tl_err *err) {
    const ptrdiff_t n = layers->streams->n_link;
    const ptrdiff_t max_vertices = layers->first[n] + n; /* a line without length has one more */
    tl_features f;
    tl_code code = TL_OK;
    TL_CHECK(tl_stream_features_start(&f, TL_LINES, fields, FIELDS, n, max_vertices, err));
    f.nvertex = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        TL_CHECK(add_line(&f.table, layers, i, err));
        take_line(&f, layers, i);
    }
    f.first[n] = f.nvertex;
    TL_CHECK(tl_recipes_write_features(job, id, &f, &layers->dem->geo, err));
done:
    tl_source_features_free(&f);
    return code;
}

/* --- polygons --- */

enum { POLYGON_ID, BASIN, BASIN_R, BASIN_AREA, BASIN_FIELDS };

static const tl_column basin_fields[BASIN_FIELDS] = {
    [POLYGON_ID] = {"PolygonId", TL_COLUMN_INTEGER},
    [BASIN] = {"Subbasin", TL_COLUMN_INTEGER},
    [BASIN_R] = {"SubbasinR", TL_COLUMN_INTEGER},
    [BASIN_AREA] = {"Area", TL_COLUMN_NUMBER},
};

/* Rings in their order become rows: one row per label. */
static tl_code fill_polygons(tl_features *f, const tl_rings *rings, const tl_stream_layers *layers,
                             const double *area_m2, tl_err *err) {
    f->nring = rings->n_ring;
    f->ring = tl_acquire(f->nring + 1, sizeof *f->ring);
    f->is_hole = tl_acquire(f->nring, sizeof *f->is_hole);
    if (f->ring == NULL || f->is_hole == NULL) {
        return tl_no_memory(err, "the output layers");
    }
    ptrdiff_t used = 0;
    for (ptrdiff_t r = 0; r < rings->n_ring; r++) {
        const tl_ring *ring = &rings->ring[r];
        const int i = ring->label;
        if (r == 0 || i != rings->ring[r - 1].label) {
            f->first[f->table.nrow] = r;
            const double value[BASIN_FIELDS] = {[POLYGON_ID] = (double)i,
                                                [BASIN] = (double)layers->subbasin[i],
                                                [BASIN_R] = (double)layers->receiver[i],
                                                [BASIN_AREA] = round(area_m2[i])};
            TL_TRY(tl_stream_features_add_numbers(&f->table, value, err));
        }
        f->ring[r] = used;
        f->is_hole[r] = (unsigned char)ring->is_hole;
        for (ptrdiff_t k = ring->first; k < ring->first + ring->n; k++, used++) {
            tl_georef_to_map(&layers->dem->geo, (double)rings->col[k], (double)rings->row[k],
                             &f->x[used], &f->y[used]);
        }
    }
    f->ring[f->nring] = used;
    f->first[f->table.nrow] = f->nring;
    return TL_OK;
}

tl_code tl_stream_features_write_subbasins(tl_job *job, const char *id,
                                           const tl_stream_layers *layers, tl_runs *runs,
                                           const double *area_m2, tl_err *err) {
    const tl_grid *dem = layers->dem;
    tl_rings rings = {0};
    tl_features f = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_hydro_runs_rings(runs, &rings, err));
    TL_CHECK(tl_stream_features_start(&f, TL_POLYGONS, basin_fields, BASIN_FIELDS,
                                      layers->streams->n_link, rings.n_vertex, err));
    TL_CHECK(fill_polygons(&f, &rings, layers, area_m2, err));
    TL_CHECK(tl_recipes_write_features(job, id, &f, &dem->geo, err));
done:
    tl_hydro_rings_free(&rings);
    tl_source_features_free(&f);
    return code;
}

/* --- points --- */

/* The name is a column only where the points have one. */
enum { POINT_ID, POINT_INLET, POINT_RES, POINT_SOURCE, POINT_MOVED, POINT_NAME, POINT_FIELDS };

static const tl_column point_fields[POINT_FIELDS] = {
    [POINT_ID] = {"ID", TL_COLUMN_INTEGER},        [POINT_INLET] = {"INLET", TL_COLUMN_INTEGER},
    [POINT_RES] = {"RES", TL_COLUMN_INTEGER},      [POINT_SOURCE] = {"PTSOURCE", TL_COLUMN_INTEGER},
    [POINT_MOVED] = {"moved_m", TL_COLUMN_NUMBER}, [POINT_NAME] = {"name", TL_COLUMN_TEXT},
};

tl_code tl_stream_features_write_snapped(tl_job *job, const char *id,
                                         const tl_stream_layers *layers, tl_err *err) {
    const tl_stream_points *points = layers->points;
    tl_features f;
    tl_code code = TL_OK;
    TL_CHECK(tl_stream_features_start(&f, TL_POINTS, point_fields,
                                      points->named ? POINT_FIELDS : POINT_NAME, points->n_node,
                                      points->n_node, err));
    for (ptrdiff_t i = 0; i < points->n_node; i++) {
        const tl_stream_point *point = &points->point[points->of_node[i]];
        const double value[POINT_FIELDS] = {[POINT_ID] = (double)point->id,
                                            [POINT_INLET] = (double)point->inlet,
                                            [POINT_RES] = (double)point->reservoir,
                                            [POINT_SOURCE] = (double)point->source,
                                            [POINT_MOVED] = point->snap.distance_m};
        TL_CHECK(tl_stream_features_add_numbers(&f.table, value, err));
        if (points->named) {
            TL_CHECK(tl_source_table_set_text(&f.table, i, POINT_NAME, point->name, err));
        }
        f.first[i] = i;
        f.x[i] = point->snap.x;
        f.y[i] = point->snap.y;
    }
    f.first[points->n_node] = points->n_node;
    TL_CHECK(tl_recipes_write_features(job, id, &f, &layers->dem->geo, err));
done:
    tl_source_features_free(&f);
    return code;
}

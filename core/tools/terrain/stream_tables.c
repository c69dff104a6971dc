/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tables, the raster of orders and the rivers of the tool `streams`; see stream_tables.h. */
#include "tools/terrain/stream_tables.h"

#include <math.h>

#include "base/alloc.h"
#include "geometry/lines.h"
#include "recipes/grid_io.h"

static double node_id(const tl_stream_layers *layers, const tl_link *link) {
    const tl_stream_points *points = layers->points;
    return link->node < 0 ? -1.0 : (double)points->point[points->of_node[link->node]].id;
}

/* --- tree --- */

enum { T_LINK, T_FIRST, T_LAST, T_BELOW, T_ABOVE1, T_ABOVE2, T_ORDER, T_MAGNITUDE, T_NODE, T_ALL };

static const tl_column tree_columns[T_ALL] = {
    [T_LINK] = {"LINKNO", TL_COLUMN_INTEGER},      [T_FIRST] = {"first_row", TL_COLUMN_INTEGER},
    [T_LAST] = {"last_row", TL_COLUMN_INTEGER},    [T_BELOW] = {"DSLINKNO", TL_COLUMN_INTEGER},
    [T_ABOVE1] = {"USLINKNO1", TL_COLUMN_INTEGER}, [T_ABOVE2] = {"USLINKNO2", TL_COLUMN_INTEGER},
    [T_ORDER] = {"strmOrder", TL_COLUMN_INTEGER},  [T_MAGNITUDE] = {"Magnitude", TL_COLUMN_INTEGER},
    [T_NODE] = {"DSNODEID", TL_COLUMN_INTEGER},
};

tl_code tl_stream_tables_write_tree(tl_job *job, const char *id, const tl_stream_layers *layers,
                                    tl_err *err) {
    const tl_streams *s = layers->streams;
    tl_table table;
    tl_code code = TL_OK;
    tl_source_table_start(&table, tree_columns, T_ALL);
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *link = &s->link[i];
        const double value[T_ALL] = {[T_LINK] = (double)i,
                                     [T_FIRST] = (double)link->first,
                                     [T_LAST] = (double)(link->first + link->n_vertex - 1),
                                     [T_BELOW] = (double)link->downstream,
                                     [T_ABOVE1] = (double)link->upstream[0],
                                     [T_ABOVE2] = (double)link->upstream[1],
                                     [T_ORDER] = (double)link->order,
                                     [T_MAGNITUDE] = (double)link->magnitude,
                                     [T_NODE] = node_id(layers, link)};
        TL_CHECK(tl_stream_features_add_numbers(&table, value, err));
    }
    code = tl_job_store(job)->write_table(tl_job_output(job, id), id, &table, err);
done:
    tl_source_table_free(&table);
    return code;
}

/* --- positions --- */

enum { P_ROW, P_LINK, P_X, P_Y, P_DISTANCE, P_HEIGHT, P_AREA, P_ALL };

static const tl_column position_columns[P_ALL] = {
    [P_ROW] = {"row", TL_COLUMN_INTEGER},
    [P_LINK] = {"LINKNO", TL_COLUMN_INTEGER},
    [P_X] = {"x", TL_COLUMN_NUMBER},
    [P_Y] = {"y", TL_COLUMN_NUMBER},
    [P_DISTANCE] = {"to_outlet_m", TL_COLUMN_NUMBER},
    [P_HEIGHT] = {"elevation_m", TL_COLUMN_NUMBER},
    [P_AREA] = {"area_m2", TL_COLUMN_NUMBER},
};

tl_code tl_stream_tables_write_positions(tl_job *job, const char *id,
                                         const tl_stream_layers *layers, tl_err *err) {
    const tl_streams *s = layers->streams;
    const double origin = layers->dem->geo.height_origin_m;
    tl_table table;
    tl_code code = TL_OK;
    tl_source_table_start(&table, position_columns, P_ALL);
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *link = &s->link[i];
        for (ptrdiff_t k = link->first; k < link->first + link->n_vertex; k++) {
            double value[P_ALL] = {[P_ROW] = (double)k,
                                   [P_LINK] = (double)i,
                                   [P_DISTANCE] = s->vertex_m[k],
                                   [P_HEIGHT] = (double)s->vertex_z[k] + origin,
                                   [P_AREA] = s->vertex_m2[k]};
            tl_stream_features_vertex_position(layers, link, k, &value[P_X], &value[P_Y]);
            TL_CHECK(tl_stream_features_add_numbers(&table, value, err));
        }
    }
    code = tl_job_store(job)->write_table(tl_job_output(job, id), id, &table, err);
done:
    tl_source_table_free(&table);
    return code;
}

/* --- raster of orders --- */

tl_code tl_stream_tables_write_order(tl_job *job, const char *id, const tl_stream_layers *layers,
                                     tl_err *err) {
    const tl_streams *s = layers->streams;
    const tl_grid *dem = layers->dem;
    tl_grid g;
    TL_TRY(tl_grid_init(&g, dem->nrow, dem->ncol, &dem->geo, err));
    for (ptrdiff_t at = 0; at < g.nrow * g.ncol; at++) {
        g.data[at] = NAN;
    }
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *link = &s->link[i];
        for (ptrdiff_t k = link->first_own; k < link->first_own + link->n_own; k++) {
            g.data[s->vertex[k]] = (float)link->order;
        }
    }
    const tl_code code =
        tl_recipes_write_grid(job, id, &g, tl_recipes_layer("Stream order (Strahler)", ""), err);
    tl_grid_free(&g);
    return code;
}

/* --- rivers --- */

enum { R_NUMBER, R_BELOW, R_LINK, R_ORDER, R_LINKS, R_MAGNITUDE, R_LENGTH, R_DROP, R_AREA, R_ALL };

static const tl_column river_columns[R_ALL] = {
    [R_NUMBER] = {"RIVERNO", TL_COLUMN_INTEGER}, [R_BELOW] = {"DSRIVERNO", TL_COLUMN_INTEGER},
    [R_LINK] = {"LINKNO", TL_COLUMN_INTEGER},    [R_ORDER] = {"strmOrder", TL_COLUMN_INTEGER},
    [R_LINKS] = {"Links", TL_COLUMN_INTEGER},    [R_MAGNITUDE] = {"Magnitude", TL_COLUMN_INTEGER},
    [R_LENGTH] = {"Length", TL_COLUMN_NUMBER},   [R_DROP] = {"strmDrop", TL_COLUMN_NUMBER},
    [R_AREA] = {"DSContArea", TL_COLUMN_NUMBER},
};

/* Links sorted by river, in each the lowest one first. */
typedef struct rivers {
    ptrdiff_t n;
    ptrdiff_t *number; /* [n_link] river of each link */
    ptrdiff_t *first;  /* [n + 1] */
    ptrdiff_t *link;   /* [n_link] */
    ptrdiff_t *start;  /* [n_link + 1] first vertices of the links of one river */
    double *x;         /* [vertices of the longest river] of the links of one river */
    double *y;
} rivers;

static void free_rivers(rivers *r) {
    tl_release(r->number);
    tl_release(r->first);
    tl_release(r->link);
    tl_release(r->start);
    tl_release(r->x);
    tl_release(r->y);
}

static int continues(const tl_streams *s, ptrdiff_t i) {
    const ptrdiff_t below = s->link[i].downstream;
    return below >= 0 && s->link[below].order == s->link[i].order;
}

/* The lowest link of a river has the highest number. */
static tl_code sort_links(const tl_stream_layers *layers, rivers *r, tl_err *err) {
    const tl_streams *s = layers->streams;
    r->number = tl_acquire(s->n_link, sizeof *r->number);
    r->first = tl_acquire(s->n_link + 1, sizeof *r->first);
    r->link = tl_acquire(s->n_link, sizeof *r->link);
    r->start = tl_acquire(s->n_link + 1, sizeof *r->start);
    r->x = tl_acquire(layers->first[s->n_link], sizeof *r->x);
    r->y = tl_acquire(layers->first[s->n_link], sizeof *r->y);
    if (r->number == NULL || r->first == NULL || r->link == NULL || r->start == NULL ||
        r->x == NULL || r->y == NULL) {
        return tl_no_memory(err, "rivers of %td links", s->n_link);
    }
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        if (!continues(s, i)) {
            r->number[i] = r->n++;
        }
    }
    for (ptrdiff_t i = s->n_link - 1; i >= 0; i--) {
        if (continues(s, i)) {
            r->number[i] = r->number[s->link[i].downstream];
        }
        r->first[r->number[i] + 1]++;
    }
    for (ptrdiff_t k = 0; k < r->n; k++) {
        r->first[k + 1] += r->first[k];
        r->start[k] = r->first[k];
    }
    for (ptrdiff_t i = s->n_link - 1; i >= 0; i--) {
        r->link[r->start[r->number[i]]++] = i;
    }
    return TL_OK;
}

/* Joins the lines of river k and appends them to the vertices of f. */
static tl_code draw_river(const tl_stream_layers *layers, rivers *r, ptrdiff_t k, tl_features *f,
                          tl_err *err) {
    ptrdiff_t used = 0;
    ptrdiff_t n = 0;
    for (ptrdiff_t m = r->first[k]; m < r->first[k + 1]; m++) {
        r->start[n++] = used;
        for (ptrdiff_t v = layers->first[r->link[m]]; v < layers->first[r->link[m] + 1]; v++) {
            r->x[used] = layers->x[v];
            r->y[used++] = layers->y[v];
        }
    }
    r->start[n] = used;
    const tl_lines lines = {n, r->start, r->x, r->y};
    double *x = f->x + f->nvertex;
    double *y = f->y + f->nvertex;
    ptrdiff_t joined;
    TL_TRY(tl_geometry_join(&lines, x, y, &joined, err));
    if (joined == 0) {
        joined = tl_stream_features_draw_point(layers, layers->first[r->link[r->first[k]]], x, y);
    }
    f->first[k] = f->nvertex;
    f->nvertex += joined;
    return TL_OK;
}

static tl_code add_river(const tl_stream_layers *layers, const rivers *r, ptrdiff_t k,
                         tl_table *table, tl_err *err) {
    const tl_streams *s = layers->streams;
    const ptrdiff_t lowest = r->link[r->first[k]];
    const tl_link *link = &s->link[lowest];
    double value[R_ALL] = {
        [R_NUMBER] = (double)k,
        [R_BELOW] = link->downstream < 0 ? -1.0 : (double)r->number[link->downstream],
        [R_LINK] = (double)lowest,
        [R_ORDER] = (double)link->order,
        [R_LINKS] = (double)(r->first[k + 1] - r->first[k]),
        [R_MAGNITUDE] = (double)link->magnitude,
        [R_AREA] = link->downstream_m2};
    for (ptrdiff_t m = r->first[k]; m < r->first[k + 1]; m++) {
        value[R_LENGTH] += s->link[r->link[m]].length_m;
        value[R_DROP] += s->link[r->link[m]].drop_m;
    }
    return tl_stream_features_add_numbers(table, value, err);
}

tl_code tl_stream_tables_write_rivers(tl_job *job, const char *id, const tl_stream_layers *layers,
                                      tl_err *err) {
    const ptrdiff_t n_link = layers->streams->n_link;
    const ptrdiff_t max_vertices =
        layers->first[n_link] + n_link; /* one without length has one more */
    rivers r = {0};
    tl_features f = {0};
    tl_code code = TL_OK;
    TL_CHECK(sort_links(layers, &r, err));
    TL_CHECK(tl_stream_features_start(&f, TL_LINES, river_columns, R_ALL, r.n, max_vertices, err));
    f.nvertex = 0;
    for (ptrdiff_t k = 0; k < r.n; k++) {
        TL_CHECK(draw_river(layers, &r, k, &f, err));
        TL_CHECK(add_river(layers, &r, k, &f.table, err));
    }
    f.first[r.n] = f.nvertex;
    TL_CHECK(tl_recipes_write_features(job, id, &f, &layers->dem->geo, err));
done:
    free_rivers(&r);
    tl_source_features_free(&f);
    return code;
}

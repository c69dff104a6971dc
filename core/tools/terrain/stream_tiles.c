/* SPDX-License-Identifier: GPL-2.0-or-later
 * Streams of a DEM in tiles; see stream_tiles.h. */
#include "tools/terrain/stream_tiles.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "hydro/tiles/flow_tiles.h"
#include "hydro/tiles/net_tiles.h"
#include "hydro/tiles/route_tiles.h"

static const tl_flow_options flow_of_streams = {
    .method = TL_FLOW_D8, .edge = TL_FLOW_EDGE_DRAIN, .unit = TL_FLOW_CELLS};

void tl_stream_tiles_free(tl_stream_tiles *s) {
    tl_tiles_paged_free(&s->label);
    tl_tiles_paged_free(&s->receivers);
    tl_tiled_factors_water_free(&s->water);
    if (s->tiled.job != NULL) {
        tl_tiled_dem_stop(&s->tiled);
    }
    *s = (tl_stream_tiles){0};
}

tl_code tl_stream_tiles_read(tl_job *job, tl_flood_order order, tl_stream_tiles *s,
                             const tl_progress *p, tl_err *err) {
    TL_TRY(tl_tiled_dem_start(job, tl_job_output(job, "output"), &s->tiled, err));
    s->tiled.order = order;
    return tl_tiled_factors_water(&s->tiled, 1, "streams", &s->water, p, err);
}

/* Lines and polygons need the memory: the rasters wait in their scratch files. */
static tl_code give_back(tl_stream_tiles *s, tl_err *err) {
    TL_TRY(tl_tiles_paged_limit(&s->water.surface, 0.0, err));
    TL_TRY(tl_tiles_paged_limit(&s->receivers, 0.0, err));
    return s->label.tile == NULL ? TL_OK : tl_tiles_paged_limit(&s->label, 0.0, err);
}

tl_code tl_stream_tiles_net(tl_stream_tiles *s, const tl_streams_options *options, tl_net *net,
                            const tl_progress *p, tl_err *err) {
    const tl_progress first = tl_progress_part(p, 0.0, 0.3);
    const tl_progress second = tl_progress_part(p, 0.3, 0.8);
    const tl_progress rest = tl_progress_part(p, 0.8, 1.0);
    const tl_dem_tiles *dem = &s->water.dem;
    const int equal = tl_hydro_net_cell_m2(&s->water.cells) > 0.0;
    tl_flow_options flow = flow_of_streams;
    flow.threads = tl_job_threads(s->tiled.job);
    tl_tiles_sums count = {0};
    tl_tiles_sums area = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_hydro_net_check(options, err));
    TL_CHECK(tl_hydro_tiles_route(dem, &flow, &s->receivers, &first, err));
    TL_CHECK(tl_hydro_tiles_sum(dem, &s->receivers, &flow, NULL, &count, &second, err));
    if (!equal) {
        flow.unit = TL_FLOW_M2;
        /* The counts wait in their scratch file meanwhile. */
        TL_CHECK(tl_tiles_paged_limit(&count.total, 0.0, err));
        TL_CHECK(tl_hydro_tiles_sum(dem, &s->receivers, &flow, NULL, &area, NULL, err));
    }
    TL_CHECK(tl_hydro_tiles_net(dem, &s->receivers, &count, equal ? NULL : &area, options, net,
                                &rest, err));
    code = give_back(s, err);
done:
    tl_hydro_tiles_sums_free(&count);
    tl_hydro_tiles_sums_free(&area);
    return code;
}

/* --- single cells in reading order --- */

/* A cell of the raster with what belongs to it. */
typedef struct spot {
    ptrdiff_t cell;
    ptrdiff_t number;
} spot;

static int by_cell(const void *a, const void *b) {
    const spot *p = a;
    const spot *q = b;
    if (p->cell != q->cell) {
        return p->cell < q->cell ? -1 : 1;
    }
    return p->number < q->number ? -1 : p->number > q->number;
}

static tl_code read_spots(tl_stream_tiles *s, const spot *spots, ptrdiff_t n, float *stripe_z,
                          tl_raster *raster, float *given_z, tl_err *err) {
    const tl_tiled_dem *t = &s->tiled;
    ptrdiff_t k = 0;
    for (ptrdiff_t i = 0; i < tl_tiled_dem_stripes(t) && k < n; i++) {
        const tl_box stripe = tl_tiled_dem_stripe(t, i);
        const ptrdiff_t first = stripe.row0 * t->ncol;
        const ptrdiff_t end = first + stripe.nrow * t->ncol;
        if (spots[k].cell >= end) {
            continue;
        }
        TL_TRY(tl_tiled_dem_read_stripe(t, raster, stripe, stripe_z, err));
        for (; k < n && spots[k].cell < end; k++) {
            given_z[spots[k].number] = stripe_z[spots[k].cell - first];
        }
    }
    return TL_OK;
}

tl_code tl_stream_tiles_given(tl_stream_tiles *s, const tl_streams *streams, float *given_z,
                              tl_err *err) {
    const tl_tiled_dem *t = &s->tiled;
    const tl_store *store = tl_job_store(t->job);
    tl_raster *raster = NULL;
    spot *spots = tl_acquire(streams->n_vertex, sizeof *spots);
    float *stripe_z = tl_acquire(t->stripe_rows * t->ncol, sizeof *stripe_z);
    tl_code code = TL_OK;
    if (spots == NULL || stripe_z == NULL) {
        code = tl_no_memory(err, "the cells of streams");
        goto done;
    }
    for (ptrdiff_t k = 0; k < streams->n_vertex; k++) {
        spots[k] = (spot){streams->vertex[k], k};
    }
    qsort(spots, (size_t)streams->n_vertex, sizeof *spots, by_cell);
    TL_CHECK(store->open_raster(tl_job_text(t->job, "dem"), "dem", &raster, err));
    code = read_spots(s, spots, streams->n_vertex, stripe_z, raster, given_z, err);
done:
    store->close_raster(raster);
    tl_release(spots);
    tl_release(stripe_z);
    return code;
}

/* --- subbasins --- */

static tl_code add_rows(tl_stream_tiles *s, int *label, tl_runs *runs, double *area_m2,
                        tl_err *err) {
    const tl_tiled_dem *t = &s->tiled;
    for (ptrdiff_t i = 0; i < tl_tiled_dem_stripes(t); i++) {
        const tl_box stripe = tl_tiled_dem_stripe(t, i);
        TL_TRY(tl_tiles_paged_read(&s->label, stripe, label, err));
        for (ptrdiff_t row = 0; row < stripe.nrow; row++) {
            const ptrdiff_t at = stripe.row0 + row;
            const double cell_m2 = s->water.cells.dx_m[at] * s->water.cells.dy_m[at];
            const int *of_row = label + row * t->ncol;
            for (ptrdiff_t col = 0; col < t->ncol; col++) {
                if (of_row[col] >= 0) {
                    area_m2[of_row[col]] += cell_m2;
                }
            }
            TL_TRY(tl_hydro_runs_add(runs, of_row, err));
        }
    }
    return TL_OK;
}

tl_code tl_stream_tiles_basins(tl_stream_tiles *s, const tl_streams *streams,
                               const tl_streams_options *options, tl_runs *runs, double *area_m2,
                               const tl_progress *p, tl_err *err) {
    const tl_tiled_dem *t = &s->tiled;
    TL_TRY(tl_hydro_runs_init(runs, t->nrow, t->ncol, err));
    TL_TRY(
        tl_hydro_tiles_basins(&s->water.dem, &s->receivers, streams, options, &s->label, p, err));
    int *label = tl_acquire(t->stripe_rows * t->ncol, sizeof *label);
    if (label == NULL) {
        return tl_no_memory(err, "the cells of streams");
    }
    for (ptrdiff_t i = 0; i < streams->n_link; i++) {
        area_m2[i] = 0.0;
    }
    const tl_code code = add_rows(s, label, runs, area_m2, err);
    tl_release(label);
    return code == TL_OK ? give_back(s, err) : code;
}

/* --- rasters --- */

typedef struct labels {
    tl_stream_tiles *s;
    int *label; /* of a stripe */
} labels;

static tl_code make_labels(void *user, tl_box stripe, float *value, tl_err *err) {
    labels *l = user;
    TL_TRY(tl_tiles_paged_read(&l->s->label, stripe, l->label, err));
    for (ptrdiff_t i = 0; i < stripe.nrow * stripe.ncol; i++) {
        value[i] = l->label[i] < 0 ? NAN : (float)l->label[i];
    }
    return TL_OK;
}

tl_code tl_stream_tiles_write_labels(tl_stream_tiles *s, const char *id, tl_layer layer,
                                     tl_err *err) {
    labels l = {s, tl_acquire(s->tiled.stripe_rows * s->tiled.ncol, sizeof *l.label)};
    const tl_code code =
        l.label == NULL ? tl_no_memory(err, "the cells of streams")
                        : tl_tiled_dem_write_made(&s->tiled, id, layer, make_labels, &l, NULL, err);
    tl_release(l.label);
    return code;
}

typedef struct orders {
    const spot *spots; /* stream cells in reading order, their number is the order */
    ptrdiff_t n;
    ptrdiff_t next; /* stripes come from north to south */
} orders;

static tl_code make_orders(void *user, tl_box stripe, float *value, tl_err *err) {
    (void)err;
    orders *o = user;
    const ptrdiff_t first = stripe.row0 * stripe.ncol;
    const ptrdiff_t n = stripe.nrow * stripe.ncol;
    for (ptrdiff_t i = 0; i < n; i++) {
        value[i] = NAN;
    }
    for (; o->next < o->n && o->spots[o->next].cell < first + n; o->next++) {
        value[o->spots[o->next].cell - first] = (float)o->spots[o->next].number;
    }
    return TL_OK;
}

tl_code tl_stream_tiles_write_order(tl_stream_tiles *s, const tl_streams *streams, const char *id,
                                    tl_layer layer, tl_err *err) {
    spot *spots = tl_acquire(streams->n_vertex, sizeof *spots);
    if (spots == NULL) {
        return tl_no_memory(err, "the cells of streams");
    }
    orders o = {.spots = spots};
    for (ptrdiff_t i = 0; i < streams->n_link; i++) {
        const tl_link *link = &streams->link[i];
        for (ptrdiff_t k = link->first_own; k < link->first_own + link->n_own; k++) {
            spots[o.n++] = (spot){streams->vertex[k], link->order};
        }
    }
    qsort(spots, (size_t)o.n, sizeof *spots, by_cell);
    const tl_code code = tl_tiled_dem_write_made(&s->tiled, id, layer, make_orders, &o, NULL, err);
    tl_release(spots);
    return code;
}

tl_code tl_stream_tiles_write_directions(tl_stream_tiles *s, tl_direction_code code_of,
                                         const char *id, tl_layer layer, tl_err *err) {
    return tl_tiled_factors_directions(&s->water, &s->receivers, &flow_of_streams, code_of, id,
                                       layer, NULL, err);
}

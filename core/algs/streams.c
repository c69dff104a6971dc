/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `streams`: stream lines of a DEM with order and topology. */
#include "hydro/streams.h"

#include <math.h>

#include "algs/layers.h"
#include "algs/surface.h"
#include "base/alloc.h"
#include "hydro/flow.h"

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_SURFACE_ARG_FILL,
    {.id = "min_slope",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum slope of filled areas",
     .unit = "degree",
     .help = "Filled depressions rise at least this much away from their outlet, so streams cross "
             "them.",
     .fallback = "0.01",
     .advanced = 1,
     .min = 0.0001,
     .max = 45},
    {.id = "threshold",
     .kind = TL_ARG_INTEGER,
     .label = "Threshold",
     .unit = "cells",
     .help = "A stream begins where at least this many cells drain through. 0: 1 % of all cells of "
             "the grid, the usual start in SWAT.",
     .fallback = "0",
     .min = 0,
     .max = 1e15},
    {.id = "threshold_km2",
     .kind = TL_ARG_NUMBER,
     .label = "Threshold as area",
     .unit = "km2",
     .help = "Used instead of the threshold in cells when above 0.",
     .fallback = "0",
     .min = 0,
     .max = 1e9},
    {.id = "output",
     .kind = TL_ARG_VECTOR_OUT,
     .label = "Streams",
     .help = "Lines through cell centres, one per link, drawn upstream, with the fields of "
             "TauDEM's stream net (LINKNO, DSLINKNO, strmOrder, Magnitude, Length ...).",
     .style = "streams"},
    {.id = "directions",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Flow directions",
     .help = "0 = north, clockwise to 7 = north-west; -1 where water leaves the grid.",
     .optional = 1},
};

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
    FIELDS
};

static const tl_column fields[FIELDS] = {
    [LINKNO] = {"LINKNO", TL_COLUMN_INTEGER},       [DSLINKNO] = {"DSLINKNO", TL_COLUMN_INTEGER},
    [USLINKNO1] = {"USLINKNO1", TL_COLUMN_INTEGER}, [USLINKNO2] = {"USLINKNO2", TL_COLUMN_INTEGER},
    [DSNODEID] = {"DSNODEID", TL_COLUMN_INTEGER},   [ORDER] = {"strmOrder", TL_COLUMN_INTEGER},
    [LENGTH] = {"Length", TL_COLUMN_NUMBER},        [MAGNITUDE] = {"Magnitude", TL_COLUMN_INTEGER},
    [DSAREA] = {"DSContArea", TL_COLUMN_NUMBER},    [USAREA] = {"USContArea", TL_COLUMN_NUMBER},
    [DROP] = {"strmDrop", TL_COLUMN_NUMBER},        [SLOPE] = {"Slope", TL_COLUMN_NUMBER},
    [STRAIGHT] = {"StraightL", TL_COLUMN_NUMBER},   [WSNO] = {"WSNO", TL_COLUMN_INTEGER},
    [DOUTEND] = {"DOUTEND", TL_COLUMN_NUMBER},      [DOUTSTART] = {"DOUTSTART", TL_COLUMN_NUMBER},
    [DOUTMID] = {"DOUTMID", TL_COLUMN_NUMBER},
};

static tl_code add_row(tl_table *table, const tl_link *link, tl_err *err) {
    ptrdiff_t row;
    TL_TRY(tl_table_add_row(table, &row, err));
    const double value[FIELDS] = {
        [LINKNO] = (double)row,
        [DSLINKNO] = (double)link->downstream,
        [USLINKNO1] = (double)link->upstream[0],
        [USLINKNO2] = (double)link->upstream[1],
        [DSNODEID] = -1.0,
        [ORDER] = (double)link->order,
        [LENGTH] = link->length_m,
        [MAGNITUDE] = (double)link->magnitude,
        [DSAREA] = link->downstream_m2,
        [USAREA] = link->upstream_m2,
        [DROP] = link->drop_m,
        [SLOPE] = link->slope,
        [STRAIGHT] = link->straight_m,
        [WSNO] = (double)row,
        [DOUTEND] = link->to_outlet_end_m,
        [DOUTSTART] = link->to_outlet_start_m,
        [DOUTMID] = 0.5 * (link->to_outlet_end_m + link->to_outlet_start_m),
    };
    for (ptrdiff_t col = 0; col < FIELDS; col++) {
        tl_table_set_number(table, row, col, value[col]);
    }
    return TL_OK;
}

static tl_code make_features(const tl_streams *s, const tl_georef *geo, tl_features *f,
                             tl_err *err) {
    *f = (tl_features){.geometry = TL_LINES, .nvertex = s->n_vertex};
    tl_table_start(&f->table, fields, FIELDS);
    f->first = tl_acquire(s->n_link + 1, sizeof *f->first);
    f->x = tl_acquire(s->n_vertex, sizeof *f->x);
    f->y = tl_acquire(s->n_vertex, sizeof *f->y);
    if (f->first == NULL || f->x == NULL || f->y == NULL) {
        return tl_fail(err, TL_NOMEM, "streams: out of memory for %td vertices", s->n_vertex);
    }
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        TL_TRY(add_row(&f->table, &s->link[i], err));
        f->first[i] = s->link[i].first;
    }
    f->first[s->n_link] = s->n_vertex;
    for (ptrdiff_t k = 0; k < s->n_vertex; k++) {
        const ptrdiff_t row = s->vertex[k] / s->ncol;
        const ptrdiff_t col = s->vertex[k] % s->ncol;
        tl_georef_to_map(geo, (double)col + 0.5, (double)row + 0.5, &f->x[k], &f->y[k]);
    }
    return TL_OK;
}

static tl_code write_lines(tl_job *job, const tl_streams *s, const tl_georef *geo, tl_err *err) {
    const char *record = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    tl_features features;
    tl_code code = make_features(s, geo, &features, err);
    if (code == TL_OK) {
        code = tl_job_store(job)->write_features(tl_job_output(job, "output"), "output", "streams",
                                                 &features, geo, record, err);
    }
    tl_features_free(&features);
    return code;
}

static tl_code write_directions(tl_job *job, const tl_grid *surface, const tl_d8 *d8, tl_err *err) {
    tl_grid g;
    TL_TRY(tl_grid_init(&g, surface->nrow, surface->ncol, &surface->geo, err));
    for (ptrdiff_t i = 0; i < g.nrow * g.ncol; i++) {
        g.data[i] = isnan(surface->data[i]) ? NAN : (float)d8->direction[i];
    }
    const tl_code code = tl_algs_write_grid(
        job, "directions", &g, tl_algs_layer("Flow direction, 0 = north, clockwise", ""), err);
    tl_grid_free(&g);
    return code;
}

static void choose_threshold(tl_job *job, const tl_grid *surface, tl_streams_options *options) {
    *options = (tl_streams_options){0};
    const double km2 = tl_job_number(job, "threshold_km2");
    if (km2 > 0.0) {
        options->threshold_m2 = km2 * 1e6;
        tl_job_put_number(job, "threshold_km2", km2);
        return;
    }
    options->threshold_cells = (double)tl_job_integer(job, "threshold");
    if (!(options->threshold_cells > 0.0)) {
        options->threshold_cells = fmax(ceil(0.01 * (double)(surface->nrow * surface->ncol)), 1.0);
        tl_job_say(job, TL_INFO, "streams: threshold %.0f cells, 1 %% of the grid",
                   options->threshold_cells);
    }
    tl_job_put_number(job, "threshold_cells", options->threshold_cells);
}

static void tell(tl_job *job, const tl_streams *s) {
    double length = 0.0;
    int order = 0;
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        length += s->link[i].length_m;
        order = s->link[i].order > order ? s->link[i].order : order;
    }
    tl_job_put_number(job, "links", (double)s->n_link);
    tl_job_put_number(job, "length_km", length / 1000.0);
    tl_job_put_number(job, "highest_order", (double)order);
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_grid surface = {0};
    tl_d8 d8 = {0};
    tl_streams streams = {0};
    tl_streams_options options;
    const tl_progress fill = tl_progress_part(tl_job_progress(job), 0.0, 0.5);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.5, 0.7);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.7, 1.0);
    tl_code code = TL_OK;
    TL_CHECK(tl_algs_read_surface(job, 37.0, &surface, &fill, err));
    TL_CHECK(tl_d8_init(&d8, &surface, TL_FLOW_EDGE_DRAIN, &route, err));
    choose_threshold(job, &surface, &options);
    TL_CHECK(tl_hydro_streams(&surface, &d8, &options, &streams, &rest, err));
    TL_CHECK(write_lines(job, &streams, &surface.geo, err));
    if (tl_job_output(job, "directions") != NULL) {
        TL_CHECK(write_directions(job, &surface, &d8, err));
    }
    tell(job, &streams);
done:
    tl_streams_free(&streams);
    tl_d8_free(&d8);
    tl_grid_free(&surface);
    return code;
}

const tl_algorithm tl_alg_streams = {
    .id = "streams",
    .title = "Streams",
    .group = "Terrain and streams",
    .summary = "Stream lines of a DEM by threshold, with Strahler order and links up and down.",
    .help =
        "Fills the DEM (unless told not to), sends water to the steepest neighbour and calls a "
        "cell stream where the threshold is reached. Each line is a link between sources, "
        "junctions and outlets and knows the links above and below it.\n"
        "Lengths, drops and distances are metres, areas square metres, also for a DEM in degrees. "
        "Where three streams meet in one cell, a link without length joins them two by two. At "
        "edges and beside NoData water follows the steepest cell that exists.",
    .example = "tilth streams --dem dem.tif --threshold 500 --output streams.gpkg",
    .citation =
        "O'Callaghan and Mark 1984, Comput. Vis. Graph. Image Process. 28:323; Strahler 1957, "
        "Trans. AGU 38:913; Shreve 1966, J. Geol. 74:17.",
    .tags = "streams,channels,network,Strahler,Shreve,SWAT,TauDEM,hydrology",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

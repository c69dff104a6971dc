/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `streams`: stream lines of a DEM with order and topology, and their subbasins. */
#include "hydro/stream_links.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "hydro/basins.h"
#include "hydro/burn.h"
#include "hydro/fill.h"
#include "hydro/flow.h"
#include "recipes/dem_units.h"
#include "recipes/grid_io.h"
#include "recipes/shared_args.h"
#include "tools/terrain/dem_input.h"
#include "tools/terrain/memory_plan.h"
#include "tools/terrain/stream_features.h"
#include "tools/terrain/stream_points.h"
#include "tools/terrain/stream_tables.h"
#include "tools/terrain/stream_tiles.h"

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_HEIGHTS_ARG_FACTOR,
    TL_SURFACE_ARG_FILL,
    {.id = "min_slope",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum slope of filled areas",
     .unit = "degree",
     .help = "Slope at which filled depressions rise away from their outlet. With 0 they stay "
             "level; streams then cross them on the way to their outlet, and filling is quicker.",
     .fallback = "0.01",
     .advanced = 1,
     .min = 0,
     .max = 45},
    {.id = "filled_course",
     .kind = TL_ARG_CHOICE,
     .label = "Course through filled areas",
     .help =
         "How streams cross depressions that were filled. valley: along the lowest cells of "
         "the DEM, where they join. straight: the shortest way to the outlet in straight and "
         "parallel lines, on the surface of fillsinks and SAGA. With a minimum slope of 0 it has "
         "no effect.",
     .fallback = "valley",
     .advanced = 1,
     .choices = "valley,straight",
     .labels = "Along the old valley floor|Shortest way to the outlet"},
    {.id = "threshold",
     .kind = TL_ARG_INTEGER,
     .label = "Threshold",
     .unit = "cells",
     .help = "A stream begins where at least this many cells drain through a cell. The default 0 "
             "stands for 1 % of all cells of the DEM, the usual start in SWAT; a lower value maps "
             "more streams.",
     .fallback = "0",
     .min = 0,
     .max = TL_ARG_LARGEST_INTEGER},
    {.id = "threshold_km2",
     .kind = TL_ARG_NUMBER,
     .label = "Threshold as area",
     .unit = "km2",
     .help = "The same as an area. Replaces the threshold in cells when above 0.",
     .fallback = "0",
     .min = 0,
     .max = 1e9},
    {.id = "burn",
     .kind = TL_ARG_LINES,
     .label = "Known streams to burn in",
     .help = "Lines of known streams along which the DEM is lowered before it is filled, so that "
             "water follows them. Parts outside the DEM and on NoData are skipped.",
     .optional = 1},
    {.id = "burn_depth",
     .kind = TL_ARG_NUMBER,
     .label = "Burn-in depth",
     .unit = "m",
     .help = "By how much the DEM is lowered along the known streams; each cell is lowered once.",
     .fallback = "50",
     .advanced = 1,
     .min = 0.001,
     .max = 100000},
    {.id = "outlets",
     .kind = TL_ARG_POINTS,
     .label = "Outlets and inlets",
     .help = "Points that are moved onto the nearest stream line; only the land that drains to "
             "them is mapped, and a stream is divided at each of them. Fields that are read when "
             "present: INLET (1: water enters here and nothing above is mapped), RES (1 or 2: "
             "reservoir or pond), PTSOURCE (1: point source).",
     .optional = 1},
    {.id = "outlet_id",
     .kind = TL_ARG_FIELD,
     .label = "Id of the outlets",
     .help = "Field with the ids of the outlets and inlets, by default ID if there is one. Whole "
             "numbers become DSNODEID; other ids are numbered from 1 and kept as names of the "
             "snapped points.",
     .optional = 1,
     .parent = "outlets"},
    {.id = "snap",
     .kind = TL_ARG_NUMBER,
     .label = "Maximum snap distance",
     .unit = "m",
     .help = "How far an outlet may be moved to a stream. Points farther away are listed in the "
             "log and not used.",
     .fallback = "300",
     .min = 0,
     .max = 1e6},
    {TL_SHARED_MISSING_VALUES},
    {.id = "output",
     .kind = TL_ARG_VECTOR_OUT,
     .layer = "streams",
     .label = "Streams",
     .help = "Lines through cell centres, one per link, drawn upstream. They have the fields of "
             "the stream net of TauDEM (LINKNO, DSLINKNO, strmOrder, Magnitude, Length ...) and "
             "the reach fields of SWAT (AreaC ha, Len2 m, Slo2 %, Wid2 m, Dep2 m, MinEl, MaxEl).",
     .style = "streams"},
    {.id = "simplify",
     .kind = TL_ARG_NUMBER,
     .label = "Simplify lines",
     .unit = "m",
     .help = "Maximum distance between the drawn line and the line through all cell centres. The "
             "default 0 keeps every cell centre; junctions stay, lines never cross, and lengths "
             "and slopes remain those of the cells.",
     .fallback = "0",
     .advanced = 1,
     .min = 0,
     .max = 1e6},
    {.id = "rivers",
     .kind = TL_ARG_VECTOR_OUT,
     .layer = "rivers",
     .label = "Rivers",
     .help = "Consecutive links of the same order joined into one line. Fields: RIVERNO, DSRIVERNO "
             "(the river below, -1 for none), LINKNO of the lowest link, strmOrder, Links, "
             "Magnitude, Length, strmDrop and DSContArea.",
     .optional = 1,
     .style = "streams"},
    {.id = "order_raster",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Order raster",
     .help = "Strahler order of the stream cells; NoData elsewhere.",
     .optional = 1},
    {.id = "tree",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Tree table",
     .help = "CSV with one row per link: its first and last row in the table of coordinates, the "
             "links below and above, order, magnitude and DSNODEID.",
     .optional = 1},
    {.id = "coordinates",
     .kind = TL_ARG_TABLE_OUT,
     .label = "Coordinate table",
     .help = "CSV with one row per cell along each link, from its lower end upwards: x, y, metres "
             "to the outlet, elevation of the filled surface, and square metres that drain through "
             "the cell.",
     .optional = 1},
    {.id = "basins",
     .kind = TL_ARG_VECTOR_OUT,
     .layer = "subbasins",
     .label = "Subbasins",
     .help = "One polygon per link with the land that drains into it directly. Fields: PolygonId "
             "(the WSNO of the stream), Subbasin (1, 2 ... downstream), SubbasinR (the subbasin "
             "below, 0 at an outlet) and Area in m2.",
     .optional = 1,
     .style = "subbasins"},
    {.id = "basins_raster",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Subbasin raster",
     .help = "The WSNO of the link that each cell drains into; NoData where there is none.",
     .optional = 1},
    {.id = "snapped",
     .kind = TL_ARG_VECTOR_OUT,
     .layer = "outlets",
     .label = "Snapped outlets",
     .help = "The outlets and inlets on their streams, with the distance in metres by which they "
             "were moved.",
     .optional = 1,
     .style = "samples"},
    {.id = "directions",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Flow directions",
     .help = "The neighbour that each cell drains into, in the code that direction_code sets.",
     .optional = 1},
    {.id = "direction_code",
     .kind = TL_ARG_CHOICE,
     .label = "Code of flow directions",
     .help = "saga: 0 to 7 clockwise from north, -1 where water leaves the DEM. esri: 1, 2, 4 ... "
             "128 clockwise from east, 0 where it leaves. taudem: 1 to 8 counter-clockwise from "
             "east, 0 where it leaves.",
     .fallback = "saga",
     .choices = "saga,esri,taudem",
     .labels = "SAGA (0 to 7 from north)|ESRI (1 to 128 from east)|TauDEM (1 to 8 from east)",
     .advanced = 1},
};

/* What one run holds: grids in memory, or tiles. */
typedef struct work {
    tl_grid dem;    /* as given; in tiles only its shape and position */
    tl_grid filled; /* burnt and filled; empty when the DEM itself is the surface */
    tl_grid *surface;
    tl_d8 d8;
    int *label; /* [nrow, ncol] link that each cell drains into */
    int in_tiles;
    tl_stream_tiles tiles;
    tl_cells sizes;
    tl_net net;
    tl_streams_options options;
    tl_stream_points points;
    tl_streams streams;
    float *given_z; /* [n_vertex] */
    tl_stream_layers layers;
} work;

static tl_code write_directions(tl_job *job, work *w, tl_err *err) {
    static const char *const names[3] = {"Flow direction, 0 = north, clockwise",
                                         "Flow direction, ESRI codes, 1 = east, 64 = north",
                                         "Flow direction, TauDEM codes, 1 = east, 3 = north"};
    static const tl_direction_code codes[3] = {TL_DIRECTION_SAGA, TL_DIRECTION_ESRI,
                                               TL_DIRECTION_TAUDEM};
    const int kind = tl_job_choice(job, "direction_code");
    const tl_layer layer = tl_recipes_layer(names[kind], "");
    if (w->in_tiles) {
        return tl_stream_tiles_write_directions(&w->tiles, codes[kind], "directions", layer, err);
    }
    tl_grid g;
    TL_TRY(tl_grid_init(&g, w->surface->nrow, w->surface->ncol, &w->surface->geo, err));
    for (ptrdiff_t i = 0; i < g.nrow * g.ncol; i++) {
        g.data[i] = isnan(w->surface->data[i])
                        ? NAN
                        : (float)tl_hydro_direction_number(w->d8.direction[i], codes[kind]);
    }
    const tl_code code = tl_recipes_write_grid(job, "directions", &g, layer, err);
    tl_grid_free(&g);
    return code;
}

static tl_code write_labels(tl_job *job, work *w, tl_err *err) {
    const tl_layer layer = tl_recipes_layer("Subbasin, WSNO", "");
    if (w->in_tiles) {
        return tl_stream_tiles_write_labels(&w->tiles, "basins_raster", layer, err);
    }
    tl_grid g;
    TL_TRY(tl_grid_init(&g, w->surface->nrow, w->surface->ncol, &w->surface->geo, err));
    for (ptrdiff_t i = 0; i < g.nrow * g.ncol; i++) {
        g.data[i] = w->label[i] < 0 ? NAN : (float)w->label[i];
    }
    const tl_code code = tl_recipes_write_grid(job, "basins_raster", &g, layer, err);
    tl_grid_free(&g);
    return code;
}

/* The threshold in cells or as area; the log and the result contain both, for the cells of the
 * middle row. */
static tl_code choose_threshold(tl_job *job, const tl_grid *surface, tl_streams_options *options,
                                tl_err *err) {
    double dx, dy;
    TL_TRY(tl_georef_cell_m(&surface->geo, surface->nrow / 2, &dx, &dy, err));
    *options = (tl_streams_options){0};
    const double km2 = tl_job_number(job, "threshold_km2");
    double cells = km2 * 1e6 / (dx * dy);
    if (km2 > 0.0) {
        options->threshold_m2 = km2 * 1e6;
    } else {
        const double given = (double)tl_job_integer(job, "threshold");
        cells =
            given > 0.0 ? given : fmax(ceil(0.01 * (double)(surface->nrow * surface->ncol)), 1.0);
        options->threshold_cells = cells;
    }
    tl_job_log(job, TL_INFO, "streams: the threshold is %.6g cells, %.6g km2%s", cells,
               cells * dx * dy / 1e6,
               km2 > 0.0 || tl_job_integer(job, "threshold") > 0 ? "" : ", 1 % of the grid");
    tl_job_put_number(job, "threshold_cells", cells);
    tl_job_put_number(job, "threshold_km2", cells * dx * dy / 1e6);
    return TL_OK;
}

static void put_results(tl_job *job, const work *w) {
    const tl_streams *s = &w->streams;
    double length = 0.0;
    int order = 0;
    int subbasins = 0;
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        length += s->link[i].length_m;
        order = tl_max_int(s->link[i].order, order);
        subbasins = tl_max_int(w->layers.subbasin[i], subbasins);
    }
    tl_job_put_number(job, "links", (double)s->n_link);
    tl_job_put_number(job, "length_km", length / 1000.0);
    tl_job_put_number(job, "highest_order", (double)order);
    tl_job_put_number(job, "subbasins", (double)subbasins);
}

/* Lowers dem along the lines of the parameter burn. */
static tl_code burn_lines(tl_job *job, tl_grid *dem, tl_err *err) {
    tl_features lines = {0};
    TL_TRY(tl_job_store(job)->read_lines(tl_job_text(job, "burn"), "burn", NULL, 0, &dem->geo,
                                         &lines, err));
    tl_burnt burnt;
    tl_code code = tl_hydro_burn(dem, lines.x, lines.y, lines.first, lines.table.nrow,
                                 tl_job_number(job, "burn_depth"), &burnt, err);
    tl_source_features_free(&lines);
    if (code == TL_OK && burnt.lowered == 0) {
        code = tl_fail(err, TL_DATA,
                       "parameter 'burn': the lines of '%s' meet no cell of the DEM that holds a "
                       "value; wanted lines that cross it (check their coordinate reference "
                       "system)",
                       tl_job_text(job, "burn"));
    }
    if (code != TL_OK) {
        return code;
    }
    if (burnt.nodata > 0 || burnt.outside > 0.0) {
        tl_job_log(job, TL_WARNING,
                   "burn: parts of the lines are skipped, %.0f cells beyond the DEM and %td NoData "
                   "cells",
                   burnt.outside, burnt.nodata);
    }
    tl_job_put_number(job, "burnt_cells", (double)burnt.lowered);
    tl_job_put_number(job, "burn_skipped_cells", burnt.outside + (double)burnt.nodata);
    return TL_OK;
}

static tl_flood_order flood_order(const tl_job *job) {
    static const tl_flood_order order[] = {TL_FLOOD_BY_ELEVATION, TL_FLOOD_BY_LEVEL};
    return order[tl_job_choice(job, "filled_course")];
}

/* The surface that water runs on. */
static tl_code prepare_surface(tl_job *job, work *w, const tl_progress *p, tl_err *err) {
    const int burns = tl_job_given(job, "burn");
    TL_TRY(tl_dem_input_read(job, 0.0, &w->dem, err));
    w->surface = &w->dem;
    if (!tl_job_flag(job, "fill")) {
        return TL_OK;
    }
    tl_grid burnt = {0};
    tl_code code = TL_OK;
    if (burns) {
        TL_CHECK(tl_grid_copy(&burnt, &w->dem, err));
        TL_CHECK(burn_lines(job, &burnt, err));
    }
    TL_CHECK(tl_hydro_fill_in_order(burns ? &burnt : &w->dem, tl_job_number(job, "min_slope"),
                                    flood_order(job), &w->filled, p, err));
    w->surface = &w->filled;
done:
    tl_grid_free(&burnt);
    return code;
}

/* Subbasins as runs with their areas, and as labels. */
static tl_code find_subbasins(work *w, tl_runs *runs, double *area_m2, tl_err *err) {
    if (w->in_tiles) {
        return tl_stream_tiles_basins(&w->tiles, &w->streams, &w->options, runs, area_m2, NULL,
                                      err);
    }
    const tl_grid *g = w->surface;
    w->label = tl_acquire(g->nrow * g->ncol, sizeof *w->label);
    if (w->label == NULL) {
        return tl_no_memory(err, "subbasins");
    }
    tl_hydro_basins(&w->d8, &w->streams, &w->options, w->label);
    TL_TRY(tl_hydro_label_areas(g, w->label, w->streams.n_link, area_m2, err));
    TL_TRY(tl_hydro_runs_init(runs, g->nrow, g->ncol, err));
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        TL_TRY(tl_hydro_runs_add(runs, w->label + row * g->ncol, err));
    }
    return TL_OK;
}

static tl_code write_subbasins(tl_job *job, work *w, tl_err *err) {
    const int polygons = tl_job_output(job, "basins") != NULL;
    const int raster = tl_job_output(job, "basins_raster") != NULL;
    if (!polygons && !raster) {
        return TL_OK;
    }
    tl_runs runs = {0};
    double *area = tl_acquire(w->streams.n_link, sizeof *area);
    tl_code code = TL_OK;
    if (area == NULL) {
        code = tl_no_memory(err, "subbasins");
        goto done;
    }
    TL_CHECK(find_subbasins(w, &runs, area, err));
    if (polygons) {
        TL_CHECK(tl_stream_features_write_subbasins(job, "basins", &w->layers, &runs, area, err));
    }
    if (raster) {
        TL_CHECK(write_labels(job, w, err));
    }
done:
    tl_hydro_runs_free(&runs);
    tl_release(area);
    return code;
}

static tl_code write_orders(tl_job *job, work *w, tl_err *err) {
    return w->in_tiles
               ? tl_stream_tiles_write_order(&w->tiles, &w->streams, "order_raster",
                                             tl_recipes_layer("Stream order (Strahler)", ""), err)
               : tl_stream_tables_write_order(job, "order_raster", &w->layers, err);
}

/* Writes the optional tables, rasters and rivers of the links. */
static tl_code write_tables(tl_job *job, work *w, tl_err *err) {
    if (tl_job_output(job, "rivers") != NULL) {
        TL_TRY(tl_stream_tables_write_rivers(job, "rivers", &w->layers, err));
    }
    if (tl_job_output(job, "order_raster") != NULL) {
        TL_TRY(write_orders(job, w, err));
    }
    if (tl_job_output(job, "tree") != NULL) {
        TL_TRY(tl_stream_tables_write_tree(job, "tree", &w->layers, err));
    }
    if (tl_job_output(job, "coordinates") != NULL) {
        TL_TRY(tl_stream_tables_write_positions(job, "coordinates", &w->layers, err));
    }
    return TL_OK;
}

/* Elevations as given at the vertices of the links. */
static tl_code find_given(work *w, tl_err *err) {
    w->given_z = tl_acquire(w->streams.n_vertex, sizeof *w->given_z);
    if (w->given_z == NULL) {
        return tl_no_memory(err, "%td vertices", w->streams.n_vertex);
    }
    if (w->in_tiles) {
        return tl_stream_tiles_given(&w->tiles, &w->streams, w->given_z, err);
    }
    for (ptrdiff_t k = 0; k < w->streams.n_vertex; k++) {
        w->given_z[k] = w->dem.data[w->streams.vertex[k]];
    }
    return TL_OK;
}

static tl_code write_layers(tl_job *job, work *w, tl_err *err) {
    TL_TRY(find_given(w, err));
    w->layers = (tl_stream_layers){
        .streams = &w->streams, .points = &w->points, .dem = &w->dem, .given_z = w->given_z};
    TL_TRY(tl_stream_features_number_subbasins(&w->layers, err));
    TL_TRY(tl_stream_features_draw_links(&w->layers, tl_job_number(job, "simplify"), err));
    TL_TRY(tl_stream_features_write_lines(job, "output", &w->layers, err));
    TL_TRY(write_tables(job, w, err));
    TL_TRY(write_subbasins(job, w, err));
    if (tl_job_output(job, "snapped") != NULL) {
        TL_TRY(tl_stream_features_write_snapped(job, "snapped", &w->layers, err));
    }
    return tl_job_output(job, "directions") != NULL ? write_directions(job, w, err) : TL_OK;
}

static void free_work(work *w) {
    tl_stream_features_layers_free(&w->layers);
    tl_stream_points_free(&w->points);
    tl_hydro_streams_free(&w->streams);
    tl_hydro_net_free(&w->net);
    tl_terrain_cells_free(&w->sizes);
    tl_hydro_d8_free(&w->d8);
    tl_grid_free(&w->dem);
    tl_grid_free(&w->filled);
    tl_stream_tiles_free(&w->tiles);
    tl_release(w->given_z);
    tl_release(w->label);
}

/* Surface and stream cells, in memory ... */
static tl_code prepare_whole(tl_job *job, work *w, tl_err *err) {
    const tl_progress fill = tl_progress_part(tl_job_progress(job), 0.0, 0.5);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.5, 0.7);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.7, 1.0);
    TL_TRY(prepare_surface(job, w, &fill, err));
    TL_TRY(tl_terrain_cells_init(&w->sizes, w->surface, "streams", err));
    TL_TRY(tl_hydro_d8_init(&w->d8, w->surface, TL_FLOW_EDGE_DRAIN, &route, err));
    TL_TRY(choose_threshold(job, &w->dem, &w->options, err));
    return tl_hydro_net_collect(w->surface, &w->d8, &w->sizes, &w->options, &w->net, &rest, err);
}

/* ... and in tiles. */
static tl_code prepare_tiles(tl_job *job, work *w, tl_err *err) {
    const tl_progress fill = tl_progress_part(tl_job_progress(job), 0.0, 0.5);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.5, 1.0);
    const tl_tiled_dem *t = &w->tiles.tiled;
    w->in_tiles = 1;
    TL_TRY(tl_stream_tiles_read(job, flood_order(job), &w->tiles, &fill, err));
    w->dem.nrow = t->nrow;
    w->dem.ncol = t->ncol;
    TL_TRY(tl_georef_copy(&w->dem.geo, &t->geo, err));
    TL_TRY(tl_terrain_cells_measure(&w->sizes, &t->geo, t->nrow, "streams", err));
    TL_TRY(choose_threshold(job, &w->dem, &w->options, err));
    return tl_stream_tiles_net(&w->tiles, &w->options, &w->net, &rest, err);
}

/* Refuses impossible combinations before the work starts. */
static tl_code check(tl_job *job, int *in_tiles, tl_err *err) {
    const int burns = tl_job_given(job, "burn");
    if (tl_job_output(job, "snapped") != NULL && !tl_job_given(job, "outlets")) {
        return tl_fail(err, TL_ARG,
                       "parameter 'snapped': there are no points to be written; give outlets, or "
                       "leave it out");
    }
    if (burns && !tl_job_flag(job, "fill")) {
        return tl_fail(err, TL_ARG,
                       "parameter 'fill': burnt lines leave pits where they end inside the DEM; "
                       "leave filling on when lines are burnt in");
    }
    tl_memory_plan plan;
    TL_TRY(tl_memory_plan_make(
        job, 22.0,
        burns ? "lines can only be burnt in with all of the DEM in memory: raise "
                "memory, or leave burn out, which works in tiles"
              : NULL,
        &plan, err));
    *in_tiles = plan.too_large && !burns;
    return TL_OK;
}

static tl_code run(tl_job *job, tl_err *err) {
    work w = {0};
    int in_tiles = 0;
    tl_code code = TL_OK;
    TL_TRY(check(job, &in_tiles, err));
    TL_CHECK(in_tiles ? prepare_tiles(job, &w, err) : prepare_whole(job, &w, err));
    if (tl_job_given(job, "outlets")) {
        TL_CHECK(tl_stream_points_read(job, &w.net, &w.dem.geo, &w.sizes, &w.points, err));
        w.options.node = w.points.node;
        w.options.n_node = w.points.n_node;
    }
    TL_CHECK(tl_hydro_net_links(&w.net, &w.sizes, &w.options, &w.streams, err));
    tl_hydro_net_free(&w.net);
    tl_stream_points_log_idle_inlets(job, &w.points, &w.streams);
    TL_CHECK(write_layers(job, &w, err));
    put_results(job, &w);
done:
    free_work(&w);
    return code;
}

const tl_algorithm tl_alg_streams = {
    .id = "streams",
    .title = "Streams",
    .group = "Terrain and streams",
    .summary =
        "Stream lines and subbasins of a DEM, with stream order and the links above and below.",
    .help =
        "Fills the DEM (unless fill is no), sends the water of every cell to its steepest "
        "neighbour and maps a stream where the threshold is reached. Each line is a link between "
        "sources, junctions and outlets, and its fields name the links above and below it.\nKnown "
        "streams can be burnt in first. With outlets only the land that drains to them is mapped, "
        "and every outlet ends a link, whose DSNODEID is the ID of the outlet. Subbasins, the land "
        "of each link, become polygons.\nLengths, drops and distances are in metres, areas in "
        "square metres, also for a DEM in degrees. Drops are measured on the filled surface, MinEl "
        "and MaxEl on the DEM as given. Where three streams meet in one cell, a link without "
        "length joins them two by two. Every line is a valid geometry. At edges and next to "
        "NoData, water follows the steepest existing cell.",
    .example =
        "tilth streams --dem dem.tif --threshold 500 --output streams.gpkg "
        "--basins subbasins.gpkg",
    .citation =
        "O'Callaghan and Mark 1984, Comput. Vis. Graph. Image Process. 28:323; Strahler 1957, "
        "Trans. AGU 38:913; Shreve 1966, J. Geol. 74:17.",
    .tags = "streams,channels,network,subbasins,watershed,outlets,burn,Strahler,Shreve,SWAT,TauDEM",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

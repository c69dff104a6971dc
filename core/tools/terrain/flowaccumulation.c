/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `flowaccumulation`: catchment area of every cell, total and specific. */
#include <math.h>

#include "hydro/contamination.h"
#include "hydro/flow.h"
#include "hydro/tiles/flow_tiles.h"
#include "hydro/tiles/route_tiles.h"
#include "recipes/dem_units.h"
#include "recipes/grid_io.h"
#include "tools/terrain/dem_input.h"
#include "tools/terrain/memory_plan.h"
#include "tools/terrain/tiled_factors.h"

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_HEIGHTS_ARG_FACTOR,
    TL_SURFACE_ARG_FILL,
    TL_SURFACE_ARG_MIN_SLOPE,
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Routing",
     .help = "How water is divided among the neighbours. mfd: among all lower ones by "
             "slope^convergence, the default; mfd_qin: the same, more concentrated on steep land; "
             "d8: all to the steepest one; dinf_tarboton: between the two corners of the steepest "
             "triangular facet; dinf_saga: between the two neighbours on either side of the "
             "aspect. Choose d8 for stream networks and mfd or dinf for moisture and erosion.",
     .fallback = "mfd",
     .choices = "mfd,d8,mfd_qin,dinf_saga,dinf_tarboton",
     .labels = "Multiple flow (MFD, Freeman)|Steepest neighbour (D8)|Adaptive multiple flow "
               "(Qin)|D-infinity (SAGA)|D-infinity (Tarboton)"},
    {.id = "convergence",
     .kind = TL_ARG_NUMBER,
     .label = "Convergence",
     .unit = "",
     .help = "Exponent of the slope in mfd. Higher values concentrate the water in fewer "
             "neighbours; 1.1 is the value of Freeman and of SAGA.",
     .fallback = "1.1",
     .advanced = 1,
     .min = 0.01,
     .max = 20},
    {.id = "edges",
     .kind = TL_ARG_CHOICE,
     .label = "Edges",
     .help = "saga: water leaves the DEM over its edge and into NoData (mfd mirrors the elevations "
             "there; d8 and dinf_tarboton stop). drain: water runs along the edge as long as there "
             "is a lower cell.",
     .fallback = "saga",
     .advanced = 1,
     .choices = "saga,drain",
     .labels = "Water leaves over the edge (SAGA)|Water runs along the edge"},
    {.id = "flats",
     .kind = TL_ARG_CHOICE,
     .label = "Flats",
     .help = "drain: across a flat, water runs away from higher land and towards the outlets of "
             "the flat. keep: it stays in the flat, as in SAGA. Flats exist only in a DEM that is "
             "not filled or filled without minimum slope.",
     .fallback = "drain",
     .advanced = 1,
     .choices = "drain,keep",
     .labels = "Drain to their outlets|Keep the water (SAGA)"},
    {.id = "weights",
     .kind = TL_ARG_RASTER,
     .label = "Weights",
     .help = "Raster of factors for what each cell adds, for example rain or runoff; first band, "
             "resampled to the DEM by the nearest cell. NoData adds nothing, and a sum below 0 is "
             "not passed "
             "on. Without it every cell adds its area, or 1.",
     .optional = 1,
     .advanced = 1},
    {.id = "unit",
     .kind = TL_ARG_CHOICE,
     .label = "Unit of the area",
     .help = "Square metres, or number of cells; the cell itself is included.",
     .fallback = "m2",
     .choices = "cells,m2",
     .labels = "Cells|Square metres"},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Flow accumulation",
     .help = "GeoTIFF, float32: the area that drains through each cell."},
    {.id = "sca",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Specific catchment area",
     .help = "Square metres per metre of contour: the area divided by the flow width of the cell.",
     .optional = 1},
    {.id = "directions",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Flow direction",
     .help = "For d8 a number in the code that direction_code sets; for dinf_saga and "
             "dinf_tarboton the angle in radians counter-clockwise from east, as in TauDEM. Not "
             "available for mfd and mfd_qin, which have several directions per cell.",
     .optional = 1},
    {.id = "direction_code",
     .kind = TL_ARG_CHOICE,
     .label = "Code of flow directions",
     .help =
         "saga: 0 to 7 clockwise from north, -1 for no direction. esri: 1, 2, 4 ... 128 clockwise "
         "from east, 0 for none. taudem: 1 to 8 counter-clockwise from east, 0 for none.",
     .fallback = "saga",
     .advanced = 1,
     .choices = "saga,esri,taudem",
     .labels = "SAGA (0 to 7 from north)|ESRI (1 to 128 from east)|TauDEM (1 to 8 from east)"},
    {.id = "contaminated",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Edge contamination",
     .help = "1 where water may come from outside the DEM, so that the true area may be larger: "
             "cells at the edge or next to NoData and all cells that they drain into. 0 elsewhere.",
     .optional = 1},
};

/* Weights on the grid of the surface; an empty grid when none are given. */
static tl_code read_weights(const tl_job *job, const tl_grid *surface, tl_grid *weight,
                            tl_err *err) {
    const char *path = tl_job_text(job, "weights");
    if (path == NULL) {
        return TL_OK;
    }
    TL_TRY(tl_recipes_read_grid_like(job, "weights", surface, TL_NEAREST, weight, err));
    ptrdiff_t used = 0;
    for (ptrdiff_t i = 0; i < surface->nrow * surface->ncol; i++) {
        if (isinf(weight->data[i])) {
            return tl_fail(err, TL_DATA,
                           "parameter 'weights': '%s' holds an infinite value; declare it as "
                           "NoData of the raster",
                           path);
        }
        used += !isnan(weight->data[i]) && !isnan(surface->data[i]);
    }
    if (used == 0) {
        return tl_fail(err, TL_DATA,
                       "parameter 'weights': '%s' has no value where the elevation has one; wanted "
                       "a raster that overlaps it",
                       path);
    }
    return TL_OK;
}

static tl_layer direction_layer(const tl_job *job, const tl_flow_options *options) {
    static const char *const meaning[] = {"Flow direction, 0 to 7 clockwise from north, -1 none",
                                          "Flow direction, 1 to 128 clockwise from east, 0 none",
                                          ("Flow direction, 1 to 8 counter-clockwise from east, 0 "
                                           "none")};
    return options->method == TL_FLOW_D8
               ? tl_recipes_layer(meaning[tl_job_choice(job, "direction_code")], "")
               : tl_recipes_layer("Flow direction, counter-clockwise from east", "rad");
}

static tl_code write_directions(tl_job *job, const tl_grid *surface, const tl_flow_options *options,
                                const tl_progress *p, tl_err *err) {
    const tl_direction_code number = (tl_direction_code)tl_job_choice(job, "direction_code");
    tl_grid grid = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_hydro_directions(surface, options, number, &grid, p, err));
    code = tl_recipes_write_grid(job, "directions", &grid, direction_layer(job, options), err);
done:
    tl_grid_free(&grid);
    return code;
}

static tl_code write_contaminated(tl_job *job, const tl_grid *surface,
                                  const tl_flow_options *options, tl_err *err) {
    tl_grid mask = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_hydro_contamination(surface, options, &mask, NULL, err));
    code = tl_recipes_write_grid(job, "contaminated", &mask,
                                 tl_recipes_layer("Edge contamination, 1 = may be too small", ""),
                                 err);
done:
    tl_grid_free(&mask);
    return code;
}

/* The specific area needs square metres, whatever unit the map has. */
static tl_code write_sca(tl_job *job, const tl_grid *surface, const tl_grid *flow,
                         tl_flow_options options, const tl_progress *p, tl_err *err) {
    tl_grid area = {0};
    tl_grid sca = {0};
    tl_code code = TL_OK;
    if (options.unit != TL_FLOW_M2) {
        options.unit = TL_FLOW_M2;
        TL_CHECK(tl_hydro_accumulate(surface, &options, &area, p, err));
        flow = &area;
    }
    TL_CHECK(tl_hydro_sca(surface, flow, &sca, err));
    code = tl_recipes_write_grid(job, "sca", &sca, tl_recipes_layer("Specific catchment area", "m"),
                                 err);
done:
    tl_grid_free(&area);
    tl_grid_free(&sca);
    return code;
}

/* Memory of the surface, the sums and the outputs together. */
static double bytes_per_cell(const tl_job *job) {
    /* The specific area needs square metres: counts are then accumulated a second time. */
    const int twice = tl_job_output(job, "sca") != NULL && tl_job_choice(job, "unit") == 0;
    return 14.0 + (tl_job_given(job, "weights") ? 4.0 : 0.0) + (twice ? 4.0 : 0.0);
}

/* Refuses an impossible combination before the work starts. */
static tl_code check_directions(const tl_job *job, tl_flow_method method, tl_err *err) {
    if (tl_job_output(job, "directions") != NULL &&
        (method == TL_FLOW_MFD || method == TL_FLOW_MFD_QIN)) {
        return tl_fail(err, TL_ARG,
                       "parameter 'directions': the routing '%s' has several directions per cell; "
                       "wanted d8, dinf_saga or dinf_tarboton, or leave the output out",
                       tl_job_text(job, "method"));
    }
    return TL_OK;
}

static tl_flow_options options_of(const tl_job *job) {
    return (tl_flow_options){.method = (tl_flow_method)tl_job_choice(job, "method"),
                             .edge = (tl_flow_edge)tl_job_choice(job, "edges"),
                             .convergence = tl_job_number(job, "convergence"),
                             .unit = (tl_flow_unit)tl_job_choice(job, "unit"),
                             .keep_flats = tl_job_choice(job, "flats") == 1,
                             .threads = tl_job_threads(job)};
}

static tl_layer flow_layer(const tl_flow_options *options) {
    return tl_recipes_layer("Flow accumulation", options->unit == TL_FLOW_M2 ? "m2" : "cells");
}

static tl_code run_whole(tl_job *job, tl_err *err) {
    tl_grid surface = {0};
    tl_grid weight = {0};
    tl_grid flow = {0};
    tl_flow_options options = options_of(job);
    const tl_progress fill = tl_progress_part(tl_job_progress(job), 0.0, 0.4);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.4, 0.8);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.8, 0.9);
    const tl_progress last = tl_progress_part(tl_job_progress(job), 0.9, 1.0);
    tl_code code = TL_OK;
    TL_CHECK(tl_dem_input_read_surface(job, 0.0, &surface, &fill, err));
    TL_CHECK(read_weights(job, &surface, &weight, err));
    options.weight = weight.data == NULL ? NULL : &weight;
    TL_CHECK(tl_hydro_accumulate(&surface, &options, &flow, &route, err));
    TL_CHECK(tl_recipes_write_grid(job, "output", &flow, flow_layer(&options), err));
    if (options.unit == TL_FLOW_M2) {
        tl_job_put_style(job, "output", "flowaccumulation");
    }
    if (tl_job_output(job, "sca") != NULL) {
        TL_CHECK(write_sca(job, &surface, &flow, options, &rest, err));
    }
    tl_grid_free(&flow);
    if (tl_job_output(job, "directions") != NULL) {
        TL_CHECK(write_directions(job, &surface, &options, &last, err));
    }
    if (tl_job_output(job, "contaminated") != NULL) {
        TL_CHECK(write_contaminated(job, &surface, &options, err));
    }
done:
    tl_grid_free(&surface);
    tl_grid_free(&weight);
    tl_grid_free(&flow);
    return code;
}

/* --- in tiles --- */

static tl_code write_tiled_sca(tl_tiled_water *water, tl_paged *flow, tl_flow_options options,
                               const tl_progress *p, tl_err *err) {
    const tl_layer layer = tl_recipes_layer("Specific catchment area", "m");
    if (options.unit == TL_FLOW_M2) {
        return tl_tiled_factors_sca(water, flow, "sca", layer, p, err);
    }
    options.unit = TL_FLOW_M2;
    tl_paged area = {0};
    tl_code code = tl_hydro_tiles_accumulate(&water->dem, &options, NULL, &area, p, err);
    if (code == TL_OK) {
        code = tl_tiled_factors_sca(water, &area, "sca", layer, NULL, err);
    }
    tl_tiles_paged_free(&area);
    return code;
}

static tl_code write_tiled_directions(tl_job *job, tl_tiled_water *water,
                                      const tl_flow_options *options, const tl_progress *p,
                                      tl_err *err) {
    tl_paged receivers = {0};
    tl_code code = tl_hydro_tiles_route(&water->dem, options, &receivers, p, err);
    if (code == TL_OK) {
        code = tl_tiled_factors_directions(water, &receivers, options,
                                           (tl_direction_code)tl_job_choice(job, "direction_code"),
                                           "directions", direction_layer(job, options), NULL, err);
    }
    tl_tiles_paged_free(&receivers);
    return code;
}

static tl_code write_tiles(tl_job *job, tl_tiled_water *water, tl_err *err) {
    const tl_flow_options options = options_of(job);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.5, 0.8);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.8, 0.9);
    const tl_progress last = tl_progress_part(tl_job_progress(job), 0.9, 1.0);
    tl_paged flow = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_hydro_tiles_accumulate(&water->dem, &options, NULL, &flow, &route, err));
    TL_CHECK(tl_tiled_dem_write(water->tiled, "output", flow_layer(&options), &flow, NULL, err));
    if (options.unit == TL_FLOW_M2) {
        tl_job_put_style(job, "output", "flowaccumulation");
    }
    if (tl_job_output(job, "sca") != NULL) {
        TL_CHECK(write_tiled_sca(water, &flow, options, &rest, err));
    }
    tl_tiles_paged_free(&flow);
    if (tl_job_output(job, "directions") != NULL) {
        TL_CHECK(write_tiled_directions(job, water, &options, &last, err));
    }
done:
    tl_tiles_paged_free(&flow);
    return code;
}

static tl_code run_in_tiles(tl_job *job, tl_err *err) {
    const tl_progress read = tl_progress_part(tl_job_progress(job), 0.0, 0.5);
    tl_tiled_dem tiled = {0};
    tl_tiled_water water = {0};
    tl_code code = tl_tiled_dem_start(job, tl_job_output(job, "output"), &tiled, err);
    if (code == TL_OK) {
        code = tl_tiled_factors_water(&tiled, 1, "flow accumulation", &water, &read, err);
    }
    if (code == TL_OK) {
        code = write_tiles(job, &water, err);
    }
    tl_tiled_factors_water_free(&water);
    tl_tiled_dem_stop(&tiled);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    TL_TRY(check_directions(job, options_of(job).method, err));
    const char *whole = NULL;
    if (tl_job_given(job, "weights")) {
        whole =
            "weights need all of the DEM in memory: raise memory, or leave them out, which "
            "works in tiles";
    } else if (tl_job_output(job, "contaminated") != NULL) {
        whole =
            "the mask of edge contamination needs all of the DEM in memory: raise memory, or "
            "leave it out, which works in tiles";
    }
    tl_memory_plan plan;
    TL_TRY(tl_memory_plan_make(job, bytes_per_cell(job), whole, &plan, err));
    return plan.too_large && whole == NULL ? run_in_tiles(job, err) : run_whole(job, err);
}

const tl_algorithm tl_alg_flowaccumulation = {
    .id = "flowaccumulation",
    .title = "Flow accumulation",
    .group = "Terrain and streams",
    .summary =
        "Area that drains through each cell of a DEM, with one or several flow directions per "
        "cell.",
    .help =
        "Fills the DEM (unless fill is no) and passes the area of every cell downhill: to all "
        "lower neighbours (mfd, mfd_qin), to the steepest one (d8) or between two (dinf_tarboton, "
        "dinf_saga). Flats drain away from higher land and towards their outlets, so a DEM that is "
        "filled without minimum slope is routed as well. The result does not depend on the number "
        "of threads or on the memory limit.\nThe specific catchment area, per metre of contour, "
        "and the flow directions are optional outputs. Areas are true square metres, also for a "
        "DEM in degrees.",
    .example = "tilth flowaccumulation --dem dem.tif --output area.tif --sca sca.tif",
    .citation =
        "Freeman 1991, Comput. Geosci. 17:413; O'Callaghan and Mark 1984, Comput. Vis. Graph. "
        "Image Process. 28:323; Quinn et al. 1991, Hydrol. Process. 5:59; Tarboton 1997, Water "
        "Resour. Res. 33:309; Qin et al. 2011, Precis. Agric. 12:32; Barnes, Lehman and Mulla "
        "2014, Comput. Geosci. 62:128.",
    .tags = "flow,accumulation,catchment,area,D8,MFD,D-infinity,direction,SCA,hydrology",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

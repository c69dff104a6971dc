/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `flowaccumulation`: catchment area of every cell, total and specific. */
#include "algs/layers.h"
#include "algs/surface.h"
#include "hydro/flow.h"

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_SURFACE_ARG_FILL,
    TL_SURFACE_ARG_MIN_SLOPE,
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Routing",
     .help = "mfd: to all lower neighbours, in proportion to slope^convergence. d8: all to the "
             "steepest neighbour.",
     .fallback = "mfd",
     .choices = "mfd,d8"},
    {.id = "convergence",
     .kind = TL_ARG_NUMBER,
     .label = "Convergence",
     .unit = "",
     .help = "Exponent of mfd: higher values gather the water in fewer neighbours.",
     .fallback = "1.1",
     .advanced = 1,
     .min = 0.01,
     .max = 20},
    {.id = "edges",
     .kind = TL_ARG_CHOICE,
     .label = "Edges",
     .help = "saga: water leaves the grid over its edge and into NoData (mfd mirrors the heights, "
             "d8 stops there). drain: water runs along the edge while it finds a lower cell.",
     .fallback = "saga",
     .advanced = 1,
     .choices = "saga,drain"},
    {.id = "unit",
     .kind = TL_ARG_CHOICE,
     .label = "Unit of the area",
     .help = "Square metres, or number of cells; the cell itself is included.",
     .fallback = "m2",
     .choices = "cells,m2"},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Flow accumulation",
     .help = "GeoTIFF, float32: area that drains through each cell."},
    {.id = "sca",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Specific catchment area",
     .help = "Square metres per metre of contour: area divided by the flow width of the cell.",
     .optional = 1},
};

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
    code = tl_algs_write_grid(job, "sca", &sca, tl_algs_layer("Specific catchment area", "m"), err);
done:
    tl_grid_free(&area);
    tl_grid_free(&sca);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_grid surface = {0};
    tl_grid flow = {0};
    const tl_flow_options options = {.method = (tl_flow_method)tl_job_choice(job, "method"),
                                     .edge = (tl_flow_edge)tl_job_choice(job, "edges"),
                                     .convergence = tl_job_number(job, "convergence"),
                                     .unit = (tl_flow_unit)tl_job_choice(job, "unit")};
    const tl_progress fill = tl_progress_part(tl_job_progress(job), 0.0, 0.4);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.4, 0.9);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.9, 1.0);
    tl_code code = TL_OK;
    TL_CHECK(tl_algs_read_surface(job, 26.0, &surface, &fill, err));
    TL_CHECK(tl_hydro_accumulate(&surface, &options, &flow, &route, err));
    const char *unit = options.unit == TL_FLOW_M2 ? "m2" : "cells";
    TL_CHECK(
        tl_algs_write_grid(job, "output", &flow, tl_algs_layer("Flow accumulation", unit), err));
    if (options.unit == TL_FLOW_M2) {
        tl_job_put_style(job, "output", "flowaccumulation");
    }
    if (tl_job_output(job, "sca") != NULL) {
        TL_CHECK(write_sca(job, &surface, &flow, options, &rest, err));
    }
done:
    tl_grid_free(&surface);
    tl_grid_free(&flow);
    return code;
}

const tl_algorithm tl_alg_flowaccumulation = {
    .id = "flowaccumulation",
    .title = "Flow accumulation",
    .group = "Terrain and streams",
    .summary = "Area that drains through each cell of a DEM, by several directions or one.",
    .help =
        "Fills the DEM (unless told not to) and passes the area of every cell downhill: to all "
        "lower neighbours (mfd, Freeman's exponent) or to the steepest one (d8). Sums are kept in "
        "double precision.\n"
        "Optionally also gives the specific catchment area, per metre of contour. Areas are true "
        "square metres, also for cells in degrees.",
    .example = "tilth flowaccumulation --dem dem.tif --output area.tif --sca sca.tif",
    .citation =
        "Freeman 1991, Comput. Geosci. 17:413; O'Callaghan and Mark 1984, Comput. Vis. Graph. "
        "Image Process. 28:323; Quinn et al. 1991, Hydrol. Process. 5:59.",
    .tags = "flow,accumulation,catchment,area,D8,MFD,SCA,hydrology",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

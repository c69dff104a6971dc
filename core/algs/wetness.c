/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `wetness`: topographic wetness index of a DEM. */
#include "hydro/wetness.h"

#include "algs/layers.h"
#include "algs/surface.h"
#include "hydro/flow.h"

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_SURFACE_ARG_FILL,
    TL_SURFACE_ARG_MIN_SLOPE,
    TL_SURFACE_ARG_CONVERGENCE,
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Wetness index",
     .help = "GeoTIFF, float32: natural logarithm of metres; high values collect water.",
     .style = "twi"},
};

static tl_code run(tl_job *job, tl_err *err) {
    tl_grid surface = {0};
    tl_grid area = {0};
    tl_grid sca = {0};
    tl_grid slope = {0};
    tl_grid twi = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_algs_read_catchment(job, 26.0, &surface, &area, &slope, err));
    TL_CHECK(tl_hydro_sca(&surface, &area, &sca, err));
    TL_CHECK(tl_hydro_twi(&slope, &sca, &twi, err));
    TL_CHECK(tl_algs_write_grid(job, "output", &twi,
                                tl_algs_layer("Topographic wetness index", "ln(m)"), err));
done:
    tl_grid_free(&surface);
    tl_grid_free(&area);
    tl_grid_free(&sca);
    tl_grid_free(&slope);
    tl_grid_free(&twi);
    return code;
}

const tl_algorithm tl_alg_wetness = {
    .id = "wetness",
    .title = "Topographic wetness index",
    .group = "Terrain and streams",
    .summary = "ln(specific catchment area / tan slope): where water gathers.",
    .help =
        "Fills the DEM (unless told not to), routes water to all lower neighbours, divides the "
        "area by the flow width of the cell and takes the slope of the same surface. tan slope is "
        "at least 0.001, so flat cells stay finite.\n"
        "These are the steps of SAGA's tools with fill 0.01 degrees, several flow directions with "
        "convergence 1.1 and specific area; SAGA's one-step tool has other defaults.",
    .example = "tilth wetness --dem dem.tif --output twi.tif",
    .citation =
        "Beven and Kirkby 1979, Hydrol. Sci. Bull. 24:43; Freeman 1991, Comput. Geosci. 17:413.",
    .tags = "wetness,TWI,topographic,moisture,catchment,hydrology",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `lsfactor`: slope length and steepness factor of a DEM. */
#include "hydro/lsfactor.h"

#include "algs/layers.h"
#include "algs/surface.h"

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_SURFACE_ARG_FILL,
    TL_SURFACE_ARG_MIN_SLOPE,
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Formula",
     .help = "moore: unit stream power. desmet_govers: RUSLE with slope length from the inflowing "
             "area. boehner_selige: with the steepness of Wischmeier and Smith.",
     .fallback = "moore",
     .choices = "moore,desmet_govers,boehner_selige"},
    TL_SURFACE_ARG_CONVERGENCE,
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "LS-factor",
     .help = "GeoTIFF, float32, no unit: 1 on a slope of 22.13 m and 9 %.",
     .style = "ls"},
};

static tl_code run(tl_job *job, tl_err *err) {
    tl_grid surface = {0};
    tl_grid area = {0};
    tl_grid slope = {0};
    tl_grid ls = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_algs_read_catchment(job, 26.0, &surface, &area, &slope, err));
    TL_CHECK(
        tl_hydro_ls(&surface, &slope, &area, (tl_ls_method)tl_job_choice(job, "method"), &ls, err));
    TL_CHECK(tl_algs_write_grid(job, "output", &ls, tl_algs_layer("LS-factor", ""), err));
done:
    tl_grid_free(&surface);
    tl_grid_free(&area);
    tl_grid_free(&slope);
    tl_grid_free(&ls);
    return code;
}

const tl_algorithm tl_alg_lsfactor = {
    .id = "lsfactor",
    .title = "LS-factor",
    .group = "Terrain and streams",
    .summary = "Slope length and steepness factor of soil loss equations, from a DEM.",
    .help =
        "Fills the DEM (unless told not to), routes water to all lower neighbours and combines "
        "area and slope of that surface.\n"
        "moore and boehner_selige take the specific catchment area. desmet_govers takes the area "
        "that flows into the cell and divides by the flow width, as published; SAGA's tool is "
        "usually fed with specific area there and gives other numbers.",
    .example = "tilth lsfactor --dem dem.tif --output ls.tif",
    .citation =
        "Moore, Grayson and Ladson 1991, Hydrol. Process. 5:3; Desmet and Govers 1996, J. Soil "
        "Water Conserv. 51:427; Boehner and Selige 2006, Goettinger Geogr. Abh. 115:13.",
    .tags = "LS,erosion,USLE,RUSLE,slope length,steepness",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

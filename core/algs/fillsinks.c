/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `fillsinks`: a DEM without depressions. */
#include "algs/layers.h"
#include "algs/surface.h"
#include "hydro/fill.h"

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    {.id = "min_slope",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum slope of filled areas",
     .unit = "degree",
     .help = "Filled depressions rise at least this much away from their outlet, so they drain. 0 "
             "gives the lowest surface without pits, with flats.",
     .fallback = "0.01",
     .min = 0,
     .max = 45},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Filled elevation",
     .help = "GeoTIFF, float32, metres; NaN where the elevation is NoData."},
};

static void tell(tl_job *job, const tl_grid *dem, const tl_grid *filled) {
    ptrdiff_t raised = 0;
    double deepest = 0.0;
    for (ptrdiff_t i = 0; i < dem->nrow * dem->ncol; i++) {
        const double rise = (double)filled->data[i] - (double)dem->data[i];
        raised += rise > 0.0;
        deepest = rise > deepest ? rise : deepest;
    }
    tl_job_put_number(job, "raised_cells", (double)raised);
    tl_job_put_number(job, "largest_rise_m", deepest);
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_grid dem = {0};
    tl_grid filled = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_algs_read_ground(job, 25.0, &dem, err));
    TL_CHECK(
        tl_hydro_fill(&dem, tl_job_number(job, "min_slope"), &filled, tl_job_progress(job), err));
    TL_CHECK(
        tl_algs_write_grid(job, "output", &filled, tl_algs_layer("Filled elevation", "m"), err));
    tell(job, &dem, &filled);
done:
    tl_grid_free(&dem);
    tl_grid_free(&filled);
    return code;
}

const tl_algorithm tl_alg_fillsinks = {
    .id = "fillsinks",
    .title = "Fill depressions",
    .group = "Terrain and streams",
    .summary = "Raises depressions of a DEM to their outlet so that every cell drains.",
    .help =
        "Floods the DEM from its outlets upwards. Outlets are the cells at the edge and beside "
        "NoData. With a minimum slope above 0 the filled areas rise away from their outlet and the "
        "surface has neither pits nor flats.\n"
        "The result equals Fill Sinks (Wang and Liu) of SAGA 8.5 bit for bit, ties included. Where "
        "the minimum slope is finer than a float can hold, SAGA leaves a flat; here the cell rises "
        "by the smallest possible step, and a warning says how often.",
    .example = "tilth fillsinks --dem dem.tif --output filled.tif",
    .citation =
        "Wang and Liu 2006, Int. J. Geogr. Inf. Sci. 20:193; Barnes, Lehman and Mulla 2014, "
        "Comput. Geosci. 62:117.",
    .tags = "fill,sinks,depressions,pits,DEM,Wang,Liu,hydrology",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `slope`: slope and aspect of a DEM. */
#include "terrain/slope.h"

#include "algs/algorithm.h"
#include "algs/layers.h"
#include "algs/surface.h"

static const tl_arg arguments[] = {
    {.id = "dem",
     .kind = TL_ARG_RASTER,
     .label = "Elevation",
     .unit = "m",
     .help = "Elevation in metres. Geographic grids (degrees) are measured in true metres, row by "
             "row."},
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Surface",
     .help =
         "Local surface that is fitted: Zevenbergen and Thorne (SAGA's default), Horn, or Evans.",
     .fallback = "zevenbergen_thorne",
     .choices = "zevenbergen_thorne,horn,evans"},
    {.id = "unit",
     .kind = TL_ARG_CHOICE,
     .label = "Unit of the slope",
     .help = "Radians as the wetness index and LS-factor want it, degrees, or percent.",
     .fallback = "radian",
     .choices = "radian,degree,percent"},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Slope",
     .help = "GeoTIFF, float32, NaN where the elevation is NoData.",
     .style = "slope"},
    {.id = "aspect",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Aspect",
     .help = "Direction of descent in radians, clockwise from north; NaN where flat.",
     .optional = 1},
};

static tl_code run(tl_job *job, tl_err *err) {
    static const char *const units[] = {"radian", "degree", "percent"};
    static const char *const styles[] = {"slope", "slope_degree", "slope_percent"};
    const int unit = tl_job_choice(job, "unit");
    tl_grid dem = {0};
    tl_grid slope = {0};
    tl_grid aspect = {0};
    const int wants_aspect = tl_job_output(job, "aspect") != NULL;
    tl_code code = TL_OK;
    TL_CHECK(tl_algs_read_dem(job, "dem", &dem, err));
    tl_algs_tell_ground(job, &dem);
    TL_CHECK(tl_terrain_slope(&dem, (tl_slope_method)tl_job_choice(job, "method"),
                              (tl_slope_unit)unit, &slope, wants_aspect ? &aspect : NULL,
                              tl_job_progress(job), err));
    const tl_layer layer = tl_algs_layer("Slope", units[unit]);
    TL_CHECK(tl_algs_write_grid(job, "output", &slope, layer, err));
    tl_job_put_style(job, "output", styles[unit]);
    if (wants_aspect) {
        TL_CHECK(
            tl_algs_write_grid(job, "aspect", &aspect, tl_algs_layer("Aspect", "radian"), err));
    }
done:
    tl_grid_free(&dem);
    tl_grid_free(&slope);
    tl_grid_free(&aspect);
    return code;
}

const tl_algorithm tl_alg_slope = {
    .id = "slope",
    .title = "Slope and aspect",
    .group = "Terrain and streams",
    .summary = "Slope and aspect of a DEM, equal to SAGA's.",
    .help =
        "Fits a local surface to each cell and its eight neighbours and gives the slope angle and "
        "the direction of descent. At edges and beside NoData a missing neighbour is mirrored "
        "through the centre, as SAGA does, so the result has no empty border. Cells may differ in "
        "x and y, and may be in degrees.",
    .example = "tilth slope --dem dem.tif --output slope.tif",
    .citation =
        "Zevenbergen and Thorne 1987, Earth Surf. Process. Landforms 12:47; Horn 1981, Proc. IEEE "
        "69:14; Evans 1979.",
    .tags = "slope,aspect,gradient,terrain,DEM",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `slope`: slope and aspect of a DEM. */
#include "terrain/gradient.h"

#include "job/algorithm.h"
#include "recipes/dem_units.h"
#include "recipes/grid_io.h"
#include "tools/terrain/dem_rows.h"
#include "tools/terrain/terrain_strips.h"

static const tl_arg arguments[] = {
    {.id = "dem",
     .kind = TL_ARG_RASTER,
     .label = "Elevation",
     .unit = "m",
     .help = "Elevation in metres, first band. A DEM in degrees is measured in true metres, row by "
             "row."},
    TL_HEIGHTS_ARG_FACTOR,
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Surface",
     .help = "The surface that is fitted to a cell and its eight neighbours: Zevenbergen and "
             "Thorne, the default of SAGA, Horn, the default of GDAL and ArcGIS, or Evans.",
     .fallback = "zevenbergen_thorne",
     .choices = "zevenbergen_thorne,horn,evans",
     .labels = "Zevenbergen and Thorne|Horn|Evans"},
    {.id = "unit",
     .kind = TL_ARG_CHOICE,
     .label = "Unit of the slope",
     .help = "Unit of the slope raster. Percent is 100 times the tangent of the angle.",
     .fallback = "radian",
     .choices = "radian,degree,percent",
     .labels = "Radians|Degrees|Percent"},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Slope",
     .help = "GeoTIFF, float32; NaN where the elevation is NoData.",
     .style = "slope"},
    {.id = "aspect",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Aspect",
     .help = "Direction of steepest descent in radians, clockwise from north; NaN where the "
             "surface is level.",
     .optional = 1},
    {.id = "curvature",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Curvatures",
     .help = "Ten bands from the surface of Zevenbergen and Thorne: general, profile, plan, "
             "tangential, longitudinal, cross-sectional, minimal, maximal, total and flow line "
             "curvature. The unit is 1/m, of total curvature 1/m2; 0 where the surface is level, "
             "as in SAGA.",
     .optional = 1},
};

static tl_code write_curvatures(tl_job *job, tl_err *err) {
    static const char *const names[TL_CURVATURES] = {
        "General curvature",    "Profile curvature",      "Plan curvature",
        "Tangential curvature", "Longitudinal curvature", "Cross-sectional curvature",
        "Minimal curvature",    "Maximal curvature",      "Total curvature",
        "Flow line curvature"};
    tl_grid dem;
    tl_grid curvature[TL_CURVATURES];
    const tl_grid *grid[TL_CURVATURES];
    tl_layer layer[TL_CURVATURES];
    for (int i = 0; i < TL_CURVATURES; i++) {
        grid[i] = &curvature[i];
        layer[i] = tl_recipes_layer(names[i], i == TL_CURVATURE_TOTAL ? "1/m2" : "1/m");
    }
    const tl_shape shape = {.curvature = curvature};
    const tl_progress p = tl_progress_part(tl_job_progress(job), 0.4, 1.0);
    TL_TRY(tl_recipes_read_dem(job, "dem", &dem, err));
    tl_code code = tl_terrain_shape(&dem, TL_SLOPE_ZEVENBERGEN_THORNE, TL_SLOPE_RADIAN, &shape,
                                    tl_job_threads(job), &p, err);
    tl_grid_free(&dem);
    TL_TRY(code);
    code = tl_recipes_write_grids(job, "curvature", grid, layer, TL_CURVATURES, err);
    for (int i = 0; i < TL_CURVATURES; i++) {
        tl_grid_free(&curvature[i]);
    }
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    static const char *const styles[] = {"slope", "slope_degree", "slope_percent"};
    static const char *const id[TL_FACTORS] = {
        [TL_FACTOR_SLOPE] = "output", [TL_FACTOR_ASPECT] = "aspect"};
    const int wants_curvature = tl_job_output(job, "curvature") != NULL;
    const tl_progress p = tl_progress_part(tl_job_progress(job), 0.0, wants_curvature ? 0.4 : 1.0);
    tl_dem_rows dem;
    const tl_factor_source source = {.slope_method = (tl_slope_method)tl_job_choice(job, "method"),
                                     .slope_unit = (tl_slope_unit)tl_job_choice(job, "unit")};
    TL_TRY(tl_dem_rows_open(job, "slope", &dem, err));
    const tl_code code = tl_terrain_strips_write_surface(job, &source, &dem, id, &p, err);
    tl_dem_rows_close(&dem);
    TL_TRY(code);
    tl_job_put_style(job, "output", styles[source.slope_unit]);
    return wants_curvature ? write_curvatures(job, err) : TL_OK;
}

const tl_algorithm tl_alg_slope = {
    .id = "slope",
    .title = "Slope, aspect and curvatures",
    .group = "Terrain and streams",
    .summary = "Slope, aspect and curvatures of a DEM, with the values of SAGA.",
    .help =
        "Fits a local surface to each cell and its eight neighbours and returns the slope and the "
        "direction of steepest descent. At edges and next to NoData a missing neighbour is "
        "mirrored through the centre, as in SAGA, so the result has no empty border. Cells may be "
        "of different size in x and y, and may be in degrees.",
    .example = "tilth slope --dem dem.tif --output slope.tif",
    .citation =
        "Zevenbergen and Thorne 1987, Earth Surf. Process. Landforms 12:47; Horn 1981, Proc. IEEE "
        "69:14; "
        "Evans 1979.",
    .tags = "slope,aspect,curvature,gradient,terrain,DEM",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `wetness`: topographic wetness index of a DEM. */
#include "hydro/twi.h"

#include <math.h>

#include "base/alloc.h"
#include "base/angle_units.h"
#include "hydro/saga_wetness.h"
#include "recipes/dem_units.h"
#include "recipes/grid_io.h"
#include "tools/terrain/dem_input.h"
#include "tools/terrain/memory_plan.h"
#include "tools/terrain/terrain_strips.h"
#include "tools/terrain/tiled_factors.h"

/* Positions in the choices of the parameter index. */
enum { INDEX_STANDARD, INDEX_SAGA, INDEX_TOPMODEL };

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_HEIGHTS_ARG_FACTOR,
    TL_SURFACE_ARG_FILL,
    TL_SURFACE_ARG_MIN_SLOPE,
    {.id = "index",
     .kind = TL_ARG_CHOICE,
     .label = "Index",
     .help = "standard: ln(specific catchment area / tan slope), the default. saga: the SAGA "
             "wetness index, whose catchment areas spread over gentle slopes, so that wide valley "
             "floors are evenly wet. topmodel: the standard index minus its mean over the DEM, as "
             "TOPMODEL uses it.",
     .fallback = "standard",
     .choices = "standard,saga,topmodel",
     .labels = "Topographic wetness index (Beven and Kirkby)|SAGA wetness index (Boehner)|Index of "
               "TOPMODEL (Beven and Kirkby)"},
    {.id = "transmissivity",
     .kind = TL_ARG_RASTER,
     .label = "Transmissivity",
     .help = "Raster of the lateral transmissivity of the saturated soil, for the standard index "
             "and topmodel; first band, resampled to the DEM by the nearest cell. Its logarithm is "
             "subtracted "
             "from the index; values count as at least 0.001.",
     .optional = 1,
     .advanced = 1},
    {.id = "compatible",
     .kind = TL_ARG_CHOICE,
     .label = "Compatible with",
     .help =
         "Used by standard and topmodel. none: flats, which exist in a surface that is not filled "
         "or filled without minimum slope, drain towards their outlets. saga: water stays in flats "
         "as in SAGA, and topmodel divides the means by the area of a cell as SAGA does.",
     .fallback = "none",
     .advanced = 1,
     .choices = "none,saga",
     .labels = "Published formula|SAGA"},
    TL_SURFACE_ARG_CONVERGENCE,
    TL_FACTORS_ARG_WIDTH,
    {.id = "suction",
     .kind = TL_ARG_NUMBER,
     .label = "Suction",
     .unit = "",
     .help = "Used by saga: lower values let large catchment areas spread farther. 10 is the "
             "default of SAGA.",
     .fallback = "10",
     .advanced = 1,
     .min = 1,
     .max = 1e6},
    {.id = "slope_weight",
     .kind = TL_ARG_NUMBER,
     .label = "Weight of the slope",
     .unit = "",
     .help = "Used by saga: higher values let a slope hinder the spreading more.",
     .fallback = "1",
     .advanced = 1,
     .min = 0,
     .max = 100},
    {.id = "area_type",
     .kind = TL_ARG_CHOICE,
     .label = "Area in the index",
     .help = "Used by saga: total catchment area, its square root, or the specific area (total "
             "area divided by the side of the cell).",
     .fallback = "specific",
     .advanced = 1,
     .choices = "total,square_root,specific",
     .labels = "Total catchment area|Square root of the area|Specific catchment area"},
    {.id = "slope_type",
     .kind = TL_ARG_CHOICE,
     .label = "Slope in the index",
     .help = "Used by saga: slope of the cell, or mean slope of its catchment. 0.1 degrees are "
             "added to it.",
     .fallback = "catchment",
     .advanced = 1,
     .choices = "local,catchment",
     .labels = "Slope of the cell|Mean slope of the catchment"},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Wetness index",
     .help = "GeoTIFF, float32: natural logarithm of metres; high values are wet.",
     .style = "twi"},
    {.id = "area",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Catchment area",
     .help = "Used by saga: catchment area before it spreads, square metres.",
     .optional = 1,
     .style = "flowaccumulation"},
    {.id = "modified_area",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Modified catchment area",
     .help = "Used by saga: catchment area after it has spread, square metres.",
     .optional = 1,
     .style = "flowaccumulation"},
    {.id = "catchment_slope",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Catchment slope",
     .help = "Used by saga: mean slope of all land that drains through the cell, radians.",
     .optional = 1,
     .style = "slope"},
};

/* Refuses outputs that only the SAGA wetness index has. */
static tl_code refuse_parts(const tl_job *job, tl_err *err) {
    static const char *const parts[] = {"area", "modified_area", "catchment_slope"};
    for (ptrdiff_t i = 0; i < TL_COUNT(parts); i++) {
        if (tl_job_output(job, parts[i]) != NULL) {
            return tl_fail(err, TL_ARG,
                           "parameter '%s': the %s index has no such layer; leave it out or "
                           "set index to saga",
                           parts[i], tl_job_text(job, "index"));
        }
    }
    return TL_OK;
}

/* Transmissivity on the grid of the surface; an empty grid when none is given. */
static tl_code read_transmissivity(const tl_job *job, const tl_grid *surface, tl_grid *grid,
                                   tl_err *err) {
    const char *path = tl_job_text(job, "transmissivity");
    if (path == NULL) {
        return TL_OK;
    }
    TL_TRY(tl_recipes_read_grid_like(job, "transmissivity", surface, TL_NEAREST, grid, err));
    ptrdiff_t used = 0;
    for (ptrdiff_t i = 0; i < surface->nrow * surface->ncol; i++) {
        if (grid->data[i] < 0.0F || isinf(grid->data[i])) {
            return tl_fail(
                err, TL_DATA,
                "parameter 'transmissivity': '%s' holds %g; wanted finite numbers from 0 "
                "on (declare missing values as NoData)",
                path, (double)grid->data[i]);
        }
        used += !isnan(grid->data[i]) && !isnan(surface->data[i]);
    }
    if (used == 0) {
        return tl_fail(err, TL_DATA,
                       "parameter 'transmissivity': '%s' has no value where the elevation has one; "
                       "wanted a raster that overlaps it",
                       path);
    }
    return TL_OK;
}

/* The indices that are computed completely before they are written: those that need a
 * transmissivity or the mean over the area. */
static tl_code write_whole(tl_job *job, const tl_factor_source *source, tl_err *err) {
    const int topmodel = tl_job_choice(job, "index") == INDEX_TOPMODEL;
    const tl_grid *surface = source->surface;
    const tl_topmodel_form form = (tl_topmodel_form)tl_job_choice(job, "compatible");
    tl_grid transmissivity = {0};
    tl_grid index = {0};
    double *cell_m2 = tl_acquire(surface->nrow, sizeof *cell_m2);
    tl_code code = TL_OK;
    if (cell_m2 == NULL) {
        return tl_no_memory(err, "%td rows", surface->nrow);
    }
    TL_CHECK(read_transmissivity(job, surface, &transmissivity, err));
    TL_CHECK(tl_hydro_factor(source, TL_FACTOR_TWI, tl_job_threads(job), &index, err));
    const tl_grid *t = transmissivity.data == NULL ? NULL : &transmissivity;
    for (ptrdiff_t row = 0; row < surface->nrow; row++) {
        cell_m2[row] = source->cells->dx_m[row] * source->cells->dy_m[row];
    }
    TL_CHECK(topmodel ? tl_hydro_topmodel(&index, t, cell_m2, form, err)
                      : tl_hydro_twi_transmit(&index, t, err));
    code = tl_recipes_write_grid(
        job, "output", &index,
        tl_recipes_layer(topmodel ? "TOPMODEL wetness index" : "Topographic wetness index",
                         topmodel ? "" : "ln(m)"),
        err);
done:
    tl_grid_free(&transmissivity);
    tl_grid_free(&index);
    tl_release(cell_m2);
    return code;
}

static const char *const standard_outputs[TL_FACTORS] = {[TL_FACTOR_TWI] = "output"};

static tl_code write_standard(tl_job *job, int whole, tl_err *err) {
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.8, 1.0);
    tl_grid surface = {0};
    tl_grid area = {0};
    tl_cells cells = {0};
    const tl_factor_source source = {.surface = &surface,
                                     .area_m2 = &area,
                                     .cells = &cells,
                                     .cell_width = tl_job_choice(job, "flow_width")};
    tl_code code = TL_OK;
    TL_CHECK(tl_dem_input_read_catchment(job, 0.0, &surface, tl_job_choice(job, "compatible"),
                                         &area, err));
    TL_CHECK(tl_terrain_cells_init(&cells, &surface, "wetness index", err));
    TL_CHECK(whole ? write_whole(job, &source, err)
                   : tl_terrain_strips_write(job, &source, standard_outputs, &rest, err));
done:
    tl_grid_free(&surface);
    tl_grid_free(&area);
    tl_terrain_cells_free(&cells);
    return code;
}

/* The standard index from rasters in tiles. */
static tl_code write_tiles(tl_job *job, tl_err *err) {
    const tl_flow_options options = {.method = TL_FLOW_MFD,
                                     .convergence = tl_job_number(job, "convergence"),
                                     .unit = TL_FLOW_M2,
                                     .keep_flats = tl_job_choice(job, "compatible"),
                                     .threads = tl_job_threads(job)};
    const tl_factor_source source = {.cell_width = tl_job_choice(job, "flow_width")};
    return tl_tiled_factors_run(job, tl_job_output(job, "output"), 1, &options, &source,
                                standard_outputs, err);
}

static tl_code run_standard(tl_job *job, tl_err *err) {
    const int topmodel = tl_job_choice(job, "index") == INDEX_TOPMODEL;
    const char *whole = NULL;
    if (topmodel) {
        whole =
            "the TOPMODEL index needs all of the DEM in memory for its mean: raise memory, or "
            "choose the standard index, which works in tiles";
    } else if (tl_job_given(job, "transmissivity")) {
        whole =
            "a transmissivity needs all of the DEM in memory: raise memory, or leave it out, "
            "which works in tiles";
    }
    tl_memory_plan plan;
    TL_TRY(refuse_parts(job, err));
    TL_TRY(tl_memory_plan_make(job, whole == NULL ? 16.0 : 24.0, whole, &plan, err));
    return plan.too_large && whole == NULL ? write_tiles(job, err)
                                           : write_standard(job, whole != NULL, err);
}

static tl_code write_saga(tl_job *job, tl_err *err) {
    const tl_saga_wetness_options options = {
        .suction = tl_job_number(job, "suction"),
        .slope_weight = tl_job_number(job, "slope_weight"),
        .slope_offset = 0.1 * TL_PI / 180.0,
        .area = (tl_saga_wetness_area)tl_job_choice(job, "area_type"),
        .slope = (tl_saga_wetness_slope)tl_job_choice(job, "slope_type"),
        .threads = tl_job_threads(job)};
    static const char *const id[] = {"output", "area", "modified_area", "catchment_slope"};
    const tl_layer layer[] = {tl_recipes_layer("SAGA wetness index", ""),
                              tl_recipes_layer("Catchment area", "m2"),
                              tl_recipes_layer("Modified catchment area", "m2"),
                              tl_recipes_layer("Catchment slope", "radian")};
    tl_grid surface = {0};
    tl_grid grid[4] = {{0}};
    tl_grid *wanted[4] = {NULL};
    for (int i = 0; i < 4; i++) {
        wanted[i] = tl_job_output(job, id[i]) != NULL ? &grid[i] : NULL;
    }
    const tl_saga_wetness out = {wanted[0], wanted[1], wanted[2], wanted[3]};
    const tl_progress fill = tl_progress_part(tl_job_progress(job), 0.0, 0.3);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.3, 1.0);
    tl_code code = TL_OK;
    tl_memory_plan plan;
    TL_CHECK(
        tl_memory_plan_make(job, 61.0,
                            "the SAGA wetness index spreads areas over all of the DEM in one pass: "
                            "raise memory, or choose the standard index, which works in tiles",
                            &plan, err));
    TL_CHECK(tl_dem_input_read_surface(job, 0.0, &surface, &fill, err));
    TL_CHECK(tl_hydro_saga_wetness(&surface, &options, &out, &rest, err));
    for (int i = 0; i < 4; i++) {
        if (wanted[i] != NULL) {
            TL_CHECK(tl_recipes_write_grid(job, id[i], &grid[i], layer[i], err));
        }
    }
done:
    tl_grid_free(&surface);
    for (int i = 0; i < 4; i++) {
        tl_grid_free(&grid[i]);
    }
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    if (tl_job_choice(job, "index") != INDEX_SAGA) {
        return run_standard(job, err);
    }
    if (tl_job_given(job, "transmissivity")) {
        return tl_fail(
            err, TL_ARG,
            "parameter 'transmissivity': the SAGA wetness index does not use it; leave it out "
            "or set index to standard or topmodel");
    }
    return write_saga(job, err);
}

const tl_algorithm tl_alg_wetness = {
    .id = "wetness",
    .title = "Topographic wetness index",
    .group = "Terrain and streams",
    .summary =
        "Topographic wetness index of a DEM, ln(specific catchment area / tan slope): where water "
        "gathers.",
    .help =
        "Fills the DEM (unless fill is no), routes water to all lower neighbours, divides the "
        "catchment area by the flow width of the cell and uses the slope of the same surface. tan "
        "slope is at least 0.001, so level cells have a finite index.\nThese are the steps of the "
        "SAGA tools with a fill of 0.01 degrees, multiple flow with convergence 1.1 and specific "
        "area; the one-step tool of SAGA has other defaults.\nindex saga computes the SAGA wetness "
        "index instead, with its area, modified area and catchment slope as optional layers. index "
        "topmodel subtracts the mean over the DEM, so that 0 is as wet as the DEM is on average.",
    .example = "tilth wetness --dem dem.tif --output twi.tif",
    .citation =
        "Beven and Kirkby 1979, Hydrol. Sci. Bull. 24:43; Freeman 1991, Comput. Geosci. 17:413; "
        "Boehner and Selige 2006, Goettinger Geogr. Abh. 115:13.",
    .tags = "wetness,SWI,TWI,topographic,moisture,catchment,hydrology",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

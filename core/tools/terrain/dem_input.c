/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading and filling the DEM of the hydrological tools; see dem_input.h. */
#include "tools/terrain/dem_input.h"

#include "hydro/fill.h"
#include "hydro/flow.h"
#include "recipes/grid_io.h"
#include "tools/terrain/dem_report.h"
#include "tools/terrain/memory_plan.h"

tl_code tl_dem_input_read(const tl_job *job, double bytes_per_cell, tl_grid *dem, tl_err *err) {
    if (bytes_per_cell > 0.0) {
        tl_memory_plan plan;
        TL_TRY(tl_memory_plan_make(job, bytes_per_cell, "this method cannot route water in tiles",
                                   &plan, err));
    }
    TL_TRY(tl_recipes_read_dem(job, "dem", dem, err));
    tl_dem_report_log_grid(job, dem);
    return TL_OK;
}

tl_code tl_dem_input_read_surface(const tl_job *job, double bytes_per_cell, tl_grid *surface,
                                  const tl_progress *p, tl_err *err) {
    *surface = (tl_grid){0};
    if (!tl_job_flag(job, "fill")) {
        return tl_dem_input_read(job, bytes_per_cell, surface, err);
    }
    tl_grid dem = {0};
    TL_TRY(tl_dem_input_read(job, bytes_per_cell, &dem, err));
    const tl_code code = tl_hydro_fill(&dem, tl_job_number(job, "min_slope"), surface, p, err);
    tl_grid_free(&dem);
    return code;
}

tl_code tl_dem_input_read_catchment(const tl_job *job, double bytes_per_cell, tl_grid *surface,
                                    int keep_flats, tl_grid *area_m2, tl_err *err) {
    const tl_flow_options options = {.method = TL_FLOW_MFD,
                                     .convergence = tl_job_number(job, "convergence"),
                                     .unit = TL_FLOW_M2,
                                     .keep_flats = keep_flats,
                                     .threads = tl_job_threads(job)};
    const tl_progress fill = tl_progress_part(tl_job_progress(job), 0.0, 0.4);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.4, 0.8);
    *area_m2 = (tl_grid){0};
    TL_TRY(tl_dem_input_read_surface(job, bytes_per_cell, surface, &fill, err));
    return tl_hydro_accumulate(surface, &options, area_m2, &route, err);
}

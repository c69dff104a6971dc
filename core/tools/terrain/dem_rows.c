/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading a DEM row by row; see dem_rows.h. */
#include "tools/terrain/dem_rows.h"

#include "recipes/dem_units.h"
#include "recipes/grid_io.h"
#include "tools/terrain/dem_report.h"

tl_code tl_dem_rows_open(const tl_job *job, const char *what, tl_dem_rows *g, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    *g = (tl_dem_rows){.job = job, .what = what};
    tl_code code = TL_OK;
    TL_CHECK(store->open_raster(tl_job_text(job, "dem"), "dem", &g->raster, err));
    const tl_raster_info *info = store->raster_info(g->raster);
    g->nrow = info->nrow;
    g->ncol = info->ncol;
    TL_CHECK(tl_georef_copy(&g->geo, &info->geo, err));
    TL_CHECK(tl_recipes_elevation_start(job, g->raster, &g->geo, &g->elevation, err));
    TL_CHECK(tl_recipes_settle_position(job, &g->geo, err));
    code = tl_terrain_cells_measure(&g->cells, &g->geo, g->nrow, what, err);
done:
    if (code != TL_OK) {
        tl_dem_rows_close(g);
    }
    return code;
}

tl_code tl_dem_rows_read(tl_dem_rows *g, ptrdiff_t row0, ptrdiff_t n_rows, float *row,
                         tl_err *err) {
    TL_TRY(tl_recipes_elevation_read(g->job, &g->elevation, g->raster, row0, n_rows, row, err));
    for (ptrdiff_t r = 0; r < n_rows; r++, row += g->ncol) {
        const ptrdiff_t found = tl_dem_report_count_values(g->what, row0 + r, 1, g->ncol, row, err);
        if (found < 0) {
            return TL_DATA;
        }
        g->n_valid += found;
        tl_dem_report_look(&g->relief, row, g->ncol);
    }
    return TL_OK;
}

tl_code tl_dem_rows_log(const tl_dem_rows *g, tl_err *err) {
    TL_TRY(tl_recipes_elevation_log(g->job, &g->elevation, err));
    if (g->n_valid == 0) {
        return tl_recipes_no_values(g->job, "dem", err);
    }
    tl_dem_report_log(g->job, &g->geo, g->nrow, g->ncol, &g->relief);
    return TL_OK;
}

void tl_dem_rows_close(tl_dem_rows *g) {
    if (g->raster != NULL) {
        tl_job_store(g->job)->close_raster(g->raster);
    }
    tl_georef_free(&g->geo);
    tl_terrain_cells_free(&g->cells);
    *g = (tl_dem_rows){0};
}

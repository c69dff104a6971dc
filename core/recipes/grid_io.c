/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading and writing of single layers; see grid_io.h. */
#include "recipes/grid_io.h"

#include <math.h>

#include "recipes/dem_units.h"

tl_code tl_recipes_no_values(const tl_job *job, const char *id, tl_err *err) {
    return tl_fail(err, TL_DATA,
                   "parameter '%s': '%s' holds NoData in every cell; wanted elevations", id,
                   tl_job_text(job, id));
}

tl_code tl_recipes_read_dem(const tl_job *job, const char *id, tl_grid *dem, tl_err *err) {
    double metres;
    TL_TRY(tl_recipes_height_factor(job, &metres, err));
    TL_TRY(tl_job_store(job)->read_grid(tl_job_text(job, id), id, 1, dem, err));
    const tl_code code = tl_recipes_settle_position(job, &dem->geo, err);
    if (code != TL_OK) {
        tl_grid_free(dem);
        return code;
    }
    ptrdiff_t valid = 0;
    for (ptrdiff_t i = 0; i < dem->nrow * dem->ncol; i++) {
        dem->data[i] = (float)((double)dem->data[i] * metres);
        valid += isfinite(dem->data[i]);
    }
    if (valid > 0) {
        return TL_OK;
    }
    tl_grid_free(dem);
    return tl_recipes_no_values(job, id, err);
}

tl_layer tl_recipes_layer(const char *description, const char *unit) {
    return (tl_layer){
        .description = description, .unit = unit, .centre_nm = (double)NAN, .fwhm_nm = (double)NAN};
}

tl_code tl_recipes_write_grid(tl_job *job, const char *id, const tl_grid *grid, tl_layer layer,
                              tl_err *err) {
    return tl_recipes_write_grids(job, id, &grid, &layer, 1, err);
}

tl_code tl_recipes_write_grids(tl_job *job, const char *id, const tl_grid *const *grid,
                               const tl_layer *layer, ptrdiff_t n, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const char *record = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    tl_sink *sink = NULL;
    TL_TRY(store->create_raster(tl_job_output(job, id), id, grid[0]->nrow, grid[0]->ncol,
                                &grid[0]->geo, layer, n, record, &sink, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        const tl_code code = store->write_rows(sink, i, 0, grid[i]->nrow, grid[i]->data, err);
        if (code != TL_OK) {
            store->abandon_raster(sink);
            return code;
        }
    }
    return store->finish_raster(sink, err);
}

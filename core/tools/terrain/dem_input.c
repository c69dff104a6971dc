/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading and filling the DEM of the hydrological tools; see surface.h. */
#include "tools/terrain/dem_input.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "hydro/fill.h"
#include "hydro/flow.h"
#include "recipes/grid_io.h"

/* Numbers that stand for missing values in many files and are no elevations. */
static const float marks[TL_MISSING_MARKS] = {-9999.0F, -99999.0F, -32768.0F, -32767.0F, 32767.0F};

/* Corners that longitude and latitude can have, and cells below a hundredth (a kilometre, if they
 * are degrees). */
static int looks_like_degrees(const tl_georef *geo, ptrdiff_t nrow, ptrdiff_t ncol) {
    double west = 0.0;
    double north = 0.0;
    double east = 0.0;
    double south = 0.0;
    tl_georef_to_map(geo, 0.0, 0.0, &west, &north);
    tl_georef_to_map(geo, (double)ncol, (double)nrow, &east, &south);
    return fabs(geo->transform[1]) < 0.01 && west >= -180.0 && east <= 180.0 && south >= -90.0 &&
           north <= 90.0;
}

void tl_dem_input_count_missing(tl_missing *missing, const float *value, ptrdiff_t n) {
    /* Piece by piece, so that the values come from memory once for all marks. */
    enum { piece = 2048 };
    for (ptrdiff_t from = 0; from < n; from += piece) {
        const int count = n - from < piece ? (int)(n - from) : piece;
        for (int k = 0; k < TL_MISSING_MARKS; k++) {
            int found = 0;
            for (int i = 0; i < count; i++) {
                found += (value[from + i] >= marks[k]) & (value[from + i] <= marks[k]);
            }
            missing->found[k] += found;
        }
    }
    for (ptrdiff_t i = 0; i < n && !missing->has_relief; i++) {
        if (!missing->has_values && !isnan(value[i])) {
            missing->has_values = 1;
            missing->first = value[i];
        }
        missing->has_relief = value[i] < missing->first || value[i] > missing->first;
    }
}

ptrdiff_t tl_dem_input_count_values(const char *what, ptrdiff_t row0, ptrdiff_t n_rows,
                                    ptrdiff_t ncol, const float *value, tl_err *err) {
    ptrdiff_t valid = 0;
    for (ptrdiff_t row = 0; row < n_rows; row++, value += ncol) {
        int found = 0;
        int infinite = 0;
        for (ptrdiff_t i = 0; i < ncol; i++) {
            found += value[i] <= FLT_MAX;
            infinite |= fabsf(value[i]) > FLT_MAX;
        }
        valid += found;
        for (ptrdiff_t i = 0; infinite && i < ncol; i++) {
            if (isinf(value[i])) {
                (void)tl_fail(err, TL_DATA,
                              "%s: the elevation of row %td, column %td is infinite; declare that "
                              "value as NoData of the raster",
                              what, row0 + row + 1, i + 1);
                return -1;
            }
        }
    }
    return valid;
}

static void tell_missing_values(const tl_job *job, const tl_missing *missing) {
    for (int k = 0; k < TL_MISSING_MARKS; k++) {
        if (missing->found[k] > 0) {
            tl_job_log(job, TL_WARNING,
                       "dem: %td cells hold %g, which looks like a missing value, but is used as "
                       "elevation; declare it as NoData, for example with gdal_edit.py -a_nodata "
                       "%g",
                       missing->found[k], (double)marks[k], (double)marks[k]);
        }
    }
}

/* A scene or a map in place of a DEM would be taken without a word otherwise. */
static void tell_bands(const tl_job *job) {
    const tl_store *store = tl_job_store(job);
    const char *path = tl_job_text(job, "dem");
    tl_raster *raster = NULL;
    if (store->open_raster(path, "dem", &raster, NULL) != TL_OK) {
        return;
    }
    const ptrdiff_t n = store->raster_info(raster)->bands.n;
    store->close_raster(raster);
    if (n > 1) {
        tl_job_log(job, TL_WARNING, "dem: '%s' has %td bands; the first one is taken as elevation",
                   path, n);
    }
}

void tl_dem_input_log_position(const tl_job *job, const tl_georef *geo, ptrdiff_t nrow,
                               ptrdiff_t ncol, const tl_missing *missing) {
    tell_bands(job);
    tell_missing_values(job, missing);
    if (missing->has_values && !missing->has_relief) {
        tl_job_log(job, TL_WARNING,
                   "dem: every cell holds %g, so there is no slope for water to follow; is this "
                   "the elevation?",
                   (double)missing->first);
    }
    if (geo->crs_wkt == NULL && looks_like_degrees(geo, nrow, ncol)) {
        tl_job_log(job, TL_WARNING,
                   "dem: no coordinate reference system, so map units are taken as metres; but "
                   "cells of %g look like degrees: give the file its CRS, for example with "
                   "gdal_translate -a_srs EPSG:4326",
                   geo->transform[1]);
    } else if (geo->crs_wkt == NULL) {
        tl_job_log(job, TL_WARNING,
                   "dem: no coordinate reference system; map units are taken as metres");
    } else if (geo->is_geographic) {
        tl_job_log(job, TL_INFO, "dem: in degrees; cells are measured in metres row by row");
    }
}

void tl_dem_input_log_surface(const tl_job *job, const tl_grid *dem) {
    tl_missing missing = {0};
    tl_dem_input_count_missing(&missing, dem->data, dem->nrow * dem->ncol);
    tl_dem_input_log_position(job, &dem->geo, dem->nrow, dem->ncol, &missing);
}

/* "640 MiB" or "3.2 GiB". */
static void write_size(double bytes, char out[32]) {
    const double mib = bytes / 1048576.0;
    (void)snprintf(out, 32, mib < 4096.0 ? "%.0f MiB" : "%.1f GiB",
                   mib < 4096.0 ? (mib < 1.0 ? 1.0 : mib) : mib / 1024.0);
}

tl_code tl_dem_input_plan(const tl_job *job, double bytes_per_cell, const char *whole,
                          tl_ground_plan *plan, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    tl_raster *raster = NULL;
    TL_TRY(store->open_raster(tl_job_text(job, "dem"), "dem", &raster, err));
    const tl_raster_info *info = store->raster_info(raster);
    *plan = (tl_ground_plan){.nrow = info->nrow, .ncol = info->ncol};
    store->close_raster(raster);
    const double need = bytes_per_cell * (double)plan->nrow * (double)plan->ncol;
    char needed[32];
    char allowed[32];
    write_size(need, needed);
    write_size(tl_job_memory_bytes(job), allowed);
    plan->too_large = need > tl_job_memory_bytes(job);
    if (!plan->too_large) {
        tl_job_log(job, TL_INFO, "dem: %td x %td cells need about %s; memory allows %s", plan->nrow,
                   plan->ncol, needed, allowed);
    } else if (whole == NULL) {
        tl_job_log(job, TL_INFO,
                   "dem: %td x %td cells need about %s at once; memory allows %s: works in tiles "
                   "through a scratch file",
                   plan->nrow, plan->ncol, needed, allowed);
    } else {
        tl_job_log(job, TL_WARNING,
                   "dem: %td x %td cells need about %s at once, more than the %s that memory "
                   "allows; %s",
                   plan->nrow, plan->ncol, needed, allowed, whole);
    }
    return TL_OK;
}

tl_code tl_dem_input_read(const tl_job *job, double bytes_per_cell, tl_grid *dem, tl_err *err) {
    if (bytes_per_cell > 0.0) {
        tl_ground_plan plan;
        TL_TRY(tl_dem_input_plan(job, bytes_per_cell, "water cannot be routed piece by piece here",
                                 &plan, err));
    }
    TL_TRY(tl_recipes_read_dem(job, "dem", dem, err));
    tl_dem_input_log_surface(job, dem);
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

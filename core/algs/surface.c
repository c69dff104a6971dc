/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading and filling the DEM of the hydrological tools; see surface.h. */
#include "algs/surface.h"

#include <math.h>

#include "algs/layers.h"
#include "hydro/fill.h"
#include "hydro/flow.h"

/* Corners that longitude and latitude can have, and cells below a hundredth (a kilometre, if they
 * are degrees). */
static int looks_like_degrees(const tl_grid *dem) {
    double west = 0.0;
    double north = 0.0;
    double east = 0.0;
    double south = 0.0;
    tl_georef_to_map(&dem->geo, 0.0, 0.0, &west, &north);
    tl_georef_to_map(&dem->geo, (double)dem->ncol, (double)dem->nrow, &east, &south);
    return fabs(dem->geo.transform[1]) < 0.01 && west >= -180.0 && east <= 180.0 &&
           south >= -90.0 && north <= 90.0;
}

/* Numbers that stand for missing values in many files and are no elevations. */
static void tell_missing_values(const tl_job *job, const tl_grid *dem) {
    static const float marks[] = {-9999.0F, -99999.0F, -32768.0F, -32767.0F, 32767.0F};
    for (ptrdiff_t k = 0; k < TL_COUNT(marks); k++) {
        ptrdiff_t found = 0;
        for (ptrdiff_t i = 0; i < dem->nrow * dem->ncol; i++) {
            found +=
                !(dem->data[i] < marks[k]) && !(dem->data[i] > marks[k]) && !isnan(dem->data[i]);
        }
        if (found > 0) {
            tl_job_say(job, TL_WARNING,
                       "dem: %td cells hold %g, which looks like a missing value, but is used as "
                       "elevation; declare it as NoData, for example with gdal_edit.py -a_nodata "
                       "%g",
                       found, (double)marks[k], (double)marks[k]);
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
        tl_job_say(job, TL_WARNING, "dem: '%s' has %td bands; the first one is taken as elevation",
                   path, n);
    }
}

void tl_algs_tell_ground(const tl_job *job, const tl_grid *dem) {
    tell_bands(job);
    tell_missing_values(job, dem);
    if (dem->geo.crs_wkt == NULL && looks_like_degrees(dem)) {
        tl_job_say(job, TL_WARNING,
                   "dem: no coordinate reference system, so map units are taken as metres; but "
                   "cells of %g look like degrees: give the file its CRS, for example with "
                   "gdal_translate -a_srs EPSG:4326",
                   dem->geo.transform[1]);
    } else if (dem->geo.crs_wkt == NULL) {
        tl_job_say(job, TL_WARNING,
                   "dem: no coordinate reference system; map units are taken as metres");
    } else if (dem->geo.is_geographic) {
        tl_job_say(job, TL_INFO, "dem: in degrees; cells are measured in metres row by row");
    }
}

tl_code tl_algs_read_ground(const tl_job *job, double bytes_per_cell, tl_grid *dem, tl_err *err) {
    TL_TRY(tl_algs_read_dem(job, "dem", dem, err));
    tl_algs_tell_ground(job, dem);
    const double need = bytes_per_cell * (double)dem->nrow * (double)dem->ncol;
    const double gib = 1024.0 * 1024.0 * 1024.0;
    if (need > tl_job_memory_bytes(job)) {
        tl_job_say(
            job, TL_WARNING,
            "dem: %td x %td cells need about %.1f GiB at once, more than the memory limit of %.1f "
            "GiB; water cannot be routed piece by piece here",
            dem->nrow, dem->ncol, need / gib, tl_job_memory_bytes(job) / gib);
    }
    return TL_OK;
}

tl_code tl_algs_read_surface(const tl_job *job, double bytes_per_cell, tl_grid *surface,
                             const tl_progress *p, tl_err *err) {
    *surface = (tl_grid){0};
    if (!tl_job_flag(job, "fill")) {
        return tl_algs_read_ground(job, bytes_per_cell, surface, err);
    }
    tl_grid dem = {0};
    TL_TRY(tl_algs_read_ground(job, bytes_per_cell, &dem, err));
    const tl_code code = tl_hydro_fill(&dem, tl_job_number(job, "min_slope"), surface, p, err);
    tl_grid_free(&dem);
    return code;
}

tl_code tl_algs_read_catchment(const tl_job *job, double bytes_per_cell, tl_grid *surface,
                               int keep_flats, tl_grid *area_m2, tl_err *err) {
    const tl_flow_options options = {.method = TL_FLOW_MFD,
                                     .convergence = tl_job_number(job, "convergence"),
                                     .unit = TL_FLOW_M2,
                                     .keep_flats = keep_flats,
                                     .threads = tl_job_threads(job)};
    const tl_progress fill = tl_progress_part(tl_job_progress(job), 0.0, 0.4);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.4, 0.8);
    *area_m2 = (tl_grid){0};
    TL_TRY(tl_algs_read_surface(job, bytes_per_cell, surface, &fill, err));
    return tl_hydro_accumulate(surface, &options, area_m2, &route, err);
}

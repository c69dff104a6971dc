/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the user should know about a DEM before its results are trusted; see dem_report.h. */
#include "tools/terrain/dem_report.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/minmax.h"

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

void tl_dem_report_look(tl_relief *relief, const float *value, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n && !relief->has_relief; i++) {
        if (!relief->has_values && !isnan(value[i])) {
            relief->has_values = 1;
            relief->first = value[i];
        }
        relief->has_relief = value[i] < relief->first || value[i] > relief->first;
    }
}

ptrdiff_t tl_dem_report_count_values(const char *what, ptrdiff_t row0, ptrdiff_t n_rows,
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

/* Otherwise a scene or a map given by mistake would be used without notice. */
static void warn_bands(const tl_job *job) {
    const tl_store *store = tl_job_store(job);
    const char *path = tl_job_text(job, "dem");
    tl_raster *raster = NULL;
    if (store->open_raster(path, "dem", &raster, NULL) != TL_OK) {
        return;
    }
    const ptrdiff_t n = store->raster_info(raster)->bands.n;
    store->close_raster(raster);
    if (n > 1) {
        tl_job_log(job, TL_WARNING, "dem: '%s' has %td bands; the first one is used as elevation",
                   path, n);
    }
}

/* The name of a CRS: the first text in quotes. */
static void name_of_crs(const char *wkt, char name[64]) {
    const char *quote = strchr(wkt, '"');
    const size_t length = quote == NULL ? 0 : strcspn(quote + 1, "\"");
    (void)snprintf(name, 64, "%.*s", (int)tl_min((ptrdiff_t)length, 63),
                   quote == NULL ? "" : quote + 1);
}

static void log_scale(const tl_job *job, const tl_georef *geo) {
    const tl_map_scale *scale = &geo->scale;
    double lowest = scale->across[0];
    double highest = scale->across[0];
    for (int i = 0; i < TL_MAP_SCALE_POINTS; i++) {
        lowest = fmin(lowest, fmin(scale->across[i], scale->along[i]));
        highest = fmax(highest, fmax(scale->across[i], scale->along[i]));
    }
    char name[64];
    name_of_crs(geo->crs_wkt, name);
    tl_job_log(job, TL_INFO,
               "dem: a metre of the map '%s' is %.4g to %.4g metres on the Earth here; cells are "
               "measured in true metres row by row",
               name, lowest, highest);
    if (scale->spread > 0.005) {
        tl_job_log(
            job, TL_WARNING,
            "dem: along a row the scale of that map differs by up to %.2g %% from the middle, "
            "which is used for the whole row; warp the DEM to a UTM zone for exact distances",
            100.0 * scale->spread);
    }
}

static void log_degrees(const tl_job *job, const tl_georef *geo) {
    const double degrees = geo->degrees_per_unit > 0.0 ? geo->degrees_per_unit : 1.0;
    const int is_grad = fabs(degrees - 0.9) < 1e-6;
    if (!(fabs(degrees - 1.0) > 0.0)) {
        tl_job_log(job, TL_INFO, "dem: in degrees; cells are measured in metres row by row");
    } else {
        tl_job_log(job, TL_INFO,
                   "dem: in %s of %.9g degrees; cells are measured in metres row by row",
                   is_grad ? "grads" : "units", degrees);
    }
}

void tl_dem_report_log(const tl_job *job, const tl_georef *geo, ptrdiff_t nrow, ptrdiff_t ncol,
                       const tl_relief *relief) {
    warn_bands(job);
    if (relief->has_values && !relief->has_relief) {
        tl_job_log(job, TL_WARNING,
                   "dem: every cell holds %g, so there is no slope for water to follow; is this "
                   "the elevation?",
                   (double)relief->first + geo->height_origin_m);
    }
    if (geo->crs_wkt == NULL && looks_like_degrees(geo, nrow, ncol)) {
        tl_job_log(
            job, TL_WARNING,
            "dem: no coordinate reference system, so map units are interpreted as metres; but "
            "cells of %g look like degrees: give the file its CRS, for example with "
            "gdal_translate -a_srs EPSG:4326",
            geo->transform[1]);
    } else if (geo->crs_wkt == NULL) {
        tl_job_log(job, TL_WARNING,
                   "dem: no coordinate reference system; map units are interpreted as metres");
    } else if (geo->is_geographic) {
        log_degrees(job, geo);
    } else if (geo->scale.is_set) {
        log_scale(job, geo);
    }
}

void tl_dem_report_log_grid(const tl_job *job, const tl_grid *dem) {
    tl_relief relief = {0};
    tl_dem_report_look(&relief, dem->data, dem->nrow * dem->ncol);
    tl_dem_report_log(job, &dem->geo, dem->nrow, dem->ncol, &relief);
}

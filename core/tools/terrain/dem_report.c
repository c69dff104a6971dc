/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the user should know about a DEM before its results are trusted; see dem_report.h. */
#include "tools/terrain/dem_report.h"

#include <float.h>
#include <math.h>

#include "base/minmax.h"

/* Numbers that mark missing values in many files and are not elevations. */
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

void tl_dem_report_count_missing(tl_missing *missing, const float *value, ptrdiff_t n) {
    /* In pieces, so that the values are loaded from memory once for all marks. */
    enum { piece = 2048 };
    for (ptrdiff_t from = 0; from < n; from += piece) {
        const int count = (int)tl_min(n - from, piece);
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

static void warn_missing_values(const tl_job *job, const tl_missing *missing) {
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

void tl_dem_report_log(const tl_job *job, const tl_georef *geo, ptrdiff_t nrow, ptrdiff_t ncol,
                       const tl_missing *missing) {
    warn_bands(job);
    warn_missing_values(job, missing);
    if (missing->has_values && !missing->has_relief) {
        tl_job_log(job, TL_WARNING,
                   "dem: every cell holds %g, so there is no slope for water to follow; is this "
                   "the elevation?",
                   (double)missing->first);
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
        tl_job_log(job, TL_INFO, "dem: in degrees; cells are measured in metres row by row");
    }
}

void tl_dem_report_log_grid(const tl_job *job, const tl_grid *dem) {
    tl_missing missing = {0};
    tl_dem_report_count_missing(&missing, dem->data, dem->nrow * dem->ncol);
    tl_dem_report_log(job, &dem->geo, dem->nrow, dem->ncol, &missing);
}

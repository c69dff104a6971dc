/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rasters resampled to another grid; see source/store.h. */
#include <cpl_string.h>
#include <gdal_utils.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/raster.h"
#include "io/valid_source.h"

/* An empty in-memory raster on the grid of like, all NaN. If one side has no CRS, that of the other
 * is used. */
static GDALDatasetH target_like(const tl_grid *like, GDALDatasetH source) {
    GDALDatasetH target = GDALCreate(GDALGetDriverByName("MEM"), "", (int)like->ncol,
                                     (int)like->nrow, 1, GDT_Float32, NULL);
    if (target == NULL) {
        return NULL;
    }
    double t[6];
    for (int i = 0; i < 6; i++) {
        t[i] = like->geo.transform[i];
    }
    GDALSetGeoTransform(target, t);
    OGRSpatialReferenceH crs = tl_io_crs(&like->geo);
    GDALSetSpatialRef(
        target, crs == NULL || GDALGetSpatialRef(source) == NULL ? GDALGetSpatialRef(source) : crs);
    OSRDestroySpatialReference(crs);
    GDALRasterBandH band = GDALGetRasterBand(target, 1);
    (void)GDALSetRasterNoDataValue(band, (double)NAN);
    (void)GDALFillRaster(band, (double)NAN, 0.0);
    return target;
}

static int warp_into(GDALDatasetH source, GDALDatasetH target, tl_resampling resampling) {
    static const char *const names[] = {"near", "bilinear", "average"};
    char **words = NULL;
    words = CSLAddString(words, "-r");
    words = CSLAddString(words, names[resampling]);
    words = CSLAddString(words, "-ovr");
    words = CSLAddString(words, "NONE");
    words = CSLAddString(words, "-et");
    words = CSLAddString(words, "0.01");
    words = CSLAddString(words, "-wo");
    words = CSLAddString(words, "NUM_THREADS=1");
    GDALWarpAppOptions *options = GDALWarpAppOptionsNew(words, NULL);
    int misuse = 0;
    GDALDatasetH done = GDALWarp(NULL, target, 1, &source, options, &misuse);
    GDALWarpAppOptionsFree(options);
    CSLDestroy(words);
    return done != NULL && !misuse;
}

static tl_code read_target(GDALDatasetH target, const tl_raster *raster, const tl_band *entry,
                           tl_grid *grid, tl_err *err) {
    const CPLErr status =
        GDALRasterIO(GDALGetRasterBand(target, 1), GF_Read, 0, 0, (int)grid->ncol, (int)grid->nrow,
                     grid->data, (int)grid->ncol, (int)grid->nrow, GDT_Float32, 0, 0);
    if (status != CE_None) {
        return tl_fail(err, TL_IO, "%s: '%s' cannot be resampled", raster->parameter, raster->path);
    }
    ptrdiff_t finite = 0;
    const ptrdiff_t cells = grid->nrow * grid->ncol;
    for (ptrdiff_t i = 0; i < cells; i++) {
        /* NoData is NaN already; a stored value that happens to equal it after averaging is
         * real. */
        grid->data[i] = (float)(entry->scale * (double)grid->data[i] + entry->offset);
        finite += isfinite(grid->data[i]) ? 1 : 0;
    }
    if (finite == 0) {
        return tl_fail(
            err, TL_DATA,
            "%s: '%s' has no valid value on the wanted grid; check that both cover the same area "
            "and have the right CRS",
            raster->parameter, raster->path);
    }
    return TL_OK;
}

static tl_code resample(tl_raster *raster, int band, const tl_grid *like, tl_resampling resampling,
                        tl_grid *grid, tl_err *err) {
    const tl_band *entry = &raster->info.bands.band[band - 1];
    double place[6];
    tl_io_call call;
    tl_io_begin(&call);
    if (GDALGetGeoTransform(raster->dataset, place) != CE_None &&
        GDALGetGCPCount(raster->dataset) == 0) {
        tl_io_end(&call);
        return tl_fail(
            err, TL_DATA,
            "%s: '%s' has no georeference, so it cannot be aligned with the other raster; "
            "assign one to it, for example with gdal_edit.py -a_srs and -a_ullr",
            raster->parameter, raster->path);
    }
    if (like->geo.placement != TL_PLACED_BY_TRANSFORM) {
        tl_io_end(&call);
        return tl_fail(
            err, TL_DATA,
            "%s: '%s' has a position on the Earth, but the raster with which it is to be "
            "aligned has none; assign one to that, for example with gdal_edit.py -a_srs "
            "and -a_ullr",
            raster->parameter, raster->path);
    }
    GDALDatasetH single = tl_io_valid_source(raster, band);
    GDALDatasetH target = single == NULL ? NULL : target_like(like, single);
    tl_code code = TL_OK;
    if (target == NULL || !warp_into(single, target, resampling) || call.failed) {
        code = tl_fail(err, TL_IO, "%s: '%s' cannot be resampled to the other grid%s",
                       raster->parameter, raster->path, tl_io_words(&call));
    } else {
        code = read_target(target, raster, entry, grid, err);
    }
    GDALClose(target);
    GDALClose(single);
    tl_io_end(&call);
    return code;
}

static tl_code check_band(const tl_raster *raster, int band, tl_err *err) {
    if (band < 1 || band > raster->info.bands.n) {
        return tl_fail(err, TL_ARG, "%s: band %d is wanted but '%s' has %td bands",
                       raster->parameter, band, raster->path, raster->info.bands.n);
    }
    return TL_OK;
}

/* Rasters that nothing is known of but their equal numbers of cells are laid on each other; a missing
 * CRS is that of the other raster. */
static tl_code assume_position(const tl_raster_info *info, const tl_raster *raster,
                               const tl_grid *like, int *same, tl_err *err) {
    const int size = info->nrow == like->nrow && info->ncol == like->ncol;
    const int unknown =
        (info->geo.placement == TL_NOT_PLACED) + (like->geo.placement == TL_NOT_PLACED);
    *same = size && tl_georef_same(&info->geo, &like->geo);
    if (size && unknown == 1) {
        *same = 1;
        return tl_assume(
            err, TL_WARNING,
            "%s: '%s' or the raster with which it is aligned has no georeference; as both "
            "have %td x %td cells, they are laid on each other cell by cell, unless both "
            "get one, for example with gdal_edit.py -a_srs and -a_ullr",
            raster->parameter, raster->path, info->ncol, info->nrow);
    }
    if (!*same && unknown == 0 && (info->geo.crs_wkt == NULL) != (like->geo.crs_wkt == NULL)) {
        return tl_assume(
            err, TL_WARNING,
            "%s: '%s' or the raster with which it is aligned has no coordinate reference "
            "system; that of the other one is used, unless it gets its own with "
            "gdal_edit.py -a_srs",
            raster->parameter, raster->path);
    }
    return TL_OK;
}

tl_code tl_io_read_grid_like(const char *path, const char *parameter, int band, const tl_grid *like,
                             tl_resampling resampling, tl_grid *grid, tl_err *err) {
    *grid = (tl_grid){0};
    tl_raster *raster = NULL;
    TL_TRY(tl_io_open_raster(path, parameter, &raster, err));
    const tl_raster_info *info = &raster->info;
    tl_code code = check_band(raster, band, err);
    if (code == TL_OK) {
        code = tl_grid_init(grid, like->nrow, like->ncol, &like->geo, err);
    }
    int same = 0;
    if (code == TL_OK) {
        code = assume_position(info, raster, like, &same, err);
    }
    if (code == TL_OK) {
        code = same ? tl_io_read_window(raster, 0, 0, info->ncol, info->nrow, &band, 1, grid->data,
                                        err)
                    : resample(raster, band, like, resampling, grid, err);
    }
    tl_io_close_raster(raster);
    if (code != TL_OK) {
        tl_grid_free(grid);
    }
    return code;
}

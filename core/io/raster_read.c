/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading rasters; see source/store.h. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/band_table.h"
#include "io/byte_order.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/raster.h"
#include "io/scene_items.h"
#include "io/source_open.h"
#include "io/whole_file.h"
#include "io/zero_cells.h"

/* A container such as netCDF or HDF5 has layers inside but no bands of its own. */
static tl_code no_bands(GDALDatasetH dataset, const char *path, const char *parameter,
                        tl_err *err) {
    char **inside = GDALGetMetadata(dataset, "SUBDATASETS");
    const char *first = inside == NULL ? NULL : CSLFetchNameValue(inside, "SUBDATASET_1_NAME");
    if (first != NULL) {
        return tl_fail(err, TL_DATA,
                       "%s: '%s' holds %d rasters and no bands of its own; name one of them, for "
                       "example %s",
                       parameter, path, CSLCount(inside) / 2, first);
    }
    return tl_fail(err, TL_DATA, "%s: '%s' has no raster bands", parameter, path);
}

/* The sentence for a raster that was not opened, or that has no bands and is closed here. */
static tl_code check_opened(const char *path, const char *parameter, tl_io_call *call,
                            GDALDatasetH *opened, tl_err *err) {
    if (tl_io_read_status(call, CE_None) != CE_None) {
        GDALClose(*opened);
        *opened = NULL;
        return tl_fail(err, TL_IO, "%s: '%s' cannot be read%s", parameter, path, tl_io_words(call));
    }
    if (*opened == NULL && tl_io_is_folder(path)) {
        return tl_fail(err, TL_IO, "%s: '%s' is a folder; wanted a raster file", parameter, path);
    }
    if (*opened == NULL && tl_io_has_extension(path, "hdr")) {
        return tl_fail(err, TL_IO,
                       "%s: '%s' is a header without values; wanted the raster file that it "
                       "describes",
                       parameter, path);
    }
    if (*opened == NULL) {
        TL_TRY(tl_io_check_whole_envi(path, parameter, err));
        return tl_fail(err, TL_IO, "%s: '%s' cannot be read as a raster%s", parameter, path,
                       tl_io_words(call));
    }
    if (GDALGetRasterCount(*opened) == 0) {
        const tl_code code = no_bands(*opened, path, parameter, err);
        GDALClose(*opened);
        *opened = NULL;
        return code;
    }
    return TL_OK;
}

tl_code tl_io_open_dataset(const char *path, const char *parameter, GDALDatasetH *dataset,
                           tl_err *err) {
    *dataset = NULL;
    tl_source_name name;
    GDALDatasetH opened = NULL;
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = tl_io_source_find(path, parameter, &name, err);
    if (code == TL_OK) {
        code = tl_io_source_prepare_raster(&name, parameter, err);
    }
    if (code == TL_OK) {
        code = tl_io_check_whole_hdf5(name.data, parameter, err);
    }
    if (code == TL_OK) {
        /* Internal: not in GDAL's list of open datasets, in which the plugin searches for the
         * datasets of others. */
        code = tl_io_source_open(&name, GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR | GDAL_OF_INTERNAL,
                                 parameter, &opened, err);
    }
    if (code == TL_OK) {
        code = check_opened(name.shown, parameter, &call, &opened, err);
    }
    tl_source_name_free(&name);
    tl_io_end(&call);
    *dataset = opened;
    return code;
}

static void describe_storage(tl_raster *raster) {
    tl_raster_info *info = &raster->info;
    GDALRasterBandH band = GDALGetRasterBand(raster->dataset, 1);
    const char *interleave = GDALGetMetadataItem(raster->dataset, "INTERLEAVE", "IMAGE_STRUCTURE");
    int block_cols = 0;
    int block_rows = 0;
    GDALGetBlockSize(band, &block_cols, &block_rows);
    info->nrow = GDALGetRasterYSize(raster->dataset);
    info->ncol = GDALGetRasterXSize(raster->dataset);
    info->block_cols = block_cols;
    info->block_rows = block_rows;
    (void)snprintf(info->format, sizeof info->format, "%s",
                   GDALGetDriverShortName(GDALGetDatasetDriver(raster->dataset)));
    (void)snprintf(info->interleave, sizeof info->interleave, "%s",
                   interleave == NULL ? "" : interleave);
    (void)snprintf(info->data_type, sizeof info->data_type, "%s",
                   GDALGetDataTypeName(GDALGetRasterDataType(band)));
}

/* The unit of the vertical part of the CRS, where it has one. */
static void describe_heights(tl_raster *raster) {
    OGRSpatialReferenceH crs = GDALGetSpatialRef(raster->dataset);
    char *unit = NULL;
    if (crs != NULL && OSRIsCompound(crs)) {
        (void)OSRGetTargetLinearUnits(crs, "VERT_CS", &unit);
        (void)snprintf(raster->info.height_unit, sizeof raster->info.height_unit, "%s",
                       unit == NULL ? "" : unit);
    }
}

tl_code tl_io_open_raster(const char *path, const char *parameter, tl_raster **raster,
                          tl_err *err) {
    *raster = NULL;
    tl_raster *r = tl_acquire(1, sizeof *r);
    if (r == NULL) {
        return tl_no_memory(err, "opening '%s'", path);
    }
    tl_code code = tl_io_open_dataset(path, parameter, &r->dataset, err);
    if (code == TL_OK) {
        tl_io_call call;
        tl_io_begin(&call);
        r->path = tl_copy_text(path);
        r->parameter = tl_copy_text(parameter);
        describe_storage(r);
        describe_heights(r);
        code = r->path == NULL || r->parameter == NULL
                   ? tl_no_memory(err, "opening '%s'", path)
                   : tl_io_check_whole_dataset(r->dataset, parameter, err);
        code = code == TL_OK ? tl_io_check_byte_order(r->dataset, path, parameter, err) : code;
        if (code == TL_OK) {
            code = tl_io_read_georef(r->dataset, &r->info.geo, &r->flip, err);
            code = code == TL_OK ? TL_OK : tl_fail_in(err, code, path);
        }
        r->info.south_up = r->flip;
        if (code == TL_OK) {
            r->info.facts = tl_io_scene_facts(r->dataset);
            code = tl_io_band_table(r->dataset, path, &r->info.bands, r->info.band_note, err);
        }
        if (code == TL_OK) {
            code =
                tl_io_validity_find(r->dataset, path, parameter, &r->info.bands, &r->validity, err);
        }
        if (code == TL_OK && tl_io_read_status(&call, CE_None) != CE_None) {
            code = tl_fail(err, TL_IO, "%s: '%s' cannot be read%s", parameter, path,
                           tl_io_words(&call));
        }
        tl_io_end(&call);
    }
    if (code == TL_OK) {
        tl_io_zero_cells_start(r);
    }
    if (code != TL_OK) {
        tl_io_close_raster(r);
        return code;
    }
    *raster = r;
    return TL_OK;
}

const tl_raster_info *tl_io_raster_info(const tl_raster *raster) {
    return &raster->info;
}

void tl_io_close_raster(tl_raster *raster) {
    if (raster == NULL) {
        return;
    }
    if (raster->dataset != NULL) {
        tl_io_zero_cells_log(raster);
        tl_io_call call;
        tl_io_begin(&call);
        GDALClose(raster->dataset);
        tl_io_end(&call);
    }
    tl_io_validity_free(raster->validity);
    tl_source_raster_info_free(&raster->info);
    tl_release(raster->path);
    tl_release(raster->parameter);
    tl_release(raster);
}

static void swap_rows(float *plane, ptrdiff_t n_rows, ptrdiff_t n_cols) {
    for (ptrdiff_t top = 0, low = n_rows - 1; top < low; top++, low--) {
        for (ptrdiff_t c = 0; c < n_cols; c++) {
            const float kept = plane[top * n_cols + c];
            plane[top * n_cols + c] = plane[low * n_cols + c];
            plane[low * n_cols + c] = kept;
        }
    }
}

/* Files whose rows are stored one after the other, usually uncompressed, which are read once from
 * start to end. */
static int is_by_rows(const tl_raster_info *info) {
    return strcmp(info->format, "ENVI") == 0 ||
           (strcmp(info->format, "GTiff") == 0 && info->bands.n == 1 && info->block_rows == 1 &&
            info->block_cols == info->ncol);
}

/* Uncompressed files with one band after the other are read straight into the caller's buffer. By
 * default GDAL keeps whole rows of them in its block cache and copies every value twice. The other
 * two orders are not read this way: interleaved by line, GDAL 3.6 assumes that the rows of one band
 * follow each other and returns the row of the next band instead; interleaved by pixel, it reads
 * all bands once for each band. */
static int reads_straight(const tl_raster_info *info) {
    return strcmp(info->format, "ENVI") == 0 && strcmp(info->interleave, "BAND") == 0;
}

static tl_code check_window(const tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0,
                            ptrdiff_t n_cols, ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands,
                            tl_err *err) {
    const tl_raster_info *info = &raster->info;
    if (col0 < 0 || row0 < 0 || n_cols < 1 || n_rows < 1 || col0 + n_cols > info->ncol ||
        row0 + n_rows > info->nrow) {
        return tl_fail(err, TL_SHAPE,
                       "%s: rows %td..%td and columns %td..%td are not inside '%s' (%td x %td)",
                       raster->parameter, row0, row0 + n_rows - 1, col0, col0 + n_cols - 1,
                       raster->path, info->nrow, info->ncol);
    }
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        if (band[b] < 1 || band[b] > info->bands.n) {
            return tl_fail(err, TL_ARG, "%s: band %d is wanted but '%s' has %td bands",
                           raster->parameter, band[b], raster->path, info->bands.n);
        }
    }
    return TL_OK;
}

/* Reads a window of stored values, band after band, in one request for all bands: requests band by
 * band would decode pixel-interleaved files once per band. With as_scene, masked cells and those
 * outside the scene become NaN. */
static tl_code read_raw(tl_raster *raster, int as_scene, ptrdiff_t col0, ptrdiff_t row0,
                        ptrdiff_t n_cols, ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands,
                        float *out, tl_err *err) {
    const tl_raster_info *info = &raster->info;
    TL_TRY(check_window(raster, col0, row0, n_cols, n_rows, band, n_bands, err));
    const ptrdiff_t file_row0 = raster->flip ? info->nrow - row0 - n_rows : row0;
    const GSpacing pixel = sizeof(float);
    tl_io_call call;
    tl_io_begin(&call);
    CPLSetThreadLocalConfigOption("GDAL_ONE_BIG_READ", reads_straight(info) ? "YES" : "NO");
    const CPLErr answer = GDALDatasetRasterIOEx(
        raster->dataset, GF_Read, (int)col0, (int)file_row0, (int)n_cols, (int)n_rows, out,
        (int)n_cols, (int)n_rows, GDT_Float32, (int)n_bands, (int *)(uintptr_t)band, pixel,
        pixel * n_cols, pixel * n_cols * n_rows, NULL);
    CPLErr status = tl_io_read_status(&call, answer);
    CPLSetThreadLocalConfigOption("GDAL_ONE_BIG_READ", NULL);
    const int window[4] = {(int)col0, (int)file_row0, (int)n_cols, (int)n_rows};
    tl_code code = TL_OK;
    if (as_scene && status == CE_None && !call.failed) {
        code = tl_io_validity_apply(raster->validity, raster->dataset, window, band, n_bands, out,
                                    err);
    }
    if (as_scene && status == CE_None && code == TL_OK && !call.failed) {
        code = tl_io_zero_cells_apply(raster, window, band, n_bands, out, err);
    }
    status = tl_io_read_status(&call, status);
    /* What was read in rows is not needed again, but the cache would keep it, up to a share of the
     * machine's memory that tilth's own limit does not bound. */
    if (is_by_rows(info) && !reads_straight(info) && n_rows > 1 && n_cols == info->ncol) {
        GDALFlushCache(raster->dataset);
    }
    tl_io_end(&call);
    if (code == TL_NOMEM || code == TL_DATA) {
        return code;
    }
    if (status != CE_None || code != TL_OK || call.failed) {
        return tl_fail(err, TL_IO,
                       "%s: rows %td to %td of '%s' cannot be read; the file may be damaged or cut "
                       "off%s",
                       raster->parameter, file_row0 + 1, file_row0 + n_rows, raster->path,
                       tl_io_words(&call));
    }
    for (ptrdiff_t b = 0; b < n_bands && raster->flip; b++) {
        swap_rows(out + b * n_rows * n_cols, n_rows, n_cols);
    }
    return TL_OK;
}

tl_code tl_io_read_stored(tl_raster *raster, ptrdiff_t row0, ptrdiff_t n_rows, const int *band,
                          ptrdiff_t n_bands, float *out, tl_err *err) {
    return read_raw(raster, 1, 0, row0, raster->info.ncol, n_rows, band, n_bands, out, err);
}

/* tl_band_value for a band with scale 1 and offset 0, without function calls. */
static void check_values(const tl_band *band, float *value, ptrdiff_t n) {
    const tl_nodata_range none = tl_bands_nodata_range(band);
    for (ptrdiff_t i = 0; i < n; i++) {
        const float v = value[i] + 0.0F;
        value[i] = fabsf(v) < TL_BAND_STORED_LIMIT && (v < none.low || v > none.high) ? v : NAN;
    }
}

tl_code tl_io_read_cell(tl_raster *raster, ptrdiff_t col, ptrdiff_t row, int band, float *value,
                        tl_err *err) {
    return read_raw(raster, 0, col, row, 1, 1, &band, 1, value, err);
}

void tl_io_to_physical(const tl_band *band, float *value, ptrdiff_t n) {
    const int is_plain = !(band->scale < 1.0) && !(band->scale > 1.0) && !(band->offset < 0.0) &&
                         !(band->offset > 0.0);
    if (is_plain) {
        check_values(band, value, n);
    }
    for (ptrdiff_t i = 0; !is_plain && i < n; i++) {
        value[i] = tl_band_value(band, value[i]);
    }
}

tl_code tl_io_read_stored_window(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0,
                                 ptrdiff_t n_cols, ptrdiff_t n_rows, const int *band,
                                 ptrdiff_t n_bands, float *out, tl_err *err) {
    return read_raw(raster, 1, col0, row0, n_cols, n_rows, band, n_bands, out, err);
}

tl_code tl_io_read_window(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0, ptrdiff_t n_cols,
                          ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands, float *out,
                          tl_err *err) {
    TL_TRY(read_raw(raster, 1, col0, row0, n_cols, n_rows, band, n_bands, out, err));
    const ptrdiff_t cells = n_cols * n_rows;
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        tl_io_to_physical(&raster->info.bands.band[band[b] - 1], out + b * cells, cells);
    }
    return TL_OK;
}

/* The values of one row as they are stored, minus origin where out is valid. */
static tl_code subtract_origin(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row, ptrdiff_t n,
                               int band, double origin, double *stored, float *out, tl_err *err) {
    const tl_band *entry = &raster->info.bands.band[band - 1];
    const ptrdiff_t file_row = raster->flip ? raster->info.nrow - 1 - row : row;
    tl_io_call call;
    tl_io_begin(&call);
    const CPLErr answer =
        GDALRasterIO(GDALGetRasterBand(raster->dataset, band), GF_Read, (int)col0, (int)file_row,
                     (int)n, 1, stored, (int)n, 1, GDT_Float64, 0, 0);
    const CPLErr status = tl_io_read_status(&call, answer);
    tl_io_end(&call);
    if (status != CE_None) {
        return tl_fail(err, TL_IO, "%s: row %td of '%s' cannot be read", raster->parameter,
                       file_row + 1, raster->path);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const double value = entry->scale * stored[i] + entry->offset - origin;
        out[i] = isnan(out[i]) ? NAN : (float)value;
    }
    return TL_OK;
}

tl_code tl_io_read_window_above(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0, ptrdiff_t n_cols,
                                ptrdiff_t n_rows, int band, double origin, float *out,
                                tl_err *err) {
    TL_TRY(tl_io_read_window(raster, col0, row0, n_cols, n_rows, &band, 1, out, err));
    double *stored = tl_acquire(n_cols, sizeof *stored);
    tl_code code = stored == NULL ? tl_no_memory(err, "a row of %td values", n_cols) : TL_OK;
    for (ptrdiff_t r = 0; r < n_rows && code == TL_OK; r++) {
        code = subtract_origin(raster, col0, row0 + r, n_cols, band, origin, stored,
                               out + r * n_cols, err);
    }
    tl_release(stored);
    return code;
}

tl_code tl_io_read_grid(const char *path, const char *parameter, int band, tl_grid *grid,
                        tl_err *err) {
    *grid = (tl_grid){0};
    tl_raster *raster = NULL;
    TL_TRY(tl_io_open_raster(path, parameter, &raster, err));
    const tl_raster_info *info = &raster->info;
    tl_code code = tl_grid_init(grid, info->nrow, info->ncol, &info->geo, err);
    if (code == TL_OK) {
        code = tl_io_read_window(raster, 0, 0, info->ncol, info->nrow, &band, 1, grid->data, err);
    }
    tl_io_close_raster(raster);
    if (code != TL_OK) {
        tl_grid_free(grid);
    }
    return code;
}

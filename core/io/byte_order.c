/* SPDX-License-Identifier: GPL-2.0-or-later
 * Headers of raw files that state the other byte order; see byte_order.h. */
#include "io/byte_order.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

static const double least_size = 1e-10;
static const double largest_size = 1e10;

/* 1 for a number of a size that measurements have; comparisons with NaN are false. */
static int is_sensible(double value) {
    return fabs(value) >= least_size && fabs(value) <= largest_size;
}

/* The number in n_bytes (4 or 8) at from, with its bytes reversed when asked. */
static double number_at(const unsigned char *from, size_t n_bytes, int reversed) {
    unsigned char bytes[8] = {0};
    for (size_t i = 0; i < n_bytes; i++) {
        bytes[i] = from[reversed ? n_bytes - 1 - i : i];
    }
    float single = 0.0F;
    double number = 0.0;
    if (n_bytes == sizeof single) {
        memcpy(&single, bytes, sizeof single);
        return (double)single;
    }
    memcpy(&number, bytes, sizeof number);
    return number;
}

static int is_raw_floats(GDALDatasetH dataset, GDALDataType type) {
    const char *format = GDALGetDriverShortName(GDALGetDatasetDriver(dataset));
    return (strcmp(format, "ENVI") == 0 || strcmp(format, "EHdr") == 0) &&
           (type == GDT_Float32 || type == GDT_Float64);
}

tl_code tl_io_check_byte_order(GDALDatasetH dataset, const char *path, const char *parameter,
                               tl_err *err) {
    GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    const GDALDataType type = GDALGetRasterDataType(band);
    if (!is_raw_floats(dataset, type)) {
        return TL_OK;
    }
    const size_t n_bytes = type == GDT_Float32 ? 4 : 8;
    const int n = GDALGetRasterXSize(dataset);
    unsigned char *row = tl_acquire(n, n_bytes);
    if (row == NULL) {
        return tl_no_memory(err, "a row of '%s'", path);
    }
    int counted = 0;
    int wild = 0;
    int sensible_reversed = 0;
    if (GDALRasterIO(band, GF_Read, 0, GDALGetRasterYSize(dataset) / 2, n, 1, row, n, 1, type, 0,
                     0) == CE_None) {
        for (int i = 0; i < n; i++) {
            /* Runs of one number, such as a code of missing values, count once. */
            if (i > 0 &&
                memcmp(row + (size_t)i * n_bytes, row + (size_t)(i - 1) * n_bytes, n_bytes) == 0) {
                continue;
            }
            const double stated = number_at(row + (size_t)i * n_bytes, n_bytes, 0);
            if (isnan(stated) || fabs(stated) > 0.0) {
                counted++;
                wild += !is_sensible(stated);
                sensible_reversed += is_sensible(number_at(row + (size_t)i * n_bytes, n_bytes, 1));
            }
        }
    }
    tl_release(row);
    if (counted < 4 || 4.0 * wild < counted || sensible_reversed < 0.95 * counted) {
        return TL_OK;
    }
    return tl_fail(err, TL_DATA,
                   "%s: '%s' has the other byte order than its header states: %d of %d numbers of "
                   "its middle row are not between 1e-10 and 1e10 in size, and with their bytes "
                   "reversed %d are; change 'byte order' in the header (0 = lowest byte first, 1 = "
                   "highest byte first; in .hdr files of ESRI BYTEORDER I or M)",
                   parameter, path, wild, counted, sensible_reversed);
}

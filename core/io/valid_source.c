/* SPDX-License-Identifier: GPL-2.0-or-later
 * Virtual bands without invalid values; see valid_source.h. */
#include "io/valid_source.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal_vrt.h>
#include <math.h>
#include <stdlib.h>
#include <threads.h>

#include "base/text.h"

static const char function_name[] = "tilth_valid";

static void blank_floats(void *const *source, int n_sources, float low, float high, ptrdiff_t n,
                         float *out) {
    const float *value = source[0];
    for (ptrdiff_t i = 0; i < n; i++) {
        const float v = value[i];
        out[i] = fabsf(v) < TL_BAND_STORED_LIMIT && !(v >= low && v <= high) ? v : NAN;
    }
    for (int k = 1; k < n_sources; k++) {
        const float *mark = source[k];
        for (ptrdiff_t i = 0; i < n; i++) {
            out[i] = mark[i] < 0.0F || mark[i] > 0.0F ? out[i] : NAN;
        }
    }
}

static void blank_doubles(void *const *source, int n_sources, float low, float high, ptrdiff_t n,
                          double *out) {
    const double *value = source[0];
    for (ptrdiff_t i = 0; i < n; i++) {
        const float v = (float)value[i];
        out[i] =
            fabsf(v) < TL_BAND_STORED_LIMIT && !(v >= low && v <= high) ? value[i] : (double)NAN;
    }
    for (int k = 1; k < n_sources; k++) {
        const double *mark = source[k];
        for (ptrdiff_t i = 0; i < n; i++) {
            out[i] = mark[i] < 0.0 || mark[i] > 0.0 ? out[i] : (double)NAN;
        }
    }
}

/* The first source holds values, the others are masks. */
static CPLErr valid(void **source, int n_sources, void *out, int n_cols, int n_rows,
                    GDALDataType source_type, GDALDataType out_type, int pixel_space,
                    int line_space, CSLConstList args) {
    const float low = (float)CPLAtof(CSLFetchNameValueDef(args, "low", "inf"));
    const float high = (float)CPLAtof(CSLFetchNameValueDef(args, "high", "-inf"));
    const ptrdiff_t n = (ptrdiff_t)n_cols * n_rows;
    const int size = GDALGetDataTypeSizeBytes(source_type);
    void *result = VSIMalloc2((size_t)n, (size_t)size);
    if (n_sources < 1 || result == NULL) {
        VSIFree(result);
        return CE_Failure;
    }
    if (source_type == GDT_Float32) {
        blank_floats(source, n_sources, low, high, n, result);
    } else {
        blank_doubles(source, n_sources, low, high, n, result);
    }
    for (int r = 0; r < n_rows; r++) {
        GDALCopyWords((char *)result + (ptrdiff_t)r * n_cols * size, source_type, size,
                      (char *)out + (ptrdiff_t)r * line_space, out_type, pixel_space, n_cols);
    }
    VSIFree(result);
    return CE_None;
}

static void register_function(void) {
    static const char about[] =
        "<PixelFunctionArgumentsList>"
        "<Argument name='low' type='string'/>"
        "<Argument name='high' type='string'/>"
        "</PixelFunctionArgumentsList>";
    (void)GDALAddDerivedBandPixelFuncWithArgs(function_name, valid, about);
}

static void copy_position(GDALDatasetH from, GDALDatasetH to) {
    static const char *const domains[] = {"RPC", "GEOLOCATION"};
    double t[6];
    if (GDALGetGeoTransform(from, t) == CE_None) {
        GDALSetGeoTransform(to, t);
    }
    if (GDALGetSpatialRef(from) != NULL) {
        GDALSetSpatialRef(to, GDALGetSpatialRef(from));
    }
    if (GDALGetGCPCount(from) > 0) {
        GDALSetGCPs2(to, GDALGetGCPCount(from), GDALGetGCPs(from), GDALGetGCPSpatialRef(from));
    }
    for (int i = 0; i < 2; i++) {
        char **items = GDALGetMetadata(from, domains[i]);
        if (items != NULL) {
            GDALSetMetadata(to, items, domains[i]);
        }
    }
}

static void add_source(GDALDatasetH to, GDALRasterBandH from) {
    const int ncol = GDALGetRasterBandXSize(from);
    const int nrow = GDALGetRasterBandYSize(from);
    (void)VRTAddSimpleSource(GDALGetRasterBand(to, 1), from, 0, 0, ncol, nrow, 0, 0, ncol, nrow,
                             "near", VRT_NODATA_UNSET);
}

GDALDatasetH tl_io_valid_source(tl_raster *raster, int band) {
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, register_function);
    const tl_nodata_range none = tl_bands_nodata_range(&raster->info.bands.band[band - 1]);
    GDALRasterBandH from = GDALGetRasterBand(raster->dataset, band);
    const GDALDataType stored = GDALGetRasterDataType(from);
    const char *type =
        stored == GDT_Float64 || GDALGetDataTypeSizeBits(stored) > 16 ? "Float64" : "Float32";
    type = stored == GDT_Float32 ? "Float32" : type;
    tl_text xml = {0};
    tl_text_addf(&xml,
                 "<VRTDataset rasterXSize=\"%td\" rasterYSize=\"%td\">"
                 "<VRTRasterBand dataType=\"%s\" band=\"1\" subClass=\"VRTDerivedRasterBand\">"
                 "<NoDataValue>nan</NoDataValue><PixelFunctionType>%s</PixelFunctionType>",
                 raster->info.ncol, raster->info.nrow, type, function_name);
    if (none.low <= none.high) {
        tl_text_add(&xml, "<PixelFunctionArguments low=\"");
        tl_text_add_number(&xml, (double)none.low);
        tl_text_add(&xml, "\" high=\"");
        tl_text_add_number(&xml, (double)none.high);
        tl_text_add(&xml, "\"/>");
    }
    tl_text_addf(&xml, "<SourceTransferType>%s</SourceTransferType></VRTRasterBand></VRTDataset>",
                 type);
    GDALDatasetH made = xml.failed ? NULL : GDALOpen(tl_text_data(&xml), GA_ReadOnly);
    tl_text_free(&xml);
    if (made != NULL) {
        copy_position(raster->dataset, made);
        add_source(made, from);
        for (int k = 0; k < 2; k++) {
            GDALRasterBandH mask = tl_io_validity_band(raster->validity, raster->dataset, band, k);
            if (mask != NULL) {
                add_source(made, mask);
            }
        }
    }
    return made;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Finished rasters opened again; see read_back.h. */
#include "io/read_back.h"

#include <gdal.h>
#include <string.h>

static int has_metadata(GDALDatasetH dataset, const tl_io_expected *e) {
    double transform[6];
    const char *record = GDALGetMetadataItem(dataset, "RECORD", "TILTH");
    const int recorded = e->record == NULL || (record != NULL && strcmp(record, e->record) == 0);
    const int placed = !e->has_crs || (GDALGetSpatialRef(dataset) != NULL &&
                                       GDALGetGeoTransform(dataset, transform) == CE_None);
    return recorded && placed;
}

static int has_last_value(GDALDatasetH dataset, const tl_io_expected *e) {
    double value = 0.0;
    GDALRasterBandH band = GDALGetRasterBand(dataset, (int)e->n_bands);
    return GDALRasterIO(band, GF_Read, (int)e->ncol - 1, (int)e->nrow - 1, 1, 1, &value, 1, 1,
                        GDT_Float64, 0, 0) == CE_None;
}

int tl_io_reads_back(const char *path, const tl_io_expected *expected) {
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    const int whole = dataset != NULL && GDALGetRasterCount(dataset) == expected->n_bands &&
                      GDALGetRasterXSize(dataset) == expected->ncol &&
                      GDALGetRasterYSize(dataset) == expected->nrow &&
                      has_metadata(dataset, expected) && has_last_value(dataset, expected);
    GDALClose(dataset);
    return whole;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * From map coordinates to pixels of a part, and back; see transform.h. */
#include "products/map_to_pixel.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal_alg.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"

/* GDAL accepts arrays of longitude and latitude only by name, which in-memory copies have. */
static int name_array(GDALDatasetH array, char name[64]) {
    (void)snprintf(name, 64, "/vsimem/tilth-place-%p.tif", (void *)array);
    GDALDatasetH copy =
        GDALCreateCopy(GDALGetDriverByName("GTiff"), name, array, FALSE, NULL, NULL, NULL);
    if (copy == NULL) {
        name[0] = '\0';
        return 0;
    }
    GDALClose(copy);
    return 1;
}

static int write_arrays(const tl_product_image *image, tl_product_transform *way) {
    if (!name_array(image->longitude, way->array[0]) ||
        !name_array(image->latitude, way->array[1])) {
        return 0;
    }
    char **items = NULL;
    items = CSLSetNameValue(items, "SRS", SRS_WKT_WGS84_LAT_LONG);
    items = CSLSetNameValue(items, "X_DATASET", way->array[0]);
    items = CSLSetNameValue(items, "X_BAND", "1");
    items = CSLSetNameValue(items, "Y_DATASET", way->array[1]);
    items = CSLSetNameValue(items, "Y_BAND", "1");
    items = CSLSetNameValue(items, "PIXEL_OFFSET", "0");
    items = CSLSetNameValue(items, "PIXEL_STEP", "1");
    items = CSLSetNameValue(items, "LINE_OFFSET", "0");
    items = CSLSetNameValue(items, "LINE_STEP", "1");
    items = CSLSetNameValue(items, "GEOREFERENCING_CONVENTION", "PIXEL_CENTER");
    const int ok = GDALSetMetadata(way->shell, items, "GEOLOCATION") == CE_None;
    CSLDestroy(items);
    return ok;
}

/* Writes the position of the part into the shell. */
static int write_position(const tl_product *product, ptrdiff_t part, tl_product_transform *way) {
    const tl_product_part *p = &product->info.part[part];
    const tl_product_image *image = &product->image[part];
    switch (p->geolocation) {
        case TL_GEOLOCATION_GRID:
            tl_io_write_georef(way->shell, &p->geo);
            return 1;
        case TL_GEOLOCATION_RPC:
            return GDALSetMetadata(way->shell, GDALGetMetadata(image->dataset, "RPC"), "RPC") ==
                   CE_None;
        case TL_GEOLOCATION_ARRAYS:
            return write_arrays(image, way);
        case TL_GEOLOCATION_NONE:
        case TL_GEOLOCATION_LOOKUP:
            break;
    }
    return 0;
}

static char **rpc_options(const tl_product *product, const tl_product_transform *way,
                          const char *dem, char **options) {
    options = CSLSetNameValue(options, "METHOD", "RPC");
    if (dem != NULL) {
        options = CSLSetNameValue(options, "RPC_DEM", dem);
        return CSLSetNameValue(options, "RPC_DEMINTERPOLATION", "bilinear");
    }
    char height[64];
    const char *mean = GDALGetMetadataItem(way->shell, "HEIGHT_OFF", "RPC");
    if (isfinite(product->info.facts.elevation_m)) {
        (void)CPLsnprintf(height, sizeof height, "%.3f", product->info.facts.elevation_m);
    } else {
        (void)snprintf(height, sizeof height, "%s", mean == NULL ? "0" : mean);
    }
    return CSLSetNameValue(options, "RPC_HEIGHT", height);
}

static tl_code make_transformer(tl_product *product, ptrdiff_t part, const char *crs_wkt,
                                const char *dem, tl_product_transform *way, tl_err *err) {
    const tl_product_part *p = &product->info.part[part];
    if (!write_position(product, part, way)) {
        return tl_fail(err, TL_DATA,
                       "%s: part %s of '%s' has no CRS, RPC or coordinates, so it cannot be put "
                       "on a grid; import it without geocoding",
                       product->parameter, p->name, product->path);
    }
    tl_io_call call;
    tl_io_begin(&call);
    char **options = NULL;
    options = CSLSetNameValue(options, "DST_SRS", crs_wkt);
    if (p->geolocation == TL_GEOLOCATION_RPC) {
        options = rpc_options(product, way, dem, options);
    } else if (p->geolocation == TL_GEOLOCATION_ARRAYS) {
        options = CSLSetNameValue(options, "METHOD", "GEOLOC_ARRAY");
    } else {
        options = CSLSetNameValue(options, "METHOD", "GEOTRANSFORM");
    }
    way->transformer = GDALCreateGenImgProjTransformer2(way->shell, NULL, options);
    CSLDestroy(options);
    tl_code code = TL_OK;
    if (way->transformer == NULL) {
        code =
            tl_fail(err, TL_DATA, "%s: the pixels of part %s of '%s' cannot be found on the map%s",
                    product->parameter, p->name, product->path, tl_io_words(&call));
    }
    tl_io_end(&call);
    return code;
}

tl_code tl_products_transform_init(tl_product *product, ptrdiff_t part, const char *crs_wkt,
                                   const char *dem, tl_product_transform *way, tl_err *err) {
    *way = (tl_product_transform){0};
    if (dem != NULL) {
        TL_TRY(tl_io_check_file(dem, "dem", err));
    }
    const tl_product_part *p = &product->info.part[part];
    tl_io_call call;
    tl_io_begin(&call);
    way->shell =
        GDALCreate(GDALGetDriverByName("MEM"), "", (int)p->ncol, (int)p->nrow, 0, GDT_Byte, NULL);
    tl_code code = way->shell == NULL ? tl_no_memory(err, "placing '%s'", product->path)
                                      : make_transformer(product, part, crs_wkt, dem, way, err);
    tl_io_end(&call);
    if (code != TL_OK) {
        tl_products_transform_free(way);
    }
    return code;
}

void tl_products_transform_free(tl_product_transform *way) {
    if (way == NULL) {
        return;
    }
    if (way->transformer != NULL) {
        GDALDestroyGenImgProjTransformer(way->transformer);
    }
    GDALClose(way->shell);
    for (int i = 0; i < 2; i++) {
        if (way->array[i][0] != '\0') {
            (void)VSIUnlink(way->array[i]);
        }
    }
    *way = (tl_product_transform){0};
}

static void move(const tl_product_transform *way, int to_pixel, ptrdiff_t n, double *x, double *y,
                 int *ok) {
    double *z = tl_acquire(n, sizeof *z);
    memset(ok, 0, (size_t)n * sizeof *ok);
    if (z != NULL) {
        tl_io_call call;
        tl_io_begin(&call);
        (void)GDALGenImgProjTransform(way->transformer, to_pixel, (int)n, x, y, z, ok);
        tl_io_end(&call);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        ok[i] = ok[i] && isfinite(x[i]) && isfinite(y[i]);
    }
    tl_release(z);
}

void tl_products_to_pixel(const tl_product_transform *way, ptrdiff_t n, double *x, double *y,
                          int *ok) {
    move(way, 1, n, x, y, ok);
}

void tl_products_to_map(const tl_product_transform *way, ptrdiff_t n, double *x, double *y,
                        int *ok) {
    move(way, 0, n, x, y, ok);
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * EMIT L2A reflectance and L1B radiance in netCDF files: [downtrack, crosstrack, band], with a
 * table of the pixel of every cell of a grid.
 *
 * source EMIT L2A Algorithm: Surface Reflectance, Theoretical Basis, 2023; LP DAAC EMITL2ARFL v001,
 *        EMITL1BRAD v001 */
#include <cpl_conv.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/georef_gdal.h"
#include "products/cube.h"
#include "products/sisters.h"
#include "products/xml.h"

enum { wkt_capacity = 8192 };

static const double per_square_metre = 10.0; /* uW cm-2 nm-1 in W m-2 um-1 */

typedef struct emit {
    tl_hierarchy file;
    tl_cube cube;
} emit;

static int claims(const char *path) {
    char found[tl_products_path_capacity];
    const char *name = tl_base_name(path);
    return tl_io_has_extension(path, "nc,nc4")
               ? tl_products_begins(name, "EMIT_L2A_RFL_") ||
                     tl_products_begins(name, "EMIT_L1B_RAD_")
               : tl_io_is_folder(path) &&
                     (tl_products_sisters(path, "EMIT_L2A_RFL_", ".nc", found) > 0 ||
                      tl_products_sisters(path, "EMIT_L1B_RAD_", ".nc", found) > 0);
}

static void free_emit(void *own) {
    emit *e = own;
    if (e != NULL) {
        tl_products_cube_close(&e->cube);
        tl_products_hierarchy_close(&e->file);
    }
    tl_release(e);
}

static tl_code read_emit(tl_product *product, ptrdiff_t part, ptrdiff_t row0, ptrdiff_t n_rows,
                         const int *band, ptrdiff_t n_bands, float *out, tl_err *err) {
    emit *e = product->own;
    tl_cube *cube = &e->cube;
    (void)part;
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        int fresh = 0;
        TL_TRY(tl_products_cube_load(cube, row0 + r, n_rows - r, product->parameter, &fresh, err));
        const float *line =
            (const float *)cube->slab + (row0 + r - cube->row0) * cube->ncol * cube->nband;
        for (ptrdiff_t c = 0; c < cube->ncol; c++) {
            const float *pixel = line + c * cube->nband;
            for (ptrdiff_t b = 0; b < n_bands; b++) {
                out[(b * n_rows + r) * cube->ncol + c] = pixel[band[b] - 1];
            }
        }
    }
    return TL_OK;
}

static tl_code put_bands(tl_product *product, const emit *e, int is_radiance, tl_err *err) {
    tl_bands *bands = &product->info.part[0].bands;
    const ptrdiff_t n = e->cube.nband;
    TL_TRY(tl_bands_init(bands, n, err));
    double *list = tl_acquire(3 * n, sizeof *list);
    if (list == NULL) {
        return tl_no_memory(err, "a table of %td bands", n);
    }
    double *width = list + n;
    double *good = list + 2 * n;
    static const char group[] = "/sensor_band_parameters";
    char path[64];
    (void)snprintf(path, sizeof path, "%s/wavelengths", group);
    const int has_centre = tl_products_hierarchy_array(&e->file, path, n, GDT_Float64, list);
    (void)snprintf(path, sizeof path, "%s/fwhm", group);
    const int has_width = tl_products_hierarchy_array(&e->file, path, n, GDT_Float64, width);
    (void)snprintf(path, sizeof path, "%s/good_wavelengths", group);
    const int has_good = tl_products_hierarchy_array(&e->file, path, n, GDT_Float64, good);
    for (ptrdiff_t i = 0; i < n && has_centre; i++) {
        tl_band *band = &bands->band[i];
        band->centre_nm = list[i];
        band->fwhm_nm = has_width && width[i] > 0.0 ? width[i] : (double)NAN;
        band->scale = is_radiance ? per_square_metre : 1.0;
        band->has_nodata = 1;
        band->nodata = -9999.0;
        (void)snprintf(band->from, sizeof band->from, "EMIT sensor_band_parameters");
        (void)snprintf(band->unit, sizeof band->unit, "%s", is_radiance ? "W m-2 sr-1 um-1" : "");
        if (has_good && !(fabs(good[i]) > 0.0)) {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason,
                           "water vapour, according to the product (good_wavelengths 0)");
        }
    }
    tl_release(list);
    return has_centre ? tl_bands_complete(bands, err)
                      : tl_fail(err, TL_FORMAT,
                                "%s: '%s' lacks the %td wavelengths of its bands "
                                "(sensor_band_parameters/wavelengths)",
                                product->parameter, product->path, n);
}

/* 0-based positions from 1-based ones; -1 for 0 and for positions outside. */
static void to_zero_based(int *table, ptrdiff_t n, ptrdiff_t size) {
    for (ptrdiff_t i = 0; i < n; i++) {
        /* Negative entries mean a pixel that was copied from a neighbouring cell. */
        const int one = table[i] < 0 && table[i] > INT32_MIN ? -table[i] : table[i];
        table[i] = one >= 1 && one <= size ? one - 1 : -1;
    }
}

static tl_code put_lookup(tl_product *product, const emit *e, tl_err *err) {
    tl_product_part *part = &product->info.part[0];
    tl_product_image *image = &product->image[0];
    ptrdiff_t shape[4] = {0};
    double transform[6];
    char *wkt = tl_acquire(wkt_capacity, 1);
    if (wkt == NULL) {
        return tl_no_memory(err, "opening '%s'", product->path);
    }
    tl_products_hierarchy_text(&e->file, "spatial_ref", wkt, wkt_capacity);
    OGRSpatialReferenceH crs = OSRNewSpatialReference(wkt[0] == '\0' ? NULL : wkt);
    tl_release(wkt);
    tl_code code = TL_OK;
    if (crs == NULL || tl_products_hierarchy_numbers(&e->file, "geotransform", transform, 6) != 6 ||
        tl_products_hierarchy_shape(&e->file, "/location/glt_x", shape) != 2 || shape[0] < 1 ||
        shape[1] < 1 || shape[0] > 1 << 20 || shape[1] > 1 << 20) {
        goto done;
    }
    const ptrdiff_t n = shape[0] * shape[1];
    image->lookup_row = tl_acquire(n, sizeof(int));
    image->lookup_col = tl_acquire(n, sizeof(int));
    if (image->lookup_row == NULL || image->lookup_col == NULL) {
        code = tl_no_memory(err, "the table of pixels of '%s'", product->path);
        goto done;
    }
    if (!tl_products_hierarchy_array(&e->file, "/location/glt_x", n, GDT_Int32,
                                     image->lookup_col) ||
        !tl_products_hierarchy_array(&e->file, "/location/glt_y", n, GDT_Int32,
                                     image->lookup_row)) {
        goto done;
    }
    to_zero_based(image->lookup_col, n, part->ncol);
    to_zero_based(image->lookup_row, n, part->nrow);
    image->lookup_nrow = shape[0];
    image->lookup_ncol = shape[1];
    memcpy(part->geo.transform, transform, sizeof transform);
    TL_CHECK(tl_io_set_crs(&part->geo, crs, err));
    part->geolocation = TL_GEOLOCATION_LOOKUP;
done:
    if (crs != NULL) {
        OSRDestroySpatialReference(crs);
    }
    return code;
}

static void put_facts(const emit *e, const char *level, tl_scene_facts *facts) {
    static const char *const keys[] = {"easternmost_longitude", "westernmost_longitude",
                                       "northernmost_latitude", "southernmost_latitude"};
    double side[4];
    char text[64];
    (void)snprintf(facts->sensor, sizeof facts->sensor, "EMIT");
    (void)snprintf(facts->level, sizeof facts->level, "%s", level);
    tl_products_hierarchy_text(&e->file, "time_coverage_start", text, sizeof text);
    tl_products_utc(text, facts->utc);
    for (size_t k = 0; k < 4; k++) {
        (void)tl_products_hierarchy_numbers(&e->file, keys[k], &side[k], 1);
    }
    facts->longitude_deg = (side[0] + side[1]) / 2.0;
    facts->latitude_deg = (side[2] + side[3]) / 2.0;
}

static tl_code find_file(const tl_product *product, char *path, tl_err *err) {
    (void)snprintf(path, tl_products_path_capacity, "%.4000s", product->path);
    if (!tl_io_is_folder(path)) {
        return TL_OK;
    }
    ptrdiff_t n = tl_products_sisters(product->path, "EMIT_L2A_RFL_", ".nc", path);
    /* The uncertainty and the mask of a scene have their own names: RFLUNCERT, MASK. */
    n = n > 0 ? n : tl_products_sisters(product->path, "EMIT_L1B_RAD_", ".nc", path);
    return n == 1 ? TL_OK
                  : tl_fail(err, TL_FORMAT,
                            "%s: '%s' contains %td EMIT scenes; name one of them, for example "
                            "'%.600s'",
                            product->parameter, product->path, n, tl_base_name(path));
}

static tl_code open_emit(const tl_product_wish *wish, tl_product *product, tl_err *err) {
    char path[tl_products_path_capacity];
    (void)wish;
    TL_TRY(find_file(product, path, err));
    emit *e = tl_acquire(1, sizeof *e);
    if (e == NULL) {
        return tl_no_memory(err, "opening '%s'", product->path);
    }
    product->own = e;
    product->free_own = free_emit;
    TL_TRY(tl_products_hierarchy_open(path, "netCDF", product->parameter, &e->file, err));
    ptrdiff_t shape[4];
    const int is_radiance = tl_products_hierarchy_shape(&e->file, "/radiance", shape) == 3;
    TL_TRY(tl_products_cube_open(&e->file, path, is_radiance ? "/radiance" : "/reflectance", 1,
                                 GDT_Float32, product->parameter, &e->cube, err));
    TL_TRY(tl_products_parts(product, 1, err));
    tl_product_part *part = &product->info.part[0];
    const char *level = is_radiance ? "L1B" : "L2A";
    (void)snprintf(part->name, sizeof part->name, "VNIR and SWIR");
    (void)snprintf(product->info.kind, sizeof product->info.kind, "EMIT %s", level);
    product->info.quantity = is_radiance ? TL_QUANTITY_RADIANCE : TL_QUANTITY_REFLECTANCE;
    part->nrow = e->cube.nrow;
    part->ncol = e->cube.ncol;
    static const double nowhere[6] = {0.0, 1.0, 0.0, 0.0, 0.0, -1.0};
    memcpy(part->geo.transform, nowhere, sizeof nowhere);
    product->image[0].read = read_emit;
    put_facts(e, level, &product->info.facts);
    TL_TRY(put_bands(product, e, is_radiance, err));
    TL_TRY(put_lookup(product, e, err));
    return is_radiance
               ? tl_products_note(product, err,
                                  "EMIT L1B is in uW cm-2 sr-1 nm-1; it was multiplied by 10, "
                                  "which is W m-2 sr-1 um-1")
               : tl_products_note(product, err,
                                  "reflectances a little below 0 in absorption bands are kept as "
                                  "they are in EMIT");
}

const tl_product_reader tl_products_emit = {
    .name = "EMIT",
    .claims = claims,
    .open = open_emit,
};

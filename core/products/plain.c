/* SPDX-License-Identifier: GPL-2.0-or-later
 * Any raster as a product of one part: ENVI, GeoTIFF, VRT and all other formats that GDAL reads,
 * with the band table that the file has, or that the user saved next to it as <image>.bands.csv. */
#include <cpl_string.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/checked_file.h"
#include "io/raster.h"
#include "products/reader.h"

static int claims(const char *path) {
    return !tl_io_is_folder(path) && !tl_io_has_extension(path, "xml");
}

static void free_raster(void *own) {
    tl_io_close_raster(own);
}

static tl_code read_raster(tl_product *product, ptrdiff_t part, ptrdiff_t row0, ptrdiff_t n_rows,
                           const int *band, ptrdiff_t n_bands, float *out, tl_err *err) {
    (void)part;
    return tl_io_read_stored(product->own, row0, n_rows, band, n_bands, out, err);
}

/* Two bands of one detector at the same wavelength: one of the wavelengths is wrong. */
static tl_code check_twice(const tl_product *product, const tl_bands *bands, tl_err *err) {
    ptrdiff_t *order = tl_acquire(bands->n, sizeof *order);
    if (order == NULL) {
        return tl_no_memory(err, "a table of %td bands", bands->n);
    }
    tl_bands_order(bands, order);
    tl_code code = TL_OK;
    for (ptrdiff_t i = 1; i < bands->n && code == TL_OK; i++) {
        const tl_band *a = &bands->band[order[i - 1]];
        const tl_band *b = &bands->band[order[i]];
        if (a->detector == b->detector && !(fabs(a->centre_nm - b->centre_nm) > 0.0)) {
            code = tl_fail(
                err, TL_DATA,
                "%s: bands %d and %d of '%s' are both at %g nm; write the true wavelengths into "
                "'%s.bands.csv'",
                product->parameter, a->index, b->index, product->path, a->centre_nm, product->path);
        }
    }
    tl_release(order);
    return code;
}

static tl_code note_bands(tl_product *product, const tl_bands *bands, tl_err *err) {
    ptrdiff_t decreasing = 0;
    ptrdiff_t assumed = 0;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        decreasing += i > 0 && bands->band[i].centre_nm < bands->band[i - 1].centre_nm;
        assumed += bands->band[i].fwhm_assumed;
    }
    TL_TRY(tl_products_note(product, err, "wavelengths from: %s", bands->band[0].from));
    if (decreasing > bands->n / 2) {
        TL_TRY(tl_products_note(product, err, "the wavelengths decrease from band to band"));
    }
    return assumed > 0 ? tl_products_note(product, err,
                                          "the file has no widths for %td bands; half the distance "
                                          "to both neighbours is assumed",
                                          assumed)
                       : TL_OK;
}

static tl_code open_plain(const tl_product_wish *wish, tl_product *product, tl_err *err) {
    (void)wish;
    tl_raster *raster = NULL;
    TL_TRY(tl_io_open_raster(product->path, product->parameter, &raster, err));
    product->own = raster;
    product->free_own = free_raster;
    const tl_raster_info *from = tl_io_raster_info(raster);
    TL_TRY(tl_products_parts(product, 1, err));
    /* The raster may be a member of the archive that the path names. */
    TL_TRY(tl_products_open_image(product, 0,
                                  tl_io_unchecked_name(GDALGetDescription(raster->dataset)), err));
    tl_product_part *part = &product->info.part[0];
    tl_bands_free(&part->bands);
    TL_TRY(tl_bands_copy(&part->bands, &from->bands, err));
    if (part->geolocation != TL_GEOLOCATION_RPC) {
        /* Read as all rasters are, so that rows from south to north are reversed and every
         * interleave works. */
        GDALClose(product->image[0].dataset);
        product->image[0].dataset = NULL;
        product->image[0].flip = 0;
        product->image[0].read = read_raster;
    }
    product->info.facts = from->facts;
    product->info.quantity = from->bands.quantity;
    (void)snprintf(part->name, sizeof part->name, "image");
    (void)snprintf(product->info.kind, sizeof product->info.kind, "%s raster", from->format);
    if (!tl_bands_have_wavelengths(&part->bands)) {
        return tl_fail(err, TL_DATA,
                       "%s: '%s' does not state the wavelengths of its %td bands; write them "
                       "into '%s.bands.csv' (columns band,wavelength,fwhm,good)",
                       product->parameter, product->path, part->bands.n, product->path);
    }
    TL_TRY(check_twice(product, &part->bands, err));
    return note_bands(product, &part->bands, err);
}

const tl_product_reader tl_products_plain = {
    .name = "any image with wavelengths",
    .claims = claims,
    .open = open_plain,
};

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Products that are a pair of files; see metadata_pair.h. */
#include "products/metadata_pair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "io/band_table.h"
#include "io/bytes.h"
#include "io/source_open.h"

int tl_products_pair_claims(const tl_products_pair *pair, const char *path) {
    char found[tl_products_path_capacity];
    return tl_products_sisters(path, pair->head, pair->metadata, found) > 0 ||
           tl_products_sisters(path, pair->head, pair->images, found) > 0;
}

tl_code tl_products_pair_find(const tl_products_pair *pair, const tl_product *product,
                              char *metadata, char *image, tl_err *err) {
    const char *path = product->path;
    const char *parameter = product->parameter;
    const ptrdiff_t n = tl_products_sisters(path, pair->head, pair->metadata, metadata);
    if (n > 1) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%.1000s' contains %td %s scenes; name the metadata file of one of "
                       "them, for example '%.600s'",
                       parameter, path, n, pair->name, tl_base_name(metadata));
    }
    if (n == 0) {
        return tl_fail(err, TL_FORMAT,
                       "%s: no file '...%s' belongs to the %s image '%s'; without it the "
                       "wavelengths and gains are unknown",
                       parameter, pair->metadata, pair->name, path);
    }
    /* The image is searched from the metadata, so that both are of the same scene. An archive is
     * searched as a whole: a path inside it is not a folder on a disk. */
    const char *from = tl_io_source_is_archive(path) && !tl_io_is_folder(path) ? path : metadata;
    if (tl_products_sisters(from, pair->head, pair->images, image) == 0) {
        return tl_fail(err, TL_FORMAT,
                       "%s: no image belongs to the %s metadata '%s'; wanted a file in the same "
                       "folder whose name ends with one of %s",
                       parameter, pair->name, path, pair->images);
    }
    return TL_OK;
}

tl_code tl_products_pair_open(tl_product *product, const char *metadata, const char *image,
                              CPLXMLNode **tree, const CPLXMLNode **root, tl_err *err) {
    *tree = NULL;
    TL_TRY(tl_products_xml_open(metadata, product->parameter, tree, root, err));
    TL_TRY(tl_products_parts(product, 1, err));
    return tl_products_open_image(product, 0, image, err);
}

tl_code tl_products_pair_check(const tl_product *product, ptrdiff_t n_described, ptrdiff_t n_bands,
                               tl_err *err) {
    return n_described == n_bands
               ? TL_OK
               : tl_fail(err, TL_FORMAT,
                         "%s: the metadata of '%s' describe %td bands with centre and gain, but "
                         "the image has %td; both files must be of the same product",
                         product->parameter, product->path, n_described, n_bands);
}

/* The channel whose wavelength is that of a band; 0 = none within the tolerance. */
static int nearest_channel(const double *centre, ptrdiff_t n, double wavelength_nm) {
    const double tolerance_nm = 0.6;
    double best = tolerance_nm;
    int found = 0;
    for (ptrdiff_t k = 0; k < n; k++) {
        const double distance = fabs(centre[k] - wavelength_nm);
        if (distance <= best) {
            best = distance;
            found = (int)k + 1;
        }
    }
    return found;
}

/* The number in a name such as "Band 12", "B012" or "band_12 (...)"; 0 = none. */
static int number_in_name(const char *name) {
    static const char word[] = "band";
    size_t k = 0;
    while (k < sizeof word - 1 && (name[k] | 32) == word[k]) {
        k++;
    }
    if (k != 1 && k != sizeof word - 1) {
        return 0;
    }
    k += strspn(name + k, " _-#:");
    const long number = name[k] >= '0' && name[k] <= '9' ? strtol(name + k, NULL, 10) : 0;
    return number > 0 && number < 100000 ? (int)number : 0;
}

/* 1 when every band has another channel. */
static int are_distinct(const int *channel, ptrdiff_t n_bands, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n_bands; i++) {
        if (channel[i] < 1 || channel[i] > n) {
            return 0;
        }
        for (ptrdiff_t k = 0; k < i; k++) {
            if (channel[k] == channel[i]) {
                return 0;
            }
        }
    }
    return 1;
}

tl_code tl_products_pair_match(const tl_product *product, const char *image, const double *centre,
                               ptrdiff_t n, ptrdiff_t n_bands, int *channel, tl_err *err) {
    char note[TL_BAND_NOTE_CAPACITY];
    tl_bands own;
    if (n <= n_bands) {
        for (ptrdiff_t i = 0; i < n_bands; i++) {
            channel[i] = (int)(i < n ? i + 1 : n);
        }
        return n == n_bands ? TL_OK : tl_products_pair_check(product, n, n_bands, err);
    }
    TL_TRY(tl_io_band_table(product->image[0].dataset, image, &own, note, err));
    for (ptrdiff_t i = 0; i < n_bands; i++) {
        channel[i] = nearest_channel(centre, n, own.band[i].centre_nm);
    }
    int found = are_distinct(channel, n_bands, n);
    for (ptrdiff_t i = 0; i < n_bands && !found; i++) {
        channel[i] = number_in_name(own.band[i].name);
    }
    found = found || are_distinct(channel, n_bands, n);
    tl_bands_free(&own);
    return found ? TL_OK
                 : tl_fail(err, TL_FORMAT,
                           "%s: the metadata of '%s' describe %td bands, but the image has %td and "
                           "does not tell which; use both files as they were delivered, or import "
                           "the image alone from another folder with its wavelengths in "
                           "'<image>.bands.csv'",
                           product->parameter, product->path, n, n_bands);
}

void tl_products_pair_background(const CPLXMLNode *root, tl_bands *bands) {
    const double background = tl_products_xml_number(root, "specific/backgroundValue");
    for (ptrdiff_t i = 0; i < bands->n && isfinite(background); i++) {
        bands->band[i].has_nodata = 1;
        bands->band[i].nodata = background;
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Products that are a pair of files; see metadata_pair.h. */
#include "products/metadata_pair.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

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
    const char *from = strncmp(metadata, "/vsizip/", 8) == 0 ? path : metadata;
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

void tl_products_pair_background(const CPLXMLNode *root, tl_bands *bands) {
    const double background = tl_products_xml_number(root, "specific/backgroundValue");
    for (ptrdiff_t i = 0; i < bands->n && isfinite(background); i++) {
        bands->band[i].has_nodata = 1;
        bands->band[i].nodata = background;
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * DESIS L1B, L1C and L2A: the metadata file, the image next to it, or a folder or archive of both.
 *
 * L1 gains are in mW cm-2 sr-1 um-1, a tenth of the number in W m-2 sr-1 um-1; L2A gains are for
 * reflectance. Where the metadata lack the bands, those of the ENVI header next to the image are
 * used.
 *
 * source DESIS Products and Algorithms Documentation PAV-DES-TN-0001; Alonso et al. 2019, Sensors
 *        19:4471 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/envi_header.h"
#include "products/metadata_pair.h"

enum { header_limit = 16 << 20 };

static const tl_products_pair files = {"DESIS", "DESIS", "-METADATA.XML",
                                       "-SPECTRAL_IMAGE.TIF,-SPECTRAL_IMAGE.TIFF"};
static const double per_square_metre = 10.0; /* mW cm-2 in W m-2 */

static int claims(const char *path) {
    return tl_products_pair_claims(&files, path);
}

/* "DESIS-HSI-L2A-DT..." */
static void level_of(const char *path, char level[8]) {
    const char *name = tl_base_name(path);
    const char *at = strstr(name, "-L");
    (void)snprintf(level, 8, "%.3s", at == NULL ? "" : at + 1);
}

static void put_facts(const CPLXMLNode *root, const char *level, tl_scene_facts *facts) {
    (void)snprintf(facts->sensor, sizeof facts->sensor, "DESIS");
    (void)snprintf(facts->level, sizeof facts->level, "%s", level);
    tl_products_utc(tl_products_xml_text(root, "temporalCoverage/startTime"), facts->utc);
    tl_products_xml_centre(root, facts);
    facts->sun_zenith_deg = tl_products_xml_number(root, "sunZenithAngle");
    facts->sun_azimuth_deg = tl_products_xml_number(root, "sunAzimuthAngle");
    facts->view_zenith_deg = tl_products_xml_number(root, "sceneIncidenceAngle");
    facts->view_azimuth_deg = tl_products_xml_number(root, "sceneAzimuthAngle");
}

/* Centres of all bands that the metadata describe, one <band> after the other.
 *
 * centre   [capacity] out, nm
 * returns  how many bands they describe */
static ptrdiff_t centres_of_metadata(const CPLXMLNode *root, double *centre, ptrdiff_t capacity) {
    const CPLXMLNode *one = tl_products_xml_find(root, "bandCharacterisation/band");
    ptrdiff_t n = 0;
    for (; one != NULL && n < capacity; one = tl_products_xml_next(one), n++) {
        centre[n] = tl_products_xml_number(one, "wavelengthCenterOfBand");
    }
    return n;
}

/* Bands of the metadata; channel [bands->n] are their 1-based positions there. Returns how many have
 * all values. */
static ptrdiff_t bands_of_metadata(const CPLXMLNode *root, const int *channel, tl_bands *bands) {
    const CPLXMLNode *one = tl_products_xml_find(root, "bandCharacterisation/band");
    ptrdiff_t n = 0;
    for (int position = 1; one != NULL; one = tl_products_xml_next(one), position++) {
        ptrdiff_t i = 0;
        while (i < bands->n && channel[i] != position) {
            i++;
        }
        if (i == bands->n) {
            continue;
        }
        tl_band *band = &bands->band[i];
        band->centre_nm = tl_products_xml_number(one, "wavelengthCenterOfBand");
        band->fwhm_nm = tl_products_xml_number(one, "wavelengthWidthOfBand");
        band->scale = tl_products_xml_number(one, "gainOfBand");
        band->offset = tl_products_xml_number(one, "offsetOfBand");
        (void)snprintf(band->from, sizeof band->from, "DESIS metadata");
        n += isfinite(band->centre_nm) && isfinite(band->scale) && isfinite(band->offset);
    }
    return n;
}

/* The same from the ENVI header; 0 when it is missing or lacks a list. */
static ptrdiff_t bands_of_header(const char *image, tl_bands *bands, tl_err *err) {
    char path[tl_products_path_capacity];
    char *bytes = NULL;
    size_t length = 0;
    tl_envi envi = {0};
    tl_io_replace_extension(image, "hdr", path);
    double *list = tl_acquire(4 * bands->n, sizeof *list);
    int whole = list != NULL &&
                tl_io_read_bytes(path, "header", header_limit, &bytes, &length, err) == TL_OK &&
                tl_io_envi_parse(bytes, length, "header", &envi, err) == TL_OK;
    static const char *const keys[] = {"wavelength", "fwhm", "data gain values",
                                       "data offset values"};
    for (ptrdiff_t k = 0; k < 4 && whole; k++) {
        whole = tl_io_envi_numbers(&envi, keys[k], bands->n, list + k * bands->n);
    }
    for (ptrdiff_t i = 0; i < bands->n && whole; i++) {
        tl_band *band = &bands->band[i];
        band->centre_nm = list[i];
        band->fwhm_nm = list[bands->n + i];
        band->scale = list[2 * bands->n + i];
        band->offset = list[3 * bands->n + i];
        (void)snprintf(band->from, sizeof band->from, "ENVI header");
    }
    tl_io_envi_free(&envi);
    tl_release(bytes);
    tl_release(list);
    return whole ? bands->n : 0;
}

static tl_code put_bands(const tl_product *product, const CPLXMLNode *root, const char *image,
                         int is_radiance, tl_bands *bands, tl_err *err) {
    enum { max_bands = 4096 };
    double *centre = tl_acquire(max_bands, sizeof *centre);
    int *channel = tl_acquire(bands->n, sizeof *channel);
    tl_code code = centre == NULL || channel == NULL
                       ? tl_no_memory(err, "a table of %td bands", bands->n)
                       : TL_OK;
    const ptrdiff_t described = code == TL_OK ? centres_of_metadata(root, centre, max_bands) : 0;
    if (described > 0 && code == TL_OK) {
        code = tl_products_pair_match(product, image, centre, described, bands->n, channel, err);
    }
    const ptrdiff_t n = code == TL_OK ? bands_of_metadata(root, channel, bands) : 0;
    tl_release(centre);
    tl_release(channel);
    TL_TRY(code);
    if (n != bands->n && (n > 0 || bands_of_header(image, bands, NULL) == 0)) {
        return tl_products_pair_check(product, n, bands->n, err);
    }
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        tl_band *band = &bands->band[i];
        band->scale *= is_radiance ? per_square_metre : 1.0;
        band->offset *= is_radiance ? per_square_metre : 1.0;
        (void)snprintf(band->unit, sizeof band->unit, "%s", is_radiance ? "W m-2 sr-1 um-1" : "");
    }
    tl_products_pair_background(root, bands);
    return tl_bands_complete(bands, err);
}

static tl_code describe(tl_product *product, const CPLXMLNode *root, const char *image,
                        const char *level, tl_err *err) {
    tl_product_part *part = &product->info.part[0];
    const int is_radiance = tl_products_begins(level, "L1");
    (void)snprintf(part->name, sizeof part->name, "VNIR");
    (void)snprintf(product->info.kind, sizeof product->info.kind, "DESIS %s", level);
    product->info.quantity = is_radiance ? TL_QUANTITY_RADIANCE : TL_QUANTITY_REFLECTANCE;
    put_facts(root, level, &product->info.facts);
    TL_TRY(put_bands(product, root, image, is_radiance, &part->bands, err));
    TL_TRY(tl_products_note(product, err,
                            "DESIS has no bands beyond 1000 nm: models that use the short-wave "
                            "infrared cannot run on it"));
    return is_radiance ? tl_products_note(product, err,
                                          "the gains of DESIS %s are for mW cm-2 sr-1 um-1; they "
                                          "were multiplied by 10, which is W m-2 sr-1 um-1",
                                          level)
                       : TL_OK;
}

static tl_code open_desis(const tl_product_wish *wish, tl_product *product, tl_err *err) {
    char metadata[tl_products_path_capacity];
    char image[tl_products_path_capacity];
    char level[8];
    (void)wish;
    TL_TRY(tl_products_pair_find(&files, product, metadata, image, err));
    level_of(metadata, level);
    CPLXMLNode *tree = NULL;
    const CPLXMLNode *root = NULL;
    tl_code code = tl_products_pair_open(product, metadata, image, &tree, &root, err);
    if (code == TL_OK) {
        code = describe(product, root, image, level, err);
    }
    CPLDestroyXMLNode(tree);
    return code;
}

const tl_product_reader tl_products_desis = {
    .name = "DESIS",
    .claims = claims,
    .open = open_desis,
};

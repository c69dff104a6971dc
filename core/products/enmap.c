/* SPDX-License-Identifier: GPL-2.0-or-later
 * EnMAP L1C and L2A: the metadata file, the image next to it, or a folder or archive of both.
 *
 * Centres, widths, gains and offsets of the bands are in the metadata; the numbers of the image
 * alone have no meaning. L1C gains are for W m-2 sr-1 nm-1, L2A gains for reflectance.
 *
 * source EnMAP Ground Segment, Product Specification EN-PCV-ICD-2009-2, 2023 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/angle_units.h"
#include "base/text.h"
#include "products/metadata_pair.h"

static const tl_products_pair files = {
    "EnMAP", "ENMAP", "-METADATA.XML",
    "-SPECTRAL_IMAGE.TIF,-SPECTRAL_IMAGE.TIFF,-SPECTRAL_IMAGE_COG.TIF,-SPECTRAL_IMAGE_COG.TIFF,"
    "-SPECTRAL_IMAGE.BSQ,-SPECTRAL_IMAGE.BIL,-SPECTRAL_IMAGE.BIP,-SPECTRAL_IMAGE.JP2"};
static const double per_micrometre = 1000.0; /* of a value per nanometre */

static int claims(const char *path) {
    return tl_products_pair_claims(&files, path);
}

static double radians(double degrees) {
    return degrees * TL_RADIANS_PER_DEGREE;
}

static void put_facts(const CPLXMLNode *root, const char *level, tl_scene_facts *facts) {
    (void)snprintf(facts->sensor, sizeof facts->sensor, "EnMAP HSI");
    (void)snprintf(facts->level, sizeof facts->level, "%s", level);
    tl_products_utc(tl_products_xml_text(root, "datatakeStart"), facts->utc);
    if (facts->utc[0] == '\0') {
        tl_products_utc(tl_products_xml_text(root, "temporalCoverage/startTime"), facts->utc);
    }
    tl_products_xml_centre(root, facts);
    facts->elevation_m = tl_products_xml_number(root, "meanGroundElevation");
    facts->sun_zenith_deg = 90.0 - tl_products_xml_number(root, "sunElevationAngle/center");
    facts->sun_azimuth_deg = tl_products_xml_number(root, "sunAzimuthAngle/center");
    /* The two off-nadir angles are those of the projections onto the planes across and along the
     * track. */
    const double across = tan(radians(tl_products_xml_number(root, "acrossOffNadirAngle/center")));
    const double along = tan(radians(tl_products_xml_number(root, "alongOffNadirAngle/center")));
    facts->view_zenith_deg =
        atan(sqrt(across * across + (isnan(along) ? 0.0 : along * along))) / radians(1.0);
    facts->view_azimuth_deg = tl_products_xml_number(root, "sceneAzimuthAngle/center");
    facts->aod_550 = tl_products_xml_number(root, "qualityFlag/sceneAOT") / 1000.0;
    facts->water_vapour_g_cm2 = tl_products_xml_number(root, "qualityFlag/sceneWV") / 1000.0;
}

/* The band that an element <bandID number="7"> is about, or NULL. */
static tl_band *band_of(const CPLXMLNode *element, tl_bands *bands) {
    double number = 0.0;
    if (!tl_parse_number(CPLGetXMLValue((CPLXMLNode *)(uintptr_t)element, "number", ""), &number) ||
        !(number >= 1.0) || !(number <= (double)bands->n)) {
        return NULL;
    }
    return &bands->band[(ptrdiff_t)number - 1];
}

static tl_code put_bands(const tl_product *product, const CPLXMLNode *root, int is_radiance,
                         tl_bands *bands, tl_err *err) {
    const double factor = is_radiance ? per_micrometre : 1.0;
    const CPLXMLNode *one = tl_products_xml_find(root, "bandCharacterisation/bandID");
    ptrdiff_t n = 0;
    for (; one != NULL; one = tl_products_xml_next(one)) {
        tl_band *band = band_of(one, bands);
        const double gain = tl_products_xml_number(one, "GainOfBand");
        const double offset = tl_products_xml_number(one, "OffsetOfBand");
        if (band == NULL || !isnan(band->centre_nm) || !isfinite(gain)) {
            continue;
        }
        band->centre_nm = tl_products_xml_number(one, "wavelengthCenterOfBand");
        band->fwhm_nm = tl_products_xml_number(one, "FWHMOfBand");
        band->scale = gain * factor;
        band->offset = isfinite(offset) ? offset * factor : 0.0;
        (void)snprintf(band->from, sizeof band->from, "EnMAP metadata");
        (void)snprintf(band->unit, sizeof band->unit, "%s", is_radiance ? "W m-2 sr-1 um-1" : "");
        n += isfinite(band->centre_nm);
    }
    return tl_products_pair_check(product, n, bands->n, err);
}

/* Detectors by the lists of channels: a decrease in wavelength does not separate them when the
 * bands are stored by wavelength. */
static void put_detectors(const CPLXMLNode *root, tl_bands *bands) {
    static const char *const lists[] = {"vnirProductQuality/expectedChannelsList",
                                        "swirProductQuality/expectedChannelsList"};
    for (int d = 0; d < 2; d++) {
        const char *rest = tl_products_xml_text(root, lists[d]);
        while (*rest != '\0') {
            char word[24];
            const size_t n = strcspn(rest, ",");
            double number = 0.0;
            (void)snprintf(word, sizeof word, "%.*s", (int)(n < 23 ? n : 23), rest);
            if (tl_parse_number(word, &number) && number >= 1.0 && number <= (double)bands->n) {
                bands->band[(ptrdiff_t)number - 1].detector = d + 1;
            }
            rest += n;
            rest += *rest == ',';
        }
    }
}

/* Bands that the agency left empty. */
static ptrdiff_t flag_empty(const CPLXMLNode *root, tl_bands *bands) {
    const CPLXMLNode *one = tl_products_xml_find(root, "bandStatistics/bandID");
    ptrdiff_t n = 0;
    for (; one != NULL; one = tl_products_xml_next(one)) {
        tl_band *band = band_of(one, bands);
        if (band != NULL && band->good && tl_products_xml_number(one, "mean") <= -999999.0) {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason, "empty in the product");
            n++;
        }
    }
    return n;
}

static tl_code describe(tl_product *product, const CPLXMLNode *root, const char *level,
                        tl_err *err) {
    tl_bands *bands = &product->info.part[0].bands;
    const int is_radiance = tl_same_word(level, "L1C");
    (void)snprintf(product->info.part[0].name, sizeof product->info.part[0].name, "VNIR and SWIR");
    (void)snprintf(product->info.kind, sizeof product->info.kind, "EnMAP %s", level);
    product->info.quantity = is_radiance ? TL_QUANTITY_RADIANCE : TL_QUANTITY_REFLECTANCE;
    bands->quantity = product->info.quantity;
    put_facts(root, level, &product->info.facts);
    TL_TRY(put_bands(product, root, is_radiance, bands, err));
    TL_TRY(tl_bands_complete(bands, err));
    put_detectors(root, bands);
    const ptrdiff_t n_empty = flag_empty(root, bands);
    tl_products_pair_background(root, bands);
    if (n_empty > 0) {
        TL_TRY(
            tl_products_note(product, err,
                             "%td bands are empty in the product (water vapour, between 1300 and "
                             "1500 nm as a rule); they are marked as bad",
                             n_empty));
    }
    return is_radiance
               ? tl_products_note(product, err,
                                  "the gains of EnMAP L1C are for radiance per nanometre; they "
                                  "were multiplied by 1000, which is radiance per micrometre")
               : TL_OK;
}

/* The level in the name: "ENMAP01-____L2A-DT...". */
static void level_of(const char *path, char level[8]) {
    const char *name = tl_base_name(path);
    const char *at = strstr(name, "__L");
    (void)snprintf(level, 8, "%.3s", at == NULL ? "" : at + 2);
}

static tl_code check_level(const tl_product *product, const char *level, tl_err *err) {
    return tl_same_word(level, "L1C") || tl_same_word(level, "L2A")
               ? TL_OK
               : tl_fail(err, TL_FORMAT,
                         "%s: '%s' is an EnMAP product of level '%s'; wanted L1C (radiance) or L2A "
                         "(reflectance)",
                         product->parameter, product->path, level);
}

static tl_code open_enmap(const tl_product_wish *wish, tl_product *product, tl_err *err) {
    char metadata[tl_products_path_capacity];
    char image[tl_products_path_capacity];
    char level[8];
    (void)wish;
    TL_TRY(tl_products_pair_find(&files, product, metadata, image, err));
    level_of(metadata, level);
    TL_TRY(check_level(product, level, err));
    CPLXMLNode *tree = NULL;
    const CPLXMLNode *root = NULL;
    tl_code code = tl_products_pair_open(product, metadata, image, &tree, &root, err);
    if (code == TL_OK) {
        code = describe(product, root, level, err);
    }
    CPLDestroyXMLNode(tree);
    return code;
}

const tl_product_reader tl_products_enmap = {
    .name = "EnMAP",
    .claims = claims,
    .open = open_enmap,
};

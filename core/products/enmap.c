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

/* Which band of the image an element <bandID number="7"> is about: the metadata describe all channels
 * of the sensor, and an image may have been stored again without some of them. */
typedef struct band_map {
    const CPLXMLNode *root;
    tl_bands *bands;
    ptrdiff_t n; /* channels that the metadata describe */
    int *image;  /* [n + 1] 1-based band of the image by number of the channel; 0 = not in it */
} band_map;

static ptrdiff_t number_of(const CPLXMLNode *element, ptrdiff_t n) {
    double number = 0.0;
    return tl_parse_number(CPLGetXMLValue((CPLXMLNode *)(uintptr_t)element, "number", ""),
                           &number) &&
                   number >= 1.0 && number <= (double)n
               ? (ptrdiff_t)number
               : 0;
}

/* The band of an element, or NULL. */
static tl_band *band_of(const CPLXMLNode *element, const band_map *map) {
    const int image = map->image[number_of(element, map->n)];
    return image == 0 ? NULL : &map->bands->band[image - 1];
}

/* The largest number of a channel. */
static ptrdiff_t count_channels(const CPLXMLNode *root) {
    enum { max_channels = 4096 };
    const CPLXMLNode *one = tl_products_xml_find(root, "bandCharacterisation/bandID");
    ptrdiff_t n = 0;
    for (; one != NULL; one = tl_products_xml_next(one)) {
        const ptrdiff_t number = number_of(one, max_channels);
        n = number > n ? number : n;
    }
    return n;
}

static tl_code find_bands(const tl_product *product, const CPLXMLNode *root, const char *image,
                          tl_bands *bands, band_map *map, tl_err *err) {
    *map = (band_map){.root = root, .bands = bands, .n = count_channels(root)};
    map->image = tl_acquire(map->n + 1, sizeof *map->image);
    double *centre = tl_acquire(map->n + 1, sizeof *centre);
    int *channel = tl_acquire(bands->n, sizeof *channel);
    tl_code code = map->image == NULL || centre == NULL || channel == NULL
                       ? tl_no_memory(err, "a table of %td bands", map->n)
                       : TL_OK;
    const CPLXMLNode *one = tl_products_xml_find(root, "bandCharacterisation/bandID");
    for (; one != NULL && code == TL_OK; one = tl_products_xml_next(one)) {
        centre[number_of(one, map->n)] = tl_products_xml_number(one, "wavelengthCenterOfBand");
    }
    if (code == TL_OK) {
        code = tl_products_pair_match(product, image, centre + 1, map->n, bands->n, channel, err);
    }
    for (ptrdiff_t b = 0; b < bands->n && code == TL_OK; b++) {
        map->image[channel[b]] = (int)b + 1;
    }
    tl_release(centre);
    tl_release(channel);
    return code;
}

static tl_code put_bands(const tl_product *product, const band_map *map, int is_radiance,
                         tl_err *err) {
    const double factor = is_radiance ? per_micrometre : 1.0;
    const CPLXMLNode *one = tl_products_xml_find(map->root, "bandCharacterisation/bandID");
    ptrdiff_t n = 0;
    for (; one != NULL; one = tl_products_xml_next(one)) {
        tl_band *band = band_of(one, map);
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
    return tl_products_pair_check(product, n, map->bands->n, err);
}

/* Detectors by the lists of channels: a decrease in wavelength does not separate them when the
 * bands are stored by wavelength. */
static void put_detectors(const band_map *map) {
    static const char *const lists[] = {"vnirProductQuality/expectedChannelsList",
                                        "swirProductQuality/expectedChannelsList"};
    for (int d = 0; d < 2; d++) {
        const char *rest = tl_products_xml_text(map->root, lists[d]);
        while (*rest != '\0') {
            char word[24];
            const size_t n = strcspn(rest, ",");
            double number = 0.0;
            (void)snprintf(word, sizeof word, "%.*s", (int)(n < 23 ? n : 23), rest);
            if (tl_parse_number(word, &number) && number >= 1.0 && number <= (double)map->n &&
                map->image[(ptrdiff_t)number] > 0) {
                map->bands->band[map->image[(ptrdiff_t)number] - 1].detector = d + 1;
            }
            rest += n;
            rest += *rest == ',';
        }
    }
}

/* Bands that the agency left empty. */
static ptrdiff_t flag_empty(const band_map *map) {
    const CPLXMLNode *one = tl_products_xml_find(map->root, "bandStatistics/bandID");
    ptrdiff_t n = 0;
    for (; one != NULL; one = tl_products_xml_next(one)) {
        tl_band *band = band_of(one, map);
        if (band != NULL && band->good && tl_products_xml_number(one, "mean") <= -999999.0) {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason, "empty in the product");
            n++;
        }
    }
    return n;
}

static tl_code describe(tl_product *product, const CPLXMLNode *root, const char *image,
                        const char *level, tl_err *err) {
    tl_bands *bands = &product->info.part[0].bands;
    const int is_radiance = tl_same_word(level, "L1C");
    (void)snprintf(product->info.part[0].name, sizeof product->info.part[0].name, "VNIR and SWIR");
    (void)snprintf(product->info.kind, sizeof product->info.kind, "EnMAP %s", level);
    product->info.quantity = is_radiance ? TL_QUANTITY_RADIANCE : TL_QUANTITY_REFLECTANCE;
    bands->quantity = product->info.quantity;
    put_facts(root, level, &product->info.facts);
    band_map map;
    ptrdiff_t n_empty = 0;
    tl_code code = find_bands(product, root, image, bands, &map, err);
    code = code == TL_OK ? put_bands(product, &map, is_radiance, err) : code;
    code = code == TL_OK ? tl_bands_complete(bands, err) : code;
    if (code == TL_OK) {
        put_detectors(&map);
        n_empty = flag_empty(&map);
    }
    const ptrdiff_t n_channels = map.n;
    tl_release(map.image);
    TL_TRY(code);
    if (n_channels != bands->n) {
        TL_TRY(tl_products_note(product, err,
                                "the image has %td of the %td bands that the metadata describe; "
                                "they were matched by the band numbers or wavelengths in the image",
                                bands->n, n_channels));
    }
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
        code = describe(product, root, image, level, err);
    }
    CPLDestroyXMLNode(tree);
    return code;
}

const tl_product_reader tl_products_enmap = {
    .name = "EnMAP",
    .claims = claims,
    .open = open_enmap,
};

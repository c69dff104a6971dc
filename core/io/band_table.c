/* SPDX-License-Identifier: GPL-2.0-or-later
 * Band tables from files; see band_table.h. */
#include "io/band_table.h"

#include <cpl_string.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bad_bands.h"
#include "io/bytes.h"
#include "io/envi_header.h"
#include "io/scene_items.h"
#include "io/stac_sidecar.h"
#include "io/text_encoding.h"
#include "io/wavelength_unit.h"
#include "source/band_csv.h"

enum { path_capacity = 4096, header_limit = 64 << 20 };

/* What one source states about all bands, in the unit of the source. */
typedef struct claim {
    const char *from;
    double *centre; /* [n] NaN = unknown */
    double *width;  /* [n] NaN = unknown */
    tl_wavelength_unit unit;
    int may_be_stale; /* 1: the source is copied with the bands, possibly without its changes */
    /* Of the reading as a whole, not of one source. */
    double *detector; /* [n] as stored; NaN = not stored */
    char *note;       /* out, see tl_io_band_table */
    const char *path; /* of the scene, for messages */
} claim;

static const double unknown = (double)NAN;

/* --- values common to all sources --- */

static tl_code start_claim(claim *c, ptrdiff_t n, char *note, tl_err *err) {
    *c = (claim){.centre = tl_acquire(n, sizeof(double)),
                 .width = tl_acquire(n, sizeof(double)),
                 .detector = tl_acquire(n, sizeof(double)),
                 .note = note};
    if (c->centre == NULL || c->width == NULL || c->detector == NULL) {
        return tl_no_memory(err, "a table of %td bands", n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        c->detector[i] = unknown;
    }
    return TL_OK;
}

static void forget_claim(claim *c, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        c->centre[i] = unknown;
        c->width[i] = unknown;
    }
    c->unit = TL_UNIT_UNKNOWN;
    c->from = "";
    c->may_be_stale = 0;
}

static void end_claim(claim *c) {
    tl_release(c->centre);
    tl_release(c->width);
    tl_release(c->detector);
}

/* Notes the first wavelength on which two sources differ by more than 0.5 nm. */
static void compare(const claim *c, const tl_band *band, double centre_nm) {
    if (c->note[0] == '\0' && !c->may_be_stale && fabs(centre_nm - band->centre_nm) > 0.5) {
        (void)snprintf(c->note, TL_BAND_NOTE_CAPACITY,
                       "the wavelengths of band %d differ: %.7g nm (%s, used) and %.7g nm (%s)",
                       band->index, band->centre_nm, band->from, centre_nm, c->from);
    }
}

/* 1 when the source has a wavelength that the table lacks; others are only compared. */
static int adds_wavelengths(const claim *c, const tl_bands *bands) {
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        if (c->centre[i] > 0.0 && isnan(bands->band[i].centre_nm)) {
            return 1;
        }
    }
    return 0;
}

/* 1 when the source has a width that the table lacks. */
static int adds_widths(const claim *c, const tl_bands *bands) {
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        if (c->width[i] > 0.0 && isnan(bands->band[i].fwhm_nm)) {
            return 1;
        }
    }
    return 0;
}

/* Widths in the unit of the wavelengths, or in the one that fits them. */
static tl_code accept_widths(const claim *c, const char *what, const double *centre_nm,
                             tl_wavelength_unit unit, tl_bands *bands, tl_err *err) {
    if (!adds_widths(c, bands)) {
        return TL_OK;
    }
    TL_TRY(tl_io_settle_widths(c->width, centre_nm, bands->n, what, &unit, err));
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        tl_band *band = &bands->band[i];
        if (isnan(band->fwhm_nm) && c->width[i] > 0.0) {
            /* Wavenumbers and frequencies need the centre in their own unit, which is its own
             * inverse function. */
            const double centre = tl_io_wavelength_nm(centre_nm[i], unit);
            band->fwhm_nm = tl_io_width_nm(c->width[i], centre, unit);
        }
    }
    return TL_OK;
}

/* Fills what the table does not have yet, so that for every band the earlier source wins. The unit is
 * decided once for all bands, because different guesses would mix two scales in one spectrum. */
static tl_code accept_claim(const claim *c, tl_bands *bands, tl_err *err) {
    const int guessed = c->unit == TL_UNIT_UNKNOWN;
    tl_wavelength_unit unit = c->unit;
    char what[512];
    (void)snprintf(what, sizeof what, "'%.400s' (%s)", c->path, c->from);
    if (adds_wavelengths(c, bands)) {
        TL_TRY(tl_io_settle_wavelengths(c->centre, bands->n, what, &unit, err));
    }
    unit = tl_io_fitting_unit(c->centre, bands->n, unit);
    double *centre_nm = tl_acquire(bands->n, sizeof *centre_nm);
    if (centre_nm == NULL) {
        return tl_no_memory(err, "a table of %td bands", bands->n);
    }
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        tl_band *band = &bands->band[i];
        const int known = c->centre[i] > 0.0;
        centre_nm[i] = known ? tl_io_wavelength_nm(c->centre[i], unit) : unknown;
        if (known && !isnan(band->centre_nm)) {
            compare(c, band, centre_nm[i]);
        } else if (known) {
            band->centre_nm = centre_nm[i];
            (void)snprintf(band->from, sizeof band->from, "%s%s", c->from,
                           !guessed             ? ""
                           : unit == TL_UNIT_UM ? ", unit guessed: um"
                                                : ", unit guessed: nm");
        }
        centre_nm[i] = band->centre_nm;
    }
    const tl_code code = accept_widths(c, what, centre_nm, unit, bands, err);
    tl_release(centre_nm);
    return code;
}

static void flag_bad(tl_band *band, const char *reason) {
    if (band->good) {
        band->good = 0;
        (void)snprintf(band->reason, sizeof band->reason, "%s", reason);
    }
}

/* GDAL has functions of their own for integers of 64 bits; the one for all other types fails. */
static double nodata_of(GDALRasterBandH band, int *given) {
    const GDALDataType type = GDALGetRasterDataType(band);
    if (type == GDT_Int64) {
        return (double)GDALGetRasterNoDataValueAsInt64(band, given);
    }
    return type == GDT_UInt64 ? (double)GDALGetRasterNoDataValueAsUInt64(band, given)
                              : GDALGetRasterNoDataValue(band, given);
}

static void read_basics(GDALDatasetH dataset, tl_bands *bands) {
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        tl_band *band = &bands->band[i];
        GDALRasterBandH handle = GDALGetRasterBand(dataset, (int)i + 1);
        int given = 0;
        const double scale = GDALGetRasterScale(handle, &given);
        band->scale = given && isfinite(scale) && fabs(scale) > 0.0 ? scale : 1.0;
        const double offset = GDALGetRasterOffset(handle, &given);
        band->offset = given && isfinite(offset) ? offset : 0.0;
        const double nodata = nodata_of(handle, &given);
        band->has_nodata = given && !isnan(nodata);
        band->nodata = band->has_nodata ? nodata : 0.0;
        (void)snprintf(band->unit, sizeof band->unit, "%s", GDALGetRasterUnitType(handle));
        (void)snprintf(band->name, sizeof band->name, "%s", GDALGetDescription(handle));
    }
}

/* --- sources --- */

static double item_number(GDALRasterBandH band, const char *key, const char *domain) {
    double value = unknown;
    (void)tl_parse_number(GDALGetMetadataItem(band, key, domain), &value);
    return value;
}

static void claim_imagery(GDALDatasetH dataset, ptrdiff_t n, claim *c) {
    c->from = "IMAGERY domain";
    c->unit = TL_UNIT_UM;
    for (ptrdiff_t i = 0; i < n; i++) {
        GDALRasterBandH band = GDALGetRasterBand(dataset, (int)i + 1);
        c->centre[i] = item_number(band, "CENTRAL_WAVELENGTH_UM", "IMAGERY");
        c->width[i] = item_number(band, "FWHM_UM", "IMAGERY");
    }
}

static void claim_envi(const tl_envi *envi, ptrdiff_t n, claim *c) {
    c->from = "ENVI header";
    c->unit = tl_io_wavelength_unit_of(tl_io_envi_value(envi, "wavelength units"));
    if (!tl_io_envi_numbers(envi, "wavelength", n, c->centre)) {
        forget_claim(c, n);
        return;
    }
    if (!tl_io_envi_numbers(envi, "fwhm", n, c->width)) {
        for (ptrdiff_t i = 0; i < n; i++) {
            c->width[i] = unknown;
        }
    }
}

static void claim_items(GDALDatasetH dataset, const char *domain, ptrdiff_t n, claim *c) {
    static const char *const unit_keys[] = {"wavelength_units", "wavelength units",
                                            "wavelength_unit"};
    c->from = domain == NULL ? "band metadata" : "band metadata, own domain";
    for (ptrdiff_t i = 0; i < n; i++) {
        GDALRasterBandH band = GDALGetRasterBand(dataset, (int)i + 1);
        c->centre[i] = item_number(band, "wavelength", domain);
        c->width[i] = item_number(band, "fwhm", domain);
        for (size_t k = 0; k < 3 && c->unit == TL_UNIT_UNKNOWN; k++) {
            c->unit = tl_io_wavelength_unit_of(GDALGetMetadataItem(band, unit_keys[k], domain));
        }
    }
    for (size_t k = 0; k < 3 && c->unit == TL_UNIT_UNKNOWN; k++) {
        c->unit = tl_io_wavelength_unit_of(GDALGetMetadataItem(dataset, unit_keys[k], domain));
    }
}

static void claim_text(const char *text, ptrdiff_t i, claim *c) {
    double value = 0.0;
    tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
    if (text != NULL && tl_io_wavelength_in_text(text, &value, &unit)) {
        c->centre[i] = value;
        c->unit = unit != TL_UNIT_UNKNOWN ? unit : c->unit;
    }
}

/* Texts without a unit are used only when every band has one: "layer (1.0)" is no wavelength. */
static void doubt_texts(ptrdiff_t n, claim *c) {
    for (ptrdiff_t i = 0; i < n && c->unit == TL_UNIT_UNKNOWN; i++) {
        if (isnan(c->centre[i])) {
            forget_claim(c, n);
            return;
        }
    }
}

static void claim_descriptions(const tl_bands *bands, claim *c) {
    c->from = "band description";
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        claim_text(bands->band[i].name, i, c);
    }
    doubt_texts(bands->n, c);
}

static void claim_dataset_items(GDALDatasetH dataset, ptrdiff_t n, claim *c) {
    c->from = "dataset items Band_N";
    c->may_be_stale = 1;
    char key[32];
    for (ptrdiff_t i = 0; i < n; i++) {
        (void)snprintf(key, sizeof key, "Band_%td", i + 1);
        claim_text(GDALGetMetadataItem(dataset, key, NULL), i, c);
    }
    doubt_texts(n, c);
}

/* --- ENVI header --- */

/* The metadata domain ENVI of a dataset as header text, so that one parser serves both. */
static tl_code parse_domain(GDALDatasetH dataset, tl_envi *envi, tl_err *err) {
    char **items = GDALGetMetadata(dataset, "ENVI");
    tl_text text = {0};
    tl_text_add(&text, "ENVI\n");
    for (int i = 0; items != NULL && items[i] != NULL; i++) {
        tl_text_add(&text, items[i]);
        tl_text_add(&text, "\n");
    }
    const tl_code code = text.failed ? tl_no_memory(err, "an ENVI header")
                                     : tl_io_envi_parse(text.data, (size_t)text.length,
                                                        "metadata domain ENVI", envi, err);
    tl_text_free(&text);
    return code;
}

/* 1 when the header describes a raster of that shape; the header next to a GeoTIFF may belong to
 * another export of the scene. */
static int fits(const tl_envi *envi, GDALDatasetH dataset) {
    double samples = 0.0;
    double lines = 0.0;
    double bands = 0.0;
    (void)tl_io_envi_number(envi, "samples", &samples);
    (void)tl_io_envi_number(envi, "lines", &lines);
    (void)tl_io_envi_number(envi, "bands", &bands);
    return (int)samples == GDALGetRasterXSize(dataset) &&
           (int)lines == GDALGetRasterYSize(dataset) && (int)bands == GDALGetRasterCount(dataset);
}

static int is_envi(GDALDatasetH dataset) {
    return strcmp(GDALGetDriverShortName(GDALGetDatasetDriver(dataset)), "ENVI") == 0;
}

/* The header next to the file: name.hdr or name.ext.hdr. envi stays empty when there is none. */
static tl_code parse_header_file(GDALDatasetH dataset, const char *path, tl_envi *envi,
                                 tl_err *err) {
    char candidate[2][path_capacity];
    tl_io_replace_extension(path, "hdr", candidate[0]);
    (void)snprintf(candidate[1], path_capacity, "%.4000s.hdr", path);
    for (int i = 0; i < 2; i++) {
        char *bytes = NULL;
        size_t length = 0;
        if (!tl_io_exists(candidate[i]) ||
            tl_io_read_bytes(candidate[i], "", header_limit, &bytes, &length, NULL) != TL_OK) {
            continue;
        }
        char what[path_capacity + 16];
        (void)snprintf(what, sizeof what, "header '%.4095s'", candidate[i]);
        const tl_code code = tl_io_envi_parse(bytes, length, what, envi, err);
        tl_release(bytes);
        if (code == TL_OK && fits(envi, dataset)) {
            return TL_OK;
        }
        tl_io_envi_free(envi);
        if (code != TL_OK && is_envi(dataset)) {
            return code;
        }
    }
    return TL_OK;
}

/* What tilth stores in headers under its own keys. scratch holds one value per band. */
static void accept_own_keys(const tl_envi *envi, double *scratch, claim *c, tl_bands *bands) {
    char reason[sizeof bands->band->reason];
    if (tl_io_envi_numbers(envi, "tilth detectors", bands->n, scratch)) {
        memcpy(c->detector, scratch, (size_t)bands->n * sizeof *scratch);
    }
    if (tl_io_envi_numbers(envi, "tilth fwhm assumed", bands->n, scratch)) {
        for (ptrdiff_t i = 0; i < bands->n; i++) {
            bands->band[i].fwhm_assumed = scratch[i] > 0.0;
        }
    }
    const char *list = tl_io_envi_value(envi, "tilth bad band reasons");
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        list = tl_io_envi_next(list, reason, sizeof reason);
        if (list == NULL) {
            return;
        }
        if (!bands->band[i].good && reason[0] != '\0') {
            (void)snprintf(bands->band[i].reason, sizeof reason, "%s", reason);
        }
    }
}

static int mentions(const char *text, const char *word) {
    const size_t n = strlen(word);
    for (const char *c = text == NULL ? "" : text; *c != '\0'; c++) {
        if (EQUALN(c, word, n)) {
            return 1;
        }
    }
    return 0;
}

static tl_quantity quantity_of(const tl_envi *envi) {
    static const char *const keys[] = {"data units", "z plot titles", "description"};
    for (size_t k = 0; k < 3; k++) {
        const char *text = tl_io_envi_value(envi, keys[k]);
        if (mentions(text, "radiance")) {
            return TL_QUANTITY_RADIANCE;
        }
        if (mentions(text, "reflectance")) {
            return mentions(text, "toa") || mentions(text, "top of atmosphere")
                       ? TL_QUANTITY_TOA_REFLECTANCE
                       : TL_QUANTITY_REFLECTANCE;
        }
    }
    return TL_QUANTITY_UNKNOWN;
}

/* Gains of the header where GDAL has none: reflectance gains and offsets, else the factor by which
 * reflectance was multiplied. scratch holds two values per band. */
static void accept_scales(const tl_envi *envi, double *scratch, tl_bands *bands) {
    double *gain = scratch;
    double *offset = scratch + bands->n;
    const int has_gain = tl_io_envi_numbers(envi, "data reflectance gain values", bands->n, gain);
    const int has_offset =
        tl_io_envi_numbers(envi, "data reflectance offset values", bands->n, offset);
    double factor = 0.0;
    const int has_factor =
        tl_io_envi_number(envi, "reflectance scale factor", &factor) && factor > 0.0;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        tl_band *band = &bands->band[i];
        const int untouched = !(fabs(band->scale - 1.0) > 0.0) && !(fabs(band->offset) > 0.0);
        if (!untouched) {
            continue;
        }
        if (has_gain && isfinite(gain[i])) {
            band->scale = gain[i];
            band->offset = has_offset && isfinite(offset[i]) ? offset[i] : 0.0;
        } else if (has_factor) {
            band->scale = 1.0 / factor;
        }
    }
    if (has_gain || has_factor) {
        bands->quantity = TL_QUANTITY_REFLECTANCE;
    }
}

/* is_file: 1 for a header file, which describes this raster; items of the domain ENVI may have been
 * copied from another one. */
static tl_code accept_envi(const tl_envi *envi, int is_file, const char *path, claim *c,
                           tl_bands *bands, tl_err *err) {
    forget_claim(c, bands->n);
    claim_envi(envi, bands->n, c);
    TL_TRY(accept_claim(c, bands, err));
    double *scratch = tl_acquire(2 * bands->n, sizeof *scratch);
    if (scratch == NULL) {
        return tl_no_memory(err, "a table of %td bands", bands->n);
    }
    static const char *const lists[] = {"wavelength", "fwhm"};
    tl_code code = tl_io_accept_bad_bands(envi, path, bands, err);
    for (size_t k = 0; k < 2 && is_file && code == TL_OK; k++) {
        code = tl_io_check_list(envi, lists[k], path, bands->n, err);
    }
    accept_own_keys(envi, scratch, c, bands);
    if (bands->quantity == TL_QUANTITY_UNKNOWN) {
        bands->quantity = quantity_of(envi);
    }
    accept_scales(envi, scratch, bands);
    double ignore = 0.0;
    const int has_ignore = tl_io_envi_number(envi, "data ignore value", &ignore);
    for (ptrdiff_t i = 0; i < bands->n && has_ignore; i++) {
        tl_band *band = &bands->band[i];
        if (!band->has_nodata) {
            band->has_nodata = 1;
            band->nodata = ignore;
        }
    }
    tl_release(scratch);
    return code;
}

/* In a scene whose bands have wavelengths, a band without one (written as -1 or 0) is not used. */
static void flag_unknown_wavelengths(tl_bands *bands) {
    ptrdiff_t known = 0;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        known += isfinite(bands->band[i].centre_nm);
    }
    for (ptrdiff_t i = 0; i < bands->n && 2 * known > bands->n; i++) {
        if (!isfinite(bands->band[i].centre_nm)) {
            flag_bad(&bands->band[i], "no wavelength above 0");
        }
    }
}

/* Flags, reasons and detectors among the items of the bands. */
static void accept_items(GDALDatasetH dataset, claim *c, tl_bands *bands) {
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        GDALRasterBandH band = GDALGetRasterBand(dataset, (int)i + 1);
        double flag = tl_io_good_flag(GDALGetMetadataItem(band, "bbl", NULL));
        flag = isnan(flag) ? tl_io_good_flag(GDALGetMetadataItem(band, "bbl", "ENVI")) : flag;
        const char *reason = GDALGetMetadataItem(band, "bad_band_reason", NULL);
        if (isfinite(flag) && !(fabs(flag) > 0.0)) {
            flag_bad(&bands->band[i],
                     reason == NULL ? "bad-band list of the file (bbl 0)" : reason);
        }
        const double detector = item_number(band, "detector", NULL);
        c->detector[i] = isnan(c->detector[i]) ? detector : c->detector[i];
        if (item_number(band, "fwhm_assumed", NULL) > 0.0) {
            bands->band[i].fwhm_assumed = 1;
        }
    }
}

/* Detectors as they were stored; they are counted by steps back in wavelength otherwise, which a
 * subset of the bands may hide. */
static void restore_detectors(const claim *c, tl_bands *bands) {
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        if (!(c->detector[i] >= 1.0 && c->detector[i] <= 1000.0)) {
            return;
        }
    }
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        bands->band[i].detector = (int)c->detector[i];
    }
}

static tl_code accept_sources(GDALDatasetH dataset, const char *path, claim *c, tl_bands *bands,
                              tl_err *err) {
    const ptrdiff_t n = bands->n;
    claim_imagery(dataset, n, c);
    TL_TRY(accept_claim(c, bands, err));
    tl_envi envi = {0};
    if (is_envi(dataset)) {
        TL_TRY(parse_header_file(dataset, path, &envi, err));
    }
    const int is_file = envi.n > 0;
    if (!is_file) {
        TL_TRY(parse_domain(dataset, &envi, err));
    }
    tl_code code = accept_envi(&envi, is_file, path, c, bands, err);
    tl_io_envi_free(&envi);
    TL_TRY(code);
    static const char *const domains[] = {NULL, "ENVI", "FORCE"};
    for (size_t k = 0; k < 3; k++) {
        forget_claim(c, n);
        claim_items(dataset, domains[k], n, c);
        TL_TRY(accept_claim(c, bands, err));
    }
    accept_items(dataset, c, bands);
    forget_claim(c, n);
    claim_descriptions(bands, c);
    TL_TRY(accept_claim(c, bands, err));
    if (!is_envi(dataset)) {
        /* A header next to a file of another format is used only for what the file itself does not
         * state. */
        TL_TRY(parse_header_file(dataset, path, &envi, err));
        code = accept_envi(&envi, 1, path, c, bands, err);
        tl_io_envi_free(&envi);
        TL_TRY(code);
    }
    forget_claim(c, n);
    if (tl_io_read_stac(path, n, c->centre, c->width)) {
        c->from = "STAC item";
        c->unit = TL_UNIT_UM;
        TL_TRY(accept_claim(c, bands, err));
    }
    forget_claim(c, n);
    claim_dataset_items(dataset, n, c);
    TL_TRY(accept_claim(c, bands, err));
    return TL_OK;
}

/* The user's own table next to the file, <path>.bands.csv, overrides all other sources. */
static tl_code apply_user_table(const char *path, tl_bands *bands, tl_err *err) {
    char table[path_capacity];
    (void)snprintf(table, sizeof table, "%.4000s.bands.csv", path);
    char *bytes = NULL;
    size_t length = 0;
    if (!tl_io_exists(table)) {
        return TL_OK;
    }
    TL_TRY(tl_io_read_bytes(table, "band table", header_limit, &bytes, &length, err));
    char what[512];
    (void)snprintf(what, sizeof what, "band table '%.400s'", table);
    char *utf8 = NULL;
    size_t utf8_length = 0;
    tl_code code = tl_io_to_utf8(bytes, length, what, &utf8, &utf8_length, err);
    if (code == TL_OK) {
        code = tl_source_bands_from_csv(utf8 == NULL ? bytes : utf8, utf8_length, what, bands, err);
    }
    tl_release(utf8);
    tl_release(bytes);
    return code;
}

tl_code tl_io_band_table(GDALDatasetH dataset, const char *path, tl_bands *bands,
                         char note[TL_BAND_NOTE_CAPACITY], tl_err *err) {
    note[0] = '\0';
    TL_TRY(tl_bands_init(bands, GDALGetRasterCount(dataset), err));
    read_basics(dataset, bands);
    bands->quantity = tl_io_scene_quantity(dataset);
    claim c;
    tl_code code = start_claim(&c, bands->n, note, err);
    c.path = path;
    if (code == TL_OK) {
        forget_claim(&c, bands->n);
        code = accept_sources(dataset, path, &c, bands, err);
    }
    if (code == TL_OK) {
        code = tl_bands_complete(bands, err);
    }
    if (code == TL_OK) {
        restore_detectors(&c, bands);
    }
    end_claim(&c);
    if (code == TL_OK) {
        code = apply_user_table(path, bands, err);
    }
    if (code == TL_OK) {
        flag_unknown_wavelengths(bands);
    }
    if (code == TL_OK) {
        code = tl_io_check_repeated(bands, path, err);
    }
    if (code != TL_OK) {
        tl_bands_free(bands);
    }
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads scenes of AHSI on GF-5, GF-5 02 (GF5B), ZY-1 02D and 02E: two images of digital numbers,
 * texts with gains and with wavelengths, RPC next to the images, metadata in XML. */
#include "products/gf5.h"

#include <cpl_string.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "products/band_text.h"
#include "products/gf5_facts.h"
#include "products/gf5_files.h"

static const char *const detector_names[] = {"VNIR", "SWIR", "ALL"};
static const char *const file_ends[] = {"VN", "SW"};
enum { text_limit = 4 << 20 };

static tl_code read_text(const char *path, const char *parameter, tl_band_text *text, tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    char what[512];
    (void)snprintf(what, sizeof what, "%s: '%.400s'", parameter, path);
    TL_TRY(tl_io_read_bytes(path, parameter, text_limit, &bytes, &length, err));
    const tl_code code = tl_products_band_text_parse(bytes, length, what, text, err);
    tl_release(bytes);
    return code;
}

/* A table whose rows belong to the bands of all parts, or to those of one of them. */
typedef struct band_rows {
    tl_band_text text;
    const char *path;
    const char *parameter;
    ptrdiff_t row0; /* row of the first band of the part */
    int is_single;  /* 1: one row for all bands */
} band_rows;

/* --- gains --- */

static void set_gains(const band_rows *rows, tl_product_part *part) {
    const tl_band_text *t = &rows->text;
    for (ptrdiff_t b = 0; b < part->bands.n; b++) {
        tl_band *band = &part->bands.band[b];
        const ptrdiff_t row = rows->is_single ? 0 : rows->row0 + b;
        band->scale = t->value[row * t->ncol];
        band->offset = t->ncol > 1 ? t->value[row * t->ncol + 1] : 0.0;
        (void)snprintf(band->unit, sizeof band->unit, "W m-2 sr-1 um-1");
    }
}

static tl_code check_gains(const band_rows *rows, tl_err *err) {
    const tl_band_text *t = &rows->text;
    if (t->ncol > 2) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' has %td columns; wanted the gain, or gain and offset, of one band "
                       "per line",
                       rows->parameter, rows->path, t->ncol);
    }
    for (ptrdiff_t r = 0; r < t->nrow; r++) {
        if (!(t->value[r * t->ncol] > 0.0)) {
            return tl_fail(err, TL_FORMAT,
                           "%s: '%s' states for band %td the gain %g; wanted above 0 (W m-2 sr-1 "
                           "um-1 per digital number)",
                           rows->parameter, rows->path, r + 1, t->value[r * t->ncol]);
        }
    }
    return TL_OK;
}

/* A line with one number for every band is a transposed column. */
static void stand_up(tl_band_text *t, ptrdiff_t n_bands) {
    if (t->nrow == 1 && t->ncol == n_bands && n_bands > 2) {
        t->nrow = n_bands;
        t->ncol = 1;
    }
}

/* --- wavelengths --- */

static tl_code set_response(const band_rows *rows, tl_product_part *part, tl_err *err) {
    const tl_band_text *t = &rows->text;
    if (t->ncol != 2) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' has %td column%s; wanted centre and width in nm of one band per "
                       "line",
                       rows->parameter, rows->path, t->ncol, t->ncol == 1 ? "" : "s");
    }
    double largest = 0.0;
    for (ptrdiff_t r = 0; r < t->nrow; r++) {
        largest = fmax(largest, t->value[2 * r]);
    }
    const double unit = largest < 100.0 ? 1000.0 : 1.0;
    for (ptrdiff_t b = 0; b < part->bands.n; b++) {
        tl_band *band = &part->bands.band[b];
        const ptrdiff_t row = rows->row0 + b;
        band->centre_nm = unit * t->value[2 * row];
        band->fwhm_nm = unit * t->value[2 * row + 1];
        (void)snprintf(band->from, sizeof band->from, "response text");
        if (!(band->centre_nm > 200.0 && band->centre_nm < 20000.0) || !(band->fwhm_nm > 0.0) ||
            band->fwhm_nm > 500.0) {
            return tl_fail(err, TL_FORMAT,
                           "%s: '%s' states for band %td the centre %g nm and the width %g nm; "
                           "wanted centres of 200 to 20000 nm and widths of 0 to 500 nm",
                           rows->parameter, rows->path, row + 1, band->centre_nm, band->fwhm_nm);
        }
        for (ptrdiff_t a = 0; a < b; a++) {
            if (fabs(part->bands.band[a].centre_nm - band->centre_nm) < 1e-6) {
                return tl_fail(err, TL_FORMAT,
                               "%s: '%s' states the same centre for the bands %td and %td, "
                               "%g nm",
                               rows->parameter, rows->path, rows->row0 + a + 1, row + 1,
                               band->centre_nm);
            }
        }
    }
    return TL_OK;
}

/* --- tables of the product and of the user --- */

/* Which text of a pair belongs to a part: that of its detector; for an image without detector the
 * one with a fitting number of lines. rows->path stays NULL when there is none. */
static tl_code own_table(tl_product *product, const tl_gf5_files *files, tl_gf5_role vnir,
                         ptrdiff_t p, int detector, band_rows *rows, tl_err *err) {
    const tl_product_part *part = &product->info.part[p];
    const ptrdiff_t n = part->bands.n;
    rows->parameter = product->parameter;
    for (int d = 0; d < 2; d++) {
        const char *path = files->path[(int)vnir + d];
        if (path == NULL || (detector < 2 && d != detector) ||
            (rows->path != NULL && rows->text.nrow == n)) {
            continue;
        }
        tl_products_band_text_free(&rows->text);
        rows->path = path;
        TL_TRY(read_text(path, product->parameter, &rows->text, err));
        stand_up(&rows->text, n);
    }
    if (rows->path != NULL && rows->text.nrow != n && rows->text.nrow != 1) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' has %td lines and the image %s has %td bands; wanted one line per "
                       "band",
                       product->parameter, rows->path, rows->text.nrow, part->name, n);
    }
    return TL_OK;
}

static tl_code user_table(tl_product *product, const char *path, const char *parameter, ptrdiff_t p,
                          band_rows *rows, tl_err *err) {
    ptrdiff_t n_all = 0;
    for (ptrdiff_t i = 0; i < product->info.n_parts; i++) {
        rows->row0 += i < p ? product->info.part[i].bands.n : 0;
        n_all += product->info.part[i].bands.n;
    }
    rows->path = path;
    rows->parameter = parameter;
    TL_TRY(read_text(path, parameter, &rows->text, err));
    stand_up(&rows->text, n_all);
    if (rows->text.nrow != n_all && rows->text.nrow != 1) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' has %td lines and '%s' has %td bands; wanted one line per band, "
                       "first those of VNIR, then those of SWIR",
                       parameter, path, rows->text.nrow, product->path, n_all);
    }
    return TL_OK;
}

static tl_code fill_gains(tl_product *product, const tl_product_wish *wish,
                          const tl_gf5_files *files, ptrdiff_t p, int detector, int *has,
                          tl_err *err) {
    tl_product_part *part = &product->info.part[p];
    band_rows rows = {0};
    tl_code code = wish->gains != NULL
                       ? user_table(product, wish->gains, "gains", p, &rows, err)
                       : own_table(product, files, TL_GF5_GAIN_VNIR, p, detector, &rows, err);
    *has = rows.path != NULL;
    rows.is_single = rows.text.nrow == 1;
    if (code == TL_OK && *has) {
        code = check_gains(&rows, err);
    }
    if (code == TL_OK && *has) {
        set_gains(&rows, part);
        code =
            tl_products_note(product, err, "%s: gain%s%s from '%s'", part->name,
                             rows.text.ncol > 1 ? " and offset" : "",
                             rows.is_single ? ", one for all bands," : "", tl_base_name(rows.path));
    }
    tl_products_band_text_free(&rows.text);
    return code;
}

static tl_code fill_response(tl_product *product, const tl_product_wish *wish,
                             const tl_gf5_files *files, ptrdiff_t p, int detector, tl_err *err) {
    tl_product_part *part = &product->info.part[p];
    band_rows rows = {0};
    tl_code code = wish->response != NULL
                       ? user_table(product, wish->response, "response", p, &rows, err)
                       : own_table(product, files, TL_GF5_RESPONSE_VNIR, p, detector, &rows, err);
    if (code == TL_OK && rows.path == NULL) {
        code = tl_fail(err, TL_FORMAT,
                       "%s: '%s' has no text with the wavelengths of %s "
                       "('..._Spectralresponse_%s.raw'); put it next to the images, or use a "
                       "table of centre and width in nm as response",
                       product->parameter, product->path, part->name,
                       detector_names[detector == 1 ? 1 : 0]);
    }
    if (code == TL_OK && rows.text.nrow < part->bands.n) {
        code = tl_fail(err, TL_FORMAT,
                       "%s: '%s' has one line and the image %s has %td bands; wanted one line per "
                       "band",
                       rows.parameter, rows.path, part->name, part->bands.n);
    }
    if (code == TL_OK) {
        code = set_response(&rows, part, err);
    }
    if (code == TL_OK) {
        code = tl_products_note(product, err, "%s: %td bands, %.1f to %.1f nm, from '%s'",
                                part->name, part->bands.n, part->bands.band[0].centre_nm,
                                part->bands.band[part->bands.n - 1].centre_nm,
                                tl_base_name(rows.path));
    }
    tl_products_band_text_free(&rows.text);
    return code;
}

/* --- the product --- */

static tl_code open_part(tl_product *product, const tl_product_wish *wish,
                         const tl_gf5_files *files, ptrdiff_t p, int detector, tl_err *err) {
    tl_product_part *part = &product->info.part[p];
    (void)snprintf(part->name, sizeof part->name, "%s", detector_names[detector]);
    TL_TRY(tl_products_open_image(product, p, files->path[detector], err));
    int fills = 0;
    for (ptrdiff_t b = 0; b < part->bands.n; b++) {
        tl_band *band = &part->bands.band[b];
        band->detector = detector == 1 ? 2 : 1;
        (void)snprintf(band->name, sizeof band->name, "%s %td", part->name, b + 1);
        if (!band->has_nodata) {
            band->has_nodata = 1;
            band->nodata = 0.0;
            fills = 1;
        }
    }
    if (fills) {
        TL_TRY(tl_products_note(product, err, "%s: the digital number 0 is read as no data",
                                part->name));
    }
    if (part->geolocation == TL_GEOLOCATION_NONE) {
        TL_TRY(tl_products_note(product, err,
                                "%s: there is no RPC ('%s%s%s.rpb') next to the image, so it "
                                "cannot be geocoded",
                                part->name, files->base, detector < 2 ? "_" : "",
                                detector < 2 ? file_ends[detector] : ""));
    }
    return fill_response(product, wish, files, p, detector, err);
}

static tl_code read_facts(tl_product *product, const tl_gf5_files *files, tl_err *err) {
    tl_scene_facts *facts = &product->info.facts;
    const char *mark = strchr(files->base, '_');
    (void)snprintf(facts->sensor, sizeof facts->sensor, "%.*s AHSI",
                   (int)(mark == NULL || mark - files->base > 12 ? 0 : mark - files->base),
                   files->base);
    (void)snprintf(facts->level, sizeof facts->level, "L1");
    const char *path = files->path[TL_GF5_XML];
    if (path == NULL) {
        return tl_products_note(product, err,
                                "there is no '%s.xml' next to the images: time, place and sun "
                                "are unknown",
                                files->base);
    }
    char *bytes = NULL;
    size_t length = 0;
    char what[512];
    (void)snprintf(what, sizeof what, "%s: '%.400s'", product->parameter, path);
    TL_TRY(tl_io_read_bytes(path, product->parameter, text_limit, &bytes, &length, err));
    const tl_code code = tl_products_gf5_facts_read(bytes, what, facts, err);
    tl_release(bytes);
    TL_TRY(code);
    return facts->utc[0] == '\0'
               ? TL_OK
               : tl_products_note(product, err,
                                  "the time of '%s' is Beijing time: taken at %s (UTC, eight hours "
                                  "earlier)",
                                  tl_base_name(path), facts->utc);
}

/* Detectors in the order of the parts; 2 means an image without a detector in its name. */
static tl_code choose_images(const tl_product *product, const tl_product_wish *wish,
                             const tl_gf5_files *files, int detector[2], ptrdiff_t *n,
                             tl_err *err) {
    *n = 0;
    const int only = wish->only == NULL ? -1 : tl_same_word(wish->only, "SWIR");
    for (int d = 0; d < 2; d++) {
        if (files->path[d] != NULL && (only < 0 || only == d)) {
            detector[(*n)++] = d;
        }
    }
    const int has_pair = files->path[0] != NULL || files->path[1] != NULL;
    if (!has_pair && only >= 0) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' is one image without a detector in its name; import it whole",
                       product->parameter, files->path[TL_GF5_IMAGE_ONE]);
    }
    if (!has_pair) {
        detector[(*n)++] = 2;
        return TL_OK;
    }
    if (*n < (only < 0 ? 2 : 1)) {
        const int missing = only >= 0 ? only : (files->path[0] == NULL ? 0 : 1);
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' has no image '%s_%s.tif' (or .tiff, .geotiff); put it next to "
                       "the other one, or import the %s detector alone",
                       product->parameter, product->path, files->base, file_ends[missing],
                       detector_names[1 - missing]);
    }
    return TL_OK;
}

static tl_code fill(const tl_product_wish *wish, tl_product *product, const tl_gf5_files *files,
                    tl_err *err) {
    int detector[2] = {0};
    ptrdiff_t n = 0;
    TL_TRY(choose_images(product, wish, files, detector, &n, err));
    TL_TRY(tl_products_parts(product, n, err));
    TL_TRY(read_facts(product, files, err));
    (void)snprintf(product->info.kind, sizeof product->info.kind, "%.23s %.23s",
                   product->info.facts.sensor, product->info.facts.level);
    for (ptrdiff_t p = 0; p < n; p++) {
        TL_TRY(open_part(product, wish, files, p, detector[p], err));
    }
    int with_gains = 0;
    for (ptrdiff_t p = 0; p < n; p++) {
        int has = 0;
        TL_TRY(fill_gains(product, wish, files, p, detector[p], &has, err));
        with_gains += has;
    }
    if (with_gains > 0 && with_gains < n) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' has gains ('..._RadCal_....raw') for one detector only; put the "
                       "other text next to it, or use a table of gain and offset as gains",
                       product->parameter, product->path);
    }
    product->info.quantity = with_gains > 0 ? TL_QUANTITY_RADIANCE : TL_QUANTITY_DN;
    return with_gains > 0
               ? TL_OK
               : tl_products_note(product, err,
                                  "there is no text with gains ('..._RadCal_....raw') next to "
                                  "the images: the values are digital numbers");
}

static tl_code open_gf5(const tl_product_wish *wish, tl_product *product, tl_err *err) {
    tl_gf5_files files;
    TL_TRY(tl_products_gf5_find(product->path, product->parameter, &files, err));
    const tl_code code = fill(wish, product, &files, err);
    tl_products_gf5_files_free(&files);
    return code;
}

const tl_product_reader tl_products_gf5 = {
    .name = "AHSI of GF-5, GF5B and ZY-1",
    .takes_wish = 1,
    .claims = tl_products_gf5_claims,
    .open = open_gf5,
};

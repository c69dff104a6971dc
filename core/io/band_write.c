/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writing band tables into files; see band_write.h. */
#include "io/band_write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/bytes.h"

enum { path_capacity = 4096, header_limit = 64 << 20 };

/* --- band items --- */

static void set_number(GDALRasterBandH band, const char *key, double value, const char *domain) {
    tl_text text = {0};
    tl_text_add_number(&text, value);
    GDALSetMetadataItem(band, key, tl_text_data(&text), domain);
    tl_text_free(&text);
}

static void write_wavelength(GDALRasterBandH band, double centre_nm, double fwhm_nm) {
    if (isfinite(centre_nm)) {
        set_number(band, "wavelength", centre_nm, NULL);
        GDALSetMetadataItem(band, "wavelength_units", "Nanometers", NULL);
    }
    if (isfinite(fwhm_nm)) {
        set_number(band, "fwhm", fwhm_nm, NULL);
    }
}

void tl_io_write_wavelengths(GDALDatasetH dataset, const tl_layer *layer, ptrdiff_t n_layers) {
    for (ptrdiff_t i = 0; i < n_layers; i++) {
        write_wavelength(GDALGetRasterBand(dataset, (int)i + 1), layer[i].centre_nm,
                         layer[i].fwhm_nm);
    }
}

void tl_io_write_band_items(GDALDatasetH dataset, const tl_bands *bands) {
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        const tl_band *b = &bands->band[i];
        GDALRasterBandH band = GDALGetRasterBand(dataset, (int)i + 1);
        write_wavelength(band, b->centre_nm, b->fwhm_nm);
        if (isfinite(b->centre_nm)) {
            set_number(band, "CENTRAL_WAVELENGTH_UM", b->centre_nm / 1e3, "IMAGERY");
        }
        if (isfinite(b->fwhm_nm)) {
            set_number(band, "FWHM_UM", b->fwhm_nm / 1e3, "IMAGERY");
        }
        if (b->fwhm_assumed) {
            GDALSetMetadataItem(band, "fwhm_assumed", "1", NULL);
        }
        set_number(band, "detector", b->detector, NULL);
        GDALSetMetadataItem(band, "bbl", b->good ? "1" : "0", NULL);
        if (!b->good && b->reason[0] != '\0') {
            GDALSetMetadataItem(band, "bad_band_reason", b->reason, NULL);
        }
    }
}

/* --- ENVI header --- */

static void separate(tl_text *text, ptrdiff_t i) {
    tl_text_add(text, i == 0 ? "" : i % 8 == 0 ? ",\n" : ", ");
}

static void add_list(tl_text *text, const char *key, const double *value, ptrdiff_t n) {
    tl_text_addf(text, "%s = {", key);
    for (ptrdiff_t i = 0; i < n; i++) {
        separate(text, i);
        tl_text_add_number(text, value[i]);
    }
    tl_text_add(text, "}\n");
}

static int all_finite(const double *value, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        if (!isfinite(value[i])) {
            return 0;
        }
    }
    return n > 0;
}

void tl_io_add_wavelength_lines(tl_text *header, const double *centre_nm, const double *fwhm_nm,
                                ptrdiff_t n) {
    if (all_finite(centre_nm, n)) {
        tl_text_add(header, "wavelength units = Nanometers\n");
        add_list(header, "wavelength", centre_nm, n);
        if (all_finite(fwhm_nm, n)) {
            add_list(header, "fwhm", fwhm_nm, n);
        }
    }
}

/* The reasons in a list may contain neither commas nor braces. */
static void add_reasons(tl_text *header, const tl_bands *bands) {
    tl_text_add(header, "tilth bad band reasons = {");
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        tl_text_add(header, i == 0 ? "" : ",\n");
        for (const char *c = bands->band[i].good ? "" : bands->band[i].reason; *c != '\0'; c++) {
            const int plain = (unsigned char)*c >= ' ' && *c != '{' && *c != '}';
            tl_text_addf(header, "%c", *c == ',' ? ';' : (plain ? *c : ' '));
        }
    }
    tl_text_add(header, "}\n");
}

void tl_io_add_band_lines(tl_text *header, const tl_bands *bands) {
    double *column = tl_acquire(2 * bands->n, sizeof *column);
    if (column == NULL) {
        header->failed = 1;
        return;
    }
    double *width = column + bands->n;
    int any_bad = 0;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        column[i] = bands->band[i].centre_nm;
        width[i] = bands->band[i].fwhm_nm;
    }
    tl_io_add_wavelength_lines(header, column, width, bands->n);
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        column[i] = bands->band[i].good ? 1.0 : 0.0;
        width[i] = bands->band[i].detector;
        any_bad |= !bands->band[i].good;
    }
    add_list(header, "bbl", column, bands->n);
    add_list(header, "tilth detectors", width, bands->n);
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        column[i] = bands->band[i].fwhm_assumed ? 1.0 : 0.0;
    }
    add_list(header, "tilth fwhm assumed", column, bands->n);
    if (any_bad) {
        add_reasons(header, bands);
    }
    tl_release(column);
}

tl_code tl_io_finish_envi_header(const char *path, const char *parameter, const tl_text *lines,
                                 tl_err *err) {
    char header[path_capacity];
    tl_io_replace_extension(path, "hdr", header);
    char *bytes = NULL;
    size_t length = 0;
    TL_TRY(tl_io_read_bytes(header, parameter, header_limit, &bytes, &length, err));
    tl_text text = {0};
    char *from = strstr(bytes, "description = {");
    char *to = from == NULL ? NULL : strchr(from, '}');
    if (to != NULL) {
        *from = '\0';
        tl_text_add(&text, bytes);
        tl_text_add(&text, "description = {tilth}");
        tl_text_add(&text, to + 1);
    } else {
        tl_text_add(&text, bytes);
    }
    if (text.length > 0 && text.data[text.length - 1] != '\n') {
        tl_text_add(&text, "\n");
    }
    tl_text_add(&text, tl_text_data(lines));
    const tl_code code =
        text.failed || lines->failed
            ? tl_no_memory(err, "the header '%s'", header)
            : tl_io_write_bytes(header, parameter, text.data, (size_t)text.length, err);
    tl_release(bytes);
    tl_text_free(&text);
    return code;
}

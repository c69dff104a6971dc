/* SPDX-License-Identifier: GPL-2.0-or-later
 * ENVI spectral libraries, which GDAL does not open; see spectra.h. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "io/envi_header.h"
#include "io/tables/spectra.h"
#include "io/wavelength_unit.h"

/* The numbers that describe the layout of the data file. */
typedef struct storage {
    ptrdiff_t n;
    ptrdiff_t p;
    size_t offset;
    int type;
    size_t width;
    int big_endian;
    double scale;
} storage;

int tl_io_tables_spectra_is_library(const char *header, size_t length) {
    tl_envi envi;
    if (tl_io_envi_parse(header, length, "", &envi, NULL) != TL_OK) {
        return 0;
    }
    const char *type = tl_io_envi_value(&envi, "file type");
    const int is = type != NULL && tl_same_word(type, "ENVI Spectral Library");
    tl_io_envi_free(&envi);
    return is;
}

static tl_code whole_number(const tl_envi *envi, const char *key, double minimum, double maximum,
                            const char *what, double *value, tl_err *err) {
    if (!tl_io_envi_number(envi, key, value) || *value < minimum || *value > maximum ||
        floor(*value) < *value) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' of the ENVI header is '%.40s'; wanted a whole number from %.0f to "
                       "%.0f",
                       what, key,
                       tl_io_envi_value(envi, key) == NULL ? "" : tl_io_envi_value(envi, key),
                       minimum, maximum);
    }
    return TL_OK;
}

static size_t width_of(int type) {
    switch (type) {
        case 1:
            return 1;
        case 2:
        case 12:
            return 2;
        case 3:
        case 4:
        case 13:
            return 4;
        case 5:
            return 8;
        default:
            return 0;
    }
}

static tl_code read_storage(const tl_envi *envi, size_t data_length, const char *what, storage *s,
                            tl_err *err) {
    double p = 0.0;
    double n = 0.0;
    double type = 0.0;
    double offset = 0.0;
    double order = 0.0;
    double factor = 1.0;
    TL_TRY(whole_number(envi, "samples", 2.0, 1e6, what, &p, err));
    TL_TRY(whole_number(envi, "lines", 1.0, 1e8, what, &n, err));
    TL_TRY(whole_number(envi, "data type", 1.0, 15.0, what, &type, err));
    if (tl_io_envi_value(envi, "header offset") != NULL) {
        TL_TRY(whole_number(envi, "header offset", 0.0, 1e9, what, &offset, err));
    }
    (void)tl_io_envi_number(envi, "byte order", &order);
    (void)tl_io_envi_number(envi, "reflectance scale factor", &factor);
    *s = (storage){.n = (ptrdiff_t)n,
                   .p = (ptrdiff_t)p,
                   .offset = (size_t)offset,
                   .type = (int)type,
                   .width = width_of((int)type),
                   .big_endian = order > 0.5,
                   .scale = factor > 0.0 ? 1.0 / factor : 1.0};
    if (s->width == 0) {
        return tl_fail(err, TL_FORMAT, "%s: ENVI data type %d is not supported", what, s->type);
    }
    const double wanted = n * p * (double)s->width + offset;
    if ((double)data_length < wanted) {
        return tl_fail(err, TL_FORMAT,
                       "%s: %.0f spectra of %.0f bands need %.0f bytes, but the file has %.0f; it "
                       "may be cut off",
                       what, n, p, wanted, (double)data_length);
    }
    return TL_OK;
}

static double value_at(const unsigned char *at, const storage *s) {
    unsigned char b[8] = {0};
    for (size_t i = 0; i < s->width; i++) {
        b[i] = at[s->big_endian ? s->width - 1 - i : i];
    }
    uint64_t bits = 0;
    for (size_t i = 0; i < s->width; i++) {
        bits |= (uint64_t)b[i] << (8 * i);
    }
    const uint32_t low = (uint32_t)bits;
    float single = 0.0F;
    double value = 0.0;
    switch (s->type) {
        case 2:
            return (double)(int16_t)(uint16_t)bits;
        case 3:
            return (double)(int32_t)low;
        case 4:
            memcpy(&single, &low, sizeof single);
            return (double)single;
        case 5:
            memcpy(&value, &bits, sizeof value);
            return value;
        default:
            return (double)bits;
    }
}

static tl_code fill_ids(const tl_envi *envi, tl_spectra *s, tl_err *err) {
    const char *list = tl_io_envi_value(envi, "spectra names");
    char name[256];
    for (ptrdiff_t i = 0; i < s->n; i++) {
        list = tl_io_envi_next(list, name, sizeof name);
        if (list == NULL || name[0] == '\0') {
            (void)snprintf(name, sizeof name, "%td", i + 1);
        }
        TL_TRY(tl_source_spectra_set_id(s, i, name, err));
    }
    return TL_OK;
}

static tl_code fill_wavelengths(const tl_envi *envi, const char *what, tl_spectra *s, tl_err *err) {
    if (!tl_io_envi_numbers(envi, "wavelength", s->p, s->wavelength_nm)) {
        return tl_fail(err, TL_FORMAT, "%s: the ENVI header does not list %td wavelengths", what,
                       s->p);
    }
    tl_wavelength_unit unit = tl_io_wavelength_unit_of(tl_io_envi_value(envi, "wavelength units"));
    TL_TRY(tl_io_settle_wavelengths(s->wavelength_nm, s->p, what, &unit, err));
    const int has_width = tl_io_envi_numbers(envi, "fwhm", s->p, s->fwhm_nm);
    double *centre = tl_acquire(s->p, sizeof *centre);
    if (centre == NULL) {
        return tl_no_memory(err, "%s", what);
    }
    for (ptrdiff_t j = 0; j < s->p; j++) {
        centre[j] = s->wavelength_nm[j];
        s->wavelength_nm[j] = tl_io_wavelength_nm(centre[j], unit);
    }
    tl_wavelength_unit width = unit;
    const tl_code code =
        has_width ? tl_io_settle_widths(s->fwhm_nm, s->wavelength_nm, s->p, what, &width, err)
                  : TL_OK;
    for (ptrdiff_t j = 0; j < s->p; j++) {
        s->fwhm_nm[j] = has_width ? tl_io_width_nm(s->fwhm_nm[j], centre[j], width) : (double)NAN;
    }
    tl_release(centre);
    TL_TRY(code);
    return TL_OK;
}

/* Which bands have a wavelength and are not flagged as bad; flags are numbers or words. */
static tl_code find_good_bands(const tl_envi *envi, const char *what, const tl_spectra *s,
                               unsigned char *good, tl_err *err) {
    static const char *const bad[] = {"0", "0.0", "false", "bad", "no"};
    const char *list = tl_io_envi_value(envi, "bbl");
    ptrdiff_t flags = 0;
    char word[64];
    memset(good, 1, (size_t)s->p);
    for (list = tl_io_envi_next(list, word, sizeof word); list != NULL;
         list = tl_io_envi_next(list, word, sizeof word)) {
        for (size_t k = 0; k < sizeof bad / sizeof bad[0] && flags < s->p; k++) {
            good[flags] = good[flags] && !tl_same_word(word, bad[k]);
        }
        flags++;
    }
    const int fits = flags == 0 || flags == s->p;
    for (ptrdiff_t j = 0; j < s->p; j++) {
        good[j] = (good[j] || !fits) && s->wavelength_nm[j] > 0.0;
    }
    return fits ? TL_OK
                : tl_assume(err, TL_WARNING,
                            "%s: its bad-band list (bbl) has %td entries for %td bands, so it is "
                            "not used; correct the header if bands are bad",
                            what, flags, s->p);
}

/* Moves the good bands together; returns how many there are. */
static ptrdiff_t keep_good(tl_spectra *s, const unsigned char *good) {
    const ptrdiff_t p = s->p;
    ptrdiff_t kept = 0;
    for (ptrdiff_t j = 0; j < p; j++) {
        if (good[j]) {
            s->wavelength_nm[kept] = s->wavelength_nm[j];
            s->fwhm_nm[kept++] = s->fwhm_nm[j];
        }
    }
    double *to = s->values.data;
    for (ptrdiff_t k = 0; k < s->n * p; k++) {
        if (good[k % p]) {
            *to++ = s->values.data[k];
        }
    }
    s->p = kept;
    s->values.ncol = kept;
    return kept;
}

static tl_code remove_bad_bands(const tl_envi *envi, const char *what, tl_spectra *s, tl_err *err) {
    const ptrdiff_t p = s->p;
    unsigned char *good = tl_acquire(p, sizeof *good);
    tl_code code =
        good == NULL ? tl_no_memory(err, "%s", what) : find_good_bands(envi, what, s, good, err);
    const ptrdiff_t kept = code == TL_OK ? keep_good(s, good) : p;
    tl_release(good);
    if (code != TL_OK || kept == p) {
        return code;
    }
    return kept < 2
               ? tl_fail(err, TL_FORMAT,
                         "%s: %td of its %td bands are good and have a wavelength; wanted 2 or "
                         "more",
                         what, kept, p)
               : tl_assume(err, TL_INFO,
                           "%s: %td of %td bands are not used, because the header flags them "
                           "as bad (bbl) or has no wavelength above 0 for them; correct the "
                           "header if that is wrong",
                           what, p - kept, p);
}

static void fill_values(const char *data, const storage *s, tl_spectra *spectra) {
    for (ptrdiff_t i = 0; i < s->n * s->p; i++) {
        const unsigned char *at = (const unsigned char *)data + s->offset + (size_t)i * s->width;
        const double value = value_at(at, s) * s->scale;
        spectra->values.data[i] = isfinite(value) ? value : (double)NAN;
    }
}

tl_code tl_io_tables_spectra_from_library(const char *header, size_t header_length,
                                          const char *data, size_t data_length, const char *what,
                                          tl_spectra *spectra, tl_err *err) {
    *spectra = (tl_spectra){0};
    tl_envi envi;
    TL_TRY(tl_io_envi_parse(header, header_length, what, &envi, err));
    storage s;
    tl_code code = read_storage(&envi, data_length, what, &s, err);
    if (code == TL_OK) {
        code = tl_source_spectra_init(spectra, s.n, s.p, err);
    }
    if (code == TL_OK) {
        code = fill_wavelengths(&envi, what, spectra, err);
    }
    if (code == TL_OK) {
        code = fill_ids(&envi, spectra, err);
    }
    if (code == TL_OK) {
        fill_values(data, &s, spectra);
        code = remove_bad_bands(&envi, what, spectra, err);
    }
    tl_io_envi_free(&envi);
    if (code == TL_OK) {
        code = tl_io_tables_spectra_sort(spectra, what, err);
    }
    if (code != TL_OK) {
        tl_source_spectra_free(spectra);
    }
    return code;
}

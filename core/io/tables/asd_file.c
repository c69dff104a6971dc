/* SPDX-License-Identifier: GPL-2.0-or-later
 * Binary files of ASD field spectrometers; see asd_file.h. */
#include "io/tables/asd_file.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Bytes from the beginning of the file; all numbers are little-endian. */
enum {
    at_data_type = 186,
    at_first_nm = 191,
    at_step_nm = 195,
    at_data_format = 199,
    at_channels = 204,
    at_splice = 444,
    at_spectrum = 484,
    reference_times = 16 /* when the reference and when the spectrum were taken */
};

enum { type_raw = 0, type_reflectance = 1 };

typedef struct layout {
    int version;
    int type;
    int format; /* 0 float, 1 int32, 2 double */
    size_t width;
    ptrdiff_t p;
    double first_nm;
    double step_nm;
    size_t reference; /* start of the white reference; 0 = there is none */
} layout;

static uint64_t word_at(const char *bytes, size_t at, size_t width) {
    uint64_t word = 0;
    for (size_t i = 0; i < width; i++) {
        word |= (uint64_t)(unsigned char)bytes[at + i] << (8 * i);
    }
    return word;
}

static double single_at(const char *bytes, size_t at) {
    const uint32_t bits = (uint32_t)word_at(bytes, at, 4);
    float value = 0.0F;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static double value_at(const char *bytes, size_t at, int format) {
    if (format == 0) {
        return single_at(bytes, at);
    }
    if (format == 1) {
        return (double)(int32_t)(uint32_t)word_at(bytes, at, 4);
    }
    const uint64_t bits = word_at(bytes, at, 8);
    double value = 0.0;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static int version_of(const char *bytes, size_t length) {
    if (length < 3) {
        return 0;
    }
    if (memcmp(bytes, "ASD", 3) == 0) {
        return 1;
    }
    const int is = memcmp(bytes, "as", 2) == 0 && bytes[2] >= '2' && bytes[2] <= '8';
    return is ? bytes[2] - '0' : 0;
}

int tl_io_tables_asd_is(const char *bytes, size_t length) {
    /* A text may begin with these letters; the zero byte that ends every comment distinguishes
     * it. */
    return version_of(bytes, length) > 0 && (length < 160 || memchr(bytes + 3, '\0', 157) != NULL);
}

static const char *type_name(int type) {
    static const char *const names[] = {"raw counts",    "reflectance", "radiance",
                                        "no unit",       "irradiance",  "a quality index",
                                        "transmittance", "unknown",     "absorbance"};
    return type < (int)(sizeof names / sizeof names[0]) ? names[type] : "unknown";
}

static tl_code cut_off(const char *what, size_t length, tl_err *err) {
    return tl_fail(
        err, TL_FORMAT,
        "%s ends after %.0f bytes, before the end of what its header announces; it may be cut off",
        what, (double)length);
}

static tl_code read_header(const char *bytes, size_t length, const char *what, layout *l,
                           tl_err *err) {
    *l = (layout){.version = version_of(bytes, length)};
    if (l->version == 0) {
        return tl_fail(err, TL_FORMAT, "%s is no ASD file of version 1 to 8", what);
    }
    if (length < at_spectrum) {
        return cut_off(what, length, err);
    }
    l->type = (unsigned char)bytes[at_data_type];
    l->format = (unsigned char)bytes[at_data_format];
    l->p = (ptrdiff_t)word_at(bytes, at_channels, 2);
    l->first_nm = single_at(bytes, at_first_nm);
    l->step_nm = single_at(bytes, at_step_nm);
    l->width = l->format == 2 ? 8 : 4;
    if (l->format > 2 || l->p < 2) {
        return tl_fail(err, TL_FORMAT,
                       "%s: its header announces %td channels in the form %d; wanted 2 or more in "
                       "one of the forms 0 to 2",
                       what, l->p, l->format);
    }
    const double last_nm = l->first_nm + l->step_nm * (double)(l->p - 1);
    if (!(l->first_nm >= 100.0) || !(l->step_nm >= 0.01) || !(last_nm <= 30000.0)) {
        return tl_fail(err, TL_FORMAT,
                       "%s: its header puts the channels at %g, %g, ... %g nm; wanted increasing "
                       "wavelengths from 100 to 30000 nm",
                       what, l->first_nm, l->first_nm + l->step_nm, last_nm);
    }
    if (length - at_spectrum < (size_t)l->p * l->width) {
        return cut_off(what, length, err);
    }
    return TL_OK;
}

/* Finds the white reference after the spectrum: flag, two times, a description with its length. */
static tl_code find_reference(const char *bytes, size_t length, const char *what, layout *l,
                              tl_err *err) {
    const size_t block = (size_t)l->p * l->width;
    size_t at = at_spectrum + block;
    if (l->version == 1) {
        return l->type == type_reflectance
                   ? TL_OK
                   : tl_fail(err, TL_DATA, "%s contains %s without a white reference", what,
                             type_name(l->type));
    }
    if (length - at < 2 + reference_times + 2) {
        return cut_off(what, length, err);
    }
    if (word_at(bytes, at, 2) == 0) {
        return tl_fail(err, TL_DATA,
                       "%s contains no white reference, so its %s cannot become reflectance", what,
                       type_name(l->type));
    }
    at += 2 + reference_times;
    const size_t text = (size_t)word_at(bytes, at, 2);
    at += 2;
    if (length - at < text || length - at - text < block) {
        return cut_off(what, length, err);
    }
    l->reference = at + text;
    return TL_OK;
}

static void take_splices(const char *bytes, const layout *l, double splice_nm[2]) {
    const double last_nm = l->first_nm + l->step_nm * (double)(l->p - 1);
    for (size_t k = 0; k < 2; k++) {
        const double at = single_at(bytes, at_splice + 4 * k);
        splice_nm[k] = at > l->first_nm && at < last_nm ? at : (double)NAN;
    }
}

tl_code tl_io_tables_asd_parse(const char *bytes, size_t length, const char *what,
                               double splice_nm[2], tl_spectra *spectra, tl_err *err) {
    *spectra = (tl_spectra){0};
    splice_nm[0] = splice_nm[1] = (double)NAN;
    layout l;
    TL_TRY(read_header(bytes, length, what, &l, err));
    if (l.type != type_raw && l.type != type_reflectance) {
        return tl_fail(err, TL_DATA,
                       "%s contains %s (type %d); wanted reflectance, or raw counts with a white "
                       "reference",
                       what, type_name(l.type), l.type);
    }
    TL_TRY(find_reference(bytes, length, what, &l, err));
    TL_TRY(tl_source_spectra_init(spectra, 1, l.p, err));
    take_splices(bytes, &l, splice_nm);
    ptrdiff_t n_finite = 0;
    for (ptrdiff_t j = 0; j < l.p; j++) {
        const size_t step = (size_t)j * l.width;
        const double white = l.reference == 0 ? 1.0 : value_at(bytes, l.reference + step, l.format);
        const double ratio = value_at(bytes, at_spectrum + step, l.format) / white;
        spectra->wavelength_nm[j] = l.first_nm + l.step_nm * (double)j;
        spectra->values.data[j] = isfinite(ratio) ? ratio : (double)NAN;
        n_finite += isfinite(ratio) ? 1 : 0;
    }
    if (n_finite == 0) {
        tl_source_spectra_free(spectra);
        return tl_fail(err, TL_DATA, "%s: none of its %td values is a finite reflectance", what,
                       l.p);
    }
    return TL_OK;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The effect of a clear atmosphere on light, tabulated over aerosol, water vapour and wavelength,
 * in the file layout of the GRASS add-on i.hyper.atcorr. */
#include "atmosphere/air_table.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

enum { header_bytes = 20, largest_axis = 100000 };

static const uint32_t magic_number = 0x4C555400U;

tl_code tl_atmosphere_air_table_init(tl_air_table *t, ptrdiff_t n_aod, ptrdiff_t n_water,
                                     ptrdiff_t n_wavelength, tl_err *err) {
    *t = (tl_air_table){.n_aod = n_aod, .n_water = n_water, .n_wavelength = n_wavelength};
    const ptrdiff_t n = n_aod * n_water * n_wavelength;
    t->aod = tl_acquire(n_aod, sizeof *t->aod);
    t->water_g_cm2 = tl_acquire(n_water, sizeof *t->water_g_cm2);
    t->wavelength_nm = tl_acquire(n_wavelength, sizeof *t->wavelength_nm);
    t->path = tl_acquire(n, sizeof *t->path);
    t->down = tl_acquire(n, sizeof *t->down);
    t->up = tl_acquire(n, sizeof *t->up);
    t->albedo = tl_acquire(n, sizeof *t->albedo);
    if (t->aod == NULL || t->water_g_cm2 == NULL || t->wavelength_nm == NULL || t->path == NULL ||
        t->down == NULL || t->up == NULL || t->albedo == NULL) {
        tl_atmosphere_air_table_free(t);
        return tl_no_memory(err, "an atmospheric table of %td values", n);
    }
    return TL_OK;
}

void tl_atmosphere_air_table_free(tl_air_table *t) {
    if (t == NULL) {
        return;
    }
    tl_release(t->aod);
    tl_release(t->water_g_cm2);
    tl_release(t->wavelength_nm);
    tl_release(t->path);
    tl_release(t->down);
    tl_release(t->up);
    tl_release(t->albedo);
    *t = (tl_air_table){0};
}

/* --- reading --- */

typedef struct reader {
    const unsigned char *at;
    int big_endian;
} reader;

static uint32_t next_word(reader *r) {
    const unsigned char *b = r->at;
    r->at += 4;
    return r->big_endian != 0
               ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
               : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static float next_float(reader *r) {
    const uint32_t word = next_word(r);
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

static tl_code read_header(reader *r, size_t length, const char *what, int32_t n[3], tl_err *err) {
    if (length < header_bytes) {
        return tl_fail(err, TL_FORMAT, "%s: the file has %zu bytes, but a table begins with 20",
                       what, length);
    }
    const unsigned char *start = r->at;
    if (next_word(r) != magic_number) {
        *r = (reader){.at = start, .big_endian = 1};
        if (next_word(r) != magic_number) {
            return tl_fail(
                err, TL_FORMAT,
                "%s: this is not an atmospheric look-up table; wanted a file that the GRASS "
                "add-on i.hyper.atcorr or this tool's table_output wrote",
                what);
        }
    }
    const uint32_t version = next_word(r);
    if (version != 1U) {
        return tl_fail(err, TL_FORMAT, "%s: the table has version %lu; only version 1 is supported",
                       what, (unsigned long)version);
    }
    for (int k = 0; k < 3; k++) {
        const uint32_t count = next_word(r);
        if (count < 1U || count > (uint32_t)largest_axis) {
            return tl_fail(err, TL_FORMAT, "%s: the header announces %lu %s, wanted 1 to %d", what,
                           (unsigned long)count,
                           k == 0 ? "aerosol loads" : (k == 1 ? "water loads" : "wavelengths"),
                           (int)largest_axis);
        }
        n[k] = (int32_t)count;
    }
    const double cells = (double)n[0] * n[1] * n[2];
    const double wanted = header_bytes + 4.0 * ((double)n[0] + n[1] + n[2] + 4.0 * cells);
    if (wanted != (double)length) {
        return tl_fail(err, TL_FORMAT,
                       "%s: the file has %zu bytes, but its header (%ld aerosol loads, %ld water "
                       "loads, %ld wavelengths) requires %.0f; it was cut short or is damaged",
                       what, length, (long)n[0], (long)n[1], (long)n[2], wanted);
    }
    return TL_OK;
}

static tl_code read_axis(reader *r, double *axis, ptrdiff_t n, double factor, double highest,
                         const char *name, const char *what, tl_err *err) {
    for (ptrdiff_t i = 0; i < n; i++) {
        axis[i] = factor * (double)next_float(r);
        if (!(axis[i] >= 0.0 && axis[i] <= highest) || (i > 0 && !(axis[i] > axis[i - 1]))) {
            return tl_fail(err, TL_FORMAT,
                           "%s: the %s %g (number %td) is outside 0 to %g or does not increase",
                           what, name, axis[i], i + 1, highest);
        }
    }
    return TL_OK;
}

static tl_code read_values(reader *r, float *value, ptrdiff_t n, const char *name, const char *what,
                           tl_err *err) {
    for (ptrdiff_t i = 0; i < n; i++) {
        value[i] = next_float(r);
        /* Radiative transfer codes exceed 1 slightly. */
        if (!(value[i] >= -0.01F && value[i] <= 1.05F)) {
            return tl_fail(err, TL_FORMAT, "%s: a %s is %g, wanted 0 to 1", what, name,
                           (double)value[i]);
        }
        value[i] = fminf(fmaxf(value[i], 0.0F), 1.0F);
    }
    return TL_OK;
}

static tl_code read_body(reader *r, const char *what, tl_air_table *t, tl_err *err) {
    TL_TRY(read_axis(r, t->aod, t->n_aod, 1.0, 10.0, "aerosol optical depth", what, err));
    TL_TRY(read_axis(r, t->water_g_cm2, t->n_water, 1.0, 20.0, "water vapour", what, err));
    TL_TRY(read_axis(r, t->wavelength_nm, t->n_wavelength, 1e3, 1e5, "wavelength", what, err));
    const ptrdiff_t n = t->n_aod * t->n_water * t->n_wavelength;
    TL_TRY(read_values(r, t->path, n, "path reflectance", what, err));
    TL_TRY(read_values(r, t->down, n, "downward transmittance", what, err));
    TL_TRY(read_values(r, t->up, n, "upward transmittance", what, err));
    return read_values(r, t->albedo, n, "spherical albedo", what, err);
}

tl_code tl_atmosphere_air_table_decode(const unsigned char *bytes, size_t length, const char *what,
                                       tl_air_table *t, tl_err *err) {
    *t = (tl_air_table){0};
    reader r = {.at = bytes};
    int32_t n[3] = {0, 0, 0};
    TL_TRY(read_header(&r, length, what, n, err));
    TL_TRY(tl_atmosphere_air_table_init(t, n[0], n[1], n[2], err));
    const tl_code code = read_body(&r, what, t, err);
    if (code != TL_OK) {
        tl_atmosphere_air_table_free(t);
    }
    return code;
}

/* --- writing --- */

static unsigned char *put_word(unsigned char *to, uint32_t word) {
    for (int k = 0; k < 4; k++) {
        to[k] = (unsigned char)(word >> (8 * k) & 0xFFU);
    }
    return to + 4;
}

static unsigned char *put_float(unsigned char *to, float value) {
    uint32_t word;
    memcpy(&word, &value, sizeof word);
    return put_word(to, word);
}

static unsigned char *put_axis(unsigned char *to, const double *axis, ptrdiff_t n, double factor) {
    for (ptrdiff_t i = 0; i < n; i++) {
        to = put_float(to, (float)(factor * axis[i]));
    }
    return to;
}

tl_code tl_atmosphere_air_table_encode(const tl_air_table *t, unsigned char **bytes, size_t *length,
                                       tl_err *err) {
    const ptrdiff_t n = t->n_aod * t->n_water * t->n_wavelength;
    const ptrdiff_t size = header_bytes + 4 * (t->n_aod + t->n_water + t->n_wavelength + 4 * n);
    *length = 0;
    *bytes = tl_acquire(size, 1);
    if (*bytes == NULL) {
        return tl_no_memory(err, "%td bytes of a table", size);
    }
    *length = (size_t)size;
    unsigned char *to = put_word(*bytes, magic_number);
    to = put_word(to, 1U);
    to = put_word(to, (uint32_t)t->n_aod);
    to = put_word(to, (uint32_t)t->n_water);
    to = put_word(to, (uint32_t)t->n_wavelength);
    to = put_axis(to, t->aod, t->n_aod, 1.0);
    to = put_axis(to, t->water_g_cm2, t->n_water, 1.0);
    to = put_axis(to, t->wavelength_nm, t->n_wavelength, 1e-3);
    const float *const part[4] = {t->path, t->down, t->up, t->albedo};
    for (int k = 0; k < 4; k++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            to = put_float(to, part[k][i]);
        }
    }
    return TL_OK;
}

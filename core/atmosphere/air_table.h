/* SPDX-License-Identifier: GPL-2.0-or-later
 * The effect of a clear atmosphere on light, tabulated over aerosol, water vapour and wavelength,
 * in the file layout of the GRASS add-on i.hyper.atcorr. */
#ifndef TL_ATMOSPHERE_AIR_TABLE_H
#define TL_ATMOSPHERE_AIR_TABLE_H

#include <stddef.h>

#include "base/status.h"

/* Owner; zeroed = empty. Reflectance of the top of the atmosphere over even ground of reflectance
 * r:
 *   path + down up r / (1 - albedo r). */
typedef struct tl_air_table {
    ptrdiff_t n_aod;
    ptrdiff_t n_water;
    ptrdiff_t n_wavelength;
    double *aod;           /* [n_aod] aerosol optical depth at 550 nm, increasing */
    double *water_g_cm2;   /* [n_water] column water vapour, increasing */
    double *wavelength_nm; /* [n_wavelength] increasing */
    float *path;           /* [n_aod, n_water, n_wavelength], all four; 0..1 */
    float *down;           /* gases and scattering, direct and diffuse */
    float *up;
    float *albedo;
} tl_air_table;

/* Zero-filled table of that shape in the uninitialised t.
 *
 * fails  TL_NOMEM */
tl_code tl_atmosphere_air_table_init(tl_air_table *t, ptrdiff_t n_aod, ptrdiff_t n_water,
                                     ptrdiff_t n_wavelength, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_atmosphere_air_table_free(tl_air_table *t);

/* Reads the bytes of a file: magic 0x4C555400, version 1, three counts (32 bits each), the axes
 * (float32; wavelengths in micrometres), then path, down, up and albedo (float32, wavelength
 * fastest), in the byte order of the magic number.
 *
 * what   names the file in sentences, for example "table 'lut.bin'"
 * t      initialised here; empty on failure
 * fails  TL_FORMAT other magic or version, counts that do not fit the length, axes that do not
 *        increase, values outside their range; TL_NOMEM */
tl_code tl_atmosphere_air_table_decode(const unsigned char *bytes, size_t length, const char *what,
                                       tl_air_table *t, tl_err *err);

/* The bytes of the file, little-endian.
 *
 * bytes  out: owned
 * fails  TL_NOMEM */
tl_code tl_atmosphere_air_table_encode(const tl_air_table *t, unsigned char **bytes, size_t *length,
                                       tl_err *err);

#endif

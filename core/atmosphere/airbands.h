/* SPDX-License-Identifier: GPL-2.0-or-later
 * The effect of a clear atmosphere on each band of a sensor, and its inverse: surface reflectance
 * from that at the top of the atmosphere. */
#ifndef TL_ATMOSPHERE_AIRBANDS_H
#define TL_ATMOSPHERE_AIRBANDS_H

#include <stddef.h>

#include "atmosphere/air_table.h"
#include "base/status.h"

/* Owner; zeroed = empty. Values are linear between two loads of the axis. */
typedef struct tl_air_bands {
    ptrdiff_t n;         /* bands */
    ptrdiff_t n_water;   /* loads of water */
    double *water_g_cm2; /* [n_water] increasing */
    float *path;         /* [n, n_water] reflectance over black ground */
    float *through;      /* [n, n_water] transmittance down and up together */
    float *albedo;       /* [n, n_water] spherical albedo */
    int *inside;         /* [n] 1; 0 = the table has no such wavelength, the values are 0 */
} tl_air_bands;

/* Averages the table over Gaussian responses, weighted with the sunlight above the atmosphere.
 * Seven loads are inserted between those of the table, so that steps stay small: between loads (of
 * aerosol and, in the square root, of water) the logarithm of the transmittance and the other two
 * are linear. At the loads of the table the values are those of the table.
 *
 * aod        aerosol optical depth at 550 nm
 * centre_nm  [n] NaN = no such band
 * fwhm_nm    [n] 0 or NaN = the wavelength alone
 * bands      initialised here; empty on failure
 * fails      TL_ARG aod is outside the table, or no band is inside it; TL_NOMEM */
tl_code tl_atmosphere_bands_init(const tl_air_table *table, double aod, const double *centre_nm,
                                 const double *fwhm_nm, ptrdiff_t n, tl_air_bands *bands,
                                 tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_atmosphere_bands_free(tl_air_bands *bands);

/* Position of a load of water between those of the axis; loads outside it are moved to its ends. */
typedef struct tl_water_position {
    int low;    /* of the axis */
    float part; /* fraction of the interval to the next one */
} tl_water_position;

tl_water_position tl_atmosphere_bands_locate(const tl_air_bands *bands, double water_g_cm2);

/* The three numbers of a band under a load of water. */
typedef struct tl_air_numbers {
    float path;
    float through;
    float albedo;
} tl_air_numbers;

static inline tl_air_numbers tl_atmosphere_bands_at(const tl_air_bands *bands, ptrdiff_t band,
                                                    tl_water_position position) {
    const ptrdiff_t at = band * bands->n_water + position.low;
    const ptrdiff_t step = bands->n_water > 1 ? 1 : 0;
    const float t = position.part;
    return (tl_air_numbers){
        .path = bands->path[at] + t * (bands->path[at + step] - bands->path[at]),
        .through = bands->through[at] + t * (bands->through[at + step] - bands->through[at]),
        .albedo = bands->albedo[at] + t * (bands->albedo[at + step] - bands->albedo[at]),
    };
}

/* Reflectance of uniform ground under the atmosphere: y / (1 + albedo y) with y = (top - path) /
 * through. */
static inline float tl_atmosphere_air_to_ground(tl_air_numbers a, float top) {
    const float y = (top - a.path) / a.through;
    return y / (1.0F + a.albedo * y);
}

/* The inverse: path + through r / (1 - albedo r). */
static inline float tl_atmosphere_air_to_top(tl_air_numbers a, float ground) {
    return a.path + a.through * ground / (1.0F - a.albedo * ground);
}

/* Reflectance of a cell whose surroundings have another brightness: the part direct of the upward
 * light comes from the cell itself, the rest from its surroundings.
 *
 * even        reflectance by tl_atmosphere_air_to_ground
 * background  mean of even around the cell
 * direct      unscattered part of the upward light, above 0 to 1
 * source      Vermote et al. 1997, IEEE Trans. Geosci. Remote Sens. 35:675, equation 4 */
static inline float tl_atmosphere_air_sharpen(tl_air_numbers a, float even, float background,
                                              float direct) {
    const float y = even / (1.0F - a.albedo * even);
    return (y * (1.0F - a.albedo * background) - (1.0F - direct) * background) / direct;
}

#endif

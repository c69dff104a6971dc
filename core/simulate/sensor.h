/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scene of the study area from a satellite like GF-5 with its AHSI: 330 bands of surface
 * reflectance with the errors that remain after atmospheric correction. */
#ifndef TL_SIMULATE_SENSOR_H
#define TL_SIMULATE_SENSOR_H

#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "base/status.h"
#include "simulate/study_area.h"

enum { TL_SIMULATE_BANDS = 330, TL_SIMULATE_BANDS_VNIR = 150 };

/* One band. Nominal, evenly spaced centres: 150 from 390.3 to 1029.2 nm (5 nm wide), 180 from
 * 1004.6 to 2513.4 nm (10 nm wide), in file order. */
typedef struct tl_simulate_band {
    double centre_nm;
    double fwhm_nm;
    int detector;                      /* 1 = VNIR, 2 = SWIR */
    tl_simulate_absorption absorption; /* averaged over the band's response */
    double residue;                    /* reflectance of crop residue */
    double cloud;                      /* reflectance of thin cloud */
    double gas;                        /* optical depth of water vapour, oxygen, carbon dioxide */
    double noise;                      /* noise relative to a band of mid quality */
} tl_simulate_band;

/* Faults that the user chooses. */
typedef struct tl_simulate_faults {
    double snr;   /* signal to noise of a band of mid quality at reflectance 0.3, > 0 */
    double cloud; /* strength of the thin cloud in the right half, 0..1 */
} tl_simulate_faults;

/* Fills the band table.
 *
 * band  [TL_SIMULATE_BANDS] out; those at 1342-1451 and 1771-1977 nm receive hardly any light */
void tl_simulate_sensor_bands(tl_simulate_band *band);

/* Weight of a Gaussian response at wl_nm, 1 at the centre, 0 beyond four standard deviations. */
double tl_simulate_response(double wl_nm, double centre_nm, double fwhm_nm);

/* Share of a cell's light that comes from thin cloud.
 *
 * strength  of tl_simulate_faults
 * layer     of TL_SIMULATE_LAYER_CLOUD */
double tl_simulate_cloud_share(double strength, double layer);

/* Rows row0 .. row0 + n_rows - 1 of the scene, as reflectance. The values do not depend on the
 * division into blocks and the number of threads. Reflectance may fall slightly below 0 in bands
 * without light, as in real products.
 *
 * area   after tl_simulate_area_fix
 * band   [TL_SIMULATE_BANDS] of tl_simulate_sensor_bands
 * out    [TL_SIMULATE_BANDS, n_rows * ncol] reflectance
 * NaN    outside the area
 * fails  TL_ARG rows outside the area, faults out of range; TL_NOMEM; TL_CANCELLED
 * cost   about 10 microseconds a cell and thread */
tl_code tl_simulate_scene_rows(const tl_simulate_area *area, const tl_simulate_band *band,
                               const tl_simulate_faults *faults, int64_t seed, ptrdiff_t row0,
                               ptrdiff_t n_rows, int threads, const tl_progress *p, float *out,
                               tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * A clear-sky atmosphere computed from published formulas, without any external file. */
#ifndef TL_ATMOSPHERE_CLEARSKY_H
#define TL_ATMOSPHERE_CLEARSKY_H

#include "atmosphere/air_table.h"
#include "atmosphere/scatter.h"
#include "base/progress.h"

/* Properties of the atmosphere other than its load of aerosol and water. */
typedef struct tl_clear_sky {
    tl_view view;
    double elevation_m;     /* of the ground, -500..9000 */
    double ozone_atm_cm;    /* column, 0..0.6 */
    double angstrom;        /* aerosol depth decreases as wavelength^-angstrom, 0..3 */
    double aerosol_albedo;  /* single scattering albedo at 400 nm, 0.5..1 */
    double aerosol_forward; /* mean cosine of the scattering angle, 0..0.8 */
} tl_clear_sky;

/* Sun at 40 degrees, view straight down, sea level, 0.30 atm-cm of ozone, and the rural aerosol of
 * the source (exponent 1.14, albedo 0.945, mean cosine 0.65).
 *
 * source  Bird and Riordan 1986, J. Climate Appl. Meteor. 25:87 */
tl_clear_sky tl_atmosphere_clear_sky_default(void);

/* Fills the table for its axes: scattering by tl_atmosphere_scatter at 40 wavelengths, between
 * which its logarithms are linear in that of the wavelength, gases by tl_atmosphere_gases over the
 * path down and up. The light of the path crosses all ozone and mixed gases, and half of the water
 * vapour, which is low in the atmosphere (Vermote et al. 1997, IEEE Trans. Geosci. Remote Sens.
 * 35:675).
 *
 * table   axes set; its values are written
 * fails   TL_NOMEM; TL_CANCELLED
 * cost    as 40 calls of tl_atmosphere_scatter for each aerosol load, over threads */
tl_code tl_atmosphere_clear_sky_fill(const tl_clear_sky *sky, int threads,
                                     const tl_progress *progress, tl_air_table *table, tl_err *err);

/* Scattering alone, by the formulas of tl_atmosphere_clear_sky_fill. */
tl_scattering tl_atmosphere_clear_sky_scattering(const tl_clear_sky *sky, double aod_550,
                                                 double wavelength_nm);

#endif

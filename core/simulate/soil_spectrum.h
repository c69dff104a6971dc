/* SPDX-License-Identifier: GPL-2.0-or-later
 * From the composition of a soil to its reflectance, 400-2500 nm. As and Cu have no effect. */
#ifndef TL_SIMULATE_SOIL_SPECTRUM_H
#define TL_SIMULATE_SOIL_SPECTRUM_H

#include <math.h>
#include <stddef.h>

/* A Gaussian band of height 1 at the centre. */
static inline double tl_simulate_bump(double wl_nm, double centre_nm, double sigma_nm) {
    const double d = (wl_nm - centre_nm) / sigma_nm;
    return exp(-0.5 * d * d);
}

/* What a soil spectrum depends on, and nothing else. */
typedef struct tl_simulate_soil {
    double som_g_kg;  /* organic matter: darkens, mainly in the visible */
    double humus;     /* darkening per gram of organic matter, 1 = usual */
    double clay_pct;  /* absorbs at 2200 (Al-OH) and 1410 nm (OH), holds water */
    double iron_pct;  /* oxides: blue edge, 480, 530, 660 and 900 nm */
    double dark_pct;  /* opaque minerals: darken all wavelengths alike */
    double water_pct; /* of dry mass: absorbs at 1440 and 1930 nm, darkens */
    double grain;     /* path length between two scatterings, 1 = usual; coarse soils are above 1 */
} tl_simulate_soil;

/* Absorption per unit of each part at one wavelength, relative to scattering. */
typedef struct tl_simulate_absorption {
    double mineral; /* of the bare mineral soil */
    double som;
    double clay;
    double iron;
    double dark;
    double water;
} tl_simulate_absorption;

/* The model's absorption at one wavelength: sums of Gaussians and exponentials that imitate
 * published soil spectra.
 *
 * wl_nm   nm, 400..2500
 * returns absorption relative to scattering, no unit
 * source  positions: Stenberg et al. 2010 Adv. Agron. 107:163; Clark 1999 */
tl_simulate_absorption tl_simulate_absorption_at(double wl_nm);

/* Reflectance of an opaque layer, R = 1 + f - sqrt(f^2 + 2 f), whose absorption and scattering have
 * the ratio f = grain (1 + wetting water) sum of parts.
 *
 * soil    all parts >= 0 and finite
 * k       of the wavelength or band
 * returns in (0, 1)
 * source  Kubelka & Munk 1931, Z. Tech. Phys. 12:593 */
double tl_simulate_reflectance(const tl_simulate_soil *soil, const tl_simulate_absorption *k);

/* Water that an air-dry soil keeps, percent: grows with clay and organic matter. */
double tl_simulate_air_dry_water(double clay_pct, double som_g_kg);

/* Reflectance of dry crop residue at a wavelength: bright, with the lignin and cellulose dips at
 * 1730, 2100 and 2300 nm. */
double tl_simulate_residue_reflectance(double wl_nm);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Transmittance of the gases of a clear atmosphere. */
#ifndef TL_ATMOSPHERE_GASES_H
#define TL_ATMOSPHERE_GASES_H

/* Amounts along one vertical path, and the air mass that the light crosses. */
typedef struct tl_gas_path {
    double air_mass;      /* of the whole path, 1 = once vertically */
    double water_g_cm2;   /* vertical column */
    double ozone_atm_cm;  /* vertical column */
    double pressure_part; /* pressure at the ground over that at sea level, 0..1 */
} tl_gas_path;

typedef struct tl_gas_transmittance {
    double water; /* each 0..1 */
    double ozone;
    double mixed; /* oxygen, carbon dioxide and the other evenly mixed gases */
} tl_gas_transmittance;

/* How strongly a wavelength is absorbed, in the units of the growth law of the source. */
typedef struct tl_gas_strength {
    double water;
    double ozone; /* per atm-cm */
    double mixed;
} tl_gas_strength;

/* Absorption at a wavelength, with a resolution of 1 nm up to 1700 nm and 5 nm up to 2600 nm.
 * Beyond 2600 nm nothing is absorbed, below 680 nm only by ozone.
 *
 * wavelength_nm  from 300
 * source         ASTM G173-03 (Gueymard 2004, Solar Energy 76:423): direct beam of 1.416 g cm-2 of
 *                water at air mass 1.5, divided among the gases by the bands of each */
tl_gas_strength tl_atmosphere_gas_strength(double wavelength_nm);

/* Transmittance of a path.
 *
 * source  Bird and Riordan 1986, J. Climate Appl. Meteor. 25:87 (SPCTRAL2): how absorption grows
 *         with the amount, equations 8, 9 and 11; ozone, table 1 */
tl_gas_transmittance tl_atmosphere_gases(const tl_gas_strength *gas, const tl_gas_path *path);

/* Pressure over that at sea level in the standard atmosphere.
 *
 * elevation_m  -500..9000
 * source       U.S. Standard Atmosphere 1976, lowest layer */
double tl_atmosphere_pressure_part(double elevation_m);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Solar irradiance above the atmosphere, wavelength by wavelength. */
#ifndef TL_ATMOSPHERE_SOLAR_H
#define TL_ATMOSPHERE_SOLAR_H

/* Solar irradiance above the atmosphere at the mean distance of the earth (1 astronomical unit),
 * averaged over a Gaussian response; divide by the squared distance in astronomical units for
 * another day.
 *
 * centre_nm  of the band
 * fwhm_nm    its full width at half maximum; 0 or NaN = the centre only
 * returns    W m-2 um-1; NaN where the response extends beyond 300..4000 nm
 * source     ASTM G173-03, extraterrestrial column (Gueymard 2004, Solar Energy 76:423), 380..2600
 *            nm; Bird and Riordan 1986, J. Climate Appl. Meteor. 25:87, outside */
double tl_atmosphere_irradiance(double centre_nm, double fwhm_nm);

#endif

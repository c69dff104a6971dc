/* SPDX-License-Identifier: GPL-2.0-or-later
 * Indices of two reflectances. */
#ifndef TL_IMAGERY_INDEX_H
#define TL_IMAGERY_INDEX_H

/* (a - b) / (a + b), as in NDVI (near infrared, red) and NDSI (green, shortwave infrared).
 *
 * NaN     when an argument is NaN, or the sum is not above 0
 * source  Rouse et al. 1974 (NDVI); Hall, Riggs and Salomonson 1995 (NDSI) */
double tl_imagery_normalised_difference(double a, double b);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Continuum removal: what absorption removes from the smooth upper envelope of a spectrum. */
#ifndef TL_SPECTRA_CONTINUUM_H
#define TL_SPECTRA_CONTINUUM_H

#include <stddef.h>

#include "spectra/segments.h"

/* Divides a spectrum by its upper convex hull over wavelength, each segment by its own.
 *
 * centre_nm  [p] increasing within each segment
 * value      [p] reflectance, changed in place to 0 .. 1 (1 on the hull)
 * hull       [p] work space
 * NaN        anywhere in a segment makes the segment NaN, as does a hull that is not positive
 * source     Clark & Roush 1984, J. Geophys. Res. 89:6329; hull: Andrew 1979, Inf. Process. Lett.
 *            9:216 */
void tl_spectra_remove_continuum(const double *centre_nm, const tl_segments *segments,
                                 double *value, ptrdiff_t *hull);

#endif

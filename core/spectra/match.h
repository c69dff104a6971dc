/* SPDX-License-Identifier: GPL-2.0-or-later
 * Finds the bands that a model was trained on in the band table of a scene: by wavelength, never by
 * number. */
#ifndef TL_SPECTRA_MATCH_H
#define TL_SPECTRA_MATCH_H

#include <stddef.h>

#include "base/bands.h"
#include "base/status.h"

/* For every model band the good scene band with the nearest centre.
 *
 * model_nm       [n] centres in nm
 * model_fwhm_nm  [n] nm; NaN = unknown
 * scene          band table; bands that are not good are not used
 * tolerance_nm   largest distance of the centres; not above 0: half of the model band's FWHM (where
 *                that is unknown, half the distance to the nearest model band)
 * index          [n] out: positions (0-based) in scene->band
 * fails          TL_DATA bands are missing: the sentence states how many, names the first ones, and
 *                how many of them exist but are flagged bad
 * cost           O(n * bands), no allocation */
tl_code tl_spectra_match(const double *model_nm, const double *model_fwhm_nm, ptrdiff_t n,
                         const tl_bands *scene, double tolerance_nm, ptrdiff_t *index, tl_err *err);

#endif

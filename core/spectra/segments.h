/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs of bands that follow each other without a gap, so that smoothing and hulls never reach
 * across a water window or from one detector into the next. */
#ifndef TL_SPECTRA_SEGMENTS_H
#define TL_SPECTRA_SEGMENTS_H

#include <stddef.h>

#include "base/status.h"

/* Owner; zeroed = empty. Segment s consists of the bands start[s] .. start[s + 1] - 1. */
typedef struct tl_segments {
    ptrdiff_t n;
    ptrdiff_t *start; /* [n + 1]; start[0] = 0, start[n] = number of bands */
} tl_segments;

/* Finds the segments of a list of bands. A new segment begins behind a step from one band to the
 * next that
 *   1. is not positive (two detectors overlap), or
 *   2. is more than 1.5 times the median of the up to five steps before it in its segment, or
 *   3. is more than 1.5 times both the next step and the median of the five steps after it, or
 *   4. spans a whole water vapour window of tl_spectra_default_rules.
 *
 * centre_nm  [p] in the order of the bands
 * out        uninitialised; empty on failure; no segment for p = 0
 * NaN        on either side of a step begins a new segment
 * fails      TL_NOMEM
 * cost       O(p) */
tl_code tl_spectra_segments(const double *centre_nm, ptrdiff_t p, tl_segments *out, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_spectra_segments_free(tl_segments *s);

#endif

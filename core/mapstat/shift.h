/* SPDX-License-Identifier: GPL-2.0-or-later
 * The shift of one image of an area against another: phase correlation. */
#ifndef TL_MAPSTAT_SHIFT_H
#define TL_MAPSTAT_SHIFT_H

#include <stddef.h>

#include "base/status.h"

typedef struct tl_shift {
    double row; /* what a has at (r, c), b has at (r + row, c + col); cells */
    double col;
    double peak; /* 1 for a copy that is only shifted, towards 0 for unrelated images */
} tl_shift;

/* The shift between two images of one shape, up to a quarter of the shorter side. The mean of both
 * is subtracted, and they are faded out towards the edges (Hann window). The phase of the cross
 * spectrum, weighted by a Gaussian (0.15 cycles a cell), determines the whole cells; the slope of
 * the remaining phase, up to 0.2 cycles a cell and weighted by the size of the cross spectrum, the
 * rest.
 *
 * a, b    [nrow, ncol] NaN = mean of the image
 * fails   TL_DATA a side is below 16 cells, or an image has one value only; TL_NOMEM
 * cost    O(cells log cells), twelve doubles a cell, one thread
 * source  Kuglin and Hines 1975, Proc. IEEE Conf. Cybernetics and Society 163; Stone, Orchard,
 *         Chang and Martucci 2001, IEEE Trans. Geosci. Remote Sensing 39:2235 */
tl_code tl_mapstat_shift(const float *a, const float *b, ptrdiff_t nrow, ptrdiff_t ncol,
                         tl_shift *shift, tl_err *err);

#endif

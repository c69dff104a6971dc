/* SPDX-License-Identifier: GPL-2.0-or-later
 * How far one picture of a place is shifted against another one: phase correlation. */
#ifndef TL_MAPSTAT_SHIFT_H
#define TL_MAPSTAT_SHIFT_H

#include <stddef.h>

#include "base/status.h"

typedef struct tl_shift {
    double row; /* what stands in a at (r, c) stands in b at (r + row, c + col); cells */
    double col;
    double peak; /* 1 for a copy that is only shifted, towards 0 for unrelated pictures */
} tl_shift;

/* The shift between two pictures of one shape, up to a quarter of the shorter side. Both are freed
 * of their mean and faded out towards the edges (Hann window). The phase of the cross spectrum,
 * weighted by a Gaussian (0.15 cycles a cell), gives the whole cells; the slope of the phase that
 * is left, up to 0.2 cycles a cell and weighted by the size of the cross spectrum, the rest.
 *
 * a, b    [nrow, ncol] NaN = mean of the picture
 * fails   TL_DATA a side is below 16 cells, or a picture has one value only; TL_NOMEM
 * cost    O(cells log cells), twelve doubles a cell, one thread
 * source  Kuglin and Hines 1975, Proc. IEEE Conf. Cybernetics and Society 163; Stone, Orchard,
 *         Chang and Martucci 2001, IEEE Trans. Geosci. Remote Sensing 39:2235 */
tl_code tl_mapstat_shift(const float *a, const float *b, ptrdiff_t nrow, ptrdiff_t ncol,
                         tl_shift *shift, tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Thin cloud: its thickness over a cell, and the light that it adds to every band. */
#ifndef TL_IMAGERY_THINCLOUD_H
#define TL_IMAGERY_THINCLOUD_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"

/* The lower edge of a cloud of points (x, y): a line through the low quantiles of y in groups of
 * equal size along x. The clear line of the haze transform when x is red and y blue; the light that
 * cloud adds to a band for each unit of thickness when x is the thickness and y the band.
 *
 * x, y    [n] finite
 * groups  2 or more
 * share   quantile of y in a group, 0..1
 * a, b    out: y = a + b x
 * fails   TL_DATA fewer than 5 points a group, or all x equal; TL_NOMEM
 * cost    O(n log n)
 * source  Gao et al. 1998, J. Geophys. Res. 103:32169 (lower edge against 1380 nm); Zhang, Guindon
 *         and Cihlar 2002, Remote Sens. Environ. 82:173 (clear line) */
tl_code tl_imagery_lower_line(const double *x, const double *y, ptrdiff_t n, ptrdiff_t groups,
                              double share, double *a, double *b, tl_err *err);

/* How much a layer changes over an area, in units of its change from one cell to the next.
 *
 * value   [2 n] pairs of neighbours: 2i and 2i + 1
 * noise   out: standard deviation of one cell, from the median difference of neighbours; may be
 *         NULL
 * returns (95 % - 5 % quantile) / noise; NaN without 10 pairs of numbers; infinite without noise
 * fails   TL_NOMEM (spread is NaN then) */
tl_code tl_imagery_spread(const double *value, ptrdiff_t n, double *spread, double *noise,
                          tl_err *err);

/* Replaces every cell by the mean of the marked cells around it.
 *
 * value   [nrow, ncol]
 * marked  [nrow, ncol] 1: the cell is used
 * radius  0..; the square has 2 radius + 1 cells a side
 * NaN     is excluded; a cell without any marked value around it keeps its own
 * fails   TL_NOMEM
 * cost    O(nrow ncol) whatever the radius */
tl_code tl_imagery_smooth(tl_grid *value, const unsigned char *marked, ptrdiff_t radius,
                          tl_err *err);

/* Replaces every cell by the smallest value of the marked cells around it; arguments as
 * tl_imagery_smooth.
 *
 * cost  O(nrow ncol radius) */
tl_code tl_imagery_darkest(tl_grid *value, const unsigned char *marked, ptrdiff_t radius,
                           tl_err *err);

#endif

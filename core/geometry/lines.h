/* SPDX-License-Identifier: GPL-2.0-or-later
 * Operations on lines in the plane, through GEOS: the position on lines nearest to a point, lines
 * with fewer vertices, lines joined end to end. */
#ifndef TL_GEOMETRY_LINES_H
#define TL_GEOMETRY_LINES_H

#include <stddef.h>

#include "base/status.h"

/* Lines in the plane, borrowed. Line i has the vertices first[i] .. first[i+1]-1, at least two. */
typedef struct tl_lines {
    ptrdiff_t n;
    const ptrdiff_t *first; /* [n + 1], first[0] = 0 */
    const double *x;        /* [first[n]] any unit */
    const double *y;
} tl_lines;

/* The position on the lines that is nearest to a point: the foot of a perpendicular, or a vertex.
 *
 * lines   at least one
 * returns its coordinates in foot_x and foot_y
 * fails   TL_DATA GEOS's sentence; TL_NOMEM
 * cost    O(vertices) */
tl_code tl_geometry_foot(const tl_lines *lines, double x, double y, double *foot_x, double *foot_y,
                         tl_err *err);

/* Which vertices are needed to draw the lines to within a tolerance. Ends are kept, lines do not
 * come to cross each other or themselves, and lines of no length are kept as they are.
 *
 * tolerance  maximum distance of a removed vertex from the new line, in the unit of the lines
 * keep       [first[n]] out: 1 = needed
 * fails      TL_DATA GEOS's sentence; TL_NOMEM
 * cost       O(n log n) usually
 * source     Douglas & Peucker 1973 Cartographica 10:112, with GEOS's guard of the topology */
tl_code tl_geometry_simplify(const tl_lines *lines, double tolerance, unsigned char *keep,
                             tl_err *err);

/* Lines that meet end to end as one line; those of no length are left out.
 *
 * x, y    [first[n]] out: starts at the free end that is nearest to the first vertex of line 0
 * returns the number of vertices in n_out; 0 when all lines have no length
 * fails   TL_DATA the lines do not form one line, or GEOS's sentence; TL_NOMEM
 * cost    O(vertices) */
tl_code tl_geometry_join(const tl_lines *lines, double *x, double *y, ptrdiff_t *n_out,
                         tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flow between two neighbours (D-infinity): Tarboton's facets and SAGA's aspect rule. */
#ifndef TL_HYDRO_DINF_H
#define TL_HYDRO_DINF_H

#include "base/grid.h"
#include "terrain/neighbours.h"

/* Flow of one cell: share goes to neighbour from + 1, the rest to neighbour from. */
typedef struct tl_dinf {
    int from;     /* direction 0..7, or -1: no lower neighbour */
    double share; /* in [0, 1] */
} tl_dinf;

/* Steepest of the eight triangular facets, the first of equals in the order of Tarboton (from east
 * counter-clockwise). Facets with a missing corner count with the edge that is left.
 *
 * z       height of the cell, not NaN
 * around  heights of the neighbours N ... NW, NaN = missing
 * length  distances to them, metres
 * source  Tarboton 1997 Water Resour. Res. 33:309 */
tl_dinf tl_hydro_dinf_facets(double z, const float around[TL_NEIGHBOURS],
                             const double length[TL_NEIGHBOURS]);

/* The two neighbours on either side of the direction of descent (Zevenbergen & Thorne) if both
 * exist and are lower; otherwise none, and all water goes to the steepest neighbour.
 *
 * north, east  gradient of the cell, tl_terrain_gradient */
tl_dinf tl_hydro_dinf_aspect(double z, const float around[TL_NEIGHBOURS], double north,
                             double east);

/* The angle of a flow in radians counter-clockwise from east, [0, 2 pi), as TauDEM writes it; true
 * angles also where cells are not square.
 *
 * length  distances to the neighbours, metres */
double tl_hydro_dinf_angle(tl_dinf flow, const double length[TL_NEIGHBOURS]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scale of a map: how many metres on the Earth a metre of the map is. */
#ifndef TL_IO_MAP_SCALE_H
#define TL_IO_MAP_SCALE_H

#include <stddef.h>

#include "base/georef.h"

/* Measures the scale of a projected grid along its middle column, and sets geo->scale where it
 * differs from 1 by more than a fifth of a percent, as in Web Mercator, Mercator, stereographic maps
 * of the poles, conic maps of continents and transverse Mercator far from its meridian. Maps of UTM
 * zones and national grids within their area stay as they are, and so do rotated grids.
 *
 * Distances are chords between points of the ellipsoid some hundred metres apart, which PROJ
 * computes from map coordinates.
 *
 * geo  transform and CRS are read */
void tl_io_measure_scale(tl_georef *geo, ptrdiff_t nrow, ptrdiff_t ncol);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Removal of depressions, so that every cell of an elevation model drains. */
#ifndef TL_HYDRO_FILL_H
#define TL_HYDRO_FILL_H

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"

/* Minimum slope of the tools that fill on their own, in degrees. */
#define TL_FILL_MIN_SLOPE_DEG 0.01

/* Fills depressions by flooding from the outlets upwards (priority flood). Outlets are the cells
 * with a missing neighbour: grid edge or NoData. A flooded cell is higher than the cell that
 * flooded it by at least tan(min_slope) times the distance; with min_slope 0 the surface is the
 * lowest one without pits and is unique (tl_hydro_lowest).
 *
 * With min_slope above 0 equal priorities leave the queue in the order of SAGA's heap, and heights
 * are stored as floats, so the surface is SAGA's to the last bit. The one exception: where the
 * increment is below the resolution of a float (SAGA leaves a flat), the next larger float is
 * stored, and a warning reports the number of these cells.
 *
 * dem           [nrow, ncol] metres, NaN = NoData; read only
 * min_slope_deg in [0, 45]; above 0 every cell that is not an outlet has a strictly lower
 *               neighbour, so the surface has no flats either
 * filled        initialised here, [nrow, ncol] metres, >= dem
 * NaN           exactly where dem is NaN
 * fails         TL_ARG min_slope; TL_DATA as tl_terrain_cells_init; TL_NOMEM; TL_CANCELLED
 * cost          O(n log n) time; in addition to the grids 1/8 byte per cell and 16 per cell in the
 *               queue, which holds the rim of the flood only
 * source        Wang & Liu 2006 IJGIS 20:193; Barnes et al. 2014 Comput. Geosci. 62:117 */
tl_code tl_hydro_fill(const tl_grid *dem, double min_slope_deg, tl_grid *filled,
                      const tl_progress *p, tl_err *err);

/* Which cell of the rim the flood takes next. */
typedef enum tl_flood_order {
    /* The one with the lowest flooded height: filled areas rise evenly away from their outlet, and
     * water crosses them straight and in parallel lines. This is tl_hydro_fill. */
    TL_FLOOD_BY_LEVEL = 0,
    /* The one with the lowest elevation of the DEM: inside a depression the flood goes down to its
     * bottom first, along the old valley floor, and from there up the sides. Filled areas rise
     * along this way, so water joins in the old valley and follows it to the outlet. */
    TL_FLOOD_BY_ELEVATION
} tl_flood_order;

/* As tl_hydro_fill in a given order. In either order the path of the flood to a cell is one that
 * climbs least, so a cell is raised exactly where tl_hydro_lowest raises it, apart from the
 * minimum slope: with TL_FLOOD_BY_ELEVATION the path is longer, and the surface higher by the minimum
 * slope times the difference.
 *
 * order   with min_slope 0 it has no effect
 * source  Ehlschlaeger 1989 Int. GIS Symp. Baltimore:275 (search for the least cost, as in r.watershed); Wang & Liu 2006 */
tl_code tl_hydro_fill_in_order(const tl_grid *dem, double min_slope_deg, tl_flood_order order,
                               tl_grid *filled, const tl_progress *p, tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Routing and factors of the surface of a run in tiles. */
#ifndef TL_TOOLS_TERRAIN_TILED_FACTORS_H
#define TL_TOOLS_TERRAIN_TILED_FACTORS_H

#include "hydro/flow.h"
#include "hydro/tiles/dem_tiles.h"
#include "terrain/cells.h"
#include "tools/terrain/terrain_strips.h"
#include "tools/terrain/tiled_dem.h"

typedef struct tl_tiled_water {
    const tl_tiled_dem *tiled;
    tl_paged surface; /* metres, filled if that was asked for */
    tl_cells cells;
    tl_dem_tiles dem; /* of both */
} tl_tiled_water;

/* Reads the surface.
 *
 * water  uninitialised; to be freed also after a failure; must not be moved in memory
 * fills  1: as the parameters fill and min_slope ask; 0: never
 * what   names the quantity in the sentence of a failure
 * fails  as tl_tiled_dem_surface */
tl_code tl_tiled_factors_water(const tl_tiled_dem *t, int fills, const char *what,
                               tl_tiled_water *water, const tl_progress *p, tl_err *err);

/* Frees; zeroed is fine. */
void tl_tiled_factors_water_free(tl_tiled_water *water);

/* Factors of the surface in tiles, as tl_terrain_strips_write.
 *
 * source  its surface, area_m2 and cells are ignored
 * area    m2; NULL: only slope and aspect */
tl_code tl_tiled_factors_compute(tl_job *job, tl_tiled_water *water, tl_paged *area,
                                 const tl_factor_source *source, const char *const id[TL_FACTORS],
                                 const tl_progress *p, tl_err *err);

/* Writes the specific catchment area, as tl_hydro_sca computes it.
 *
 * area  m2 */
tl_code tl_tiled_factors_sca(tl_tiled_water *water, tl_paged *area, const char *id, tl_layer layer,
                             const tl_progress *p, tl_err *err);

/* Writes the numbers of tl_hydro_directions.
 *
 * receivers  of tl_hydro_tiles_route with the same options */
tl_code tl_tiled_factors_directions(tl_tiled_water *water, tl_paged *receivers,
                                    const tl_flow_options *options, tl_direction_code code_of,
                                    const char *id, tl_layer layer, const tl_progress *p,
                                    tl_err *err);

/* A whole run: reads, fills, routes and writes factors.
 *
 *  output_path  path of an output
 * fills    as tl_tiled_factors_water
 * options  of the routing
 * source   as tl_tiled_factors_compute */
tl_code tl_tiled_factors_run(tl_job *job, const char *output_path, int fills,
                             const tl_flow_options *options, const tl_factor_source *source,
                             const char *const id[TL_FACTORS], tl_err *err);

#endif

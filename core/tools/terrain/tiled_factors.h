/* SPDX-License-Identifier: GPL-2.0-or-later
 * The surface of a run in tiles with what water does on it. */
#ifndef TL_ALGS_TILED_WATER_H
#define TL_ALGS_TILED_WATER_H

#include "hydro/flow.h"
#include "hydro/tiles/dem_tiles.h"
#include "terrain/cells.h"
#include "tools/terrain/terrain_strips.h"
#include "tools/terrain/tiled_dem.h"

typedef struct tl_tiled_water {
    const tl_algs_tiled *tiled;
    tl_paged surface; /* metres, filled if that was asked for */
    tl_cells cells;
    tl_tiles_ground ground; /* of both */
} tl_tiled_water;

/* Reads the surface.
 *
 * water  uninitialised; in any case to be freed; must stay where it is
 * fills  1: as the parameters fill and min_slope say; 0: never
 * what   names the quantity in the sentence of a failure
 * fails  as tl_algs_tiled_surface */
tl_code tl_algs_tiled_water(const tl_algs_tiled *t, int fills, const char *what,
                            tl_tiled_water *water, const tl_progress *p, tl_err *err);

/* Frees; zeroed is fine. */
void tl_tiled_water_free(tl_tiled_water *water);

/* Factors of the surface in tiles, as tl_algs_write_factors.
 *
 * source  its surface, area_m2 and cells do not count
 * area    m2; NULL: only slope and aspect */
tl_code tl_algs_tiled_factors(tl_job *job, tl_tiled_water *water, tl_paged *area,
                              const tl_factor_source *source, const char *const id[TL_FACTORS],
                              const tl_progress *p, tl_err *err);

/* Writes the specific catchment area, as tl_hydro_sca has it.
 *
 * area  m2 */
tl_code tl_algs_tiled_sca(tl_tiled_water *water, tl_paged *area, const char *id, tl_layer layer,
                          const tl_progress *p, tl_err *err);

/* Writes the numbers of tl_hydro_directions.
 *
 * receivers  of tl_tiles_route with the same options */
tl_code tl_algs_tiled_directions(tl_tiled_water *water, tl_paged *receivers,
                                 const tl_flow_options *options, tl_direction_code code_of,
                                 const char *id, tl_layer layer, const tl_progress *p, tl_err *err);

/* A whole run: reads, fills, routes and writes factors.
 *
 * beside   path of an output
 * fills    as tl_algs_tiled_water
 * options  of the routing
 * source   as tl_algs_tiled_factors */
tl_code tl_algs_tiled_run(tl_job *job, const char *beside, int fills,
                          const tl_flow_options *options, const tl_factor_source *source,
                          const char *const id[TL_FACTORS], tl_err *err);

#endif

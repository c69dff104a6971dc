/* SPDX-License-Identifier: GPL-2.0-or-later
 * Factors of a drained surface written strip by strip, so that no factor is ever held completely in
 * memory. */
#ifndef TL_TOOLS_TERRAIN_TERRAIN_STRIPS_H
#define TL_TOOLS_TERRAIN_TERRAIN_STRIPS_H

#include "hydro/factors.h"
#include "job/algorithm.h"
#include "tiles/paged.h"
#include "tools/terrain/dem_rows.h"

/* Which program the result equals where tilth by default follows the publication; in the order of
 * tl_ls_form. */
#define TL_FACTORS_ARG_COMPATIBLE                                                                \
    {                                                                                            \
        .id = "compatible", .kind = TL_ARG_CHOICE, .label = "Compatible with",                   \
        .help =                                                                                  \
            "none: desmet_govers as published, from the area that flows in and the flow width; " \
            "flats drain. saga: desmet_govers as SAGA computes it, with the specific area in "   \
            "place of the inflowing area and without the flow width; water stays in flats. The " \
            "other formulas do not change.",                                                     \
        .fallback = "none", .advanced = 1, .choices = "none,saga",                               \
        .labels = "Published formula|SAGA"                                                       \
    }

#define TL_FACTORS_ARG_WIDTH                                                                      \
    {                                                                                             \
        .id = "flow_width", .kind = TL_ARG_CHOICE, .label = "Flow width",                         \
        .help =                                                                                   \
            "Width by which the catchment area is divided. aspect: the width of the cell across " \
            "its direction of descent, the default. cell: the side of the cell, wherever it "     \
            "faces.",                                                                             \
        .fallback = "aspect", .advanced = 1, .choices = "aspect,cell",                            \
        .labels = "Across the direction of descent|Side of the cell"                              \
    }

/* Computes and writes factors on the threads of the job: rows are divided among them, and the
 * outputs are compressed in parallel.
 *
 * id     [TL_FACTORS] ids of the outputs; NULL = not wanted; outputs that the user did not ask for
 *        are skipped
 * fails  as tl_hydro_factor_rows and the writers of source/store.h */
tl_code tl_terrain_strips_write(tl_job *job, const tl_factor_source *source,
                                const char *const id[TL_FACTORS], const tl_progress *p,
                                tl_err *err);

/* Surface and area in tiles, which are read strip by strip; borrowed. */
typedef struct tl_factor_tiles {
    tl_paged *surface; /* float, metres; NaN = NoData */
    tl_paged *area_m2; /* float; NULL: only slope and aspect */
    const tl_cells *cells;
    const tl_georef *geo;
    double strip_bytes; /* maximum memory of the strips */
} tl_factor_tiles;

/* The same from tiles, with the same values.
 *
 * source  its surface, area_m2 and cells are ignored */
tl_code tl_terrain_strips_write_tiled(tl_job *job, const tl_factor_source *source,
                                      const tl_factor_tiles *tiles,
                                      const char *const id[TL_FACTORS], const tl_progress *p,
                                      tl_err *err);

/* The same from a DEM that is read meanwhile; slope and aspect only.
 *
 * source  its surface, area_m2 and cells are ignored
 *  dem     opened; all its rows are read
 * fails   also as tl_dem_rows_read and tl_dem_rows_log */
tl_code tl_terrain_strips_write_surface(tl_job *job, const tl_factor_source *source,
                                        tl_dem_rows *dem, const char *const id[TL_FACTORS],
                                        const tl_progress *p, tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `terrainfactors`: all factors of one DEM in one run. */
#include <omp.h>
#include <stdatomic.h>

#include "base/parfor.h"
#include "hydro/flow.h"
#include "hydro/tiles/flow_tiles.h"
#include "recipes/dem_units.h"
#include "recipes/grid_io.h"
#include "tools/terrain/dem_input.h"
#include "tools/terrain/memory_plan.h"
#include "tools/terrain/terrain_strips.h"
#include "tools/terrain/tiled_factors.h"

#define OUTPUT(name, title, text, look)                                                           \
    {                                                                                             \
        .id = (name), .kind = TL_ARG_RASTER_OUT, .label = (title), .help = (text), .optional = 1, \
        .style = (look)                                                                           \
    }

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_HEIGHTS_ARG_FACTOR,
    TL_SURFACE_ARG_FILL,
    TL_SURFACE_ARG_MIN_SLOPE,
    {.id = "routing",
     .kind = TL_ARG_CHOICE,
     .label = "Routing",
     .help = "mfd: water is divided among all lower neighbours by slope^convergence, the default. "
             "d8: all water goes to the steepest neighbour.",
     .fallback = "mfd",
     .choices = "mfd,d8",
     .labels = "Multiple flow (MFD, Freeman)|Steepest neighbour (D8)"},
    TL_SURFACE_ARG_CONVERGENCE,
    {.id = "edges",
     .kind = TL_ARG_CHOICE,
     .label = "Edges",
     .help = "saga: water leaves the DEM over its edge and into NoData (mfd mirrors the elevations "
             "there; d8 stops). drain: water runs along the edge as long as there is a lower cell.",
     .fallback = "saga",
     .advanced = 1,
     .choices = "saga,drain",
     .labels = "Water leaves over the edge (SAGA)|Water runs along the edge"},
    {.id = "ls_method",
     .kind = TL_ARG_CHOICE,
     .label = "Formula of the LS-factor",
     .help = "moore: unit stream power (Moore, Grayson and Ladson), the default. desmet_govers: "
             "slope length from the area that flows into the cell, with the slope factor of RUSLE. "
             "boehner_selige: slope factor of Wischmeier and Smith.",
     .fallback = "moore",
     .choices = "moore,desmet_govers,boehner_selige",
     .labels = "Unit stream power (Moore)|Slope length from inflow (Desmet and Govers)|Wischmeier "
               "steepness (Boehner and Selige)"},
    TL_FACTORS_ARG_COMPATIBLE,
    TL_FACTORS_ARG_WIDTH,
    OUTPUT("filled", "Filled elevation", "The surface that everything else is made from, metres.",
           NULL),
    OUTPUT("slope", "Slope", "Slope of that surface, radians.", "slope"),
    OUTPUT("aspect", "Aspect",
           "Direction of descent in radians, clockwise from north; NaN where "
           "flat.",
           NULL),
    OUTPUT("area", "Flow accumulation", "Area that drains through each cell, square metres.",
           "flowaccumulation"),
    OUTPUT("sca", "Specific catchment area", "That area per metre of contour, metres.", NULL),
    OUTPUT("twi", "Wetness index", "Natural logarithm of metres; high values collect water.",
           "twi"),
    OUTPUT("ls", "LS-factor", "No unit: 1 on a slope of 22.13 m and 9 %.", "ls"),
};

static tl_code check_outputs(const tl_job *job, int *needs_area, tl_err *err) {
    static const char *const local[] = {"filled", "slope", "aspect"};
    static const char *const routed[] = {"area", "sca", "twi", "ls"};
    int any = 0;
    *needs_area = 0;
    for (ptrdiff_t i = 0; i < TL_COUNT(local); i++) {
        any |= tl_job_output(job, local[i]) != NULL;
    }
    for (ptrdiff_t i = 0; i < TL_COUNT(routed); i++) {
        *needs_area |= tl_job_output(job, routed[i]) != NULL;
    }
    return any || *needs_area
               ? TL_OK
               : tl_fail(err, TL_ARG,
                         "no output was asked for; wanted at least one of filled, slope, aspect, "
                         "area, sca, twi, ls");
}

/* Two independent tasks run at the same time: water is routed while the layers that need only the
 * surface are written. */
typedef struct halves {
    tl_job *job;
    const tl_factor_source *source;
    const tl_flow_options *options;
    tl_grid *area;
    int needs_area;
    const tl_progress *progress;
    atomic_int is_cancelled;
} halves;

/* Progress may be reported from the calling thread only, which is number 0 of the outermost team; a
 * cancellation there stops the other half, too. */
static int report_from_first_thread(double fraction, int level, const char *message, void *user) {
    halves *h = user;
    if (omp_get_ancestor_thread_num(1) == 0 && h->progress->report != NULL &&
        h->progress->report(fraction, level, message, h->progress->user) == 0) {
        atomic_store(&h->is_cancelled, 1);
    }
    return !atomic_load(&h->is_cancelled);
}

static tl_code one_half(void *arg, ptrdiff_t block, tl_err *err) {
    halves *h = arg;
    const tl_progress p = {report_from_first_thread, h, h->progress->from, h->progress->to};
    if (block == 0) {
        return h->needs_area ? tl_hydro_accumulate(h->source->surface, h->options, h->area, &p, err)
                             : TL_OK;
    }
    if (tl_job_output(h->job, "filled") != NULL) {
        TL_TRY(tl_recipes_write_elevation(h->job, "filled", h->source->surface,
                                          tl_recipes_layer("Filled elevation", "m"), err));
    }
    static const char *const id[TL_FACTORS] = {
        [TL_FACTOR_SLOPE] = "slope", [TL_FACTOR_ASPECT] = "aspect"};
    return tl_terrain_strips_write(h->job, h->source, id, &p, err);
}

static tl_flow_options options_of(const tl_job *job) {
    return (tl_flow_options){.method = (tl_flow_method)tl_job_choice(job, "routing"),
                             .edge = (tl_flow_edge)tl_job_choice(job, "edges"),
                             .convergence = tl_job_number(job, "convergence"),
                             .unit = TL_FLOW_M2,
                             .keep_flats = tl_job_choice(job, "compatible") == TL_LS_SAGA,
                             .threads = tl_job_threads(job)};
}

static tl_factor_source source_of(const tl_job *job) {
    return (tl_factor_source){.cell_width = tl_job_choice(job, "flow_width"),
                              .ls_method = (tl_ls_method)tl_job_choice(job, "ls_method"),
                              .ls_form = (tl_ls_form)tl_job_choice(job, "compatible")};
}

static tl_code run_whole(tl_job *job, int needs_area, tl_err *err) {
    const tl_flow_options options = options_of(job);
    const tl_progress fill = tl_progress_part(tl_job_progress(job), 0.0, 0.4);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.4, 0.8);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.8, 1.0);
    tl_grid surface = {0};
    tl_grid area = {0};
    tl_cells cells = {0};
    tl_factor_source source = source_of(job);
    halves h = {.job = job,
                .source = &source,
                .options = &options,
                .area = &area,
                .needs_area = needs_area,
                .progress = &route};
    source.surface = &surface;
    source.cells = &cells;
    tl_code code = TL_OK;
    TL_CHECK(tl_dem_input_read_surface(job, 0.0, &surface, &fill, err));
    TL_CHECK(tl_terrain_cells_init(&cells, &surface, "terrain factors", err));
    /* The record is created here; from then on both halves only read it. */
    const char *record = NULL;
    TL_CHECK(tl_job_record(job, &record, err));
    TL_CHECK(tl_parfor(tl_job_threads(job), 2, one_half, &h, NULL, err));
    if (h.needs_area) {
        source.area_m2 = &area;
        static const char *const id[TL_FACTORS] = {[TL_FACTOR_AREA] = "area",
                                                   [TL_FACTOR_SCA] = "sca",
                                                   [TL_FACTOR_TWI] = "twi",
                                                   [TL_FACTOR_LS] = "ls"};
        code = tl_terrain_strips_write(job, &source, id, &rest, err);
    }
done:
    tl_grid_free(&surface);
    tl_grid_free(&area);
    tl_terrain_cells_free(&cells);
    return code;
}

/* The same from rasters in tiles. */
static tl_code write_tiles(tl_job *job, tl_tiled_water *water, int needs_area, tl_err *err) {
    static const char *const id[TL_FACTORS] = {
        [TL_FACTOR_SLOPE] = "slope", [TL_FACTOR_ASPECT] = "aspect", [TL_FACTOR_AREA] = "area",
        [TL_FACTOR_SCA] = "sca",     [TL_FACTOR_TWI] = "twi",       [TL_FACTOR_LS] = "ls"};
    const tl_flow_options options = options_of(job);
    const tl_factor_source source = source_of(job);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.5, 0.8);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.8, 1.0);
    if (tl_job_output(job, "filled") != NULL) {
        TL_TRY(tl_tiled_dem_write_elevation(water->tiled, "filled",
                                            tl_recipes_layer("Filled elevation", "m"),
                                            &water->surface, NULL, err));
    }
    tl_paged area = {0};
    tl_code code = TL_OK;
    if (needs_area) {
        code = tl_hydro_tiles_accumulate(&water->dem, &options, NULL, &area, &route, err);
    }
    if (code == TL_OK) {
        code = tl_tiled_factors_compute(job, water, needs_area ? &area : NULL, &source, id, &rest,
                                        err);
    }
    tl_tiles_paged_free(&area);
    return code;
}

/* The first requested output; scratch files are stored in its folder. */
static const char *any_output(const tl_job *job) {
    static const char *const all[] = {"filled", "slope", "aspect", "area", "sca", "twi", "ls"};
    for (ptrdiff_t i = 0; i < TL_COUNT(all); i++) {
        if (tl_job_output(job, all[i]) != NULL) {
            return tl_job_output(job, all[i]);
        }
    }
    return NULL;
}

static tl_code run_in_tiles(tl_job *job, int needs_area, tl_err *err) {
    const tl_progress read = tl_progress_part(tl_job_progress(job), 0.0, 0.5);
    tl_tiled_dem tiled = {0};
    tl_tiled_water water = {0};
    tl_code code = tl_tiled_dem_start(job, any_output(job), &tiled, err);
    if (code == TL_OK) {
        code = tl_tiled_factors_water(&tiled, 1, "terrain factors", &water, &read, err);
    }
    if (code == TL_OK) {
        code = write_tiles(job, &water, needs_area, err);
    }
    tl_tiled_factors_water_free(&water);
    tl_tiled_dem_stop(&tiled);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    int needs_area = 0;
    tl_memory_plan plan;
    TL_TRY(check_outputs(job, &needs_area, err));
    TL_TRY(tl_memory_plan_make(job, 16.0, NULL, &plan, err));
    return plan.too_large ? run_in_tiles(job, needs_area, err) : run_whole(job, needs_area, err);
}

const tl_algorithm tl_alg_terrainfactors = {
    .id = "terrainfactors",
    .title = "Terrain factors",
    .group = "Terrain and streams",
    .summary =
        "Filled elevation, slope, aspect, catchment area, wetness index and LS-factor of a "
        "DEM in one run.",
    .help =
        "Reads the DEM once, fills it (unless fill is no), routes water once and computes every "
        "requested layer from the same surface. The layers equal those of fillsinks, "
        "flowaccumulation, slope (of the filled surface), wetness and lsfactor.\nEvery output is "
        "optional; at least one must be given.",
    .example = "tilth terrainfactors --dem dem.tif --slope slope.tif --twi twi.tif --ls ls.tif",
    .citation =
        "Wang and Liu 2006, Int. J. Geogr. Inf. Sci. 20:193; Zevenbergen and Thorne 1987, Earth "
        "Surf. Process. Landforms 12:47; Freeman 1991, Comput. Geosci. 17:413; Beven and Kirkby "
        "1979, Hydrol. Sci. Bull. 24:43; Moore, Grayson and Ladson 1991, Hydrol. Process. 5:3.",
    .tags = "terrain,slope,aspect,flow,catchment,SCA,TWI,LS,fill,hydrology",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

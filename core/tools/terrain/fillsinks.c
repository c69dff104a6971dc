/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `fillsinks`: a DEM without depressions, by filling, by ditches, or by both. */
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "hydro/breach.h"
#include "hydro/fill.h"
#include "hydro/sinks.h"
#include "recipes/dem_units.h"
#include "recipes/grid_io.h"
#include "tools/terrain/dem_input.h"
#include "tools/terrain/dem_report.h"
#include "tools/terrain/memory_plan.h"
#include "tools/terrain/tiled_dem.h"

typedef enum sink_method { FILL = 0, BREACH, HYBRID } sink_method;

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_HEIGHTS_ARG_FACTOR,
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Method",
     .help = "fill raises every depression to the level of its outlet. breach cuts the ditch of "
             "least depth from every pit to lower land and leaves pits that no ditch within the "
             "limits reaches; hybrid then fills those. Choose breach or hybrid where roads and "
             "bridges dam the streams of a detailed DEM.",
     .fallback = "fill",
     .choices = "fill,breach,hybrid",
     .labels = "Fill (Wang and Liu)|Cut ditches (Lindsay)|Cut ditches, then fill"},
    {.id = "min_slope",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum slope of filled areas",
     .unit = "degree",
     .help = "Slope at which filled depressions rise away from their outlet, so that they drain; "
             "ditches fall with the same slope. 0 returns the lowest surface without pits, which "
             "is level in filled depressions and quicker to make.",
     .fallback = "0.01",
     .min = 0,
     .max = 45},
    {.id = "max_depth",
     .kind = TL_ARG_NUMBER,
     .label = "Maximum depth of depressions to remove",
     .unit = "m",
     .help = "Deeper depressions stay as they are, because they are true sinks such as quarries, "
             "craters or closed basins. The default 0 sets no limit.",
     .fallback = "0",
     .advanced = 1,
     .min = 0,
     .max = 100000},
    {.id = "max_area",
     .kind = TL_ARG_NUMBER,
     .label = "Maximum area of depressions to remove",
     .unit = "m2",
     .help = "Depressions with a larger flooded area stay as they are, because they are true "
             "sinks. The default 0 sets no limit.",
     .fallback = "0",
     .advanced = 1,
     .min = 0,
     .max = 1e15},
    {.id = "max_length",
     .kind = TL_ARG_INTEGER,
     .label = "Maximum length of a ditch",
     .unit = "cells",
     .help = "How many rows and columns away from its pit a ditch may end. Used by breach and "
             "hybrid; a larger value drains more pits and needs more time.",
     .fallback = "50",
     .advanced = 1,
     .min = 1,
     .max = 1000},
    {.id = "max_cut",
     .kind = TL_ARG_NUMBER,
     .label = "Maximum depth of a ditch",
     .unit = "m",
     .help = "No cell is lowered by more than this. Used by breach and hybrid; the default 0 sets "
             "no limit.",
     .fallback = "0",
     .advanced = 1,
     .min = 0,
     .max = 100000},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Filled elevation",
     .help = "GeoTIFF, float32, metres; NaN where the elevation is NoData."},
    {.id = "sinks",
     .kind = TL_ARG_RASTER_OUT,
     .label = "True sinks",
     .help = "GeoTIFF, float32: 1 in depressions that stay because of the limits, 0 elsewhere.",
     .optional = 1},
};

/* The state of one run. */
typedef struct state {
    tl_grid dem;
    tl_grid surface;     /* the result */
    unsigned char *sink; /* [n] 1: cell of a true sink; NULL without limits */
    ptrdiff_t n_sinks;
    ptrdiff_t breached;
    ptrdiff_t unsolved;
} state;

static int has_limits(const tl_job *job) {
    return tl_job_number(job, "max_depth") > 0.0 || tl_job_number(job, "max_area") > 0.0;
}

/* Depressions are measured on the lowest surface: a minimum slope would join neighbouring ones. */
static tl_code find_sinks(const tl_job *job, state *s, const tl_progress *p, tl_err *err) {
    const tl_sink_limits limits = {tl_job_number(job, "max_depth"), tl_job_number(job, "max_area")};
    const int wanted = limits.max_depth_m > 0.0 || limits.max_area_m2 > 0.0;
    if (!wanted && tl_job_output(job, "sinks") == NULL) {
        return TL_OK;
    }
    const ptrdiff_t n = s->dem.nrow * s->dem.ncol;
    s->sink = tl_acquire(n, 1);
    if (s->sink == NULL) {
        return tl_no_memory(err, "the marks of %td cells", n);
    }
    if (!wanted) {
        return TL_OK;
    }
    tl_grid lowest;
    TL_TRY(tl_hydro_fill(&s->dem, 0.0, &lowest, p, err));
    const tl_code code = tl_hydro_keep_sinks(&s->dem, &limits, &lowest, s->sink, &s->n_sinks, err);
    tl_grid_free(&lowest);
    return code;
}

/* Fills a DEM around true sinks, which water may enter: they count as NoData meanwhile. */
static tl_code fill(const tl_job *job, state *s, const tl_grid *dem, const tl_progress *p,
                    tl_err *err) {
    const double min_slope = tl_job_number(job, "min_slope");
    if (s->n_sinks == 0) {
        return tl_hydro_fill(dem, min_slope, &s->surface, p, err);
    }
    const ptrdiff_t n = dem->nrow * dem->ncol;
    tl_grid open = {0};
    TL_TRY(tl_grid_copy(&open, dem, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        open.data[i] = s->sink[i] ? NAN : open.data[i];
    }
    const tl_code code = tl_hydro_fill(&open, min_slope, &s->surface, p, err);
    tl_grid_free(&open);
    for (ptrdiff_t i = 0; i < n && code == TL_OK; i++) {
        s->surface.data[i] = s->sink[i] ? dem->data[i] : s->surface.data[i];
    }
    return code;
}

static tl_code breach(tl_job *job, state *s, sink_method method, tl_err *err) {
    const tl_progress cut = tl_progress_part(tl_job_progress(job), 0.2, 0.6);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.6, 0.9);
    const tl_breach_options options = {.max_length = (int)tl_job_integer(job, "max_length"),
                                       .max_depth_m = tl_job_number(job, "max_cut"),
                                       .min_slope_deg = tl_job_number(job, "min_slope"),
                                       .leave = s->sink};
    tl_grid breached = {0};
    tl_code code = tl_grid_copy(&breached, &s->dem, err);
    if (code == TL_OK) {
        code = tl_hydro_breach(&breached, &options, &s->breached, &s->unsolved, &cut, err);
    }
    if (code == TL_OK && method == HYBRID) {
        code = fill(job, s, &breached, &rest, err);
    } else if (code == TL_OK) {
        s->surface = breached;
        breached = (tl_grid){0};
        if (s->unsolved > 0) {
            tl_job_log(job, TL_WARNING,
                       "fillsinks: %td pits have no ditch within %d cells and the maximum depth; "
                       "they stay, unless you choose the method hybrid",
                       s->unsolved, options.max_length);
        }
    }
    tl_grid_free(&breached);
    tl_job_put_number(job, "breached_pits", (double)s->breached);
    tl_job_put_number(job, "pits_without_ditch", (double)s->unsolved);
    return code;
}

static void put_results(tl_job *job, const state *s, sink_method method) {
    ptrdiff_t raised = 0;
    ptrdiff_t lowered = 0;
    double highest = 0.0;
    double deepest = 0.0;
    for (ptrdiff_t i = 0; i < s->dem.nrow * s->dem.ncol; i++) {
        const double rise = (double)s->surface.data[i] - (double)s->dem.data[i];
        raised += rise > 0.0;
        lowered += rise < 0.0;
        highest = tl_max_double(rise, highest);
        deepest = tl_max_double(-rise, deepest);
    }
    tl_job_put_number(job, "raised_cells", (double)raised);
    tl_job_put_number(job, "largest_rise_m", highest);
    if (method != FILL) {
        tl_job_put_number(job, "lowered_cells", (double)lowered);
        tl_job_put_number(job, "deepest_cut_m", deepest);
    }
    if (s->sink != NULL) {
        tl_job_put_number(job, "true_sinks", (double)s->n_sinks);
    }
}

/* The result has been written, so its memory is reused for the mask. */
static tl_code write_sinks(tl_job *job, state *s, tl_err *err) {
    for (ptrdiff_t i = 0; i < s->dem.nrow * s->dem.ncol; i++) {
        s->surface.data[i] = isnan(s->dem.data[i]) ? NAN : (float)s->sink[i];
    }
    return tl_recipes_write_grid(job, "sinks", &s->surface, tl_recipes_layer("True sinks", ""),
                                 err);
}

static tl_code run_whole(tl_job *job, sink_method method, tl_err *err) {
    state s = {0};
    const int limited = has_limits(job);
    const tl_progress first = tl_progress_part(tl_job_progress(job), 0.0, 0.2);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), limited ? 0.2 : 0.0, 0.9);
    tl_code code = TL_OK;
    TL_CHECK(tl_recipes_read_dem(job, "dem", &s.dem, err));
    tl_dem_report_log_grid(job, &s.dem);
    TL_CHECK(find_sinks(job, &s, &first, err));
    TL_CHECK(method == FILL ? fill(job, &s, &s.dem, &rest, err) : breach(job, &s, method, err));
    TL_CHECK(tl_recipes_write_elevation(job, "output", &s.surface,
                                        tl_recipes_layer("Filled elevation", "m"), err));
    put_results(job, &s, method);
    if (tl_job_output(job, "sinks") != NULL) {
        TL_CHECK(write_sinks(job, &s, err));
    }
done:
    tl_grid_free(&s.dem);
    tl_grid_free(&s.surface);
    tl_release(s.sink);
    return code;
}

/* The outputs when the surface is kept in tiles: it is compared with the file again. */
typedef struct stripes {
    const tl_tiled_dem *tiled;
    tl_paged *z;
    tl_raster *dem;
    float *elevation; /* a stripe of dem */
    ptrdiff_t raised;
    double highest;
} stripes;

static tl_code make_filled(void *user, tl_box stripe, float *value, tl_err *err) {
    stripes *s = user;
    TL_TRY(tl_tiled_dem_read_stripe(s->tiled, s->dem, stripe, s->elevation, err));
    TL_TRY(tl_tiles_paged_read(s->z, stripe, value, err));
    for (ptrdiff_t i = 0; i < stripe.nrow * stripe.ncol; i++) {
        const double rise = (double)value[i] - (double)s->elevation[i];
        s->raised += rise > 0.0;
        s->highest = tl_max_double(rise, s->highest);
    }
    tl_tiled_dem_add_origin(s->tiled, stripe, value);
    return TL_OK;
}

/* Without limits no sink stays. */
static tl_code make_no_sinks(void *user, tl_box stripe, float *value, tl_err *err) {
    const stripes *s = user;
    TL_TRY(tl_tiles_paged_read(s->z, stripe, value, err));
    for (ptrdiff_t i = 0; i < stripe.nrow * stripe.ncol; i++) {
        value[i] = isnan(value[i]) ? NAN : 0.0F;
    }
    return TL_OK;
}

static tl_code write_stripes(tl_job *job, stripes *s, tl_err *err) {
    const tl_tiled_dem *t = s->tiled;
    const tl_progress p = tl_progress_part(tl_job_progress(job), 0.8, 1.0);
    s->elevation = tl_acquire(t->stripe_rows * t->ncol, sizeof *s->elevation);
    if (s->elevation == NULL) {
        return tl_no_memory(err, "%td rows", t->stripe_rows);
    }
    TL_TRY(tl_job_store(job)->open_raster(tl_job_text(job, "dem"), "dem", &s->dem, err));
    TL_TRY(tl_tiled_dem_write_made(t, "output", tl_recipes_layer("Filled elevation", "m"),
                                   make_filled, s, &p, err));
    tl_job_put_number(job, "raised_cells", (double)s->raised);
    tl_job_put_number(job, "largest_rise_m", s->highest);
    if (tl_job_output(job, "sinks") == NULL) {
        return TL_OK;
    }
    tl_job_put_number(job, "true_sinks", 0.0);
    return tl_tiled_dem_write_made(t, "sinks", tl_recipes_layer("True sinks", ""), make_no_sinks, s,
                                   NULL, err);
}

static tl_code run_in_tiles(tl_job *job, tl_err *err) {
    tl_tiled_dem tiled;
    tl_paged z = {0};
    stripes s = {.tiled = &tiled, .z = &z};
    const tl_progress read = tl_progress_part(tl_job_progress(job), 0.0, 0.1);
    const tl_progress fill_part = tl_progress_part(tl_job_progress(job), 0.1, 0.8);
    tl_code code = TL_OK;
    TL_CHECK(tl_tiled_dem_start(job, tl_job_output(job, "output"), &tiled, err));
    TL_CHECK(tl_tiled_dem_elevation(&tiled, "fill", &z, &read, err));
    TL_CHECK(tl_tiled_dem_fill(&tiled, tl_job_number(job, "min_slope"), &z, &fill_part, err));
    code = write_stripes(job, &s, err);
done:
    tl_job_store(job)->close_raster(s.dem);
    tl_release(s.elevation);
    tl_tiles_paged_free(&z);
    tl_tiled_dem_stop(&tiled);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    const sink_method method = (sink_method)tl_job_choice(job, "method");
    const int limited = has_limits(job);
    const double bytes = 10.0 + (method == FILL ? 0.0 : 4.0) + (limited ? 5.0 : 0.0);
    const char *whole = NULL;
    if (method != FILL) {
        whole =
            "ditches can only be cut with all of the DEM in memory: raise memory, or choose "
            "the method fill, which works in tiles";
    } else if (limited) {
        whole =
            "true sinks can only be found with all of the DEM in memory: raise memory, or "
            "fill without max_depth and max_area, which works in tiles";
    }
    tl_memory_plan plan;
    TL_TRY(tl_memory_plan_make(job, bytes, whole, &plan, err));
    if (plan.too_large && whole == NULL) {
        return run_in_tiles(job, err);
    }
    return run_whole(job, method, err);
}

const tl_algorithm tl_alg_fillsinks = {
    .id = "fillsinks",
    .title = "Fill depressions",
    .group = "Terrain and streams",
    .summary =
        "Removes the depressions of a DEM, by filling them or by cutting ditches, so that water "
        "can leave every cell.",
    .help =
        "Floods the DEM from its outlets upwards. Outlets are the cells at the edge and next to "
        "NoData. With a minimum slope above 0 filled areas rise away from their outlet, and the "
        "surface has neither pits nor flats. With 0 it is the lowest surface without pits; the "
        "tools that route water find the way across its flats.\nThe result of fill equals Fill "
        "Sinks (Wang and Liu) of SAGA 8.5 bit for bit. Where the minimum slope is smaller than the "
        "precision of float32, SAGA leaves a flat; tilth raises the cell by the smallest possible "
        "step, and a warning counts these cells.\nInstead of filling, breach cuts the ditch of "
        "least depth from every pit to lower land, and hybrid fills what is left. Depressions "
        "above the limits of depth and area stay.",
    .example = "tilth fillsinks --dem dem.tif --output filled.tif",
    .citation =
        "Wang and Liu 2006, Int. J. Geogr. Inf. Sci. 20:193; Barnes, Lehman and Mulla 2014, "
        "Comput. Geosci. 62:117; Lindsay 2016, Hydrol. Process. 30:846.",
    .tags = "fill,sinks,depressions,pits,breach,ditch,DEM,Wang,Liu,hydrology",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

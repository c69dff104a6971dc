/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `lsfactor`: slope length and steepness factor of a DEM. */
#include "hydro/ls_factor.h"

#include <math.h>

#include "base/alloc.h"
#include "hydro/fieldflow.h"
#include "hydro/flow.h"
#include "recipes/dem_units.h"
#include "tools/terrain/dem_input.h"
#include "tools/terrain/memory_plan.h"
#include "tools/terrain/terrain_strips.h"
#include "tools/terrain/tiled_factors.h"

static const tl_arg arguments[] = {
    TL_SURFACE_ARG_DEM,
    TL_HEIGHTS_ARG_FACTOR,
    TL_SURFACE_ARG_FILL,
    TL_SURFACE_ARG_MIN_SLOPE,
    {.id = "method",
     .kind = TL_ARG_CHOICE,
     .label = "Formula",
     .help = "moore: unit stream power (Moore, Grayson and Ladson), the default. desmet_govers: "
             "slope length from the area that flows into the cell, with the slope factor of RUSLE. "
             "boehner_selige: slope factor of Wischmeier and Smith.",
     .fallback = "moore",
     .choices = "moore,desmet_govers,boehner_selige",
     .labels = "Unit stream power (Moore)|Slope length from inflow (Desmet and Govers)|Wischmeier "
               "steepness (Boehner and Selige)"},
    {.id = "field_based",
     .kind = TL_ARG_FLAG,
     .label = "Field based",
     .help = "Follows the field-based LS tool of SAGA: the DEM is not filled, water runs along its "
             "edge as long as there is a lower cell, and slopes are at least 0.001 radians. The "
             "default no fills the DEM as the other tools do.",
     .fallback = "no",
     .advanced = 1},
    {.id = "fields",
     .kind = TL_ARG_POLYGONS,
     .label = "Fields",
     .help = "Polygons of agricultural fields, for field_based: water flows only between cells of "
             "the same field, and there is no LS-factor outside the fields. A cell belongs to the "
             "polygon that contains its centre.",
     .optional = 1,
     .advanced = 1},
    {.id = "stop_at_edge",
     .kind = TL_ARG_FLAG,
     .label = "Water leaves at field borders",
     .help = "yes: water that would flow into another field is lost. no: the lower cells of the "
             "same field receive it.",
     .fallback = "yes",
     .advanced = 1},
    TL_FACTORS_ARG_COMPATIBLE,
    TL_FACTORS_ARG_WIDTH,
    TL_SURFACE_ARG_CONVERGENCE,
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "LS-factor",
     .help = "GeoTIFF, float32, without unit: 1 on a slope of 22.13 m and 9 %.",
     .style = "ls"},
};

/* Area of the fields that the parameter names, each routed by itself. */
static tl_code route_in_fields(const tl_job *job, const tl_grid *surface, tl_grid *area,
                               const tl_progress *p, tl_err *err) {
    const tl_fieldflow_options options = {
        .convergence = tl_job_number(job, "convergence"),
        .keep_flats = tl_job_choice(job, "compatible") == TL_LS_SAGA,
        .lose_at_border = tl_job_flag(job, "stop_at_edge")};
    const ptrdiff_t n = surface->nrow * surface->ncol;
    const char *path = tl_job_text(job, "fields");
    tl_zones fields = {0};
    ptrdiff_t inside = 0;
    tl_code code = TL_OK;
    int *field = tl_acquire(n, sizeof *field);
    if (field == NULL) {
        return tl_no_memory(err, "the fields of %td cells", n);
    }
    TL_CHECK(tl_job_store(job)->read_zones(path, "fields", NULL, surface, &fields, err));
    TL_CHECK(tl_source_zones_label(&fields, n, "fields", path, field, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        inside += field[i] > 0 && !isnan(surface->data[i]);
    }
    if (inside == 0) {
        code = tl_fail(err, TL_DATA,
                       "parameter 'fields': no polygon of '%s' holds a cell of the DEM that has a "
                       "value; wanted fields inside the DEM (check their coordinate reference "
                       "system)",
                       tl_job_text(job, "fields"));
        goto done;
    }
    code = tl_hydro_accumulate_fields(surface, field, fields.n, &options, area, p, err);
done:
    tl_source_zones_free(&fields);
    tl_release(field);
    return code;
}

static tl_flow_options options_of(const tl_job *job) {
    return (tl_flow_options){
        .method = TL_FLOW_MFD,
        .edge = tl_job_flag(job, "field_based") ? TL_FLOW_EDGE_DRAIN : TL_FLOW_EDGE_SAGA,
        .convergence = tl_job_number(job, "convergence"),
        .unit = TL_FLOW_M2,
        .keep_flats = tl_job_choice(job, "compatible") == TL_LS_SAGA,
        .threads = tl_job_threads(job)};
}

static tl_factor_source source_of(const tl_job *job) {
    return (tl_factor_source){.cell_width = tl_job_choice(job, "flow_width"),
                              .ls_method = (tl_ls_method)tl_job_choice(job, "method"),
                              .ls_form = (tl_ls_form)tl_job_choice(job, "compatible"),
                              .field_based = tl_job_flag(job, "field_based")};
}

/* The DEM as it is, with its area by the rules of the field based LS-factor. */
static tl_code read_unfilled(const tl_job *job, tl_grid *surface, tl_grid *area, tl_err *err) {
    const tl_flow_options options = options_of(job);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.0, 0.8);
    TL_TRY(tl_dem_input_read(job, 0.0, surface, err));
    return tl_job_given(job, "fields") ? route_in_fields(job, surface, area, &route, err)
                                       : tl_hydro_accumulate(surface, &options, area, &route, err);
}

static const char *const outputs[TL_FACTORS] = {[TL_FACTOR_LS] = "output"};

static tl_code run_whole(tl_job *job, tl_err *err) {
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.8, 1.0);
    tl_grid surface = {0};
    tl_grid area = {0};
    tl_cells cells = {0};
    tl_factor_source source = source_of(job);
    source.surface = &surface;
    source.area_m2 = &area;
    source.cells = &cells;
    tl_code code = TL_OK;
    if (source.field_based) {
        TL_CHECK(read_unfilled(job, &surface, &area, err));
    } else {
        TL_CHECK(tl_dem_input_read_catchment(job, 0.0, &surface, source.ls_form == TL_LS_SAGA,
                                             &area, err));
    }
    TL_CHECK(tl_terrain_cells_init(&cells, &surface, "LS-factor", err));
    TL_CHECK(tl_terrain_strips_write(job, &source, outputs, &rest, err));
done:
    tl_grid_free(&surface);
    tl_grid_free(&area);
    tl_terrain_cells_free(&cells);
    return code;
}

static tl_code run(tl_job *job, tl_err *err) {
    const int fields = tl_job_given(job, "fields");
    const int field_based = tl_job_flag(job, "field_based");
    if (fields && !field_based) {
        return tl_fail(err, TL_ARG,
                       "parameter 'fields': only the field-based LS-factor uses fields; set "
                       "field_based to yes, or leave the fields out");
    }
    if (!fields && !tl_job_flag(job, "stop_at_edge")) {
        return tl_fail(err, TL_ARG,
                       "parameter 'stop_at_edge': there are no fields whose edge could stop the "
                       "water; give fields, or leave stop_at_edge out");
    }
    tl_memory_plan plan;
    TL_TRY(tl_memory_plan_make(
        job, fields ? 27.0 : 16.0,
        fields ? "fields need all of the DEM in memory: raise memory, or cut the "
                 "DEM to them"
               : NULL,
        &plan, err));
    if (plan.too_large && !fields) {
        const tl_flow_options options = options_of(job);
        const tl_factor_source source = source_of(job);
        return tl_tiled_factors_run(job, tl_job_output(job, "output"), !field_based, &options,
                                    &source, outputs, err);
    }
    return run_whole(job, err);
}

const tl_algorithm tl_alg_lsfactor = {
    .id = "lsfactor",
    .title = "LS-factor",
    .group = "Terrain and streams",
    .summary =
        "Slope length and steepness factor (LS) of the soil loss equations USLE and RUSLE, from a "
        "DEM.",
    .help =
        "Fills the DEM (unless fill is no), routes water to all lower neighbours and combines the "
        "catchment area with the slope of the same surface.\nmoore and boehner_selige use the "
        "specific catchment area. desmet_govers uses the area that flows into the cell and divides "
        "it by the flow width, as published. In SAGA the specific area is usually the input "
        "instead, with other results; compatible saga reproduces them.",
    .example = "tilth lsfactor --dem dem.tif --output ls.tif",
    .citation =
        "Moore, Grayson and Ladson 1991, Hydrol. Process. 5:3; Desmet and Govers 1996, J. Soil "
        "Water Conserv. 51:427; Boehner and Selige 2006, Goettinger Geogr. Abh. 115:13.",
    .tags = "LS,erosion,USLE,RUSLE,slope length,steepness",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `maskscene`: cloud, thin cloud, snow, water, plants, residue and bare soil. */
#include <math.h>

#include "base/alloc.h"
#include "job/numbers.h"
#include "recipes/grid_io.h"
#include "recipes/scene_rows.h"
#include "recipes/shared_args.h"
#include "tools/scenes/maskscene.h"
#include "tools/scenes/scene_files.h"

enum { MAX_COVERS = 64 };
enum { QUANTITY_AUTO, QUANTITY_TOP, QUANTITY_SURFACE };
enum { CLOUD_BOTH, CLOUD_GF5, CLOUD_GENERAL, CLOUD_NONE };

static const tl_arg arguments[] = {
    {.id = "scene",
     .kind = TL_ARG_RASTER,
     .label = "Scene",
     .help = "Reflectance (0 to 1) of the surface or at the top of the atmosphere, with "
             "wavelengths. Bands in the water vapour windows are used for thin cloud even when "
             "they are flagged as bad."},
    {.id = "quantity",
     .kind = TL_ARG_CHOICE,
     .label = "Reflectance",
     .help = "What the values are. The default believes the scene, and assumes surface "
             "reflectance when it states nothing. Only reflectance at the top of the atmosphere "
             "shows thin cloud at 1380 and 1880 nm.",
     .fallback = "auto",
     .choices = "auto,toa_reflectance,reflectance",
     .labels = "As the scene states|Reflectance at the top of the atmosphere|Surface reflectance"},
    {.id = "landcover",
     .kind = TL_ARG_RASTER,
     .label = "Land cover",
     .help = "Raster of land-cover classes in any grid and CRS, for example CLCD. Cells whose "
             "class is not kept are masked.",
     .optional = 1},
    {.id = "landcover_classes",
     .kind = TL_ARG_TEXT,
     .label = "Land-cover classes to keep",
     .help = "Increasing class numbers, separated by spaces. The default, 1, is cropland in CLCD.",
     .fallback = "1"},
    {.id = "cloud_test",
     .kind = TL_ARG_CHOICE,
     .label = "Cloud test",
     .help = "The test of GF-5 finds bright cells in blue and visible light, and high cloud at "
             "1350 and 2015 nm. The general test (Fmask without thermal bands) finds white, hazy "
             "and bright cells that are not rock. By default a cell is cloud when either test "
             "finds it.",
     .fallback = "both",
     .choices = "both,gf5,general,none",
     .labels = "Either test|GF-5 test|General test (Fmask)|No test"},
    {.id = "cloud",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum reflectance of cloud",
     .unit = "",
     .help = "Reflectance in blue and visible light above which a cell is cloud; the general test "
             "uses 0.8 of it. Increase it when bright soil is masked as cloud.",
     .fallback = "0.3",
     .advanced = 1,
     .min = 0.05,
     .max = 1.0},
    {.id = "ndsi",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum NDSI of snow",
     .unit = "",
     .help = "A cell with a larger normalised difference snow index (green and 1610 nm; Hall et "
             "al. 1995) may be snow.",
     .fallback = "0.4",
     .advanced = 1,
     .min = -1.0,
     .max = 1.0},
    {.id = "snow_near",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum near-infrared reflectance of snow",
     .unit = "",
     .help = "Snow reflects at least this much near 865 nm; water with the same NDSI is darker.",
     .fallback = "0.11",
     .advanced = 1,
     .min = 0.0,
     .max = 1.0},
    {.id = "ndvi",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum NDVI of plants",
     .unit = "",
     .help = "Cells with a larger vegetation index are plants, not bare soil.",
     .fallback = "0.3",
     .min = -1.0,
     .max = 1.0},
    {.id = "residue",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum cellulose index of residue",
     .unit = "",
     .help = "Cells with a larger (R2030 + R2210) / 2 - R2100 are covered by dry plants (Nagler "
             "et al. 2003).",
     .fallback = "0.01",
     .min = -1.0,
     .max = 1.0},
    {.id = "thickness_from",
     .kind = TL_ARG_CHOICE,
     .label = "Method for thin cloud",
     .help = "Where the thickness of thin cloud is measured: in a water band, in which only high "
             "cloud is bright, as blue light above the clear line of bare soil, or as light above "
             "the darkest cells nearby. By default the first water band with more than noise and "
             "without surface light, otherwise the haze.",
     .fallback = "auto",
     .choices = "auto,1380,1880,haze,dark",
     .labels = "Automatic|Water band at 1380 nm|Water band at 1880 nm|Haze (blue light)|Darkest "
               "cells nearby"},
    {.id = "clear_area",
     .kind = TL_ARG_POLYGONS,
     .label = "Clear area",
     .help = "Polygons over bare soil without any cloud. The clear line and the level of a clear "
             "cell are then estimated only there.",
     .optional = 1,
     .advanced = 1},
    {.id = "thin_limit",
     .kind = TL_ARG_NUMBER,
     .label = "Minimum thickness of thin cloud",
     .unit = "",
     .help = "Thickness, as reflectance, from which a cell belongs to the stratum thin cloud. "
             "Without it, 0.01 in the water bands and 0.03 for haze and dark cells.",
     .optional = 1,
     .min = 0.0,
     .max = 1.0},
    {.id = "radius",
     .kind = TL_ARG_INTEGER,
     .label = "Smoothing radius",
     .unit = "cells",
     .help = "The thickness of a cell is the mean over the soil cells of a square that reaches "
             "this far. With 0 it is not smoothed.",
     .fallback = "2",
     .advanced = 1,
     .min = 0,
     .max = 500},
    {.id = "usable_limit",
     .kind = TL_ARG_NUMBER,
     .label = "Maximum thickness over usable soil",
     .unit = "",
     .help = "Soil under thicker cloud is not usable. Without it, soil under thin cloud of any "
             "thickness is usable.",
     .optional = 1,
     .min = 0.0,
     .max = 1.0},
    {.id = "terrain",
     .kind = TL_ARG_RASTER,
     .label = "Terrain factor",
     .help = "Elevation or a wetness index that the soil follows. Its correlation with red light "
             "shows whether the removal of thin cloud did harm; it is used only with the output "
             "of the scene without thin cloud.",
     .optional = 1,
     .advanced = 1},
    {TL_SHARED_ZEROS},
    {.id = "output",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Masks",
     .help = "Nine layers: usable soil (1 or 0, the mask of mapproperty), class, thickness of "
             "thin cloud, stratum (1 clear, 2 thin cloud, 3 cloud), NDVI, NDSI, cellulose index, "
             "reflectance at 1380 nm, haze."},
    {.id = "thickness",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Thickness of thin cloud",
     .help = "That layer alone, as a raster for the strata of correlatemaps and for sampling.",
     .optional = 1},
    {.id = "cleared",
     .kind = TL_ARG_RASTER_OUT,
     .label = "Scene without thin cloud",
     .help = "The scene minus the light that thin cloud adds to every band. The log reports "
             "whether it became better or worse.",
     .optional = 1},
};

/* --- inputs --- */

static void choose_rules(tl_mask_work *w) {
    const int test = tl_job_choice(w->job, "cloud_test");
    const int quantity = tl_job_choice(w->job, "quantity");
    w->rules = (tl_surface_rules){.gf5_test = test == CLOUD_BOTH || test == CLOUD_GF5,
                                  .general_test = test == CLOUD_BOTH || test == CLOUD_GENERAL,
                                  .cloud = tl_job_number(w->job, "cloud"),
                                  .ndsi = tl_job_number(w->job, "ndsi"),
                                  .snow_near = tl_job_number(w->job, "snow_near"),
                                  .plants = tl_job_number(w->job, "ndvi"),
                                  .residue = tl_job_number(w->job, "residue")};
    w->at_top =
        quantity == QUANTITY_TOP ||
        (quantity == QUANTITY_AUTO && w->info->bands.quantity == TL_QUANTITY_TOA_REFLECTANCE);
}

/* Masks depend on the neighbours of a cell, so one number of each kind is kept for every cell. Two
 * grids, two bytes and two more grids while they are smoothed; land cover, clear area and terrain
 * are one grid each. */
static tl_code check_memory(const tl_mask_work *w, tl_err *err) {
    const double mib = 1048576.0;
    const double cells = (double)w->info->nrow * (double)w->info->ncol;
    const double bytes = 14.0 + (tl_job_given(w->job, "landcover") ? 4.0 : 0.0) +
                         (tl_job_given(w->job, "clear_area") ? 4.0 : 0.0) +
                         (tl_job_given(w->job, "terrain") ? 4.0 : 0.0);
    const double allowed = tl_job_memory_bytes(w->job);
    if (0.75 * allowed < bytes * cells) {
        return tl_fail(err, TL_NOMEM,
                       "memory: %td x %td cells need %.0f MiB for their masks and the rows being "
                       "read; 'memory' allows %.0f MiB: allow more or divide the scene",
                       w->info->nrow, w->info->ncol, ceil(bytes * cells / (0.75 * mib)),
                       allowed / mib);
    }
    return TL_OK;
}

/* Red and near infrared are required; other missing bands disable rules, which is logged. */
static tl_code check_windows(const tl_mask_work *w, tl_err *err) {
    if (w->info->bands.quantity == TL_QUANTITY_RADIANCE ||
        w->info->bands.quantity == TL_QUANTITY_DN) {
        return tl_fail(err, TL_DATA,
                       "scene: '%s' holds %s; masks need reflectance, which calibrate computes "
                       "from it",
                       tl_job_text(w->job, "scene"),
                       w->info->bands.quantity == TL_QUANTITY_DN ? "raw numbers" : "radiance");
    }
    for (int k = 0; k < TL_WINDOWS; k++) {
        double from;
        double to;
        tl_imagery_window_range((tl_window)k, &from, &to);
        if (w->table.count[k] > 0) {
            continue;
        }
        if (k == TL_WINDOW_RED || k == TL_WINDOW_NEAR) {
            return tl_fail(err, TL_DATA,
                           "scene: '%s' has no good band from %g to %g nm (%s); masks need red and "
                           "near infrared, with their wavelengths",
                           tl_job_text(w->job, "scene"), from, to,
                           tl_imagery_window_name((tl_window)k));
        }
        tl_job_log(w->job, TL_INFO,
                   "no band from %g to %g nm: the rules that need one are not "
                   "applied",
                   from, to);
    }
    return TL_OK;
}

static tl_code read_optional_inputs(tl_mask_work *w, tl_err *err) {
    if (tl_job_given(w->job, "landcover")) {
        w->cover_class = tl_acquire(MAX_COVERS, sizeof *w->cover_class);
        if (w->cover_class == NULL) {
            return tl_no_memory(err, "%d classes", MAX_COVERS);
        }
        TL_TRY(tl_job_read_increasing(w->job, "landcover_classes", MAX_COVERS, w->cover_class,
                                      &w->n_cover_class, err));
        TL_TRY(tl_recipes_read_grid_like(w->job, "landcover", &w->thickness, TL_NEAREST, &w->cover,
                                         err));
    }
    if (tl_job_given(w->job, "clear_area")) {
        tl_zones area;
        w->clear_zone = tl_acquire(w->info->nrow * w->info->ncol, sizeof *w->clear_zone);
        if (w->clear_zone == NULL) {
            return tl_no_memory(err, "the clear area");
        }
        TL_TRY(w->store->read_zones(tl_job_text(w->job, "clear_area"), "clear_area", NULL,
                                    &w->thickness, &area, err));
        for (ptrdiff_t k = 0; k < area.n; k++) {
            tl_source_zones_fill(&area, k, 1, w->clear_zone);
        }
        tl_source_zones_free(&area);
    }
    return TL_OK;
}

static tl_code prepare(tl_mask_work *w, tl_err *err) {
    TL_TRY(tl_scene_files_open(w->job, &w->raster, &w->info, err));
    TL_TRY(tl_imagery_find_windows(&w->info->bands, &w->table, err));
    choose_rules(w);
    TL_TRY(check_windows(w, err));
    TL_TRY(check_memory(w, err));
    if (tl_job_given(w->job, "terrain") && tl_job_output(w->job, "cleared") == NULL) {
        tl_job_log(w->job, TL_WARNING, "terrain is used only when thin cloud is removed (cleared)");
    }
    const ptrdiff_t cells = w->info->nrow * w->info->ncol;
    TL_TRY(tl_grid_init(&w->thickness, w->info->nrow, w->info->ncol, &w->info->geo, err));
    w->surface = tl_acquire(cells, sizeof *w->surface);
    if (w->surface == NULL) {
        return tl_no_memory(err, "%td cells", cells);
    }
    TL_TRY(read_optional_inputs(w, err));
    TL_TRY(tl_maskscene_read_sample(w, err));
    return tl_maskscene_choose(w, err);
}

ptrdiff_t tl_maskscene_rows_at_once(const tl_mask_work *w, ptrdiff_t n_bands) {
    return tl_recipes_scene_rows(w->job, w->info, n_bands, 1);
}

static tl_code run(tl_job *job, tl_err *err) {
    tl_mask_work w = {.job = job, .store = tl_job_store(job)};
    tl_code code = prepare(&w, err);
    if (code == TL_OK) {
        code = tl_maskscene_write_layers(&w, err);
    }
    w.store->close_raster(w.raster);
    tl_imagery_free_windows(&w.table);
    tl_maskscene_free_sample(&w.sample);
    tl_grid_free(&w.cover);
    tl_grid_free(&w.thickness);
    tl_release(w.cover_class);
    tl_release(w.clear_zone);
    tl_release(w.surface);
    return code;
}

const tl_algorithm tl_alg_maskscene = {
    .id = "maskscene",
    .title = "Mask cloud, snow, water, plants",
    .group = "Prepare",
    .summary =
        "Classifies the cells of a scene and measures thin cloud; what remains is bare soil.",
    .help =
        "Classifies every cell of a scene of reflectance: cloud, snow or ice, water, plants, "
        "crop residue, or, as what remains, bare soil. With a land-cover raster, cells of "
        "other classes are masked. Layer 1 is 1 where bare soil is usable; it is the mask "
        "that mapproperty accepts.\n"
        "The thickness of thin cloud is the light of a cell above that of a clear one. It is "
        "measured in the water bands at 1380 or 1880 nm of reflectance at the top of the "
        "atmosphere, where only high cloud is bright, or in blue light above the clear line "
        "of bare soil. Water bands that hold only noise, or in which the surface shows "
        "through dry air, are detected and not used. The layer serves as the strata of "
        "correlatemaps.\n"
        "If wanted, the light of thin cloud is removed from every band of the scene, and the "
        "log reports when that makes the scene worse. Bright or pale soil looks like haze, "
        "and ice in a field looks like cloud: check the layers before you rely on them.",
    .example = "tilth maskscene --scene scene.tif --output masks.tif",
    .citation =
        "Gao et al. 1998, J. Geophys. Res. 103:32169 (cirrus); Zhang, Guindon and Cihlar 2002, "
        "Remote Sens. Environ. 82:173 (haze); Zhu and Woodcock 2012, Remote Sens. Environ. 118:83 "
        "(cloud); Hall et al. 1995, Remote Sens. Environ. 54:127 (snow); Nagler et al. 2003, "
        "Remote "
        "Sens. Environ. 87:310 (residue).",
    .tags = "mask,cloud,cirrus,haze,HOT,snow,NDSI,NDVI,water,vegetation,residue,CAI,bare soil,CLCD",
    .arg = arguments,
    .n_arg = TL_COUNT(arguments),
    .run = run,
};

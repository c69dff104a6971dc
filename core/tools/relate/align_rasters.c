/* SPDX-License-Identifier: GPL-2.0-or-later
 * Resamples rasters to a common grid; see align_rasters.h. */
#include "tools/relate/align_rasters.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

static char *short_name(const char *path) {
    const char *start = path;
    for (const char *c = path; *c != '\0'; c++) {
        start = *c == '/' || *c == '\\' ? c + 1 : start;
    }
    char *name = tl_copy_text(start);
    char *dot = name == NULL ? NULL : strrchr(name, '.');
    if (dot != NULL && dot != name) {
        *dot = '\0';
    }
    return name;
}

typedef struct extent {
    double west, south, east, north;
} extent;

static extent extent_of(const tl_georef *geo, ptrdiff_t nrow, ptrdiff_t ncol) {
    extent e = {(double)INFINITY, (double)INFINITY, (double)-INFINITY, (double)-INFINITY};
    for (int corner = 0; corner < 4; corner++) {
        double x;
        double y;
        tl_georef_to_map(geo, corner % 2 ? (double)ncol : 0.0, corner / 2 ? (double)nrow : 0.0, &x,
                         &y);
        e.west = fmin(e.west, x);
        e.east = fmax(e.east, x);
        e.south = fmin(e.south, y);
        e.north = fmax(e.north, y);
    }
    return e;
}

/* Extents in different systems, or without a grid, cannot be compared here; the reader fails when no
 * value arrives. */
static tl_code check_overlap(const char *id, const char *path, const tl_raster_info *info,
                             const tl_grid *like, tl_err *err) {
    if (info->geo.crs_wkt != NULL && like->geo.crs_wkt != NULL &&
        strcmp(info->geo.crs_wkt, like->geo.crs_wkt) != 0) {
        return TL_OK;
    }
    if (info->geo.placement != TL_PLACED_BY_TRANSFORM ||
        like->geo.placement != TL_PLACED_BY_TRANSFORM) {
        return TL_OK;
    }
    const extent a = extent_of(&info->geo, info->nrow, info->ncol);
    const extent b = extent_of(&like->geo, like->nrow, like->ncol);
    if (a.west < b.east && b.west < a.east && a.south < b.north && b.south < a.north) {
        return TL_OK;
    }
    return tl_fail(
        err, TL_DATA,
        "%s: '%s' covers x %.10g to %.10g, y %.10g to %.10g and the common grid x %.10g "
        "to %.10g, y %.10g to %.10g; they do not overlap: use rasters of the same area, and "
        "check their coordinate systems",
        id, path, a.west, a.east, a.south, a.north, b.west, b.east, b.south, b.north);
}

static tl_code choose_resampling(const tl_raster_info *info, const tl_grid *like, tl_aligned *out,
                                 tl_resampling *how, tl_err *err) {
    const int laid = info->geo.placement == TL_NOT_PLACED || like->geo.placement == TL_NOT_PLACED;
    if (info->nrow == like->nrow && info->ncol == like->ncol &&
        (laid || tl_georef_same(&info->geo, &like->geo))) {
        return TL_OK;
    }
    double dx;
    double dy;
    double like_dx;
    double like_dy;
    TL_TRY(tl_georef_cell_m(&info->geo, info->nrow / 2, &dx, &dy, err));
    TL_TRY(tl_georef_cell_m(&like->geo, like->nrow / 2, &like_dx, &like_dy, err));
    const int finer = dx * dy < 0.99 * like_dx * like_dy;
    *how = finer ? TL_AVERAGE : TL_BILINEAR;
    out->resampling = finer ? "average" : "bilinear";
    return TL_OK;
}

tl_code tl_align_rasters_shape(const tl_job *job, const char *id, const char *path, tl_aligned *out,
                               tl_err *err) {
    const tl_store *store = tl_job_store(job);
    tl_raster *raster = NULL;
    *out = (tl_aligned){.resampling = "none", .name = short_name(path)};
    if (out->name == NULL) {
        return tl_no_memory(err, "the name of a raster");
    }
    TL_TRY(store->open_raster(path, id, &raster, err));
    const tl_raster_info *info = store->raster_info(raster);
    const tl_code code = tl_grid_init(&out->grid, info->nrow, info->ncol, &info->geo, err);
    store->close_raster(raster);
    return code;
}

tl_code tl_align_rasters(const tl_job *job, const char *id, const char *path, const tl_grid *like,
                         tl_aligned *out, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    *out = (tl_aligned){.resampling = "none", .name = short_name(path)};
    if (out->name == NULL) {
        return tl_no_memory(err, "the name of a raster");
    }
    if (like == NULL) {
        return store->read_grid(path, id, 1, &out->grid, err);
    }
    tl_raster *raster = NULL;
    tl_resampling how = TL_NEAREST;
    TL_TRY(store->open_raster(path, id, &raster, err));
    tl_code code = check_overlap(id, path, store->raster_info(raster), like, err);
    if (code == TL_OK) {
        code = choose_resampling(store->raster_info(raster), like, out, &how, err);
        code = code == TL_OK ? TL_OK : tl_fail_in(err, code, path);
    }
    store->close_raster(raster);
    TL_TRY(code);
    if (how != TL_NEAREST) {
        tl_job_log(job, TL_INFO, "%s: '%s' is resampled to the common grid (%s)", id, path,
                   out->resampling);
    }
    return store->read_grid_like(path, id, 1, like, how, &out->grid, err);
}

void tl_align_rasters_free(tl_aligned *a) {
    if (a != NULL) {
        tl_release(a->name);
        tl_grid_free(&a->grid);
        *a = (tl_aligned){0};
    }
}

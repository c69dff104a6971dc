/* SPDX-License-Identifier: GPL-2.0-or-later
 * Grids of square metric cells; see metric_grid.h and source/store.h. */
#include "io/metric_grid.h"

#include <math.h>

#include "base/minmax.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/raster.h"

int tl_io_utm_epsg(double longitude, double latitude) {
    const int zone = (int)floor((longitude + 180.0) / 6.0) + 1;
    return (latitude < 0.0 ? 32700 : 32600) + tl_max_int(1, tl_min_int(60, zone));
}

OGRSpatialReferenceH tl_io_utm_zone(double longitude, double latitude) {
    OGRSpatialReferenceH utm = OSRNewSpatialReference(NULL);
    OSRSetAxisMappingStrategy(utm, OAMS_TRADITIONAL_GIS_ORDER);
    (void)OSRImportFromEPSG(utm, tl_io_utm_epsg(longitude, latitude));
    return utm;
}

static int move(OGRSpatialReferenceH from, OGRSpatialReferenceH to, double *x, double *y) {
    OGRCoordinateTransformationH way = OCTNewCoordinateTransformation(from, to);
    const int ok = way != NULL && OCTTransform(way, 1, x, y, NULL) && isfinite(*x) && isfinite(*y);
    OCTDestroyCoordinateTransformation(way);
    return ok;
}

/* The box around the outline of a raster in another CRS. The edges are curved there, so points
 * along them count as well as the corners. */
static int outline(const tl_raster_info *info, OGRSpatialReferenceH from, OGRSpatialReferenceH to,
                   tl_box *b) {
    enum { steps = 20 };
    OGRCoordinateTransformationH way = OCTNewCoordinateTransformation(from, to);
    *b = (tl_box){INFINITY, INFINITY, -INFINITY, -INFINITY};
    int ok = way != NULL;
    for (int i = 0; i < 4 * steps && ok; i++) {
        const double f = (double)(i % steps) / steps;
        const double u[4] = {f, 1.0, 1.0 - f, 0.0};
        const double v[4] = {0.0, f, 1.0, 1.0 - f};
        double x = 0.0;
        double y = 0.0;
        tl_georef_to_map(&info->geo, u[i / steps] * (double)info->ncol,
                         v[i / steps] * (double)info->nrow, &x, &y);
        ok = OCTTransform(way, 1, &x, &y, NULL) && isfinite(x) && isfinite(y);
        b->west = fmin(b->west, x);
        b->east = fmax(b->east, x);
        b->south = fmin(b->south, y);
        b->north = fmax(b->north, y);
    }
    OCTDestroyCoordinateTransformation(way);
    return ok;
}

void tl_io_lay_cells(tl_box b, double cell_m, ptrdiff_t *nrow, ptrdiff_t *ncol, tl_georef *geo) {
    const double west = floor(b.west / cell_m + 1e-9) * cell_m;
    const double north = ceil(b.north / cell_m - 1e-9) * cell_m;
    const double columns = ceil((b.east - west) / cell_m - 1e-9);
    const double rows = ceil((north - b.south) / cell_m - 1e-9);
    *ncol = (ptrdiff_t)fmax(columns, 1.0);
    *nrow = (ptrdiff_t)fmax(rows, 1.0);
    const double t[6] = {west, cell_m, 0.0, north, 0.0, -cell_m};
    for (int i = 0; i < 6; i++) {
        geo->transform[i] = t[i];
    }
}

/* Cuts [low, high] to size around centre, unless it is already smaller. The low end moves to a
 * multiple of the cell, so that the requested size is kept exactly. */
static void cut(double *low, double *high, double centre, double size, double cell_m) {
    if (size > 0.0 && size < *high - *low) {
        *low = floor((centre - 0.5 * size) / cell_m + 0.5) * cell_m;
        *high = *low + size;
    }
}

static tl_code find_box(const tl_raster *raster, double cell_m, double width_m, double height_m,
                        tl_box *b, OGRSpatialReferenceH *utm, tl_err *err) {
    const tl_raster_info *info = &raster->info;
    OGRSpatialReferenceH crs = tl_io_crs(&info->geo);
    OGRSpatialReferenceH wgs84 = OSRNewSpatialReference(NULL);
    OSRSetAxisMappingStrategy(wgs84, OAMS_TRADITIONAL_GIS_ORDER);
    (void)OSRImportFromEPSG(wgs84, 4326);
    double x = 0.0;
    double y = 0.0;
    tl_georef_to_map(&info->geo, 0.5 * (double)info->ncol, 0.5 * (double)info->nrow, &x, &y);
    int ok = crs != NULL && move(crs, wgs84, &x, &y);
    if (ok) {
        *utm = tl_io_utm_zone(x, y);
        ok = outline(info, crs, *utm, b) && move(wgs84, *utm, &x, &y);
    }
    OSRDestroySpatialReference(crs);
    OSRDestroySpatialReference(wgs84);
    if (!ok) {
        return tl_fail(err, TL_DATA,
                       "%s: '%s' has no coordinate reference system that can be transformed to "
                       "metres; assign a CRS to the file first",
                       raster->parameter, raster->path);
    }
    cut(&b->west, &b->east, x, width_m, cell_m);
    cut(&b->south, &b->north, y, height_m, cell_m);
    return TL_OK;
}

tl_code tl_io_metric_grid(const char *path, const char *parameter, double cell_m, double width_m,
                          double height_m, ptrdiff_t *nrow, ptrdiff_t *ncol, tl_georef *geo,
                          tl_err *err) {
    *geo = (tl_georef){0};
    if (!(cell_m > 0.0)) {
        return tl_fail(err, TL_ARG, "%s: the cell size is %g m; wanted above 0", parameter, cell_m);
    }
    tl_raster *raster = NULL;
    TL_TRY(tl_io_open_raster(path, parameter, &raster, err));
    OGRSpatialReferenceH utm = NULL;
    tl_box b = {0};
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = find_box(raster, cell_m, width_m, height_m, &b, &utm, err);
    if (code == TL_OK) {
        code = tl_io_set_crs(geo, utm, err);
    }
    tl_io_end(&call);
    if (code == TL_OK) {
        tl_io_lay_cells(b, cell_m, nrow, ncol, geo);
    }
    OSRDestroySpatialReference(utm);
    tl_io_close_raster(raster);
    return code;
}

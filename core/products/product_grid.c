/* SPDX-License-Identifier: GPL-2.0-or-later
 * The grid that holds all parts of a product; see source/store.h. */
#include <math.h>
#include <string.h>

#include "io/georef_gdal.h"
#include "io/metric_grid.h"
#include "products/map_to_pixel.h"
#include "products/product_files.h"

enum { steps = 32, n_points = 4 * steps };

/* Points around the edge of a part, in pixels. */
static void outline(const tl_product_part *part, double *x, double *y) {
    for (int i = 0; i < n_points; i++) {
        const double f = (double)(i % steps) / steps;
        const double u[4] = {f, 1.0, 1.0 - f, 0.0};
        const double v[4] = {0.0, f, 1.0, 1.0 - f};
        x[i] = u[i / steps] * (double)part->ncol;
        y[i] = v[i / steps] * (double)part->nrow;
    }
}

/* The outline on the map. Outside the DEM the mean height is used. */
static tl_code outline_on_map(tl_product *product, ptrdiff_t part, const char *crs_wkt,
                              const char *dem, double *x, double *y, int *ok, tl_err *err) {
    memset(ok, 0, n_points * sizeof *ok);
    int found = 0;
    for (int k = dem == NULL ? 1 : 0; k < 2 && found < n_points; k++) {
        double px[n_points];
        double py[n_points];
        int p_ok[n_points];
        tl_product_transform way;
        TL_TRY(tl_products_transform_init(product, part, crs_wkt, k == 0 ? dem : NULL, &way, err));
        outline(&product->info.part[part], px, py);
        tl_products_to_map(&way, n_points, px, py, p_ok);
        tl_products_transform_free(&way);
        for (int i = 0; i < n_points; i++) {
            if (!ok[i] && p_ok[i]) {
                x[i] = px[i];
                y[i] = py[i];
                ok[i] = 1;
                found++;
            }
        }
    }
    if (found == 0) {
        return tl_fail(err, TL_DATA, "%s: the edges of part %s of '%s' cannot be found on the map",
                       product->parameter, product->info.part[part].name, product->path);
    }
    return TL_OK;
}

/* The box of all parts in a CRS. */
static tl_code box_of(tl_product *product, const char *crs_wkt, const char *dem, tl_box *b,
                      tl_err *err) {
    *b = (tl_box){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (ptrdiff_t p = 0; p < product->info.n_parts; p++) {
        double x[n_points];
        double y[n_points];
        int ok[n_points];
        TL_TRY(outline_on_map(product, p, crs_wkt, dem, x, y, ok, err));
        for (int i = 0; i < n_points; i++) {
            if (ok[i]) {
                b->west = fmin(b->west, x[i]);
                b->east = fmax(b->east, x[i]);
                b->south = fmin(b->south, y[i]);
                b->north = fmax(b->north, y[i]);
            }
        }
    }
    return TL_OK;
}

/* 1, and the grid of the parts, when all have the same grid. */
static tl_code own_grid(const tl_product *product, int *has, ptrdiff_t *nrow, ptrdiff_t *ncol,
                        tl_georef *geo, tl_err *err) {
    const tl_product_info *info = &product->info;
    ptrdiff_t shape[2] = {0, 0};
    *has = 1;
    for (ptrdiff_t p = 0; p < info->n_parts && *has; p++) {
        const tl_product_part *part = &info->part[p];
        const int by_table = part->geolocation == TL_GEOLOCATION_LOOKUP;
        const ptrdiff_t rows = by_table ? product->image[p].lookup_nrow : part->nrow;
        const ptrdiff_t cols = by_table ? product->image[p].lookup_ncol : part->ncol;
        if (!by_table && part->geolocation != TL_GEOLOCATION_GRID) {
            *has = 0;
        } else if (p > 0 && (rows != shape[0] || cols != shape[1] ||
                             !tl_georef_same(&part->geo, &info->part[0].geo))) {
            *has = 0;
        }
        shape[0] = rows;
        shape[1] = cols;
    }
    if (*has) {
        *nrow = shape[0];
        *ncol = shape[1];
        return tl_georef_copy(geo, &info->part[0].geo, err);
    }
    return TL_OK;
}

tl_code tl_products_grid(tl_product *product, double cell_m, const char *dem, ptrdiff_t *nrow,
                         ptrdiff_t *ncol, tl_georef *geo, tl_err *err) {
    static const char *const degrees = "EPSG:4326";
    *geo = (tl_georef){0};
    int has = 0;
    TL_TRY(own_grid(product, &has, nrow, ncol, geo, err));
    if (has) {
        return TL_OK;
    }
    if (!(cell_m > 0.0)) {
        return tl_fail(err, TL_ARG, "%s: the cell size is %g m; wanted above 0", product->parameter,
                       cell_m);
    }
    tl_box b;
    TL_TRY(box_of(product, degrees, dem, &b, err));
    OGRSpatialReferenceH utm = tl_io_utm_zone(0.5 * (b.west + b.east), 0.5 * (b.south + b.north));
    tl_code code = tl_io_set_crs(geo, utm, err);
    OSRDestroySpatialReference(utm);
    if (code == TL_OK) {
        code = box_of(product, geo->crs_wkt, dem, &b, err);
    }
    if (code == TL_OK && ((b.east - b.west) / cell_m > 1e5 || (b.north - b.south) / cell_m > 1e5)) {
        code = tl_fail(err, TL_DATA,
                       "%s: '%s' would cover %.0f x %.0f km, more than 100 000 cells of %g m a "
                       "side; check its RPC or coordinates",
                       product->parameter, product->path, (b.east - b.west) / 1e3,
                       (b.north - b.south) / 1e3, cell_m);
    }
    if (code != TL_OK) {
        tl_georef_free(geo);
        return code;
    }
    tl_io_lay_cells(b, cell_m, nrow, ncol, geo);
    return TL_OK;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts parts of a product on a grid: for every cell the position in the part, and the nearest or
 * the bilinear value of all bands there; see product.h. A lookup table is used as it is: its cells
 * have no position between pixels, so neither resampling nor shift applies to it. */
#include "products/product_position.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "io/gdal_call.h"
#include "products/map_to_pixel.h"
#include "products/product_files.h"
#include "products/read.h"

struct tl_placing {
    tl_product_transform way; /* not with a lookup table */
    tl_georef geo;            /* of the grid */
    tl_resampling resampling;
    double col_shift;
    double row_shift;
    ptrdiff_t part_nrow; /* of the part before it was placed */
    ptrdiff_t part_ncol;
    tl_georef part_geo;
};

void tl_products_placing_free(tl_placing *placing) {
    if (placing == NULL) {
        return;
    }
    tl_products_transform_free(&placing->way);
    tl_georef_free(&placing->geo);
    tl_georef_free(&placing->part_geo);
    tl_release(placing);
}

/* Removes a part from its grid. */
static void take_off(tl_product_part *part, tl_product_image *image) {
    tl_placing *placing = image->placing;
    if (placing != NULL) {
        tl_georef_free(&part->geo);
        part->geo = placing->part_geo;
        placing->part_geo = (tl_georef){0};
        part->nrow = placing->part_nrow;
        part->ncol = placing->part_ncol;
        image->placing = NULL;
        tl_products_placing_free(placing);
    }
}

/* --- values of a part without its own dataset --- */

enum { spool_rows = 32 };

static tl_code spool_into(tl_product *product, ptrdiff_t part, GDALDatasetH spool, tl_err *err) {
    const tl_product_part *p = &product->info.part[part];
    const ptrdiff_t n_bands = p->bands.n;
    int *band = tl_acquire(n_bands, sizeof *band);
    float *rows = tl_acquire(n_bands * spool_rows, (size_t)p->ncol * sizeof *rows);
    tl_code code =
        band == NULL || rows == NULL ? tl_no_memory(err, "placing '%s'", product->path) : TL_OK;
    for (ptrdiff_t b = 0; b < n_bands && code == TL_OK; b++) {
        band[b] = (int)b + 1;
    }
    for (ptrdiff_t row = 0; row < p->nrow && code == TL_OK; row += spool_rows) {
        const ptrdiff_t n = tl_min(p->nrow - row, spool_rows);
        code = product->image[part].read(product, part, row, n, band, n_bands, rows, err);
        const GSpacing pixel = sizeof(float);
        if (code == TL_OK &&
            GDALDatasetRasterIOEx(spool, GF_Write, 0, (int)row, (int)p->ncol, (int)n, rows,
                                  (int)p->ncol, (int)n, GDT_Float32, (int)n_bands, band, pixel,
                                  pixel * p->ncol, pixel * p->ncol * n, NULL) != CE_None) {
            code = tl_fail(err, TL_IO,
                           "%s: no disk space for a temporary copy of '%s'; name another folder "
                           "in the environment variable TMPDIR",
                           product->parameter, product->path);
        }
    }
    tl_release(band);
    tl_release(rows);
    return code;
}

/* Windows are read in any order and repeatedly, which a reader of whole rows cannot do: its values
 * are stored once in a file without a name. */
static tl_code spool_part(tl_product *product, ptrdiff_t part, tl_err *err) {
    const tl_product_part *p = &product->info.part[part];
    tl_io_call call;
    tl_io_begin(&call);
    const char *name = CPLGenerateTempFilename("tilth");
    static const char *const options[] = {"BIGTIFF=IF_SAFER", "INTERLEAVE=BAND", NULL};
    char *path = tl_copy_text(name);
    GDALDatasetH spool =
        path == NULL ? NULL
                     : GDALCreate(GDALGetDriverByName("GTiff"), path, (int)p->ncol, (int)p->nrow,
                                  (int)p->bands.n, GDT_Float32, (char **)(uintptr_t)options);
    tl_code code = spool == NULL
                       ? tl_fail(err, TL_IO,
                                 "%s: no disk space for a temporary copy of '%s'; name another "
                                 "folder in the environment variable TMPDIR",
                                 product->parameter, product->path)
                       : spool_into(product, part, spool, err);
    if (spool != NULL) {
        GDALFlushCache(spool);
        (void)VSIUnlink(path);
    }
    tl_io_end(&call);
    tl_release(path);
    if (code != TL_OK) {
        GDALClose(spool);
        return code;
    }
    product->image[part].dataset = spool;
    product->image[part].read = NULL;
    return TL_OK;
}

/* --- placing --- */

static tl_code make_placing(tl_product *product, ptrdiff_t part, const tl_grid *grid,
                            const char *dem, tl_placing *placing, tl_err *err) {
    const tl_product_part *p = &product->info.part[part];
    const tl_product_image *image = &product->image[part];
    TL_TRY(tl_georef_copy(&placing->geo, &grid->geo, err));
    if (p->geolocation != TL_GEOLOCATION_LOOKUP) {
        return tl_products_transform_init(product, part, grid->geo.crs_wkt, dem, &placing->way,
                                          err);
    }
    if (grid->nrow != image->lookup_nrow || grid->ncol != image->lookup_ncol ||
        !tl_georef_same(&grid->geo, &p->geo)) {
        return tl_fail(
            err, TL_DATA,
            "%s: '%s' has a lookup table for its own grid; import it on that grid and warp the "
            "result",
            product->parameter, product->path);
    }
    return TL_OK;
}

tl_code tl_products_position(tl_product *product, ptrdiff_t part, const tl_grid *grid,
                             const char *dem, tl_resampling resampling, double col_shift,
                             double row_shift, tl_err *err) {
    if (part < 0 || part >= product->info.n_parts) {
        return tl_fail(err, TL_ARG, "%s: part %td is wanted but '%s' has %td", product->parameter,
                       part + 1, product->path, product->info.n_parts);
    }
    tl_product_part *p = &product->info.part[part];
    tl_product_image *image = &product->image[part];
    take_off(p, image);
    if (image->read != NULL) {
        TL_TRY(spool_part(product, part, err));
    }
    tl_placing *placing = tl_acquire(1, sizeof *placing);
    if (placing == NULL) {
        return tl_no_memory(err, "placing '%s'", product->path);
    }
    placing->resampling = resampling;
    placing->col_shift = col_shift;
    placing->row_shift = row_shift;
    placing->part_nrow = p->nrow;
    placing->part_ncol = p->ncol;
    tl_georef place = {0};
    tl_code code = make_placing(product, part, grid, dem, placing, err);
    if (code == TL_OK) {
        code = tl_georef_copy(&place, &grid->geo, err);
    }
    if (code != TL_OK) {
        tl_products_placing_free(placing);
        return code;
    }
    placing->part_geo = p->geo;
    p->geo = place;
    p->nrow = grid->nrow;
    p->ncol = grid->ncol;
    image->placing = placing;
    return TL_OK;
}

/* --- reading --- */

/* Positions of cells in the part; NaN outside it. */
typedef struct position {
    double col;
    double row;
} position;

static void look_up(const tl_product *product, ptrdiff_t part, ptrdiff_t row0, ptrdiff_t n_rows,
                    position *at) {
    const tl_product_image *image = &product->image[part];
    const ptrdiff_t first = row0 * image->lookup_ncol;
    for (ptrdiff_t i = 0; i < n_rows * image->lookup_ncol; i++) {
        at[i].col = (double)image->lookup_col[first + i] + 0.5;
        at[i].row = (double)image->lookup_row[first + i] + 0.5;
    }
}

static tl_code project(const tl_product *product, ptrdiff_t part, ptrdiff_t row0, ptrdiff_t n_rows,
                       position *at, tl_err *err) {
    const tl_placing *placing = product->image[part].placing;
    const ptrdiff_t ncol = product->info.part[part].ncol;
    double *x = tl_acquire(2 * ncol, sizeof *x);
    int *ok = tl_acquire(ncol, sizeof *ok);
    tl_code code =
        x == NULL || ok == NULL ? tl_no_memory(err, "placing '%s'", product->path) : TL_OK;
    for (ptrdiff_t r = 0; r < n_rows && code == TL_OK; r++) {
        for (ptrdiff_t c = 0; c < ncol; c++) {
            tl_georef_to_map(&placing->geo, (double)c + 0.5 + placing->col_shift,
                             (double)(row0 + r) + 0.5 + placing->row_shift, &x[c], &x[ncol + c]);
        }
        tl_products_to_pixel(&placing->way, ncol, x, x + ncol, ok);
        for (ptrdiff_t c = 0; c < ncol; c++) {
            at[r * ncol + c].col = ok[c] ? x[c] : -1.0;
            at[r * ncol + c].row = ok[c] ? x[ncol + c] : -1.0;
        }
    }
    tl_release(x);
    tl_release(ok);
    return code;
}

/* A tile of the wanted rows: columns col0..col0+n_cols-1, and the window of the part it needs. */
typedef struct tile {
    ptrdiff_t col0, n_cols;
    ptrdiff_t west, north, width, height; /* width 0 = the part has no pixel here */
} tile;

static int is_inside(position p, const tl_placing *placing) {
    return p.col >= 0.0 && p.row >= 0.0 && p.col < (double)placing->part_ncol &&
           p.row < (double)placing->part_nrow;
}

static void find_window(const tl_placing *placing, const position *at, ptrdiff_t n_rows,
                        ptrdiff_t ncol, tile *t) {
    double west = INFINITY;
    double north = INFINITY;
    double east = -INFINITY;
    double south = -INFINITY;
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        for (ptrdiff_t c = t->col0; c < t->col0 + t->n_cols; c++) {
            const position p = at[r * ncol + c];
            if (is_inside(p, placing)) {
                west = fmin(west, p.col);
                east = fmax(east, p.col);
                north = fmin(north, p.row);
                south = fmax(south, p.row);
            }
        }
    }
    t->width = 0;
    if (west <= east) {
        /* One pixel more on every side for the neighbours of bilinear values. */
        t->west = (ptrdiff_t)fmax(floor(west) - 1.0, 0.0);
        t->north = (ptrdiff_t)fmax(floor(north) - 1.0, 0.0);
        t->width = (ptrdiff_t)fmin(floor(east) + 2.0, (double)placing->part_ncol) - t->west;
        t->height = (ptrdiff_t)fmin(floor(south) + 2.0, (double)placing->part_nrow) - t->north;
    }
}

static float at_pixel(const float *plane, const tile *t, ptrdiff_t col, ptrdiff_t row,
                      const tl_band *band) {
    const float v = plane[(row - t->north) * t->width + (col - t->west)];
    const tl_nodata_range none = tl_bands_nodata_range(band);
    return fabsf(v) < TL_BAND_STORED_LIMIT && !(v >= none.low && v <= none.high) ? v : NAN;
}

/* Weights of neighbours without a value are given to the others, so that edges keep their
 * values. */
static float bilinear(const float *plane, const tile *t, position p, const tl_placing *placing,
                      const tl_band *band) {
    const double u = p.col - 0.5;
    const double v = p.row - 0.5;
    const ptrdiff_t col = (ptrdiff_t)floor(u);
    const ptrdiff_t row = (ptrdiff_t)floor(v);
    const double fu = u - (double)col;
    const double fv = v - (double)row;
    const double weight[4] = {(1.0 - fu) * (1.0 - fv), fu * (1.0 - fv), (1.0 - fu) * fv, fu * fv};
    double sum = 0.0;
    double weights = 0.0;
    for (int k = 0; k < 4; k++) {
        const ptrdiff_t c = col + (k & 1);
        const ptrdiff_t r = row + (k >> 1);
        if (weight[k] > 0.0 && c >= 0 && r >= 0 && c < placing->part_ncol &&
            r < placing->part_nrow) {
            const float value = at_pixel(plane, t, c, r, band);
            if (isfinite(value)) {
                sum += weight[k] * (double)value;
                weights += weight[k];
            }
        }
    }
    return weights >= 0.25 ? (float)(sum / weights) : NAN;
}

static void sample(const tl_placing *placing, const position *at, ptrdiff_t n_rows, ptrdiff_t ncol,
                   const tile *t, const tl_band *band, const float *plane, float *out) {
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        for (ptrdiff_t c = t->col0; c < t->col0 + t->n_cols; c++) {
            const position p = at[r * ncol + c];
            float value = NAN;
            if (t->width > 0 && is_inside(p, placing)) {
                value = placing->resampling == TL_BILINEAR
                            ? bilinear(plane, t, p, placing, band)
                            : at_pixel(plane, t, (ptrdiff_t)p.col, (ptrdiff_t)p.row, band);
            }
            out[r * ncol + c] = value;
        }
    }
}

enum { tile_cols = 512, window_values = 1 << 23 };

static tl_code fill_tile(tl_product *product, ptrdiff_t part, const position *at, ptrdiff_t n_rows,
                         const tile *t, const int *band, ptrdiff_t n_bands, float *out,
                         tl_err *err) {
    const tl_product_part *p = &product->info.part[part];
    const tl_placing *placing = product->image[part].placing;
    const ptrdiff_t cells = t->width > 0 ? t->width * t->height : 1;
    const ptrdiff_t at_once = tl_min(tl_max(1, window_values / cells), n_bands);
    float *window = tl_acquire(at_once * cells, sizeof *window);
    if (window == NULL) {
        return tl_no_memory(err, "placing '%s'", product->path);
    }
    tl_code code = TL_OK;
    for (ptrdiff_t b0 = 0; b0 < n_bands && code == TL_OK; b0 += at_once) {
        const ptrdiff_t n = tl_min(n_bands - b0, at_once);
        if (t->width > 0) {
            code = tl_products_read_window(product, part, t->west, t->north, t->width, t->height,
                                           band + b0, n, window, err);
        }
        for (ptrdiff_t b = 0; b < n && code == TL_OK; b++) {
            sample(placing, at, n_rows, p->ncol, t, &p->bands.band[band[b0 + b] - 1],
                   window + b * cells, out + (b0 + b) * n_rows * p->ncol);
        }
    }
    tl_release(window);
    return code;
}

tl_code tl_products_read_placed(tl_product *product, ptrdiff_t part, ptrdiff_t row0,
                                ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands, float *out,
                                tl_err *err) {
    const tl_product_part *p = &product->info.part[part];
    const tl_placing *placing = product->image[part].placing;
    position *at = tl_acquire(n_rows * p->ncol, sizeof *at);
    if (at == NULL) {
        return tl_no_memory(err, "placing '%s'", product->path);
    }
    tl_code code = TL_OK;
    if (p->geolocation == TL_GEOLOCATION_LOOKUP) {
        look_up(product, part, row0, n_rows, at);
    } else {
        code = project(product, part, row0, n_rows, at, err);
    }
    for (ptrdiff_t col = 0; col < p->ncol && code == TL_OK; col += tile_cols) {
        tile t = {.col0 = col, .n_cols = tl_min(p->ncol - col, tile_cols)};
        find_window(placing, at, n_rows, p->ncol, &t);
        code = fill_tile(product, part, at, n_rows, &t, band, n_bands, out, err);
    }
    tl_release(at);
    return code;
}

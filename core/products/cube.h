/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cubes inside HDF5 and netCDF files: opened through GDAL's multidimensional interface, read in
 * slabs of whole rows with all bands, in the order of the file.
 *
 * GDAL's raster interface reads such a cube band by band, and every band decompresses the whole
 * file once more. */
#ifndef TL_PRODUCTS_CUBE_H
#define TL_PRODUCTS_CUBE_H

#include <gdal.h>

#include "products/reader.h"

/* An open file. Start from a zeroed struct. */
typedef struct tl_hierarchy {
    GDALDatasetH dataset;
    GDALGroupH root;
} tl_hierarchy;

/* fails  TL_FORMAT no such file, cut off; TL_IO GDAL has no driver for it: the message names the
 *        packages that contain it */
tl_code tl_products_hierarchy_open(const char *path, const char *driver, const char *parameter,
                                   tl_hierarchy *h, tl_err *err);
void tl_products_hierarchy_close(tl_hierarchy *h);

/* Numbers of an attribute of the root.
 *
 * out     [n]; NaN where there are fewer
 * returns how many the attribute has; 0 = there is none */
ptrdiff_t tl_products_hierarchy_numbers(const tl_hierarchy *h, const char *name, double *out,
                                        ptrdiff_t n);

/* The text of an attribute of the root, cut to capacity; "" when there is none. */
void tl_products_hierarchy_text(const tl_hierarchy *h, const char *name, char *out,
                                size_t capacity);

/* A whole array of n values as numbers.
 *
 * path    "/location/glt_x"
 * type    GDT_Float64, GDT_Int32, ...
 * out     [n]
 * returns 1; 0 when it is missing, has another number of values or cannot be read */
int tl_products_hierarchy_array(const tl_hierarchy *h, const char *path, ptrdiff_t n,
                                GDALDataType type, void *out);

/* The shape of an array: up to four lengths; returns their number, 0 when it is missing. */
int tl_products_hierarchy_shape(const tl_hierarchy *h, const char *path, ptrdiff_t shape[4]);

/* Numbers of an attribute of an array, as tl_products_hierarchy_numbers. */
ptrdiff_t tl_products_array_numbers(const tl_hierarchy *h, const char *path, const char *name,
                                    double *out, ptrdiff_t n);

/* A number among the attributes of a group; NaN when there is none. */
double tl_products_group_number(const tl_hierarchy *h, const char *path, const char *name);

/* An array that is one text, cut to capacity; "" when it is missing or something else. */
void tl_products_array_text(const tl_hierarchy *h, const char *path, char *out, size_t capacity);

/* An array [band, row, column] as a raster, which reads from the file while it is open; NULL when it
 * is missing. To be closed before h. */
GDALDatasetH tl_products_array_raster(const tl_hierarchy *h, const char *path);

/* A raster in memory with one array [nrow, ncol]; NULL when memory is out. */
GDALDatasetH tl_products_memory_raster(const double *values, ptrdiff_t nrow, ptrdiff_t ncol);

/* One cube and the rows of it that were read last. Start from a zeroed struct. */
typedef struct tl_cube {
    GDALMDArrayH array;
    GDALMDArrayH marks; /* of the same shape: one byte per value; NULL = none */
    ptrdiff_t nrow;
    ptrdiff_t nband; /* as stored */
    ptrdiff_t ncol;
    int bands_last;      /* 1: [row, column, band], 0: [row, band, column] */
    GDALDataType type;   /* GDT_UInt16 or GDT_Float32: what the slab holds */
    int is_deep;         /* 1: a chunk of the file holds many rows, so that few rows cost as much */
    ptrdiff_t slab_rows; /* maximum rows per slab */
    ptrdiff_t row0;
    ptrdiff_t n_rows; /* in the slab; 0 = nothing yet */
    void *slab;       /* [n_rows, band, column] or [n_rows, column, band] */
} tl_cube;

/* file    path of the file that h was opened from, to find the chunks, which the multidimensional
 *         interface of GDAL before 3.9 does not report for HDF5
 * fails   TL_FORMAT there is no such cube of three axes; TL_NOMEM */
tl_code tl_products_cube_open(const tl_hierarchy *h, const char *file, const char *path,
                              int bands_last, GDALDataType type, const char *parameter,
                              tl_cube *cube, tl_err *err);

/* Adds the array of marks, if there is one of that shape. */
void tl_products_cube_open_marks(const tl_hierarchy *h, const char *path, tl_cube *cube);
void tl_products_cube_close(tl_cube *cube);

/* Makes sure that the slab holds rows row..row+n_rows-1, or as many of them as fit. For the first
 * rows, and rows that follow those of the slab, a whole slab is read; for others only these rows,
 * where the file allows it.
 *
 * fresh  out: 1 when a new slab was read
 * fails  TL_FORMAT the file cannot be read there */
tl_code tl_products_cube_load(tl_cube *cube, ptrdiff_t row, ptrdiff_t n_rows, const char *parameter,
                              int *fresh, tl_err *err);

/* How many bands of marks are best read at once. */
ptrdiff_t tl_products_cube_mark_bands(const tl_cube *cube);

/* The marks of the slab's rows.
 *
 * out    [n_rows, n_bands, ncol] of a cube [row, band, column]
 * fails  TL_FORMAT the file cannot be read there */
tl_code tl_products_cube_read_marks(const tl_cube *cube, ptrdiff_t band0, ptrdiff_t n_bands,
                                    const char *parameter, unsigned char *out, tl_err *err);

#endif

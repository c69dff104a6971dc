/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cubes inside HDF5 and netCDF files; see cube.h. */
#define _LARGEFILE64_SOURCE /* GDAL's file status has 64-bit sizes */
#include "products/cube.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/text.h"
#include "io/gdal_call.h"
#include "io/whole_file.h"

/* Bytes of one slab. The chunks of a file are decompressed once per slab that touches them, so
 * where they hold many rows, slabs are as large as the memory for two detectors at once allows. */
static const double slab_bytes = 64.0 * 1048576.0;
static const double deep_slab_bytes = 256.0 * 1048576.0;

static tl_code no_driver(const char *driver, const char *parameter, const char *path, tl_err *err) {
    return tl_fail(err, TL_IO,
                   "%s: GDAL has no driver %s to read '%s'; install the package that contains "
                   "it: gdal-plugins (Debian), libgdal-%s (conda) or gdal-%s (OSGeo4W)",
                   parameter, driver, path, strcmp(driver, "HDF5") == 0 ? "hdf5" : "netcdf",
                   strcmp(driver, "HDF5") == 0 ? "hdf5" : "netcdf");
}

tl_code tl_products_hierarchy_open(const char *path, const char *driver, const char *parameter,
                                   tl_hierarchy *h, tl_err *err) {
    if (GDALGetDriverByName(driver) == NULL) {
        return no_driver(driver, parameter, path, err);
    }
    TL_TRY(tl_io_check_whole_hdf5(path, parameter, err));
    const char *const only[] = {driver, NULL};
    tl_io_call call;
    tl_io_begin(&call);
    h->dataset =
        GDALOpenEx(path, GDAL_OF_MULTIDIM_RASTER | GDAL_OF_VERBOSE_ERROR, only, NULL, NULL);
    h->root = h->dataset == NULL ? NULL : GDALDatasetGetRootGroup(h->dataset);
    const tl_code code =
        h->root != NULL ? TL_OK
                        : tl_fail(err, TL_FORMAT,
                                  "%s: '%s' cannot be read as %s; it may be damaged or cut off: "
                                  "compare its size with that of the download%s",
                                  parameter, path, driver, tl_io_words(&call));
    tl_io_end(&call);
    return code;
}

void tl_products_hierarchy_close(tl_hierarchy *h) {
    if (h->root != NULL) {
        GDALGroupRelease(h->root);
    }
    if (h->dataset != NULL) {
        GDALClose(h->dataset);
    }
    *h = (tl_hierarchy){0};
}

ptrdiff_t tl_products_hierarchy_numbers(const tl_hierarchy *h, const char *name, double *out,
                                        ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        out[i] = (double)NAN;
    }
    GDALAttributeH attribute = GDALGroupGetAttribute(h->root, name);
    if (attribute == NULL) {
        return 0;
    }
    size_t count = 0;
    double *values = GDALAttributeReadAsDoubleArray(attribute, &count);
    for (ptrdiff_t i = 0; values != NULL && i < n && i < (ptrdiff_t)count; i++) {
        out[i] = values[i];
    }
    CPLFree(values);
    GDALAttributeRelease(attribute);
    return values == NULL ? 0 : (ptrdiff_t)count;
}

void tl_products_hierarchy_text(const tl_hierarchy *h, const char *name, char *out,
                                size_t capacity) {
    out[0] = '\0';
    GDALAttributeH attribute = GDALGroupGetAttribute(h->root, name);
    if (attribute != NULL) {
        const char *text = GDALAttributeReadAsString(attribute);
        (void)snprintf(out, capacity, "%s", text == NULL ? "" : text);
        GDALAttributeRelease(attribute);
    }
}

static int shape_of(GDALMDArrayH array, ptrdiff_t shape[4]) {
    size_t n = 0;
    GDALDimensionH *axis = GDALMDArrayGetDimensions(array, &n);
    for (size_t i = 0; i < n && i < 4; i++) {
        shape[i] = (ptrdiff_t)GDALDimensionGetSize(axis[i]);
    }
    GDALReleaseDimensions(axis, n);
    return n > 4 ? 0 : (int)n;
}

int tl_products_hierarchy_shape(const tl_hierarchy *h, const char *path, ptrdiff_t shape[4]) {
    GDALMDArrayH array = GDALGroupOpenMDArrayFromFullname(h->root, path, NULL);
    const int n = array == NULL ? 0 : shape_of(array, shape);
    if (array != NULL) {
        GDALMDArrayRelease(array);
    }
    return n;
}

static int read_box(GDALMDArrayH array, const GUInt64 *start, const size_t *count,
                    GDALDataType type, void *out) {
    GDALExtendedDataTypeH as = GDALExtendedDataTypeCreate(type);
    const int done = GDALMDArrayRead(array, start, count, NULL, NULL, as, out, NULL, 0);
    GDALExtendedDataTypeRelease(as);
    return done;
}

int tl_products_hierarchy_array(const tl_hierarchy *h, const char *path, ptrdiff_t n,
                                GDALDataType type, void *out) {
    GDALMDArrayH array = GDALGroupOpenMDArrayFromFullname(h->root, path, NULL);
    if (array == NULL) {
        return 0;
    }
    ptrdiff_t shape[4];
    const int n_axes = shape_of(array, shape);
    ptrdiff_t product = n_axes > 0 ? 1 : 0;
    const GUInt64 start[4] = {0};
    size_t count[4];
    for (int i = 0; i < n_axes; i++) {
        count[i] = (size_t)shape[i];
        product = shape[i] > n ? -1 : product * shape[i];
        product = product > n ? -1 : product;
        if (product < 0) {
            break;
        }
    }
    const int done = product == n && n > 0 && read_box(array, start, count, type, out);
    GDALMDArrayRelease(array);
    return done;
}

/* 1 unless it is known that a chunk holds all bands of few rows. first: rows of a chunk, 0 =
 * unknown; then the block of GDAL's raster view, whose lines are the bands, shows the shape of
 * chunks. */
static int is_deep(const char *file, const char *path, const tl_cube *cube, GUInt64 first,
                   double rows) {
    if (first > 0 || cube->bands_last) {
        return (double)first > rows;
    }
    tl_text name = {0};
    tl_text_addf(&name, "HDF5:\"%s\":/%s", file, path);
    for (char *c = name.failed ? NULL : name.data; c != NULL && *c != '\0'; c++) {
        /* After the name of the file GDAL writes spaces as underscores. */
        *c = *c == ' ' && c > name.data + strlen(file) + 6 ? '_' : *c;
    }
    GDALDatasetH view = GDALOpenEx(tl_text_data(&name), GDAL_OF_RASTER, NULL, NULL, NULL);
    int cols = 0;
    int lines = 0;
    if (view != NULL && GDALGetRasterCount(view) > 0) {
        GDALGetBlockSize(GDALGetRasterBand(view, 1), &cols, &lines);
    }
    GDALClose(view);
    tl_text_free(&name);
    return lines < cube->nband;
}

tl_code tl_products_cube_open(const tl_hierarchy *h, const char *file, const char *path,
                              int bands_last, GDALDataType type, const char *parameter,
                              tl_cube *cube, tl_err *err) {
    ptrdiff_t shape[4] = {0};
    cube->array = GDALGroupOpenMDArrayFromFullname(h->root, path, NULL);
    if (cube->array == NULL || shape_of(cube->array, shape) != 3 || shape[0] < 1 || shape[1] < 1 ||
        shape[2] < 1 || shape[0] > INT32_MAX || shape[1] > INT32_MAX || shape[2] > INT32_MAX) {
        return tl_fail(err, TL_FORMAT, "%s: the file contains no cube '%s' of three axes",
                       parameter, path);
    }
    cube->nrow = shape[0];
    cube->nband = bands_last ? shape[2] : shape[1];
    cube->ncol = bands_last ? shape[1] : shape[2];
    cube->bands_last = bands_last;
    cube->type = type;
    size_t n = 0;
    GUInt64 *block = GDALMDArrayGetBlockSize(cube->array, &n);
    const GUInt64 first = block != NULL && n == 3 ? block[0] : 0;
    CPLFree(block);
    const double row_bytes =
        (double)shape[1] * (double)shape[2] * (double)GDALGetDataTypeSizeBytes(type);
    cube->is_deep = is_deep(file, path, cube, first, floor(slab_bytes / row_bytes));
    const double rows = floor((cube->is_deep ? deep_slab_bytes : slab_bytes) / row_bytes);
    cube->slab_rows = rows < 1.0 ? 1 : rows > (double)shape[0] ? shape[0] : (ptrdiff_t)rows;
    if (first > 1 && first < (GUInt64)cube->slab_rows) {
        cube->slab_rows -= cube->slab_rows % (ptrdiff_t)first;
    }
    const size_t size = (size_t)GDALGetDataTypeSizeBytes(type);
    cube->slab = (double)cube->slab_rows * row_bytes < 2.0 * deep_slab_bytes
                     ? tl_acquire(cube->slab_rows * shape[1] * shape[2], size)
                     : NULL;
    return cube->slab == NULL ? tl_no_memory(err, "%td rows of '%s'", cube->slab_rows, path)
                              : TL_OK;
}

void tl_products_cube_open_marks(const tl_hierarchy *h, const char *path, tl_cube *cube) {
    ptrdiff_t shape[4] = {0};
    ptrdiff_t wanted[4] = {0};
    cube->marks = GDALGroupOpenMDArrayFromFullname(h->root, path, NULL);
    if (cube->marks != NULL && (shape_of(cube->marks, shape) != shape_of(cube->array, wanted) ||
                                memcmp(shape, wanted, sizeof shape) != 0)) {
        GDALMDArrayRelease(cube->marks);
        cube->marks = NULL;
    }
}

void tl_products_cube_close(tl_cube *cube) {
    if (cube->array != NULL) {
        GDALMDArrayRelease(cube->array);
    }
    if (cube->marks != NULL) {
        GDALMDArrayRelease(cube->marks);
    }
    tl_release(cube->slab);
    *cube = (tl_cube){0};
}

/* The rows to be read for a request: a whole slab at its own position where chunks are deep; a slab
 * from here on when rows are read in order; otherwise only the wanted rows. */
static void choose_rows(const tl_cube *cube, ptrdiff_t row, ptrdiff_t wanted, ptrdiff_t *row0,
                        ptrdiff_t *n_rows) {
    const int goes_on = row == 0 || (cube->n_rows > 0 && row == cube->row0 + cube->n_rows);
    *row0 = cube->is_deep ? row - row % cube->slab_rows : row;
    *n_rows = cube->is_deep || goes_on || wanted > cube->slab_rows ? cube->slab_rows : wanted;
    *n_rows = tl_min(cube->nrow - *row0, *n_rows);
}

static tl_code read_rows(const tl_cube *cube, GDALMDArrayH array, ptrdiff_t row0, ptrdiff_t n_rows,
                         ptrdiff_t band0, ptrdiff_t n_bands, GDALDataType type,
                         const char *parameter, void *out, tl_err *err) {
    const int last = cube->bands_last;
    const GUInt64 start[3] = {(GUInt64)row0, last ? 0 : (GUInt64)band0, last ? (GUInt64)band0 : 0};
    const size_t count[3] = {(size_t)n_rows, (size_t)(last ? cube->ncol : n_bands),
                             (size_t)(last ? n_bands : cube->ncol)};
    tl_io_call call;
    tl_io_begin(&call);
    const tl_code code =
        read_box(array, start, count, type, out)
            ? TL_OK
            : tl_fail(err, TL_FORMAT,
                      "%s: rows %td to %td cannot be read; the file may be cut off or damaged%s",
                      parameter, row0 + 1, row0 + n_rows, tl_io_words(&call));
    tl_io_end(&call);
    return code;
}

tl_code tl_products_cube_load(tl_cube *cube, ptrdiff_t row, ptrdiff_t n_rows, const char *parameter,
                              int *fresh, tl_err *err) {
    *fresh = 0;
    if (cube->n_rows > 0 && row >= cube->row0 && row < cube->row0 + cube->n_rows) {
        return TL_OK;
    }
    ptrdiff_t first = 0;
    ptrdiff_t n = 0;
    choose_rows(cube, row, n_rows, &first, &n);
    cube->n_rows = 0;
    TL_TRY(read_rows(cube, cube->array, first, n, 0, cube->nband, cube->type, parameter, cube->slab,
                     err));
    cube->row0 = first;
    cube->n_rows = n;
    *fresh = 1;
    return TL_OK;
}

ptrdiff_t tl_products_cube_mark_bands(const tl_cube *cube) {
    enum { few = 8 };
    return cube->is_deep ? tl_min(few, cube->nband) : cube->nband;
}

tl_code tl_products_cube_read_marks(const tl_cube *cube, ptrdiff_t band0, ptrdiff_t n_bands,
                                    const char *parameter, unsigned char *out, tl_err *err) {
    return read_rows(cube, cube->marks, cube->row0, cube->n_rows, band0, n_bands, GDT_Byte,
                     parameter, out, err);
}

/* --- other things in the file --- */

ptrdiff_t tl_products_array_numbers(const tl_hierarchy *h, const char *path, const char *name,
                                    double *out, ptrdiff_t n) {
    GDALMDArrayH array = GDALGroupOpenMDArrayFromFullname(h->root, path, NULL);
    for (ptrdiff_t i = 0; i < n; i++) {
        out[i] = (double)NAN;
    }
    if (array == NULL) {
        return 0;
    }
    GDALAttributeH attribute = GDALMDArrayGetAttribute(array, name);
    size_t count = 0;
    double *values = attribute == NULL ? NULL : GDALAttributeReadAsDoubleArray(attribute, &count);
    for (ptrdiff_t i = 0; values != NULL && i < n && i < (ptrdiff_t)count; i++) {
        out[i] = values[i];
    }
    CPLFree(values);
    if (attribute != NULL) {
        GDALAttributeRelease(attribute);
    }
    GDALMDArrayRelease(array);
    return values == NULL ? 0 : (ptrdiff_t)count;
}

double tl_products_group_number(const tl_hierarchy *h, const char *path, const char *name) {
    GDALGroupH group = GDALGroupOpenGroupFromFullname(h->root, path, NULL);
    GDALAttributeH attribute = group == NULL ? NULL : GDALGroupGetAttribute(group, name);
    const double value = attribute == NULL ? (double)NAN : GDALAttributeReadAsDouble(attribute);
    if (attribute != NULL) {
        GDALAttributeRelease(attribute);
    }
    if (group != NULL) {
        GDALGroupRelease(group);
    }
    return value;
}

void tl_products_array_text(const tl_hierarchy *h, const char *path, char *out, size_t capacity) {
    GDALMDArrayH array = GDALGroupOpenMDArrayFromFullname(h->root, path, NULL);
    ptrdiff_t shape[4];
    out[0] = '\0';
    if (array == NULL || shape_of(array, shape) != 0) {
        if (array != NULL) {
            GDALMDArrayRelease(array);
        }
        return;
    }
    GDALExtendedDataTypeH type = GDALExtendedDataTypeCreateString(0);
    char *text = NULL;
    if (GDALMDArrayRead(array, NULL, NULL, NULL, NULL, type, &text, NULL, 0) && text != NULL) {
        (void)snprintf(out, capacity, "%s", text);
    }
    CPLFree(text);
    GDALExtendedDataTypeRelease(type);
    GDALMDArrayRelease(array);
}

GDALDatasetH tl_products_array_raster(const tl_hierarchy *h, const char *path) {
    GDALMDArrayH array = GDALGroupOpenMDArrayFromFullname(h->root, path, NULL);
    GDALDatasetH raster = array == NULL ? NULL : GDALMDArrayAsClassicDataset(array, 2, 1);
    if (array != NULL) {
        GDALMDArrayRelease(array);
    }
    return raster;
}

GDALDatasetH tl_products_memory_raster(const double *values, ptrdiff_t nrow, ptrdiff_t ncol) {
    GDALDatasetH made =
        GDALCreate(GDALGetDriverByName("MEM"), "", (int)ncol, (int)nrow, 1, GDT_Float64, NULL);
    if (made != NULL && GDALRasterIO(GDALGetRasterBand(made, 1), GF_Write, 0, 0, (int)ncol,
                                     (int)nrow, (void *)(uintptr_t)values, (int)ncol, (int)nrow,
                                     GDT_Float64, 0, 0) != CE_None) {
        GDALClose(made);
        made = NULL;
    }
    return made;
}

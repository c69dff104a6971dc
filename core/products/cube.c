/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cubes inside HDF5 and netCDF files; see cube.h. */
#include "products/cube.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/gdal_call.h"

/* Bytes of one slab. The chunks of a file are decompressed once per slab that touches them, so slabs
 * are as large as the memory of two detectors side by side allows. */
static const double slab_bytes = 128.0 * 1048576.0;

static tl_code no_driver(const char *driver, const char *parameter, const char *path, tl_err *err) {
    return tl_fail(err, TL_IO,
                   "%s: GDAL has no driver %s to read '%s'; install the package that brings it: "
                   "gdal-plugins (Debian), libgdal-%s (conda) or gdal-%s (OSGeo4W)",
                   parameter, driver, path, strcmp(driver, "HDF5") == 0 ? "hdf5" : "netcdf",
                   strcmp(driver, "HDF5") == 0 ? "hdf5" : "netcdf");
}

tl_code tl_hierarchy_open(const char *path, const char *driver, const char *parameter,
                          tl_hierarchy *h, tl_err *err) {
    if (GDALGetDriverByName(driver) == NULL) {
        return no_driver(driver, parameter, path, err);
    }
    const char *const only[] = {driver, NULL};
    tl_io_call call;
    tl_io_begin(&call);
    h->dataset =
        GDALOpenEx(path, GDAL_OF_MULTIDIM_RASTER | GDAL_OF_VERBOSE_ERROR, only, NULL, NULL);
    h->root = h->dataset == NULL ? NULL : GDALDatasetGetRootGroup(h->dataset);
    const tl_code code =
        h->root != NULL ? TL_OK
                        : tl_fail(err, TL_FORMAT,
                                  "%s: '%s' cannot be read as %s; it may be cut off: compare its "
                                  "size with that of the download%s",
                                  parameter, path, driver, tl_io_words(&call));
    tl_io_end(&call);
    return code;
}

void tl_hierarchy_close(tl_hierarchy *h) {
    if (h->root != NULL) {
        GDALGroupRelease(h->root);
    }
    if (h->dataset != NULL) {
        GDALClose(h->dataset);
    }
    *h = (tl_hierarchy){0};
}

ptrdiff_t tl_hierarchy_numbers(const tl_hierarchy *h, const char *name, double *out, ptrdiff_t n) {
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

void tl_hierarchy_text(const tl_hierarchy *h, const char *name, char *out, size_t room) {
    out[0] = '\0';
    GDALAttributeH attribute = GDALGroupGetAttribute(h->root, name);
    if (attribute != NULL) {
        const char *text = GDALAttributeReadAsString(attribute);
        (void)snprintf(out, room, "%s", text == NULL ? "" : text);
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

int tl_hierarchy_shape(const tl_hierarchy *h, const char *path, ptrdiff_t shape[4]) {
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

int tl_hierarchy_array(const tl_hierarchy *h, const char *path, ptrdiff_t n, GDALDataType type,
                       void *out) {
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

tl_code tl_cube_open(const tl_hierarchy *h, const char *path, int bands_last, GDALDataType type,
                     const char *parameter, tl_cube *cube, tl_err *err) {
    ptrdiff_t shape[4] = {0};
    cube->array = GDALGroupOpenMDArrayFromFullname(h->root, path, NULL);
    if (cube->array == NULL || shape_of(cube->array, shape) != 3 || shape[0] < 1 || shape[1] < 1 ||
        shape[2] < 1 || shape[0] > INT32_MAX || shape[1] > INT32_MAX || shape[2] > INT32_MAX) {
        return tl_fail(err, TL_FORMAT, "%s: the file holds no cube '%s' of three axes", parameter,
                       path);
    }
    cube->nrow = shape[0];
    cube->nband = bands_last ? shape[2] : shape[1];
    cube->ncol = bands_last ? shape[1] : shape[2];
    cube->bands_last = bands_last;
    cube->type = type;
    const double row_bytes =
        (double)shape[1] * (double)shape[2] * (double)GDALGetDataTypeSizeBytes(type);
    const double rows = floor(slab_bytes / row_bytes);
    cube->slab_rows = rows < 1.0 ? 1 : rows > (double)shape[0] ? shape[0] : (ptrdiff_t)rows;
    /* Slabs begin where chunks do, as far as GDAL tells their size. */
    size_t n = 0;
    GUInt64 *block = GDALMDArrayGetBlockSize(cube->array, &n);
    if (block != NULL && n == 3 && block[0] > 1 && block[0] < (GUInt64)cube->slab_rows) {
        cube->slab_rows -= cube->slab_rows % (ptrdiff_t)block[0];
    }
    CPLFree(block);
    cube->slab =
        tl_acquire(cube->slab_rows * shape[1] * shape[2], (size_t)GDALGetDataTypeSizeBytes(type));
    return cube->slab == NULL
               ? tl_fail(err, TL_NOMEM, "out of memory for %td rows of '%s'", cube->slab_rows, path)
               : TL_OK;
}

tl_code tl_cube_open_marks(const tl_hierarchy *h, const char *path, tl_cube *cube, tl_err *err) {
    ptrdiff_t shape[4] = {0};
    ptrdiff_t wanted[4] = {0};
    GDALMDArrayH marks = GDALGroupOpenMDArrayFromFullname(h->root, path, NULL);
    if (marks == NULL) {
        return TL_OK;
    }
    if (shape_of(marks, shape) != 3 || shape_of(cube->array, wanted) != 3 ||
        memcmp(shape, wanted, sizeof shape) != 0) {
        GDALMDArrayRelease(marks);
        return TL_OK;
    }
    cube->marks = marks;
    cube->mark = tl_acquire(cube->slab_rows * cube->nband * cube->ncol, 1);
    return cube->mark == NULL ? tl_fail(err, TL_NOMEM, "out of memory for the marks of pixels")
                              : TL_OK;
}

void tl_cube_close(tl_cube *cube) {
    if (cube->array != NULL) {
        GDALMDArrayRelease(cube->array);
    }
    if (cube->marks != NULL) {
        GDALMDArrayRelease(cube->marks);
    }
    tl_release(cube->slab);
    tl_release(cube->mark);
    *cube = (tl_cube){0};
}

tl_code tl_cube_load(tl_cube *cube, ptrdiff_t row, const char *parameter, int *fresh, tl_err *err) {
    *fresh = 0;
    if (cube->n_rows > 0 && row >= cube->row0 && row < cube->row0 + cube->n_rows) {
        return TL_OK;
    }
    /* Slabs begin at multiples of their length, whatever row was asked for first. */
    const ptrdiff_t row0 = row - row % cube->slab_rows;
    const ptrdiff_t n_rows =
        cube->nrow - row0 < cube->slab_rows ? cube->nrow - row0 : cube->slab_rows;
    const GUInt64 start[3] = {(GUInt64)row0, 0, 0};
    const size_t count[3] = {(size_t)n_rows, (size_t)(cube->bands_last ? cube->ncol : cube->nband),
                             (size_t)(cube->bands_last ? cube->nband : cube->ncol)};
    cube->n_rows = 0;
    tl_io_call call;
    tl_io_begin(&call);
    const int done =
        read_box(cube->array, start, count, cube->type, cube->slab) &&
        (cube->marks == NULL || read_box(cube->marks, start, count, GDT_Byte, cube->mark));
    const tl_code code = done ? TL_OK
                              : tl_fail(err, TL_FORMAT,
                                        "%s: rows %td to %td cannot be read; the file may be cut "
                                        "off or damaged%s",
                                        parameter, row0, row0 + n_rows - 1, tl_io_words(&call));
    tl_io_end(&call);
    if (code == TL_OK) {
        cube->row0 = row0;
        cube->n_rows = n_rows;
        *fresh = 1;
    }
    return code;
}

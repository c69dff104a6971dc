/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rasters opened for reading and rasters being written, as the files of this module share them.
 * Contracts: source/store.h. */
#ifndef TL_IO_RASTER_H
#define TL_IO_RASTER_H

#include <gdal.h>

#include "io/validity.h"
#include "source/store.h"

/* How cells that are 0 in every band are treated; see zero_cells.h. */
enum { TL_ZERO_CELLS_BANDS = 8 };
typedef struct tl_zero_cells {
    int n;    /* bands compared; 0: the raster is no scene */
    int kept; /* 1: such cells hold values */
    int band[TL_ZERO_CELLS_BANDS];
    int refused; /* 1: such a cell is a failure */
    int silent;  /* 1: the user knows of them */
    int found;
} tl_zero_cells;

struct tl_raster {
    GDALDatasetH dataset;
    char *path;
    char *parameter;
    tl_raster_info info;
    tl_validity *validity; /* NULL: the values alone decide */
    tl_zero_cells zeros;
    int flip; /* 1: the rows of the file run from south to north */
};

/* What every raster that is being written has first. */
struct tl_sink {
    tl_code (*finish)(tl_sink *sink, tl_err *err);
    void (*abandon)(tl_sink *sink);
};

/* Opens a raster, with a message for every way in which that can fail. */
tl_code tl_io_open_dataset(const char *path, const char *parameter, GDALDatasetH *dataset,
                           tl_err *err);

tl_code tl_io_open_raster(const char *path, const char *parameter, tl_raster **raster, tl_err *err);
const tl_raster_info *tl_io_raster_info(const tl_raster *raster);
tl_code tl_io_read_stored(tl_raster *raster, ptrdiff_t row0, ptrdiff_t n_rows, const int *band,
                          ptrdiff_t n_bands, float *out, tl_err *err);
tl_code tl_io_read_window(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0, ptrdiff_t n_cols,
                          ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands, float *out,
                          tl_err *err);
tl_code tl_io_read_window_above(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0, ptrdiff_t n_cols,
                                ptrdiff_t n_rows, int band, double origin, float *out, tl_err *err);

/* Stored values of a window, where read_window returns the physical ones; and the conversion
 * between the two, in place, for callers that need only some of the values. */
tl_code tl_io_read_stored_window(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0,
                                 ptrdiff_t n_cols, ptrdiff_t n_rows, const int *band,
                                 ptrdiff_t n_bands, float *out, tl_err *err);
void tl_io_to_physical(const tl_band *band, float *value, ptrdiff_t n);

/* The stored value of one cell as GDAL returns it, whether it is masked or not: what a source of a
 * virtual raster passes. */
tl_code tl_io_read_cell(tl_raster *raster, ptrdiff_t col, ptrdiff_t row, int band, float *value,
                        tl_err *err);

void tl_io_close_raster(tl_raster *raster);
tl_code tl_io_read_grid(const char *path, const char *parameter, int band, tl_grid *grid,
                        tl_err *err);

tl_code tl_io_read_grid_like(const char *path, const char *parameter, int band, const tl_grid *like,
                             tl_resampling resampling, tl_grid *grid, tl_err *err);
tl_code tl_io_metric_grid(const char *path, const char *parameter, double cell_m, double width_m,
                          double height_m, ptrdiff_t *nrow, ptrdiff_t *ncol, tl_georef *geo,
                          tl_err *err);

tl_code tl_io_create_raster(const char *path, const char *parameter, ptrdiff_t nrow, ptrdiff_t ncol,
                            const tl_georef *geo, const tl_layer *layer, ptrdiff_t n_layers,
                            const char *record, tl_sink **sink, tl_err *err);
tl_code tl_io_write_rows(tl_sink *head, ptrdiff_t layer, ptrdiff_t row0, ptrdiff_t n_rows,
                         const float *rows, tl_err *err);
tl_code tl_io_finish_raster(tl_sink *sink, tl_err *err);
void tl_io_abandon_raster(tl_sink *sink);

/* The run record in the metadata domain TILTH, with tool and version as separate items. */
void tl_io_write_record(GDALDatasetH dataset, const char *record);

tl_code tl_io_create_scene(const char *path, const char *parameter, ptrdiff_t nrow, ptrdiff_t ncol,
                           const tl_georef *geo, const tl_bands *bands, const tl_scene_form *form,
                           const tl_scene_facts *facts, const char *record, tl_sink **sink,
                           tl_err *err);
tl_code tl_io_write_scene_rows(tl_sink *sink, ptrdiff_t row0, ptrdiff_t n_rows, const float *rows,
                               tl_err *err);

#endif

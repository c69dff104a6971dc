/* SPDX-License-Identifier: GPL-2.0-or-later
 * The functions through which tools read and write files, independent of GDAL; core/io implements
 * them with GDAL and OGR.
 *
 * A raster inside tilth has row 0 in the north, NaN for NoData, physical values (scale and offset
 * applied). Writers commit nothing themselves: a tool passes the path that tl_job_output returned
 * (a temporary file in the same folder), and the job renames it when the whole run has succeeded.
 *
 * parameter  names the tool's parameter in error sentences, for example "scene"
 * fails      everything that opens or writes a file: TL_IO the file is missing, cannot be read or
 *            written, or is of another kind; TL_NOMEM; and what is listed with the function. Its
 *            outputs are then empty */
#ifndef TL_SOURCE_STORE_H
#define TL_SOURCE_STORE_H

#include <stddef.h>

#include "base/bands.h"
#include "base/georef.h"
#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"
#include "source/outputs.h"
#include "source/product.h"
#include "source/scene.h"
#include "source/scratch.h"
#include "source/tables.h"
#include "source/text_table.h"
#include "source/zone_runs.h"

typedef struct tl_raster tl_raster; /* an open raster for reading */
typedef struct tl_sink tl_sink;     /* a raster being written */

enum { TL_BAND_NOTE_CAPACITY = 256 };

typedef struct tl_raster_info {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    tl_georef geo;
    tl_bands bands;       /* one entry per band, file order, completed by tl_bands_complete */
    char format[32];      /* "GTiff", "ENVI", ... */
    char interleave[16];  /* "BAND", "PIXEL", "LINE" or "" */
    char data_type[16];   /* "Float32", "Int16", ... as stored */
    char height_unit[32]; /* of the heights of a CRS that has any, "metre" for example; else "" */
    ptrdiff_t block_cols; /* size of the file's blocks; 0 = unknown */
    ptrdiff_t block_rows;
    tl_scene_facts facts;
    /* What the user should know about the band table: sources that contradict each other; else
     * empty. */
    char band_note[TL_BAND_NOTE_CAPACITY];
    int south_up; /* 1: the rows of the file run from south to north (the readers reverse them) */
} tl_raster_info;

/* A layer to be written. */
typedef struct tl_layer {
    const char *description; /* "SOM, lower bound (90 %)" */
    const char *unit;        /* "g/kg", may be NULL */
    double centre_nm;        /* NaN when the layer is not a spectral band */
    double fwhm_nm;          /* NaN when unknown */
} tl_layer;

typedef enum tl_resampling { TL_NEAREST, TL_BILINEAR, TL_AVERAGE } tl_resampling;

typedef struct tl_store tl_store;
struct tl_store {
    /* --- rasters --- */

    /* Opens any raster; several threads must not share one tl_raster. */
    tl_code (*open_raster)(const char *path, const char *parameter, tl_raster **raster,
                           tl_err *err);
    const tl_raster_info *(*raster_info)(const tl_raster *raster);

    /* Stored values, as float, of rows row0..row0+n_rows-1, all columns; tl_band_value turns them
     * into physical ones.
     *
     * band  [n_bands] 1-based file numbers
     * out   [n_bands, n_rows * ncol] */
    tl_code (*read_stored)(tl_raster *raster, ptrdiff_t row0, ptrdiff_t n_rows, const int *band,
                           ptrdiff_t n_bands, float *out, tl_err *err);

    /* Physical values of a window of columns and rows.
     *
     * band  [n_bands] 1-based file numbers
     * out   [n_bands, n_rows * n_cols]
     * NaN   where the raster is NoData */
    tl_code (*read_window)(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0, ptrdiff_t n_cols,
                           ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands, float *out,
                           tl_err *err);

    /* Physical values of a window of one band minus origin, subtracted before they are rounded to
     * float32: what is left of heights of many digits is kept. */
    tl_code (*read_window_above)(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0,
                                 ptrdiff_t n_cols, ptrdiff_t n_rows, int band, double origin,
                                 float *out, tl_err *err);
    void (*close_raster)(tl_raster *raster); /* NULL is fine */

    /* One band (1-based) of a raster as a grid of physical values; grid is initialised here.
     * South-up rasters are flipped. */
    tl_code (*read_grid)(const char *path, const char *parameter, int band, tl_grid *grid,
                         tl_err *err);

    /* One band of a raster on the grid (extent, cells, CRS) of like, which must be initialised;
     * grid is initialised here. TL_AVERAGE is area average. */
    tl_code (*read_grid_like)(const char *path, const char *parameter, int band,
                              const tl_grid *like, tl_resampling resampling, tl_grid *grid,
                              tl_err *err);

    /* The grid of square cells in the UTM zone (WGS 84) of the centre of a raster.
     *
     * cell_m             side of the cells, metres
     * width_m, height_m  extent around the centre, metres; all of the raster when that is 0 or the
     *                    raster is smaller
     * nrow, ncol, geo    out: the shape and position of the grid; it has no data yet */
    tl_code (*metric_grid)(const char *path, const char *parameter, double cell_m, double width_m,
                           double height_m, ptrdiff_t *nrow, ptrdiff_t *ncol, tl_georef *geo,
                           tl_err *err);

    /* Starts a raster of float32 layers with NaN as NoData.
     *
     * path    its extension defines the format: .tif GeoTIFF (tiled, band-interleaved, DEFLATE
     *         where that saves a third), .dat, .img, .bsq or .bil ENVI
     * layer   [n_layers]
     * record  run record (JSON text) kept in the TILTH metadata domain, or NULL */
    tl_code (*create_raster)(const char *path, const char *parameter, ptrdiff_t nrow,
                             ptrdiff_t ncol, const tl_georef *geo, const tl_layer *layer,
                             ptrdiff_t n_layers, const char *record, tl_sink **sink, tl_err *err);

    /* Writes rows row0..row0+n_rows-1 of one layer (0-based); rows is [n_rows, ncol]. */
    tl_code (*write_rows)(tl_sink *sink, ptrdiff_t layer, ptrdiff_t row0, ptrdiff_t n_rows,
                          const float *rows, tl_err *err);

    /* Starts a scene: a raster that keeps its whole band table (centres, widths, bad bands with
     * reasons, detectors, scales, units, NoData), its quantity and its facts, so that tools which
     * open it later have the metadata of the product.
     *
     * path    its extension defines the format, as for create_raster; .bip too
     * bands   in the order in which they are written
     * form    stored type and interleave; GeoTIFF has no TL_BY_LINE and is then written by band;
     *         the extensions .bsq, .bil and .bip define the interleave
     * facts   NULL = none
     * record  as for create_raster */
    tl_code (*create_scene)(const char *path, const char *parameter, ptrdiff_t nrow, ptrdiff_t ncol,
                            const tl_georef *geo, const tl_bands *bands, const tl_scene_form *form,
                            const tl_scene_facts *facts, const char *record, tl_sink **sink,
                            tl_err *err);

    /* Writes rows row0..row0+n_rows-1 of all bands of a scene as physical values; each call
     * continues where the previous one ended.
     *
     * rows  [n_bands, n_rows * ncol], NaN = NoData */
    tl_code (*write_scene_rows)(tl_sink *sink, ptrdiff_t row0, ptrdiff_t n_rows, const float *rows,
                                tl_err *err);

    /* Flushes and closes; the file is complete only after TL_OK (a full disk is noticed here at the
     * latest). Frees sink in any case. */
    tl_code (*finish_raster)(tl_sink *sink, tl_err *err);
    void (*abandon_raster)(tl_sink *sink); /* NULL is fine */

    /* Bounds the memory in which blocks of files are kept for the next request, in the whole
     * process; blocks beyond the bound are released at once.
     *
     * bytes   below 0 = unchanged
     * returns the previous bound */
    double (*limit_cache)(double bytes);

    /* --- satellite products --- */

    /* Opens a product: a folder, an archive, its metadata file or one of its images.
     *
     * wish   NULL = everything as in the product
     * fails  TL_FORMAT it is not a known product, or a part of it is missing or broken */
    tl_code (*open_product)(const char *path, const char *parameter, const tl_product_wish *wish,
                            tl_product **product, tl_err *err);
    const tl_product_info *(*product_info)(const tl_product *product);

    /* The grid that contains all parts of a product: the grid of the parts, or of their lookup
     * table, if they have one, else square cells in the UTM zone (WGS 84) of the centre.
     *
     * cell_m           side of the cells, metres; ignored where there is a grid
     * dem              as locate_product
     * nrow, ncol, geo  out: the shape and position
     * fails            TL_DATA a part has no known position, or the parts have different grids */
    tl_code (*product_grid)(tl_product *product, double cell_m, const char *dem, ptrdiff_t *nrow,
                            ptrdiff_t *ncol, tl_georef *geo, tl_err *err);

    /* Puts a part on a grid: rows and columns of later calls are those of the grid.
     *
     * grid        shape, position and CRS; its values are ignored
     * dem         path of heights in metres for TL_GEOLOCATION_RPC; NULL = the mean height of the
     *             facts
     * resampling  TL_NEAREST or TL_BILINEAR; lookup tables are always TL_NEAREST
     * col_shift, row_shift
     *             added to the position on the grid, in its cells, before the value is looked up;
     *             usually 0. A part may be put on a grid again, with another shift for example
     * NaN         cells that the part does not cover
     * fails       TL_DATA the part has no known position, or is outside the grid */
    tl_code (*locate_product)(tl_product *product, ptrdiff_t part, const tl_grid *grid,
                              const char *dem, tl_resampling resampling, double col_shift,
                              double row_shift, tl_err *err);

    /* Stored values of a part, as read_stored of a raster; the reader chooses the order that suits
     * the format. A part on a grid is NaN where it has no value. */
    tl_code (*read_product)(tl_product *product, ptrdiff_t part, ptrdiff_t row0, ptrdiff_t n_rows,
                            const int *band, ptrdiff_t n_bands, float *out, tl_err *err);
    void (*close_product)(tl_product *product); /* NULL is fine */

    /* --- tables and vectors --- */

    /* Any table as texts: a delimited text of any encoding, a sheet of a workbook (path|layername=NAME),
     * the attributes of a vector layer; see source/text_table.h.
     *
     * table  initialised here
     * fails  TL_ARG no such sheet; TL_FORMAT, TL_DATA not a table */
    tl_code (*read_texts)(const char *path, const char *parameter, tl_text_table *table,
                          tl_err *err);

    /* Points of a vector layer (path, or path|layername=NAME) or of a CSV with x,y columns. Points
     * without CRS are assumed to be in that of target, with a warning.
     *
     * id_field  NULL or "": running numbers
     * property  [n_property] fields to read as numbers; texts such as "<0.5" or "n.d." become NaN
     *           and are counted in a warning
     * target    the points are moved to its CRS; NULL = as they are, and a CSV may lack coordinates
     * samples   initialised here
     * fails     TL_DATA no points; TL_ARG a missing field (the sentence names the existing ones) */
    tl_code (*read_samples)(const char *path, const char *parameter, const char *id_field,
                            const char *const *property, ptrdiff_t n_property,
                            const tl_georef *target, const tl_progress *progress,
                            tl_samples *samples, tl_err *err);

    /* The cells of a grid whose centre the polygons of a layer contain, one zone per feature.
     *
     * name_field  field with the names; NULL or "": running numbers
     * zones       uninitialised; polygons may overlap
     * fails       TL_DATA no polygons; TL_ARG a missing field */
    tl_code (*read_zones)(const char *path, const char *parameter, const char *name_field,
                          const tl_grid *like, tl_zones *zones, tl_err *err);

    /* Spectra table: CSV with numeric headers (nm, or um below 100; reflectance from 0 to 1)
     * or ENVI spectral library. Columns whose names are not numbers are left out; the id
     * column is "id" or the first text column. spectra is initialised here. */
    tl_code (*read_spectra)(const char *path, const char *parameter, const tl_progress *progress,
                            tl_spectra *spectra, tl_err *err);

    /* Spectra as instruments and their programs store them: a binary ASD file, a text with one
     * wavelength per row or per column (tab, semicolon, comma or spaces between the values, decimal
     * point or comma), or an ENVI spectral library.
     *
     * about      out
     * spectra    initialised here, values as they are in the file; the id of a spectrum
     *            that is alone in a file without ids is empty
     * fails      TL_FORMAT, TL_DATA the content is none of these */
    tl_code (*read_measured)(const char *path, const char *parameter, const tl_progress *progress,
                             tl_measured *about, tl_spectra *spectra, tl_err *err);
    tl_code (*write_spectra)(const char *path, const char *parameter, const tl_spectra *spectra,
                             tl_err *err);
    tl_code (*write_table)(const char *path, const char *parameter, const tl_table *table,
                           tl_err *err); /* CSV */

    /* GeoPackage, GeoJSON or Shapefile by extension of path. */
    tl_code (*write_features)(const char *path, const char *parameter, const char *layer_name,
                              const tl_features *features, const tl_georef *geo, const char *record,
                              tl_err *err);

    /* Lines of a vector layer (path, or path|layername=NAME); the parts of a multi-line become
     * separate lines.
     *
     * column  [n_column] number fields to read; NaN for one that the layer lacks
     * target  the lines are moved to its CRS; NULL = as they are
     * lines   initialised here
     * fails   TL_DATA the layer holds no lines */
    tl_code (*read_lines)(const char *path, const char *parameter, const tl_column *column,
                          ptrdiff_t n_column, const tl_georef *target, tl_features *lines,
                          tl_err *err);

    /* The run record (JSON text, owned) that a raster or a vector layer carries; *record is NULL
     * when it has none. */
    tl_code (*read_record)(const char *path, const char *parameter, char **record, tl_err *err);

    /* --- bytes --- */

    /* A whole file.
     *
     * limit   maximum number of bytes; a larger file fails
     * bytes   out: owned by the caller and NUL-terminated
     * length  out */
    tl_code (*read_bytes)(const char *path, const char *parameter, size_t limit, char **bytes,
                          size_t *length, tl_err *err);
    tl_code (*write_bytes)(const char *path, const char *parameter, const char *bytes,
                           size_t length, tl_err *err);

    /* 16 hex digits that change when the content of the file changes (64-bit hash of size and
     * content, the content of files above 64 MiB by evenly spread blocks). */
    tl_code (*fingerprint)(const char *path, const char *parameter, char out[17], tl_err *err);

    int (*exists)(const char *path);

    /* The files of a folder, not of those inside it, in the order of their bytes.
     *
     * extensions  comma-separated words without dots, any case; other files are left out
     * path        out: owned array of n owned paths; NULL when there are none
     * fails       TL_IO it is not a folder or cannot be read */
    tl_code (*list_folder)(const char *folder, const char *parameter, const char *extensions,
                           char ***path, ptrdiff_t *n, tl_err *err);

    /* A new scratch file without a name, in the folder that the environment variable TMPDIR names,
     * else in that of the path sibling.
     *
     * scratch  initialised here; without file on failure */
    tl_code (*open_scratch)(const char *sibling, tl_scratch *scratch, tl_err *err);

    /* Refuses a run one of whose outputs is a file that it reads, or that another output writes.
     * Files are compared by device and inode, so that no spelling of a path and no link hides one;
     * files to be created by their folder and name. To an input belong its sidecars, the members of
     * virtual rasters, the archive that contains it; to an output the sidecars that come and go with
     * it.
     *
     * fails  TL_ARG the message names both parameters and the file; TL_NOMEM */
    tl_code (*check_files)(const tl_file_use *use, ptrdiff_t n, tl_err *err);

    /* Refuses an output that cannot be written as a file: standard output, a pipe, a device, a folder,
     * a name of a data set in memory or behind a connection, an extension of another format,
     * a folder that does not exist or is protected, an ENVI file whose header is that of another
     * file, a layer whose name something else in a GeoPackage has.
     *
     * fails  TL_ARG, TL_IO */
    tl_code (*check_target)(const tl_target *target, tl_err *err);

    /* Starts the set of outputs of a run. They are written under temporary names, in hidden folders
     * next to their targets, and come into place together or not at all. What a killed run left in
     * the same folders is removed. */
    tl_code (*open_outputs)(tl_outputs **outputs, tl_err *err);

    /* Adds an output.
     *
     * temporary  out: the name to hand to the functions that write, with the extension of the
     *            target; borrowed from outputs */
    tl_code (*add_output)(tl_outputs *outputs, const tl_target *target, const char **temporary,
                          tl_err *err);

    /* Looks at all outputs again, and decides what the layers of GeoPackages are added to.
     *
     * fails  TL_IO a file is not whole, or the system failed to read an input since open_outputs;
     *        TL_INTERNAL an output was not written; TL_NOMEM */
    tl_code (*finish_outputs)(tl_outputs *outputs, tl_err *err);

    /* The name under which an output can be opened after the commit: that of the target, with the
     * layer where the file has others too. Known after finish_outputs; borrowed from outputs. */
    const char *(*output_name)(const tl_outputs *outputs, const char *temporary);

    /* Puts all outputs into place. Every file is on the disk before the first one is renamed. A
     * layer of a GeoPackage that exists is added to it in one transaction.
     *
     * fails  TL_IO, TL_NOMEM, with every old file in place */
    tl_code (*commit_outputs)(tl_outputs *outputs, tl_err *err);

    /* Removes what has not come into place, and frees; NULL is fine. */
    void (*close_outputs)(tl_outputs *outputs);

    /* Removes what has been written so far, while another thread may still be writing: for a process
     * that is about to end. outputs stays as it is; no function may be called with it any more. */
    void (*abandon_outputs)(tl_outputs *outputs);

    /* Runs a Python program of tilth's share folder with a JSON text on its standard input (for the
     * report's plots); its standard error becomes the error sentence. */
    tl_code (*run_python)(const char *program, const char *json, const tl_progress *progress,
                          tl_err *err);

    /* What is installed: JSON text (owned) with name, version, found, remedy per component. */
    tl_code (*inspect_system)(char **json, tl_err *err);
};

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_source_raster_info_free(tl_raster_info *info);

#endif

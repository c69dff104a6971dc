/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writing scenes with all that is known of their bands; see source/store.h.
 *
 * Rows are converted to stored values and gathered into slots of whole file blocks, so that the
 * bytes do not depend on how a tool divides its work. GeoTIFFs go through GDAL block by block. For
 * ENVI files GDAL creates only the header: it would read and write every row once per band where
 * bands are interleaved, so the values are written here. Nothing is compressed: the noise of
 * measured radiance costs more time to compress than to write. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "io/band_write.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/raster.h"
#include "io/scene_items.h"

typedef struct scene_sink {
    tl_sink head;
    GDALDatasetH dataset; /* GeoTIFF */
    VSILFILE *file;       /* ENVI */
    char *path;
    char *parameter;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    tl_bands bands;
    tl_scene_facts facts;
    tl_scene_form form;
    int is_envi;
    size_t size;   /* bytes of a stored value */
    double nodata; /* stored value; NaN for floats */
    double lowest; /* range of stored values that are not NoData */
    double highest;
    int block_cols;
    int block_rows;
    ptrdiff_t slot_rows;
    unsigned char
        *slot;        /* [bands, slot_rows, ncol], [slot_rows, bands, ncol] or [.., ncol, bands] */
    ptrdiff_t filled; /* rows in the slot */
    ptrdiff_t next;   /* next row */
    unsigned char *block;
} scene_sink;

/* Slots are about this large: one row of tiles of a 330-band scene with 2000 columns. */
static const double slot_bytes = 48.0 * 1024.0 * 1024.0;

static ptrdiff_t bound(ptrdiff_t value, ptrdiff_t low, ptrdiff_t high) {
    return value < low ? low : tl_min(high, value);
}

/* --- the form of the file --- */

static int by_extension(const char *path, tl_scene_form *form) {
    if (tl_io_has_extension(path, "tif,tiff,gtiff")) {
        form->interleave = form->interleave == TL_BY_PIXEL ? TL_BY_PIXEL : TL_BY_BAND;
        return 1;
    }
    if (tl_io_has_extension(path, "bsq")) {
        form->interleave = TL_BY_BAND;
    } else if (tl_io_has_extension(path, "bil")) {
        form->interleave = TL_BY_LINE;
    } else if (tl_io_has_extension(path, "bip")) {
        form->interleave = TL_BY_PIXEL;
    }
    return tl_io_has_extension(path, "dat,img,bsq,bil,bip,envi");
}

/* A file has one NoData for all its bands: that of the first band whose own fits the type. */
static void choose_nodata(scene_sink *s) {
    if (s->form.type == TL_STORED_FLOAT32) {
        s->nodata = (double)NAN;
        return;
    }
    const int is_signed = s->form.type == TL_STORED_INT16;
    const double low = is_signed ? -32768.0 : 0.0;
    const double high = is_signed ? 32767.0 : 65535.0;
    s->nodata = is_signed ? low : high;
    for (ptrdiff_t i = s->bands.n - 1; i >= 0; i--) {
        const tl_band *b = &s->bands.band[i];
        if (b->has_nodata && b->nodata >= low && b->nodata <= high &&
            !(fabs(b->nodata - rint(b->nodata)) > 0.0)) {
            s->nodata = b->nodata;
        }
    }
    s->lowest = s->nodata <= low ? low + 1.0 : low;
    s->highest = s->nodata >= high ? high - 1.0 : high;
}

static GDALDataType type_of(const scene_sink *s) {
    return s->form.type == TL_STORED_FLOAT32 ? GDT_Float32
           : s->form.type == TL_STORED_INT16 ? GDT_Int16
                                             : GDT_UInt16;
}

/* Height of tiles or strips, see slot_bytes. */
static int rows_of_blocks(const scene_sink *s) {
    const double row = (double)s->bands.n * (double)s->ncol * (double)s->size;
    int rows = s->form.interleave == TL_BY_PIXEL ? 16 : 256;
    while (rows > (s->form.interleave == TL_BY_PIXEL ? 1 : 16) &&
           ((double)rows * row > slot_bytes || rows / 2 >= s->nrow)) {
        rows /= 2;
    }
    return rows;
}

static char **options_of(const scene_sink *s) {
    char text[16];
    char **options = NULL;
    if (s->is_envi) {
        static const char *const words[] = {"BSQ", "BIL", "BIP"};
        return CSLSetNameValue(NULL, "INTERLEAVE", words[s->form.interleave]);
    }
    (void)snprintf(text, sizeof text, "%d", rows_of_blocks(s));
    options = CSLSetNameValue(options, "BLOCKYSIZE", text);
    options = CSLSetNameValue(options, "BIGTIFF", "IF_SAFER");
    if (s->form.interleave == TL_BY_PIXEL) {
        return CSLSetNameValue(options, "INTERLEAVE", "PIXEL");
    }
    (void)snprintf(text, sizeof text, "%td", bound((s->ncol + 15) / 16 * 16, 16, 256));
    options = CSLSetNameValue(options, "BLOCKXSIZE", text);
    options = CSLSetNameValue(options, "TILED", "YES");
    return CSLSetNameValue(options, "INTERLEAVE", "BAND");
}

/* A name that a list of an ENVI header may contain. */
static const char *list_entry(const char *text, char *entry) {
    size_t n = 0;
    for (; text[n] != '\0'; n++) {
        const int plain = (unsigned char)text[n] >= ' ' && strchr(",{}", text[n]) == NULL;
        entry[n] = plain ? text[n] : ' ';
    }
    entry[n] = '\0';
    return entry;
}

/* All metadata is written before the first value, so that no directory is written twice. */
static void describe(const scene_sink *s, GDALDatasetH dataset, const tl_georef *geo,
                     const char *record) {
    tl_io_write_georef(dataset, geo);
    for (ptrdiff_t i = 0; i < s->bands.n; i++) {
        const tl_band *b = &s->bands.band[i];
        GDALRasterBandH band = GDALGetRasterBand(dataset, (int)i + 1);
        (void)GDALSetRasterNoDataValue(band, s->nodata);
        if (b->name[0] != '\0') {
            char name[sizeof b->name];
            GDALSetDescription(band, s->is_envi ? list_entry(b->name, name) : b->name);
        }
        if (s->form.type != TL_STORED_FLOAT32) {
            (void)GDALSetRasterScale(band, b->scale);
            (void)GDALSetRasterOffset(band, b->offset);
        }
        if (b->unit[0] != '\0') {
            (void)GDALSetRasterUnitType(band, b->unit);
        }
    }
    if (!s->is_envi) {
        tl_io_write_band_items(dataset, &s->bands);
        tl_io_write_scene_items(dataset, s->bands.quantity, &s->facts);
    }
    tl_io_write_record(dataset, record);
}

static void free_sink(scene_sink *s) {
    tl_bands_free(&s->bands);
    tl_release(s->path);
    tl_release(s->parameter);
    tl_release(s->slot);
    tl_release(s->block);
    tl_release(s);
}

static tl_code set_up_slot(scene_sink *s, tl_err *err) {
    const double row = (double)s->bands.n * (double)s->ncol * (double)s->size;
    if (s->is_envi) {
        s->slot_rows = bound((ptrdiff_t)(slot_bytes / row), 1, s->nrow);
    } else {
        GDALGetBlockSize(GDALGetRasterBand(s->dataset, 1), &s->block_cols, &s->block_rows);
        s->slot_rows = s->block_rows;
        if (s->form.interleave == TL_BY_PIXEL) {
            const ptrdiff_t fit = bound((ptrdiff_t)(slot_bytes / 4.0 / row), 1, s->nrow);
            s->slot_rows *= bound(fit / s->block_rows, 1, s->nrow);
        }
    }
    s->slot = tl_acquire(s->slot_rows * s->ncol * s->bands.n, s->size);
    s->block = tl_acquire((ptrdiff_t)s->block_cols * s->block_rows, s->size);
    if (s->slot == NULL || s->block == NULL) {
        return tl_no_memory(err, "writing rows of %td bands", s->bands.n);
    }
    return TL_OK;
}

/* Creates the file, open for values. */
static tl_code make_file(scene_sink *s, const tl_georef *geo, const char *record, tl_err *err) {
    tl_io_call call;
    tl_io_begin(&call);
    GDALDriverH driver = GDALGetDriverByName(s->is_envi ? "ENVI" : "GTiff");
    char **options = options_of(s);
    GDALDatasetH dataset = driver == NULL ? NULL
                                          : GDALCreate(driver, s->path, (int)s->ncol, (int)s->nrow,
                                                       (int)s->bands.n, type_of(s), options);
    CSLDestroy(options);
    if (dataset != NULL) {
        describe(s, dataset, geo, record);
    }
    if (dataset != NULL && s->is_envi) {
        GDALClose(dataset);
        s->file = call.failed ? NULL : VSIFOpenL(s->path, "rb+");
    } else {
        s->dataset = dataset;
    }
    tl_code code = TL_OK;
    if (s->dataset == NULL && s->file == NULL) {
        code = tl_io_cannot_write(s->path, s->parameter, tl_io_words(&call), err);
    }
    tl_io_end(&call);
    return code;
}

static tl_code check_shape(const char *path, const char *parameter, ptrdiff_t nrow, ptrdiff_t ncol,
                           ptrdiff_t n_bands, tl_err *err) {
    char shown[4096];
    tl_scene_form form = {TL_STORED_FLOAT32, TL_BY_BAND};
    if (nrow < 1 || ncol < 1 || n_bands < 1 || nrow > INT_MAX || ncol > INT_MAX ||
        n_bands > 65535) {
        return tl_fail(err, TL_SHAPE,
                       "%s: a scene of %td rows, %td columns and %td bands cannot be written",
                       parameter, nrow, ncol, n_bands);
    }
    if (!by_extension(path, &form)) {
        return tl_fail(err, TL_ARG,
                       "%s: the name '%s' has no known raster extension; use .tif (GeoTIFF) or "
                       ".dat, .img, .bsq, .bil, .bip (ENVI)",
                       parameter, tl_io_shown(path, shown));
    }
    return TL_OK;
}

static tl_code finish(tl_sink *head, tl_err *err);
static void abandon(tl_sink *head);

tl_code tl_io_create_scene(const char *path, const char *parameter, ptrdiff_t nrow, ptrdiff_t ncol,
                           const tl_georef *geo, const tl_bands *bands, const tl_scene_form *form,
                           const tl_scene_facts *facts, const char *record, tl_sink **sink,
                           tl_err *err) {
    *sink = NULL;
    TL_TRY(check_shape(path, parameter, nrow, ncol, bands->n, err));
    scene_sink *s = tl_acquire(1, sizeof *s);
    if (s == NULL) {
        return tl_no_memory(err, "writing a scene");
    }
    *s = (scene_sink){.head = {finish, abandon}, .nrow = nrow, .ncol = ncol, .form = *form};
    s->facts = facts == NULL ? tl_source_scene_facts_none() : *facts;
    s->is_envi = !tl_io_has_extension(path, "tif,tiff,gtiff");
    (void)by_extension(path, &s->form);
    s->size = form->type == TL_STORED_FLOAT32 ? sizeof(float) : sizeof(int16_t);
    s->path = tl_copy_text(path);
    s->parameter = tl_copy_text(parameter);
    tl_code code = s->path == NULL || s->parameter == NULL ? tl_no_memory(err, "writing a scene")
                                                           : tl_bands_copy(&s->bands, bands, err);
    if (code != TL_OK) {
        free_sink(s);
        return code;
    }
    choose_nodata(s);
    code = make_file(s, geo, record, err);
    if (code == TL_OK) {
        code = set_up_slot(s, err);
    }
    if (code != TL_OK) {
        abandon(&s->head);
        return code;
    }
    *sink = &s->head;
    return TL_OK;
}

/* --- values --- */

/* The distance in values from one band, row and column of a slot to the next. */
static void strides(const scene_sink *s, ptrdiff_t *band, ptrdiff_t *row, ptrdiff_t *col) {
    *col = s->form.interleave == TL_BY_PIXEL ? s->bands.n : 1;
    *row = s->form.interleave == TL_BY_BAND ? s->ncol : s->ncol * s->bands.n;
    *band = s->form.interleave == TL_BY_PIXEL  ? 1
            : s->form.interleave == TL_BY_LINE ? s->ncol
                                               : s->slot_rows * s->ncol;
}

static double whole(const scene_sink *s, const tl_band *b, float value) {
    if (isnan(value)) {
        return s->nodata;
    }
    const double stored = rint(((double)value - b->offset) / b->scale);
    return stored < s->lowest ? s->lowest : tl_min_double(s->highest, stored);
}

/* Puts one row of a band into the slot, step values apart. */
static void store_row(const scene_sink *s, const tl_band *b, const float *from, ptrdiff_t at,
                      ptrdiff_t step) {
    if (s->form.type == TL_STORED_FLOAT32) {
        float *to = (float *)(void *)s->slot + at;
        for (ptrdiff_t c = 0; c < s->ncol; c++) {
            to[c * step] = from[c];
        }
    } else if (s->form.type == TL_STORED_INT16) {
        int16_t *to = (int16_t *)(void *)s->slot + at;
        for (ptrdiff_t c = 0; c < s->ncol; c++) {
            to[c * step] = (int16_t)whole(s, b, from[c]);
        }
    } else {
        uint16_t *to = (uint16_t *)(void *)s->slot + at;
        for (ptrdiff_t c = 0; c < s->ncol; c++) {
            to[c * step] = (uint16_t)whole(s, b, from[c]);
        }
    }
}

/* The rows of the slot as one tile after the other; cells beyond the edge are zero. */
static int write_tiles(scene_sink *s, ptrdiff_t row0) {
    for (ptrdiff_t b = 0; b < s->bands.n; b++) {
        GDALRasterBandH band = GDALGetRasterBand(s->dataset, (int)b + 1);
        for (ptrdiff_t c = 0; c < s->ncol; c += s->block_cols) {
            const ptrdiff_t n = tl_min(s->ncol - c, s->block_cols);
            if (n < s->block_cols || s->filled < s->block_rows) {
                memset(s->block, 0, (size_t)s->block_cols * (size_t)s->block_rows * s->size);
            }
            for (ptrdiff_t r = 0; r < s->filled; r++) {
                memcpy(s->block + (size_t)(r * s->block_cols) * s->size,
                       s->slot + (size_t)((b * s->slot_rows + r) * s->ncol + c) * s->size,
                       (size_t)n * s->size);
            }
            if (GDALWriteBlock(band, (int)(c / s->block_cols), (int)(row0 / s->block_rows),
                               s->block) != CE_None) {
                return 0;
            }
        }
    }
    return 1;
}

static int write_strips(scene_sink *s, ptrdiff_t row0) {
    const GSpacing size = (GSpacing)s->size;
    const GSpacing pixel = size * s->bands.n;
    const CPLErr status = GDALDatasetRasterIOEx(
        s->dataset, GF_Write, 0, (int)row0, (int)s->ncol, (int)s->filled, s->slot, (int)s->ncol,
        (int)s->filled, type_of(s), (int)s->bands.n, NULL, pixel, pixel * s->ncol, size, NULL);
    /* Otherwise the cache would exceed tilth's own memory limit. */
    GDALFlushCache(s->dataset);
    return status == CE_None;
}

static int write_bytes(const scene_sink *s, ptrdiff_t at, const unsigned char *from, ptrdiff_t n) {
    return VSIFSeekL(s->file, (vsi_l_offset)at * s->size, SEEK_SET) == 0 &&
           VSIFWriteL(from, s->size, (size_t)n, s->file) == (size_t)n;
}

static int write_envi(const scene_sink *s, ptrdiff_t row0) {
    const ptrdiff_t n = s->filled * s->ncol;
    if (s->form.interleave != TL_BY_BAND) {
        return write_bytes(s, row0 * s->ncol * s->bands.n, s->slot, n * s->bands.n);
    }
    for (ptrdiff_t b = 0; b < s->bands.n; b++) {
        const unsigned char *from = s->slot + (size_t)(b * s->slot_rows * s->ncol) * s->size;
        if (!write_bytes(s, (b * s->nrow + row0) * s->ncol, from, n)) {
            return 0;
        }
    }
    return 1;
}

static tl_code write_slot(scene_sink *s, tl_err *err) {
    const ptrdiff_t row0 = s->next - s->filled;
    tl_io_call call;
    tl_io_begin(&call);
    const int well = s->is_envi                          ? write_envi(s, row0)
                     : s->form.interleave == TL_BY_PIXEL ? write_strips(s, row0)
                                                         : write_tiles(s, row0);
    tl_io_end(&call);
    s->filled = 0;
    if (!well || call.failed) {
        return tl_io_cannot_write(s->path, s->parameter, tl_io_words(&call), err);
    }
    return TL_OK;
}

tl_code tl_io_write_scene_rows(tl_sink *sink, ptrdiff_t row0, ptrdiff_t n_rows, const float *rows,
                               tl_err *err) {
    scene_sink *s = (scene_sink *)sink;
    if (row0 != s->next || n_rows < 0 || row0 + n_rows > s->nrow) {
        return tl_fail(err, TL_INTERNAL, "rows %td..%td of '%s' are not the next ones", row0,
                       row0 + n_rows - 1, s->path);
    }
    ptrdiff_t band_step;
    ptrdiff_t row_step;
    ptrdiff_t col_step;
    strides(s, &band_step, &row_step, &col_step);
    for (ptrdiff_t r = 0; r < n_rows;) {
        const ptrdiff_t n = tl_min(n_rows - r, s->slot_rows - s->filled);
        for (ptrdiff_t b = 0; b < s->bands.n; b++) {
            for (ptrdiff_t k = 0; k < n; k++) {
                store_row(s, &s->bands.band[b], rows + (b * n_rows + r + k) * s->ncol,
                          b * band_step + (s->filled + k) * row_step, col_step);
            }
        }
        r += n;
        s->filled += n;
        s->next += n;
        if (s->filled == s->slot_rows || s->next == s->nrow) {
            TL_TRY(write_slot(s, err));
        }
    }
    return TL_OK;
}

/* --- the end --- */

/* Reads the last block of the last band back: GDAL 3.6 reports nothing when its final flush to a
 * full disk fails. */
static int reads_back(const scene_sink *s) {
    GDALDatasetH dataset = GDALOpenEx(s->path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (dataset == NULL || GDALGetRasterCount(dataset) != s->bands.n) {
        GDALClose(dataset);
        return 0;
    }
    const CPLErr status = GDALReadBlock(GDALGetRasterBand(dataset, (int)s->bands.n),
                                        (int)((s->ncol - 1) / s->block_cols),
                                        (int)((s->nrow - 1) / s->block_rows), s->block);
    GDALClose(dataset);
    return status == CE_None;
}

static tl_code finish(tl_sink *head, tl_err *err) {
    scene_sink *s = (scene_sink *)head;
    tl_code code = TL_OK;
    if (s->next != s->nrow) {
        code = tl_fail(err, TL_INTERNAL, "'%s' has %td of %td rows", s->path, s->next, s->nrow);
    }
    tl_io_call call;
    tl_io_begin(&call);
    int well = 1;
    if (s->is_envi) {
        well = VSIFCloseL(s->file) == 0;
    } else {
        GDALFlushCache(s->dataset);
        if (code != TL_OK || call.failed) {
            tl_io_close_failed(s->dataset, s->path);
        } else {
            GDALClose(s->dataset);
        }
        well = code != TL_OK || call.failed || reads_back(s);
    }
    if (code == TL_OK && (call.failed || !well)) {
        code = tl_io_cannot_write(s->path, s->parameter, tl_io_words(&call), err);
    }
    tl_io_end(&call);
    if (code == TL_OK && s->is_envi) {
        tl_text lines = {0};
        tl_io_add_band_lines(&lines, &s->bands);
        tl_io_add_scene_lines(&lines, s->bands.quantity, &s->facts);
        code = tl_io_finish_envi_header(s->path, s->parameter, &lines, err);
        tl_text_free(&lines);
    }
    free_sink(s);
    return code;
}

static void abandon(tl_sink *head) {
    scene_sink *s = (scene_sink *)head;
    tl_io_call call;
    tl_io_begin(&call);
    if (s->file != NULL) {
        (void)VSIFCloseL(s->file);
    }
    tl_io_close_failed(s->dataset, s->path);
    tl_io_end(&call);
    free_sink(s);
}

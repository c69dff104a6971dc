/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writing rasters; see source/store.h.
 *
 * Bytes must not depend on how a tool divides its work. The rows of every layer are therefore
 * gathered into slots of whole file blocks, and slots are written to the file in one order: by row,
 * then by layer. A slot that is complete before its turn waits in memory.
 *
 * GeoTIFFs are compressed where that is worthwhile: the noise in the low bits of slopes or
 * catchment areas costs more time to compress than to write. A sample of the first slot decides. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/version.h"
#include "io/band_write.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/raster.h"
#include "json/json.h"

/* A raster of float layers. */
typedef struct layer_sink {
    tl_sink head;
    GDALDatasetH dataset;
    char *path;
    char *parameter;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    ptrdiff_t n_layers;
    double *centre_nm; /* [n_layers] for the ENVI header */
    double *fwhm_nm;
    int is_envi;
    int block_cols;
    int block_rows;
    float *block;        /* one block of the file */
    ptrdiff_t slot_rows; /* a multiple of block_rows */
    ptrdiff_t n_slots;   /* in all layers together */
    float **slot;        /* [n_slots] waiting rows; slot s has rows of layer s % n_layers */
    ptrdiff_t *filled;   /* [n_slots] rows that have been delivered; -1 = written */
    ptrdiff_t next;      /* the slot whose turn it is */
    double waiting;      /* bytes in slots */
    /* The metadata of the file, in case it is created again without compression. */
    tl_georef geo;
    tl_layer *layer; /* [n_layers] owned, with their texts */
    char *record;
    int is_decided; /* 1: whether the file is compressed is decided */
} layer_sink;

static tl_code finish(tl_sink *head, tl_err *err);
static void abandon(tl_sink *head);

/* When more data than this are waiting (a tool writes a large raster layer after layer), complete
 * slots are written out of turn. */
static const double max_waiting_bytes = 512.0 * 1024.0 * 1024.0;

static const char *driver_of(const char *path) {
    if (tl_io_has_extension(path, "tif,tiff,gtiff")) {
        return "GTiff";
    }
    return tl_io_has_extension(path, "dat,img,bsq,bil,bip,envi") ? "ENVI" : NULL;
}

static int round_up_16(ptrdiff_t n) {
    return (int)((n + 15) / 16 * 16);
}

/* Tile height: up to 256 rows, fewer for many layers, so that one row of tiles of all layers needs
 * at most 64 MiB. */
static int tile_rows(ptrdiff_t nrow, ptrdiff_t ncol, ptrdiff_t n_layers) {
    int rows = 256;
    while (rows > 16 && (double)rows * (double)ncol * (double)n_layers * 4.0 > 67108864.0) {
        rows /= 2;
    }
    return tl_min_int(round_up_16(nrow), rows);
}

static GDALDatasetH create(const layer_sink *s, int packed) {
    GDALDriverH driver = GDALGetDriverByName(driver_of(s->path));
    if (driver == NULL) {
        return NULL;
    }
    char **options = NULL;
    if (s->is_envi) {
        const char *interleave = tl_io_has_extension(s->path, "bil")   ? "BIL"
                                 : tl_io_has_extension(s->path, "bip") ? "BIP"
                                                                       : "BSQ";
        options = CSLSetNameValue(options, "INTERLEAVE", interleave);
    } else {
        char text[16];
        options = CSLSetNameValue(options, "TILED", "YES");
        (void)snprintf(text, sizeof text, "%d", s->ncol < 256 ? round_up_16(s->ncol) : 256);
        options = CSLSetNameValue(options, "BLOCKXSIZE", text);
        (void)snprintf(text, sizeof text, "%d", tile_rows(s->nrow, s->ncol, s->n_layers));
        options = CSLSetNameValue(options, "BLOCKYSIZE", text);
        if (packed) {
            options = CSLSetNameValue(options, "COMPRESS", "DEFLATE");
            options = CSLSetNameValue(options, "PREDICTOR", "3");
            /* Higher levels need twice the time for files that are 2 % smaller. */
            options = CSLSetNameValue(options, "ZLEVEL", "1");
        }
        options = CSLSetNameValue(options, "INTERLEAVE", "BAND");
        options = CSLSetNameValue(options, "BIGTIFF", "IF_SAFER");
        options = CSLSetNameValue(options, "NUM_THREADS", "1");
    }
    GDALDatasetH dataset = GDALCreate(driver, s->path, (int)s->ncol, (int)s->nrow, (int)s->n_layers,
                                      GDT_Float32, options);
    CSLDestroy(options);
    return dataset;
}

void tl_io_write_record(GDALDatasetH dataset, const char *record) {
    GDALSetMetadataItem(dataset, "VERSION", tl_version(), "TILTH");
    if (record == NULL) {
        return;
    }
    GDALSetMetadataItem(dataset, "RECORD", record, "TILTH");
    json_t *parsed = NULL;
    (void)tl_json_parse(record, strlen(record), 0, &parsed, NULL);
    const char *tool = json_string_value(json_object_get(parsed, "tool"));
    if (tool != NULL) {
        GDALSetMetadataItem(dataset, "TOOL", tool, "TILTH");
    }
    json_decref(parsed);
}

/* All metadata is written before the first value, so that no directory is written twice. */
static void describe(layer_sink *s) {
    const tl_layer *layer = s->layer;
    tl_io_write_georef(s->dataset, &s->geo);
    for (ptrdiff_t i = 0; i < s->n_layers; i++) {
        GDALRasterBandH band = GDALGetRasterBand(s->dataset, (int)i + 1);
        (void)GDALSetRasterNoDataValue(band, (double)NAN);
        if (layer[i].description != NULL && layer[i].description[0] != '\0') {
            GDALSetDescription(band, layer[i].description);
        }
        if (layer[i].unit != NULL && layer[i].unit[0] != '\0') {
            (void)GDALSetRasterUnitType(band, layer[i].unit);
        }
    }
    tl_io_write_wavelengths(s->dataset, layer, s->n_layers);
    tl_io_write_record(s->dataset, s->record);
}

static tl_code keep_description(layer_sink *s, const tl_georef *geo, const tl_layer *layer,
                                const char *record, tl_err *err) {
    int complete = 1;
    s->layer = tl_acquire(s->n_layers, sizeof *s->layer);
    s->record = tl_copy_text(record);
    for (ptrdiff_t i = 0; s->layer != NULL && i < s->n_layers; i++) {
        s->layer[i] = layer[i];
        s->layer[i].description = tl_copy_text(layer[i].description);
        s->layer[i].unit = tl_copy_text(layer[i].unit);
        complete &= (s->layer[i].description == NULL) == (layer[i].description == NULL) &&
                    (s->layer[i].unit == NULL) == (layer[i].unit == NULL);
    }
    if (s->layer == NULL || !complete || (s->record == NULL) != (record == NULL)) {
        return tl_no_memory(err, "writing a raster");
    }
    return tl_georef_copy(&s->geo, geo, err);
}

static void free_description(layer_sink *s) {
    for (ptrdiff_t i = 0; s->layer != NULL && i < s->n_layers; i++) {
        tl_release((void *)(uintptr_t)s->layer[i].description);
        tl_release((void *)(uintptr_t)s->layer[i].unit);
    }
    tl_release(s->layer);
    tl_release(s->record);
    tl_georef_free(&s->geo);
}

static tl_code set_up_slots(layer_sink *s, const tl_layer *layer, tl_err *err) {
    GDALGetBlockSize(GDALGetRasterBand(s->dataset, 1), &s->block_cols, &s->block_rows);
    s->slot_rows = s->block_rows >= 16 ? s->block_rows : (ptrdiff_t)s->block_rows * 64;
    s->n_slots = (s->nrow + s->slot_rows - 1) / s->slot_rows * s->n_layers;
    s->slot = tl_acquire(s->n_slots, sizeof *s->slot);
    s->filled = tl_acquire(s->n_slots, sizeof *s->filled);
    s->block = tl_acquire((ptrdiff_t)s->block_cols * s->block_rows, sizeof *s->block);
    s->centre_nm = tl_acquire(s->n_layers, sizeof *s->centre_nm);
    s->fwhm_nm = tl_acquire(s->n_layers, sizeof *s->fwhm_nm);
    if (s->slot == NULL || s->filled == NULL || s->block == NULL || s->centre_nm == NULL ||
        s->fwhm_nm == NULL) {
        return tl_no_memory(err, "writing a raster of %td x %td cells", s->nrow, s->ncol);
    }
    for (ptrdiff_t i = 0; i < s->n_layers; i++) {
        s->centre_nm[i] = layer[i].centre_nm;
        s->fwhm_nm[i] = layer[i].fwhm_nm;
    }
    return TL_OK;
}

static void free_sink(layer_sink *s) {
    for (ptrdiff_t i = 0; s->slot != NULL && i < s->n_slots; i++) {
        tl_release(s->slot[i]);
    }
    tl_release(s->slot);
    tl_release(s->filled);
    tl_release(s->block);
    tl_release(s->centre_nm);
    tl_release(s->fwhm_nm);
    tl_release(s->path);
    tl_release(s->parameter);
    free_description(s);
    tl_release(s);
}

static tl_code check_shape(const char *path, const char *parameter, ptrdiff_t nrow, ptrdiff_t ncol,
                           ptrdiff_t n_layers, tl_err *err) {
    char shown[4096];
    if (nrow < 1 || ncol < 1 || n_layers < 1 || nrow > INT_MAX || ncol > INT_MAX ||
        n_layers > 65535) {
        return tl_fail(err, TL_SHAPE,
                       "%s: a raster of %td rows, %td columns and %td layers cannot be written",
                       parameter, nrow, ncol, n_layers);
    }
    if (driver_of(path) == NULL) {
        return tl_fail(err, TL_ARG,
                       "%s: the name '%s' has no known raster extension; use .tif (GeoTIFF) or "
                       ".dat, .img, .bsq, .bil, .bip (ENVI)",
                       parameter, tl_io_shown(path, shown));
    }
    return TL_OK;
}

tl_code tl_io_create_raster(const char *path, const char *parameter, ptrdiff_t nrow, ptrdiff_t ncol,
                            const tl_georef *geo, const tl_layer *layer, ptrdiff_t n_layers,
                            const char *record, tl_sink **sink, tl_err *err) {
    *sink = NULL;
    TL_TRY(check_shape(path, parameter, nrow, ncol, n_layers, err));
    layer_sink *s = tl_acquire(1, sizeof *s);
    if (s == NULL) {
        return tl_no_memory(err, "writing a raster");
    }
    *s = (layer_sink){.head = {finish, abandon}, .nrow = nrow, .ncol = ncol, .n_layers = n_layers};
    s->path = tl_copy_text(path);
    s->parameter = tl_copy_text(parameter);
    if (s->path == NULL || s->parameter == NULL) {
        free_sink(s);
        return tl_no_memory(err, "writing a raster");
    }
    tl_code code = keep_description(s, geo, layer, record, err);
    if (code != TL_OK) {
        free_sink(s);
        return code;
    }
    s->is_envi = strcmp(driver_of(path), "ENVI") == 0;
    s->is_decided = s->is_envi;
    tl_io_call call;
    tl_io_begin(&call);
    s->dataset = create(s, 1);
    if (s->dataset == NULL) {
        code = tl_io_cannot_write(path, parameter, tl_io_words(&call), err);
    } else {
        code = set_up_slots(s, layer, err);
    }
    if (code == TL_OK) {
        describe(s);
    }
    tl_io_end(&call);
    if (code != TL_OK) {
        abandon(&s->head);
        return code;
    }
    *sink = &s->head;
    return TL_OK;
}

static ptrdiff_t rows_of_slot(const layer_sink *s, ptrdiff_t slot) {
    const ptrdiff_t row0 = slot / s->n_layers * s->slot_rows;
    return tl_min(s->nrow - row0, s->slot_rows);
}

/* Copies the part of a slot that is in one block of the file; cells outside are NaN. */
static void fill_block(const layer_sink *s, const float *rows, ptrdiff_t n_rows, ptrdiff_t row0,
                       ptrdiff_t col0) {
    const ptrdiff_t n_cols = tl_min(s->ncol - col0, s->block_cols);
    for (ptrdiff_t r = 0; r < s->block_rows; r++) {
        float *to = s->block + r * s->block_cols;
        const ptrdiff_t used = row0 + r < n_rows ? n_cols : 0;
        for (ptrdiff_t c = 0; c < used; c++) {
            to[c] = rows[(row0 + r) * s->ncol + col0 + c];
        }
        for (ptrdiff_t c = used; c < s->block_cols; c++) {
            to[c] = NAN;
        }
    }
}

enum { PIECE = 256, PIECES = 128 };

/* Puts the bytes of a few values in the order in which DEFLATE reads them: all first bytes, then
 * all second ones, and of each the difference to the one before. */
static void predict(const float *values, ptrdiff_t n, unsigned char *bytes) {
    for (ptrdiff_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        for (int k = 0; k < 4; k++) {
            bytes[k * n + i] = (unsigned char)(bits >> (24 - 8 * k) & 255U);
        }
    }
    for (ptrdiff_t i = 4 * n - 1; i > 0; i--) {
        bytes[i] = (unsigned char)(bytes[i] - bytes[i - 1]);
    }
}

/* 1: compressing rows like these saves at least a third of their bytes. When there are so few rows
 * that compression costs nothing, it is also 1. */
static int packs_well(const layer_sink *s, const float *rows, ptrdiff_t n_rows) {
    const ptrdiff_t n = tl_min(s->ncol, PIECE);
    const size_t size = (size_t)(PIECES * 4 * n);
    if (n_rows * s->ncol < (ptrdiff_t)PIECES * PIECE) {
        return 1;
    }
    unsigned char *bytes = tl_acquire((ptrdiff_t)size, 1);
    if (bytes == NULL) {
        return 1;
    }
    for (ptrdiff_t i = 0; i < PIECES; i++) {
        const ptrdiff_t row = i * n_rows / PIECES;
        const ptrdiff_t col = i * 7919 % (s->ncol - n + 1);
        predict(rows + row * s->ncol + col, n, bytes + i * 4 * n);
    }
    size_t packed = size;
    void *stream = CPLZLibDeflate(bytes, size, 1, NULL, 0, &packed);
    const int well = stream == NULL || packed < size / 3 * 2;
    VSIFree(stream);
    tl_release(bytes);
    return well;
}

/* Creates the empty file again without compression where that is better. */
static tl_code decide_packing(layer_sink *s, ptrdiff_t slot, const float *rows, tl_err *err) {
    tl_code code = TL_OK;
    if (!s->is_decided && slot == 0 && !packs_well(s, rows, rows_of_slot(s, 0))) {
        tl_io_call call;
        tl_io_begin(&call);
        GDALClose(s->dataset);
        s->dataset = create(s, 0);
        if (s->dataset == NULL) {
            code = tl_io_cannot_write(s->path, s->parameter, tl_io_words(&call), err);
        } else {
            describe(s);
        }
        tl_io_end(&call);
    }
    s->is_decided = 1;
    return code;
}

/* Writes the rows of a slot, which may be anywhere in memory. */
static tl_code write_slot_rows(layer_sink *s, ptrdiff_t slot, const float *rows, tl_err *err) {
    TL_TRY(decide_packing(s, slot, rows, err));
    const ptrdiff_t n_rows = rows_of_slot(s, slot);
    const ptrdiff_t row0 = slot / s->n_layers * s->slot_rows;
    GDALRasterBandH band = GDALGetRasterBand(s->dataset, (int)(slot % s->n_layers) + 1);
    CPLErr status = CE_None;
    tl_io_call call;
    tl_io_begin(&call);
    for (ptrdiff_t r = 0; r < n_rows && status == CE_None; r += s->block_rows) {
        for (ptrdiff_t c = 0; c < s->ncol && status == CE_None; c += s->block_cols) {
            fill_block(s, rows, n_rows, r, c);
            status = GDALWriteBlock(band, (int)(c / s->block_cols),
                                    (int)((row0 + r) / s->block_rows), s->block);
        }
    }
    tl_io_end(&call);
    s->filled[slot] = -1;
    if (status != CE_None || call.failed) {
        return tl_io_cannot_write(s->path, s->parameter, tl_io_words(&call), err);
    }
    return TL_OK;
}

/* Writes a slot and frees its rows. */
static tl_code write_slot(layer_sink *s, ptrdiff_t slot, tl_err *err) {
    const tl_code code = write_slot_rows(s, slot, s->slot[slot], err);
    tl_release(s->slot[slot]);
    s->slot[slot] = NULL;
    s->filled[slot] = -1;
    s->waiting -= (double)(s->slot_rows * s->ncol) * (double)sizeof(float);
    return code;
}

static tl_code open_slot(layer_sink *s, ptrdiff_t slot, tl_err *err) {
    const ptrdiff_t cells = s->slot_rows * s->ncol;
    float *rows = tl_acquire(cells, sizeof *rows);
    if (rows == NULL) {
        return tl_no_memory(err, "rows of '%s'", s->path);
    }
    for (ptrdiff_t i = 0; i < cells; i++) {
        rows[i] = NAN;
    }
    s->slot[slot] = rows;
    s->waiting += (double)cells * (double)sizeof(float);
    return TL_OK;
}

static int is_complete(const layer_sink *s, ptrdiff_t slot) {
    return s->slot[slot] != NULL && s->filled[slot] >= rows_of_slot(s, slot);
}

static tl_code write_what_is_due(layer_sink *s, tl_err *err) {
    while (s->next < s->n_slots && (s->filled[s->next] < 0 || is_complete(s, s->next))) {
        if (s->filled[s->next] >= 0) {
            TL_TRY(write_slot(s, s->next, err));
        }
        s->next++;
    }
    for (ptrdiff_t i = s->next; i < s->n_slots && s->waiting > max_waiting_bytes; i++) {
        if (is_complete(s, i)) {
            TL_TRY(write_slot(s, i, err));
        }
    }
    return TL_OK;
}

tl_code tl_io_write_rows(tl_sink *head, ptrdiff_t layer, ptrdiff_t row0, ptrdiff_t n_rows,
                         const float *rows, tl_err *err) {
    layer_sink *sink = (layer_sink *)head;
    if (layer < 0 || layer >= sink->n_layers || row0 < 0 || n_rows < 0 ||
        row0 + n_rows > sink->nrow) {
        return tl_fail(err, TL_INTERNAL, "rows %td..%td of layer %td are outside '%s'", row0,
                       row0 + n_rows - 1, layer, sink->path);
    }
    for (ptrdiff_t r = row0; r < row0 + n_rows;) {
        const ptrdiff_t slot = r / sink->slot_rows * sink->n_layers + layer;
        const ptrdiff_t inside = r % sink->slot_rows;
        const ptrdiff_t n = tl_min(row0 + n_rows - r, rows_of_slot(sink, slot) - inside);
        if (sink->filled[slot] < 0 || sink->filled[slot] + n > rows_of_slot(sink, slot)) {
            return tl_fail(err, TL_INTERNAL, "row %td of layer %td of '%s' is written twice", r,
                           layer, sink->path);
        }
        if (slot == sink->next && sink->slot[slot] == NULL && n == rows_of_slot(sink, slot)) {
            /* A whole slot whose turn it is needs no copy. */
            TL_TRY(write_slot_rows(sink, slot, rows + (r - row0) * sink->ncol, err));
            sink->next++;
            r += n;
            continue;
        }
        if (sink->slot[slot] == NULL) {
            TL_TRY(open_slot(sink, slot, err));
        }
        memcpy(sink->slot[slot] + inside * sink->ncol, rows + (r - row0) * sink->ncol,
               (size_t)(n * sink->ncol) * sizeof *rows);
        sink->filled[slot] += n;
        r += n;
    }
    return write_what_is_due(sink, err);
}

/* Reads the last block of the last layer back: GDAL 3.6 reports nothing when its final flush to a
 * full disk fails. */
static int reads_back(const layer_sink *s) {
    GDALDatasetH dataset = GDALOpenEx(s->path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (dataset == NULL || GDALGetRasterCount(dataset) != s->n_layers) {
        GDALClose(dataset);
        return 0;
    }
    GDALRasterBandH band = GDALGetRasterBand(dataset, (int)s->n_layers);
    const CPLErr status = GDALReadBlock(band, (int)((s->ncol - 1) / s->block_cols),
                                        (int)((s->nrow - 1) / s->block_rows), s->block);
    GDALClose(dataset);
    return status == CE_None;
}

static tl_code finish(tl_sink *head, tl_err *err) {
    layer_sink *sink = (layer_sink *)head;
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < sink->n_slots && code == TL_OK; i++) {
        if (sink->filled[i] < 0) {
            continue;
        }
        if (sink->slot[i] == NULL) {
            code = open_slot(sink, i, err);
        }
        if (code == TL_OK) {
            code = write_slot(sink, i, err);
        }
    }
    tl_io_call call;
    tl_io_begin(&call);
    if (code == TL_OK) {
        GDALFlushCache(sink->dataset);
    }
    if (code != TL_OK || call.failed) {
        tl_io_close_failed(sink->dataset, sink->path);
    } else {
        GDALClose(sink->dataset);
    }
    sink->dataset = NULL;
    if (code == TL_OK && (call.failed || !reads_back(sink))) {
        code = tl_io_cannot_write(sink->path, sink->parameter, tl_io_words(&call), err);
    }
    tl_io_end(&call);
    if (code == TL_OK && sink->is_envi) {
        tl_text lines = {0};
        tl_io_add_wavelength_lines(&lines, sink->centre_nm, sink->fwhm_nm, sink->n_layers);
        code = tl_io_finish_envi_header(sink->path, sink->parameter, &lines, err);
        tl_text_free(&lines);
    }
    free_sink(sink);
    return code;
}

static void abandon(tl_sink *head) {
    layer_sink *sink = (layer_sink *)head;
    if (sink->dataset != NULL) {
        tl_io_call call;
        tl_io_begin(&call);
        tl_io_close_failed(sink->dataset, sink->path);
        tl_io_end(&call);
    }
    free_sink(sink);
}

tl_code tl_io_finish_raster(tl_sink *sink, tl_err *err) {
    return sink->finish(sink, err);
}

void tl_io_abandon_raster(tl_sink *sink) {
    if (sink != NULL) {
        sink->abandon(sink);
    }
}

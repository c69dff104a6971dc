/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sizes of files against what they describe; see whole_file.h. */
#define _LARGEFILE64_SOURCE /* GDAL's file status has 64-bit sizes */
#include "io/whole_file.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/minmax.h"
#include "io/bytes.h"
#include "io/checked_file.h"
#include "io/envi_header.h"

enum { path_capacity = 4096 + 64, max_sources = 1000 };

/* Bytes of a file; below 0 when that is unknown. */
static double file_bytes(const char *path) {
    VSILFILE *file = VSIFOpenL(path, "rb");
    double bytes = -1.0;
    if (file != NULL && VSIFSeekL(file, 0, SEEK_END) == 0) {
        bytes = (double)VSIFTellL(file);
    }
    if (file != NULL) {
        (void)VSIFCloseL(file);
    }
    return bytes;
}

static int is_format(GDALDatasetH dataset, const char *name) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    return driver != NULL && strcmp(GDALGetDriverShortName(driver), name) == 0;
}

/* --- ENVI --- */

/* What an ENVI header describes. */
typedef struct cube {
    ptrdiff_t nrow, ncol, n_bands;
    double offset;     /* bytes */
    double cell;       /* bytes of a value */
    int by_band;       /* 1: one band after the other */
    int is_compressed; /* 1: the whole file is in gzip */
} cube;

static double bytes_of_type(double code) {
    static const double bytes[16] = {0, 1, 2, 4, 4, 8, 8, 0, 0, 16, 0, 0, 2, 4, 8, 8};
    return code >= 0.0 && code < 16.0 ? bytes[(int)code] : 0.0;
}

static double number_of(const tl_envi *envi, const char *key) {
    double value = 0.0;
    (void)tl_io_envi_number(envi, key, &value);
    return value >= 0.0 && value < 1e15 ? value : 0.0;
}

static cube describe(const tl_envi *envi) {
    const char *interleave = tl_io_envi_value(envi, "interleave");
    return (cube){.nrow = (ptrdiff_t)number_of(envi, "lines"),
                  .ncol = (ptrdiff_t)number_of(envi, "samples"),
                  .n_bands = (ptrdiff_t)number_of(envi, "bands"),
                  .offset = number_of(envi, "header offset"),
                  .cell = bytes_of_type(number_of(envi, "data type")),
                  .by_band = interleave == NULL || EQUALN(interleave, "bsq", 3),
                  .is_compressed = number_of(envi, "file compression") > 0.0};
}

/* The header itself: what GDAL has of it may be the copy of another header in an .aux.xml file. */
static int read_header(const char *path, cube *c) {
    char *bytes = NULL;
    size_t length = 0;
    tl_envi envi = {0};
    if (!tl_io_exists(path) ||
        tl_io_read_bytes(path, "", (size_t)64 << 20, &bytes, &length, NULL) != TL_OK) {
        return 0;
    }
    const int found = tl_io_envi_parse(bytes, length, path, &envi, NULL) == TL_OK;
    *c = describe(&envi);
    tl_io_envi_free(&envi);
    tl_release(bytes);
    return found && c->cell > 0.0 && c->nrow > 0 && c->ncol > 0 && c->n_bands > 0;
}

static int find_header(const char *path, cube *c) {
    char name[path_capacity];
    tl_io_replace_extension(path, "hdr", name);
    if (strcmp(name, path) != 0 && read_header(name, c)) {
        return 1;
    }
    (void)snprintf(name, sizeof name, "%.4000s.hdr", path);
    return read_header(name, c);
}

/* Bytes of the file after decompression. A stream that breaks off ends where its last whole piece
 * does. */
static double decompressed_bytes(const char *path) {
    char packed[path_capacity];
    char piece[65536];
    double bytes = 0.0;
    (void)snprintf(packed, sizeof packed, "/vsigzip/%s", path);
    VSILFILE *file = VSIFOpenL(packed, "rb");
    if (file == NULL) {
        return -1.0;
    }
    for (size_t n = sizeof piece; n == sizeof piece;) {
        n = VSIFReadL(piece, 1, sizeof piece, file);
        bytes += (double)n;
    }
    (void)VSIFCloseL(file);
    return bytes;
}

static tl_code cut_by_band(const cube *c, double bytes, double wanted, const char *path,
                           const char *parameter, tl_err *err) {
    const double line = c->cell * (double)c->ncol;
    const double lines = floor(tl_max_double(bytes - c->offset, 0.0) / line);
    const ptrdiff_t whole = (ptrdiff_t)lines / c->nrow;
    return tl_fail(
        err, TL_FORMAT,
        "%s: '%s' is cut off: its header describes %td bands of %td lines (%.0f bytes), but "
        "it has %.0f bytes, %td whole bands and %td lines of band %td; copy or download it "
        "again",
        parameter, path, c->n_bands, c->nrow, wanted, bytes, whole,
        (ptrdiff_t)lines - whole * c->nrow, whole + 1);
}

tl_code tl_io_check_whole_envi(const char *path, const char *parameter, tl_err *err) {
    cube c;
    if (!find_header(path, &c)) {
        return TL_OK;
    }
    const double bytes = c.is_compressed ? decompressed_bytes(path) : file_bytes(path);
    const double line = c.cell * (double)c.ncol * (double)c.n_bands;
    const double wanted = c.offset + line * (double)c.nrow;
    if (bytes < 0.0) {
        return TL_OK;
    }
    const double lines = floor(tl_max_double(bytes - c.offset, 0.0) / line);
    if (bytes < wanted && c.by_band && c.n_bands > 1) {
        return cut_by_band(&c, bytes, wanted, path, parameter, err);
    }
    if (bytes < wanted) {
        return tl_fail(
            err, TL_FORMAT,
            "%s: '%s' is cut off: its header describes %td lines (%.0f bytes), but it has "
            "%.0f bytes, %.0f whole lines; copy or download it again, or write lines = "
            "%.0f into the header",
            parameter, path, c.nrow, wanted, bytes, lines, lines);
    }
    if (bytes - wanted >= line) {
        return tl_assume(
            err, TL_WARNING,
            "%s: '%s' has %.0f bytes more than the %td lines of its header need, enough for "
            "%.0f lines; the first %td are used, and samples, lines, bands, data type or "
            "header offset in the header may be wrong",
            parameter, path, bytes - wanted, c.nrow, floor((bytes - wanted) / line), c.nrow);
    }
    return TL_OK;
}

/* --- GeoTIFF --- */

/* Where a block ends in the file; 0 when it was never written. */
static double end_of_block(GDALRasterBandH band, int col, int row) {
    char item[64];
    (void)snprintf(item, sizeof item, "BLOCK_OFFSET_%d_%d", col, row);
    const char *offset = GDALGetMetadataItem(band, item, "TIFF");
    const double begin = offset == NULL ? 0.0 : CPLAtof(offset);
    (void)snprintf(item, sizeof item, "BLOCK_SIZE_%d_%d", col, row);
    const char *size = GDALGetMetadataItem(band, item, "TIFF");
    return begin + (size == NULL ? 0.0 : CPLAtof(size));
}

/* The lines of a band before the first block that is not whole. */
static ptrdiff_t lines_there(GDALRasterBandH band, double bytes) {
    int cols = 1;
    int rows = 1;
    GDALGetBlockSize(band, &cols, &rows);
    const int across = (GDALGetRasterBandXSize(band) - 1) / cols + 1;
    const int down = (GDALGetRasterBandYSize(band) - 1) / rows + 1;
    for (int r = 0; r < down; r++) {
        for (int c = 0; c < across; c++) {
            if (end_of_block(band, c, r) > bytes) {
                return (ptrdiff_t)r * rows;
            }
        }
    }
    return GDALGetRasterBandYSize(band);
}

/* Programs write blocks from the first to the last, so that those of the last line are missing where
 * any is. Files that were written in another order fail when the block is read. */
static tl_code check_geotiff(GDALDatasetH dataset, const char *path, const char *parameter,
                             tl_err *err) {
    double bytes = -1.0;
    const int n_bands = GDALGetRasterCount(dataset);
    for (int b = 1; b <= n_bands; b++) {
        GDALRasterBandH band = GDALGetRasterBand(dataset, b);
        int cols = 1;
        int rows = 1;
        GDALGetBlockSize(band, &cols, &rows);
        const double end = end_of_block(band, (GDALGetRasterXSize(dataset) - 1) / cols,
                                        (GDALGetRasterYSize(dataset) - 1) / rows);
        bytes = bytes < 0.0 ? file_bytes(path) : bytes;
        if (bytes >= 0.0 && end > bytes) {
            return tl_fail(
                err, TL_FORMAT,
                "%s: '%s' is cut off: it has %.0f bytes but its last rows end at byte %.0f, "
                "and %td of %d lines of band %d are there; copy or download it again",
                parameter, path, bytes, end, lines_there(band, bytes), GDALGetRasterYSize(dataset),
                b);
        }
    }
    return TL_OK;
}

/* --- other formats without compression --- */

/* Formats that store nothing but a header and the values; GDAL reads zeros behind the end of some. */
static const char *const plain_formats[] = {"EHdr", "RST", "SAGA", "ERS",     "GSBG", "GS7BG",
                                            "BT",   "GTX", "PAux", "ROI_PAC", "ISCE"};

static int is_plain_format(GDALDatasetH dataset) {
    int found = 0;
    for (size_t i = 0; i < sizeof plain_formats / sizeof plain_formats[0]; i++) {
        found = found || is_format(dataset, plain_formats[i]);
    }
    return found;
}

static int begins_with(const char *path, const char *text, char *head, size_t n) {
    VSILFILE *file = VSIFOpenL(path, "rb");
    const int is_read = file != NULL && VSIFReadL(head, 1, n, file) == n;
    if (file != NULL) {
        (void)VSIFCloseL(file);
    }
    return is_read && memcmp(head, text, strlen(text)) == 0;
}

/* netCDF before version 4, which has no compression. */
static int is_classic_netcdf(GDALDatasetH dataset, const char *path) {
    char head[4];
    return is_format(dataset, "netCDF") && begins_with(path, "CDF", head, sizeof head);
}

/* The file states its blocks of 512 bytes, in a text of 16 digits behind two words. */
static tl_code check_blocks_of_pcidsk(const char *path, const char *parameter, tl_err *err) {
    char head[33] = "";
    if (!begins_with(path, "PCIDSK", head, sizeof head - 1)) {
        return TL_OK;
    }
    const double wanted = 512.0 * CPLAtof(head + 16);
    const double bytes = file_bytes(path);
    return bytes < 0.0 || bytes >= wanted
               ? TL_OK
               : tl_fail(
                     err, TL_FORMAT,
                     "%s: '%s' is cut off: it has %.0f bytes of %.0f; copy or download it again",
                     parameter, path, bytes, wanted);
}

/* Bytes of the values of all bands. */
static double bytes_of_values(GDALDatasetH dataset) {
    double bits = 0.0;
    for (int b = 1; b <= GDALGetRasterCount(dataset); b++) {
        GDALRasterBandH band = GDALGetRasterBand(dataset, b);
        const char *stored = GDALGetMetadataItem(band, "NBITS", "IMAGE_STRUCTURE");
        bits += stored != NULL ? CPLAtof(stored)
                               : (double)GDALGetDataTypeSizeBits(GDALGetRasterDataType(band));
    }
    return bits / 8.0 * (double)GDALGetRasterXSize(dataset) * (double)GDALGetRasterYSize(dataset);
}

/* The values are in the largest of the files: which one it is depends on the format. */
static tl_code check_values_there(GDALDatasetH dataset, const char *path, const char *parameter,
                                  tl_err *err) {
    const double wanted = bytes_of_values(dataset);
    double bytes = file_bytes(path);
    char **files = GDALGetFileList(dataset);
    for (int i = 0; files != NULL && files[i] != NULL; i++) {
        bytes = tl_max_double(bytes, file_bytes(tl_io_unchecked_name(files[i])));
    }
    CSLDestroy(files);
    return bytes < 0.0 || bytes >= wanted
               ? TL_OK
               : tl_fail(err, TL_FORMAT,
                         "%s: '%s' is cut off: its %d lines need %.0f bytes, but there are %.0f, "
                         "%.0f whole lines; copy or download it again",
                         parameter, path, GDALGetRasterYSize(dataset), wanted, bytes,
                         floor(bytes / wanted * (double)GDALGetRasterYSize(dataset)));
}

/* --- Arc/Info ASCII grid --- */

static int is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Length of the lines at the beginning of a text that begin with a name. */
static size_t length_of_names(const char *text, size_t n) {
    size_t end = 0;
    for (size_t at = 0; at < n; at++) {
        while (at < n && is_blank(text[at])) {
            at++;
        }
        const char c = at < n ? text[at] : '0';
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) || EQUALN(text + at, "nan", 3)) {
            break;
        }
        while (at < n && text[at] != '\n' && text[at] != '\r') {
            at++;
        }
        end = at;
    }
    return end;
}

/* Numbers behind the names; below 0 when the file cannot be read. */
static double numbers_there(const char *path) {
    char piece[65536 + 4] = {0};
    VSILFILE *file = VSIFOpenL(path, "rb");
    if (file == NULL) {
        return -1.0;
    }
    size_t n = VSIFReadL(piece, 1, sizeof piece - 4, file);
    double numbers = 0.0;
    int was_blank = 1;
    for (size_t i = length_of_names(piece, n); n > 0; i = 0) {
        ptrdiff_t found = 0;
        for (; i < n; i++) {
            const int blank = is_blank(piece[i]);
            found += was_blank & !blank;
            was_blank = blank;
        }
        numbers += (double)found;
        n = VSIFReadL(piece, 1, sizeof piece - 4, file);
    }
    (void)VSIFCloseL(file);
    return numbers;
}

/* GDAL reads every line of such a file again for each line behind its end. */
static tl_code check_ascii_grid(GDALDatasetH dataset, const char *path, const char *parameter,
                                tl_err *err) {
    const double ncol = (double)GDALGetRasterXSize(dataset);
    const double wanted = ncol * (double)GDALGetRasterYSize(dataset);
    const double numbers = numbers_there(path);
    return numbers < 0.0 || numbers >= wanted
               ? TL_OK
               : tl_fail(err, TL_FORMAT,
                         "%s: '%s' is cut off: its header describes %d lines of %d numbers, but "
                         "it has %.0f whole lines; copy or download it again",
                         parameter, path, GDALGetRasterYSize(dataset), GDALGetRasterXSize(dataset),
                         floor(numbers / ncol));
}

/* --- all formats --- */

/* The file that holds the values: names of subdatasets are not those of files. */
static int data_file(GDALDatasetH dataset, char out[path_capacity]) {
    char **files = GDALGetFileList(dataset);
    const int found = files != NULL && files[0] != NULL && strlen(files[0]) < path_capacity;
    if (found) {
        (void)snprintf(out, path_capacity, "%s", tl_io_unchecked_name(files[0]));
    }
    CSLDestroy(files);
    return found;
}

static tl_code check_file(GDALDatasetH dataset, const char *parameter, tl_err *err) {
    char path[path_capacity];
    if (!data_file(dataset, path)) {
        return TL_OK;
    }
    if (is_format(dataset, "ENVI")) {
        return tl_io_check_whole_envi(path, parameter, err);
    }
    if (is_format(dataset, "GTiff")) {
        return check_geotiff(dataset, path, parameter, err);
    }
    if (is_format(dataset, "AAIGrid")) {
        return check_ascii_grid(dataset, path, parameter, err);
    }
    if (is_format(dataset, "PCIDSK")) {
        return check_blocks_of_pcidsk(path, parameter, err);
    }
    return is_plain_format(dataset) || is_classic_netcdf(dataset, path)
               ? check_values_there(dataset, path, parameter, err)
               : TL_OK;
}

tl_code tl_io_check_whole_dataset(GDALDatasetH dataset, const char *parameter, tl_err *err) {
    static const char *const drivers[] = {"ENVI", "AAIGrid", "EHdr", "RST", "SAGA", "ERS", NULL};
    if (!is_format(dataset, "VRT")) {
        return check_file(dataset, parameter, err);
    }
    /* Of the sources, only these would be read as zeros; others fail when they are read. */
    char **files = GDALGetFileList(dataset);
    tl_code code = TL_OK;
    for (int i = 1; files != NULL && i < max_sources && files[i] != NULL && code == TL_OK; i++) {
        GDALDatasetH source = GDALOpenEx(
            files[i], GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_INTERNAL, drivers, NULL, NULL);
        if (source != NULL) {
            code = check_file(source, parameter, err);
            GDALClose(source);
        }
    }
    CSLDestroy(files);
    return code;
}

/* --- HDF5 --- */

/* A number of the file, low byte first. */
static double stored_number(const unsigned char *bytes, int n) {
    double value = 0.0;
    for (int i = n - 1; i >= 0; i--) {
        value = 256.0 * value + (double)bytes[i];
    }
    return value;
}

/* The size that an HDF5 file (netCDF-4 is one) states; 0 when it states none. The library would
 * print its own errors about a shorter file. */
static double stated_size(const char *path) {
    static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    unsigned char head[64] = {0};
    VSILFILE *file = VSIFOpenL(path, "rb");
    const size_t n = file == NULL ? 0 : VSIFReadL(head, 1, sizeof head, file);
    if (file != NULL) {
        (void)VSIFCloseL(file);
    }
    if (n < sizeof head || memcmp(head, signature, sizeof signature) != 0) {
        return 0.0;
    }
    /* Position of the base address, length of addresses, and number of addresses before the end
     * address. */
    const int version = head[8];
    const int first = version == 0 ? 24 : version == 1 ? 28 : 12;
    const int size = version <= 1 ? head[13] : head[9];
    return version <= 3 && size >= 2 && size <= 8
               ? stored_number(head + first, size) + stored_number(head + first + 2 * size, size)
               : 0.0;
}

tl_code tl_io_check_whole_hdf5(const char *name, const char *parameter, tl_err *err) {
    /* DRIVER:"file":array */
    char path[path_capacity] = "";
    const char *quote = strchr(name, '"');
    const size_t length = quote == NULL ? strlen(name) : strcspn(quote + 1, "\"");
    (void)snprintf(path, sizeof path, "%.*s", (int)tl_min((ptrdiff_t)length, path_capacity - 1),
                   quote == NULL ? name : quote + 1);
    const double stated = stated_size(path);
    const double bytes = stated > 0.0 ? file_bytes(path) : 0.0;
    if (bytes < 0.0 || bytes >= stated) {
        return TL_OK;
    }
    return tl_fail(err, TL_FORMAT,
                   "%s: '%s' is cut off: it has %.0f bytes of %.0f; copy or download it again",
                   parameter, path, bytes, stated);
}

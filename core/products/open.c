/* SPDX-License-Identifier: GPL-2.0-or-later
 * Opens products with the reader that recognises the path; see product.h and reader.h. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/checked_file.h"
#include "io/gdal_call.h"
#include "io/georef_gdal.h"
#include "io/source_open.h"
#include "io/special_file.h"
#include "io/whole_file.h"
#include "products/gf5.h"
#include "products/gf5_files.h"
#include "products/info.h"
#include "products/product_files.h"
#include "products/product_position.h"
#include "products/reader.h"
#include "products/unpack.h"

/* In the order in which they are tried; NULL ends the list. */
static const tl_product_reader *const readers[] = {
    &tl_products_gf5,   &tl_products_enmap,   &tl_products_prisma, &tl_products_emit,
    &tl_products_desis, &tl_products_tanager, &tl_products_plain,  NULL,
};

tl_code tl_products_parts(tl_product *product, ptrdiff_t n, tl_err *err) {
    product->info.part = tl_acquire(n, sizeof *product->info.part);
    product->image = tl_acquire(n, sizeof *product->image);
    if (product->info.part == NULL || product->image == NULL) {
        return tl_no_memory(err, "opening '%s'", product->path);
    }
    product->info.n_parts = n;
    return TL_OK;
}

tl_code tl_products_note(tl_product *product, tl_err *err, const char *format, ...) {
    char words[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words, sizeof words, format, args);
    va_end(args);
    tl_product_info *info = &product->info;
    char **more = tl_grow((void *)info->note, info->n_notes, info->n_notes + 1, sizeof *more);
    if (more == NULL) {
        return tl_no_memory(err, "opening '%s'", product->path);
    }
    info->note = more;
    more[info->n_notes] = tl_copy_text(words);
    if (more[info->n_notes] == NULL) {
        return tl_no_memory(err, "opening '%s'", product->path);
    }
    info->n_notes++;
    return TL_OK;
}

/* --- one image --- */

static tl_code find_place(tl_product *product, ptrdiff_t p, tl_err *err) {
    tl_product_part *part = &product->info.part[p];
    GDALDatasetH dataset = product->image[p].dataset;
    double t[6];
    if (GDALGetGeoTransform(dataset, t) == CE_None && GDALGetSpatialRef(dataset) != NULL) {
        part->geolocation = TL_GEOLOCATION_GRID;
    } else if (CSLCount(GDALGetMetadata(dataset, "RPC")) > 0) {
        part->geolocation = TL_GEOLOCATION_RPC;
    }
    return tl_io_read_georef(dataset, &part->geo, &product->image[p].flip, err);
}

tl_code tl_products_open_image(tl_product *product, ptrdiff_t p, const char *path, tl_err *err) {
    tl_product_part *part = &product->info.part[p];
    tl_product_image *image = &product->image[p];
    tl_io_call call;
    TL_TRY(tl_io_refuse_special(path, product->parameter, err));
    tl_io_begin(&call);
    /* Uncompressed rows are read once: without this, GDAL copies them through a cache that grows to
     * a share of the machine's memory. */
    CPLSetThreadLocalConfigOption("GTIFF_DIRECT_IO", "YES");
    image->dataset =
        tl_io_open_checked(path, GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, NULL);
    CPLSetThreadLocalConfigOption("GTIFF_DIRECT_IO", NULL);
    tl_code code = TL_OK;
    if (image->dataset == NULL || GDALGetRasterCount(image->dataset) == 0) {
        code = tl_fail(err, TL_FORMAT, "%s: '%s' cannot be read as an image%s", product->parameter,
                       path, tl_io_words(&call));
    }
    tl_io_end(&call);
    TL_TRY(code);
    TL_TRY(tl_io_check_whole_dataset(image->dataset, product->parameter, err));
    part->nrow = GDALGetRasterYSize(image->dataset);
    part->ncol = GDALGetRasterXSize(image->dataset);
    TL_TRY(find_place(product, p, err));
    TL_TRY(tl_bands_init(&part->bands, GDALGetRasterCount(image->dataset), err));
    for (ptrdiff_t b = 0; b < part->bands.n; b++) {
        tl_band *band = &part->bands.band[b];
        band->nodata = GDALGetRasterNoDataValue(GDALGetRasterBand(image->dataset, (int)b + 1),
                                                &band->has_nodata);
    }
    return tl_io_validity_find(image->dataset, path, product->parameter, &part->bands,
                               &image->validity, err);
}

/* --- products --- */

static tl_code nobody(const char *path, const char *parameter, tl_err *err) {
    tl_text known = {0};
    for (int i = 0; readers[i] != NULL; i++) {
        tl_text_addf(&known, "%s%s", i == 0 ? "" : ", ", readers[i]->name);
    }
    const tl_code code = tl_fail(
        err, TL_FORMAT,
        "%s: '%s' is not a known product (%s); use the folder as it was delivered, its metadata "
        "file, or an image with its wavelengths in '<image>.bands.csv'",
        parameter, path, tl_text_data(&known));
    tl_text_free(&known);
    return code;
}

/* A request that a reader would silently ignore. */
static tl_code check_wish(const tl_product_reader *reader, const tl_product_wish *wish,
                          const char *path, tl_err *err) {
    if (wish == NULL || reader->takes_wish) {
        return TL_OK;
    }
    const char *name = wish->gains != NULL      ? "gains"
                       : wish->response != NULL ? "response"
                       : wish->only != NULL     ? "detectors"
                                                : NULL;
    return name == NULL ? TL_OK
                        : tl_fail(err, TL_ARG,
                                  "%s: '%s' is read as %s, for which this parameter cannot be "
                                  "set; leave it out, or edit scales and wavelengths in "
                                  "'<image>.bands.csv'",
                                  name, path, reader->name);
}

static tl_code open_with(const tl_product_reader *reader, const tl_product_wish *wish,
                         tl_product *product, tl_err *err) {
    static const tl_product_wish nothing = {0};
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = reader->open(wish == NULL ? &nothing : wish, product, err);
    for (ptrdiff_t p = 0; p < product->info.n_parts && code == TL_OK; p++) {
        for (ptrdiff_t b = 0; b < product->info.part[p].bands.n; b++) {
            product->info.part[p].bands.band[b].index = (int)b + 1;
        }
        product->info.part[p].bands.quantity = product->info.quantity;
    }
    tl_io_end(&call);
    return code;
}

/* The reader that recognises the path; NULL = none. */
static const tl_product_reader *find_reader(const char *path) {
    const tl_product_reader *reader = NULL;
    tl_io_call call;
    tl_io_begin(&call);
    for (int i = 0; readers[i] != NULL && reader == NULL; i++) {
        reader = readers[i]->claims(path) ? readers[i] : NULL;
    }
    tl_io_end(&call);
    return reader;
}

/* path is that of an existing file or folder. */
static tl_code open_path(const char *path, const char *parameter, const tl_product_wish *wish,
                         tl_product **product, tl_err *err) {
    const tl_product_reader *reader = find_reader(path);
    if (reader == NULL) {
        return nobody(path, parameter, err);
    }
    TL_TRY(check_wish(reader, wish, path, err));
    tl_product *made = tl_acquire(1, sizeof *made);
    if (made == NULL) {
        return tl_no_memory(err, "opening '%s'", path);
    }
    made->path = tl_copy_text(path);
    made->parameter = tl_copy_text(parameter);
    made->info.facts = tl_source_scene_facts_none();
    tl_code code = made->path == NULL || made->parameter == NULL
                       ? tl_no_memory(err, "opening '%s'", path)
                       : open_with(reader, wish, made, err);
    if (code != TL_OK) {
        tl_products_close(made);
        return code;
    }
    *product = made;
    return TL_OK;
}

/* --- archives --- */

/* What a product may consist of. */
static const char *const packed_extensions =
    "raw,txt,csv,tif,tiff,geotiff,geotif,xml,rpb,rpc,tfw,aux,hdr,bsq,bil,bip,jp2,he5,h5,nc,nc4,img,"
    "dat";

/* Tar archives have no directory, and a packed pair of large images would be unpacked again and again
 * while its rows are read. */
static int is_unpacked_first(const char *path) {
    return !tl_io_is_folder(path) && (tl_products_is_tar(path) || tl_products_gf5_is_packed(path));
}

/* The archive in place of the temporary folder in a sentence. */
static void name_archive(const char *folder, const char *archive, tl_err *err) {
    const char *at = err == NULL ? NULL : strstr(err->text, folder);
    if (at != NULL) {
        char text[sizeof err->text];
        (void)snprintf(text, sizeof text, "%.*s%.400s%s", (int)(at - err->text), err->text, archive,
                       at + strlen(folder));
        (void)snprintf(err->text, sizeof err->text, "%s", text);
    }
}

/* The folder as a product, else its only image. */
static tl_code open_folder(const char *folder, const char *parameter, const tl_product_wish *wish,
                           tl_product **product, tl_err *err) {
    char **image = NULL;
    ptrdiff_t n = 0;
    if (find_reader(folder) == NULL &&
        tl_io_list_folder(folder, parameter, "tif,tiff,geotiff,geotif,bsq,bil,bip,jp2,img,dat",
                          &image, &n, NULL) == TL_OK &&
        n == 1) {
        const tl_code code = open_path(image[0], parameter, wish, product, err);
        tl_release_texts(image, n);
        return code;
    }
    tl_release_texts(image, n);
    return open_path(folder, parameter, wish, product, err);
}

static tl_code open_packed(const char *path, const char *parameter, const tl_product_wish *wish,
                           tl_product **product, tl_err *err) {
    tl_work_folder folder;
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = tl_products_unpack(path, parameter, packed_extensions, &folder, err);
    if (code == TL_OK) {
        code = open_folder(folder.path, parameter, wish, product, err);
        if (code != TL_OK) {
            name_archive(folder.path, path, err);
        }
    }
    /* What is open can be read on, and nothing is left however the run ends. */
    tl_io_outputs_close_work(&folder);
    tl_io_end(&call);
    if (code == TL_OK) {
        code = tl_products_note(*product, err,
                                "the archive was unpacked into a temporary folder; to import it "
                                "several times, unpack it yourself and name the folder");
    }
    if (code != TL_OK) {
        tl_products_close(*product);
        *product = NULL;
    }
    return code;
}

tl_code tl_products_open(const char *path, const char *parameter, const tl_product_wish *wish,
                         tl_product **product, tl_err *err) {
    *product = NULL;
    tl_source_name name;
    TL_TRY(tl_io_source_find(path, parameter, &name, err));
    tl_code code = tl_source_name_check_plain(&name, parameter, err);
    if (code == TL_OK) {
        code = is_unpacked_first(name.data) ? open_packed(name.data, parameter, wish, product, err)
                                            : open_path(name.data, parameter, wish, product, err);
    }
    tl_source_name_free(&name);
    return code;
}

const tl_product_info *tl_products_info(const tl_product *product) {
    return &product->info;
}

static void close_image(tl_product_image *image) {
    tl_products_placing_free(image->placing);
    tl_io_validity_free(image->validity);
    GDALClose(image->dataset);
    GDALClose(image->longitude);
    GDALClose(image->latitude);
    tl_release(image->dataset_band);
    tl_release(image->lookup_row);
    tl_release(image->lookup_col);
}

void tl_products_close(tl_product *product) {
    if (product == NULL) {
        return;
    }
    tl_io_call call;
    tl_io_begin(&call);
    for (ptrdiff_t p = 0; p < product->info.n_parts; p++) {
        close_image(&product->image[p]);
    }
    if (product->own != NULL && product->free_own != NULL) {
        product->free_own(product->own);
    }
    tl_io_end(&call);
    tl_products_info_free(&product->info);
    tl_release(product->image);
    tl_release(product->path);
    tl_release(product->parameter);
    tl_release(product);
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tanager (Planet) basic and ortho scenes in HDF-EOS5 files: a cube [band, row, column] of radiance or
 * surface reflectance, whose attributes contain the wavelengths.
 *
 * Basic scenes have the coordinates of every pixel, ortho scenes a UTM grid whose corners are in
 * StructMetadata.0.
 *
 * source Planet, TanagerScene product documentation, 2025; HDF-EOS5 Data Model, 175-EMD-003, 2011 */
#include <cpl_string.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/georef_gdal.h"
#include "products/cube.h"
#include "products/sisters.h"
#include "products/xml.h"

enum { path_capacity = 160, structure_capacity = 65536 };

static const char *const roots[] = {"/HDFEOS/GRIDS/HYP", "/HDFEOS/SWATHS/HYP"};
static const char *const cubes[] = {"surface_reflectance", "toa_radiance"};
static const char tails[] =
    "_ortho_sr_hdf5.h5,_ortho_radiance_hdf5.h5,_basic_sr_hdf5.h5,"
    "_basic_radiance_hdf5.h5,_ortho_sr.h5,_ortho_radiance.h5,_basic_sr.h5,"
    "_basic_radiance.h5";

typedef struct tanager {
    tl_hierarchy file;
    const char *root; /* of roots */
    int is_radiance;
    char cube[path_capacity];
} tanager;

/* Finds the cube; 0 when the file has none. */
static int find_cube(tanager *t) {
    ptrdiff_t shape[4];
    for (int k = 0; k < 4; k++) {
        t->root = roots[k / 2];
        t->is_radiance = k % 2;
        (void)snprintf(t->cube, sizeof t->cube, "%s/Data Fields/%s", t->root, cubes[k % 2]);
        if (tl_products_hierarchy_shape(&t->file, t->cube, shape) == 3) {
            return 1;
        }
    }
    return 0;
}

/* Files of this kind have many names, so that one look into the file decides. */
static int contains_cube(const char *path) {
    tanager t = {0};
    if (GDALGetDriverByName("HDF5") == NULL ||
        tl_products_hierarchy_open(path, "HDF5", "product", &t.file, NULL) != TL_OK) {
        return 0;
    }
    const int found = find_cube(&t);
    tl_products_hierarchy_close(&t.file);
    return found;
}

static int claims(const char *path) {
    char found[tl_products_path_capacity];
    if (tl_io_is_folder(path)) {
        return tl_products_sisters(path, "", tails, found) > 0;
    }
    return tl_io_has_extension(path, "h5,hdf5,he5") && contains_cube(path);
}

static void free_tanager(void *own) {
    tanager *t = own;
    if (t != NULL) {
        tl_products_hierarchy_close(&t->file);
    }
    tl_release(t);
}

static tl_code put_bands(tl_product *product, const tanager *t, tl_err *err) {
    tl_bands *bands = &product->info.part[0].bands;
    const ptrdiff_t n = bands->n;
    double *centre = tl_acquire(3 * n, sizeof *centre);
    if (centre == NULL) {
        return tl_no_memory(err, "a table of %td bands", n);
    }
    double *width = centre + n;
    double *good = centre + 2 * n;
    const ptrdiff_t given = tl_products_array_numbers(&t->file, t->cube, "wavelengths", centre, n);
    (void)tl_products_array_numbers(&t->file, t->cube, "fwhm", width, n);
    const int has_good =
        tl_products_array_numbers(&t->file, t->cube, "good_wavelengths", good, n) == n;
    double fill = -9999.0;
    (void)tl_products_array_numbers(&t->file, t->cube, "_FillValue", &fill, 1);
    for (ptrdiff_t i = 0; i < n && given == n; i++) {
        tl_band *band = &bands->band[i];
        band->centre_nm = centre[i];
        band->fwhm_nm = width[i] > 0.0 ? width[i] : (double)NAN;
        band->nodata = band->has_nodata ? band->nodata : isfinite(fill) ? fill : -9999.0;
        band->has_nodata = 1;
        (void)snprintf(band->from, sizeof band->from, "Tanager wavelengths");
        (void)snprintf(band->unit, sizeof band->unit, "%s",
                       t->is_radiance ? "W m-2 sr-1 um-1" : "");
        if (has_good && !(fabs(good[i]) > 0.0)) {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason,
                           "not good according to the product (good_wavelengths 0)");
        }
    }
    tl_release(centre);
    return given == n
               ? tl_bands_complete(bands, err)
               : tl_fail(err, TL_FORMAT,
                         "%s: '%s' names %td wavelengths for the %td bands of its cube; wanted "
                         "the attribute 'wavelengths' with one value per band",
                         product->parameter, product->path, given, n);
}

/* --- position --- */

/* The numbers in brackets behind a key of StructMetadata.0. */
static int read_corner(const char *text, const char *key, double *x, double *y) {
    const char *at = strstr(text, key);
    char word[2][64];
    if (at == NULL || sscanf(at + strlen(key), "=(%60[^,],%60[^)])", word[0], word[1]) != 2) {
        return 0;
    }
    return tl_parse_number(word[0], x) && tl_parse_number(word[1], y);
}

/* The EPSG code of the grid; 0 = unknown. */
static int find_epsg(const tanager *t, const char *structure) {
    const double code = tl_products_group_number(&t->file, t->root, "epsg_code");
    if (code > 1024.0 && code < 1e6) {
        return (int)code;
    }
    const char *zone = strstr(structure, "ZoneCode=");
    const int number = zone == NULL ? 0 : (int)strtol(zone + 9, NULL, 10);
    if (strstr(structure, "GCTP_UTM") == NULL || number == 0 || abs(number) > 60) {
        return 0;
    }
    return number > 0 ? 32600 + number : 32700 - number;
}

static tl_code put_grid(tl_product *product, const tanager *t, tl_err *err) {
    tl_product_part *part = &product->info.part[0];
    char *structure = tl_acquire(structure_capacity, 1);
    if (structure == NULL) {
        return tl_no_memory(err, "opening '%s'", product->path);
    }
    tl_products_array_text(&t->file, "/HDFEOS INFORMATION/StructMetadata.0", structure,
                           structure_capacity);
    double west = 0.0;
    double north = 0.0;
    double east = 0.0;
    double south = 0.0;
    const int epsg = find_epsg(t, structure);
    const int found = read_corner(structure, "UpperLeftPointMtrs", &west, &north) &&
                      read_corner(structure, "LowerRightMtrs", &east, &south) && east > west &&
                      north > south;
    tl_release(structure);
    if (!found || epsg == 0) {
        return TL_OK;
    }
    const double transform[6] = {west, (east - west) / (double)part->ncol,   0.0, north,
                                 0.0,  -(north - south) / (double)part->nrow};
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    tl_code code = TL_OK;
    if (OSRImportFromEPSG(crs, epsg) == OGRERR_NONE) {
        memcpy(part->geo.transform, transform, sizeof transform);
        code = tl_io_set_crs(&part->geo, crs, err);
        part->geolocation = TL_GEOLOCATION_GRID;
    }
    OSRDestroySpatialReference(crs);
    return code;
}

/* Longitude and latitude of every pixel of a basic scene. */
static tl_code put_arrays(tl_product *product, const tanager *t, tl_err *err) {
    tl_product_part *part = &product->info.part[0];
    tl_product_image *image = &product->image[0];
    const ptrdiff_t n = part->nrow * part->ncol;
    double *values = tl_acquire(n, sizeof *values);
    if (values == NULL) {
        return tl_no_memory(err, "the coordinates of '%s'", product->path);
    }
    GDALDatasetH *const to[] = {&image->longitude, &image->latitude};
    static const char *const names[] = {"Longitude", "Latitude"};
    for (int k = 0; k < 2; k++) {
        char path[path_capacity];
        (void)snprintf(path, sizeof path, "%s/Geolocation Fields/%s", t->root, names[k]);
        if (tl_products_hierarchy_array(&t->file, path, n, GDT_Float64, values)) {
            *to[k] = tl_products_memory_raster(values, part->nrow, part->ncol);
        }
    }
    tl_release(values);
    if (image->longitude != NULL && image->latitude != NULL) {
        part->geolocation = TL_GEOLOCATION_ARRAYS;
    }
    return TL_OK;
}

/* --- facts --- */

/* The angle in the middle of the scene; NaN where the file has none. */
static double middle_angle(const tanager *t, const tl_product_part *part, const char *name) {
    static const char *const groups[] = {"Data Fields", "Geolocation Fields"};
    const ptrdiff_t n = part->nrow * part->ncol;
    double angle = (double)NAN;
    double *values = tl_acquire(n, sizeof *values);
    for (int k = 0; k < 2 && values != NULL && isnan(angle); k++) {
        char path[path_capacity];
        (void)snprintf(path, sizeof path, "%s/%s/%s", t->root, groups[k], name);
        if (tl_products_hierarchy_array(&t->file, path, n, GDT_Float64, values)) {
            const double middle = values[part->nrow / 2 * part->ncol + part->ncol / 2];
            angle = middle >= 0.0 && middle <= 360.0 ? middle : angle;
        }
    }
    tl_release(values);
    return angle;
}

/* Names of scenes begin with date and time: 20250101_123456_... */
static void put_time(const char *path, tl_scene_facts *facts) {
    const char *name = tl_base_name(path);
    char text[32];
    for (int i = 0; i < 15; i++) {
        if ((i == 8) != (name[i] == '_') || (i != 8 && (name[i] < '0' || name[i] > '9'))) {
            return;
        }
    }
    (void)snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", name, name + 4, name + 6,
                   name + 9, name + 11, name + 13);
    tl_products_utc(text, facts->utc);
}

static void put_facts(const tanager *t, const char *path, const tl_product_part *part,
                      tl_scene_facts *facts) {
    (void)snprintf(facts->sensor, sizeof facts->sensor, "Tanager");
    (void)snprintf(facts->level, sizeof facts->level, "%s", t->is_radiance ? "L1" : "L2");
    put_time(path, facts);
    facts->sun_zenith_deg = middle_angle(t, part, "sun_zenith");
    facts->sun_azimuth_deg = middle_angle(t, part, "sun_azimuth");
    facts->view_zenith_deg = middle_angle(t, part, "sensor_zenith");
    facts->view_azimuth_deg = middle_angle(t, part, "sensor_azimuth");
}

/* --- opening --- */

static tl_code find_file(const tl_product *product, char *path, tl_err *err) {
    (void)snprintf(path, tl_products_path_capacity, "%.4000s", product->path);
    if (!tl_io_is_folder(path)) {
        return TL_OK;
    }
    const ptrdiff_t n = tl_products_sisters(product->path, "", tails, path);
    return n == 1 ? TL_OK
                  : tl_fail(err, TL_FORMAT,
                            "%s: '%s' contains %td Tanager scenes; name one of them, for example "
                            "'%.600s'",
                            product->parameter, product->path, n, tl_base_name(path));
}

static tl_code open_cube(tl_product *product, tanager *t, const char *path, tl_err *err) {
    tl_product_part *part = &product->info.part[0];
    tl_product_image *image = &product->image[0];
    image->dataset = tl_products_array_raster(&t->file, t->cube);
    if (image->dataset == NULL) {
        return tl_fail(err, TL_FORMAT, "%s: the cube '%s' of '%s' cannot be read",
                       product->parameter, t->cube, path);
    }
    part->nrow = GDALGetRasterYSize(image->dataset);
    part->ncol = GDALGetRasterXSize(image->dataset);
    static const double nowhere[6] = {0.0, 1.0, 0.0, 0.0, 0.0, -1.0};
    memcpy(part->geo.transform, nowhere, sizeof nowhere);
    TL_TRY(tl_bands_init(&part->bands, GDALGetRasterCount(image->dataset), err));
    for (ptrdiff_t b = 0; b < part->bands.n; b++) {
        tl_band *band = &part->bands.band[b];
        band->nodata = GDALGetRasterNoDataValue(GDALGetRasterBand(image->dataset, (int)b + 1),
                                                &band->has_nodata);
    }
    return put_bands(product, t, err);
}

static tl_code open_tanager(const tl_product_wish *wish, tl_product *product, tl_err *err) {
    char path[tl_products_path_capacity];
    (void)wish;
    TL_TRY(find_file(product, path, err));
    tanager *t = tl_acquire(1, sizeof *t);
    if (t == NULL) {
        return tl_no_memory(err, "opening '%s'", product->path);
    }
    product->own = t;
    product->free_own = free_tanager;
    TL_TRY(tl_products_hierarchy_open(path, "HDF5", product->parameter, &t->file, err));
    if (!find_cube(t)) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' contains no Tanager cube (HDFEOS/.../HYP/Data Fields)",
                       product->parameter, path);
    }
    TL_TRY(tl_products_parts(product, 1, err));
    tl_product_part *part = &product->info.part[0];
    (void)snprintf(part->name, sizeof part->name, "VNIR and SWIR");
    (void)snprintf(product->info.kind, sizeof product->info.kind, "Tanager %s",
                   t->is_radiance ? "radiance" : "reflectance");
    product->info.quantity = t->is_radiance ? TL_QUANTITY_RADIANCE : TL_QUANTITY_REFLECTANCE;
    TL_TRY(open_cube(product, t, path, err));
    put_facts(t, path, part, &product->info.facts);
    TL_TRY(put_grid(product, t, err));
    return part->geolocation == TL_GEOLOCATION_NONE ? put_arrays(product, t, err) : TL_OK;
}

const tl_product_reader tl_products_tanager = {
    .name = "Tanager",
    .claims = claims,
    .open = open_tanager,
};

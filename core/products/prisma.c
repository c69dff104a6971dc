/* SPDX-License-Identifier: GPL-2.0-or-later
 * PRISMA L1, L2C and L2D in HDF-EOS5 files (.he5), also inside a .zip archive.
 *
 * The two cubes are stored as [row, band, column] with decreasing wavelengths and positions that no
 * band uses (centre 0). L1 is radiance: DN / ScaleFactor; L2 reflectance: Min + DN (Max - Min) /
 * 65535. Corners of L2D are centres of pixels.
 *
 * source ASI, PRISMA Products Specification Document, PDPE-2-2020, issue 2.3 */
#include <cpl_conv.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/georef_gdal.h"
#include "io/source_open.h"
#include "products/cube.h"
#include "products/sisters.h"
#include "products/xml.h"

enum { n_detectors = 2, max_bands = 512, corners = 4 };

static const char *const word_of[n_detectors] = {"Vnir", "Swir"};
static const char *const name_of[n_detectors] = {"VNIR", "SWIR"};

typedef struct detector {
    int kind; /* index into word_of and name_of */
    tl_cube cube;
    int *position;        /* [part's bands] position of a band in the cube */
    unsigned char *blank; /* [ncol] of one row; 1: no band has a value there */
} detector;

typedef struct prisma {
    tl_hierarchy file;
    char path[tl_products_path_capacity];
    char level[8];
    int n; /* detectors whose cube is in the file */
    detector detector[n_detectors];
} prisma;

static int claims(const char *path) {
    char found[tl_products_path_capacity];
    return tl_io_has_extension(path, "he5") ||
           ((tl_io_source_is_archive(path) || tl_io_is_folder(path)) &&
            tl_products_sisters(path, "PRS_", ".he5", found) > 0);
}

static void free_prisma(void *own) {
    prisma *p = own;
    for (int d = 0; p != NULL && d < n_detectors; d++) {
        tl_products_cube_close(&p->detector[d].cube);
        tl_release(p->detector[d].position);
        tl_release(p->detector[d].blank);
    }
    if (p != NULL) {
        tl_products_hierarchy_close(&p->file);
    }
    tl_release(p);
}

/* --- reading --- */

/* Marks of values that cannot be used. L1: 1 defective, 2 saturated, 4 not finite (3, doubtful
 * registration, is kept). L2: 1 invalid in L1, 4 saturated (2, negative reflectance set to the
 * minimum, is kept). */
static int is_spoilt(unsigned char mark, int is_l1) {
    return mark == 1 || mark == 4 || (is_l1 && mark == 2);
}

/* Pixels without a value in any band are outside the image and stay 0, which means NoData; a zero
 * that was measured becomes 1. */
static void mark_zeros(detector *at, ptrdiff_t n_bands) {
    const tl_cube *cube = &at->cube;
    GUInt16 *slab = cube->slab;
    for (ptrdiff_t r = 0; r < cube->n_rows; r++) {
        memset(at->blank, 1, (size_t)cube->ncol);
        for (ptrdiff_t b = 0; b < n_bands; b++) {
            const GUInt16 *line = slab + (r * cube->nband + at->position[b]) * cube->ncol;
            for (ptrdiff_t c = 0; c < cube->ncol; c++) {
                at->blank[c] = (unsigned char)(at->blank[c] & (line[c] == 0));
            }
        }
        for (ptrdiff_t b = 0; b < n_bands; b++) {
            GUInt16 *line = slab + (r * cube->nband + at->position[b]) * cube->ncol;
            for (ptrdiff_t c = 0; c < cube->ncol; c++) {
                line[c] = (GUInt16)(line[c] | ((line[c] == 0) & (at->blank[c] == 0)));
            }
        }
    }
}

/* Writes NoData where the marks of the product require it. */
static tl_code apply_marks(detector *at, int is_l1, const char *parameter, tl_err *err) {
    const tl_cube *cube = &at->cube;
    const ptrdiff_t step = tl_products_cube_mark_bands(cube);
    unsigned char *mark = tl_acquire(cube->n_rows * step * cube->ncol, 1);
    tl_code code = mark == NULL ? tl_no_memory(err, "the marks of pixels") : TL_OK;
    for (ptrdiff_t b = 0; b < cube->nband && code == TL_OK; b += step) {
        const ptrdiff_t n = tl_min(cube->nband - b, step);
        code = tl_products_cube_read_marks(cube, b, n, parameter, mark, err);
        for (ptrdiff_t r = 0; r < cube->n_rows && code == TL_OK; r++) {
            GUInt16 *line = (GUInt16 *)cube->slab + (r * cube->nband + b) * cube->ncol;
            const unsigned char *of_line = mark + r * n * cube->ncol;
            for (ptrdiff_t i = 0; i < n * cube->ncol; i++) {
                line[i] = is_spoilt(of_line[i], is_l1) ? 0 : line[i];
            }
        }
    }
    tl_release(mark);
    return code;
}

static tl_code read_prisma(tl_product *product, ptrdiff_t part, ptrdiff_t row0, ptrdiff_t n_rows,
                           const int *band, ptrdiff_t n_bands, float *out, tl_err *err) {
    prisma *p = product->own;
    detector *at = &p->detector[part];
    const tl_cube *cube = &at->cube;
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        int fresh = 0;
        TL_TRY(tl_products_cube_load(&at->cube, row0 + r, n_rows - r, product->parameter, &fresh,
                                     err));
        if (fresh) {
            mark_zeros(at, product->info.part[part].bands.n);
        }
        if (fresh && cube->marks != NULL) {
            TL_TRY(apply_marks(at, tl_same_word(p->level, "L1"), product->parameter, err));
        }
        for (ptrdiff_t b = 0; b < n_bands; b++) {
            const GUInt16 *line =
                (const GUInt16 *)cube->slab +
                ((row0 + r - cube->row0) * cube->nband + at->position[band[b] - 1]) * cube->ncol;
            float *to = out + (b * n_rows + r) * cube->ncol;
            for (ptrdiff_t c = 0; c < cube->ncol; c++) {
                to[c] = (float)line[c];
            }
        }
    }
    return TL_OK;
}

/* --- bands --- */

/* How DN become values: scale and offset. */
static tl_code find_scale(const tl_product *product, const prisma *p, int kind, double *scale,
                          double *offset, tl_err *err) {
    char key[40];
    double a = 0.0;
    double b = 0.0;
    if (tl_same_word(p->level, "L1")) {
        (void)snprintf(key, sizeof key, "ScaleFactor_%s", word_of[kind]);
        (void)tl_products_hierarchy_numbers(&p->file, key, &a, 1);
        (void)snprintf(key, sizeof key, "Offset_%s", word_of[kind]);
        (void)tl_products_hierarchy_numbers(&p->file, key, &b, 1);
        if (!(a > 0.0) || fabs(b) > 0.0) {
            return tl_fail(
                err, TL_FORMAT,
                "%s: '%s' has the scale factor %g and the offset %g for %s; wanted a "
                "factor above 0 and the offset 0, because documents disagree on its sign",
                product->parameter, product->path, a, b, name_of[kind]);
        }
        *scale = 1.0 / a;
        *offset = 0.0;
        return TL_OK;
    }
    (void)snprintf(key, sizeof key, "L2Scale%sMin", word_of[kind]);
    (void)tl_products_hierarchy_numbers(&p->file, key, &a, 1);
    (void)snprintf(key, sizeof key, "L2Scale%sMax", word_of[kind]);
    (void)tl_products_hierarchy_numbers(&p->file, key, &b, 1);
    if (!(b > a)) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' lacks L2Scale%sMin and L2Scale%sMax, the range of its numbers",
                       product->parameter, product->path, word_of[kind], word_of[kind]);
    }
    *scale = (b - a) / 65535.0;
    *offset = a;
    return TL_OK;
}

/* Positions of the bands in use, by increasing wavelength; returns their number. */
static ptrdiff_t order_bands(const double *centre, ptrdiff_t n, int *position) {
    ptrdiff_t used = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (!(centre[i] > 0.0)) {
            continue;
        }
        ptrdiff_t k = used++;
        for (; k > 0 && centre[position[k - 1]] > centre[i]; k--) {
            position[k] = position[k - 1];
        }
        position[k] = (int)i;
    }
    return used;
}

static tl_code put_bands(tl_product *product, prisma *p, int d, tl_err *err) {
    double centre[max_bands];
    double width[max_bands];
    double flag[max_bands];
    char key[40];
    detector *at = &p->detector[d];
    tl_bands *bands = &product->info.part[d].bands;
    (void)snprintf(key, sizeof key, "List_Cw_%s", word_of[at->kind]);
    const ptrdiff_t n = tl_products_hierarchy_numbers(&p->file, key, centre, max_bands);
    (void)snprintf(key, sizeof key, "List_Fwhm_%s", word_of[at->kind]);
    (void)tl_products_hierarchy_numbers(&p->file, key, width, max_bands);
    (void)snprintf(key, sizeof key, "List_Cw_%s_Flags", word_of[at->kind]);
    (void)tl_products_hierarchy_numbers(&p->file, key, flag, max_bands);
    if (n != at->cube.nband || n > max_bands) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' names %td wavelengths for the %td bands of its %s cube",
                       product->parameter, product->path, n, at->cube.nband, name_of[at->kind]);
    }
    at->position = tl_acquire(n, sizeof *at->position);
    at->blank = tl_acquire(at->cube.ncol, 1);
    if (at->position == NULL || at->blank == NULL) {
        return tl_no_memory(err, "opening '%s'", product->path);
    }
    const ptrdiff_t used = order_bands(centre, n, at->position);
    if (used == 0) {
        return tl_fail(err, TL_FORMAT, "%s: '%s' has no band in use in its %s cube",
                       product->parameter, product->path, name_of[at->kind]);
    }
    double scale = 1.0;
    double offset = 0.0;
    TL_TRY(find_scale(product, p, at->kind, &scale, &offset, err));
    TL_TRY(tl_bands_init(bands, used, err));
    for (ptrdiff_t i = 0; i < used; i++) {
        tl_band *band = &bands->band[i];
        const int from = at->position[i];
        band->centre_nm = centre[from];
        band->fwhm_nm = width[from] > 0.0 ? width[from] : (double)NAN;
        band->scale = scale;
        band->offset = offset;
        band->has_nodata = 1;
        band->nodata = 0.0;
        (void)snprintf(band->from, sizeof band->from, "PRISMA List_Cw_%s", word_of[at->kind]);
        (void)snprintf(band->unit, sizeof band->unit, "%s",
                       tl_same_word(p->level, "L1") ? "W m-2 sr-1 um-1" : "");
        if (!(fabs(flag[from]) > 0.0) && !isnan(flag[from])) {
            band->good = 0;
            (void)snprintf(band->reason, sizeof band->reason, "not used in the product");
        }
    }
    TL_TRY(tl_bands_complete(bands, err));
    for (ptrdiff_t i = 0; i < used; i++) {
        bands->band[i].detector = d + 1;
    }
    return TL_OK;
}

/* --- place --- */

/* Longitude and latitude of every pixel, where the file has them. */
static tl_code put_arrays(tl_product *product, const prisma *p, int d, tl_err *err) {
    tl_product_part *part = &product->info.part[d];
    tl_product_image *image = &product->image[d];
    const ptrdiff_t n = part->nrow * part->ncol;
    double *values = tl_acquire(n, sizeof *values);
    if (values == NULL) {
        return tl_no_memory(err, "the coordinates of '%s'", product->path);
    }
    char path[128];
    const char *tail = tl_same_word(p->level, "L1") ? name_of[p->detector[d].kind] : "";
    for (int k = 0; k < 2; k++) {
        (void)snprintf(path, sizeof path, "/HDFEOS/SWATHS/PRS_%s_HCO/Geolocation Fields/%s%s%s",
                       p->level, k == 0 ? "Longitude" : "Latitude", tail[0] == '\0' ? "" : "_",
                       tail);
        if (tl_products_hierarchy_array(&p->file, path, n, GDT_Float64, values)) {
            *(k == 0 ? &image->longitude : &image->latitude) =
                tl_products_memory_raster(values, part->nrow, part->ncol);
        }
    }
    tl_release(values);
    part->geolocation = image->longitude != NULL && image->latitude != NULL ? TL_GEOLOCATION_ARRAYS
                                                                            : TL_GEOLOCATION_NONE;
    return TL_OK;
}

/* The grid of L2D: its corners are centres of pixels. */
static tl_code put_grid(tl_product *product, const prisma *p, int d, tl_err *err) {
    static const char *const keys[corners] = {
        "Product_ULcorner_easting", "Product_ULcorner_northing", "Product_LRcorner_easting",
        "Product_LRcorner_northing"};
    tl_product_part *part = &product->info.part[d];
    double at[corners];
    double epsg = 0.0;
    for (int k = 0; k < corners; k++) {
        (void)tl_products_hierarchy_numbers(&p->file, keys[k], &at[k], 1);
    }
    (void)tl_products_hierarchy_numbers(&p->file, "Epsg_Code", &epsg, 1);
    const double dx = (at[2] - at[0]) / (double)(part->ncol - 1);
    const double dy = (at[1] - at[3]) / (double)(part->nrow - 1);
    if (!(dx > 0.0) || !isfinite(dx) || !(dy > 0.0) || !isfinite(dy) || !(epsg > 1024.0) ||
        !(epsg < 1e6)) {
        return TL_OK;
    }
    /* Corners are stored in single precision, which cannot represent the cell of 30 m exactly. */
    const double cell_x = fabs(dx - 30.0) < 0.05 ? 30.0 : dx;
    const double cell_y = fabs(dy - 30.0) < 0.05 ? 30.0 : dy;
    const double transform[6] = {at[0] - cell_x / 2.0, cell_x, 0.0,
                                 at[1] + cell_y / 2.0, 0.0,    -cell_y};
    memcpy(part->geo.transform, transform, sizeof transform);
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    tl_code code = TL_OK;
    if (OSRImportFromEPSG(crs, (int)epsg) == OGRERR_NONE) {
        code = tl_io_set_crs(&part->geo, crs, err);
        part->geolocation = TL_GEOLOCATION_GRID;
    }
    OSRDestroySpatialReference(crs);
    return code;
}

/* --- facts --- */

static void put_facts(const prisma *p, tl_scene_facts *facts) {
    char text[64];
    (void)snprintf(facts->sensor, sizeof facts->sensor, "PRISMA HSI");
    (void)snprintf(facts->level, sizeof facts->level, "%s", p->level);
    tl_products_hierarchy_text(&p->file, "Product_StartTime", text, sizeof text);
    tl_products_utc(text, facts->utc);
    (void)tl_products_hierarchy_numbers(&p->file, "Product_center_lat", &facts->latitude_deg, 1);
    (void)tl_products_hierarchy_numbers(&p->file, "Product_center_long", &facts->longitude_deg, 1);
    (void)tl_products_hierarchy_numbers(&p->file, "Sun_zenith_angle", &facts->sun_zenith_deg, 1);
    (void)tl_products_hierarchy_numbers(&p->file, "Sun_azimuth_angle", &facts->sun_azimuth_deg, 1);
}

/* The view from the vertical in the middle of the scene; L1 does not contain it. */
static tl_code put_view(const prisma *p, tl_scene_facts *facts, tl_err *err) {
    const tl_cube *cube = &p->detector[0].cube;
    const ptrdiff_t n = cube->nrow * cube->ncol;
    char path[128];
    (void)snprintf(path, sizeof path, "/HDFEOS/SWATHS/PRS_%s_HCO/Geometric Fields/Observing_Angle",
                   p->level);
    double *angle = tl_acquire(n, sizeof *angle);
    if (angle == NULL) {
        return tl_no_memory(err, "the angles of view");
    }
    if (tl_products_hierarchy_array(&p->file, path, n, GDT_Float64, angle)) {
        const double middle = angle[cube->nrow / 2 * cube->ncol + cube->ncol / 2];
        facts->view_zenith_deg = middle >= 0.0 && middle < 60.0 ? middle : facts->view_zenith_deg;
    }
    tl_release(angle);
    return TL_OK;
}

static tl_code find_level(const tl_product *product, prisma *p, tl_err *err) {
    static const char *const levels[] = {"L2D", "L2C", "L1"};
    char path[128];
    ptrdiff_t shape[4];
    for (size_t k = 0; k < 3; k++) {
        for (int kind = 0; kind < n_detectors; kind++) {
            (void)snprintf(path, sizeof path, "/HDFEOS/SWATHS/PRS_%s_HCO/Data Fields/%s_Cube",
                           levels[k], name_of[kind]);
            if (tl_products_hierarchy_shape(&p->file, path, shape) > 0) {
                p->detector[p->n++].kind = kind;
            }
        }
        if (p->n > 0) {
            (void)snprintf(p->level, sizeof p->level, "%s", levels[k]);
            return TL_OK;
        }
    }
    return tl_fail(err, TL_FORMAT,
                   "%s: '%s' contains no hyperspectral cube of PRISMA L1, L2C or L2D "
                   "(HDFEOS/SWATHS/PRS_..._HCO); L2B and other products are not read",
                   product->parameter, product->path);
}

static tl_code open_detector(tl_product *product, prisma *p, int d, tl_err *err) {
    tl_product_part *part = &product->info.part[d];
    tl_cube *cube = &p->detector[d].cube;
    const char *name = name_of[p->detector[d].kind];
    const int is_l1 = tl_same_word(p->level, "L1");
    char path[128];
    (void)snprintf(path, sizeof path, "/HDFEOS/SWATHS/PRS_%s_HCO/Data Fields/%s_Cube", p->level,
                   name);
    TL_TRY(tl_products_cube_open(&p->file, p->path, path, 0, GDT_UInt16, product->parameter, cube,
                                 err));
    (void)snprintf(path, sizeof path,
                   "/HDFEOS/SWATHS/PRS_%s_HCO/Data Fields/%s_PIXEL_%s_ERR_MATRIX", p->level, name,
                   is_l1 ? "SAT" : "L2");
    tl_products_cube_open_marks(&p->file, path, cube);
    (void)snprintf(part->name, sizeof part->name, "%s", name);
    part->nrow = cube->nrow;
    part->ncol = cube->ncol;
    static const double nowhere[6] = {0.0, 1.0, 0.0, 0.0, 0.0, -1.0};
    memcpy(part->geo.transform, nowhere, sizeof nowhere);
    product->image[d].read = read_prisma;
    TL_TRY(put_bands(product, p, d, err));
    if (tl_same_word(p->level, "L2D")) {
        TL_TRY(put_grid(product, p, d, err));
    }
    return part->geolocation == TL_GEOLOCATION_NONE ? put_arrays(product, p, d, err) : TL_OK;
}

static tl_code open_prisma(const tl_product_wish *wish, tl_product *product, tl_err *err) {
    char path[tl_products_path_capacity];
    (void)wish;
    (void)snprintf(path, sizeof path, "%.4000s", product->path);
    const ptrdiff_t n = tl_io_has_extension(path, "he5")
                            ? 1
                            : tl_products_sisters(product->path, "PRS_", ".he5", path);
    if (n > 1) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' contains %td PRISMA files; name one of them, for example "
                       "'%.600s'",
                       product->parameter, product->path, n, tl_base_name(path));
    }
    prisma *p = tl_acquire(1, sizeof *p);
    if (p == NULL) {
        return tl_no_memory(err, "opening '%s'", product->path);
    }
    product->own = p;
    product->free_own = free_prisma;
    (void)snprintf(p->path, sizeof p->path, "%s", path);
    TL_TRY(tl_products_hierarchy_open(path, "HDF5", product->parameter, &p->file, err));
    TL_TRY(find_level(product, p, err));
    TL_TRY(tl_products_parts(product, p->n, err));
    (void)snprintf(product->info.kind, sizeof product->info.kind, "PRISMA %s", p->level);
    product->info.quantity =
        tl_same_word(p->level, "L1") ? TL_QUANTITY_RADIANCE : TL_QUANTITY_REFLECTANCE;
    put_facts(p, &product->info.facts);
    ptrdiff_t unused = 0;
    for (int d = 0; d < p->n; d++) {
        TL_TRY(open_detector(product, p, d, err));
        unused += p->detector[d].cube.nband - product->info.part[d].bands.n;
    }
    if (p->n < n_detectors) {
        TL_TRY(tl_products_note(product, err,
                                "the file contains the cube of one detector only, %s; the scene "
                                "has no bands of the other one",
                                name_of[p->detector[0].kind]));
    }
    TL_TRY(put_view(p, &product->info.facts, err));
    return tl_products_note(product, err,
                            "the bands were sorted by increasing wavelength; %td positions "
                            "without a band were left out; pixels that the product marks as "
                            "invalid or saturated are NoData",
                            unused);
}

const tl_product_reader tl_products_prisma = {
    .name = "PRISMA",
    .claims = claims,
    .open = open_prisma,
};

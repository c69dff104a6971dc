/* SPDX-License-Identifier: GPL-2.0-or-later
 * Masks and alpha bands; see validity.h. */
#include "io/validity.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assumptions.h"

enum { BY_VALUE = 0, BY_OWN_MASK = 1, BY_COMMON_MASK = 2 };

struct tl_validity {
    ptrdiff_t n;        /* bands */
    unsigned char *how; /* [n] */
    int alpha;          /* number of the alpha band; 0 = none */
    float *mark;        /* [capacity] mask of a window; 0 = missing */
    ptrdiff_t capacity;
};

/* GDAL itself uses an alpha band only in files of two or four bands with whole numbers. */
static int find_alpha(GDALDatasetH dataset, const tl_bands *bands) {
    for (int b = (int)bands->n; b >= 1 && bands->n > 1; b--) {
        if (GDALGetRasterColorInterpretation(GDALGetRasterBand(dataset, b)) == GCI_AlphaBand) {
            return isnan(bands->band[b - 1].centre_nm) ? b : 0;
        }
    }
    return 0;
}

static int mask_of(GDALRasterBandH band, int alpha) {
    const int flags = GDALGetMaskFlags(band);
    if ((flags & GMF_ALL_VALID) != 0 || flags == GMF_NODATA) {
        return BY_VALUE;
    }
    if ((flags & GMF_ALPHA) != 0) {
        /* That GDAL would use as alpha what has a wavelength does not make it one. */
        return alpha > 0 ? BY_COMMON_MASK : BY_VALUE;
    }
    return (flags & GMF_PER_DATASET) != 0 ? BY_COMMON_MASK : BY_OWN_MASK;
}

/* 1 when a cell of that type can hold the value. */
static int can_hold(GDALDataType type, double value) {
    static const struct {
        GDALDataType type;
        double least;
        double largest;
    } whole[] = {{GDT_Byte, -128.0, 255.0}, /* signed bytes are a note in the metadata */
                 {GDT_UInt16, 0.0, 65535.0},
                 {GDT_Int16, -32768.0, 32767.0},
                 {GDT_UInt32, 0.0, 4294967295.0},
                 {GDT_Int32, -2147483648.0, 2147483647.0}};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        if (whole[i].type == type) {
            return value >= whole[i].least && value <= whole[i].largest &&
                   !(fabs(value - floor(value)) > 0.0);
        }
    }
    return 1;
}

/* Such files come from programs that changed the type and kept the NoData value: what marks their
 * missing cells is unknown. */
static tl_code check_nodata(GDALDatasetH dataset, const char *path, const char *parameter,
                            const tl_bands *bands, tl_err *err) {
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        const tl_band *entry = &bands->band[b];
        const GDALDataType type = GDALGetRasterDataType(GDALGetRasterBand(dataset, (int)b + 1));
        if (entry->has_nodata && !can_hold(type, entry->nodata)) {
            return tl_assume(
                err, TL_WARNING,
                "%s: NoData of '%s' is %.9g, which a cell of the type %s cannot hold, so "
                "all cells are used as values; if another value marks missing cells, "
                "declare it with gdal_edit.py -a_nodata",
                parameter, path, entry->nodata, GDALGetDataTypeName(type));
        }
    }
    return TL_OK;
}

static tl_code check_types(GDALDatasetH dataset, const char *path, const char *parameter,
                           tl_err *err) {
    for (int b = 1; b <= GDALGetRasterCount(dataset); b++) {
        const GDALDataType type = GDALGetRasterDataType(GDALGetRasterBand(dataset, b));
        if (GDALDataTypeIsComplex(type)) {
            return tl_fail(err, TL_DATA,
                           "%s: band %d of '%s' holds complex numbers (%s); wanted real ones, for "
                           "example the amplitude or the phase as a raster of its own",
                           parameter, b, path, GDALGetDataTypeName(type));
        }
    }
    return TL_OK;
}

/* As the last band, alpha is left out of the table: it has no wavelength and is never read as a
 * band. Elsewhere the numbers of the bands behind it would change. */
static tl_code mark_alpha(const char *path, const char *parameter, int alpha, tl_bands *bands,
                          tl_err *err) {
    tl_band *band = &bands->band[alpha - 1];
    if (alpha == bands->n) {
        bands->n--;
    } else if (band->good) {
        band->good = 0;
        (void)snprintf(band->reason, sizeof band->reason, "alpha band, no measurement");
    }
    return tl_assume(err, TL_INFO,
                     "%s: band %d of '%s' is declared as alpha, so it marks cells without values "
                     "where it is 0; if it is a measurement, run gdal_edit.py -colorinterp_%d "
                     "undefined",
                     parameter, alpha, path, alpha);
}

tl_code tl_io_validity_find(GDALDatasetH dataset, const char *path, const char *parameter,
                            tl_bands *bands, tl_validity **validity, tl_err *err) {
    *validity = NULL;
    TL_TRY(check_types(dataset, path, parameter, err));
    TL_TRY(check_nodata(dataset, path, parameter, bands, err));
    tl_validity *v = tl_acquire(1, sizeof *v);
    unsigned char *how = tl_acquire(bands->n, sizeof *how);
    if (v == NULL || how == NULL) {
        tl_release(v);
        tl_release(how);
        return tl_no_memory(err, "the masks of %td bands", bands->n);
    }
    *v = (tl_validity){.n = bands->n, .how = how, .alpha = find_alpha(dataset, bands)};
    int any = v->alpha > 0;
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        how[b] = (unsigned char)mask_of(GDALGetRasterBand(dataset, (int)b + 1), v->alpha);
        any = any || how[b] != BY_VALUE;
    }
    const tl_code code = v->alpha > 0 ? mark_alpha(path, parameter, v->alpha, bands, err) : TL_OK;
    if (!any || code != TL_OK) {
        tl_io_validity_free(v);
        return code;
    }
    *validity = v;
    return TL_OK;
}

/* The mask of a window into v->mark. */
static tl_code read_mark(tl_validity *v, GDALRasterBandH mask, const int window[4], tl_err *err) {
    const ptrdiff_t n = (ptrdiff_t)window[2] * window[3];
    if (n > v->capacity) {
        tl_release(v->mark);
        v->capacity = 0;
        v->mark = tl_acquire(n, sizeof *v->mark);
        if (v->mark == NULL) {
            return tl_no_memory(err, "the mask of %td cells", n);
        }
        v->capacity = n;
    }
    return GDALRasterIO(mask, GF_Read, window[0], window[1], window[2], window[3], v->mark,
                        window[2], window[3], GDT_Float32, 0, 0) == CE_None
               ? TL_OK
               : tl_fail(err, TL_IO, "the mask cannot be read");
}

static void blank(const float *mark, float *value, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        value[i] = mark[i] < 0.0F || mark[i] > 0.0F ? value[i] : NAN;
    }
}

tl_code tl_io_validity_apply(tl_validity *v, GDALDatasetH dataset, const int window[4],
                             const int *band, ptrdiff_t n_bands, float *out, tl_err *err) {
    if (v == NULL) {
        return TL_OK;
    }
    const ptrdiff_t cells = (ptrdiff_t)window[2] * window[3];
    if (v->alpha > 0) {
        TL_TRY(read_mark(v, GDALGetRasterBand(dataset, v->alpha), window, err));
        for (ptrdiff_t b = 0; b < n_bands; b++) {
            if (band[b] != v->alpha) {
                blank(v->mark, out + b * cells, cells);
            }
        }
    }
    int has_common = 0;
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        if (v->how[band[b] - 1] == BY_COMMON_MASK) {
            if (!has_common) {
                TL_TRY(read_mark(v, GDALGetMaskBand(GDALGetRasterBand(dataset, band[b])), window,
                                 err));
                has_common = 1;
            }
            blank(v->mark, out + b * cells, cells);
        }
    }
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        if (v->how[band[b] - 1] == BY_OWN_MASK) {
            TL_TRY(read_mark(v, GDALGetMaskBand(GDALGetRasterBand(dataset, band[b])), window, err));
            blank(v->mark, out + b * cells, cells);
        }
    }
    return TL_OK;
}

GDALRasterBandH tl_io_validity_band(const tl_validity *v, GDALDatasetH dataset, int band, int k) {
    if (v == NULL) {
        return NULL;
    }
    if (k == 0) {
        return v->alpha > 0 && band != v->alpha ? GDALGetRasterBand(dataset, v->alpha) : NULL;
    }
    return v->how[band - 1] == BY_VALUE ? NULL : GDALGetMaskBand(GDALGetRasterBand(dataset, band));
}

void tl_io_validity_free(tl_validity *v) {
    if (v != NULL) {
        tl_release(v->how);
        tl_release(v->mark);
        tl_release(v);
    }
}

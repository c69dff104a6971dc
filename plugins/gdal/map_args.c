/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the arguments of tilth_map and tilth_fuse; see map_args.h. */
#include "map_args.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/index_raster_names.h"
#include "base/text.h"
#include "source_args.h"

/* More bands than any scene has. */
enum { MAX_BANDS = 65536 };

/* Wavelengths that differ by less are the same, in nm. */
static const double same_nm = 1e-6;

tl_code tl_gdal_map_args_read_layer(CSLConstList texts, tl_gdal_map_args *a, tl_err *err) {
    static const char *const words[] = {"value", "lower", "upper", "di", "applicable"};
    const char *text = CSLFetchNameValueDef(texts, "layer", "value");
    for (int i = 0; i < 5; i++) {
        if (strcmp(text, words[i]) == 0) {
            a->wanted = i;
            return TL_OK;
        }
    }
    return tl_fail(err, TL_ARG,
                   "layer is '%.40s'; it must be value, lower, upper, di or applicable", text);
}

static int is_whole(double number, double maximum) {
    return number >= 1.0 && number <= maximum && !(floor(number) < number);
}

tl_code tl_gdal_map_args_read_band(CSLConstList texts, tl_gdal_map_args *a, tl_err *err) {
    const char *text = CSLFetchNameValueDef(texts, "band", "");
    double number = 0.0;
    if (!tl_parse_number(text, &number) || !is_whole(number, (double)a->p)) {
        return tl_fail(err, TL_ARG, "band is '%.40s'; it must be a whole number from 1 to %td",
                       text, a->p);
    }
    a->wanted = (ptrdiff_t)number - 1;
    return TL_OK;
}

/* Reads an argument that must be present. */
static tl_code read_text(CSLConstList texts, const char *name, const char **text, tl_err *err) {
    *text = CSLFetchNameValue(texts, name);
    return *text != NULL && (*text)[0] != '\0'
               ? TL_OK
               : tl_fail(err, TL_ARG, "the argument %s is missing; run tilth makevrt again", name);
}

static tl_code read_size(CSLConstList texts, tl_gdal_map_args *a, tl_err *err) {
    const char *text = NULL;
    double size[2] = {0.0, 0.0};
    TL_TRY(read_text(texts, "size", &text, err));
    TL_TRY(tl_gdal_source_list_read("size", text, 0, 2, size, err));
    if (!is_whole(size[0], TL_INDEX_RASTER_LENGTH) || !is_whole(size[1], TL_INDEX_RASTER_LENGTH)) {
        return tl_fail(err, TL_ARG,
                       "size is '%.40s'; it must be columns and rows, whole numbers up to %d", text,
                       TL_INDEX_RASTER_LENGTH);
    }
    a->n_cols = (ptrdiff_t)size[0];
    a->n_rows = (ptrdiff_t)size[1];
    return TL_OK;
}

static tl_code read_numbers(CSLConstList texts, const char *name, tl_gdal_map_args *a,
                            double **list, tl_err *err) {
    const char *text = NULL;
    TL_TRY(read_text(texts, name, &text, err));
    *list = tl_acquire(a->p, sizeof **list);
    return *list == NULL ? tl_no_memory(err, "%td bands", a->p)
                         : tl_gdal_source_list_read(name, text, 0, a->p, *list, err);
}

static tl_code read_bands(CSLConstList texts, tl_gdal_map_args *a, tl_err *err) {
    const char *text = NULL;
    double *number = NULL;
    tl_code code = TL_OK;
    TL_TRY(read_text(texts, "bands", &text, err));
    a->p = 1;
    for (const char *c = text; *c != '\0'; c++) {
        a->p += *c == ',';
    }
    if (a->p > MAX_BANDS) {
        return tl_fail(err, TL_ARG, "bands has %td entries; the maximum is %d", a->p, MAX_BANDS);
    }
    TL_CHECK(read_numbers(texts, "bands", a, &number, err));
    a->band = tl_acquire(a->p, sizeof *a->band);
    TL_CHECK(a->band == NULL ? tl_no_memory(err, "%td bands", a->p) : TL_OK);
    for (ptrdiff_t i = 0; i < a->p; i++) {
        TL_CHECK(is_whole(number[i], MAX_BANDS)
                     ? TL_OK
                     : tl_fail(err, TL_ARG,
                               "bands: entry %td is %g; it must be the number of a band, from 1",
                               i + 1, number[i]));
        a->band[i] = (int)number[i];
    }
    TL_CHECK(read_numbers(texts, "scene_nm", a, &a->scene_nm, err));
    TL_CHECK(read_numbers(texts, "wavelength_nm", a, &a->wavelength_nm, err));
done:
    tl_release(number);
    return code;
}

static tl_code read_all(CSLConstList texts, tl_gdal_map_args *a, tl_err *err) {
    TL_TRY(read_text(texts, "model", &a->model, err));
    TL_TRY(read_text(texts, "scene", &a->scene, err));
    a->relative = strcmp(CSLFetchNameValueDef(texts, "relative", "0"), "1") == 0;
    a->keep_zeros = strcmp(CSLFetchNameValueDef(texts, "zeros", ""), "values") == 0;
    a->nodata = tl_gdal_source_nodata_read(texts);
    const char *scale = CSLFetchNameValueDef(texts, "scene_scale", "1");
    if (!tl_parse_number(scale, &a->scene_scale) || !(a->scene_scale > 0.0)) {
        return tl_fail(err, TL_ARG, "scene_scale is '%.40s'; it must be a number above 0", scale);
    }
    TL_TRY(read_size(texts, a, err));
    return read_bands(texts, a, err);
}

tl_code tl_gdal_map_args_read(CSLConstList texts, tl_gdal_map_args *a, tl_err *err) {
    *a = (tl_gdal_map_args){0};
    const tl_code code = read_all(texts, a, err);
    if (code != TL_OK) {
        tl_gdal_map_args_free(a);
    }
    return code;
}

void tl_gdal_map_args_free(tl_gdal_map_args *a) {
    tl_release(a->band);
    tl_release(a->scene_nm);
    tl_release(a->wavelength_nm);
    *a = (tl_gdal_map_args){0};
}

tl_code tl_gdal_map_args_check_model(const tl_gdal_map_args *a, ptrdiff_t p,
                                     const double *wavelength_nm, tl_err *err) {
    if (p != a->p) {
        return tl_fail(
            err, TL_SHAPE,
            "the model %s has %td bands but the VRT was made for %td; run tilth makevrt again",
            a->model, p, a->p);
    }
    for (ptrdiff_t i = 0; i < p; i++) {
        if (!(fabs(a->wavelength_nm[i] - wavelength_nm[i]) <= same_nm)) {
            return tl_fail(
                err, TL_DATA,
                "band %td of the model %s is at %.2f nm, but the VRT was made for one at %.2f nm; "
                "run tilth makevrt again",
                i + 1, a->model, wavelength_nm[i], a->wavelength_nm[i]);
        }
    }
    return TL_OK;
}

tl_code tl_gdal_map_args_check_scene(const tl_gdal_map_args *a, const tl_raster_info *info,
                                     tl_err *err) {
    if (info->ncol != a->n_cols || info->nrow != a->n_rows) {
        return tl_fail(err, TL_SHAPE,
                       "the scene %s has %td x %td pixels, but the VRT was made for one of %td x "
                       "%td; run tilth makevrt again",
                       a->scene, info->ncol, info->nrow, a->n_cols, a->n_rows);
    }
    for (ptrdiff_t i = 0; i < a->p; i++) {
        if (a->band[i] > info->bands.n) {
            return tl_fail(
                err, TL_SHAPE,
                "the scene %s has %td bands, but the VRT needs band %d; run tilth makevrt again",
                a->scene, info->bands.n, a->band[i]);
        }
        const double centre = info->bands.band[a->band[i] - 1].centre_nm;
        if (!(fabs(a->scene_nm[i] - centre) <= same_nm)) {
            return tl_fail(err, TL_DATA,
                           "band %d of the scene %s is at %.2f nm, but the VRT was made for one at "
                           "%.2f nm; run tilth makevrt again",
                           a->band[i], a->scene, centre, a->scene_nm[i]);
        }
    }
    return TL_OK;
}

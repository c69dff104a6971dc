/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pixel functions that are one formula; see tilth_formulas.h. They may be called from many threads
 * at once, with any block shape, also resampled, so they use nothing but the values that are
 * passed. */
#include "tilth_formulas.h"

#include <math.h>

#include "base/alloc.h"
#include "base/angle_units.h"
#include "base/minmax.h"
#include "formula_args.h"
#include "hydro/twi.h"
#include "spectra/angle.h"
#include "target.h"

/* Slopes at or above this are not in radians. */
static const double vertical_slope = TL_PI / 2.0;

typedef struct formula {
    const char *name;
    const char *arguments; /* their description in XML */
    /* Checks the number of sources and reads the formula's own arguments. */
    tl_code (*prepare)(CSLConstList texts, tl_gdal_formula_args *a, tl_err *err);
    /* Computes the result of the pixel whose physical values are in a->spectrum; NaN when there is
     * none. */
    tl_code (*pixel)(const tl_gdal_formula_args *a, double *result, tl_err *err);
    ptrdiff_t needed; /* the number of leading sources that must be valid in a pixel; 0 = all */
} formula;

static tl_code check_slope(double slope, tl_err *err) {
    return slope < vertical_slope
               ? TL_OK
               : tl_fail(
                     err, TL_DATA,
                     "source 2 holds %g, which is not a slope in radians below 1.5708; write "
                     "scale=\"1,0.017453292519943295\" for degrees, or give its NoData value in "
                     "src_nodata",
                     slope);
}

static tl_code prepare_wetness(CSLConstList texts, tl_gdal_formula_args *a, tl_err *err) {
    (void)texts;
    return a->n == 2
               ? TL_OK
               : tl_fail(err, TL_ARG,
                         "there are %td sources; there must be 2, the specific catchment area and "
                         "the slope in radians",
                         a->n);
}

static tl_code wetness_of_pixel(const tl_gdal_formula_args *a, double *result, tl_err *err) {
    TL_TRY(check_slope(a->spectrum[1], err));
    *result = tl_hydro_twi_of(a->spectrum[1], a->spectrum[0]);
    return TL_OK;
}

static tl_code prepare_lsfactor(CSLConstList texts, tl_gdal_formula_args *a, tl_err *err) {
    TL_TRY(tl_gdal_formula_read_method(texts, a, err));
    if (a->n == 2 || (a->n == 3 && a->method == TL_LS_DESMET_GOVERS)) {
        return TL_OK;
    }
    return tl_fail(
        err, TL_ARG,
        "there are %td sources; there must be 2, the specific catchment area and the slope in "
        "radians, and for desmet_govers optionally the aspect in radians as the third",
        a->n);
}

/* Desmet & Govers from area, slope and aspect of a square cell. A flat cell has no aspect; its
 * length is 1 for any inflow. */
static double desmet_govers(const tl_gdal_formula_args *a, double sca, double slope) {
    if (a->n == 2) {
        return tl_hydro_ls_desmet_govers(slope, sca, a->cell_m, 1.0);
    }
    const double aspect = a->spectrum[2];
    const double x = isnan(aspect) ? 1.0 : fabs(sin(aspect)) + fabs(cos(aspect));
    const double inflow = sca * x * a->cell_m - a->cell_m * a->cell_m;
    return tl_hydro_ls_desmet_govers(slope, fmax(inflow, 0.0), a->cell_m, x);
}

static tl_code lsfactor_of_pixel(const tl_gdal_formula_args *a, double *result, tl_err *err) {
    const double sca = a->spectrum[0];
    const double slope = a->spectrum[1];
    TL_TRY(check_slope(slope, err));
    if (sca < 0.0 || slope < 0.0) {
        *result = (double)NAN;
    } else if (a->method == TL_LS_MOORE) {
        *result = tl_hydro_ls_moore(slope, sca);
    } else if (a->method == TL_LS_BOEHNER_SELIGE) {
        *result = tl_hydro_ls_boehner_selige(slope, sca);
    } else {
        *result = desmet_govers(a, sca, slope);
    }
    return TL_OK;
}

static tl_code prepare_angle(CSLConstList texts, tl_gdal_formula_args *a, tl_err *err) {
    if (a->n < 2) {
        return tl_fail(err, TL_ARG,
                       "there is %td source; an angle between spectra needs at least 2 bands",
                       a->n);
    }
    return tl_gdal_formula_read_reference(texts, a, err);
}

static tl_code angle_of_pixel(const tl_gdal_formula_args *a, double *result, tl_err *err) {
    (void)err;
    *result = tl_spectra_angle(a->spectrum, a->reference, a->n);
    return TL_OK;
}

/* Puts the physical values of a pixel into a->spectrum; returns 1 when the necessary ones are
 * valid. */
static int load_pixel(const formula *f, const tl_gdal_formula_args *a, void *const *sources,
                      ptrdiff_t at) {
    const ptrdiff_t needed = f->needed == 0 ? a->n : f->needed;
    for (ptrdiff_t i = 0; i < a->n; i++) {
        a->spectrum[i] = (double)tl_band_value(&a->band[i], ((const float *)sources[i])[at]);
        if (i < needed && isnan(a->spectrum[i])) {
            return 0;
        }
    }
    return 1;
}

static tl_code compute_pixels(const formula *f, const tl_gdal_formula_args *a, void *const *sources,
                              const tl_gdal_target *t, float *result, tl_err *err) {
    const ptrdiff_t step = tl_gdal_target_piece_rows(t);
    for (ptrdiff_t row0 = 0; row0 < t->n_rows; row0 += step) {
        const ptrdiff_t n_rows = tl_min(t->n_rows - row0, step);
        for (ptrdiff_t i = 0; i < n_rows * t->n_cols; i++) {
            double value = (double)NAN;
            if (load_pixel(f, a, sources, row0 * t->n_cols + i)) {
                TL_TRY(f->pixel(a, &value, err));
            }
            result[i] = isfinite(value) ? (float)value : NAN;
        }
        tl_gdal_target_write(t, a->nodata, row0, n_rows, result);
    }
    return TL_OK;
}

static tl_code fill_block(const formula *f, void *const *sources, int n_sources,
                          GDALDataType source_type, CSLConstList texts, const tl_gdal_target *t,
                          tl_err *err) {
    tl_gdal_formula_args args = {0};
    float *result = NULL;
    tl_code code = TL_OK;
    TL_TRY(tl_gdal_target_check_sources(source_type, err));
    TL_CHECK(tl_gdal_formula_args_read(texts, n_sources, &args, err));
    TL_CHECK(f->prepare(texts, &args, err));
    TL_CHECK(tl_gdal_source_refuse_unknown(texts, f->arguments, err));
    result = tl_acquire(tl_gdal_target_piece_rows(t) * t->n_cols, sizeof *result);
    TL_CHECK(result == NULL ? tl_no_memory(err, "a block") : TL_OK);
    TL_CHECK(compute_pixels(f, &args, sources, t, result, err));
done:
    tl_release(result);
    tl_gdal_formula_args_free(&args);
    return code;
}

static CPLErr fill_gdal(const formula *f, void *const *sources, int n_sources,
                        GDALDataType source_type, CSLConstList texts, const tl_gdal_target *t) {
    tl_err err = {0};
    if (t->n_cols < 1 || t->n_rows < 1) {
        return CE_None;
    }
    if (fill_block(f, sources, n_sources, source_type, texts, t, &err) != TL_OK) {
        CPLError(CE_Failure, CPLE_AppDefined, "%s: %s", f->name, err.text);
        return CE_Failure;
    }
    return CE_None;
}

CPLErr tl_gdal_wetness(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                       GDALDataType source_type, GDALDataType out_type, int pixel_space,
                       int line_space, CSLConstList args) {
    static const formula wetness = {"tilth_wetness", TL_GDAL_WETNESS_ARGUMENTS, prepare_wetness,
                                    wetness_of_pixel, 0};
    const tl_gdal_target t = {out, n_cols, n_rows, out_type, pixel_space, line_space};
    return fill_gdal(&wetness, sources, n_sources, source_type, args, &t);
}

CPLErr tl_gdal_lsfactor(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                        GDALDataType source_type, GDALDataType out_type, int pixel_space,
                        int line_space, CSLConstList args) {
    static const formula lsfactor = {"tilth_lsfactor", TL_GDAL_LSFACTOR_ARGUMENTS, prepare_lsfactor,
                                     lsfactor_of_pixel, 2};
    const tl_gdal_target t = {out, n_cols, n_rows, out_type, pixel_space, line_space};
    return fill_gdal(&lsfactor, sources, n_sources, source_type, args, &t);
}

CPLErr tl_gdal_angle(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                     GDALDataType source_type, GDALDataType out_type, int pixel_space,
                     int line_space, CSLConstList args) {
    static const formula angle = {"tilth_angle", TL_GDAL_ANGLE_ARGUMENTS, prepare_angle,
                                  angle_of_pixel, 0};
    const tl_gdal_target t = {out, n_cols, n_rows, out_type, pixel_space, line_space};
    return fill_gdal(&angle, sources, n_sources, source_type, args, &t);
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `correctatmosphere`: the table of its bands, and the figures of its result. */
#include <math.h>

#include "tools/scenes/correctatmosphere.h"

tl_code tl_correctatmosphere_write_bands(const tl_correction *c, tl_err *err) {
    static const tl_column column[] = {
        {"band", TL_COLUMN_INTEGER},      {"wavelength_nm", TL_COLUMN_NUMBER},
        {"good", TL_COLUMN_INTEGER},      {"reason", TL_COLUMN_TEXT},
        {"to_top", TL_COLUMN_NUMBER},     {"path", TL_COLUMN_NUMBER},
        {"through", TL_COLUMN_NUMBER},    {"albedo", TL_COLUMN_NUMBER},
        {"gas", TL_COLUMN_NUMBER},        {"gain", TL_COLUMN_NUMBER},
        {"offset", TL_COLUMN_NUMBER},     {"target_rmse", TL_COLUMN_NUMBER},
        {"mean_output", TL_COLUMN_NUMBER}};
    const char *path = tl_job_output(c->job, "bands_output");
    if (path == NULL) {
        return TL_OK;
    }
    const double none = (double)NAN;
    tl_table t;
    tl_source_table_start(&t, column, TL_COUNT(column));
    tl_code code = TL_OK;
    for (ptrdiff_t b = 0; b < c->n; b++) {
        ptrdiff_t row = 0;
        TL_CHECK(tl_source_table_add_row(&t, &row, err));
        const int air = tl_correctatmosphere_is_physical(c) && c->air.inside[b] != 0;
        tl_air_numbers a = {NAN, NAN, NAN};
        if (air) {
            a = tl_atmosphere_bands_at(&c->air, b,
                                       tl_atmosphere_bands_locate(&c->air, c->water_everywhere));
        }
        const double number[] = {(double)b + 1.0,
                                 c->centre_nm[b],
                                 (double)c->bands.band[b].good,
                                 none,
                                 tl_correctatmosphere_is_physical(c) ? (double)c->to_top[b] : none,
                                 (double)a.path,
                                 (double)a.through,
                                 (double)a.albedo,
                                 air ? c->gas[b] : none,
                                 tl_correctatmosphere_is_physical(c) ? none : c->line[b].gain,
                                 tl_correctatmosphere_is_physical(c) ? none : c->line[b].offset,
                                 tl_correctatmosphere_is_physical(c) ? none : c->line[b].rmse,
                                 c->count[b] > 0 ? c->sum[b] / (double)c->count[b] : none};
        for (ptrdiff_t j = 0; j < TL_COUNT(column); j++) {
            if (j != 3) {
                tl_source_table_set_number(&t, row, j, number[j]);
            }
        }
        TL_CHECK(tl_source_table_set_text(&t, row, 3, c->bands.band[b].reason, err));
    }
    code = c->store->write_table(path, "bands_output", &t, err);
done:
    tl_source_table_free(&t);
    return code;
}

tl_code tl_correctatmosphere_summary(const tl_correction *c, tl_err *err) {
    double sum = 0.0;
    double count = 0.0;
    double below = 0.0;
    ptrdiff_t dark = 0; /* bands with one value in ten below 0 */
    for (ptrdiff_t b = 0; b < c->n; b++) {
        sum += c->sum[b];
        count += (double)c->count[b];
        below += (double)c->below[b];
        dark += c->below[b] * 10 > c->count[b];
    }
    if (!(count > 0.0)) {
        return tl_fail(err, TL_DATA, "scene: no pixel of '%s' has a value that can be corrected",
                       tl_job_text(c->job, "scene"));
    }
    if (!(sum > 0.0 && sum / count < 1.5)) {
        return tl_fail(
            err, TL_DATA,
            "scene: the mean reflectance of '%s' is %.3g, which no surface has; check the unit "
            "of the radiance (W m-2 sr-1 um-1) and quantity",
            tl_job_text(c->job, "scene"), sum / count);
    }
    tl_job_put_number(c->job, "bands", (double)c->n);
    tl_job_put_number(c->job, "mean_reflectance", sum / count);
    tl_job_put_number(c->job, "below_zero_percent", 100.0 * below / count);
    if (dark > 0) {
        tl_job_log(c->job, TL_WARNING,
                   "in %td bands more than a tenth of the pixels are below 0: %s", dark,
                   c->method == TL_CORRECT_BUILTIN || c->method == TL_CORRECT_TABLE
                       ? "the air is clearer than assumed (parameter aod), or the calibration is "
                         "wrong"
                       : "they are darker than the darkest spectrum used to fit the lines");
    }
    return TL_OK;
}

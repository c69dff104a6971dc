/* SPDX-License-Identifier: GPL-2.0-or-later
 * Topographic wetness index; see wetness.h. */
#include "hydro/wetness.h"

#include <math.h>

tl_code tl_hydro_twi(const tl_grid *slope_rad, const tl_grid *sca, tl_grid *twi, tl_err *err) {
    *twi = (tl_grid){0};
    if (slope_rad->nrow != sca->nrow || slope_rad->ncol != sca->ncol) {
        return tl_fail(
            err, TL_SHAPE,
            "wetness: slope has %td x %td cells, catchment area %td x %td; align them first",
            slope_rad->nrow, slope_rad->ncol, sca->nrow, sca->ncol);
    }
    TL_TRY(tl_grid_init(twi, sca->nrow, sca->ncol, &sca->geo, err));
    for (ptrdiff_t i = 0; i < sca->nrow * sca->ncol; i++) {
        const double area = (double)sca->data[i];
        const double slope = (double)slope_rad->data[i];
        /* Comparisons with NaN are false, so NoData of either input ends in the second branch. */
        if (area > 0.0 && slope >= 0.0) {
            const double tangent = tan(slope);
            twi->data[i] = (float)log(area / (tangent > TL_TWI_MIN_TAN ? tangent : TL_TWI_MIN_TAN));
        } else {
            twi->data[i] = NAN;
        }
    }
    return TL_OK;
}

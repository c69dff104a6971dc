/* SPDX-License-Identifier: GPL-2.0-or-later
 * Topographic wetness index; see wetness.h. */
#include "hydro/wetness.h"

#include <math.h>

double tl_twi(double slope_rad, double sca_m) {
    /* Comparisons with NaN are false, so NoData of either input ends here, too. */
    if (!(sca_m > 0.0 && slope_rad >= 0.0)) {
        return (double)NAN;
    }
    const double tangent = tan(slope_rad);
    return log(sca_m / (tangent > TL_TWI_MIN_TAN ? tangent : TL_TWI_MIN_TAN));
}

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
        twi->data[i] = (float)tl_twi((double)slope_rad->data[i], (double)sca->data[i]);
    }
    return TL_OK;
}

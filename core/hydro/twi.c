/* SPDX-License-Identifier: GPL-2.0-or-later
 * Topographic wetness index; see twi.h. */
#include "hydro/twi.h"

#include <math.h>

#include "base/minmax.h"

double tl_hydro_twi_of(double slope_rad, double sca_m) {
    /* Comparisons with NaN are false, so NoData of either input ends here, too. */
    if (!(sca_m > 0.0 && slope_rad >= 0.0)) {
        return (double)NAN;
    }
    const double tangent = tan(slope_rad);
    return log(sca_m / tl_max_double(tangent, TL_TWI_MIN_TAN));
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
        twi->data[i] = (float)tl_hydro_twi_of((double)slope_rad->data[i], (double)sca->data[i]);
    }
    return TL_OK;
}

static tl_code same_shape(const tl_grid *twi, const tl_grid *transmissivity, tl_err *err) {
    if (twi->nrow != transmissivity->nrow || twi->ncol != transmissivity->ncol) {
        return tl_fail(
            err, TL_SHAPE,
            "wetness: the index has %td x %td cells, the transmissivity %td x %td; align "
            "them first",
            twi->nrow, twi->ncol, transmissivity->nrow, transmissivity->ncol);
    }
    return TL_OK;
}

static double log_transmissivity(const tl_grid *transmissivity, ptrdiff_t at) {
    const double t = (double)transmissivity->data[at];
    return log(tl_max_double(TL_TWI_MIN_TRANSMISSIVITY, t));
}

tl_code tl_hydro_twi_transmit(tl_grid *twi, const tl_grid *transmissivity, tl_err *err) {
    TL_TRY(same_shape(twi, transmissivity, err));
    for (ptrdiff_t i = 0; i < twi->nrow * twi->ncol; i++) {
        twi->data[i] = (float)((double)twi->data[i] - log_transmissivity(transmissivity, i));
    }
    return TL_OK;
}

tl_code tl_hydro_topmodel(tl_grid *twi, const tl_grid *transmissivity, const double *cell_m2,
                          tl_topmodel_form form, tl_err *err) {
    if (transmissivity != NULL) {
        TL_TRY(tl_hydro_twi_transmit(twi, transmissivity, err));
    }
    /* twi holds ln(a / tan) minus ln T already; only the difference of their means is missing. */
    double sum = 0.0;
    double weight = 0.0;
    for (ptrdiff_t row = 0; row < twi->nrow; row++) {
        double part = 0.0;
        ptrdiff_t n = 0;
        for (ptrdiff_t col = 0; col < twi->ncol; col++) {
            const double value = (double)twi->data[tl_grid_at(twi, row, col)];
            if (!isnan(value)) {
                part += value;
                n++;
            }
        }
        sum += part * cell_m2[row];
        weight += (double)n * cell_m2[row];
    }
    double mean = weight > 0.0 ? sum / weight : 0.0;
    if (form == TL_TOPMODEL_SAGA) {
        mean = (mean - (transmissivity == NULL ? 1.0 : 0.0)) / cell_m2[twi->nrow / 2];
    }
    for (ptrdiff_t i = 0; i < twi->nrow * twi->ncol; i++) {
        twi->data[i] = (float)((double)twi->data[i] - mean);
    }
    return TL_OK;
}

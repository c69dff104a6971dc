/* SPDX-License-Identifier: GPL-2.0-or-later
 * Accumulation without sorting, in whole grains; see accumulator.h. */
#include "hydro/accumulator.h"

tl_code tl_hydro_accumulator_grains(double total, double *grains, tl_err *err) {
    *grains = 1.0;
    if (!isfinite(total)) {
        return tl_fail(err, TL_DATA,
                       "flow accumulation: the weights sum up to %g; wanted finite ones", total);
    }
    if (total > 0.0) {
        int exponent;
        frexp(total, &exponent);
        /* Shares are rounded to grains, which may add up to four grains per cell; the spare bit is
         * for these. */
        *grains = ldexp(1.0, 61 - exponent);
    }
    return TL_OK;
}

double tl_hydro_accumulator_row_total(double size, const float *weight, ptrdiff_t ncol) {
    if (weight == NULL) {
        return size * (double)ncol;
    }
    double sum = 0.0;
    for (ptrdiff_t col = 0; col < ncol; col++) {
        sum += fabs(tl_hydro_accumulator_own(size, weight[col]));
    }
    return sum;
}

/* Passes the flow of one cell on; cells that wait for no other one become ready. */
static tl_code pass_on(tl_accumulator *s, ptrdiff_t at, tl_err *err) {
    const ptrdiff_t ncol = s->route.surface->ncol;
    const unsigned char receivers = s->receivers[at];
    s->waiting[at] = TL_ACCUMULATOR_DONE;
    if (receivers == 0) {
        return TL_OK;
    }
    double share[TL_NEIGHBOURS];
    tl_hydro_route_shares(&s->route, at / ncol, at % ncol, receivers, share);
    const int64_t passed = s->total[at] > 0 ? s->total[at] : 0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (!(receivers >> i & 1)) {
            continue;
        }
        const ptrdiff_t to = at + tl_drow[i] * ncol + tl_dcol[i];
        s->total[to] += tl_hydro_accumulator_part(passed, share[i]);
        if (--s->waiting[to] == 0) {
            TL_TRY(tl_hydro_cellqueue_put(&s->ready, to, err));
        }
    }
    return TL_OK;
}

tl_code tl_hydro_accumulator_from(tl_accumulator *s, ptrdiff_t at, tl_err *err) {
    TL_TRY(pass_on(s, at, err));
    while (s->ready.count > 0) {
        TL_TRY(pass_on(s, tl_hydro_cellqueue_pop(&s->ready), err));
    }
    return TL_OK;
}

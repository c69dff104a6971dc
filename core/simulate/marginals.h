/* SPDX-License-Identifier: GPL-2.0-or-later
 * Converts normal scores into concentrations with wanted mean, spread, skewness and kurtosis. */
#ifndef TL_SIMULATE_MARGINALS_H
#define TL_SIMULATE_MARGINALS_H

#include <stddef.h>

#include "base/status.h"

/* Moments as core/num/stats.h defines them: standard deviation with n - 1, skewness and excess
 * kurtosis from plain moments. */
typedef struct tl_simulate_moments {
    double mean; /* > 0 */
    double cv;   /* standard deviation / mean, > 0 */
    double skewness;
    double kurtosis; /* excess: 0 for a normal distribution */
} tl_simulate_moments;

/* An increasing function of a cell's normal score z that stays above floor:
 *   value(z) = floor + scale exp(spread S(u)),  u = rank score of z among the samples,
 *   S(u) = (sinh(tail asinh u + lean) - sinh lean) / (tail cosh lean),
 * the exponential of the sinh-arcsinh transform, shifted and scaled so that S(0) = 0 and S'(0) = 1.
 * u is linear from sample to sample between their normal scores and flattens out 0.8 beyond the
 * first and the last one, so that the many cells beyond the samples stay in a plausible range.
 * Owner; start from a zeroed struct.
 *
 * source  Jones & Pewsey 2009 Biometrika 96:761 */
typedef struct tl_simulate_marginal {
    double floor;
    double scale;
    double spread;
    double lean;
    double tail;
    ptrdiff_t knots;
    double *knot_z; /* [knots] strictly increasing scores of the samples */
    double *knot_u; /* [knots] their rank scores */
} tl_simulate_marginal;

/* value(z) of the fitted transform, in the unit of its mean. */
double tl_simulate_marginal_value(const tl_simulate_marginal *m, double z);

/* Frees; zeroed and already freed owners are fine. */
void tl_simulate_marginal_free(tl_simulate_marginal *m);

/* Fits the transform so that the n values value(z_i) (1 + error_i) have the wanted moments: scale
 * makes the mean exact, the other three are found by damped least squares from several starts.
 * floor is a tenth of the mean.
 *
 * z        [n] finite normal scores
 * error    [n] relative errors of the assay, > -1
 * wanted   moments to be reached
 * fit      initialised here: the best of all starts; empty after a failure
 * reached  moments of the n values with the fitted transform, for the caller to check
 * fails    TL_ARG moments that no n positive numbers can have; TL_NOMEM
 * cost     a few thousand passes over n values */
tl_code tl_simulate_marginal_fit(const double *z, const double *error, ptrdiff_t n,
                                 const tl_simulate_moments *wanted, tl_simulate_marginal *fit,
                                 tl_simulate_moments *reached, tl_err *err);

/* Largest of |mean ratio - 1|, |cv ratio - 1|, |skewness difference| / max(1, |skewness wanted|),
 * and the same for kurtosis. */
double tl_simulate_moments_miss(const tl_simulate_moments *reached,
                                const tl_simulate_moments *wanted);

#endif

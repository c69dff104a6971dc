/* SPDX-License-Identifier: GPL-2.0-or-later
 * Distributions; see distribution.h. The arguments are checked here, because GSL ends the program
 * on wrong ones. */
#include "num/distribution.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static int is_inside(double p) {
    return p > 0.0 && p < 1.0;
}

double tl_num_normal_cdf(double z) {
    return gsl_cdf_ugaussian_P(z);
}

double tl_num_normal_quantile(double p) {
    return is_inside(p) ? gsl_cdf_ugaussian_Pinv(p) : (double)NAN;
}

double tl_num_t_two_sided(double t, double df) {
    return df > 0.0 ? 2.0 * gsl_cdf_tdist_Q(fabs(t), df) : (double)NAN;
}

double tl_num_t_quantile(double p, double df) {
    return is_inside(p) && df > 0.0 ? gsl_cdf_tdist_Pinv(p, df) : (double)NAN;
}

double tl_num_chi2_quantile(double p, double df) {
    return is_inside(p) && df > 0.0 ? gsl_cdf_chisq_Pinv(p, df) : (double)NAN;
}

double tl_num_f_quantile(double p, double df1, double df2) {
    return is_inside(p) && df1 > 0.0 && df2 > 0.0 ? gsl_cdf_fdist_Pinv(p, df1, df2) : (double)NAN;
}

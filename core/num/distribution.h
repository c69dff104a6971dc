/* SPDX-License-Identifier: GPL-2.0-or-later
 * Distribution functions and quantiles for statistical tests and limits. */
#ifndef TL_NUM_DISTRIBUTION_H
#define TL_NUM_DISTRIBUTION_H

/* P(Z <= z) of the standard normal. */
double tl_num_normal_cdf(double z);

/* The inverse, p in (0, 1); NaN outside. */
double tl_num_normal_quantile(double p);

/* P(|T| >= |t|) of Student's t; df above 0. */
double tl_num_t_two_sided(double t, double df);

/* Quantiles of Student's t, chi-square and F; p in (0, 1), degrees of freedom above 0; NaN
 * outside. */
double tl_num_t_quantile(double p, double df);
double tl_num_chi2_quantile(double p, double df);
double tl_num_f_quantile(double p, double df1, double df2);

#endif

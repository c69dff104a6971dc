/* SPDX-License-Identifier: GPL-2.0-or-later
 * The score of a whole procedure when the property is permuted: the permutation test. */
#ifndef TL_INVERSION_PERMUTATION_H
#define TL_INVERSION_PERMUTATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "base/status.h"

/* The statistic of permuted values, for example R2 of the whole nested cross-validation. Called
 * from several threads at a time when threads > 1; must depend on its arguments alone.
 *
 * y          [n] permuted values
 * number     of the permutation, 1 .. permutations
 * statistic  out: larger = better; NaN = it does not exist, which counts as reaching the observed
 *            one */
typedef tl_code (*tl_permuted_statistic)(void *arg, const double *y, ptrdiff_t number,
                                         double *statistic, tl_err *err);

typedef struct tl_permutation_options {
    ptrdiff_t permutations; /* 1 or more; 99 to 999 */
    int64_t seed;
    int threads;
} tl_permutation_options;

typedef struct tl_permutation_result {
    ptrdiff_t permutations;
    ptrdiff_t reaching; /* permutations with a statistic >= that of the data */
    double p;           /* (1 + reaching) / (1 + permutations) */
    double median;      /* of the permuted statistics that exist: the centre of chance */
    double level;       /* their quantile 0.95 (type 7); NaN below 19 of them */
} tl_permutation_result;

/* Writes a permutation of the values. Groups are exchanged as a whole:
 * - when every group holds one value only (replicates of one sample), the values are permuted among
 *   the groups, whatever their size;
 * - otherwise the values of a group move together, in their order, to a group with as many samples;
 *   a group with a unique size keeps its values.
 *
 * y         [n]
 * group     [n] NULL = all samples independent
 * number    of the permutation
 * permuted  [n] out
 * movable   out: groups that can move; NULL = not wanted
 * fails     TL_NOMEM
 * cost      O(n^2) comparisons of group numbers
 * source    Winkler et al. 2015, NeuroImage 123:253 (exchangeability blocks) */
tl_code tl_inversion_permute(const double *y, ptrdiff_t n, const ptrdiff_t *group, int64_t seed,
                             uint32_t number, double *permuted, ptrdiff_t *movable, tl_err *err);

/* The test: p is valid for any statistic when samples are exchangeable if the spectra are unrelated
 * to the property.
 *
 * statistic_of  called once per permutation
 * observed      statistic of the data, finite
 * values        [permutations] out: the permuted statistics; NULL = not wanted
 * progress      NULL = silent
 * fails         TL_ARG permutations below 1; TL_DATA observed is not finite, fewer than 4 movable
 *               groups; the errors of statistic_of; TL_CANCELLED; TL_NOMEM
 * cost          permutations times the statistic; the same result for any number of threads
 * source        Ojala & Garriga 2010, J. Mach. Learn. Res. 11:1833, test 1; the + 1: Phipson &
 *               Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39 */
tl_code tl_inversion_permutation_test(tl_permuted_statistic statistic_of, void *arg,
                                      double observed, const double *y, ptrdiff_t n,
                                      const ptrdiff_t *group, const tl_permutation_options *options,
                                      double *values, const tl_progress *progress,
                                      tl_permutation_result *out, tl_err *err);

#endif

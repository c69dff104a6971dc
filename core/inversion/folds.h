/* SPDX-License-Identifier: GPL-2.0-or-later
 * How samples are divided into training and test sets. */
#ifndef TL_INVERSION_FOLDS_H
#define TL_INVERSION_FOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef enum tl_division_kind {
    TL_DIVIDE_RANDOM = 0, /* groups assigned to folds at random: tl_inversion_folds */
    TL_DIVIDE_ONE_OUT,    /* every group is a fold of its own */
    TL_DIVIDE_SPATIAL,    /* square blocks assigned to folds: tl_inversion_spatial_folds */
    TL_DIVIDE_GRADIENT,   /* every third by value is tested, the others are never tested */
    TL_DIVIDE_GIVEN       /* fold numbers given by the user */
} tl_division_kind;

typedef struct tl_division_scheme {
    tl_division_kind kind;
    int folds;         /* RANDOM, SPATIAL: 2 or more; else not used */
    double block_side; /* SPATIAL: map units; 0 = chosen from the data */
    int64_t seed;      /* RANDOM, SPATIAL */
} tl_division_scheme;

/* What is divided; all borrowed. Fields that the kind does not need may be NULL. */
typedef struct tl_division_data {
    ptrdiff_t n;
    const ptrdiff_t *group; /* [n] equal numbers stay together; NULL = all independent */
    const double *x;        /* [n] map units; SPATIAL */
    const double *y;        /* [n] map units; SPATIAL */
    const double *value;    /* [n] the property, finite; GRADIENT */
    const int *given;       /* [n] fold number, below 0 = never tested; GIVEN */
} tl_division_data;

/* Owner. fold[i] is the fold in which sample i is tested, -1 = always a training sample. */
typedef struct tl_division {
    ptrdiff_t n;
    int folds;         /* every number 0 .. folds-1 occurs */
    int *fold;         /* [n] */
    ptrdiff_t blocks;  /* SPATIAL: blocks with samples, else 0 */
    double block_side; /* SPATIAL: their side in map units, else 0 */
} tl_division;

/* Divides samples by a scheme: the one entry to all kinds.
 *
 * GRADIENT orders groups by their mean value and has one fold; without groups it is
 * tl_inversion_gradient_split. GIVEN numbers the folds 0, 1, ... by increasing given number and
 * fails where a group is in several folds.
 *
 * index  number of the division (repeat); RANDOM and SPATIAL differ with it
 * out    uninitialised; empty on failure
 * fails  TL_DATA too few groups or blocks, samples without coordinates, a group in several folds,
 *        no samples to train on or to test; TL_ARG folds below 2, a negative side; TL_SHAPE the
 *        vector that the kind needs is NULL; TL_NOMEM
 * cost   O(n^2) comparisons of group numbers */
tl_code tl_inversion_divide(const tl_division_scheme *scheme, const tl_division_data *data,
                            uint32_t index, tl_division *out, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_division_free(tl_division *d);

/* Random folds of nearly equal size for n samples.
 *
 * Groups are shuffled, and each goes to the fold that is smallest so far (the first of equal ones).
 *
 * group  [n] samples with the same number stay in one fold (replicates, samples in one pixel); NULL
 *        = all samples independent
 * k      number of folds, 2 .. number of groups
 * seed   of the run
 * index  number of the division (repeat, inner or outer); each differs
 * fold   [n] out: 0 .. k-1
 * fails  TL_DATA fewer groups than folds; TL_ARG k below 2; TL_NOMEM */
tl_code tl_inversion_folds(ptrdiff_t n, const ptrdiff_t *group, int k, int64_t seed, uint32_t index,
                           int *fold, tl_err *err);

/* The blocks of a spatial division. */
typedef struct tl_spatial_blocks {
    double side;      /* map units */
    ptrdiff_t blocks; /* with samples */
} tl_spatial_blocks;

/* Spatial folds: a grid of square blocks is laid over the samples, and whole blocks are assigned to
 * the folds, those with the largest number of samples first, each to the fold that is smallest so
 * far (equal blocks in shuffled order). The position of a group is the mean of its samples. The
 * origin of the grid is drawn for every index, unless that results in fewer blocks than folds: then
 * it is the lower left corner of the samples.
 *
 * side 0: the largest side of the row extent / 2^(j/4), j = 0, 1, ..., whose grid from the lower
 * left corner has samples in 3 k blocks, but not in more than a third of the number of groups (and
 * at least k), so that a block has about 3 groups where samples are few.
 *
 * x, y    [n] map units, finite
 * side    of the blocks, map units; 0 = chosen
 * fold    [n] out: 0 .. k-1
 * blocks  out; NULL = not wanted
 * fails   as tl_inversion_folds; TL_ARG a side that is negative or not finite; TL_DATA samples
 *         without coordinates, fewer blocks than folds
 * cost    O(n^2) comparisons of group numbers, O(n log n) per side tried
 * source  Roberts et al. 2017, Ecography 40:913 (blocks); Valavi et al. 2019, Methods Ecol. Evol.
 *         10:225 */
tl_code tl_inversion_spatial_folds(ptrdiff_t n, const ptrdiff_t *group, const double *x,
                                   const double *y, int k, double side, int64_t seed,
                                   uint32_t index, int *fold, tl_spatial_blocks *blocks,
                                   tl_err *err);

/* Number of different values in group.
 *
 * group  [n]; NULL = all samples independent: n
 * cost   O(n^2), no allocation */
ptrdiff_t tl_inversion_count_groups(const ptrdiff_t *group, ptrdiff_t n);

/* Numbers the groups 0, 1, ... by first appearance.
 *
 * group   [n]; NULL = all samples independent
 * number  [n] out
 * returns their number
 * cost    O(n^2), no allocation */
ptrdiff_t tl_inversion_number_groups(const ptrdiff_t *group, ptrdiff_t n, ptrdiff_t *number);

/* Content-gradient split: samples in stable ascending order of y; those with rank 1, 4, 7, ...
 * (counted from 0) are test samples, so both ends stay in training.
 *
 * y        [n] finite
 * is_test  [n] out: 1 test, 0 training
 * fails    TL_NOMEM */
tl_code tl_inversion_gradient_split(const double *y, ptrdiff_t n, int *is_test, tl_err *err);

#endif

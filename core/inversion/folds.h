/* SPDX-License-Identifier: GPL-2.0-or-later
 * How samples are divided into training and test sets. */
#ifndef TL_INVERSION_FOLDS_H
#define TL_INVERSION_FOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef enum tl_division_kind {
    TL_DIVIDE_RANDOM = 0, /* groups dealt to folds at random: tl_inversion_folds */
    TL_DIVIDE_ONE_OUT,    /* every group is a fold of its own */
    TL_DIVIDE_SPATIAL,    /* square blocks dealt to folds: tl_inversion_spatial_folds */
    TL_DIVIDE_GRADIENT,   /* every third by value is tested, the others never */
    TL_DIVIDE_GIVEN       /* fold numbers given by the user */
} tl_division_kind;

typedef struct tl_division_scheme {
    tl_division_kind kind;
    int folds;         /* RANDOM, SPATIAL: 2 or more; else not used */
    double block_side; /* SPATIAL: map units; 0 = chosen from the data */
    int64_t seed;      /* RANDOM, SPATIAL */
} tl_division_scheme;

/* What is divided; all borrowed. What the kind does not need may be NULL. */
typedef struct tl_division_data {
    ptrdiff_t n;
    const ptrdiff_t *group; /* [n] equal numbers stay together; NULL = each on its own */
    const double *x;        /* [n] map units; SPATIAL */
    const double *y;        /* [n] map units; SPATIAL */
    const double *value;    /* [n] the property, finite; GRADIENT */
    const int *given;       /* [n] fold number, below 0 = never tested; GIVEN */
} tl_division_data;

/* Owner. fold[i] is the fold in which sample i is tested, -1 when it is training in all of them. */
typedef struct tl_division {
    ptrdiff_t n;
    int folds;         /* every number 0 .. folds-1 occurs */
    int *fold;         /* [n] */
    ptrdiff_t blocks;  /* SPATIAL: blocks with samples, else 0 */
    double block_side; /* SPATIAL: their side in map units, else 0 */
} tl_division;

/* Divides samples by a scheme: the one entry to all kinds.
 *
 * GRADIENT goes by the mean value of each group and gives one fold; without groups it is
 * tl_inversion_gradient_split. GIVEN numbers the folds 0, 1, ... by rising given number and
 * refuses groups that are torn apart.
 *
 * index  names the division (repeat), so that each is its own; RANDOM and SPATIAL differ with it
 * out    uninitialised; empty on failure
 * fails  TL_DATA too few groups or blocks, samples without coordinates, torn groups, nothing to
 *        train on or to test; TL_ARG folds below 2, a negative side; TL_SHAPE the vector that the
 *        kind needs is NULL; TL_NOMEM
 * cost   O(n^2) comparisons of group numbers */
tl_code tl_inversion_divide(const tl_division_scheme *scheme, const tl_division_data *data,
                            uint32_t index, tl_division *out, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_division_free(tl_division *d);

/* Random folds of nearly equal size for n samples.
 *
 * Groups are shuffled and each goes to the fold that is smallest so far (the first of equals).
 *
 * group  [n] samples with the same number stay in one fold (replicates, samples in one pixel);
 *        NULL = every sample on its own
 * k      number of folds, 2 .. number of groups
 * seed   of the run
 * index  names the division (repeat, inner or outer), so that each is its own
 * fold   [n] out: 0 .. k-1
 * fails  TL_DATA fewer groups than folds; TL_ARG k below 2; TL_NOMEM */
tl_code tl_inversion_folds(ptrdiff_t n, const ptrdiff_t *group, int k, int64_t seed, uint32_t index,
                           int *fold, tl_err *err);

/* What became of the blocks of a spatial division. */
typedef struct tl_spatial_blocks {
    double side;      /* map units */
    ptrdiff_t blocks; /* with samples */
} tl_spatial_blocks;

/* Spatial folds: a grid of square blocks is laid over the samples, and whole blocks are dealt to
 * the folds, those with most samples first, each to the fold that is smallest so far (equal blocks
 * in shuffled order). A group stands at the mean of its samples. The origin of the grid is drawn
 * anew for every index, unless fewer blocks than folds come out of it: then it is the lower left
 * corner of the samples.
 *
 * side 0: the largest side of the row extent / 2^(j/4), j = 0, 1, ..., whose grid from the lower
 * left corner holds samples in 3 k blocks, but not in more than a third of the number of groups
 * (and at least k), so that a block holds about 3 groups where samples are few.
 *
 * x, y    [n] map units, finite
 * side    of the blocks, map units; 0 = chosen
 * fold    [n] out: 0 .. k-1
 * blocks  out; NULL = not wanted
 * fails   as tl_inversion_folds; TL_ARG a negative or not finite side; TL_DATA samples without
 *         coordinates, fewer blocks than folds
 * cost    O(n^2) comparisons of group numbers, O(n log n) per side tried
 * source  Roberts et al. 2017, Ecography 40:913 (blocks); Valavi et al. 2019, Methods Ecol. Evol.
 *         10:225 */
tl_code tl_inversion_spatial_folds(ptrdiff_t n, const ptrdiff_t *group, const double *x,
                                   const double *y, int k, double side, int64_t seed,
                                   uint32_t index, int *fold, tl_spatial_blocks *blocks,
                                   tl_err *err);

/* Number of different values in group.
 *
 * group  [n]; NULL = every sample on its own, which gives n
 * cost   O(n^2), no allocation */
ptrdiff_t tl_inversion_count_groups(const ptrdiff_t *group, ptrdiff_t n);

/* Numbers the groups 0, 1, ... by first appearance.
 *
 * group   [n]; NULL = every sample on its own
 * number  [n] out
 * returns how many there are
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

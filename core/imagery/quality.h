/* SPDX-License-Identifier: GPL-2.0-or-later
 * Quality of the bands of a scene: noise, and indications of smile and keystone. Stripes and seams
 * have their own headers. */
#ifndef TL_IMAGERY_QUALITY_H
#define TL_IMAGERY_QUALITY_H

#include <stddef.h>

enum { TL_NOISE_BLOCK = 6 };

/* Noise variances of one band in blocks of 6 x 6 cells spread over some rows: what the mean m of
 * two neighbouring bands does not explain in a block. The surface changes all bands alike, noise
 * does not. The noise of the neighbours, assumed to be equally large, is divided out:
 * s^2 = SSR / (36 - 2) / (1 + b^2 / 2) for x = a + b m; 1 + b^2 with one neighbour.
 *
 * band      [n_rows, ncol] values; blocks with a NaN in any of the three are excluded
 * left      values of a neighbouring band
 * right     of the neighbouring band on the other side; NULL = one neighbour only
 * variance  [capacity] out: of at most capacity blocks
 * returns   the number of blocks
 * source    after Roger and Arnold 1996, Int. J. Remote Sens. 17:951, who use both neighbours
 *           separately; blocks after Gao 1993, Remote Sens. Environ. 43:23 */
ptrdiff_t tl_imagery_noise_blocks(const float *band, const float *left, const float *right,
                                  ptrdiff_t n_rows, ptrdiff_t ncol, double *variance,
                                  ptrdiff_t capacity);

/* The noise of a band: the root of the median variance, corrected for the median of a chi-square
 * with 34 degrees of freedom.
 *
 * variance  [n]; sorted here
 * returns   NaN for n < 1 */
double tl_imagery_noise(double *variance, ptrdiff_t n);

/* Smile: how far the wavelengths of a detector shift across the swath, from the position of an
 * absorption line in every column. Depth profiles below the straight line between the outermost
 * bands are compared with their mean over all columns; the shift of a column is the least-squares
 * one (linear in the shift), and a parabola over the columns removes the noise.
 *
 * profile    [n, ncol] mean of every column in n bands around the line, shoulders first and last
 * centre_nm  [n] increasing
 * depth      out: of the line in the mean, 0..1
 * returns    the range of the parabola, nm; NaN when the line is shallower than 0.05, or n < 4
 * source     oxygen A line at 760 nm as reference: Gao, Montes and Davis 2004, Remote Sens.
 *            Environ. 90:424 */
double tl_imagery_smile_nm(const double *profile, const double *centre_nm, ptrdiff_t n,
                           ptrdiff_t ncol, double *depth);

/* Sums from which the shift between two bands along the columns follows. Start from zero. */
typedef struct tl_keystone {
    double n;
    double sum[3]; /* of a, a', b */
    double product[3][3];
} tl_keystone;

/* Adds rows of both bands.
 *
 * a, b  [n_rows, ncol]; cells with a NaN in b or in the three of a are excluded */
void tl_imagery_keystone_add(tl_keystone *s, const float *a, const float *b, ptrdiff_t n_rows,
                             ptrdiff_t ncol);

/* Keystone: by how many columns band b is displaced to the right of band a, from
 * b = p + q a - q s a' with the slope a' along the row.
 *
 * returns NaN when the bands are too different (correlation below 0.5) */
double tl_imagery_keystone_columns(const tl_keystone *s);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which vector width the products of this module use; their results do not depend on it. */
#ifndef TL_NUM_WIDTH_H
#define TL_NUM_WIDTH_H

/* In increasing order. */
typedef enum tl_num_width { TL_NUM_NARROW = 0, TL_NUM_AVX2, TL_NUM_AVX512 } tl_num_width;

/* The widest of them that the processor has, or the limit below if that is narrower. */
tl_num_width tl_num_width_used(void);

/* Forbids wider vectors to the whole program, so that a test on one machine can compare what others
 * compute. TL_NUM_AVX512 forbids nothing. */
void tl_num_width_limit(tl_num_width limit);

#endif

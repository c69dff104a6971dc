/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lists of numbers that a user writes as text, such as the limits of classes. */
#ifndef TL_JOB_NUMBERS_H
#define TL_JOB_NUMBERS_H

#include "job/algorithm.h"

/* Reads the text parameter id as increasing numbers, separated by spaces or semicolons.
 *
 * number  [capacity] out
 * n       out: how many there are, at least 1
 * fails   TL_ARG the text holds anything else, or more than capacity numbers */
tl_code tl_job_read_increasing(const tl_job *job, const char *id, ptrdiff_t capacity,
                               double *number, ptrdiff_t *n, tl_err *err);

#endif

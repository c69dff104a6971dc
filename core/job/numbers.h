/* SPDX-License-Identifier: GPL-2.0-or-later
 * Borders of classes that a user writes as text. */
#ifndef TL_JOB_NUMBERS_H
#define TL_JOB_NUMBERS_H

#include "job/algorithm.h"

/* Reads the text parameter id as rising numbers with blanks or semicolons between them.
 *
 * number  [most] out
 * n       out: at least 1
 * fails   TL_ARG anything else stands there, or more than most numbers */
tl_code tl_job_read_increasing(const tl_job *job, const char *id, ptrdiff_t most, double *number,
                               ptrdiff_t *n, tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * What readers assume about an input that does not describe itself completely: every assumption is
 * logged once in a run, with the option that changes it, or refused when the user wants no
 * assumptions (--strict yes).
 *
 * The list belongs to the thread that began it, so that a reader deep in the call tree needs no
 * further argument; where none was begun, as in the threads of a parallel loop, an assumption
 * passes without a line, because the thread that opened the file has logged it already. */
#ifndef TL_BASE_ASSUMPTIONS_H
#define TL_BASE_ASSUMPTIONS_H

#include <stddef.h>

#include "base/progress.h"

/* What cells of a scene are that are 0 in every band. */
typedef enum tl_zeros {
    TL_ZEROS_ASSUMED = 0, /* outside the scene, with a line in the log */
    TL_ZEROS_OUTSIDE,
    TL_ZEROS_VALUES
} tl_zeros;

typedef struct tl_assumptions {
    tl_progress progress;
    int strict;
    tl_zeros zeros;
    char **sentence; /* [n] owned; those logged so far */
    ptrdiff_t n;
    struct tl_assumptions *outer; /* of a run within a run */
} tl_assumptions;

/* From now on this thread logs assumptions to progress (NULL = silently).
 *
 * a       uninitialised; must stay where it is until tl_assumptions_end
 * strict  1: an assumption is a failure */
void tl_assumptions_begin(tl_assumptions *a, const tl_progress *progress, int strict);

/* The user's decision about zeros, for the list that began last on this thread; and that decision,
 * TL_ZEROS_ASSUMED where there is no list. */
void tl_assumptions_decide_zeros(tl_zeros zeros);
tl_zeros tl_assumptions_zeros(void);

/* 1 when the list that began last on this thread refuses assumptions. */
int tl_assumptions_strict(void);

/* Ends the list that began last on this thread and frees it. */
void tl_assumptions_end(tl_assumptions *a);

/* Records an assumption in printf format: which file and position, what is assumed, which option
 * changes it; no full stop.
 *
 * level   TL_INFO where the input leaves little doubt, TL_WARNING where it may be wrong
 * fails   TL_DATA with the sentence when this run is strict */
tl_code tl_assume(tl_err *err, tl_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stopping a run from deep inside: a long computation asks whether the user has cancelled, without a
 * progress argument in every function on the way.
 *
 * The question belongs to the thread that began the run, and to the threads of tl_parfor that work
 * for it; in any other thread the answer is always no. */
#ifndef TL_BASE_STOP_H
#define TL_BASE_STOP_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/progress.h"

typedef struct tl_stop {
    tl_progress progress;
    double last;       /* fraction that was reported last */
    int64_t asked_ns;  /* when the user was asked last */
    atomic_int asked;  /* 1: the user asked to stop */
    const void *owner; /* of the thread that began */
    struct tl_stop *outer;
} tl_stop;

/* From now on tl_stop_check on this thread asks the report function of progress (NULL: never
 * cancelled).
 *
 * s   uninitialised; must stay where it is until tl_stop_end */
void tl_stop_begin(tl_stop *s, const tl_progress *progress);

/* Ends what began last on this thread. */
void tl_stop_end(tl_stop *s);

/* To be called in every loop that may take longer than a tenth of a second, at least once in that
 * time and not more often than every few microseconds. The user is asked twenty times a second.
 *
 * fails  TL_CANCELLED the user asked to stop
 * cost   about 10 ns */
tl_code tl_stop_check(tl_err *err);

/* For tl_parfor: what this thread belongs to, NULL for nothing; and a thread that joins it until it
 * leaves with the value that tl_stop_join returned. */
tl_stop *tl_stop_current(void);
tl_stop *tl_stop_join(tl_stop *s);
void tl_stop_leave(tl_stop *before);

/* For tl_progress_at: notes the fraction that was reported, and the answer. */
void tl_stop_note(double fraction, int goes_on);

#endif

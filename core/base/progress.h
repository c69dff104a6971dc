/* SPDX-License-Identifier: GPL-2.0-or-later
 * Progress, messages and cancellation of one run. */
#ifndef TL_BASE_PROGRESS_H
#define TL_BASE_PROGRESS_H

#include "base/status.h"

typedef enum tl_level { TL_INFO = 0, TL_WARNING = 1 } tl_level;

/* Receives progress and messages. Called from one thread only.
 *
 * fraction  in [0, 1], or below 0 when only a message is passed
 * level     a tl_level
 * message   may be NULL; valid during the call only
 * returns   0 to request cancellation, anything else to continue */
typedef int (*tl_report)(double fraction, int level, const char *message, void *user);

/* What a cancelled run reports. */
#define TL_PROGRESS_CANCELLED "cancelled by the user; no output was written"

/* A span [from, to] of the whole run's progress. Stages receive their part by value. */
typedef struct tl_progress {
    tl_report report; /* NULL: silent, never cancelled */
    void *user;
    double from;
    double to;
} tl_progress;

/* The part of p between the fractions from and to of p's own span. p may be NULL (silent). */
tl_progress tl_progress_part(const tl_progress *p, double from, double to);

/* Reports how far this span has advanced. p may be NULL (silent).
 *
 * fraction  in [0, 1]
 * fails     TL_CANCELLED the user asked to stop */
tl_code tl_progress_at(const tl_progress *p, double fraction, tl_err *err);

/* Passes a message (printf format) on to the user's log. p may be NULL. */
void tl_progress_log(const tl_progress *p, tl_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

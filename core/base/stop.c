/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stopping a run from deep inside; see stop.h. */
#include "base/stop.h"

#include <stddef.h>
#include <time.h>

#ifndef CLOCK_MONOTONIC_COARSE /* four milliseconds are fine, and reading them takes a tenth of the time */
#define CLOCK_MONOTONIC_COARSE CLOCK_MONOTONIC
#endif

enum { interval_ns = 50 * 1000 * 1000 };

static _Thread_local tl_stop *current; /* NULL: no run */
static _Thread_local char self;        /* its address tells the threads apart */

static int64_t now_ns(void) {
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void tl_stop_begin(tl_stop *s, const tl_progress *progress) {
    *s = (tl_stop){.outer = current, .owner = &self};
    if (progress != NULL) {
        s->progress = *progress;
    }
    current = s;
}

void tl_stop_end(tl_stop *s) {
    current = s->outer;
}

tl_code tl_stop_check(tl_err *err) {
    tl_stop *s = current;
    if (s == NULL) {
        return TL_OK;
    }
    if (s->owner == &self && s->progress.report != NULL) {
        const int64_t now = now_ns();
        if (now - s->asked_ns >= interval_ns) {
            s->asked_ns = now;
            if (s->progress.report(s->last, TL_INFO, NULL, s->progress.user) == 0) {
                atomic_store(&s->asked, 1);
            }
        }
    }
    return atomic_load_explicit(&s->asked, memory_order_relaxed)
               ? tl_fail(err, TL_CANCELLED, TL_PROGRESS_CANCELLED)
               : TL_OK;
}

tl_stop *tl_stop_current(void) {
    return current;
}

tl_stop *tl_stop_join(tl_stop *s) {
    tl_stop *before = current;
    current = s;
    return before;
}

void tl_stop_leave(tl_stop *before) {
    current = before;
}

void tl_stop_note(double fraction, int goes_on) {
    if (current != NULL && current->owner == &self) {
        current->last = fraction;
        if (!goes_on) {
            atomic_store(&current->asked, 1);
        }
    }
}

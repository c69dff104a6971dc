/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where the samples of a study lie, for validation by blocks and kriging; see study.h. */
#include <math.h>

#include "training_set/study_work.h"

#include "base/angle_units.h"

static void forget(tl_study *s) {
    for (ptrdiff_t k = 0; k < s->n; k++) {
        s->x[k] = (double)NAN;
        s->y[k] = (double)NAN;
    }
}

/* 1 when some sample has no place, or all have the same one: then it is a mere filler. */
static int are_fillers(const tl_study *s) {
    int same = 1;
    for (ptrdiff_t k = 0; k < s->n; k++) {
        if (!isfinite(s->x[k]) || !isfinite(s->y[k])) {
            return 1;
        }
        same = same && s->x[k] == s->x[0] && s->y[k] == s->y[0];
    }
    return same;
}

/* Degrees as metres from the middle of the samples, along the parallel and the meridian through it
 * on a sphere of the Earth's mean radius: distances between samples of one survey are right to a
 * small part of themselves, and the same in all directions. */
static void to_metres(tl_study *s) {
    const double metres = 6371008.8 * TL_RADIANS_PER_DEGREE;
    double x = 0.0;
    double y = 0.0;
    for (ptrdiff_t k = 0; k < s->n; k++) {
        x += s->x[k] / (double)s->n;
        y += s->y[k] / (double)s->n;
    }
    const double shrink = cos(y * TL_RADIANS_PER_DEGREE);
    for (ptrdiff_t k = 0; k < s->n; k++) {
        s->x[k] = (s->x[k] - x) * metres * shrink;
        s->y[k] = (s->y[k] - y) * metres;
    }
}

void tl_training_set_take_positions(const tl_study_work *w, tl_study *s) {
    for (ptrdiff_t k = 0; k < s->n; k++) {
        s->x[k] = w->samples.x[w->kept[k]];
        s->y[k] = w->samples.y[w->kept[k]];
    }
    if (w->info != NULL) {
        return;
    }
    if (are_fillers(s)) {
        forget(s);
    } else if (w->samples.in_degrees) {
        to_metres(s);
        tl_job_log(w->job, TL_INFO,
                   "samples: their longitudes and latitudes are taken as metres from their middle "
                   "for blocks and kriging");
    }
}

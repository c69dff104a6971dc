/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions of the samples of a study, for validation by blocks and for kriging; see study.h. */
#include <math.h>

#include "base/angle_units.h"
#include "training_set/study_work.h"

static void clear_positions(tl_study *s) {
    for (ptrdiff_t k = 0; k < s->n; k++) {
        s->x[k] = (double)NAN;
        s->y[k] = (double)NAN;
    }
}

/* 1 when a sample has no coordinates, or all have the same ones, which are then mere placeholders. */
static int are_placeholders(const tl_study *s) {
    int same = 1;
    for (ptrdiff_t k = 0; k < s->n; k++) {
        if (!isfinite(s->x[k]) || !isfinite(s->y[k])) {
            return 1;
        }
        same = same && s->x[k] == s->x[0] && s->y[k] == s->y[0];
    }
    return same;
}

/* Converts degrees to metres from the centre of the samples, along its parallel and its meridian on a
 * sphere with the Earth's mean radius. Distances within one survey are then nearly exact, and the same
 * in all directions. */
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

void tl_training_set_fill_positions(const tl_study_work *w, tl_study *s) {
    for (ptrdiff_t k = 0; k < s->n; k++) {
        s->x[k] = w->samples.x[w->kept[k]];
        s->y[k] = w->samples.y[w->kept[k]];
    }
    if (w->info != NULL) {
        return;
    }
    if (are_placeholders(s)) {
        clear_positions(s);
    } else if (w->samples.in_degrees) {
        to_metres(s);
        tl_job_log(w->job, TL_INFO,
                   "samples: their longitudes and latitudes are converted to metres from their "
                   "centre for blocks and kriging");
    }
}

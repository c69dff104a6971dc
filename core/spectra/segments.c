/* SPDX-License-Identifier: GPL-2.0-or-later
 * Segments of a spectrum; see segments.h. */
#include "spectra/segments.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "num/stats.h"
#include "spectra/badbands.h"

enum { NEARBY = 5 };
static const double widest = 1.5; /* of the median step nearby */

static double step_at(const double *centre_nm, ptrdiff_t i) {
    return centre_nm[i + 1] - centre_nm[i];
}

/* Median of the steps first .. last - 1, of which there are at most NEARBY; NaN without any. */
static double median_step(const double *centre_nm, ptrdiff_t first, ptrdiff_t last) {
    double step[NEARBY];
    ptrdiff_t n = 0;
    for (ptrdiff_t i = first; i < last; i++) {
        step[n++] = step_at(centre_nm, i);
    }
    tl_num_sort(step, n);
    return tl_num_quantile(step, n, 0.5, 7);
}

static int spans_water_window(double below_nm, double above_nm) {
    const tl_band_rules rules = tl_spectra_default_rules();
    int over = 0;
    for (int w = 0; w < rules.n_windows; w++) {
        over = over || (below_nm < rules.window[w].from_nm && above_nm > rules.window[w].to_nm);
    }
    return over;
}

/* 1 when the step from band i to band i + 1 ends the segment that began at band first. */
static int is_gap(const double *centre_nm, ptrdiff_t p, ptrdiff_t first, ptrdiff_t i) {
    const double step = step_at(centre_nm, i);
    if (!(step > 0.0) || spans_water_window(centre_nm[i], centre_nm[i + 1])) {
        return 1;
    }
    const double before = median_step(centre_nm, tl_max(i - NEARBY, first), i);
    if (step > widest * before) {
        return 1;
    }
    const ptrdiff_t last = tl_min(i + 1 + NEARBY, p - 1);
    return i + 2 < p && step > widest * step_at(centre_nm, i + 1) &&
           step > widest * median_step(centre_nm, i + 1, last);
}

tl_code tl_spectra_segments(const double *centre_nm, ptrdiff_t p, tl_segments *out, tl_err *err) {
    *out = (tl_segments){0};
    out->start = tl_acquire(p + 1, sizeof *out->start);
    if (out->start == NULL) {
        return tl_no_memory(err, "%td bands", p);
    }
    out->n = p > 0 ? 1 : 0;
    for (ptrdiff_t i = 0; i + 1 < p; i++) {
        if (is_gap(centre_nm, p, out->start[out->n - 1], i)) {
            out->start[out->n++] = i + 1;
        }
    }
    out->start[out->n] = p;
    return TL_OK;
}

void tl_spectra_segments_free(tl_segments *s) {
    if (s != NULL) {
        tl_release(s->start);
        *s = (tl_segments){0};
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stripes along columns; see stripes.h. */
#include "imagery/stripes.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "num/stats.h"

enum { HALF = 4, ROUNDS = 400 };

/* Deviations beyond this many times their median size are clipped: 3 standard deviations. */
static const double clip_at = 3.0 * 1.4826;

tl_code tl_imagery_stripes_init(tl_stripes *s, ptrdiff_t nrow, ptrdiff_t ncol, int as_gain,
                                tl_err *err) {
    *s = (tl_stripes){.ncol = ncol, .as_gain = as_gain, .middle = nrow / 2};
    int missing = 0;
    for (int h = 0; h < 2; h++) {
        s->sum[h] = tl_acquire(ncol, sizeof(double));
        s->count[h] = tl_acquire(ncol, sizeof(double));
        missing |= s->sum[h] == NULL || s->count[h] == NULL;
    }
    s->scratch = tl_acquire(3 * (ncol + 1), sizeof *s->scratch);
    if (missing || s->scratch == NULL) {
        tl_imagery_stripes_free(s);
        return tl_no_memory(err, "the stripes of %td columns", ncol);
    }
    return TL_OK;
}

void tl_imagery_stripes_free(tl_stripes *s) {
    if (s != NULL) {
        for (int h = 0; h < 2; h++) {
            tl_release(s->sum[h]);
            tl_release(s->count[h]);
        }
        tl_release(s->scratch);
        *s = (tl_stripes){0};
    }
}

/* The value in the domain in which stripes are additive; NaN where there is none. */
static double level(const tl_stripes *s, float value) {
    if (!s->as_gain) {
        return (double)value;
    }
    return value > 0.0F ? log((double)value) : (double)NAN;
}

/* The first cell of the window around c, which is shortened equally on both sides at the edges. */
static ptrdiff_t reach(ptrdiff_t c, ptrdiff_t ncol, ptrdiff_t half) {
    return tl_min(half, tl_min(c, ncol - 1 - c));
}

/* Deviations of a row from the means around its cells; NaN where there is no value.
 *
 * out  [ncol], the first part of the scratch */
static const double *deviations(const tl_stripes *s, const float *row) {
    const ptrdiff_t ncol = s->ncol;
    double *out = s->scratch;
    double *sum = s->scratch + ncol + 1;
    double *count = sum + ncol + 1;
    sum[0] = 0.0;
    count[0] = 0.0;
    for (ptrdiff_t c = 0; c < ncol; c++) {
        out[c] = level(s, row[c]);
        sum[c + 1] = sum[c] + (isnan(out[c]) ? 0.0 : out[c]);
        count[c + 1] = count[c] + (isnan(out[c]) ? 0.0 : 1.0);
    }
    for (ptrdiff_t c = 0; c < ncol; c++) {
        const ptrdiff_t from = tl_max(0, c - HALF);
        const ptrdiff_t to = tl_min(c + HALF + 1, ncol);
        out[c] -= (sum[to] - sum[from]) / (count[to] - count[from]);
    }
    return out;
}

void tl_imagery_stripes_learn(tl_stripes *s, const float *rows, ptrdiff_t n_rows) {
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        const double *found = deviations(s, rows + r * s->ncol);
        double *size = s->scratch + s->ncol + 1;
        ptrdiff_t n = 0;
        for (ptrdiff_t c = 0; c < s->ncol; c++) {
            if (!isnan(found[c])) {
                size[n++] = fabs(found[c]);
            }
        }
        if (n > 0) {
            tl_num_sort(size, n);
            s->typical += size[n / 2];
            s->rows += 1.0;
        }
    }
    s->limit = s->rows > 0.0 ? clip_at * s->typical / s->rows : 0.0;
}

void tl_imagery_stripes_add(tl_stripes *s, ptrdiff_t row0, const float *rows, ptrdiff_t n_rows) {
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        const int half = row0 + r >= s->middle;
        const double *found = deviations(s, rows + r * s->ncol);
        for (ptrdiff_t c = 0; c < s->ncol; c++) {
            if (!isnan(found[c])) {
                s->sum[half][c] += fmin(s->limit, fmax(-s->limit, found[c]));
                s->count[half][c] += 1.0;
            }
        }
    }
}

static double middle_of(double *values, ptrdiff_t n) {
    tl_num_sort(values, n);
    return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/* profile less its running median; windows are shortened equally on both sides at the edges of the
 * scene, but have at least three columns. */
static void remove_surface(const double *profile, ptrdiff_t ncol, ptrdiff_t width, double *scratch,
                           double *stripe) {
    for (ptrdiff_t c = 0; c < ncol; c++) {
        const ptrdiff_t half = reach(c, ncol, width / 2);
        const ptrdiff_t from = half > 0 ? c - half : (c == 0 ? 0 : ncol - tl_min(3, ncol));
        const ptrdiff_t to = half > 0 ? c + half + 1 : tl_min(from + 3, ncol);
        for (ptrdiff_t k = from; k < to; k++) {
            scratch[k - from] = profile[k];
        }
        stripe[c] = profile[c] - middle_of(scratch, to - from);
    }
}

/* The profile o with o - mean of nine of o = deviation, by o <- deviation + mean of nine of o.
 * Changes slower than some hundred columns are not recovered; they belong to the surface. */
static void integrate(const double *deviation, ptrdiff_t ncol, double *sum, double *profile) {
    for (ptrdiff_t c = 0; c < ncol; c++) {
        profile[c] = deviation[c];
    }
    for (int round = 0; round < ROUNDS; round++) {
        sum[0] = 0.0;
        for (ptrdiff_t c = 0; c < ncol; c++) {
            sum[c + 1] = sum[c] + profile[c];
        }
        for (ptrdiff_t c = 0; c < ncol; c++) {
            const ptrdiff_t from = tl_max(0, c - HALF);
            const ptrdiff_t to = tl_min(c + HALF + 1, ncol);
            profile[c] = deviation[c] + (sum[to] - sum[from]) / (double)(to - from);
        }
    }
}

/* The stripes of some of the halves: first .. last. */
static void stripes_of(const tl_stripes *s, int first, int last, ptrdiff_t width, double *work,
                       double *stripe) {
    double *deviation = work;
    double *profile = work + s->ncol;
    double *scratch = work + 2 * s->ncol;
    for (ptrdiff_t c = 0; c < s->ncol; c++) {
        double sum = 0.0;
        double count = 0.0;
        for (int h = first; h <= last; h++) {
            sum += s->sum[h][c];
            count += s->count[h][c];
        }
        deviation[c] = count > 0.0 ? sum / count : 0.0;
    }
    integrate(deviation, s->ncol, scratch, profile);
    remove_surface(profile, s->ncol, width, scratch, stripe);
}

tl_code tl_imagery_stripes_solve(const tl_stripes *s, ptrdiff_t width, double *stripe,
                                 tl_stripe_profile *found, tl_err *err) {
    const ptrdiff_t n = s->ncol;
    *found = (tl_stripe_profile){0};
    double *work = tl_acquire(5 * n + 1, sizeof *work);
    if (work == NULL) {
        return tl_no_memory(err, "the stripes of %td columns", n);
    }
    double *first = work + 3 * n + 1;
    double *second = first + n;
    stripes_of(s, 0, 0, width, work, first);
    stripes_of(s, 1, 1, width, work, second);
    stripes_of(s, 0, 1, width, work, stripe);
    double common = 0.0;
    double apart = 0.0;
    double all = 0.0;
    for (ptrdiff_t c = 0; c < n; c++) {
        common += first[c] * second[c] / (double)n;
        apart += (first[c] - second[c]) * (first[c] - second[c]) / (double)n;
        all += stripe[c] * stripe[c] / (double)n;
    }
    found->chance = 0.5 * sqrt(apart);
    /* The covariance itself is uncertain by this much for unrelated profiles. */
    const double doubt = 2.0 * found->chance * found->chance * 2.0 / sqrt((double)n);
    const double share = common > doubt && all > 0.0 ? fmin(1.0, common / all) : 0.0;
    found->amplitude = share > 0.0 ? sqrt(common) : 0.0;
    for (ptrdiff_t c = 0; c < n; c++) {
        stripe[c] *= share;
    }
    tl_release(work);
    return TL_OK;
}

void tl_imagery_stripes_remove(const double *stripe, ptrdiff_t ncol, int as_gain, float *rows,
                               ptrdiff_t n_rows) {
    for (ptrdiff_t c = 0; c < ncol; c++) {
        const double factor = as_gain ? exp(-stripe[c]) : 1.0;
        const double offset = as_gain ? 0.0 : stripe[c];
        for (ptrdiff_t r = 0; r < n_rows; r++) {
            rows[r * ncol + c] = (float)(factor * (double)rows[r * ncol + c] - offset);
        }
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Converts normal scores into concentrations with wanted moments. */
#include "simulate/marginals.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "num/stats.h"
#include "simulate/fields.h"

enum { SHAPES = 3, STEPS = 60 };

static const double floor_share = 0.1;
static const double beyond = 0.8;
static const double largest_exponent = 40.0;

/* Rank score of z: linear between the samples, flattening beyond them. */
static double rank_score(const tl_simulate_marginal *m, double z) {
    const ptrdiff_t last = m->knots - 1;
    if (z <= m->knot_z[0]) {
        return m->knot_u[0] - beyond * tanh((m->knot_z[0] - z) / beyond);
    }
    if (z >= m->knot_z[last]) {
        return m->knot_u[last] + beyond * tanh((z - m->knot_z[last]) / beyond);
    }
    ptrdiff_t low = 0;
    ptrdiff_t high = last;
    while (high - low > 1) {
        const ptrdiff_t middle = (low + high) / 2;
        if (m->knot_z[middle] <= z) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const double share = (z - m->knot_z[low]) / (m->knot_z[high] - m->knot_z[low]);
    return m->knot_u[low] + share * (m->knot_u[high] - m->knot_u[low]);
}

static double value_of_rank(const tl_simulate_marginal *m, double u) {
    const double bent =
        (sinh(m->tail * asinh(u) + m->lean) - sinh(m->lean)) / (m->tail * cosh(m->lean));
    const double exponent = fmax(-largest_exponent, fmin(largest_exponent, m->spread * bent));
    return m->floor + m->scale * exp(exponent);
}

double tl_simulate_marginal_value(const tl_simulate_marginal *m, double z) {
    return value_of_rank(m, rank_score(m, z));
}

void tl_simulate_marginal_free(tl_simulate_marginal *m) {
    if (m == NULL) {
        return;
    }
    tl_release(m->knot_z);
    tl_release(m->knot_u);
    m->knot_z = NULL;
    m->knot_u = NULL;
    m->knots = 0;
}

/* Knots from the sorted scores; equal ones share their mean rank. */
static tl_code set_knots(tl_simulate_marginal *m, const double *z, ptrdiff_t n, tl_err *err) {
    *m = (tl_simulate_marginal){.tail = 1.0};
    double *sorted = tl_acquire(n, sizeof *sorted);
    m->knot_z = tl_acquire(n, sizeof *m->knot_z);
    m->knot_u = tl_acquire(n, sizeof *m->knot_u);
    if (sorted == NULL || m->knot_z == NULL || m->knot_u == NULL) {
        tl_release(sorted);
        tl_simulate_marginal_free(m);
        return tl_no_memory(err, "fitting the moments of %td samples", n);
    }
    memcpy(sorted, z, (size_t)n * sizeof *sorted);
    tl_num_sort(sorted, n);
    for (ptrdiff_t first = 0; first < n;) {
        ptrdiff_t last = first;
        while (last + 1 < n && sorted[last + 1] - sorted[first] < 1e-9) {
            last++;
        }
        m->knot_z[m->knots] = sorted[first];
        m->knot_u[m->knots] =
            tl_simulate_normal_quantile(0.5 * (double)(first + last + 1) / (double)n);
        m->knots++;
        first = last + 1;
    }
    tl_release(sorted);
    return TL_OK;
}

double tl_simulate_moments_miss(const tl_simulate_moments *reached,
                                const tl_simulate_moments *wanted) {
    const double shape =
        fmax(fabs(reached->skewness - wanted->skewness) / fmax(1.0, fabs(wanted->skewness)),
             fabs(reached->kurtosis - wanted->kurtosis) / fmax(1.0, fabs(wanted->kurtosis)));
    const double size =
        fmax(fabs(reached->mean / wanted->mean - 1.0), fabs(reached->cv / wanted->cv - 1.0));
    return fmax(shape, size);
}

typedef struct problem {
    const double *u; /* [n] rank scores */
    const double *error;
    ptrdiff_t n;
    const tl_simulate_moments *wanted;
    double *value; /* [n] scratch */
} problem;

/* Moments for shape = (log spread, lean, log tail); the scale follows from the mean. Returns the
 * sum of squared residuals. */
static double try_shape(const problem *job, const double shape[SHAPES], tl_simulate_marginal *m,
                        tl_simulate_moments *reached, double residual[SHAPES]) {
    m->floor = 0.0;
    m->scale = 1.0;
    m->spread = exp(shape[0]);
    m->lean = shape[1];
    m->tail = exp(shape[2]);
    double curved = 0.0;
    double plain = 0.0;
    for (ptrdiff_t i = 0; i < job->n; i++) {
        job->value[i] = value_of_rank(m, job->u[i]);
        curved += job->value[i] * (1.0 + job->error[i]);
        plain += 1.0 + job->error[i];
    }
    m->floor = floor_share * job->wanted->mean;
    m->scale = ((double)job->n * job->wanted->mean - m->floor * plain) / curved;
    for (ptrdiff_t i = 0; i < job->n; i++) {
        job->value[i] = (m->floor + m->scale * job->value[i]) * (1.0 + job->error[i]);
    }
    reached->mean = tl_num_mean(job->value, job->n);
    reached->cv = tl_num_sd(job->value, job->n) / reached->mean;
    reached->skewness = tl_num_skewness(job->value, job->n);
    reached->kurtosis = tl_num_kurtosis(job->value, job->n);
    residual[0] = log(reached->cv / job->wanted->cv);
    residual[1] =
        (reached->skewness - job->wanted->skewness) / fmax(1.0, fabs(job->wanted->skewness));
    residual[2] =
        (reached->kurtosis - job->wanted->kurtosis) / fmax(1.0, fabs(job->wanted->kurtosis));
    /* A weak penalty keeps the shape where many z would lead to the same few moments. */
    const double pull = 1e-7 * (shape[1] * shape[1] + shape[2] * shape[2]);
    const double sum =
        residual[0] * residual[0] + residual[1] * residual[1] + residual[2] * residual[2] + pull;
    return isfinite(sum) ? sum : HUGE_VAL;
}

/* Solves the 3 x 3 system (J'J + damp diag(J'J)) step = -J'r by Cramer's rule. Returns 0 when it is
 * singular. */
static int damped_step(double jac[SHAPES][SHAPES], const double residual[SHAPES], double damp,
                       double step[SHAPES]) {
    double a[SHAPES][SHAPES];
    double b[SHAPES];
    for (int i = 0; i < SHAPES; i++) {
        b[i] = 0.0;
        for (int r = 0; r < SHAPES; r++) {
            b[i] -= jac[r][i] * residual[r];
        }
        for (int j = 0; j < SHAPES; j++) {
            a[i][j] = 0.0;
            for (int r = 0; r < SHAPES; r++) {
                a[i][j] += jac[r][i] * jac[r][j];
            }
        }
    }
    for (int i = 0; i < SHAPES; i++) {
        a[i][i] += damp * a[i][i] + 1e-12;
    }
    const double minor0 = a[1][1] * a[2][2] - a[1][2] * a[2][1];
    const double minor1 = a[1][0] * a[2][2] - a[1][2] * a[2][0];
    const double minor2 = a[1][0] * a[2][1] - a[1][1] * a[2][0];
    const double det = a[0][0] * minor0 - a[0][1] * minor1 + a[0][2] * minor2;
    if (!(fabs(det) > 0.0) || !isfinite(det)) {
        return 0;
    }
    step[0] = (b[0] * minor0 - a[0][1] * (b[1] * a[2][2] - a[1][2] * b[2]) +
               a[0][2] * (b[1] * a[2][1] - a[1][1] * b[2])) /
              det;
    step[1] = (a[0][0] * (b[1] * a[2][2] - a[1][2] * b[2]) - b[0] * minor1 +
               a[0][2] * (a[1][0] * b[2] - b[1] * a[2][0])) /
              det;
    step[2] = (a[0][0] * (a[1][1] * b[2] - b[1] * a[2][1]) -
               a[0][1] * (a[1][0] * b[2] - b[1] * a[2][0]) + b[0] * minor2) /
              det;
    return 1;
}

/* Limits the shape to values for which exp and sinh do not overflow. */
static void limit_shape(double shape[SHAPES]) {
    shape[0] = fmax(-6.0, fmin(3.0, shape[0]));
    shape[1] = fmax(-2.5, fmin(2.5, shape[1]));
    shape[2] = fmax(-1.5, fmin(1.2, shape[2]));
}

/* Damped least squares (Levenberg 1944) from one start; shape is improved in place. */
static double descend(const problem *job, double shape[SHAPES]) {
    tl_simulate_marginal m = {0};
    tl_simulate_moments at;
    double residual[SHAPES];
    double best = try_shape(job, shape, &m, &at, residual);
    double damp = 1e-2;
    for (int step = 0; step < STEPS && best > 1e-10; step++) {
        double jac[SHAPES][SHAPES];
        for (int k = 0; k < SHAPES; k++) {
            double other[SHAPES] = {shape[0], shape[1], shape[2]};
            double moved[SHAPES];
            other[k] += 1e-5;
            try_shape(job, other, &m, &at, moved);
            for (int r = 0; r < SHAPES; r++) {
                jac[r][k] = (moved[r] - residual[r]) / 1e-5;
            }
        }
        double move[SHAPES];
        double next[SHAPES];
        double there[SHAPES];
        if (!damped_step(jac, residual, damp, move)) {
            break;
        }
        for (int k = 0; k < SHAPES; k++) {
            next[k] = shape[k] + fmax(-0.7, fmin(0.7, move[k]));
        }
        limit_shape(next);
        const double sum = try_shape(job, next, &m, &at, there);
        if (sum < best) {
            best = sum;
            for (int k = 0; k < SHAPES; k++) {
                shape[k] = next[k];
                residual[k] = there[k];
            }
            damp = fmax(damp * 0.3, 1e-9);
        } else {
            damp *= 5.0;
            if (damp > 1e9) {
                break;
            }
        }
    }
    return best;
}

static tl_code check_wanted(const tl_simulate_moments *w, ptrdiff_t n, tl_err *err) {
    if (n < 10) {
        return tl_fail(err, TL_ARG, "four moments need at least 10 samples, not %td", n);
    }
    if (!(w->mean > 0.0) || !(w->cv > 0.0) || !isfinite(w->mean) || !isfinite(w->cv)) {
        return tl_fail(err, TL_ARG, "mean %g and coefficient of variation %g must be above 0",
                       w->mean, w->cv);
    }
    if (!(w->kurtosis >= w->skewness * w->skewness - 2.0)) {
        return tl_fail(
            err, TL_ARG,
            "no data can have skewness %g and excess kurtosis %g: the kurtosis must be at "
            "least skewness^2 - 2 = %g",
            w->skewness, w->kurtosis, w->skewness * w->skewness - 2.0);
    }
    const double m = (double)n;
    const double limit = (m * m - 3.0 * m + 3.0) / (m - 1.0) - 3.0;
    if (w->kurtosis > limit) {
        return tl_fail(
            err, TL_ARG,
            "%td samples cannot have an excess kurtosis of %g, at most %g; use more samples or "
            "a smaller kurtosis",
            n, w->kurtosis, limit);
    }
    return TL_OK;
}

tl_code tl_simulate_marginal_fit(const double *z, const double *error, ptrdiff_t n,
                                 const tl_simulate_moments *wanted, tl_simulate_marginal *fit,
                                 tl_simulate_moments *reached, tl_err *err) {
    TL_TRY(check_wanted(wanted, n, err));
    TL_TRY(set_knots(fit, z, n, err));
    double *scratch = tl_acquire(2 * n, sizeof *scratch);
    if (scratch == NULL) {
        tl_simulate_marginal_free(fit);
        return tl_no_memory(err, "fitting the moments of %td samples", n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        scratch[n + i] = rank_score(fit, z[i]);
    }
    const problem job = {scratch + n, error, n, wanted, scratch};
    static const double LEAN[5] = {0.0, -0.5, 0.5, -1.2, 1.2};
    static const double TAIL[3] = {0.0, 0.4, -0.4};
    double best = HUGE_VAL;
    double best_shape[SHAPES] = {0.0, 0.0, 0.0};
    for (int i = 0; i < 15 && best > 1e-9; i++) {
        const double spread = sqrt(log(1.0 + wanted->cv * wanted->cv));
        double shape[SHAPES] = {log(spread), LEAN[i / 3], TAIL[i % 3]};
        const double sum = descend(&job, shape);
        if (sum < best) {
            best = sum;
            for (int k = 0; k < SHAPES; k++) {
                best_shape[k] = shape[k];
            }
        }
    }
    double residual[SHAPES];
    try_shape(&job, best_shape, fit, reached, residual);
    tl_release(scratch);
    return TL_OK;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Support vector regression in the dual, by libsvm and a finish in double; see svr_solve.h. */
#include "inversion/svr_solve.h"

#include <libsvm/svm.h>
#include <math.h>
#include <threads.h>

#include "base/alloc.h"
#include "base/minmax.h"

/* The gap to which libsvm works. Below about 1e-5 its single precision kernel is the limit. */
static const double rough_stop = 1e-3;

tl_code tl_inversion_svr_kernel_init(tl_svr_kernel *k, ptrdiff_t n, tl_err *err) {
    *k = (tl_svr_kernel){.n = n};
    k->node = tl_acquire(n * (n + 1), sizeof *k->node);
    k->row = tl_acquire(n, sizeof *k->row);
    if (k->node == NULL || k->row == NULL) {
        tl_inversion_svr_kernel_free(k);
        return tl_no_memory(err, "the kernel of %td samples", n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        k->row[i] = k->node + i * (n + 1);
        k->row[i][0].value = (double)(i + 1);
    }
    return TL_OK;
}

void tl_inversion_svr_kernel_free(tl_svr_kernel *k) {
    if (k != NULL) {
        tl_release(k->node);
        tl_release(k->row);
        *k = (tl_svr_kernel){0};
    }
}

void tl_inversion_svr_kernel_fill(tl_svr_kernel *k, const tl_matrix *squared, double gamma) {
    for (ptrdiff_t i = 0; i < k->n; i++) {
        for (ptrdiff_t j = 0; j <= i; j++) {
            const double value = exp(-gamma * tl_matrix_row(squared, i)[j]);
            k->row[i][j + 1].value = value;
            k->row[j][i + 1].value = value;
        }
    }
}

void tl_inversion_svr_kernel_take(tl_svr_kernel *k, const tl_matrix *value) {
    for (ptrdiff_t i = 0; i < k->n; i++) {
        for (ptrdiff_t j = 0; j < k->n; j++) {
            k->row[i][j + 1].value = tl_matrix_row(value, i)[j];
        }
    }
}

static once_flag silenced = ONCE_FLAG_INIT;

static void print_nothing(const char *text) {
    (void)text;
}

static void silence(void) {
    svm_set_print_string_function(print_nothing);
}

/* The result of libsvm; returns 0 when there is none. y is only read. */
static int solve_roughly(const tl_svr_kernel *k, double *y, double cost, double epsilon,
                         double *beta, double *intercept) {
    const double megabyte = 1048576.0;
    struct svm_problem problem = {.l = (int)k->n, .y = y, .x = k->row};
    const struct svm_parameter parameter = {
        .svm_type = EPSILON_SVR,
        .kernel_type = PRECOMPUTED,
        .cache_size = 1.0 + (double)k->n * (double)k->n * 4.0 / megabyte,
        .eps = rough_stop,
        .C = cost,
        .p = epsilon,
        .shrinking = 1,
    };
    call_once(&silenced, silence);
    struct svm_model *model = svm_train(&problem, &parameter);
    if (model == NULL) {
        return 0;
    }
    for (ptrdiff_t i = 0; i < k->n; i++) {
        beta[i] = 0.0;
    }
    int finite = isfinite(model->rho[0]);
    for (int s = 0; s < model->l; s++) {
        beta[model->sv_indices[s] - 1] = model->sv_coef[0][s];
        finite = finite && isfinite(model->sv_coef[0][s]);
    }
    *intercept = -model->rho[0];
    svm_free_and_destroy_model(&model);
    return finite;
}

/* The state of the finishing steps: residual = y - K beta. */
typedef struct finish {
    const tl_svr_kernel *k;
    double cost;
    double epsilon;
    const double *beta;
    const double *residual;
} finish;

static double kernel_of(const finish *f, ptrdiff_t i, ptrdiff_t j) {
    return f->k->row[i][j + 1].value;
}

/* Minus the slope of the objective when beta_i increases (decreases); infinite at the bound. */
static double gain_up(const finish *f, ptrdiff_t i) {
    if (f->beta[i] >= f->cost) {
        return -HUGE_VAL;
    }
    return f->residual[i] - (f->beta[i] < 0.0 ? -f->epsilon : f->epsilon);
}

static double gain_down(const finish *f, ptrdiff_t i) {
    if (f->beta[i] <= -f->cost) {
        return HUGE_VAL;
    }
    return f->residual[i] - (f->beta[i] > 0.0 ? f->epsilon : -f->epsilon);
}

/* The pair with the largest expected improvement: i by first order, j by second. Returns the
 * gap. */
static double choose_pair(const finish *f, ptrdiff_t *up, ptrdiff_t *down) {
    double largest = -HUGE_VAL;
    double least = HUGE_VAL;
    *up = 0;
    for (ptrdiff_t i = 0; i < f->k->n; i++) {
        const double gain = gain_up(f, i);
        if (gain > largest) {
            largest = gain;
            *up = i;
        }
    }
    double promise = -1.0;
    *down = *up;
    for (ptrdiff_t j = 0; j < f->k->n; j++) {
        const double gain = gain_down(f, j);
        least = tl_min_double(gain, least);
        const double difference = largest - gain;
        const double bend =
            kernel_of(f, *up, *up) + kernel_of(f, j, j) - 2.0 * kernel_of(f, *up, j);
        const double worth = difference * difference / tl_max_double(bend, 1e-12);
        if (difference > 0.0 && worth > promise) {
            promise = worth;
            *down = j;
        }
    }
    return largest - least;
}

/* How much beta_i may increase, and beta_j decrease, before zero or the bound changes the slope. */
static double range_up(const finish *f, ptrdiff_t i) {
    return f->beta[i] < 0.0 ? -f->beta[i] : f->cost - f->beta[i];
}

static double range_down(const finish *f, ptrdiff_t j) {
    return f->beta[j] > 0.0 ? f->beta[j] : f->cost + f->beta[j];
}

/* Exchanges delta between the pair; at the end of its range a coefficient is set exactly. */
static void exchange(const finish *f, ptrdiff_t up, ptrdiff_t down, double *beta,
                     double *residual) {
    const double bend =
        kernel_of(f, up, up) + kernel_of(f, down, down) - 2.0 * kernel_of(f, up, down);
    double delta = (gain_up(f, up) - gain_down(f, down)) / tl_max_double(bend, 1e-12);
    const double range_i = range_up(f, up);
    const double range_j = range_down(f, down);
    const double end_i = beta[up] < 0.0 ? 0.0 : f->cost;
    const double end_j = beta[down] > 0.0 ? 0.0 : -f->cost;
    delta = tl_min_double(delta, range_i);
    delta = tl_min_double(delta, range_j);
    beta[up] = delta < range_i ? beta[up] + delta : end_i;
    beta[down] = delta < range_j ? beta[down] - delta : end_j;
    for (ptrdiff_t t = 0; t < f->k->n; t++) {
        residual[t] -= delta * (kernel_of(f, up, t) - kernel_of(f, down, t));
    }
}

/* Mean over the free coefficients; without any, the middle of the allowed range. */
static double free_intercept(const finish *f) {
    double sum = 0.0;
    ptrdiff_t count = 0;
    double low = -HUGE_VAL;
    double high = HUGE_VAL;
    for (ptrdiff_t i = 0; i < f->k->n; i++) {
        const double up = gain_up(f, i);
        const double down = gain_down(f, i);
        const double size = fabs(f->beta[i]);
        if (size > 0.0 && size < f->cost) {
            sum += up;
            count++;
        }
        low = tl_max_double(up, low);
        high = tl_min_double(down, high);
    }
    return count > 0 ? sum / (double)count : (low + high) / 2.0;
}

static tl_code finish_in_double(const tl_svr_kernel *k, const double *y, double cost,
                                double epsilon, double stop, double *beta, double *intercept,
                                tl_err *err) {
    double *residual = tl_acquire(k->n, sizeof *residual);
    if (residual == NULL) {
        return tl_no_memory(err, "a regression on %td samples", k->n);
    }
    const finish f = {.k = k, .cost = cost, .epsilon = epsilon, .beta = beta, .residual = residual};
    for (ptrdiff_t i = 0; i < k->n; i++) {
        residual[i] = y[i];
        for (ptrdiff_t j = 0; j < k->n; j++) {
            residual[i] -= kernel_of(&f, i, j) * beta[j];
        }
    }
    const ptrdiff_t max_steps = 1000000 + 10000 * k->n;
    for (ptrdiff_t step = 0; step < max_steps; step++) {
        ptrdiff_t up;
        ptrdiff_t down;
        if (!(choose_pair(&f, &up, &down) > stop)) {
            break;
        }
        exchange(&f, up, down, beta, residual);
    }
    *intercept = free_intercept(&f);
    tl_release(residual);
    return TL_OK;
}

tl_code tl_inversion_svr_solve(const tl_svr_kernel *k, const double *y, double cost, double epsilon,
                               double stop, double *beta, double *intercept, tl_err *err) {
    double *own_y = tl_acquire(k->n, sizeof *own_y);
    if (own_y == NULL) {
        return tl_no_memory(err, "a regression on %td samples", k->n);
    }
    for (ptrdiff_t i = 0; i < k->n; i++) {
        own_y[i] = y[i];
    }
    tl_code code = TL_OK;
    if (!solve_roughly(k, own_y, cost, epsilon, beta, intercept)) {
        code = tl_fail(err, TL_NUMERIC,
                       "a support vector regression with C = %g found no finite solution", cost);
    } else if (stop < rough_stop) {
        code = finish_in_double(k, y, cost, epsilon, stop, beta, intercept, err);
    }
    tl_release(own_y);
    return code;
}

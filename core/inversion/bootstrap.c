/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bootstrap intervals of scores; see bootstrap.h. */
#include "inversion/bootstrap.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/matrix.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "base/rng.h"
#include "base/stop.h"
#include "inversion/folds.h"
#include "num/distribution.h"
#include "num/stats.h"

enum { SCORES = 8, DRAWS_PER_BLOCK = 50, MIN_GROUPS_FOR_BCA = 20, MIN_DRAWS = 100 };

/* In the order of add_scores; rpiq depends on quartiles, which do not change smoothly. */
static const int is_smooth[SCORES] = {1, 1, 1, 0, 1, 1, 1, 1};

typedef struct boot {
    const double *observed;
    const double *predicted[2];
    int models; /* 2: the difference is scored */
    ptrdiff_t n;
    ptrdiff_t groups;
    ptrdiff_t *first;  /* [groups + 1] rows of group g are row[first[g]] .. row[first[g+1]-1] */
    ptrdiff_t *row;    /* [n] */
    ptrdiff_t longest; /* maximum number of rows of a draw */
    const tl_bootstrap_options *options;
    tl_matrix draw; /* [draws, SCORES] */
    tl_matrix left; /* [groups, SCORES] without one group */
    double estimate[SCORES];
} boot;

tl_bootstrap_options tl_inversion_bootstrap_defaults(void) {
    return (tl_bootstrap_options){.draws = 2000, .level = 0.95, .threads = 1};
}

static void release_boot(boot *b) {
    tl_release(b->first);
    tl_release(b->row);
    tl_matrix_free(&b->draw);
    tl_matrix_free(&b->left);
}

/* Lists the rows group by group. */
static tl_code list_groups(boot *b, const ptrdiff_t *group, tl_err *err) {
    ptrdiff_t *number = tl_acquire(b->n, sizeof *number);
    b->first = tl_acquire(b->n + 2, sizeof *b->first);
    b->row = tl_acquire(b->n, sizeof *b->row);
    if (number == NULL || b->first == NULL || b->row == NULL) {
        tl_release(number);
        return tl_no_memory(err, "the bootstrap of %td samples", b->n);
    }
    b->groups = tl_inversion_number_groups(group, b->n, number);
    /* Counting sort: first[g + 2] counts, first[g + 1] is where the next row of group g goes. */
    for (ptrdiff_t i = 0; i < b->n; i++) {
        b->first[number[i] + 2]++;
    }
    for (ptrdiff_t g = 2; g < b->groups + 1; g++) {
        b->first[g + 1] += b->first[g];
    }
    for (ptrdiff_t i = 0; i < b->n; i++) {
        b->row[b->first[number[i] + 1]++] = i;
    }
    ptrdiff_t largest = 0;
    for (ptrdiff_t g = 0; g < b->groups; g++) {
        const ptrdiff_t size = b->first[g + 1] - b->first[g];
        largest = tl_max(size, largest);
    }
    b->longest = largest * b->groups;
    tl_release(number);
    return TL_OK;
}

/* Rows of one draw, and memory for their values. */
typedef struct draw_work {
    ptrdiff_t *row;
    double *observed;
    double *predicted;
} draw_work;

static void release_draw(draw_work *w) {
    tl_release(w->row);
    tl_release(w->observed);
    tl_release(w->predicted);
}

static tl_code acquire_draw(const boot *b, draw_work *w, tl_err *err) {
    w->row = tl_acquire(b->longest, sizeof *w->row);
    w->observed = tl_acquire(b->longest, sizeof *w->observed);
    w->predicted = tl_acquire(b->longest, sizeof *w->predicted);
    return w->row == NULL || w->observed == NULL || w->predicted == NULL
               ? tl_no_memory(err, "the bootstrap of %td samples", b->n)
               : TL_OK;
}

/* Adds (first model) or subtracts (second) the scores of m rows. */
static tl_code add_scores(const boot *b, draw_work *w, ptrdiff_t m, double *score, tl_err *err) {
    TL_TRY(tl_stop_check(err));
    memset(score, 0, SCORES * sizeof *score);
    for (ptrdiff_t i = 0; i < m; i++) {
        w->observed[i] = b->observed[w->row[i]];
    }
    for (int model = 0; model < b->models; model++) {
        for (ptrdiff_t i = 0; i < m; i++) {
            w->predicted[i] = b->predicted[model][w->row[i]];
        }
        tl_scores s;
        TL_TRY(tl_inversion_scores(w->observed, w->predicted, m, &s, err));
        const double each[SCORES] = {s.r2, s.rmse, s.mae, s.rpiq, s.bias, s.sep, s.slope, s.ccc};
        for (int k = 0; k < SCORES; k++) {
            score[k] += model == 0 ? each[k] : -each[k];
        }
    }
    return TL_OK;
}

static ptrdiff_t add_group(const boot *b, ptrdiff_t g, draw_work *w, ptrdiff_t m) {
    for (ptrdiff_t i = b->first[g]; i < b->first[g + 1]; i++) {
        w->row[m++] = b->row[i];
    }
    return m;
}

/* One sequence of random numbers per draw, so blocks and threads do not matter. */
static tl_code score_draws(void *arg, ptrdiff_t block, tl_err *err) {
    boot *b = arg;
    draw_work w = {0};
    tl_code code = TL_OK;
    TL_CHECK(acquire_draw(b, &w, err));
    const ptrdiff_t from = block * DRAWS_PER_BLOCK;
    for (ptrdiff_t d = from; d < from + DRAWS_PER_BLOCK && d < b->draw.nrow; d++) {
        /* Draw numbers are below 2^16, so runs with different indices never share one. */
        tl_rng rng = tl_rng_start(b->options->seed, TL_STREAM_BOOTSTRAP,
                                  (b->options->index << 16) + (uint32_t)d);
        ptrdiff_t m = 0;
        for (ptrdiff_t g = 0; g < b->groups; g++) {
            m = add_group(b, tl_rng_below(&rng, b->groups), &w, m);
        }
        TL_CHECK(add_scores(b, &w, m, tl_matrix_row(&b->draw, d), err));
    }
done:
    release_draw(&w);
    return code;
}

/* The scores of the data, and those without each group. */
static tl_code score_data(boot *b, tl_err *err) {
    draw_work w = {0};
    tl_code code = TL_OK;
    TL_CHECK(acquire_draw(b, &w, err));
    for (ptrdiff_t without = -1; without < b->groups; without++) {
        ptrdiff_t m = 0;
        for (ptrdiff_t g = 0; g < b->groups; g++) {
            m = g == without ? m : add_group(b, g, &w, m);
        }
        TL_CHECK(add_scores(b, &w, m, without < 0 ? b->estimate : tl_matrix_row(&b->left, without),
                            err));
    }
done:
    release_draw(&w);
    return code;
}

/* Acceleration; NaN when the score does not exist without some group, or never changes. */
static double acceleration(const boot *b, int k) {
    double mean = 0.0;
    for (ptrdiff_t g = 0; g < b->groups; g++) {
        mean += tl_matrix_row(&b->left, g)[k] / (double)b->groups;
    }
    double squares = 0.0;
    double cubes = 0.0;
    for (ptrdiff_t g = 0; g < b->groups; g++) {
        const double d = mean - tl_matrix_row(&b->left, g)[k];
        squares += d * d;
        cubes += d * d * d;
    }
    return squares > 0.0 ? cubes / (6.0 * pow(squares, 1.5)) : (double)NAN;
}

static double adjusted(double alpha, double z0, double a) {
    const double z = z0 + tl_num_normal_quantile(alpha);
    return tl_num_normal_cdf(z0 + z / (1.0 - a * z));
}

/* Ends of one score from its sorted draws. */
static void find_ends(const boot *b, int k, const double *sorted, ptrdiff_t m,
                      tl_score_interval *s) {
    double tail[2] = {0.5 - 0.5 * b->options->level, 0.5 + 0.5 * b->options->level};
    s->method = TL_INTERVAL_PERCENTILE;
    if (is_smooth[k] && b->groups >= MIN_GROUPS_FOR_BCA) {
        double below = 0.0;
        for (ptrdiff_t d = 0; d < m; d++) {
            below += sorted[d] < s->estimate ? 1.0 : sorted[d] == s->estimate ? 0.5 : 0.0;
        }
        const double z0 = tl_num_normal_quantile(below / (double)m);
        const double a = acceleration(b, k);
        if (isfinite(z0) && isfinite(a)) {
            tail[0] = adjusted(tail[0], z0, a);
            tail[1] = adjusted(tail[1], z0, a);
            s->method = TL_INTERVAL_BCA;
        }
    }
    s->lower = tl_num_quantile(sorted, m, tail[0], 6);
    s->upper = tl_num_quantile(sorted, m, tail[1], 6);
}

static tl_score_interval interval_of(const boot *b, int k, double *sorted) {
    tl_score_interval s = {.estimate = b->estimate[k], .lower = (double)NAN, .upper = (double)NAN};
    ptrdiff_t m = 0;
    for (ptrdiff_t d = 0; d < b->draw.nrow; d++) {
        const double value = tl_matrix_row(&b->draw, d)[k];
        if (isfinite(value)) {
            sorted[m++] = value;
        }
    }
    if (isfinite(s.estimate) && 10 * m >= 9 * b->draw.nrow) {
        tl_num_sort(sorted, m);
        find_ends(b, k, sorted, m, &s);
    }
    return s;
}

static tl_code check_options(const boot *b, tl_err *err) {
    const tl_bootstrap_options *o = b->options;
    if (o->draws < MIN_DRAWS || o->draws > 65536) {
        return tl_fail(err, TL_ARG, "the number of bootstrap draws is %d, wanted %d to 65536",
                       o->draws, (int)MIN_DRAWS);
    }
    if (!(o->level > 0.0 && o->level < 1.0)) {
        return tl_fail(err, TL_ARG,
                       "the level of bootstrap intervals is %g, wanted a number between 0 and 1",
                       o->level);
    }
    return TL_OK;
}

static tl_code run(boot *b, const ptrdiff_t *group, tl_score_intervals *out, tl_err *err) {
    TL_TRY(check_options(b, err));
    TL_TRY(list_groups(b, group, err));
    if (b->groups < 3) {
        return tl_fail(err, TL_DATA,
                       "%td independent samples are too few for a bootstrap, at least 3 are needed",
                       b->groups);
    }
    TL_TRY(tl_matrix_init(&b->draw, b->options->draws, SCORES, err));
    TL_TRY(tl_matrix_init(&b->left, b->groups, SCORES, err));
    TL_TRY(score_data(b, err));
    TL_TRY(tl_parfor(b->options->threads,
                     (b->options->draws + DRAWS_PER_BLOCK - 1) / DRAWS_PER_BLOCK, score_draws, b,
                     NULL, err));
    double *sorted = tl_acquire(b->options->draws, sizeof *sorted);
    if (sorted == NULL) {
        return tl_no_memory(err, "the bootstrap of %td samples", b->n);
    }
    tl_score_interval *const to[SCORES] = {&out->r2,   &out->rmse, &out->mae,   &out->rpiq,
                                           &out->bias, &out->sep,  &out->slope, &out->ccc};
    for (int k = 0; k < SCORES; k++) {
        *to[k] = interval_of(b, k, sorted);
    }
    out->groups = b->groups;
    tl_release(sorted);
    return TL_OK;
}

tl_code tl_inversion_bootstrap(const double *observed, const double *predicted, ptrdiff_t n,
                               const ptrdiff_t *group, const tl_bootstrap_options *options,
                               tl_score_intervals *out, tl_err *err) {
    boot b = {.observed = observed,
              .predicted = {predicted, NULL},
              .models = 1,
              .n = n,
              .options = options};
    const tl_code code = run(&b, group, out, err);
    release_boot(&b);
    return code;
}

tl_code tl_inversion_bootstrap_difference(const double *observed, const double *predicted_a,
                                          const double *predicted_b, ptrdiff_t n,
                                          const ptrdiff_t *group,
                                          const tl_bootstrap_options *options,
                                          tl_score_intervals *out, tl_err *err) {
    boot b = {.observed = observed,
              .predicted = {predicted_a, predicted_b},
              .models = 2,
              .n = n,
              .options = options};
    const tl_code code = run(&b, group, out, err);
    release_boot(&b);
    return code;
}

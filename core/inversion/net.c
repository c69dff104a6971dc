/* SPDX-License-Identifier: GPL-2.0-or-later
 * Training of several starts, and their mean; see net.h. */
#include "inversion/net.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "base/rng.h"
#include "inversion/net_step.h"
#include "inversion/standardise.h"
#include "num/adam.h"
#include "num/stats.h"

enum { STARTS_PER_INDEX = 64, MIN_TO_HOLD_OUT = 7, BLOCK = 64 };

tl_net_options tl_inversion_net_defaults(void) {
    return (tl_net_options){.starts = 5,
                            .inner_starts = 1,
                            .epochs = 500,
                            .patience = 40,
                            .batch = 16,
                            .held_out = 0.15,
                            .dropout = 0.2,
                            .decay = 1e-4,
                            .rate = 1e-3,
                            .seed = 1,
                            .threads = 1};
}

tl_code tl_inversion_net_options_check(const tl_net_options *o, tl_err *err) {
    const struct {
        const char *name;
        double value;
        double min;
        double max;
    } range[] = {{"starts", o->starts, 1.0, tl_net_max_starts},
                 {"inner_starts", o->inner_starts, 1.0, tl_net_max_starts},
                 {"epochs", o->epochs, 1.0, 1e5},
                 {"patience", o->patience, 1.0, 1e5},
                 {"batch", o->batch, 1.0, 1e5},
                 {"held_out", o->held_out, 0.0, 0.5},
                 {"dropout", o->dropout, 0.0, 0.9},
                 {"decay", o->decay, 0.0, 10.0},
                 {"rate", o->rate, 1e-7, 1.0}};
    for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
        if (!(range[i].value >= range[i].min && range[i].value <= range[i].max)) {
            return tl_fail(err, TL_ARG, "network: %s is %g, wanted %g to %g", range[i].name,
                           range[i].value, range[i].min, range[i].max);
        }
    }
    return TL_OK;
}

/* --- training --- */

typedef struct fit_work {
    const tl_net_options *o;
    uint32_t index;
    tl_matrix x; /* [n, m] standardised */
    double *y;   /* [n] standardised */
    tl_net *out;
} fit_work;

/* One start while it is trained. */
typedef struct start_work {
    const fit_work *fit;
    ptrdiff_t n_learn;
    ptrdiff_t n_check;
    ptrdiff_t *sample; /* [n] learning samples first, then those held out */
    ptrdiff_t *order;  /* [n] */
    double *weights;
    double *gradient;
    double *batch_x; /* [batch, m] */
    double *batch_y; /* [batch] */
    double *keep;    /* [batch, TL_NET_UNITS] */
    double *work;    /* [tl_inversion_net_work(batch)] */
    double *check_x; /* [m, n_check] */
    double *check;   /* [(TL_NET_UNITS + 1) * n_check] */
    tl_adam adam;
    tl_rng shuffle;
    tl_rng dropout;
} start_work;

static void release_start(start_work *s) {
    tl_release(s->sample);
    tl_release(s->order);
    tl_release(s->weights);
    tl_release(s->gradient);
    tl_release(s->batch_x);
    tl_release(s->batch_y);
    tl_release(s->keep);
    tl_release(s->work);
    tl_release(s->check_x);
    tl_release(s->check);
    tl_num_adam_free(&s->adam);
}

static tl_code acquire_start(start_work *s, tl_err *err) {
    const ptrdiff_t n = s->fit->x.nrow;
    const ptrdiff_t m = s->fit->x.ncol;
    const ptrdiff_t batch = tl_min(s->fit->o->batch, n);
    const ptrdiff_t count = tl_inversion_net_count(m);
    s->n_check = n < MIN_TO_HOLD_OUT ? 0 : (ptrdiff_t)floor(s->fit->o->held_out * (double)n + 0.5);
    s->n_check =
        s->n_check < 1 && n >= MIN_TO_HOLD_OUT && s->fit->o->held_out > 0.0 ? 1 : s->n_check;
    s->n_learn = n - s->n_check;
    s->sample = tl_acquire(n, sizeof *s->sample);
    s->order = tl_acquire(n, sizeof *s->order);
    s->weights = tl_acquire(count, sizeof *s->weights);
    s->gradient = tl_acquire(count, sizeof *s->gradient);
    s->batch_x = tl_acquire(batch, (size_t)m * sizeof *s->batch_x);
    s->batch_y = tl_acquire(batch, sizeof *s->batch_y);
    s->keep = tl_acquire(batch, TL_NET_UNITS * sizeof *s->keep);
    s->work = tl_acquire(tl_inversion_net_work(batch), sizeof *s->work);
    s->check_x = tl_acquire(s->n_check, (size_t)m * sizeof *s->check_x);
    s->check = tl_acquire(s->n_check, (TL_NET_UNITS + 1) * sizeof *s->check);
    if (s->sample == NULL || s->order == NULL || s->weights == NULL || s->gradient == NULL ||
        s->batch_x == NULL || s->batch_y == NULL || s->keep == NULL || s->work == NULL ||
        s->check_x == NULL || s->check == NULL) {
        return tl_no_memory(err, "a network of %td weights", count);
    }
    return tl_num_adam_init(&s->adam, count, err);
}

/* First weights, and the samples held out for early stopping. */
static void draw_start(start_work *s, uint32_t index) {
    const int64_t seed = s->fit->o->seed;
    const ptrdiff_t m = s->fit->x.ncol;
    const ptrdiff_t before[tl_net_layers + 1] = {m, 64, 32, 16, 1};
    tl_rng rng = tl_rng_start(seed, TL_STREAM_NET_INIT, index);
    double *w = s->weights;
    for (int l = 0; l < tl_net_layers; l++) {
        const double limit = sqrt(6.0 / (double)before[l]);
        for (ptrdiff_t i = 0; i < before[l] * before[l + 1]; i++) {
            *w++ = limit * (2.0 * tl_rng_uniform(&rng) - 1.0);
        }
        w += before[l + 1];
    }
    rng = tl_rng_start(seed, TL_STREAM_NET_HELD_OUT, index);
    tl_rng_permutation(&rng, s->fit->x.nrow, s->sample);
    for (ptrdiff_t i = 0; i < s->n_check; i++) {
        const double *row = tl_matrix_row(&s->fit->x, s->sample[s->n_learn + i]);
        for (ptrdiff_t j = 0; j < m; j++) {
            s->check_x[j * s->n_check + i] = row[j];
        }
    }
    s->shuffle = tl_rng_start(seed, TL_STREAM_NET_SHUFFLE, index);
    s->dropout = tl_rng_start(seed, TL_STREAM_NET_DROPOUT, index);
}

static double train_batch(start_work *s, ptrdiff_t first, ptrdiff_t count) {
    const tl_net_options *o = s->fit->o;
    const ptrdiff_t m = s->fit->x.ncol;
    for (ptrdiff_t i = 0; i < count; i++) {
        const ptrdiff_t sample = s->sample[s->order[first + i]];
        memcpy(s->batch_x + i * m, tl_matrix_row(&s->fit->x, sample), (size_t)m * sizeof(double));
        s->batch_y[i] = s->fit->y[sample];
    }
    const double kept = 1.0 / (1.0 - o->dropout);
    for (ptrdiff_t i = 0; o->dropout > 0.0 && i < count * TL_NET_UNITS; i++) {
        s->keep[i] = tl_rng_uniform(&s->dropout) < o->dropout ? 0.0 : kept;
    }
    const double loss =
        tl_inversion_net_loss(m, s->batch_x, s->batch_y, count, o->dropout > 0.0 ? s->keep : NULL,
                              o->decay, s->weights, s->gradient, s->work);
    tl_num_adam_step(&s->adam, o->rate, s->gradient, s->weights);
    return loss;
}

/* Mean loss of an epoch. */
static double train_epoch(start_work *s) {
    double loss = 0.0;
    tl_rng_permutation(&s->shuffle, s->n_learn, s->order);
    for (ptrdiff_t first = 0; first < s->n_learn; first += s->fit->o->batch) {
        const ptrdiff_t left = s->n_learn - first;
        const ptrdiff_t count = tl_min(left, s->fit->o->batch);
        loss += train_batch(s, first, count) * (double)count / (double)s->n_learn;
    }
    return loss;
}

/* Squared error of the samples held out. */
static double check_error(start_work *s) {
    double *value = s->check + TL_NET_UNITS * s->n_check;
    tl_inversion_net_values(s->fit->x.ncol, s->check_x, s->n_check, s->weights, s->check, value);
    double squares = 0.0;
    for (ptrdiff_t i = 0; i < s->n_check; i++) {
        const double e = value[i] - s->fit->y[s->sample[s->n_learn + i]];
        squares += e * e;
    }
    return squares;
}

static tl_code run_epochs(start_work *s, double *best_weights, int *best_epoch, tl_err *err) {
    const tl_net_options *o = s->fit->o;
    const size_t bytes = (size_t)tl_inversion_net_count(s->fit->x.ncol) * sizeof *best_weights;
    double least = (double)INFINITY;
    for (int epoch = 1; epoch <= o->epochs; epoch++) {
        if (!isfinite(train_epoch(s))) {
            return tl_fail(err, TL_NUMERIC,
                           "network: the loss is not finite in epoch %d; use a rate below %g",
                           epoch, o->rate);
        }
        const double error = s->n_check > 0 ? check_error(s) : 0.0;
        if (s->n_check == 0 ? epoch == o->epochs : error < least) {
            least = error;
            *best_epoch = epoch;
            memcpy(best_weights, s->weights, bytes);
        } else if (s->n_check > 0 && epoch - *best_epoch >= o->patience) {
            break;
        }
    }
    /* Weights that are not numbers never have a lower error. */
    return *best_epoch > 0
               ? TL_OK
               : tl_fail(err, TL_NUMERIC,
                         "network: no epoch has a finite error; use a rate below %g", o->rate);
}

static tl_code train_start(void *arg, ptrdiff_t block, tl_err *err) {
    const fit_work *w = arg;
    start_work s = {.fit = w};
    tl_code code;
    TL_CHECK(acquire_start(&s, err));
    draw_start(&s, w->index * STARTS_PER_INDEX + (uint32_t)block);
    TL_CHECK(run_epochs(&s, tl_matrix_row(&w->out->weights, block), &w->out->epochs[block], err));
done:
    release_start(&s);
    return code;
}

static tl_code check_fit(const tl_matrix *x, const tl_net_options *o, tl_err *err) {
    TL_TRY(tl_inversion_net_options_check(o, err));
    if (x->ncol < 1 || x->ncol > tl_net_max_features) {
        return tl_fail(err, TL_SHAPE, "network: %td features, wanted 1 to %d", x->ncol,
                       (int)tl_net_max_features);
    }
    return x->nrow < 2 ? tl_fail(err, TL_DATA, "network: %td samples, wanted at least 2", x->nrow)
                       : TL_OK;
}

tl_code tl_inversion_net_fit(const tl_matrix *x, const double *y, const tl_net_options *o,
                             const tl_net_setting *setting, uint32_t index, tl_net *out,
                             tl_err *err) {
    (void)setting;
    *out = (tl_net){0};
    TL_TRY(check_fit(x, o, err));
    *out = (tl_net){.m = x->ncol, .starts = o->starts};
    fit_work w = {.o = o, .index = index, .out = out};
    tl_code code;
    w.y = tl_acquire(x->nrow, sizeof *w.y);
    out->epochs = tl_acquire(o->starts, sizeof *out->epochs);
    if (w.y == NULL || out->epochs == NULL) {
        code = tl_no_memory(err, "%td samples", x->nrow);
        goto done;
    }
    TL_CHECK(tl_matrix_init(&out->scale, 2, x->ncol, err));
    TL_CHECK(tl_matrix_init(&out->weights, o->starts, tl_inversion_net_count(x->ncol), err));
    tl_inversion_moments(x, tl_matrix_row(&out->scale, 0), tl_matrix_row(&out->scale, 1));
    TL_CHECK(tl_inversion_standardise(x, tl_matrix_row(&out->scale, 0),
                                      tl_matrix_row(&out->scale, 1), &w.x, err));
    out->mean_y = tl_num_mean(y, x->nrow);
    const double sd = tl_num_sd(y, x->nrow);
    out->scale_y = sd > 1e-12 * fabs(out->mean_y) ? sd : 1.0;
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        w.y[i] = (y[i] - out->mean_y) / out->scale_y;
    }
    TL_CHECK(tl_parfor(o->threads, o->starts, train_start, &w, NULL, err));
done:
    tl_matrix_free(&w.x);
    tl_release(w.y);
    if (code != TL_OK) {
        tl_inversion_net_free(out);
    }
    return code;
}

static tl_code check_set(const tl_inner_set *set, const tl_net *net, double *error, tl_err *err) {
    for (ptrdiff_t i = 0; i < set->check_x.nrow; i++) {
        double value;
        TL_TRY(tl_inversion_net_predict(net, tl_matrix_row(&set->check_x, i), &value, err));
        error[set->check_row[i]] = value - set->check_y[i];
    }
    return TL_OK;
}

tl_code tl_inversion_net_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                              const tl_net_options *o, uint32_t index, tl_net_setting *best,
                              double *error, tl_err *err) {
    (void)n;
    *best = (tl_net_setting){0};
    tl_net_options fewer = *o;
    fewer.starts = tl_min_int(o->inner_starts, o->starts);
    for (int s = 0; s < n_sets; s++) {
        tl_net net;
        TL_TRY(
            tl_inversion_net_fit(&set[s].learn_x, set[s].learn_y, &fewer, best, index, &net, err));
        const tl_code code = check_set(&set[s], &net, error, err);
        tl_inversion_net_free(&net);
        TL_TRY(code);
    }
    return TL_OK;
}

void tl_inversion_net_free(tl_net *net) {
    if (net != NULL) {
        tl_matrix_free(&net->scale);
        tl_matrix_free(&net->weights);
        tl_release(net->epochs);
        *net = (tl_net){0};
    }
}

/* --- predicting --- */

/* Values of a block of n standardised spectra [m, n]; work [(TL_NET_UNITS + 1) * n]. */
static void block_values(const tl_net *net, const double *z, ptrdiff_t n, double *work,
                         double *value) {
    double *one = work + TL_NET_UNITS * n;
    memset(value, 0, (size_t)n * sizeof *value);
    for (ptrdiff_t s = 0; s < net->starts; s++) {
        tl_inversion_net_values(net->m, z, n, tl_matrix_row(&net->weights, s), work, one);
        for (ptrdiff_t i = 0; i < n; i++) {
            value[i] += one[i];
        }
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        value[i] = net->mean_y + net->scale_y * (value[i] / (double)net->starts);
    }
}

tl_code tl_inversion_net_predict(const tl_net *net, const double *row, double *value, tl_err *err) {
    double work[TL_NET_UNITS + 1];
    double *z = tl_acquire(net->m, sizeof *z);
    if (z == NULL) {
        return tl_no_memory(err, "%td features", net->m);
    }
    int missing = 0;
    for (ptrdiff_t j = 0; j < net->m; j++) {
        missing = missing || isnan(row[j]);
        z[j] = (row[j] - net->scale.data[j]) / tl_matrix_row(&net->scale, 1)[j];
    }
    block_values(net, z, 1, work, value);
    *value = missing ? (double)NAN : *value;
    tl_release(z);
    return TL_OK;
}

/* Standardised features of a block; 1 in missing for pixels with NaN. */
static void load_block(const tl_net *net, const float *u, ptrdiff_t stride, ptrdiff_t n, double *z,
                       int *missing) {
    memset(missing, 0, BLOCK * sizeof *missing);
    for (ptrdiff_t j = 0; j < net->m; j++) {
        const double mean = net->scale.data[j];
        const double scale = tl_matrix_row(&net->scale, 1)[j];
        for (ptrdiff_t i = 0; i < n; i++) {
            const double value = (double)u[j * stride + i];
            missing[i] |= isnan(value) ? 1 : 0;
            z[j * n + i] = (value - mean) / scale;
        }
    }
}

tl_code tl_inversion_net_predict_block(const tl_net *net, const float *u, ptrdiff_t n,
                                       double *value, tl_err *err) {
    double *z = tl_acquire(net->m + TL_NET_UNITS + 1, BLOCK * sizeof *z);
    if (z == NULL) {
        return tl_no_memory(err, "%td features", net->m);
    }
    for (ptrdiff_t first = 0; first < n; first += BLOCK) {
        const ptrdiff_t pixels = tl_min(n - first, BLOCK);
        int missing[BLOCK];
        load_block(net, u + first, n, pixels, z, missing);
        block_values(net, z, pixels, z + net->m * BLOCK, value + first);
        for (ptrdiff_t i = 0; i < pixels; i++) {
            value[first + i] = missing[i] ? (double)NAN : value[first + i];
        }
    }
    tl_release(z);
    return TL_OK;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The training loop of the fusion network; see vae_train.h. */
#include "fusion/vae_train.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/rng.h"
#include "fusion/groups.h"
#include "fusion/vae_net.h"
#include "fusion/vae_step.h"

typedef struct trainer {
    const tl_vae_options *options;
    int64_t seed;
    const tl_vae_pairs *pairs;
    tl_vae_step step;
    ptrdiff_t *order;  /* [n] rows of this epoch */
    tl_matrix x;       /* [n, n_in] scaled */
    tl_matrix batch_x; /* [rows, n_in] */
    tl_matrix batch_y;
    tl_matrix batch_base; /* empty without skip */
    tl_matrix property;   /* [n, heads] standardised, NaN = missing; empty without head */
    tl_matrix batch_property;
} trainer;

/* Rows of the step that starts at row at of n. */
static ptrdiff_t step_rows(ptrdiff_t n, ptrdiff_t at, ptrdiff_t batch) {
    const ptrdiff_t rest = n - at - batch;
    const ptrdiff_t least = batch / 2 > 2 ? (batch + 1) / 2 : 2;
    return rest < least ? n - at : batch;
}

/* The last word of a counter: the stream and the epoch. */
static uint32_t stream_at(tl_stream stream, int epoch) {
    return (uint32_t)stream | ((uint32_t)epoch << 8);
}

/* Dropout masks of all encoder layers for one row: 0 or 1 / (1 - q). */
static void draw_masks(trainer *t, ptrdiff_t slot, ptrdiff_t row, int epoch) {
    const double q = t->options->dropout;
    for (int k = 0; k < t->options->depth; k++) {
        double *mask = tl_matrix_row(&t->step.pass.mask[k], slot);
        double u[4] = {0.0};
        for (ptrdiff_t unit = 0; unit < t->options->width[k]; unit++) {
            if (unit % 4 == 0) {
                const uint32_t counter[4] = {(uint32_t)(unit / 4), (uint32_t)row, (uint32_t)k,
                                             stream_at(TL_STREAM_DROPOUT_TRAIN, epoch)};
                tl_rng_uniform4(t->seed, counter, u);
            }
            mask[unit] = u[unit % 4] < q ? 0.0 : 1.0 / (1.0 - q);
        }
    }
}

/* Latent noise for one row. */
static void draw_noise(trainer *t, ptrdiff_t slot, ptrdiff_t row, int epoch) {
    double *eps = tl_matrix_row(&t->step.pass.eps, slot);
    double z[4] = {0.0};
    for (ptrdiff_t unit = 0; unit < t->options->latent; unit++) {
        if (unit % 4 == 0) {
            const uint32_t counter[4] = {(uint32_t)(unit / 4), (uint32_t)row, 0,
                                         stream_at(TL_STREAM_EPS_TRAIN, epoch)};
            tl_rng_normal4(t->seed, counter, z);
        }
        eps[unit] = z[unit % 4];
    }
}

static void copy_row(tl_matrix *to, ptrdiff_t slot, const tl_matrix *from, ptrdiff_t row) {
    memcpy(tl_matrix_row(to, slot), tl_matrix_row(from, row), (size_t)from->ncol * sizeof(double));
}

/* One pass over all rows; the mean losses of its steps go into the curve's row. */
static void train_epoch(trainer *t, int epoch, double *curve) {
    const ptrdiff_t n = t->x.nrow;
    const int skip = t->batch_base.data != NULL;
    tl_rng rng = tl_rng_start(t->seed, TL_STREAM_SHUFFLE, (uint32_t)epoch);
    tl_rng_permutation(&rng, n, t->order);
    ptrdiff_t steps = 0;
    for (ptrdiff_t at = 0; at < n; steps++) {
        const ptrdiff_t rows = step_rows(n, at, t->options->batch);
        for (ptrdiff_t slot = 0; slot < rows; slot++) {
            const ptrdiff_t row = t->order[at + slot];
            copy_row(&t->batch_x, slot, &t->x, row);
            copy_row(&t->batch_y, slot, &t->pairs->y, row);
            if (skip) {
                copy_row(&t->batch_base, slot, &t->pairs->base, row);
            }
            if (t->property.data != NULL) {
                copy_row(&t->batch_property, slot, &t->property, row);
            }
            draw_masks(t, slot, row, epoch);
            draw_noise(t, slot, row, epoch);
        }
        const tl_vae_loss loss = tl_fusion_vae_step_gradient(
            &t->step, rows, t->batch_x.data, t->batch_y.data, skip ? t->batch_base.data : NULL);
        tl_fusion_vae_step_move(&t->step);
        curve[TL_VAE_CURVE_LOSS] += loss.total;
        curve[TL_VAE_CURVE_MMD] += loss.mmd;
        curve[TL_VAE_CURVE_SAD] += loss.sad;
        curve[TL_VAE_CURVE_KLD] += loss.kld;
        curve[TL_VAE_CURVE_REC] += loss.rec;
        at += rows;
    }
    for (int c = 0; c < TL_VAE_CURVE_HELD_OUT; c++) {
        curve[c] /= (double)steps;
    }
    curve[TL_VAE_CURVE_HELD_OUT] = (double)NAN;
}

/* Relative squared error of the mean path on held-out pairs. */
static tl_code held_out_error(const tl_vae *vae, const tl_vae_pairs *pairs, double *error,
                              tl_err *err) {
    tl_matrix made = {0};
    TL_TRY(
        tl_fusion_vae_apply(vae, &pairs->x, vae->options.skip ? &pairs->base : NULL, &made, err));
    const double *mean = tl_matrix_row(&vae->mean_sd, 0);
    double missed = 0.0;
    double spread = 0.0;
    for (ptrdiff_t i = 0; i < made.nrow; i++) {
        const double *s = tl_matrix_row(&pairs->y, i);
        for (ptrdiff_t j = 0; j < made.ncol; j++) {
            const double d = tl_matrix_row(&made, i)[j] - s[j];
            missed += d * d;
            spread += (mean[j] - s[j]) * (mean[j] - s[j]);
        }
    }
    *error = spread > 0.0 ? missed / spread : (double)NAN;
    tl_matrix_free(&made);
    return TL_OK;
}

/* Output biases with which the untrained network returns about the mean target. */
static void set_output_bias(tl_vae_step *step) {
    const tl_vae_layer *out = &step->net.layer[tl_fusion_vae_net_out(&step->net)];
    double *bias = step->weights.data + out->bias;
    const double *mean = tl_matrix_row(&step->mean_sd, 0);
    for (ptrdiff_t j = 0; j < out->n_out; j++) {
        const double inside = fmin(fmax(mean[j], 1e-3), 1.0 - 1e-3);
        switch (step->options.output) {
            case TL_VAE_SIGMOID:
                bias[j] = log(inside / (1.0 - inside));
                break;
            case TL_VAE_LINEAR:
                bias[j] = mean[j];
                break;
            case TL_VAE_AFFINE:
            default:
                bias[j] = 0.0;
                break;
        }
    }
}

/* Bandwidths of the MMD from the training targets, in the space where it is computed. */
static tl_code set_bandwidths(trainer *t, tl_err *err) {
    tl_vae_step *step = &t->step;
    if (!(t->options->w_mmd > 0.0)) {
        return TL_OK;
    }
    tl_matrix target = {0};
    TL_TRY(tl_matrix_copy(&target, &t->pairs->y, err));
    const double *sd = tl_matrix_row(&step->mean_sd, 1);
    for (ptrdiff_t i = 0; t->options->mmd_standardised && i < target.nrow; i++) {
        for (ptrdiff_t j = 0; j < target.ncol; j++) {
            tl_matrix_row(&target, i)[j] /= sd[j];
        }
    }
    step->mmd.unbiased = t->options->mmd_unbiased;
    const tl_code code = tl_fusion_mmd_scales(&target, &step->mmd, err);
    tl_matrix_free(&target);
    return code;
}

static tl_code trainer_open(trainer *t, tl_vae *vae, tl_err *err) {
    const tl_vae_options *o = t->options;
    const tl_matrix *x = &t->pairs->x;
    const tl_matrix *y = &t->pairs->y;
    const ptrdiff_t two_batches = 2 * (ptrdiff_t)o->batch;
    const ptrdiff_t rows = tl_min(x->nrow, two_batches);
    TL_TRY(tl_fusion_vae_step_init(o, x->ncol, y->ncol, rows, &t->step, err));
    TL_TRY(tl_matrix_init(&vae->scale_in, 2, x->ncol, err));
    TL_TRY(tl_matrix_init(&vae->mean_sd, 2, y->ncol, err));
    TL_TRY(tl_matrix_init(&vae->weights, 1, t->step.net.count, err));
    TL_TRY(tl_matrix_init(&vae->curve, o->epochs, TL_VAE_CURVE_COLUMNS, err));
    TL_TRY(tl_matrix_copy(&t->x, x, err));
    TL_TRY(tl_matrix_init(&t->batch_x, rows, x->ncol, err));
    TL_TRY(tl_matrix_init(&t->batch_y, rows, y->ncol, err));
    if (o->skip) {
        TL_TRY(tl_matrix_init(&t->batch_base, rows, y->ncol, err));
    }
    if (o->heads > 0) {
        TL_TRY(tl_matrix_copy(&t->property, &t->pairs->property, err));
        TL_TRY(tl_matrix_init(&t->batch_property, rows, o->heads, err));
        TL_TRY(tl_matrix_init(&vae->property, 2, o->heads, err));
        t->step.property = t->batch_property.data;
    }
    t->order = tl_acquire(x->nrow, sizeof *t->order);
    return t->order == NULL ? tl_no_memory(err, "%td rows", x->nrow) : TL_OK;
}

static void trainer_close(trainer *t) {
    tl_fusion_vae_step_free(&t->step);
    tl_release(t->order);
    tl_matrix_free(&t->x);
    tl_matrix_free(&t->batch_x);
    tl_matrix_free(&t->batch_y);
    tl_matrix_free(&t->batch_base);
    tl_matrix_free(&t->property);
    tl_matrix_free(&t->batch_property);
}

/* Every property with mean 0 and sd 1 over the rows that have a value. */
static tl_code scale_properties(trainer *t, tl_vae *vae, tl_err *err) {
    for (ptrdiff_t j = 0; j < t->property.ncol; j++) {
        double sum = 0.0;
        double squares = 0.0;
        ptrdiff_t known = 0;
        for (ptrdiff_t i = 0; i < t->property.nrow; i++) {
            const double y = tl_matrix_row(&t->property, i)[j];
            sum += isnan(y) ? 0.0 : y;
            known += !isnan(y);
        }
        const double mean = sum / (double)known;
        for (ptrdiff_t i = 0; i < t->property.nrow; i++) {
            const double y = tl_matrix_row(&t->property, i)[j];
            squares += isnan(y) ? 0.0 : (y - mean) * (y - mean);
        }
        const double sd = sqrt(squares / (double)(known - 1));
        if (known < 2 || !(sd > 0.0)) {
            return tl_fail(
                err, TL_DATA,
                "property %td of the fusion network has %td values that are all equal; wanted at "
                "least two that differ",
                j + 1, known);
        }
        tl_matrix_row(&vae->property, 0)[j] = mean;
        tl_matrix_row(&vae->property, 1)[j] = sd;
        for (ptrdiff_t i = 0; i < t->property.nrow; i++) {
            double *y = &tl_matrix_row(&t->property, i)[j];
            *y = (*y - mean) / sd;
        }
    }
    return TL_OK;
}

/* Scales, first weights and bandwidths. */
static tl_code trainer_prepare(trainer *t, tl_vae *vae, tl_err *err) {
    double *mean_in = tl_matrix_row(&vae->scale_in, 0);
    double *sd_in = tl_matrix_row(&vae->scale_in, 1);
    tl_fusion_mean_sd(&t->pairs->x, 1e-6, mean_in, sd_in);
    for (ptrdiff_t j = 0; t->options->input == TL_VAE_RAW && j < t->x.ncol; j++) {
        mean_in[j] = 0.0;
        sd_in[j] = 1.0;
    }
    for (ptrdiff_t i = 0; i < t->x.nrow; i++) {
        for (ptrdiff_t j = 0; j < t->x.ncol; j++) {
            double *value = tl_matrix_row(&t->x, i) + j;
            *value = (*value - mean_in[j]) / sd_in[j];
        }
    }
    tl_fusion_mean_sd(&t->pairs->y, 1e-6, tl_matrix_row(&vae->mean_sd, 0),
                      tl_matrix_row(&vae->mean_sd, 1));
    memcpy(t->step.mean_sd.data, vae->mean_sd.data,
           (size_t)(2 * vae->mean_sd.ncol) * sizeof(double));
    tl_fusion_vae_net_start(&t->step.net, t->options, t->seed, t->step.weights.data);
    if (t->options->bias_from_mean && !t->options->skip) {
        set_output_bias(&t->step);
    }
    TL_TRY(scale_properties(t, vae, err));
    return set_bandwidths(t, err);
}

/* Weights of the epoch with the smallest error on the pairs that choose it. Owner. */
typedef struct best_epoch {
    const tl_vae_pairs *stop; /* NULL = the last epoch is used */
    double error;
    tl_matrix weights;
} best_epoch;

static tl_code keep_best(best_epoch *best, const tl_vae *vae, tl_err *err) {
    double error;
    if (best->stop == NULL) {
        return TL_OK;
    }
    TL_TRY(held_out_error(vae, best->stop, &error, err));
    if (best->weights.data == NULL || error < best->error) {
        best->error = error;
        tl_matrix_free(&best->weights);
        return tl_matrix_copy(&best->weights, &vae->weights, err);
    }
    return TL_OK;
}

/* Approximate loss of a network that returns the mean spectrum for every input. */
static double idle_loss(const tl_vae_options *o) {
    return o->w_rec + 2.0 * o->w_mmd + 3.2 * o->w_sad + o->w_kld * (double)o->latent +
           (o->heads > 0 ? o->w_property : 0.0);
}

/* Steps that are too long seldom reach infinity: training has failed when the loss is a million
 * times that of a constant network during training, or ten times at the end. */
static int diverged(const tl_vae_options *o, int epoch, double loss) {
    const double idle = idle_loss(o);
    return !isfinite(loss) ||
           (idle > 0.0 && loss > (epoch + 1 == o->epochs && epoch >= 10 ? 10.0 : 1e6) * idle);
}

static tl_code train_all(trainer *t, const tl_vae_pairs *held_out, best_epoch *best,
                         const tl_progress *p, tl_vae *vae, tl_err *err) {
    const int epochs = t->options->epochs;
    for (int epoch = 0; epoch < epochs; epoch++) {
        double *curve = tl_matrix_row(&vae->curve, epoch);
        train_epoch(t, epoch, curve);
        if (diverged(t->options, epoch, curve[TL_VAE_CURVE_LOSS])) {
            return tl_fail(
                err, TL_NUMERIC,
                "the fusion network diverged in epoch %d of %d with learning rate %g; use a "
                "smaller learning_rate",
                epoch + 1, epochs, t->options->learning_rate);
        }
        memcpy(vae->weights.data, t->step.weights.data, (size_t)t->step.net.count * sizeof(double));
        if (held_out != NULL) {
            TL_TRY(held_out_error(vae, held_out, &curve[TL_VAE_CURVE_HELD_OUT], err));
        }
        TL_TRY(keep_best(best, vae, err));
        TL_TRY(tl_progress_at(p, (double)(epoch + 1) / (double)epochs, err));
    }
    return TL_OK;
}

tl_code tl_fusion_vae_fit(const tl_vae_options *options, int64_t seed, const tl_vae_pairs *pairs,
                          const tl_vae_pairs *held_out, const tl_vae_pairs *stop,
                          const tl_progress *p, tl_vae *vae, tl_err *err) {
    *vae = (tl_vae){.options = *options};
    if (pairs->x.nrow < 2 || pairs->x.nrow != pairs->y.nrow) {
        return tl_fail(err, TL_DATA,
                       "the fusion network needs at least 2 pairs of spectra, got %td and %td rows",
                       pairs->x.nrow, pairs->y.nrow);
    }
    if (options->heads > 0 && (pairs->property.nrow != pairs->x.nrow ||
                               pairs->property.ncol != (ptrdiff_t)options->heads)) {
        return tl_fail(err, TL_SHAPE,
                       "the fusion network needs %d properties of %td pairs, got %td of %td",
                       options->heads, pairs->x.nrow, pairs->property.ncol, pairs->property.nrow);
    }
    trainer t = {.options = options, .seed = seed, .pairs = pairs};
    best_epoch best = {.stop = stop};
    tl_code code;
    TL_CHECK(trainer_open(&t, vae, err));
    TL_CHECK(trainer_prepare(&t, vae, err));
    TL_CHECK(train_all(&t, held_out, &best, p, vae, err));
    if (best.weights.data != NULL) {
        memcpy(vae->weights.data, best.weights.data,
               (size_t)best.weights.ncol * sizeof *best.weights.data);
    }
done:
    tl_matrix_free(&best.weights);
    trainer_close(&t);
    if (code != TL_OK) {
        tl_fusion_vae_free(vae);
    }
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * One training step of the fusion network; see vae_step.h. */
#include "fusion/vae_step.h"

#include <math.h>
#include <string.h>

#include "fusion/loss_kld.h"
#include "fusion/loss_sad.h"

tl_code tl_fusion_vae_step_init(const tl_vae_options *options, ptrdiff_t n_in, ptrdiff_t n_out,
                                ptrdiff_t rows, tl_vae_step *step, tl_err *err) {
    *step = (tl_vae_step){.options = *options};
    tl_code code;
    TL_CHECK(tl_fusion_vae_net_shape(options, n_in, n_out, &step->net, err));
    TL_CHECK(tl_matrix_init(&step->weights, 1, step->net.count, err));
    TL_CHECK(tl_matrix_init(&step->gradient, 1, step->net.count, err));
    TL_CHECK(tl_matrix_init(&step->mean_sd, 2, n_out, err));
    TL_CHECK(tl_num_adam_init(&step->adam, step->net.count, err));
    TL_CHECK(tl_fusion_vae_pass_init(&step->net, rows, &step->pass, err));
    TL_CHECK(tl_matrix_init(&step->made, rows, n_out, err));
    TL_CHECK(tl_matrix_init(&step->d_made, rows, n_out, err));
    TL_CHECK(tl_matrix_init(&step->scaled, 3 * rows, n_out, err));
    TL_CHECK(tl_matrix_init(&step->d_code, 2 * rows, options->latent, err));
    if (options->heads > 0) {
        TL_CHECK(tl_matrix_init(&step->d_head, rows, options->heads, err));
    }
done:
    if (code != TL_OK) {
        tl_fusion_vae_step_free(step);
    }
    return code;
}

void tl_fusion_vae_step_free(tl_vae_step *step) {
    if (step == NULL) {
        return;
    }
    tl_matrix_free(&step->weights);
    tl_matrix_free(&step->gradient);
    tl_matrix_free(&step->mean_sd);
    tl_num_adam_free(&step->adam);
    tl_fusion_vae_pass_free(&step->pass);
    tl_matrix_free(&step->made);
    tl_matrix_free(&step->d_made);
    tl_matrix_free(&step->scaled);
    tl_matrix_free(&step->d_code);
    tl_matrix_free(&step->d_head);
    *step = (tl_vae_step){0};
}

/* MMD in reflectance, or between bands in units of their sd; the gradient goes back to
 * reflectance. */
static double set_discrepancy(tl_vae_step *step, ptrdiff_t rows, const double *target, double *dy) {
    const ptrdiff_t p = step->net.n_out;
    const double w = step->options.w_mmd;
    const double *y = step->made.data;
    if (!step->options.mmd_standardised) {
        return tl_fusion_mmd(&step->mmd, rows, rows, p, y, target, w, dy);
    }
    const double *sd = tl_matrix_row(&step->mean_sd, 1);
    double *u = step->scaled.data;
    double *v = u + rows * p;
    double *du = v + rows * p;
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < p; j++) {
            u[i * p + j] = y[i * p + j] / sd[j];
            v[i * p + j] = target[i * p + j] / sd[j];
        }
    }
    memset(du, 0, (size_t)(rows * p) * sizeof *du);
    const double value = tl_fusion_mmd(&step->mmd, rows, rows, p, u, v, w, dy == NULL ? NULL : du);
    for (ptrdiff_t i = 0; dy != NULL && i < rows; i++) {
        for (ptrdiff_t j = 0; j < p; j++) {
            dy[i * p + j] += du[i * p + j] / sd[j];
        }
    }
    return value;
}

/* Mean of ((y - s) / sd)^2; adds its weighted gradient to dy unless that is NULL. */
static double paired_error(const tl_vae_step *step, ptrdiff_t rows, const double *target,
                           double *dy) {
    const ptrdiff_t p = step->net.n_out;
    const double *sd = tl_matrix_row(&step->mean_sd, 1);
    const double share = 1.0 / ((double)rows * (double)p);
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < p; j++) {
            const double d = (step->made.data[i * p + j] - target[i * p + j]) / sd[j];
            sum += d * d;
            if (dy != NULL) {
                dy[i * p + j] += 2.0 * step->options.w_rec * share * d / sd[j];
            }
        }
    }
    return share * sum;
}

/* Mean of (prediction - property)^2 over the values that are not missing; its weighted gradient
 * goes to the head, and is added to d_mu unless that is NULL. */
static double property_error(tl_vae_step *step, ptrdiff_t rows, double *d_mu) {
    const tl_vae_net *net = &step->net;
    const ptrdiff_t count = rows * net->heads;
    double *d = step->d_head.data;
    double sum = 0.0;
    ptrdiff_t known = 0;
    tl_fusion_vae_predict_rows(net, step->weights.data, rows, &step->pass);
    const double *predicted = step->pass.active[tl_fusion_vae_net_head(net)].data;
    for (ptrdiff_t k = 0; k < count; k++) {
        const int there = !isnan(step->property[k]);
        d[k] = there ? predicted[k] - step->property[k] : 0.0;
        known += there;
        sum += d[k] * d[k];
    }
    const double share = known > 0 ? 1.0 / (double)known : 0.0;
    for (ptrdiff_t k = 0; k < count; k++) {
        d[k] *= 2.0 * step->options.w_property * share;
    }
    if (d_mu != NULL) {
        tl_fusion_vae_head_backward(net, step->weights.data, rows, d, d_mu, &step->pass,
                                    step->gradient.data);
    }
    return share * sum;
}

tl_vae_loss tl_fusion_vae_step_loss(tl_vae_step *step, ptrdiff_t rows, const double *target,
                                    int derivative) {
    const tl_vae_options *o = &step->options;
    const tl_vae_net *net = &step->net;
    double *dy = NULL;
    double *d_mu = NULL;
    double *d_sg = NULL;
    if (derivative) {
        dy = step->d_made.data;
        d_mu = step->d_code.data;
        d_sg = d_mu + rows * net->latent;
        memset(dy, 0, (size_t)(rows * net->n_out) * sizeof *dy);
        memset(d_mu, 0, (size_t)(2 * rows * net->latent) * sizeof *d_mu);
    }
    tl_vae_loss loss = {0};
    loss.mmd = step->mmd.n_scales > 0 ? set_discrepancy(step, rows, target, dy) : 0.0;
    loss.sad = tl_fusion_sad(rows, net->n_out, step->made.data, target, o->w_sad, dy);
    loss.kld = tl_fusion_kld(
        o->sigma, rows, net->latent, step->pass.active[tl_fusion_vae_net_mu(net)].data,
        step->pass.active[tl_fusion_vae_net_sg(net)].data, o->w_kld, d_mu, d_sg);
    loss.rec = paired_error(step, rows, target, dy);
    loss.total =
        o->w_mmd * loss.mmd + o->w_sad * loss.sad + o->w_kld * loss.kld + o->w_rec * loss.rec;
    if (net->heads > 0) {
        loss.property = property_error(step, rows, d_mu);
        loss.total += o->w_property * loss.property;
    }
    return loss;
}

/* dL/dy becomes dL/do in place. */
static void output_backward(tl_vae_step *step, ptrdiff_t rows) {
    const ptrdiff_t p = step->net.n_out;
    const double *sd = tl_matrix_row(&step->mean_sd, 1);
    double *d = step->d_made.data;
    const double *y = step->made.data;
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < p; j++) {
            const ptrdiff_t at = i * p + j;
            if (step->options.output == TL_VAE_SIGMOID) {
                d[at] *= y[at] * (1.0 - y[at]);
            } else if (step->options.output == TL_VAE_AFFINE) {
                d[at] *= sd[j];
            }
        }
    }
}

tl_vae_loss tl_fusion_vae_step_gradient(tl_vae_step *step, ptrdiff_t rows, const double *x,
                                        const double *target, const double *base) {
    const tl_vae_net *net = &step->net;
    tl_fusion_vae_pass_load(net, step->weights.data, &step->pass);
    tl_fusion_vae_forward(net, step->weights.data, rows, x, 1, &step->pass);
    tl_fusion_vae_output_rows(step->options.output, rows, net->n_out, step->mean_sd.data, base,
                              step->pass.active[tl_fusion_vae_net_out(net)].data, step->made.data);
    const tl_vae_loss loss = tl_fusion_vae_step_loss(step, rows, target, 1);
    output_backward(step, rows);
    tl_fusion_vae_backward(net, step->weights.data, rows, x, step->d_made.data, step->d_code.data,
                           step->d_code.data + rows * net->latent, &step->pass,
                           step->gradient.data);
    return loss;
}

void tl_fusion_vae_step_move(tl_vae_step *step) {
    tl_num_adam_step(&step->adam, step->options.learning_rate, step->gradient.data,
                     step->weights.data);
}

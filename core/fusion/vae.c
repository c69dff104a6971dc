/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mean path of a trained fusion network; see vae.h. */
#include "fusion/vae.h"

#include "base/minmax.h"
#include "base/rng.h"
#include "fusion/vae_net.h"

enum { VAE_APPLY_ROWS = 256 };

void tl_fusion_vae_scale_rows(const tl_vae *vae, const tl_matrix *x, ptrdiff_t at, ptrdiff_t n,
                              tl_matrix *block) {
    const double *mean = tl_matrix_row(&vae->scale_in, 0);
    const double *sd = tl_matrix_row(&vae->scale_in, 1);
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < x->ncol; j++) {
            tl_matrix_row(block, i)[j] = (tl_matrix_row(x, at + i)[j] - mean[j]) / sd[j];
        }
    }
}

typedef struct vae_run {
    tl_vae_net net;
    tl_vae_pass pass;
    tl_matrix block;
} vae_run;

static void run_close(vae_run *run) {
    tl_fusion_vae_pass_free(&run->pass);
    tl_matrix_free(&run->block);
}

static tl_code run_open(const tl_vae *vae, const tl_matrix *x, vae_run *run, tl_err *err) {
    *run = (vae_run){0};
    if (vae->weights.data == NULL || x->ncol != vae->scale_in.ncol) {
        return tl_fail(err, TL_SHAPE, "fusion network: spectra with %td bands for a network of %td",
                       x->ncol, vae->scale_in.ncol);
    }
    TL_TRY(tl_fusion_vae_net_shape(&vae->options, vae->scale_in.ncol, vae->mean_sd.ncol, &run->net,
                                   err));
    tl_code code;
    const ptrdiff_t rows = tl_min(x->nrow, VAE_APPLY_ROWS);
    TL_CHECK(tl_fusion_vae_pass_init(&run->net, rows, &run->pass, err));
    TL_CHECK(tl_matrix_init(&run->block, rows, x->ncol, err));
    tl_fusion_vae_pass_load(&run->net, vae->weights.data, &run->pass);
done:
    if (code != TL_OK) {
        run_close(run);
    }
    return code;
}

void tl_fusion_vae_draw(const tl_vae_net *net, double dropout, int64_t seed, ptrdiff_t row,
                        ptrdiff_t slot, tl_vae_pass *pass) {
    double four[4] = {0.0};
    for (int k = 0; k < net->depth; k++) {
        double *mask = tl_matrix_row(&pass->mask[k], slot);
        for (ptrdiff_t unit = 0; unit < net->layer[k].n_out; unit++) {
            const uint32_t counter[4] = {(uint32_t)(unit / 4), (uint32_t)row, (uint32_t)k,
                                         TL_STREAM_DROPOUT_GEN};
            if (unit % 4 == 0) {
                tl_rng_uniform4(seed, counter, four);
            }
            mask[unit] = four[unit % 4] < dropout ? 0.0 : 1.0 / (1.0 - dropout);
        }
    }
    double *eps = tl_matrix_row(&pass->eps, slot);
    for (ptrdiff_t unit = 0; unit < net->latent; unit++) {
        const uint32_t counter[4] = {(uint32_t)(unit / 4), (uint32_t)row, 0, TL_STREAM_EPS_GEN};
        if (unit % 4 == 0) {
            tl_rng_normal4(seed, counter, four);
        }
        eps[unit] = four[unit % 4];
    }
}

/* Masks and noise of n slots: of the rows at, at + 1 ..., or of row 0 for all. */
static void draw_block(const tl_vae *vae, const tl_vae_seed *seed, ptrdiff_t at, ptrdiff_t n,
                       vae_run *run) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const ptrdiff_t row = seed->row == NULL ? 0 : seed->row[at + i];
        tl_fusion_vae_draw(&run->net, vae->options.dropout, seed->seed, row, i, &run->pass);
    }
}

/* Along the mean path when seed is NULL. */
static tl_code generate(const tl_vae *vae, const tl_matrix *x, const tl_matrix *base,
                        const tl_vae_seed *seed, tl_matrix *y, tl_err *err) {
    vae_run run;
    *y = (tl_matrix){0};
    TL_TRY(run_open(vae, x, &run, err));
    const ptrdiff_t n_out = run.net.n_out;
    tl_code code;
    if ((base != NULL) != (vae->options.skip != 0) ||
        (base != NULL && (base->nrow != x->nrow || base->ncol != n_out))) {
        code = tl_fail(err, TL_SHAPE, "fusion network: the spectra to be corrected do not fit");
        goto done;
    }
    TL_CHECK(tl_matrix_init(y, x->nrow, n_out, err));
    for (ptrdiff_t at = 0; at < x->nrow; at += VAE_APPLY_ROWS) {
        const ptrdiff_t n = tl_min(x->nrow - at, VAE_APPLY_ROWS);
        tl_fusion_vae_scale_rows(vae, x, at, n, &run.block);
        if (seed != NULL) {
            draw_block(vae, seed, at, n, &run);
        }
        tl_fusion_vae_forward(&run.net, vae->weights.data, n, run.block.data, seed != NULL,
                              &run.pass);
        tl_fusion_vae_output_rows(vae->options.output, n, n_out, vae->mean_sd.data,
                                  base == NULL ? NULL : tl_matrix_row(base, at),
                                  run.pass.active[tl_fusion_vae_net_out(&run.net)].data,
                                  tl_matrix_row(y, at));
    }
done:
    run_close(&run);
    return code;
}

tl_code tl_fusion_vae_apply(const tl_vae *vae, const tl_matrix *x, const tl_matrix *base,
                            tl_matrix *y, tl_err *err) {
    return generate(vae, x, base, NULL, y, err);
}

tl_code tl_fusion_vae_apply_seed(const tl_vae *vae, const tl_matrix *x, const tl_matrix *base,
                                 const tl_vae_seed *seed, tl_matrix *y, tl_err *err) {
    return generate(vae, x, base, seed, y, err);
}

tl_code tl_fusion_vae_encode(const tl_vae *vae, const tl_matrix *x, tl_matrix *mu, tl_err *err) {
    vae_run run;
    *mu = (tl_matrix){0};
    TL_TRY(run_open(vae, x, &run, err));
    const ptrdiff_t latent = run.net.latent;
    tl_code code;
    TL_CHECK(tl_matrix_init(mu, x->nrow, latent, err));
    for (ptrdiff_t at = 0; at < x->nrow; at += VAE_APPLY_ROWS) {
        const ptrdiff_t n = tl_min(x->nrow - at, VAE_APPLY_ROWS);
        tl_fusion_vae_scale_rows(vae, x, at, n, &run.block);
        tl_fusion_vae_encode_rows(&run.net, vae->weights.data, n, run.block.data, 0, &run.pass);
        const double *from = run.pass.active[tl_fusion_vae_net_mu(&run.net)].data;
        for (ptrdiff_t i = 0; i < n * latent; i++) {
            mu->data[at * latent + i] = from[i];
        }
    }
done:
    run_close(&run);
    return code;
}

tl_code tl_fusion_vae_predict(const tl_vae *vae, const tl_matrix *x, tl_matrix *value,
                              tl_err *err) {
    vae_run run;
    *value = (tl_matrix){0};
    TL_TRY(run_open(vae, x, &run, err));
    const ptrdiff_t heads = run.net.heads;
    tl_code code;
    TL_CHECK(heads > 0 ? TL_OK
                       : tl_fail(err, TL_ARG, "this fusion network does not predict properties"));
    TL_CHECK(tl_matrix_init(value, x->nrow, heads, err));
    for (ptrdiff_t at = 0; at < x->nrow; at += VAE_APPLY_ROWS) {
        const ptrdiff_t n = tl_min(x->nrow - at, VAE_APPLY_ROWS);
        tl_fusion_vae_scale_rows(vae, x, at, n, &run.block);
        tl_fusion_vae_encode_rows(&run.net, vae->weights.data, n, run.block.data, 0, &run.pass);
        tl_fusion_vae_predict_rows(&run.net, vae->weights.data, n, &run.pass);
        const double *from = run.pass.active[tl_fusion_vae_net_head(&run.net)].data;
        for (ptrdiff_t i = 0; i < n * heads; i++) {
            value->data[at * heads + i] = tl_matrix_row(&vae->property, 0)[i % heads] +
                                          tl_matrix_row(&vae->property, 1)[i % heads] * from[i];
        }
    }
done:
    run_close(&run);
    return code;
}

void tl_fusion_vae_free(tl_vae *vae) {
    if (vae != NULL) {
        tl_matrix_free(&vae->weights);
        tl_matrix_free(&vae->scale_in);
        tl_matrix_free(&vae->mean_sd);
        tl_matrix_free(&vae->property);
        tl_matrix_free(&vae->curve);
        *vae = (tl_vae){0};
    }
}

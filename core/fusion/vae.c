/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mean path of a trained fusion network; see vae.h. */
#include "fusion/vae.h"

#include "fusion/vae_net.h"

enum { VAE_APPLY_ROWS = 256 };

/* Rows at..at+n-1 of x, scaled as the training rows were, into block. */
static void scale_rows(const tl_vae *vae, const tl_matrix *x, ptrdiff_t at, ptrdiff_t n,
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
    tl_vae_pass_free(&run->pass);
    tl_matrix_free(&run->block);
}

static tl_code run_open(const tl_vae *vae, const tl_matrix *x, vae_run *run, tl_err *err) {
    *run = (vae_run){0};
    if (vae->weights.data == NULL || x->ncol != vae->scale_in.ncol) {
        return tl_fail(err, TL_SHAPE, "fusion network: spectra with %td bands for a network of %td",
                       x->ncol, vae->scale_in.ncol);
    }
    TL_TRY(tl_vae_net_shape(&vae->options, vae->scale_in.ncol, vae->mean_sd.ncol, &run->net, err));
    tl_code code;
    TL_CHECK(tl_vae_pass_init(&run->net, VAE_APPLY_ROWS, &run->pass, err));
    TL_CHECK(tl_matrix_init(&run->block, VAE_APPLY_ROWS, x->ncol, err));
    tl_vae_pass_load(&run->net, vae->weights.data, &run->pass);
done:
    if (code != TL_OK) {
        run_close(run);
    }
    return code;
}

tl_code tl_vae_apply(const tl_vae *vae, const tl_matrix *x, const tl_matrix *base, tl_matrix *y,
                     tl_err *err) {
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
        const ptrdiff_t n = x->nrow - at < VAE_APPLY_ROWS ? x->nrow - at : VAE_APPLY_ROWS;
        scale_rows(vae, x, at, n, &run.block);
        tl_vae_forward(&run.net, vae->weights.data, n, run.block.data, 0, &run.pass);
        tl_vae_output_rows(vae->options.output, n, n_out, vae->mean_sd.data,
                           base == NULL ? NULL : tl_matrix_row(base, at),
                           run.pass.active[tl_vae_net_out(&run.net)].data, tl_matrix_row(y, at));
    }
done:
    run_close(&run);
    return code;
}

tl_code tl_vae_encode(const tl_vae *vae, const tl_matrix *x, tl_matrix *mu, tl_err *err) {
    vae_run run;
    *mu = (tl_matrix){0};
    TL_TRY(run_open(vae, x, &run, err));
    const ptrdiff_t latent = run.net.latent;
    tl_code code;
    TL_CHECK(tl_matrix_init(mu, x->nrow, latent, err));
    for (ptrdiff_t at = 0; at < x->nrow; at += VAE_APPLY_ROWS) {
        const ptrdiff_t n = x->nrow - at < VAE_APPLY_ROWS ? x->nrow - at : VAE_APPLY_ROWS;
        scale_rows(vae, x, at, n, &run.block);
        tl_vae_encode_rows(&run.net, vae->weights.data, n, run.block.data, 0, &run.pass);
        const double *from = run.pass.active[tl_vae_net_mu(&run.net)].data;
        for (ptrdiff_t i = 0; i < n * latent; i++) {
            mu->data[at * latent + i] = from[i];
        }
    }
done:
    run_close(&run);
    return code;
}

void tl_vae_free(tl_vae *vae) {
    if (vae != NULL) {
        tl_matrix_free(&vae->weights);
        tl_matrix_free(&vae->scale_in);
        tl_matrix_free(&vae->mean_sd);
        tl_matrix_free(&vae->curve);
        *vae = (tl_vae){0};
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fitting and applying a transfer of any kind; see transfer.h. */
#include "fusion/transfer.h"

#include <math.h>

#include "fusion/transfer_linear.h"
#include "fusion/transfer_network.h"

static tl_code check_finite(const tl_matrix *m, const char *what, tl_err *err) {
    for (ptrdiff_t i = 0; i < m->nrow * m->ncol; i++) {
        if (!isfinite(m->data[i])) {
            return tl_fail(
                err, TL_DATA,
                "fusion: the %s spectrum in row %td has no value in column %td; remove the row or "
                "the band first",
                what, i / m->ncol + 1, i % m->ncol + 1);
        }
    }
    return TL_OK;
}

static tl_code check_pairs(const tl_matrix *satellite, const tl_matrix *lab, tl_err *err) {
    if (satellite->nrow != lab->nrow || satellite->ncol < 1 || lab->ncol < 1) {
        return tl_fail(err, TL_SHAPE,
                       "fusion: %td x %td satellite and %td x %td lab spectra do not pair up",
                       satellite->nrow, satellite->ncol, lab->nrow, lab->ncol);
    }
    TL_TRY(check_finite(satellite, "satellite", err));
    return check_finite(lab, "lab", err);
}

tl_code tl_fusion_transfer_fit_grouped(const tl_transfer_options *o, const tl_matrix *satellite,
                                       const tl_matrix *lab, const ptrdiff_t *group,
                                       const tl_matrix *check_x, const tl_matrix *check_y,
                                       const tl_progress *p, tl_transfer *out, tl_err *err) {
    *out = (tl_transfer){0};
    TL_TRY(tl_fusion_transfer_options_check(o, err));
    TL_TRY(check_pairs(satellite, lab, err));
    *out = (tl_transfer){.kind = o->kind, .n_in = satellite->ncol, .n_out = lab->ncol};
    tl_code code = TL_OK;
    if (o->kind != TL_TRANSFER_VAE) {
        TL_CHECK(
            tl_fusion_transfer_fit_linear(o, satellite, lab, group, p, &out->kind, &out->ds, err));
    } else if (o->vae.skip) {
        TL_CHECK(tl_fusion_ds_fit(satellite, lab, o->lambda, group, o->seed, &out->ds, err));
    }
    if (o->kind == TL_TRANSFER_VAE) {
        const tl_network_pairs pairs = {.satellite = satellite,
                                        .lab = lab,
                                        .group = group,
                                        .check_x = check_x,
                                        .check_y = check_y};
        if (check_x != NULL && check_y != NULL) {
            TL_CHECK(check_pairs(check_x, check_y, err));
        }
        TL_CHECK(tl_fusion_transfer_fit_network(o, &pairs, p, out, err));
    }
    code = tl_progress_at(p, 1.0, err);
done:
    if (code != TL_OK) {
        tl_fusion_transfer_free(out);
    }
    return code;
}

tl_code tl_fusion_transfer_fit(const tl_transfer_options *o, const tl_matrix *satellite,
                               const tl_matrix *lab, const tl_progress *p, tl_transfer *out,
                               tl_err *err) {
    return tl_fusion_transfer_fit_grouped(o, satellite, lab, NULL, NULL, NULL, p, out, err);
}

tl_code tl_fusion_transfer_apply(const tl_transfer *t, const tl_matrix *satellite,
                                 tl_matrix *generated, tl_err *err) {
    *generated = (tl_matrix){0};
    if (t->kind == TL_TRANSFER_NONE || satellite->ncol != t->n_in) {
        return tl_fail(err, TL_SHAPE,
                       "fusion: spectra with %td bands for a transfer from %td bands",
                       satellite->ncol, t->n_in);
    }
    if (tl_fusion_transfer_is_linear(t->kind)) {
        return tl_fusion_ds_apply(&t->ds, satellite, generated, err);
    }
    if (!t->vae.options.skip) {
        return tl_fusion_vae_apply(&t->vae, satellite, NULL, generated, err);
    }
    tl_matrix base = {0};
    TL_TRY(tl_fusion_ds_apply(&t->ds, satellite, &base, err));
    const tl_code code = tl_fusion_vae_apply(&t->vae, satellite, &base, generated, err);
    tl_matrix_free(&base);
    return code;
}

tl_code tl_fusion_transfer_linear(const tl_transfer *t, tl_matrix *coefficients, double *intercept,
                                  tl_err *err) {
    *coefficients = (tl_matrix){0};
    if (!tl_fusion_transfer_is_linear(t->kind)) {
        return tl_fail(err, TL_ARG, "a transfer of the kind %s is not linear",
                       tl_fusion_transfer_kind_word(t->kind));
    }
    return tl_fusion_ds_linear(&t->ds, coefficients, intercept, err);
}

void tl_fusion_transfer_free(tl_transfer *t) {
    if (t != NULL) {
        tl_fusion_ds_free(&t->ds);
        tl_fusion_vae_free(&t->vae);
        *t = (tl_transfer){0};
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Training of the network of a transfer; see transfer_network.h. */
#include "fusion/transfer_network.h"

#include "base/alloc.h"
#include "fusion/groups.h"
#include "fusion/vae_train.h"

enum { STOP_FOLDS = 5, STOP_DEAL = 1 << 20 };

/* The three sets of a training. Owner of learn and stop, and of all bases. */
typedef struct network_sets {
    tl_vae_pairs learn;
    tl_vae_pairs stop;
    tl_vae_pairs check; /* x and y borrowed */
} network_sets;

static void sets_free(network_sets *s) {
    tl_matrix_free(&s->learn.x);
    tl_matrix_free(&s->learn.y);
    tl_matrix_free(&s->learn.base);
    tl_matrix_free(&s->stop.x);
    tl_matrix_free(&s->stop.y);
    tl_matrix_free(&s->stop.base);
    tl_matrix_free(&s->check.base);
}

/* Sets a fifth of the groups aside. */
static tl_code split(const tl_transfer_options *o, const tl_network_pairs *pairs, network_sets *s,
                     tl_err *err) {
    const ptrdiff_t n = pairs->satellite->nrow;
    ptrdiff_t *fold = tl_acquire(n, sizeof *fold);
    tl_code code;
    TL_CHECK(fold == NULL ? tl_no_memory(err, "%td pairs", n) : TL_OK);
    TL_CHECK(tl_fusion_divide_groups(pairs->group, n, STOP_FOLDS, o->seed, STOP_DEAL, fold, err));
    TL_CHECK(tl_fusion_take_fold(pairs->satellite, fold, 0, 0, &s->learn.x, err));
    TL_CHECK(tl_fusion_take_fold(pairs->lab, fold, 0, 0, &s->learn.y, err));
    TL_CHECK(tl_fusion_take_fold(pairs->satellite, fold, 0, 1, &s->stop.x, err));
    code = tl_fusion_take_fold(pairs->lab, fold, 0, 1, &s->stop.y, err);
done:
    tl_release(fold);
    return code;
}

/* The sets after direct standardisation. */
static tl_code add_bases(const tl_transfer_options *o, const tl_transfer *t, network_sets *s,
                         tl_err *err) {
    if (s->check.x.data != NULL) {
        TL_TRY(tl_fusion_ds_apply(&t->ds, &s->check.x, &s->check.base, err));
    }
    TL_TRY(tl_fusion_ds_apply(&t->ds, &s->learn.x, &s->learn.base, err));
    if (s->stop.x.data == NULL) {
        return TL_OK;
    }
    tl_ds without = {0};
    TL_TRY(tl_fusion_ds_fit(&s->learn.x, &s->learn.y, t->ds.lambda, NULL, o->seed, &without, err));
    const tl_code code = tl_fusion_ds_apply(&without, &s->stop.x, &s->stop.base, err);
    tl_fusion_ds_free(&without);
    return code;
}

tl_code tl_fusion_transfer_fit_network(const tl_transfer_options *o, const tl_network_pairs *pairs,
                                       const tl_progress *p, tl_transfer *out, tl_err *err) {
    network_sets s = {0};
    tl_code code;
    if (pairs->check_x != NULL && pairs->check_y != NULL) {
        s.check.x = *pairs->check_x;
        s.check.y = *pairs->check_y;
    }
    if (o->vae.early_stop) {
        TL_CHECK(split(o, pairs, &s, err));
    } else {
        TL_CHECK(tl_matrix_copy(&s.learn.x, pairs->satellite, err));
        TL_CHECK(tl_matrix_copy(&s.learn.y, pairs->lab, err));
    }
    if (o->vae.skip) {
        TL_CHECK(add_bases(o, out, &s, err));
    }
    code = tl_fusion_vae_fit(&o->vae, o->seed, &s.learn, s.check.x.data == NULL ? NULL : &s.check,
                             s.stop.x.data == NULL ? NULL : &s.stop, p, &out->vae, err);
done:
    sets_free(&s);
    return code;
}

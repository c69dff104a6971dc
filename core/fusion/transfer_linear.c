/* SPDX-License-Identifier: GPL-2.0-or-later
 * The linear kinds of a transfer; see transfer_linear.h. */
#include "fusion/transfer_linear.h"

#include "base/alloc.h"
#include "fusion/bandwise.h"
#include "fusion/epo.h"
#include "fusion/groups.h"
#include "fusion/pls2.h"
#include "spectra/segments.h"

enum { BEST_FOLDS = 5, BEST_KINDS = 5, PLS2_MAX = 10, EPO_MAX = 10 };

/* Index of the folds of the choice; the folds inside a method have index 0. */
enum { BEST_INDEX = 1 };

/* In this order, so that of equal candidates the more stable one is chosen. */
static const tl_transfer_kind candidates[BEST_KINDS] = {
    TL_TRANSFER_DS, TL_TRANSFER_PLS2, TL_TRANSFER_PDS, TL_TRANSFER_SLOPE, TL_TRANSFER_EPO};

int tl_fusion_transfer_is_linear(tl_transfer_kind kind) {
    return kind == TL_TRANSFER_DS || kind == TL_TRANSFER_PDS || kind == TL_TRANSFER_PLS2 ||
           kind == TL_TRANSFER_SLOPE || kind == TL_TRANSFER_EPO;
}

tl_code tl_fusion_transfer_take_runs(tl_transfer_options *o, const double *centre_nm, ptrdiff_t p,
                                     tl_err *err) {
    tl_segments segments;
    TL_TRY(tl_spectra_segments(centre_nm, p, &segments, err));
    tl_code code = TL_OK;
    if (segments.n > TL_TRANSFER_MAX_RUNS) {
        code = tl_fail(err, TL_DATA,
                       "the %td bands fall into %td runs without a gap, wanted at most %d for a "
                       "transfer by windows of bands; use ds",
                       p, segments.n, (int)TL_TRANSFER_MAX_RUNS);
    }
    o->runs = code == TL_OK ? segments.n : 0;
    for (ptrdiff_t k = 0; k < o->runs; k++) {
        o->run_start[k] = segments.start[k];
    }
    tl_spectra_segments_free(&segments);
    return code;
}

static tl_code fit_windows(const tl_transfer_options *o, const tl_matrix *x, const tl_matrix *y,
                           tl_ds *map, tl_err *err) {
    if (o->runs > 0 && o->run_start[o->runs - 1] >= x->ncol) {
        return tl_fail(err, TL_SHAPE,
                       "fusion option runs names band %td, but the spectra have %td bands",
                       o->run_start[o->runs - 1] + 1, x->ncol);
    }
    return tl_fusion_pds_fit(x, y, o->half, o->components > 0 ? o->components : 1,
                             o->runs > 0 ? o->run_start : NULL, o->runs, map, err);
}

static tl_code fit_pls2(const tl_transfer_options *o, const tl_matrix *x, const tl_matrix *y,
                        const ptrdiff_t *group, tl_ds *map, tl_err *err) {
    tl_pls2 fit;
    if (o->components == 0) {
        return tl_fusion_pls2_choose(x, y, PLS2_MAX, group, o->seed, map, err);
    }
    TL_TRY(tl_fusion_pls2_fit(x, y, o->components, &fit, err));
    const tl_code code = tl_fusion_pls2_map(&fit, o->components, map, err);
    tl_fusion_pls2_free(&fit);
    return code;
}

static tl_code fit_epo(const tl_transfer_options *o, const tl_matrix *x, const tl_matrix *y,
                       const ptrdiff_t *group, tl_ds *map, tl_err *err) {
    tl_epo epo;
    *map = (tl_ds){0};
    if (o->components == 0) {
        return tl_fusion_epo_choose(x, y, EPO_MAX, group, o->seed, map, err);
    }
    TL_TRY(tl_fusion_epo_fit(x, y, o->components, &epo, err));
    const tl_code code = tl_fusion_epo_map(&epo, x, y, map, err);
    tl_fusion_epo_free(&epo);
    return code;
}

static tl_code fit_kind(const tl_transfer_options *o, tl_transfer_kind kind, const tl_matrix *x,
                        const tl_matrix *y, const ptrdiff_t *group, tl_ds *map, tl_err *err) {
    switch (kind) {
        case TL_TRANSFER_DS:
            return tl_fusion_ds_fit(x, y, o->lambda, group, o->seed, map, err);
        case TL_TRANSFER_PDS:
            return fit_windows(o, x, y, map, err);
        case TL_TRANSFER_PLS2:
            return fit_pls2(o, x, y, group, map, err);
        case TL_TRANSFER_SLOPE:
            return tl_fusion_slope_fit(x, y, map, err);
        case TL_TRANSFER_EPO:
            return fit_epo(o, x, y, group, map, err);
        case TL_TRANSFER_NONE:
        case TL_TRANSFER_VAE:
        case TL_TRANSFER_BEST:
        default:
            *map = (tl_ds){0};
            return tl_fail(err, TL_ARG, "a transfer of the kind %s is not linear",
                           tl_fusion_transfer_kind_word(kind));
    }
}

/* The choice among the candidates. */
typedef struct kind_choice {
    const tl_transfer_options *options;
    const tl_progress *progress;
    int kinds;
    double sum[BEST_KINDS]; /* squared errors of every candidate */
} kind_choice;

/* Adds the error of one candidate on the rows of the fold. */
static tl_code try_kind(const tl_transfer_options *o, tl_transfer_kind kind, const tl_fold_rows *f,
                        double *sum, tl_err *err) {
    tl_ds map;
    tl_matrix made = {0};
    TL_TRY(fit_kind(o, kind, &f->x, &f->y, f->group, &map, err));
    const tl_code code = tl_fusion_ds_apply(&map, &f->x_test, &made, err);
    tl_fusion_add_squares(&made, &f->y_test, tl_matrix_row(&f->sd, 0), sum);
    tl_matrix_free(&made);
    tl_fusion_ds_free(&map);
    return code;
}

static tl_code try_kinds(const tl_fold_rows *f, void *work, tl_err *err) {
    kind_choice *c = work;
    for (int k = 0; k < c->kinds; k++) {
        TL_TRY(try_kind(c->options, candidates[k], f, &c->sum[k], err));
    }
    return tl_progress_at(c->progress, (double)(f->number + 1) / (double)(f->folds + 1), err);
}

/* Between different sets of bands only the first two are possible. */
static tl_code choose_kind(const tl_transfer_options *o, const tl_matrix *x, const tl_matrix *y,
                           const ptrdiff_t *group, const tl_progress *p, tl_transfer_kind *kind,
                           tl_err *err) {
    kind_choice c = {.options = o, .progress = p, .kinds = x->ncol == y->ncol ? BEST_KINDS : 2};
    TL_TRY(
        tl_fusion_for_each_fold(x, y, group, BEST_FOLDS, o->seed, BEST_INDEX, try_kinds, &c, err));
    int best = 0;
    for (int k = 1; k < c.kinds; k++) {
        best = c.sum[k] < c.sum[best] ? k : best;
    }
    *kind = candidates[best];
    return TL_OK;
}

tl_code tl_fusion_transfer_fit_linear(const tl_transfer_options *o, const tl_matrix *satellite,
                                      const tl_matrix *lab, const ptrdiff_t *group,
                                      const tl_progress *p, tl_transfer_kind *kind, tl_ds *map,
                                      tl_err *err) {
    *map = (tl_ds){0};
    *kind = o->kind;
    if (o->kind == TL_TRANSFER_BEST) {
        TL_TRY(choose_kind(o, satellite, lab, group, p, kind, err));
    }
    return fit_kind(o, *kind, satellite, lab, group, map, err);
}

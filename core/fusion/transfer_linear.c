/* SPDX-License-Identifier: GPL-2.0-or-later
 * The linear kinds of a transfer; see transfer_linear.h. */
#include "fusion/transfer_linear.h"

#include "base/alloc.h"
#include "fusion/bandwise.h"
#include "fusion/epo.h"
#include "fusion/groups.h"
#include "fusion/pls2.h"
#include "spectra/segments.h"

enum { BEST_FOLDS = 5, BEST_KINDS = 5, PLS2_MOST = 10, EPO_MOST = 10 };

/* Index of the folds of the choice; the folds inside a method have index 0. */
enum { BEST_INDEX = 1 };

/* In this order, so that of equals the steadier one is taken. */
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
        return tl_fusion_pls2_choose(x, y, PLS2_MOST, group, o->seed, map, err);
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
        return tl_fusion_epo_choose(x, y, EPO_MOST, group, o->seed, map, err);
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

/* Adds the error of one candidate on the rows of the fold. */
static tl_code try_kind(const tl_transfer_options *o, tl_transfer_kind kind, const tl_fold_rows *f,
                        double *sum, tl_err *err) {
    tl_ds map;
    tl_matrix made = {0};
    TL_TRY(fit_kind(o, kind, &f->x, &f->y, f->group, &map, err));
    const tl_code code = tl_fusion_ds_apply(&map, &f->x_test, &made, err);
    for (ptrdiff_t i = 0; i < made.nrow; i++) {
        for (ptrdiff_t j = 0; j < made.ncol; j++) {
            const double miss = (tl_matrix_row(&made, i)[j] - tl_matrix_row(&f->y_test, i)[j]) /
                                tl_matrix_row(&f->sd, 0)[j];
            *sum += miss * miss;
        }
    }
    tl_matrix_free(&made);
    tl_fusion_ds_free(&map);
    return code;
}

/* Between different sets of bands only the first two can be. */
static tl_code choose_kind(const tl_transfer_options *o, const tl_matrix *x, const tl_matrix *y,
                           const ptrdiff_t *group, const tl_progress *p, tl_transfer_kind *kind,
                           tl_err *err) {
    const int kinds = x->ncol == y->ncol ? BEST_KINDS : 2;
    double sum[BEST_KINDS] = {0};
    ptrdiff_t folds = 0;
    ptrdiff_t *fold = tl_acquire(x->nrow, sizeof *fold);
    if (fold == NULL) {
        return tl_no_memory(err, "the folds of %td rows", x->nrow);
    }
    tl_code code;
    TL_CHECK(
        tl_fusion_deal_up_to(group, x->nrow, BEST_FOLDS, o->seed, BEST_INDEX, fold, &folds, err));
    for (ptrdiff_t k = 0; k < folds; k++) {
        tl_fold_rows f;
        TL_CHECK(tl_fusion_open_fold(x, y, group, fold, k, &f, err));
        for (int c = 0; c < kinds && code == TL_OK; c++) {
            code = try_kind(o, candidates[c], &f, &sum[c], err);
        }
        tl_fusion_fold_rows_free(&f);
        TL_CHECK(code);
        TL_CHECK(tl_progress_at(p, (double)(k + 1) / (double)(folds + 1), err));
    }
    int best = 0;
    for (int c = 1; c < kinds; c++) {
        best = sum[c] < sum[best] ? c : best;
    }
    *kind = candidates[best];
done:
    tl_release(fold);
    return code;
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

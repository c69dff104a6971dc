/* SPDX-License-Identifier: GPL-2.0-or-later
 * The protocol of the paper; see paper.h. */
#include "pipeline/paper.h"

#include <string.h>

#include "base/alloc.h"
#include "pipeline/paper_fit.h"
#include "spectra/segments.h"

static const char *const method_words[] = {"PLSR", "SVR", "FD-RF", "DNN-CARS"};

tl_paper_options tl_pipeline_paper_defaults(void) {
    tl_paper_options o = {.largest_angle = 0.08,
                          .seeds = tl_fusion_seed_search_defaults(),
                          .smooth = {.window = 11, .degree = 2},
                          .derived = {.window = 11, .degree = 2, .derivative = 1},
                          .significance = 0.01,
                          .cars = tl_inversion_cars_defaults(),
                          .inner_folds = 5,
                          .plsr = tl_inversion_regressor_defaults(TL_REGRESSOR_PLSR),
                          .svr = tl_inversion_regressor_defaults(TL_REGRESSOR_SVR),
                          .forest = tl_inversion_regressor_defaults(TL_REGRESSOR_FOREST),
                          .net = tl_inversion_net_defaults(),
                          .starts = 3,
                          .seed = 1,
                          .threads = 1};
    (void)tl_fusion_transfer_preset(TL_TRANSFER_VAE, "paper", &o.transfer, NULL);
    o.cars.runs = 1;
    return o;
}

const char *tl_pipeline_paper_method_word(tl_paper_method method) {
    return method_words[method];
}

static tl_code check_options(const tl_paper_options *o, tl_err *err) {
    if (!(o->largest_angle > 0.0) || !(o->significance > 0.0) || o->significance > 1.0) {
        return tl_fail(
            err, TL_ARG,
            "the largest angle is %g and the significance %g, wanted an angle above 0 and a "
            "significance above 0 and at most 1",
            o->largest_angle, o->significance);
    }
    if (o->starts < 1 || o->starts > TL_PAPER_MAX_STARTS || o->inner_folds < 2) {
        return tl_fail(
            err, TL_ARG,
            "there are %d starts and %d inner folds, wanted 1 to %d starts and at least 2 folds",
            o->starts, o->inner_folds, (int)TL_PAPER_MAX_STARTS);
    }
    if (o->plsr.kind != TL_REGRESSOR_PLSR || o->svr.kind != TL_REGRESSOR_SVR ||
        o->forest.kind != TL_REGRESSOR_FOREST) {
        return tl_fail(err, TL_ARG, "the regressions of the paper are plsr, svr and forest");
    }
    TL_TRY(tl_inversion_regressor_options_check(&o->plsr, err));
    TL_TRY(tl_inversion_regressor_options_check(&o->svr, err));
    TL_TRY(tl_inversion_regressor_options_check(&o->forest, err));
    TL_TRY(tl_inversion_net_options_check(&o->net, err));
    return tl_inversion_cars_options_check(&o->cars, err);
}

/* The memory of one run, without its result. */
typedef struct work {
    const tl_paper_data *data;
    const tl_paper_options *options;
    tl_paper_table table;
    tl_matrix scene;   /* [n, p] of the samples */
    tl_matrix lab;     /* [n, p] of the samples */
    tl_matrix derived; /* [n, p] */
    tl_matrix mixed;   /* [n, 2 p] */
    ptrdiff_t *row;    /* [n_rows] */
} work;

static void free_work(work *w) {
    tl_pipeline_paper_table_free(&w->table);
    tl_matrix_free(&w->scene);
    tl_matrix_free(&w->lab);
    tl_matrix_free(&w->derived);
    tl_matrix_free(&w->mixed);
    tl_release(w->row);
}

/* --- fusion --- */

/* Trains the network on the training samples and the neighbours that may join them. */
static tl_code train_fusion(work *w, const tl_progress *progress, tl_paper_result *out,
                            tl_err *err) {
    const tl_paper_data *d = w->data;
    tl_transfer_options o = w->options->transfer;
    o.seed = w->options->seed;
    tl_matrix scene = {0};
    tl_matrix lab = {0};
    ptrdiff_t *group = tl_acquire(d->n_rows, sizeof *group);
    tl_code code = group == NULL ? tl_no_memory(err, "pairs") : TL_OK;
    TL_CHECK(code);
    ptrdiff_t n = 0;
    for (ptrdiff_t k = 0; k < d->n_rows; k++) {
        if (out->split.use[k] == TL_PAPER_TRAIN || out->split.use[k] == TL_PAPER_PAIR) {
            group[n] = d->group == NULL ? k : d->group[k];
            w->row[n++] = k;
        }
    }
    TL_CHECK(tl_matrix_take_rows(&scene, d->scene, w->row, n, err));
    TL_CHECK(tl_matrix_take_rows(&lab, d->lab, w->row, n, err));
    code = tl_fusion_transfer_fit_grouped(&o, &scene, &lab, group, NULL, NULL, progress,
                                          &out->transfer, err);
done:
    tl_matrix_free(&scene);
    tl_matrix_free(&lab);
    tl_release(group);
    return code;
}

/* Chooses the seeds on the rows that may be used. */
static tl_code search(work *w, const tl_savgol *smooth, const tl_progress *progress,
                      tl_paper_result *out, tl_err *err) {
    const tl_paper_table *t = &w->table;
    tl_seed_search_options o = w->options->seeds;
    o.threads = w->options->threads;
    tl_matrix look = {0};
    const tl_matrix property = {.nrow = 1, .ncol = t->n_look, .data = t->look_y};
    tl_seed_search found = {0};
    tl_code code;
    TL_CHECK(tl_matrix_take_rows(&look, &w->scene, t->look, t->n_look, err));
    TL_CHECK(tl_fusion_search_seeds(&out->transfer, &look,
                                    w->options->shared_masks ? NULL : t->look, &property, smooth,
                                    &o, progress, &found, err));
    out->seeds = found.found[0];
done:
    tl_matrix_free(&look);
    tl_fusion_seed_search_free(&found);
    return code;
}

static tl_code make_smoother(const tl_savgol_options *o, const tl_paper_data *d, tl_savgol *smooth,
                             tl_err *err) {
    tl_segments segments;
    TL_TRY(tl_spectra_segments(d->wavelength_nm, d->scene->ncol, &segments, err));
    const tl_code code = tl_spectra_savgol_init(o, d->wavelength_nm, &segments, smooth, err);
    tl_spectra_segments_free(&segments);
    return code;
}

static tl_code generate(work *w, const tl_progress *progress, tl_paper_result *out, tl_err *err) {
    const tl_paper_options *o = w->options;
    tl_savgol smooth = {0};
    tl_code code;
    TL_CHECK(make_smoother(&o->smooth, w->data, &smooth, err));
    TL_CHECK(search(w, &smooth, progress, out, err));
    ptrdiff_t n_seed = 0;
    while (n_seed < o->seeds.kept && out->seeds.score[n_seed] >= 0.0) {
        n_seed++;
    }
    for (ptrdiff_t i = 0; i < out->n; i++) {
        w->row[i] = i;
    }
    code = tl_fusion_apply_seeds(&out->transfer, &w->scene, o->shared_masks ? NULL : w->row,
                                 out->seeds.seed, n_seed, &smooth, &out->generated, err);
done:
    tl_spectra_savgol_free(&smooth);
    return code;
}

/* --- features --- */

static tl_code copy_samples(work *w, tl_err *err) {
    const tl_paper_data *d = w->data;
    w->row = tl_acquire(d->n_rows, sizeof *w->row);
    if (w->row == NULL) {
        return tl_no_memory(err, "%td rows", d->n_rows);
    }
    for (ptrdiff_t i = 0; i < d->n; i++) {
        w->row[i] = i;
    }
    TL_TRY(tl_matrix_take_rows(&w->scene, d->scene, w->row, d->n, err));
    return tl_matrix_take_rows(&w->lab, d->lab, w->row, d->n, err);
}

static tl_code mix_and_derive(work *w, const tl_matrix *generated, tl_err *err) {
    const ptrdiff_t p = w->scene.ncol;
    tl_savgol derive = {0};
    TL_TRY(tl_matrix_init(&w->mixed, w->scene.nrow, 2 * p, err));
    TL_TRY(tl_matrix_init(&w->derived, w->scene.nrow, p, err));
    TL_TRY(make_smoother(&w->options->derived, w->data, &derive, err));
    for (ptrdiff_t i = 0; i < w->scene.nrow; i++) {
        const double *scene = tl_matrix_row(&w->scene, i);
        double *mixed = tl_matrix_row(&w->mixed, i);
        memcpy(mixed, tl_matrix_row(generated, i), (size_t)p * sizeof *mixed);
        memcpy(mixed + p, scene, (size_t)p * sizeof *mixed);
        tl_spectra_savgol_row(&derive, scene, tl_matrix_row(&w->derived, i));
    }
    tl_spectra_savgol_free(&derive);
    return TL_OK;
}

static tl_code fit_all(work *w, const tl_progress *progress, tl_paper_result *out, tl_err *err) {
    const tl_matrix *x[TL_PAPER_FEATURES] = {&w->lab, &w->scene, &out->generated, &w->mixed};
    for (int k = 0; k < TL_PAPER_FEATURES; k++) {
        tl_paper_entry *pair = &out->entry[2 * k];
        pair[0].features = (tl_paper_features)k;
        pair[1].features = (tl_paper_features)k;
        TL_TRY(tl_pipeline_paper_fit_pair(&w->table, x[k], pair, err));
        TL_TRY(tl_progress_at(progress, (double)(k + 1) / (TL_PAPER_FEATURES + 1), err));
    }
    TL_TRY(tl_pipeline_paper_fit_others(&w->table, &w->scene, &w->derived,
                                        &out->entry[TL_PAPER_ENTRIES - 2], err));
    return tl_progress_at(progress, 1.0, err);
}

tl_code tl_pipeline_paper_run(const tl_paper_data *data, const tl_paper_options *options,
                              const tl_progress *progress, tl_paper_result *out, tl_err *err) {
    *out = (tl_paper_result){.n = data->n, .p = data->scene->ncol};
    const tl_progress training = tl_progress_part(progress, 0.0, 0.1);
    const tl_progress searching = tl_progress_part(progress, 0.1, 0.7);
    const tl_progress fitting = tl_progress_part(progress, 0.7, 1.0);
    work w = {.data = data, .options = options};
    tl_code code;
    TL_CHECK(check_options(options, err));
    TL_CHECK(tl_pipeline_paper_divide(data, options->largest_angle, options->angle_to_lab,
                                      &out->split, err));
    TL_CHECK(tl_pipeline_paper_table_init(data, &out->split, options, &w.table, err));
    TL_CHECK(copy_samples(&w, err));
    TL_CHECK(train_fusion(&w, &training, out, err));
    TL_CHECK(generate(&w, &searching, out, err));
    TL_CHECK(mix_and_derive(&w, &out->generated, err));
    code = fit_all(&w, &fitting, out, err);
done:
    free_work(&w);
    if (code != TL_OK) {
        tl_pipeline_paper_result_free(out);
    }
    return code;
}

void tl_pipeline_paper_result_free(tl_paper_result *r) {
    if (r == NULL) {
        return;
    }
    tl_pipeline_paper_split_free(&r->split);
    tl_fusion_transfer_free(&r->transfer);
    tl_matrix_free(&r->generated);
    for (int k = 0; k < TL_PAPER_ENTRIES; k++) {
        tl_pipeline_paper_entry_free(&r->entry[k]);
    }
    *r = (tl_paper_result){0};
}

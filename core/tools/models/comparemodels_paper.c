/* SPDX-License-Identifier: GPL-2.0-or-later
 * The rows of the paper's single split; see comparemodels.h. */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "json/json.h"
#include "tools/models/comparemodels.h"

static tl_paper_options read_options(const tl_compared *c) {
    tl_paper_options o = tl_pipeline_paper_defaults();
    o.seeds.last = tl_job_integer(c->job, "seeds");
    o.seeds.first = -o.seeds.last;
    o.transfer.vae.epochs = (int)tl_job_integer(c->job, "epochs");
    o.inner_folds = c->options.fit.inner_folds;
    o.starts = (int)tl_job_integer(c->job, "starts");
    o.seed = c->options.fit.seed;
    o.threads = c->options.threads;
    return o;
}

static tl_paper_data data_of(const tl_compared *c) {
    const int has_positions = tl_job_given(c->job, "scene");
    return (tl_paper_data){.n = c->study.n,
                           .n_rows = c->study.n_rows,
                           .scene = &c->study.scene,
                           .lab = &c->study.lab,
                           .group = c->study.group,
                           .col = has_positions ? c->study.col : NULL,
                           .line = has_positions ? c->study.line : NULL,
                           .wavelength_nm = c->study.centre_nm,
                           .y = c->study.value};
}

/* --- rows --- */

static const char *features_word(const tl_paper_entry *e) {
    static const char *const word[] = {"lab", "scene", "fused", "mixed"};
    return e->method >= TL_PAPER_FD_RF ? "scene" : word[e->features];
}

static tl_code keep_chosen(const tl_paper_result *r, const tl_paper_entry *e, tl_compared_row *row,
                           tl_err *err) {
    const int both = e->method < TL_PAPER_FD_RF && e->features == TL_PAPER_MIXED;
    row->n_chosen = both ? 2 * r->p : r->p;
    row->chosen = tl_acquire(row->n_chosen, sizeof *row->chosen);
    if (row->chosen == NULL) {
        return tl_no_memory(err, "the split");
    }
    for (ptrdiff_t j = 0; j < row->n_chosen; j++) {
        row->chosen[j] = 0.0;
    }
    for (ptrdiff_t j = 0; j < e->m; j++) {
        row->chosen[e->chosen[j]] = 1.0;
    }
    return TL_OK;
}

static tl_code keep_predictions(const tl_paper_result *r, const tl_paper_entry *e,
                                tl_compared_row *row, tl_err *err) {
    row->predicted = tl_acquire(r->n, sizeof *row->predicted);
    if (row->predicted == NULL) {
        return tl_no_memory(err, "the split");
    }
    for (ptrdiff_t i = 0; i < r->n; i++) {
        row->predicted[i] = e->predicted[i];
    }
    return TL_OK;
}

/* The interval from the test samples alone; none when there are too few of them. */
static tl_code draw_interval(const tl_compared *c, const tl_paper_result *r,
                             const tl_paper_entry *e, tl_compared_row *row, tl_err *err) {
    tl_bootstrap_options b = tl_inversion_bootstrap_defaults();
    double *observed = tl_acquire(r->n, sizeof *observed);
    double *predicted = tl_acquire(r->n, sizeof *predicted);
    ptrdiff_t *group = tl_acquire(r->n, sizeof *group);
    ptrdiff_t n = 0;
    tl_code code = observed == NULL || predicted == NULL || group == NULL
                       ? tl_no_memory(err, "the split")
                       : TL_OK;
    for (ptrdiff_t i = 0; code == TL_OK && i < r->n; i++) {
        if (r->split.use[i] == TL_PAPER_TEST) {
            observed[n] = c->study.value[i];
            predicted[n] = e->predicted[i];
            group[n++] = c->study.group[i];
        }
    }
    b.draws = c->options.bootstrap;
    b.seed = c->options.fit.seed;
    b.threads = c->options.threads;
    if (code == TL_OK && tl_inversion_count_groups(group, n) >= 3) {
        code = tl_inversion_bootstrap(observed, predicted, n, group, &b, &row->interval, err);
    }
    tl_release(observed);
    tl_release(predicted);
    tl_release(group);
    return code;
}

static tl_code add_entry(tl_compared *c, const tl_paper_result *r, const tl_paper_entry *e,
                         int leaky, tl_err *err) {
    tl_compared_row *row = NULL;
    TL_TRY(tl_comparemodels_add(c, &row, err));
    row->protocol = leaky ? TL_COMPARED_LEAKY : TL_COMPARED_SPLIT;
    row->division = TL_DIVIDE_GRADIENT;
    row->features = features_word(e);
    row->method = tl_pipeline_paper_method_word(e->method);
    row->n_train = r->split.count[TL_PAPER_TRAIN];
    row->n_test = r->split.count[TL_PAPER_TEST];
    row->inputs = (double)e->m;
    row->test = e->test;
    row->train = e->train;
    (void)snprintf(row->setting, sizeof row->setting, "%.95s", e->setting);
    TL_TRY(keep_predictions(r, e, row, err));
    TL_TRY(draw_interval(c, r, e, row, err));
    return keep_chosen(r, e, row, err);
}

/* --- further results of the run --- */

static tl_code record_split(tl_compared *c, const tl_paper_result *r, tl_err *err) {
    static const char *const use[TL_PAPER_USES] = {"training samples",
                                                   "test samples",
                                                   "neighbours used",
                                                   "neighbours of test samples",
                                                   "neighbours that are own pixels",
                                                   "neighbours beside test samples",
                                                   "neighbours with gaps",
                                                   "neighbours unlike their sample",
                                                   "neighbours of two samples"};
    c->split = tl_json_object();
    c->is_test = tl_json_array();
    if (c->split == NULL || c->is_test == NULL) {
        return tl_no_memory(err, "the split");
    }
    for (int k = 0; k < TL_PAPER_USES; k++) {
        tl_json_put(c->split, use[k], tl_json_integer((json_int_t)r->split.count[k]));
    }
    for (ptrdiff_t i = 0; i < r->n; i++) {
        tl_json_append(c->is_test, tl_json_flag(r->split.use[i] == TL_PAPER_TEST));
    }
    return TL_OK;
}

static tl_code record_seeds(tl_compared *c, const tl_paper_result *r, const tl_paper_options *o,
                            tl_err *err) {
    json_t *seed = tl_json_array();
    json_t *score = tl_json_array();
    for (int k = 0; k < o->seeds.kept && r->seeds.score[k] >= 0.0; k++) {
        tl_json_append(seed, tl_json_integer(r->seeds.seed[k]));
        tl_json_append(score, tl_job_json_number(r->seeds.score[k]));
    }
    c->seeds = tl_json_pack("{s:I, s:o, s:o, s:o}", "tried",
                            (json_int_t)o->seeds.last - (json_int_t)o->seeds.first + 1, "seed",
                            seed, "score", score, "chance", tl_job_json_number(r->seeds.floor));
    return c->seeds == NULL ? tl_no_memory(err, "the split") : TL_OK;
}

static tl_code run_once(tl_compared *c, int leaky, const tl_progress *progress, tl_err *err) {
    const tl_paper_data data = data_of(c);
    tl_paper_options o = read_options(c);
    tl_paper_result result;
    o.leaky = leaky;
    TL_TRY(tl_pipeline_paper_run(&data, &o, progress, &result, err));
    tl_code code = TL_OK;
    for (int k = 0; code == TL_OK && k < TL_PAPER_ENTRIES; k++) {
        code = add_entry(c, &result, &result.entry[k], leaky, err);
    }
    if (code == TL_OK && !leaky) {
        code = record_split(c, &result, err);
    }
    if (code == TL_OK && !leaky) {
        code = record_seeds(c, &result, &o, err);
    }
    tl_pipeline_paper_result_free(&result);
    return code;
}

tl_code tl_comparemodels_paper(tl_compared *c, const tl_progress *progress, tl_err *err) {
    const tl_progress strict = tl_progress_part(progress, 0.0, c->leaky ? 0.4 : 1.0);
    const tl_progress leaky = tl_progress_part(progress, 0.4, 1.0);
    if (!c->paper) {
        return TL_OK;
    }
    TL_TRY(run_once(c, 0, &strict, err));
    return c->leaky ? run_once(c, 1, &leaky, err) : TL_OK;
}

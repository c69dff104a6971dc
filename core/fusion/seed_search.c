/* SPDX-License-Identifier: GPL-2.0-or-later
 * All seeds in fixed blocks, each with its own list of best seeds; see seed_search.h. */
#include "fusion/seed_search.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "base/rng.h"
#include "fusion/ds.h"
#include "fusion/seed_net.h"
#include "fusion/seed_score.h"
#include "fusion/vae_net.h"

/* MORE: seeds that the search in single precision returns in addition to those wanted, so that
 * rounding cannot exclude a good one. */
enum { SEEDS_PER_BLOCK = 64, DIRECTIONS = 30, MORE = 4 };

/* What all blocks share. */
typedef struct search {
    const tl_vae *vae;
    const tl_savgol *smooth;
    const tl_seed_search_options *options;
    const ptrdiff_t *row;
    ptrdiff_t n;
    tl_vae_net net;
    tl_matrix first; /* [n, width of the first layer] before the mask */
    tl_matrix base;  /* [n, n_out]; empty without skip */
    tl_seed_targets targets;
    tl_seed_net fast;
    int returned; /* seeds that a block returns for every property */
    ptrdiff_t n_block;
    tl_seed_found *best; /* [n_block, n_property] */
    double *null;        /* [n_block, n_property * permutations] */
} search;

tl_seed_search_options tl_fusion_seed_search_defaults(void) {
    return (tl_seed_search_options){
        .first = -9999, .last = 9999, .score = TL_SEED_MAX, .kept = 3, .seed = 1, .threads = 1};
}

double tl_fusion_seed_floor(double tries, double directions, ptrdiff_t n) {
    return n < 3 ? (double)NAN : sqrt(1.0 - pow(tries * directions, -2.0 / (double)(n - 2)));
}

/* Inserts a seed into the sorted list of the best; of equal scores the earlier seed comes first. */
static void keep_best(tl_seed_found *f, int kept, int64_t seed, double score) {
    int at = kept;
    while (at > 0 && score > f->score[at - 1]) {
        at--;
    }
    if (at == kept) {
        return;
    }
    for (int k = kept - 1; k > at; k--) {
        f->seed[k] = f->seed[k - 1];
        f->score[k] = f->score[k - 1];
    }
    f->seed[at] = seed;
    f->score[at] = score;
}

static void start_empty(tl_seed_found *f) {
    *f = (tl_seed_found){.p = (double)NAN};
    for (int k = 0; k < TL_SEEDS_MAX_KEPT; k++) {
        f->score[k] = -1.0;
    }
}

/* --- one seed --- */

typedef struct block_work {
    tl_vae_pass pass;
    float *scratch;    /* of the fast network */
    tl_matrix spectra; /* [n, n_out] */
    tl_seed_scorer scorer;
} block_work;

/* Masks and noise of every row, or of one row that all share. */
static void draw_rows(const search *s, int64_t seed, tl_vae_pass *pass) {
    const double dropout = s->vae->options.dropout;
    tl_fusion_vae_draw(&s->net, dropout, seed, s->row == NULL ? 0 : s->row[0], 0, pass);
    for (ptrdiff_t i = 1; s->row != NULL && i < s->n; i++) {
        tl_fusion_vae_draw(&s->net, dropout, seed, s->row[i], i, pass);
    }
}

/* Copies the row that all samples share to each of them. */
static void repeat_row(const search *s, tl_vae_pass *pass) {
    for (ptrdiff_t i = 1; s->row == NULL && i < s->n; i++) {
        for (int k = 0; k < s->net.depth; k++) {
            memcpy(tl_matrix_row(&pass->mask[k], i), pass->mask[k].data,
                   (size_t)pass->mask[k].ncol * sizeof(double));
        }
        memcpy(tl_matrix_row(&pass->eps, i), pass->eps.data,
               (size_t)pass->eps.ncol * sizeof(double));
    }
}

static tl_code try_seed(const search *s, int64_t seed, block_work *w, tl_seed_found *best,
                        double *null, tl_err *err) {
    const ptrdiff_t n_property = s->targets.n_property;
    const ptrdiff_t permutations = s->options->permutations;
    draw_rows(s, seed, &w->pass);
    tl_fusion_seed_net_run(&s->fast, &w->pass, s->row == NULL, &s->base, w->scratch, &w->spectra);
    TL_TRY(tl_fusion_seed_scores(&w->scorer, &s->targets, &w->spectra, err));
    for (ptrdiff_t t = 0; t < n_property; t++) {
        const double *score = w->scorer.score + t * (1 + permutations);
        keep_best(&best[t], s->returned, seed, score[0]);
        for (ptrdiff_t k = 0; k < permutations; k++) {
            double *largest = &null[t * permutations + k];
            *largest = tl_max_double(score[1 + k], *largest);
        }
    }
    return TL_OK;
}

static void free_work(block_work *w) {
    tl_fusion_vae_pass_free(&w->pass);
    tl_release(w->scratch);
    tl_matrix_free(&w->spectra);
    tl_fusion_seed_scorer_free(&w->scorer);
}

static tl_code try_block(void *arg, ptrdiff_t block, tl_err *err) {
    const search *s = arg;
    const ptrdiff_t n_property = s->targets.n_property;
    tl_seed_found *best = s->best + block * n_property;
    double *null = s->null + block * n_property * s->options->permutations;
    const int64_t from = s->options->first + (int64_t)block * SEEDS_PER_BLOCK;
    const int64_t end =
        s->options->last - from < SEEDS_PER_BLOCK ? s->options->last + 1 : from + SEEDS_PER_BLOCK;
    block_work w = {0};
    tl_code code;
    TL_CHECK(tl_fusion_vae_pass_init(&s->net, s->n, &w.pass, err));
    TL_CHECK(tl_matrix_init(&w.spectra, s->n, s->net.n_out, err));
    TL_CHECK(tl_fusion_seed_scorer_init(&w.scorer, &s->targets, s->smooth, s->net.n_out, err));
    w.scratch = tl_acquire(tl_fusion_seed_net_scratch(&s->fast), sizeof *w.scratch);
    TL_CHECK(w.scratch == NULL ? tl_no_memory(err, "a block of seeds") : TL_OK);
    for (ptrdiff_t t = 0; t < n_property; t++) {
        start_empty(&best[t]);
    }
    for (int64_t seed = from; seed < end; seed++) {
        TL_CHECK(try_seed(s, seed, &w, best, null, err));
    }
done:
    free_work(&w);
    return code;
}

/* --- the search --- */

static tl_code check_search(const tl_transfer *transfer, const tl_matrix *satellite,
                            const tl_matrix *property, const tl_savgol *smooth,
                            const tl_seed_search_options *o, tl_err *err) {
    if (transfer->kind != TL_TRANSFER_VAE) {
        return tl_fail(err, TL_ARG,
                       "seeds: a linear transfer has no seeds; train a fusion network");
    }
    if (o->first > o->last || o->last - o->first > INT32_MAX || o->kept < 1 ||
        o->kept > TL_SEEDS_MAX_KEPT || o->permutations < 0) {
        return tl_fail(
            err, TL_ARG,
            "seeds: %lld to %lld with %d kept and %td permutations; wanted an increasing range, "
            "1 to %d kept and no negative number",
            (long long)o->first, (long long)o->last, o->kept, o->permutations,
            (int)TL_SEEDS_MAX_KEPT);
    }
    if (satellite->ncol != transfer->n_in || property->ncol != satellite->nrow ||
        property->nrow < 1 || (smooth != NULL && smooth->p != transfer->n_out)) {
        return tl_fail(err, TL_SHAPE,
                       "seeds: %td x %td spectra and %td x %td properties do not fit a network of "
                       "%td bands",
                       satellite->nrow, satellite->ncol, property->nrow, property->ncol,
                       transfer->n_in);
    }
    return TL_OK;
}

/* The first layer of all rows, and what the network corrects. */
static tl_code prepare_rows(search *s, const tl_transfer *transfer, const tl_matrix *satellite,
                            tl_err *err) {
    tl_vae_pass pass = {0};
    tl_matrix scaled = {0};
    tl_code code;
    TL_CHECK(
        tl_fusion_vae_net_shape(&s->vae->options, transfer->n_in, transfer->n_out, &s->net, err));
    TL_CHECK(tl_fusion_vae_pass_init(&s->net, s->n, &pass, err));
    TL_CHECK(tl_matrix_init(&scaled, s->n, satellite->ncol, err));
    tl_fusion_vae_pass_load(&s->net, s->vae->weights.data, &pass);
    tl_fusion_vae_scale_rows(s->vae, satellite, 0, s->n, &scaled);
    tl_fusion_vae_first_layer(&s->net, s->vae->weights.data, s->n, scaled.data, &pass);
    TL_CHECK(tl_matrix_copy(&s->first, &pass.active[0], err));
    TL_CHECK(tl_fusion_seed_net_init(&s->fast, s->vae, &s->first, err));
    if (s->vae->options.skip) {
        TL_CHECK(tl_fusion_ds_apply(&transfer->ds, satellite, &s->base, err));
    }
done:
    tl_fusion_vae_pass_free(&pass);
    tl_matrix_free(&scaled);
    return code;
}

/* The best seeds of all blocks, by their scores in single precision. */
static void gather(const search *s, ptrdiff_t t, tl_seed_found *all) {
    start_empty(all);
    for (ptrdiff_t b = 0; b < s->n_block; b++) {
        const tl_seed_found *part = &s->best[b * s->targets.n_property + t];
        for (int k = 0; k < s->returned && part->score[k] >= 0.0; k++) {
            keep_best(all, s->returned, part->seed[k], part->score[k]);
        }
    }
}

/* Scores the returned seeds again in double precision and keeps the best. */
static tl_code score_again(const search *s, ptrdiff_t t, const tl_seed_found *all, tl_seed_found *f,
                           tl_err *err) {
    block_work w = {0};
    tl_code code;
    TL_CHECK(tl_fusion_vae_pass_init(&s->net, s->n, &w.pass, err));
    TL_CHECK(tl_matrix_init(&w.spectra, s->n, s->net.n_out, err));
    TL_CHECK(tl_fusion_seed_scorer_init(&w.scorer, &s->targets, s->smooth, s->net.n_out, err));
    tl_fusion_vae_pass_load(&s->net, s->vae->weights.data, &w.pass);
    int64_t last = INT64_MIN;
    for (int k = 0; k < s->returned; k++) {
        /* In increasing order, so that of equal scores the lower seed comes first. */
        int64_t next = INT64_MAX;
        for (int i = 0; i < s->returned; i++) {
            if (all->score[i] >= 0.0 && all->seed[i] > last && all->seed[i] < next) {
                next = all->seed[i];
            }
        }
        if (next == INT64_MAX) {
            break;
        }
        last = next;
        draw_rows(s, next, &w.pass);
        repeat_row(s, &w.pass);
        tl_fusion_vae_forward_from_first(&s->net, s->vae->weights.data, s->n, s->first.data,
                                         &w.pass);
        tl_fusion_vae_output_rows(s->vae->options.output, s->n, s->net.n_out, s->vae->mean_sd.data,
                                  s->base.data, w.pass.active[tl_fusion_vae_net_out(&s->net)].data,
                                  w.spectra.data);
        TL_CHECK(tl_fusion_seed_scores(&w.scorer, &s->targets, &w.spectra, err));
        keep_best(f, s->options->kept, next, w.scorer.score[t * (1 + s->options->permutations)]);
    }
done:
    free_work(&w);
    return code;
}

static tl_code merge_blocks(const search *s, tl_seed_search *out, tl_err *err) {
    const ptrdiff_t n_property = s->targets.n_property;
    const ptrdiff_t permutations = s->options->permutations;
    out->n_property = n_property;
    out->found = tl_acquire(n_property, sizeof *out->found);
    if (out->found == NULL) {
        return tl_no_memory(err, "%td properties", n_property);
    }
    TL_TRY(tl_matrix_init(&out->null, n_property, permutations, err));
    const double tries = (double)(s->options->last - s->options->first + 1);
    for (ptrdiff_t t = 0; t < n_property; t++) {
        tl_seed_found *f = &out->found[t];
        tl_seed_found all;
        start_empty(f);
        gather(s, t, &all);
        TL_TRY(score_again(s, t, &all, f, err));
        f->floor = tl_fusion_seed_floor(tries, DIRECTIONS, s->targets.count[t]);
        ptrdiff_t reaching = 0;
        for (ptrdiff_t k = 0; k < permutations; k++) {
            double *largest = &tl_matrix_row(&out->null, t)[k];
            for (ptrdiff_t b = 0; b < s->n_block; b++) {
                *largest = fmax(*largest, s->null[(b * n_property + t) * permutations + k]);
            }
            /* Both in single precision, so that a property and an exact copy of it have equal
             * scores. */
            reaching += *largest >= all.score[0];
        }
        if (permutations > 0) {
            f->p = (double)(1 + reaching) / (double)(1 + permutations);
        }
    }
    return TL_OK;
}

static void free_search(search *s) {
    tl_matrix_free(&s->first);
    tl_matrix_free(&s->base);
    tl_fusion_seed_targets_free(&s->targets);
    tl_fusion_seed_net_free(&s->fast);
    tl_release(s->best);
    tl_release(s->null);
}

tl_code tl_fusion_search_seeds(const tl_transfer *transfer, const tl_matrix *satellite,
                               const ptrdiff_t *row, const tl_matrix *property,
                               const tl_savgol *smooth, const tl_seed_search_options *options,
                               const tl_progress *progress, tl_seed_search *out, tl_err *err) {
    *out = (tl_seed_search){0};
    TL_TRY(check_search(transfer, satellite, property, smooth, options, err));
    search s = {.vae = &transfer->vae,
                .smooth = smooth,
                .options = options,
                .row = row,
                .n = satellite->nrow,
                .returned = tl_min_int(options->kept + MORE, TL_SEEDS_MAX_KEPT),
                .n_block = (ptrdiff_t)((options->last - options->first) / SEEDS_PER_BLOCK + 1)};
    tl_code code;
    const int by_ranks =
        options->score == TL_SEED_MAX_SPEARMAN || options->score == TL_SEED_MEAN_SPEARMAN;
    const int by_mean = options->score == TL_SEED_MEAN || options->score == TL_SEED_MEAN_SPEARMAN;
    TL_CHECK(tl_fusion_seed_targets_init(&s.targets, property, by_ranks, by_mean,
                                         options->permutations, options->seed, err));
    TL_CHECK(prepare_rows(&s, transfer, satellite, err));
    const ptrdiff_t slots = s.n_block * s.targets.n_property;
    s.best = tl_acquire(slots, sizeof *s.best);
    s.null = tl_acquire(slots * options->permutations, sizeof *s.null);
    if (s.best == NULL || s.null == NULL) {
        code = tl_no_memory(err, "%td blocks of seeds", s.n_block);
        goto done;
    }
    TL_CHECK(tl_parfor(options->threads, s.n_block, try_block, &s, progress, err));
    code = merge_blocks(&s, out, err);
done:
    free_search(&s);
    if (code != TL_OK) {
        tl_fusion_seed_search_free(out);
    }
    return code;
}

void tl_fusion_seed_search_free(tl_seed_search *s) {
    if (s != NULL) {
        tl_release(s->found);
        tl_matrix_free(&s->null);
        *s = (tl_seed_search){0};
    }
}

/* --- spectra of seeds --- */

/* Adds the smoothed rows of one seed. line is scratch [n_out]. */
static void add_smoothed(const tl_matrix *one, const tl_savgol *smooth, double *line,
                         tl_matrix *sum) {
    for (ptrdiff_t i = 0; i < one->nrow; i++) {
        const double *from = tl_matrix_row(one, i);
        if (smooth != NULL) {
            tl_spectra_savgol_row(smooth, from, line);
            from = line;
        }
        for (ptrdiff_t j = 0; j < one->ncol; j++) {
            tl_matrix_row(sum, i)[j] += from[j];
        }
    }
}

tl_code tl_fusion_apply_seeds(const tl_transfer *transfer, const tl_matrix *satellite,
                              const ptrdiff_t *row, const int64_t *seed, ptrdiff_t n_seed,
                              const tl_savgol *smooth, tl_matrix *generated, tl_err *err) {
    *generated = (tl_matrix){0};
    if (transfer->kind != TL_TRANSFER_VAE || n_seed < 1) {
        return tl_fail(err, TL_ARG, "seeds: wanted a fusion network and at least one seed");
    }
    tl_matrix base = {0};
    tl_matrix one = {0};
    double *line = tl_acquire(transfer->n_out, sizeof *line);
    tl_code code = line == NULL ? tl_no_memory(err, "a spectrum") : TL_OK;
    TL_CHECK(code);
    const int skip = transfer->vae.options.skip;
    if (skip) {
        TL_CHECK(tl_fusion_ds_apply(&transfer->ds, satellite, &base, err));
    }
    TL_CHECK(tl_matrix_init(generated, satellite->nrow, transfer->n_out, err));
    for (ptrdiff_t k = 0; k < n_seed; k++) {
        const tl_vae_seed which = {.seed = seed[k], .row = row};
        TL_CHECK(tl_fusion_vae_apply_seed(&transfer->vae, satellite, skip ? &base : NULL, &which,
                                          &one, err));
        add_smoothed(&one, smooth, line, generated);
        tl_matrix_free(&one);
    }
    for (ptrdiff_t i = 0; i < generated->nrow * generated->ncol; i++) {
        generated->data[i] /= (double)n_seed;
    }
done:
    tl_matrix_free(&base);
    tl_matrix_free(&one);
    tl_release(line);
    if (code != TL_OK) {
        tl_matrix_free(generated);
    }
    return code;
}

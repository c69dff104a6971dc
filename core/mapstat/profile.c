/* SPDX-License-Identifier: GPL-2.0-or-later
 * Means of a map by distance to streams, and the same for streams placed at random; see profile.h.
 *
 * Property and distance both vary smoothly, so cells are not independent observations. Moving the
 * whole network preserves its shape and the pattern of the map and destroys only the relation
 * between the two. */
#include "mapstat/profile.h"

#include <math.h>

#include "base/alloc.h"
#include "base/parfor.h"
#include "base/rng.h"
#include "mapstat/correlate.h"
#include "mapstat/distance.h"
#include "num/ranks.h"
#include "num/stats.h"

/* The statistics of one placement: the mean of every row, then Pearson and Spearman. */
typedef struct work {
    const tl_profile_options *options;
    const unsigned char *mark;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    double dx;
    double dy;
    ptrdiff_t n;
    ptrdiff_t *cell;    /* [n] cells with data */
    double *value;      /* [n] the property there */
    double *rank;       /* [n] its ranks, or NULL */
    int order_row[256]; /* row of a mark, -1 = none */
    ptrdiff_t n_row;
    ptrdiff_t n_stat;
    double *placed; /* [n_placement, n_stat] */
} work;

/* One placement of the streams. */
typedef struct scene {
    unsigned char *mark;    /* [nrow, ncol] moved streams; NULL for the real ones */
    float *distance;        /* [nrow, ncol] */
    unsigned char *nearest; /* [nrow, ncol] */
    double *packed;         /* [n] distances of the cells with data */
    float *to_rank;         /* [n] the same, when ranks are wanted */
    double *sum;            /* [n_row] */
    double *count;          /* [n_row] */
} scene;

static void free_scene(scene *s) {
    tl_release(s->mark);
    tl_release(s->distance);
    tl_release(s->nearest);
    tl_release(s->packed);
    tl_release(s->to_rank);
    tl_release(s->sum);
    tl_release(s->count);
}

static tl_code make_scene(const work *w, int moved, scene *s, tl_err *err) {
    const ptrdiff_t cells = w->nrow * w->ncol;
    *s = (scene){.mark = moved ? tl_acquire(cells, 1) : NULL,
                 .distance = tl_acquire(cells, sizeof *s->distance),
                 .nearest = tl_acquire(cells, 1),
                 .packed = tl_acquire(w->n, sizeof *s->packed),
                 .to_rank = w->rank != NULL ? tl_acquire(w->n, sizeof *s->to_rank) : NULL,
                 .sum = tl_acquire(w->n_row, sizeof *s->sum),
                 .count = tl_acquire(w->n_row, sizeof *s->count)};
    if ((moved && s->mark == NULL) || s->distance == NULL || s->nearest == NULL ||
        s->packed == NULL || (w->rank != NULL && s->to_rank == NULL) || s->sum == NULL ||
        s->count == NULL) {
        free_scene(s);
        return tl_no_memory(err, "the stream profile of %td cells", cells);
    }
    return TL_OK;
}

/* Row of the class of a distance; row 0 is all cells. */
static ptrdiff_t class_row(const work *w, double distance) {
    ptrdiff_t k = 0;
    while (k < w->options->n_border && distance >= w->options->border[k]) {
        k++;
    }
    return k + 1;
}

static void add(scene *s, ptrdiff_t row, double value) {
    s->sum[row] += value;
    s->count[row] += 1.0;
}

static tl_code measure(const work *w, const unsigned char *mark, scene *s, double *stat,
                       tl_err *err) {
    TL_TRY(tl_mapstat_distance(mark, w->nrow, w->ncol, w->dx, w->dy, s->distance, s->nearest, err));
    for (ptrdiff_t k = 0; k < w->n; k++) {
        const ptrdiff_t at = w->cell[k];
        s->packed[k] = (double)s->distance[at];
        add(s, 0, w->value[k]);
        add(s, class_row(w, s->packed[k]), w->value[k]);
        const int order = w->order_row[s->nearest[at]];
        if (order >= 0) {
            add(s, order, w->value[k]);
        }
    }
    for (ptrdiff_t row = 0; row < w->n_row; row++) {
        stat[row] = s->count[row] > 0.0 ? s->sum[row] / s->count[row] : (double)NAN;
    }
    stat[w->n_row] = tl_mapstat_pearson(w->value, s->packed, w->n);
    stat[w->n_row + 1] = (double)NAN;
    if (w->rank != NULL) {
        for (ptrdiff_t k = 0; k < w->n; k++) {
            s->to_rank[k] = (float)s->packed[k];
        }
        TL_TRY(tl_num_mean_ranks(s->to_rank, w->n, s->packed, err));
        stat[w->n_row + 1] = tl_mapstat_pearson(w->rank, s->packed, w->n);
    }
    return TL_OK;
}

/* --- placements --- */

static void move_marks(const work *w, ptrdiff_t placement, unsigned char *out) {
    tl_rng random = tl_rng_start(w->options->seed, TL_STREAM_PLACEMENT, (uint32_t)placement);
    const ptrdiff_t down = tl_rng_below(&random, w->nrow);
    const ptrdiff_t right = tl_rng_below(&random, w->ncol);
    const int turned = tl_rng_uniform(&random) < 0.5;
    for (ptrdiff_t row = 0; row < w->nrow; row++) {
        const ptrdiff_t to_row = (row + down) % w->nrow;
        const ptrdiff_t from_row = turned ? w->nrow - 1 - row : row;
        for (ptrdiff_t col = 0; col < w->ncol; col++) {
            const ptrdiff_t from_col = turned ? w->ncol - 1 - col : col;
            out[to_row * w->ncol + (col + right) % w->ncol] =
                w->mark[from_row * w->ncol + from_col];
        }
    }
}

static tl_code one_placement(void *arg, ptrdiff_t block, tl_err *err) {
    const work *w = arg;
    scene s;
    TL_TRY(make_scene(w, 1, &s, err));
    move_marks(w, block, s.mark);
    const tl_code code = measure(w, s.mark, &s, w->placed + block * w->n_stat, err);
    free_scene(&s);
    return code;
}

/* Position of the real number among those of the placements.
 *
 * scratch  [n_placement] work space */
static tl_placed compare(const work *w, ptrdiff_t stat, double real, double *scratch) {
    tl_placed out = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    ptrdiff_t n = 0;
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < w->options->n_placement; k++) {
        const double one = w->placed[k * w->n_stat + stat];
        if (!isnan(one)) {
            scratch[n++] = one;
            sum += one;
        }
    }
    if (n == 0 || isnan(real)) {
        return out;
    }
    out.mean = sum / (double)n;
    ptrdiff_t as_far = 0;
    /* A class with all cells has the same mean wherever the streams are, apart from rounding. */
    const double away = fabs(real - out.mean) - 1e-12 * fabs(out.mean);
    for (ptrdiff_t k = 0; k < n; k++) {
        as_far += fabs(scratch[k] - out.mean) >= away;
    }
    tl_num_sort(scratch, n);
    out.low = tl_num_quantile(scratch, n, 0.025, 7);
    out.high = tl_num_quantile(scratch, n, 0.975, 7);
    out.p = (double)(as_far + 1) / (double)(n + 1);
    return out;
}

static tl_code place_at_random(work *w, tl_profile *out, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n = w->options->n_placement;
    w->placed = tl_acquire(n * w->n_stat, sizeof *w->placed);
    double *scratch = tl_acquire(n, sizeof *scratch);
    tl_code code = TL_OK;
    if (w->placed == NULL || scratch == NULL) {
        code = tl_no_memory(err, "%td placements of the streams", n);
    } else {
        code = tl_parfor(w->options->threads, n, one_placement, w, p, err);
    }
    if (code == TL_OK) {
        for (ptrdiff_t row = 1; row < w->n_row; row++) {
            out->row[row].placed = compare(w, row, out->row[row].mean, scratch);
        }
        out->placed_pearson = compare(w, w->n_row, out->pearson, scratch);
        out->placed_spearman = compare(w, w->n_row + 1, out->spearman, scratch);
    }
    tl_release(scratch);
    return code;
}

/* --- the real streams --- */

/* 1 when the cell belongs to the row. */
static int belongs(const work *w, const scene *s, ptrdiff_t k, ptrdiff_t row) {
    const ptrdiff_t at = w->cell[k];
    return row == 0 || class_row(w, (double)s->distance[at]) == row ||
           w->order_row[s->nearest[at]] == (int)row;
}

/* Median and standard error of one row. */
static void describe(const work *w, const scene *s, ptrdiff_t row, double *scratch,
                     tl_profile_row *out) {
    ptrdiff_t n = 0;
    for (ptrdiff_t k = 0; k < w->n; k++) {
        if (belongs(w, s, k, row)) {
            scratch[n++] = w->value[k];
        }
    }
    out->n = n;
    out->standard_error = n < 2 ? (double)NAN : tl_num_sd(scratch, n) / sqrt((double)n);
    tl_num_sort(scratch, n);
    out->median = tl_num_quantile(scratch, n, 0.5, 7);
}

static tl_code measure_real(const work *w, tl_profile *out, tl_err *err) {
    scene s;
    TL_TRY(make_scene(w, 0, &s, err));
    double *stat = tl_acquire(w->n_stat, sizeof *stat);
    double *scratch = tl_acquire(w->n, sizeof *scratch);
    tl_code code = TL_OK;
    if (stat == NULL || scratch == NULL) {
        code = tl_no_memory(err, "the stream profile of %td cells", w->n);
        goto done;
    }
    TL_CHECK(measure(w, w->mark, &s, stat, err));
    for (ptrdiff_t row = 0; row < w->n_row; row++) {
        out->row[row].mean = stat[row];
        describe(w, &s, row, scratch, &out->row[row]);
    }
    for (ptrdiff_t k = 0; k < w->n; k++) {
        out->farthest_m = fmax(out->farthest_m, (double)s.distance[w->cell[k]]);
    }
    out->pearson = stat[w->n_row];
    out->spearman = stat[w->n_row + 1];
done:
    tl_release(stat);
    tl_release(scratch);
    free_scene(&s);
    return code;
}

/* --- preparation --- */

static tl_code list_cells(work *w, const tl_grid *map, tl_err *err) {
    const ptrdiff_t cells = map->nrow * map->ncol;
    for (ptrdiff_t i = 0; i < cells; i++) {
        w->n += !isnan(map->data[i]);
    }
    if (w->n < 3) {
        return tl_fail(err, TL_DATA,
                       "stream profile: the map has %td cells with data; wanted at least 3", w->n);
    }
    w->cell = tl_acquire(w->n, sizeof *w->cell);
    w->value = tl_acquire(w->n, sizeof *w->value);
    if (w->cell == NULL || w->value == NULL) {
        return tl_no_memory(err, "the stream profile of %td cells", w->n);
    }
    ptrdiff_t k = 0;
    for (ptrdiff_t i = 0; i < cells; i++) {
        if (!isnan(map->data[i])) {
            w->cell[k] = i;
            w->value[k++] = (double)map->data[i];
        }
    }
    return TL_OK;
}

static tl_code rank_values(work *w, tl_err *err) {
    float *values = tl_acquire(w->n, sizeof *values);
    w->rank = tl_acquire(w->n, sizeof *w->rank);
    tl_code code = TL_OK;
    if (values == NULL || w->rank == NULL) {
        code = tl_no_memory(err, "%td ranks of the stream profile", w->n);
    } else {
        for (ptrdiff_t k = 0; k < w->n; k++) {
            values[k] = (float)w->value[k];
        }
        code = tl_num_mean_ranks(values, w->n, w->rank, err);
    }
    tl_release(values);
    return code;
}

/* All cells, one row per class, one per order that occurs. */
static tl_code lay_out_rows(work *w, tl_profile *out, tl_err *err) {
    int occurs[256] = {0};
    int any = 0;
    for (ptrdiff_t i = 0; i < w->nrow * w->ncol; i++) {
        occurs[w->mark[i]] = 1;
        any |= w->mark[i] != 0;
    }
    if (!any) {
        return tl_fail(err, TL_DATA, "stream profile: no stream is on the grid of the map");
    }
    const ptrdiff_t n_class = w->options->n_border + 1;
    w->n_row = 1 + n_class;
    for (int k = 0; k < 256; k++) {
        w->order_row[k] = occurs[k] && k > TL_PROFILE_NO_ORDER ? (int)w->n_row++ : -1;
    }
    w->n_stat = w->n_row + 2;
    out->row = tl_acquire(w->n_row, sizeof *out->row);
    if (out->row == NULL) {
        return tl_no_memory(err, "the rows of the stream profile");
    }
    out->n_row = w->n_row;
    const double none = (double)NAN;
    for (ptrdiff_t row = 0; row < w->n_row; row++) {
        out->row[row] =
            (tl_profile_row){.to_m = (double)INFINITY, .placed = {none, none, none, none}};
    }
    for (ptrdiff_t k = 0; k < w->options->n_border; k++) {
        out->row[k + 1].to_m = w->options->border[k];
        out->row[k + 2].from_m = w->options->border[k];
    }
    for (int k = 0; k < 256; k++) {
        if (w->order_row[k] >= 0) {
            out->row[w->order_row[k]].order = k - TL_PROFILE_NO_ORDER;
        }
    }
    return TL_OK;
}

static void free_work(work *w) {
    tl_release(w->cell);
    tl_release(w->value);
    tl_release(w->rank);
    tl_release(w->placed);
}

tl_code tl_mapstat_profile(const tl_grid *map, const unsigned char *mark,
                           const tl_profile_options *options, const tl_progress *p, tl_profile *out,
                           tl_err *err) {
    const tl_placed none = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    *out = (tl_profile){.placed_pearson = none, .placed_spearman = none};
    work w = {.options = options, .mark = mark, .nrow = map->nrow, .ncol = map->ncol};
    tl_code code = TL_OK;
    TL_CHECK(tl_georef_cell_m(&map->geo, map->nrow / 2, &w.dx, &w.dy, err));
    TL_CHECK(list_cells(&w, map, err));
    if (options->spearman) {
        TL_CHECK(rank_values(&w, err));
    }
    TL_CHECK(lay_out_rows(&w, out, err));
    TL_CHECK(measure_real(&w, out, err));
    if (options->n_placement > 0) {
        TL_CHECK(place_at_random(&w, out, p, err));
    }
done:
    free_work(&w);
    if (code != TL_OK) {
        tl_mapstat_profile_free(out);
    }
    return code;
}

void tl_mapstat_profile_free(tl_profile *profile) {
    if (profile != NULL) {
        tl_release(profile->row);
        *profile = (tl_profile){0};
    }
}

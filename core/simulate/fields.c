/* SPDX-License-Identifier: GPL-2.0-or-later
 * Smooth random fields, normal scores and mines. */
#include "simulate/fields.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/rng.h"
#include "num/ranks.h"

enum { MINE_TRIES = 24, SPACING_STEPS = 8 };

void tl_simulate_normal4(int64_t seed, tl_simulate_use use, ptrdiff_t a, ptrdiff_t b, double z[4]) {
    const uint32_t counter[4] = {(uint32_t)a, (uint32_t)b, (uint32_t)use,
                                 (uint32_t)TL_STREAM_SIMULATE};
    tl_rng_normal4(seed, counter, z);
}

/* Weights of the four cubic B-splines around a position t in [0, 1) of its lattice interval, scaled
 * so that the blend of independent unit normals has variance 1. */
static void spline_weights(double t, double w[4]) {
    const double u = 1.0 - t;
    w[0] = u * u * u / 6.0;
    w[1] = (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0;
    w[2] = (3.0 * u * u * u - 6.0 * u * u + 4.0) / 6.0;
    w[3] = t * t * t / 6.0;
    const double norm = sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2] + w[3] * w[3]);
    for (int k = 0; k < 4; k++) {
        w[k] /= norm;
    }
}

static void blend_row(const double *node, ptrdiff_t n_node, double position, double *row) {
    const ptrdiff_t first = (ptrdiff_t)floor(position);
    double w[4];
    spline_weights(position - (double)first, w);
    for (ptrdiff_t i = 0; i < n_node; i++) {
        const double *at = node + first * n_node + i;
        row[i] = w[0] * at[0] + w[1] * at[n_node] + w[2] * at[2 * n_node] + w[3] * at[3 * n_node];
    }
}

tl_code tl_simulate_add_noise(int64_t seed, tl_simulate_use use, int octave, ptrdiff_t nrow,
                              ptrdiff_t ncol, double spacing, double weight, float *out,
                              tl_err *err) {
    if (nrow < 1 || ncol < 1 || !(spacing >= 1.0)) {
        return tl_fail(err, TL_ARG, "noise field: spacing %g cells on %td x %td cells", spacing,
                       nrow, ncol);
    }
    const ptrdiff_t node_rows = (ptrdiff_t)floor((double)(nrow - 1) / spacing) + 4;
    const ptrdiff_t node_cols = (ptrdiff_t)floor((double)(ncol - 1) / spacing) + 4;
    double *node = tl_acquire((node_rows + 1) * node_cols, sizeof *node);
    if (node == NULL) {
        return tl_no_memory(err, "a noise field of %td x %td cells", nrow, ncol);
    }
    const tl_simulate_use which = (tl_simulate_use)((int)use + octave);
    for (ptrdiff_t r = 0; r < node_rows; r++) {
        for (ptrdiff_t c = 0; c < node_cols; c++) {
            double z[4];
            tl_simulate_normal4(seed, which, c, r, z);
            node[r * node_cols + c] = z[0];
        }
    }
    double *row = node + node_rows * node_cols;
    for (ptrdiff_t r = 0; r < nrow; r++) {
        blend_row(node, node_cols, (double)r / spacing, row);
        for (ptrdiff_t c = 0; c < ncol; c++) {
            const double position = (double)c / spacing;
            const ptrdiff_t first = (ptrdiff_t)floor(position);
            double w[4];
            spline_weights(position - (double)first, w);
            const double *at = row + first;
            const double value = w[0] * at[0] + w[1] * at[1] + w[2] * at[2] + w[3] * at[3];
            out[r * ncol + c] += (float)(weight * value);
        }
    }
    tl_release(node);
    return TL_OK;
}

void tl_simulate_add_field(const float *in, ptrdiff_t n, double weight, float *out) {
    for (ptrdiff_t i = 0; i < n; i++) {
        out[i] += (float)(weight * (double)in[i]);
    }
}

double tl_simulate_normal_quantile(double p) {
    const double tail = tl_min_double(p, 1.0 - p);
    const double t = sqrt(-2.0 * log(tail));
    /* Abramowitz & Stegun 26.2.23 starts within 5e-4; Halley steps on erfc end at rounding. */
    double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int step = 0; step < 2; step++) {
        const double excess = 0.5 * erfc(z * 0.70710678118654752440) - tail;
        const double density = exp(-0.5 * z * z) * 0.39894228040143267794;
        const double move = excess / density;
        z += move / (1.0 - 0.5 * z * move);
    }
    return p < 0.5 ? -z : z;
}

tl_code tl_simulate_normal_scores(float *field, ptrdiff_t n, tl_err *err) {
    double *rank = tl_acquire(n, sizeof *rank);
    if (rank == NULL) {
        return tl_no_memory(err, "the ranks of %td cells", n);
    }
    const tl_code code = tl_num_mean_ranks(field, n, rank, err);
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; code == TL_OK && i < n; i++) {
        m += !isnan(rank[i]);
    }
    for (ptrdiff_t i = 0; code == TL_OK && i < n; i++) {
        if (!isnan(rank[i])) {
            field[i] = (float)tl_simulate_normal_quantile((rank[i] - 0.5) / (double)m);
        }
    }
    tl_release(rank);
    return code;
}

static double nearest_mine(const tl_simulate_mine *mine, ptrdiff_t n, ptrdiff_t row,
                           ptrdiff_t col) {
    double nearest = HUGE_VAL;
    for (ptrdiff_t k = 0; k < n; k++) {
        nearest = fmin(nearest, hypot((double)(row - mine[k].row), (double)(col - mine[k].col)));
    }
    return nearest;
}

tl_code tl_simulate_place_mines(int64_t seed, const float *elevation, ptrdiff_t nrow,
                                ptrdiff_t ncol, ptrdiff_t n, tl_simulate_mine *mine, tl_err *err) {
    const ptrdiff_t shorter = tl_min(nrow, ncol);
    const ptrdiff_t margin = shorter / 10;
    tl_rng draw = tl_rng_start(seed, TL_STREAM_SIMULATE, (uint32_t)TL_SIMULATE_USE_MINES);
    for (ptrdiff_t k = 0; k < n; k++) {
        double keep = (double)shorter / 3.0;
        int found = 0;
        for (int step = 0; step < SPACING_STEPS && !found; step++) {
            for (int trial = 0; trial < MINE_TRIES; trial++) {
                const ptrdiff_t row = margin + tl_rng_below(&draw, nrow - 2 * margin);
                const ptrdiff_t col = margin + tl_rng_below(&draw, ncol - 2 * margin);
                const float height = elevation[row * ncol + col];
                if (isnan(height) || nearest_mine(mine, k, row, col) < keep ||
                    (found && height <= elevation[mine[k].row * ncol + mine[k].col])) {
                    continue;
                }
                mine[k] = (tl_simulate_mine){row, col, 0.0};
                found = 1;
            }
            keep *= 0.6;
        }
        if (!found) {
            return tl_fail(
                err, TL_DATA,
                "no position is left for mine %td of %td: nearly all of the area is NoData", k + 1,
                n);
        }
        mine[k].strength = 0.7 + 0.6 * tl_rng_uniform(&draw);
    }
    return TL_OK;
}

void tl_simulate_exposure(const float *elevation, ptrdiff_t nrow, ptrdiff_t ncol, double cell_m,
                          const tl_simulate_mine *mine, ptrdiff_t n, double reach_m, float *out) {
    for (ptrdiff_t r = 0; r < nrow; r++) {
        for (ptrdiff_t c = 0; c < ncol; c++) {
            const float height = elevation[r * ncol + c];
            double sum = 0.0;
            for (ptrdiff_t k = 0; k < n; k++) {
                const double away =
                    cell_m * hypot((double)(r - mine[k].row), (double)(c - mine[k].col));
                const double fall =
                    (double)elevation[mine[k].row * ncol + mine[k].col] - (double)height;
                const double factor = 1.05 - 0.45 * tanh(fall / 20.0);
                sum += mine[k].strength * exp(-away * factor / reach_m);
            }
            out[r * ncol + c] = isnan(height) ? NAN : (float)sum;
        }
    }
}

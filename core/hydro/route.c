/* SPDX-License-Identifier: GPL-2.0-or-later
 * D8, MFD and D-infinity for one cell; see route.h. */
#include "hydro/route.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/minmax.h"
#include "base/parfor.h"
#include "base/wide.h"
#include "hydro/around.h"
#include "hydro/flats.h"
#include "terrain/gradient.h"

enum { ROWS = 64 };

static const int64_t infinite_bits = 0x7ff0000000000000;

typedef struct view {
    double z;
    float around[TL_NEIGHBOURS];
    const double *length; /* [8] distances to the neighbours, metres */
    int missing;
} view;

static inline void look(view *v, const tl_route *route, ptrdiff_t row, ptrdiff_t col,
                        const double length[TL_NEIGHBOURS]) {
    const tl_grid *g = route->surface;
    v->z = (double)g->data[tl_grid_at(g, row, col)];
    v->missing = tl_hydro_around(g, row, col, v->around);
    v->length = length;
}

static void lengths_of(const tl_route *route, ptrdiff_t row, double length[TL_NEIGHBOURS]) {
    tl_terrain_neighbour_lengths(route->cells->dx_m[row], route->cells->dy_m[row], length);
}

/* The first of equals in the order N ... NW; -1: none is lower. */
static int steepest(const view *v, tl_flow_edge edge) {
    if (v->missing > 0 && edge == TL_FLOW_EDGE_SAGA) {
        return -1;
    }
    int best = -1;
    double best_drop = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        /* Comparisons with a missing neighbour (NaN) are false. */
        const double drop = (v->z - (double)v->around[i]) / v->length[i];
        if (drop > best_drop) {
            best_drop = drop;
            best = i;
        }
    }
    return best;
}

static tl_dinf dinf_of(const tl_route *route, const view *v, ptrdiff_t row, ptrdiff_t col) {
    const tl_flow_edge edge = route->options->edge;
    if (route->options->method == TL_FLOW_DINF_TARBOTON) {
        return v->missing > 0 && edge == TL_FLOW_EDGE_SAGA
                   ? (tl_dinf){-1, 0.0}
                   : tl_hydro_dinf_facets(v->z, v->around, v->length);
    }
    double north;
    double east;
    tl_terrain_gradient(route->surface, row, col, route->cells->dx_m[row], route->cells->dy_m[row],
                        TL_SLOPE_ZEVENBERGEN_THORNE, &north, &east);
    const tl_dinf pair = tl_hydro_dinf_aspect(v->z, v->around, north, east);
    return pair.from >= 0 ? pair : (tl_dinf){steepest(v, edge), 0.0};
}

tl_dinf tl_hydro_route_dinf(const tl_route *route, ptrdiff_t row, ptrdiff_t col) {
    double length[TL_NEIGHBOURS];
    lengths_of(route, row, length);
    view v;
    look(&v, route, row, col, length);
    return dinf_of(route, &v, row, col);
}

static unsigned char bits_of(tl_dinf flow) {
    if (flow.from < 0) {
        return 0;
    }
    const int first = flow.share < 1.0 ? 1 << flow.from : 0;
    const int second = flow.share > 0.0 ? 1 << (flow.from + 1) % TL_NEIGHBOURS : 0;
    return (unsigned char)(first | second);
}

/* Bit i is set when cell (row, col) passes water on to neighbour i. */
static unsigned char receivers_of(const tl_route *route, ptrdiff_t row, ptrdiff_t col,
                                  const double length[TL_NEIGHBOURS]) {
    view v;
    look(&v, route, row, col, length);
    if (isnan(v.z)) {
        return 0;
    }
    int bits = 0;
    switch (route->options->method) {
        case TL_FLOW_D8:
            bits = steepest(&v, route->options->edge);
            return (unsigned char)(bits < 0 ? 0 : 1 << bits);
        case TL_FLOW_DINF_SAGA:
        case TL_FLOW_DINF_TARBOTON:
            return bits_of(dinf_of(route, &v, row, col));
        case TL_FLOW_MFD:
        case TL_FLOW_MFD_QIN:
            break;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        bits |= (double)v.around[i] < v.z ? 1 << i : 0;
    }
    return (unsigned char)bits;
}

/* Slopes towards the neighbours; a missing one is mirrored at the cell, so that its share
 * leaves. */
static void gradients(const view *v, tl_flow_edge edge, double gradient[TL_NEIGHBOURS]) {
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const double opposite = (double)v->around[(i + 4) % TL_NEIGHBOURS];
        double drop = v->z - (double)v->around[i];
        if (isnan(drop)) {
            drop = edge == TL_FLOW_EDGE_SAGA && !isnan(opposite) ? opposite - v->z : 0.0;
        }
        gradient[i] = drop / v->length[i];
    }
}

/* Exponent of Qin et al.: from 1.1 where the surface is level to 10 where the steepest slope is 1
 * or more. */
static double qin_exponent(const double gradient[TL_NEIGHBOURS]) {
    double max_slope = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        max_slope = tl_max_double(gradient[i], max_slope);
    }
    return 8.9 * tl_min_double(max_slope, 1.0) + 1.1;
}

static void mfd_shares(const tl_route *route, const view *v, unsigned char receivers,
                       double share[TL_NEIGHBOURS]) {
    double gradient[TL_NEIGHBOURS];
    gradients(v, route->options->edge, gradient);
    const double exponent = route->options->method == TL_FLOW_MFD_QIN ? qin_exponent(gradient)
                                                                      : route->options->convergence;
    double sum = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        share[i] = gradient[i] > 0.0 ? pow(gradient[i], exponent) : 0.0;
        sum += share[i];
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        /* Drops so small that all powers vanish pass nothing on. */
        share[i] = (receivers >> i & 1) && sum > 0.0 ? share[i] / sum : 0.0;
    }
}

/* mfd_shares for the usual cell: all neighbours are there, and some are lower. The same operations
 * in the same order.
 *
 * returns 0 where it is not such a cell */
static int mfd_shares_inside(const tl_route *route, ptrdiff_t row, ptrdiff_t col,
                             double share[TL_NEIGHBOURS]) {
    const tl_grid *g = route->surface;
    if (row < 1 || col < 1 || row >= g->nrow - 1 || col >= g->ncol - 1) {
        return 0;
    }
    const float *m = g->data + row * g->ncol + col;
    const float *n = m - g->ncol;
    const float *s = m + g->ncol;
    const double z = (double)m[0];
    double gradient[TL_NEIGHBOURS] = {z - (double)n[0],  z - (double)n[1], z - (double)m[1],
                                      z - (double)s[1],  z - (double)s[0], z - (double)s[-1],
                                      z - (double)m[-1], z - (double)n[-1]};
    double length[TL_NEIGHBOURS];
    lengths_of(route, row, length);
    double check = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        check += gradient[i];
        gradient[i] = gradient[i] / length[i];
    }
    const double exponent = route->options->convergence;
    double sum = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        share[i] = gradient[i] > 0.0 ? pow(gradient[i], exponent) : 0.0;
        sum += share[i];
    }
    if (isnan(check) || !(sum > 0.0)) {
        return 0;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        share[i] = share[i] / sum;
    }
    return 1;
}

void tl_hydro_route_shares(const tl_route *route, ptrdiff_t row, ptrdiff_t col,
                           unsigned char receivers, double share[TL_NEIGHBOURS]) {
    const tl_flow_method method = route->options->method;
    if (method == TL_FLOW_MFD && mfd_shares_inside(route, row, col, share)) {
        return;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        share[i] = receivers >> i & 1;
    }
    const int several = (receivers & (receivers - 1)) != 0;
    const int mfd = method == TL_FLOW_MFD || method == TL_FLOW_MFD_QIN;
    if (!several && !mfd) {
        return;
    }
    double length[TL_NEIGHBOURS];
    lengths_of(route, row, length);
    view v;
    look(&v, route, row, col, length);
    if (!mfd) {
        const tl_dinf flow = dinf_of(route, &v, row, col);
        share[flow.from] = 1.0 - flow.share;
        share[(flow.from + 1) % TL_NEIGHBOURS] = flow.share;
        return;
    }
    int flat = 1;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        flat &= !((double)v.around[i] < v.z);
    }
    if (!flat) {
        mfd_shares(route, &v, receivers, share);
    }
}

typedef struct fan {
    const tl_route *route;
    unsigned char *receivers;
} fan;

/* The cells of a row that have all neighbours inside the grid, for flow to all lower ones. A NaN is
 * not lower, and nothing is lower than it. */
static void all_lower(const float *m, ptrdiff_t ncol, unsigned char *receivers) {
    const float *n = m - ncol;
    const float *s = m + ncol;
    for (ptrdiff_t c = 1; c < ncol - 1; c++) {
        const float z = m[c];
        receivers[c] = (unsigned char)((n[c] < z) | (n[c + 1] < z) << 1 | (m[c + 1] < z) << 2 |
                                       (s[c + 1] < z) << 3 | (s[c] < z) << 4 | (s[c - 1] < z) << 5 |
                                       (m[c - 1] < z) << 6 | (n[c - 1] < z) << 7);
    }
}

/* Keeps the steepest drop so far. Positive drops compare as the whole numbers of their bits do, and
 * of those compilers make no branches; what is not above 0 (or NaN) never wins. */
TL_AVX2_CLONES static void keep_steepest(const float *restrict z, const float *restrict other,
                                         double length, int64_t bit, int64_t *restrict max_bits,
                                         int64_t *restrict best, ptrdiff_t n) {
    for (ptrdiff_t c = 0; c < n; c++) {
        const double drop = ((double)z[c] - (double)other[c]) / length;
        int64_t bits;
        memcpy(&bits, &drop, sizeof bits);
        /* The bits of a NaN are above those of infinity. */
        const int64_t wins = -(int64_t)(bits > max_bits[c]) & (int64_t)(bits <= infinite_bits) * -1;
        max_bits[c] = (bits & wins) | (max_bits[c] & ~wins);
        best[c] = (bit & wins) | (best[c] & ~wins);
    }
}

/* The cells of a row that have all neighbours inside the grid, for flow to the steepest one: the
 * first of equals in the order N ... NW. */
static void all_steepest(const float *m, ptrdiff_t ncol, const double length[TL_NEIGHBOURS],
                         unsigned char *receivers) {
    enum { PART = 256 };
    int64_t max_bits[PART];
    int64_t best[PART];
    for (ptrdiff_t c0 = 1; c0 < ncol - 1; c0 += PART) {
        const ptrdiff_t n = tl_min(ncol - 1 - c0, PART);
        memset(max_bits, 0, sizeof max_bits);
        memset(best, 0, sizeof best);
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            keep_steepest(m + c0, m + c0 + tl_drow[i] * ncol + tl_dcol[i], length[i], 1 << i,
                          max_bits, best, n);
        }
        for (ptrdiff_t c = 0; c < n; c++) {
            receivers[c0 + c] = (unsigned char)best[c];
        }
    }
}

static tl_code some_rows(void *arg, ptrdiff_t block, tl_err *err) {
    (void)err;
    const fan *f = arg;
    const tl_grid *g = f->route->surface;
    const ptrdiff_t end = tl_min((block + 1) * ROWS, g->nrow);
    for (ptrdiff_t row = block * ROWS; row < end; row++) {
        double length[TL_NEIGHBOURS];
        lengths_of(f->route, row, length);
        const tl_flow_method method = f->route->options->method;
        const int to_all = method == TL_FLOW_MFD || method == TL_FLOW_MFD_QIN;
        const int to_one = method == TL_FLOW_D8 && f->route->options->edge == TL_FLOW_EDGE_DRAIN;
        const int fast = (to_all || to_one) && row > 0 && row < g->nrow - 1 && g->ncol > 2;
        unsigned char *receivers = f->receivers + row * g->ncol;
        if (fast && to_all) {
            all_lower(g->data + row * g->ncol, g->ncol, receivers);
        } else if (fast) {
            all_steepest(g->data + row * g->ncol, g->ncol, length, receivers);
        }
        for (ptrdiff_t col = 0; col < g->ncol; col += fast ? g->ncol - 1 : 1) {
            receivers[col] = receivers_of(f->route, row, col, length);
        }
    }
    return TL_OK;
}

tl_code tl_hydro_route_all(const tl_route *route, unsigned char *receivers, const tl_progress *p,
                           tl_err *err) {
    fan f = {route, receivers};
    const ptrdiff_t n_blocks = (route->surface->nrow + ROWS - 1) / ROWS;
    TL_TRY(tl_parfor(route->options->threads, n_blocks, some_rows, &f, p, err));
    if (route->options->keep_flats) {
        return TL_OK;
    }
    ptrdiff_t unsolved;
    return tl_hydro_drain_flats(route->surface, receivers, &unsolved, err);
}

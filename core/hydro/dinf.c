/* SPDX-License-Identifier: GPL-2.0-or-later
 * D-infinity of one cell; see dinf.h. */
#include "hydro/dinf.h"

#include <math.h>

#include "base/angle_units.h"
#include "terrain/gradient.h"

/* The angle between the sides of the facet of an orthogonal and a diagonal neighbour. */
static double facet_angle(const double length[TL_NEIGHBOURS], int orthogonal) {
    return atan2(length[(orthogonal + 2) % TL_NEIGHBOURS], length[orthogonal]);
}

typedef struct facet {
    double slope; /* of steepest descent within the facet */
    double s1;    /* down the orthogonal side */
    double s2;    /* from its end to the diagonal neighbour; 0: water follows that side */
    int diagonal; /* 1: water follows the diagonal side */
} facet;

static facet facet_of(double z, double orthogonal, double diagonal, double d1, double d2,
                      double oblique) {
    if (isnan(diagonal)) {
        return (facet){isnan(orthogonal) ? 0.0 : (z - orthogonal) / d1, 1.0, 0.0, 0};
    }
    const double straight = (z - diagonal) / oblique;
    if (isnan(orthogonal)) {
        return (facet){straight, 1.0, 0.0, 1};
    }
    const double s1 = (z - orthogonal) / d1;
    const double s2 = (orthogonal - diagonal) / d2;
    if (s2 <= 0.0) {
        return (facet){s1, s1, 0.0, 0};
    }
    if (s1 <= 0.0 || s2 * d1 >= s1 * d2) {
        return (facet){straight, s1, s2, 1};
    }
    return (facet){sqrt(s1 * s1 + s2 * s2), s1, s2, 0};
}

tl_dinf tl_hydro_dinf_facets(double z, const float around[TL_NEIGHBOURS],
                             const double length[TL_NEIGHBOURS]) {
    /* Facets from east counter-clockwise: E-NE, N-NE, N-NW, W-NW, W-SW, S-SW, S-SE, E-SE. */
    static const signed char sides[8][2] = {{2, 1}, {0, 1}, {0, 7}, {6, 7},
                                            {6, 5}, {4, 5}, {4, 3}, {2, 3}};
    int best = -1;
    facet chosen = {0};
    for (int k = 0; k < 8; k++) {
        const int o = sides[k][0];
        const int d = sides[k][1];
        const facet found = facet_of(z, (double)around[o], (double)around[d], length[o],
                                     length[(o + 2) % TL_NEIGHBOURS], length[d]);
        if (found.slope > chosen.slope) {
            chosen = found;
            best = k;
        }
    }
    if (best < 0) {
        return (tl_dinf){-1, 0.0};
    }
    const int o = sides[best][0];
    const int d = sides[best][1];
    /* 0 = at the orthogonal neighbour, 1 = at the diagonal one. */
    double toward = chosen.diagonal;
    if (!chosen.diagonal && chosen.s2 > 0.0) {
        toward = atan2(chosen.s2, chosen.s1) / facet_angle(length, o);
    }
    /* Directions count clockwise: the diagonal follows or precedes the orthogonal one. */
    return (o + 1) % TL_NEIGHBOURS == d ? (tl_dinf){o, toward} : (tl_dinf){d, 1.0 - toward};
}

tl_dinf tl_hydro_dinf_aspect(double z, const float around[TL_NEIGHBOURS], double north,
                             double east) {
    const double aspect = tl_terrain_aspect(north, east);
    if (isnan(aspect)) {
        return (tl_dinf){-1, 0.0};
    }
    const double eighth = aspect / (TL_PI / 4.0);
    const int from = (int)floor(eighth) % TL_NEIGHBOURS;
    const int to = (from + 1) % TL_NEIGHBOURS;
    /* A missing neighbour is NaN and so not lower. */
    if ((double)around[from] < z && (double)around[to] < z) {
        return (tl_dinf){from, eighth - floor(eighth)};
    }
    return (tl_dinf){-1, 0.0};
}

double tl_hydro_dinf_angle(tl_dinf flow, const double length[TL_NEIGHBOURS]) {
    const int o = flow.from % 2 == 0 ? flow.from : (flow.from + 1) % TL_NEIGHBOURS;
    const double toward = flow.from % 2 == 0 ? flow.share : 1.0 - flow.share;
    const double turn = toward * facet_angle(length, o);
    const double east = TL_PI / 2.0 * (double)((10 - o) % TL_NEIGHBOURS / 2);
    const double angle = o == flow.from ? east - turn : east + turn;
    return angle < 0.0 ? angle + 2.0 * TL_PI : (angle >= 2.0 * TL_PI ? angle - 2.0 * TL_PI : angle);
}

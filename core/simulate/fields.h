/* SPDX-License-Identifier: GPL-2.0-or-later
 * Smooth random fields, normal scores and mines: the basis of a simulated study area. */
#ifndef TL_SIMULATE_FIELDS_H
#define TL_SIMULATE_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* What a draw of the simulation is for: third word of the random counter, in addition to (column,
 * row) or (sample, number). The numbers are part of the results: add at the end, never reorder. */
typedef enum tl_simulate_use {
    TL_SIMULATE_USE_MINES = 1,
    TL_SIMULATE_USE_CLAY = 10,
    TL_SIMULATE_USE_SOM = 20,
    TL_SIMULATE_USE_IRON = 30,
    TL_SIMULATE_USE_AS = 40,
    TL_SIMULATE_USE_CU = 50,
    TL_SIMULATE_USE_DARK = 60,
    TL_SIMULATE_USE_HUMUS = 70,
    TL_SIMULATE_USE_MOISTURE = 80,
    TL_SIMULATE_USE_RESIDUE = 90,
    TL_SIMULATE_USE_CLOUD = 100,
    TL_SIMULATE_USE_GAS = 110,
    TL_SIMULATE_USE_SEAM = 120,
    TL_SIMULATE_USE_POSITION = 130,
    TL_SIMULATE_USE_NUGGET = 140,
    TL_SIMULATE_USE_ASSAY = 150,
    TL_SIMULATE_USE_LAB = 160,
    TL_SIMULATE_USE_LAB_BAND = 161,
    TL_SIMULATE_USE_STRIPE = 170,
    TL_SIMULATE_USE_SENSOR = 180
} tl_simulate_use;

/* Four normals of one position (a, b) and use; b below 2^32. */
void tl_simulate_normal4(int64_t seed, tl_simulate_use use, ptrdiff_t a, ptrdiff_t b, double z[4]);

/* Adds weight times a smooth Gaussian field of mean 0 and variance 1 at every cell: independent
 * normals on a square lattice of spacing cells, blended with cubic B-splines. Neighbours closer
 * than about spacing are similar, cells farther than 4 spacing are independent.
 *
 * octave   0..9, keeps several fields of one use apart
 * spacing  in cells, >= 1
 * out      [nrow, ncol]
 * NaN      in out stays NaN
 * fails    TL_ARG no cell, or spacing below 1; TL_NOMEM
 * cost     O(nrow ncol), memory of the lattice */
tl_code tl_simulate_add_noise(int64_t seed, tl_simulate_use use, int octave, ptrdiff_t nrow,
                              ptrdiff_t ncol, double spacing, double weight, float *out,
                              tl_err *err);

/* out += weight * in for n cells; NaN in either stays NaN. */
void tl_simulate_add_field(const float *in, ptrdiff_t n, double weight, float *out);

/* Replaces values by normal scores: the value of rank r (1 lowest, ties share their mean rank)
 * among m values becomes the standard normal quantile of (r - 0.5) / m.
 *
 * field  [n]
 * NaN    stays NaN and is not ranked
 * fails  TL_NOMEM
 * cost   O(n log n) */
tl_code tl_simulate_normal_scores(float *field, ptrdiff_t n, tl_err *err);

/* Standard normal quantile, p in (0, 1); relative error below 1e-12. */
double tl_simulate_normal_quantile(double p);

typedef struct tl_simulate_mine {
    ptrdiff_t row;
    ptrdiff_t col;
    double strength; /* near 1 */
} tl_simulate_mine;

/* Puts n mines on high ground: each is the highest of 24 random cells that keep a distance from
 * the mines before it (a third of the shorter side, relaxed when the area is too small).
 *
 * elevation  [nrow, ncol] metres, NaN = outside
 * mine       [n] out
 * fails      TL_DATA no cell is free and valid */
tl_code tl_simulate_place_mines(int64_t seed, const float *elevation, ptrdiff_t nrow,
                                ptrdiff_t ncol, ptrdiff_t n, tl_simulate_mine *mine, tl_err *err);

/* Exposure to the mines: sum of strength * exp(-d / reach), where the distance d is multiplied by
 * 0.6 for cells below the mine (dust and tailings move downslope) and by 1.5 above it, with a
 * gradual change over 20 m of height.
 *
 * elevation  [nrow, ncol] metres
 * mine       [n]
 * out        [nrow, ncol], no unit; about the strength of a mine next to it
 * NaN        where the elevation is NaN
 * cost       O(n nrow ncol), no allocation */
void tl_simulate_exposure(const float *elevation, ptrdiff_t nrow, ptrdiff_t ncol, double cell_m,
                          const tl_simulate_mine *mine, ptrdiff_t n, double reach_m, float *out);

#endif

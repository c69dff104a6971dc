/* SPDX-License-Identifier: GPL-2.0-or-later
 * The study area: layers of soil and disturbance, and the soil of single samples. */
#include "simulate/study_area.h"

#include <math.h>

#include "base/alloc.h"

/* Lattice spacings of the noise, metres: landscape, field, plot. */
static const double WIDE_M = 700.0;
static const double MIDDLE_M = 220.0;
static const double NARROW_M = 70.0;
static const double REACH_M = 700.0;

/* The inputs of the recipes while the layers are built. */
typedef struct ingredients {
    tl_simulate_area *area;
    const tl_simulate_terrain *terrain;
    int64_t seed;
    ptrdiff_t n;
    float *high; /* normal scores of elevation, slope, wetness, mine exposure */
    float *steep;
    float *wet;
    float *mined;
} ingredients;

/* One part of a recipe: weight times a finished field. */
typedef struct part {
    double weight;
    const float *field;
} part;

static tl_code add_noise(const ingredients *w, tl_simulate_use use, double wide, double middle,
                         double narrow, float *out, tl_err *err) {
    const double spacing[3] = {WIDE_M, MIDDLE_M, NARROW_M};
    const double weight[3] = {wide, middle, narrow};
    for (int octave = 0; octave < 3; octave++) {
        const double cells = fmax(1.0, spacing[octave] / w->terrain->cell_m);
        if (weight[octave] > 0.0) {
            TL_TRY(tl_simulate_add_noise(w->seed, use, octave, w->area->nrow, w->area->ncol, cells,
                                         weight[octave], out, err));
        }
    }
    return TL_OK;
}

/* Layer = normal scores of the weighted parts plus noise. NaN elevation stays NaN. */
static tl_code build_layer(const ingredients *w, tl_simulate_layer layer, tl_simulate_use use,
                           const double noise[3], const part *parts, int n_parts, tl_err *err) {
    float *out = w->area->layer[layer];
    for (ptrdiff_t i = 0; i < w->n; i++) {
        out[i] = isnan(w->terrain->elevation[i]) ? NAN : 0.0F;
    }
    for (int k = 0; k < n_parts; k++) {
        tl_simulate_add_field(parts[k].field, w->n, parts[k].weight, out);
    }
    TL_TRY(add_noise(w, use, noise[0], noise[1], noise[2], out, err));
    return tl_simulate_normal_scores(out, w->n, err);
}

/* Scores of a terrain field on the valid cells; missing values inside become the middle, 0. */
static tl_code terrain_scores(const ingredients *w, const float *field, float *out, tl_err *err) {
    for (ptrdiff_t i = 0; i < w->n; i++) {
        out[i] = isnan(w->terrain->elevation[i]) ? NAN : field[i];
    }
    TL_TRY(tl_simulate_normal_scores(out, w->n, err));
    for (ptrdiff_t i = 0; i < w->n; i++) {
        if (isnan(out[i]) && !isnan(w->terrain->elevation[i])) {
            out[i] = 0.0F;
        }
    }
    return TL_OK;
}

static tl_code prepare_terrain(ingredients *w, tl_err *err) {
    const tl_simulate_terrain *t = w->terrain;
    tl_simulate_area *a = w->area;
    TL_TRY(terrain_scores(w, t->elevation, w->high, err));
    TL_TRY(terrain_scores(w, t->slope, w->steep, err));
    TL_TRY(terrain_scores(w, t->wetness, w->wet, err));
    TL_TRY(
        tl_simulate_place_mines(w->seed, t->elevation, t->nrow, t->ncol, a->mines, a->mine, err));
    tl_simulate_exposure(t->elevation, t->nrow, t->ncol, t->cell_m, a->mine, a->mines, REACH_M,
                         w->mined);
    return tl_simulate_normal_scores(w->mined, w->n, err);
}

static tl_code build_soil(const ingredients *w, tl_err *err) {
    float *const *layer = w->area->layer;
    const part clay[] = {{0.45, w->wet}, {-0.35, w->steep}};
    const double clay_noise[3] = {0.55, 0.35, 0.20};
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_CLAY, TL_SIMULATE_USE_CLAY, clay_noise, clay, 2, err));
    const part som[] = {
        {0.40, w->wet}, {0.30, w->high}, {-0.30, w->steep}, {0.20, layer[TL_SIMULATE_LAYER_CLAY]}};
    const double som_noise[3] = {0.45, 0.40, 0.25};
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_SOM, TL_SIMULATE_USE_SOM, som_noise, som, 4, err));
    const part iron[] = {{0.35, w->steep}, {-0.25, w->wet}, {0.55, w->mined}};
    const double iron_noise[3] = {0.50, 0.35, 0.20};
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_IRON, TL_SIMULATE_USE_IRON, iron_noise, iron, 3, err));
    const part as[] = {{0.50, w->mined}, {0.85, layer[TL_SIMULATE_LAYER_IRON]}, {0.10, w->steep}};
    const double as_noise[3] = {0.25, 0.25, 0.20};
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_AS, TL_SIMULATE_USE_AS, as_noise, as, 3, err));
    const part cu[] = {{0.45, w->mined},
                       {0.45, layer[TL_SIMULATE_LAYER_SOM]},
                       {0.45, layer[TL_SIMULATE_LAYER_CLAY]},
                       {0.15, layer[TL_SIMULATE_LAYER_IRON]}};
    const double cu_noise[3] = {0.25, 0.25, 0.20};
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_CU, TL_SIMULATE_USE_CU, cu_noise, cu, 4, err));
    const double dark_noise[3] = {0.60, 0.50, 0.40};
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_DARK, TL_SIMULATE_USE_DARK, dark_noise, NULL, 0, err));
    return build_layer(w, TL_SIMULATE_LAYER_HUMUS, TL_SIMULATE_USE_HUMUS, dark_noise, NULL, 0, err);
}

/* Thin cloud: soft patches whose probability increases from 0 at the middle column to 1 at three
 * quarters of the width. */
static void shape_cloud(const tl_simulate_area *a) {
    float *cloud = a->layer[TL_SIMULATE_LAYER_CLOUD];
    for (ptrdiff_t r = 0; r < a->nrow; r++) {
        for (ptrdiff_t c = 0; c < a->ncol; c++) {
            const double across = ((double)c + 0.5) / (double)a->ncol;
            const double t = fmax(0.0, fmin(1.0, (across - 0.5) * 4.0));
            const double edge = t * t * (3.0 - 2.0 * t);
            float *at = cloud + r * a->ncol + c;
            *at = (float)(edge / (1.0 + exp(-1.6 * (double)*at)));
        }
    }
}

static tl_code build_disturbance(const ingredients *w, tl_err *err) {
    float *const *layer = w->area->layer;
    const part wet[] = {{0.55, w->wet}, {0.25, layer[TL_SIMULATE_LAYER_CLAY]}};
    const double moisture_noise[3] = {0.40, 0.40, 0.30};
    const double patches[3] = {0.30, 0.70, 0.35};
    const double smooth[3] = {1.0, 0.0, 0.0};
    const double cloudy[3] = {0.9, 0.4, 0.0};
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_MOISTURE, TL_SIMULATE_USE_MOISTURE, moisture_noise, wet,
                       2, err));
    TL_TRY(
        build_layer(w, TL_SIMULATE_LAYER_RESIDUE, TL_SIMULATE_USE_RESIDUE, patches, NULL, 0, err));
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_CLOUD, TL_SIMULATE_USE_CLOUD, cloudy, NULL, 0, err));
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_GAS, TL_SIMULATE_USE_GAS, smooth, NULL, 0, err));
    TL_TRY(build_layer(w, TL_SIMULATE_LAYER_SEAM, TL_SIMULATE_USE_SEAM, smooth, NULL, 0, err));
    shape_cloud(w->area);
    for (ptrdiff_t i = 0; i < w->n; i++) {
        const float light = w->terrain->light[i];
        layer[TL_SIMULATE_LAYER_LIGHT][i] = isnan(w->terrain->elevation[i]) ? NAN
                                            : isnan(light)                  ? 1.0F
                                                                            : light;
    }
    return TL_OK;
}

static tl_code check_terrain(const tl_simulate_terrain *t, ptrdiff_t mines, tl_err *err) {
    if (t->nrow < 1 || t->ncol < 1 || !(t->cell_m > 0.0)) {
        return tl_fail(err, TL_ARG, "simulated area of %td x %td cells of %g m", t->nrow, t->ncol,
                       t->cell_m);
    }
    if (mines < 0 || mines > TL_SIMULATE_MAX_MINES) {
        return tl_fail(err, TL_ARG, "mines is %td, wanted 0 to %d", mines,
                       (int)TL_SIMULATE_MAX_MINES);
    }
    for (ptrdiff_t i = 0; i < t->nrow * t->ncol; i++) {
        if (!isnan(t->elevation[i])) {
            return TL_OK;
        }
    }
    return tl_fail(err, TL_DATA, "the elevation model has no valid cell in the simulated area");
}

tl_code tl_simulate_area_init(tl_simulate_area *area, const tl_simulate_terrain *terrain,
                              ptrdiff_t mines, int64_t seed, const tl_progress *p, tl_err *err) {
    *area = (tl_simulate_area){.nrow = terrain->nrow, .ncol = terrain->ncol, .mines = mines};
    TL_TRY(check_terrain(terrain, mines, err));
    const ptrdiff_t n = terrain->nrow * terrain->ncol;
    ingredients w = {area, terrain, seed, n, NULL, NULL, NULL, NULL};
    float **scratch[4] = {&w.high, &w.steep, &w.wet, &w.mined};
    tl_code code = TL_OK;
    int whole = 1;
    for (int k = 0; k < TL_SIMULATE_LAYERS; k++) {
        area->layer[k] = tl_acquire(n, sizeof(float));
        whole = whole && area->layer[k] != NULL;
    }
    for (int k = 0; k < 4; k++) {
        *scratch[k] = tl_acquire(n, sizeof(float));
        whole = whole && *scratch[k] != NULL;
    }
    if (!whole) {
        code = tl_no_memory(err, "a simulated area of %td x %td cells; choose a smaller one",
                            area->nrow, area->ncol);
        goto done;
    }
    TL_CHECK(prepare_terrain(&w, err));
    TL_CHECK(tl_progress_at(p, 0.3, err));
    TL_CHECK(build_soil(&w, err));
    TL_CHECK(tl_progress_at(p, 0.7, err));
    TL_CHECK(build_disturbance(&w, err));
    TL_CHECK(tl_progress_at(p, 1.0, err));
done:
    for (int k = 0; k < 4; k++) {
        tl_release(*scratch[k]);
    }
    if (code != TL_OK) {
        tl_simulate_area_free(area);
    }
    return code;
}

void tl_simulate_area_free(tl_simulate_area *area) {
    if (area == NULL) {
        return;
    }
    for (int k = 0; k < TL_SIMULATE_LAYERS; k++) {
        tl_release(area->layer[k]);
        area->layer[k] = NULL;
    }
}

void tl_simulate_area_fix(tl_simulate_area *area,
                          const tl_simulate_marginal property[TL_SIMULATE_PROPERTIES]) {
    for (int j = 0; j < TL_SIMULATE_PROPERTIES; j++) {
        float *layer = area->layer[j];
        for (ptrdiff_t i = 0; i < area->nrow * area->ncol; i++) {
            if (!isnan(layer[i])) {
                layer[i] = (float)tl_simulate_marginal_value(&property[j], (double)layer[i]);
            }
        }
    }
}

tl_code tl_simulate_sample_scores(const tl_simulate_area *area, int64_t seed, double own_share,
                                  const ptrdiff_t *row, const ptrdiff_t *col, ptrdiff_t n,
                                  tl_matrix *scores, tl_err *err) {
    enum { KEPT = TL_SIMULATE_LAYER_HUMUS + 1 };
    TL_TRY(tl_matrix_init(scores, n, KEPT, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        double *out = tl_matrix_row(scores, i);
        for (int k = 0; k < KEPT; k++) {
            double z[4];
            tl_simulate_normal4(seed, TL_SIMULATE_USE_NUGGET, i, k, z);
            const double cell = (double)area->layer[k][row[i] * area->ncol + col[i]];
            out[k] = sqrt(1.0 - own_share) * cell + sqrt(own_share) * z[0];
        }
    }
    return TL_OK;
}

double tl_simulate_assay_error(int64_t seed, ptrdiff_t sample, tl_simulate_property property) {
    static const double SD[TL_SIMULATE_PROPERTIES] = {0.04, 0.06, 0.05};
    double z[4];
    tl_simulate_normal4(seed, TL_SIMULATE_USE_ASSAY, sample, (ptrdiff_t)property, z);
    return SD[property] * fmax(-3.0, fmin(3.0, z[0]));
}

tl_simulate_soil tl_simulate_soil_of(double som_g_kg, const double score[4]) {
    tl_simulate_soil soil;
    soil.som_g_kg = som_g_kg;
    soil.clay_pct = 6.0 + 40.0 / (1.0 + exp(-0.8 * score[0]));
    soil.iron_pct = 2.4 * exp(0.32 * score[1]);
    soil.dark_pct = 1.5 * exp(0.45 * score[2]);
    soil.humus = exp(0.16 * score[3]);
    soil.water_pct = tl_simulate_air_dry_water(soil.clay_pct, som_g_kg);
    soil.grain = 1.0;
    return soil;
}

void tl_simulate_lab_spectrum(const tl_simulate_soil *soil, int64_t seed, ptrdiff_t sample,
                              const double *wl_nm, ptrdiff_t p, double *out) {
    double z[4];
    tl_simulate_normal4(seed, TL_SIMULATE_USE_LAB, sample, 0, z);
    tl_simulate_soil prepared = *soil;
    prepared.grain *= exp(0.12 * z[0]);
    prepared.water_pct *= exp(0.20 * z[1]);
    const double bright = exp(0.03 * z[2]);
    const double base = 0.004 * z[3];
    for (ptrdiff_t j = 0; j < p; j++) {
        if (j % 4 == 0) {
            tl_simulate_normal4(seed, TL_SIMULATE_USE_LAB_BAND, sample, j / 4, z);
        }
        const tl_simulate_absorption k = tl_simulate_absorption_at(wl_nm[j]);
        const double ends = 1.0 + 2.0 * exp(-fabs(wl_nm[j] - 400.0) / 40.0) +
                            2.0 * exp(-fabs(wl_nm[j] - 2500.0) / 60.0);
        const double value =
            bright * tl_simulate_reflectance(&prepared, &k) + base + 0.0008 * ends * z[j % 4];
        out[j] = fmax(0.001, fmin(0.999, value));
    }
}

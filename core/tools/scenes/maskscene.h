/* SPDX-License-Identifier: GPL-2.0-or-later
 * The state of one run of maskscene; only maskscene*.c includes it. */
#ifndef TL_TOOLS_SCENES_MASKSCENE_H
#define TL_TOOLS_SCENES_MASKSCENE_H

#include "base/grid.h"
#include "imagery/surfaces.h"
#include "job/algorithm.h"

/* The source of thickness; in the order of the choices of the parameter 'thickness_from'. */
typedef enum tl_thickness_from {
    TL_THICKNESS_AUTO,
    TL_THICKNESS_1380,
    TL_THICKNESS_1880,
    TL_THICKNESS_HAZE,
    TL_THICKNESS_DARK
} tl_thickness_from;

/* Cells read before the scene as a whole, in pairs of neighbours in a row. */
typedef struct tl_mask_sample {
    ptrdiff_t n;         /* cells, 2 per pair */
    double *window;      /* [n, TL_WINDOWS] reflectance */
    unsigned char *like; /* [n] 1: soil or residue, in the clear area when there is one */
} tl_mask_sample;

/* How thickness follows from the parts of the spectrum. */
typedef struct tl_thickness_rule {
    tl_thickness_from from; /* never TL_THICKNESS_AUTO after tl_maskscene_choose */
    tl_window window;       /* of the two water bands and of the dark map */
    double base;            /* reflectance of a clear cell in it */
    double line_a, line_b;  /* clear line: blue = a + b red */
    int has_line;
    double limit; /* minimum of thin cloud */
    double noise; /* of one cell */
} tl_thickness_rule;

typedef struct tl_mask_work {
    tl_job *job;
    const tl_store *store;
    tl_raster *raster;
    const tl_raster_info *info;
    int at_top; /* 1: reflectance at the top of the atmosphere */
    tl_window_table table;
    tl_surface_rules rules;
    tl_grid cover;       /* land cover on the grid of the scene; empty when not given */
    double *cover_class; /* [n_cover_class] those that are kept */
    ptrdiff_t n_cover_class;
    int *clear_zone; /* [cells] above 0: clear according to the user; NULL = not given */
    tl_mask_sample sample;
    tl_thickness_rule rule;
    unsigned char *surface; /* [cells] tl_surface */
    tl_grid thickness;
} tl_mask_work;

/* 1: soil or residue, over which thickness is measured. */
int tl_maskscene_is_ground(tl_surface surface);

/* What covers a cell, the user's land cover included. */
tl_surface tl_maskscene_surface(const tl_mask_work *w, ptrdiff_t cell, const double *window,
                                tl_surface_indices *index);

/* Number of rows that are read at once with n_bands bands. */
ptrdiff_t tl_maskscene_rows_at_once(const tl_mask_work *w, ptrdiff_t n_bands);

/* Reads the sample.
 *
 * fails  TL_DATA no value, or no reflectance; TL_NOMEM; what the reader fails with */
tl_code tl_maskscene_read_sample(tl_mask_work *w, tl_err *err);
void tl_maskscene_free_sample(tl_mask_sample *sample);

/* Chooses the source of thickness and the level of a clear cell, and logs why.
 *
 * fails  TL_ARG the scene lacks the bands of the user's choice; TL_DATA too few cells of soil;
 *        TL_NOMEM */
tl_code tl_maskscene_choose(tl_mask_work *w, tl_err *err);

/* Thickness of one cell, unsmoothed; NaN where it cannot be measured. */
double tl_maskscene_thickness(const tl_thickness_rule *rule, const double *window);

/* Distance of a cell from the clear line in blue; NaN without a line. */
double tl_maskscene_haze(const tl_thickness_rule *rule, const double *window);

/* Classifies every cell and writes the layers of the output `output`, and the outputs `thickness`
 * and `cleared` when they are wanted.
 *
 * fails  TL_DATA no cell has a value; as the writers of source/store.h and tl_maskscene_clear;
 *        TL_NOMEM; TL_CANCELLED */
tl_code tl_maskscene_write_layers(tl_mask_work *w, tl_err *err);

/* Writes the scene without the light of thin cloud as the output `cleared`, and checks whether it
 * is better.
 *
 * fails  as the writers of source/store.h; TL_DATA too few cells under thin cloud; TL_NOMEM */
tl_code tl_maskscene_clear(tl_mask_work *w, const tl_progress *progress, tl_err *err);

#endif

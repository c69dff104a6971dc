/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parts of the spectrum that masks use, found in any band table by wavelength. */
#ifndef TL_IMAGERY_WINDOWS_H
#define TL_IMAGERY_WINDOWS_H

#include "base/bands.h"

/* The parts; from and to in nm are in windows.c with their sources. */
typedef enum tl_window {
    TL_WINDOW_DEEP_BLUE, /* T1 of the GF-5 cloud test */
    TL_WINDOW_VISIBLE,   /* T2 of it */
    TL_WINDOW_BLUE,
    TL_WINDOW_GREEN,
    TL_WINDOW_RED,
    TL_WINDOW_NEAR,   /* near infrared */
    TL_WINDOW_CLEAR,  /* clear air next to the water band of 1380 nm */
    TL_WINDOW_EDGE,   /* T3 of the GF-5 cloud test, edge of that water band */
    TL_WINDOW_CIRRUS, /* middle of that water band */
    TL_WINDOW_SHORT,  /* 1610 nm */
    TL_WINDOW_LATE,   /* middle of the water band of 1880 nm */
    TL_WINDOW_CARBON, /* T4 of the GF-5 cloud test */
    TL_WINDOW_CELLULOSE_LEFT,
    TL_WINDOW_CELLULOSE,
    TL_WINDOW_CELLULOSE_RIGHT,
    TL_WINDOW_LONG, /* 2200 nm, wide */
    TL_WINDOWS
} tl_window;

enum { tl_window_bands = 64 }; /* maximum number of bands of one part; further ones are not used */

/* Which bands belong to which part. */
typedef struct tl_window_table {
    ptrdiff_t n;                               /* bands that are read */
    int *number;                               /* [n] 1-based file numbers, increasing */
    ptrdiff_t count[TL_WINDOWS];               /* 0 = the scene has none */
    ptrdiff_t at[TL_WINDOWS][tl_window_bands]; /* positions in number */
} tl_window_table;

/* Finds the bands of every part: those with their centre inside it, else the nearest one within 25
 * nm of its middle (15 nm in water bands). Bands that are not good are excluded, except in water
 * bands, where only cloud is visible and which every list of bad bands contains for that reason.
 *
 * table  uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_imagery_find_windows(const tl_bands *bands, tl_window_table *table, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_imagery_free_windows(tl_window_table *table);

/* The mean of every part for one cell.
 *
 * value   [table->n] stride floats apart, physical values
 * window  [TL_WINDOWS] out
 * NaN     bands without value are excluded; a part without any is NaN */
void tl_imagery_window_means(const tl_window_table *table, const float *value, ptrdiff_t stride,
                             double window[TL_WINDOWS]);

/* The name of a part, for example "deep blue", and its range in nm. */
const char *tl_imagery_window_name(tl_window window);
void tl_imagery_window_range(tl_window window, double *from_nm, double *to_nm);

#endif

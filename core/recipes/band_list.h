/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bands of a scene that a tool takes, by rising wavelength. */
#ifndef TL_RECIPES_BAND_LIST_H
#define TL_RECIPES_BAND_LIST_H

#include "base/bands.h"
#include "source/tables.h"

/* Owner; zeroed = empty. */
typedef struct tl_band_list {
    ptrdiff_t p;
    ptrdiff_t *index;  /* [p] positions (0-based) in the band table */
    int *number;       /* [p] file numbers (1-based) */
    double *centre_nm; /* [p] */
    double *fwhm_nm;   /* [p]; NaN = unknown */
} tl_band_list;

/* An empty list with room for that many bands.
 *
 * list   uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_recipes_band_list_init(tl_band_list *list, ptrdiff_t room, tl_err *err);

/* The bands of a table by strictly rising wavelength. Of the bands of one wavelength the first one
 * in file order is taken; the others are marked as not good, so that the table tells why.
 *
 * list   uninitialised; empty on failure
 * bands  every band has a wavelength, or is not good and all is 0
 * all    0: only the good bands
 * fails  TL_NOMEM */
tl_code tl_recipes_band_list_take(tl_band_list *list, tl_bands *bands, int all, tl_err *err);

/* Keeps the bands of these places.
 *
 * kept  [n] places in the list, rising */
void tl_recipes_band_list_keep(tl_band_list *list, const ptrdiff_t *kept, ptrdiff_t n);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_recipes_band_list_free(tl_band_list *list);

/* The columns of a table of spectra as a band table.
 *
 * bands  uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_recipes_bands_of_table(const tl_spectra *table, tl_bands *bands, tl_err *err);

#endif

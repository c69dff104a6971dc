/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bands of a scene that a tool uses, by increasing wavelength. */
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

/* An empty list that can hold that many bands.
 *
 * list   uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_recipes_band_list_init(tl_band_list *list, ptrdiff_t capacity, tl_err *err);

/* The bands of a table by strictly increasing wavelength. Of several bands with the same wavelength
 * the first one in file order is used; the others are marked as not good, with the reason.
 *
 * list   uninitialised; empty on failure
 * bands  every band has a wavelength, or is not good and all is 0
 * all    0: only the good bands
 * fails  TL_NOMEM */
tl_code tl_recipes_band_list_select(tl_band_list *list, tl_bands *bands, int all, tl_err *err);

/* Keeps only the bands at these positions.
 *
 * kept  [n] positions in the list, increasing */
void tl_recipes_band_list_keep(tl_band_list *list, const ptrdiff_t *kept, ptrdiff_t n);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_recipes_band_list_free(tl_band_list *list);

/* The columns of a table of spectra as a band table.
 *
 * bands  uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_recipes_bands_of_table(const tl_spectra *table, tl_bands *bands, tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bands by increasing wavelength; see band_list.h. */
#include "recipes/band_list.h"

#include <stdio.h>

#include "base/alloc.h"

tl_code tl_recipes_band_list_init(tl_band_list *list, ptrdiff_t capacity, tl_err *err) {
    *list = (tl_band_list){0};
    list->index = tl_acquire(capacity, sizeof *list->index);
    list->number = tl_acquire(capacity, sizeof *list->number);
    list->centre_nm = tl_acquire(capacity, sizeof *list->centre_nm);
    list->fwhm_nm = tl_acquire(capacity, sizeof *list->fwhm_nm);
    if (list->index == NULL || list->number == NULL || list->centre_nm == NULL ||
        list->fwhm_nm == NULL) {
        tl_recipes_band_list_free(list);
        return tl_no_memory(err, "%td bands", capacity);
    }
    return TL_OK;
}

static void append(tl_band_list *list, tl_bands *bands, ptrdiff_t index) {
    tl_band *band = &bands->band[index];
    if (list->p > 0 && !(band->centre_nm > list->centre_nm[list->p - 1])) {
        band->good = 0;
        (void)snprintf(band->reason, sizeof band->reason, "has the wavelength of band %d",
                       list->number[list->p - 1]);
        return;
    }
    list->index[list->p] = index;
    list->number[list->p] = band->index;
    list->centre_nm[list->p] = band->centre_nm;
    list->fwhm_nm[list->p] = band->fwhm_nm;
    list->p++;
}

tl_code tl_recipes_band_list_select(tl_band_list *list, tl_bands *bands, int all, tl_err *err) {
    TL_TRY(tl_recipes_band_list_init(list, bands->n, err));
    ptrdiff_t *order = tl_acquire(bands->n, sizeof *order);
    if (order == NULL) {
        tl_recipes_band_list_free(list);
        return tl_no_memory(err, "%td bands", bands->n);
    }
    tl_bands_order(bands, order);
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        if (all || bands->band[order[i]].good) {
            append(list, bands, order[i]);
        }
    }
    tl_release(order);
    return TL_OK;
}

void tl_recipes_band_list_keep(tl_band_list *list, const ptrdiff_t *kept, ptrdiff_t n) {
    for (ptrdiff_t k = 0; k < n; k++) {
        list->index[k] = list->index[kept[k]];
        list->number[k] = list->number[kept[k]];
        list->centre_nm[k] = list->centre_nm[kept[k]];
        list->fwhm_nm[k] = list->fwhm_nm[kept[k]];
    }
    list->p = n;
}

void tl_recipes_band_list_free(tl_band_list *list) {
    if (list != NULL) {
        tl_release(list->index);
        tl_release(list->number);
        tl_release(list->centre_nm);
        tl_release(list->fwhm_nm);
        *list = (tl_band_list){0};
    }
}

tl_code tl_recipes_bands_of_table(const tl_spectra *table, tl_bands *bands, tl_err *err) {
    TL_TRY(tl_bands_init(bands, table->p, err));
    for (ptrdiff_t j = 0; j < table->p; j++) {
        bands->band[j].centre_nm = table->wavelength_nm[j];
        bands->band[j].fwhm_nm = table->fwhm_nm[j];
    }
    const tl_code code = tl_bands_complete(bands, err);
    if (code != TL_OK) {
        tl_bands_free(bands);
    }
    return code;
}

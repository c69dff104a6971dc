/* SPDX-License-Identifier: GPL-2.0-or-later
 * The band table; see bands.h. */
#include "base/bands.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

tl_code tl_bands_init(tl_bands *b, ptrdiff_t n, tl_err *err) {
    *b = (tl_bands){0};
    b->band = tl_acquire(n, sizeof *b->band);
    if (b->band == NULL) {
        return tl_no_memory(err, "a table of %td bands", n);
    }
    b->n = n;
    for (ptrdiff_t i = 0; i < n; i++) {
        b->band[i] = (tl_band){.index = (int)i + 1,
                               .detector = 1,
                               .centre_nm = (double)NAN,
                               .fwhm_nm = (double)NAN,
                               .good = 1,
                               .scale = 1.0};
    }
    return TL_OK;
}

tl_code tl_bands_copy(tl_bands *to, const tl_bands *from, tl_err *err) {
    TL_TRY(tl_bands_init(to, from->n, err));
    memcpy(to->band, from->band, (size_t)from->n * sizeof *to->band);
    to->quantity = from->quantity;
    return TL_OK;
}

void tl_bands_free(tl_bands *b) {
    if (b != NULL) {
        tl_release(b->band);
        *b = (tl_bands){0};
    }
}

int tl_bands_have_wavelengths(const tl_bands *b) {
    for (ptrdiff_t i = 0; i < b->n; i++) {
        if (!isfinite(b->band[i].centre_nm)) {
            return 0;
        }
    }
    return b->n > 0;
}

int tl_bands_good_have_wavelengths(const tl_bands *b) {
    ptrdiff_t good = 0;
    for (ptrdiff_t i = 0; i < b->n; i++) {
        if (b->band[i].good && !isfinite(b->band[i].centre_nm)) {
            return 0;
        }
        good += b->band[i].good != 0;
    }
    return good > 0;
}

static int comes_before(const tl_band *a, const tl_band *b) {
    if (isnan(a->centre_nm) || isnan(b->centre_nm)) {
        return !isnan(a->centre_nm) && isnan(b->centre_nm);
    }
    return a->centre_nm < b->centre_nm;
}

void tl_bands_order(const tl_bands *b, ptrdiff_t *order) {
    /* Insertion sort: stable, and linear for the nearly sorted tables that sensors have. */
    for (ptrdiff_t i = 0; i < b->n; i++) {
        ptrdiff_t at = i;
        while (at > 0 && comes_before(&b->band[i], &b->band[order[at - 1]])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
}

static void number_detectors(tl_bands *b) {
    int detector = 1;
    double last_nm = (double)NAN;
    for (ptrdiff_t i = 0; i < b->n; i++) {
        const double centre_nm = b->band[i].centre_nm;
        /* A step back starts a new detector, except in files that descend throughout. */
        if (isfinite(centre_nm) && isfinite(last_nm) && centre_nm < last_nm &&
            !(b->band[b->n - 1].centre_nm < b->band[0].centre_nm)) {
            detector++;
        }
        b->band[i].detector = detector;
        last_nm = isfinite(centre_nm) ? centre_nm : last_nm;
    }
}

static double neighbour_spacing_nm(const tl_bands *b, const ptrdiff_t *order, ptrdiff_t i) {
    const double here = b->band[order[i]].centre_nm;
    const double below = i > 0 ? here - b->band[order[i - 1]].centre_nm : (double)NAN;
    const double above = i + 1 < b->n ? b->band[order[i + 1]].centre_nm - here : (double)NAN;
    if (isnan(below)) {
        return above;
    }
    return isnan(above) ? below : 0.5 * (below + above);
}

tl_code tl_bands_complete(tl_bands *b, tl_err *err) {
    ptrdiff_t *order = tl_acquire(b->n, sizeof *order);
    if (order == NULL) {
        return tl_no_memory(err, "a table of %td bands", b->n);
    }
    number_detectors(b);
    tl_bands_order(b, order);
    for (ptrdiff_t i = 0; i < b->n; i++) {
        tl_band *band = &b->band[order[i]];
        if (isfinite(band->centre_nm) && !(band->fwhm_nm > 0.0)) {
            band->fwhm_nm = neighbour_spacing_nm(b, order, i);
            band->fwhm_assumed = 1;
        }
    }
    tl_release(order);
    return TL_OK;
}

tl_nodata_range tl_bands_nodata_range(const tl_band *b) {
    /* Up to the largest whole number of 32 bits, a neighbour of the NoData value may be meant. */
    static const double largest_code = 4294967296.0;
    static const double digits = 5e-6;
    const double size = fabs(b->nodata);
    if (!b->has_nodata || !(size < (double)TL_BAND_STORED_LIMIT)) {
        return (tl_nodata_range){INFINITY, -INFINITY};
    }
    double around = size < 1000.0 ? 0.0 : size * digits;
    around = size <= largest_code && around > 0.49 ? 0.49 : around;
    return (tl_nodata_range){(float)(b->nodata - around), (float)(b->nodata + around)};
}

float tl_band_value(const tl_band *b, float stored) {
    const tl_nodata_range none = tl_bands_nodata_range(b);
    if (!(fabsf(stored) < TL_BAND_STORED_LIMIT) || (stored >= none.low && stored <= none.high)) {
        return NAN;
    }
    return (float)(b->scale * (double)stored + b->offset);
}

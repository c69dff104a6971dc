/* SPDX-License-Identifier: GPL-2.0-or-later
 * Gaps of spectra; see gaps.h. */
#include "spectra/gaps.h"

#include <math.h>

#include "base/alloc.h"

enum { MAX_CHANNELS = 3 };

static const double max_width_nm = 60.0;

/* 1 for every channel that at least half of the spectra have. */
static void find_common(const tl_matrix *value, unsigned char *common) {
    for (ptrdiff_t j = 0; j < value->ncol; j++) {
        ptrdiff_t n = 0;
        for (ptrdiff_t i = 0; i < value->nrow; i++) {
            n += !isnan(value->data[i * value->ncol + j]);
        }
        common[j] = 2 * n >= value->nrow;
    }
}

/* Fills the gaps of one spectrum; returns the number of values, and the first channel. */
static ptrdiff_t fill(double *s, const double *nm, ptrdiff_t p, const unsigned char *common,
                      ptrdiff_t *first) {
    ptrdiff_t n = 0;
    ptrdiff_t before = -1;
    for (ptrdiff_t j = 0; j < p; j++) {
        if (isnan(s[j])) {
            continue;
        }
        const ptrdiff_t missing = j - before - 1;
        int fillable = before >= 0 && missing > 0 && missing <= MAX_CHANNELS &&
                       nm[j] - nm[before] <= max_width_nm;
        for (ptrdiff_t k = before + 1; k < j && fillable; k++) {
            fillable = common[k];
        }
        for (ptrdiff_t k = before + 1; k < j && fillable; k++) {
            const double share = (nm[k] - nm[before]) / (nm[j] - nm[before]);
            s[k] = s[before] + share * (s[j] - s[before]);
            *first = n == 0 ? k : *first;
            n++;
        }
        before = j;
    }
    return n;
}

tl_code tl_spectra_fill_gaps(tl_matrix *value, const double *nm, tl_gaps *gaps, tl_err *err) {
    *gaps = (tl_gaps){.spectrum = -1};
    unsigned char *common = tl_acquire(value->ncol, sizeof *common);
    if (common == NULL) {
        return tl_no_memory(err, "%td channels", value->ncol);
    }
    find_common(value, common);
    for (ptrdiff_t i = 0; i < value->nrow; i++) {
        ptrdiff_t first = 0;
        const ptrdiff_t n = fill(tl_matrix_row(value, i), nm, value->ncol, common, &first);
        if (n > 0 && gaps->n_spectra++ == 0) {
            gaps->spectrum = i;
            gaps->wavelength_nm = nm[first];
        }
        gaps->n_values += n;
    }
    tl_release(common);
    return TL_OK;
}

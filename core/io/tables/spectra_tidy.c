/* SPDX-License-Identifier: GPL-2.0-or-later
 * The last step of all readers of spectra: columns sorted by wavelength, codes of missing values
 * removed; see spectra.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "io/tables/spectra.h"
#include "source/missing.h"

typedef struct column_key {
    double wavelength_nm;
    ptrdiff_t column;
} column_key;

static int by_wavelength(const void *a, const void *b) {
    const column_key *x = a;
    const column_key *y = b;
    if (x->wavelength_nm < y->wavelength_nm || x->wavelength_nm > y->wavelength_nm) {
        return x->wavelength_nm < y->wavelength_nm ? -1 : 1;
    }
    return x->column < y->column ? -1 : 1;
}

static void reorder(double *row, const column_key *key, ptrdiff_t p, double *scratch) {
    for (ptrdiff_t j = 0; j < p; j++) {
        scratch[j] = row[key[j].column];
    }
    memcpy(row, scratch, (size_t)p * sizeof *row);
}

/* Removes the values of spectra that are 0 in every channel that has a value, which instruments and
 * programs write where nothing was measured. */
static tl_code remove_empty(tl_spectra *s, const char *what, tl_err *err) {
    ptrdiff_t n = 0;
    ptrdiff_t first = 0;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        double *row = tl_matrix_row(&s->values, i);
        ptrdiff_t zeros = 0;
        ptrdiff_t others = 0;
        for (ptrdiff_t j = 0; j < s->p; j++) {
            zeros += row[j] == 0.0;
            others += row[j] != 0.0 && !isnan(row[j]);
        }
        if (others == 0 && zeros > 0) {
            first = n++ == 0 ? i : first;
            for (ptrdiff_t j = 0; j < s->p; j++) {
                row[j] = NAN;
            }
        }
    }
    return n == 0
               ? TL_OK
               : tl_assume(err, TL_WARNING,
                           "%s: %td %s 0 in every channel (the first is '%.60s'), which is no "
                           "measurement, and left out; remove the rows from the table to settle it",
                           what, n, n == 1 ? "spectrum is" : "spectra are",
                           s->id != NULL && s->id[first] != NULL ? s->id[first] : "");
}

tl_code tl_io_tables_spectra_sort(tl_spectra *s, const char *what, tl_err *err) {
    for (ptrdiff_t j = 0; j < s->p; j++) {
        if (!(s->wavelength_nm[j] > 0.0) || !isfinite(s->wavelength_nm[j])) {
            return tl_fail(err, TL_DATA, "%s: wavelength %td is %g; wanted a value above 0", what,
                           j + 1, s->wavelength_nm[j]);
        }
    }
    column_key *key = tl_acquire(s->p, sizeof *key);
    double *scratch = tl_acquire(s->p, sizeof *scratch);
    tl_code code = key == NULL || scratch == NULL ? tl_no_memory(err, "%s", what) : TL_OK;
    if (code == TL_OK) {
        for (ptrdiff_t j = 0; j < s->p; j++) {
            key[j] = (column_key){s->wavelength_nm[j], j};
        }
        qsort(key, (size_t)s->p, sizeof *key, by_wavelength);
        reorder(s->wavelength_nm, key, s->p, scratch);
        reorder(s->fwhm_nm, key, s->p, scratch);
        for (ptrdiff_t i = 0; i < s->n; i++) {
            reorder(tl_matrix_row(&s->values, i), key, s->p, scratch);
        }
    }
    for (ptrdiff_t j = 1; code == TL_OK && j < s->p; j++) {
        if (!(s->wavelength_nm[j] > s->wavelength_nm[j - 1])) {
            code = tl_fail(err, TL_DATA, "%s: the wavelength %g nm occurs twice", what,
                           s->wavelength_nm[j]);
        }
    }
    tl_release(key);
    tl_release(scratch);
    const tl_missing_place place = {.what = what, .id = s->id, .centre_nm = s->wavelength_nm};
    TL_TRY(code);
    TL_TRY(tl_source_missing_remove(s->values.data, s->n, s->p, &place, NULL, err));
    return remove_empty(s, what, err);
}

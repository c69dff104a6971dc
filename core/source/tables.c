/* SPDX-License-Identifier: GPL-2.0-or-later
 * Owners of spectra, samples, result tables and features; see tables.h. */
#include "source/tables.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

static tl_code set_text(char **slot, const char *text, tl_err *err) {
    char *copy = tl_copy_text(text);
    if (copy == NULL) {
        return tl_no_memory(err, "a text");
    }
    tl_release(*slot);
    *slot = copy;
    return TL_OK;
}

tl_code tl_source_spectra_init(tl_spectra *s, ptrdiff_t n, ptrdiff_t p, tl_err *err) {
    *s = (tl_spectra){.n = n, .p = p};
    s->id = tl_acquire(n, sizeof *s->id);
    s->wavelength_nm = tl_acquire(p, sizeof *s->wavelength_nm);
    s->fwhm_nm = tl_acquire(p, sizeof *s->fwhm_nm);
    tl_code code = s->id == NULL || s->wavelength_nm == NULL || s->fwhm_nm == NULL
                       ? tl_no_memory(err, "a table of spectra")
                       : tl_matrix_init(&s->values, n, p, err);
    for (ptrdiff_t j = 0; code == TL_OK && j < p; j++) {
        s->fwhm_nm[j] = (double)NAN;
    }
    for (ptrdiff_t i = 0; code == TL_OK && i < n; i++) {
        code = set_text(&s->id[i], "", err);
    }
    if (code != TL_OK) {
        tl_source_spectra_free(s);
    }
    return code;
}

void tl_source_spectra_free(tl_spectra *s) {
    if (s != NULL) {
        tl_release_texts(s->id, s->n);
        tl_release(s->wavelength_nm);
        tl_release(s->fwhm_nm);
        tl_matrix_free(&s->values);
        *s = (tl_spectra){0};
    }
}

tl_code tl_source_spectra_set_id(tl_spectra *s, ptrdiff_t i, const char *id, tl_err *err) {
    return set_text(&s->id[i], id, err);
}

/* Position of the first of n ids that is equal to id, or -1. */
static ptrdiff_t find_id(char *const *ids, ptrdiff_t n, const char *id) {
    for (ptrdiff_t i = 0; i < n; i++) {
        if (strcmp(ids[i], id) == 0) {
            return i;
        }
    }
    return -1;
}

ptrdiff_t tl_source_spectra_find(const tl_spectra *s, const char *id) {
    return find_id(s->id, s->n, id);
}

ptrdiff_t tl_source_samples_find(const tl_samples *s, const char *id) {
    return find_id(s->id, s->n, id);
}

tl_code tl_source_samples_init(tl_samples *s, ptrdiff_t n, ptrdiff_t nprop, tl_err *err) {
    *s = (tl_samples){.n = n, .nprop = nprop};
    s->id = tl_acquire(n, sizeof *s->id);
    s->x = tl_acquire(n, sizeof *s->x);
    s->y = tl_acquire(n, sizeof *s->y);
    s->property = tl_acquire(nprop, sizeof *s->property);
    s->texts = tl_acquire(nprop, sizeof *s->texts);
    tl_code code =
        s->id == NULL || s->x == NULL || s->y == NULL || s->property == NULL || s->texts == NULL
            ? tl_no_memory(err, "a table of samples")
            : tl_matrix_init(&s->values, n, nprop, err);
    code = code == TL_OK ? tl_matrix_init(&s->below, n, nprop, err) : code;
    for (ptrdiff_t k = 0; code == TL_OK && k < n * nprop; k++) {
        s->below.data[k] = (double)NAN;
    }
    for (ptrdiff_t i = 0; code == TL_OK && i < n; i++) {
        code = set_text(&s->id[i], "", err);
    }
    for (ptrdiff_t j = 0; code == TL_OK && j < nprop; j++) {
        code = set_text(&s->property[j], "", err);
    }
    if (code != TL_OK) {
        tl_source_samples_free(s);
    }
    return code;
}

void tl_source_samples_free(tl_samples *s) {
    if (s != NULL) {
        tl_release_texts(s->id, s->n);
        tl_release_texts(s->property, s->nprop);
        tl_release(s->texts);
        tl_release(s->x);
        tl_release(s->y);
        tl_matrix_free(&s->values);
        tl_matrix_free(&s->below);
        *s = (tl_samples){0};
    }
}

tl_code tl_source_samples_set_id(tl_samples *s, ptrdiff_t i, const char *id, tl_err *err) {
    return set_text(&s->id[i], id, err);
}

tl_code tl_source_samples_set_property(tl_samples *s, ptrdiff_t j, const char *name, tl_err *err) {
    return set_text(&s->property[j], name, err);
}

void tl_source_table_start(tl_table *t, const tl_column *column, ptrdiff_t ncol) {
    *t = (tl_table){.ncol = ncol, .column = column};
}

tl_code tl_source_table_add_row(tl_table *t, ptrdiff_t *row, tl_err *err) {
    if (t->nrow == t->capacity) {
        const ptrdiff_t capacity = t->capacity == 0 ? 64 : t->capacity * 2;
        const ptrdiff_t used = t->nrow * t->ncol;
        double *number = tl_grow(t->number, used, capacity * t->ncol, sizeof *number);
        if (number == NULL) {
            return tl_no_memory(err, "a result table");
        }
        t->number = number;
        char **text = tl_grow(t->text, used, capacity * t->ncol, sizeof *text);
        if (text == NULL) {
            return tl_no_memory(err, "a result table");
        }
        t->text = text;
        t->capacity = capacity;
    }
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        t->number[t->nrow * t->ncol + j] = (double)NAN;
        t->text[t->nrow * t->ncol + j] = NULL;
    }
    *row = t->nrow++;
    return TL_OK;
}

tl_code tl_source_table_set_text(tl_table *t, ptrdiff_t row, ptrdiff_t col, const char *text,
                                 tl_err *err) {
    return set_text(&t->text[row * t->ncol + col], text, err);
}

void tl_source_table_set_number(tl_table *t, ptrdiff_t row, ptrdiff_t col, double value) {
    t->number[row * t->ncol + col] = value;
}

void tl_source_table_free(tl_table *t) {
    if (t != NULL) {
        tl_release_texts(t->text, t->nrow * t->ncol);
        tl_release(t->number);
        *t = (tl_table){0};
    }
}

void tl_source_features_free(tl_features *f) {
    if (f != NULL) {
        tl_source_table_free(&f->table);
        tl_release(f->first);
        tl_release(f->x);
        tl_release(f->y);
        tl_release(f->ring);
        tl_release(f->is_hole);
        *f = (tl_features){0};
    }
}

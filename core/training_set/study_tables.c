/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tables of spectra of a study: their ids as the samples write them, single gaps, several spectra of
 * one id; see study.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/assumptions.h"
#include "source/match_ids.h"
#include "spectra/gaps.h"
#include "training_set/study_work.h"

static tl_code match(const tl_study_work *w, const char *parameter, tl_spectra *table,
                     tl_err *err) {
    char what[300];
    char of[300];
    const char *field = tl_job_text(w->job, "id_field");
    (void)snprintf(what, sizeof what, "%s '%.250s'", parameter, tl_job_text(w->job, parameter));
    (void)snprintf(of, sizeof of, "the samples '%.250s'", tl_job_text(w->job, "samples"));
    const int numbered = field == NULL || field[0] == '\0';
    return tl_source_match_ids(table->id, table->n, what, w->samples.id, w->samples.n, of, numbered,
                               numbered ? "give the field with the same ids as id_field"
                                        : "wanted the same ids in both, or ids that differ only in "
                                          "their writing and match one each",
                               err);
}

static tl_code fill(const tl_study_work *w, const char *parameter, tl_spectra *table, tl_err *err) {
    tl_gaps gaps;
    TL_TRY(tl_spectra_fill_gaps(&table->values, table->wavelength_nm, &gaps, err));
    return gaps.n_values == 0
               ? TL_OK
               : tl_assume(
                     err, TL_WARNING,
                     "%s '%.250s': %td missing value%s of %td spectr%s (the first is %.40s at "
                     "%g nm) %s filled by a straight line between the neighbouring channels; "
                     "remove the spectrum from the table if that is wrong",
                     parameter, tl_job_text(w->job, parameter), gaps.n_values,
                     gaps.n_values == 1 ? "" : "s", gaps.n_spectra,
                     gaps.n_spectra == 1 ? "um" : "a", table->id[gaps.spectrum], gaps.wavelength_nm,
                     gaps.n_values == 1 ? "is" : "are");
}

tl_code tl_training_set_prepare_tables(tl_study_work *w, tl_err *err) {
    if (w->table.n > 0) {
        TL_TRY(match(w, "spectra", &w->table, err));
        TL_TRY(fill(w, "spectra", &w->table, err));
    }
    if (w->lab_table.n > 0) {
        TL_TRY(match(w, "lab", &w->lab_table, err));
        TL_TRY(fill(w, "lab", &w->lab_table, err));
    }
    return TL_OK;
}

/* How often an id occurs among n, and in the first rows of them. */
static ptrdiff_t count_id(char *const *all, ptrdiff_t n, const char *id) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        count += strcmp(all[i], id) == 0;
    }
    return count;
}

/* The k-th row of the table with that id. */
static ptrdiff_t row_of(const tl_spectra *table, const char *id, ptrdiff_t k) {
    ptrdiff_t row = tl_source_spectra_find(table, id);
    for (; k > 0; row++) {
        k -= row + 1 < table->n && strcmp(table->id[row + 1], id) == 0;
    }
    return row;
}

static void copy_row(const tl_study_work *w, ptrdiff_t row, double share, double *to) {
    for (ptrdiff_t j = 0; j < w->list.p; j++) {
        to[j] += share * tl_matrix_row(&w->table.values, row)[w->list.index[j]];
    }
}

tl_code tl_training_set_take_table(tl_study_work *w, tl_err *err) {
    ptrdiff_t averaged = 0;
    const char *example = "";
    for (ptrdiff_t i = 0; i < w->samples.n; i++) {
        const char *id = w->samples.id[i];
        const ptrdiff_t rows = count_id(w->table.id, w->table.n, id);
        if (rows == 0) {
            tl_training_set_exclude(w, i, "no scene spectrum with this id");
            continue;
        }
        double *to = tl_matrix_row(&w->scene, i);
        memset(to, 0, (size_t)w->list.p * sizeof *to);
        /* Samples that share an id and spectra that do, in the same number: samplespectra writes
         * them in the order of the samples. */
        if (rows == 1 || count_id(w->samples.id, w->samples.n, id) == rows) {
            const ptrdiff_t k = rows == 1 ? 0 : count_id(w->samples.id, i, id);
            copy_row(w, row_of(&w->table, id, k), 1.0, to);
            continue;
        }
        example = averaged++ == 0 ? id : example;
        for (ptrdiff_t k = 0; k < rows; k++) {
            copy_row(w, row_of(&w->table, id, k), 1.0 / (double)rows, to);
        }
    }
    return averaged == 0
               ? TL_OK
               : tl_assume(err, TL_WARNING,
                           "spectra: %td sample%s, the first is '%.40s', ha%s several spectra in "
                           "'%.250s', which are averaged; give every spectrum an id of its own if "
                           "that is wrong",
                           averaged, averaged == 1 ? "" : "s", example, averaged == 1 ? "s" : "ve",
                           tl_job_text(w->job, "spectra"));
}

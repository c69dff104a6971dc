/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading of a response table; see response_table.h. */
#include "training_set/response_table.h"

#include <stdio.h>

static tl_code copy_cells(const tl_text_table *csv, const char *what, tl_responses *r,
                          tl_err *err) {
    for (ptrdiff_t i = 0; i < csv->nrow; i++) {
        for (ptrdiff_t j = 0; j < csv->ncol; j++) {
            double value;
            const char *text = tl_source_text_table_at(csv, i, j);
            if (!tl_source_text_table_number(csv, i, j, &value)) {
                return tl_fail(err, TL_FORMAT,
                               "%s: '%.40s' in line %td, column '%.40s', is not a number; wanted "
                               "wavelengths in nm in the first column and the response of one band "
                               "in each further column",
                               what, text, csv->line[i], csv->header[j]);
            }
            if (j == 0) {
                r->wavelength_nm[i] = value;
            } else {
                tl_matrix_row(&r->value, j - 1)[i] = value;
            }
        }
    }
    return tl_spectra_responses_settle(r, err);
}

tl_code tl_training_set_responses_of_table(const tl_text_table *csv, const char *what,
                                           tl_responses *r, tl_err *err) {
    *r = (tl_responses){0};
    if (csv->ncol < 2) {
        return tl_fail(err, TL_FORMAT,
                       "%s has one column; wanted wavelengths in nm and one column per band", what);
    }
    TL_TRY(tl_spectra_responses_init(r, csv->ncol - 1, csv->nrow, err));
    const tl_code code = copy_cells(csv, what, r, err);
    if (code != TL_OK) {
        tl_spectra_responses_free(r);
    }
    return code;
}

tl_code tl_training_set_read_responses(tl_job *job, tl_responses *r, tl_err *err) {
    const char *path = tl_job_text(job, "response");
    char what[300];
    tl_text_table csv = {0};
    *r = (tl_responses){0};
    (void)snprintf(what, sizeof what, "response '%.250s'", path);
    tl_code code = tl_job_store(job)->read_texts(path, "response", &csv, err);
    if (code == TL_OK) {
        code = tl_training_set_responses_of_table(&csv, what, r, err);
    }
    tl_source_text_table_free(&csv);
    return code;
}

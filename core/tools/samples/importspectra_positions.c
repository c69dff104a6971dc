/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions of spectra; see importspectra_positions.h. */
#include "tools/samples/importspectra_positions.h"

#include <math.h>

static const tl_column columns[] = {{"id", TL_COLUMN_TEXT},
                                    {"lon", TL_COLUMN_NUMBER},
                                    {"lat", TL_COLUMN_NUMBER},
                                    {"elevation_m", TL_COLUMN_NUMBER}};

static int has_position(const tl_import_entry *e) {
    return isfinite(e->place[0]) && isfinite(e->place[1]);
}

/* Adds the mean position of the spectra from first to end - 1, when one has a position. */
static tl_code add_row(const tl_import *m, ptrdiff_t first, ptrdiff_t end, tl_table *table,
                       tl_err *err) {
    double sum[3] = {0.0, 0.0, 0.0};
    ptrdiff_t n[3] = {0, 0, 0};
    for (ptrdiff_t i = first; i < end; i++) {
        for (int k = 0; k < 3 && has_position(&m->entry[i]); k++) {
            if (isfinite(m->entry[i].place[k])) {
                sum[k] += m->entry[i].place[k];
                n[k]++;
            }
        }
    }
    if (n[0] == 0) {
        return TL_OK;
    }
    ptrdiff_t row = 0;
    TL_TRY(tl_source_table_add_row(table, &row, err));
    TL_TRY(tl_source_table_set_text(table, row, 0, m->entry[first].id, err));
    for (int k = 0; k < 3; k++) {
        tl_source_table_set_number(table, row, 1 + k,
                                   n[k] > 0 ? sum[k] / (double)n[k] : (double)NAN);
    }
    return TL_OK;
}

tl_code tl_importspectra_positions_write(tl_import *m, tl_err *err) {
    ptrdiff_t with = 0;
    for (ptrdiff_t i = 0; i < m->n; i++) {
        with += has_position(&m->entry[i]);
    }
    if (!tl_job_given(m->job, "positions")) {
        if (with > 0) {
            tl_job_log(m->job, TL_INFO,
                       "%td of %td spectra have a position in their files; the output positions "
                       "writes them",
                       with, m->n);
        }
        return TL_OK;
    }
    if (with == 0) {
        return tl_fail(err, TL_DATA,
                       "positions: none of the %td files contains a position (.sed and .sig files "
                       "may); leave the output out",
                       m->n_path);
    }
    tl_table table;
    tl_source_table_start(&table, columns, TL_COUNT(columns));
    tl_code code = TL_OK;
    for (ptrdiff_t first = 0; first < m->n && code == TL_OK;) {
        ptrdiff_t end = first + 1;
        while (end < m->n && m->entry[end].leader == m->entry[first].leader) {
            end++;
        }
        code = add_row(m, first, end, &table, err);
        first = end;
    }
    if (code == TL_OK) {
        tl_job_put_number(m->job, "positions", (double)table.nrow);
        code = m->store->write_table(tl_job_output(m->job, "positions"), "positions", &table, err);
    }
    tl_source_table_free(&table);
    return code;
}

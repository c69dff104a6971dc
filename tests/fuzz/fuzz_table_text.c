/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: texts of any encoding as tables, their numbers, ids, positions and codes. */
#include "io/tables/position_columns.h"
#include "io/tables/text_tables.h"
#include "source/match_ids.h"
#include "source/measured.h"
#include "source/missing.h"

#include "fuzz.h"

/* Reads a cell in every way that a reader may. */
static void read_cell(const tl_text_table *t, ptrdiff_t i, ptrdiff_t j) {
    const char *text = tl_source_text_table_at(t, i, j);
    double value = 0.0;
    int is_parts = 0;
    (void)tl_source_text_table_number(t, i, j, &value);
    (void)tl_io_tables_read_degrees(text, (tl_number_style)t->style[j], &value, &is_parts);
    (void)tl_source_measured_below(text, &value);
    (void)tl_source_missing_text(text);
}

static void read_header(const tl_text_table *t) {
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        char unit[16];
        size_t length = 0;
        (void)tl_source_measured_unit(t->header[j], &length, unit, sizeof unit);
    }
}

/* The header as ids like those of the first column. */
static void match(const tl_text_table *t, tl_err *err) {
    char **id = tl_acquire(t->ncol, sizeof *id);
    char **like = tl_acquire(t->nrow, sizeof *like);
    if (id == NULL || like == NULL || t->nrow == 0) {
        tl_release(id);
        tl_release(like);
        return;
    }
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        id[j] = tl_copy_text(t->header[j]);
    }
    for (ptrdiff_t i = 0; i < t->nrow; i++) {
        like[i] = t->cell[i * t->ncol];
    }
    (void)tl_source_match_ids(id, t->ncol, "header", like, t->nrow, "column", 0, "hint", err);
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        tl_release(id[j]);
    }
    tl_release(id);
    tl_release(like);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    tl_text_table t;
    tl_code code = tl_io_tables_texts_of_bytes((const char *)bytes, length, "table", &t, &err);
    if (code == TL_OK) {
        tl_position_columns columns;
        read_header(&t);
        for (ptrdiff_t k = 0; k < t.nrow * t.ncol; k++) {
            read_cell(&t, k / t.ncol, k % t.ncol);
        }
        match(&t, &err);
        code = tl_io_tables_find_positions(&t, "table", &columns, &err);
    }
    tl_source_text_table_free(&t);
    fuzz_check(code, &err, live);
    return 0;
}

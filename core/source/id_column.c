/* SPDX-License-Identifier: GPL-2.0-or-later
 * Named columns of ids; see id_column.h. */
#include "source/id_column.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static _Thread_local tl_id_columns *current;

void tl_source_id_column_begin(tl_id_columns *columns, const char *list) {
    *columns = (tl_id_columns){.list = list, .outer = current};
    current = columns;
}

void tl_source_id_column_end(tl_id_columns *columns) {
    current = columns->outer;
    *columns = (tl_id_columns){0};
}

static tl_code fail_missing(const tl_text_table *t, const char *what, const char *list,
                            tl_err *err) {
    tl_text names = {0};
    for (ptrdiff_t j = 0; j < t->ncol && j < 12; j++) {
        tl_text_addf(&names, "%s%.60s", j == 0 ? "" : ", ", t->header[j]);
    }
    const tl_code code =
        tl_fail(err, TL_ARG, "spectra_id: %s has no column '%.100s'; its columns are %.500s%s",
                what, list, tl_text_data(&names), t->ncol > 12 ? ", ..." : "");
    tl_text_free(&names);
    return code;
}

tl_code tl_source_id_column(const tl_text_table *t, const char *what, ptrdiff_t *column,
                            tl_err *err) {
    const char *list = current == NULL ? NULL : current->list;
    *column = -1;
    if (list == NULL || list[0] == '\0') {
        return TL_OK;
    }
    for (const char *at = list; *at != '\0';) {
        char name[200];
        const size_t n = strcspn(at, ",");
        (void)snprintf(name, sizeof name, "%.*s", (int)(n < 199 ? n : 199), at);
        TL_TRY(tl_source_text_table_pick(t, tl_source_text_trim(name, name + strlen(name)), what,
                                         column, err));
        if (*column >= 0) {
            return TL_OK;
        }
        at += n + (at[n] == ',');
    }
    return fail_missing(t, what, list, err);
}

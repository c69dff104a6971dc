/* SPDX-License-Identifier: GPL-2.0-or-later
 * Measured values of samples; see samples_work.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/tables/samples_work.h"
#include "source/measured.h"
#include "source/missing.h"

/* Texts in a column of numbers: counted while reading, reported once at the end. */
typedef struct text_values {
    ptrdiff_t n;
    char examples[300];
} text_values;

static void note_text(text_values *seen, const char *text, const char *id) {
    if (seen->n < 5) {
        const size_t used = strlen(seen->examples);
        (void)snprintf(seen->examples + used, sizeof seen->examples - used, "%s'%.20s' at %.30s",
                       used == 0 ? "" : ", ", text, id);
    }
    seen->n++;
}

typedef struct seen_values {
    text_values below; /* a detection limit */
    text_values codes; /* of missing values */
    text_values other;
    ptrdiff_t numbers;
} seen_values;

static void read_cells(const tl_text_table *t, ptrdiff_t column, ptrdiff_t j, tl_samples *s,
                       seen_values *seen) {
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const char *text = tl_source_text_table_at(t, i, column);
        double value = (double)NAN;
        if (tl_source_text_table_number(t, i, column, &value)) {
            seen->numbers++;
        } else if (tl_source_measured_below(text, &tl_matrix_row(&s->below, i)[j])) {
            note_text(&seen->below, text, s->id[i]);
        } else if (!tl_source_missing_text(text)) {
            note_text(&seen->other, text, s->id[i]);
        } else if (text[0] != '\0') {
            note_text(&seen->codes, text, s->id[i]);
        }
        tl_matrix_row(&s->values, i)[j] = value;
    }
}

static tl_code report(const seen_values *seen, const char *name, const char *parameter,
                      const char *path, const tl_progress *progress, ptrdiff_t n, tl_err *err) {
    const text_values *below = &seen->below;
    const text_values *codes = &seen->codes;
    const text_values *other = &seen->other;
    if (2 * other->n > seen->numbers + below->n + other->n) {
        return tl_fail(err, TL_DATA,
                       "%s: the field '%.100s' of '%s' contains texts that are not numbers at "
                       "%td of %td samples (%s%s); wanted a field of measured numbers",
                       parameter, name, path, other->n, n, other->examples,
                       other->n > 5 ? ", ..." : "");
    }
    if (other->n > 0) {
        tl_progress_log(progress, TL_WARNING,
                        "%s: %td value%s of '%s' %s not a number and count%s as missing (%s%s)",
                        parameter, other->n, other->n == 1 ? "" : "s", name,
                        other->n == 1 ? "is" : "are", other->n == 1 ? "s" : "", other->examples,
                        other->n > 5 ? ", ..." : "");
    }
    if (codes->n > 0) {
        tl_progress_log(progress, TL_INFO, "%s: %td value%s of '%s' %s missing (%s%s)", parameter,
                        codes->n, codes->n == 1 ? "" : "s", name, codes->n == 1 ? "is" : "are",
                        codes->examples, codes->n > 5 ? ", ..." : "");
    }
    if (below->n > 0) {
        tl_progress_log(progress, TL_WARNING,
                        "%s: %td value%s of '%s' lie%s below a detection limit (%s%s)", parameter,
                        below->n, below->n == 1 ? "" : "s", name, below->n == 1 ? "s" : "",
                        below->examples, below->n > 5 ? ", ..." : "");
    }
    return TL_OK;
}

/* The numbers of property j in a row of their own, judged for codes, and put back. */
static tl_code remove_codes(ptrdiff_t j, const char *parameter, const char *path, tl_samples *s,
                            tl_err *err) {
    char what[512];
    tl_matrix column;
    (void)snprintf(what, sizeof what, "%s: '%.400s'", parameter, path);
    TL_TRY(tl_matrix_init(&column, s->n, 1, err));
    for (ptrdiff_t i = 0; i < s->n; i++) {
        column.data[i] = tl_matrix_row(&s->values, i)[j];
    }
    const tl_missing_place place = {.what = what, .column = s->property[j], .id = s->id};
    const tl_code code = tl_source_missing_remove(column.data, s->n, 1, &place, NULL, err);
    for (ptrdiff_t i = 0; i < s->n; i++) {
        tl_matrix_row(&s->values, i)[j] = column.data[i];
    }
    tl_matrix_free(&column);
    return code;
}

/* Beyond this no property is measured, and squares of such numbers overflow soon. Codes as large as
 * this have been removed, unless the user wants no codes. */
static const double largest_measured = 1e30;

static tl_code refuse_huge(ptrdiff_t j, const char *parameter, const char *path,
                           const tl_samples *s, tl_err *err) {
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const double value = tl_matrix_row(&s->values, i)[j];
        if (fabs(value) > largest_measured) {
            return tl_fail(err, TL_DATA,
                           "%s: '%.100s' of '%.300s' is %g at %.60s, which is no measured value; "
                           "correct it, or name it in missing_values",
                           parameter, s->property[j], path, value, s->id[i]);
        }
    }
    return TL_OK;
}

tl_code tl_io_tables_measure_samples(const tl_text_table *t, ptrdiff_t column, ptrdiff_t j,
                                     const char *parameter, const char *path,
                                     const tl_progress *progress, tl_samples *s, tl_err *err) {
    seen_values seen = {0};
    TL_TRY(tl_source_samples_set_property(s, j, t->header[column], err));
    read_cells(t, column, j, s, &seen);
    s->texts[j] = seen.below.n + seen.codes.n + seen.other.n;
    TL_TRY(report(&seen, s->property[j], parameter, path, progress, s->n, err));
    TL_TRY(remove_codes(j, parameter, path, s, err));
    return refuse_huge(j, parameter, path, s, err);
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The series of spectra that importspectra reads; see importspectra_series.h. */
#include "tools/samples/importspectra_series.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"

/* --- the unit of the series --- */

static tl_code refuse_series(const tl_import_entry *const *list, const tl_spectrum_level *level,
                             ptrdiff_t n, const tl_series_unit *u, tl_err *err) {
    const tl_import_entry *top = list[u->median_at];
    if (u->odd < 0) {
        return tl_fail(err, TL_DATA,
                       "unit: the largest median of a spectrum is %g ('%.80s' in '%.200s'), which "
                       "%s; give the unit of the values",
                       u->median, top->id, tl_base_name(top->file),
                       u->median > 12000.0 ? "is above reflectance x 10000"
                                           : "may be percent of a dark soil or absorbance");
    }
    const tl_import_entry *odd = list[u->odd];
    return tl_fail(err, TL_DATA,
                   "unit: the %td spectra cannot all have one unit: the median of '%.80s' in "
                   "'%.200s' is %g, as of %s, but that of '%.80s' in '%.200s' is %g; import them "
                   "separately, each with its unit",
                   n, top->id, tl_base_name(top->file), u->median, tl_spectra_unit_words(u->unit),
                   odd->id, tl_base_name(odd->file), level[u->odd].median);
}

static tl_code report_series(const tl_import_entry *const *list, ptrdiff_t n,
                             const tl_series_unit *u, tl_err *err) {
    const tl_import_entry *top = list[u->median_at];
    if (u->unit == TL_VALUES_FRACTION) {
        return !u->doubtful
                   ? TL_OK
                   : tl_assume(err, TL_WARNING,
                               "the values (median of '%.80s' in '%.200s': %g) are interpreted "
                               "as reflectance from 0 to 1, but the spectra fall from "
                               "blue to near infrared as absorbance does; give unit "
                               "absorbance, or unit fraction, if one is certain",
                               top->id, tl_base_name(top->file), u->median);
    }
    if (u->unit == TL_VALUES_ABSORBANCE) {
        return tl_assume(
            err, TL_WARNING,
            "the values are treated as absorbance, log10(1/R), because of the names of "
            "their columns, or because they are high (median of '%.80s' in '%.200s': "
            "%g) and fall from blue to near infrared; if this is wrong, give the unit",
            top->id, tl_base_name(top->file), u->median);
    }
    return tl_assume(err, TL_WARNING,
                     "'%.200s': the median value of '%.80s' is %g, the largest of the %td spectra "
                     "whose files state no unit, so all of these are treated as reflectance x %g "
                     "and divided by that; if this is wrong, give the unit",
                     tl_base_name(top->file), top->id, u->median, n, tl_spectra_divisor(u->unit));
}

/* The unit that names of columns state is that of the whole series where all of its spectra can have
 * it. */
static tl_code follow_names(const tl_import *m, const tl_spectrum_level *level, ptrdiff_t n,
                            tl_series_unit *u, tl_err *err) {
    ptrdiff_t odd = -1;
    if (m->names_differ) {
        return tl_fail(err, TL_DATA,
                       "unit: names of columns state different units (%%, absorbance); import the "
                       "files of each unit separately, or give the unit");
    }
    if (m->named == TL_VALUES_UNKNOWN) {
        return TL_OK;
    }
    for (ptrdiff_t i = 0; i < n && odd < 0; i++) {
        odd = tl_spectra_contradicts(&level[i], m->named) ? i : -1;
    }
    /* No series of soils is below 1 % throughout. */
    const int possible = u->median <= 3.5 && !(m->named == TL_VALUES_PERCENT && u->median < 1.0);
    const int agrees = odd < 0 && (u->unit == m->named || possible);
    if (agrees) {
        *u = (tl_series_unit){m->named, 0, u->median, u->median_at, -1};
        return TL_OK;
    }
    return tl_assume(
        err, TL_WARNING,
        "names of columns state that the values are %s, but a median of %g contradicts "
        "that, so the values decide; give the unit if that is wrong",
        tl_spectra_unit_words(m->named), odd >= 0 ? level[odd].median : u->median);
}

/* Decides the unit of all spectra whose files do not state it, together, and converts them. */
tl_code tl_importspectra_series_settle(tl_import *m, tl_err *err) {
    const tl_import_entry **list = tl_acquire(m->n, sizeof *list);
    tl_spectrum_level *level = tl_acquire(m->n, sizeof *level);
    tl_code code = list == NULL || level == NULL ? tl_no_memory(err, "%td spectra", m->n) : TL_OK;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < m->n && code == TL_OK; i++) {
        if (m->entry[i].open) {
            list[n] = &m->entry[i];
            level[n++] = m->entry[i].level;
        }
    }
    tl_series_unit u = {.odd = -1};
    if (n > 0 && code == TL_OK) {
        tl_spectra_series_unit(level, n, &u);
        code = follow_names(m, level, n, &u, err);
    }
    if (n > 0 && code == TL_OK) {
        code = u.odd >= 0 || u.unit == TL_VALUES_UNKNOWN ? refuse_series(list, level, n, &u, err)
                                                         : report_series(list, n, &u, err);
    }
    for (ptrdiff_t i = 0; i < m->n && code == TL_OK; i++) {
        if (m->entry[i].open) {
            tl_spectra_to_reflectance(m->entry[i].value, m->p, u.unit);
        }
    }
    tl_release((void *)list);
    tl_release(level);
    return code;
}

/* --- repeats by their names --- */

/* Where the id of a file would end with that separator; 0 when what follows is no number. */
static size_t end_of_id(const char *id, const char *until) {
    const char *at = strstr(id, until);
    if (at == NULL || at == id) {
        return 0;
    }
    const char *number = at + strlen(until);
    number += *number == '(';
    const size_t digits = strspn(number, "0123456789");
    const char *behind = number + digits;
    behind += *behind == ')';
    return digits > 0 && digits < 6 && *behind == '\0' ? (size_t)(at - id) : 0;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The number of different ids that sorted names have with that separator; 0 when it does not fit. */
static ptrdiff_t count_ids(const char *const *id, ptrdiff_t n, const char *until) {
    ptrdiff_t ids = 0;
    size_t before = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const size_t end = end_of_id(id[i], until);
        if (end == 0) {
            return 0;
        }
        ids += i == 0 || end != before || strncmp(id[i], id[i - 1], end) != 0;
        before = end;
    }
    return ids;
}

void tl_importspectra_series_hint(const tl_import *m) {
    static const char *const separators[] = {"_",    "-",     " ",  ".",    "_0",    "_00",
                                             "_000", "_0000", "-0", "-00",  "-000",  "-0000",
                                             "_rep", "_r",    "_R", "-rep", "_scan", "_Rep"};
    const char *given = tl_job_text(m->job, "id_until");
    const char **id = tl_acquire(m->n, sizeof *id);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; id != NULL && i < m->n; i++) {
        if (m->entry[i].by_file) {
            id[n++] = m->entry[i].id;
        }
    }
    if (n >= 2 && (given == NULL || given[0] == '\0')) {
        qsort((void *)id, (size_t)n, sizeof *id, by_text);
        for (size_t k = 0; k < sizeof separators / sizeof separators[0]; k++) {
            const ptrdiff_t ids = count_ids(id, n, separators[k]);
            const size_t end = ids > 0 ? end_of_id(id[0], separators[k]) : 0;
            /* One id for all files is a sample only where it ends in a number; else the numbers are
             * those of the samples. */
            const int samples =
                ids > 1 || (ids == 1 && strchr("0123456789", id[0][end - 1]) != NULL);
            if (samples && 2 * ids <= n) {
                tl_job_log(
                    m->job, TL_WARNING,
                    "the names of the %td files ('%.60s', '%.60s', ...) look like repeats of "
                    "%td sample%s ('%.*s', ...), but each file is a sample of its own; with "
                    "id_until '%s' their repeats are averaged",
                    n, id[0], id[1], ids, ids == 1 ? "" : "s", (int)(end < 60 ? end : 60), id[0],
                    separators[k]);
                break;
            }
        }
    }
    tl_release((void *)id);
}

tl_code tl_importspectra_series_check_names(const tl_import *m, tl_err *err) {
    const char *until = tl_job_text(m->job, "id_until");
    const int averaged = tl_job_choice(m->job, "repeats") == 0;
    for (ptrdiff_t i = 1; i < m->n && averaged && (until == NULL || until[0] == '\0'); i++) {
        const tl_import_entry *a = &m->entry[i - 1];
        const tl_import_entry *b = &m->entry[i];
        if (a->leader != b->leader) {
            continue;
        }
        if (!a->by_file && a->file == b->file) {
            TL_TRY(tl_assume(err, TL_INFO,
                             "'%.200s' contains an id more than once (the first is '%.80s'), and "
                             "these spectra are averaged as repeats; give repeats keep if they are "
                             "different samples",
                             tl_base_name(b->file), b->id));
            while (i + 1 < m->n && m->entry[i + 1].file == b->file) {
                i++;
            }
        }
    }
    return TL_OK;
}

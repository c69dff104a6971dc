/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lab spectra of the samples of a study, in its bands; see study.h. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "training_set/response_table.h"
#include "training_set/study_work.h"

/* Mean of the lab spectra of each sample's id, at the lab wavelengths; NaN where there is none. */
static tl_code average_scans(const tl_study_work *w, tl_matrix *raw, tl_err *err) {
    const tl_spectra *table = &w->lab_table;
    TL_TRY(tl_matrix_init(raw, w->samples.n, table->p, err));
    for (ptrdiff_t i = 0; i < w->samples.n; i++) {
        double *mean = tl_matrix_row(raw, i);
        ptrdiff_t scans = 0;
        for (ptrdiff_t k = 0; k < table->n; k++) {
            if (strcmp(table->id[k], w->samples.id[i]) != 0) {
                continue;
            }
            for (ptrdiff_t j = 0; j < table->p; j++) {
                mean[j] += tl_matrix_row(&table->values, k)[j];
            }
            scans++;
        }
        for (ptrdiff_t j = 0; j < table->p; j++) {
            mean[j] = scans == 0 ? (double)NAN : mean[j] / (double)scans;
        }
    }
    return TL_OK;
}

/* The first few ids of a table. */
static void list_ids(char *const *id, ptrdiff_t n, tl_text *out) {
    enum { few = 3 };
    for (ptrdiff_t i = 0; i < n && i < few; i++) {
        tl_text_addf(out, "%s%.40s", i == 0 ? "" : ", ", id[i]);
    }
    tl_text_add(out, n > few ? ", ..." : "");
}

/* The next character of an id in lower case; spaces and zeros in front of a number are skipped.
 *
 * before  the previous character */
static int next_letter(const char **at, int before) {
    while (**at == ' ' || (**at == '0' && !isdigit(before) && isdigit((unsigned char)(*at)[1]))) {
        ++*at;
    }
    const int letter = tolower((unsigned char)**at);
    *at += letter != '\0';
    return letter;
}

/* 1 when both are equal apart from case, spaces, and zeros in front of numbers. */
static int nearly_same(const char *a, const char *b) {
    int x = ' ';
    int y = ' ';
    while (x == y && x != '\0') {
        x = next_letter(&a, x);
        y = next_letter(&b, y);
    }
    return x == y;
}

static int any_nearly_same(const tl_study_work *w) {
    for (ptrdiff_t k = 0; k < w->lab_table.n; k++) {
        for (ptrdiff_t i = 0; i < w->samples.n; i++) {
            if (nearly_same(w->lab_table.id[k], w->samples.id[i])) {
                return 1;
            }
        }
    }
    return 0;
}

/* There is no common id: the error shows some ids of both. */
static tl_code fail_unmatched(const tl_study_work *w, tl_err *err) {
    tl_text lab = {0};
    tl_text samples = {0};
    list_ids(w->lab_table.id, w->lab_table.n, &lab);
    list_ids(w->samples.id, w->samples.n, &samples);
    const char *field = tl_job_text(w->job, "id_field");
    const tl_code code = tl_fail(
        err, TL_DATA, "lab: no id of '%.200s' (%s) is one of the samples (%s); %s",
        tl_job_text(w->job, "lab"), tl_text_data(&lab), tl_text_data(&samples),
        field == NULL || field[0] == '\0' ? "give the field with the same ids as id_field"
        : any_nearly_same(w)
            ? "they differ only in case, spaces or leading zeros; write them in the same way"
            : "wanted the same ids in both");
    tl_text_free(&lab);
    tl_text_free(&samples);
    return code;
}

static tl_code check_unmatched(const tl_study_work *w, tl_err *err) {
    ptrdiff_t unmatched = 0;
    for (ptrdiff_t k = 0; k < w->lab_table.n; k++) {
        unmatched += tl_source_samples_find(&w->samples, w->lab_table.id[k]) < 0;
    }
    if (unmatched == w->lab_table.n) {
        return fail_unmatched(w, err);
    }
    if (unmatched > 0) {
        tl_job_log(w->job, TL_WARNING, "%td of %td lab spectra have no sample with their id",
                   unmatched, w->lab_table.n);
    }
    return TL_OK;
}

/* Converts the lab spectra to bands with the measured responses of the parameter response. */
static tl_code resample_by_table(tl_study_work *w, const tl_matrix *raw, tl_err *err) {
    tl_responses r;
    ptrdiff_t matched = 0;
    ptrdiff_t *column = tl_acquire(w->list.p, sizeof *column);
    if (column == NULL) {
        return tl_no_memory(err, "%td bands", w->list.p);
    }
    tl_code code = tl_training_set_read_responses(w->job, &r, err);
    if (code == TL_OK) {
        tl_spectra_responses_match(&r, w->list.centre_nm, w->list.fwhm_nm, w->list.p, column);
        for (ptrdiff_t j = 0; j < w->list.p; j++) {
            matched += column[j] >= 0;
        }
        tl_job_log(w->job, TL_INFO, "response: %td of %td bands have a measured response", matched,
                   w->list.p);
        code =
            matched > 0
                ? tl_spectra_resample_measured(w->lab_table.wavelength_nm, w->lab_table.p, raw, &r,
                                               column, w->list.p, &w->lab, w->lab_reaches, err)
                : tl_fail(err, TL_DATA,
                          "response: none of the %td responses (the first at %g nm) is within half "
                          "a bandwidth of a band; wanted wavelengths in nm in the first column and "
                          "one column per band of this sensor",
                          r.bands, r.centre_nm[0]);
        tl_spectra_responses_free(&r);
    }
    tl_release(column);
    return code;
}

tl_code tl_training_set_join_lab(tl_study_work *w, tl_err *err) {
    tl_matrix raw = {0};
    tl_code code = TL_OK;
    w->lab_reaches = tl_acquire(w->list.p, sizeof *w->lab_reaches);
    if (w->lab_reaches == NULL) {
        return tl_no_memory(err, "%td bands", w->list.p);
    }
    TL_CHECK(average_scans(w, &raw, err));
    TL_CHECK(w->request->accepts_response && tl_job_given(w->job, "response")
                 ? resample_by_table(w, &raw, err)
                 : tl_spectra_resample(w->lab_table.wavelength_nm, w->lab_table.p, &raw,
                                       w->list.centre_nm, w->list.fwhm_nm, w->list.p,
                                       w->request->response, &w->lab, w->lab_reaches, err));
    code = check_unmatched(w, err);
done:
    tl_matrix_free(&raw);
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lab spectra of the samples of a study, in its bands; see study.h. */
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

static void log_unmatched(const tl_study_work *w) {
    ptrdiff_t unmatched = 0;
    for (ptrdiff_t k = 0; k < w->lab_table.n; k++) {
        unmatched += tl_source_samples_find(&w->samples, w->lab_table.id[k]) < 0;
    }
    if (unmatched > 0) {
        tl_job_log(w->job, TL_WARNING, "%td of %td lab spectra have no sample with their id",
                   unmatched, w->lab_table.n);
    }
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
    log_unmatched(w);
done:
    tl_matrix_free(&raw);
    return code;
}

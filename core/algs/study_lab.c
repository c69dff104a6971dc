/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lab spectra of the samples of a study, in its bands; see study.h. */
#include <math.h>
#include <string.h>

#include "algs/study_work.h"
#include "base/alloc.h"

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

static void say_unmatched(const tl_study_work *w) {
    ptrdiff_t unmatched = 0;
    for (ptrdiff_t k = 0; k < w->lab_table.n; k++) {
        int found = 0;
        for (ptrdiff_t i = 0; i < w->samples.n && !found; i++) {
            found = strcmp(w->lab_table.id[k], w->samples.id[i]) == 0;
        }
        unmatched += !found;
    }
    if (unmatched > 0) {
        tl_job_say(w->job, TL_WARNING, "%td of %td lab spectra belong to no sample", unmatched,
                   w->lab_table.n);
    }
}

tl_code tl_study_join_lab(tl_study_work *w, tl_err *err) {
    tl_matrix raw = {0};
    tl_code code = TL_OK;
    w->lab_reaches = tl_acquire(w->list.p, sizeof *w->lab_reaches);
    if (w->lab_reaches == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td bands", w->list.p);
    }
    TL_CHECK(average_scans(w, &raw, err));
    TL_CHECK(tl_spectra_resample(w->lab_table.wavelength_nm, w->lab_table.p, &raw,
                                 w->list.centre_nm, w->list.fwhm_nm, w->list.p,
                                 w->request->response, &w->lab, w->lab_reaches, err));
    say_unmatched(w);
done:
    tl_matrix_free(&raw);
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which bands a study uses; see study.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "json/json.h"
#include "spectra/badbands.h"
#include "spectra/match.h"
#include "training_set/study_work.h"

/* The bands of the source that are nearest to the requested ones, with the requested centres. */
static tl_code match_bands(tl_study_work *w, tl_err *err) {
    const tl_study_request *r = w->request;
    tl_band_list *list = &w->list;
    TL_TRY(tl_recipes_band_list_init(list, r->p, err));
    const tl_code code =
        tl_spectra_match(r->centre_nm, r->fwhm_nm, r->p, &w->bands, 0.0, list->index, err);
    if (code != TL_OK) {
        return tl_fail_in(err, code, w->source);
    }
    list->p = r->p;
    for (ptrdiff_t j = 0; j < r->p; j++) {
        list->number[j] = w->bands.band[list->index[j]].index;
        list->centre_nm[j] = r->centre_nm[j];
        list->fwhm_nm[j] = r->fwhm_nm[j];
    }
    return TL_OK;
}

/* There is no air between a lab spectrometer and the soil, and the ranges of lab spectrometers differ,
 * from visible to mid-infrared. */
static const tl_band_rules no_rules = {.lowest_nm = 400.0, .highest_nm = 1e9};

tl_code tl_training_set_select_bands(tl_study_work *w, tl_err *err) {
    if (w->request->p > 0) {
        return match_bands(w, err);
    }
    const int is_lab = strcmp(w->source, "lab") == 0 || w->request->keep_water;
    const tl_band_rules rules = is_lab ? no_rules : tl_spectra_default_rules();
    if (tl_spectra_flag_bands(&w->bands, &rules) == 0) {
        return tl_fail(err, TL_DATA,
                       "parameter '%s': none of the %td bands of '%s' can be used (the first one: "
                       "%s)%s",
                       w->source, w->bands.n, tl_job_text(w->job, w->source),
                       w->bands.band[0].reason,
                       strcmp(w->source, "scene") == 0
                           ? "; wavelengths are read from the ENVI header or the band metadata, "
                             "and sceneinfo shows what was found"
                           : "");
    }
    return tl_recipes_band_list_select(&w->list, &w->bands, 0, err);
}

/* --- bands that lab or scene do not have --- */

/* 1 when more than half of the samples that can have a scene spectrum have no value in band j. */
static int mostly_empty(const tl_study_work *w, ptrdiff_t j) {
    ptrdiff_t able = 0;
    ptrdiff_t empty = 0;
    for (ptrdiff_t i = 0; w->scene.data != NULL && i < w->samples.n; i++) {
        if (w->reason[i] == NULL) {
            able++;
            empty += !isfinite(tl_matrix_row(&w->scene, i)[j]);
        }
    }
    return 2 * empty > able;
}

/* Marks a band of the list as not good. */
static void reject(tl_study_work *w, ptrdiff_t j, const char *reason) {
    tl_band *band = &w->bands.band[w->list.index[j]];
    band->good = 0;
    (void)snprintf(band->reason, sizeof band->reason, "%s", reason);
}

/* The positions in the list that the lab spectra cover; returns their number. */
static ptrdiff_t keep_reached(tl_study_work *w, ptrdiff_t *kept) {
    ptrdiff_t n = 0;
    for (ptrdiff_t j = 0; j < w->list.p; j++) {
        if (w->lab_reaches == NULL || w->lab_reaches[j]) {
            kept[n++] = j;
        } else {
            reject(w, j, "outside the lab spectra");
        }
    }
    return n;
}

/* A band without a value at more than half of the samples would exclude all of these, so the band is
 * left out instead. When all bands are so, the samples are at fault and no band is left out. Returns
 * how many of the n positions are kept. */
static ptrdiff_t keep_filled(tl_study_work *w, ptrdiff_t *kept, ptrdiff_t n) {
    ptrdiff_t filled = 0;
    for (ptrdiff_t k = 0; k < n; k++) {
        filled += !mostly_empty(w, kept[k]);
    }
    if (filled == 0 || filled == n) {
        return n;
    }
    filled = 0;
    for (ptrdiff_t k = 0; k < n; k++) {
        if (mostly_empty(w, kept[k])) {
            reject(w, kept[k], "no data at most samples");
        } else {
            kept[filled++] = kept[k];
        }
    }
    return filled;
}

static tl_code list_rejected(const tl_study_work *w, json_t *list, tl_err *err) {
    ptrdiff_t *order = tl_acquire(w->bands.n, sizeof *order);
    int failed = order == NULL;
    if (order != NULL) {
        tl_bands_order(&w->bands, order);
    }
    for (ptrdiff_t i = 0; !failed && i < w->bands.n; i++) {
        const tl_band *band = &w->bands.band[order[i]];
        if (!band->good) {
            json_t *nm = tl_job_json_number(band->centre_nm);
            failed = !tl_json_append(list, tl_json_pack("{s:o, s:o}", "wavelength_nm", nm, "reason",
                                                        tl_json_text(band->reason)));
        }
    }
    tl_release(order);
    return failed ? tl_no_memory(err, "%td bands", w->bands.n) : TL_OK;
}

tl_code tl_training_set_settle_bands(tl_study_work *w, json_t *excluded_bands, tl_err *err) {
    const int requested = w->request->p > 0;
    const ptrdiff_t before = w->list.p;
    ptrdiff_t *kept = tl_acquire(before, sizeof *kept);
    if (kept == NULL) {
        return tl_no_memory(err, "%td bands", before);
    }
    ptrdiff_t n = keep_reached(w, kept);
    tl_code code = TL_OK;
    if (n == 0 || (requested && n < before)) {
        code =
            tl_fail(err, TL_DATA,
                    "lab: the lab spectra cover %.0f-%.0f nm, which is only %td of the %td bands "
                    "that are needed",
                    w->lab_table.wavelength_nm[0], w->lab_table.wavelength_nm[w->lab_table.p - 1],
                    n, before);
        goto done;
    }
    if (!requested) {
        n = keep_filled(w, kept, n);
        TL_CHECK(list_rejected(w, excluded_bands, err));
    }
    tl_recipes_band_list_keep(&w->list, kept, n);
    tl_matrix_keep_columns(&w->scene, kept, n);
    tl_matrix_keep_columns(&w->lab, kept, n);
    tl_job_log(w->job, TL_INFO, "%td of %td bands are used, %.1f to %.1f nm", n, w->bands.n,
               w->list.centre_nm[0], w->list.centre_nm[n - 1]);
done:
    tl_release(kept);
    return code;
}

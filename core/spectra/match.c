/* SPDX-License-Identifier: GPL-2.0-or-later
 * Wavelength matching; see match.h. */
#include "spectra/match.h"

#include <math.h>

#include "base/text.h"

/* Position of the band with the nearest centre among the good (or the bad) ones, or -1. */
static ptrdiff_t nearest(const tl_bands *scene, double nm, int good, double *distance_nm) {
    ptrdiff_t best = -1;
    *distance_nm = (double)INFINITY;
    for (ptrdiff_t i = 0; i < scene->n; i++) {
        const tl_band *band = &scene->band[i];
        const double d = fabs(band->centre_nm - nm);
        if ((band->good != 0) == good && d < *distance_nm) {
            *distance_nm = d;
            best = i;
        }
    }
    return best;
}

static double tolerance_of(const double *model_nm, const double *fwhm_nm, ptrdiff_t n, ptrdiff_t j,
                           double asked_nm) {
    if (asked_nm > 0.0) {
        return asked_nm;
    }
    if (fwhm_nm != NULL && fwhm_nm[j] > 0.0) {
        return 0.5 * fwhm_nm[j];
    }
    double spacing = (double)INFINITY;
    for (ptrdiff_t i = 0; i < n; i++) {
        spacing = i == j ? spacing : fmin(spacing, fabs(model_nm[i] - model_nm[j]));
    }
    return isfinite(spacing) ? 0.5 * spacing : 1.0;
}

tl_code tl_spectra_match(const double *model_nm, const double *model_fwhm_nm, ptrdiff_t n,
                         const tl_bands *scene, double tolerance_nm, ptrdiff_t *index,
                         tl_err *err) {
    enum { named_at_most = 5 };
    tl_text names = {0};
    ptrdiff_t missing = 0;
    ptrdiff_t flagged = 0;
    for (ptrdiff_t j = 0; j < n; j++) {
        /* Half a picometre of tolerance, so that a distance of exactly the tolerance passes
         * whatever the decimal digits of the file. */
        const double limit = tolerance_of(model_nm, model_fwhm_nm, n, j, tolerance_nm) + 5e-4;
        double distance = 0.0;
        index[j] = nearest(scene, model_nm[j], 1, &distance);
        if (index[j] >= 0 && distance <= limit) {
            continue;
        }
        if (missing++ < named_at_most) {
            tl_text_addf(&names, "%s%.2f", missing > 1 ? ", " : "", model_nm[j]);
        }
        flagged += nearest(scene, model_nm[j], 0, &distance) >= 0 && distance <= limit;
    }
    if (missing == 0) {
        return TL_OK;
    }
    tl_text bad = {0};
    if (flagged > 0) {
        tl_text_addf(&bad, "; %td of them exist but are flagged bad", flagged);
    }
    const tl_code code =
        tl_fail(err, TL_DATA,
                "the scene lacks %td of the %td bands that the model uses (%s%s nm%s); use a scene "
                "of the same sensor, or train the model again on the bands of this one",
                missing, n, tl_text_data(&names), missing > named_at_most ? ", ..." : "",
                tl_text_data(&bad));
    tl_text_free(&names);
    tl_text_free(&bad);
    return code;
}

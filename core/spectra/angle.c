/* SPDX-License-Identifier: GPL-2.0-or-later
 * The spectral angle; see angle.h. */
#include "spectra/angle.h"

#include <math.h>

double tl_spectra_angle(const double *a, const double *b, ptrdiff_t p) {
    double aa = 0.0;
    double bb = 0.0;
    for (ptrdiff_t j = 0; j < p; j++) {
        if (isfinite(a[j]) && isfinite(b[j])) {
            aa += a[j] * a[j];
            bb += b[j] * b[j];
        }
    }
    if (!(aa > 0.0) || !(bb > 0.0)) {
        return (double)NAN;
    }
    const double na = sqrt(aa);
    const double nb = sqrt(bb);
    double apart = 0.0;
    double together = 0.0;
    for (ptrdiff_t j = 0; j < p; j++) {
        if (isfinite(a[j]) && isfinite(b[j])) {
            const double u = a[j] / na;
            const double v = b[j] / nb;
            apart += (u - v) * (u - v);
            together += (u + v) * (u + v);
        }
    }
    return 2.0 * atan2(sqrt(apart), sqrt(together));
}

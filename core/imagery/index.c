/* SPDX-License-Identifier: GPL-2.0-or-later
 * Indices of two reflectances; see index.h. */
#include "imagery/index.h"

#include <math.h>

double tl_imagery_normalised_difference(double a, double b) {
    const double sum = a + b;
    return sum > 0.0 ? (a - b) / sum : (double)NAN;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The unit of the values of spectra: reflectance from 0 to 1, percent or times 10000, absorbance. It
 * is decided for a whole series, because a dark soil in percent looks like a bright one in absorbance
 * when it is seen alone. */
#ifndef TL_SPECTRA_UNITS_H
#define TL_SPECTRA_UNITS_H

#include <stddef.h>

#include "base/status.h"
#include "base/value_unit.h"

/* What the decision needs of one spectrum. */
typedef struct tl_spectrum_level {
    double median; /* NaN when no value is finite */
    double high;   /* 98th percentile */
    double rise;   /* mean from 700 to 800 nm divided by that from 450 to 550 nm; NaN = unknown */
} tl_spectrum_level;

/* The level of a spectrum.
 *
 * value, nm  [p] NaN = missing
 * fails      TL_NOMEM
 * cost       O(p log p) */
tl_code tl_spectra_level(const double *value, const double *nm, ptrdiff_t p,
                         tl_spectrum_level *level, tl_err *err);

/* The decision about a series. */
typedef struct tl_series_unit {
    tl_value_unit unit; /* unknown when the values fit none */
    /* 1: reflectance from 0 to 1 and absorbance are both possible, and the spectra fall as absorbance
     * does, or nothing shows it */
    int doubtful;
    double median; /* the largest median of a spectrum */
    ptrdiff_t median_at;
    ptrdiff_t odd; /* a spectrum that cannot have the unit of the others; -1 = none */
} tl_series_unit;

/* Decides the unit of a series. Reflectance of soils is from 0.01 to 1.15 and rises from blue to the
 * near infrared; absorbance falls. So the largest median decides: from 0 to 1.15 reflectance (in doubt
 * absorbance where most spectra fall), up to 150 percent, or absorbance where they fall and no median
 * is above 3.5, up to 12000 times 10000. Spectra that would reflect less than 1 % everywhere
 * contradict percent and times 10000 when they are far below all others.
 *
 * level  [n] */
void tl_spectra_series_unit(const tl_spectrum_level *level, ptrdiff_t n, tl_series_unit *out);

/* 1 when a spectrum cannot have that unit: reflectance mostly above 1.5, or below 0.6 %. */
int tl_spectra_contradicts(const tl_spectrum_level *level, tl_value_unit unit);

/* The divisor that turns values into reflectance from 0 to 1; 1 for absorbance and unknown. */
double tl_spectra_divisor(tl_value_unit unit);

/* Words for a unit in messages. */
const char *tl_spectra_unit_words(tl_value_unit unit);

/* Values in that unit to reflectance from 0 to 1, in place; NaN stays.
 *
 * value  [n] */
void tl_spectra_to_reflectance(double *value, ptrdiff_t n, tl_value_unit unit);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the values of spectra are: every reader and every tool uses these words. */
#ifndef TL_BASE_VALUE_UNIT_H
#define TL_BASE_VALUE_UNIT_H

typedef enum tl_value_unit {
    TL_VALUES_UNKNOWN = 0,
    TL_VALUES_FRACTION,  /* reflectance from 0 to 1 */
    TL_VALUES_PERCENT,   /* reflectance from 0 to 100 */
    TL_VALUES_PER_10000, /* reflectance times 10000 */
    TL_VALUES_ABSORBANCE /* log10(1 / reflectance) */
} tl_value_unit;

#endif

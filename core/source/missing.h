/* SPDX-License-Identifier: GPL-2.0-or-later
 * Codes that tables use for values that are missing: -9999, -1.23e34, #N/A, n.d. and their like.
 *
 * A text is a code by itself. A number is one only when it is implausible in its column: the rule looks
 * at all values of the column that are none of the usual codes, and so a code never changes what
 * becomes of another value. What is removed is logged as an assumption, with the sample. */
#ifndef TL_SOURCE_MISSING_H
#define TL_SOURCE_MISSING_H

#include <stddef.h>

#include "base/status.h"

/* The codes of one run. They belong to the thread that began them, so that a reader deep below needs
 * no further argument; without them the usual codes are recognised. */
typedef struct tl_missing_codes {
    const char *list; /* borrowed: "auto", "none" or codes separated by commas */
    struct tl_missing_codes *outer;
} tl_missing_codes;

/* From now on this thread uses that list.
 *
 * codes  uninitialised; must stay where it is until tl_source_missing_end
 * list   "auto": the usual codes where they are implausible; "none": texts only; else codes separated
 *        by commas, which are missing wherever they occur, next to the usual texts. NULL = "auto" */
void tl_source_missing_begin(tl_missing_codes *codes, const char *list);
void tl_source_missing_end(tl_missing_codes *codes);

/* 1 when the text stands for a value that is missing: empty, NA, NaN, #N/A, n.d., bdl, -, and their
 * like in any case, or a code of the run's list that is no number. Texts such as "<0.5", which know a
 * detection limit, are none. */
int tl_source_missing_text(const char *text);

/* Where values come from, for the log. */
typedef struct tl_missing_place {
    const char *what;        /* "samples 'soil.csv'" */
    const char *column;      /* name of the column; NULL for a table of spectra */
    char *const *id;         /* [n] of the rows; NULL: they are numbered */
    const double *centre_nm; /* [p] of the columns of spectra; NULL for one column */
    int only_certain;        /* 1: no warning of values that are kept, for coordinates */
} tl_missing_place;

/* Replaces codes by NaN. All n * p values are judged together, as one column.
 *
 * Always missing are values beyond 1e30 in size. The usual codes are numbers of one digit of 7, 8 and 9
 * (-99, -9999, -888.88, 9999), -999.25, -1, -9 and the ends of whole numbers in 16 and 32 bits. One
 * below zero is missing when the other
 * values are never negative, or when it is three times their range below them; one above zero when it
 * is ten times their range above them. A code that is outside the other values, but less far, is
 * kept with a warning.
 *
 * value    [n, p]; NaN = missing
 * removed  out: how many became NaN; may be NULL
 * fails    TL_DATA a strict run refuses codes
 * cost     O(n p) */
tl_code tl_source_missing_remove(double *value, ptrdiff_t n, ptrdiff_t p,
                                 const tl_missing_place *place, ptrdiff_t *removed, tl_err *err);

#endif

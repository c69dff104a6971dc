/* SPDX-License-Identifier: GPL-2.0-or-later
 * How tables of measurements write what is not a plain number: values below a detection limit, and
 * names of columns with their unit. */
#ifndef TL_SOURCE_MEASURED_H
#define TL_SOURCE_MEASURED_H

#include <stddef.h>

/* Reads "<0.5" (white space allowed between and around).
 *
 * limit   out: the number behind "<", above 0
 * returns 1 on success; 0 and limit untouched for anything else */
int tl_source_measured_below(const char *text, double *limit);

/* Splits a column name such as "SOM (g/kg)", "SOM [g/kg]", "SOM, g/kg" or "SOM mg kg-1" into property
 * and unit; full-width brackets are fine.
 *
 * name    brackets at its end, or a unit behind a comma or blank, with something in front of them
 * length  out: bytes of the property without the white space behind it; all of the name when it has
 *         no unit
 * unit    [capacity] out: the text in the brackets, trimmed, cut to the capacity; "" without
 * returns 1 when there is a unit */
int tl_source_measured_unit(const char *name, size_t *length, char *unit, size_t capacity);

/* 1 when both names are equal apart from ASCII case, without their units. */
int tl_source_measured_same(const char *a, const char *b);

#endif

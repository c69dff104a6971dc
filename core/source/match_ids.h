/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ids of two tables that differ only in their writing: a spreadsheet removes leading zeros and turns
 * whole numbers into 12.0, and people write either case, blanks and prefixes. */
#ifndef TL_SOURCE_MATCH_IDS_H
#define TL_SOURCE_MATCH_IDS_H

#include <stddef.h>

#include "base/status.h"

/* Rewrites ids as the other table writes them, where one id of either side differs from exactly one of
 * the other only in case, blanks, separators, full-width letters, zeros in front of numbers, ".0"
 * behind them, or, when that joins most of them, in letters that all ids of one side begin or end with
 * and those of the other do not. Ids that are equal as they stand are never touched. What was
 * rewritten is recorded as an assumption.
 *
 * id    [n] owned texts
 * what  names their table in messages, for example "spectra 'a.csv'"
 * like  [m]
 * of    names the other table, for example "the samples 'b.csv'"
 * exact 1: nothing is rewritten, because the ids of one side are mere row numbers
 * hint  what the user can do when no id is found, for example "give id_field"; part of the sentence
 * fails TL_DATA no id of one side is one of the other; the sentence shows ids of both. TL_NOMEM
 * cost  O((n + m) log (n + m)) */
tl_code tl_source_match_ids(char **id, ptrdiff_t n, const char *what, char *const *like,
                            ptrdiff_t m, const char *of, int exact, const char *hint, tl_err *err);

#endif

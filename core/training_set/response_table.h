/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parameter response: a table of measured spectral responses. */
#ifndef TL_TRAINING_SET_RESPONSE_TABLE_H
#define TL_TRAINING_SET_RESPONSE_TABLE_H

#include "job/algorithm.h"
#include "source/text_table.h"
#include "spectra/responses.h"

/* Reads the CSV table of the parameter response: a column of wavelengths in nm, then one column per
 * band. Names and order of the bands do not matter, because they are matched by their centroids.
 *
 * r      uninitialised; empty on failure
 * fails  TL_FORMAT no such table, or a cell that is not a number; TL_DATA as tl_spectra_responses_settle; TL_IO */
tl_code tl_training_set_read_responses(tl_job *job, tl_responses *r, tl_err *err);

/* The same from a table that has been read.
 *
 * what   names the table in messages
 * r      uninitialised; empty on failure
 * fails  as above */
tl_code tl_training_set_responses_of_table(const tl_text_table *csv, const char *what,
                                           tl_responses *r, tl_err *err);

#endif

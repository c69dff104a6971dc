/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions that field spectrometers store with their spectra, as a table of samples. */
#ifndef TL_TOOLS_SAMPLES_IMPORTSPECTRA_POSITIONS_H
#define TL_TOOLS_SAMPLES_IMPORTSPECTRA_POSITIONS_H

#include "tools/samples/importspectra_series.h"

/* Writes the output positions: a row for each id with a position, the mean of its spectra. Without
 * that output it logs that there are positions.
 *
 * m      spectra of one id follow each other
 * fails  TL_DATA no file has a position; TL_IO; TL_NOMEM */
tl_code tl_importspectra_positions_write(tl_import *m, tl_err *err);

#endif

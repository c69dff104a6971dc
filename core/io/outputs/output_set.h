/* SPDX-License-Identifier: GPL-2.0-or-later
 * The outputs of one run, written under temporary names and put into place as one set. Contracts:
 * source/store.h. */
#ifndef TL_IO_OUTPUTS_OUTPUT_SET_H
#define TL_IO_OUTPUTS_OUTPUT_SET_H

#include <stddef.h>

#include "base/status.h"
#include "source/outputs.h"

tl_code tl_io_outputs_open(tl_outputs **outputs, tl_err *err);
tl_code tl_io_outputs_add(tl_outputs *outputs, const tl_target *target, const char **temporary,
                          tl_err *err);
tl_code tl_io_outputs_finish(tl_outputs *outputs, tl_err *err);
tl_code tl_io_outputs_commit(tl_outputs *outputs, tl_err *err);
const char *tl_io_outputs_name(const tl_outputs *outputs, const char *temporary);
void tl_io_outputs_close(tl_outputs *outputs);
void tl_io_outputs_abandon(tl_outputs *outputs);

#endif

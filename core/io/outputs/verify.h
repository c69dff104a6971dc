/* SPDX-License-Identifier: GPL-2.0-or-later
 * Looks at finished files again, because drivers do not notice every write that failed. */
#ifndef TL_IO_OUTPUTS_VERIFY_H
#define TL_IO_OUTPUTS_VERIFY_H

#include "base/status.h"

/* Finds files that were cut off: sidecars whose text ends too early, and empty files.
 *
 * name   the output as the user named it, for messages
 * fails  TL_IO */
tl_code tl_io_outputs_verify(const char *path, const char *name, const char *parameter,
                             tl_err *err);

#endif

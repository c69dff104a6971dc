/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of outputs: what they mean, and whether they can be written at all. */
#ifndef TL_IO_OUTPUTS_OUTPUT_TARGET_H
#define TL_IO_OUTPUTS_OUTPUT_TARGET_H

#include "base/status.h"
#include "source/outputs.h"

enum { TL_TARGET_PATH = 4096, TL_TARGET_LAYER = 256 };

/* A name of an output, taken apart. */
typedef struct tl_target_parts {
    char file[TL_TARGET_PATH];   /* without |layername= */
    char real[TL_TARGET_PATH];   /* the file behind symbolic links */
    char folder[TL_TARGET_PATH]; /* of real, ending in '/'; "" = the current one */
    char layer[TL_TARGET_LAYER]; /* of a container; "" for other files */
    int layer_named;             /* 1: the name of the output contains the layer */
} tl_target_parts;

/* Takes a name apart.
 *
 * fails  TL_ARG something other than |layername= follows the name; a layer in a file that is no
 *        container; too long; a chain of links that never ends */
tl_code tl_io_outputs_split_target(const tl_target *target, tl_target_parts *parts, tl_err *err);

tl_code tl_io_outputs_check_target(const tl_target *target, tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files that collect the members of a data set share. */
#ifndef TL_IO_OUTPUTS_MEMBERS_H
#define TL_IO_OUTPUTS_MEMBERS_H

#include "io/outputs/identity.h"

/* Adds a file or folder that exists, and its sidecars.
 *
 * returns 1: added; 0: it does not exist, or the set has it already */
int tl_io_outputs_add_existing(tl_file_set *set, const char *path);

#endif

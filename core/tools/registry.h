/* SPDX-License-Identifier: GPL-2.0-or-later
 * The table of all tools, in the order of tools/algs.def, which is the order of the work. */
#ifndef TL_TOOLS_REGISTRY_H
#define TL_TOOLS_REGISTRY_H

#include "job/algorithm.h"

/* The number of tools, and the tool at a position in [0, count). */
ptrdiff_t tl_tools_count(void);
const tl_algorithm *tl_tools_at(ptrdiff_t i);

/* The tool of that id; NULL when there is none. */
const tl_algorithm *tl_tools_find(const char *id);

/* The descriptions of all tools with the version of tilth.
 *
 * returns  a new value, to be released with json_decref; NULL when memory is out */
json_t *tl_tools_describe(void);

#endif

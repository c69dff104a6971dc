/* SPDX-License-Identifier: GPL-2.0-or-later
 * Property models in memory, shared by all threads of the program that loaded the plugin. */
#ifndef TILTH_PLUGIN_MODEL_CACHE_H
#define TILTH_PLUGIN_MODEL_CACHE_H

#include "base/status.h"
#include "pipeline/property_model.h"

/* The model in a file, read on the first call and again when its time, size or inode changes. It
 * never changes while it is held, and many threads may hold it.
 *
 * model  out: to be given back with model_cache_give
 * fails  TL_IO the file cannot be read; TL_FORMAT it is not a property model; TL_NOMEM */
tl_code model_cache_take(const char *path, const tl_property_model **model, tl_err *err);

/* Gives back a model; it stays in memory for the next call. */
void model_cache_give(const tl_property_model *model);

#endif

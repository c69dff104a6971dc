/* SPDX-License-Identifier: GPL-2.0-or-later
 * Models in memory, shared by all threads of the program that loaded the plugin. */
#ifndef TILTH_PLUGIN_MODEL_CACHE_H
#define TILTH_PLUGIN_MODEL_CACHE_H

#include <stdint.h>

#include "base/status.h"
#include "fusion/fusion_model.h"
#include "fusion/generator.h"
#include "pipeline/property_model.h"

/* A fusion model ready for pixels. */
typedef struct fuse_model {
    tl_fusion_model model;
    tl_generator generator;
} fuse_model;

/* The model in a file, read on the first call and again when its time, size or inode changes. It
 * never changes while it is held, and many threads may hold it.
 *
 * model   out: to be given back with model_cache_give
 * serial  out: of this reading of the file; never used again
 * fails   TL_IO the file cannot be read; TL_FORMAT it is a model of another kind; TL_NOMEM */
tl_code model_cache_take(const char *path, const tl_property_model **model, uint64_t *serial,
                         tl_err *err);
tl_code model_cache_take_fusion(const char *path, const fuse_model **model, uint64_t *serial,
                                tl_err *err);

/* Gives back a model of either kind; it stays in memory for the next call. */
void model_cache_give(const void *model);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Models in memory, shared by all threads of the program that loaded the plugin. */
#ifndef TL_GDAL_MODEL_CACHE_H
#define TL_GDAL_MODEL_CACHE_H

#include <stdint.h>

#include "base/status.h"
#include "fusion/fusion_model.h"
#include "fusion/generator.h"
#include "pipeline/property_model.h"

/* A fusion model that is ready to compute pixels. */
typedef struct tl_gdal_fusion_model {
    tl_fusion_model model;
    tl_generator generator;
} tl_gdal_fusion_model;

/* The model in a file, read on the first call and again when its time, size or inode changes. It
 * never changes while it is held, and many threads may hold it.
 *
 * model   out: to be returned with tl_gdal_model_cache_return
 * serial  out: the number of this reading of the file; never repeated
 * fails   TL_IO the file cannot be read; TL_FORMAT it is a model of another kind; TL_NOMEM */
tl_code tl_gdal_model_cache_borrow(const char *path, const tl_property_model **model,
                                   uint64_t *serial, tl_err *err);
tl_code tl_gdal_model_cache_borrow_fusion(const char *path, const tl_gdal_fusion_model **model,
                                          uint64_t *serial, tl_err *err);

/* Returns a model of either kind to the cache; it stays in memory for the next call. */
void tl_gdal_model_cache_return(const void *model);

#endif

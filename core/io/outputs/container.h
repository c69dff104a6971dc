/* SPDX-License-Identifier: GPL-2.0-or-later
 * GeoPackages that exist: a run adds or replaces its own layers and leaves the rest alone. */
#ifndef TL_IO_OUTPUTS_CONTAINER_H
#define TL_IO_OUTPUTS_CONTAINER_H

#include <stddef.h>

#include "base/status.h"
#include "io/outputs/output_target.h"

/* A layer that is complete in a file of its own. */
typedef struct tl_new_layer {
    const char *file; /* GeoPackage with that layer only */
    const char *name;
    const char *parameter;
} tl_new_layer;

/* 1 when a file that exists is a database to which layers can be added. */
int tl_io_outputs_is_container(const char *path);

/* Refuses a layer whose name belongs to something else in an existing container: a table, a raster,
 * or a layer that tilth did not make when the user has not named the layer. Nothing is refused when
 * the whole file will be replaced.
 *
 * fails  TL_ARG; TL_IO the container cannot be opened */
tl_code tl_io_outputs_check_layer(const tl_target *target, const tl_target_parts *parts,
                                  tl_err *err);

/* The layer that a data set name stands for: that after |layername=, else the first of the file.
 *
 * layer    at least TL_TARGET_LAYER bytes
 * returns  0: unknown, any layer may be meant */
int tl_io_outputs_layer_of(const char *name, char *layer);

/* Adds layers to a container, in one transaction of the database; layers of the same names are
 * replaced.
 *
 * layer  [n]
 * fails  TL_IO, with the container as before */
tl_code tl_io_outputs_add_layers(const char *path, const tl_new_layer *layer, ptrdiff_t n,
                                 tl_err *err);

/* 1 when a container has vector layers besides that one; 0 when it cannot be opened. */
int tl_io_outputs_has_other_layers(const char *path, const char *layer);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files of a run as a job names them to the store. */
#ifndef TL_SOURCE_OUTPUTS_H
#define TL_SOURCE_OUTPUTS_H

/* The outputs that a run is writing. */
typedef struct tl_outputs tl_outputs;

/* A file that a run is asked to write. */
typedef struct tl_target {
    const char *path; /* the name of a GeoPackage may be followed by |layername=NAME */
    const char *parameter;
    const char *extensions; /* those that the name may have, comma-separated, without dots */
    const char *layer;      /* of vector outputs: the name of the layer when path has none */
    int overwrite;          /* 1: an existing GeoPackage is replaced as a whole */
} tl_target;

/* A file that a run reads or writes. */
typedef struct tl_file_use {
    const char *path; /* of inputs, any name of a data set that GDAL opens */
    const char *parameter;
    int is_product;          /* of inputs, 1: a folder named here is read as a whole */
    int is_raster;           /* of inputs, 1: no layer of a GeoPackage is read */
    const tl_target *target; /* NULL: an input */
} tl_file_use;

#endif

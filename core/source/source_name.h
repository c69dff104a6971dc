/* SPDX-License-Identifier: GPL-2.0-or-later
 * The one parser of data set strings: what a user, QGIS or another program writes to name a file, a
 * layer in it, and a filter.
 *
 *     path|layername=NAME|layerid=N|subset=CONDITION|geometrytype=Point|option:KEY=VALUE
 *     /vsizip/a.zip/b.tif, /vsicurl/https://host/b.tif      GDAL's file systems
 *     NETCDF:"f.nc":v, GPKG:f.gpkg:t, PG:dbname=d, https://host/b.tif
 *     dbname='f.sqlite' table="t" (geom) sql=CONDITION      databases as QGIS writes them
 *     <VRTDataset ...>, {"type": "FeatureCollection" ...}    the data themselves */
#ifndef TL_SOURCE_SOURCE_NAME_H
#define TL_SOURCE_SOURCE_NAME_H

#include <stddef.h>

#include "base/status.h"

typedef enum tl_source_kind {
    TL_SOURCE_FILE,       /* a file or folder on a disk */
    TL_SOURCE_VIRTUAL,    /* a path of one of GDAL's file systems: /vsizip/..., /vsicurl/... */
    TL_SOURCE_CONNECTION, /* a name with the prefix of a driver, a database, an address */
    TL_SOURCE_DOCUMENT    /* a document with the data themselves */
} tl_source_kind;

/* Texts are owned. Start from a zeroed struct. */
typedef struct tl_source_name {
    tl_source_kind kind;
    char *data;          /* what is opened */
    char *file;          /* the file that data is or that is named in it; NULL = there is none */
    char *shown;         /* data for messages and records: without passwords */
    char *layer;         /* NULL = not named */
    ptrdiff_t layer_id;  /* position of the layer, from 0; -1 = not given */
    char *subset;        /* condition, or a whole SELECT; NULL = none */
    char *geometry_type; /* "Point", "MultiPolygon", ...; NULL = any */
    char **option;       /* [n_options] "KEY=VALUE" */
    ptrdiff_t n_options;
} tl_source_name;

/* Divides a data set string into its parts. No file is looked at.
 *
 * parameter  names the tool's parameter in error sentences
 * name       uninitialised; empty on failure
 * fails      TL_ARG the string is empty, a part of it is not known or has no meaning outside QGIS;
 *            TL_NOMEM */
tl_code tl_source_name_parse(const char *text, const char *parameter, tl_source_name *name,
                             tl_err *err);

/* As tl_source_name_parse, for a text that names an existing file as a whole although it contains
 * "|" or ":". */
tl_code tl_source_name_of_file(const char *path, tl_source_name *name, tl_err *err);

/* A short name of a data set for records and tables: the name of the file without its folders, with
 * the parts behind it, and without passwords.
 *
 * returns  owned; NULL when memory is out */
char *tl_source_name_label(const char *text);

/* Frees; zeroed and already freed owners are fine. */
void tl_source_name_free(tl_source_name *name);

/* Refuses parts that a reader of whole files would pass over: a filter, a geometry type, options,
 * and a layer with another name than the file.
 *
 * fails  TL_ARG the sentence names the part */
tl_code tl_source_name_check_plain(const tl_source_name *name, const char *parameter, tl_err *err);

#endif

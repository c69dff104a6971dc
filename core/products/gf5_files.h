/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files of an AHSI scene in a folder, in the naming style of any of its satellites. */
#ifndef TL_PRODUCTS_GF5_FILES_H
#define TL_PRODUCTS_GF5_FILES_H

#include "base/status.h"

/* What a file of a scene is. */
typedef enum tl_gf5_role {
    TL_GF5_NONE = -1,
    TL_GF5_IMAGE_VNIR = 0,
    TL_GF5_IMAGE_SWIR,
    TL_GF5_IMAGE_ONE, /* one image without a detector in its name */
    TL_GF5_GAIN_VNIR,
    TL_GF5_GAIN_SWIR,
    TL_GF5_RESPONSE_VNIR,
    TL_GF5_RESPONSE_SWIR,
    TL_GF5_XML,
    TL_GF5_ROLES
} tl_gf5_role;

/* Texts are owned; NULL = there is none. */
typedef struct tl_gf5_files {
    char *path[TL_GF5_ROLES];
    char base[256]; /* common part of the names of images and metadata */
} tl_gf5_files;

/* The role that a file name (without folder) states, in any case of letters.
 *
 * base  out: of images and metadata the name without detector and extension, else "" */
tl_gf5_role tl_products_gf5_role_of(const char *name, char base[256]);

/* 1 when the path is a folder with at least one image of AHSI, such an image, or its metadata. */
int tl_products_gf5_claims(const char *path);

/* 1 when the path is a .zip archive with an image of AHSI. */
int tl_products_gf5_is_packed(const char *path);

/* Gathers the files of the scene that path, a folder, an image or metadata, belongs to.
 *
 * files  initialised here; empty on failure
 * fails  TL_FORMAT several scenes in a folder, two files of one role, no image; TL_NOMEM */
tl_code tl_products_gf5_find(const char *path, const char *parameter, tl_gf5_files *files,
                             tl_err *err);

/* Frees; NULL and zeroed are fine. */
void tl_products_gf5_files_free(tl_gf5_files *files);

#endif

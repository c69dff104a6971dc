/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files of one product, found by how their names begin and end: in a folder, in an archive, or
 * beside a file of the same product. */
#ifndef TL_PRODUCTS_SISTERS_H
#define TL_PRODUCTS_SISTERS_H

#include <stddef.h>

enum { tl_products_path_capacity = 4096 };

/* Looks for files whose names begin with head and end with one of tails, whatever the case.
 *
 * path    a folder, a .zip archive (also folders inside it), or a file: then its folder is searched
 *         for names that share what stands before the first "-METADATA" or "-SPECTRAL_IMAGE" of its
 *         own name
 * head    "" = any
 * tails   comma-separated; earlier ones are preferred
 * found   [tl_products_path_capacity] out: the first one in the order of bytes; "" when there is none
 * returns how many there are of the preferred tail */
ptrdiff_t tl_products_sisters(const char *path, const char *head, const char *tails, char *found);

/* 1 when text begins with word, whatever the case. */
int tl_products_begins(const char *text, const char *word);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files of one product, found by the beginning and end of their names: in a folder, in an
 * archive, or next to a file of the same product. */
#ifndef TL_PRODUCTS_SISTERS_H
#define TL_PRODUCTS_SISTERS_H

#include <stddef.h>

enum { tl_products_path_capacity = 4096 };

/* Looks for files whose names begin with head and end with one of tails, in any case of letters.
 *
 * path    a folder, an archive (also folders inside it), or a file: then its folder is searched
 *         for names with the same text before the first "-METADATA" or "-SPECTRAL_IMAGE"
 * head    "" = any
 * tails   comma-separated; earlier ones are preferred
 * found   [tl_products_path_capacity] out: the first one in the order of bytes; "" when there is
 *         none
 * returns how many files have the preferred tail */
ptrdiff_t tl_products_sisters(const char *path, const char *head, const char *tails, char *found);

/* 1 when text begins with word, in any case of letters. */
int tl_products_begins(const char *text, const char *word);

#endif

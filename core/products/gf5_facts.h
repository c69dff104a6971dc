/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the metadata of an AHSI scene state. It opens no files. */
#ifndef TL_PRODUCTS_GF5_FACTS_H
#define TL_PRODUCTS_GF5_FACTS_H

#include "source/scene.h"

/* Reads the elements of a ProductMetaData document; those that are missing or not numbers do not
 * change their fact. Times are Beijing time, eight hours ahead of UTC.
 *
 * xml    NUL-terminated
 * what   names the file in messages
 * facts  changed
 * fails  TL_FORMAT not XML */
tl_code tl_products_gf5_facts_read(const char *xml, const char *what, tl_scene_facts *facts,
                                   tl_err *err);

/* The moment eight hours earlier than a time in Beijing such as "2022-04-24 11:12:05.25".
 *
 * utc     out: "2022-04-24T03:12:05Z"
 * returns 1, or 0 and utc unchanged when text is not such a time */
int tl_products_gf5_utc(const char *text, char utc[32]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Metadata of products as XML: bounded reading, and values by the names of their elements. */
#ifndef TL_PRODUCTS_XML_H
#define TL_PRODUCTS_XML_H

#include <cpl_minixml.h>
#include <stddef.h>

#include "base/status.h"
#include "source/scene.h"

/* Parses a text. Namespace prefixes are removed.
 *
 * bytes  [length]; may contain anything
 * what   names the file in messages
 * root   out: the first element; tree is to be freed with CPLDestroyXMLNode
 * fails  TL_FORMAT not XML, NUL bytes; TL_NOMEM */
tl_code tl_products_xml_parse(const char *bytes, size_t length, const char *what, CPLXMLNode **tree,
                              const CPLXMLNode **root, tl_err *err);

/* The same for a file of at most 64 MiB.
 *
 * fails  also TL_IO there is no such file */
tl_code tl_products_xml_open(const char *path, const char *parameter, CPLXMLNode **tree,
                             const CPLXMLNode **root, tl_err *err);

/* The first element inside node, at any depth, that the names lead to, in any case of letters:
 * "sunElevationAngle/center" is a child "center" of the first element "sunElevationAngle" that has
 * one. NULL when there is none. */
const CPLXMLNode *tl_products_xml_find(const CPLXMLNode *node, const char *names);

/* The next sibling of an element that has the same name, or NULL. */
const CPLXMLNode *tl_products_xml_next(const CPLXMLNode *element);

/* The text of such an element; "" when there is none. */
const char *tl_products_xml_text(const CPLXMLNode *node, const char *names);

/* The number of such an element; NaN when there is none or it is not a number. */
double tl_products_xml_number(const CPLXMLNode *node, const char *names);

/* A time as products write it, "2023-05-04T03:12:05.250000Z" or with "+0000", in the form of the
 * facts: whole seconds and a Z. A text that is too short does not change utc. */
void tl_products_utc(const char *text, char utc[32]);

/* Latitude and longitude of the centre: the point of <boundingPolygon> whose <frame> is "center",
 * else the mean of its points. */
void tl_products_xml_centre(const CPLXMLNode *root, tl_scene_facts *facts);

#endif

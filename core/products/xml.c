/* SPDX-License-Identifier: GPL-2.0-or-later
 * Metadata of products as XML; see xml.h. */
#include "products/xml.h"

#include <cpl_string.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"

enum { size_limit = 64 << 20, depth_limit = 200 };

/* Maximum depth of nesting that the tags of a text may have. GDAL's parser limits it too, but only
 * since 3.1, and our own searches are as deep as the tree. */
static int too_deep(const CPLXMLNode *node, int depth) {
    for (; node != NULL; node = node->psNext) {
        if (depth > depth_limit || too_deep(node->psChild, depth + 1)) {
            return 1;
        }
    }
    return 0;
}

tl_code tl_products_xml_parse(const char *bytes, size_t length, const char *what, CPLXMLNode **tree,
                              const CPLXMLNode **root, tl_err *err) {
    *tree = NULL;
    *root = NULL;
    if (memchr(bytes, '\0', length) != NULL) {
        return tl_fail(err, TL_FORMAT, "%s contains NUL bytes; it is not an XML text", what);
    }
    char *text = tl_acquire((ptrdiff_t)length + 1, 1);
    if (text == NULL) {
        return tl_no_memory(err, "%s", what);
    }
    memcpy(text, bytes, length);
    tl_io_call call;
    tl_io_begin(&call);
    *tree = CPLParseXMLString(text);
    tl_io_end(&call);
    tl_release(text);
    const CPLXMLNode *first = *tree;
    while (first != NULL && (first->eType != CXT_Element || first->pszValue[0] == '?')) {
        first = first->psNext;
    }
    if (first == NULL || too_deep(first->psChild, 0)) {
        CPLDestroyXMLNode(*tree);
        *tree = NULL;
        return tl_fail(err, TL_FORMAT, "%s cannot be read as XML; it may be cut off%s", what,
                       tl_io_words(&call));
    }
    CPLStripXMLNamespace(*tree, NULL, TRUE);
    *root = first;
    return TL_OK;
}

tl_code tl_products_xml_open(const char *path, const char *parameter, CPLXMLNode **tree,
                             const CPLXMLNode **root, tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    char what[640];
    *tree = NULL;
    *root = NULL;
    (void)snprintf(what, sizeof what, "%s: metadata '%.500s'", parameter, path);
    TL_TRY(tl_io_read_bytes(path, parameter, size_limit, &bytes, &length, err));
    const tl_code code = tl_products_xml_parse(bytes, length, what, tree, root, err);
    tl_release(bytes);
    return code;
}

static int is_named(const CPLXMLNode *node, const char *name, size_t n) {
    return node->eType == CXT_Element && strlen(node->pszValue) == n &&
           EQUALN(node->pszValue, name, n);
}

/* The child that the names lead to, step by step. */
static const CPLXMLNode *below(const CPLXMLNode *node, const char *names) {
    const size_t n = strcspn(names, "/");
    for (const CPLXMLNode *child = node->psChild; child != NULL; child = child->psNext) {
        if (is_named(child, names, n)) {
            const CPLXMLNode *found = names[n] == '\0' ? child : below(child, names + n + 1);
            if (found != NULL) {
                return found;
            }
        }
    }
    return NULL;
}

const CPLXMLNode *tl_products_xml_find(const CPLXMLNode *node, const char *names) {
    const CPLXMLNode *found = node == NULL ? NULL : below(node, names);
    for (const CPLXMLNode *child = node == NULL ? NULL : node->psChild;
         child != NULL && found == NULL; child = child->psNext) {
        found = child->eType == CXT_Element ? tl_products_xml_find(child, names) : NULL;
    }
    return found;
}

const CPLXMLNode *tl_products_xml_next(const CPLXMLNode *element) {
    const size_t n = strlen(element->pszValue);
    const CPLXMLNode *next = element->psNext;
    while (next != NULL && !is_named(next, element->pszValue, n)) {
        next = next->psNext;
    }
    return next;
}

const char *tl_products_xml_text(const CPLXMLNode *node, const char *names) {
    const CPLXMLNode *found = tl_products_xml_find(node, names);
    for (const CPLXMLNode *child = found == NULL ? NULL : found->psChild; child != NULL;
         child = child->psNext) {
        if (child->eType == CXT_Text && child->pszValue != NULL) {
            return child->pszValue;
        }
    }
    return "";
}

double tl_products_xml_number(const CPLXMLNode *node, const char *names) {
    double value = (double)NAN;
    (void)tl_parse_number(tl_products_xml_text(node, names), &value);
    return value;
}

void tl_products_utc(const char *text, char utc[32]) {
    if (strlen(text) >= 19 && text[4] == '-' && text[13] == ':') {
        (void)snprintf(utc, 32, "%.10sT%.8sZ", text, text + 11);
    }
}

void tl_products_xml_centre(const CPLXMLNode *root, tl_scene_facts *facts) {
    double latitude = 0.0;
    double longitude = 0.0;
    int n = 0;
    for (const CPLXMLNode *point = tl_products_xml_find(root, "boundingPolygon/point");
         point != NULL; point = tl_products_xml_next(point)) {
        const double north = tl_products_xml_number(point, "latitude");
        const double east = tl_products_xml_number(point, "longitude");
        if (tl_same_word(tl_products_xml_text(point, "frame"), "center")) {
            facts->latitude_deg = north;
            facts->longitude_deg = east;
            return;
        }
        latitude += north;
        longitude += east;
        n++;
    }
    if (n > 0) {
        facts->latitude_deg = latitude / n;
        facts->longitude_deg = longitude / n;
    }
}

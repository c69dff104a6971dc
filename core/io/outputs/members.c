/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files behind the name of a data set; see identity.h. */
#include <cpl_conv.h>
#include <cpl_minixml.h>
#include <cpl_string.h>
#include <gdal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/outputs/identity.h"
#include "io/outputs/members.h"
#include "io/special_file.h"
#include "io/whole_file.h"
#include "source/source_name.h"

enum { path_capacity = 4096, depth_limit = 16, xml_limit = 256 << 20 };

static void add_member(tl_file_set *set, const char *name, const char *folder, int depth);

static int is_file(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* --- names with a file inside: NETCDF:"a.nc":b, /vsizip/a.zip/b, vrt://a.tif?bands=1 --- */

/* Adds the longest part of text that starts at its beginning and is a file. */
static int add_longest_file(tl_file_set *set, const char *text) {
    char part[path_capacity];
    size_t n = strlen(text);
    if (n >= sizeof part) {
        return 0;
    }
    memcpy(part, text, n + 1);
    while (n > 0) {
        if (is_file(part)) {
            (void)tl_io_outputs_add_existing(set, part);
            return 1;
        }
        do {
            n--;
        } while (n > 0 && strchr("/\"}:?',", part[n]) == NULL);
        part[n] = '\0';
    }
    return 0;
}

static void add_named_files(tl_file_set *set, const char *text) {
    for (const char *at = text; *at != '\0'; at++) {
        const int starts = at == text || strchr(":\"',{=", at[-1]) != NULL;
        const int after_prefix = at[0] == '/' && strncmp(at, "/vsi", 4) == 0;
        if (starts && !after_prefix) {
            (void)add_longest_file(set, at);
        } else if (after_prefix) {
            const char *rest = strchr(at + 1, '/');
            if (rest != NULL) {
                /* /vsizip/a.zip is relative, /vsizip//a.zip absolute */
                (void)add_longest_file(set, rest + 1);
            }
        }
    }
}

/* --- virtual data sets --- */

/* Every text of the document that names a file: sources, masks, overviews, the models of tilth's
 * pixel functions. */
static void add_texts(tl_file_set *set, const CPLXMLNode *node, const char *folder, int depth) {
    for (; node != NULL; node = node->psNext) {
        if (node->eType == CXT_Text && strlen(node->pszValue) < path_capacity &&
            strchr(node->pszValue, '\n') == NULL) {
            add_member(set, node->pszValue, folder, depth);
        }
        add_texts(set, node->psChild, folder, depth);
    }
}

static void add_document(tl_file_set *set, const char *text, const char *folder, int depth) {
    CPLXMLNode *root = CPLParseXMLString(text);
    add_texts(set, root, folder, depth);
    CPLDestroyXMLNode(root);
}

static void add_virtual(tl_file_set *set, const char *path, int depth) {
    char folder[path_capacity];
    char *text = NULL;
    size_t length = 0;
    if (tl_io_read_bytes(path, "", xml_limit, &text, &length, NULL) != TL_OK) {
        return;
    }
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(tl_base_name(path) - path), path);
    add_document(set, text, folder, depth);
    tl_release(text);
}

static void add_member(tl_file_set *set, const char *name, const char *folder, int depth) {
    char joined[2 * path_capacity];
    (void)snprintf(joined, sizeof joined, "%s%s", folder, name);
    const char *const found[] = {joined, name};
    for (int i = 0; i < (folder[0] == '\0' || name[0] == '/' ? 1 : 2); i++) {
        const char *path = name[0] == '/' ? name : found[i];
        if (!is_file(path)) {
            if (i == 0 && strpbrk(name, ":/\"") != NULL) {
                add_named_files(set, name);
            }
            continue;
        }
        if (tl_io_outputs_add_existing(set, path) && depth < depth_limit &&
            tl_io_is_virtual_file(path)) {
            add_virtual(set, path, depth + 1);
        }
    }
}

/* --- the whole --- */

/* What GDAL itself lists: image parts, world files, further tables. */
static void add_listed(tl_file_set *set, const char *name) {
    /* The library would print its own errors about a file that is cut off. */
    if (tl_io_check_whole_hdf5(name, "", NULL) != TL_OK) {
        return;
    }
    GDALDatasetH dataset =
        GDALOpenEx(name, GDAL_OF_RASTER | GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL, NULL, NULL);
    char **list = dataset == NULL ? NULL : GDALGetFileList(dataset);
    for (int i = 0; list != NULL && list[i] != NULL; i++) {
        add_member(set, list[i], "", 0);
    }
    CSLDestroy(list);
    GDALClose(dataset);
}

/* A file or folder on a disk. */
static void add_path(tl_file_set *set, const char *path, int is_product) {
    struct stat status;
    const int is_plain = stat(path, &status) == 0 && S_ISREG(status.st_mode);
    if (is_plain && tl_io_is_virtual_file(path)) {
        add_member(set, path, "", 0);
        return;
    }
    if (is_plain || is_product) {
        (void)tl_io_outputs_add_existing(set, path);
    }
    if (is_plain || !is_product) {
        add_listed(set, path);
    }
}

/* What is no path: the data set string decides what it names. */
static void add_named(tl_file_set *set, const char *text, int is_product) {
    struct stat status;
    tl_source_name name;
    tl_err why = {0};
    if (tl_source_name_parse(text, "", &name, &why) != TL_OK) {
        set->failed |= why.code == TL_NOMEM;
        add_named_files(set, text); /* the reader will refuse the string with its reasons */
        return;
    }
    if (name.kind == TL_SOURCE_DOCUMENT) {
        add_document(set, text + strspn(text, " \t\r\n"), "", 0);
    } else if (name.file != NULL && stat(name.file, &status) == 0) {
        add_path(set, name.file, is_product);
        add_named_files(set, name.data);
    } else {
        add_named_files(set, text);
        add_listed(set, name.data);
    }
    tl_source_name_free(&name);
}

void tl_io_outputs_add_source(tl_file_set *set, const char *path, int is_product) {
    struct stat status;
    tl_io_call call;
    tl_io_begin(&call);
    if (stat(path, &status) == 0) {
        add_path(set, path, is_product);
    } else {
        add_named(set, path, is_product);
    }
    tl_io_end(&call);
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pipes, devices and sockets in the place of files; see special_file.h. */
#include "io/special_file.h"

#include <cpl_conv.h>
#include <cpl_minixml.h>
#include <cpl_vsi.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "source/source_name.h"

enum { path_capacity = 4096, depth_limit = 16, head_length = 1024 };

typedef struct seen_file {
    dev_t device;
    ino_t inode;
} seen_file;

typedef struct search {
    const char *first; /* what the user named */
    const char *parameter;
    int depth;
    seen_file *seen; /* [n_seen] owned: virtual files that were read already */
    ptrdiff_t n_seen;
} search;

static tl_code look_at(search *s, const char *path, tl_err *err);

/* What a path is when it is neither a file nor a folder; NULL otherwise. */
static const char *special_kind(mode_t mode) {
    return S_ISFIFO(mode)                   ? "a named pipe"
           : S_ISSOCK(mode)                 ? "a socket"
           : S_ISCHR(mode) || S_ISBLK(mode) ? "a device"
                                            : NULL;
}

/* Every text of the document may be a path, in its folder or elsewhere. */
static tl_code look_at_texts(search *s, const CPLXMLNode *node, const char *folder, tl_err *err) {
    for (; node != NULL; node = node->psNext) {
        if (node->eType == CXT_Text && strlen(node->pszValue) < path_capacity / 2) {
            char joined[path_capacity];
            const char *inner = node->pszValue[0] == '/' ? "" : folder;
            (void)snprintf(joined, sizeof joined, "%.2000s%s", inner, node->pszValue);
            TL_TRY(look_at(s, joined, err));
            TL_TRY(inner[0] == '\0' ? TL_OK : look_at(s, node->pszValue, err));
        }
        TL_TRY(look_at_texts(s, node->psChild, folder, err));
    }
    return TL_OK;
}

static tl_code look_at_document(search *s, CPLXMLNode *root, const char *folder, tl_err *err) {
    s->depth++;
    const tl_code code = s->depth > depth_limit ? TL_OK : look_at_texts(s, root, folder, err);
    s->depth--;
    CPLDestroyXMLNode(root);
    return code;
}

int tl_io_is_virtual_file(const char *path) {
    char head[head_length + 1] = "";
    VSILFILE *file = VSIFOpenL(path, "rb");
    if (file != NULL) {
        head[VSIFReadL(head, 1, head_length, file)] = '\0';
        (void)VSIFCloseL(file);
    }
    return strstr(head, "<VRTDataset") != NULL || strstr(head, "<OGRVRT") != NULL;
}

/* Remembers a virtual file, so that files which name each other are read once.
 *
 * is_new  out: 0 when it was read already */
static tl_code remember(search *s, const struct stat *status, int *is_new, tl_err *err) {
    *is_new = 1;
    for (ptrdiff_t i = 0; i < s->n_seen; i++) {
        if (s->seen[i].device == status->st_dev && s->seen[i].inode == status->st_ino) {
            *is_new = 0;
            return TL_OK;
        }
    }
    seen_file *grown = tl_grow(s->seen, s->n_seen, s->n_seen + 1, sizeof *grown);
    if (grown == NULL) {
        return tl_no_memory(err, "the files that '%.300s' names", s->first);
    }
    s->seen = grown;
    grown[s->n_seen++] = (seen_file){.device = status->st_dev, .inode = status->st_ino};
    return TL_OK;
}

/* Looks at the file in a name such as vrt://a.tif?bands=1. */
static tl_code look_inside_name(search *s, const char *text, tl_err *err) {
    tl_source_name name;
    const tl_code parsed = tl_source_name_parse(text, s->parameter, &name, NULL);
    if (parsed != TL_OK) {
        return parsed == TL_NOMEM ? tl_no_memory(err, "the name of a data set") : TL_OK;
    }
    const int differs = name.file != NULL && strcmp(name.file, text) != 0;
    const tl_code code = differs ? look_at(s, name.file, err) : TL_OK;
    tl_source_name_free(&name);
    return code;
}

static tl_code look_at(search *s, const char *path, tl_err *err) {
    struct stat status;
    if (stat(path, &status) != 0) {
        return look_inside_name(s, path, err);
    }
    const char *kind = special_kind(status.st_mode);
    if (kind != NULL) {
        return strcmp(s->first, path) == 0
                   ? tl_fail(err, TL_ARG,
                             "%s: '%s' is %s; wanted a file, so write what it delivers into one",
                             s->parameter, path, kind)
                   : tl_fail(err, TL_ARG, "%s: '%.300s' names '%s', which is %s; wanted a file",
                             s->parameter, s->first, path, kind);
    }
    if (S_ISREG(status.st_mode) && tl_io_is_virtual_file(path)) {
        char folder[path_capacity];
        int is_new = 0;
        TL_TRY(remember(s, &status, &is_new, err));
        if (!is_new) {
            return TL_OK;
        }
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(tl_base_name(path) - path), path);
        return look_at_document(s, CPLParseXMLFile(path), folder, err);
    }
    return TL_OK;
}

tl_code tl_io_refuse_special(const char *path, const char *parameter, tl_err *err) {
    search s = {.first = path, .parameter = parameter};
    if (path == NULL) {
        return TL_OK;
    }
    const char *document = path + strspn(path, " \t\r\n");
    if (document[0] == '<') {
        s.first = "the virtual data set";
    }
    const tl_code code = document[0] == '<'
                             ? look_at_document(&s, CPLParseXMLString(document), "", err)
                             : look_at(&s, path, err);
    tl_release(s.seen);
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Files of one name in several folders; see importspectra_series.h. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "tools/samples/importspectra_series.h"

static int by_name_and_path(const void *a, const void *b) {
    const char *x = *(const char *const *)a;
    const char *y = *(const char *const *)b;
    const int names = strcmp(tl_base_name(x), tl_base_name(y));
    return names != 0 ? names : strcmp(x, y);
}

/* Two of the files that have one name and are not the same file; 0 when there are none. */
static int find_namesakes(const char **path, ptrdiff_t n, const char *pair[2]) {
    qsort((void *)path, (size_t)n, sizeof *path, by_name_and_path);
    for (ptrdiff_t i = 1; i < n; i++) {
        if (strcmp(tl_base_name(path[i]), tl_base_name(path[i - 1])) == 0 &&
            strcmp(path[i], path[i - 1]) != 0) {
            pair[0] = path[i - 1];
            pair[1] = path[i];
            return 1;
        }
    }
    return 0;
}

/* The length of the folders that all paths begin with. */
static size_t common_folder(const char *const *path, ptrdiff_t n) {
    size_t common = (size_t)(tl_base_name(path[0]) - path[0]);
    for (ptrdiff_t i = 1; i < n; i++) {
        size_t same = 0;
        while (same < common && path[i][same] == path[0][same]) {
            same++;
        }
        while (same > 0 && path[0][same - 1] != '/') {
            same--;
        }
        common = same;
    }
    return common;
}

/* Puts the folders behind the common ones in front of an id. */
static tl_code add_folder(tl_import_entry *e, size_t common, tl_err *err) {
    const size_t folder = (size_t)(tl_base_name(e->file) - e->file) - common;
    const size_t n = strlen(e->id);
    char *id = tl_acquire((ptrdiff_t)(folder + n) + 1, 1);
    if (id == NULL) {
        return tl_no_memory(err, "ids");
    }
    memcpy(id, e->file + common, folder);
    memcpy(id + folder, e->id, n);
    tl_release(e->id);
    e->id = id;
    return TL_OK;
}

static tl_code keep_apart(tl_import *m, const char **path, tl_err *err) {
    ptrdiff_t n = 0;
    const char *pair[2];
    for (ptrdiff_t i = 0; i < m->n; i++) {
        if (m->entry[i].by_file && (n == 0 || strcmp(path[n - 1], m->entry[i].file) != 0)) {
            path[n++] = m->entry[i].file;
        }
    }
    if (n < 2 || !find_namesakes(path, n, pair)) {
        return TL_OK;
    }
    const size_t common = common_folder(path, n);
    for (ptrdiff_t i = 0; i < m->n; i++) {
        TL_TRY(m->entry[i].by_file ? add_folder(&m->entry[i], common, err) : TL_OK);
    }
    return tl_assume(err, TL_INFO,
                     "several files have one name in different folders ('%.200s' and '%.200s'), so "
                     "all ids begin with the folder; rename the files if they are repeats of one "
                     "sample",
                     pair[0] + common, pair[1] + common);
}

tl_code tl_importspectra_ids_keep_apart(tl_import *m, tl_err *err) {
    const char **path = tl_acquire(m->n, sizeof *path);
    if (path == NULL) {
        return tl_no_memory(err, "%td files", m->n);
    }
    const tl_code code = keep_apart(m, path, err);
    tl_release((void *)path);
    return code;
}

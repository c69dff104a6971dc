/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files of a folder; see source/store.h. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "io/bytes.h"

enum { path_capacity = 4096 };

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static tl_code take_names(char *const *names, const char *folder, const char *extensions,
                          char **path, ptrdiff_t *n, tl_err *err) {
    const size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    char whole[path_capacity];
    for (ptrdiff_t i = 0; names[i] != NULL; i++) {
        const int wrote = snprintf(whole, sizeof whole, "%s%s%s", folder, slash, names[i]);
        if (!tl_io_has_extension(names[i], extensions) || wrote >= path_capacity ||
            tl_io_is_folder(whole)) {
            continue;
        }
        path[*n] = tl_copy_text(whole);
        if (path[*n] == NULL) {
            return tl_no_memory(err, "the files of '%s'", folder);
        }
        ++*n;
    }
    return TL_OK;
}

tl_code tl_io_list_folder(const char *folder, const char *parameter, const char *extensions,
                          char ***path, ptrdiff_t *n, tl_err *err) {
    *path = NULL;
    *n = 0;
    if (!tl_io_is_folder(folder)) {
        return tl_fail(err, TL_IO, "%s: '%s' is not a folder; name a folder that exists", parameter,
                       folder);
    }
    char **names = VSIReadDir(folder);
    const ptrdiff_t count = (ptrdiff_t)CSLCount((CSLConstList)names);
    char **found = count == 0 ? NULL : tl_acquire(count, sizeof *found);
    tl_code code = TL_OK;
    if (count > 0 && found == NULL) {
        code = tl_no_memory(err, "the files of '%s'", folder);
    } else if (count > 0) {
        code = take_names(names, folder, extensions, found, n, err);
    }
    CSLDestroy(names);
    if (code == TL_OK && *n > 0) {
        qsort((void *)found, (size_t)*n, sizeof *found, by_bytes);
        *path = found;
        return TL_OK;
    }
    for (ptrdiff_t i = 0; i < *n; i++) {
        tl_release(found[i]);
    }
    tl_release((void *)found);
    *n = 0;
    return code;
}

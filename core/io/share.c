/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where tilth's shared files are; see python.h. */
#define _GNU_SOURCE /* dladdr returns the file that this code was loaded from */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "io/bytes.h"
#include "io/python.h"

enum { path_capacity = 4096 };

/* The folder of the library or program that holds this code; the name of a program depends on how
 * it was started, so it is read from /proc/self/exe. */
static int folder_of_this_code(char *folder) {
    static const char here = 0;
    Dl_info info;
    char path[path_capacity] = "";
    if (dladdr(&here, &info) != 0 && info.dli_fname != NULL && info.dli_fname[0] == '/') {
        (void)snprintf(path, sizeof path, "%s", info.dli_fname);
    } else {
        const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
        path[n > 0 ? n : 0] = '\0';
    }
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return 0;
    }
    (void)snprintf(folder, path_capacity, "%.*s", (int)(slash - path), path);
    return 1;
}

static int is_there(const char *folder, const char *below, const char *name, tl_text *tried,
                    char *found) {
    (void)snprintf(found, path_capacity, "%.2000s%s/%.1000s", folder, below, name);
    tl_text_addf(tried, "%s%s%s", tried->length == 0 ? "" : ", ", folder, below);
    return tl_io_exists(found);
}

tl_code tl_io_find_shared(const char *name, char *found, tl_err *err) {
    static const char *const below[] = {"/../share/tilth", "/../../share/tilth",
                                        "/../../../share/tilth"};
    tl_text tried = {0};
    char folder[path_capacity];
    const char *named = getenv("TILTH_SHARE");
    int there = named != NULL && named[0] != '\0' && is_there(named, "", name, &tried, found);
    if (!there && folder_of_this_code(folder)) {
        for (size_t k = 0; k < 3 && !there; k++) {
            there = is_there(folder, below[k], name, &tried, found);
        }
    }
#ifdef TILTH_SHARE_DIR
    there = there || is_there(TILTH_SHARE_DIR, "", name, &tried, found);
#endif
    const tl_code code =
        there ? TL_OK
              : tl_fail(err, TL_IO,
                        "tilth's own file '%s' is missing (searched in %.600s); install tilth "
                        "again or set TILTH_SHARE to its folder",
                        name, tl_text_data(&tried));
    tl_text_free(&tried);
    return code;
}

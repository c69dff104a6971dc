/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files of one product; see sisters.h. */
#include "products/sisters.h"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "io/bytes.h"
#include "io/source_open.h"

int tl_products_begins(const char *text, const char *word) {
    return EQUALN(text, word, strlen(word));
}

static int ends(const char *text, const char *word) {
    const size_t n = strlen(text);
    const size_t m = strlen(word);
    return n >= m && EQUAL(text + n - m, word);
}

/* The part of a name that all files of one product share. */
static void stem_of(const char *name, char *stem, size_t capacity) {
    static const char *const marks[] = {"-METADATA", "-SPECTRAL_IMAGE"};
    size_t n = strlen(name);
    for (size_t k = 0; k < 2; k++) {
        for (size_t at = 0; at < n; at++) {
            if (tl_products_begins(name + at, marks[k])) {
                n = at;
            }
        }
    }
    (void)snprintf(stem, capacity, "%.*s", (int)n, name);
}

/* All files next to path that may be of its product, as paths: those of the folder or the archive that
 * it is, else those of its folder. To be freed with CSLDestroy.
 *
 * stem  out: the beginning that names must share with path */
static char **files_around(const char *path, char *stem) {
    char folder[tl_products_path_capacity];
    stem[0] = '\0';
    if (tl_io_source_is_archive(path) && !tl_io_is_folder(path)) {
        return tl_io_source_list_archive(path);
    }
    if (tl_io_is_folder(path)) {
        (void)snprintf(folder, tl_products_path_capacity, "%s", path);
    } else {
        const char *name = tl_base_name(path);
        (void)snprintf(folder, tl_products_path_capacity, "%.*s", (int)(name - path), path);
        stem_of(name, stem, tl_products_path_capacity);
        if (folder[0] == '\0') {
            (void)snprintf(folder, tl_products_path_capacity, ".");
        }
    }
    const size_t n = strlen(folder);
    if (n > 1 && folder[n - 1] == '/') {
        folder[n - 1] = '\0';
    }
    char **names = VSIReadDir(folder);
    char **files = NULL;
    for (char **one = names; one != NULL && *one != NULL; one++) {
        char file[tl_products_path_capacity];
        (void)snprintf(file, sizeof file, "%.2000s/%.2000s", folder, *one);
        files = CSLAddString(files, file);
    }
    CSLDestroy(names);
    return files;
}

ptrdiff_t tl_products_sisters(const char *path, const char *head, const char *tails, char *found) {
    char stem[tl_products_path_capacity];
    char tail[64];
    found[0] = '\0';
    char **files = files_around(path, stem);
    ptrdiff_t n = 0;
    const char *first = NULL;
    while (*tails != '\0' && n == 0) {
        const size_t length = strcspn(tails, ",");
        (void)snprintf(tail, sizeof tail, "%.*s", (int)length, tails);
        for (char **one = files; one != NULL && *one != NULL; one++) {
            const char *name = tl_base_name(*one);
            if (tl_products_begins(name, head) && tl_products_begins(name, stem) &&
                ends(name, tail)) {
                first = first == NULL || strcmp(*one, first) < 0 ? *one : first;
                n++;
            }
        }
        tails += length;
        tails += *tails == ',';
    }
    if (first != NULL) {
        (void)snprintf(found, tl_products_path_capacity, "%s", first);
    }
    CSLDestroy(files);
    return n;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads GDAL's list of open datasets; see scene_path.h. GDAL writes the list as text while it holds
 * its lock, so no other thread can close a dataset during that time. GDAL's other interface, an
 * array of handles, would not be safe. */
#define _LARGEFILE64_SOURCE     /* GDAL states files with stat64 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "scene_path.h"

#include <cpl_vsi.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "scene_pool.h"

/* Longest line that is read: the text of an inline VRT is not a path. */
enum { LINE_CAPACITY = 4096 + 128 };

/* The path of a line " 1 N GTiff -1 50x40x3 /folder/scene.tif", or NULL when size or end differ. */
static const char *fitting_path(const tl_gdal_scene_query *s, const char *line) {
    int cols = 0;
    int rows = 0;
    int at = 0;
    if (sscanf(line, " %*d %*c %*s %*d %dx%dx%*d %n", &cols, &rows, &at) != 2 || at == 0 ||
        cols != s->n_cols || rows != s->n_rows) {
        return NULL;
    }
    const char *path = line + at;
    const size_t length = strlen(path);
    const size_t end = strlen(s->relative);
    if (length < end || strcmp(path + length - end, s->relative) != 0 ||
        (length > end && strchr("/\\", path[length - end - 1]) == NULL)) {
        return NULL;
    }
    return path;
}

/* 1 when both paths name the same file. */
static int is_same_file(const char *a, const char *b) {
    VSIStatBufL first;
    VSIStatBufL second;
    if (strcmp(a, b) == 0) {
        return 1;
    }
    return VSIStatL(a, &first) == 0 && VSIStatL(b, &second) == 0 && first.st_ino != 0 &&
           first.st_ino == second.st_ino && first.st_dev == second.st_dev;
}

static tl_code add_path(const char *path, char ***list, ptrdiff_t *n, tl_err *err) {
    for (ptrdiff_t i = 0; i < *n; i++) {
        if (is_same_file((*list)[i], path)) {
            return TL_OK;
        }
    }
    char **longer = tl_grow((void *)*list, *n, *n + 1, sizeof *longer);
    if (longer == NULL) {
        return tl_no_memory(err, "a path");
    }
    *list = longer;
    longer[*n] = tl_copy_text(path);
    if (longer[*n] == NULL) {
        return tl_no_memory(err, "a path");
    }
    *n += 1;
    return TL_OK;
}

static tl_code read_lines(const tl_gdal_scene_query *s, char *text, char ***path, ptrdiff_t *n,
                          tl_err *err) {
    for (char *line = text, *next = NULL; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        const char *fits = strlen(line) < LINE_CAPACITY ? fitting_path(s, line) : NULL;
        if (fits != NULL) {
            TL_TRY(add_path(fits, path, n, err));
        }
    }
    return TL_OK;
}

tl_code tl_gdal_scene_path_candidates(const tl_gdal_scene_query *s, char ***path, ptrdiff_t *n,
                                      tl_err *err) {
    char *text = NULL;
    size_t length = 0;
    *path = NULL;
    *n = 0;
    FILE *list = open_memstream(&text, &length);
    if (list == NULL) {
        return tl_no_memory(err, "the list of open rasters");
    }
    (void)GDALDumpOpenDatasets(list);
    tl_code code =
        fclose(list) == 0 && text != NULL ? TL_OK : tl_no_memory(err, "the list of open rasters");
    if (code == TL_OK) {
        code = read_lines(s, text, path, n, err);
    }
    free(text);
    if (code != TL_OK) {
        tl_release_texts(*path, *n);
        *path = NULL;
        *n = 0;
    }
    return code;
}

/* 1 when the middle pixel of the file equals the third source. */
static int has_middle(const tl_gdal_scene_query *s, const char *path) {
    tl_gdal_scene *opened = NULL;
    tl_err ignored = {0};
    float value = 0.0F;
    int same = 0;
    if (tl_gdal_scene_borrow(path, &opened, &ignored) == TL_OK &&
        tl_gdal_scene_stored_pixel(opened, s->n_cols / 2, s->n_rows / 2, s->band, &value,
                                   &ignored) == TL_OK) {
        /* By bits, so that NaN equals NaN. */
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
        same = memcmp(&value, &s->middle, sizeof value) == 0;
    }
    tl_gdal_scene_return(opened);
    return same;
}

tl_code tl_gdal_scene_path_find(const tl_gdal_scene_query *s, char **path, tl_err *err) {
    char **candidate = NULL;
    ptrdiff_t n = 0;
    ptrdiff_t fitting = 0;
    *path = NULL;
    TL_TRY(tl_gdal_scene_path_candidates(s, &candidate, &n, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        if (n == 1 || has_middle(s, candidate[i])) {
            fitting++;
            tl_release(*path);
            *path = tl_copy_text(candidate[i]);
        }
    }
    tl_release_texts(candidate, n);
    if (fitting == 1 && *path != NULL) {
        return TL_OK;
    }
    tl_release(*path);
    *path = NULL;
    return fitting == 0
               ? tl_fail(err, TL_IO,
                         "the scene %s of %td x %td pixels was not found relative to the folder of "
                         "the VRT; run tilth makevrt again",
                         s->relative, s->n_cols, s->n_rows)
               : tl_fail(err, TL_IO,
                         "%td open rasters named %s cannot be distinguished; close all virtual "
                         "rasters over them except one",
                         fitting, s->relative);
}

char *tl_gdal_scene_path_folder(const char *path, const char *relative) {
    tl_text folder = {0};
    tl_text_addf(&folder, "%.*s", (int)(strlen(path) - strlen(relative)), path);
    char *copy = folder.failed ? NULL : tl_copy_text(tl_text_data(&folder));
    tl_text_free(&folder);
    return copy;
}

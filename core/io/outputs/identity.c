/* SPDX-License-Identifier: GPL-2.0-or-later
 * Identity of files; see identity.h.
 *
 * Two names are one file when device and inode are the same, so ./a.tif, links of both kinds and
 * absolute paths need no rules of their own. A file that does not exist yet is identified by its
 * folder and its name. */
#include "io/outputs/identity.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/outputs/container.h"
#include "io/outputs/members.h"
#include "io/outputs/output_target.h"
#include "io/special_file.h"

enum { path_capacity = 4096, links_limit = 40 };

int tl_io_outputs_resolve(const char *path, char *real) {
    char link[path_capacity];
    struct stat status;
    if (snprintf(real, path_capacity, "%s", path) >= path_capacity) {
        return 0;
    }
    for (int i = 0; i < links_limit; i++) {
        if (lstat(real, &status) != 0 || !S_ISLNK(status.st_mode)) {
            return 1;
        }
        const ssize_t n = readlink(real, link, sizeof link - 1);
        if (n <= 0) {
            return 0;
        }
        link[n] = '\0';
        /* A relative link starts in the folder of the link. */
        const size_t folder = link[0] == '/' ? 0 : (size_t)(tl_base_name(real) - real);
        if (folder + (size_t)n >= path_capacity) {
            return 0;
        }
        memcpy(real + folder, link, (size_t)n + 1);
    }
    return 0;
}

/* --- sets of files --- */

static void add_key(tl_file_set *set, const struct stat *status, const char *name,
                    const char *path) {
    tl_file_key *grown = tl_grow(set->key, set->n, set->n + 1, sizeof *grown);
    if (grown == NULL) {
        set->failed = 1;
        return;
    }
    set->key = grown;
    tl_file_key *key = &grown[set->n++];
    *key = (tl_file_key){.device = status->st_dev, .inode = status->st_ino};
    key->is_folder = name == NULL && S_ISDIR(status->st_mode);
    key->path = tl_copy_text(path);
    key->name = tl_copy_text(name);
    set->failed |= key->path == NULL || (name != NULL && key->name == NULL);
}

/* The folder of a path, "." where it has none. */
static void folder_of(const char *path, char *folder) {
    const size_t n = (size_t)(tl_base_name(path) - path);
    (void)snprintf(folder, path_capacity, "%.*s", n == 0 ? 1 : (int)n, n == 0 ? "." : path);
}

/* Adds a file that may not exist yet. Nothing is added for what is in no folder on a disk. */
static void add_file(tl_file_set *set, const char *path) {
    char real[path_capacity];
    char folder[path_capacity];
    struct stat status;
    if (!tl_io_outputs_resolve(path, real)) {
        return;
    }
    if (stat(real, &status) == 0) {
        add_key(set, &status, NULL, path);
        return;
    }
    folder_of(real, folder);
    if (stat(folder, &status) == 0) {
        add_key(set, &status, tl_base_name(real), path);
    }
}

/* Files next to another one. A suffix that starts with "+" is added to the whole name; others
 * replace the extension. `only` lists the extensions that have it, NULL = all. */
typedef struct side {
    const char *suffix;
    const char *only;
} side;

static int side_path(const char *path, const side *s, char *out) {
    if (s->only != NULL && !tl_io_has_extension(path, s->only)) {
        return 0;
    }
    if (s->suffix[0] == '+') {
        return snprintf(out, path_capacity, "%s%s", path, s->suffix + 1) < path_capacity;
    }
    tl_io_replace_extension(path, s->suffix, out);
    return strcmp(out, path) != 0;
}

void tl_io_outputs_add_target(tl_file_set *set, const char *path) {
    static const side sides[] = {
        {"hdr", "dat,img,bsq,bil,bip,envi"},
        {"shx", "shp"},
        {"dbf", "shp"},
        {"prj", "shp"},
        {"cpg", "shp"},
        {"qix", "shp"},
        {"+-wal", "gpkg"},
        {"+-shm", "gpkg"},
        {"+-journal", "gpkg"},
        {"+.aux.xml", NULL},
        {"+.ovr", NULL},
        {"+.msk", NULL},
    };
    char plain[path_capacity];
    char other[path_capacity];
    (void)snprintf(plain, sizeof plain, "%.*s", (int)strcspn(path, "|"), path);
    add_file(set, plain);
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        if (side_path(plain, &sides[i], other)) {
            add_file(set, other);
        }
    }
}

int tl_io_outputs_add_existing(tl_file_set *set, const char *path) {
    static const side sides[] = {
        {"hdr", NULL},   {"+.hdr", NULL},     {"+.aux.xml", NULL},   {"+.ovr", NULL},
        {"+.msk", NULL}, {"+.msk.ovr", NULL}, {"+.bands.csv", NULL}, {"aux", NULL},
        {"prj", NULL},   {"tfw", "tif,tiff"}, {"shx", "shp"},        {"dbf", "shp"},
        {"cpg", "shp"},  {"csvt", "csv"},
    };
    char other[path_capacity];
    struct stat status;
    if (stat(path, &status) != 0) {
        return 0;
    }
    for (ptrdiff_t i = 0; i < set->n; i++) {
        if (set->key[i].device == status.st_dev && set->key[i].inode == status.st_ino) {
            return 0;
        }
    }
    add_key(set, &status, NULL, path);
    for (size_t i = 0; i < sizeof sides / sizeof sides[0] && S_ISREG(status.st_mode); i++) {
        if (side_path(path, &sides[i], other) && stat(other, &status) == 0 &&
            S_ISREG(status.st_mode)) {
            add_key(set, &status, NULL, other);
        }
    }
    return 1;
}

void tl_io_outputs_free_set(tl_file_set *set) {
    for (ptrdiff_t i = 0; i < set->n; i++) {
        tl_release(set->key[i].name);
        tl_release(set->key[i].path);
    }
    tl_release(set->key);
    *set = (tl_file_set){0};
}

/* --- comparing --- */

static int same_key(const tl_file_key *a, const tl_file_key *b) {
    const int same_name = (a->name == NULL) == (b->name == NULL) &&
                          (a->name == NULL || strcmp(a->name, b->name) == 0);
    return a->device == b->device && a->inode == b->inode && same_name;
}

/* 1 when an existing file is anywhere below a folder. */
static int is_inside(const tl_file_key *file, const tl_file_key *folder) {
    char up[path_capacity];
    char real[path_capacity];
    struct stat status;
    if (file->name != NULL || file->is_folder || !tl_io_outputs_resolve(file->path, real)) {
        return 0;
    }
    folder_of(real, up);
    struct stat below = {0};
    for (int depth = 0; depth < links_limit && stat(up, &status) == 0; depth++) {
        if (status.st_dev == folder->device && status.st_ino == folder->inode) {
            return 1;
        }
        const size_t n = strlen(up);
        if ((depth > 0 && below.st_dev == status.st_dev && below.st_ino == status.st_ino) ||
            n + 4 >= path_capacity) {
            return 0; /* the root is its own parent */
        }
        below = status;
        memcpy(up + n, "/..", 4);
    }
    return 0;
}

ptrdiff_t tl_io_outputs_common(const tl_file_set *a, const tl_file_set *b) {
    for (ptrdiff_t i = 0; i < a->n; i++) {
        for (ptrdiff_t k = 0; k < b->n; k++) {
            if (same_key(&a->key[i], &b->key[k]) ||
                (b->key[k].is_folder && is_inside(&a->key[i], &b->key[k]))) {
                return i;
            }
        }
    }
    return -1;
}

/* --- the check of a run --- */

static tl_code refuse(const tl_file_use *out, const tl_file_use *other, const char *file,
                      tl_err *err) {
    if (strcmp(out->path, other->path) == 0) {
        return tl_fail(err, TL_ARG,
                       "parameter '%s' and parameter '%s' both name '%s'; give the output another "
                       "name",
                       out->parameter, other->parameter, out->path);
    }
    return tl_fail(err, TL_ARG,
                   "parameter '%s': writing '%s' would replace '%s', which parameter '%s' (%s) "
                   "%s; give the output another name",
                   out->parameter, out->path, file, other->parameter,
                   other->path[strspn(other->path, " \t\r\n")] == '<' ? "a virtual raster as text"
                                                                      : other->path,
                   other->target != NULL ? "writes too" : "reads");
}

static int any_exists(const tl_file_set *set) {
    for (ptrdiff_t i = 0; i < set->n; i++) {
        if (set->key[i].name == NULL) {
            return 1;
        }
    }
    return 0;
}

/* 1 when an output and another use concern different layers of one GeoPackage. Two outputs must both
 * name theirs: otherwise the same file twice is a slip. */
static int is_another_layer(const tl_file_use *out, const tl_file_use *other) {
    tl_target_parts mine;
    tl_target_parts theirs;
    if (tl_io_outputs_split_target(out->target, &mine, NULL) != TL_OK || mine.layer[0] == '\0') {
        return 0;
    }
    if (other->target == NULL) {
        return !out->target->overwrite && tl_io_outputs_is_container(mine.real) &&
               (other->is_raster || (tl_io_outputs_layer_of(other->path, theirs.layer) &&
                                     !tl_same_word(mine.layer, theirs.layer)));
    }
    return tl_io_outputs_split_target(other->target, &theirs, NULL) == TL_OK && mine.layer_named &&
           theirs.layer_named && !tl_same_word(mine.layer, theirs.layer) &&
           tl_io_has_extension(mine.real, "gpkg") && tl_io_has_extension(theirs.real, "gpkg");
}

/* Compares every output with the uses that follow `from`; set [n] has those of the outputs. */
static tl_code compare(const tl_file_use *use, tl_file_set *set, ptrdiff_t n, ptrdiff_t k,
                       tl_err *err) {
    for (ptrdiff_t i = 0; i < n; i++) {
        if (i == k || use[i].target == NULL || (use[k].target != NULL && i > k)) {
            continue;
        }
        const ptrdiff_t at = tl_io_outputs_common(&set[i], &set[k]);
        if (at >= 0 && !is_another_layer(&use[i], &use[k])) {
            return refuse(&use[i], &use[k], set[i].key[at].path, err);
        }
    }
    return TL_OK;
}

tl_code tl_io_outputs_check_files(const tl_file_use *use, ptrdiff_t n, tl_err *err) {
    tl_file_set *set = tl_acquire(n, sizeof *set);
    int replaces = 0;
    tl_code code = set == NULL ? tl_no_memory(err, "the files of %td parameters", n) : TL_OK;
    for (ptrdiff_t i = 0; code == TL_OK && i < n; i++) {
        if (use[i].target != NULL) {
            tl_io_outputs_add_target(&set[i], use[i].path);
            replaces |= any_exists(&set[i]);
        }
    }
    for (ptrdiff_t i = 0; code == TL_OK && i < n; i++) {
        /* Inputs exist: they cannot be what a run that replaces no file writes. */
        if (use[i].target == NULL && !replaces) {
            continue;
        }
        if (use[i].target == NULL) {
            code = tl_io_refuse_special(use[i].path, use[i].parameter, err);
            if (code != TL_OK) {
                break;
            }
            tl_io_outputs_add_source(&set[i], use[i].path, use[i].is_product);
        }
        code = set[i].failed ? tl_no_memory(err, "the files of parameter '%s'", use[i].parameter)
                             : compare(use, set, n, i, err);
        if (use[i].target == NULL) {
            tl_io_outputs_free_set(&set[i]);
        }
    }
    for (ptrdiff_t i = 0; set != NULL && i < n; i++) {
        tl_io_outputs_free_set(&set[i]);
    }
    tl_release(set);
    return code;
}

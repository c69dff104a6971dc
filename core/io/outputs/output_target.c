/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of outputs; see output_target.h. */
#include "io/outputs/output_target.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "io/bytes.h"
#include "io/outputs/container.h"
#include "io/outputs/identity.h"

static tl_code refuse(const tl_target *t, const char *what, tl_err *err) {
    return tl_fail(err, TL_ARG, "parameter '%s' is '%.200s', which is %s", t->parameter, t->path,
                   what);
}

/* --- taking apart --- */

static tl_code split_layer(const tl_target *t, const char *rest, tl_target_parts *parts,
                           tl_err *err) {
    static const char key[] = "|layername=";
    const size_t n = sizeof key - 1;
    const int is_container = t->layer != NULL && tl_io_has_extension(parts->file, "gpkg");
    if (*rest == '\0') {
        (void)snprintf(parts->layer, sizeof parts->layer, "%s", is_container ? t->layer : "");
        return TL_OK;
    }
    if (!is_container || strncmp(rest, key, n) != 0 || rest[n] == '\0' ||
        strchr(rest + n, '|') != NULL || strlen(rest + n) >= sizeof parts->layer) {
        return tl_fail(err, TL_ARG,
                       "parameter '%s' is '%.200s'; only the name of a GeoPackage may be followed "
                       "by more, such as file.gpkg|layername=streams",
                       t->parameter, t->path);
    }
    (void)snprintf(parts->layer, sizeof parts->layer, "%s", rest + n);
    parts->layer_named = 1;
    return TL_OK;
}

tl_code tl_io_outputs_split_target(const tl_target *target, tl_target_parts *parts, tl_err *err) {
    const size_t n = strcspn(target->path, "|");
    parts->layer_named = 0;
    if (strlen(target->path) >= TL_TARGET_PATH - 96) {
        return tl_fail(err, TL_ARG, "parameter '%s' is '%.200s...'; a path has at most 4000 bytes",
                       target->parameter, target->path);
    }
    (void)snprintf(parts->file, sizeof parts->file, "%.*s", (int)n, target->path);
    if (!tl_io_outputs_resolve(parts->file, parts->real)) {
        return refuse(target, "a symbolic link that leads to no file", err);
    }
    (void)snprintf(parts->folder, sizeof parts->folder, "%.*s",
                   (int)(tl_base_name(parts->real) - parts->real), parts->real);
    return split_layer(target, target->path + n, parts, err);
}

/* --- what is no file --- */

/* memory:, ogr:, https: ... A file of such a name can be written as ./memory:a.gpkg. */
static int has_scheme(const char *path) {
    size_t n = 0;
    while (isalnum((unsigned char)path[n]) ||
           (n > 0 && strchr("+-.", path[n]) != NULL && path[n] != '\0')) {
        n++;
    }
    return n > 1 && path[n] == ':';
}

static tl_code check_name(const tl_target *t, tl_err *err) {
    const char *name = tl_base_name(t->path);
    if (strcmp(t->path, "-") == 0) {
        return refuse(
            t, "no file: standard output is for messages; wanted the path of a file to write", err);
    }
    if (*name == '\0' || *name == '|' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        return tl_fail(err, TL_ARG,
                       "parameter '%s' is '%.200s'; wanted the path of a file to write",
                       t->parameter, t->path);
    }
    if (strncmp(t->path, "/vsi", 4) == 0) {
        return refuse(t, "no file on a disk; outputs are written to a disk, copy them from there",
                      err);
    }
    if (has_scheme(t->path)) {
        return refuse(
            t, "no file but a connection; name a file (a name with a colon needs ./ in front)",
            err);
    }
    return TL_OK;
}

static const char *kind_of(mode_t mode) {
    return S_ISFIFO(mode)   ? "a pipe; wanted a file, because outputs are checked and renamed when "
                              "they are complete"
           : S_ISSOCK(mode) ? "a socket; wanted a file"
           : S_ISDIR(mode)  ? "a folder; name a file in it"
                            : "a device; wanted a file, or leave the parameter out";
}

/* /dev/stdout and its relatives may lead to a plain file, which the shell still holds open. */
static int is_descriptor(const char *path) {
    return strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/dev/std", 8) == 0 ||
           (strncmp(path, "/proc/", 6) == 0 && strstr(path, "/fd/") != NULL);
}

static tl_code check_kind(const tl_target *t, const tl_target_parts *parts, tl_err *err) {
    struct stat status;
    if (stat(parts->file, &status) == 0 && !S_ISREG(status.st_mode)) {
        return refuse(t, kind_of(status.st_mode), err);
    }
    if (is_descriptor(parts->file) || is_descriptor(parts->real)) {
        return refuse(t, "an open file of this program; name the file itself", err);
    }
    return TL_OK;
}

/* --- extensions --- */

static tl_code check_extension(const tl_target *t, const tl_target_parts *parts, tl_err *err) {
    if (tl_io_has_extension(parts->real, t->extensions)) {
        return TL_OK;
    }
    tl_text list = {0};
    for (const char *at = t->extensions; *at != '\0';) {
        const size_t n = strcspn(at, ",");
        tl_text_addf(&list, "%s.%.*s",
                     list.length == 0 ? ""
                     : at[n] == '\0'  ? " or "
                                      : ", ",
                     (int)n, at);
        at += n + (at[n] == ',');
    }
    const tl_code code =
        tl_fail(err, TL_ARG, "parameter '%s' is '%.200s'; wanted a name that ends in %s",
                t->parameter, t->path, tl_text_data(&list));
    tl_text_free(&list);
    return code;
}

/* Several ENVI data files of one stem have one header. */
static tl_code check_header(const tl_target *t, const tl_target_parts *parts, tl_err *err) {
    static const char *const data[] = {"dat", "img", "bsq", "bil", "bip", "envi"};
    char other[TL_TARGET_PATH];
    struct stat mine;
    struct stat status;
    if (!tl_io_has_extension(parts->real, "dat,img,bsq,bil,bip,envi")) {
        return TL_OK;
    }
    tl_io_replace_extension(parts->real, "hdr", other);
    if (stat(other, &status) != 0) {
        return TL_OK;
    }
    const int exists = stat(parts->real, &mine) == 0;
    for (size_t k = 0; k < sizeof data / sizeof data[0]; k++) {
        tl_io_replace_extension(parts->real, data[k], other);
        if (stat(other, &status) == 0 &&
            !(exists && status.st_dev == mine.st_dev && status.st_ino == mine.st_ino)) {
            return tl_fail(err, TL_ARG,
                           "parameter '%s': '%s' would replace the header of '%s'; choose another "
                           "name",
                           t->parameter, t->path, other);
        }
    }
    return TL_OK;
}

/* --- the folder --- */

/* A run record is in a file whose name is that of the output and ".aux.xml": where that name were too
 * long, GDAL would leave the record out without an error. */
static tl_code check_length(const tl_target *t, const tl_target_parts *parts, const char *folder,
                            tl_err *err) {
    const ptrdiff_t spare = sizeof ".aux.xml" - 1;
    const long known = pathconf(folder, _PC_NAME_MAX);
    const ptrdiff_t limit = known > spare ? (ptrdiff_t)known - spare : 255 - spare;
    const ptrdiff_t length = (ptrdiff_t)strlen(tl_base_name(parts->real));
    return length <= limit
               ? TL_OK
               : tl_fail(err, TL_ARG,
                         "parameter '%s': the file name '%.60s...' has %td bytes; wanted at most "
                         "%td, so that the names of the files next to it fit",
                         t->parameter, tl_base_name(parts->real), length, limit);
}

static tl_code check_access(const tl_target *t, const tl_target_parts *parts, tl_err *err) {
    struct stat status;
    const char *folder = parts->folder[0] == '\0' ? "." : parts->folder;
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return tl_fail(err, TL_ARG, "parameter '%s': there is no folder '%.*s' to write '%s' into",
                       t->parameter, (int)strlen(folder) - (strlen(folder) > 1), folder,
                       tl_base_name(parts->real));
    }
    TL_TRY(check_length(t, parts, folder, err));
    if (access(folder, W_OK | X_OK) != 0) {
        return tl_fail(err, TL_IO, "parameter '%s': '%s' cannot be written: its folder: %s",
                       t->parameter, t->path, strerror(errno));
    }
    if (access(parts->real, F_OK) == 0 && access(parts->real, W_OK) != 0) {
        return tl_fail(err, TL_IO, "parameter '%s': the file '%s' is protected: %s", t->parameter,
                       t->path, strerror(errno));
    }
    return TL_OK;
}

tl_code tl_io_outputs_check_target(const tl_target *target, tl_err *err) {
    tl_target_parts parts;
    TL_TRY(check_name(target, err));
    TL_TRY(tl_io_outputs_split_target(target, &parts, err));
    TL_TRY(check_kind(target, &parts, err));
    TL_TRY(check_extension(target, &parts, err));
    TL_TRY(check_access(target, &parts, err));
    TL_TRY(check_header(target, &parts, err));
    return tl_io_outputs_check_layer(target, &parts, err);
}

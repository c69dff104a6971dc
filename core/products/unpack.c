/* SPDX-License-Identifier: GPL-2.0-or-later
 * Unpacking archives of products; see unpack.h. */
#define _LARGEFILE64_SOURCE /* GDAL's file status has 64-bit sizes */
#include "products/unpack.h"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/scratch_file.h"
#include "io/source_open.h"
#include "products/tar_file.h"

enum { piece = 1 << 20 };

/* What the unpacking of one archive needs. */
typedef struct unpacking {
    const char *archive;
    const char *parameter;
    const char *extensions;
    const char *folder;
    char *buffer; /* [piece] */
} unpacking;

static tl_code cannot(const unpacking *u, const char *name, tl_err *err) {
    return tl_fail(err, TL_IO,
                   "%s: '%s' of '%s' cannot be unpacked into '%s'; free space there, set the "
                   "environment variable TMPDIR to a folder on another disk, or unpack the archive "
                   "yourself and name the folder",
                   u->parameter, name, u->archive, u->folder);
}

/* Creates the file of a member; *target is NULL on failure. */
static tl_code create_target(const unpacking *u, const char *name, VSILFILE **target, tl_err *err) {
    char path[tl_products_folder_capacity];
    *target = NULL;
    if (snprintf(path, sizeof path, "%s/%s", u->folder, name) >= (int)sizeof path) {
        return cannot(u, name, err);
    }
    if (tl_io_exists(path)) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' contains two files called '%s'; unpack it and name the folder of "
                       "one scene",
                       u->parameter, u->archive, name);
    }
    *target = VSIFOpenL(path, "wb");
    return *target == NULL ? cannot(u, name, err) : TL_OK;
}

/* Copies size bytes, or all that there are where size is below 0.
 *
 * got    out: bytes that were read; fewer than size when the archive is cut off
 * fails  TL_IO they cannot be written */
static tl_code copy_content(const unpacking *u, const char *name, VSILFILE *from, double size,
                            double *got, tl_err *err) {
    VSILFILE *target = NULL;
    *got = 0.0;
    TL_TRY(create_target(u, name, &target, err));
    int ok = 1;
    while (ok && (size < 0.0 || *got < size)) {
        const size_t wanted =
            size < 0.0 || size - *got > (double)piece ? piece : (size_t)(size - *got);
        const size_t n = VSIFReadL(u->buffer, 1, wanted, from);
        ok = n == 0 || VSIFWriteL(u->buffer, 1, n, target) == n;
        *got += (double)n;
        if (n < wanted) {
            break;
        }
    }
    ok = VSIFCloseL(target) == 0 && ok;
    return ok ? TL_OK : cannot(u, name, err);
}

static int is_wanted(const unpacking *u, const char *name) {
    return name[0] != '\0' && name[0] != '.' && tl_io_has_extension(name, u->extensions);
}

/* --- tar --- */

/* Opens a tar archive, through the unpacking of gzip where it is packed. */
static VSILFILE *open_tar(const char *path) {
    unsigned char magic[2] = {0};
    VSILFILE *file = VSIFOpenL(path, "rb");
    const int is_gzip =
        file != NULL && VSIFReadL(magic, 1, 2, file) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
    if (file != NULL) {
        (void)VSIFCloseL(file);
    }
    tl_text name = {0};
    tl_text_addf(&name, "%s%s", is_gzip ? "/vsigzip/" : "", path);
    file = name.failed ? NULL : VSIFOpenL(tl_text_data(&name), "rb");
    tl_text_free(&name);
    return file;
}

static tl_code unpack_entries(const unpacking *u, VSILFILE *file, tl_err *err) {
    tl_tar_entry entry;
    int found = 1;
    while (found) {
        double done = 0.0;
        TL_TRY(tl_products_tar_next(file, &entry, &found, err));
        const char *name = tl_base_name(entry.name);
        if (found && entry.is_file && is_wanted(u, name)) {
            TL_TRY(copy_content(u, name, file, entry.size, &done, err));
        }
        if (found) {
            TL_TRY(tl_products_tar_skip(file, &entry, done, err));
        }
    }
    return TL_OK;
}

static tl_code unpack_tar(const unpacking *u, tl_err *err) {
    VSILFILE *file = open_tar(u->archive);
    if (file == NULL) {
        return tl_fail(err, TL_IO, "%s: '%s' cannot be opened", u->parameter, u->archive);
    }
    const tl_code code = unpack_entries(u, file, err);
    (void)VSIFCloseL(file);
    if (code == TL_FORMAT &&
        strncmp(err == NULL ? "" : err->text, u->parameter, strlen(u->parameter)) != 0) {
        char context[600];
        (void)snprintf(context, sizeof context, "%s: '%.400s'", u->parameter, u->archive);
        return tl_fail_in(err, code, context);
    }
    return code;
}

/* --- zip --- */

static tl_code unpack_member(const unpacking *u, const char *member, tl_err *err) {
    double got = 0.0;
    VSIStatBufL status;
    VSILFILE *from = VSIStatL(member, &status) == 0 ? VSIFOpenL(member, "rb") : NULL;
    tl_code code = from == NULL ? cannot(u, tl_base_name(member), err)
                                : copy_content(u, tl_base_name(member), from, -1.0, &got, err);
    if (code == TL_OK && got < (double)status.st_size) {
        code = cannot(u, tl_base_name(member), err);
    }
    if (from != NULL) {
        (void)VSIFCloseL(from);
    }
    return code;
}

static tl_code unpack_zip(const unpacking *u, tl_err *err) {
    char **members = tl_io_source_list_archive(u->archive);
    tl_code code = members == NULL
                       ? tl_fail(err, TL_IO,
                                 "%s: the archive '%s' cannot be read; it may be damaged or cut "
                                 "off: compare its size with that of the download",
                                 u->parameter, u->archive)
                       : TL_OK;
    for (char **one = members; one != NULL && *one != NULL && code == TL_OK; one++) {
        if (is_wanted(u, tl_base_name(*one))) {
            code = unpack_member(u, *one, err);
        }
    }
    CSLDestroy(members);
    return code;
}

/* --- the whole --- */

int tl_products_is_tar(const char *path) {
    const size_t n = strlen(path);
    return tl_io_has_extension(path, "tar,tgz") || (n > 7 && tl_same_word(path + n - 7, ".tar.gz"));
}

tl_code tl_products_unpack(const char *archive, const char *parameter, const char *extensions,
                           tl_work_folder *folder, tl_err *err) {
    char place[tl_products_folder_capacity];
    *folder = (tl_work_folder){.lock = -1, .turn = -1};
    unpacking u = {archive, parameter, extensions, NULL, tl_acquire(piece, 1)};
    if (u.buffer == NULL) {
        return tl_no_memory(err, "unpacking '%s'", archive);
    }
    tl_io_choose_scratch_folder(archive, place, sizeof place);
    tl_io_outputs_sweep(place);
    tl_code code = tl_io_outputs_open_work(place, archive, parameter, folder, err);
    if (code == TL_IO) {
        code = tl_fail(err, TL_IO,
                       "%s: no folder can be created in '%s' to unpack '%s' into; set the "
                       "environment variable TMPDIR to a folder that may be written",
                       parameter, place, archive);
    }
    if (code == TL_OK) {
        u.folder = folder->path;
        code = tl_products_is_tar(archive) ? unpack_tar(&u, err) : unpack_zip(&u, err);
    }
    tl_release(u.buffer);
    if (code != TL_OK) {
        tl_io_outputs_close_work(folder);
    }
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files of an AHSI scene in a folder; see gf5_files.h. */
#include "products/gf5_files.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/source_open.h"

static int ends_with(const char *text, const char *end) {
    const size_t n = strlen(text);
    const size_t m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int begins_with(const char *text, const char *begin) {
    return strncmp(text, begin, strlen(begin)) == 0;
}

/* 0 VNIR, 1 SWIR, -1 neither, at the end of a stem in lower case; out: length without it. */
static int detector_at_end(const char *stem, size_t *length) {
    static const char *const ends[] = {"_vn", "_vnir", "_sw", "_swir"};
    *length = strlen(stem);
    for (int i = 0; i < 4; i++) {
        if (ends_with(stem, ends[i])) {
            *length -= strlen(ends[i]);
            return i / 2;
        }
    }
    return -1;
}

static int detector_inside(const char *stem) {
    if (strstr(stem, "vnir") != NULL || strstr(stem, "_vn") != NULL) {
        return 0;
    }
    return strstr(stem, "swir") != NULL || strstr(stem, "_sw") != NULL ? 1 : -1;
}

static tl_gf5_role role_of_text(const char *stem) {
    const int detector = detector_inside(stem);
    if (detector >= 0 && (strstr(stem, "radcal") != NULL || strstr(stem, "rad_cal") != NULL)) {
        return detector == 0 ? TL_GF5_GAIN_VNIR : TL_GF5_GAIN_SWIR;
    }
    if (detector >= 0 &&
        (strstr(stem, "spectralresponse") != NULL || strstr(stem, "spectral_response") != NULL)) {
        return detector == 0 ? TL_GF5_RESPONSE_VNIR : TL_GF5_RESPONSE_SWIR;
    }
    return TL_GF5_NONE;
}

tl_gf5_role tl_products_gf5_role_of(const char *name, char base[256]) {
    static const tl_gf5_role images[] = {TL_GF5_IMAGE_ONE, TL_GF5_IMAGE_VNIR, TL_GF5_IMAGE_SWIR};
    char stem[256];
    base[0] = '\0';
    (void)snprintf(stem, sizeof stem, "%s", name);
    for (char *c = stem; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    char *dot = strrchr(stem, '.');
    if (dot == NULL) {
        return TL_GF5_NONE;
    }
    *dot = '\0';
    if (tl_io_has_extension(name, "raw,txt,csv")) {
        return role_of_text(stem);
    }
    size_t length = 0;
    const int detector = detector_at_end(stem, &length);
    const int is_ours = strstr(stem, "ahsi") != NULL &&
                        (begins_with(stem, "gf5") || begins_with(stem, "zy1") || detector >= 0);
    tl_gf5_role role = TL_GF5_NONE;
    if (is_ours && tl_io_has_extension(name, "tif,tiff,geotiff,geotif")) {
        role = images[detector + 1];
    } else if (is_ours && tl_io_has_extension(name, "xml")) {
        role = TL_GF5_XML;
    }
    if (role != TL_GF5_NONE) {
        (void)snprintf(base, 256, "%.*s", (int)length, name);
    }
    return role;
}

static int is_image(tl_gf5_role role) {
    return role == TL_GF5_IMAGE_VNIR || role == TL_GF5_IMAGE_SWIR || role == TL_GF5_IMAGE_ONE;
}

static const char *const extensions = "raw,txt,csv,tif,tiff,geotiff,geotif,xml";

/* An archive of a kind that is not read, with the name of an AHSI scene. Others are unpacked before a
 * reader sees them; see open.c. */
static int is_foreign_archive(const char *path) {
    const char *name = tl_base_name(path);
    return tl_io_has_extension(path, "rar,7z,gz,bz2,xz") &&
           (strstr(name, "AHSI") != NULL || strstr(name, "ahsi") != NULL);
}

int tl_products_gf5_is_packed(const char *path) {
    char base[256];
    char **members = tl_io_has_extension(path, "zip") ? tl_io_source_list_archive(path) : NULL;
    int found = 0;
    for (char **one = members; one != NULL && *one != NULL && !found; one++) {
        found = is_image(tl_products_gf5_role_of(tl_base_name(*one), base));
    }
    CSLDestroy(members);
    return found;
}

int tl_products_gf5_claims(const char *path) {
    char base[256];
    if (!tl_io_is_folder(path)) {
        const tl_gf5_role role = tl_products_gf5_role_of(tl_base_name(path), base);
        return is_image(role) || role == TL_GF5_XML || is_foreign_archive(path);
    }
    char **inside = NULL;
    ptrdiff_t n = 0;
    int found = 0;
    if (tl_io_list_folder(path, "product", extensions, &inside, &n, NULL) == TL_OK) {
        for (ptrdiff_t i = 0; i < n && !found; i++) {
            found = tl_products_gf5_role_of(tl_base_name(inside[i]), base) != TL_GF5_NONE;
        }
    }
    tl_release_texts(inside, n);
    return found;
}

static tl_code keep(const char *folder, const char *path, tl_gf5_role role, const char *parameter,
                    tl_gf5_files *files, tl_err *err) {
    if (files->path[role] != NULL) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' and '%s' in '%s' are of the same kind; keep one of them in the "
                       "folder",
                       parameter, tl_base_name(files->path[role]), tl_base_name(path), folder);
    }
    files->path[role] = tl_copy_text(path);
    return files->path[role] == NULL ? tl_no_memory(err, "'%s'", folder) : TL_OK;
}

/* A folder with two scenes would mix their detectors. */
static tl_code check_base(const char *folder, const char *base, const char *parameter,
                          tl_gf5_files *files, tl_err *err) {
    if (files->base[0] == '\0') {
        (void)snprintf(files->base, sizeof files->base, "%s", base);
        return TL_OK;
    }
    return tl_same_word(files->base, base)
               ? TL_OK
               : tl_fail(err, TL_FORMAT,
                         "%s: '%s' contains the scenes '%s' and '%s'; name an image or the xml "
                         "of one of them",
                         parameter, folder, files->base, base);
}

static tl_code gather(const char *folder, char **path, ptrdiff_t n, const char *parameter,
                      int is_chosen, tl_gf5_files *files, tl_err *err) {
    char base[256];
    for (ptrdiff_t i = 0; i < n && !is_chosen; i++) {
        if (is_image(tl_products_gf5_role_of(tl_base_name(path[i]), base))) {
            TL_TRY(check_base(folder, base, parameter, files, err));
        }
    }
    int n_images = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const tl_gf5_role role = tl_products_gf5_role_of(tl_base_name(path[i]), base);
        const int is_shared = base[0] == '\0';
        if (role != TL_GF5_NONE && (is_shared || tl_same_word(base, files->base))) {
            n_images += is_image(role) ? 1 : 0;
            TL_TRY(keep(folder, path[i], role, parameter, files, err));
        }
    }
    return n_images > 0 ? TL_OK
                        : tl_fail(err, TL_FORMAT,
                                  "%s: '%s' contains texts of an AHSI scene but no image; wanted "
                                  "'<scene>_VN.tif' and '<scene>_SW.tif' next to them",
                                  parameter, folder);
}

tl_code tl_products_gf5_find(const char *path, const char *parameter, tl_gf5_files *files,
                             tl_err *err) {
    *files = (tl_gf5_files){0};
    const int is_chosen = !tl_io_is_folder(path);
    if (is_foreign_archive(path)) {
        return tl_fail(err, TL_FORMAT,
                       "%s: '%s' is an archive of a kind that is not read; unpack it and name the "
                       "folder",
                       parameter, path);
    }
    char folder[4096];
    (void)snprintf(folder, sizeof folder, "%s", is_chosen ? CPLGetPath(path) : path);
    if (folder[0] == '\0') {
        (void)snprintf(folder, sizeof folder, ".");
    }
    if (is_chosen) {
        (void)tl_products_gf5_role_of(tl_base_name(path), files->base);
    }
    char **inside = NULL;
    ptrdiff_t n = 0;
    tl_code code = tl_io_list_folder(folder, parameter, extensions, &inside, &n, err);
    if (code == TL_OK) {
        code = gather(folder, inside, n, parameter, is_chosen, files, err);
    }
    tl_release_texts(inside, n);
    if (code != TL_OK) {
        tl_products_gf5_files_free(files);
    }
    return code;
}

void tl_products_gf5_files_free(tl_gf5_files *files) {
    if (files == NULL) {
        return;
    }
    for (int r = 0; r < TL_GF5_ROLES; r++) {
        tl_release(files->path[r]);
    }
    *files = (tl_gf5_files){0};
}

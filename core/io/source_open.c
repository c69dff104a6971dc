/* SPDX-License-Identifier: GPL-2.0-or-later
 * Opening by data set strings; see source_open.h. */
#define _LARGEFILE64_SOURCE /* GDAL's file status has 64-bit sizes */
#include "io/source_open.h"

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/checked_file.h"
#include "io/special_file.h"

enum { path_capacity = 4096, shown_members = 8 };

tl_code tl_io_source_find(const char *path, const char *parameter, tl_source_name *name,
                          tl_err *err) {
    VSIStatBufL status;
    *name = (tl_source_name){0};
    TL_TRY(tl_io_refuse_special(path, parameter, err));
    if (path != NULL && path[0] != '\0' && VSIStatL(path, &status) == 0) {
        TL_TRY(tl_source_name_of_file(path, name, err));
    } else {
        TL_TRY(tl_source_name_parse(path, parameter, name, err));
    }
    tl_code code = TL_OK;
    if (name->kind != TL_SOURCE_DOCUMENT && name->file != NULL) {
        if (VSIStatL(name->file, &status) != 0) {
            code = tl_fail(err, TL_IO, "%s: there is no file '%s'", parameter, name->file);
        } else if (VSI_ISREG(status.st_mode) && status.st_size == 0) {
            code = tl_fail(err, TL_IO, "%s: the file '%s' is empty", parameter, name->file);
        } else if (strcmp(name->file, path) != 0) {
            code = tl_io_refuse_special(name->file, parameter, err);
        }
    }
    if (code != TL_OK) {
        tl_source_name_free(name);
    }
    return code;
}

/* --- archives --- */

/* The prefix of the file system that reads an archive; NULL = it is none. */
static const char *archive_prefix(const char *path) {
    static const struct {
        const char *end, *prefix;
    } known[] = {{".shp.zip", NULL},          {".zip", "/vsizip/"},      {".tar.gz", "/vsitar/"},
                 {".tgz", "/vsitar/"},        {".tar", "/vsitar/"},      {".vrt.gz", "/vsigzip/"},
                 {".tif.gz", "/vsigzip/"},    {".tiff.gz", "/vsigzip/"}, {".json.gz", "/vsigzip/"},
                 {".geojson.gz", "/vsigzip/"}};
    const size_t n = strlen(path);
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        const size_t m = strlen(known[k].end);
        if (n > m && tl_same_word(path + n - m, known[k].end)) {
            return known[k].prefix;
        }
    }
    return NULL;
}

int tl_io_source_is_archive(const char *path) {
    const char *prefix = archive_prefix(path);
    return prefix != NULL && strcmp(prefix, "/vsigzip/") != 0;
}

char **tl_io_source_list_archive(const char *path) {
    const char *prefix = archive_prefix(path);
    char folder[path_capacity];
    char **list = NULL;
    if (prefix == NULL ||
        snprintf(folder, sizeof folder, "%s{%s}", prefix, path) >= path_capacity) {
        return NULL;
    }
    char **names = VSIReadDirRecursive(folder);
    for (char **one = names; one != NULL && *one != NULL; one++) {
        tl_text member = {0};
        tl_text_addf(&member, "%s/%s", folder, *one);
        const size_t n = strlen(*one);
        if (!member.failed && n > 0 && (*one)[n - 1] != '/') {
            list = CSLAddString(list, tl_text_data(&member));
        }
        tl_text_free(&member);
    }
    CSLDestroy(names);
    return list;
}

/* Files that belong to another one. */
static int is_side_file(const char *path) {
    return tl_io_has_extension(path,
                               "hdr,aux,xml,ovr,msk,prj,qpj,cpg,shx,sbn,sbx,qix,dbf,tfw,wld,txt,md,"
                               "pdf,html,jpg,jpeg,png,csv.xz,md5,sha1") != 0;
}

/* 1 when the member has that name without its extension. */
static int is_called(const char *member, const char *layer) {
    const char *name = tl_base_name(member);
    const size_t n = strlen(layer);
    return strncmp(name, layer, n) == 0 && (name[n] == '.' || name[n] == '\0');
}

/* The members that GDAL takes for a raster or a vector data set; where one of several is called like
 * the layer that is wanted, that one. */
static char **find_members(const char *path, unsigned flags, const char *layer) {
    char **all = tl_io_source_list_archive(path);
    char **found = NULL;
    const char *named = NULL;
    for (char **one = all; one != NULL && *one != NULL; one++) {
        if (!is_side_file(*one) && GDALIdentifyDriverEx(*one, flags, NULL, NULL) != NULL) {
            found = CSLAddString(found, *one);
            named = layer != NULL && named == NULL && is_called(*one, layer) ? *one : named;
        }
    }
    if (CSLCount(found) > 1 && named != NULL) {
        CSLDestroy(found);
        found = CSLAddString(NULL, named);
    }
    CSLDestroy(all);
    return found;
}

static tl_code replace_data(tl_source_name *name, tl_text *data, tl_err *err) {
    char *copy = data->failed ? NULL : tl_copy_text(tl_text_data(data));
    tl_text_free(data);
    if (copy == NULL) {
        return tl_no_memory(err, "the name of a data set");
    }
    tl_release(name->data);
    name->data = copy;
    return TL_OK;
}

static tl_code choose_member(tl_source_name *name, char **found, unsigned flags,
                             const char *parameter, tl_err *err) {
    const char *what = flags == GDAL_OF_VECTOR ? "vector layer" : "raster";
    const int n = CSLCount(found);
    if (n == 0) {
        return tl_fail(err, TL_DATA, "%s: the archive '%s' contains no %s", parameter, name->shown,
                       what);
    }
    if (n > 1) {
        tl_text list = {0};
        for (int i = 0; i < n && i < shown_members; i++) {
            tl_text_addf(&list, "%s%s", i == 0 ? "" : ", ", found[i]);
        }
        const tl_code code = tl_fail(
            err, TL_DATA, "%s: the archive '%s' contains %d %ss; name one of them: %.600s%s",
            parameter, name->shown, n, what, tl_text_data(&list), n > shown_members ? ", ..." : "");
        tl_text_free(&list);
        return code;
    }
    TL_TRY(tl_assume(err, TL_INFO,
                     "%s: '%s' in the archive '%s' is read; name another member as '%s'", parameter,
                     tl_base_name(found[0]), name->shown, found[0]));
    tl_text data = {0};
    tl_text_add(&data, found[0]);
    name->kind = TL_SOURCE_VIRTUAL;
    return replace_data(name, &data, err);
}

/* The archive that a name stands for as a whole, or "": a.zip, and /vsizip/a.zip without a member. */
static const char *whole_archive(const tl_source_name *name) {
    const char *data = name->data;
    if (name->kind == TL_SOURCE_FILE) {
        return archive_prefix(data) == NULL || tl_io_is_folder(data) ? "" : data;
    }
    const int is_root = name->kind == TL_SOURCE_VIRTUAL &&
                        (strncmp(data, "/vsizip/", 8) == 0 || strncmp(data, "/vsitar/", 8) == 0);
    return is_root && tl_io_source_is_archive(data + 8) && tl_io_exists(data + 8) ? data + 8 : "";
}

tl_code tl_io_source_enter_archive(tl_source_name *name, unsigned flags, const char *parameter,
                                   tl_err *err) {
    const char *archive = whole_archive(name);
    const char *prefix = archive_prefix(archive);
    if (prefix == NULL) {
        return TL_OK;
    }
    if (strcmp(prefix, "/vsigzip/") == 0) {
        tl_text data = {0};
        tl_text_addf(&data, "%s%s", prefix, archive);
        return replace_data(name, &data, err);
    }
    char **found = find_members(archive, flags, name->layer);
    const tl_code code = choose_member(name, found, flags, parameter, err);
    CSLDestroy(found);
    return code;
}

/* --- opening --- */

/* GDAL only warns of an option that it does not know, and the user would miss what it was for. */
static tl_code check_option(const tl_source_name *name, const char *option, GDALDriverH driver,
                            const char *parameter, tl_err *err) {
    const char *known = GDALGetMetadataItem(driver, GDAL_DMD_OPENOPTIONLIST, NULL);
    char quoted[160];
    const size_t length = strcspn(option, "=");
    (void)snprintf(quoted, sizeof quoted, "name='%.*s'", (int)(length < 100 ? length : 100),
                   option);
    if (option[length] == '=' && ((known != NULL && strstr(known, quoted) != NULL) ||
                                  strncmp(option, "OVERVIEW_LEVEL=", 15) == 0)) {
        return TL_OK;
    }
    return tl_fail(
        err, TL_ARG,
        "%s: the format %s of '%s' has no option '%.100s'; leave out the part '|option:'",
        parameter, GDALGetDriverShortName(driver), name->shown, option);
}

/* The texts of an ASCII grid have more digits than the float32 of GDAL's default, which matters for
 * gentle relief on high ground. Whole numbers stay as they are. */
static void keep_digits(const char *data, unsigned flags, char **options, GDALDatasetH *dataset) {
    GDALDriverH driver = *dataset == NULL ? NULL : GDALGetDatasetDriver(*dataset);
    if (driver == NULL || strcmp(GDALGetDriverShortName(driver), "AAIGrid") != 0 ||
        GDALGetRasterDataType(GDALGetRasterBand(*dataset, 1)) != GDT_Float32 ||
        CSLFetchNameValue(options, "DATATYPE") != NULL) {
        return;
    }
    char **wide = CSLAddString(CSLDuplicate(options), "DATATYPE=Float64");
    GDALDatasetH again =
        GDALOpenEx(data, flags | GDAL_OF_READONLY, NULL, (const char *const *)wide, NULL);
    CSLDestroy(wide);
    if (again != NULL) {
        GDALClose(*dataset);
        *dataset = again;
    }
}

tl_code tl_io_source_open(const tl_source_name *name, unsigned flags, const char *parameter,
                          GDALDatasetH *dataset, tl_err *err) {
    char **options = NULL;
    *dataset = NULL;
    for (ptrdiff_t i = 0; i < name->n_options; i++) {
        GDALDriverH driver = GDALIdentifyDriverEx(name->data, flags, NULL, NULL);
        const tl_code code =
            driver == NULL ? TL_OK : check_option(name, name->option[i], driver, parameter, err);
        if (code != TL_OK) {
            CSLDestroy(options);
            return code;
        }
        options = CSLAddString(options, name->option[i]);
    }
    *dataset = (flags & GDAL_OF_VECTOR) != 0
                   ? GDALOpenEx(name->data, flags | GDAL_OF_READONLY, NULL,
                                (const char *const *)options, NULL)
                   : tl_io_open_checked(name->data, flags | GDAL_OF_READONLY, options);
    keep_digits(name->data, flags, options, dataset);
    CSLDestroy(options);
    return TL_OK;
}

/* A raster in a container has a name of its own in GDAL. */
static tl_code name_layer(tl_source_name *name, const char *parameter, tl_err *err) {
    tl_text data = {0};
    if (tl_io_has_extension(name->data, "gpkg")) {
        tl_text_addf(&data, "GPKG:%s:%s", name->data, name->layer);
    } else if (tl_io_has_extension(name->data, "nc,nc4")) {
        tl_text_addf(&data, "NETCDF:\"%s\":%s", name->data, name->layer);
    } else {
        return tl_fail(err, TL_ARG,
                       "%s: 'layername=%.100s' behind '%s' cannot be used for a raster of this "
                       "format; leave it out, or name the raster as gdalinfo lists it",
                       parameter, name->layer, name->shown);
    }
    return replace_data(name, &data, err);
}

tl_code tl_io_source_prepare_raster(tl_source_name *name, const char *parameter, tl_err *err) {
    const char *part = name->subset != NULL          ? "subset="
                       : name->geometry_type != NULL ? "geometrytype="
                       : name->layer_id > 0          ? "layerid="
                                                     : NULL;
    if (part != NULL) {
        return tl_fail(err, TL_ARG,
                       "%s: '%s' behind '%s' is for vector layers; wanted a raster without it",
                       parameter, part, name->shown);
    }
    return name->layer != NULL ? name_layer(name, parameter, err)
                               : tl_io_source_enter_archive(name, GDAL_OF_RASTER, parameter, err);
}

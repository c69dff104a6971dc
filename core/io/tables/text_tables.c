/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tables of texts from files; see text_tables.h. */
#include "io/tables/text_tables.h"

#include <cpl_conv.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/gdal_call.h"
#include "io/source_open.h"
#include "io/text_encoding.h"
#include "source/csv.h"

enum { table_limit = 1 << 30, path_capacity = 4096 };

/* The path in front of "|layername=...". */
static const char *file_of(const char *path, char file[path_capacity]) {
    (void)snprintf(file, path_capacity, "%.*s", (int)strcspn(path, "|"), path);
    return file;
}

int tl_io_tables_is_workbook(const char *path) {
    char file[path_capacity];
    return tl_io_has_extension(file_of(path, file), "xlsx,xlsm,ods,xls");
}

int tl_io_tables_is_text(const char *path) {
    char file[path_capacity];
    return tl_io_has_extension(file_of(path, file), "csv,txt,tsv,tab,asc,prn");
}

/* --- delimited texts --- */

tl_code tl_io_tables_texts_of_bytes(const char *bytes, size_t length, const char *what,
                                    tl_text_table *table, tl_err *err) {
    char *utf8 = NULL;
    size_t utf8_length = 0;
    *table = (tl_text_table){0};
    TL_TRY(tl_io_to_utf8(bytes, length, what, &utf8, &utf8_length, err));
    const tl_code code =
        tl_source_csv_parse(utf8 == NULL ? bytes : utf8, utf8_length, what, table, err);
    tl_release(utf8);
    return code;
}

/* The bytes of a text, from which nothing can be selected by the parts behind its path. */
static tl_code bytes_of_file(const char *path, const char *parameter, char **bytes, size_t *length,
                             tl_err *err) {
    tl_source_name name;
    TL_TRY(tl_io_source_find(path, parameter, &name, err));
    tl_code code = tl_source_name_check_plain(&name, parameter, err);
    if (code == TL_OK) {
        code = tl_io_read_bytes(name.data, parameter, table_limit, bytes, length, err);
    }
    tl_source_name_free(&name);
    return code;
}

static tl_code texts_of_file(const char *path, const char *parameter, const char *what,
                             tl_text_table *table, tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    TL_TRY(bytes_of_file(path, parameter, &bytes, &length, err));
    const tl_code code = tl_io_tables_texts_of_bytes(bytes, length, what, table, err);
    tl_release(bytes);
    return code;
}

/* --- attribute tables and sheets --- */

/* Appends the value of a field as a text that reads back as the same value. */
static tl_code add_field(OGRFeatureH feature, int field, OGRFieldType type,
                         tl_text_table_builder *b, tl_err *err) {
    if (!OGR_F_IsFieldSetAndNotNull(feature, field)) {
        return tl_source_text_table_add(b, "", err);
    }
    if (type != OFTReal) {
        return tl_source_text_table_add(b, OGR_F_GetFieldAsString(feature, field), err);
    }
    tl_text number = {0};
    const double value = OGR_F_GetFieldAsDouble(feature, field);
    if (isfinite(value)) {
        tl_text_add_number(&number, value);
    }
    const tl_code code = tl_source_text_table_add(b, tl_text_data(&number), err);
    tl_text_free(&number);
    return code;
}

static tl_code add_row(OGRFeatureH feature, OGRFeatureDefnH definition, int with_key,
                       tl_text_table_builder *b, tl_err *err) {
    if (with_key) {
        char key[32];
        (void)snprintf(key, sizeof key, "%lld", (long long)OGR_F_GetFID(feature));
        TL_TRY(tl_source_text_table_add(b, key, err));
    }
    for (int j = 0; j < OGR_FD_GetFieldCount(definition); j++) {
        TL_TRY(add_field(feature, j, OGR_Fld_GetType(OGR_FD_GetFieldDefn(definition, j)), b, err));
    }
    return TL_OK;
}

static tl_code add_features(OGRLayerH layer, int with_key, tl_text_table_builder *b, tl_err *err) {
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    tl_code code = TL_OK;
    OGR_L_ResetReading(layer);
    while (code == TL_OK) {
        OGRFeatureH feature = OGR_L_GetNextFeature(layer);
        if (feature == NULL) {
            break;
        }
        code = add_row(feature, definition, with_key, b, err);
        OGR_F_Destroy(feature);
    }
    return code;
}

tl_code tl_io_tables_texts_of_layer(const tl_vector *vector, const char *what, tl_text_table *table,
                                    tl_err *err) {
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(vector->layer);
    const int n_fields = OGR_FD_GetFieldCount(definition);
    const char *key = OGR_L_GetFIDColumn(vector->layer);
    key = key == NULL || key[0] == '\0' ? "fid" : key;
    const int with_key = OGR_FD_GetFieldIndex(definition, key) < 0;
    tl_text_table_builder b = {0};
    tl_io_call call;
    tl_io_begin(&call);
    tl_code code = with_key ? tl_source_text_table_add(&b, key, err) : TL_OK;
    for (int j = 0; j < n_fields && code == TL_OK; j++) {
        code = tl_source_text_table_add(&b, OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(definition, j)),
                                        err);
    }
    if (code == TL_OK) {
        code = add_features(vector->layer, with_key, &b, err);
    }
    if (code == TL_OK && call.failed) {
        code = tl_fail(err, TL_IO, "%s cannot be read to its end%s", what, tl_io_words(&call));
    }
    tl_io_end(&call);
    if (code != TL_OK) {
        *table = (tl_text_table){0};
        tl_source_text_table_builder_free(&b);
        return code;
    }
    return tl_source_text_table_build(&b, with_key + n_fields, 1, what, table, err);
}

/* The number of cells with a text in the row that begins at cell k. */
static ptrdiff_t filled_cells(const tl_text_table_builder *b, ptrdiff_t k, ptrdiff_t ncol) {
    ptrdiff_t n = 0;
    for (ptrdiff_t j = 0; j < ncol; j++) {
        const char *text = b->bytes + b->at[k + j];
        n += text[strspn(text, " \t\r\n")] != '\0';
    }
    return n;
}

/* The first row of a sheet that can be its header: rows with nothing or one text are titles where
 * rows with more follow. */
static ptrdiff_t header_row(const tl_text_table_builder *b, ptrdiff_t ncol) {
    const ptrdiff_t nrow = b->n / ncol;
    ptrdiff_t first = 0;
    while (first < nrow && filled_cells(b, first * ncol, ncol) == 0) {
        first++;
    }
    for (ptrdiff_t i = first; i < nrow && i < first + 10; i++) {
        if (filled_cells(b, i * ncol, ncol) > 1) {
            return i;
        }
    }
    return first;
}

/* A sheet, whose first rows GDAL was asked not to take for a header. */
static tl_code texts_of_sheet(OGRLayerH layer, const char *what, tl_text_table *table,
                              tl_err *err) {
    const ptrdiff_t ncol = OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(layer));
    tl_text_table_builder b = {0};
    *table = (tl_text_table){0};
    tl_code code = add_features(layer, 0, &b, err);
    const ptrdiff_t header = ncol == 0 || code != TL_OK ? 0 : header_row(&b, ncol);
    if (code == TL_OK && (ncol == 0 || header * ncol >= b.n)) {
        code = tl_fail(err, TL_FORMAT,
                       "%s: the sheet '%s' is empty; wanted a header row and data "
                       "rows",
                       what, OGR_L_GetName(layer));
    }
    if (code == TL_OK && header > 0) {
        const char *title = b.bytes + b.at[0];
        code = tl_assume(err, TL_INFO,
                         "%s: row %td of the sheet '%s' is read as the header, and the rows above "
                         "it ('%.60s') are skipped; remove them if that is wrong",
                         what, header + 1, OGR_L_GetName(layer), title);
        memmove(b.at, b.at + header * ncol, (size_t)(b.n - header * ncol) * sizeof *b.at);
        b.n -= header * ncol;
    }
    if (code != TL_OK) {
        tl_source_text_table_builder_free(&b);
        return code;
    }
    return tl_source_text_table_build(&b, ncol, header + 2, what, table, err);
}

/* 2 for a sheet with rows and columns, 1 for one with a single row or column, such as notes; 0 for an
 * empty one. */
static int sheet_kind(OGRLayerH sheet) {
    const int columns = OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(sheet));
    const GIntBig rows = columns > 0 ? OGR_L_GetFeatureCount(sheet, 1) : 0;
    return rows <= 0 ? 0 : rows > 1 && columns > 1 ? 2 : 1;
}

/* The sheet that is named, else the first one with rows and columns, else the first with cells. */
static tl_code pick_sheet(const tl_vector *v, const char *path, const char *what, OGRLayerH *layer,
                          tl_err *err) {
    *layer = v->layer;
    if (strstr(path, "|layername=") != NULL || strstr(path, "|layerid=") != NULL) {
        return TL_OK;
    }
    tl_text names = {0};
    ptrdiff_t filled = 0;
    int best = 0;
    for (int i = 0; i < GDALDatasetGetLayerCount(v->dataset); i++) {
        OGRLayerH one = GDALDatasetGetLayer(v->dataset, i);
        const int kind = sheet_kind(one);
        *layer = kind > best ? one : *layer;
        best = kind > best ? kind : best;
        filled += kind > 0;
        if (kind > 0 && filled <= 12) {
            tl_text_addf(&names, "%s%.60s", filled == 1 ? "" : ", ", OGR_L_GetName(one));
        }
    }
    const tl_code code =
        filled < 2 ? TL_OK
                   : tl_assume(err, TL_INFO,
                               "%s has the sheets %.300s%s; the sheet '%.80s' is read, and "
                               "'|layername=NAME' behind the path names another one",
                               what, tl_text_data(&names), filled > 12 ? ", ..." : "",
                               OGR_L_GetName(*layer));
    tl_text_free(&names);
    return code;
}

/* Set for the time in which a workbook is open: cells stay the texts that they are, and the header
 * is found by the rules of this module. */
static const char *const sheet_options[][2] = {
    {"OGR_XLSX_HEADERS", "DISABLE"}, {"OGR_XLSX_FIELD_TYPES", "STRING"},
    {"OGR_ODS_HEADERS", "DISABLE"},  {"OGR_ODS_FIELD_TYPES", "STRING"},
    {"OGR_XLS_HEADERS", "DISABLE"},  {"OGR_XLS_FIELD_TYPES", "STRING"},
};

static tl_code texts_of_workbook(const char *path, const char *parameter, const char *what,
                                 tl_text_table *table, tl_err *err) {
    enum { n_options = sizeof sheet_options / sizeof sheet_options[0] };
    char *kept[n_options];
    for (int k = 0; k < n_options; k++) {
        kept[k] = tl_copy_text(CPLGetThreadLocalConfigOption(sheet_options[k][0], NULL));
        CPLSetThreadLocalConfigOption(sheet_options[k][0], sheet_options[k][1]);
    }
    tl_vector v;
    OGRLayerH layer = NULL;
    tl_code code = tl_io_tables_open_vector(path, parameter, NULL, &v, err);
    if (code == TL_OK) {
        tl_io_call call;
        tl_io_begin(&call);
        code = pick_sheet(&v, path, what, &layer, err);
        code = code == TL_OK ? texts_of_sheet(layer, what, table, err) : code;
        tl_io_end(&call);
        tl_io_tables_close_vector(&v);
    }
    for (int k = 0; k < n_options; k++) {
        CPLSetThreadLocalConfigOption(sheet_options[k][0], kept[k]);
        tl_release(kept[k]);
    }
    return code;
}

static tl_code texts_of_vector(const char *path, const char *parameter, const char *what,
                               tl_text_table *table, tl_err *err) {
    tl_vector v;
    TL_TRY(tl_io_tables_open_vector(path, parameter, NULL, &v, err));
    const tl_code code = tl_io_tables_texts_of_layer(&v, what, table, err);
    tl_io_tables_close_vector(&v);
    return code;
}

/* A file that OGR does not open as what its name promises: instruments and web pages export texts
 * under names such as data.xls, and tables without an extension are texts too. why is the failure
 * of OGR, which is kept when the file is no text. */
static tl_code texts_instead(const char *path, const char *parameter, const char *what,
                             const tl_err *why, tl_text_table *table, tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    tl_code code = bytes_of_file(path, parameter, &bytes, &length, NULL);
    if (code != TL_OK || length == 0 || memchr(bytes, '\0', length) != NULL || bytes[0] == '<') {
        tl_release(bytes);
        return tl_fail(err, why->code, "%s", why->text);
    }
    code = tl_io_tables_texts_of_bytes(bytes, length, what, table, err);
    tl_release(bytes);
    if (code == TL_OK && tl_io_tables_is_workbook(path)) {
        code = tl_assume(err, TL_INFO,
                         "%s is no workbook but a text, and is read as one; give it the extension "
                         ".csv",
                         what);
        if (code != TL_OK) {
            tl_source_text_table_free(table);
        }
    }
    return code;
}

tl_code tl_io_tables_read_texts(const char *path, const char *parameter, tl_text_table *table,
                                tl_err *err) {
    char what[512];
    *table = (tl_text_table){0};
    (void)snprintf(what, sizeof what, "%s '%.400s'", parameter, path);
    if (tl_io_tables_is_text(path)) {
        return texts_of_file(path, parameter, what, table, err);
    }
    tl_err why = {0};
    const tl_code code = tl_io_tables_is_workbook(path)
                             ? texts_of_workbook(path, parameter, what, table, &why)
                             : texts_of_vector(path, parameter, what, table, &why);
    if (code == TL_IO) {
        return texts_instead(path, parameter, what, &why, table, err);
    }
    return code == TL_OK ? TL_OK : tl_fail(err, code, "%s", why.text);
}

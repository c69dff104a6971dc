/* SPDX-License-Identifier: GPL-2.0-or-later
 * Data set strings; see source_name.h. */
#include "source/source_name.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

static char *copy_part(const char *text, size_t length) {
    char *copy = tl_acquire((ptrdiff_t)length + 1, 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
    }
    return copy;
}

/* 1 when text begins with the word, in any case of letters. */
static int begins(const char *text, const char *word) {
    while (*word != '\0' && tolower((unsigned char)*text) == tolower((unsigned char)*word)) {
        text++;
        word++;
    }
    return *word == '\0';
}

static tl_code keep(char **to, const char *text, size_t length, tl_err *err) {
    tl_release(*to);
    *to = copy_part(text, length);
    return *to == NULL ? tl_no_memory(err, "the name of a data set") : TL_OK;
}

/* --- the parts behind the path --- */

static tl_code keep_option(tl_source_name *name, const char *text, size_t length, tl_err *err) {
    char **grown =
        tl_grow((void *)name->option, name->n_options, name->n_options + 1, sizeof *grown);
    if (grown == NULL) {
        return tl_no_memory(err, "the options of a data set");
    }
    name->option = grown;
    grown[name->n_options] = copy_part(text, length);
    return grown[name->n_options++] == NULL ? tl_no_memory(err, "the options of a data set")
                                            : TL_OK;
}

static tl_code keep_layer_id(tl_source_name *name, const char *text, size_t length,
                             const char *parameter, tl_err *err) {
    double number = -1.0;
    char *word = copy_part(text, length);
    const int good = word != NULL && tl_parse_number(word, &number) && number >= 0.0 &&
                     number < 1e6 && !(fabs(number - trunc(number)) > 0.0);
    tl_release(word);
    name->layer_id = good ? (ptrdiff_t)number : -1;
    return good ? TL_OK
                : tl_fail(err, TL_ARG,
                          "%s: 'layerid=%.*s' in '%.300s' is no layer number; wanted 0 for the "
                          "first layer, or 'layername=' with its name",
                          parameter, (int)(length < 60 ? length : 60), text, name->shown);
}

/* Parts that may follow a condition, which itself may contain the mark between parts. */
static int ends_condition(const char *part) {
    return begins(part, "|geometrytype=") || begins(part, "|option:") ||
           begins(part, "|uniquegeometrytype=") || begins(part, "|authcfg=");
}

/* The length of the part that begins at text, which is behind a mark. */
static size_t part_length(const char *text) {
    if (!begins(text, "subset=")) {
        return strcspn(text, "|");
    }
    size_t n = strlen(text);
    for (size_t at = n; at-- > 0;) {
        if (text[at] == '|' && ends_condition(text + at)) {
            n = at;
        } else if (text[at] == '|') {
            break;
        }
    }
    return n;
}

static tl_code keep_part(tl_source_name *name, const char *text, size_t length,
                         const char *parameter, tl_err *err) {
    const struct {
        const char *word;
        char **to;
    } texts[] = {{"layername=", &name->layer},
                 {"subset=", &name->subset},
                 {"geometrytype=", &name->geometry_type}};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        const size_t n = strlen(texts[k].word);
        if (length > n && begins(text, texts[k].word)) {
            return keep(texts[k].to, text + n, length - n, err);
        }
        if (length == n && begins(text, texts[k].word)) {
            return TL_OK;
        }
    }
    if (begins(text, "layerid=")) {
        return keep_layer_id(name, text + 8, length - 8, parameter, err);
    }
    if (begins(text, "option:")) {
        return keep_option(name, text + 7, length - 7, err);
    }
    if (begins(text, "uniquegeometrytype=")) {
        return TL_OK; /* without geometrytype= it has no meaning, and with it multi-parts count */
    }
    return tl_fail(err, TL_ARG,
                   "%s: the part '|%.*s' behind '%.300s' is not known; known are layername=, "
                   "layerid=, subset=, geometrytype= and option:",
                   parameter, (int)(length < 100 ? length : 100), text, name->shown);
}

/* --- files in connection strings --- */

/* The prefix of a driver, such as NETCDF: or GPKG:, with its colon; 0 = there is none. A single
 * letter is the name of a disk. */
static size_t prefix_length(const char *text) {
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_') {
        n++;
    }
    return n > 1 && text[n] == ':' && isalpha((unsigned char)text[0]) ? n + 1 : 0;
}

/* The file named in a text such as NETCDF:"f.nc":v or GTIFF_DIR:2:f.tif, and its length; NULL when no
 * file is recognised. */
static const char *file_inside(const char *text, size_t *length) {
    const size_t prefix = prefix_length(text);
    const char *rest = text + prefix;
    const char *quote = strchr(rest, '"');
    if (begins(text, "vrt://")) {
        *length = strcspn(text + 6, "?");
        return text + 6;
    }
    if (strncmp(rest, "//", 2) == 0 || begins(text, "PG:") || begins(text, "MYSQL:")) {
        return NULL;
    }
    if (quote != NULL) {
        *length = strcspn(quote + 1, "\"");
        return quote + 1;
    }
    if (begins(text, "GTIFF_DIR:")) {
        const char *colon = strrchr(rest, ':');
        *length = colon == NULL ? 0 : strlen(colon + 1);
        return colon == NULL ? NULL : colon + 1;
    }
    static const char *const drivers[] = {"NETCDF:", "HDF5:", "GPKG:", "ZARR:", "SQLite:"};
    for (size_t k = 0; k < sizeof drivers / sizeof drivers[0]; k++) {
        if (begins(text, drivers[k])) {
            *length = strcspn(rest, ":");
            return rest;
        }
    }
    return NULL;
}

/* A copy with the values of user, password and tokens masked; NULL when memory is out. */
static char *without_secrets(const char *text) {
    static const char *const words[] = {"password=", "passwd=", "pwd=", "token=", "user="};
    tl_text shown = {0};
    while (*text != '\0') {
        size_t n = 1;
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
            if (begins(text, words[k])) {
                const size_t word = strlen(words[k]);
                const char quote = text[word];
                n = quote == '\'' || quote == '"'
                        ? word + 1 + strcspn(text + word + 1, quote == '"' ? "\"" : "'")
                        : word + strcspn(text + word, " &|,;");
                n += (quote == '\'' || quote == '"') && text[n] != '\0';
                tl_text_addf(&shown, "%s***", words[k]);
                break;
            }
        }
        if (n == 1) {
            tl_text_addf(&shown, "%c", *text);
        }
        text += n;
    }
    char *copy = shown.failed ? NULL : tl_copy_text(tl_text_data(&shown));
    tl_text_free(&shown);
    return copy;
}

static tl_code describe_data(tl_source_name *name, tl_err *err) {
    const char *data = name->data;
    size_t length = strlen(data);
    const char *file = data;
    name->kind = TL_SOURCE_FILE;
    if (strncmp(data, "/vsi", 4) == 0) {
        name->kind = TL_SOURCE_VIRTUAL;
    } else if (prefix_length(data) > 0) {
        name->kind = TL_SOURCE_CONNECTION;
        file = file_inside(data, &length);
    }
    if (file != NULL && length > 0) {
        TL_TRY(keep(&name->file, file, length, err));
    }
    name->shown = name->kind == TL_SOURCE_FILE ? tl_copy_text(data) : without_secrets(data);
    return name->shown == NULL ? tl_no_memory(err, "the name of a data set") : TL_OK;
}

/* --- databases as QGIS writes them --- */

/* The value of KEY=value in such a text, without its quotes; NULL when memory is out or there is
 * none. */
static char *value_of(const char *text, const char *key) {
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\'' || *at == '"') {
            const size_t n = strcspn(at + 1, *at == '"' ? "\"" : "'");
            at += n + (at[n + 1] != '\0');
        } else if (begins(at, key) && (at == text || at[-1] == ' ')) {
            const char *value = at + strlen(key);
            const int quoted = *value == '\'' || *value == '"';
            const char *end = *value == '"' ? "\"" : *value == '\'' ? "'" : " ";
            return copy_part(value + quoted, strcspn(value + quoted, end));
        }
    }
    return NULL;
}

static void add_value(tl_text *data, const char *text, const char *key) {
    char *value = value_of(text, key);
    if (value != NULL) {
        tl_text_addf(data, "%s%s'%s'", data->length > 3 ? " " : "", key, value);
    }
    tl_release(value);
}

/* table="schema"."name" or table="name" as schema.name. */
static char *table_of(const char *text) {
    const char *at = strstr(text, "table=");
    tl_text table = {0};
    for (at = at == NULL ? "" : at + 6; *at == '"'; at += *at == '.') {
        const size_t n = strcspn(at + 1, "\"");
        tl_text_addf(&table, "%s%.*s", table.length > 0 ? "." : "", (int)n, at + 1);
        at += n + 1 + (at[n + 1] != '\0');
    }
    char *copy = table.failed || table.length == 0 ? NULL : tl_copy_text(tl_text_data(&table));
    tl_text_free(&table);
    return copy;
}

/* The words of QGIS for a database become those of GDAL. */
static tl_code parse_database(const char *text, tl_source_name *name, tl_err *err) {
    static const char *const keys[] = {
        "service=", "dbname=", "host=", "port=", "user=", "password="};
    char *database = value_of(text, "dbname=");
    char *host = value_of(text, "host=");
    const int is_file = host == NULL && database != NULL && strpbrk(database, "/.\\") != NULL;
    tl_text data = {0};
    if (is_file) {
        tl_text_add(&data, database);
    } else {
        tl_text_add(&data, "PG:");
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            add_value(&data, text, keys[k]);
        }
    }
    const char *condition = strstr(text, " sql=");
    name->data = data.failed ? NULL : tl_copy_text(tl_text_data(&data));
    name->layer = table_of(text);
    tl_text_free(&data);
    tl_release(database);
    tl_release(host);
    if (name->data == NULL) {
        return tl_no_memory(err, "the name of a data set");
    }
    if (condition != NULL && condition[5] != '\0') {
        TL_TRY(keep(&name->subset, condition + 5, strlen(condition + 5), err));
    }
    return describe_data(name, err);
}

/* --- the whole --- */

static tl_code refuse_words_of_qgis(const char *text, const char *parameter, tl_err *err) {
    static const struct {
        const char *begin, *what;
    } known[] = {
        {"memory?", "a temporary layer of QGIS"}, {"memory:", "a temporary layer of QGIS"},
        {"virtual?", "a virtual layer of QGIS"},  {"?query=", "a virtual layer of QGIS"},
        {"type=xyz", "a map of tiles"},           {"contextualwmslegend=", "a map of a server"},
        {"pagingenabled=", "a layer of a server"}};
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        if (begins(text, known[k].begin)) {
            return tl_fail(err, TL_ARG,
                           "%s: '%.200s' is %s, which no other program can read; export it to a "
                           "file first",
                           parameter, text, known[k].what);
        }
    }
    if (begins(text, "file:") && strchr(text, '?') != NULL) {
        return tl_fail(err, TL_ARG,
                       "%s: '%.200s' is a delimited text layer with settings of QGIS, which would "
                       "not be used; name the file itself, or export the layer",
                       parameter, text);
    }
    return TL_OK;
}

static int is_database(const char *text) {
    return (begins(text, "dbname=") || begins(text, "service=") || begins(text, "host=")) &&
           strstr(text, "table=") != NULL;
}

static tl_code parse_parts(const char *text, const char *parameter, tl_source_name *name,
                           tl_err *err) {
    if (begins(text, "file://")) {
        text += 7;
    }
    size_t length = strcspn(text, "|");
    TL_TRY(keep(&name->data, text, length, err));
    TL_TRY(describe_data(name, err));
    if (length == 0) {
        return tl_fail(err, TL_ARG, "%s: '%.200s' names no file", parameter, text);
    }
    for (const char *part = text + length; *part == '|'; part += 1 + length) {
        length = part_length(part + 1);
        TL_TRY(keep_part(name, part + 1, length, parameter, err));
    }
    return TL_OK;
}

static tl_code parse(const char *text, const char *parameter, tl_source_name *name, tl_err *err) {
    if (text == NULL || text[strspn(text, " \t\r\n")] == '\0') {
        return tl_fail(err, TL_ARG, "%s: no file was named", parameter);
    }
    const char first = text[strspn(text, " \t\r\n")];
    if (first == '<' || first == '{') {
        name->kind = TL_SOURCE_DOCUMENT;
        TL_TRY(keep(&name->data, text, strlen(text), err));
        return keep(&name->shown, text, strcspn(text, "\r\n"), err);
    }
    TL_TRY(refuse_words_of_qgis(text, parameter, err));
    return is_database(text) ? parse_database(text, name, err)
                             : parse_parts(text, parameter, name, err);
}

tl_code tl_source_name_parse(const char *text, const char *parameter, tl_source_name *name,
                             tl_err *err) {
    *name = (tl_source_name){.layer_id = -1};
    const tl_code code = parse(text, parameter, name, err);
    if (code != TL_OK) {
        tl_source_name_free(name);
    }
    return code;
}

tl_code tl_source_name_of_file(const char *path, tl_source_name *name, tl_err *err) {
    *name = (tl_source_name){.layer_id = -1};
    name->kind = strncmp(path, "/vsi", 4) == 0 ? TL_SOURCE_VIRTUAL : TL_SOURCE_FILE;
    name->data = tl_copy_text(path);
    name->file = tl_copy_text(path);
    name->shown = tl_copy_text(path);
    if (name->data != NULL && name->file != NULL && name->shown != NULL) {
        return TL_OK;
    }
    tl_source_name_free(name);
    return tl_no_memory(err, "the name of a data set");
}

void tl_source_name_free(tl_source_name *name) {
    for (ptrdiff_t i = 0; i < name->n_options; i++) {
        tl_release(name->option[i]);
    }
    tl_release((void *)name->option);
    tl_release(name->data);
    tl_release(name->file);
    tl_release(name->shown);
    tl_release(name->layer);
    tl_release(name->subset);
    tl_release(name->geometry_type);
    *name = (tl_source_name){.layer_id = -1};
}

/* 1 when the layer is called like the file without its extension, as GDAL calls those of texts. */
static int is_own_name(const tl_source_name *name) {
    const char *file = tl_base_name(name->data);
    const char *dot = strrchr(file, '.');
    const size_t stem = dot == NULL || dot == file ? strlen(file) : (size_t)(dot - file);
    return strlen(name->layer) == stem && strncmp(file, name->layer, stem) == 0;
}

tl_code tl_source_name_check_plain(const tl_source_name *name, const char *parameter, tl_err *err) {
    const char *what = name->subset != NULL                        ? "subset="
                       : name->geometry_type != NULL               ? "geometrytype="
                       : name->n_options > 0                       ? "option:"
                       : name->layer_id > 0                        ? "layerid="
                       : name->layer != NULL && !is_own_name(name) ? "layername="
                                                                   : NULL;
    return what == NULL
               ? TL_OK
               : tl_fail(err, TL_ARG,
                         "%s: '%s' behind '%.300s' cannot be used, because the file is read "
                         "as a whole; leave it out, or save what it selects to a file",
                         parameter, what, name->shown);
}

char *tl_source_name_label(const char *text) {
    tl_source_name name;
    if (tl_source_name_parse(text, "", &name, NULL) != TL_OK) {
        return tl_copy_text(tl_base_name(text));
    }
    tl_text label = {0};
    tl_text_add(&label, tl_base_name(name.kind == TL_SOURCE_DOCUMENT ? text : name.shown));
    if (name.layer != NULL) {
        tl_text_addf(&label, "|layername=%s", name.layer);
    }
    if (name.layer_id >= 0) {
        tl_text_addf(&label, "|layerid=%td", name.layer_id);
    }
    if (name.subset != NULL) {
        tl_text_addf(&label, "|subset=%s", name.subset);
    }
    if (name.geometry_type != NULL) {
        tl_text_addf(&label, "|geometrytype=%s", name.geometry_type);
    }
    tl_source_name_free(&name);
    char *copy = label.failed ? NULL : tl_copy_text(tl_text_data(&label));
    tl_text_free(&label);
    return copy;
}

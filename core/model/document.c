/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bounded reading and checked access of model files; see document.h. */
#include "model/document.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "json/json.h"

#define FORMAT_NAME "tilth-model"

/* Sizes that the text announces, counted before the parser allocates anything for them. */
typedef struct extent {
    size_t depth;
    size_t deepest;
    size_t values;
    size_t lists;
} extent;

/* Counts brackets and commas outside of quoted text. A list of n values has n - 1 commas, so
 * commas + lists + 1 bounds the number of values from above. */
static extent measure(const char *bytes, size_t length) {
    extent e = {0, 0, 1, 0};
    int quoted = 0;
    for (size_t i = 0; i < length; i++) {
        const char c = bytes[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = 1;
        } else if (c == '[' || c == '{') {
            e.lists++;
            e.depth++;
            e.values++;
            e.deepest = e.depth > e.deepest ? e.depth : e.deepest;
        } else if (c == ']' || c == '}') {
            e.depth -= e.depth > 0;
        } else if (c == ',') {
            e.values++;
        }
    }
    return e;
}

static tl_code check_bounds(const char *bytes, size_t length, const char *name, tl_err *err) {
    if (bytes == NULL || length == 0) {
        return tl_fail(err, TL_FORMAT, "%s is empty, not a tilth model file", name);
    }
    if (length > TL_MODEL_MAX_BYTES) {
        return tl_fail(err, TL_FORMAT, "%s has %zu bytes; a tilth model file has at most %zu", name,
                       length, TL_MODEL_MAX_BYTES);
    }
    const extent e = measure(bytes, length);
    if (e.deepest > TL_MODEL_MAX_DEPTH) {
        return tl_fail(err, TL_FORMAT,
                       "%s is nested %zu levels deep; a tilth model file has at most %d", name,
                       e.deepest, TL_MODEL_MAX_DEPTH);
    }
    if (e.values > TL_MODEL_MAX_VALUES || e.lists > TL_MODEL_MAX_LISTS) {
        return tl_fail(err, TL_FORMAT,
                       "%s holds more values than a tilth model file may (%zu values and %zu lists "
                       "found, at most %zu and %zu)",
                       name, e.values, e.lists, TL_MODEL_MAX_VALUES, TL_MODEL_MAX_LISTS);
    }
    return TL_OK;
}

static int is_kind_word(const char *kind) {
    const size_t length = strlen(kind);
    return length > 0 && length <= 40 &&
           strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

/* The three keys that every model file has. */
static tl_code check_head(const json_t *root, const char *name, tl_err *err) {
    const char *format = json_string_value(json_object_get(root, "format"));
    if (format == NULL || strcmp(format, FORMAT_NAME) != 0) {
        return tl_fail(err, TL_FORMAT,
                       "%s is not a tilth model file: it lacks \"format\": \"%s\"; choose a "
                       "file that trainmodel or trainfusion wrote",
                       name, FORMAT_NAME);
    }
    const json_t *version = json_object_get(root, "version");
    if (!json_is_integer(version)) {
        return tl_fail(err, TL_FORMAT, "%s: \"version\" is not a whole number", name);
    }
    if (json_integer_value(version) != TL_MODEL_VERSION) {
        return tl_fail(err, TL_FORMAT,
                       "%s has model version %lld, this tilth reads version %d; train the model "
                       "again or use the tilth that wrote it",
                       name, (long long)json_integer_value(version), TL_MODEL_VERSION);
    }
    const char *kind = json_string_value(json_object_get(root, "kind"));
    if (kind == NULL || !is_kind_word(kind)) {
        return tl_fail(err, TL_FORMAT, "%s: \"kind\" is missing or not a plain word", name);
    }
    return TL_OK;
}

tl_code tl_model_parse(const char *bytes, size_t length, const char *name, json_t **root,
                       tl_err *err) {
    *root = NULL;
    TL_TRY(check_bounds(bytes, length, name, err));
    json_t *read = NULL;
    tl_err problem;
    tl_code code = tl_json_parse(bytes, length, JSON_REJECT_DUPLICATES, &read, &problem);
    if (code != TL_OK) {
        return code == TL_NOMEM
                   ? tl_no_memory(err, "the model %s", name)
                   : tl_fail(err, code, "%s is damaged or not a tilth model file: %.300s", name,
                             problem.text);
    }
    code = check_head(read, name, err);
    if (code != TL_OK) {
        json_decref(read);
        return code;
    }
    *root = read;
    return TL_OK;
}

const char *tl_model_kind(const json_t *root) {
    const char *kind = json_string_value(json_object_get(root, "kind"));
    return kind == NULL ? "" : kind;
}

tl_code tl_model_expect_kind(const json_t *root, const char *kind, tl_err *err) {
    const char *found = tl_model_kind(root);
    if (strcmp(found, kind) != 0) {
        return tl_fail(err, TL_FORMAT, "this is a %s model, but a %s model is needed here", found,
                       kind);
    }
    return TL_OK;
}

static const json_t *child(const json_t *at, const char *name) {
    if (!json_is_array(at)) {
        return json_object_get(at, name);
    }
    size_t index = 0;
    for (const char *c = name; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || index > TL_MODEL_MAX_VALUES) {
            return NULL;
        }
        index = index * 10 + (size_t)(*c - '0');
    }
    return *name == '\0' ? NULL : json_array_get(at, index);
}

/* Follows a dotted path; NULL when any step is missing or null. */
static const json_t *find(const json_t *at, const char *key) {
    while (at != NULL && *key != '\0') {
        char name[96];
        const size_t length = strcspn(key, ".");
        if (length >= sizeof name) {
            return NULL;
        }
        memcpy(name, key, length);
        name[length] = '\0';
        at = child(at, name);
        key += length + (key[length] == '.');
    }
    return json_is_null(at) ? NULL : at;
}

static const char *type_name(const json_t *value) {
    switch (json_typeof(value)) {
        case JSON_OBJECT:
            return "an object";
        case JSON_ARRAY:
            return "a list";
        case JSON_STRING:
            return "a text";
        case JSON_INTEGER:
            return "a whole number";
        case JSON_REAL:
            return "a number";
        case JSON_TRUE:
        case JSON_FALSE:
            return "true or false";
        case JSON_NULL:
            break;
    }
    return "null";
}

static tl_code missing(const char *key, tl_err *err) {
    return tl_fail(err, TL_FORMAT,
                   "the model file lacks \"%s\"; it is damaged or was written by something else",
                   key);
}

static tl_code wrong_type(const char *key, const json_t *value, const char *wanted, tl_err *err) {
    return tl_fail(err, TL_FORMAT, "the model file's \"%s\" is %s where %s is needed", key,
                   type_name(value), wanted);
}

int tl_model_has(const json_t *at, const char *key) {
    return find(at, key) != NULL;
}

tl_code tl_model_number(const json_t *at, const char *key, double min, double max, double *out,
                        tl_err *err) {
    const json_t *value = find(at, key);
    if (value == NULL) {
        return missing(key, err);
    }
    if (!json_is_number(value)) {
        return wrong_type(key, value, "a number", err);
    }
    const double number = json_number_value(value);
    if (!isfinite(number) || !(number >= min) || !(number <= max)) {
        return tl_fail(err, TL_FORMAT, "the model file's \"%s\" is %g, outside its range %g to %g",
                       key, number, min, max);
    }
    *out = number;
    return TL_OK;
}

tl_code tl_model_integer(const json_t *at, const char *key, ptrdiff_t min, ptrdiff_t max,
                         ptrdiff_t *out, tl_err *err) {
    const json_t *value = find(at, key);
    if (value == NULL) {
        return missing(key, err);
    }
    if (!json_is_integer(value)) {
        return wrong_type(key, value, "a whole number", err);
    }
    const json_int_t number = json_integer_value(value);
    if (number < min || number > max) {
        return tl_fail(err, TL_FORMAT,
                       "the model file's \"%s\" is %lld, outside its range %td to %td", key,
                       (long long)number, min, max);
    }
    *out = (ptrdiff_t)number;
    return TL_OK;
}

tl_code tl_model_flag(const json_t *at, const char *key, int *out, tl_err *err) {
    const json_t *value = find(at, key);
    if (value == NULL) {
        return missing(key, err);
    }
    if (!json_is_boolean(value)) {
        return wrong_type(key, value, "true or false", err);
    }
    *out = json_is_true(value);
    return TL_OK;
}

tl_code tl_model_text(const json_t *at, const char *key, const char **out, tl_err *err) {
    const json_t *value = find(at, key);
    if (value == NULL) {
        return missing(key, err);
    }
    if (!json_is_string(value)) {
        return wrong_type(key, value, "a text", err);
    }
    *out = json_string_value(value);
    return TL_OK;
}

tl_code tl_model_object(const json_t *at, const char *key, const json_t **out, tl_err *err) {
    const json_t *value = find(at, key);
    if (value == NULL) {
        return missing(key, err);
    }
    if (!json_is_object(value)) {
        return wrong_type(key, value, "an object", err);
    }
    *out = value;
    return TL_OK;
}

tl_code tl_model_array(const json_t *at, const char *key, ptrdiff_t n, const json_t **out,
                       tl_err *err) {
    const json_t *value = find(at, key);
    if (value == NULL) {
        return missing(key, err);
    }
    if (!json_is_array(value)) {
        return wrong_type(key, value, "a list", err);
    }
    const ptrdiff_t found = (ptrdiff_t)json_array_size(value);
    if (n >= 0 && found != n) {
        return tl_fail(err, TL_FORMAT, "the model file's \"%s\" has %td entries where %td belong",
                       key, found, n);
    }
    *out = value;
    return TL_OK;
}

tl_code tl_model_number_or(const json_t *at, const char *key, double min, double max,
                           double fallback, double *out, tl_err *err) {
    *out = fallback;
    return tl_model_has(at, key) ? tl_model_number(at, key, min, max, out, err) : TL_OK;
}

tl_code tl_model_integer_or(const json_t *at, const char *key, ptrdiff_t min, ptrdiff_t max,
                            ptrdiff_t fallback, ptrdiff_t *out, tl_err *err) {
    *out = fallback;
    return tl_model_has(at, key) ? tl_model_integer(at, key, min, max, out, err) : TL_OK;
}

tl_code tl_model_flag_or(const json_t *at, const char *key, int fallback, int *out, tl_err *err) {
    *out = fallback;
    return tl_model_has(at, key) ? tl_model_flag(at, key, out, err) : TL_OK;
}

tl_code tl_model_text_or(const json_t *at, const char *key, const char *fallback, const char **out,
                         tl_err *err) {
    *out = fallback;
    return tl_model_has(at, key) ? tl_model_text(at, key, out, err) : TL_OK;
}

/* Copies a list of numbers; row is -1 for a vector, else the row of a table for the message. */
static tl_code copy_numbers(const json_t *list, const char *key, ptrdiff_t row, double *out,
                            tl_err *err) {
    size_t i = 0;
    const json_t *value = NULL;
    json_array_foreach(list, i, value) {
        const double number = json_is_number(value) ? json_number_value(value) : (double)NAN;
        if (!isfinite(number)) {
            return row < 0 ? tl_fail(err, TL_FORMAT,
                                     "entry %zu of the model file's \"%s\" is not a finite number",
                                     i, key)
                           : tl_fail(err, TL_FORMAT,
                                     "entry %zu in row %td of the model file's \"%s\" is not a "
                                     "finite number",
                                     i, row, key);
        }
        out[i] = number;
    }
    return TL_OK;
}

static tl_code not_empty(const json_t *list, const char *key, tl_err *err) {
    return json_array_size(list) > 0
               ? TL_OK
               : tl_fail(err, TL_FORMAT, "the model file's \"%s\" is empty", key);
}

tl_code tl_model_vector(const json_t *at, const char *key, ptrdiff_t n, tl_matrix *out,
                        tl_err *err) {
    *out = (tl_matrix){0};
    const json_t *list = NULL;
    TL_TRY(tl_model_array(at, key, n, &list, err));
    if (n < 0) {
        TL_TRY(not_empty(list, key, err));
    }
    TL_TRY(tl_matrix_init(out, 1, (ptrdiff_t)json_array_size(list), err));
    const tl_code code = copy_numbers(list, key, -1, out->data, err);
    if (code != TL_OK) {
        tl_matrix_free(out);
    }
    return code;
}

/* Every row must be a list of ncol entries before the memory of the table is allocated, so that the
 * product of the sides never exceeds the content of the file. */
static tl_code check_rows(const json_t *rows, const char *key, ptrdiff_t ncol, tl_err *err) {
    size_t i = 0;
    const json_t *row = NULL;
    json_array_foreach(rows, i, row) {
        if (!json_is_array(row) || (ptrdiff_t)json_array_size(row) != ncol) {
            return tl_fail(err, TL_FORMAT,
                           "row %zu of the model file's \"%s\" is not a list of %td numbers", i,
                           key, ncol);
        }
    }
    return TL_OK;
}

tl_code tl_model_table(const json_t *at, const char *key, ptrdiff_t nrow, ptrdiff_t ncol,
                       tl_matrix *out, tl_err *err) {
    *out = (tl_matrix){0};
    const json_t *rows = NULL;
    TL_TRY(tl_model_array(at, key, nrow, &rows, err));
    if (nrow < 0) {
        TL_TRY(not_empty(rows, key, err));
    }
    if (ncol < 0) {
        ncol = (ptrdiff_t)json_array_size(json_array_get(rows, 0));
        if (ncol == 0) {
            return tl_fail(err, TL_FORMAT,
                           "row 0 of the model file's \"%s\" is not a list of numbers", key);
        }
    }
    TL_TRY(check_rows(rows, key, ncol, err));
    const ptrdiff_t found = (ptrdiff_t)json_array_size(rows);
    TL_TRY(tl_matrix_init(out, found, ncol, err));
    for (ptrdiff_t i = 0; i < found; i++) {
        const tl_code code =
            copy_numbers(json_array_get(rows, (size_t)i), key, i, tl_matrix_row(out, i), err);
        if (code != TL_OK) {
            tl_matrix_free(out);
            return code;
        }
    }
    return TL_OK;
}

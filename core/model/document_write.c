/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writing of model files; see document.h. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "json/json.h"
#include "model/document.h"

static tl_code no_memory(const char *key, tl_err *err) {
    return tl_no_memory(err, "\"%s\" of the model", key);
}

tl_code tl_model_put_json(json_t *object, const char *key, json_t *value, tl_err *err) {
    return tl_json_put(object, key, value) ? TL_OK : no_memory(key, err);
}

tl_code tl_model_new(const char *kind, json_t **root, tl_err *err) {
    *root = tl_json_object();
    tl_code code = *root == NULL ? no_memory("format", err) : TL_OK;
    if (code == TL_OK) {
        code = tl_model_put_text(*root, "format", "tilth-model", err);
    }
    if (code == TL_OK) {
        code = tl_model_put_integer(*root, "version", TL_MODEL_VERSION, err);
    }
    if (code == TL_OK) {
        code = tl_model_put_text(*root, "kind", kind, err);
    }
    if (code != TL_OK) {
        json_decref(*root);
        *root = NULL;
    }
    return code;
}

tl_code tl_model_put_number(json_t *object, const char *key, double value, tl_err *err) {
    if (!isfinite(value)) {
        return tl_fail(err, TL_NUMERIC, "\"%s\" of the model is %g, not a finite number", key,
                       value);
    }
    return tl_model_put_json(object, key, tl_json_number(value), err);
}

tl_code tl_model_put_integer(json_t *object, const char *key, ptrdiff_t value, tl_err *err) {
    return tl_model_put_json(object, key, tl_json_integer((json_int_t)value), err);
}

tl_code tl_model_put_flag(json_t *object, const char *key, int value, tl_err *err) {
    return tl_model_put_json(object, key, tl_json_flag(value), err);
}

tl_code tl_model_put_text(json_t *object, const char *key, const char *value, tl_err *err) {
    return tl_model_put_json(object, key, tl_json_text(value), err);
}

/* A new JSON list of n numbers. */
static tl_code number_list(const char *key, const double *values, ptrdiff_t n, json_t **list,
                           tl_err *err) {
    *list = tl_json_array();
    for (ptrdiff_t i = 0; *list != NULL && i < n; i++) {
        if (!isfinite(values[i])) {
            json_decref(*list);
            *list = NULL;
            return tl_fail(err, TL_NUMERIC,
                           "entry %td of \"%s\" of the model is %g, not a finite number", i, key,
                           values[i]);
        }
        if (!tl_json_append(*list, tl_json_number(values[i]))) {
            json_decref(*list);
            *list = NULL;
        }
    }
    return *list == NULL ? no_memory(key, err) : TL_OK;
}

tl_code tl_model_put_vector(json_t *object, const char *key, const double *values, ptrdiff_t n,
                            tl_err *err) {
    json_t *list = NULL;
    TL_TRY(number_list(key, values, n, &list, err));
    return tl_model_put_json(object, key, list, err);
}

tl_code tl_model_put_table(json_t *object, const char *key, const tl_matrix *table, tl_err *err) {
    json_t *rows = tl_json_array();
    tl_code code = rows == NULL ? no_memory(key, err) : TL_OK;
    for (ptrdiff_t i = 0; code == TL_OK && i < table->nrow; i++) {
        json_t *row = NULL;
        code = number_list(key, tl_matrix_row(table, i), table->ncol, &row, err);
        if (code == TL_OK && !tl_json_append(rows, row)) {
            code = no_memory(key, err);
        }
    }
    if (code != TL_OK) {
        json_decref(rows);
        return code;
    }
    return tl_model_put_json(object, key, rows, err);
}

/* Text in JSON quotes. Control characters are escaped; everything else is UTF-8 already. */
static void print_text(const char *text, tl_text *out) {
    tl_text_add(out, "\"");
    while (*text != '\0') {
        char plain[256];
        size_t n = 0;
        while (n + 1 < sizeof plain && (unsigned char)text[n] >= 0x20 && text[n] != '"' &&
               text[n] != '\\') {
            plain[n] = text[n];
            n++;
        }
        plain[n] = '\0';
        tl_text_add(out, plain);
        text += n;
        if (*text == '"' || *text == '\\') {
            tl_text_addf(out, "\\%c", *text);
            text++;
        } else if (*text != '\0' && (unsigned char)*text < 0x20) {
            tl_text_addf(out, "\\u%04x", (unsigned)(unsigned char)*text);
            text++;
        }
    }
    tl_text_add(out, "\"");
}

/* A minus sign before zero survives only in the real form, hence this special case. */
static void print_real(double value, tl_text *out) {
    if (fpclassify(value) == FP_ZERO) {
        tl_text_add(out, signbit(value) ? "-0.0" : "0");
    } else {
        tl_text_add_number(out, value);
    }
}

static int is_plain_list(const json_t *list) {
    size_t i = 0;
    const json_t *value = NULL;
    json_array_foreach(list, i, value) {
        if (json_is_array(value) || json_is_object(value)) {
            return 0;
        }
    }
    return 1;
}

static void new_line(int depth, tl_text *out) {
    tl_text_add(out, "\n");
    for (int i = 0; i < depth; i++) {
        tl_text_add(out, "  ");
    }
}

static int print_value(const json_t *value, int depth, tl_text *out);

static int print_list(const json_t *list, int depth, tl_text *out) {
    const int plain = is_plain_list(list);
    int fine = 1;
    size_t i = 0;
    const json_t *value = NULL;
    tl_text_add(out, "[");
    json_array_foreach(list, i, value) {
        tl_text_add(out, i > 0 ? (plain ? ", " : ",") : "");
        if (!plain) {
            new_line(depth + 1, out);
        }
        fine = fine && print_value(value, depth + 1, out);
    }
    if (!plain) {
        new_line(depth, out);
    }
    tl_text_add(out, "]");
    return fine;
}

static int print_object(const json_t *object, int depth, tl_text *out) {
    int fine = 1;
    int any = 0;
    tl_text_add(out, "{");
    /* The iteration functions only read, but jansson declares them for non-constant objects. */
    json_t *reading = (json_t *)(uintptr_t)object;
    for (void *at = json_object_iter(reading); at != NULL;
         at = json_object_iter_next(reading, at)) {
        tl_text_add(out, any ? "," : "");
        any = 1;
        new_line(depth + 1, out);
        print_text(json_object_iter_key(at), out);
        tl_text_add(out, ": ");
        fine = fine && print_value(json_object_iter_value(at), depth + 1, out);
    }
    if (any) {
        new_line(depth, out);
    }
    tl_text_add(out, "}");
    return fine;
}

/* Returns 0 when the document is nested deeper than the reader would accept. */
static int print_value(const json_t *value, int depth, tl_text *out) {
    switch (json_typeof(value)) {
        case JSON_OBJECT:
            return depth < TL_MODEL_MAX_DEPTH && print_object(value, depth, out);
        case JSON_ARRAY:
            return depth < TL_MODEL_MAX_DEPTH && print_list(value, depth, out);
        case JSON_STRING:
            print_text(json_string_value(value), out);
            return 1;
        case JSON_INTEGER:
            tl_text_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
            return 1;
        case JSON_REAL:
            print_real(json_real_value(value), out);
            return 1;
        case JSON_TRUE:
        case JSON_FALSE:
            tl_text_add(out, json_is_true(value) ? "true" : "false");
            return 1;
        case JSON_NULL:
            break;
    }
    tl_text_add(out, "null");
    return 1;
}

tl_code tl_model_print(const json_t *root, tl_text *out, tl_err *err) {
    if (!print_value(root, 0, out)) {
        return tl_fail(err, TL_INTERNAL, "the model is nested deeper than %d levels",
                       TL_MODEL_MAX_DEPTH);
    }
    tl_text_add(out, "\n");
    return out->failed ? tl_no_memory(err, "the text of the model") : TL_OK;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * JSON values with a sticky failure; see json.h. */
#include "json/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

/* The first failure of this thread since tl_json_begin. */
static _Thread_local tl_err sticky;

static atomic_int installed;
static json_malloc_t malloc_before;
static json_free_t free_before;

static void fail_memory(void) {
    if (sticky.code == TL_OK) {
        sticky.code = TL_NOMEM;
    }
}

/* jansson reports some failed allocations as faults of the text that it parses; the note made here
 * decides. */
static void *acquire(size_t bytes) {
    void *block = bytes > (size_t)PTRDIFF_MAX ? NULL : tl_acquire((ptrdiff_t)bytes, 1);
    if (block == NULL) {
        fail_memory();
    }
    return block;
}

void tl_json_install(void) {
    if (atomic_exchange(&installed, 1) == 0) {
        json_get_alloc_funcs(&malloc_before, &free_before);
        json_set_alloc_funcs(acquire, tl_release);
    }
}

/* A library that is unloaded must not leave the address of its functions behind. */
__attribute__((destructor)) static void uninstall(void) {
    json_malloc_t now = NULL;
    json_get_alloc_funcs(&now, NULL);
    if (now == acquire) {
        json_set_alloc_funcs(malloc_before, free_before);
    }
}

void tl_json_begin(void) {
    sticky.code = TL_OK;
}

tl_code tl_json_status(const char *what, tl_err *err) {
    if (sticky.code == TL_NOMEM) {
        return tl_no_memory(err, "%s", what);
    }
    return sticky.code == TL_OK ? TL_OK : tl_fail(err, sticky.code, "%s", sticky.text);
}

static json_t *kept(json_t *value) {
    if (value == NULL) {
        fail_memory();
    }
    return value;
}

json_t *tl_json_object(void) {
    return kept(json_object());
}

json_t *tl_json_array(void) {
    return kept(json_array());
}

json_t *tl_json_null(void) {
    return json_null();
}

json_t *tl_json_text(const char *text) {
    return text == NULL ? json_null() : tl_json_text_n(text, strlen(text));
}

/* The number of bytes of the UTF-8 character that text[0..left) begins with; 0 when there is none. */
static size_t character_bytes(const char *text, size_t left) {
    const unsigned char first = (unsigned char)text[0];
    const size_t n = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (n > left) {
        return 0;
    }
    json_t *character = json_stringn(text, n);
    json_decref(character);
    return character == NULL ? 0 : n;
}

/* A text with each byte that is not UTF-8 replaced. */
static json_t *mended(const char *text, size_t length) {
    static const char replacement[] = "\xef\xbf\xbd";
    char *copy = tl_acquire((ptrdiff_t)length + 1, sizeof replacement);
    size_t used = 0;
    for (size_t i = 0; copy != NULL && i < length;) {
        const size_t n = character_bytes(text + i, length - i);
        memcpy(copy + used, n == 0 ? replacement : text + i, n == 0 ? sizeof replacement - 1 : n);
        used += n == 0 ? sizeof replacement - 1 : n;
        i += n == 0 ? 1 : n;
    }
    json_t *value = copy == NULL ? NULL : json_stringn(copy, used);
    tl_release(copy);
    return value;
}

json_t *tl_json_text_n(const char *text, size_t length) {
    json_t *value = json_stringn(text, length);
    return kept(value == NULL && sticky.code == TL_OK ? mended(text, length) : value);
}

json_t *tl_json_number(double value) {
    return isfinite(value) ? kept(json_real(value)) : json_null();
}

json_t *tl_json_integer(json_int_t value) {
    return kept(json_integer(value));
}

json_t *tl_json_flag(int flag) {
    return json_boolean(flag);
}

json_t *tl_json_pack(const char *format, ...) {
    json_error_t problem;
    va_list args;
    va_start(args, format);
    json_t *value = json_vpack_ex(&problem, 0, format, args);
    va_end(args);
    /* A value that could not be made is NULL here, and its failure is noted already. */
    if (value == NULL && sticky.code == TL_OK) {
        if (json_error_code(&problem) == json_error_out_of_memory) {
            fail_memory();
        } else {
            (void)tl_fail(&sticky, TL_INTERNAL, "a JSON value cannot be packed as '%s': %s", format,
                          problem.text);
        }
    }
    return value;
}

json_t *tl_json_copy(const json_t *value) {
    return kept(json_deep_copy(value));
}

int tl_json_put(json_t *object, const char *key, json_t *value) {
    const int done = json_object_set_new(object, key, value) == 0;
    if (!done) {
        fail_memory();
    }
    return done;
}

int tl_json_append(json_t *array, json_t *value) {
    const int done = json_array_append_new(array, value) == 0;
    if (!done) {
        fail_memory();
    }
    return done;
}

char *tl_json_print(const json_t *value, size_t flags) {
    char *printed = sticky.code == TL_OK ? json_dumps(value, flags) : NULL;
    char *text = tl_copy_text(printed);
    json_free_t release = NULL;
    json_get_alloc_funcs(NULL, &release);
    release(printed);
    if (text == NULL) {
        fail_memory();
    }
    return text;
}

tl_code tl_json_parse(const char *bytes, size_t length, size_t flags, json_t **root, tl_err *err) {
    json_error_t problem;
    const tl_code before = sticky.code;
    sticky.code = TL_OK;
    *root = json_loadb(bytes, length, flags, &problem);
    const int no_memory = *root == NULL && (sticky.code == TL_NOMEM || problem.text[0] == '\0' ||
                                            json_error_code(&problem) == json_error_out_of_memory);
    sticky.code = before;
    if (no_memory) {
        fail_memory();
        return tl_no_memory(err, "a JSON text of %zu bytes", length);
    }
    return *root != NULL ? TL_OK
                         : tl_fail(err, TL_FORMAT, "line %d, column %d: %s", problem.line,
                                   problem.column, problem.text);
}

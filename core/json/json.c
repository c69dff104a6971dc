/* SPDX-License-Identifier: GPL-2.0-or-later
 * JSON values with a sticky failure; see json.h. */
#include "json/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* The first failure of this thread since tl_json_begin. */
static _Thread_local tl_err sticky;

static int is_installed;
static int is_guest;
static json_malloc_t malloc_before;
static json_free_t free_before;

static void fail_memory(void) {
    if (sticky.code == TL_OK) {
        sticky.code = TL_NOMEM;
    }
}

/* Memory for the rest of a text that is being parsed when an allocation fails: jansson's parser ends
 * the process after some failed allocations (a failed assertion), and calls the text damaged after
 * others. So it goes on in here, and what it made is thrown away. */
static _Thread_local struct {
    char *data; /* NULL: nothing is being parsed */
    size_t size;
    size_t used;
} reserve;

static int is_in_reserve(const void *block) {
    return reserve.data != NULL && (const char *)block >= reserve.data &&
           (const char *)block < reserve.data + reserve.size;
}

static void *from_reserve(size_t bytes) {
    const size_t rounded = (bytes + 15) / 16 * 16;
    if (reserve.data == NULL || rounded > reserve.size - reserve.used) {
        return NULL;
    }
    reserve.used += rounded;
    return reserve.data + reserve.used - rounded;
}

static void *acquire(size_t bytes) {
    void *block = bytes > (size_t)PTRDIFF_MAX ? NULL : tl_acquire((ptrdiff_t)bytes, 1);
    if (block == NULL) {
        fail_memory();
        block = from_reserve(bytes);
    }
    return block;
}

static void give_back(void *block) {
    if (!is_in_reserve(block)) {
        tl_release(block);
    }
}

/* When the module is loaded, before anything else can use jansson. Where another copy of it has done so
 * already, as in a program that uses the library, this one is a guest. */
__attribute__((constructor)) static void install(void) {
    json_get_alloc_funcs(&malloc_before, &free_before);
    if (free_before == free) {
        json_set_alloc_funcs(acquire, give_back);
        is_installed = 1;
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

void tl_json_be_guest(void) {
    is_guest = !is_installed;
}

/* jansson's functions for memory outside a call of a guest. */
typedef struct guest {
    json_malloc_t acquire;
    json_free_t release;
} guest;

static guest enter(void) {
    guest g = {NULL, NULL};
    if (is_guest) {
        json_get_alloc_funcs(&g.acquire, &g.release);
        json_set_alloc_funcs(acquire, give_back);
    }
    return g;
}

static void leave(const guest *g) {
    if (g->acquire != NULL) {
        json_set_alloc_funcs(g->acquire, g->release);
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
    const guest g = enter();
    json_t *value = json_vpack_ex(&problem, 0, format, args);
    leave(&g);
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

/* More than jansson needs for the values of a text, up to a limit; pages that are not touched cost
 * nothing. */
static size_t parsing_bytes(const char *bytes, size_t length) {
    static const size_t limit = (size_t)256 << 20;
    size_t values = 1;
    for (size_t i = 0; i < length; i++) {
        values += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == '{' || bytes[i] == ':';
    }
    const size_t wanted = 65536 + 4 * length + 256 * values;
    return wanted < limit ? wanted : limit;
}

static json_t *load(const char *bytes, size_t length, size_t flags, json_error_t *problem) {
    const guest g = enter();
    json_t *root = json_loadb(bytes, length, flags, problem);
    if (sticky.code == TL_NOMEM) { /* while blocks of the reserve are still known as such */
        json_decref(root);
        root = NULL;
    }
    leave(&g);
    return root;
}

tl_code tl_json_parse(const char *bytes, size_t length, size_t flags, json_t **root, tl_err *err) {
    json_error_t problem = {.line = 0};
    const tl_code before = sticky.code;
    sticky.code = TL_OK;
    *root = NULL;
    reserve.size = parsing_bytes(bytes, length);
    reserve.used = 0;
    reserve.data = tl_acquire((ptrdiff_t)reserve.size, 1);
    if (reserve.data != NULL) {
        *root = load(bytes, length, flags, &problem);
    }
    tl_release(reserve.data);
    reserve.data = NULL;
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

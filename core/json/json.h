/* SPDX-License-Identifier: GPL-2.0-or-later
 * Building, printing and parsing of JSON values with one sticky failure per thread, so that code which
 * builds a document need not check every step and yet no part of it can be lost.
 *
 * Every function that asks for memory keeps its first failure for the calling thread. The builders return
 * NULL then, accept NULL everywhere, and go on; tl_json_print and tl_json_status refuse what was built.
 * A run starts with tl_json_begin and ends with tl_json_status before its outputs are put in place.
 * While a program or library with this module is loaded, jansson asks tl_acquire for memory.
 * Values are read with jansson's own functions (json_object_get, json_array_size ...), which need no
 * memory; those that build, print or parse are called in this module only (tests/arch). */
#ifndef TL_JSON_JSON_H
#define TL_JSON_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "base/status.h"

/* For a program that uses the library and has a copy of this module of its own, at its start, when only
 * one of its threads uses jansson: its copy borrows jansson's memory during calls whose failures cannot
 * be told apart otherwise. */
void tl_json_be_guest(void);

/* Forgets an earlier failure of this thread. */
void tl_json_begin(void);

/* The failure since tl_json_begin; stays until the next tl_json_begin.
 *
 * what   what was built, for the sentence "out of memory for <what>"
 * fails  TL_NOMEM; TL_INTERNAL a format of tl_json_pack and its values do not fit */
tl_code tl_json_status(const char *what, tl_err *err);

/* New values, to be released with json_decref or handed to a builder; NULL on failure.
 *
 * text     NULL becomes null; bytes that are not UTF-8 become U+FFFD
 * length   in bytes
 * NaN      becomes null, as do infinities
 * flag     0 is false
 * format   as json_pack; every value must be there and every text must be UTF-8
 * value    of tl_json_copy: not NULL; its copy shares nothing with it */
json_t *tl_json_object(void);
json_t *tl_json_array(void);
json_t *tl_json_null(void);
json_t *tl_json_text(const char *text);
json_t *tl_json_text_n(const char *text, size_t length);
json_t *tl_json_number(double value);
json_t *tl_json_integer(json_int_t value);
json_t *tl_json_flag(int flag);
json_t *tl_json_pack(const char *format, ...);
json_t *tl_json_copy(const json_t *value);

/* Sets a key of an object, or appends to a list.
 *
 * value    taken over, even on failure; NULL is a failure
 * returns  1, or 0 on failure; need not be looked at, because the failure is kept */
int tl_json_put(json_t *object, const char *key, json_t *value);
int tl_json_append(json_t *array, json_t *value);

/* The value as text.
 *
 * flags    of json_dumps
 * returns  a text to be freed with tl_release; NULL on failure, and after any failure since
 *          tl_json_begin */
char *tl_json_print(const json_t *value, size_t flags);

/* Parses a text.
 *
 * bytes   [length]; need not end in NUL
 * flags   of json_loadb
 * root    out: to be released with json_decref; NULL on failure
 * fails   TL_FORMAT "line 3, column 7: ..."; TL_NOMEM, which is a sticky failure too */
tl_code tl_json_parse(const char *bytes, size_t length, size_t flags, json_t **root, tl_err *err);

#endif

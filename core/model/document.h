/* SPDX-License-Identifier: GPL-2.0-or-later
 * The outer form of every tilth model file: bounded reading, checked access and exact writing of
 * JSON.
 *
 * A model file is one JSON object in UTF-8 with at least
 *   1. "format"   the text "tilth-model"
 *   2. "version"  the whole number 1
 *   3. "kind"     which module reads the rest ("fusion", "property", ...): lower-case letters,
 *                 digits, '-' or '_'
 *
 * All of it may be hostile. The reader bounds size, nesting, number of values and
 * number of lists before anything is allocated, and every getter checks type, range, length and
 * finiteness.
 *
 * Keys of the getters are paths from the object passed in: names and list positions joined by
 * dots, as in "folds.3.weights". Returned texts and JSON values are borrowed from the document
 * and live as long as it does. Reading one document from several threads at once is safe.
 *
 * fails  every getter: TL_FORMAT missing, wrong type, wrong length or out of range; TL_NOMEM. The
 *        sentence names the path; callers put the file's name in front with tl_fail_in */
#ifndef TL_MODEL_DOCUMENT_H
#define TL_MODEL_DOCUMENT_H

#include <jansson.h>
#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"
#include "base/text.h"

#define TL_MODEL_VERSION 1
#define TL_MODEL_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define TL_MODEL_MAX_DEPTH 32
#define TL_MODEL_MAX_VALUES ((size_t)1 << 24) /* numbers, texts, flags, nulls */
#define TL_MODEL_MAX_LISTS ((size_t)1 << 20)  /* lists and objects */

/* Reads a whole model file from memory.
 *
 * bytes   [length] the file; need not end in NUL
 * name    its name in messages
 * root    the document, to be released with json_decref; NULL on failure
 * fails   TL_FORMAT too large, too deep, truncated, trailing bytes, double keys, NaN or Infinity,
 *         not UTF-8, not a tilth model, or of another version; TL_NOMEM
 * cost    O(length) */
tl_code tl_model_parse(const char *bytes, size_t length, const char *name, json_t **root,
                       tl_err *err);

/* The "kind" of a parsed or new document, never NULL. */
const char *tl_model_kind(const json_t *root);

/* Refuses a document of another kind.
 *
 * fails  TL_FORMAT the kinds differ; the sentence names both */
tl_code tl_model_expect_kind(const json_t *root, const char *kind, tl_err *err);

/* 1 when the path leads to something other than null. */
int tl_model_has(const json_t *at, const char *key);

/* A finite number within [min, max]. */
tl_code tl_model_number(const json_t *at, const char *key, double min, double max, double *out,
                        tl_err *err);

/* A whole number within [min, max]. */
tl_code tl_model_integer(const json_t *at, const char *key, ptrdiff_t min, ptrdiff_t max,
                         ptrdiff_t *out, tl_err *err);

/* true or false, as 1 or 0. */
tl_code tl_model_flag(const json_t *at, const char *key, int *out, tl_err *err);

/* A text, borrowed. */
tl_code tl_model_text(const json_t *at, const char *key, const char **out, tl_err *err);

/* An object or a list, borrowed. n is the wanted length of the list, -1 for any (0 included). */
tl_code tl_model_object(const json_t *at, const char *key, const json_t **out, tl_err *err);
tl_code tl_model_array(const json_t *at, const char *key, ptrdiff_t n, const json_t **out,
                       tl_err *err);

/* The same, with a fallback for what is missing or null; what is present must still be valid. */
tl_code tl_model_number_or(const json_t *at, const char *key, double min, double max,
                           double fallback, double *out, tl_err *err);
tl_code tl_model_integer_or(const json_t *at, const char *key, ptrdiff_t min, ptrdiff_t max,
                            ptrdiff_t fallback, ptrdiff_t *out, tl_err *err);
tl_code tl_model_flag_or(const json_t *at, const char *key, int fallback, int *out, tl_err *err);
tl_code tl_model_text_or(const json_t *at, const char *key, const char *fallback, const char **out,
                         tl_err *err);

/* A list of finite numbers.
 *
 * n      wanted length; -1 = any of at least 1
 * out    uninitialised, becomes [1, n]; empty on failure */
tl_code tl_model_vector(const json_t *at, const char *key, ptrdiff_t n, tl_matrix *out,
                        tl_err *err);

/* A list of lists of finite numbers, all of one length.
 *
 * nrow   wanted number of lists; -1 = any of at least 1
 * ncol   wanted length of each; -1 = any of at least 1
 * out    uninitialised, becomes [nrow, ncol]; empty on failure */
tl_code tl_model_table(const json_t *at, const char *key, ptrdiff_t nrow, ptrdiff_t ncol,
                       tl_matrix *out, tl_err *err);

/* A new document that holds format, version and kind.
 *
 * root   to be released with json_decref; NULL on failure
 * fails  TL_NOMEM */
tl_code tl_model_new(const char *kind, json_t **root, tl_err *err);

/* Writers: set one key (a plain name, no path) of an object.
 *
 * values [n]
 * value  of a text: as tl_json_text
 * NaN    is refused, as are infinities
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_model_put_number(json_t *object, const char *key, double value, tl_err *err);
tl_code tl_model_put_integer(json_t *object, const char *key, ptrdiff_t value, tl_err *err);
tl_code tl_model_put_flag(json_t *object, const char *key, int value, tl_err *err);
tl_code tl_model_put_text(json_t *object, const char *key, const char *value, tl_err *err);
tl_code tl_model_put_vector(json_t *object, const char *key, const double *values, ptrdiff_t n,
                            tl_err *err);
tl_code tl_model_put_table(json_t *object, const char *key, const tl_matrix *table, tl_err *err);

/* Sets an object or list of the caller.
 *
 * value  owned by object from here on, even on failure; NULL fails with TL_NOMEM */
tl_code tl_model_put_json(json_t *object, const char *key, json_t *value, tl_err *err);

/* Appends the document as text: keys in the order in which they were set, one key per line, a list
 * of plain values on one line, every number in the shortest form that reads back as the same bits,
 * whatever the locale. The same document has the same bytes.
 *
 * fails  TL_INTERNAL nested deeper than TL_MODEL_MAX_DEPTH; TL_NOMEM */
tl_code tl_model_print(const json_t *root, tl_text *out, tl_err *err);

#endif

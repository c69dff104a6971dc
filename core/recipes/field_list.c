/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lists of fields; see field_list.h. */
#include "recipes/field_list.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

void tl_recipes_field_list_free(tl_field_list *list) {
    for (ptrdiff_t i = 0; i < list->n; i++) {
        tl_release(list->name[i]);
    }
    tl_release(list->name);
    *list = (tl_field_list){0};
}

/* The end of the part of a list that begins at a position: the next comma outside quotes. */
static const char *part_end(const char *at) {
    int quoted = 0;
    while (*at != '\0' && (quoted || *at != ',')) {
        quoted = *at == '"' ? !quoted : quoted;
        at++;
    }
    return at;
}

/* A copy of a piece of text without blanks and quotes around it. */
static char *copy_piece(const char *from, const char *to) {
    char *copy = tl_acquire(to - from + 1, 1);
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, from, (size_t)(to - from));
    char *begin = tl_source_text_trim(copy, copy + (to - from));
    const size_t n = strlen(begin);
    if (n >= 2 && begin[0] == '"' && begin[n - 1] == '"') {
        begin[n - 1] = '\0';
        begin++;
    }
    memmove(copy, begin, strlen(begin) + 1);
    return copy;
}

/* The end of the longest piece that is the name of a column, else of the first part. */
static const char *name_end(const char *at, const tl_text_table *table) {
    const char *first = part_end(at);
    const char *best = first;
    for (const char *end = first; table != NULL; end = part_end(end + 1)) {
        char *name = copy_piece(at, end);
        best = name != NULL && tl_source_text_table_column(table, name) >= 0 ? end : best;
        tl_release(name);
        if (*end == '\0') {
            break;
        }
    }
    return best;
}

static tl_code divide(const char *text, const char *parameter, const tl_text_table *table,
                      tl_field_list *list, tl_err *err) {
    ptrdiff_t capacity = 1;
    for (const char *c = text; *c != '\0'; c++) {
        capacity += *c == ',';
    }
    list->name = tl_acquire(capacity, sizeof *list->name);
    if (list->name == NULL) {
        return tl_no_memory(err, "the names of fields");
    }
    for (const char *at = text;;) {
        const char *end = name_end(at, table);
        char *name = copy_piece(at, end);
        if (name == NULL) {
            return tl_no_memory(err, "the names of fields");
        }
        list->name[list->n++] = name;
        if (name[0] == '\0') {
            return tl_fail(
                err, TL_ARG,
                "parameter '%s' is '%.300s'; wanted names of fields separated by commas, "
                "for example 'SOM,As,Cu'",
                parameter, text);
        }
        if (*end == '\0') {
            return TL_OK;
        }
        at = end + 1;
    }
}

tl_code tl_recipes_field_list(const tl_job *job, const char *parameter, const char *samples,
                              tl_field_list *list, tl_err *err) {
    const char *text = tl_job_text(job, parameter);
    const tl_store *store = tl_job_store(job);
    tl_text_table table = {0};
    *list = (tl_field_list){0};
    /* A table that cannot be read is refused by the reader of samples, with a better sentence. */
    const int known = strchr(text, ',') != NULL && store->read_texts != NULL &&
                      store->read_texts(tl_job_text(job, samples), samples, &table, NULL) == TL_OK;
    const tl_code code = divide(text, parameter, known ? &table : NULL, list, err);
    tl_source_text_table_free(&table);
    if (code != TL_OK) {
        tl_recipes_field_list_free(list);
    }
    return code;
}

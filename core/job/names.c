/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names that tell files apart; see names.h. */
#include "job/names.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

static int is_separator(char c) {
    return c == '/' || c == '\\';
}

/* Where the last depth + 1 parts of a path begin. */
static const char *tail_of(const char *path, ptrdiff_t depth) {
    const char *at = path + strlen(path);
    while (at > path) {
        if (is_separator(at[-1]) && depth-- == 0) {
            break;
        }
        at--;
    }
    return at;
}

/* How many folders a path has. */
static ptrdiff_t folders_of(const char *path) {
    ptrdiff_t n = 0;
    for (const char *c = path; *c != '\0'; c++) {
        n += is_separator(*c);
    }
    return n;
}

/* The name of a path with that many folders, owned; NULL when memory is out. */
static char *name_of(const char *path, ptrdiff_t depth, int keep) {
    char *name = tl_copy_text(tail_of(path, depth));
    char *last = name == NULL ? NULL : (char *)(uintptr_t)tail_of(name, 0);
    char *dot = last == NULL || keep ? NULL : strrchr(last, '.');
    if (dot != NULL && dot != last) {
        *dot = '\0';
    }
    return name;
}

static int same(const char *const *path, ptrdiff_t i, ptrdiff_t k, ptrdiff_t depth, int keep) {
    char *a = name_of(path[i], depth, keep);
    char *b = name_of(path[k], depth, keep);
    const int is_same = a == NULL || b == NULL || strcmp(a, b) == 0;
    tl_release(a);
    tl_release(b);
    return is_same;
}

/* 1 when path i has another name than every other one that shares its plain name. */
static int is_distinct(const char *const *path, ptrdiff_t n, ptrdiff_t i, ptrdiff_t depth,
                       int keep) {
    for (ptrdiff_t k = 0; k < n; k++) {
        if (k != i && strcmp(path[k], path[i]) != 0 && same(path, i, k, depth, keep)) {
            return 0;
        }
    }
    return 1;
}

static char *choose_name(const char *const *path, ptrdiff_t n, ptrdiff_t i, int keep) {
    const ptrdiff_t deepest = folders_of(path[i]);
    for (ptrdiff_t depth = 0; depth <= deepest; depth++) {
        for (int extension = keep; extension < 2; extension++) {
            if (is_distinct(path, n, i, depth, extension)) {
                return name_of(path[i], depth, extension);
            }
        }
    }
    return tl_copy_text(path[i]);
}

static int is_used(char *const *name, ptrdiff_t n, const char *wanted) {
    for (ptrdiff_t k = 0; k < n; k++) {
        if (strcmp(name[k], wanted) == 0) {
            return 1;
        }
    }
    return 0;
}

tl_code tl_job_distinct_names(char **name, ptrdiff_t n, ptrdiff_t *changed, tl_err *err) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (!is_used(name, i, name[i])) {
            continue;
        }
        tl_text other = {0};
        for (ptrdiff_t k = 2; other.length == 0 || is_used(name, n, tl_text_data(&other)); k++) {
            other.length = 0;
            tl_text_addf(&other, "%s (%td)", name[i], k);
            if (other.failed) {
                break;
            }
        }
        char *copy = other.failed ? NULL : tl_copy_text(tl_text_data(&other));
        tl_text_free(&other);
        if (copy == NULL) {
            return tl_no_memory(err, "the names of %td things", n);
        }
        tl_release(name[i]);
        name[i] = copy;
        count++;
    }
    if (changed != NULL) {
        *changed = count;
    }
    return TL_OK;
}

tl_code tl_job_file_names(const char *const *path, ptrdiff_t n, int keep, char **name,
                          tl_err *err) {
    tl_code code = TL_OK;
    memset((void *)name, 0, (size_t)n * sizeof *name);
    for (ptrdiff_t i = 0; i < n && code == TL_OK; i++) {
        name[i] = choose_name(path, n, i, keep);
        code = name[i] == NULL ? tl_no_memory(err, "the names of %td files", n) : TL_OK;
    }
    code = code == TL_OK ? tl_job_distinct_names(name, n, NULL, err) : code;
    for (ptrdiff_t i = 0; i < n && code != TL_OK; i++) {
        tl_release(name[i]);
        name[i] = NULL;
    }
    return code;
}

tl_code tl_job_list_names(const tl_job *job, const char *const *id, ptrdiff_t n_id, int keep,
                          tl_names *names, tl_err *err) {
    ptrdiff_t n = 0;
    *names = (tl_names){0};
    for (ptrdiff_t k = 0; k < n_id; k++) {
        n += tl_job_list_count(job, id[k]);
    }
    const char **path = tl_acquire(n, sizeof *path);
    names->name = tl_acquire(n, sizeof *names->name);
    tl_code code = path == NULL || names->name == NULL
                       ? tl_no_memory(err, "the names of %td files", n)
                       : TL_OK;
    for (ptrdiff_t k = 0, at = 0; k < n_id && code == TL_OK; k++) {
        for (ptrdiff_t i = 0; i < tl_job_list_count(job, id[k]); i++) {
            path[at++] = tl_job_list_item(job, id[k], i);
        }
    }
    code = code == TL_OK ? tl_job_file_names(path, n, keep, names->name, err) : code;
    tl_release((void *)path);
    if (code == TL_OK) {
        names->n = n;
    } else {
        tl_release((void *)names->name);
        names->name = NULL;
    }
    return code;
}

void tl_job_names_free(tl_names *names) {
    for (ptrdiff_t i = 0; i < names->n; i++) {
        tl_release(names->name[i]);
    }
    tl_release((void *)names->name);
    *names = (tl_names){0};
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names by which a table or a page tells the files of a run apart. */
#ifndef TL_JOB_NAMES_H
#define TL_JOB_NAMES_H

#include <stddef.h>

#include "base/status.h"
#include "job/algorithm.h"

/* A short name for every file: the file name where that is the only one, otherwise with as many of
 * its folders as tell it from the others ("2020/som" and "2021/som"), and with a number where two
 * paths are the same ("som (2)").
 *
 * path  [n] paths or data set strings
 * keep  1: names keep their extension; 0: only where nothing else tells two files apart
 * name  [n] out: owned texts; NULL on failure
 * fails TL_NOMEM
 * cost  O(n^2) comparisons of texts */
tl_code tl_job_file_names(const char *const *path, ptrdiff_t n, int keep, char **name, tl_err *err);

/* Adds a number to every name that an earlier one has already, " (2)" for the second one.
 *
 * name    [n] in and out: owned texts
 * fails   TL_NOMEM
 * returns in changed, unless NULL, how many names were changed */
tl_code tl_job_distinct_names(char **name, ptrdiff_t n, ptrdiff_t *changed, tl_err *err);

/* Names of the files of one or several parameters of a run. */
typedef struct tl_names {
    ptrdiff_t n;
    char **name; /* [n] owned */
} tl_names;

/* The names of all files of the parameters, one list after the other, as tl_job_file_names.
 *
 * id      [n_id] parameters that are lists
 * names   uninitialised; empty on failure
 * fails   TL_NOMEM */
tl_code tl_job_list_names(const tl_job *job, const char *const *id, ptrdiff_t n_id, int keep,
                          tl_names *names, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_job_names_free(tl_names *names);

#endif

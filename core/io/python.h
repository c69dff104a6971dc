/* SPDX-License-Identifier: GPL-2.0-or-later
 * Other programs and tilth's shared files: running Python, finding the share folder, listing what
 * is installed. Contracts: source/store.h. */
#ifndef TL_IO_PYTHON_H
#define TL_IO_PYTHON_H

#include <stddef.h>

#include "base/progress.h"
#include "base/status.h"

tl_code tl_io_run_python(const char *program, const char *json, const tl_progress *progress,
                         tl_err *err);
tl_code tl_io_inspect_system(char **json, tl_err *err);

/* The Python interpreter: environment TILTH_PYTHON, else /usr/bin/python3. */
const char *tl_io_python(void);

/* Path of a file of the share folder: environment TILTH_SHARE, else share/tilth next to the library
 * or program, else the folder that was set when tilth was built.
 *
 * found  at least 4096 bytes
 * fails  TL_IO it is missing; the message names the folders that were searched */
tl_code tl_io_find_shared(const char *name, char *found, tl_err *err);

/* Runs a program.
 *
 * argv        ends with NULL; argv[0] is searched as the shell does
 * input       is its standard input
 * output      [capacity] the end of what it wrote to standard output; may be NULL
 * complaints  [capacity] the end of what it wrote to standard error; may be NULL
 * status      out: exit status, 128 + signal when it was killed
 * fails       TL_IO it cannot be started; TL_CANCELLED the progress was cancelled; the program is
 *             then ended */
tl_code tl_io_run_program(const char *const *argv, const char *input, const tl_progress *progress,
                          char *output, char *complaints, size_t capacity, int *status,
                          tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whole files as bytes: reading, writing, fingerprints, See source/store.h for
 * the contracts. */
#ifndef TL_IO_BYTES_H
#define TL_IO_BYTES_H

#include <stddef.h>

#include "base/status.h"

tl_code tl_io_read_bytes(const char *path, const char *parameter, size_t limit, char **bytes,
                         size_t *length, tl_err *err);
tl_code tl_io_write_bytes(const char *path, const char *parameter, const char *bytes, size_t length,
                          tl_err *err);
tl_code tl_io_fingerprint(const char *path, const char *parameter, char out[17], tl_err *err);
int tl_io_exists(const char *path);
int tl_io_is_folder(const char *path);
tl_code tl_io_list_folder(const char *folder, const char *parameter, const char *extensions,
                          char ***path, ptrdiff_t *n, tl_err *err);

/* The path with another extension: "a/b.dat" and "hdr" become "a/b.hdr".
 *
 * extension  without dot
 * out        at least 4096 bytes */
void tl_io_replace_extension(const char *path, const char *extension, char *out);

/* 1 when the extension of path (without dot, in any case of letters) is one of the comma-separated
 * words. */
int tl_io_has_extension(const char *path, const char *words);

/* Why a file that should exist could not be opened. It finds no fault with a file that has content,
 * or with anything that is not on a disk (VRT text, name of a subdataset).
 *
 * fails  TL_IO the file is missing, a folder or empty */
tl_code tl_io_check_file(const char *path, const char *parameter, tl_err *err);

/* The message for a file that could not be created or written.
 *
 * words   GDAL's complaint in the form ": text", or ""
 * returns TL_IO */
tl_code tl_io_cannot_write(const char *path, const char *parameter, const char *words, tl_err *err);

#endif

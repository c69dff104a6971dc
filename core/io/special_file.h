/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pipes, devices and sockets in the place of files. Opening one of them can block for ever, and what
 * it delivers cannot be read twice, so they are refused before anything is opened. */
#ifndef TL_IO_SPECIAL_FILE_H
#define TL_IO_SPECIAL_FILE_H

#include "base/status.h"

/* Refuses a path that names a pipe, a device or a socket, and a virtual raster or layer that names
 * one, directly or through other virtual files. Names that are no path are fine.
 *
 * path   a file, a name with a file in it, or the text of a virtual raster, which begins with '<'
 * fails  TL_ARG; TL_NOMEM */
tl_code tl_io_refuse_special(const char *path, const char *parameter, tl_err *err);

/* 1 when a file is a virtual raster or layer, by its content as GDAL recognises it and not by its
 * name. The file must be no pipe and no device. */
int tl_io_is_virtual_file(const char *path);

#endif

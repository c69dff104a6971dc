/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which files a run reads and writes, by identity and not by name, so that no output replaces an
 * input. Contract of the check: source/store.h. */
#ifndef TL_IO_OUTPUTS_IDENTITY_H
#define TL_IO_OUTPUTS_IDENTITY_H

#include <stddef.h>
#include <sys/types.h>

#include "base/status.h"
#include "source/outputs.h"

/* One file on a disk: device and inode when it exists; device and inode of its folder and its name
 * when it is still to be created. */
typedef struct tl_file_key {
    dev_t device;
    ino_t inode;
    char *name; /* owned; NULL when the file exists */
    char *path; /* owned; as it appeared, for messages */
    int is_folder;
} tl_file_key;

/* The files of one input or output. Start from a zeroed struct. */
typedef struct tl_file_set {
    tl_file_key *key; /* [n] */
    ptrdiff_t n;
    int failed; /* 1: memory is out; the set is incomplete */
} tl_file_set;

/* Follows symbolic links to the file that is meant, even where that does not exist yet.
 *
 * real  at least 4096 bytes; the path itself when it is no link
 * fails 0: a chain of more than 40 links, or a path too long */
int tl_io_outputs_resolve(const char *path, char *real);

/* Adds a target and every file next to it that writing it would create, replace or remove. */
void tl_io_outputs_add_target(tl_file_set *set, const char *path);

/* Adds the existing files that reading a data set may touch: the file, its sidecars, the members of
 * virtual rasters and virtual layers at any depth, models named in them, the archive of a /vsizip/
 * path, and what GDAL lists.
 *
 * is_product  1: of a folder, everything in it
 * cost        opens the data set once */
void tl_io_outputs_add_source(tl_file_set *set, const char *path, int is_product);

/* A file that both sets contain, as an index into a; -1 = none. A folder contains its files. */
ptrdiff_t tl_io_outputs_common(const tl_file_set *a, const tl_file_set *b);

/* Frees; zeroed and already freed sets are fine. */
void tl_io_outputs_free_set(tl_file_set *set);

tl_code tl_io_outputs_check_files(const tl_file_use *use, ptrdiff_t n, tl_err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts a set of finished files into place, with the old files back in place when a step fails.
 *
 * Every old file first gets a second name in the hidden folder (a hard link, so that it never
 * disappears), then all new files are renamed over the old ones. A journal in the hidden folder
 * names the files, so that a set that a killed run left half in place is taken back by the next
 * run. */
#ifndef TL_IO_OUTPUTS_SWAP_H
#define TL_IO_OUTPUTS_SWAP_H

#include <stddef.h>
#include <sys/types.h>

#include "base/status.h"
#include "io/outputs/work_folder.h"

/* One file that comes, or one that goes. */
typedef struct tl_move {
    const tl_work_folder *work;
    char *from; /* owned; NULL: the file at `to` is removed */
    char *to;   /* owned; in work->folder */
    const char *parameter;
    int number; /* of its old file in work */
    int has_old;
    int done;
} tl_move;

typedef struct tl_swap {
    tl_move *move; /* [n] */
    ptrdiff_t n;
} tl_swap;

/* Adds a move; both paths are copied.
 *
 * fails  TL_NOMEM */
tl_code tl_io_outputs_add_move(tl_swap *swap, const tl_work_folder *work, const char *from,
                               const char *to, const char *parameter, tl_err *err);

/* Syncs the new files and carries all moves out, or none.
 *
 * fails  TL_IO, with all old files back in place; TL_NOMEM */
tl_code tl_io_outputs_swap(tl_swap *swap, tl_err *err);

/* Takes all moves back; for a failure after tl_io_outputs_swap. */
void tl_io_outputs_undo(tl_swap *swap);

/* From now on the new files are the set: nobody takes them back any more. */
void tl_io_outputs_settle(const tl_swap *swap);

/* Frees; zeroed is fine. */
void tl_io_outputs_free_swap(tl_swap *swap);

/* Takes back what the journal of a killed run names.
 *
 * path    hidden folder of that run
 * folder  where its outputs are
 * returns 1: nothing of the set is left in place, or there was no journal */
int tl_io_outputs_roll_back(const char *path, const char *folder);

/* Waits until a file or folder is on the disk.
 *
 * returns 0, or errno; disks that cannot be asked count as 0 */
int tl_io_outputs_sync(const char *path);

#endif

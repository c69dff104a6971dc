/* SPDX-License-Identifier: GPL-2.0-or-later
 * The hidden folder in which the files of a run are written before they come into place.
 *
 * There is one in each folder that a run writes to, so that the last step is a rename. Its name has
 * a random part and mkdir fails when it exists, so that runs in different containers on one volume
 * do not meet. The run holds a lock on a file in it; a folder whose lock is free belongs to a run
 * that was killed, and the next run that writes there removes it. */
#ifndef TL_IO_OUTPUTS_WORK_FOLDER_H
#define TL_IO_OUTPUTS_WORK_FOLDER_H

#include "base/status.h"

typedef struct tl_work_folder {
    char *folder; /* owned: the folder of the outputs, ending in '/'; "" = the current one */
    char *path;   /* owned: the hidden folder, without '/' at its end; NULL = none */
    int lock;     /* descriptor that holds the lock; -1 = none */
    int turn;     /* descriptor of `folder` while it is this run's turn; -1 otherwise */
} tl_work_folder;

/* Creates a hidden folder in a folder.
 *
 * folder     "" or ending in '/'
 * target     the output that needs it, for messages
 * work       initialised here; zeroed on failure
 * fails      TL_IO the folder cannot be written; TL_NOMEM */
tl_code tl_io_outputs_open_work(const char *folder, const char *target, const char *parameter,
                                tl_work_folder *work, tl_err *err);

/* Waits until no other run puts outputs into place in this folder, so that sets of files do not mix
 * and a file that one run has just created is not replaced by another. The turn ends with
 * tl_io_outputs_close_work. After a minute, and on disks without locks, the run goes on all the
 * same. */
void tl_io_outputs_take_turn(tl_work_folder *work);

/* Removes the hidden folder with everything in it and releases the lock; zeroed ones are fine. */
void tl_io_outputs_close_work(tl_work_folder *work);

/* Removes the hidden folder with everything in it; the lock is kept. */
void tl_io_outputs_remove_work(const tl_work_folder *work);

/* Removes the hidden folders of runs that were killed, and takes back the files of sets that such a
 * run had put into place only in part. Folders of living runs and of other users stay. */
void tl_io_outputs_sweep(const char *folder);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Hidden folders of runs; see work_folder.h. */
#define _DEFAULT_SOURCE /* flock and mkdtemp */
#include "io/outputs/work_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/outputs/swap.h"

enum { path_capacity = 4096, attempts = 100 };

static const char prefix[] = ".tilth-";
static const char lock_name[] = "lock";

/* --- removing --- */

static int is_folder(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Removes what is in a folder, with folders inside it to the given depth. The lock goes last, with
 * the folder itself, because it keeps others away. */
static void empty_folder(const char *path, int depth) {
    DIR *folder = opendir(path);
    struct dirent *entry = NULL;
    char inside[path_capacity];
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;
        const int skipped =
            strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, lock_name) == 0;
        if (skipped || snprintf(inside, sizeof inside, "%s/%s", path, name) >= path_capacity) {
            continue;
        }
        if (!is_folder(inside)) {
            (void)unlink(inside);
        } else if (depth > 0) {
            empty_folder(inside, depth - 1);
            (void)rmdir(inside);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
}

static void remove_folder(const char *path) {
    char lock[path_capacity + 16];
    empty_folder(path, 2);
    (void)snprintf(lock, sizeof lock, "%s/%s", path, lock_name);
    (void)unlink(lock);
    (void)rmdir(path);
}

/* --- locks --- */

/* 1: held; 0: somebody else holds it, or has just removed the file; -1: this disk has no locks. */
static int hold(int descriptor) {
    struct stat status;
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? 0 : -1;
    }
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

/* One attempt. errno_out is that of a folder which cannot be created. */
static int create(const char *folder, char *path, int *why) {
    char lock[path_capacity + 16];
    *why = 0;
    (void)snprintf(path, path_capacity - 64, "%s%sXXXXXX", folder, prefix);
    if (mkdtemp(path) == NULL) {
        *why = errno;
        return -1;
    }
    (void)snprintf(lock, sizeof lock, "%s/%s", path, lock_name);
    const int descriptor = open(lock, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        /* A run that sweeps may remove an empty folder before its lock exists. */
        *why = errno == ENOENT ? 0 : errno;
        (void)rmdir(path);
        return -1;
    }
    if (hold(descriptor) == 0) {
        (void)close(descriptor);
        return -1;
    }
    return descriptor;
}

tl_code tl_io_outputs_open_work(const char *folder, const char *target, const char *parameter,
                                tl_work_folder *work, tl_err *err) {
    char path[path_capacity];
    int why = 0;
    *work = (tl_work_folder){.lock = -1, .turn = -1};
    if (strlen(folder) > path_capacity - 128) {
        return tl_fail(err, TL_ARG, "%s: the path of '%.200s...' is too long", parameter, target);
    }
    for (int i = 0; i < attempts && work->lock < 0 && why == 0; i++) {
        work->lock = create(folder, path, &why);
    }
    if (work->lock < 0) {
        return tl_fail(err, TL_IO,
                       "%s: '%s' cannot be written: no file can be created in its folder: %s",
                       parameter, target, strerror(why == 0 ? EAGAIN : why));
    }
    work->folder = tl_copy_text(folder);
    work->path = tl_copy_text(path);
    if (work->folder == NULL || work->path == NULL) {
        remove_folder(path);
        tl_release(work->path);
        work->path = NULL;
        tl_io_outputs_close_work(work);
        return tl_no_memory(err, "the folder of '%s'", target);
    }
    return TL_OK;
}

void tl_io_outputs_take_turn(tl_work_folder *work) {
    const struct timespec pause = {.tv_nsec = 10000000L};
    work->turn =
        open(work->folder[0] == '\0' ? "." : work->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; work->turn >= 0 && i < 6000; i++) {
        if (flock(work->turn, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
            return;
        }
        (void)nanosleep(&pause, NULL);
    }
}

void tl_io_outputs_remove_work(const tl_work_folder *work) {
    if (work->path != NULL) {
        remove_folder(work->path);
    }
}

void tl_io_outputs_close_work(tl_work_folder *work) {
    tl_io_outputs_remove_work(work);
    if (work->folder != NULL && work->turn >= 0) {
        (void)close(work->turn);
    }
    if (work->folder != NULL && work->lock >= 0) {
        (void)close(work->lock);
    }
    tl_release(work->path);
    tl_release(work->folder);
    *work = (tl_work_folder){.lock = -1, .turn = -1};
}

/* --- sweeping --- */

static int is_work_folder(const char *name) {
    const size_t n = sizeof prefix - 1;
    return strncmp(name, prefix, n) == 0 && strlen(name) == n + 6;
}

static void sweep_one(const char *path, const char *folder) {
    char lock[path_capacity + 16];
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != geteuid()) {
        return;
    }
    (void)snprintf(lock, sizeof lock, "%s/%s", path, lock_name);
    const int descriptor = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) {
        /* Killed between two system calls, or just being created; then the creator tries again. */
        (void)rmdir(path);
        return;
    }
    if (hold(descriptor) == 1 && tl_io_outputs_roll_back(path, folder)) {
        remove_folder(path);
    }
    (void)close(descriptor);
}

void tl_io_outputs_sweep(const char *folder) {
    char path[path_capacity];
    DIR *all = opendir(folder[0] == '\0' ? "." : folder);
    struct dirent *entry = NULL;
    while (all != NULL && (entry = readdir(all)) != NULL) {
        if (is_work_folder(entry->d_name) &&
            snprintf(path, sizeof path, "%s%s", folder, entry->d_name) < path_capacity - 64) {
            sweep_one(path, folder);
        }
    }
    if (all != NULL) {
        (void)closedir(all);
    }
}

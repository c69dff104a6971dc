/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scratch files whose name is removed at once, so that nothing remains however a run ends; see
 * source/scratch.h. */
#define _GNU_SOURCE /* O_TMPFILE and mkostemp */
#define _FILE_OFFSET_BITS 64
#include "io/scratch_file.h"

#include <errno.h>
#include <fcntl.h>
#include <gdal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum { folder_capacity = 4096 };

typedef struct scratch_file {
    int descriptor;
    int64_t length;
    char folder[folder_capacity];
} scratch_file;

static tl_code cannot(const scratch_file *file, const char *verb, int why, tl_err *err) {
    return tl_fail(err, TL_IO,
                   "memory: the scratch file in '%s', %.0f MiB long, cannot be %s: %s; free space "
                   "there, set the environment variable TMPDIR to a folder on another disk, or "
                   "raise the memory limit so that no scratch file is needed",
                   file->folder, (double)file->length / 1048576.0, verb, strerror(why));
}

static tl_code read_at(void *handle, int64_t offset, void *bytes, size_t n, tl_err *err) {
    const scratch_file *file = handle;
    char *to = bytes;
    while (n > 0) {
        const ssize_t got = pread(file->descriptor, to, n, (off_t)offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return cannot(file, "read", got < 0 ? errno : EIO, err);
        }
        to += got;
        offset += got;
        n -= (size_t)got;
    }
    return TL_OK;
}

static tl_code write_at(void *handle, int64_t offset, const void *bytes, size_t n, tl_err *err) {
    scratch_file *file = handle;
    const char *from = bytes;
    while (n > 0) {
        const ssize_t put = pwrite(file->descriptor, from, n, (off_t)offset);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return cannot(file, "written", put < 0 ? errno : ENOSPC, err);
        }
        from += put;
        offset += put;
        n -= (size_t)put;
        file->length = offset > file->length ? offset : file->length;
    }
    return TL_OK;
}

static void close_file(void *handle) {
    scratch_file *file = handle;
    (void)close(file->descriptor);
    tl_release(file);
}

static int is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* TMPDIR if it is a folder, else the folder of the given path; /tmp when that is not on a disk. */
static void choose_folder(const char *near_path, char folder[folder_capacity]) {
    const char *chosen = getenv("TMPDIR");
    if (chosen != NULL && chosen[0] != '\0' && strlen(chosen) < folder_capacity - 32) {
        (void)snprintf(folder, folder_capacity, "%s", chosen);
        return;
    }
    const char *slash = near_path == NULL ? NULL : strrchr(near_path, '/');
    const int length = slash == NULL ? 0 : (int)(slash - near_path);
    if (slash != NULL && length < folder_capacity - 32) {
        (void)snprintf(folder, folder_capacity, "%.*s", length == 0 ? 1 : length, near_path);
    } else {
        (void)snprintf(folder, folder_capacity, "%s", near_path == NULL ? "/tmp" : ".");
    }
    if (!is_folder(folder)) {
        (void)snprintf(folder, folder_capacity, "/tmp");
    }
}

/* A file that never has a name; on disks that have no such files, one whose name is removed at once. */
static int open_nameless(const char *folder) {
    char name[folder_capacity + 32];
    const int descriptor = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        return descriptor;
    }
    (void)snprintf(name, sizeof name, "%s/.tilth-scratch-XXXXXX", folder);
    const int named = mkostemp(name, O_CLOEXEC);
    if (named >= 0) {
        (void)unlink(name);
    }
    return named;
}

tl_code tl_io_open_scratch(const char *near_path, tl_scratch *scratch, tl_err *err) {
    *scratch = (tl_scratch){0};
    scratch_file *file = tl_acquire(1, sizeof *file);
    if (file == NULL) {
        return tl_no_memory(err, "a scratch file");
    }
    choose_folder(near_path, file->folder);
    file->descriptor = open_nameless(file->folder);
    if (file->descriptor < 0) {
        const tl_code code = cannot(file, "made", errno, err);
        tl_release(file);
        return code;
    }
    *scratch =
        (tl_scratch){.file = file, .read_at = read_at, .write_at = write_at, .close = close_file};
    return TL_OK;
}

void tl_io_choose_scratch_folder(const char *near_path, char *folder, size_t capacity) {
    char chosen[folder_capacity];
    choose_folder(near_path, chosen);
    (void)snprintf(folder, capacity, "%s/", chosen);
}

double tl_io_limit_cache(double bytes) {
    const double before = (double)GDALGetCacheMax64();
    if (bytes >= 0.0) {
        GDALSetCacheMax64((GIntBig)bytes);
    }
    return before;
}

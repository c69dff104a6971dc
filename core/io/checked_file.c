/* SPDX-License-Identifier: GPL-2.0-or-later
 * A file system of GDAL for reading with pread; see checked_file.h. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "io/checked_file.h"

#include <cpl_vsi.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <threads.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/gdal_call.h"

/* Begins the names of checked files; the path follows, with "./" before a relative one. */
static const char prefix[] = "/vsitilth_checked/";

typedef struct checked_file {
    int descriptor;
    int at_end;
    off_t position;
} checked_file;

/* --- what GDAL calls --- */

static void *open_file(void *user, const char *path, const char *access) {
    (void)user;
    const int is_reading = access[0] == 'r' && strchr(access, '+') == NULL;
    checked_file *file = is_reading ? tl_acquire(1, sizeof *file) : NULL;
    if (file == NULL) {
        return NULL;
    }
    *file = (checked_file){.descriptor = open(path, O_RDONLY | O_CLOEXEC)};
    if (file->descriptor < 0) {
        tl_release(file);
        return NULL;
    }
    return file;
}

static int close_file(void *user) {
    checked_file *file = user;
    const int status = close(file->descriptor);
    tl_release(file);
    return status;
}

static vsi_l_offset tell(void *user) {
    const checked_file *file = user;
    return (vsi_l_offset)file->position;
}

static int seek(void *user, vsi_l_offset offset, int whence) {
    checked_file *file = user;
    struct stat about = {0};
    if (whence == SEEK_END && fstat(file->descriptor, &about) != 0) {
        return -1;
    }
    const off_t from = whence == SEEK_CUR ? file->position : whence == SEEK_END ? about.st_size : 0;
    file->position = from + (off_t)offset;
    file->at_end = 0;
    return 0;
}

static int is_at_end(void *user) {
    const checked_file *file = user;
    return file->at_end;
}

/* Reads until the end of the file or a failure, which is noted. */
static size_t read_at(checked_file *file, off_t position, void *out, size_t wanted) {
    size_t have = 0;
    while (have < wanted) {
        const ssize_t got =
            pread(file->descriptor, (char *)out + have, wanted - have, position + (off_t)have);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            tl_io_note_lost_read(errno);
            break;
        }
        if (got == 0) {
            file->at_end = 1;
            break;
        }
        have += (size_t)got;
    }
    return have;
}

static size_t read_file(void *user, void *out, size_t size, size_t count) {
    checked_file *file = user;
    const size_t have = read_at(file, file->position, out, size * count);
    file->position += (off_t)have;
    return size == 0 ? 0 : have / size;
}

static int read_ranges(void *user, int n, void **out, const vsi_l_offset *position,
                       const size_t *size) {
    checked_file *file = user;
    for (int i = 0; i < n; i++) {
        if (read_at(file, (off_t)position[i], out[i], size[i]) != size[i]) {
            return -1;
        }
    }
    return 0;
}

static int stat_file(void *user, const char *path, VSIStatBufL *status, int flags) {
    (void)user;
    return VSIStatExL(path, status, flags);
}

static char **list_folder(void *user, const char *folder, int limit) {
    (void)user;
    return VSIReadDirEx(folder, limit);
}

static int is_installed;

static void install(void) {
    VSIFilesystemPluginCallbacksStruct *calls = VSIAllocFilesystemPluginCallbacksStruct();
    if (calls != NULL) {
        calls->stat = stat_file;
        calls->read_dir = list_folder;
        calls->open = open_file;
        calls->tell = tell;
        calls->seek = seek;
        calls->read = read_file;
        calls->read_multi_range = read_ranges;
        calls->eof = is_at_end;
        calls->close = close_file;
        is_installed = VSIInstallPluginHandler(prefix, calls) == 0;
        VSIFreeFilesystemPluginCallbacksStruct(calls);
    }
}

/* --- opening --- */

/* Formats whose values GDAL reads as raw numbers, and TIFF, of which it leaves out the tags that it
 * cannot read. */
static int is_trusting(const char *driver) {
    static const char *const names[] = {
        "GTiff", "ENVI", "EHdr", "GenBin", "PAux", "MFF", "ROI_PAC", "LAN",   "ISCE",  "SNODAS",
        "BT",    "LCP",  "DOQ1", "DOQ2",   "NDF",  "EIR", "KRO",     "CPG",   "ACE2",  "BYN",
        "GTX",   "FAST", "ERS",  "RST",    "SAGA", "PDS", "PDS4",    "ISIS2", "ISIS3", "VICAR"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (strcmp(driver, names[k]) == 0) {
            return 1;
        }
    }
    return 0;
}

GDALDatasetH tl_io_open_checked(const char *path, unsigned flags, char **options) {
    static once_flag once = ONCE_FLAG_INIT;
    struct stat about;
    GDALDriverH driver = stat(path, &about) == 0 && S_ISREG(about.st_mode)
                             ? GDALIdentifyDriverEx(path, flags, NULL, NULL)
                             : NULL;
    const char *name = driver == NULL ? "" : GDALGetDriverShortName(driver);
    if (!is_trusting(name)) {
        return GDALOpenEx(path, flags, NULL, (const char *const *)options, NULL);
    }
    call_once(&once, install);
    const char *const only[] = {name, NULL};
    tl_text checked = {0};
    tl_text_addf(&checked, "%s%s%s", prefix, path[0] == '/' ? "" : "./", path);
    GDALDatasetH dataset =
        checked.failed || !is_installed
            ? NULL
            : GDALOpenEx(tl_text_data(&checked), flags, only, (const char *const *)options, NULL);
    tl_text_free(&checked);
    return dataset;
}

const char *tl_io_unchecked_name(const char *path) {
    const size_t n = sizeof prefix - 1;
    if (strncmp(path, prefix, n) != 0) {
        return path;
    }
    return path + n + (path[n] == '.' && path[n + 1] == '/' ? 2 : 0);
}

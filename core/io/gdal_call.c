/* SPDX-License-Identifier: GPL-2.0-or-later
 * Catching GDAL's errors; see gdal_call.h. */
#include "io/gdal_call.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <dirent.h>
#include <fcntl.h>
#include <gdal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void CPL_STDCALL listen(CPLErr severity, CPLErrorNum number, const char *message) {
    (void)number;
    tl_io_call *call = CPLGetErrorHandlerUserData();
    if (call == NULL || severity < CE_Failure) {
        return;
    }
    if (!call->failed) {
        char shown[4096];
        (void)snprintf(call->text, sizeof call->text, ": %s",
                       tl_io_shown(message == NULL ? "" : message, shown));
        for (char *c = call->text; *c != '\0'; c++) {
            *c = *c == '\n' || *c == '\r' ? ' ' : *c;
        }
    }
    call->failed = 1;
}

static const char letters_and_digits[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static const char notes[] = "CPL_VSIL_GZIP_WRITE_PROPERTIES";

/* The reads of all threads that the system failed to deliver, and the last one of this thread's call, as errno has it. */
static atomic_long lost_reads;
static _Thread_local int lost_read;

void tl_io_note_lost_read(int number) {
    lost_read = number;
    (void)atomic_fetch_add(&lost_reads, 1);
}

void tl_io_begin(tl_io_call *call) {
    *call = (tl_io_call){0};
    CPLPushErrorHandlerEx(listen, call);
    if (GDALGetDriverCount() == 0) {
        GDALAllRegister();
    }
    CPLErrorReset();
    *call = (tl_io_call){.lost_before = lost_read};
    lost_read = 0;
    if (CPLGetThreadLocalConfigOption(notes, NULL) == NULL) {
        CPLSetThreadLocalConfigOption(notes, "NO");
        call->no_notes = 1;
    }
}

void tl_io_end(const tl_io_call *call) {
    if (call->no_notes) {
        CPLSetThreadLocalConfigOption(notes, NULL);
    }
    CPLPopErrorHandler();
    CPLErrorReset();
    lost_read = lost_read != 0 ? lost_read : call->lost_before;
}

CPLErr tl_io_read_status(tl_io_call *call, CPLErr status) {
    if (lost_read == 0) {
        return status;
    }
    if (!call->failed) {
        (void)snprintf(call->text, sizeof call->text, ": %s", strerror(lost_read));
    }
    call->failed = 1;
    return CE_Failure;
}

long tl_io_lost_reads(void) {
    return atomic_load(&lost_reads);
}

const char *tl_io_words(const tl_io_call *call) {
    return call->text;
}

/* The length of the hidden part of a path that starts here, such as ".tilth-a1B2c3/0/"; 0 = none. */
static size_t hidden_length(const char *at) {
    static const char prefix[] = ".tilth-";
    if (strncmp(at, prefix, sizeof prefix - 1) != 0) {
        return 0;
    }
    const size_t random = strspn(at + sizeof prefix - 1, letters_and_digits);
    const char *number = at + sizeof prefix - 1 + random;
    const size_t digits = *number == '/' ? strspn(number + 1, "0123456789") : 0;
    return random == 6 && digits > 0 && number[1 + digits] == '/'
               ? (size_t)(number + digits + 2 - at)
               : 0;
}

const char *tl_io_shown(const char *path, char *shown) {
    size_t n = 0;
    for (const char *c = path; *c != '\0' && n < 4095; c++) {
        const size_t hidden = hidden_length(c);
        if (hidden > 0) {
            c += hidden - 1;
        } else {
            shown[n++] = *c;
        }
    }
    shown[n] = '\0';
    return shown;
}

/* Lets the open descriptors of a file refer to the empty device instead. */
static void detach_file(const char *path) {
    struct stat file;
    struct stat other;
    const int empty = open("/dev/null", O_RDWR | O_CLOEXEC);
    DIR *descriptors = stat(path, &file) == 0 && empty >= 0 ? opendir("/proc/self/fd") : NULL;
    struct dirent *entry = NULL;
    while (descriptors != NULL && (entry = readdir(descriptors)) != NULL) {
        const int descriptor = atoi(entry->d_name);
        if (descriptor > 2 && fstat(descriptor, &other) == 0 && other.st_dev == file.st_dev &&
            other.st_ino == file.st_ino) {
            (void)dup2(empty, descriptor);
        }
    }
    if (descriptors != NULL) {
        (void)closedir(descriptors);
    }
    if (empty >= 0) {
        (void)close(empty);
    }
}

void tl_io_close_failed(GDALDatasetH dataset, const char *path) {
    if (dataset != NULL) {
        detach_file(path);
        GDALClose(dataset);
    }
}

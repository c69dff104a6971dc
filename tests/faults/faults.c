/* SPDX-License-Identifier: GPL-2.0-or-later
 * A library for LD_PRELOAD that makes chosen calls of a program fail, for the tests of what a program does when
 * memory, the disk or a folder fails it.
 *
 * TILTH_FAULT         "kind n once" or "kind n on": the n-th call of that kind (from 0) fails, alone or with all later ones
 * TILTH_FAULT_COUNTS  a file that receives "kind number" lines when the program ends: how many calls there were
 *
 * A program that loads it may call tilth_faults_arm and tilth_faults_count instead, again and again.
 *
 * Kinds: alloc (requests of the program, libtilth and jansson; those of other libraries succeed, because some of them end the
 * process), open (for writing), read, write, sync, rename and close (of files that were open for writing). Only regular files
 * count, and of reads only those of files that are open for reading alone and outside
 * /usr: libtiff and PROJ end the process when a file that is being made, or a database of the system, cannot be read. Programs that the program starts run without faults. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { ALLOC, OPEN, READ, WRITE, SYNC, RENAME, CLOSE, KINDS };
static const char *const kind_name[KINDS] = {"alloc", "open",   "read", "write",
                                             "sync",  "rename", "close"};

static atomic_long calls[KINDS];
static int armed = -1;
static long fail_at;
static int fail_once;

static struct range { uintptr_t from, to; } own[32];
static int n_own;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

/* 1 when this call of the kind is to fail. */
static int fails(enum kind kind) {
    const long n = atomic_fetch_add(&calls[kind], 1);
    return armed == (int)kind && (fail_once ? n == fail_at : n >= fail_at);
}

static enum kind kind_of(const char *name) {
    int k = 0;
    while (k < KINDS && strcmp(name, kind_name[k]) != 0) {
        k++;
    }
    return (enum kind)k;
}

/* From now on the n-th call of the kind fails, alone or with all later ones; n < 0: none. */
void tilth_faults_arm(const char *kind, long n, int once);
void tilth_faults_arm(const char *kind, long n, int once) {
    armed = -1;
    for (int k = 0; k < KINDS; k++) {
        atomic_store(&calls[k], 0);
    }
    fail_at = n;
    fail_once = once;
    armed = n < 0 ? -1 : (int)kind_of(kind);
}

/* How many calls of the kind there were since. */
long tilth_faults_count(const char *kind);
long tilth_faults_count(const char *kind) {
    const enum kind k = kind_of(kind);
    return k < KINDS ? atomic_load(&calls[k]) : 0;
}

static int note_object(struct dl_phdr_info *info, size_t size, void *user) {
    (void)size;
    (void)user;
    const char *name = info->dlpi_name;
    if (name[0] != '\0' && strstr(name, "libtilth") == NULL && strstr(name, "libjansson") == NULL) {
        return 0;
    }
    for (int i = 0; i < info->dlpi_phnum && n_own < 32; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0) {
            own[n_own].from = info->dlpi_addr + part->p_vaddr;
            own[n_own].to = own[n_own].from + part->p_memsz;
            n_own++;
        }
    }
    return 0;
}

__attribute__((constructor)) static void begin(void) {
    (void)dl_iterate_phdr(note_object, NULL);
    const char *text = getenv("TILTH_FAULT");
    char kind[16] = "";
    char mode[8] = "";
    if (text != NULL && sscanf(text, "%15s %ld %7s", kind, &fail_at, mode) == 3) {
        armed = (int)kind_of(kind);
        fail_once = strcmp(mode, "once") == 0;
    }
    for (int k = 0; k < KINDS; k++) {
        atomic_store(&calls[k], 0);
    }
    (void)unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void finish(void) {
    const char *path = getenv("TILTH_FAULT_COUNTS");
    armed = -1;
    FILE *file = path == NULL ? NULL : fopen(path, "w");
    for (int k = 0; file != NULL && k < KINDS; k++) {
        fprintf(file, "%s %ld\n", kind_name[k], atomic_load(&calls[k]));
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

/* --- memory --- */

static int is_own(const void *caller) {
    for (int i = 0; i < n_own; i++) {
        if ((uintptr_t)caller >= own[i].from && (uintptr_t)caller < own[i].to) {
            return 1;
        }
    }
    return 0;
}

static int refuses(const void *caller) {
    if (!is_own(caller) || !fails(ALLOC)) {
        return 0;
    }
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    return refuses(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return refuses(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    return refuses(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size);
}

/* --- files --- */

#define REAL(name, ...)                            \
    static __typeof__(name) *real;                 \
    if (real == NULL) {                            \
        *(void **)&real = dlsym(RTLD_NEXT, #name); \
    }

static int is_regular(int fd) {
    struct stat about;
    return fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

static int is_written(int fd) {
    const int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && is_regular(fd);
}

/* 1 for files of the system, such as the database of PROJ, which ends the process when it cannot read it. */
static int is_of_system(int fd) {
    char link[64];
    char path[8] = "";
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return readlink(link, path, 5) == 5 && memcmp(path, "/usr/", 5) == 0;
}

static int stops(enum kind kind, int fd, int number) {
    if ((kind == READ ? !is_regular(fd) || is_written(fd) || is_of_system(fd) : !is_written(fd)) ||
        !fails(kind)) {
        return 0;
    }
    errno = number;
    return 1;
}

#define OPENING(name, type)                                                             \
    type name(const char *path, int flags, ...) {                                       \
        REAL(name)                                                                      \
        va_list args;                                                                   \
        va_start(args, flags);                                                          \
        const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;          \
        va_end(args);                                                                   \
        if ((flags & O_ACCMODE) != O_RDONLY && (flags & O_CREAT) != 0 && fails(OPEN)) { \
            errno = ENOSPC;                                                             \
            return -1;                                                                  \
        }                                                                               \
        return real(path, flags, mode);                                                 \
    }
OPENING(open, int)
OPENING(open64, int)

#define OPENING_STREAM(name)                                           \
    FILE *name(const char *restrict path, const char *restrict mode) { \
        REAL(name)                                                     \
        if (strchr(mode, 'w') != NULL && fails(OPEN)) {                \
            errno = ENOSPC;                                            \
            return NULL;                                               \
        }                                                              \
        return real(path, mode);                                       \
    }
OPENING_STREAM(fopen)
OPENING_STREAM(fopen64)

ssize_t read(int fd, void *data, size_t n) {
    REAL(read)
    return stops(READ, fd, EIO) ? -1 : real(fd, data, n);
}

ssize_t pread(int fd, void *data, size_t n, off_t at) {
    REAL(pread)
    return stops(READ, fd, EIO) ? -1 : real(fd, data, n, at);
}

ssize_t pread64(int fd, void *data, size_t n, off64_t at) {
    REAL(pread64)
    return stops(READ, fd, EIO) ? -1 : real(fd, data, n, at);
}

size_t fread(void *restrict data, size_t size, size_t n, FILE *restrict file) {
    REAL(fread)
    return stops(READ, fileno(file), EIO) ? 0 : real(data, size, n, file);
}

ssize_t write(int fd, const void *data, size_t n) {
    REAL(write)
    return stops(WRITE, fd, ENOSPC) ? -1 : real(fd, data, n);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at) {
    REAL(pwrite)
    return stops(WRITE, fd, ENOSPC) ? -1 : real(fd, data, n, at);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) {
    REAL(pwrite64)
    return stops(WRITE, fd, ENOSPC) ? -1 : real(fd, data, n, at);
}

ssize_t writev(int fd, const struct iovec *parts, int n) {
    REAL(writev)
    return stops(WRITE, fd, ENOSPC) ? -1 : real(fd, parts, n);
}

size_t fwrite(const void *restrict data, size_t size, size_t n, FILE *restrict file) {
    REAL(fwrite)
    return stops(WRITE, fileno(file), ENOSPC) ? 0 : real(data, size, n, file);
}

int fflush(FILE *file) {
    REAL(fflush)
    return file != NULL && stops(WRITE, fileno(file), ENOSPC) ? EOF : real(file);
}

int ftruncate(int fd, off_t length) {
    REAL(ftruncate)
    return stops(WRITE, fd, ENOSPC) ? -1 : real(fd, length);
}

int ftruncate64(int fd, off64_t length) {
    REAL(ftruncate64)
    return stops(WRITE, fd, ENOSPC) ? -1 : real(fd, length);
}

int fsync(int fd) {
    REAL(fsync)
    if (fails(SYNC)) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync)
    if (fails(SYNC)) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

int rename(const char *from, const char *to) {
    REAL(rename)
    if (fails(RENAME)) {
        errno = EACCES;
        return -1;
    }
    return real(from, to);
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags) {
    REAL(renameat2)
    if (fails(RENAME)) {
        errno = EACCES;
        return -1;
    }
    return real(from_fd, from, to_fd, to, flags);
}

int close(int fd) {
    REAL(close)
    const int lost = stops(CLOSE, fd, EIO);
    const int status = real(fd);
    if (lost) {
        errno = EIO;
        return -1;
    }
    return status;
}

int fclose(FILE *file) {
    REAL(fclose)
    const int lost = stops(CLOSE, fileno(file), EIO);
    const int status = real(file);
    if (lost) {
        errno = EIO;
        return EOF;
    }
    return status;
}

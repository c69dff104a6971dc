/* SPDX-License-Identifier: GPL-2.0-or-later
 * Running other programs; see python.h. */
#define _GNU_SOURCE /* memfd_create and pipe2 */
#include "io/python.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *tl_io_python(void) {
    const char *named = getenv("TILTH_PYTHON");
    return named != NULL && named[0] != '\0' ? named : "/usr/bin/python3";
}

/* The last capacity - 1 bytes of a file. */
static void tail_of(FILE *file, char *text, size_t capacity) {
    text[0] = '\0';
    if (fseek(file, 0, SEEK_END) != 0) {
        return;
    }
    const long size = ftell(file);
    const long from = size > (long)capacity - 1 ? size - ((long)capacity - 1) : 0;
    if (fseek(file, from, SEEK_SET) == 0) {
        text[fread(text, 1, capacity - 1, file)] = '\0';
    }
}

/* Everything after fork that the child does: only calls that are safe next to other threads. The
 * child ends with its parent, however that ends. */
static void become(const char *const *argv, const int descriptor[3], pid_t parent, int complain) {
    int why = 0;
    char *words[16];
    int n = 0;
    for (; argv[n] != NULL && n < 15; n++) {
        memcpy(&words[n], &argv[n], sizeof words[n]); /* exec does not change the words */
    }
    words[n] = NULL;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) {
        _exit(127);
    }
    for (int i = 0; i < 3; i++) {
        /* The copy of a descriptor stays open in the new program, the same number only when asked. */
        if (descriptor[i] == i ? fcntl(i, F_SETFD, 0) < 0 : dup2(descriptor[i], i) < 0) {
            _exit(127);
        }
    }
    (void)execvp(words[0], words);
    why = errno;
    (void)!write(complain, &why, sizeof why);
    _exit(127);
}

/* Starts the program; returns errno of the attempt, 0 when it runs. */
static int start(const char *const *argv, FILE *const file[3], pid_t *child) {
    int ends[2];
    int why = 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return errno;
    }
    const int descriptor[3] = {fileno(file[0]), fileno(file[1]), fileno(file[2])};
    const pid_t parent = getpid();
    *child = fork();
    if (*child == 0) {
        become(argv, descriptor, parent, ends[1]);
    }
    if (*child < 0) {
        why = errno;
    }
    (void)close(ends[1]);
    /* The pipe closes without a word when exec succeeds. */
    if (*child > 0 && read(ends[0], &why, sizeof why) != (ssize_t)sizeof why) {
        why = 0;
    }
    (void)close(ends[0]);
    if (*child > 0 && why != 0) {
        (void)waitpid(*child, NULL, 0);
    }
    return why;
}

/* A file in memory, so that neither TMPDIR nor a full /tmp matters; on a disk where the kernel has
 * none. */
static FILE *open_memory_file(void) {
    const int descriptor = memfd_create("tilth", MFD_CLOEXEC);
    FILE *file = descriptor < 0 ? tmpfile() : fdopen(descriptor, "w+");
    if (file == NULL && descriptor >= 0) {
        (void)close(descriptor);
    }
    return file;
}

static tl_code wait_for(pid_t child, const tl_progress *progress, int *status, tl_err *err) {
    const struct timespec pause = {.tv_nsec = 20000000L};
    int raw = 0;
    tl_code code = TL_OK;
    for (;;) {
        const pid_t ended = waitpid(child, &raw, code == TL_OK ? WNOHANG : 0);
        if (ended == child || (ended < 0 && errno != EINTR)) {
            break;
        }
        if (code == TL_OK) {
            code = tl_progress_at(progress, 0.5, err);
            if (code != TL_OK) {
                (void)kill(child, SIGKILL);
            }
            (void)nanosleep(&pause, NULL);
        }
    }
    *status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    return code;
}

tl_code tl_io_run_program(const char *const *argv, const char *input, const tl_progress *progress,
                          char *output, char *complaints, size_t capacity, int *status,
                          tl_err *err) {
    /* Files instead of pipes: they accept a text of any length, so neither side waits for the
     * other. */
    FILE *file[3] = {open_memory_file(), open_memory_file(), open_memory_file()};
    const size_t length = input == NULL ? 0 : strlen(input);
    tl_code code = TL_OK;
    *status = -1;
    if (file[0] == NULL || file[1] == NULL || file[2] == NULL ||
        (length > 0 && fwrite(input, 1, length, file[0]) != length) || fflush(file[0]) != 0 ||
        lseek(fileno(file[0]), 0, SEEK_SET) != 0) {
        code = tl_fail(err, TL_IO, "temporary files for %s cannot be written: %s", argv[0],
                       strerror(errno));
    }
    pid_t child = 0;
    if (code == TL_OK) {
        const int failure = start(argv, file, &child);
        if (failure != 0) {
            code = tl_fail(err, TL_IO, "%s cannot be started: %s", argv[0], strerror(failure));
        }
    }
    if (code == TL_OK) {
        code = wait_for(child, progress, status, err);
    }
    if (output != NULL && file[1] != NULL) {
        tail_of(file[1], output, capacity);
    }
    if (complaints != NULL && file[2] != NULL) {
        tail_of(file[2], complaints, capacity);
    }
    for (int k = 0; k < 3; k++) {
        if (file[k] != NULL) {
            (void)fclose(file[k]);
        }
    }
    return code;
}

/* The last line that is not empty. */
static const char *last_line(char *text) {
    size_t n = strlen(text);
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r' || text[n - 1] == ' ')) {
        text[--n] = '\0';
    }
    const char *newline = strrchr(text, '\n');
    return newline == NULL ? text : newline + 1;
}

tl_code tl_io_run_python(const char *program, const char *json, const tl_progress *progress,
                         tl_err *err) {
    char path[4096];
    char complaints[2000];
    int status = 0;
    TL_TRY(tl_io_find_shared(program, path, err));
    const char *const argv[] = {tl_io_python(), "-I", "-X", "utf8", "-B", path, NULL};
    TL_TRY(
        tl_io_run_program(argv, json, progress, NULL, complaints, sizeof complaints, &status, err));
    if (status != 0) {
        const char *line = last_line(complaints);
        return tl_fail(err, TL_DATA, "%s",
                       line[0] != '\0' ? line
                                       : "a Python program of tilth failed without a "
                                         "message");
    }
    return TL_OK;
}

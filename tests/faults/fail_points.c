/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs one tool through the C interface again and again in one process, each time with another call failing.
 *
 *   fail_points TOOL PARAMETERS.json KIND FIRST POINTS OUTPUT...
 *
 * The current folder holds the inputs; OUTPUT are the files of the parameters. KIND is "memory" (allocations of the core) or, with
 * faults.c preloaded, open, read, write, sync, rename or close. POINTS calls at equal distances, from number FIRST on, are failed,
 * each once alone and once with all later ones; 0 fails them all. Every second run finds older files in the place of its outputs.
 * Every fault is printed; the last line is "N passed, M failed". */
#define _GNU_SOURCE /* RTLD_DEFAULT */
#include <dirent.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/tilth.h"
#include "base/alloc.h"

enum { max_outputs = 16, time_limit_s = 120 };

static const char old_text[] = "this was here before\n";

static const char *tool;
static const char *kind;
static char *parameters;
static int n_outputs;
static char **output;
static uint64_t wanted[max_outputs];
static long faults;

static void (*arm_library)(const char *kind, long n, int once);
static long (*count_library)(const char *kind);

/* --- which call fails --- */

static int is_memory(void) {
    return strcmp(kind, "memory") == 0;
}

static void arm(ptrdiff_t n, int once) {
    if (!is_memory()) {
        arm_library(kind, n, once);
    } else if (once) {
        (void)tl_fail_once_after(n);
    } else {
        (void)tl_fail_after(n);
    }
}

static void disarm(void) {
    if (is_memory()) {
        (void)tl_fail_after(-1);
    } else {
        arm_library(kind, -1, 0);
    }
}

/* Arms beyond the end of a run, and counts the calls of a run. */
static void start_counting(void) {
    arm(PTRDIFF_MAX, 0);
}

static ptrdiff_t calls_counted(void) {
    if (is_memory()) {
        return PTRDIFF_MAX - tl_fail_after(-1);
    }
    const long n = count_library(kind);
    disarm();
    return n;
}

/* --- files --- */

static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    *length = 0;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        const long size = ftell(file);
        bytes = size < 0 ? NULL : malloc((size_t)size + 1);
        rewind(file);
        *length = bytes == NULL ? 0 : fread(bytes, 1, (size_t)size, file);
        if (bytes != NULL) {
            bytes[*length] = '\0';
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return bytes;
}

/* FNV-1a of a file; 0 when there is none. */
static uint64_t hash_of(const char *path) {
    size_t length;
    char *bytes = read_file(path, &length);
    uint64_t hash = bytes == NULL ? 0 : 14695981039346656037U;
    for (size_t i = 0; bytes != NULL && i < length; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211U;
    }
    free(bytes);
    return hash;
}

/* Number of entries of the current folder; with contents, a number that changes with any byte of its files. */
static uint64_t look_at_folder(int contents) {
    uint64_t sum = 0;
    DIR *folder = opendir(".");
    const struct dirent *entry = NULL;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        sum += contents && entry->d_type == DT_REG ? hash_of(entry->d_name) : 1;
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return sum;
}

static void remove_outputs(void) {
    for (int k = 0; k < n_outputs; k++) {
        (void)unlink(output[k]);
    }
}

/* An older container is kept and added to, so it would have to be a real one. */
static int may_be_old(const char *path) {
    const char *end = strrchr(path, '.');
    return end != NULL && strcmp(end, ".gpkg") != 0;
}

static void put_old_outputs(void) {
    for (int k = 0; k < n_outputs; k++) {
        FILE *file = may_be_old(output[k]) ? fopen(output[k], "wb") : NULL;
        if (file != NULL) {
            (void)fwrite(old_text, 1, sizeof old_text - 1, file);
            (void)fclose(file);
        }
    }
}

static int old_outputs_are_whole(void) {
    size_t length = 0;
    int whole = 1;
    for (int k = 0; k < n_outputs; k++) {
        char *bytes = may_be_old(output[k]) ? read_file(output[k], &length) : NULL;
        whole =
            whole && (!may_be_old(output[k]) || (bytes != NULL && strcmp(bytes, old_text) == 0));
        free(bytes);
    }
    return whole;
}

/* The table of checkinstall is what it found, and a file that cannot be read is a finding. */
static int outputs_are_right(void) {
    const int is_finding = strcmp(tool, "checkinstall") == 0 && !is_memory();
    for (int k = 0; k < n_outputs; k++) {
        if (hash_of(output[k]) != wanted[k] && !is_finding) {
            return 0;
        }
    }
    return 1;
}

/* --- one run --- */

static void report(ptrdiff_t n, int once, const char *what, const char *more) {
    printf("FAULT %s, %s %td %s: %s%s\n", tool, kind, n, once ? "alone" : "with all later ones",
           what, more);
    (void)fflush(stdout);
    faults++;
}

static int run(char **result, char *sentence, size_t size) {
    tilth_ctx *ctx = tilth_open();
    if (ctx == NULL) {
        (void)snprintf(sentence, size, "out of memory");
        return TILTH_FAILED;
    }
    const int status = tilth_run(ctx, tool, parameters, result);
    (void)snprintf(sentence, size, "%s", tilth_error(ctx));
    tilth_close(ctx);
    return status;
}

static void judge(ptrdiff_t n, int once, int status, const char *result, const char *sentence,
                  int had_old) {
    if (status == TILTH_OK && (result == NULL || !outputs_are_right())) {
        report(n, once, "status 0, but an output or the result differs", "");
    } else if (status != TILTH_OK && sentence[0] == '\0') {
        report(n, once, "there is no sentence", "");
    } else if (status != TILTH_OK && is_memory() && strstr(sentence, "memory") == NULL) {
        report(n, once, "the sentence does not name memory: ", sentence);
    } else if (status != TILTH_OK && had_old && !old_outputs_are_whole()) {
        report(n, once, "an older file was lost after: ", sentence);
    }
}

static void try_one(ptrdiff_t n, int once) {
    char sentence[1100] = "";
    char *result = NULL;
    const uint64_t files = look_at_folder(0);
    const ptrdiff_t alive = tl_live_blocks();
    const int had_old = n % 2 == 1;
    if (had_old) {
        put_old_outputs();
    }
    arm(n, once);
    const int status = run(&result, sentence, sizeof sentence);
    disarm();
    judge(n, once, status, result, sentence, had_old);
    tilth_free(result);
    if (had_old || status == TILTH_OK) {
        remove_outputs();
    }
    if (look_at_folder(0) != files) {
        report(n, once, "files are left behind after: ", sentence);
        remove_outputs();
    }
    if (tl_live_blocks() != alive) {
        char number[64];
        (void)snprintf(number, sizeof number, "%td blocks", tl_live_blocks() - alive);
        report(n, once, "memory is not released: ", number);
    }
}

/* The same in a process of its own, because libraries remember a file that they could not read. A process that a signal or the
 * alarm ends is a fault. */
static void try_apart(ptrdiff_t n, int once) {
    int status = 0;
    (void)fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        (void)alarm(time_limit_s);
        faults = 0;
        try_one(n, once);
        (void)fflush(stdout);
        _exit(faults == 0 ? 0 : 1);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        report(n, once, "no process could be started", "");
    } else if (WIFSIGNALED(status)) {
        report(n, once, "the process was ended: ", strsignal(WTERMSIG(status)));
        remove_outputs();
    } else {
        faults += WEXITSTATUS(status) != 0;
    }
}

static int find_library(void) {
    *(void **)&arm_library = dlsym(RTLD_DEFAULT, "tilth_faults_arm");
    *(void **)&count_library = dlsym(RTLD_DEFAULT, "tilth_faults_count");
    return arm_library != NULL && count_library != NULL;
}

int main(int argc, char **argv) {
    if (argc < 6 || argc - 6 > max_outputs) {
        fprintf(stderr, "fail_points TOOL PARAMETERS.json KIND FIRST POINTS OUTPUT...\n");
        return 2;
    }
    size_t length;
    char sentence[1100];
    char *result = NULL;
    tool = argv[1];
    parameters = read_file(argv[2], &length);
    kind = argv[3];
    n_outputs = argc - 6;
    output = argv + 6;
    if (!is_memory() && !find_library()) {
        fprintf(stderr, "calls of the kind %s need the library of faults.c preloaded\n", kind);
        return 2;
    }
    /* The first run of a process opens what later ones find open. */
    int status = run(&result, sentence, sizeof sentence);
    tilth_free(result);
    remove_outputs();
    const uint64_t inputs = look_at_folder(1);
    start_counting();
    status = status != TILTH_OK ? status : run(&result, sentence, sizeof sentence);
    const ptrdiff_t n_calls = calls_counted();
    tilth_free(result);
    if (status != TILTH_OK) {
        fprintf(stderr, "%s without a fault: %s\n", tool, sentence);
        return 2;
    }
    for (int k = 0; k < n_outputs; k++) {
        wanted[k] = hash_of(output[k]);
    }
    remove_outputs();
    const ptrdiff_t first = strtol(argv[4], NULL, 10);
    const ptrdiff_t points = strtol(argv[5], NULL, 10);
    const ptrdiff_t step = points > 0 && points < n_calls ? n_calls / points : 1;
    long tried = 0;
    for (ptrdiff_t n = first % step; n < n_calls; n += step, tried += 2) {
        if (is_memory()) {
            try_one(n, 1);
            try_one(n, 0);
        } else {
            try_apart(n, 1);
            try_apart(n, 0);
        }
    }
    if (look_at_folder(1) != inputs) {
        report(n_calls, 0, "an input has changed", "");
    }
    free(parameters);
    printf("%s, %s: %td calls, %ld runs\n", tool, kind, n_calls, tried);
    printf("%ld passed, %ld failed\n", tried - faults, faults);
    return faults == 0 ? 0 : 1;
}

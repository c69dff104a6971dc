/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs one tool through the C interface again and again in one process, each time with another allocation of the core failing.
 *
 *   fail_allocations TOOL PARAMETERS.json FIRST POINTS OUTPUT...
 *
 * The current folder holds the inputs; OUTPUT are the files of the parameters. POINTS allocations at equal distances, from number
 * FIRST on, are failed, each once alone and once with all later ones; 0 fails them all. Every fault is printed; the last line is
 * "N passed, M failed". */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/tilth.h"
#include "base/alloc.h"

enum { max_outputs = 16 };

static const char *tool;
static char *parameters;
static int n_outputs;
static char **output;
static uint64_t wanted[max_outputs];
static long faults;

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

static int count_files(void) {
    int n = 0;
    DIR *folder = opendir(".");
    while (folder != NULL && readdir(folder) != NULL) {
        n++;
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return n;
}

static void report(ptrdiff_t n, const char *mode, const char *what, const char *more) {
    printf("FAULT %s, allocation %td, %s: %s%s\n", tool, n, mode, what, more);
    (void)fflush(stdout);
    faults++;
}

static int outputs_are_whole(void) {
    for (int k = 0; k < n_outputs; k++) {
        if (hash_of(output[k]) != wanted[k]) {
            return 0;
        }
    }
    return 1;
}

static void remove_outputs(void) {
    for (int k = 0; k < n_outputs; k++) {
        (void)unlink(output[k]);
    }
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

static void try_one(ptrdiff_t n, const char *mode, ptrdiff_t (*arm)(ptrdiff_t)) {
    char sentence[1100] = "";
    char *result = NULL;
    const int files = count_files();
    const ptrdiff_t alive = tl_live_blocks();
    (void)arm(n);
    const int status = run(&result, sentence, sizeof sentence);
    (void)tl_fail_after(-1);
    if (status == TILTH_OK) {
        if (result == NULL || !outputs_are_whole()) {
            report(n, mode, "status 0, but an output or the result differs", "");
        }
        remove_outputs();
    } else if (strstr(sentence, "memory") == NULL) {
        report(n, mode, "the sentence does not name memory: ", sentence);
    }
    tilth_free(result);
    if (count_files() != files) {
        report(n, mode, "files are left behind after: ", sentence);
        remove_outputs();
    }
    if (tl_live_blocks() != alive) {
        char number[64];
        (void)snprintf(number, sizeof number, "%td blocks", tl_live_blocks() - alive);
        report(n, mode, "memory is not released: ", number);
    }
}

int main(int argc, char **argv) {
    if (argc < 5 || argc - 5 > max_outputs) {
        fprintf(stderr, "fail_allocations TOOL PARAMETERS.json FIRST POINTS OUTPUT...\n");
        return 2;
    }
    size_t length;
    char sentence[1100];
    char *result = NULL;
    tool = argv[1];
    parameters = read_file(argv[2], &length);
    n_outputs = argc - 5;
    output = argv + 5;
    (void)tl_fail_after(PTRDIFF_MAX);
    const int status = run(&result, sentence, sizeof sentence);
    const ptrdiff_t n_allocations = PTRDIFF_MAX - tl_fail_after(-1);
    tilth_free(result);
    if (status != TILTH_OK) {
        fprintf(stderr, "%s without a fault: %s\n", tool, sentence);
        return 2;
    }
    for (int k = 0; k < n_outputs; k++) {
        wanted[k] = hash_of(output[k]);
    }
    remove_outputs();
    printf("%s: %td allocations\n", tool, n_allocations);
    const ptrdiff_t first = strtol(argv[3], NULL, 10);
    const ptrdiff_t points = strtol(argv[4], NULL, 10);
    const ptrdiff_t step = points > 0 && points < n_allocations ? n_allocations / points : 1;
    long tried = 0;
    for (ptrdiff_t n = first % step; n < n_allocations; n += step, tried += 2) {
        try_one(n, "alone", tl_fail_once_after);
        try_one(n, "with all later ones", tl_fail_after);
    }
    free(parameters);
    printf("%ld passed, %ld failed\n", tried - faults, faults);
    return faults == 0 ? 0 : 1;
}

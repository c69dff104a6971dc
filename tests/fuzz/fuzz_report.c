/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: the files of which the tool report makes a page, up to the page's document. The first byte chooses the parameter
 * that the rest of the bytes are a file of. No page is drawn: the program that draws it is replaced by one that does nothing. */
#include <stdio.h>
#include <unistd.h>

#include "abi/tilth.h"

#include "fuzz.h"

static const struct {
    const char *parameter, *end;
    int is_list;
} inputs[] = {{"models", "json", 1},      {"fusion", "json", 0},    {"correlation", "csv", 0},
              {"profiles", "csv", 1},     {"spectral", "csv", 1},   {"selection", "csv", 1},
              {"comparisons", "json", 1}, {"streams", "geojson", 0}};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    char path[100];
    char params[400];
    char *result = NULL;
    if (length < 1) {
        return 0;
    }
    (void)setenv("TILTH_PYTHON", "/bin/true", 1);
    const size_t k = bytes[0] % (sizeof inputs / sizeof inputs[0]);
    const long process = (long)getpid();
    (void)snprintf(path, sizeof path, "/tmp/tilth-fuzz-%ld.%s", process, inputs[k].end);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        abort();
    }
    (void)fwrite(bytes + 1, 1, length - 1, file);
    (void)fclose(file);
    (void)snprintf(params, sizeof params,
                   "{\"%s\": %s\"%s\"%s, \"output\": \"/tmp/tilth-fuzz-%ld.html\"}",
                   inputs[k].parameter, inputs[k].is_list ? "[" : "", path,
                   inputs[k].is_list ? "]" : "", process);
    const ptrdiff_t live = tl_live_blocks();
    tilth_ctx *ctx = tilth_open();
    /* No page appears, so the run fails in any case; it has to say why. */
    if (ctx == NULL || tilth_run(ctx, "report", params, &result) == TILTH_OK ||
        tilth_error(ctx)[0] == '\0') {
        abort();
    }
    tilth_free(result);
    tilth_close(ctx);
    (void)unlink(path);
    fuzz_check(TL_OK, NULL, live);
    return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * A program of a third party that knows nothing but tilth.h. It is compiled as C and as C++, and
 * against the header of every earlier minor number. It calls every function of its header, and
 * prints one word per check that failed. */
#include "tilth.h"

#include <stdio.h>
#include <string.h>

static int n_called;

static int on_progress(double fraction, int level, const char *message, void *user) {
    int *stop = (int *)user;
    n_called++;
    if (message == NULL && (fraction > 1.0 || level != 0)) {
        printf("progress ");
    }
    return *stop == 0;
}

static void check(int right, const char *word) {
    if (!right) {
        printf("%s ", word);
    }
}

int main(int argc, char **argv) {
    int stop = 0;
    char *result = NULL;
    char *text;
    tilth_ctx *ctx = tilth_open();
    if (argc != 3 || ctx == NULL) {
        printf("start\n");
        return 1;
    }
    check(tilth_abi_version() == TILTH_ABI_VERSION, "abi_version");
#ifdef TILTH_ABI_MINOR /* since 1.1 */
    check(tilth_abi_minor() >= TILTH_ABI_MINOR, "abi_minor");
    check(tilth_abi_refusal(TILTH_ABI_VERSION, TILTH_ABI_MINOR) == NULL, "abi_refusal");
#endif
    check(strlen(tilth_version()) > 4, "version");
    check(strcmp(tilth_error(ctx), "") == 0, "no_error");
    text = tilth_describe(ctx, NULL);
    check(text != NULL && strstr(text, "\"slope\"") != NULL, "describe");
    tilth_free(text);
    check(tilth_describe(ctx, "nothing") == NULL, "describe_unknown");
    check(strstr(tilth_error(ctx), "nothing") != NULL, "error_unknown");
    check(tilth_check(ctx, "slope", argv[1]) == TILTH_OK, "check");
    check(strcmp(tilth_error(ctx), "") == 0, "error_is_cleared");
    check(tilth_check(ctx, "slope", argv[2]) == TILTH_USAGE, "check_wrong");
    tilth_set_progress(ctx, on_progress, &stop);
    check(tilth_run(ctx, "slope", argv[1], &result) == TILTH_OK, "run");
    check(result != NULL && strstr(result, "output") != NULL, "result");
    check(n_called > 0, "called");
    tilth_free(result);
    check(tilth_run(ctx, "slope", argv[1], NULL) == TILTH_OK, "run_without_result");
    stop = 1;
    check(tilth_run(ctx, "slope", argv[1], &result) == TILTH_CANCELLED, "cancel");
    check(result == NULL, "no_result");
    tilth_free(NULL);
    tilth_close(ctx);
    tilth_close(NULL);
    printf("done\n");
    return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * A program of somebody else: prints the version of the library and whether it knows the tool slope. */
#include <stdio.h>
#include <tilth.h>

int main(void) {
    tilth_ctx *ctx = tilth_open();
    char *text = tilth_describe(ctx, "slope");
    printf("tilth %s, slope %s\n", tilth_version(), text == NULL ? "unknown" : "known");
    const int status =
        text == NULL || tilth_abi_refusal(TILTH_ABI_VERSION, TILTH_ABI_MINOR) != NULL;
    tilth_free(text);
    tilth_close(ctx);
    return status;
}

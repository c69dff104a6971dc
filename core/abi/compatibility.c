/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which programs this library serves: the rule of the two numbers of the interface, see tilth.h. */
#include <stdio.h>

#include "abi/tilth.h"
#include "base/version.h"

int tilth_abi_version(void) {
    return TILTH_ABI_VERSION;
}

int tilth_abi_minor(void) {
    return TILTH_ABI_MINOR;
}

const char *tilth_abi_refusal(int major, int minor) {
    static _Thread_local char sentence[256];
    if (major == TILTH_ABI_VERSION && minor <= TILTH_ABI_MINOR) {
        return NULL;
    }
    (void)snprintf(
        sentence, sizeof sentence,
        "the tilth library %s has interface %d.%d, but this program needs %d.%d; install "
        "the library and the program of the same release",
        tl_version(), TILTH_ABI_VERSION, TILTH_ABI_MINOR, major, minor);
    return sentence;
}

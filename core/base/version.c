/* SPDX-License-Identifier: GPL-2.0-or-later
 * The version of tilth; see version.h. */
#include "base/version.h"

const char *tl_version(void) {
    return TILTH_VERSION;
}

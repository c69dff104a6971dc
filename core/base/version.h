/* SPDX-License-Identifier: GPL-2.0-or-later
 * The version of tilth, set once in the top CMakeLists.txt. */
#ifndef TL_BASE_VERSION_H
#define TL_BASE_VERSION_H

/* "major.minor.patch" of the release; static. */
const char *tl_version(void);

#endif

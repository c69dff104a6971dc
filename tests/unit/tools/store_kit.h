/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parts of a store in memory that do not matter to a test: every file is there, has the same
 * fingerprint, and comes into place by itself. */
#ifndef TL_TESTS_ALGS_STORE_KIT_H
#define TL_TESTS_ALGS_STORE_KIT_H

#include "kit/check.h"
#include "source/store.h"

static inline int kit_exists(const char *path) {
    (void)path;
    return 1;
}

/* For tools that read whole grids and open a raster only to tell about it. */
static inline tl_code kit_open_no_raster(const char *path, const char *parameter,
                                         tl_raster **raster, tl_err *err) {
    (void)path;
    *raster = NULL;
    return tl_fail(err, TL_IO, "%s: this store opens no rasters", parameter);
}

static inline tl_code kit_fingerprint(const char *path, const char *parameter, char out[17],
                                      tl_err *err) {
    (void)path;
    (void)parameter;
    (void)err;
    memcpy(out, "0123456789abcdef", 17);
    return TL_OK;
}

static inline tl_code kit_commit(const char *temporary, const char *target, const char *parameter,
                                 tl_err *err) {
    (void)temporary;
    (void)target;
    (void)parameter;
    (void)err;
    return TL_OK;
}

static inline void kit_discard(const char *path) {
    (void)path;
}

static inline long kit_process_id(void) {
    return 42;
}

#endif

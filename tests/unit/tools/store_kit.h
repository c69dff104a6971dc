/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parts of a store in memory that do not matter to a test: every file is there, has the same
 * fingerprint, and comes into place by itself. */
#ifndef TL_TESTS_ALGS_STORE_KIT_H
#define TL_TESTS_ALGS_STORE_KIT_H

#include "base/alloc.h"
#include "base/text.h"
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

/* --- outputs without folders: a name in front of that of the target, and two functions of the test
 * that put a file into place or forget it; NULL where files come into place by themselves --- */

static tl_code (*kit_move)(const char *temporary, const char *target);
static void (*kit_forget)(const char *temporary);

struct tl_outputs {
    int n;
    char target[16][512];
    char temporary[16][520];
};

static inline tl_code kit_open_outputs(tl_outputs **outputs, tl_err *err) {
    *outputs = tl_acquire(1, sizeof **outputs);
    return *outputs == NULL ? tl_no_memory(err, "outputs") : TL_OK;
}

static inline tl_code kit_add_output(tl_outputs *outputs, const tl_target *target,
                                     const char **temporary, tl_err *err) {
    (void)err;
    const char *name = tl_base_name(target->path);
    const int i = outputs->n++;
    assert_true(i < 16);
    (void)snprintf(outputs->target[i], sizeof outputs->target[i], "%s", target->path);
    (void)snprintf(outputs->temporary[i], sizeof outputs->temporary[i], "%.*snew-%s",
                   (int)(name - target->path), target->path, name);
    *temporary = outputs->temporary[i];
    return TL_OK;
}

static inline tl_code kit_finish_outputs(tl_outputs *outputs, tl_err *err) {
    (void)outputs;
    (void)err;
    return TL_OK;
}

static inline tl_code kit_commit_outputs(tl_outputs *outputs, tl_err *err) {
    (void)err;
    for (int i = 0; i < outputs->n && kit_move != NULL; i++) {
        TL_TRY(kit_move(outputs->temporary[i], outputs->target[i]));
    }
    return TL_OK;
}

static inline const char *kit_output_name(const tl_outputs *outputs, const char *temporary) {
    for (int i = 0; i < outputs->n; i++) {
        if (strcmp(outputs->temporary[i], temporary) == 0) {
            return outputs->target[i];
        }
    }
    return NULL;
}

static inline void kit_close_outputs(tl_outputs *outputs) {
    for (int i = 0; i < outputs->n && kit_forget != NULL; i++) {
        kit_forget(outputs->temporary[i]);
    }
    tl_release(outputs);
}

#define KIT_OUTPUTS                                                             \
    .open_outputs = kit_open_outputs, .add_output = kit_add_output,             \
    .finish_outputs = kit_finish_outputs, .commit_outputs = kit_commit_outputs, \
    .output_name = kit_output_name, .close_outputs = kit_close_outputs

#endif

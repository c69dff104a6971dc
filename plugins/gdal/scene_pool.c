/* SPDX-License-Identifier: GPL-2.0-or-later
 * Keeps a bounded number of datasets open between calls; see scene_pool.h. */
#define _LARGEFILE64_SOURCE     /* GDAL states files with stat64 */
#define _POSIX_C_SOURCE 200809L /* nanoseconds of files */
#include "scene_pool.h"

#include <cpl_vsi.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "io/bytes.h"

/* Scenes that stay open while no thread reads them: one each for four threads. */
enum { KEPT_SCENES = 4, PATH_CAPACITY = 4096 };

struct tl_gdal_scene {
    tl_gdal_scene *next;
    char *path;
    tl_raster *raster;
    tl_gdal_scene_state state;
    ptrdiff_t tile;
};

/* Most recently returned first. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static tl_gdal_scene *idle;

static void close_scene(tl_gdal_scene *s) {
    if (s != NULL) {
        tl_io_close_raster(s->raster);
        tl_release(s->path);
        tl_release(s);
    }
}

static void close_all(tl_gdal_scene *s) {
    while (s != NULL) {
        tl_gdal_scene *next = s->next;
        close_scene(s);
        s = next;
    }
}

static void look_at(const char *path, int file, tl_gdal_scene_state *state) {
    VSIStatBufL now;
    memset(&now, 0, sizeof now);
    if (VSIStatL(path, &now) == 0) {
        state->seconds[file] = (int64_t)now.st_mtime;
#ifdef __linux__
        state->nanoseconds[file] = (int64_t)now.st_mtim.tv_nsec;
#endif
        state->size[file] = (uint64_t)now.st_size;
        state->inode[file] = (uint64_t)now.st_ino;
    }
}

static void read_state(const char *path, tl_gdal_scene_state *state) {
    char adjacent[PATH_CAPACITY];
    *state = (tl_gdal_scene_state){0};
    look_at(path, 0, state);
    tl_io_replace_extension(path, "hdr", adjacent);
    look_at(adjacent, 1, state);
    (void)snprintf(adjacent, sizeof adjacent, "%.4000s.bands.csv", path);
    look_at(adjacent, 2, state);
    (void)snprintf(adjacent, sizeof adjacent, "%.4000s.aux.xml", path);
    look_at(adjacent, 3, state);
}

/* Removes an idle scene of that state from the pool, or returns NULL. Scenes of the same path in
 * another state are put into stale; the caller closes them outside the lock. */
static tl_gdal_scene *find(const char *path, const tl_gdal_scene_state *state,
                           tl_gdal_scene **stale) {
    tl_gdal_scene *found = NULL;
    (void)pthread_mutex_lock(&lock);
    for (tl_gdal_scene **link = &idle; *link != NULL;) {
        tl_gdal_scene *s = *link;
        const int same_path = strcmp(s->path, path) == 0;
        const int same = same_path && memcmp(&s->state, state, sizeof *state) == 0;
        if (!same_path || (same && found != NULL)) {
            link = &s->next;
            continue;
        }
        *link = s->next;
        s->next = NULL;
        if (same) {
            found = s;
        } else {
            s->next = *stale;
            *stale = s;
        }
    }
    (void)pthread_mutex_unlock(&lock);
    return found;
}

static tl_code open_scene(const char *path, const tl_gdal_scene_state *state,
                          tl_gdal_scene **opened, tl_err *err) {
    tl_gdal_scene *s = tl_acquire(1, sizeof *s);
    char *copy = tl_copy_text(path);
    if (s == NULL || copy == NULL) {
        tl_release(s);
        tl_release(copy);
        return tl_no_memory(err, "opening %s", path);
    }
    s->path = copy;
    s->state = *state;
    s->tile = -1;
    const tl_code code = tl_io_open_raster(path, "scene", &s->raster, err);
    if (code != TL_OK) {
        close_scene(s);
        return code;
    }
    *opened = s;
    return TL_OK;
}

tl_code tl_gdal_scene_borrow(const char *path, tl_gdal_scene **opened, tl_err *err) {
    tl_gdal_scene_state state;
    tl_gdal_scene *stale = NULL;
    *opened = NULL;
    read_state(path, &state);
    *opened = find(path, &state, &stale);
    close_all(stale);
    return *opened == NULL ? open_scene(path, &state, opened, err) : TL_OK;
}

void tl_gdal_scene_return(tl_gdal_scene *s) {
    if (s == NULL) {
        return;
    }
    tl_gdal_scene *surplus = NULL;
    (void)pthread_mutex_lock(&lock);
    s->next = idle;
    idle = s;
    tl_gdal_scene **link = &idle;
    for (int kept = 0; *link != NULL && kept < KEPT_SCENES; kept++) {
        link = &(*link)->next;
    }
    surplus = *link;
    *link = NULL;
    (void)pthread_mutex_unlock(&lock);
    close_all(surplus);
}

tl_raster *tl_gdal_scene_raster(tl_gdal_scene *s) {
    return s->raster;
}

const tl_gdal_scene_state *tl_gdal_scene_state_of(const tl_gdal_scene *s) {
    return &s->state;
}

ptrdiff_t *tl_gdal_scene_last_tile(tl_gdal_scene *s) {
    return &s->tile;
}

tl_code tl_gdal_scene_stored_pixel(tl_gdal_scene *s, ptrdiff_t col, ptrdiff_t row, int band,
                                   float *value, tl_err *err) {
    const tl_raster_info *info = tl_io_raster_info(s->raster);
    const ptrdiff_t from_north = info->south_up ? info->nrow - 1 - row : row;
    *value = 0.0F;
    return tl_io_read_cell(s->raster, col, from_north, band, value, err);
}

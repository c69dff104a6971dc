/* SPDX-License-Identifier: GPL-2.0-or-later
 * Shared models; see model_cache.h. */
#define _LARGEFILE64_SOURCE     /* GDAL states files with stat64 */
#define _POSIX_C_SOURCE 200809L /* nanoseconds of files */
#include "model_cache.h"

#include <cpl_vsi.h>
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "model/document.h"

/* How many models stay in memory when no caller holds them: a map of three properties with two
 * features each. */
#define KEPT_MODELS 6

typedef struct entry {
    struct entry *next;
    char *path;
    long long modified;
    unsigned long long size;
    unsigned long long inode;
    int holders;
    int stale;   /* the file has changed since; freed when the last holder returns it */
    int loading; /* 1: one thread reads the file; the others wait */
    int fusion;  /* 1: fused is set; 0: model is set */
    uint64_t serial;
    tl_property_model model;
    tl_gdal_fusion_model fused;
} entry;

/* Most recently used first. Of several threads that want the same model one reads it, outside the
 * lock, and the others wait for `loaded`; threads that want another model are not held up. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t loaded = PTHREAD_COND_INITIALIZER;
static entry *entries;
static uint64_t readings;

static const void *content(const entry *e) {
    return e->fusion ? (const void *)&e->fused : (const void *)&e->model;
}

static void free_entry(entry *e) {
    tl_pipeline_property_model_free(&e->model);
    tl_fusion_model_free(&e->fused.model);
    tl_fusion_generator_free(&e->fused.generator);
    tl_release(e->path);
    tl_release(e);
}

/* Frees models that no caller holds and that are stale or more than are kept. */
static void sweep(void) {
    int kept = 0;
    for (entry **link = &entries; *link != NULL;) {
        entry *e = *link;
        kept += !e->stale;
        if (e->holders == 0 && (e->stale || kept > KEPT_MODELS)) {
            *link = e->next;
            free_entry(e);
        } else {
            link = &e->next;
        }
    }
}

/* The entry that equals the file on disk, moved to the front, or NULL. Older states of it become
 * stale. */
static entry *find(const char *path, int fusion, const VSIStatBufL *now) {
    for (entry **link = &entries; *link != NULL; link = &(*link)->next) {
        entry *e = *link;
        if (e->stale || e->fusion != fusion || strcmp(e->path, path) != 0) {
            continue;
        }
        if (e->modified == (long long)now->st_mtime &&
            e->size == (unsigned long long)now->st_size &&
            e->inode == (unsigned long long)now->st_ino) {
            *link = e->next;
            e->next = entries;
            entries = e;
            return e;
        }
        e->stale = 1;
    }
    return NULL;
}

static tl_code read_file(const char *path, size_t size, char **bytes, tl_err *err) {
    VSILFILE *file = VSIFOpenL(path, "rb");
    if (file == NULL) {
        return tl_fail(err, TL_IO, "the model %s cannot be opened for reading", path);
    }
    *bytes = tl_acquire((ptrdiff_t)size, 1);
    tl_code code = TL_OK;
    if (*bytes == NULL) {
        code = tl_no_memory(err, "the model %s", path);
    } else if (VSIFReadL(*bytes, 1, size, file) != size) {
        code = tl_fail(err, TL_IO, "the model %s cannot be read completely", path);
    }
    (void)VSIFCloseL(file);
    if (code != TL_OK) {
        tl_release(*bytes);
        *bytes = NULL;
    }
    return code;
}

static tl_code read_model(const char *path, size_t size, entry *e, tl_err *err) {
    char *bytes = NULL;
    TL_TRY(read_file(path, size, &bytes, err));
    tl_code code = TL_OK;
    if (e->fusion) {
        code = tl_fusion_model_parse(bytes, size, path, &e->fused.model, err);
        if (code == TL_OK) {
            code = tl_fusion_generator_init(&e->fused.generator, &e->fused.model.transfer, err);
        }
    } else {
        code = tl_pipeline_property_model_parse(bytes, size, path, &e->model, err);
    }
    tl_release(bytes);
    return code;
}

/* A new entry at the front, still to be read; NULL when memory is out. */
static entry *announce(const char *path, int fusion, const VSIStatBufL *now) {
    entry *e = tl_acquire(1, sizeof *e);
    char *copy = tl_copy_text(path);
    if (e == NULL || copy == NULL) {
        tl_release(e);
        tl_release(copy);
        return NULL;
    }
    e->path = copy;
    e->fusion = fusion;
    e->modified = (long long)now->st_mtime;
    e->size = (unsigned long long)now->st_size;
    e->inode = (unsigned long long)now->st_ino;
    e->serial = ++readings;
    e->loading = 1;
    e->next = entries;
    entries = e;
    return e;
}

/* Reads the file of a new entry; the lock is held before and after, but not meanwhile. */
static tl_code load(entry *e, tl_err *err) {
    e->holders++;
    (void)pthread_mutex_unlock(&lock);
    const tl_code code = read_model(e->path, (size_t)e->size, e, err);
    (void)pthread_mutex_lock(&lock);
    e->holders--;
    e->loading = 0;
    e->stale = e->stale || code != TL_OK;
    (void)pthread_cond_broadcast(&loaded);
    return code;
}

/* The entry of the file, read by this thread or by another one. To be called under the lock. */
static tl_code find_or_load(const char *path, int fusion, const VSIStatBufL *now, entry **found,
                            tl_err *err) {
    entry *e = find(path, fusion, now);
    while (e != NULL && e->loading) {
        (void)pthread_cond_wait(&loaded, &lock);
        e = find(path, fusion, now);
    }
    if (e == NULL) {
        e = announce(path, fusion, now);
        TL_TRY(e == NULL ? tl_no_memory(err, "the model %s", path) : load(e, err));
    }
    *found = e;
    return TL_OK;
}

static tl_code borrow(const char *path, int fusion, entry **borrowed, tl_err *err) {
    VSIStatBufL now;
    if (VSIStatL(path, &now) != 0) {
        return tl_fail(err, TL_IO,
                       "the model %s does not exist; restore it, or run tilth makevrt again", path);
    }
    if (!VSI_ISREG(now.st_mode) || (unsigned long long)now.st_size > TL_MODEL_MAX_BYTES) {
        return tl_fail(err, TL_FORMAT, "%s is not a tilth model file", path);
    }
    (void)pthread_mutex_lock(&lock);
    const tl_code code = find_or_load(path, fusion, &now, borrowed, err);
    if (code == TL_OK) {
        (*borrowed)->holders++;
    }
    sweep();
    (void)pthread_mutex_unlock(&lock);
    return code;
}

tl_code tl_gdal_model_cache_borrow(const char *path, const tl_property_model **model,
                                   uint64_t *serial, tl_err *err) {
    entry *e = NULL;
    *model = NULL;
    TL_TRY(borrow(path, 0, &e, err));
    *model = &e->model;
    *serial = e->serial;
    return TL_OK;
}

tl_code tl_gdal_model_cache_borrow_fusion(const char *path, const tl_gdal_fusion_model **model,
                                          uint64_t *serial, tl_err *err) {
    entry *e = NULL;
    *model = NULL;
    TL_TRY(borrow(path, 1, &e, err));
    *model = &e->fused;
    *serial = e->serial;
    return TL_OK;
}

void tl_gdal_model_cache_return(const void *model) {
    (void)pthread_mutex_lock(&lock);
    for (entry *e = entries; e != NULL && model != NULL; e = e->next) {
        if (content(e) == model) {
            e->holders--;
            break;
        }
    }
    sweep();
    (void)pthread_mutex_unlock(&lock);
}

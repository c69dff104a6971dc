/* SPDX-License-Identifier: GPL-2.0-or-later
 * A short list of blocks, the last used first; see result_cache.h. */
#include "result_cache.h"

#include <gdal.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"

/* Bytes of all kept results, unless the last one alone is larger. */
static const double kept_bytes = 128.0 * 1024.0 * 1024.0;

typedef enum stage { COMPUTING, READY, FAILED } stage;

struct tl_gdal_result {
    tl_gdal_result *next;
    void *key;
    size_t key_bytes;
    float *value;
    ptrdiff_t values;
    int holders;
    stage at;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static tl_gdal_result *results;

static double bytes_of(ptrdiff_t values) {
    return (double)values * (double)sizeof(float);
}

static void free_result(tl_gdal_result *r) {
    tl_release(r->key);
    tl_release(r->value);
    tl_release(r);
}

/* Frees results that no caller holds: those that have failed, and those from the first one that
 * exceeds the capacity. Returns 1 when the rest fits. */
static int sweep(double capacity) {
    double used = 0.0;
    for (tl_gdal_result **link = &results; *link != NULL;) {
        tl_gdal_result *r = *link;
        const double with = used + bytes_of(r->values);
        if (r->holders == 0 && (r->at == FAILED || with > capacity)) {
            *link = r->next;
            free_result(r);
        } else {
            used = with;
            link = &r->next;
        }
    }
    return used <= capacity;
}

/* The result of that key, moved to the front, or NULL. */
static tl_gdal_result *find(const void *key, size_t key_bytes) {
    for (tl_gdal_result **link = &results; *link != NULL; link = &(*link)->next) {
        tl_gdal_result *r = *link;
        if (r->at != FAILED && r->key_bytes == key_bytes && memcmp(r->key, key, key_bytes) == 0) {
            *link = r->next;
            r->next = results;
            results = r;
            return r;
        }
    }
    return NULL;
}

/* A new result at the front, to be computed, or NULL. */
static tl_gdal_result *start(const void *key, size_t key_bytes, ptrdiff_t values, double capacity) {
    if (!sweep(capacity - bytes_of(values))) {
        return NULL;
    }
    tl_gdal_result *r = tl_acquire(1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    r->key = tl_acquire((ptrdiff_t)key_bytes, 1);
    r->value = tl_acquire(values, sizeof *r->value);
    if (r->key == NULL || r->value == NULL) {
        free_result(r);
        return NULL;
    }
    memcpy(r->key, key, key_bytes);
    r->key_bytes = key_bytes;
    r->values = values;
    r->next = results;
    results = r;
    return r;
}

tl_gdal_result_state tl_gdal_result_borrow(const void *key, size_t key_bytes, ptrdiff_t values,
                                           int wait, tl_gdal_result **borrowed) {
    /* Programs request larger blocks when GDAL's cache may be larger. */
    const double maximum = 0.5 * (double)GDALGetCacheMax64();
    const double bytes = bytes_of(values);
    const double capacity = tl_max_double(bytes, kept_bytes);
    tl_gdal_result_state state = TL_GDAL_RESULT_NONE;
    *borrowed = NULL;
    if (bytes > kept_bytes && bytes > maximum) {
        return state;
    }
    (void)pthread_mutex_lock(&lock);
    tl_gdal_result *r = find(key, key_bytes);
    while (r != NULL && r->at == COMPUTING && wait) {
        r->holders++;
        (void)pthread_cond_wait(&changed, &lock);
        r->holders--;
        r = find(key, key_bytes);
    }
    if (r != NULL && r->at == READY) {
        state = TL_GDAL_RESULT_READY;
    } else if (r == NULL) {
        r = start(key, key_bytes, values, capacity);
        state = r == NULL ? TL_GDAL_RESULT_NONE : TL_GDAL_RESULT_FRESH;
    }
    if (state != TL_GDAL_RESULT_NONE) {
        r->holders++;
        *borrowed = r;
    }
    (void)pthread_mutex_unlock(&lock);
    return state;
}

int tl_gdal_result_has(const void *key, size_t key_bytes) {
    int there = 0;
    (void)pthread_mutex_lock(&lock);
    for (const tl_gdal_result *r = results; r != NULL && !there; r = r->next) {
        there = r->at != FAILED && r->key_bytes == key_bytes && memcmp(r->key, key, key_bytes) == 0;
    }
    (void)pthread_mutex_unlock(&lock);
    return there;
}

float *tl_gdal_result_values(tl_gdal_result *r) {
    return r->value;
}

void tl_gdal_result_finish(tl_gdal_result *r, int ok) {
    (void)pthread_mutex_lock(&lock);
    r->at = ok ? READY : FAILED;
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&lock);
}

void tl_gdal_result_return(tl_gdal_result *r) {
    if (r != NULL) {
        (void)pthread_mutex_lock(&lock);
        r->holders--;
        if (r->at == FAILED) {
            (void)sweep((double)INFINITY);
        }
        (void)pthread_mutex_unlock(&lock);
    }
}

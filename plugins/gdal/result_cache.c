/* SPDX-License-Identifier: GPL-2.0-or-later
 * A short list of blocks, the last used first; see result_cache.h. */
#include "result_cache.h"

#include <gdal.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"

/* Bytes of all results that are kept, unless the last one alone is larger. */
static const double kept_bytes = 128.0 * 1024.0 * 1024.0;

typedef enum stage { COMPUTING, READY, FAILED } stage;

struct result {
    result *next;
    void *key;
    size_t key_bytes;
    float *value;
    ptrdiff_t values;
    int holders;
    stage at;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static result *results;

static double bytes_of(ptrdiff_t values) {
    return (double)values * (double)sizeof(float);
}

static void free_result(result *r) {
    tl_release(r->key);
    tl_release(r->value);
    tl_release(r);
}

/* Frees what nobody holds from the first one on that is too much, and what has failed. Gives 1 when
 * everything fits. */
static int sweep(double room) {
    double used = 0.0;
    for (result **link = &results; *link != NULL;) {
        result *r = *link;
        const double with = used + bytes_of(r->values);
        if (r->holders == 0 && (r->at == FAILED || with > room)) {
            *link = r->next;
            free_result(r);
        } else {
            used = with;
            link = &r->next;
        }
    }
    return used <= room;
}

/* The result of that key, moved to the front, or NULL. */
static result *find(const void *key, size_t key_bytes) {
    for (result **link = &results; *link != NULL; link = &(*link)->next) {
        result *r = *link;
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
static result *start(const void *key, size_t key_bytes, ptrdiff_t values, double room) {
    if (!sweep(room - bytes_of(values))) {
        return NULL;
    }
    result *r = tl_acquire(1, sizeof *r);
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

result_state result_take(const void *key, size_t key_bytes, ptrdiff_t values, int wait,
                         result **taken) {
    /* What a program asks for at once grows with the bound of GDAL's cache. */
    const double most = 0.5 * (double)GDALGetCacheMax64();
    const double bytes = bytes_of(values);
    const double room = bytes > kept_bytes ? bytes : kept_bytes;
    result_state state = RESULT_NONE;
    *taken = NULL;
    if (bytes > kept_bytes && bytes > most) {
        return state;
    }
    (void)pthread_mutex_lock(&lock);
    result *r = find(key, key_bytes);
    while (r != NULL && r->at == COMPUTING && wait) {
        r->holders++;
        (void)pthread_cond_wait(&changed, &lock);
        r->holders--;
        r = find(key, key_bytes);
    }
    if (r != NULL && r->at == READY) {
        state = RESULT_READY;
    } else if (r == NULL) {
        r = start(key, key_bytes, values, room);
        state = r == NULL ? RESULT_NONE : RESULT_FRESH;
    }
    if (state != RESULT_NONE) {
        r->holders++;
        *taken = r;
    }
    (void)pthread_mutex_unlock(&lock);
    return state;
}

int result_has(const void *key, size_t key_bytes) {
    int there = 0;
    (void)pthread_mutex_lock(&lock);
    for (const result *r = results; r != NULL && !there; r = r->next) {
        there = r->at != FAILED && r->key_bytes == key_bytes && memcmp(r->key, key, key_bytes) == 0;
    }
    (void)pthread_mutex_unlock(&lock);
    return there;
}

float *result_values(result *r) {
    return r->value;
}

void result_done(result *r, int ok) {
    (void)pthread_mutex_lock(&lock);
    r->at = ok ? READY : FAILED;
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&lock);
}

void result_give(result *r) {
    if (r != NULL) {
        (void)pthread_mutex_lock(&lock);
        r->holders--;
        if (r->at == FAILED) {
            (void)sweep((double)INFINITY);
        }
        (void)pthread_mutex_unlock(&lock);
    }
}

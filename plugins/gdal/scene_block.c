/* SPDX-License-Identifier: GPL-2.0-or-later
 * Blocks of virtual rasters from scenes; see scene_block.h. */
#include "scene_block.h"

#include <cpl_conv.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "pixel_index.h"
#include "result_cache.h"
#include "scene_path.h"
#include "scene_reader.h"

/* A scene may be a virtual raster of tilth itself, but not one that comes back to itself. */
enum { MOST_NESTED = 4 };
static _Thread_local int nested;

/* --- paths --- */

tl_code block_paths_find(const map_args *a, void *const *sources, int n_sources,
                         GDALDataType source_type, block_paths *paths, tl_err *err) {
    *paths = (block_paths){0};
    TL_TRY(target_check_sources(source_type, err));
    if (n_sources != 3) {
        return tl_fail(err, TL_ARG,
                       "there are %d sources; it takes columns, rows and one pixel of the scene, "
                       "as tilth makevrt writes them.",
                       n_sources);
    }
    char *folder = NULL;
    if (a->relative) {
        const scene_sought sought = {.relative = a->scene,
                                     .n_cols = a->n_cols,
                                     .n_rows = a->n_rows,
                                     .band = a->band[0],
                                     .middle = ((const float *)sources[2])[0]};
        TL_TRY(scene_path_find(&sought, &paths->scene, err));
        folder = scene_path_folder(paths->scene, a->scene);
    } else {
        paths->scene = tl_copy_text(a->scene);
    }
    tl_text model = {0};
    const int beside = a->relative && CPLIsFilenameRelative(a->model);
    tl_text_addf(&model, "%s%s", beside && folder != NULL ? folder : "", a->model);
    paths->model = model.failed ? NULL : tl_copy_text(tl_text_data(&model));
    const int missing =
        paths->model == NULL || paths->scene == NULL || (a->relative && folder == NULL);
    tl_text_free(&model);
    tl_release(folder);
    if (missing) {
        block_paths_free(paths);
        return tl_fail(err, TL_NOMEM, "out of memory for the paths of model and scene.");
    }
    return TL_OK;
}

void block_paths_free(block_paths *paths) {
    tl_release(paths->model);
    tl_release(paths->scene);
    *paths = (block_paths){0};
}

/* --- the key of a result --- */

/* All that the layers of a block depend on, one number or text after the other. The number of the
 * layer that is computed alone, -1 = all, stands first. Owner. */
typedef struct block_key {
    unsigned char *data;
    size_t bytes;
} block_key;

static void set_layer(block_key *k, ptrdiff_t only) {
    const int64_t layer = only;
    memcpy(k->data, &layer, sizeof layer);
}

static tl_code make_key(const map_args *a, const char *path, const scene_state *state,
                        const maker *m, const places *p, block_key *k, tl_err *err) {
    const int64_t counts[5] = {-1, (int64_t)m->layers, (int64_t)a->p, (int64_t)p->n_rows,
                               (int64_t)p->n_cols};
    const struct {
        const void *from;
        size_t bytes;
    } part[] = {{counts, sizeof counts},
                {&m->model, sizeof m->model},
                {state, sizeof *state},
                {a->band, (size_t)a->p * sizeof *a->band},
                {p->row, (size_t)p->n_rows * sizeof *p->row},
                {p->col, (size_t)p->n_cols * sizeof *p->col},
                {path, strlen(path)}};
    *k = (block_key){0};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        k->bytes += part[i].bytes;
    }
    k->data = tl_acquire((ptrdiff_t)k->bytes, 1);
    unsigned char *at = k->data;
    for (size_t i = 0; k->data != NULL && i < sizeof part / sizeof part[0]; i++) {
        memcpy(at, part[i].from, part[i].bytes);
        at += part[i].bytes;
    }
    return k->data == NULL ? tl_fail(err, TL_NOMEM, "out of memory for a block.") : TL_OK;
}

/* A resampled request is a preview of one band as a rule, so that band is computed alone, until a
 * second one is asked for at the same places. Sets the key accordingly.
 *
 * returns the layer, or -1 for all */
static ptrdiff_t choose_layer(const map_args *a, const maker *m, const places *p, block_key *k) {
    const int whole = p->row[p->n_rows - 1] - p->row[0] == p->n_rows - 1 &&
                      p->col[p->n_cols - 1] - p->col[0] == p->n_cols - 1;
    set_layer(k, -1);
    if (!m->alone || whole || result_has(k->data, k->bytes)) {
        return -1;
    }
    for (ptrdiff_t layer = 0; layer < m->layers; layer++) {
        set_layer(k, layer);
        if (layer != a->wanted && result_has(k->data, k->bytes)) {
            set_layer(k, -1);
            return -1;
        }
    }
    set_layer(k, a->wanted);
    return a->wanted;
}

/* --- the computation --- */

typedef struct computation {
    const maker *maker;
    const places *places;
    ptrdiff_t only; /* -1: all layers; else the one that is wanted */
    float *piece;   /* [layers, pixels of a piece] */
    float **layer;  /* [layers] */
    float *values;  /* [layers or 1, n_rows, n_cols] */
} computation;

/* Computes a piece and puts its layers into their places. */
static tl_code take_piece(void *arg, const scene_piece *e, const float *const *band, tl_err *err) {
    computation *c = arg;
    const ptrdiff_t n = e->n_rows * e->n_cols;
    const ptrdiff_t ncol = c->places->n_cols;
    const ptrdiff_t all = c->places->n_rows * ncol;
    for (ptrdiff_t k = 0; k < c->maker->layers; k++) {
        c->layer[k] = c->only < 0 || c->only == k ? c->piece + k * n : NULL;
    }
    TL_TRY(c->maker->make(c->maker->self, band, n, c->layer, err));
    for (ptrdiff_t k = 0; k < c->maker->layers; k++) {
        float *to = c->values + (c->only < 0 ? k * all : 0) + e->row0 * ncol + e->col0;
        for (ptrdiff_t r = 0; c->layer[k] != NULL && r < e->n_rows; r++) {
            memcpy(to + r * ncol, c->layer[k] + r * e->n_cols, (size_t)e->n_cols * sizeof *to);
        }
    }
    return TL_OK;
}

static tl_code compute(const map_args *a, scene *s, const maker *m, const places *p, ptrdiff_t only,
                       float *values, tl_err *err) {
    computation c = {.maker = m, .places = p, .only = only, .values = values};
    c.piece = tl_acquire(m->layers * scene_piece_pixels(s, p, a->p), sizeof *c.piece);
    c.layer = tl_acquire(m->layers, sizeof *c.layer);
    tl_code code = c.piece == NULL || c.layer == NULL
                       ? tl_fail(err, TL_NOMEM, "out of memory for %td layers.", m->layers)
                       : scene_read(s, p, a->band, a->p, take_piece, &c, err);
    tl_release(c.piece);
    tl_release((void *)c.layer);
    return code;
}

/* What is computed is kept where it fits; else only the layer that is wanted is computed. */
static tl_code answer_places(const map_args *a, const char *path, scene *s, const maker *m,
                             const places *p, const target *t, tl_err *err) {
    const ptrdiff_t pixels = p->n_rows * p->n_cols;
    block_key key = {0};
    result *kept = NULL;
    float *own = NULL;
    tl_code code = TL_OK;
    TL_CHECK(make_key(a, path, scene_state_of(s), m, p, &key, err));
    const ptrdiff_t only = choose_layer(a, m, p, &key);
    const ptrdiff_t values = only < 0 ? m->layers * pixels : pixels;
    const result_state state = result_take(key.data, key.bytes, values, nested == 1, &kept);
    if (state == RESULT_FRESH) {
        code = compute(a, s, m, p, only, result_values(kept), err);
        result_done(kept, code == TL_OK);
    } else if (state == RESULT_NONE) {
        own = tl_acquire(pixels, sizeof *own);
        code = own == NULL ? tl_fail(err, TL_NOMEM, "out of memory for %td pixels.", pixels)
                           : compute(a, s, m, p, a->wanted, own, err);
    }
    if (code == TL_OK) {
        const ptrdiff_t first = only < 0 ? a->wanted * pixels : 0;
        target_write_all(t, a->nodata, own != NULL ? own : result_values(kept) + first);
    }
done:
    result_give(kept);
    tl_release(own);
    tl_release(key.data);
    return code;
}

tl_code block_answer(const map_args *a, const char *scene_path, const maker *m,
                     void *const *sources, const target *t, tl_err *err) {
    places p = {0};
    scene *s = NULL;
    tl_code code = TL_OK;
    if (nested >= MOST_NESTED) {
        return tl_fail(err, TL_ARG, "the scene %s is a virtual raster that leads back to itself.",
                       scene_path);
    }
    nested++;
    TL_CHECK(scene_take(scene_path, &s, err));
    TL_CHECK(map_args_check_scene(a, tl_io_raster_info(scene_raster(s)), err));
    TL_CHECK(places_read(sources[0], sources[1], t, a->n_cols, a->n_rows, &p, err));
    code = answer_places(a, scene_path, s, m, &p, t, err);
done:
    nested--;
    scene_give(s);
    places_free(&p);
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later
 * Blocks of virtual rasters from scenes; see scene_block.h. */
#include "scene_block.h"

#include <cpl_conv.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "block_average.h"
#include "io/zero_cells.h"
#include "pixel_index.h"
#include "result_cache.h"
#include "scene_path.h"
#include "scene_reader.h"

/* A scene may be a virtual raster of tilth itself, but not one that refers to itself. */
enum { MAX_NESTED = 4 };
static _Thread_local int nested;

/* --- paths --- */

tl_code tl_gdal_block_paths_find(const tl_gdal_map_args *a, void *const *sources, int n_sources,
                                 GDALDataType source_type, tl_gdal_block_paths *paths,
                                 tl_err *err) {
    *paths = (tl_gdal_block_paths){0};
    TL_TRY(tl_gdal_target_check_sources(source_type, err));
    if (n_sources != 3) {
        return tl_fail(
            err, TL_ARG,
            "there are %d sources; they must be the columns, the rows and one pixel of the "
            "scene, as tilth makevrt writes them",
            n_sources);
    }
    char *folder = NULL;
    if (a->relative) {
        const tl_gdal_scene_query sought = {.relative = a->scene,
                                            .n_cols = a->n_cols,
                                            .n_rows = a->n_rows,
                                            .band = a->band[0],
                                            .middle = ((const float *)sources[2])[0]};
        TL_TRY(tl_gdal_scene_path_find(&sought, &paths->scene, err));
        folder = tl_gdal_scene_path_folder(paths->scene, a->scene);
    } else {
        paths->scene = tl_copy_text(a->scene);
    }
    tl_text model = {0};
    const int in_folder = a->relative && CPLIsFilenameRelative(a->model);
    tl_text_addf(&model, "%s%s", in_folder && folder != NULL ? folder : "", a->model);
    paths->model = model.failed ? NULL : tl_copy_text(tl_text_data(&model));
    const int missing =
        paths->model == NULL || paths->scene == NULL || (a->relative && folder == NULL);
    tl_text_free(&model);
    tl_release(folder);
    if (missing) {
        tl_gdal_block_paths_free(paths);
        return tl_no_memory(err, "the paths of model and scene");
    }
    return TL_OK;
}

void tl_gdal_block_paths_free(tl_gdal_block_paths *paths) {
    tl_release(paths->model);
    tl_release(paths->scene);
    *paths = (tl_gdal_block_paths){0};
}

/* --- the key of a result --- */

/* Everything that the layers of a block depend on, one number or text after the other. The first is
 * the number of the layer that is computed alone, -1 = all. Owner. */
typedef struct block_key {
    unsigned char *data;
    size_t bytes;
} block_key;

static void set_layer(block_key *k, ptrdiff_t only) {
    const int64_t layer = only;
    memcpy(k->data, &layer, sizeof layer);
}

static tl_code make_key(const tl_gdal_map_args *a, const char *path,
                        const tl_gdal_scene_state *state, const tl_gdal_block_producer *producer,
                        const tl_gdal_pixel_index *index, block_key *k, tl_err *err) {
    const int64_t counts[6] = {-1,
                               a->keep_zeros,
                               (int64_t)producer->layers,
                               (int64_t)a->p,
                               (int64_t)index->n_rows,
                               (int64_t)index->n_cols};
    const struct {
        const void *from;
        size_t bytes;
    } part[] = {{counts, sizeof counts},
                {&producer->model, sizeof producer->model},
                {&a->scene_scale, sizeof a->scene_scale},
                {state, sizeof *state},
                {a->band, (size_t)a->p * sizeof *a->band},
                {&index->across, sizeof index->across},
                {&index->down, sizeof index->down},
                {index->row, (size_t)index->n_rows * sizeof *index->row},
                {index->col, (size_t)index->n_cols * sizeof *index->col},
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
    return k->data == NULL ? tl_no_memory(err, "a block") : TL_OK;
}

/* A resampled request is usually a preview of one band, so that band is computed alone, until a
 * second one is requested at the same pixels. Sets the key accordingly.
 *
 * returns the layer, or -1 for all */
static ptrdiff_t choose_layer(const tl_gdal_map_args *a, const tl_gdal_block_producer *producer,
                              const tl_gdal_pixel_index *index, block_key *k) {
    const int whole = index->row[index->n_rows - 1] - index->row[0] == index->n_rows - 1 &&
                      index->col[index->n_cols - 1] - index->col[0] == index->n_cols - 1;
    set_layer(k, -1);
    if (!producer->alone || whole || tl_gdal_result_has(k->data, k->bytes)) {
        return -1;
    }
    for (ptrdiff_t layer = 0; layer < producer->layers; layer++) {
        set_layer(k, layer);
        if (layer != a->wanted && tl_gdal_result_has(k->data, k->bytes)) {
            set_layer(k, -1);
            return -1;
        }
    }
    set_layer(k, a->wanted);
    return a->wanted;
}

/* --- the computation --- */

typedef struct computation {
    const tl_gdal_block_producer *producer;
    const tl_gdal_pixel_index *index;
    ptrdiff_t only; /* -1: all layers; otherwise the requested one */
    float *piece;   /* [layers, pixels of a piece] */
    float **layer;  /* [layers] */
    float *values;  /* [layers or 1, n_rows, n_cols] */
} computation;

/* Computes a piece and copies its layers into the block. */
static tl_code receive_piece(void *arg, const tl_gdal_piece *e, const float *const *band,
                             tl_err *err) {
    computation *c = arg;
    const ptrdiff_t n = e->n_rows * e->n_cols;
    const ptrdiff_t ncol = c->index->n_cols;
    const ptrdiff_t all = c->index->n_rows * ncol;
    for (ptrdiff_t k = 0; k < c->producer->layers; k++) {
        c->layer[k] = c->only < 0 || c->only == k ? c->piece + k * n : NULL;
    }
    TL_TRY(c->producer->produce(c->producer->self, band, n, c->layer, err));
    for (ptrdiff_t k = 0; k < c->producer->layers; k++) {
        float *to = c->values + (c->only < 0 ? k * all : 0) + e->row0 * ncol + e->col0;
        for (ptrdiff_t r = 0; c->layer[k] != NULL && r < e->n_rows; r++) {
            memcpy(to + r * ncol, c->layer[k] + r * e->n_cols, (size_t)e->n_cols * sizeof *to);
        }
    }
    return TL_OK;
}

static tl_code compute_pixels(const tl_gdal_map_args *a, tl_gdal_scene *s,
                              const tl_gdal_block_producer *producer,
                              const tl_gdal_pixel_index *index, ptrdiff_t only, float *values,
                              tl_err *err) {
    computation c = {.producer = producer, .index = index, .only = only, .values = values};
    c.piece =
        tl_acquire(producer->layers * tl_gdal_scene_piece_pixels(s, index, a->p), sizeof *c.piece);
    c.layer = tl_acquire(producer->layers, sizeof *c.layer);
    tl_code code = c.piece == NULL || c.layer == NULL
                       ? tl_no_memory(err, "%td layers", producer->layers)
                       : tl_gdal_scene_read(s, index, a->band, a->p, receive_piece, &c, err);
    tl_release(c.piece);
    tl_release((void *)c.layer);
    return code;
}

/* What the averages are made of. */
typedef struct source {
    const tl_gdal_map_args *args;
    tl_gdal_scene *scene;
    const tl_gdal_block_producer *producer;
    ptrdiff_t only;
} source;

static tl_code compute_source(void *arg, const tl_gdal_pixel_index *index, float *values,
                              tl_err *err) {
    const source *s = arg;
    return compute_pixels(s->args, s->scene, s->producer, index, s->only, values, err);
}

static tl_code compute(const tl_gdal_map_args *a, tl_gdal_scene *s,
                       const tl_gdal_block_producer *producer, const tl_gdal_pixel_index *index,
                       ptrdiff_t only, float *values, tl_err *err) {
    if (!(index->across.width > 0.0) && !(index->down.width > 0.0)) {
        return compute_pixels(a, s, producer, index, only, values, err);
    }
    const tl_gdal_average_job job = {.index = index,
                                     .n_cols = a->n_cols,
                                     .n_rows = a->n_rows,
                                     .layers = only < 0 ? producer->layers : 1,
                                     .compute = compute_source,
                                     .arg = &(source){a, s, producer, only}};
    return tl_gdal_average_block(&job, values, err);
}

/* Keeps what is computed where it fits; otherwise computes only the requested layer. */
static tl_code fill_from_cache(const tl_gdal_map_args *a, const char *path, tl_gdal_scene *s,
                               const tl_gdal_block_producer *producer,
                               const tl_gdal_pixel_index *index, const tl_gdal_target *t,
                               tl_err *err) {
    const ptrdiff_t pixels = index->n_rows * index->n_cols;
    block_key key = {0};
    tl_gdal_result *kept = NULL;
    float *own = NULL;
    tl_code code = TL_OK;
    TL_CHECK(make_key(a, path, tl_gdal_scene_state_of(s), producer, index, &key, err));
    const ptrdiff_t only = choose_layer(a, producer, index, &key);
    const ptrdiff_t values = only < 0 ? producer->layers * pixels : pixels;
    const tl_gdal_result_state state =
        tl_gdal_result_borrow(key.data, key.bytes, values, nested == 1, &kept);
    if (state == TL_GDAL_RESULT_FRESH) {
        code = compute(a, s, producer, index, only, tl_gdal_result_values(kept), err);
        tl_gdal_result_finish(kept, code == TL_OK);
    } else if (state == TL_GDAL_RESULT_NONE) {
        own = tl_acquire(pixels, sizeof *own);
        code = own == NULL ? tl_no_memory(err, "%td pixels", pixels)
                           : compute(a, s, producer, index, a->wanted, own, err);
    }
    if (code == TL_OK) {
        const ptrdiff_t first = only < 0 ? a->wanted * pixels : 0;
        tl_gdal_target_write_all(t, a->nodata,
                                 own != NULL ? own : tl_gdal_result_values(kept) + first);
    }
done:
    tl_gdal_result_return(kept);
    tl_release(own);
    tl_release(key.data);
    return code;
}

tl_code tl_gdal_fill_block(const tl_gdal_map_args *a, const char *scene_path,
                           const tl_gdal_block_producer *producer, void *const *sources,
                           const tl_gdal_target *t, tl_err *err) {
    tl_gdal_pixel_index index = {0};
    tl_gdal_scene *s = NULL;
    tl_code code = TL_OK;
    if (nested >= MAX_NESTED) {
        return tl_fail(
            err, TL_ARG,
            "the scene %s is a virtual raster that refers to itself; choose another scene and "
            "run tilth makevrt again",
            scene_path);
    }
    nested++;
    TL_CHECK(tl_gdal_scene_borrow(scene_path, &s, err));
    tl_io_zero_cells_keep(tl_gdal_scene_raster(s), a->keep_zeros);
    TL_CHECK(tl_gdal_map_args_check_scene(a, tl_io_raster_info(tl_gdal_scene_raster(s)), err));
    TL_CHECK(
        tl_gdal_pixel_index_read(sources[0], sources[1], t, a->n_cols, a->n_rows, &index, err));
    code = fill_from_cache(a, scene_path, s, producer, &index, t, err);
done:
    nested--;
    tl_gdal_scene_return(s);
    tl_gdal_pixel_index_free(&index);
    return code;
}
